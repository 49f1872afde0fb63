"""Everybody can see how much each service asks, and how that was counted."""

from tests.web.citizen import Person

from tongban.catalog.once_bundles import through_bundles
from tongban.catalog.once_only import asked, together
from tongban.web.site import Site


async def test_the_list_shows_the_total_over_the_services_in_force(anyone: Person, site: Site) -> None:
    total = together(asked(service) for service in site.catalogue.services())
    await anyone.get("/open/once-only")
    assert f"<dd>{total.alone}</dd>" in anyone.text
    assert f"<dd>{total.shared}</dd>" in anyone.text
    told = (await anyone.client.get("/open/once-only.json")).json()
    assert told["total"]["alone"] == total.alone
    assert sum(one["shared"] for one in told["services"].values()) == told["total"]["shared"]


async def test_the_total_through_bundles_stands_beside_the_total_of_each_alone(anyone: Person, site: Site) -> None:
    bundles = [site.catalogue.composed(one.bundle) for one in site.catalogue.bundles()]
    found = through_bundles(site.catalogue.services(), bundles)
    await anyone.get("/open/once-only")
    assert anyone.text.index("每个事项单独办") < anyone.text.index("用一张表办") < anyone.text.index("怎么数的")
    assert f"<dd>{found.shared}</dd>" in anyone.text
    told = (await anyone.client.get("/open/once-only.json")).json()
    assert told["total_through_bundles"] == found.as_json()


async def test_a_service_names_the_record_behind_each_answer_it_no_longer_asks_for(anyone: Person) -> None:
    await anyone.get("/services/rent-subsidy")
    assert 'href="/open/once-only/rent-subsidy"' in anyone.text
    await anyone.get("/open/once-only/rent-subsidy")
    assert "来自公安人口库" in anyone.text
    assert "您来填" in anyone.text
    assert "不共享18项" not in anyone.text
    assert "要填要交18项；现在2项，少了89%" in anyone.text


async def test_a_service_that_is_not_there_is_not_counted(anyone: Person) -> None:
    assert (await anyone.client.get("/open/once-only/nothing")).status_code == 404
