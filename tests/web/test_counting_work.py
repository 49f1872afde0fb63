"""Counting and releasing go on by themselves, once; where they fail it is seen, by those who can do something."""

import dataclasses
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.web.citizen import Person
from tests.web.desk_people import Official, restaurant

from tongban.base.clock import ZONE, SettableClock
from tongban.base.config import Settings
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.telemetry import Log
from tongban.cli.indicators import take_in
from tongban.cli.telling import telling
from tongban.oversight import store
from tongban.oversight.facts import SHAPE
from tongban.oversight.folder import opened
from tongban.oversight.moments import SOURCES
from tongban.oversight.turning import BUSY, Outcome, behind, facts_dir, forget_other_shapes, keep_outcome, outcome
from tongban.voice.ratings.model import Rating
from tongban.voice.store import ratings
from tongban.web.counting import begin
from tongban.web.site import Site

pytestmark = pytest.mark.database


def rating(site: Site, level: int) -> Rating:
    return Rating(
        region="990101", id=f"r-{level}", subject=bytes(32), kind="visit", body="990101.market", service="",
        version="", name=Text("窗口", "counter"), channel="window", level=level, tags=(), said="", at=site.clock(),
    )  # fmt: skip


async def test_the_day_after_everything_is_looked_at_again_where_nobody_ever_rated(site: Site, clock: SettableClock):
    await restaurant(site)
    assert not (await take_in(site)).failed
    clock.set(clock() + timedelta(days=1))
    turn = await take_in(site)
    assert (turn.failed, turn.moments) == ((), 0)


async def test_a_rating_alone_is_taken_in_though_no_case_moved(site: Site):
    folder = facts_dir(site.settings.data_dir)

    async def waits() -> bool:
        return await behind(site.db, folder, site.clock().date(), SOURCES)

    await restaurant(site)
    assert await waits()
    await take_in(site)
    assert not await waits()
    await ratings.add(site.db, rating(site, 2))
    assert await waits()
    await take_in(site)
    assert not await waits()
    with opened(folder) as facts:
        assert facts.run("SELECT kind, value FROM moments") == [("rating", 2)]


def test_facts_that_an_earlier_version_kept_are_not_kept_for_ever(tmp_path: Path):
    for folder in (facts_dir(tmp_path), tmp_path / "facts" / "earlier"):
        folder.mkdir(parents=True)
        (folder / "place.json").write_text("{}", encoding="utf-8")
    keep_outcome(tmp_path, "refresh", Outcome(at=datetime(2026, 11, 3, tzinfo=ZONE)))
    forget_other_shapes(tmp_path)
    assert sorted(path.name for path in (tmp_path / "facts").iterdir()) == sorted([SHAPE, "last-refresh.json"])
    assert (facts_dir(tmp_path) / "place.json").exists()


async def test_counting_that_fails_leaves_a_line_in_the_log_without_anybody_in_it(site: Site, tmp_path: Path):
    lines: list[str] = []
    empty = msgspec.structs.replace(site.settings, data_dir=tmp_path / "nothing-is-here", database_url=None)
    await begin(dataclasses.replace(site, settings=empty, log=Log(lines.append, site.clock)), "refresh")
    (line,) = [json.loads(line) for line in lines]
    assert (line["event"], line["task"], line["code"]) == ("counting-failed", "refresh", "exit-1")
    told = outcome(empty.data_dir, "refresh")
    assert told is not None
    assert told.code == "exit-1"


async def test_what_failed_is_told_where_the_machine_is_looked_after_and_on_the_console(site: Site, anyone: Person):
    data_dir = site.settings.data_dir
    await anyone.get("/health/ready")
    assert anyone.page.json() == {"status": "ok"}
    keep_outcome(data_dir, "refresh", Outcome(at=site.clock(), code="unknown-version", regions=("990101",)))
    await anyone.get("/health/ready")
    assert anyone.page.json() == {"status": "ok", "figures": "refresh"}
    watcher = await Official(site).sit("digital-centre.supervisor", "990100")
    await watcher.get("/console")
    assert "统计没有整理完" in watcher.text
    await watcher.get("/console/performance")
    assert "没有算进去的地方：清源区" in watcher.text
    assert "unknown-version" in watcher.text
    keep_outcome(data_dir, "refresh", Outcome(at=site.clock()))
    for address in ("/console", "/console/performance"):
        await watcher.get(address)
        assert "统计没有整理完" not in watcher.text


def test_one_that_finds_another_at_it_has_not_failed_and_any_other_end_is_kept(tmp_path: Path):
    settings = Settings.load({}, data_dir=tmp_path)
    for code, status, kept in (("facts-busy", BUSY, None), ("release-lost", 1, "release-lost")):
        with telling("release", settings) as told:
            raise refuse(code, "不行", "no")
        assert told.status == status
        ended = outcome(tmp_path, "release")
        assert (ended.code if ended else None) == kept
    with telling("release", settings) as told:
        pass
    assert told.status == 0
    ended = outcome(tmp_path, "release")
    assert ended is not None
    assert not ended.failed


async def test_a_month_in_which_nobody_had_asked_for_anything_yet_is_not_released(site: Site):
    await restaurant(site)  # on the third of November
    assert not await store.begun(site.db, date(2026, 11, 1), ZONE)
    assert await store.begun(site.db, date(2026, 12, 1), ZONE)
