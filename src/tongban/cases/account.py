"""The account of a case in plain words: who did what on which day, for the person it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tongban.base.i18n import Text
from tongban.cases.definition import Definition
from tongban.cases.doubts import CHANGES
from tongban.cases.letters import said_words
from tongban.cases.model import CUSTODY_EVENTS, OWN_NAMES, START, VISIT_EVENTS, ActorKind, By, Event, Letter, Own
from tongban.catalog.wording import day_words, joined

_MACHINE: dict[ActorKind, Text] = {
    "clock": Text("期限届满", "The clock"),
    "rules": Text("系统按规则", "The rules"),
}
_CARRIER = Text("系统", "The platform")
_POST = frozenset({Own.DELIVERED, Own.UNDELIVERED, Own.RECORDED, Own.PROGRESSED, Own.HANDED_BACK})
"""Reports of the outbox and of the exchange: carried by the platform, although no term ran out."""
_LINKS = (
    frozenset({Own.QUESTIONED, Own.ANSWERED, Own.RECORDED, Own.PART_OPENED, Own.PART_ENDED})
    | CUSTODY_EVENTS
    | VISIT_EVENTS
)

_COMPARED = {
    "same": Text("和您填的一样", "Same as the applicant said"),
    "different": Text("和您填的不一样，由工作人员核对", "Not as the applicant said; an official will check"),
    "papers": Text("不用再交", "No longer needs to be handed in"),
}
"""How a late record stands to what was said."""
_VISIT = {
    "visit": Text("现场登记号", "Number of the visit"),
    "day": Text("哪天", "Day"),
    "place": Text("几点", "Time"),
    "inspectors": Text("到场人员", "Present"),
    "seen": Text("看了什么", "Looked at"),
    "reasons": Text("原因", "Why"),
}
_CORRECTED = Text("来源已更正", "Corrected by its source")
_LOOKED_AGAIN = Text("来源更正以后，重新查了这条记录", "The source has corrected the record; it was looked up again")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the account. `details` are what was said, each with its name; `letter` what the person was told."""

    seq: int
    at: datetime
    by: By
    who: Text
    what: Text
    sentence: Text
    details: tuple[tuple[Text, Text], ...]
    law: Text
    letter: Letter | None
    undone: bool


def account(definition: Definition, events: tuple[Event, ...], *, inside: bool) -> tuple[Line, ...]:
    """Every event in order. `inside` also tells what officials wrote for one another."""
    return tuple(_lines(definition, events, inside))


def _lines(definition: Definition, events: tuple[Event, ...], inside: bool) -> Iterator[Line]:
    undone = {event.payload["undoes"] for event in events if event.type == Own.UNDONE}
    for event in events:
        who, what = who_words(event), what_words(definition, event)
        day = day_words(definition.local(event.at))
        open_to_all = inside or event.letter is not None or event.by.kind == "person" or event.type in _LINKS
        yield Line(
            seq=event.seq,
            at=event.at,
            by=event.by,
            who=who,
            what=what,
            sentence=Text(f"{day.zh}，{who.zh}：{what.zh}。", f"{day.en}, {who.en}: {what.en}."),
            details=tuple(_details(definition, event)) if open_to_all else (),
            law=definition.cite(event.law),
            letter=event.letter,
            undone=event.seq in undone,
        )


def who_words(event: Event) -> Text:
    """Who did it."""
    if event.type in _POST:
        return _CARRIER
    name = event.by.name
    if event.on_behalf_of:
        return Text(f"{name}（替申请人办理）", f"{name} (for the applicant)")
    return _MACHINE.get(event.by.kind) or Text(name, name)


def what_words(definition: Definition, event: Event) -> Text:
    """What was done, by the procedure's name for it."""
    act = definition.procedure.acts.get(event.type)
    if event.type == Own.RECORDED and event.payload.get("corrected"):
        return _LOOKED_AGAIN
    return act.name if act else OWN_NAMES[Own(event.type)]


def _details(definition: Definition, event: Event) -> Iterator[tuple[Text, Text]]:
    act = definition.procedure.acts.get(event.type)
    if act is None:
        yield from _own_details(definition, event)
        return
    for name, value in event.payload.items():
        if act.says[name].type != "body":  # the line of the hand-over that follows names it
            yield act.says[name].name, said_words(definition, act, name, value)
    if START not in act.from_ and event.facts:
        yield Text("更正", "Corrected"), joined([definition.label(name) for name in event.facts])
    if event.documents:
        yield Text("材料", "Documents"), joined([definition.label(name) for name in event.documents])


def _own_details(definition: Definition, event: Event) -> Iterator[tuple[Text, Text]]:
    match Own(event.type):
        case Own.ESCALATED:
            term = definition.procedure.terms[event.payload["term"]].name
            yield Text("逾期的期限", "Overdue"), term
            yield Text("交由", "Taken to"), Text(**event.payload["title"])
        case Own.UNDONE:
            yield Text("撤回", "Taken back"), definition.procedure.acts[event.payload["act"]].name
        case Own.DELIVERED | Own.UNDELIVERED:
            channel = str(event.payload.get("channel", ""))
            yield Text("渠道", "Channel"), Text(channel, channel)
        case Own.QUESTIONED | Own.ANSWERED:
            case = event.payload["case"]
            yield Text(**event.payload["service"]), Text(case, case)
            if outcome := event.payload.get("outcome"):
                yield Text("答复", "Answer"), Text(**outcome)
        case Own.PART_OPENED | Own.PART_ENDED:
            case, outcome = event.payload.get("case", ""), event.payload.get("outcome")
            yield Text(**event.payload["title"]), Text(case, case)
            if outcome:
                yield Text("结果", "Outcome"), Text(**outcome)
        case Own.HANDED_ON:
            yield Text("转给", "To"), Text(**event.payload["to_office"]["name"])
            yield Text("原因", "Why"), Text(**event.payload["reason"])
        case Own.TAKEN_OVER | Own.HAND_ON_SETTLED | Own.HAND_ON_REFUSED:
            if said := str(event.payload.get("reasons", "")):
                yield Text("理由", "Reasons"), Text(said, said)
        case Own.PROGRESSED:
            yield Text("那边现在", "There it is"), Text(**event.payload["state"])
        case Own.RECALLED | Own.HANDED_BACK:
            if reason := event.payload.get("reason"):
                yield Text("原因", "Why"), Text(**reason)
        case Own.RECORDED:
            for key, name in _COMPARED.items():
                if found := event.payload.get(key):
                    yield name, joined([definition.label(one) for one in found])
            for name, case in event.payload.get("corrected", {}).items():
                label = definition.label(name)
                yield _CORRECTED, Text(f"{label.zh}（{case}）", f"{label.en} ({case})")
        case Own.VISIT_SET | Own.VISIT_OFF | Own.VISITED:
            for key, name in _VISIT.items():
                if said := str(event.payload.get(key, "")):
                    yield name, Text(said, said)
        case Own.CERTIFICATE_CHANGED:
            yield CHANGES[event.payload["change"]], Text(**event.payload["name"])
            if items := event.payload.get("items"):
                yield Text("用在", "Used for"), joined([definition.label(one) for one in items])
        case Own.CERTIFICATE_LOOKED:
            opinion = str(event.payload.get("opinion", ""))
            yield Text("看了以后", "Having looked"), Text(opinion, opinion)
        case Own.PEOPLE_ONLY:
            pass
