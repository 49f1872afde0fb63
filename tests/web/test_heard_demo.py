"""The demonstration's ratings and requests go through the same verbs as everybody's, and come once."""

import pytest
from tests.web.citizen import Person

from tongban.web.site import Site

pytestmark = pytest.mark.database


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
    assert "过了第一次答应的日期" not in anyone.text, "the milestone was kept"
    assert "由哪里办：住的地方" in anyone.text and "{" not in anyone.text, "what changed is told in words"
