"""The demonstration's finished improvement, invented: played through the engine, with complaints of the months before.

The version that answers is one of the catalogue's: the case is of two weeks before it came into force, and it is
linked on that day. Which months lie before and which after it depends on the day, and a month after is counted only
once one is over. Where the keys are younger than the case, nothing of it could be signed: the part is promised, of
today, and no version answers it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from tongban.base.clock import SettableClock
from tongban.base.keys import Use
from tongban.cases.model import Applicant
from tongban.cases.service import Cases
from tongban.org import Actor
from tongban.org import store as people
from tongban.voice.improvements.model import SERVICE
from tongban.voice.improvements.service import BEFORE, Improvements
from tongban.voice.store import demo as store
from tongban.voice.store.demo import Invented

_REGION, _CENTRE, _OWNER = "990101", "990100.digital-centre", "990101.police"
_OF, _FROM, _TO, _CAUSE = "residence-permit", "1", "2", "facts.lives_at"
_MONTHLY = (11, 14, 12, 17, 15, 13)
"""People a month before the change, the latest last; after it three a month."""
_AFTER = 3
_BEFORE_IT = timedelta(days=15)
"""How long before the change its owner was asked."""
_MORNING = time(10, 0)


async def seed(improvements: Improvements, cases: Cases, clock: SettableClock, now: datetime) -> None:
    """Open the case, promise a date, link the version. Raises Refused if a file stops a step."""
    directory, zone = cases.engine.directory, cases.engine.zone
    part = improvements.causes(_OF).get(_CAUSE)
    versions = {one.version: one for one in cases.engine.catalogue.versions(_OF)}
    if part is None or not {_FROM, _TO} <= set(versions):
        return
    changed, today = versions[_TO].valid_from, now.astimezone(zone).date()
    asked = datetime.combine(changed - _BEFORE_IT, _MORNING, zone)
    past = asked < now and _signs(cases, asked)
    begun = asked if past else now - timedelta(minutes=30)
    await store.add_complaints(cases.engine.db, _REGION, _OF, _CAUSE, _invented(changed, today, now))
    centre = directory.body(_CENTRE)
    facts = {
        "of_service": _OF,
        "of_version": _FROM if past or today < changed else _TO,
        "cause": _CAUSE,
        "part": part.name.zh,
        "said_by": str(sum(_MONTHLY)),
    }
    clock.set(begun)
    opened = await cases.engine.open(
        Actor.rules(),
        SERVICE,
        {"facts": facts, "asked_by": "演示监督岗"},
        region=_REGION,
        key="demo-improvement",
        applicant=Applicant(centre.id, centre.name.zh, centre.uscc, "body"),
        records={},
        owed_by=_OWNER,
    )
    case, head = opened.state.case.case, await _head(improvements)
    by = changed + timedelta(days=6) if past else today + timedelta(days=30)
    promised = {"what": "居住登记里已经有的住址，不再要您填。", "by": by.isoformat()}
    steps: list[tuple[datetime, str, dict[str, str]]] = [(begun + timedelta(minutes=10), "promise", promised)]
    in_force = datetime.combine(changed, _MORNING, zone)
    if past and in_force < now:
        steps.append((in_force, "link", {"version": _TO}))
    for at, act, says in steps:
        clock.set(at)
        await cases.act(head, case, act, says, version=None, key=f"demo-improvement-{act}")
    clock.set(now)
    await improvements.turn(whole=True)  # it comes with dates of weeks ago


def _signs(cases: Cases, at: datetime) -> bool:
    try:
        cases.engine.keys.signer(Use.RECEIPT, at)
    except LookupError:
        return False
    return True


def _invented(changed: date, today: date, now: datetime) -> list[Invented]:
    """How many said it in each of the last months, those before the change and those after."""
    found: list[Invented] = []
    this = today.year * 12 + today.month - 1
    for back in range(BEFORE, 0, -1):
        month = date((this - back) // 12, (this - back) % 12 + 1, 1)
        many = _MONTHLY[BEFORE - back] if month < changed.replace(day=1) else _AFTER
        found += [Invented(f"demo-{month:%Y%m}-{n}", now.replace(year=month.year, month=month.month, day=1 + n))
                  for n in range(many)]  # fmt: skip
    return found


async def _head(improvements: Improvements) -> Actor:
    directory = improvements.directory
    post = directory.post(f"{_OWNER}.head")
    (holder,) = directory.holders(post.id)[:1]
    person = await people.person(improvements.db, holder)
    if person is None:
        raise LookupError(holder)
    return Actor.official(person, post, directory.body(post.body))
