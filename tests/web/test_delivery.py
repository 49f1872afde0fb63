"""领取方式: what a service file says of how its result can be had is what the pages offer, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from tests.web.citizen import APPLY, Person, filled, submitted
from tests.web.conftest import furnish

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.result import Way
from tongban.web.site import Site

pytestmark = pytest.mark.database


@pytest.fixture
def ways(request: pytest.FixtureRequest) -> tuple[Way, ...]:
    return request.param


@pytest.fixture
async def site(db: Database, tmp_path: Path, clock: SettableClock, ways: tuple[Way, ...]) -> Site:
    """A site whose residence permit can be had in these ways."""
    made = await furnish(db, tmp_path, clock)
    known = made.catalogue
    every = [one for service in known.services() for one in known.versions(service.service)]
    permit = "residence-permit"
    changed = [
        structs.replace(one, result=structs.replace(one.result, delivery=ways)) if one.service == permit else one
        for one in every
    ]
    catalogue = Catalogue(changed, known.procedures(), bundles=known.bundles(), clock=clock)
    made.cases.engine.replace_catalogue(catalogue)
    return replace(made, catalogue=catalogue)


@pytest.mark.parametrize("ways", [("online",)], indirect=True)
async def test_what_is_only_used_online_is_neither_fetched_nor_posted(xiaoman: Person) -> None:
    await filled(xiaoman)
    assert "办好以后怎么拿结果" not in xiaoman.text
    case = await submitted(xiaoman)
    await xiaoman.get(f"/cases/{case}")
    assert 'id="fetch"' not in xiaoman.page.text
    for way in ("fetch", "post"):
        await xiaoman.get("/me")
        await xiaoman.post(f"/cases/{case}/{way}", {"hall": "qingyuan"})
        assert xiaoman.page.status_code == 409
    await xiaoman.get("/services/residence-permit")
    assert "网上直接用" in xiaoman.text and "寄给您" not in xiaoman.text


@pytest.mark.parametrize("ways", [("online", "counter")], indirect=True)
async def test_the_hall_is_chosen_with_the_form_and_what_is_not_posted_is_not_offered(
    xiaoman: Person,
) -> None:
    await filled(xiaoman)
    assert "办好以后怎么拿结果" in xiaoman.text and "清源区政务服务大厅" in xiaoman.text
    fields = {"key": xiaoman.hidden("key"), "truthful": "yes", "hall": "qingyuan"}
    await xiaoman.post(f"{APPLY}/submit", fields)
    case = xiaoman.page.url.path.split("/")[2]
    await xiaoman.get(f"/cases/{case}")
    assert "办好以后在清源区政务服务大厅" in xiaoman.text and "寄给我" not in xiaoman.text
    await xiaoman.post(f"/cases/{case}/post", {"hall": "qingyuan", "post_name": "王小满"})
    assert xiaoman.page.status_code == 409


@pytest.mark.parametrize("ways", [("online", "post")], indirect=True)
async def test_what_is_only_posted_is_not_fetched(xiaoman: Person) -> None:
    case = await submitted(xiaoman)
    await xiaoman.get(f"/cases/{case}")
    assert "寄给我" in xiaoman.text and "到这里领" not in xiaoman.text
