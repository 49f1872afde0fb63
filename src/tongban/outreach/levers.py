"""The numbers of a service that a policy maker may turn: thresholds, amounts, rates.

A lever is a number of the law with all places of the file that state it. `< 80` and `>= 80` are one threshold and move
together, in the eligibility table as in the amounts; so does a number by which the same fact is multiplied in two
formulas (the standard of a means test and of the amount), and a cap with the threshold where it begins. Zero says
"nothing" and is no lever, nor is the twelve that makes years into months, nor what a function is told (decimal(x, 2)).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tongban.base.i18n import LANGS, Lang, Text
from tongban.catalog.check.people import title
from tongban.catalog.compile import FactStep, TableStep, compile_service
from tongban.catalog.dated import Parameter
from tongban.catalog.findings import Path
from tongban.catalog.model import FactType, Law, Output, Service, Table
from tongban.catalog.tables import SITUATION, Names, Ruling, both, read_row
from tongban.outreach.numbers import bounds, compared, factors, names_in, number_of
from tongban.rules import RuleSyntaxError, compile_expression
from tongban.rules.feel.syntax import Constant, Node

LARGEST = Decimal(10) ** 9


class LeverKind(StrEnum):
    """What a number does."""

    CUT = "cut"
    """Divides people: age 80."""
    FORMULA = "formula"
    """Is computed with: 1050 yuan a head."""
    AMOUNT = "amount"
    """Is what a row gives: 200 yuan."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a number: where in the file, and which characters of the text; None where the cell is a number."""

    path: Path
    span: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Lever:
    """One number that may be turned.

    id       its first place in the file: `eligible.rows.0.1`; with `-2` for the second number of a text
    name     what it is; `detail` how it counts, with names of facts instead of identifiers
    low      the least and the greatest value that makes sense, both included; `decimals` how many it may have
    """

    id: str
    kind: LeverKind
    value: Decimal
    name: Text
    detail: Text
    unit: str
    law: tuple[Law, ...]
    low: Decimal
    high: Decimal
    decimals: int
    spots: tuple[Spot, ...]


def levers(service: Service, on: date | None = None) -> tuple[Lever, ...]:
    """The levers of a service, in the order of its file; of its parameters all periods, or that of the day `on`.

    Raises Refused (422) if the service does not compile.
    """
    found: dict[tuple[object, ...], Lever] = {}
    look = _Look(service, on)
    for key, lever in look.all():
        known = found.get(key)
        if known is None:
            found[key] = lever
            continue
        laws = {law.id: law for law in (*known.law, *lever.law)}
        spots = tuple(dict.fromkeys((*known.spots, *lever.spots)))
        kind = LeverKind.FORMULA if known.kind is LeverKind.AMOUNT else known.kind
        detail = known.detail if lever.detail == known.detail else _both_of(known.detail, lever.detail)
        found[key] = replace(known, law=tuple(laws.values()), spots=spots, kind=kind, detail=detail)
    aside = () if look.asks_situation else ("situations",)  # then a situation decides about nobody
    return tuple(lever for lever in found.values() if not all(spot.path[0] in aside for spot in lever.spots))


def _both_of(one: Text, other: Text) -> Text:
    """Two details as one, nothing said twice."""
    zh = dict.fromkeys((*one.zh.split("；"), *other.zh.split("；")))
    en = dict.fromkeys((*one.en.split("; "), *other.en.split("; ")))
    return Text("；".join(zh), "; ".join(en))


# --- looking -----------------------------------------------------------------------------------------------------


class _Look:
    def __init__(self, service: Service, on: date | None) -> None:
        self.service, self.on = service, on
        self.compiled = compile_service(service)
        self.laws = {law.id: law for law in service.law}
        self.types = Names.of(service).types

    @property
    def asks_situation(self) -> bool:
        """Whether a table or a parameter depends on the situation."""
        steps = (*self.compiled.first, *self.compiled.later)
        tables = [self.compiled.eligible, *(step.table for step in steps if isinstance(step, TableStep))]
        by = {parameter.category for parameter in self.service.parameters.values()}
        return SITUATION in by or any(SITUATION in table.names for table in tables)

    def all(self) -> Iterator[tuple[tuple[object, ...], Lever]]:
        """Every number with what it is joined by."""
        rulings = {s.name: s.table for s in (*self.compiled.first, *self.compiled.later) if isinstance(s, TableStep)}
        for slug, table in self.service.tables.items():
            yield from self.table(("tables", slug), table, rulings[slug])
        yield from self.table(("eligible",), self.service.eligible, self.compiled.eligible)
        for name, parameter in self.service.parameters.items():
            yield from self.parameter(name, parameter)
        facts = [s for s in (*self.compiled.first, *self.compiled.later) if isinstance(s, FactStep)]
        for step in facts:
            if step.derive is not None:
                what, path = both(step.fact.name), ("facts", step.name, "derive")
                yield from self.formula(path, step.derive.text, step.derive.node, what, (step.fact.law,))
        for slug, table in self.service.amounts.items():
            yield from self.table(("amounts", slug), table, rulings[slug])
        for index, situation in enumerate(self.service.situations):
            if situation.when:
                node = compile_expression(situation.when, tuple(self.types)).node
                path = ("situations", index, "when")
                yield from self.formula(path, situation.when, node, both(situation.name), (situation.law,))

    def table(self, path: Path, table: Table, ruling: Ruling) -> Iterator[tuple[tuple[object, ...], Lever]]:
        columns = dict(ruling.columns)
        for number, raw in enumerate(table.rows):
            row = read_row(raw, len(table.inputs), len(table.outputs) or 1)
            cuts: dict[Decimal, tuple[object, ...]] = {}
            for index, head in enumerate(ruling.table.inputs):
                cell = ruling.table.cells[number][index]
                place = (*path, "rows", number, index)
                fact = columns[head.expression].text if head.expression in columns else head.expression
                whole = isinstance(row.cells[index], int | float) and not isinstance(row.cells[index], bool)
                for test in cell.tree.tests:
                    for constant in bounds(test):
                        key = ("cut", fact, constant.value)
                        cuts[number_of(constant)] = key
                        used = self.used(path, table, row.cells)
                        yield key, self.cut(place, fact, constant, used, whole=whole, law=row.law)
            for index, output in enumerate(table.outputs):
                place = (*path, "rows", number, len(table.inputs) + index)
                yield from self.result(place, table, output, row.cells, row.outputs[index], cuts, row.law)

    def parameter(self, name: str, parameter: Parameter) -> Iterator[tuple[tuple[object, ...], Lever]]:
        """What each period of a parameter says, for each category."""
        kind = LeverKind.AMOUNT if parameter.type == "money" else LeverKind.FORMULA
        for index, period in enumerate(parameter.periods):
            if self.on is not None and not (period.from_ <= self.on and (period.to is None or self.on < period.to)):
                continue
            path = ("parameters", name, "periods", index)
            days = Text(f"{period.from_}起", f"from {period.from_}")
            if period.to is not None:
                days = Text(f"{days.zh}，{period.to}之前", f"{days.en}, before {period.to}")
            said = [
                ((*path, "values", key), value, self.of_category(parameter, key))
                for key, value in period.values.items()
            ]
            for place, value, who in [((*path, "value"), period.value, None), *said]:
                if isinstance(value, bool) or not isinstance(value, int | float) or not value:
                    continue
                number = Decimal(str(value))
                detail = Text(f"{who.zh}；{days.zh}", f"{who.en}; {days.en}") if who else days
                limits = (Decimal(0) if number > 0 else -LARGEST, LARGEST, _decimals(parameter.type))
                spot, law = Spot(place, None), (period.law,)
                lever = self.lever(kind, number, both(parameter.name), detail, parameter.unit, law, limits, spot)
                yield ("parameter", place), lever

    def of_category(self, parameter: Parameter, key: str) -> Text:
        """The words for a category of a parameter."""
        if parameter.category == SITUATION:
            return next((both(one.name) for one in self.service.situations if one.id == key), Text(key, key))
        fact = self.service.facts.get(parameter.category)
        return next((both(one.name) for one in (fact.choices if fact else ()) if one.value == key), Text(key, key))

    def used(self, path: Path, table: Table, cells: tuple[Any, ...]) -> Text:
        """The table in words, with the class of people that the row is about."""
        name = Text("资格", "eligibility") if path == ("eligible",) else both(table.name or str(path[-1]))
        classes = tuple(cell if isinstance(cell, str) and '"' in cell else "-" for cell in cells)
        kind = self.conditions(table, classes)
        return Text(f"{name.zh}，{kind.zh}", f"{name.en}, {kind.en}") if kind.zh else name

    def cut(self, path: Path, fact: str, constant: Constant, used: Text, *, whole: bool, law: str) -> Lever:
        value = number_of(constant)
        known = self.service.facts.get(fact)
        output = next((o for t in self._tables() for o in t.outputs if o.name == fact), None)
        name = self.called(fact)
        name = Text(f"{name.zh}的界线", f"{name.en}: the dividing line")
        unit = known.unit if known else output.unit if output else ""
        kind = known.type.value if known else output.type if output else "number"
        low = Decimal(0) if value >= 0 else -LARGEST
        if known is not None and known.min is not None:
            low = max(low, Decimal(str(known.min)))
        high = LARGEST if known is None or known.max is None else Decimal(str(known.max))
        law_ = (law or (known.law if known else ""),)
        spot = Spot(path, None if whole else constant.at)
        return self.lever(LeverKind.CUT, value, name, used, unit, law_, (low, high, _decimals(kind)), spot)

    def result(
        self,
        path: Path,
        table: Table,
        output: Output,
        cells: tuple[Any, ...],
        cell: Any,
        cuts: Mapping[Decimal, tuple[object, ...]],
        law: str,
    ) -> Iterator[tuple[tuple[object, ...], Lever]]:
        """The numbers of an output cell: the amount itself, or those it is computed with."""
        name = both(table.name or output.label or output.name)
        when = self.conditions(table, cells)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            value = Decimal(str(cell))
            if value:
                limits = (Decimal(0) if value > 0 else -LARGEST, LARGEST, _decimals(output.type))
                lever = self.lever(LeverKind.AMOUNT, value, name, when, output.unit, (law,), limits, Spot(path, None))
                yield cuts.get(value, ("amount", path)), lever
        elif isinstance(cell, str) and output.type not in ("text", "boolean", "date"):
            try:
                node = compile_expression(cell, tuple(self.types)).node
            except RuleSyntaxError:
                return  # such a service does not compile
            yield from self.formula(path, cell, node, name, (law,))

    def formula(
        self, path: Path, text: str, node: Node, name: Text, law: tuple[str, ...]
    ) -> Iterator[tuple[tuple[object, ...], Lever]]:
        for fact, constant in compared(node):
            yield (
                ("cut", fact, constant.value),
                self.cut(path, fact, constant, name, whole=False, law=next(iter(law), "")),
            )
        for number, (constant, fellow) in enumerate(factors(node), 1):
            key = ("factor", constant.value, text[slice(*fellow.at)]) if fellow is not None else ("in", path, number)
            value = number_of(constant)
            spoken = Text(*(self.said(text, node, lang, constant.at) for lang in LANGS))
            limits = (Decimal(0) if value >= 0 else -LARGEST, LARGEST, 4)
            lever = self.lever(LeverKind.FORMULA, value, name, spoken, "", law, limits, Spot(path, constant.at))
            yield key, replace(lever, id=f"{lever.id}-{number}" if number > 1 else lever.id)

    def lever(
        self,
        kind: LeverKind,
        value: Decimal,
        name: Text,
        detail: Text,
        unit: str,
        law: tuple[str, ...],
        limits: tuple[Decimal, Decimal, int],
        spot: Spot,
    ) -> Lever:
        low, high, decimals = limits
        laws = tuple(self.laws[one] for one in law if one in self.laws)
        ident = ".".join(map(str, spot.path))
        # a cell such as [90..100) holds two thresholds
        ident += f"-{spot.span[0]}" if spot.span is not None and kind is LeverKind.CUT and spot.span[0] > 3 else ""
        return Lever(ident, kind, value, name, detail, unit, laws, low, high, decimals, (spot,))

    # --- words ---------------------------------------------------------------------------------------------------

    def _tables(self) -> Iterator[Table]:
        yield from (*self.service.tables.values(), *self.service.amounts.values())

    def called(self, name: str) -> Text:
        """A fact or output in words; an expression as it stands, with words for its names."""
        if name in self.service.parameters:
            return both(self.service.parameters[name].name)
        if name in self.types:
            return Text(*title(self.service, name))
        node = compile_expression(name, tuple(self.types)).node
        return Text(*(self.said(name, node, lang) for lang in LANGS))

    def said(self, text: str, node: Node, lang: Lang, marked: tuple[int, int] | None = None) -> str:
        """A formula with the names of facts in words, and one number of it marked."""
        parts = [(one.at, self.called(one.name)[lang]) for one in names_in(node) if one.name in self.types]
        if marked is not None:
            number = text[slice(*marked)]
            parts.append((marked, f"【{number}】" if lang == "zh" else f"[{number}]"))
        for (start, end), words in sorted(parts, reverse=True):
            text = text[:start] + words + text[end:]
        text = text.replace(" * ", " × ").replace(" / ", " ÷ ")
        return text.replace(" or ", " 或者 ").replace(" and ", " 并且 ") if lang == "zh" else text

    def conditions(self, table: Table, cells: tuple[Any, ...]) -> Text:
        """The conditions of a row: 周岁 [90..100), 低保家庭 是."""
        zh: list[str] = []
        en: list[str] = []
        for head, cell in zip(table.inputs, cells, strict=True):
            if cell == "-":
                continue
            name = self.called(head)
            zh.append(f"{name.zh}：{self.cell(cell, head, 'zh')}")
            en.append(f"{name.en}: {self.cell(cell, head, 'en')}")
        return Text("；".join(zh), "; ".join(en))

    def cell(self, cell: Any, head: str, lang: Lang) -> str:
        """A cell in words."""
        if isinstance(cell, bool):
            return _TRUTH[cell][lang]
        text = str(cell)
        fact = self.service.facts.get(head)
        for choice in fact.choices if fact else ():
            text = text.replace(f'"{choice.value}"', both(choice.name)[lang])
        for pattern, words in _SPOKEN:
            text = re.sub(pattern, words[lang], text)
        return text.replace(",", "、") if lang == "zh" else text.replace(",", ", ")


_TRUTH = {True: Text("是", "yes"), False: Text("否", "no")}
_SPOKEN: tuple[tuple[str, Text], ...] = (
    (r"not\((.*)\)", Text(r"不是\1", r"not \1")),
    (r"\[(\S+)\.\.(\S+)\]", Text(r"\1到\2", r"\1 to \2")),
    (r"\[(\S+)\.\.(\S+)\)", Text(r"\1到\2（不含\2）", r"\1 to under \2")),
    (r"[\](](\S+)\.\.(\S+)\]", Text(r"超过\1，不超过\2", r"over \1, at most \2")),
    (r">= *", Text("不低于", "at least ")),
    (r"<= *", Text("不超过", "at most ")),
    (r"> *", Text("超过", "over ")),
    (r"< *", Text("不到", "under ")),
)


def _decimals(kind: str) -> int:
    return {FactType.INTEGER.value: 0, FactType.MONEY.value: 2}.get(kind, 4)
