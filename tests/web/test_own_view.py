"""A suggestion that is drawn is nowhere on the page until the official has written a view of their own."""

from typing import Any

import msgspec
import pytest
from tests.assist.gate_world import SAID, measured, use
from tests.web.desk_people import Official, restaurant

from tongban.assist.gate.register import Register
from tongban.assist.model import Suggestion
from tongban.assist.records import Asked
from tongban.base.i18n import Text
from tongban.base.sealing import is_sealed
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Level
from tongban.catalog.watching import Owes, Watch
from tongban.web.site import Site

pytestmark = pytest.mark.database
ALL = Watch(limits=(), owes=Owes(level=Level.COUNTY, body="service-centre"), double=1.0)


async def suggested(site: Site, case: str, watch: Watch) -> str:
    entry = use(watch=watch, name=Text("材料预审", "Pre-check"))
    site.assist.gate._register = Register(Catalogue((), (), (entry,)), {entry.use: measured(entry)})  # pyright: ignore[reportPrivateUsage]

    async def run() -> Any:
        return SAID

    found = await site.assist.gate.consult(Asked(use="finder", region="990101", subject=case, inputs=b"x"), run)
    assert isinstance(found, Suggestion)
    return found.id


async def test_the_official_writes_first_and_the_machine_speaks_after(site: Site) -> None:
    case = (await restaurant(site)).case
    call = await suggested(site, case, ALL)
    who = await Official(site).sit("market.examiner")
    await who.get(f"/desk/cases/{case}")
    assert "先请您自己看" in who.text
    assert SAID.text.zh not in who.text
    await who.post(f"/desk/cases/{case}/suggestions/{call}/own-view", {"view": "后厨图不全，先补正"})
    assert "先请您自己看" not in who.text
    (kept,) = await site.db.fetch("SELECT person, view FROM assist_own_view")
    assert kept["person"] == "o-990101.market.examiner"
    assert is_sealed(kept["view"]), "with the key of the person whose case it is"


async def test_a_suggestion_that_is_not_drawn_asks_for_nothing(site: Site) -> None:
    case = (await restaurant(site)).case
    await suggested(site, case, msgspec.structs.replace(ALL, double=0.0))
    who = await Official(site).sit("market.examiner")
    await who.get(f"/desk/cases/{case}")
    assert "先请您自己看" not in who.text


async def test_nobody_notes_a_view_on_a_case_that_is_not_theirs_to_see(site: Site) -> None:
    case = (await restaurant(site)).case
    call = await suggested(site, case, ALL)
    who = await Official(site).sit("police.examiner")
    await who.post(f"/desk/cases/{case}/suggestions/{call}/own-view", {"view": "我看看"})
    assert who.page.status_code == 404
    assert await site.db.fetchval("SELECT count(*) FROM assist_own_view") == 0
