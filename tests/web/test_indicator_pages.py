"""Everybody reads how each indicator is worked out, and takes along what they need to work it out again."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from tests.web.citizen import Person

from tongban.base.errors import Refused
from tongban.cli.opendata import month_released
from tongban.oversight import store
from tongban.oversight.computing import Period
from tongban.oversight.files import listed_indicators, read_indicators
from tongban.oversight.folder import opened
from tongban.oversight.opendata.making import Public, release
from tongban.oversight.opendata.reading import recompute
from tongban.web.site import Site

pytestmark = pytest.mark.database

SEPTEMBER = Period.month(2026, 9)


async def test_a_release_is_downloaded_and_recomputed_and_nothing_beside_it_can_be(
    site: Site, anyone: Person, tmp_path: Path
):
    await anyone.get("/open/indicators")
    assert anyone.page.status_code == 200
    for one in listed_indicators():
        assert one.name.zh in anyone.text
    assert "decided_at &lt;= statutory_due" in anyone.page.text
    data_dir = site.settings.data_dir
    with opened(data_dir / "facts") as facts:
        public = Public(origin=site.settings.address, regions=(), services=())
        made = release(facts, read_indicators(), SEPTEMBER, public, site.keys, site.clock(), data_dir)
    (made / "private.txt").write_text("not listed", encoding="utf-8")
    await anyone.get("/open/indicators")
    assert "2026-09" in anyone.text
    copy = tmp_path / "2026-09"
    for name in sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()):
        await anyone.get(f"/open/releases/2026-09/{name}")
        assert (anyone.page.status_code == 404) == (name == "private.txt"), name
        if name != "private.txt":
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes(anyone.page.content)
    assert not recompute(copy, site.keys.keys, site.clock() + timedelta(days=1)).wrong
    for elsewhere in ("2026-09/../../keys", "../keys/x.json", "2026-09/%2e%2e/%2e%2e/settings"):
        await anyone.get(f"/open/releases/{elsewhere}")
        assert anyone.page.status_code == 404, elsewhere


async def test_a_month_is_never_drawn_again_not_even_where_its_folder_was_lost(site: Site, tmp_path: Path):
    async with site.db.transaction() as connection:
        await store.begin_release(connection, "2026-09")
        with pytest.raises(Refused) as caught:
            await month_released(site, "2026-09")
    assert caught.value.code == "release-busy"
    made = await month_released(site, "2026-09")
    before = (made / "release.json").read_bytes()
    assert await month_released(site, "2026-09") == made
    shutil.move(made, tmp_path / "elsewhere")
    with pytest.raises(Refused) as caught:
        await month_released(site, "2026-09")
    assert caught.value.code == "release-lost"
    with pytest.raises(Refused) as caught:
        await month_released(site, "2026-10")
    assert caught.value.code == "release-lost", "what may be told next depends on what was told before"
    shutil.move(tmp_path / "elsewhere", made)
    assert (await month_released(site, "2026-09") / "release.json").read_bytes() == before


async def test_whoever_reads_a_formula_is_told_every_name_and_code_in_it_in_their_language(anyone: Person):
    await anyone.get("/open/indicators?lang=en")
    for words in (
        "when it was first answered",
        "Hotline request",
        "Was it solved: Yes",
        "different from the one before",
    ):
        assert words in anyone.text, words
    await anyone.get("/open/inspections?lang=en")
    assert "“Complaints borne out” is at least 3" in anyone.text
    assert not [raw for raw in ("last_found", ">= 3", "[1..2]", "risk_points") if raw in anyone.text]


async def test_the_page_says_how_far_a_stranger_gets_and_why_there_are_no_fine_tables(site: Site, anyone: Person):
    with opened(site.settings.data_dir / "nothing") as facts:  # who asked is not known: no noise is drawn
        public = Public(origin=site.settings.address, regions=(), services=())
        release(facts, read_indicators(), SEPTEMBER, public, site.keys, site.clock(), site.settings.data_dir)
    await anyone.get("/open/indicators?lang=en")
    assert "No fine tables in this month" in anyone.text
    assert "that step the public cannot repeat" in anyone.text
