"""Rules about decision tables and formulas: complete, free of contradiction, exact."""

from collections.abc import Iterable, Iterator
from typing import Any

from tongban import rules
from tongban.base.i18n import Lang, Text, words
from tongban.catalog.check.boxes import OTHER_TEXT, Boxes, Point, boxes
from tongban.catalog.check.registry import Said, View, compiled, service_lint
from tongban.catalog.compile import Compiled, FactStep, TableStep
from tongban.catalog.findings import Path
from tongban.catalog.model import Fact, Service
from tongban.catalog.run import Run
from tongban.catalog.tables import SITUATION, Ruling, mentioned
from tongban.rules.feel.syntax import Binary, Node, Op, children
from tongban.rules.feel.text import plain_text

_SINGLE = frozenset({rules.HitPolicy.UNIQUE, rules.HitPolicy.FIRST, rules.HitPolicy.ANY, rules.HitPolicy.PRIORITY})


def rulings(made: Compiled) -> Iterator[tuple[Path, Ruling]]:
    """The compiled tables of a service with their paths."""
    for step in (*made.first, *made.later):
        if isinstance(step, TableStep):
            yield ("amounts" if step.name in made.service.amounts else "tables", step.name), step.table
    yield ("eligible",), made.eligible


def _analysed(view: View[Service]) -> Iterator[tuple[Path, Ruling, Boxes]]:
    made = compiled(view)[0]
    if made is None:
        return
    steps = {step.name: step for step in (*made.first, *made.later) if isinstance(step, FactStep)}
    for path, ruling in rulings(made):
        heads = [column.expression for column in ruling.table.inputs]
        facts = [view.file.facts.get(head) for head in heads]
        blank = [_blank(view.file, steps, head) for head in heads]
        found = boxes(ruling.table, facts, blank)
        if found is not None:
            yield path, ruling, found


def _blank(service: Service, steps: dict[str, FactStep], name: str) -> bool:
    """Whether a value may be missing for good: an optional question, one that does not apply, no situation."""
    fact = service.facts.get(name)
    if fact is None:
        return name == SITUATION
    step = steps[name]
    return step.when is not None or (not fact.required and not fact.derive)


def _possible(view: View[Service], path: Path, ruling: Ruling, points: Iterable[Point]) -> Point | None:
    """The first point that can really occur, as far as the facts in the columns settle it.

    A fact is given only where it applies and missing only where it does not (or is optional); a derived fact and the
    situation are what they are derived to be; and the eligibility table is not asked where the situation answers.
    """
    made = compiled(view)[0]
    heads = [column.expression for column in ruling.table.inputs]
    facts = view.file.facts
    for point in points:
        values = dict(zip(heads, point, strict=True))
        given = {name: value for name, value in values.items() if name in facts and not facts[name].derive}
        run = Run(made, given, view.file.valid_from) if made is not None else None
        if run is None or all(_fits(run, name, value) for name, value in values.items()):
            settled = run is not None and run.situation is not None and run.situation.outcome is not None
            if not (settled and path == ("eligible",)):
                return point
    return None


def _fits(run: Run, name: str, value: Any) -> bool:
    applies = run.applies.get(name)
    fact = run.compiled.service.facts.get(name)
    if fact is not None and applies is False:
        return value is None
    if fact is not None and not fact.derive:
        return value is not None or applies is None or not fact.required
    known = run.values.get(name)
    return known is None or rules.to_feel(known) == rules.to_feel(value)


def _correlated(service: Service, ruling: Ruling) -> bool:
    """Whether columns depend on the same asked facts, so that not every combination need exist."""
    seen: set[str] = set()
    for column in ruling.table.inputs:
        roots = _roots(service, column.expression, frozenset())
        if roots & seen or column.expression not in service.facts:
            return True
        seen |= roots
    return False


def _roots(service: Service, name: str, on_the_way: frozenset[str]) -> set[str]:
    fact = service.facts.get(name)
    if fact is None or not fact.derive or name in on_the_way:
        return {name}
    found: set[str] = set()
    for part in mentioned(fact.derive) & set(service.facts):
        found |= _roots(service, part, on_the_way | {name})
    return found


def _example(service: Service, ruling: Ruling, point: Point) -> Text:
    """A point as words: 年龄=80，低收入=否."""
    pairs = [
        (column.label or column.expression, value) for column, value in zip(ruling.table.inputs, point, strict=True)
    ]
    return Text(
        "，".join(f"{_name(service, name, 'zh')}={_value(service, name, value, 'zh')}" for name, value in pairs),
        ", ".join(f"{_name(service, name, 'en')} = {_value(service, name, value, 'en')}" for name, value in pairs),
    )


def _name(service: Service, name: str, lang: Lang) -> str:
    fact = service.facts.get(name)
    return words(fact.name, lang) if fact is not None else name


def _value(service: Service, name: str, value: Any, lang: Lang) -> str:
    fact: Fact | None = service.facts.get(name)
    said = {
        None: ("（没填）", "(none)"),
        True: ("是", "yes"),
        False: ("否", "no"),
        OTHER_TEXT: ("其他", "anything else"),
    }
    if value is None or isinstance(value, bool) or value == OTHER_TEXT:
        zh, en = said[value]
        return zh if lang == "zh" else en
    choice = next((c for c in fact.choices if c.value == value), None) if fact is not None else None
    return words(choice.name, lang) if choice is not None else plain_text(rules.to_feel(value))


@service_lint(
    "table-gap",
    "error",
    "每一种情况都要有答案",
    "Every combination needs an answer",
    law="行政许可法 38",
)
def table_gap(view: View[Service]) -> Iterator[Said]:
    for path, ruling, found in _analysed(view):
        if ruling.table.hit not in _SINGLE:
            continue
        point = _possible(view, path, ruling, found.gaps())
        if point is None:
            continue
        example = _example(view.file, ruling, point)
        loose = _correlated(view.file, ruling)
        text = Text(
            f"这种情况没有一行管{'（如果会出现的话）' if loose else ''}，例如：{example.zh}",
            f"No row covers{' (if it can occur)' if loose else ''}, for example: {example.en}",
        )
        yield Said(text, (*path, "rows"), severity="warning" if loose else "error")


@service_lint(
    "table-overlap",
    "error",
    "同一种情况不能有两个答案",
    "No combination may have two answers",
    law="DMN 1.5 8.2.10",
)
def table_overlap(view: View[Service]) -> Iterator[Said]:
    for path, ruling, found in _analysed(view):
        if ruling.table.hit not in (rules.HitPolicy.UNIQUE, rules.HitPolicy.ANY):
            continue
        loose = _correlated(view.file, ruling)
        for one in range(found.rows):
            for other in range(one + 1, found.rows):
                if ruling.table.hit is rules.HitPolicy.ANY and _same(ruling, one, other):
                    continue
                point = _possible(view, path, ruling, found.common(one, other))
                if point is None:
                    continue
                example = _example(view.file, ruling, point)
                text = Text(
                    f"第{one + 1}行和第{other + 1}行都管这种情况：{example.zh}",
                    f"Rows {one + 1} and {other + 1} both cover: {example.en}",
                )
                yield Said(text, (*path, "rows", other), severity="warning" if loose else "error")


def _same(ruling: Ruling, one: int, other: int) -> bool:
    return list(ruling.table.rows[one].outputs) == list(ruling.table.rows[other].outputs)


@service_lint("row-unreachable", "warning", "每一行都要用得上", "Every row must be able to match")
def row_unreachable(view: View[Service]) -> Iterator[Said]:
    for path, ruling, found in _analysed(view):
        never = set(found.impossible_rows())
        for row in sorted(never):
            text = Text(f"第{row + 1}行永远不会符合", f"Row {row + 1} can never match")
            yield Said(text, (*path, "rows", row))
        if ruling.table.hit is not rules.HitPolicy.FIRST:
            continue
        for row in range(found.rows):
            if row not in never and next(found.only(row, range(row)), None) is None:
                text = Text(
                    f"第{row + 1}行永远轮不到，前面的行已经全管了",
                    f"Row {row + 1} is never reached; the rows above cover all of it",
                )
                yield Said(text, (*path, "rows", row))


@service_lint(
    "divide-before-multiply",
    "warning",
    "先乘后除，免得丢分",
    "Multiply before you divide, or a cent is lost",
)
def divide_before_multiply(view: View[Service]) -> Iterator[Said]:
    for name, fact in view.file.facts.items():
        yield from _divisions(fact.derive, ("facts", name, "derive"), view)
    made = compiled(view)[0]
    if made is None:
        return
    for path, ruling in rulings(made):
        for index, row in enumerate(ruling.table.rows):
            for column, output in enumerate(row.outputs):
                if isinstance(output, str):
                    yield from _divisions(output, (*path, "rows", index, len(row.cells) + column), view)


def _divisions(text: str, path: Path, view: View[Service]) -> Iterator[Said]:
    if "/" not in text or "*" not in text:
        return
    names = [*view.file.facts, "application_date"]
    names += [o.name for t in (*view.file.tables.values(), *view.file.amounts.values()) for o in t.outputs]
    try:
        node = rules.compile_expression(text, names).node
    except rules.RuleSyntaxError:
        return  # told by the rule `expression`
    for at in _products_of_quotients(node):
        said = Text("先除后乘会丢掉尾数，请改成先乘后除", "Dividing first loses digits; multiply first and divide last")
        yield Said(said, path, at)


def _products_of_quotients(node: Node) -> Iterator[int]:
    if isinstance(node, Binary) and node.op is Op.MULTIPLY:
        for side in (node.left, node.right):
            if isinstance(side, Binary) and side.op is Op.DIVIDE:
                yield side.at[0]
    for child in children(node):
        yield from _products_of_quotients(child)
