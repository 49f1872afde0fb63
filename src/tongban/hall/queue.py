"""取号叫号 and 预约: numbers, times, and in which order people are called.

Order: people whom the law puts first, then by the time since which they wait; a booked time counts as the time since
which one waits. That order is published on every screen. Whoever walks in without a time is always served.

First come older people, people with disabilities and soldiers (老年人权益保障法, 残疾人保障法, 军人地位和权益保障法:
from memory, tag M; 无障碍环境建设法 39 and 40, tag V, keep the counter with a person for those who want it). They say
so themselves; no paper is asked for.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.cases.store import personal
from tongban.catalog.wording import day_words
from tongban.hall.places import Place, Places
from tongban.hall.store import appointments, queue
from tongban.hall.store.appointments import Appointment
from tongban.hall.store.queue import Board, Day, Ticket, Visit
from tongban.hall.waiting import LAST, Span, estimate
from tongban.terms import Calendar

FROM_HOUR = 8
_TITLE = Text("提醒：您约好了去大厅的时间", "A reminder of your time at the hall")
_REMINDER = Text(
    "您约的是{day}{time}，在{hall}（{address}）。请带身份证。来不了没有关系，可以在大厅页面上改约或取消，不会记您什么。",
    "Your time is {day}, {time}, at {hall} ({address}). Bring your identity card. If you cannot come, change or cancel "
    "it on the hall's page; nothing is held against you.",
)
EARLY = timedelta(minutes=30)
"""How long before a booked time its holder may take the number that keeps it."""
LATE = timedelta(minutes=30)
MEANT = timedelta(minutes=15)
"""How long a number waits for the one window that it was passed on to, before every window may call it."""
FIRST: Mapping[str, Text] = {
    "": Text("普通号", "Ordinary"),
    "elderly": Text("老年人优先", "Older people first"),
    "disabled": Text("残疾人优先", "People with disabilities first"),
    "soldier": Text("军人优先", "Soldiers first"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One number, how many are before it, and how long that may take; None where nobody can say yet."""

    ticket: Ticket
    ahead: int
    span: Span | None


class Queue:
    """The numbers and times of every hall."""

    def __init__(self, db: Database, clock: Clock, places: Places, zone: ZoneInfo, calendar: Calendar) -> None:
        self.db, self.clock, self.places = db, clock, places
        self._zone, self._calendar = zone, calendar

    @property
    def today(self) -> date:
        return self.clock().astimezone(self._zone).date()

    async def take(self, hall: str, *, priority: str = "", person: str = "") -> str:
        """A number, by the token of its slip. Raises Refused (`unknown-hall`, `unknown-priority`)."""
        place, now = self.places.get(hall), self.clock()
        if priority not in FIRST:
            raise refuse("unknown-priority", "没有这种号。", "There is no such number.", place="priority")
        token = secrets.token_urlsafe(9)
        async with self.db.transaction() as connection:
            booked = await appointments.of(connection, person, hall) if person else None
            on_time = booked is not None and booked.starts_at - EARLY <= now <= booked.starts_at + LATE
            await queue.take(
                connection,
                region=place.region,
                hall=hall,
                day=self.today,
                priority=priority or ("booked" if on_time else ""),
                person=person,
                token=token,
                now=now,
                since=min(now, booked.starts_at) if on_time and booked else now,
            )
            if on_time and booked:
                await appointments.came(connection, booked)
        return token

    async def ticket(self, token: str) -> Waiting:
        """Where a number stands. Raises Refused (`unknown-ticket`, 404)."""
        one = await queue.by_token(self.db, token)
        if one is None:
            raise refuse("unknown-ticket", "没有这个号。", "There is no such number.", status=404)
        if one.called_at is not None:
            return Waiting(one, 0, None)
        ahead, board = await queue.ahead_of(self.db, one), await self.board(one.hall)
        return Waiting(one, ahead, estimate(board.minutes, ahead, board.windows))

    async def visit(self, token: str) -> Visit | None:
        """A number as a visit that can be looked back on; None where there is none."""
        return await queue.visit(self.db, token)

    async def board(self, hall: str) -> Board:
        """What the screen shows."""
        place = self.places.get(hall)
        return await queue.board(self.db, place.region, hall, self.today, self.clock(), LAST)

    async def days(self, hall: str) -> tuple[Day, ...]:
        """Thirty days of figures, for whoever supervises the hall and for everybody else."""
        place = self.places.get(hall)
        return await queue.days(self.db, place.region, hall, self.today - timedelta(days=30))

    # --- at a window -----------------------------------------------------------------------------------------------

    async def here(self, place: Place, window: str) -> Ticket | None:
        """Who is at a window now."""
        return await queue.at_window(self.db, place.region, place.id, self.today, window)

    async def call(self, place: Place, window: str, official: str) -> Ticket | None:
        """Call the next; whoever was there was served. None where nobody waits. Raises Refused (`unknown-window`)."""
        if window not in place.windows:
            raise refuse("unknown-window", "请先选窗口。", "Choose your window first.", place="window")
        now = self.clock()
        if before := await self.here(place, window):
            await queue.end(self.db, before, "served", now)
        return await queue.call_next(
            self.db, region=place.region, hall=place.id, day=self.today, counter=window, official=official, now=now
        )

    async def again(self, place: Place, window: str) -> None:
        """Call the same number again."""
        if one := await self.here(place, window):
            await queue.again(self.db, one)

    async def ends(self, place: Place, window: str, outcome: str) -> None:
        """Served or not come: nothing follows from not coming, a new number is there for the asking."""
        if one := await self.here(place, window):
            await queue.end(self.db, one, outcome, self.clock())

    async def pass_on(self, place: Place, window: str, to: str = "") -> None:
        """To another window, or with `to` empty to any, keeping the time since which they wait.

        Raises Refused (`unknown-window`) for one that the hall does not have, and for the same one.
        """
        if to and (to not in place.windows or to == window):
            raise refuse("unknown-window", "请选另一个窗口。", "Choose another window.", place="to")
        if one := await self.here(place, window):
            await queue.put_back(self.db, one, to, self.clock() + MEANT if to else None)

    # --- booked times ----------------------------------------------------------------------------------------------

    async def free(self, hall: str) -> dict[date, list[tuple[datetime, int]]]:
        """Each day that can be booked with its times and the places left in each."""
        place = self.places.get(hall)
        days = place.days(self.today, self._calendar)
        slots = {day: place.slots(day, self._calendar, self._zone) for day in days}
        every = [at for some in slots.values() for at in some]
        taken = await appointments.taken(self.db, hall, every[0], every[-1] + timedelta(days=1))
        return {day: [(at, place.capacity - taken.get(at, 0)) for at in some] for day, some in slots.items()}

    async def booked(self, person: str, hall: str) -> Appointment | None:
        """The time of a person."""
        return await appointments.of(self.db, person, hall)

    async def book(self, person: str, hall: str, starts_at: datetime, by: str) -> None:
        """Book a time, in place of another one of theirs. Raises Refused: `no-such-time`, `time-taken` (409)."""
        place, day = self.places.get(hall), starts_at.astimezone(self._zone).date()
        open_days = place.days(self.today, self._calendar)
        if day not in open_days or starts_at not in place.slots(day, self._calendar, self._zone):
            raise refuse("no-such-time", "请从列出的时间里选。", "Choose one of the times shown.", place="at")
        one = Appointment(
            person=person, id=uuid7(), region=place.region, hall=hall, starts_at=starts_at, place=0, state="booked"
        )
        async with self.db.transaction() as connection:
            if not await appointments.book(connection, one, place.capacity, self.clock(), by):
                raise refuse(
                    "time-taken",
                    "这个时间刚刚约满了，请另选一个。不预约也可以直接来取号。",
                    "This time has just been taken; choose another, or come without a time.",
                    place="at",
                    status=409,
                )

    async def cancel(self, person: str, hall: str) -> None:
        """Give a booked time up."""
        await appointments.cancel(self.db, person, self.places.get(hall).id)

    async def sweep(self) -> None:
        """Note who did not come."""
        await appointments.not_come(self.db, self.clock() - LATE)

    async def remind(self) -> None:
        """On the working day before, from eight in the morning, remind each person of their time, once.

        Whoever booked on that very day has just been told.
        """
        now, today = self.clock().astimezone(self._zone), self.today
        if now.hour < FROM_HOUR or not self._calendar.is_working(today):
            return
        day = self._calendar.next_working(today + timedelta(days=1))
        since, morning = (datetime.combine(one, time(), self._zone) for one in (day, today))
        async with self.db.transaction() as connection:
            for one in await appointments.remind(connection, since, since + timedelta(days=1), morning, now):
                place, at = self.places.get(one.hall), one.starts_at.astimezone(self._zone)
                said = _REMINDER.format(day=day_words(day), time=f"{at:%H:%M}", hall=place.name, address=place.address)
                await personal.tell(connection, one.person, said, _TITLE, now, "hall")
