"""去哪里办: the place that the rule of competence names is told before anything of a person is known."""

from typing import get_args, get_type_hints

from shipped_law import SERVICES

from tongban.base.i18n import Text
from tongban.catalog.competence_row import Competence
from tongban.catalog.where import PLACES, who_answers
from tongban.org.competence import Place


def test_every_ground_has_words_for_who_applies_and_for_another_person() -> None:
    grounds = set(get_args(get_type_hints(Competence)["ground"]))
    assert set(PLACES) == grounds
    for ground in grounds:
        for whose in (None, Text("孩子", "the child")):
            assert "岚江" in Place("990100", ground, Text("", ""), whose).why(Text("岚江", "Lanjiang")).zh


def test_the_body_is_told_at_the_place_that_the_law_names() -> None:
    assert who_answers(SERVICES["residence-permit@2"]).zh == "您居住地的公安机关"
    assert who_answers(SERVICES["death-deregistration"]).zh == "逝者户口所在地的公安机关"
    assert who_answers(SERVICES["newborn-household"]).en == "Police at the registered home of the child"
    assert who_answers(SERVICES["food-licence"]).zh == "市场监督管理部门"
