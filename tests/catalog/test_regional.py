"""What differs between two places for one service is said side by side; and where nothing does, that is said."""

from datetime import date
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog import Catalogue, load_file
from tongban.catalog.diff import diff
from tongban.catalog.model import Fee, Material, Service, Validity, Visits
from tongban.catalog.regional import Difference, Topic, compare, differences
from tongban.catalog.shipped import shipped

DAY = date(2026, 11, 26)
ELSEWHERE, NANPU = "990101", "990201"


def file(name: str) -> Service:
    found = load_file(shipped("services") / f"{name}.yaml").require()
    assert isinstance(found, Service)
    return found


@pytest.fixture(scope="module")
def shop() -> Service:
    return file("small-food-shop")


@pytest.fixture(scope="module")
def nanpu() -> Service:
    return file("small-food-shop@1.1")


@pytest.fixture(scope="module")
def catalogue(shop: Service, nanpu: Service) -> Catalogue:
    return Catalogue([nanpu, shop], [])


def changed(service: Service, **parts: Any) -> Service:
    return msgspec.structs.replace(service, version="2", regions=(NANPU,), **parts)


def only(found: tuple[Difference, ...], topic: Topic) -> Difference:
    (one,) = (each for each in found if each.topic is topic)
    return one


def test_term_paper_and_figure_of_a_district_are_told_beside_those_of_elsewhere(catalogue: Catalogue) -> None:
    found = compare(catalogue, "small-food-shop", ELSEWHERE, NANPU, DAY)
    assert (found.here, found.there, found.same) == ("1", "1.1", False)
    term = only(found.differences, Topic.TERMS)
    assert (term.here.en, term.there.en, term.effect) == ("3 working days", "1 working day", "better")
    photo = only(found.differences, Topic.MATERIALS)
    assert (photo.here.zh, photo.there.zh, photo.effect) == ("要交（交材料办）", "不用交", "better")
    rules = [one for one in found.differences if one.topic is Topic.RULES]
    assert any("50平方米" in one.here.zh and "60平方米" in one.there.zh for one in rules)
    assert "南浦区" in only(found.differences, Topic.LAW).there.zh
    assert [one.topic for one in found.differences] == sorted(
        (one.topic for one in found.differences), key=list(Topic).index
    )


def test_the_other_way_round_what_was_better_is_worse(catalogue: Catalogue) -> None:
    there = compare(catalogue, "small-food-shop", ELSEWHERE, NANPU, DAY)
    back = compare(catalogue, "small-food-shop", NANPU, ELSEWHERE, DAY)
    told = {(one.about, one.here, one.there) for one in there.differences}
    assert {(one.about, one.there, one.here) for one in back.differences} == told
    assert only(back.differences, Topic.TERMS).effect == "worse"


def test_two_places_under_the_same_file_do_not_differ(catalogue: Catalogue) -> None:
    assert compare(catalogue, "small-food-shop", ELSEWHERE, "990221", DAY).same
    assert compare(catalogue, "small-food-shop", NANPU, NANPU, DAY).same


def test_a_file_of_its_own_that_differs_in_wording_only_makes_no_difference(shop: Service) -> None:
    other = changed(shop, summary=Text("换个说法", "In other words"), aliases=("小店",), faq=())
    assert diff(shop, other)
    assert differences(shop, other) == ()


def test_fee_visits_validity_questions_and_papers_are_compared(shop: Service) -> None:
    other = changed(
        shop,
        fee=Fee(charged=True, standard=Text("20元", "20 yuan"), law="FSL-36"),
        visits=Visits(max=1, reason="看现场", law="FSL-36"),
        result=msgspec.structs.replace(shop.result, valid=Validity(years=5, law="FSL-36")),
        facts={name: fact for name, fact in shop.facts.items() if name != "shop_name"},
        materials={**shop.materials, "lease": Material(name=Text("租房合同", "Lease"), law="FSL-36")},
    )
    found = differences(shop, other)
    said = {one.topic: (one.about.zh, one.here.zh, one.there.zh, one.effect) for one in found}
    assert said == {
        Topic.FEE: ("收费", "不收费", "收费：20元", "worse"),
        Topic.VISITS: ("要跑几次", "一次都不用", "最多1次", "worse"),
        Topic.RESULT: ("有效期", "3年", "5年", "neutral"),
        Topic.FACTS: ("店名", "先到市场主体登记库查，查到了不用填", "不问", "better"),
        Topic.MATERIALS: ("租房合同", "不用交", "要交", "worse"),
    }


def test_another_standard_shows_in_the_condition_and_in_the_amount() -> None:
    here = file("subsistence-allowance")
    text = msgspec.json.encode(here).decode().replace("1050", "960")
    there = msgspec.json.decode(text, type=Service)
    told = [(one.here.zh, one.there.zh) for one in differences(here, there) if one.topic is Topic.RULES]
    assert ("全家每月收入 < 1050 × 共同生活的人数", "全家每月收入 < 960 × 共同生活的人数") in told
    assert any("1050 × 共同生活的人数 − 全家每月收入" in a and "960 ×" in b for a, b in told)
    assert any("低于1050元" in a and "低于960元" in b for a, b in told)


def test_what_no_words_are_made_for_is_still_told(shop: Service) -> None:
    (one,) = differences(shop, changed(shop, procedure="licensing"))
    assert (one.topic, one.here.zh, one.there.zh) == (Topic.WAYS, "“filing”", "“licensing”")


def test_files_as_different_as_two_can_be_are_told_in_both_languages() -> None:
    read = (load_file(path).value for path in sorted(shipped("services").glob("*.yaml"))[::4])
    for here, there in pairwise(one for one in read if isinstance(one, Service)):
        assert all(one.here != one.there and one.about.zh and one.about.en for one in differences(here, there))


def test_where_it_is_not_offered_no_difference_is_made_up(nanpu: Service) -> None:
    found = compare(Catalogue([nanpu], []), "small-food-shop", ELSEWHERE, NANPU, DAY)
    assert (found.here, found.there, found.differences, found.same) == (None, "1.1", (), False)


def test_an_unknown_service_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(Refused) as refused:
        compare(catalogue, "nothing", ELSEWHERE, NANPU, DAY)
    assert refused.value.problems[0].code == "unknown-service"


def test_without_a_region_the_general_file_is_meant_and_in_a_region_its_own(catalogue: Catalogue) -> None:
    assert catalogue.service("small-food-shop", on=DAY).version == "1"
    assert [one.version for one in catalogue.services(DAY)] == ["1"]
    assert catalogue.service("small-food-shop", on=DAY, region=NANPU).version == "1.1"
    assert catalogue.service("small-food-shop", on=DAY, region=ELSEWHERE).version == "1"
    assert catalogue.version("small-food-shop", on=DAY).version == "1"
    assert catalogue.regional("small-food-shop", on=DAY) == (NANPU,)
    assert catalogue.regional("small-food-shop", on=date(2026, 10, 31)) == ()
