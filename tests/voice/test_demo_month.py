"""The demonstration's month before: dated in that month on any day of the year, and written once however often it is
broken off."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.web.conftest import furnish

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.base.telemetry import Log
from tongban.cases.demo import Days, Story, timeline
from tongban.cases.demo_month import month
from tongban.catalog.calendars import open_calendar
from tongban.cli.opendata import month_written
from tongban.oversight.opendata.files import MANIFEST
from tongban.oversight.opendata.making import due, releases_dir
from tongban.voice.demo_month import missing, write
from tongban.web.past import write_month
from tongban.web.site import Site

MOMENTS = (
    datetime(2026, 11, 26, 18, 0, tzinfo=ZONE),
    datetime(2027, 1, 1, 0, 5, tzinfo=ZONE),
    datetime(2026, 12, 2, 9, 0, tzinfo=ZONE),
    datetime(2027, 3, 6, 9, 0, tzinfo=ZONE),
    datetime(2026, 11, 6, 23, 59, tzinfo=ZONE),
    datetime(2028, 2, 29, 12, 0, tzinfo=ZONE),
)
SMALL = 10


def nobody(done: int, of: int) -> None:
    """Nobody listens how far it is."""


class BrokenOff(Exception):
    """The process is killed."""


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_whenever_it_starts_the_month_that_settled_has_enough_cases_and_nothing_lies_ahead(
    now: datetime, tmp_path: Path
) -> None:
    period, days = due(now.date()), Days(now, open_calendar(tmp_path), ZONE)
    written = month(days, period.since, period.until)
    line = timeline(days, (*written.stories, written.last))
    opened, last = Counter[tuple[str, str]](), dict[str, datetime]()
    for step in line:
        assert isinstance(step.story, Story)
        assert period.since <= step.at.date() and step.at < now, "in the past"
        assert step.at > last.get(step.story.name, step.at.replace(year=2000)), "in order"
        last[step.story.name] = step.at
        if step.number == 0 and step.story is not written.last:
            assert period.since <= step.at.date() < period.until
            opened[step.story.region, step.story.service] += 1
    assert min(opened.values()) >= SMALL and len(opened) >= 9
    ended = [at for at in last.values() if at.date() < period.until]
    assert len(ended) >= len(last) - 12, "nearly all are answered within it"


@pytest.fixture
async def site(province_db: Database, tmp_path: Path, clock: SettableClock) -> Site:
    """A first start on the third of November: what has settled is September."""
    KeyRing.open(tmp_path / "keys", datetime(2026, 9, 1, tzinfo=ZONE))
    return await furnish(province_db, tmp_path, clock)


async def test_one_that_is_killed_half_way_goes_on_and_writes_nothing_twice(site: Site) -> None:
    since, until = date(2026, 9, 1), date(2026, 10, 1)
    days = Days(site.clock(), site.calendar, ZONE)

    def killed(stop: int) -> Callable[[int, int], None]:
        def told(done: int, of: int) -> None:
            if done == stop:
                raise BrokenOff

        return told

    for stop in (25, 70):
        with pytest.raises(BrokenOff):
            await write(site.voice, site.settings, days, since, until, killed(stop), many=2)
        await site.cases.fire()  # the platform of today goes on meanwhile
        assert await missing(site.db, site.keys, days, since, until)
    await write(site.voice, site.settings, days, since, until, nobody, many=2)
    assert not await missing(site.db, site.keys, days, since, until)
    counts = await counted(site.db)
    assert await write(site.voice, site.settings, days, since, until, nobody, many=2) == 0
    assert await counted(site.db) == counts
    services = Counter(row["service"] for row in await site.db.fetch("SELECT service FROM case_row"))
    assert services["residence-permit"] == services["unemployment-benefit"] == 4 and services["hotline-request"] == 9


async def counted(db: Database) -> list[int]:
    return [await db.fetchval(f"SELECT count(*) FROM {name}") for name in ("case_row", "case_event", "rating")]


async def test_an_installation_whose_keys_are_younger_has_no_month_before(
    province_db: Database, tmp_path: Path, clock: SettableClock
) -> None:
    site = await furnish(province_db, tmp_path, clock)
    days = Days(site.clock(), site.calendar, ZONE)
    assert not await missing(site.db, site.keys, days, date(2026, 9, 1), date(2026, 10, 1))


async def test_nothing_is_added_to_a_month_that_was_released(site: Site) -> None:
    days = Days(site.clock(), site.calendar, ZONE)
    assert await missing(site.db, site.keys, days, date(2026, 9, 1), date(2026, 10, 1))
    told = releases_dir(site.settings.data_dir) / "2026-09" / MANIFEST
    told.parent.mkdir(parents=True)
    told.touch()
    said: list[str] = []
    assert await month_written(site) == 0
    assert not await write_month(replace(site, log=Log(said.append, site.clock)))
    assert not said, "no process was begun for it"
    assert await counted(site.db) == [0, 0, 0]
