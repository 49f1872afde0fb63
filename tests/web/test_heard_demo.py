"""The demonstration's ratings and requests go through the same verbs as everybody's, and come once."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.web.citizen import Person
from tests.web.conftest import furnish

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.web.site import Site

pytestmark = pytest.mark.database


@pytest.fixture
async def site(db: Database, tmp_path: Path, clock: SettableClock) -> Site:
    """Once the version is in force, with keys that are older than the stories, as a first start makes them."""
    clock.set(clock() - timedelta(days=30))
    made = await furnish(db, tmp_path, clock)
    clock.set(clock() + timedelta(days=54))
    return made


async def test_they_are_played_once_and_counted_in_public(anyone: Person, site: Site) -> None:
    await site.voice.turn()  # the months of the day were counted before there was a case
    for _ in range(2):
        await site.voice.demonstrate(site.settings.data_dir)
        await site.voice.turn()
    assert await site.db.fetchval("SELECT count(*) FROM case_row WHERE service = 'hotline-request'") == 18
    (rates,) = await site.voice.hotline.rates(["990101"], "region")
    assert rates.solution == "62%", "five of the eight who were called back"
    await anyone.get("/open/ratings")
    assert "半天就办好了" in anyone.text
    await anyone.get("/open/improvements")
    for words in ("已改", "第1版和第2版的差别", "17人", "改以前", "第一个整月过完再数"):
        assert words in anyone.text, words
    (one,) = (await site.voice.improvements.listed(None, 5)).items
    changed = site.voice.improvements.changed_on(one)
    assert changed is not None and one.opened_on < changed <= one.ended_on, "asked first, changed afterwards"
    assert "过了第一次答应的日期" not in anyone.text, "the milestone was kept"
    assert "由哪里办：住的地方" in anyone.text and "{" not in anyone.text, "what changed is told in words"
