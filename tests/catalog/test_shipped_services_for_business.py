"""Services for business: every number and branch here was worked out by hand from the acts cited.

A failing test means that a file no longer says what the law says, or that the law has changed: then the file gets a
new version, and this test the new number.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from shipped_law import DAY, SERVICES, answer, needed, outcome, terms_of

# --- registering a sole trader: 市场主体登记管理条例 14, 19 ---


def test_a_plain_registration_is_determined_by_the_rules_alone() -> None:
    found = answer("individual-business-registration", birth_date=date(1990, 1, 1), scope_kind="ordinary")
    assert found.outcome == "eligible"
    assert found.fully_determined
    assert found.variant.procedure == "instant"


def test_registration_takes_three_working_days_and_the_head_may_add_three() -> None:
    decide = terms_of("individual-business-registration")["decide"]
    assert decide.statutory == "3 working-days"
    assert decide.extension is not None
    assert (decide.extension.by, decide.extension.approver) == ("3 working-days", "head")


@pytest.mark.parametrize(
    ("scope", "then"),
    [("ordinary", "eligible"), ("approved", "ask-official"), ("not-approved", "not-yet"), ("unsure", "ask-official")],
)
def test_a_trade_that_needs_approval_first_is_never_registered_by_rule(scope: str, then: str) -> None:
    born = date(1990, 1, 1)
    assert outcome("individual-business-registration", birth_date=born, scope_kind=scope) == then


@pytest.mark.parametrize(("years", "then"), [(15, "no"), (16, "ask-official"), (17, "ask-official"), (18, "eligible")])
def test_who_may_trade_by_age(years: int, then: str) -> None:
    born = date(DAY.year - years, DAY.month, DAY.day)
    assert outcome("individual-business-registration", birth_date=born, scope_kind="ordinary") == then


# --- food licence: 食品经营许可和备案管理办法 ---

READY: dict[str, Any] = {"clean_place": True, "equipped": True, "has_manager": True}


@pytest.mark.parametrize(
    ("kind", "then", "procedure"),
    [
        ("catering", "eligible", "licensing"),
        ("canteen", "eligible", "licensing"),
        ("loose", "eligible", "licensing"),
        ("prepackaged", "eligible", "filing"),
        ("farm-produce", "not-needed", "licensing"),
        ("own-products", "not-needed", "licensing"),
    ],
)
def test_food_is_licensed_filed_or_free(kind: str, then: str, procedure: str) -> None:
    found = answer("food-licence", food_kind=kind, **READY)
    assert (found.outcome, found.variant.procedure) == (then, procedure)


def test_prepackaged_food_gets_a_filing_receipt_after_one_question() -> None:
    found = answer("food-licence", food_kind="prepackaged")
    assert found.fully_determined
    assert found.variant.result.form == "filing-receipt"
    assert not [q.name for q in found.variant.questions if q.name in READY]
    assert needed("food-licence", food_kind="prepackaged") == {"business-licence"}


def test_food_times_are_5_10_plus_5_and_5_working_days_and_five_years() -> None:
    terms = terms_of("food-licence")
    assert [terms[name].statutory for name in ("accept", "decide", "issue")] == [
        "5 working-days",
        "10 working-days",
        "5 working-days",
    ]
    assert terms["decide"].extension is not None
    assert terms["decide"].extension.by == "5 working-days"
    assert terms_of("food-licence", "prepackaged")["decide"].statutory == "5 working-days"
    valid = SERVICES["food-licence"].result.valid
    assert valid is not None
    assert valid.years == 5


def test_food_safety_rules_may_follow_after_acceptance() -> None:
    assert SERVICES["food-licence"].materials["safety-rules"].need == "later"


# --- public venues: 公共场所卫生管理条例 2, 4, 8 (revised 2024) ---

VENUES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("park", "sports-ground", "transport", "dining"), ("not-needed", "licensing")),
    **dict.fromkeys(
        ("video-hall", "concert-hall", "exhibition-hall", "museum", "gallery", "library", "bookshop"),
        ("eligible", "filing"),
    ),
    **dict.fromkeys(
        (
            "hotel",
            "bath",
            "hairdresser",
            "beauty",
            "cinema",
            "games-hall",
            "dance-hall",
            "swimming",
            "shop",
            "waiting-room",
        ),
        ("eligible", "licensing"),
    ),
}


def test_every_kind_of_venue_has_its_branch() -> None:
    choices = {choice.value for choice in SERVICES["public-venue-hygiene"].facts["venue"].choices}
    assert choices == set(VENUES)


@pytest.mark.parametrize("venue", VENUES)
def test_a_venue_is_free_filed_or_licensed_as_revised_in_2024(venue: str) -> None:
    found = answer("public-venue-hygiene", venue=venue, staff_certified=True, opened_on=DAY)
    assert (found.outcome, found.variant.procedure) == VENUES[venue]


def test_hygiene_licences_are_issued_by_disease_control() -> None:
    assert SERVICES["public-venue-hygiene"].authority.body == "disease-control"


@pytest.mark.parametrize(("days", "late"), [(0, False), (30, False), (31, True)])
def test_a_venue_is_filed_within_thirty_days_of_opening(days: int, late: bool) -> None:
    found = answer("public-venue-hygiene", venue="bookshop", opened_on=DAY - timedelta(days=days))
    assert (found.outcome, found.outputs["late_filing"]) == ("eligible", late)


def test_the_hygiene_licence_takes_20_working_days_and_testing_does_not_count() -> None:
    service = SERVICES["public-venue-hygiene"]
    assert service.terms["decide"].statutory == "20 working-days"
    assert [special.kind for special in service.special] == ["testing"]


# --- construction permit: 建筑法 7–9 ---

WORKS: dict[str, Any] = {
    "investment": 5_000_000,
    "floor_area": 2400,
    "start_report": False,
    "land_ready": True,
    "demolition": "not-needed",
    "contractor_chosen": True,
    "means_ready": True,
    "safety_ready": True,
}


def test_all_conditions_of_article_8_areneeded() -> None:
    assert outcome("construction-permit", **WORKS) == "eligible"
    for name in ("land_ready", "contractor_chosen", "means_ready", "safety_ready"):
        assert outcome("construction-permit", **{**WORKS, name: False}) == "not-yet", name
    assert outcome("construction-permit", **{**WORKS, "demolition": "not-ready"}) == "not-yet"


@pytest.mark.parametrize(
    ("money", "area", "then"),
    [
        (300_000, 301, "not-needed"),
        (300_001, 300, "not-needed"),
        (300_001, 301, "eligible"),
        (300_000, 300, "not-needed"),
    ],
)
def test_small_works_need_no_permit_if_either_limit_holds(money: int, area: int, then: str) -> None:
    assert outcome("construction-permit", **{**WORKS, "investment": money, "floor_area": area}) == then


def test_an_approved_start_report_replaces_the_permit() -> None:
    assert outcome("construction-permit", **{**WORKS, "start_report": True}) == "not-needed"


def test_the_limit_from_memory_is_marked_as_such() -> None:
    assert next(law.tag for law in SERVICES["construction-permit"].law if law.id == "CP-18") == "M"


def test_the_construction_permit_is_issued_within_seven_days_and_used_within_three_months() -> None:
    assert terms_of("construction-permit")["decide"].statutory == "7 calendar-days"
    valid = SERVICES["construction-permit"].result.valid
    assert valid is not None
    assert valid.months == 3


# --- energy-saving review: a real item ---


def test_the_real_item_keeps_its_code_its_times_and_its_visit() -> None:
    service = SERVICES["energy-saving-review"]
    assert (service.basic_code, service.code_status) == ("000104002000", "real")
    assert (service.terms["decide"].statutory, service.terms["decide"].promised) == (
        "20 working-days",
        "5 working-days",
    )
    assert service.visits.max == 1
    assert service.visits.reason
    assert [(special.kind, special.takes) for special in service.special] == [("expert-review", "15 working-days")]
    assert len(service.materials) == 2


def test_every_other_code_is_marked_as_a_demonstration() -> None:
    assert {one.service for one in SERVICES.values() if one.code_status == "real"} == {"energy-saving-review"}


@pytest.mark.parametrize(
    ("energy", "power", "then"),
    [
        (999, 4_999_999, "not-needed"),
        (1000, 4_999_999, "eligible"),
        (999, 5_000_000, "eligible"),
        (9_999, 5_000_000, "eligible"),
        (10_000, 5_000_000, "ask-official"),
    ],
)
def test_only_projects_above_the_threshold_are_reviewed(energy: int, power: int, then: str) -> None:
    facts = {"energy_use": energy, "electricity_use": power, "meets_standard": True}
    assert outcome("energy-saving-review", **facts) == then
