"""Before anything is sent the check page says who will answer and why, by the rule that decides when it is sent."""

from datetime import date

import msgspec
import pytest
from tests.web.citizen import Person, filled

from tongban.catalog.model import Competence
from tongban.web.portal.application import Application, Content
from tongban.web.portal.check import receiver
from tongban.web.site import Site

pytestmark = pytest.mark.database


def told(site: Site, **answers: str | list[str]) -> str:
    shipped = site.catalogue.service("residence-permit")
    rule = (Competence(by="lives_region", ground="residence", law="L6-2"),)
    service = msgspec.structs.replace(shipped, competence=rule)
    return receiver(
        site.directory, Application(service, Content(region="990101", answers=answers), date(2026, 11, 3))
    ).zh


async def test_the_rule_is_told_and_that_a_wrong_door_is_taken_in_here_and_handed_on(site: Site) -> None:
    here, elsewhere = told(site, lives_region="990101"), told(site, lives_region="990102")
    assert here.startswith("由岚江市清源区公安局办，因为您住在清源区（《居住证暂行条例》") and "转过去" not in here
    assert elsewhere.startswith("由岚江市云岫区公安局办，因为您住在云岫区")
    assert "照样收下，由岚江市清源区公安局转过去" in elsewhere


async def test_what_the_rule_needs_and_nobody_answered_is_named(site: Site) -> None:
    assert told(site) == "由哪里办要看“现居住地”，请先填好。"


async def test_a_service_without_a_rule_is_answered_where_one_applies(xiaoman: Person) -> None:
    await filled(xiaoman)
    assert "清源区公安局" in xiaoman.text.split("交给谁")[1]


async def test_where_one_chooses_the_place_it_is_said_who_answers_and_that_any_place_takes_it_in(
    xiaoman: Person,
) -> None:
    await xiaoman.get("/services/death-deregistration/start")
    assert "这件事由逝者户口所在地的公安机关办。选哪里都收" in xiaoman.text
    await xiaoman.get("/services/residence-permit/start")
    assert "选您现在住的地方" in xiaoman.text  # the version of this day has no rule yet
