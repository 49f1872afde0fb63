"""Clock abuse: what each index counts, when a body stands out, and that planted patterns are found."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.oversight.abuse import INDICES, Finding, History, Step, What, judge
from tongban.oversight.abuse.generate import PATTERNS, County, histories, planted
from tongban.oversight.abuse.judging import Count, expected, standing_out, tail

BY_ID = {index.id: index for index in INDICES}
MONDAY = datetime(2026, 9, 7, 2, tzinfo=UTC)
DUE = MONDAY + timedelta(days=20)


def case(*steps: Step, number: str = "1", refiled: datetime | None = None) -> History:
    return History(number, "b", "s", steps, refiled)


def step(what: What, days: float = 0, *, ground: str = "", text: str = "", adverse: bool = False) -> Step:
    return Step(what, MONDAY + timedelta(days=days), MONDAY, DUE, ground=ground, text=text, adverse=adverse)


def hits(index: str, *cases: History) -> list[bool]:
    return [hit for _, hit in BY_ID[index].counted(cases)]


@pytest.fixture(scope="module")
def found() -> list[Finding]:
    return judge(histories(101, County(planted=planted())), INDICES)


def test_every_planted_pattern_is_found_with_its_cases_and_few_honest_bodies_are_remarked_on(found: list[Finding]):
    where = planted()
    assert {one.index for one in found if where.get(one.body) == one.index} == set(PATTERNS)
    honest = {one.body for one in found if one.body not in where}
    assert len(honest) <= 0.05 * (60 - len(where))
    assert all(one.hits == len(one.behind) <= one.cases for one in found)


def test_a_finding_says_in_one_sentence_how_many_against_how_many_elsewhere(found: list[Finding]):
    one = next(one for one in found if one.index == "last-hour")
    said = one.sentence(BY_ID[one.index])
    for text in (said.zh, said.en):
        assert str(one.hits) in text
        assert str(one.cases) in text
        assert str(one.peers) in text


def test_the_order_of_the_cases_changes_nothing(found: list[Finding]):
    cases = list(histories(101, County(planted=planted())))
    assert judge(reversed(cases), INDICES) == found


def test_each_index_says_its_formula_its_law_and_from_which_share_on_it_speaks():
    for index in INDICES:
        assert index.formula.zh
        assert index.formula.en
        assert re.fullmatch(r"行政许可法第\d+条", index.law.zh), "act and article"
        assert index.law.en.startswith("Administrative Licensing Law, article ")
        assert 0 < index.least < 1
    assert {index.id for index in INDICES} == set(PATTERNS)


def test_a_correction_in_the_middle_of_the_time_is_not_late_and_one_on_the_last_day_is():
    assert hits("late-corrections", case(step(What.CORRECTION, 5))) == [False]
    assert hits("late-corrections", case(step(What.CORRECTION, 19.5))) == [True]


def test_what_is_overdue_already_is_not_called_just_before_the_due_date():
    assert hits("pauses-near-the-end", case(step(What.PAUSED, 21, ground="hearing"))) == [False]


def test_a_pause_without_ground_or_twice_on_one_ground_or_of_sixty_days_counts():
    told = step(What.REGISTERED)
    one, again = step(What.PAUSED, 2, ground="hearing"), step(What.PAUSED, 9, ground="hearing")
    other = step(What.PAUSED, 9, ground="inspection")
    on = step(What.RESUMED, 5), step(What.RESUMED, 12)
    assert hits("pauses-without-ground", case(told, one, on[0], other, on[1])) == [False]
    assert hits("pauses-without-ground", case(told, one, on[0], again, on[1])) == [True]
    assert hits("pauses-without-ground", case(told, step(What.PAUSED, 2), on[0])) == [True]
    assert hits("pauses-without-ground", case(told, one, step(What.RESUMED, 80))) == [True]


def test_a_withdrawal_counts_only_near_the_end_and_handed_in_again_soon():
    late, early = step(What.WITHDRAWN, 19.5), step(What.WITHDRAWN, 3)
    soon, much_later = MONDAY + timedelta(days=22), MONDAY + timedelta(days=60)
    assert hits("withdrawn-and-refiled", case(late, refiled=soon)) == [True]
    assert hits("withdrawn-and-refiled", case(late, refiled=much_later)) == [False]
    assert hits("withdrawn-and-refiled", case(late)) == [False]
    assert hits("withdrawn-and-refiled", case(early, refiled=MONDAY + timedelta(days=5))) == [False]


def test_a_decision_without_an_opening_of_the_file_on_record_is_not_called_rushed():
    decided = step(What.DECIDED, 4)
    quick = Step(What.LOOKED, decided.at - timedelta(seconds=9))
    assert hits("rushed", case(decided)) == []
    assert hits("rushed", case(quick, decided)) == [True]
    assert hits("rushed", case(step(What.LOOKED, 1), quick, decided)) == [False]


def test_five_refusals_with_one_text_are_copied_and_four_are_not():
    refused = [case(step(What.DECIDED, 4, text="same", adverse=True), number=str(n)) for n in range(5)]
    assert hits("copied-reasons", *refused[:4]) == [False] * 4
    assert hits("copied-reasons", *refused) == [True] * 5


def test_the_last_two_weekdays_of_a_month_are_its_end():
    def on(day: int) -> History:
        return case(Step(What.DECIDED, datetime(2026, 10, day, 2, tzinfo=UTC)))

    assert hits("month-end", on(28), on(29), on(30)) == [False, True, True]  # the 31st is a Saturday


def test_few_cases_are_no_finding_however_bad_they_look():
    index = BY_ID["last-hour"]
    counts = {("s", f"b{n}"): Count(50, 1, ("x",)) for n in range(10)} | {("s", "small"): Count(2, 2, ("y", "z"))}
    assert standing_out(index, counts) == []


def test_with_fewer_than_three_peers_nobody_is_compared():
    assert expected(BY_ID["last-hour"], [Count(50, 1, ())] * 2) is None


def test_small_counts_in_many_services_are_looked_at_together():
    index = BY_ID["last-hour"]
    counts = {(f"s{k}", f"b{n}"): Count(20, 0, ()) for k in range(8) for n in range(10)}
    counts |= {(f"s{k}", "bad"): Count(6, 2, (f"{k}-1", f"{k}-2")) for k in range(8)}
    assert [(one.body, one.service, len(one.behind)) for one in standing_out(index, counts)] == [("bad", "", 16)]


@given(st.integers(0, 30), st.integers(0, 30), st.floats(0.1, 20), st.floats(0.1, 20))
def test_the_chance_of_more_hits_is_never_greater_than_that_of_fewer(hits: int, more: int, a: float, b: float):
    cases = hits + more
    chances = [tail(n, cases, a, b) for n in range(cases + 1)]
    assert abs(chances[0] - 1) < 1e-9
    assert all(after <= before + 1e-12 for before, after in pairwise(chances))
