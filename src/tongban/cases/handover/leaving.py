"""What an event has to say to another installation, as messages written in the event's own transaction.

So a case is handed on and its message exists, or neither; and what has happened over there is told by whoever wrote it
down, never by somebody who looks for what to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from tongban import certs
from tongban.base.database import Connection
from tongban.base.ids import uuid7
from tongban.base.keys import KeyRing
from tongban.cases import clocks
from tongban.cases.handover import store
from tongban.cases.handover.agreements import Between
from tongban.cases.handover.model import (
    CaseMessage,
    Kind,
    Message,
    Paper,
    PaperMessage,
    ProgressMessage,
    RecallMessage,
    ReturnMessage,
    Side,
    Told,
    Who,
    digest,
)
from tongban.cases.handover.store import Outgoing
from tongban.cases.model import Attachment, CaseState, Event, Office, Own
from tongban.cases.projections import sent_at
from tongban.certs.statuslist import place_of
from tongban.org import store as people
from tongban.sharing import Listed

if TYPE_CHECKING:
    from tongban.cases.batch import Also
    from tongban.cases.definition import Definition

_QUIET: Final = frozenset({Own.DELIVERED, Own.UNDELIVERED, Own.QUESTIONED, Own.ANSWERED, Own.RECORDED})
"""Events after which a case stands as it stood."""
_SPEAKING: Final = frozenset({Own.HANDED_ON, Own.RECALLED})

Agreement = Callable[[CaseState, Office], str]
"""The agreement between regions that a hand-over rests on, by its id."""


def speaks(after: CaseState, new: Sequence[Event]) -> bool:
    """Whether `new` has anything to say to another installation."""
    return after.case.origin is not None or any(event.type in _SPEAKING for event in new)


def said(between: Between, ring: KeyRing, definition: Definition, after: CaseState, new: Sequence[Event]) -> Also:
    """What writes it, after what else the events do in their transaction."""
    day = definition.local(new[-1].at)

    def file(one: certs.StoredCertificate) -> str:
        return certs.data_file(one, ring, between.neighbours.own.published, new[-1].at).decode()

    return lambda connection: say(
        connection,
        definition,
        after,
        new,
        lambda state, office: between.of(state, office, day),
        file,
        between.neighbours.own.published if between.neighbours.exist else "",
    )


async def say(
    connection: Connection,
    definition: Definition,
    after: CaseState,
    new: Sequence[Event],
    agreement: Agreement,
    file: Callable[[certs.StoredCertificate], str],
    published: str = "",
) -> None:
    """Write what `new` says to others; `after` is the case with it, `file` makes a certificate one that can be sent,
    `published` is where we say how our certificates stand."""
    case = after.case
    messages: list[Outgoing] = []
    for event in new:
        match event.type:
            case Own.HANDED_ON if office := _elsewhere(event):
                if case.origin and office.installation == case.origin.installation:
                    messages += _return(after, event, office)
                else:
                    level = await _level(connection, after)
                    told = await _listed(connection, after, published)
                    messages += _case(told, event, office, agreement(after, office), level)
            case Own.RECALLED:
                messages += _recall(after, event)
            case Own.UNDONE:
                await store.take_back(connection, case.region, case.case, int(event.payload["undoes"]))
            case _:
                pass
    if case.origin is not None and after.elsewhere is None:
        issues = any(event.issues for event in new)
        held = await certs.store.for_case(connection, case.region, case.case) if issues else ()
        certificate = next((file(one) for one in held if one.revocation is None), "")
        messages += _progress(definition, after, new, certificate)
    await store.send(connection, messages)


async def _listed(connection: Connection, after: CaseState, published: str) -> CaseState:
    """The case with, for each certificate of ours that it rests on, where the others learn how that stands."""
    records = dict(after.records)
    for item, record in after.records.items():
        held = await certs.store.get(connection, record.certificate) if record.certificate and published else None
        if held is not None:
            place = place_of(held.number, published)
            listed = Listed(uri=place.uri, place=place.idx)
            records[item] = msgspec.structs.replace(record, listed=listed)
    return msgspec.structs.replace(after, records=records)


async def _level(connection: Connection, after: CaseState) -> int:
    """How well we know who the applicant is."""
    found = await people.person(connection, after.case.applicant.id)
    return 0 if found is None else found.level


def who_of(state: CaseState, level: int) -> Who:
    """The applicant as another installation finds them."""
    applicant = state.case.applicant
    facts = state.facts
    number = applicant.number or str(facts.get("id_number") or "")
    return Who(
        name=applicant.name,
        number=number.upper(),
        kind=applicant.kind,
        level=level,
        phone=str(facts.get("phone") or ""),
    )


def paper_of(file: Attachment) -> Paper:
    """A paper as it is named in messages."""
    return Paper(name=file.name, type=file.type, size=file.size, sha256=file.sha256)


def _elsewhere(event: Event) -> Office | None:
    office = msgspec.convert(event.payload["to_office"], Office)
    return office if office.installation else None


def _case(after: CaseState, event: Event, office: Office, agreement: str, level: int) -> Iterator[Outgoing]:
    """Its papers first, so that nothing is missing when the case arrives."""
    custody, case, message = after.custody[-1], after.case, uuid7()
    who, to = who_of(after, level), Side(id=office.id, name=office.name)
    files = {file.sha256: file for files in after.documents.values() for file in files}
    place = 0
    for file in files.values():
        paper = PaperMessage(of=message, to=to, who=who, paper=paper_of(file), data=file.id.encode())
        yield _out(after, event, place, Kind.PAPER, uuid7(), office.installation, agreement, paper, event.at)
        place += 1
    sent = CaseMessage(
        number=case.number,
        origin=Side(id=custody.from_office.id, name=custody.from_office.name),
        to=to,
        region=office.id[:6],
        service=case.service,
        applied_at=case.origin.applied_at if case.origin else after.opened_at or event.at,
        who=who,
        reason=custody.reason,
        law=custody.law or event.law,
        facts=after.facts,
        records=after.records,
        documents={name: tuple(map(paper_of, files)) for name, files in after.documents.items()},
        people_only=after.people_only,
    )
    yield _out(after, event, place, Kind.CASE, message, office.installation, agreement, sent, event.at)


def _recall(after: CaseState, event: Event) -> Iterator[Outgoing]:
    gone = after.elsewhere
    if gone is None:
        return
    office = after.custody[-1].to_office
    message = RecallMessage(
        of=UUID(str(event.payload["of"])),
        number=after.case.number,
        to=Side(id=office.id, name=office.name),
        reason=msgspec.convert(event.payload["reason"], type(office.name)),
    )
    agreement = str(event.payload["agreement"])
    yield _out(after, event, 0, Kind.RECALL, uuid7(), gone.installation, agreement, message, event.at)


def _return(after: CaseState, event: Event, office: Office) -> Iterator[Outgoing]:
    origin, custody = after.case.origin, after.custody[-1]
    if origin is None:
        return
    message = ReturnMessage(
        of=UUID(origin.message),
        number=origin.number,
        case=after.case.case,
        origin=Side(id=custody.from_office.id, name=custody.from_office.name),
        to=Side(id=office.id, name=office.name),
        at=event.at,
        reason=custody.reason,
        law=custody.law,
    )
    yield _out(after, event, 0, Kind.RETURN, uuid7(), origin.installation, origin.agreement, message, event.at)


def _progress(definition: Definition, after: CaseState, new: Sequence[Event], certificate: str) -> Iterator[Outgoing]:
    """One message for each letter, with how the case stands now; one without where nothing is written to anybody."""
    origin, told = after.case.origin, [event for event in new if event.type not in _QUIET]
    if origin is None or not told:
        return
    spec = definition.procedure.states[after.state]
    term = clocks.due(definition, after, told[-1].at)
    due = term.binding.due if term else None
    letters = [event for event in told if event.letter] or [told[-1]]
    for event in letters:
        message = ProgressMessage(
            number=origin.number,
            case=after.case.case,
            origin=Side(id=after.office.id, name=after.office.name),
            to=Side(id=origin.office, name=origin.office_name),
            seq=event.seq,
            at=event.at,
            state=spec.name,
            stage=spec.stage.value,
            waits_for=spec.waits_for,
            due=definition.local(due) if due else None,
            asks=tuple(definition.label(item).zh for item in after.asked),
            end=spec.end or "",
            letter=Told(title=event.letter.title, body=event.letter.body) if event.letter else None,
            certificate=certificate if event.issues else "",
        )
        at = sent_at(definition, event)
        yield _out(after, event, 0, Kind.PROGRESS, uuid7(), origin.installation, origin.agreement, message, at)


def _out(
    after: CaseState,
    event: Event,
    place: int,
    kind: Kind,
    message: UUID,
    peer: str,
    agreement: str,
    said: Message,
    due: datetime,
) -> Outgoing:
    body = msgspec.json.encode(said, enc_hook=str)
    case = after.case
    return Outgoing(
        region=case.region,
        message=message,
        kind=kind,
        case_id=case.case,
        seq=event.seq,
        place=place,
        peer=peer,
        agreement=agreement,
        purpose=case.service,
        person=case.applicant.id,
        body=body.decode(),
        digest=said.paper.sha256 if isinstance(said, PaperMessage) else digest(body),
        at=event.at,
        due_at=due,
    )
