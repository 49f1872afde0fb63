"""What a look rests on: only an article that has the body check something is a duty; the rest needs a yes."""

import pytest

from tongban.catalog.load import load_service
from tongban.catalog.model import Service
from tongban.catalog.shipped import shipped
from tongban.sharing.announced import basis


def service(name: str) -> Service:
    path = shipped("services") / f"{name}.yaml"
    return load_service(path.read_text(encoding="utf-8"), path.name).require()


@pytest.mark.parametrize(
    ("name", "fact", "on"),
    [
        ("unemployment-benefit@2", "wants_work", "duty"),
        ("unemployment-benefit@2", "stop_ground", "duty"),
        ("unemployment-benefit@2", "phone", "agreement"),
        ("residence-permit@2", "lives_region", "agreement"),
        ("migrant-school-enrolment@2", "child_name", "agreement"),
    ],
)
def test_that_sharing_should_save_a_question_is_no_duty_to_check(name: str, fact: str, on: str) -> None:
    assert basis(service(name), fact)[0] == on


def test_a_duty_is_told_by_the_article_that_has_it_checked_and_not_by_the_one_about_sharing() -> None:
    assert "失业保险条例" in basis(service("unemployment-benefit@2"), "stop_ground")[1].zh
