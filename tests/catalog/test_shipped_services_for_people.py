"""Services for people: every number and branch here was worked out by hand from the acts cited.

A failing test means that a file no longer says what the law says, or that the law has changed: then the file gets a
new version, and this test the new number.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from shipped_law import DAY, SERVICES, answer, needed, outcome, terms_of

from tongban.base.i18n import Text

# --- residence permit: 居住证暂行条例 2, 9, 10, 21 ---

RESIDENT: dict[str, Any] = {"home_region": "990201", "lives_region": "990101", "basis": "employment"}


def test_half_a_year_in_another_city_is_six_full_months() -> None:
    since = date(2026, 5, 23)
    assert outcome("residence-permit", date(2026, 11, 22), lives_since=since, **RESIDENT) == "not-yet"
    assert outcome("residence-permit", date(2026, 11, 23), lives_since=since, **RESIDENT) == "eligible"


def test_six_months_from_the_end_of_august_are_full_on_the_last_of_february() -> None:
    since = date(2025, 8, 31)
    assert outcome("residence-permit", date(2026, 2, 27), lives_since=since, **RESIDENT) == "not-yet"
    assert outcome("residence-permit", date(2026, 3, 1), lives_since=since, **RESIDENT) == "eligible"


@pytest.mark.parametrize(
    ("basis", "then"),
    [("employment", "eligible"), ("dwelling", "eligible"), ("study", "eligible"), ("none", "no")],
)
def test_one_of_work_home_and_studies_is_enough(basis: str, then: str) -> None:
    facts = {**RESIDENT, "basis": basis}
    assert outcome("residence-permit", lives_since=date(2025, 1, 1), **facts) == then


def test_moving_within_one_city_is_for_an_official_to_look_at() -> None:
    facts = {**RESIDENT, "home_region": "990102"}
    assert outcome("residence-permit", lives_since=date(2025, 1, 1), **facts) == "ask-official"


def test_an_unanswered_question_is_unknown_not_no() -> None:
    found = answer("residence-permit", home_region="990201", lives_region="990101", lives_since=date(2025, 1, 1))
    assert (found.outcome, found.unknown) == ("unknown", ("basis",))
    assert not found.fully_determined


def test_the_residence_permit_is_made_in_15_calendar_days_and_free_by_article_21() -> None:
    service = SERVICES["residence-permit"]
    assert service.terms["decide"].statutory == "15 calendar-days"
    law = {one.id: one for one in service.law}
    assert law[service.fee.law].article == "21"
    assert service.result.valid is not None
    assert service.result.valid.years == 1


def test_only_the_papers_of_the_chosen_ground_areneeded() -> None:
    assert needed("residence-permit", basis="employment") == {"photo", "employment"}
    assert needed("residence-permit", basis="dwelling") == {"photo", "lease"}
    assert needed("residence-permit", basis="study") == {"photo", "enrolment"}


# --- unemployment benefit: 失业保险条例 14–18, 社会保险法 46 ---

JOBLESS: dict[str, Any] = {
    "stop_ground": "none",
    "left_reason": "dismissed",
    "months_paid": 24,
    "registered_on": date(2026, 11, 1),
    "wants_work": True,
    "remaining_months": 0,
}


@pytest.mark.parametrize(
    ("paid", "months"), [(12, 12), (13, 12), (59, 12), (60, 18), (61, 18), (119, 18), (120, 24), (121, 24), (480, 24)]
)
def test_unemployment_benefit_lasts_12_18_or_24_months_by_years_paid(paid: int, months: int) -> None:
    assert answer("unemployment-benefit", **{**JOBLESS, "months_paid": paid}).outputs["benefit_months"] == months


@pytest.mark.parametrize(
    ("paid", "left", "months"),
    [(12, 0, 12), (12, 11, 23), (12, 12, 24), (12, 13, 24), (60, 6, 24), (60, 7, 24), (120, 1, 24)],
)
def test_months_left_from_before_are_added_up_to_24(paid: int, left: int, months: int) -> None:
    facts = {**JOBLESS, "months_paid": paid, "remaining_months": left}
    assert answer("unemployment-benefit", **facts).outputs["benefit_months"] == months


@pytest.mark.parametrize("paid", [0, 1, 11])
def test_less_than_a_year_paid_gives_no_benefit(paid: int) -> None:
    assert outcome("unemployment-benefit", **{**JOBLESS, "months_paid": paid}) == "no"


@pytest.mark.parametrize("reason", ["contract-ended", "dismissed", "employer-closed", "employer-proposed", "forced"])
def test_every_end_of_a_job_against_ones_will_counts(reason: str) -> None:
    assert outcome("unemployment-benefit", **{**JOBLESS, "left_reason": reason}) == "eligible"


def test_who_left_by_choice_has_no_benefit_and_a_doubt_goes_to_an_official() -> None:
    assert outcome("unemployment-benefit", **{**JOBLESS, "left_reason": "resigned"}) == "no"
    assert outcome("unemployment-benefit", **{**JOBLESS, "left_reason": "unsure"}) == "ask-official"


@pytest.mark.parametrize("ground", ["working", "military", "abroad", "pension", "refused-work"])
def test_the_grounds_of_article_15_exclude_the_benefit(ground: str) -> None:
    found = answer("unemployment-benefit", **{**JOBLESS, "stop_ground": ground})
    assert found.outcome == "no"
    assert [law.id for law in found.laws] == ["L7-15"]


def test_where_the_regulations_and_the_later_law_differ_an_official_decides() -> None:
    """失业保险条例 15(5) names imprisonment, 社会保险法 51 does not."""
    assert outcome("unemployment-benefit", **{**JOBLESS, "stop_ground": "prison"}) == "ask-official"


def test_the_benefit_starts_with_the_registration() -> None:
    tomorrow = DAY + timedelta(days=1)
    assert outcome("unemployment-benefit", **{**JOBLESS, "registered_on": DAY}) == "eligible"
    assert outcome("unemployment-benefit", **{**JOBLESS, "registered_on": tomorrow}) == "not-yet"


def test_the_monthly_amount_lies_between_minimum_allowance_and_minimum_wage() -> None:
    outputs = answer("unemployment-benefit", **JOBLESS).outputs
    assert outputs["minimum_allowance"] < outputs["monthly_amount"] < outputs["minimum_wage"]


def test_unemployment_benefit_is_done_in_ten_working_days() -> None:
    assert terms_of("unemployment-benefit")["decide"].statutory == "10 working-days"


# --- allowance for advanced age ---


@pytest.mark.parametrize(("age", "before", "after"), [(80, None, 60), (90, 60, 200), (100, 200, 600)])
def test_the_allowance_changes_on_the_birthday_itself(age: int, before: int | None, after: int) -> None:
    born = date(DAY.year - age, DAY.month, DAY.day)
    eve = answer("advanced-age-allowance", DAY - timedelta(days=1), birth_date=born, home_region="990101")
    on_it = answer("advanced-age-allowance", DAY, birth_date=born, home_region="990101")
    assert (eve.outcome, eve.outputs.get("monthly_amount")) == (
        ("not-yet", None) if before is None else ("eligible", before)
    )
    assert (on_it.outcome, on_it.outputs["monthly_amount"]) == ("eligible", after)


def test_the_allowance_is_paid_where_one_is_registered() -> None:
    assert outcome("advanced-age-allowance", birth_date=date(1930, 1, 1), home_region="110101") == "no"


def test_demonstration_amounts_are_marked() -> None:
    for slug in ("advanced-age-allowance", "disability-two-subsidies", "unemployment-benefit"):
        for table in SERVICES[slug].amounts.values():
            for output in table.outputs:
                if output.type == "money":
                    assert isinstance(output.label, Text)
                    assert "演示" in output.label.zh


# --- disability subsidies: 国发〔2015〕52号 ---

CARE: dict[str, Any] = {"category": "physical", "needs_care": True, "like_benefit": "none"}


@pytest.mark.parametrize(
    ("grade", "low_income", "living", "care"),
    [
        ("1", True, True, True),
        ("2", True, True, True),
        ("3", True, True, False),
        ("4", True, True, False),
        ("1", False, False, True),
        ("2", False, False, True),
        ("3", False, False, False),
        ("4", False, False, False),
    ],
)
def test_low_income_gives_the_living_and_grades_one_and_two_the_care_subsidy(
    grade: str, low_income: bool, living: bool, care: bool
) -> None:
    found = answer("disability-two-subsidies", grade=grade, low_income=low_income, **CARE)
    assert (found.outputs["living"], found.outputs["care"]) == (living, care)
    assert found.outcome == ("eligible" if living or care else "no")


@pytest.mark.parametrize("category", ["intellectual", "mental"])
def test_the_demonstration_province_widens_care_to_grade_three_of_mind(category: str) -> None:
    facts = {**CARE, "category": category}
    assert answer("disability-two-subsidies", grade="3", low_income=False, **facts).outputs["care"] is True


def test_the_care_subsidy_is_not_paid_beside_a_like_benefit() -> None:
    facts = {**CARE, "like_benefit": "injury-care"}
    found = answer("disability-two-subsidies", grade="1", low_income=True, **facts)
    assert (found.outputs["living"], found.outputs["care"]) == (True, False)


# --- school, medical filing, discharge registration ---

PUPIL: dict[str, Any] = {"child_home_region": "990201", "lives_region": "990101", "basis": "permit"}


@pytest.mark.parametrize(
    ("born", "then"),
    [("20200831", "eligible"), ("20200901", "not-yet"), ("20100901", "eligible"), ("20100831", "ask-official")],
)
def test_school_age_is_counted_on_the_last_of_august(born: str, then: str) -> None:
    number = f"990201{born}001X"
    assert outcome("migrant-school-enrolment", date(2026, 6, 1), child_id_number=number, **PUPIL) == then


def test_a_child_without_any_proof_is_not_turned_away_by_a_rule() -> None:
    facts = {**PUPIL, "basis": "none", "child_id_number": "99020120200115001X"}
    assert outcome("migrant-school-enrolment", date(2026, 6, 1), **facts) == "ask-official"


@pytest.mark.parametrize("stay", ["retired", "living", "stationed"])
def test_a_long_stay_is_filed_at_once_on_a_declaration(stay: str) -> None:
    facts = {"insurance_status": "active", "insured_region": "990101", "going_region": "110101", "stay": stay}
    found = answer("out-of-area-medical-filing", promise=True, **facts)
    assert found.outcome == "eligible"
    assert found.fully_determined
    assert found.variant.procedure == "instant"
    assert not found.variant.materials


def test_who_will_not_declare_may_show_a_paper_to_an_official() -> None:
    facts = {"insurance_status": "active", "insured_region": "990101", "going_region": "110101", "stay": "living"}
    assert outcome("out-of-area-medical-filing", promise=False, **facts) == "ask-official"


@pytest.mark.parametrize(
    ("kind", "then"),
    [
        ("registration", "eligible"),
        ("simplified", "no"),
        ("key", "no"),
        ("outside", "not-needed"),
        ("unsure", "ask-official"),
    ],
)
def test_only_the_lightest_class_registers_instead_of_a_permit(kind: str, then: str) -> None:
    assert outcome("pollutant-discharge-registration", list_class=kind) == then
