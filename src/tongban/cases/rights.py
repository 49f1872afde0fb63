"""Who may see a case and who may act in it: the case as `org.may` sees it, and what that answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tongban.cases import handing, moving
from tongban.cases.about import agents, took_part
from tongban.cases.competent import matter_of
from tongban.cases.refusals import unknown_case
from tongban.org import Actor, Grant, Matter, Purpose, Refusal, may

if TYPE_CHECKING:
    from tongban.cases.decide import GrantFor
    from tongban.cases.engine import Engine
    from tongban.cases.loaded import Case


def matter(engine: Engine, found: Case, act: str = "") -> Matter:
    """A case as `org.may` sees it, for the acts of a hand-over from the side whose acts they are."""
    opening, directory = found.state.case, engine.directory
    office, service = found.state.desk.id, opening.service
    moved = directory.moved.touches(office, service)
    matter = Matter(
        region=found.state.place,
        body=office,
        service=service,
        applicant=opening.applicant.id,
        handlers=took_part(found.events),
        barred=found.barred,
        agents=agents(found.events),
        in_person=frozenset(found.definition.service.in_person.acts),
        together=frozenset(office.id for office in opening.together),
        opened_on=opening.day if moved else None,
        figures=moving.figures(directory, office, service, moving.values_of(found.state)) if moved else (),
        opens=not found.events,
        received_by=opening.received_by.id if opening.received_by else "",
    )
    return matter_of(directory, matter, found.state, act)


def may_see(engine: Engine, actor: Actor, found: Case) -> Grant | Refusal:
    """By what right somebody may see a case, or why not."""
    seen, directory = matter(engine, found), engine.directory
    first = may(directory, actor, "view", seen, Purpose.VIEW)
    if isinstance(first, Grant):
        return first
    others = (may(directory, actor, "view", seen, Purpose.SUPERVISE), *_other_side(engine, actor, found))
    return next((one for one in others if isinstance(one, Grant)), first)


def _other_side(engine: Engine, actor: Actor, found: Case) -> Iterator[Grant | Refusal]:
    """Whoever is to take it over sees what it takes over, and whoever settles it sees what it settles."""
    for act in (handing.TAKE_OVER, handing.SETTLE) if found.state.on_its_way else ():
        yield may(engine.directory, actor, "view", matter(engine, found, act), Purpose.VIEW)


def grant_for(engine: Engine, actor: Actor, found: Case) -> GrantFor:
    """Asks `org.may` about one case, act by act."""
    usual = matter(engine, found)

    def ask(act: str) -> Grant | None:
        asked = matter(engine, found, act) if act in handing.HANDING else usual
        granted = may(engine.directory, actor, act, asked)
        return granted if isinstance(granted, Grant) else None

    return ask


def granted(engine: Engine, actor: Actor, act: str, found: Case) -> Grant:
    """By what right somebody does an act. Raises Refused: as `org.may`; what is hidden (404) looks like what is not
    there."""
    answer = may(engine.directory, actor, act, matter(engine, found, act))
    if isinstance(answer, Grant):
        return answer
    raise unknown_case() if answer.status == 404 and found.events else answer.error()
