"""Where somebody has to come for a case, and the list of what waits at which address, kept as the case moves on."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from tongban.base.database import Connection
from tongban.cases import clocks
from tongban.cases.batch import Also
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState
from tongban.cases.store import visits as store
from tongban.cases.store.visits import Waiting

_NO_LETTERS = re.compile(r"[^\w]|_|演示", re.UNICODE)


def address(definition: Definition, state: CaseState) -> str:
    """Where somebody has to come for a case, as it was written; "" where nobody has to, or nobody said where."""
    spot = definition.procedure.on_the_spot
    if spot is None or state.state not in spot.states or _came_since(state):
        return ""
    return where(definition, state)


def _came_since(state: CaseState) -> bool:
    """Whether a shared visit was registered since the case came into the state it is in."""
    entered = next((done.seq for done in reversed(state.acts) if done.before != state.state), 0)
    return state.visited > entered


def where(definition: Definition, state: CaseState) -> str:
    """The address that a case is about, whether somebody has to come or not; the record's before what was said."""
    spot = definition.procedure.on_the_spot
    for name in spot.address if spot else ():
        record = state.record_of(name)
        if value := (record.value if record else None) or state.facts.get(name):
            return str(value)
    return ""


def same_place(written: str) -> str:
    """An address as two people may write it differently: without spaces, stops and width."""
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", written)).casefold()


def effect(definition: Definition, after: CaseState, now: datetime) -> list[Also]:
    """What an event does to the list of who waits where, in the transaction that writes it."""
    spot, case = definition.procedure.on_the_spot, after.case
    if spot is None:
        return []
    place = same_place(address(definition, after))
    if not place:
        return [lambda connection: store.wait_no_more(connection, case.region, case.case)]
    due = clocks.due(definition, after, now)
    fixed = next((done.payload[spot.day] for done in reversed(after.acts) if spot.day in done.payload), None)

    async def wait(connection: Connection) -> None:
        await store.wait(
            connection,
            Waiting(
                region=case.region,
                case_id=case.case,
                place=connection.sealer.blind("visit_place.place", f"{case.region} {place}"),
                body=after.office.id,
                service=case.service,
                due=definition.local(due.binding.due) if due and due.binding.due else None,
                fixed_day=date.fromisoformat(str(fixed)) if fixed else None,
            ),
        )

    return [wait]
