"""The list as shipped: complete, sound, and it answers for every source that a service file names."""

import pytest

from tongban.base.errors import Refused
from tongban.catalog.certificate_type import RESOURCE
from tongban.catalog.load import load_service
from tongban.catalog.model import Level, Theme
from tongban.catalog.shipped import shipped
from tongban.sharing.directory.load import folders, read
from tongban.sharing.directory.model import Attribute, Sensitivity, Status
from tongban.sharing.directory.registered import DataDirectory, Wanted, counts
from tongban.sharing.grants.demo import shipped_grants
from tongban.sharing.lookup import sources


@pytest.fixture(scope="module")
def listed() -> DataDirectory:
    return read(folders()).directory()


def test_every_shipped_file_of_the_list_can_be_read() -> None:
    found = read(folders())
    assert found.findings == []
    assert len(found.resources) >= 25


def test_every_source_that_a_service_names_is_listed_with_its_element(listed: DataDirectory) -> None:
    missing: list[str] = []
    for path in sorted(shipped("services").glob("*.yaml")):
        service = load_service(path.read_text(encoding="utf-8"), path.name).require()
        for source in sources(service).values():
            if source.at.startswith(RESOURCE):
                continue  # what it is stands in its own file, under certificate-types
            held = listed.at(source.at)
            if held is None or held.element is None or held.resource.status is not Status.LISTED:
                missing.append(f"{path.name}: {source.at}")
    assert missing == []


def test_what_two_bodies_keep_has_one_source(listed: DataDirectory) -> None:
    shared = [one for one in listed.keepers() if len(one.bodies) > 1]
    assert {one.element for one in shared} >= {"full-name", "id-number"}
    assert all(one.settled and one.source == "police" for one in shared)


def test_sensitive_data_are_never_shared_without_conditions(listed: DataDirectory) -> None:
    for resource in listed.resources.values():
        for address in resource.addresses:
            held = listed.at(address)
            assert held is not None
            assert held.element is not None
            if held.element.sensitivity is Sensitivity.SENSITIVE:
                assert resource.attribute_of(held.item) is not Attribute.UNCONDITIONAL, address


def test_filters_narrow_together_and_text_finds_fields_in_both_languages(listed: DataDirectory) -> None:
    def ids(**wanted: object) -> list[str]:
        return [one.id for one in listed.search(Wanted(**wanted))]  # pyright: ignore[reportArgumentType]

    assert ids(text="缴费月数") == ["hr.insurance"]
    assert ids(text="why JOB ended") == ["hr.insurance"]
    assert ids(text="months_paid") == ["hr.insurance", "hr.paid-elsewhere"]
    assert ids(body="civil", theme=Theme.OLD_AGE) == ["civil.care"]
    assert ids(attribute=Attribute.NOT_SHARED) == ["police.fingerprints"]
    assert ids(level=Level.CITY) == []


def test_pages_go_through_the_whole_list_once(listed: DataDirectory) -> None:
    seen: list[str] = []
    after: str | None = None
    while True:
        page = listed.page(Wanted(), after, limit=10)
        seen += [one.id for one in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [one.id for one in listed.search(Wanted())]
    with pytest.raises(Refused, match="not valid"):
        listed.page(Wanted(), "nonsense")


def test_counts_add_up(listed: DataDirectory) -> None:
    found = counts(listed.search(Wanted()))
    assert sum(found.type.values()) == sum(found.attribute.values()) == sum(found.level.values()) == found.total


def test_a_resource_that_is_not_there_is_said_so(listed: DataDirectory) -> None:
    with pytest.raises(Refused) as refused:
        listed.resource("police.secrets")
    assert refused.value.code == "unknown-resource"
    assert refused.value.status == 404


def test_every_grant_of_the_demonstration_is_given_by_the_owner_of_a_listed_resource(listed: DataDirectory) -> None:
    for grant in shipped_grants():
        resource = listed.resource(grant.resource)
        assert (resource.owner.id, resource.status) == (grant.provider, Status.LISTED), grant.id
        assert set(grant.fields) <= set(resource.records[grant.record].elements), grant.id
        assert grant.mode.value in {mode.value for mode in resource.modes}, grant.id
