"""What the licensing law demands of the engine, act by act (行政许可法 32, 38, 42, 44, 45)."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from case_world import FACTS, Story
from msgspec import structs

from tongban.base.clock import ZONE
from tongban.cases import clocks
from tongban.cases.model import Attachment, Refusal
from tongban.catalog.model import Extension, Situation, Term

PLAN = {"plan": [Attachment("990101-a", "plan.pdf", "application/pdf", 10, "00")]}
FOOD = {**FACTS, "sells": "food"}
REASONS = {"reasons": "摊位超长", "law": ["APL-34"]}


def due(story: Story, term: str) -> date | None:
    running = {one.clock.term: one for one in clocks.running(story.definition, story.state, story.now)}
    moment = running[term].statutory.due
    return None if moment is None else moment.astimezone(ZONE).date()


def _complete(story: Story) -> Story:
    asked = story.do("clerk", "request-correction", items=["plan"], message="请补草图")
    return asked.do("person", "supplement", documents=PLAN)


def test_unanswered_for_five_working_days_counts_as_accepted_from_the_day_of_receipt(story: Story) -> None:
    opened = story.open()
    assert opened.at(11, 10, 23).wait().state.state == "received"
    later = opened.at(11, 13).wait()
    assert later.state.state == "accepted"
    assert later.events[-1].by.kind == "clock"
    # 20 working days from 3 November, not from the 13th
    assert due(later, "decide") == date(2026, 12, 1)


def test_the_outcome_does_not_depend_on_when_the_timer_ran(story: Story) -> None:
    late = story.open().at(11, 13)
    assert late.refused("clerk", "request-correction", items=["plan"], message="…") == "act-not-possible"
    assert [event.type for event in late.do("examiner", "examine", opinion="可以").events[1:]] == [
        "deem-accepted",
        "examine",
    ]


def test_everything_missing_is_asked_for_once_only(story: Story) -> None:
    asked = story.open().do("clerk", "request-correction", items=["plan"], message="请补草图")
    assert asked.state.asked == ("plan",)
    undone = asked.do("clerk", "undo")
    assert undone.state.state == "received"
    again = undone.do("clerk", "request-correction", items=["plan"], message="请补草图")
    accepted = again.do("person", "supplement", documents=PLAN)
    assert accepted.state.state == "accepted"
    assert accepted.refused("clerk", "request-correction", items=["plan"], message="…") == "act-not-possible"


def test_what_was_asked_for_must_be_supplied_and_nothing_else_may_be_asked(story: Story) -> None:
    opened = story.open(FOOD)
    assert opened.refused("clerk", "request-correction", items=["photo-of-cat"], message="…") == "item-unknown"
    asked = opened.do("clerk", "request-correction", items=["plan", "health"], message="…")
    assert asked.refused("person", "supplement", documents=PLAN) == "still-missing"
    assert asked.refused("person", "supplement") == "still-missing"


def test_a_complete_application_can_be_accepted_an_incomplete_one_not(story: Story) -> None:
    assert story.open().refused("clerk", "accept") == "condition-not-met"
    accepted_on_time = _complete(story.open())
    assert due(accepted_on_time, "decide") == date(2026, 12, 1)


def test_an_applicant_who_does_not_complete_lapses_and_nobody_decides_against_them(story: Story) -> None:
    asked = story.open().do("clerk", "request-correction", items=["plan"], message="…")
    gone = asked.at(12, 20).wait()
    assert gone.state.state == "lapsed"
    assert gone.state.decided is None
    assert gone.refused("clerk", "accept") == "case-closed"


def test_a_special_procedure_stops_the_clock_and_moves_the_date(story: Story) -> None:
    case = _complete(story.open())
    assert due(case, "decide") == date(2026, 12, 1)
    special = case.at(11, 9).do("examiner", "start-special", kind="testing", until="2026-11-20", reasons="送检")
    assert due(special, "decide") is None
    back = special.at(11, 16).do("examiner", "end-special", finding="合格")
    assert due(back, "decide") == date(2026, 12, 8)
    assert "检测" in clocks.running(back.definition, back.state, back.now)[-1].statutory.explain("zh")


def test_only_the_head_extends_once_and_by_what_the_law_allows(story: Story) -> None:
    case = _complete(story.open())
    assert case.refused("approver", "extend", reasons="案情复杂") == "not-your-act"
    longer = case.do("head", "extend", reasons="案情复杂")
    assert due(longer, "decide") == date(2026, 12, 15)
    assert longer.refused("head", "extend", reasons="还是复杂") == "not-again"
    assert case.at(12, 2).refused("head", "extend", reasons="忘了") == "expired"


def test_a_refusal_takes_a_second_person_reasons_and_articles(story: Story) -> None:
    proposed = (
        _complete(story.open()).do("examiner", "examine", opinion="超长").do("approver", "propose-refusal", **REASONS)
    )
    assert proposed.refused("approver", "refuse", **REASONS) == "second-person"
    assert proposed.refused("second", "refuse", law=["APL-34"]) == "field-missing"
    assert proposed.refused("second", "refuse", reasons="超长", law=["有关规定"]) == "law-without-article"
    refused = proposed.do("second", "refuse", **REASONS)
    letter = refused.events[-1].letter
    assert refused.state.state == "refused"
    assert letter is not None
    for words in ("摊位超长", "《行政许可法》第34条", "60日", "2027年1月2日", "2027年5月3日", "行政复议"):
        assert words in letter.body.zh
    assert "2 January 2027" in letter.body.en
    assert "Administrative Licensing Law art. 34" in letter.body.en
    assert "行政许可法" not in letter.body.en, "an English letter cites in English"


def test_granting_issues_the_certificate_at_once(story: Story) -> None:
    granted = _complete(story.open()).do("examiner", "examine", opinion="好").do("approver", "grant")
    assert [event.type for event in granted.events[-2:]] == ["grant", "issue"]
    assert granted.events[-1].by.kind == "rules"
    assert granted.state.issued
    assert granted.state.decided == "favourable"


def test_the_letter_says_by_when_in_words(story: Story) -> None:
    letter = story.open().events[0].letter
    assert letter is not None
    assert "最晚2026年11月10日" in letter.body.zh
    assert "10 November 2026" in letter.body.en


def test_the_promise_and_the_law_both_run(story: Story) -> None:
    case = _complete(story.open())
    term = clocks.due(case.definition, case.state, case.now)
    assert term is not None
    assert term.promised is not None
    assert term.promised.due == datetime(2026, 11, 17, 23, 59, 59, tzinfo=ZONE)
    assert term.binding is term.promised


def test_an_overdue_decision_climbs_from_the_head_to_the_superior_to_the_mayor(story: Story) -> None:
    case = _complete(story.open())
    rungs = clocks.climbs(case.definition, case.state, clocks.running(case.definition, case.state, case.now))
    assert [(rung.who.value, rung.at.astimezone(ZONE).date().isoformat()) for rung in rungs] == [
        ("head", "2026-11-18"),
        ("superior", "2026-12-02"),
        ("government-head", "2026-12-09"),
    ]


def test_the_clock_cannot_act_before_its_term_has_run_out(story: Story) -> None:
    from tongban.cases.decide import Command, decide
    from tongban.org import Actor, Grant

    opened = story.open()
    grant = Grant(story.definition.cite("APL-32"), "APL-32")
    done = decide(story.definition, opened.state, Command("deem-accepted", Actor.clock(), grant), opened.now)
    assert isinstance(done, Refusal)
    assert done.code == "not-expired"
    assert opened.refused("clerk", "deem-accepted") == "not-your-act"


@pytest.mark.parametrize(
    ("who", "act", "says", "code"),
    [
        ("clerk", "no-such-act", {}, "unknown-act"),
        ("person", "accept", {}, "not-your-act"),
        ("approver", "grant", {}, "act-not-possible"),
        ("clerk", "request-correction", {"items": ["plan"]}, "field-missing"),
        ("clerk", "request-correction", {"items": "plan", "message": "字" * 2001}, "field-too-long"),
        ("clerk", "request-correction", {"items": ["plan"], "message": 7}, "field-not-text"),
        ("clerk", "request-correction", {"items": [1], "message": "好"}, "field-not-a-list"),
        ("clerk", "request-correction", {"items": ["plan"], "message": "好", "more": 1}, "unknown-field"),
        ("person", "correct-on-the-spot", {"facts": {"colour": "red"}}, "fact-unknown"),
        ("person", "correct-on-the-spot", {"facts": {"since": "2026-2-30"}}, "answer-not-a-date"),
        ("person", "correct-on-the-spot", {"facts": ["x"]}, "field-not-facts"),
        ("person", "undo", {}, "undo-not-possible"),
    ],
)
def test_bad_input_is_told_by_its_field(story: Story, who: str, act: str, says: dict[str, object], code: str) -> None:
    refused = story.open().try_(who, act, **says)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    for problem in refused.problems:
        assert problem.text.zh
        assert problem.text.en


def test_every_mistake_is_told_at_once(story: Story) -> None:
    refused = story.open().try_("clerk", "request-correction", items=["x", "y"], more=1)
    assert isinstance(refused, Refusal)
    assert [problem.place for problem in refused.problems] == ["more", "items", "items", "message"]


def test_a_step_can_be_taken_back_for_five_minutes_by_who_took_it(story: Story) -> None:
    asked = story.open().do("clerk", "request-correction", items=["plan"], message="…")
    assert asked.refused("examiner", "undo") == "not-your-act"
    assert asked.at(11, 3, 10).refused("clerk", "undo") == "undo-too-late"
    undone = asked.do("clerk", "undo")
    assert [event.type for event in undone.events] == ["submit", "request-correction", "undone"]
    assert due(undone, "accept") == date(2026, 11, 10)


def test_a_correction_can_be_sent_although_the_case_is_not_complete_yet(story: Story) -> None:
    from case_world import APPLICANT

    from tongban.cases.decide import possible
    from tongban.org import Grant

    asked = story.open().do("clerk", "request-correction", items=["plan"], message="…")
    grant = Grant(story.definition.cite("APL-32"), "")
    offered = possible(asked.definition, asked.state, APPLICANT, lambda _: grant, asked.now)
    assert "supplement" in [one.act for one in offered]


def test_an_extension_is_for_whom_the_services_own_law_names(story: Story) -> None:
    """Joint handling: the head of government approves, not the head of the body (行政许可法 42②)."""
    law = Extension(by="15 working-days", approver="government-head", law="APL-42")
    term = Term(statutory="45 working-days", rule="licensing.joint-decision", law="APL-42", extension=law)
    joint = replace(story, definition=replace(story.definition, terms={"decide": term}, clocks={}))
    case = _complete(joint.open())
    assert due(case, "decide") == date(2027, 1, 5)
    assert case.refused("head", "extend", reasons="联合办理") == "not-your-act"
    assert due(case.do("mayor", "extend", reasons="联合办理"), "decide") == date(2027, 1, 26)


def test_a_term_that_the_law_does_not_let_be_extended_cannot_be(story: Story) -> None:
    term = Term(statutory="7 working-days", law="APL-42")
    short = replace(story, definition=replace(story.definition, terms={"decide": term}, clocks={}))
    assert _complete(short.open()).refused("head", "extend", reasons="忙") == "no-extension"


def test_a_correction_that_leads_to_another_procedure_is_a_new_application(story: Story) -> None:
    filing = Situation(id="toys", name="玩具", when='sells = "toys"', procedure="filing")
    service = structs.replace(story.definition.service, situations=(filing,))
    case = replace(story, definition=replace(story.definition, service=service, clocks={})).open(FOOD)
    assert case.refused("person", "correct-on-the-spot", facts={"sells": "toys"}) == "another-procedure"
    assert case.do("person", "correct-on-the-spot", facts={"metres": "2"}).state.facts["metres"] == "2"
