"""Numbers and times: called in the published order, to one window each; booked once; nobody named on a screen."""

import asyncio
from datetime import datetime, timedelta

import pytest
from citizen import Person
from desk_people import Official

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.hall.store import queue as rows
from tongban.web.site import Site

pytestmark = pytest.mark.database
HALL = "qingyuan"


async def test_whom_the_law_puts_first_is_called_first_then_by_waiting(site: Site, clock: SettableClock) -> None:
    place = site.hall.places.get(HALL)
    for priority in ("", "", "elderly"):
        await site.hall.queue.take(HALL, priority=priority)
        clock.advance(minutes=1)
    called = [await site.hall.queue.call(place, "1", "o") for _ in range(4)]
    assert [one.number if one else None for one in called] == [3, 1, 2, None]


async def test_however_many_ask_at_once_numbers_differ_and_nobody_is_called_to_two_windows(site: Site) -> None:
    place = site.hall.places.get(HALL)
    await asyncio.gather(*(site.hall.queue.take(HALL) for _ in range(8)))
    called = await asyncio.gather(*(site.hall.queue.call(place, window, "o") for window in place.windows))
    numbers = [one.number for one in called if one]
    assert sorted(numbers) == [1, 2, 3, 4]
    board = await site.hall.queue.board(HALL)
    assert board.waiting == 4 and {number for number, _, _ in board.called} == {1, 2, 3, 4}


async def test_not_coming_has_no_consequence_and_is_counted(site: Site, clock: SettableClock) -> None:
    place, token = site.hall.places.get(HALL), await site.hall.queue.take(HALL)
    clock.advance(minutes=7)
    await site.hall.queue.call(place, "1", "o")
    await site.hall.queue.ends(place, "1", "no-show")
    (day,) = await site.hall.queue.days(HALL)
    assert (day.taken, day.served, day.no_show, day.waited) == (1, 0, 1, 7.0)
    assert (await site.hall.queue.ticket(token)).ticket.outcome == "no-show"
    await site.hall.queue.take(HALL)


async def test_who_is_passed_on_keeps_their_place(site: Site, clock: SettableClock) -> None:
    place = site.hall.places.get(HALL)
    for _ in range(2):
        await site.hall.queue.take(HALL)
        clock.advance(minutes=1)
    await site.hall.queue.call(place, "1", "o")
    await site.hall.queue.pass_on(place, "1")
    one = await site.hall.queue.call(place, "2", "o")
    assert one is not None and one.number == 1


async def test_who_is_passed_on_to_one_window_waits_for_it_alone_and_not_for_ever(
    site: Site, clock: SettableClock
) -> None:
    place, queue = site.hall.places.get(HALL), site.hall.queue
    token = await queue.take(HALL)
    clock.advance(minutes=1)
    for _ in range(2):
        await queue.take(HALL)
    await queue.call(place, "1", "o")
    await queue.pass_on(place, "1", "3")
    assert (await queue.ticket(token)).ticket.meant == "3" and (await queue.board(HALL)).meant == {"3": 1}
    called = [await queue.call(place, window, "o") for window in ("2", "3", "1")]
    assert [one.number if one else None for one in called] == [2, 1, 3], "it kept its place, at the named window"
    await queue.pass_on(place, "3", "4")
    assert await queue.call(place, "2", "o") is None
    clock.advance(minutes=16)
    late = await queue.call(place, "2", "o")
    assert late is not None and late.number == 1
    for wrong in ("2", "99"):
        with pytest.raises(Refused, match="another window"):
            await queue.pass_on(place, "2", wrong)


async def test_the_clerk_names_the_window_on_the_page_and_the_slip_says_so(anyone: Person, site: Site) -> None:
    token = await site.hall.queue.take(HALL)
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/hall?window=2")
    await clerk.post("/desk/hall", {"window": "2", "do": "next"})
    await clerk.post("/desk/hall", {"window": "2", "do": "pass-on", "to": "3"})
    assert "其中1人等3号窗口" in clerk.text
    await anyone.get(f"/open/tickets/{token}")
    assert "您转到3号窗口了" in anyone.text


async def test_the_last_place_of_a_time_is_booked_once_however_many_want_it(site: Site) -> None:
    place = site.hall.places.get(HALL)
    free = await site.hall.queue.free(HALL)
    at = next(iter(free.values()))[0][0]

    async def wants(person: str) -> bool:
        try:
            await site.hall.queue.book(person, HALL, at, person)
        except Refused as error:
            assert error.problems[0].code == "time-taken"
            return False
        return True

    got = await asyncio.gather(*(wants(f"p-{n}") for n in range(place.capacity + 3)))
    assert sum(got) == place.capacity


async def test_no_time_is_on_a_holiday_and_a_new_time_gives_up_the_old(site: Site) -> None:
    free = await site.hall.queue.free(HALL)
    assert all(site.calendar.is_working(day) for day in free) and len(free) == 10
    first, second = (slots[0][0] for slots in list(free.values())[:2])
    for at in (first, second):
        await site.hall.queue.book("p-x", HALL, at, "p-x")
    booked = await site.hall.queue.booked("p-x", HALL)
    assert booked is not None and booked.starts_at == second
    with pytest.raises(Refused, match="times shown"):
        await site.hall.queue.book("p-x", HALL, second - timedelta(days=400), "p-x")


async def test_a_booked_time_counts_as_waiting_since_then(site: Site, clock: SettableClock) -> None:
    free = await site.hall.queue.free(HALL)
    at: datetime = next(iter(free.values()))[2][0]
    await site.hall.queue.book("p-x", HALL, at, "p-x")
    clock.set(at + timedelta(minutes=5))
    await site.hall.queue.take(HALL)
    await site.hall.queue.take(HALL, person="p-x")
    one = await site.hall.queue.call(site.hall.places.get(HALL), "1", "o")
    assert one is not None and (one.number, one.priority) == (2, "booked")


async def test_kiosk_screen_and_clerk_work_without_a_script_and_name_nobody(anyone: Person, site: Site) -> None:
    await anyone.get(f"/kiosk?hall={HALL}")
    assert anyone.hidden("csrf"), anyone.page.text[-2500:]
    await anyone.post(f"/open/halls/{HALL}/ticket", {"priority": "", "kiosk": "yes"})
    assert anyone.page.url.path.startswith("/kiosk/tickets/") and "您的号" in anyone.text
    assert anyone.page.headers["cache-control"] == "no-store"
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/hall?window=2")
    await clerk.post("/desk/hall", {"window": "2", "do": "next"})
    assert "1号" in clerk.text
    await anyone.get(f"/open/halls/{HALL}/screen")
    assert "请到2号窗口" in anyone.text
    assert rows.Board.__struct_fields__ == ("called", "waiting", "windows", "meant", "minutes")


async def test_a_person_books_and_cancels_on_the_portal(xiaoman: Person, site: Site) -> None:
    await xiaoman.get(f"/open/halls/{HALL}")
    at = next(iter((await site.hall.queue.free(HALL)).values()))[0][0].isoformat()
    await xiaoman.post(f"/open/halls/{HALL}/times", {"at": at})
    assert "您约的是" in xiaoman.text, xiaoman.text[:600]
    await xiaoman.post(f"/open/halls/{HALL}/times", {"do": "cancel"})
    assert "您约的是" not in xiaoman.text
