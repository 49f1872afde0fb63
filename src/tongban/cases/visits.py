"""一次现场: cases of different bodies, services and people at one address are looked at in one visit.

浙江省保障“最多跑一次”改革规定 18 (bodies that have to check, check together) and 36 (a visit is registered). A
procedure says in which states somebody has still to come, and which fact is the address (`on_the_spot`). Where two
such cases lie at one address any of their bodies proposes a day, the others agree, the people are told once, and the
visit is registered once, under one number that each case keeps. What a body found is its own act in its own case.

Least answer: a body sees of another's case that there is one, and of which body and service; not whose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tongban.base.database import Connection
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import case_id, region_of
from tongban.base.page import cursor, read_cursor
from tongban.cases import joint
from tongban.cases.loaded import Case
from tongban.cases.model import SAME, By, Event, Letter, Own
from tongban.cases.reading import Reading
from tongban.cases.refusals import busy, unknown_case
from tongban.cases.rights import matter
from tongban.cases.spots import where
from tongban.cases.store import visits as store
from tongban.cases.store.history import Key
from tongban.cases.store.visits import Visit, Visited, Waiting
from tongban.cases.visit_letters import LAW, letter
from tongban.catalog.wording import day_words, joined
from tongban.org import Actor, Grant, Role, may
from tongban.sharing.access import Kind
from tongban.terms import Calendar

if TYPE_CHECKING:
    from tongban.cases.engine import Engine

REGISTER = "register-visit"
"""The act by which a visit is registered, as courses and `org.may` name it."""
_ARRANGE = "arrange-visit"
AHEAD = 2
"""Working days between the proposal and the visit; the platform's own, as in `joint-acceptance`."""
_MOST = 200
"""Waiting cases looked through for those that could share a visit."""
_PAGE = 50
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
"""A time of day and no more: free words would say where, and the address lies in no column."""
_WHO = frozenset({Role.EXAMINE, Role.DECIDE})


# --- one visit -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shared:
    """What an official sees: the cases at one address, their own by number, and the visit if there is one.

    `days` are the first and last day that suit all of them; None where no day does.
    """

    cases: tuple[Waiting | Visited, ...]
    visit: Visit | None
    days: tuple[date, date] | None = None
    place: str = ""
    """The address, only where a case was opened for it."""

    @property
    def bodies(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.body for one in self.cases))

    def agreed(self, body: str) -> bool:
        """Whether a body has agreed to the day for all its cases."""
        mine = [one for one in self.cases if one.body == body]
        return all(isinstance(one, Visited) and one.agreed_at is not None for one in mine)


@dataclass(frozen=True, slots=True)
class Overview:
    """The list of a body: addresses where a visit could be shared, and the visits there are."""

    together: tuple[Shared, ...]
    visits: tuple[Shared, ...]
    next: str | None = None
    """Where the visits go on."""


class Visits:
    """Visits that several cases share."""

    def __init__(self, engine: Engine, reading: Reading) -> None:
        self._engine, self._reading = engine, reading

    async def overview(self, actor: Actor, after: str | None = None) -> Overview:
        """What could be shared, the most urgent first, and what is arranged, of the official's own body. Further pages
        hold more visits. Raises Refused (`bad-cursor`, 400)."""
        own, db = [actor.body], self._engine.db
        place = read_cursor(after, tuple[bool, date, str]) if after else None
        at: dict[tuple[str, bytes], list[Waiting]] = {}
        for one in () if place else await store.shared(db, own, _MOST):
            at.setdefault((one.region, one.place), []).append(one)
        several = await store.of_bodies(db, own, _PAGE + 1, place)
        visits = several[:_PAGE]
        following = cursor(visits[-1].open, visits[-1].day, visits[-1].visit) if len(several) > _PAGE else None
        cases = await store.cases_of(db, visits)
        return Overview(
            tuple(Shared(tuple(found), None, self._days(found)) for found in at.values()),
            tuple(Shared(tuple(cases[one.visit]), one) for one in visits),
            following,
        )

    async def of_case(self, actor: Actor, number: str) -> Shared:
        """The address of one case and what is arranged there; it leaves a row, as opening the case does.

        Raises Refused (`unknown-case`, 404).
        """
        found = await self._opened(actor, number)
        region, place = found.state.case.region, where(found.definition, found.state)
        visit = await store.latest_of(self._engine.db, region, number)
        waiting = await store.at_place_of(self._engine.db, region, number)
        if visit and (visit.state in ("proposed", "set") or (visit.state == "registered" and not waiting)):
            cases = (await store.cases_of(self._engine.db, [visit]))[visit.visit]
            return Shared(tuple(cases), visit, None, place)
        return Shared(waiting, None, self._days(waiting), place)

    async def propose(self, actor: Actor, number: str, day: date, hour: str) -> Visit:
        """Propose one visit for every case that waits at this one's address.

        The proposing body agrees with it. Raises Refused `unknown-case` (404), `not-your-act` (403), `no-other-case`,
        `visit-open`, `visit-too-early`, `visit-too-late`, `visit-day-fixed`, `visit-no-working-day` (409, 422).
        """
        found = await self._opened(actor, number)
        self._may(actor, found, _ARRANGE)
        region, now = found.state.case.region, self._engine.clock()
        if not _HOUR.fullmatch(hour):
            raise refuse(
                "field-missing",
                "写几点到，例如09:00。",
                "Say at what time, such as 09:00.",
                place="hour",
                status=422,
            )
        waiting = await store.at_place_of(self._engine.db, region, number)
        if len(waiting) < 2:
            raise refuse(
                "no-other-case",
                "这个地址现在没有别的办件等着去现场，照平常去就行。",
                "No other case waits for a visit at this address; go as usual.",
                status=409,
            )
        self._suits(waiting, day)
        visit = Visit(
            region=region,
            visit=f"V{case_id(region, now)}",
            place=waiting[0].place,
            state="proposed",
            day=day,
            hour=hour,
            body=actor.body,
            proposed_by=actor.id,
            proposed_at=now,
        )
        cases = [
            Visited(
                region=region,
                visit=visit.visit,
                case_id=one.case_id,
                body=one.body,
                service=one.service,
                agreed_by=actor.id if one.body == actor.body else "",
                agreed_at=now if one.body == actor.body else None,
            )
            for one in waiting
        ]
        async with self._engine.db.transaction() as connection:
            if not await store.propose(connection, visit, cases):
                raise refuse(
                    "visit-open",
                    "这个地址已经约着一次现场，请在那一次里一起办。",
                    "A visit to this address is being arranged already; join that one.",
                    status=409,
                )
            await self._all_agreed(connection, actor, visit, cases)
        return visit

    async def agree(self, actor: Actor, number: str) -> None:
        """The body of this case agrees to the day; when all have, the people are told."""
        found, visit = await self._mine(actor, number, "proposed")
        async with self._engine.db.transaction() as connection:
            visit = await self._hold(connection, visit, "proposed")
            await store.agree(connection, visit, found.state.office.id, actor.id, self._engine.clock())
            cases = (await store.cases_of(connection, [visit]))[visit.visit]
            await self._all_agreed(connection, actor, visit, cases)

    async def call_off(self, actor: Actor, number: str, reasons: str) -> None:
        """Not that day: whoever was told is told again, and another day can be proposed."""
        _, visit = await self._mine(actor, number, "proposed", "set")
        said = _said(reasons, "reasons", "请写为什么、哪几天可以。", "Say why, and which days would do.")
        async with self._engine.db.transaction() as connection:
            visit = await self._hold(connection, visit, "proposed", "set")
            await store.move(connection, visit, "off")
            if visit.state == "set":
                cases = (await store.cases_of(connection, [visit]))[visit.visit]
                payload = {"visit": visit.visit, "day": visit.day.isoformat(), "reasons": said}
                await self._tell(connection, actor, visit, cases, Own.VISIT_OFF, payload)

    async def register(self, actor: Actor, number: str, inspectors: str, seen: str) -> None:
        """Register the visit, once for all its cases (浙江 36). At least two officials came (行政许可法 34).

        Raises Refused `training-missing`, `training-expired` (403), `visit-not-yet` (409), `two-inspectors` (422).
        """
        found, visit = await self._mine(actor, number, "set", act=REGISTER)
        now = self._engine.clock()
        if found.definition.local(now) < visit.day:
            day = day_words(visit.day)
            raise refuse(
                "visit-not-yet",
                f"{day.zh}才去现场，去了再登记。",
                f"The visit is on {day.en}; register it then.",
                status=409,
            )
        names = [name for name in re.split(r"[、，,;；\s]+", inspectors.strip()) if name]
        if len(names) < 2 or len(inspectors) > 200:
            raise refuse(
                "two-inspectors",
                "到场的至少两个人，写上姓名，用顿号隔开。",
                "At least two officials come; give their names.",
                place="inspectors",
                law="行政许可法 34",
                status=422,
            )
        what = _said(seen, "seen", "请写看了什么。", "Say what was looked at.")
        async with self._engine.db.transaction() as connection:
            visit = await self._hold(connection, visit, "set")
            await store.move(connection, visit, "registered", actor.id, now)
            cases = (await store.cases_of(connection, [visit]))[visit.visit]
            payload = {"visit": visit.visit, "day": visit.day.isoformat(), "inspectors": "、".join(names), "seen": what}
            await self._tell(connection, actor, visit, cases, Own.VISITED, payload)

    # --- who may, and when -------------------------------------------------------------------------------------------

    async def _opened(self, actor: Actor, number: str) -> Case:
        found = await self._reading.find(actor, number, Kind.CASE)
        await self._reading.open(actor, found)
        if actor.kind != "official":
            raise unknown_case()
        return found

    def _may(self, actor: Actor, found: Case, act: str) -> Grant:
        granted = may(self._engine.directory, actor, act, matter(self._engine, found))
        if not isinstance(granted, Grant):
            raise granted.error()
        if actor.body != found.state.office.id or not granted.roles & _WHO:
            raise refuse(
                "not-your-act",
                "现场由承办这件事的审查、审批岗位约。",
                "A visit is arranged by those who examine or decide the case.",
                status=403,
            )
        return granted

    async def _mine(self, actor: Actor, number: str, *states: str, act: str = _ARRANGE) -> tuple[Case, Visit]:
        found = await self._opened(actor, number)
        self._may(actor, found, act)
        visit = await store.latest_of(self._engine.db, region_of(number), number)
        if visit is None or visit.state not in states:
            raise busy()
        return found, visit

    async def _hold(self, connection: Connection, visit: Visit, *states: str) -> Visit:
        held = await store.locked(connection, visit.region, visit.visit)
        if held is None or held.state not in states:
            raise busy()
        return held

    def _days(self, waiting: Sequence[Waiting]) -> tuple[date, date] | None:
        """The first and the last day that suit every case: far enough ahead, and late for none of them."""
        fixed = {one.fixed_day for one in waiting if one.fixed_day}
        first = self._ahead()
        last = min((one.due for one in waiting if one.due), default=first + timedelta(days=90))
        if fixed:
            day = min(fixed)
            return (day, day) if len(fixed) == 1 and self._today() <= day <= last else None
        return (first, last) if first <= last else None

    def _suits(self, waiting: Sequence[Waiting], day: date) -> None:
        """Raises Refused with what stands against a day, and which days would do."""
        fixed = min((one.fixed_day for one in waiting if one.fixed_day), default=None)
        first, last = self._ahead(), min((one.due for one in waiting if one.due), default=None)
        if fixed and day != fixed:
            at = day_words(fixed)
            raise _not_that_day(
                "visit-day-fixed",
                f"有一件的现场已经约在{at.zh}，请就这一天。",
                f"One of the cases is visited on {at.en} already; take that day.",
            )
        if not fixed and day < first:
            at = day_words(first)
            raise _not_that_day(
                "visit-too-early",
                f"最早{at.zh}：要提前{AHEAD}个工作日。",
                f"{at.en} at the earliest: {AHEAD} working days ahead.",
            )
        if last and day > last:
            at = day_words(last)
            raise _not_that_day(
                "visit-too-late",
                f"最晚{at.zh}：再晚，有一件就超期了。",
                f"{at.en} at the latest: later, one of the cases would be late.",
            )
        if not self._calendar.is_working(day):
            raise _not_that_day(
                "visit-no-working-day", "那天不上班，请换一天。", "That is no working day; take another."
            )

    @property
    def _calendar(self) -> Calendar:
        return self._engine.calendar

    def _today(self) -> date:
        return self._engine.clock().astimezone(self._engine.zone).date()

    def _ahead(self) -> date:
        day = self._today()
        for _ in range(AHEAD):
            day = self._calendar.next_working(day + timedelta(days=1))
        return day

    # --- what the cases keep -----------------------------------------------------------------------------------------

    async def _all_agreed(self, connection: Connection, actor: Actor, visit: Visit, cases: Sequence[Visited]) -> None:
        if any(one.agreed_at is None for one in cases):
            return
        await store.move(connection, visit, "set")
        payload = {"visit": visit.visit, "day": visit.day.isoformat(), "place": visit.hour}
        await self._tell(connection, actor, visit, cases, Own.VISIT_SET, payload)

    async def _tell(
        self,
        connection: Connection,
        actor: Actor,
        visit: Visit,
        cases: Sequence[Visited],
        kind: Own,
        payload: dict[str, Any],
    ) -> None:
        """An event in every case of the visit, in the caller's transaction; one letter to each person, whatever the
        number of their cases. A case that has ended meanwhile is left alone."""
        found = [case for one in cases if (case := await self._engine.find(connection, one.case_id))]
        running = [case for case in found if not case.definition.ended(case.state)]
        offices = {office.id: office.name for case in running for office in joint.offices(case.state)}
        bodies, told = joined([*offices.values()]), set[str]()
        for case in running:
            person = case.state.case.applicant.id
            theirs = [one for one in running if one.state.case.applicant.id == person]
            said: Letter | None = None
            if person not in told:
                told.add(person)
                said = letter(kind, theirs, bodies, payload)
            event = Event(
                seq=case.state.seq + 1,
                type=kind,
                at=self._engine.clock(),
                by=By(actor.kind, actor.id, actor.name, actor.post, actor.body),
                to=SAME,
                payload={**payload, "bodies": {"zh": bodies.zh, "en": bodies.en}},
                law=LAW,
                letter=said,
            )
            number = case.state.case.case
            key = Key(actor.id, f"{kind.value}:{visit.visit}:{number}", "")
            if not await self._engine.write_in(connection, case, (event,), key):
                raise busy()


def _not_that_day(code: str, zh: str, en: str) -> Refused:
    return Refused(Problem(code, Text(zh, en), "day", LAW), status=422)


def _said(text: str, place: str, zh: str, en: str) -> str:
    said = text.strip()
    if not said or len(said) > 500:
        raise refuse("field-missing", f"{zh}最多500个字。", f"{en} 500 characters at most.", place=place, status=422)
    return said
