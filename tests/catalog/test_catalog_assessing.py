"""What the rules say about a person: never a no where something is unknown, and always a law."""

from datetime import date
from typing import Any

import pytest
from catalog_samples import SERVICE, changed
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.base.errors import Refused
from tongban.catalog import Assessment, assess, compile_service, load_service, variant
from tongban.catalog.model import Service
from tongban.catalog.strict import Strict

DAY = date(2026, 11, 3)
CARD = load_service(SERVICE).require()


def card(**facts: Any) -> Assessment:
    return assess(CARD, facts, DAY)


def test_what_is_known_is_decided_with_its_law_and_its_amounts() -> None:
    found = card(lives_here=True, born=date(1990, 1, 1))
    assert found.outcome == "eligible"
    assert found.outputs == {"reader_class": "adult", "books": 10}
    assert [law.id for law in found.laws] == ["LIB-33"]
    assert found.fully_determined
    assert found.variant.situation is not None
    assert found.variant.situation.id == "adult"


def test_nothing_known_is_unknown_and_names_what_is_missing() -> None:
    found = card()
    assert found.outcome == "unknown"
    assert found.unknown == ("born", "lives_here")
    assert not found.fully_determined


def test_an_unknown_that_cannot_matter_does_not_hold_up_the_answer() -> None:
    found = card(lives_here=True)
    assert found.outcome == "eligible"
    assert not found.fully_determined, "the books depend on an age nobody knows"
    assert found.unknown == ("born",)
    assert found.outputs["books"] is None


def test_unknown_is_never_taken_for_no() -> None:
    for facts in ({"born": date(1990, 1, 1)}, {"lives_here": False}, {"lives_here": None}, {"lives_here": "perhaps"}):
        assert card(**facts).outcome == "unknown"


def test_a_comparison_with_an_unknown_fact_is_unknown() -> None:
    derive = 'derive: "years and months duration(born, application_date).years"'
    text = changed(SERVICE, derive, "derive: 'if full_name = \"x\" then 20 else 10'")
    service = load_service(text).require()
    assert assess(service, {"lives_here": False}, DAY).outcome == "unknown"
    assert assess(service, {"lives_here": False, "full_name": "x"}, DAY).outcome == "ask-official"


def test_a_case_that_the_rules_leave_to_a_person_is_not_fully_determined() -> None:
    found = card(lives_here=False, born=date(1990, 1, 1))
    assert (found.outcome, found.fully_determined) == ("ask-official", False)


def test_a_gap_in_the_rules_goes_to_an_official_and_never_against_the_person() -> None:
    service = load_service(
        changed(SERVICE, "    - [false, '\"child\"', {no:", "    - [true, '\"child\"', {no:")
    ).require()
    found = assess(service, {"lives_here": False, "born": date(2020, 1, 1)}, DAY)
    assert (found.outcome, found.fully_determined) == ("ask-official", False)


def test_two_contradicting_rows_go_to_an_official() -> None:
    service = load_service(changed(SERVICE, '    - [true, "-", eligible', '    - ["-", "-", eligible')).require()
    assert assess(service, {"lives_here": False, "born": date(2020, 1, 1)}, DAY).outcome == "ask-official"


def test_a_situation_may_answer_at_once_that_nothing_is_needed() -> None:
    text = changed(SERVICE, "en: Child}, when", "en: Child}, note: {zh: 儿童凭户口借, en: Borrow freely}, when")
    text = changed(text, '"age < 14", law: LIB-34}', '"age < 14", outcome: not-needed, law: LIB-34}')
    found = assess(load_service(text).require(), {"born": date(2020, 1, 1)}, DAY)
    assert found.outcome == "not-needed"
    assert found.message.zh == "儿童凭户口借"
    assert [law.id for law in found.laws] == ["LIB-34"]


def test_questions_come_in_order_and_only_those_that_apply() -> None:
    adult = variant(CARD, {"born": date(1990, 1, 1)}, DAY)
    assert [q.name for q in adult.questions] == ["full_name", "born", "lives_here"]
    child = variant(CARD, {"born": date(2020, 1, 1), "full_name": "张三", "lives_here": True}, DAY)
    assert [q.name for q in child.questions] == ["full_name", "born", "lives_here", "school"]
    assert child.unknown == ("school",)
    nobody = variant(CARD, {}, DAY)
    assert [q.name for q in nobody.open_questions] == ["school"]


def test_an_answer_to_a_question_that_no_longer_applies_is_forgotten() -> None:
    adult = variant(CARD, {"born": date(1990, 1, 1), "school": "first"}, DAY)
    assert "school" not in adult.facts


def test_materials_are_those_of_the_person_and_uncertain_while_unknown() -> None:
    assert [(n.slug, n.certain) for n in variant(CARD, {}, DAY).materials] == [("guardian", False)]
    assert variant(CARD, {"born": date(1990, 1, 1)}, DAY).materials == ()
    assert [n.certain for n in variant(CARD, {"born": date(2020, 1, 1)}, DAY).materials] == [True]


def test_a_situation_replaces_the_procedure_the_terms_and_the_result() -> None:
    text = changed(
        SERVICE,
        'when: "age < 14", law: LIB-34}',
        'when: "age < 14", law: LIB-34, procedure: instant, terms: {decide: {promised: on-the-spot, law: LIB-34}},'
        " result: {certificate: child-card, name: {zh: 儿童卡, en: Child card}, shows: [full_name]}}",
    )
    child = variant(load_service(text).require(), {"born": "2020-01-01"}, DAY)
    assert (child.procedure, child.terms["decide"].promised, child.result.certificate) == (
        "instant",
        "on-the-spot",
        "child-card",
    )


def test_facts_from_storage_are_the_same_as_facts_just_typed() -> None:
    typed, stored = card(lives_here=True, born=date(1990, 1, 1)), card(lives_here=True, born="1990-01-01")
    assert typed.outputs == stored.outputs
    assert typed.outcome == stored.outcome


def test_the_trace_explains_each_row_that_did_not_count() -> None:
    told = card(lives_here=False, born=date(2020, 1, 1)).as_json()
    table = next(d for d in told["decisions"] if d["table"]["name"] == "eligible")
    assert table["matched"][0]["law"] == "LIB-34"
    assert {miss["reason"] for miss in table["whyNot"]} == {"false"}
    assert told["message"]["en"] == "Only for residents"


def test_a_recorded_decision_can_be_made_again_years_later() -> None:
    found = card(lives_here=False, born=date(2020, 1, 1))
    record = found.trace[-1].compact()
    again = compile_service(CARD).eligible.table.replay(record)
    assert again.outputs == found.trace[-1].outputs


def test_facts_that_depend_on_each_other_in_a_circle_are_refused_with_the_circle() -> None:
    text = changed(SERVICE, 'when: "age < 14", choices', 'derive: "string(age)", choices')
    text = changed(
        text, 'derive: "years and months duration(born, application_date).years"', 'derive: "string length(school)"'
    )
    with pytest.raises(Refused) as refusal:
        assess(load_service(text).require(), {}, DAY)
    assert any(p.code == "fact-cycle" and "school → age → school" in p.text.zh for p in refusal.value.problems)


NAMES = ("a", "b", "c")


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(
        ["a and b", "a or b", "a and (b or c)", "a = b", "not(a) or c", "if a then b else c", "(a or b) and (b or c)"]
    ),
    st.dictionaries(st.sampled_from(NAMES), st.booleans()),
    st.fixed_dictionaries({name: st.booleans() for name in NAMES}),
)
def test_what_is_said_while_facts_are_unknown_never_has_to_be_taken_back(
    text: str, known: dict[str, bool], rest: dict[str, bool]
) -> None:
    strict = Strict.compile(text, NAMES)
    early = strict.evaluate(known, set(NAMES) - set(known))
    if early is not None:
        assert strict.evaluate({**rest, **known}, set()) == early


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {}, optional={"lives_here": st.booleans(), "born": st.dates(date(1930, 1, 1), date(2026, 1, 1))}
    ),
    st.fixed_dictionaries({"lives_here": st.booleans(), "born": st.dates(date(1930, 1, 1), date(2026, 1, 1))}),
)
def test_an_outcome_told_early_still_stands_when_everything_is_known(
    known: dict[str, Any], rest: dict[str, Any]
) -> None:
    early = assess(CARD, known, DAY)
    if early.outcome != "unknown":
        assert assess(CARD, {**rest, **known}, DAY).outcome == early.outcome


def test_the_same_service_object_is_compiled_once() -> None:
    assert compile_service(CARD) is compile_service(CARD)
    other: Service = load_service(SERVICE).require()
    assert compile_service(other).digest == compile_service(CARD).digest
