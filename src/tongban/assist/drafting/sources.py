"""A case as sources: each thing that a draft may say about it, with an id a reader can open and its words.

What a draft does not need is left out here, before any model could see it: numbers of identity, telephone, account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tongban.assist.drafting.model import Source
from tongban.base.i18n import LANGS, Text, words
from tongban.cases import CaseView
from tongban.cases.letters import said_words
from tongban.cases.views import FactView, MaterialView
from tongban.catalog import Explanation, cite
from tongban.catalog.model import FactType, Law
from tongban.catalog.procedure import Who
from tongban.catalog.wording import RegionName, day_words, joined, no_region, said

NEVER = frozenset({FactType.ID_NUMBER, FactType.USCC, FactType.PHONE, FactType.BANK_ACCOUNT})
"""Facts that no draft speaks of."""
_KINDS: Mapping[str, Text] = {
    "pdf": Text("PDF", "PDF"),
    "image": Text("照片", "a photograph"),
    "word": Text("Word文件", "a Word file"),
    "ofd": Text("OFD", "OFD"),
}
_STATUS: Mapping[str, Text] = {
    "present": Text("已交", "filed"),
    "replaced": Text("免交，政府数据里已经有", "not needed, a record has it"),
    "missing": Text("还没有交", "not filed"),
    "optional": Text("可以不交", "optional"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """Words that somebody put into the case. `outside`: the applicant's or another person's, not an official's."""

    source: str
    who: Text
    what: Text
    words: Text
    outside: bool


@dataclass(frozen=True)
class Gathered:
    """A case with everything that a draft may rest on."""

    view: CaseView
    explained: Explanation
    told: tuple[Told, ...]
    sources: Mapping[str, Source]

    @property
    def day(self) -> date:
        """The day of application, whose law governs."""
        return self.view.opening.day

    @property
    def region(self) -> str:
        return self.view.opening.region

    @property
    def opening(self) -> str:
        return f"record:case/{self.view.case}#opening"

    @property
    def item(self) -> str:
        return _item(self.view)

    def facts(self) -> Iterator[FactView]:
        """Facts that a draft may speak of."""
        return (one for one in self.view.facts if one.fact.type not in NEVER)


def gather(view: CaseView, region: RegionName = no_region) -> Gathered:
    """The sources of one case. Takes some milliseconds: the rules' explanation is worked out for it."""
    explained = view.judged.explained(region)
    told = tuple(_told(view))
    found = [
        *_case(view),
        *_facts(view, region),
        *_materials(view),
        *_rules(view, explained),
        *_laws(view),
        *(Source(id=one.source, text=one.words, outside=one.outside) for one in told),
    ]
    return Gathered(view, explained, told, {one.id: one for one in found})


def material_id(view: CaseView, slug: str) -> str:
    """The id of a material of the case's service."""
    return f"{_item(view)}#{slug}"


def _item(view: CaseView) -> str:
    return f"item:{view.opening.service}@{view.state.service_version}"


def _case(view: CaseView) -> Iterator[Source]:
    opening, name = view.opening, view.service_name
    day = day_words(opening.day)
    yield Source(
        id=f"record:case/{view.case}#opening",
        text=Text(
            f"办件{opening.case}：{opening.applicant.name}在{day.zh}申请“{name.zh}”，由{view.office.name.zh}办理，"
            f"现在的状态：{view.state_name.zh}。",
            f"Case {opening.case}: {opening.applicant.name} applied for “{name.en}” on {day.en}, handled by "
            f"{view.office.name.en}; it stands at: {view.state_name.en}.",
        ),
    )
    for term in view.terms:
        if term.open and term.due is not None:
            due, why = day_words(view.definition.local(term.due)), term.explain()
            yield Source(
                id=f"record:case/{view.case}#term/{term.term}",
                text=Text(f"{term.name.zh}：最晚{due.zh}。{why.zh}", f"{term.name.en}: by {due.en}. {why.en}"),
            )
    service, variant = view.definition.service, view.judged.variant
    parts = [name, *([_both(service.summary)] if service.summary else [])]
    if variant.situation is not None:
        parts.append(_both(variant.situation.name))
    yield Source(
        id=_item(view),
        text=Text("。".join(p.zh for p in parts), ". ".join(p.en for p in parts)),
        since=service.valid_from,
        until=service.valid_to,
        region=service.regions[0] if len(service.regions) == 1 else "",
    )


def _facts(view: CaseView, region: RegionName) -> Iterator[Source]:
    for one in view.facts:
        if one.fact.type in NEVER:
            continue
        value = said(one.fact, one.value, region)
        yield Source(id=f"fact:{one.name}", text=_labelled(one.label, value))
        if one.record is not None:
            stands = said(one.fact, one.record.value, region)
            yield Source(
                id=record_id(one),
                text=Text(
                    f"{one.record.source.zh}，{one.label.zh}：{stands.zh}",
                    f"{one.record.source.en}, {one.label.en}: {stands.en}",
                ),
            )
    for question in (*view.judged.variant.questions, *view.judged.variant.open_questions):
        if question.name not in view.state.facts and question.name not in view.state.records:
            label = view.definition.label(question.name)
            yield Source(id=f"fact:{question.name}", text=Text(f"{label.zh}：没有填", f"{label.en}: not answered"))


def record_id(one: FactView) -> str:
    """The id of what a record of the state says about a fact."""
    return f"record:{one.fact.source.at}" if one.fact.source else f"record:state/{one.name}#value"


def _labelled(label: Text, value: Text) -> Text:
    return Text(f"{label.zh}：{value.zh}", f"{label.en}: {value.en}")


def _materials(view: CaseView) -> Iterator[Source]:
    for one in view.materials:
        status, kinds = _STATUS[one.status], accepted(one)
        hint = _both(one.material.hint)
        yield Source(
            id=material_id(view, one.slug),
            text=Text(
                f"{one.label.zh}：{status.zh}。{hint.zh}可以交{kinds.zh}。",
                f"{one.label.en}: {status.en}. {hint.en}{' ' if hint.en else ''}Send {kinds.en}.",
            ),
        )


def accepted(one: MaterialView) -> Text:
    """The kinds of file that a material may be."""
    return joined([_KINDS[kind] for kind in one.material.accepts], Text("或", " or"))


def _rules(view: CaseView, told: Explanation) -> Iterator[Source]:
    item = _item(view)
    yield Source(id=f"{item}#outcome", text=told.message)
    for table in told.tables:
        for row in table.rows:
            if row.standing == "counts":
                cited = row.cite or Text("", "")
                yield Source(
                    id=f"{item}#rules/{table.table}/{row.row}",
                    text=Text(
                        f"{table.title.zh}：{row.says.zh}。{row.why.zh}。{cited.zh}",
                        f"{table.title.en}: {row.says.en}. {row.why.en}. {cited.en}",
                    ),
                )
        for one in table.results:
            yield Source(id=f"{item}#result/{table.table}/{one.name}", text=_labelled(one.label, one.words))
    for number, sentence in enumerate(told.outlook.sentences):
        yield Source(id=f"{item}#outlook/{number}", text=sentence)


def _laws(view: CaseView) -> Iterator[Source]:
    law: Law
    for law in (*view.definition.service.law, *view.definition.procedure.law):
        words_of, gist = cite(law), _both(law.gist)
        yield Source(
            id=f"law:{law.id}",
            text=Text(f"{words_of.zh}：{gist.zh}", f"{words_of.en}: {gist.en}"),
            since=law.in_force,
            until=law.until,
        )


def _told(view: CaseView) -> Iterator[Told]:
    """What people and officials wrote, in order; what was taken back is left out."""
    undone = {line.seq for line in view.account if line.undone}
    for event in view.loaded.events:
        act = view.definition.procedure.acts.get(event.type)
        if act is None or event.seq in undone:
            continue
        outside = event.by.kind == "person" or Who.APPLICANT in act.who
        for name, value in event.payload.items():
            if act.says[name].type in ("text", "long-text") and str(value).strip():
                yield Told(
                    source=f"record:case/{view.case}#said/{event.seq}/{name}",
                    who=Text(event.by.name, event.by.name),
                    what=act.name,
                    words=said_words(view.definition, act, name, value),
                    outside=outside,
                )


def _both(value: str | Text) -> Text:
    return Text(*(words(value, lang) for lang in LANGS))
