"""The certificate of equal results is published with the version it is about, and with no other."""

from tests.web.citizen import Person

from tongban.catalog.certificate import digest
from tongban.web.site import Site


async def test_the_guide_says_on_how_many_people_the_rules_were_compared(anyone: Person, site: Site) -> None:
    await anyone.get("/services/rent-subsidy")
    assert "个虚构的人各算了一遍，结果全都一样" in anyone.text
    found = (await anyone.get("/services/rent-subsidy/rules-certificate.json")).json()
    assert found["digest"] == digest(site.catalogue.service("rent-subsidy"))
    assert {"assess", "python", "duckdb"} <= set(found["back_ends"])
    assert found["random"] >= 100_000


async def test_a_service_that_is_not_there_has_no_certificate(anyone: Person) -> None:
    assert (await anyone.get("/services/nothing/rules-certificate.json")).status_code == 404
