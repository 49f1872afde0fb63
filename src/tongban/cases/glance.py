"""How a case stands, for somebody who proves with a code that it is theirs and is not logged in: the least there is.

Neither who applied nor for what, nor anything that was said: where it stands, by when there is an answer, and whether
something is asked of the applicant. That it was looked at is a line in 谁用过我的数据.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tongban.base.errors import Refused
from tongban.base.i18n import LANGS, Text, words
from tongban.cases import clocks
from tongban.cases.engine import Engine
from tongban.catalog.model import Service
from tongban.sharing import Purpose, Reader
from tongban.sharing.access import Kind, Opened, open_record


@dataclass(frozen=True, slots=True)
class Glance:
    """What is told. `asks`: the applicant has something to do; `by`: the last day for an answer; `service` is for
    whoever shows it, to know what can be done next, and is not shown."""

    case: str
    state: Text
    ended: bool
    asks: bool
    by: date | None
    service: Service


async def glance(engine: Engine, case: str, proved: Callable[[str], bool]) -> Glance | None:
    """How a case stands, by its number in its one spelling, if `proved(applicant)`; None as well where there is none.

    Raises Refused as `open_record` if that it was looked at cannot be written.
    """
    try:
        found = await engine.find(engine.db, case)
    except Refused:  # one whose person was erased is answered like one that there is not
        found = None
    if found is None or found.state.case.about or not proved(found.state.case.applicant.id):
        return None
    state, law, now = found.state, found.definition.service, engine.clock()
    spec = found.definition.procedure.states[state.state]
    name = Text(*(words(law.name, lang) for lang in LANGS))
    await open_record(
        engine.db,
        Opened(
            person=state.case.applicant.id,
            reader=Reader(kind="kiosk", id="kiosk"),
            purpose=Purpose.of(law, state.case.case),
            grant="code:look-up",
            resource="cases",
            record=law.service,
            fields=("state",),
            labels=(Text("办到哪一步", "how the case stands"),),
            kind=Kind.CASE,
            at=now,
            source=name,
            case=state.case.case,
            case_open=spec.end is None,
            once=f"kiosk\n{state.case.case}",
        ),
    )
    due = clocks.matters(clocks.running(found.definition, state, now)) if spec.end is None else None
    last = due.binding.due if due and due.clock.by_authority else None
    day = found.definition.local(last) if last else None
    return Glance(state.case.case, spec.name, spec.end is not None, spec.waits_for == "applicant", day, law)
