"""期限届满: what the law does when nobody answers. Silence becomes an event, or climbs to a named superior.

Each region is worked through by itself, in small transactions; a case that fails is put aside with its error and tried
again later, so neither a broken case nor a broken region can stop another's clock.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import msgspec

from tongban.base.database import Connection
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.cases import clocks
from tongban.cases.clocks import Rung
from tongban.cases.decide import escalate, overdue
from tongban.cases.engine import Engine
from tongban.cases.evolve import fold
from tongban.cases.loaded import Case
from tongban.cases.model import Escalation, Event
from tongban.cases.store import alarms
from tongban.cases.store.alarms import Alarm
from tongban.cases.store.history import Key
from tongban.catalog.procedure import Who

log = logging.getLogger(__name__)

_CLAIM = 20
"""Cases in one transaction."""
_GIVE_UP = 12
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)


async def fire(engine: Engine, now: datetime) -> int:
    """Do what is due at `now`, in every region. The answer is the number of cases in which something happened."""
    fired = 0
    for region in await alarms.due_regions(engine.db, now):
        try:
            fired += await _region(engine, region, now)
        except Exception:
            log.exception("timers of region %s failed", region)
    return fired


async def _region(engine: Engine, region: str, now: datetime) -> int:
    fired = 0
    while True:
        async with engine.db.transaction() as connection:
            claimed = await alarms.claim_alarms(connection, region, now, _CLAIM)
            for alarm in claimed:
                fired += await _attempt(engine, connection, alarm, now)
        if len(claimed) < _CLAIM:
            return fired


async def _attempt(engine: Engine, connection: Connection, alarm: Alarm, now: datetime) -> int:
    try:
        async with connection.savepoint():
            return await _one(engine, connection, alarm, now)
    except Exception as error:
        log.warning("timer of case %s failed: %s", alarm.case, type(error).__name__)
        wait = min(_FIRST_WAIT * 2**alarm.attempts, _LONGEST_WAIT)
        said = f"{type(error).__name__}: {error.code if isinstance(error, Refused) else error}"
        await alarms.alarm_failed(connection, alarm, said, now + wait, dead=alarm.attempts + 1 >= _GIVE_UP)
        return 0


async def _one(engine: Engine, connection: Connection, alarm: Alarm, now: datetime) -> int:
    case = await engine.find(connection, alarm.case)
    if case is None:
        await alarms.set_alarm(connection, alarm.region, alarm.case, None)
        return 0
    events = overdue(case.definition, case.state, now)
    events += _climb(engine, case.after(events), now)
    if not events:
        wake = _wake_at(case, now)
        if wake is not None and wake <= now:
            raise RuntimeError("the clock's act is due and its own conditions refuse it")
        await alarms.set_alarm(connection, alarm.region, alarm.case, wake)
        return 0
    key = Key("clock", f"{alarm.case}:{case.state.seq}", "")
    if not await engine.write_in(connection, case, tuple(events), key):
        raise RuntimeError("the clock's events were not taken")
    return 1


def _wake_at(case: Case, now: datetime) -> datetime | None:
    return clocks.wake_at(case.definition, case.state, clocks.running(case.definition, case.state, now))


def _climb(engine: Engine, case: Case, now: datetime) -> list[Event]:
    """The rungs that are due, one event each."""
    definition, state, climbed = case.definition, case.state, list[Event]()
    if definition.ended(state) or (state.elsewhere and state.elsewhere.taken):
        return climbed
    for rung in clocks.climbs(definition, state, clocks.running(definition, state, now)):
        if rung.at > now:
            break
        climbed.append(escalate(definition, fold(climbed, state), _superior(engine, case, rung, now), now))
    return climbed


def _superior(engine: Engine, case: Case, rung: Rung, now: datetime) -> Escalation:
    """The person on this rung: of the body itself, of those above it, of its government; nearest first."""
    directory, own = engine.directory, engine.directory.body(case.state.desk.id)
    government = directory.government(own.region)
    bodies = {
        Who.HEAD: [own],
        Who.SUPERIOR: directory.superiors(own.id),
        Who.GOVERNMENT_HEAD: [government] if government else [],
    }
    escalation = Escalation(rung.term, rung.who.value, now, body=own.id)
    for body in bodies[rung.who]:
        for post in directory.posts_of(body.id):
            if rung.who.value in post.roles:
                persons = directory.holders(post.id, now.date())
                title = Text(f"{body.name.zh} {post.title.zh}", f"{post.title.en}, {body.name.en}")
                found = Escalation(rung.term, rung.who.value, now, 0, body.id, post.id, "", title)
                if persons:
                    return msgspec.structs.replace(found, person=persons[0])
                escalation = found if not escalation.post else escalation
    return escalation
