"""The figures that the console reads are what the cases say, and a page counts no case."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.web.conftest import furnish
from tests.web.desk_people import restaurant

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.org import Actor
from tongban.org import store as org_store
from tongban.oversight.abuse import What
from tongban.oversight.watching import store
from tongban.oversight.watching.figures import Overview, overview
from tongban.oversight.watching.model import Watched
from tongban.web.site import Site

pytestmark = pytest.mark.database
BODY = "990101.market"


@pytest.fixture
async def site(province_db: Database, tmp_path: Path, clock: SettableClock) -> AsyncIterator[Site]:
    yield await furnish(province_db, tmp_path, clock)


async def applicant(site: Site) -> Actor:
    person = await org_store.person(site.db, "p-zhoujiahe")
    assert person is not None
    return Actor.citizen(person)


async def histories(site: Site, since: datetime | None) -> list[tuple[Watched, datetime | None]]:
    assert since is not None
    return await store.histories(site.db, BODY, ["food-licence"], since)


async def seen(site: Site) -> Overview:
    return await overview(
        site.db, [BODY], site.watch.services(), lambda body: body[:6], site.clock(), site.settings.timezone
    )


async def test_a_case_that_runs_past_its_date_turns_amber_then_red(site: Site, clock: SettableClock):
    await restaurant(site)
    await site.watch.turn()
    first = await seen(site)
    assert (first.opened, first.red, first.amber) == (1, 0, 1)
    assert first.at == clock()

    clock.set(clock() + timedelta(days=1))
    await site.watch.turn()
    clock.set(clock() + timedelta(days=1))
    await site.watch.turn()
    late = await seen(site)
    assert (late.red, late.amber, late.red_yesterday) == (1, 0, 0)
    assert [(one.body, one.service, one.red) for one in late.matters] == [(BODY, "food-licence", 1)]
    assert late.opened == 0


async def test_what_was_counted_a_moment_ago_is_not_counted_again(site: Site, clock: SettableClock):
    assert await site.watch.count()
    assert not await site.watch.count()
    clock.set(clock() + timedelta(minutes=1))
    assert await site.watch.count()


async def test_an_ended_case_is_kept_with_its_steps_and_without_anybody(site: Site, clock: SettableClock):
    view = await restaurant(site)
    clock.set(clock() + timedelta(hours=2))
    await site.cases.act(await applicant(site), view.case, "withdraw", {}, version=view.state.version, key="goneaway")
    await site.watch.turn()
    (kept, refiled), *more = await histories(site, view.state.opened_at)
    assert not more
    assert refiled is None
    assert [one.what for one in kept.steps] == [What.REGISTERED, What.WITHDRAWN]
    assert kept.promised is None
    assert "家和" not in str(kept)


async def test_a_date_that_was_missed_stays_missed_when_the_case_is_taken_back(site: Site, clock: SettableClock):
    view = await restaurant(site)
    clock.set(clock() + timedelta(days=3))
    await site.cases.act(await applicant(site), view.case, "withdraw", {}, version=view.state.version, key="goneaway")
    await site.watch.turn()
    ((kept, _),) = await histories(site, view.state.opened_at)
    assert (kept.promised, kept.legal) == (False, None)
    (day,), _ = await store.sums(site.db, [BODY], site.today, ["food-licence"])
    assert (day.ended, day.owed, day.promised, day.legal) == (1, 1, 0, 1)  # the law's date was not missed


async def test_what_was_overdue_and_ended_before_the_night_is_not_held_against_the_next_day(
    site: Site, clock: SettableClock
):
    view = await restaurant(site)
    clock.set(clock() + timedelta(days=3))
    await site.watch.turn()
    assert (await seen(site)).red == 1
    clock.set(clock() + timedelta(minutes=2))
    await site.cases.act(await applicant(site), view.case, "withdraw", {}, version=None, key="goneaway")
    await site.watch.turn()
    clock.set(clock() + timedelta(days=1))
    await site.watch.turn()
    assert (await seen(site)).red_yesterday == 0


async def test_a_case_that_ended_again_counts_on_the_day_it_ended_last_and_on_no_other(
    site: Site, clock: SettableClock
):
    view = await restaurant(site)
    await site.cases.act(await applicant(site), view.case, "withdraw", {}, version=view.state.version, key="goneaway")
    await site.watch.turn()
    # As it was when it had ended for the first time, three days ago.
    await site.db.execute("UPDATE watched_case SET ended_at = ended_at - interval '3 days'")
    await site.db.execute("UPDATE watched_day SET day = day - 3")
    await site.db.execute("DELETE FROM watched_turn")
    await site.watch.take_in()
    days = await store.days(site.db, [BODY], site.today - timedelta(days=9), ["food-licence"])
    assert [(one.day, one.ended) for one in days] == [(site.today, 1)]


async def test_a_source_that_does_not_answer_is_counted_and_tells_how_many_cases_wait(site: Site, clock: SettableClock):
    view = await restaurant(site)
    await site.db.execute(
        "INSERT INTO shared_retry (person, matter, resource, record, id, wishes, purpose, reader, opened_at, next_at,"
        " attempts, last_error, submitted) VALUES ('p', $1, 'market.registry', 'business', gen_random_uuid(), '[]',"
        " '{}', $2, $3, $3, 1, 'source-away', true)",
        view.case,
        {"body": BODY},
        clock(),
    )
    await site.watch.turn()
    assert (await seen(site)).failed.part == 1
    (one,) = await store.silent(site.db, [BODY])
    assert (one.resource, one.cases, one.since) == ("market.registry", 1, clock())
    assert await store.silent(site.db, ["990201.market"]) == []


async def test_a_case_handed_in_again_after_a_withdrawal_is_told_to_the_index_of_it(site: Site, clock: SettableClock):
    view = await restaurant(site)
    await site.cases.act(await applicant(site), view.case, "withdraw", {}, version=view.state.version, key="goneaway")
    clock.set(clock() + timedelta(days=1))
    await restaurant(site, key="second-key")
    await site.watch.turn()
    ((_, refiled),) = await histories(site, view.state.opened_at)
    assert refiled == clock()


async def test_the_overview_asks_the_same_few_questions_however_many_cases_there_are(site: Site):
    await restaurant(site)
    await site.watch.turn()
    async with site.db.counting() as counter:
        await seen(site)
    assert len(counter) <= 8
