"""Every shipped service, in every one of its situations, carried by the engine from the application to its result."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import pytest
from case_world import APPLICANT, NOW, Story
from tests.shipped_files import procedures, services

from tongban.base.clock import ZONE
from tongban.base.i18n import Text
from tongban.cases import clocks
from tongban.cases.decide import Command, decide
from tongban.cases.definition import Definition
from tongban.cases.letters import BY_RULES
from tongban.cases.model import Applicant, Attachment, CaseState, Office, Opening, Refusal
from tongban.cases.says import said_facts
from tongban.catalog import assess, variant
from tongban.catalog.model import Audience, Example, Fact, FactType, Service
from tongban.org import Grant
from tongban.sharing import Shared
from tongban.terms import Calendar

PROCEDURES = procedures()


def _gives(service: Service) -> bool:
    """Whether somebody can apply for it, and not ask for something that is sent on to whoever is in charge."""
    acts = PROCEDURES[service.procedure].acts.values()
    return service.audience != (Audience.GOVERNMENT,) and not any(act.hands_on for act in acts)


SERVICES = {name: service for name, service in services().items() if _gives(service)}
"""What somebody can apply for; a supervision that opens by itself and a request to 12345 have tests of their own."""
PLAIN: dict[FactType, Any] = {
    FactType.TEXT: "周晓岚",
    FactType.LONG_TEXT: "卖菜",
    FactType.INTEGER: "1",
    FactType.NUMBER: "1",
    FactType.MONEY: "1",
    FactType.BOOLEAN: "true",
    FactType.DATE: "1990-01-01",
    FactType.ID_NUMBER: "11010519491231002X",
    FactType.USCC: "91110000600037341L",
    FactType.PHONE: "13800000000",
    FactType.REGION: "990101",
    FactType.BANK_ACCOUNT: "6222020200112233445",
}
FILE = [Attachment("990101-a", "a.pdf", "application/pdf", 10, "00")]
PICTURE = [Attachment("990101-b", "b.jpg", "image/jpeg", 10, "00")]


def _plain(fact: Fact) -> Any:
    return fact.choices[0].value if fact.type is FactType.ENUM else PLAIN[fact.type]


@dataclass(frozen=True)
class Run:
    """One example of one service, as an application."""

    slug: str
    example: Example

    @property
    def service(self) -> Service:
        return SERVICES[self.slug]

    def facts(self) -> dict[str, Any]:
        """The example's facts, and plain answers to everything else that is asked."""
        given = dict(self.example.given)
        for name in variant(self.service, given, self.example.on).unknown:
            given[name] = _plain(self.service.facts[name])
        return {name: str(value) for name, value in given.items()}

    def records(self, at: datetime) -> dict[str, Shared]:
        """The same from every record that the service names: what is said is what the state has."""
        listed = {name: fact.source for name, fact in self.service.facts.items() if fact.source}
        return {
            name: Shared(value=value, source=Text("记录", "Record"), as_of=at, at=at)
            for name, value in self.facts().items()
            if name in listed
        }

    def open(self, *, complete: bool = True, people_only: bool = False, recorded: bool = True) -> Story:
        found = variant(self.service, said_facts(self.service, self.facts(), self.example.on)[0], self.example.on)
        procedure = PROCEDURES[found.procedure]
        definition = Definition(self.service, procedure, Calendar.china(), ZONE, found.terms)
        now = datetime.combine(self.example.on, time(9), ZONE)
        documents = (
            {one.slug: FILE if "pdf" in one.material.accepts else PICTURE for one in found.materials}
            if complete
            else {}
        )
        return _opened(Story(definition, now=now), self, documents, people_only=people_only, recorded=recorded)


def _opened(
    story: Story, run: Run, documents: dict[str, list[Attachment]], *, people_only: bool, recorded: bool
) -> Story:
    definition = story.definition
    opening = Opening(
        "990101-261103-00000001",
        "990101",
        definition.service.service,
        definition.service.version,
        definition.procedure.procedure,
        definition.procedure.version,
        story.now.date(),
        Office("market", Text("清源区（演示）", "Qingyuan (demo)")),
        Applicant("p-zhou", "周晓岚", "11010519491231002X"),
        people_only=people_only,
    )
    says = {"facts": run.facts(), "documents": documents}
    command = Command(
        definition.opens,
        APPLICANT,
        Grant(Text("本人", "in person"), ""),
        says,
        opening=opening,
        records=run.records(story.now) if recorded else {},
    )
    done = decide(definition, CaseState(), command, story.now)
    assert not isinstance(done, Refusal), [problem.text.zh for problem in done.problems]
    return replace(story, events=tuple(done))


def _finished(story: Story) -> Story:
    """People do what is left for people to do, in favour of the applicant."""
    for _ in range(8):
        acts = story.definition.procedure.acts
        state = story.state.state
        if story.definition.ended(story.state):
            return story
        if state == "received":
            story = story.do("clerk", next(act for act in ("accept", "file", "grant") if act in acts))
        elif state == "checking":  # done on a promise; what was promised is verified afterwards
            story = story.do("examiner", "find-kept", finding="属实", inspectors="甲、乙")
        elif state == "accepted" and "propose-visit" in acts:
            story = story.do("examiner", "propose-visit", day="2027-1-20", place="9点")
        elif state == "visit-proposed":  # only where the rules were asked not to act
            story = story.do("examiner", "set-visit")
        elif state == "visit-set":
            seen = {"result": "passed", "finding": "都对", "inspectors": "甲、乙"}
            story = story.do("examiner", "record-finding", **seen).do("examiner", "close-record")
        elif state == "accepted" and "consult" in acts:  # only where the rules were asked not to act
            story = story.do("examiner", "consult")
        elif state == "consulting":
            story = story.do("examiner", "give-opinion", result="passed", finding="符合")
            story = story if story.state.state != "consulting" else story.do("examiner", "views-in")
        elif state == "opinions-in":
            story = story.do("approver", "grant")
        elif state == "recorded":
            story = story.do("person", "sign-record").do("approver", "pass")
        elif state == "accepted" and "examine" in acts:
            story = story.do("examiner", "examine", opinion="符合")
        elif state in ("accepted", "examined"):
            story = story.do("approver", "grant")
        elif state == "granted":  # only where the rules were asked not to act
            story = story.do("approver", "issue")
        elif state == "asked" and "replace" in acts and story.state.facts["why"] == "lost":
            story = story.do("approver", "replace")  # only where the rules were asked not to act
        elif state == "asked" and "correct" in acts:
            says = {"now_says": "20"} if "now_says" in acts["correct"].says else {}
            story = story.do("approver", "correct", reasons="补录了", **says)
        elif state == "asked" and "end-record" in acts:
            story = story.do("approver", "end-record", finding="记错了")
        elif state == "asked":
            story = story.do("approver", "take-up")
        elif state == "taken-up" and "put-right" in acts:
            story = story.do("approver", "put-right", found="查错了人", measures="已提醒，已改正")
        elif state == "taken-up":
            story = story.do("approver", "change", changed="已改", reasons="记录有误")
        else:
            raise AssertionError(state)
    raise AssertionError("it never ends")


FAVOURABLE = [
    pytest.param(Run(slug, example), id=f"{slug}-{index}")
    for slug, service in SERVICES.items()
    for index, example in enumerate(service.examples)
    if example.then == "eligible"
]
DOUBTFUL = [
    pytest.param(Run(slug, example), id=f"{slug}-{index}")
    for slug, service in SERVICES.items()
    for index, example in enumerate(service.examples)
    if example.then in ("ask-official", "no")
]


@pytest.mark.parametrize("run", FAVOURABLE)
def test_who_is_entitled_and_complete_gets_the_result(run: Run) -> None:
    story = _finished(run.open())
    assert story.definition.procedure.states[story.state.state].end == "favourable"
    assert [event.type for event in story.events if event.issues or event.certificate == "replace"]
    assert all(event.letter.title.zh and event.letter.body.en for event in story.events if event.letter)


@pytest.mark.parametrize("run", FAVOURABLE)
def test_no_letter_keeps_an_unfilled_blank(run: Run) -> None:
    for event in _finished(run.open()).events:
        if event.letter:
            assert not set("{}") & set(event.letter.title.zh + event.letter.body.zh + event.letter.body.en)


@pytest.mark.parametrize("run", FAVOURABLE)
def test_instant_and_filing_matters_that_are_clear_need_no_official(run: Run) -> None:
    story = run.open()
    if story.definition.procedure.procedure in ("instant", "filing"):
        assert story.state.state == "issued"
        assert {event.by.kind for event in story.events[1:]} == {"rules"}
    elif story.definition.procedure.procedure == "informed-promise" or run.example.given.get("why") == "lost":
        assert [event.by.kind for event in story.events] == ["person", "rules"]  # a lost certificate is made out again
    else:
        assert len(story.events) == 1


def _recorded(service: Service, name: str) -> bool:
    """Whether a record could say this fact."""
    fact = service.facts.get(name)
    return fact is not None and fact.source is not None


@pytest.mark.parametrize("run", FAVOURABLE)
def test_what_no_record_bears_out_although_one_could_is_decided_by_a_person(run: Run) -> None:
    """A source that was down or declined: the application stands, and no rule grants it on the person's word alone."""
    story = run.open(recorded=False)
    alone = {name: value for name, value in run.example.given.items() if not _recorded(run.service, name)}
    found = assess(run.service, alone, run.example.on)
    # What no rule depends on (a name that is only written down) is not decided by whether a record has it.
    decisive = found.outcome != "eligible" or not found.fully_determined
    if story.definition.procedure.procedure in ("instant", "filing") and decisive:
        assert not story.definition.ended(story.state)
        assert _finished(story).definition.procedure.states[_finished(story).state.state].end == "favourable"


@pytest.mark.parametrize("run", FAVOURABLE)
def test_who_wants_only_people_gets_the_same_result_from_people_in_the_same_time(run: Run) -> None:
    by_people, plain = run.open(people_only=True), run.open()
    first = {one.clock.term: one.statutory.due for one in clocks.running(by_people.definition, by_people.state, NOW)}
    usual = {one.clock.term: one.statutory.due for one in clocks.running(plain.definition, plain.state, NOW)}
    assert first.items() <= usual.items() or not usual
    done = _finished(by_people)
    assert done.state.state == _finished(plain).state.state
    assert "rules" not in {event.by.kind for event in done.events}


@pytest.mark.parametrize("run", DOUBTFUL)
def test_rules_never_close_a_case_that_is_not_clearly_in_favour(run: Run) -> None:
    story = run.open()
    assert story.state.state in ("received", "accepted")
    assert not [event for event in story.events if event.decides]


@pytest.mark.parametrize("run", DOUBTFUL)
def test_a_refusal_hears_the_person_and_takes_a_second_official(run: Run) -> None:
    story = run.open()
    reasons = {"reasons": "不符合条件", "law": [run.service.law[0].id]}
    if story.state.state == "received" and "accept" in story.definition.procedure.acts:
        story = story.do("clerk", "accept")
    if "examine" in story.definition.procedure.acts:
        story = story.do("examiner", "examine", opinion="不符合")
    proposed = story.do("approver", "propose-refusal", **reasons)
    assert proposed.refused("second", "refuse", **reasons) == "act-not-possible"
    heard = proposed.do("person", "state-view", message="我不同意")
    assert heard.refused("approver", "refuse", **reasons) == "second-person"
    refused = heard.do("second", "refuse", **reasons)
    assert refused.state.state == "refused"
    letter = refused.events[-1].letter
    assert letter is not None
    assert "复议" in letter.body.zh


@pytest.mark.parametrize("run", FAVOURABLE)
def test_a_letter_says_so_when_the_rules_alone_decided(run: Run) -> None:
    """PIPL 24: the decision is transparent; where a person decided, the letter does not say otherwise."""
    story = _finished(run.open())
    decider = [event for event in story.events if event.decides][-1].by.kind
    letter = next(event.letter for event in reversed(story.events) if event.letter)
    assert (BY_RULES.zh in letter.body.zh) == (decider == "rules")
    assert (BY_RULES.en in letter.body.en) == (decider == "rules")


def test_silence_about_a_proposed_refusal_ends_after_three_working_days() -> None:
    run = _first("residence-permit")
    story = run.open().do("clerk", "accept").do("approver", "propose-refusal", reasons="…", law=["L6-2"])
    assert story.at(11, 6).wait().state.state == "refusal-proposed"
    assert story.at(11, 7).wait().state.state == "heard"


def _due(story: Story, term: str) -> date | None:
    running = {one.clock.term: one for one in clocks.running(story.definition, story.state, story.now)}
    moment = running[term].statutory.due
    return None if moment is None else moment.astimezone(ZONE).date()


def _first(slug: str) -> Run:
    example = next(one for one in SERVICES[slug].examples if one.then == "eligible" and one.on == NOW.date())
    return Run(slug, example)


@pytest.mark.parametrize(
    ("slug", "due"),
    [
        ("residence-permit", date(2026, 11, 18)),  # 15 calendar days from 3 November
        ("unemployment-benefit", date(2026, 11, 17)),  # 10 working days
        ("food-licence", date(2026, 11, 17)),  # 10 working days
        ("public-venue-hygiene", date(2026, 12, 1)),  # 20 working days
        ("construction-permit", date(2026, 11, 10)),  # 7 calendar days
        ("energy-saving-review", date(2026, 12, 1)),  # 20 working days
    ],
)
def test_the_statutory_day_is_the_one_counted_by_hand(slug: str, due: date) -> None:
    assert _due(_first(slug).open().do("clerk", "accept"), "decide") == due


def test_a_benefits_days_run_from_the_application_even_if_acceptance_comes_late() -> None:
    """社会保险经办条例 24: from receipt of the application, Tuesday 3 November."""
    assert _due(_first("unemployment-benefit").open().at(11, 9).do("clerk", "accept"), "decide") == date(2026, 11, 17)


def test_a_licences_days_run_from_acceptance() -> None:
    """行政许可法 42: from acceptance, here Monday 9 November."""
    assert _due(_first("food-licence").open().at(11, 9).do("clerk", "accept"), "decide") == date(2026, 11, 23)


def test_an_unanswered_licence_application_counts_from_the_day_it_arrived() -> None:
    """行政许可法 32④: five working days from 3 November pass on the 10th; the ten days still count from the 3rd."""
    waited = _first("food-licence").open().at(11, 11).wait()
    assert waited.state.state == "accepted"
    assert _due(waited, "decide") == date(2026, 11, 17)


def test_an_incomplete_application_is_not_accepted_until_completed_or_accepted_with_gaps() -> None:
    bare = _first("food-licence").open(complete=False)
    assert bare.refused("clerk", "accept") == "condition-not-met"
    gaps = bare.do("clerk", "accept-with-gaps", items=["layout"], until="2026-11-10")
    assert gaps.state.state == "accepted"


def test_a_paper_that_may_follow_does_not_hold_up_acceptance() -> None:
    story = _first("food-licence").open(complete=False)
    asked = story.do("clerk", "request-correction", items=["business-licence", "layout"], message="请补")
    done = asked.do("person", "supplement", documents={"business-licence": FILE, "layout": FILE})
    assert done.state.state == "accepted"


def test_a_person_is_made_public_only_where_the_law_gives_a_time_for_it() -> None:
    story = _first("unemployment-benefit").open().do("clerk", "accept").do("examiner", "examine", opinion="符合")
    assert story.refused("examiner", "publicise", place="社区", content="…") == "not-in-this-service"


def test_expert_review_stops_the_clock_and_its_days_are_given_back() -> None:
    story = _first("energy-saving-review").open().do("clerk", "accept")
    special = story.do("examiner", "start-special", kind="expert-review", until="2026-11-24", reasons="要机构评审")
    back = special.at(11, 10).do("examiner", "end-special", finding="通过")
    # the 20 days would have begun on 4 November; running again on the 10th, the 4th, 5th, 6th and 9th are not spent
    assert _due(back, "decide") == date(2026, 12, 7)
