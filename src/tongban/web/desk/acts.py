"""The right column: the acts possible now, the fields of each, and from the form back to what an act says.

Every act's fields are on the page under the act's own name, so choosing one needs no script: the style sheet shows
the fields of the chosen one, and only those are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from tongban.base.errors import Problem
from tongban.base.i18n import Text
from tongban.cases.decide import UNDO, PossibleAct
from tongban.cases.definition import Definition, Judged
from tongban.cases.model import CaseState
from tongban.catalog.procedure import Act, Field
from tongban.web.desk.sheet import Filed, Match, Sheet
from tongban.web.desk.values import both
from tongban.web.forms import Form

HIDDEN = frozenset({"submit", "withdraw"})
"""Acts an official may do for somebody, that have pages of their own."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick or a choice to make."""

    value: str
    name: Text
    note: Text | None
    ticked: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One field of an act as the form shows it. `id` is unique on the page; `given` is what was typed so far."""

    id: str
    name: str
    field: Field
    given: Any
    ticks: tuple[Tick, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One act that may be chosen."""

    act: str
    spec: Act
    name: Text
    note: Text
    law: Text | None
    chosen: bool
    fields: tuple[Said, ...]
    adverse: bool
    """It goes against the person or leads there: reasons, articles and remedies, and two people."""


@dataclass(frozen=True, slots=True)
class Panel:
    """All that can be decided now."""

    options: tuple[Option, ...]
    undo: bool


def panel(
    definition: Definition,
    state: CaseState,
    possible: Iterable[PossibleAct],
    shown: Sheet,
    form: Form,
    chosen: str,
) -> Panel:
    """The panel for a case; `form` holds what was typed, `chosen` the act that was picked."""
    acts = list(possible)
    offered = [(one.act, one.spec) for one in acts if one.spec is not None and one.act not in HIDDEN]
    pick = chosen if chosen in dict(offered) else ""
    options = tuple(_option(definition, state, name, spec, shown, form, pick) for name, spec in offered)
    return Panel(options, any(one.act == UNDO for one in acts))


def _option(
    definition: Definition, state: CaseState, name: str, act: Act, shown: Sheet, form: Form, chosen: str
) -> Option:
    fresh = chosen != name
    return Option(
        act=name,
        spec=act,
        name=act.name,
        note=act.help or _note(definition, state, act),
        law=definition.cite(act.law) if act.law else None,
        chosen=name == chosen,
        fields=tuple(_field(definition, name, key, field, shown, form, fresh) for key, field in act.says.items()),
        adverse=act.adverse or "law" in act.says,
    )


def _note(definition: Definition, state: CaseState, act: Act) -> Text:
    """What follows from the act, in one line."""
    then = definition.procedure.states[act.to].name if act.to != "same" else None
    zh = [f"之后：{then.zh}"] if then else ["不改变办件状态"]
    en = [f"then: {then.en}"] if then else ["the case stays where it is"]
    for effect in act.terms:
        match effect.do:
            case "pause":
                zh.append("计时暂停")
                en.append("the clock stops")
            case "resume":
                zh.append("恢复计时")
                en.append("the clock goes on")
            case "extend":
                zh.append("期限延长")
                en.append("more time")
            case "start" | "end":
                pass
            case _:
                assert_never(effect.do)
    if act.notice:
        zh.append("通知申请人")
        en.append("the applicant is told")
    if act.not_by:
        zh.append("须由另一人")
        en.append("by a second person")
    return Text("，".join(zh), ", ".join(en))


def _field(definition: Definition, act: str, name: str, field: Field, shown: Sheet, form: Form, fresh: bool) -> Said:
    key = f"{act}.{name}"
    match field.type:
        case "items":
            return Said(key, name, field, None, tuple(_items(shown, form.all(key), fresh)))
        case "law":
            return Said(key, name, field, form.text(f"{key}.other"), tuple(_laws(definition, form.all(key))))
        case "choice":
            given = form.text(key)
            return Said(key, name, field, given, tuple(Tick(v, n, None, v == given) for v, n in field.choices))
        case "date":
            return Said(key, name, field, form.boxes(key))
        case "text" | "long-text" | "integer":
            return Said(key, name, field, form.text(key))
        case "documents" | "facts":
            return Said(key, name, field, None)
        case _:
            assert_never(field.type)


def _items(shown: Sheet, ticked: Sequence[str], fresh: bool) -> Iterator[Tick]:
    """Everything that may be asked for; what is plainly missing is ticked to begin with."""
    for paper in shown.papers:
        if paper.filed is Filed.REPLACED:
            continue
        wanted = paper.slug in ticked or (fresh and paper.filed is Filed.MISSING)
        yield Tick(paper.slug, paper.label, paper.look.name, wanted)
    for row in shown.facts:
        if row.match in (Match.AGREES, Match.RECORD_ONLY):
            continue
        wanted = row.name in ticked or (fresh and row.match is Match.UNANSWERED)
        yield Tick(row.name, row.label, row.look.name, wanted)


def _laws(definition: Definition, ticked: Sequence[str]) -> Iterator[Tick]:
    for law in (*definition.service.law, *definition.procedure.law):
        yield Tick(law.id, definition.cite(law.id), both(law.gist) if law.gist else None, law.id in ticked)


def says(act: str, spec: Act, form: Form) -> dict[str, Any]:
    """What the form says about the chosen act, in the shape `cases` reads; unanswered fields are left out."""
    found = {name: _said(f"{act}.{name}", field, form) for name, field in spec.says.items()}
    return {name: value for name, value in found.items() if value not in ("", [], {}, None)}


def _said(key: str, field: Field, form: Form) -> Any:
    match field.type:
        case "items":
            return form.all(key)
        case "law":
            others = [line.strip() for line in form.text(f"{key}.other").splitlines() if line.strip()]
            return [*form.all(key), *others]
        case "date":
            boxes = form.boxes(key)
            return "-".join(boxes) if any(boxes) else ""
        case "text" | "long-text" | "integer" | "choice":
            return form.text(key)
        case "facts" | "documents":
            return _facts(key, form)
        case _:
            assert_never(field.type)


def _facts(key: str, form: Form) -> dict[str, str]:
    """`act.facts.lives_at` and its neighbours, as one mapping."""
    start = f"{key}."
    return {name.removeprefix(start): form.text(name) for name in form.values if name.startswith(start)}


def placed(problems: Iterable[Problem], act: str, spec: Act) -> list[Problem]:
    """The same problems, each at the field of the chosen act that it is about."""
    import msgspec

    return [
        msgspec.structs.replace(problem, place=f"{act}.{problem.place}") if problem.place in spec.says else problem
        for problem in problems
    ]


def suggested(definition: Definition, state: CaseState) -> Mapping[str, str]:
    """Words an official may start from, by field name: polite, specific, never final."""
    judged = Judged(definition, state)
    name = state.case.applicant.name
    return {"message": f"{name}您好：请补齐上面勾选的内容，其他材料都齐了。", "opinion": judged.assessment.message.zh}
