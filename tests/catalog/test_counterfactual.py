"""What would change an outcome: everything that is told is true, and nobody is told to be somebody else."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from catalog_samples import SERVICE, changed
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shipped_files import services

from tongban.catalog import Assessment, assess, load_service, stored_fact
from tongban.catalog.counterfactual import MOST_WAYS, Outlook, outlook
from tongban.catalog.model import FactType, Service
from tongban.catalog.shipped import shipped as folder_of

WORTH = {"no": 0, "not-yet": 0, "unknown": 0, "ask-official": 1, "eligible": 2}
SHIPPED = services()
NEVER = {"birth_date", "sex", "id_number", "child_id_number", "home_region", "child_home_region", "left_reason"}


def shipped(name: str, on: date, **facts: Any) -> tuple[Assessment, Outlook]:
    found = assess(SHIPPED[name], facts, on)
    return found, outlook(found)


def test_the_smallest_change_comes_with_what_to_do_first_and_what_it_would_bring():
    told = shipped(
        "disability-two-subsidies",
        date(2026, 11, 3),
        grade="3",
        category="physical",
        low_income=False,
        needs_care=True,
        like_benefit="none",
    )[1]
    (way,) = told.ways
    assert [(one.fact, one.to) for one in way.changes] == [("low_income", (True,))]
    assert way.sentence.zh == (
        "先到街道、乡镇申请低保。“低保家庭”变成“是”以后，别的都不变，就符合条件了："
        "生活补贴每月（演示）120元、每月多少钱（演示）120元。"
    )
    assert way.sentence.en.startswith("Apply for the minimum living allowance at the township first. Once ")


def test_values_that_lead_to_the_same_end_are_told_together():
    told = shipped("disability-two-subsidies", date(2026, 11, 3), grade="none", low_income=True, like_benefit="none")[1]
    assert [one.to for one in told.ways[0].changes] == [("1", "2", "3", "4")]


def test_two_facts_are_changed_together_where_none_alone_is_enough():
    told = shipped(
        "food-licence", date(2026, 11, 3), food_kind="canteen", clean_place=True, equipped=False, has_manager=False
    )[1]
    (way,) = told.ways
    assert {one.fact for one in way.changes} == {"equipped", "has_manager"}
    assert "，并且" in way.sentence.zh and " and “" in way.sentence.en


def test_a_change_must_start_from_and_lead_to_an_answer_that_the_file_names():
    on = date(2026, 11, 3)
    graded = {"category": "hearing", "low_income": False, "needs_care": False, "like_benefit": "none"}
    told = shipped("disability-two-subsidies", on, grade="1", **graded)[1]
    assert [one.fact for way in told.ways for one in way.changes] == ["low_income"], "nobody chooses a grade"
    assert shipped("unemployment-benefit", on, stop_ground="none", left_reason="resigned")[1].ways == ()


def test_an_amount_that_only_a_formula_reads_is_told_to_the_cent():
    facts = {"home_region": "990101", "household_size": 2, "assets_fit": True, "agrees": True}
    on = date(2026, 11, 3)
    told = shipped("subsistence-allowance", on, household_income=3000, **facts)[1]
    assert [(one.fact, one.to) for one in told.ways[0].changes] == [("household_income", ("2099.99",))]
    above = assess(SHIPPED["subsistence-allowance"], {**facts, "household_income": "2100"}, on)
    assert above.outcome == "not-yet", "one cent more and it is not"


def test_what_can_only_get_worse_with_time_is_said_to_be_so():
    facts = {"child_birth_date": date(2023, 11, 3), "child_region": "990101", "already_paid": False}
    found, told = shipped("childcare-subsidy", date(2026, 11, 3), **facts)
    assert (found.outcome, told.days, told.ways, told.complete) == ("no", (), (), True)


def test_a_favourable_outcome_needs_no_change():
    found, told = shipped(
        "advanced-age-allowance", date(2026, 11, 3), birth_date=date(1940, 1, 1), home_region="990101"
    )
    assert (found.outcome, told) == ("eligible", Outlook((), (), True))


@pytest.mark.parametrize(
    ("name", "facts", "on", "day"),
    [
        ("advanced-age-allowance", {"birth_date": "1947-03-05", "home_region": "990101"}, "2026-11-03", "2027-03-05"),
        ("advanced-age-allowance", {"birth_date": "1948-02-29", "home_region": "990101"}, "2026-11-03", "2028-02-29"),
        ("advanced-age-allowance", {"birth_date": "1947-02-28", "home_region": "990101"}, "2026-11-03", "2027-02-28"),
        (
            "residence-permit",
            {"home_region": "990201", "lives_region": "990101", "lives_since": "2026-08-31", "basis": "dwelling"},
            "2026-11-03",
            "2027-03-01",  # months as FEEL counts them: the 31st is reached on the 1st
        ),
        (
            "unemployment-benefit",
            {
                "stop_ground": "none",
                "left_reason": "dismissed",
                "months_paid": 20,
                "registered_on": "2026-11-10",
                "wants_work": True,
                "remaining_months": 0,
            },
            "2026-11-03",
            "2026-11-10",
        ),
        (
            "migrant-school-enrolment",
            {
                "child_id_number": "990201202009010013",
                "child_home_region": "990201",
                "lives_region": "990101",
                "entry": "first-grade",
                "basis": "employment",
            },
            "2026-06-10",
            "2026-09-01",
        ),
    ],
)
def test_the_first_day_is_the_day_itself_and_not_the_day_before(name: str, facts: dict[str, Any], on: str, day: str):
    found, told = shipped(name, date.fromisoformat(on), **facts)
    first = date.fromisoformat(day)
    assert found.outcome == "not-yet"
    assert [one.day for one in told.days] == [first]
    assert told.complete
    assert assess(SHIPPED[name], facts, first).outcome == "eligible"
    assert assess(SHIPPED[name], facts, first - timedelta(days=1)).outcome == "not-yet"
    assert f"{first.year}年{first.month}月{first.day}日起" in told.days[0].sentence.zh


def test_a_day_that_only_brings_it_before_an_official_is_told_as_that_with_the_day_that_settles_it():
    told = shipped(
        "individual-business-registration", date(2026, 11, 3), birth_date=date(2011, 5, 6), scope_kind="ordinary"
    )[1]
    assert [(one.day, one.outcome) for one in told.days] == [
        (date(2027, 5, 6), "ask-official"),
        (date(2029, 5, 6), "eligible"),
    ]


def test_no_day_is_promised_beyond_the_end_of_the_version():
    facts = {"birth_date": date(1947, 3, 5), "home_region": "990101"}
    text = (folder_of("services") / "advanced-age-allowance.yaml").read_text(encoding="utf-8")
    for end, days in (("2027-03-04", 0), ("2027-03-05", 1)):
        ends = load_service(
            changed(text, "valid_from: 2026-01-01", f"valid_from: 2026-01-01\nvalid_to: {end}")
        ).require()
        assert len(outlook(assess(ends, facts, date(2026, 11, 3))).days) == days


def test_a_day_ahead_is_judged_by_the_version_that_will_govern_it():
    text = (folder_of("services") / "advanced-age-allowance.yaml").read_text(encoding="utf-8")
    this = load_service(text).require()
    lower = changed(text, 'version: "1"\n', 'version: "2"\n')
    lower = changed(
        changed(lower, "valid_from: 2026-01-01", "valid_from: 2027-01-01"), '[true, ">= 80"', '[true, ">= 79"'
    )
    following = load_service(
        changed(changed(lower, '[true, "< 80"', '[true, "< 79"'), '"< 90", 60', '"< 90", 65')
    ).require()
    facts = {"birth_date": date(1947, 3, 5), "home_region": "990101"}
    found = assess(this, facts, date(2026, 11, 3))
    assert [(one.day, one.version) for one in outlook(found).days] == [(date(2027, 3, 5), "1")]
    (step,) = outlook(found, versions=[following, this]).days
    assert (step.day, step.version) == (date(2027, 1, 1), "2"), "79 by then, and 79 is enough from that day on"
    assert [one.words.zh for one in step.gains] == ["65元"]
    younger = assess(this, facts | {"birth_date": date(1949, 3, 5)}, date(2026, 11, 3))
    assert [one.day for one in outlook(younger, versions=[following, this]).days] == [date(2028, 3, 5)]


def test_an_expression_that_cannot_be_followed_promises_nothing():
    text = changed(
        SERVICE, "years and months duration(born, application_date).years", "modulo(application_date.day, 20)"
    )
    told = outlook(
        assess(load_service(text).require(), {"lives_here": False, "born": date(2020, 1, 1)}, date(2026, 11, 3))
    )
    assert (told.days, told.complete) == ((), False)


# --- whatever the facts ----------------------------------------------------------------------------------------------


def values(service: Service) -> st.SearchStrategy[Mapping[str, Any]]:
    """Facts of a service: any answers, its examples' numbers of identity and regions."""
    seen: dict[str, set[Any]] = {}
    for example in service.examples:
        for name, value in example.given.items():
            seen.setdefault(name, set()).add(value)
    kinds: dict[str, st.SearchStrategy[Any]] = {}
    for name, fact in service.facts.items():
        if fact.derive:
            continue
        match fact.type:
            case FactType.BOOLEAN:
                kinds[name] = st.booleans()
            case FactType.ENUM:
                kinds[name] = st.sampled_from([choice.value for choice in fact.choices])
            case FactType.DATE:
                kinds[name] = st.dates(date(1920, 1, 1), date(2027, 12, 31))
            case FactType.INTEGER | FactType.NUMBER | FactType.MONEY:
                kinds[name] = st.integers(int(fact.min or 0), int(fact.max or 20_000_000))
            case _ if name in seen:
                kinds[name] = st.sampled_from(sorted(seen[name], key=str))
            case _:
                continue
    return st.fixed_dictionaries({}, optional=kinds)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_told_for_the_services_that_come_with_the_platform_is_true(data: st.DataObject):
    service = data.draw(st.sampled_from(list(SHIPPED.values())))
    facts = data.draw(values(service))
    on = data.draw(st.dates(service.valid_from, date(2027, 12, 31)))
    found = assess(service, facts, on)
    told = outlook(found)
    assert len(told.ways) <= MOST_WAYS
    for way in told.ways:
        assert WORTH[way.outcome] > WORTH[found.outcome]
        for chosen in product(*(one.to for one in way.changes)):
            changed = {one.fact: value for one, value in zip(way.changes, chosen, strict=True)}
            assert assess(service, {**facts, **changed}, on).outcome == way.outcome
        for one in way.changes:
            fact = service.facts[one.fact]
            now = stored_fact(fact, facts.get(one.fact))
            if now is None:
                assert found.outcome == "unknown", "a question left is answered, not changed"
                continue
            assert one.fact not in NEVER
            assert all(
                any((not c.from_ or now in c.from_) and (not c.to or to in c.to) for c in fact.changes) for to in one.to
            )
    best = WORTH.get(found.outcome, 2)
    for step in told.days:
        before = assess(service, facts, step.day - timedelta(days=1))
        assert assess(service, facts, step.day).outcome == step.outcome
        assert WORTH[step.outcome] > best >= WORTH.get(before.outcome, 0)
        best = WORTH[step.outcome]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_day_earlier_than_the_first_would_do_and_none_is_missed_within_three_years(data: st.DataObject):
    name = data.draw(
        st.sampled_from(
            ["advanced-age-allowance", "residence-permit", "migrant-school-enrolment", "unemployment-benefit"]
        )
    )
    service = SHIPPED[name]
    example = data.draw(st.sampled_from(service.examples))
    facts = {**example.given, **data.draw(values(service))}
    on = data.draw(st.dates(service.valid_from, date(2027, 12, 31)))
    found = assess(service, facts, on)
    if found.outcome not in ("no", "not-yet"):
        return
    told = outlook(found)
    assert told.complete
    last = (
        told.days[0].day if told.days and told.days[0].day < on + timedelta(days=1_100) else on + timedelta(days=1_100)
    )
    for day in range(1, (last - on).days):
        assert WORTH.get(assess(service, facts, on + timedelta(days=day)).outcome, 0) == 0
