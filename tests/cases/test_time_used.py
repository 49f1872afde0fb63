"""Of a decided case its row keeps how much of its time was used: what later cases are compared with."""

from case_world import Story

from tongban.cases.model import Attachment
from tongban.cases.projections import CaseRow, project

PLAN = {"plan": [Attachment("990101-a", "plan.pdf", "application/pdf", 10, "00")]}


def row(story: Story) -> CaseRow:
    return project(story.definition, story.state, story.events).row


def accepted(story: Story) -> Story:
    asked = story.open().do("clerk", "request-correction", items=["plan"], message="请补草图")
    return asked.do("person", "supplement", documents=PLAN)


def granted(story: Story, month: int, day: int) -> CaseRow:
    examined = accepted(story).do("examiner", "examine", opinion="好")
    return row(examined.at(month, day).do("approver", "grant"))


def test_a_case_decided_in_time_has_used_part_of_the_longest_term_that_the_authority_owed(story: Story) -> None:
    found = granted(story, 11, 17)
    assert not found.open
    assert found.term == "decide", "not the five days of acceptance"
    assert found.used is not None
    assert 0.4 < found.used < 0.6


def test_a_case_decided_late_has_used_more_than_all_of_it(story: Story) -> None:
    used = granted(story, 12, 20).used
    assert used is not None
    assert used > 1


def test_an_open_case_has_used_none_yet_and_says_which_term_its_date_is_of(story: Story) -> None:
    found = row(accepted(story))
    assert (found.used, found.term) == (None, "decide")
    assert found.term_at is not None
    assert found.legal_at is not None
    assert found.term_at < found.legal_at


def test_a_case_that_nobody_decided_tells_nothing_of_the_time_a_decision_takes(story: Story) -> None:
    found = row(accepted(story).do("person", "withdraw"))
    assert not found.open
    assert found.used is None
