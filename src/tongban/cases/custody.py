"""Who holds a case: the receipt that the receiving side signs, and how long each body has held it.

A hand-over moves the duty to answer and nothing else: number, papers, state and clocks stay (行政许可法 32; 浙江省保障
“最多跑一次”改革规定 5). A receipt is a compact JWS over what was handed over, so that each side can prove later what it
got, and when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tongban.base import jws
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.cases.clocks import current
from tongban.cases.definition import Definition
from tongban.cases.evolve import evolve
from tongban.cases.model import CaseState, Event, Office

RECEIPT = "tongban-custody+jws"
"""The `typ` of a custody receipt."""


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the receiving body signs: it has `case` as it stood after event `seq`, with papers of this digest.

    `from_body` and `to_body` are ids of bodies, `papers` is the hexadecimal SHA-256 of `papers_digest`.
    """

    case: str
    seq: int
    from_body: str
    to_body: str
    papers: str
    at: datetime


def papers_digest(state: CaseState) -> str:
    """SHA-256, in hexadecimal, of all that goes along: answers, records, and the digest of every file, also of those
    that a later one took the place of. The same whoever computes it."""
    filed = {name: [file.sha256 for file in files] for name, files in state.documents.items()}
    earlier = {name: [file.sha256 for file in files] for name, files in state.replaced.items()}
    whole = {"facts": state.facts, "records": state.records, "documents": filed, "replaced": earlier}
    return hashlib.sha256(msgspec.json.encode(whole, order="sorted", enc_hook=str)).hexdigest()


def receipted(ring: KeyRing, state: CaseState, new: Sequence[Event]) -> list[Event]:
    """The same new events of a case in `state`, with the receipt for each by which it is taken over."""
    signed: list[Event] = []
    for event in new:
        if event.payload.get("receipt") == "" and (way := state.on_its_way):
            digest = papers_digest(state)
            made = Receipt(state.case.case, state.seq, way.from_office.id, way.to_office.id, digest, event.at)
            event = msgspec.structs.replace(event, payload={**event.payload, "receipt": sign(ring, made)})
        state = evolve(state, event)
        signed.append(event)
    return signed


def sign(ring: KeyRing, receipt: Receipt) -> str:
    """The receipt as a compact JWS by the receiving installation's key. Raises LookupError if no key is valid."""
    return jws.compact(ring, ring.signer(Use.RECEIPT, receipt.at), RECEIPT, msgspec.json.encode(receipt))


def read(token: str, key_of: Callable[[str], PublicKey | None], at: datetime) -> Receipt:
    """A receipt whose signature holds. Raises ValueError."""
    payload = jws.opened(token, RECEIPT, key_of, at)
    try:
        return msgspec.json.decode(payload, type=Receipt)
    except msgspec.MsgspecError as error:
        raise ValueError("not a custody receipt") from error


@dataclass(frozen=True, slots=True)
class Share:
    """How long one body held a case. `held` are the spans of time, `days` the working days of them that counted:
    neither while the case waited for the applicant nor while a special procedure ran (行政许可法 45)."""

    office: Office
    held: tuple[tuple[datetime, datetime], ...]
    days: int


def shares(definition: Definition, state: CaseState, now: datetime) -> tuple[Share, ...]:
    """Who held the case and for how many working days, in the order of first holding; together the whole time.

    A body holds it until the other has taken it over. The day on which a span begins is not counted, as in the law's
    own counting, so no day is counted twice where it changed hands.
    """
    spans = list(_held(definition, state, now))
    paused = tuple(_paused(state, _until(definition, state, now)))
    found: dict[str, Share] = {}
    for office, start, end in spans:
        days = worked(definition, start, end, paused)
        before = found.get(office.id, Share(office, (), 0))
        found[office.id] = Share(office, (*before.held, (start, end)), before.days + days)
    return tuple(found.values())


def worked(definition: Definition, start: datetime, end: datetime, paused: Sequence[tuple[datetime, datetime]]) -> int:
    """The working days after `start` up to `end` that lie in no pause. Additive over adjoining spans."""
    days = _days(definition, start, end)
    for begin, over in paused:
        first, last = max(start, begin), min(end, over)
        if first < last:
            days -= _days(definition, first, last)
    return days


def _days(definition: Definition, start: datetime, end: datetime) -> int:
    count = definition.calendar.count
    return count(definition.local(end).toordinal()) - count(definition.local(start).toordinal())


def _until(definition: Definition, state: CaseState, now: datetime) -> datetime:
    """The moment the time of a case is counted to: of one that ended its last act."""
    return state.acts[-1].at if definition.ended(state) and state.acts else now


def _held(definition: Definition, state: CaseState, now: datetime) -> Iterator[tuple[Office, datetime, datetime]]:
    until = _until(definition, state, now)
    first = state.custody[0].from_office if state.custody and state.case.received_by else state.case.office
    office, since = first, state.opened_at or until
    for one in state.custody:
        if one.taken_at is None:
            continue
        yield office, since, min(one.taken_at, until)
        office, since = one.to_office, min(one.taken_at, until)
    yield office, since, max(since, until)


def _paused(state: CaseState, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The union of the pauses of any term, disjoint and in order."""
    begun: dict[str, datetime] = {}
    pauses: list[tuple[datetime, datetime]] = []
    for move in current(state.moves):
        if move.do == "pause":
            begun.setdefault(move.term, move.at)
        elif move.term in begun and move.do in ("resume", "end"):
            pauses.append((begun.pop(move.term), move.at))
    pauses += [(start, until) for start in begun.values()]
    end: datetime | None = None
    for start, over in sorted(pauses):
        first = start if end is None else max(start, end)
        if first < over:
            yield first, over
        end = over if end is None else max(end, over)
