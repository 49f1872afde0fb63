"""Which part of a service file a complaint seems to be about."""

from tongban.catalog.catalogue import Catalogue
from tongban.voice.improvements.causes import causes, suggested
from tongban.voice.improvements.model import threshold


def test_a_part_is_suggested_by_its_own_name_else_by_what_was_ticked_else_not_at_all(catalogue: Catalogue) -> None:
    service = catalogue.service("residence-permit", "1")
    of = causes(service, catalogue.procedure(service.procedure))
    assert suggested(of, (), "房屋租赁合同一定要原件") == "materials.lease"
    assert suggested(of, ("late",), "产权证也不收") == "materials.lease"
    assert suggested(of, ("late",), "等了一个月") == "terms"
    assert suggested(of, ("attitude",), "说话很凶") == ""
    assert set(of) >= {"page", "materials", "materials.lease", "conditions.1", "facts.sex", "terms"}


def test_the_threshold_of_a_day_is_that_of_its_date(catalogue: Catalogue) -> None:
    assert threshold(catalogue.today).people >= 2
