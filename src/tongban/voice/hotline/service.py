"""Taking requests in, sending them on, answering those that are about the same thing, and keeping what is counted.

Everything is a case: each step is an act of the procedure by somebody who may. A machine proposes, a person sends.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tongban.assist.routing.desk import Routing
from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import narrow, read_case_id
from tongban.base.page import Page, cursor, read_cursor
from tongban.base.telemetry import Log
from tongban.cases.about import tell
from tongban.cases.loaded import Case
from tongban.cases.model import Applicant
from tongban.cases.service import Cases
from tongban.cases.views import CaseView
from tongban.hall import Hall
from tongban.org import Actor, Directory, Grant, RealName, Role
from tongban.org import store as people
from tongban.org.model import Person
from tongban.sharing import Purpose, Reader
from tongban.sharing.access import Kind, Opened, open_record
from tongban.voice.following import Following
from tongban.voice.hotline.keeping import kept
from tongban.voice.hotline.model import NOBODY, SERVICE, Asked, Rates, Row
from tongban.voice.hotline.places import Places, Source, Where, read_point
from tongban.voice.hotline.sending import Sending, dispatches
from tongban.voice.store import hotline as store
from tongban.voice.store import places as placed

COUNTED = timedelta(days=90)
"""How far back requests are counted."""
_COUNT_AGAIN = timedelta(minutes=1)
_CELLS_AGAIN = timedelta(minutes=10)
_EARLIER = 20
_SHORTEST_PURPOSE = 4
_WITHOUT_LOGIN = Grant(Text("诉求人自己提出（没有登录）", "by the person, not logged in"), "国办发〔2020〕53号")


@dataclass(frozen=True)
class Hotline:
    """The hotline of one installation."""

    db: Database
    cases: Cases
    hall: Hall
    directory: Directory
    clock: Clock
    secret: bytes
    log: Log
    routing: Routing
    places: Places
    following: Following = field(default_factory=Following)

    # --- taking in -------------------------------------------------------------------------------------------------

    async def ask(self, actor: Actor | None, asked: Asked, region: str, key: str) -> tuple[str, str]:
        """Take a request in; its number and look-up code. `actor` is the person, the clerk who types it in, or nobody.

        What was left is kept with the request or not at all. Raises Refused as `Cases.submit` and as `Engine.open`.
        """
        where = self._where(actor, asked, region)
        if actor is not None and actor.kind == "person":
            view = await self.cases.submit(actor, SERVICE, asked.facts, region=region, key=key)
            await placed.keep(self.db, view.case, view.opening.applicant.id, where, self.clock())
            return view.case, self.code(view.opening.applicant.id, view.case)
        self.cases.check_key(key)
        caller = self._caller(asked, key)
        applicant = Applicant(caller.id, caller.name)
        engine = self.cases.engine
        by = actor or Actor(kind="person", id=caller.id, name=caller.name)
        found = await engine.open(
            by,
            SERVICE,
            {"facts": asked.facts},
            region=region,
            applicant=applicant,
            records={},
            key=key,
            grant=None if actor else _WITHOUT_LOGIN,
        )
        if caller.phone or caller.name != NOBODY.zh:
            async with self.db.transaction() as connection:
                await people.save_people(connection, [caller])
        await placed.keep(self.db, found.state.case.case, caller.id, where, self.clock())
        await tell(engine, found)
        return found.state.case.case, self.code(caller.id, found.state.case.case)

    def _where(self, actor: Actor | None, asked: Asked, region: str) -> Where:
        by: Source = "clerk" if actor is not None and actor.kind == "official" else "caller"
        point = read_point(asked.point)
        if asked.area:
            return Where(self.places.chosen(region, asked.area), by, point)
        return Where(self.places.heard(region, asked.place, asked.said), by if point else "words", point)

    def _caller(self, asked: Asked, key: str) -> Person:
        """Whoever asks without logging in: what they left is kept so that they can be called, and proves nothing."""
        phone = "".join(c for c in narrow(asked.phone) if c.isdigit() or c == "+")[:20]
        name = asked.name.strip()[:40] or NOBODY.zh
        return Person(id=f"v-{self._hash(f'asked {key}').hex()[:24]}", name=name, phone=phone)

    def code(self, person: str, case: str) -> str:
        """The look-up code that goes with a number."""
        return self.hall.kiosk.look_up_code(person, case)

    async def by_code(self, case: str, code: str) -> CaseView:
        """A request, for whoever has its number and its code. Raises Refused `unknown-case` (404)."""
        try:
            found = await self.cases.engine.find(self.db, read_case_id(case))
        except Refused:
            found = None
        if found is None or found.state.case.service != SERVICE:
            raise _unknown()
        applicant = found.state.case.applicant
        if not self.hall.kiosk.opens(applicant.id, found.state.case.case, code):
            raise _unknown()
        return await self.cases.view(self._asker(applicant), found.state.case.case)

    async def say(self, case: str, code: str, act: str, says: Mapping[str, Any], key: str) -> CaseView:
        """An act of the person themselves, proved by number and code. Raises Refused as `by_code` and `Cases.act`."""
        view = await self.by_code(case, code)
        actor = self._asker(view.opening.applicant)
        return await self.cases.act(actor, view.case, act, says, version=None, key=key)

    def _asker(self, applicant: Applicant) -> Actor:
        """The code proves that it is whoever asked, which is all that their own request needs."""
        return Actor(kind="person", id=applicant.id, name=applicant.name, level=RealName.CHECKED)

    # --- sending on ------------------------------------------------------------------------------------------------

    @property
    def sending(self) -> Sending:
        """Whose a request is, sending it there, and what is learned of it."""
        return Sending(self.db, self.cases, self.routing, self.directory, self.clock, self.log)

    async def put_together(self, actor: Actor, case: str, other: str, *, apart: bool = False) -> None:
        """人工合并: two requests are about the same thing, as somebody who has seen both says; each stays a case.

        Raises Refused: `not-intake` (403), `unknown-case` (404), `same-case`.
        """
        dispatches(actor)
        one, two = await self.cases.view(actor, case), await self.cases.view(actor, other)
        if one.case == two.case or one.opening.service != SERVICE or two.opening.service != SERVICE:
            raise refuse("same-case", "请写另一件诉求的编号。", "Name another request.", place="other")
        kind = "apart" if apart else "together"
        await store.pair(self.db, one.case[:6], one.case, two.case, kind, actor.id, self.clock())

    async def together(self, case: str) -> list[str]:
        """The numbers of those that people put together with this one."""
        return await store.together(self.db, case[:6], case)

    async def reply_all(self, actor: Actor, case: str, reply: str, key: str) -> tuple[int, int]:
        """The same answer to each of those put together that this official may answer: each caller gets it in a case
        of their own. How many were answered, and how many not. Raises Refused where not even the first may be."""
        done, left = 1, 0
        await self.cases.act(actor, case, "reply", {"reply": reply}, version=None, key=f"{key}-{case}")
        for other in await self.together(case):
            try:
                await self.cases.act(actor, other, "reply", {"reply": reply}, version=None, key=f"{key}-{other}")
                done += 1
            except Refused:
                left += 1
        return done, left

    async def earlier(self, actor: Actor, phone: str, purpose: str) -> list[Row]:
        """Earlier requests by whoever left this telephone. The purpose is written down where they can see it.

        Raises Refused: `not-intake` (403), `no-purpose`.
        """
        dispatches(actor)
        if len(purpose.strip()) < _SHORTEST_PURPOSE:
            raise refuse("no-purpose", "请写明为什么要看。", "Say why you look.", place="purpose")
        region = self.directory.body(actor.body).region
        law, now = self.cases.engine.catalogue.service(SERVICE), self.clock()
        found = await store.of_caller(self.db, region, self._phone(phone), _EARLIER)
        for row, person in found:
            await open_record(
                self.db,
                Opened(
                    person=person,
                    reader=Reader(kind="official", id=actor.id, post=actor.post, body=actor.body),
                    purpose=Purpose.of(law, row.case_id),
                    grant=f"post:intake {purpose.strip()[:100]}",
                    resource="cases",
                    record=SERVICE,
                    fields=("state",),
                    labels=(Text(f"以前的诉求（{purpose.strip()[:100]}）", "earlier requests"),),
                    kind=Kind.CASE,
                    at=now,
                    source=Text("12345诉求", "requests to 12345"),
                    case=row.case_id,
                    case_open=row.open,
                    once=f"earlier\n{row.case_id}",
                ),
            )
        return [row for row, _ in found]

    # --- lists and counts ------------------------------------------------------------------------------------------

    async def listed(
        self, actor: Actor, after: str | None, *, open_only: bool, limit: int, area: str = ""
    ) -> Page[Row]:
        """Requests that an official's body has, or for the dispatching unit all of its region; latest first; nothing of
        anybody. `area`: of a street or community alone. Raises Refused `bad-cursor`."""
        place = read_cursor(after, tuple[datetime, str]) if after else None
        region, body = self._own(actor)
        found = await store.listed(self.db, region, body, place, area=area, open_only=open_only, limit=limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return Page(tuple(found[:limit]), cursor(last.at, last.case_id) if last else None)

    async def on_the_map(self, actor: Actor) -> tuple[Mapping[str, tuple[int, int]], Mapping[str, int]]:
        """The same requests of the last 90 days by area (all, open), and by cell of about 500 m where points were
        given, as counted ten minutes ago at most: no single point is on a page that shows many."""
        region, body = self._own(actor)
        since = self.clock() - COUNTED
        return await placed.counted(self.db, region, body, since), await placed.cells(self.db, region, body)

    def _own(self, actor: Actor) -> tuple[str, str]:
        """Region, and body (empty for who sends on or supervises there), whose requests an official has a list of."""
        region = self.directory.body(actor.body).region
        return region, "" if {Role.INTAKE, Role.SUPERVISE} & actor.roles else actor.body

    async def where(self, case: str) -> Where:
        """Where a request is. Whether the official may see it is the caller's to ask."""
        return await placed.of(self.db, case) or Where(case[:6], "words")

    async def place(self, actor: Actor, case: str, area: str, point: str) -> None:
        """A clerk says where it is. Raises Refused: `not-intake` (403), `unknown-case` (404), `unknown-area`,
        `bad-point`."""
        dispatches(actor)
        view = await self.cases.view(actor, case)
        region = view.opening.region
        chosen = self.places.chosen(region, area) if area else region
        where = Where(chosen, "clerk", read_point(point))
        await placed.keep(self.db, view.case, view.opening.applicant.id, where, self.clock())

    async def rates(self, regions: Sequence[str], by: str = "body") -> list[Rates]:
        """三率 of the last 90 days, as they were last counted: a minute ago at most."""
        return await store.rates(self.db, regions, by)

    async def behind(
        self,
        which: store.Which,
        regions: Sequence[str],
        bodies: Sequence[str],
        before: tuple[datetime, str],
        limit: int,
    ) -> list[Row]:
        """The requests behind a number of `rates`, the latest first; nothing of anybody."""
        since = (await store.counted_at(self.db) or self.clock()) - COUNTED
        return await store.behind(self.db, which, regions, bodies, since, before, limit)

    async def turn(self, *, whole: bool = False) -> int:
        """Keep what moved, and count; the number of cases. `whole`: look at every case, however old."""
        done, now = 0, self.clock()
        async for case in self.following.moved(now, partial(store.moved, self.db), whole=whole):
            try:
                one = await self.cases.engine.load(case)
                await self._keep(one)
                done += 1
            except Exception as error:  # the others must have their turn
                self.log.error("request-not-kept", error, case=case)
        last = await store.counted_at(self.db)
        if last is None or last <= now - _COUNT_AGAIN:
            await store.count(self.db, now - COUNTED, now)
        last = await placed.cells_counted_at(self.db)
        if last is None or last <= now - _CELLS_AGAIN:
            await placed.count_cells(self.db, now - COUNTED, now)
        return done

    async def _keep(self, one: Case) -> None:
        row = kept(one, await self._phone_of(one))
        said = (str(one.state.facts.get("place") or ""), row.said)
        where = Where(self.places.heard(row.region, *said), "words")
        await placed.keep(self.db, row.case_id, row.applicant, where, row.at)
        await store.keep(self.db, row)  # last: a row that is there is not looked at again

    async def _phone_of(self, found: Case) -> bytes | None:
        person = await people.person(self.db, found.state.case.applicant.id)
        return self._phone(person.phone) if person and person.phone else None

    def _phone(self, phone: str) -> bytes:
        return self._hash("phone " + "".join(c for c in narrow(phone) if c.isdigit())[-11:])

    def _hash(self, said: str) -> bytes:
        return hmac.digest(self.secret, f"hotline\n{said}".encode(), "sha256")


def _unknown() -> Refused:
    return refuse(
        "unknown-case",
        "没有找到：请核对编号和查询码。",
        "Nothing found: please check number and look-up code.",
        status=404,
    )
