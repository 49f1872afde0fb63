"""Booked times: made at the counter for somebody who is there, and remembered once."""

from datetime import timedelta

import pytest
from desk_people import Official

from tongban.base.clock import SettableClock
from tongban.web.site import Site

pytestmark = pytest.mark.database
HALL, PERSON = "qingyuan", "p-sunhao"


async def letters(site: Site) -> int:
    return await site.db.fetchval("SELECT count(*) FROM notice WHERE person = $1", PERSON)


async def test_a_clerk_books_for_whoever_is_here_at_this_hall_alone(site: Site) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    at = list((await site.hall.queue.free(HALL)).values())[3][0][0]
    await clerk.get("/desk/hall/times")
    wanted = {"service": "residence-permit", "at": at.isoformat(), "how": "card"}
    await clerk.post("/desk/hall/times", wanted | {"presented": "nobody"})
    assert clerk.page.status_code == 422 and "没有读到证件" in clerk.text
    await clerk.post("/desk/hall/times", wanted | {"presented": PERSON})
    assert "约好了" in clerk.text
    booked = await site.hall.queue.booked(PERSON, HALL)
    assert booked is not None and booked.starts_at == at
    looks = await site.db.fetchval("SELECT count(*) FROM shared_access WHERE person = $1 AND kind = 'counter'", PERSON)
    assert looks == 1
    await clerk.post("/desk/hall/times", wanted | {"presented": PERSON, "at": "soon"})
    assert clerk.page.status_code == 422
    approver = await Official(site).sit("police.approver")
    assert (await approver.get("/desk/hall/times")).status_code == 403


async def test_the_working_day_before_reminds_once_and_no_other_day_does(site: Site, clock: SettableClock) -> None:
    days = list(await site.hall.queue.free(HALL))
    day = days[6]
    at = (await site.hall.queue.free(HALL))[day][1][0]
    await site.hall.queue.book(PERSON, HALL, at, PERSON)
    before = site.calendar.last_working(day - timedelta(days=1))
    told: list[tuple[str, int]] = []
    for one in sorted({before - timedelta(days=1), before, day}):
        for hour in (7, 9, 17):
            clock.set(at.replace(year=one.year, month=one.month, day=one.day, hour=hour))
            await site.hall.queue.remind()
            told.append((f"{one == before} {hour}", await letters(site)))
    assert [count for _, count in told] == [0, 0, 0, 0, 1, 1, 1, 1, 1], told


async def test_who_cancelled_is_not_reminded(site: Site, clock: SettableClock) -> None:
    day = list(await site.hall.queue.free(HALL))[6]
    at = (await site.hall.queue.free(HALL))[day][1][0]
    await site.hall.queue.book(PERSON, HALL, at, PERSON)
    await site.hall.queue.cancel(PERSON, HALL)
    before = site.calendar.last_working(day - timedelta(days=1))
    clock.set(at.replace(year=before.year, month=before.month, day=before.day, hour=9))
    await site.hall.queue.remind()
    assert await letters(site) == 0
