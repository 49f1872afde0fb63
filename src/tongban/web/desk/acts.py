"""The right column: the acts possible now, the fields of each, and from the form back to what an act says.

Every act's fields are on the page under the act's own name, so choosing one needs no script: the style sheet shows
the fields of the chosen one, and only those are read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import msgspec

from tongban.base.errors import Problem
from tongban.base.i18n import Text
from tongban.cases import UNDO, CaseView, Definition
from tongban.catalog import Question
from tongban.catalog.model import Audience
from tongban.catalog.procedure import Act, Field, Who
from tongban.web.desk.sheet import Filed, Match, Sheet
from tongban.web.desk.values import both
from tongban.web.forms import Form
from tongban.web.portal.application import Typed, as_typed, blank, sent

HIDDEN = frozenset({"submit", "withdraw"})
"""Acts an official may do for somebody, that have pages of their own."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick or a choice to make."""

    value: str
    name: Text
    note: Text | None
    ticked: bool
    aside: bool = False
    """Folded away: seldom wanted, and not ticked."""


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


def panel(view: CaseView, shown: Sheet, form: Form, chosen: str) -> Panel:
    """The panel for a case; `form` holds what was typed, `chosen` the act that was picked."""
    offered = [(one.act, one.spec) for one in view.possible if one.spec is not None and one.act not in HIDDEN]
    return Panel(
        tuple(_option(view, name, spec, shown, form, name == chosen) for name, spec in offered),
        any(one.act == UNDO for one in view.possible),
    )


def _option(view: CaseView, name: str, act: Act, shown: Sheet, form: Form, chosen: bool) -> Option:
    definition = view.definition
    known = form if chosen else Form(_before(view, name, act))
    return Option(
        act=name,
        spec=act,
        name=act.name,
        note=act.help or _note(definition, act),
        law=definition.cite(act.law) if act.law else None,
        chosen=chosen,
        fields=tuple(_field(view, name, act, key, shown, known, not chosen) for key in act.says),
        adverse=act.adverse or "law" in act.says,
    )


def _before(view: CaseView, name: str, act: Act) -> dict[str, list[str]]:
    """What the first person wrote, for the second to confirm or to change."""
    events = [event for event in view.loaded.events if event.type in act.not_by]
    said: dict[str, Any] = events[-1].payload if events else {}
    found = {field: said[field] for field in act.says if field in said}
    cited = set(view.definition.laws)
    given: dict[str, list[str]] = {}
    for field, value in found.items():
        if act.says[field].type == "law":
            given[f"{name}.{field}"] = [law for law in value if law in cited]
            given[f"{name}.{field}.other"] = ["\n".join(law for law in value if law not in cited)]
        else:
            given[f"{name}.{field}"] = [str(value)]
    return given


def _note(definition: Definition, act: Act) -> Text:
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
    if act.notice and definition.service.audience == (Audience.GOVERNMENT,):  # nobody need have applied
        zh.append("发出通知")
        en.append("a notice is sent")
    elif act.notice:
        zh.append("通知申请人")
        en.append("the applicant is told")
    if act.not_by:
        zh.append("须由另一人")
        en.append("by a second person")
    return Text("，".join(zh), ", ".join(en))


def _field(view: CaseView, act: str, spec: Act, name: str, shown: Sheet, form: Form, fresh: bool) -> Said:
    key, field = f"{act}.{name}", spec.says[name]
    match field.type:
        case "items":
            return Said(key, name, field, None, tuple(_items(shown, form.all(key), fresh)))
        case "law":
            return Said(key, name, field, form.text(f"{key}.other"), tuple(_laws(view.definition, spec, form.all(key))))
        case "choice" | "body":
            given = form.text(key)
            return Said(key, name, field, given, tuple(Tick(v, n, None, v == given) for v, n in field.choices))
        case "official":
            given = form.text(key)
            return Said(key, name, field, given, tuple(_people(view, field, given)))
        case "date":
            return Said(key, name, field, form.boxes(key))
        case "text" | "long-text" | "integer":
            return Said(key, name, field, form.text(key))
        case "facts":
            return Said(key, name, field, tuple(_corrections(view, key, form)))
        case "documents":
            return Said(key, name, field, None, tuple(_slots(spec, field, shown)))
        case _:
            assert_never(field.type)


def _people(view: CaseView, field: Field, given: str) -> Iterator[Tick]:
    """Whom the act may name: who has done what the named one must not have done is not offered."""
    took_part = {done.by.id for done in view.state.acts if done.type in field.not_by}
    for one in view.colleagues:
        if one.person not in took_part:
            words = Text(f"{one.name}（{one.title.zh}）", f"{one.name} ({one.title.en})")
            yield Tick(one.post, words, None, one.post == given)


OWN_PAPER = "own"
"""Where a file goes that is no material of the service but the act's own: a report, a signed record."""


def _slots(spec: Act, field: Field, shown: Sheet) -> Iterator[Tick]:
    """Where files can be put: the materials asked for, else every material; the act's own paper for staff acts."""
    if Who.APPLICANT not in spec.who:
        yield Tick(OWN_PAPER, field.name, None, False)
        return
    asked = [paper for paper in shown.papers if paper.filed is Filed.ASKED]
    for paper in asked or shown.papers:
        if paper.filed is not Filed.REPLACED:
            yield Tick(paper.slug, paper.label, None, False)


def _corrections(view: CaseView, key: str, form: Form) -> Iterator[tuple[Question, Typed]]:
    """Every question that can be corrected, with what stands there now or what was typed instead."""
    for question in (*view.judged.variant.questions, *view.judged.variant.open_questions):
        named = Question(f"{key}.{question.name}", question.fact)
        yield named, sent(named, form) if _was_sent(named, form) else _now(view, question)


def _now(view: CaseView, question: Question) -> Typed:
    value = view.judged.facts.get(question.name)
    return blank(question.fact) if value is None else as_typed(question.fact, value)


def _was_sent(question: Question, form: Form) -> bool:
    return question.name in form.values or f"{question.name}.year" in form.values


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
        plain = row.match is Match.CLAIM_ONLY and not wanted
        yield Tick(row.name, row.label, row.look.name, wanted, aside=plain)


def _laws(definition: Definition, act: Act, ticked: Sequence[str]) -> Iterator[Tick]:
    """The articles of the service; those of the procedure are folded away, except the act's own."""
    for law in (*definition.service.law, *definition.procedure.law):
        own = law in definition.service.law or law.id == act.law
        chosen = law.id in ticked
        gist = both(law.gist) if law.gist else None
        yield Tick(law.id, definition.cite(law.id), gist, chosen, aside=not own and not chosen)


def says(view: CaseView, act: str, spec: Act, form: Form) -> dict[str, Any]:
    """What the form says about the chosen act, in the shape `cases` reads; unanswered fields are left out.

    Files are added by whoever stores them.
    """
    found = {name: _said(view, f"{act}.{name}", field, form) for name, field in spec.says.items()}
    return {name: value for name, value in found.items() if value not in ("", [], {}, None)}


def _said(view: CaseView, key: str, field: Field, form: Form) -> Any:
    match field.type:
        case "items":
            return form.all(key)
        case "law":
            others = [line.strip() for line in form.text(f"{key}.other").splitlines() if line.strip()]
            return [*form.all(key), *others]
        case "date":
            boxes = form.boxes(key)
            return "-".join(boxes) if any(boxes) else ""
        case "text" | "long-text" | "integer" | "choice" | "official" | "body":
            return form.text(key)
        case "facts":
            return dict(_corrected(view, key, form))
        case "documents":
            return {}
        case _:
            assert_never(field.type)


def _corrected(view: CaseView, key: str, form: Form) -> Iterator[tuple[str, Typed]]:
    """The facts whose answer differs from what stands there."""
    for named, _ in _corrections(view, key, form):
        name = named.name.removeprefix(f"{key}.")
        if _was_sent(named, form):
            typed = sent(named, form)
            if typed != _now(view, Question(name, named.fact)):
                yield name, typed


def placed(problems: Iterable[Problem], act: str, spec: Act) -> list[Problem]:
    """The same problems, each at the field of the chosen act that it is about."""
    inner = next((name for name, field in spec.says.items() if field.type == "facts"), "")
    found: list[Problem] = []
    for problem in problems:
        place = f"{act}.{problem.place}" if problem.place in spec.says else ""
        if not place and inner and problem.place and problem.place not in ("act", "actor", "version", "now"):
            place = f"{act}.{inner}.{problem.place}"
        found.append(msgspec.structs.replace(problem, place=place))
    return found
