"""The figures that the console reads are what the cases say, and a page counts no case."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.web.conftest import furnish
from tests.web.desk_people import restaurant

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.org import Actor
from tongban.org import store as org_store
from tongban.oversight.abuse import BY_ID, What
from tongban.oversight.abuse.model import History
from tongban.oversight.watching import turn
from tongban.oversight.watching.figures import Overview, overview
from tongban.oversight.watching.model import KeptStep, Watched
from tongban.oversight.watching.store import daily, ended
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
    return await ended.histories(site.db, BODY, ["food-licence"], since)


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
    (day,), _ = await ended.sums(site.db, [BODY], site.today, ["food-licence"])
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
    days = await ended.days(site.db, [BODY], site.today - timedelta(days=9), ["food-licence"])
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
    (one,) = await daily.silent(site.db, [BODY])
    assert (one.resource, one.cases, one.since) == ("market.registry", 1, clock())
    assert await daily.silent(site.db, ["990201.market"]) == []


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


async def test_no_ended_case_is_passed_over_however_many_end_in_one_moment(
    site: Site, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(turn, "AT_ONCE", 2)
    for n in range(5):
        view = await restaurant(site, key=f"moment-{n}")
        await site.cases.act(
            await applicant(site), view.case, "withdraw", {}, version=view.state.version, key=f"goneaway-{n}"
        )
    ends = await site.db.fetch("SELECT DISTINCT updated_at FROM case_row WHERE NOT open AND body = $1", BODY)
    assert len(ends) == 1, "the clock of the test stands still"
    await site.watch.turn()
    assert len(await histories(site, clock())) == 5
    await site.db.execute("DELETE FROM watched_case")
    await site.watch.turn()
    assert len(await histories(site, clock())) == 5, "what was committed a little after its time is looked at again"


def test_the_end_of_a_month_is_that_of_the_authority_and_not_of_greenwich():
    evening = datetime.fromisoformat("2026-09-28T17:00:00+00:00")  # 1:00 on Tuesday the 29th in Shanghai
    night = datetime.fromisoformat("2026-09-30T17:00:00+00:00")  # 1:00 on the first of October
    heap = BY_ID["month-end"].counted
    assert not any(hit for _, hit in heap([decided(night)]))
    assert [hit for _, hit in heap([decided(evening), decided(evening - timedelta(days=1))])] == [True, False]


def decided(at: datetime) -> History:
    kept = Watched(
        region="990101", case_id=f"{at}", body=BODY, service="food-licence", ended_at=at, promised=True, legal=True,
        steps=(KeptStep(What.DECIDED, at),),
    )  # fmt: skip
    return kept.history(ZONE)
