"""What must hold of every term, whatever happens to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tongban.terms import (
    Calendar,
    Direction,
    Ended,
    Entry,
    Extended,
    HandedOver,
    Paused,
    Resumed,
    Span,
    Started,
    State,
    TermRule,
    Unit,
    assess,
    split,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = Calendar.china()
BASE = datetime(2026, 1, 5, 9, 30, tzinfo=SHANGHAI)
MINUTES_A_YEAR = 365 * 24 * 60

unhurried = settings(max_examples=100, deadline=None)
"""A slow machine is not a wrong date."""

moments = st.integers(0, MINUTES_A_YEAR).map(lambda m: BASE + timedelta(minutes=m))
day_spans = st.builds(Span, st.integers(1, 60), st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY]))
clock_spans = st.builds(Span, st.integers(1, 400), st.sampled_from([Unit.HOUR, Unit.MINUTE]))
month_spans = st.builds(Span, st.integers(1, 14), st.just(Unit.MONTH)) | st.just(Span(1, Unit.YEAR))
spans = day_spans | clock_spans | month_spans | st.just(Span(0, Unit.ON_THE_SPOT))


def rules(of: st.SearchStrategy[Span]) -> st.SearchStrategy[TermRule]:
    return st.builds(
        TermRule,
        name=st.just("test"),
        span=of,
        law=st.just("演示"),
        rolls=st.booleans(),
        end_of_day=st.sampled_from([time(23, 59, 59), time(17, 30)]),
    )


@st.composite
def stops(draw: st.DrawFn, start: datetime) -> list[Entry]:
    """Closed pauses after ``start``, overlapping as they please."""
    entries: list[Entry] = []
    for n in range(draw(st.integers(0, 4))):
        since = start + timedelta(minutes=draw(st.integers(0, 60 * 24 * 60)))
        until = since + timedelta(minutes=draw(st.integers(0, 20 * 24 * 60)))
        entries += [Paused(since, "testing", id=str(n)), Resumed(until, str(n))]
    return entries


def ordered(start: datetime, entries: Sequence[Entry]) -> list[Entry]:
    return [Started(start, holder="first"), *sorted(entries, key=lambda e: e.at)]


@st.composite
def ledgers(draw: st.DrawFn) -> list[Entry]:
    start = draw(moments)
    return ordered(start, draw(stops(start)))


@unhurried
@given(rules(spans), ledgers(), moments)
def test_replaying_a_ledger_gives_the_same_dates(rule: TermRule, ledger: list[Entry], at: datetime) -> None:
    known = [e for e in ledger if e.at <= at]
    assert assess(rule, ledger, CHINA, SHANGHAI, at) == assess(rule, known, CHINA, SHANGHAI, at)
    assert assess(rule, ledger, CHINA, SHANGHAI) == assess(rule, list(ledger), Calendar.china(), SHANGHAI)


@unhurried
@given(rules(spans), st.data())
def test_a_pause_never_brings_a_date_forward(rule: TermRule, data: st.DataObject) -> None:
    start = data.draw(moments)
    first, second = data.draw(stops(start)), data.draw(stops(start))
    second = [
        replace(e, id=f"more{e.id}") if isinstance(e, Paused) else Resumed(e.at, f"more{e.ground}")
        for e in second
        if isinstance(e, Paused | Resumed)
    ]
    fewer = assess(rule, ordered(start, first), CHINA, SHANGHAI).due
    more = assess(rule, ordered(start, [*first, *second]), CHINA, SHANGHAI).due
    assert fewer is not None
    assert more is not None
    assert more >= fewer


@unhurried
@given(rules(spans), moments, st.lists(st.integers(0, 40 * 24 * 60), min_size=4, max_size=4))
def test_overlapping_pauses_count_once(rule: TermRule, start: datetime, offsets: list[int]) -> None:
    a, b, c, d = (start + timedelta(minutes=m) for m in sorted(offsets))
    twice = ordered(start, [Paused(a, "testing"), Paused(b, "hearing"), Resumed(c, "testing"), Resumed(d, "hearing")])
    once = ordered(start, [Paused(a, "testing"), Resumed(d, "testing")])
    both, single = assess(rule, twice, CHINA, SHANGHAI, d), assess(rule, once, CHINA, SHANGHAI, d)
    assert (both.due, both.consumed) == (single.due, single.consumed)
    assert [(s.since, s.until) for s in both.paused_spans] == [(a, d)]


@unhurried
@given(rules(spans), ledgers(), moments)
def test_consumed_and_left_make_the_budget_until_it_expires(rule: TermRule, ledger: list[Entry], at: datetime) -> None:
    assume(at >= ledger[0].at)
    standing = assess(rule, ledger, CHINA, SHANGHAI, at)
    if standing.state is not State.OVERDUE:
        assert standing.consumed + standing.left == standing.budget
        assert standing.overrun == 0
    else:
        assert standing.left == 0
        assert standing.consumed == standing.budget + standing.overrun


@unhurried
@given(rules(day_spans | clock_spans), ledgers())
def test_the_last_day_is_left_until_its_end_and_nothing_after(rule: TermRule, ledger: list[Entry]) -> None:
    due = assess(replace(rule, rolls=False), ledger, CHINA, SHANGHAI).due
    assert due is not None
    final = assess(replace(rule, rolls=False), ledger, CHINA, SHANGHAI, due)
    after = assess(replace(rule, rolls=False), ledger, CHINA, SHANGHAI, due + timedelta(seconds=1))
    assert final.state is State.RUNNING
    assert final.left == (1 if final.unit is not Unit.MINUTE else 0)
    assert (after.state, after.left) == (State.OVERDUE, 0)


@unhurried
@given(rules(spans), st.data())
def test_the_shares_of_all_holders_add_up_to_what_was_consumed(rule: TermRule, data: st.DataObject) -> None:
    start = data.draw(moments)
    hand_overs: list[Entry] = [
        HandedOver(start + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 60))), holder)
        for holder in data.draw(st.lists(st.sampled_from(["first", "second", "third"]), max_size=4))
    ]
    ledger = ordered(start, [*data.draw(stops(start)), *hand_overs])
    at = start + timedelta(minutes=data.draw(st.integers(0, 120 * 24 * 60)))
    shares = split(rule, ledger, CHINA, SHANGHAI, at)
    assert sum(shares.values()) == assess(rule, ledger, CHINA, SHANGHAI, at).consumed
    assert all(share >= 0 for share in shares.values())


@unhurried
@given(rules(spans), ledgers(), st.integers(1, 30))
def test_an_extension_never_makes_a_date_earlier(rule: TermRule, ledger: list[Entry], amount: int) -> None:
    assume(rule.span.unit is not Unit.ON_THE_SPOT)
    longer = [ledger[0], Extended(ledger[0].at, Span(amount, rule.span.unit), "head"), *ledger[1:]]
    before, after = assess(rule, ledger, CHINA, SHANGHAI), assess(rule, longer, CHINA, SHANGHAI)
    assert before.due is not None
    assert after.due is not None
    assert after.due >= before.due
    assert after.budget > before.budget


@unhurried
@given(rules(day_spans | clock_spans), moments, moments, st.data())
def test_a_later_start_is_never_due_earlier(
    rule: TermRule, one: datetime, other: datetime, data: st.DataObject
) -> None:
    early, late = sorted((one, other))
    pauses = data.draw(stops(late))
    first = assess(rule, ordered(early, pauses), CHINA, SHANGHAI).due
    second = assess(rule, ordered(late, pauses), CHINA, SHANGHAI).due
    assert first is not None
    assert second is not None
    assert first <= second


@unhurried
@given(rules(spans), moments, moments)
def test_a_later_start_is_never_due_earlier_in_months_either(rule: TermRule, one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    first = assess(rule, [Started(early)], CHINA, SHANGHAI).due
    second = assess(rule, [Started(late)], CHINA, SHANGHAI).due
    assert first is not None
    assert second is not None
    assert first <= second


def walked(rule: TermRule, ledger: Sequence[Entry]) -> datetime:
    """The due moment found by walking day by day, asking of each day's end whether the clock runs."""
    start = ledger[0].at.astimezone(SHANGHAI).date()
    pauses = [
        (p.at, next(r.at for r in ledger if isinstance(r, Resumed) and r.ground == p.id))
        for p in ledger
        if isinstance(p, Paused)
    ]

    def ends(day: date) -> datetime:
        return datetime.combine(day, rule.end_of_day, SHANGHAI)

    def running(day: date) -> bool:
        return not any(since.replace(microsecond=0) <= ends(day) < until for since, until in pauses)

    day, need = start, rule.span.amount
    while need:
        day += timedelta(1)
        countable = rule.span.unit is Unit.CALENDAR_DAY or CHINA.is_working(day)
        need -= countable and running(day)
    while rule.span.unit is Unit.CALENDAR_DAY and rule.rolls and not (CHINA.is_working(day) and running(day)):
        day += timedelta(1)
    return ends(day)


@unhurried
@given(rules(day_spans), ledgers())
def test_the_closed_form_agrees_with_walking_every_day(rule: TermRule, ledger: list[Entry]) -> None:
    assert assess(rule, ledger, CHINA, SHANGHAI).due == walked(rule, ledger)


@unhurried
@given(rules(spans), ledgers(), moments)
def test_every_standing_explains_itself_in_one_sentence(rule: TermRule, ledger: list[Entry], at: datetime) -> None:
    standing = assess(rule, ledger, CHINA, SHANGHAI, at)
    zh, en = standing.explain("zh"), standing.explain("en")
    assert zh.endswith("。")
    assert zh.count("。") == 1
    assert en.endswith(".")
    assert "\n" not in zh + en


@unhurried
@given(rules(spans), ledgers(), moments)
def test_an_ended_term_no_longer_changes(rule: TermRule, ledger: list[Entry], later: datetime) -> None:
    end = max(e.at for e in ledger)
    closed = [*ledger, Ended(end)]
    then = assess(rule, closed, CHINA, SHANGHAI, end)
    now = assess(rule, closed, CHINA, SHANGHAI, max(end, later) + timedelta(days=400))
    assert (then.state, then.consumed, then.due) == (now.state, now.consumed, now.due)


@unhurried
@given(
    st.builds(Span, st.integers(1, 40), st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH])),
    moments,
    st.integers(0, 120),
)
def test_counting_back_lands_on_a_working_day_before_the_event(span: Span, known: datetime, days: int) -> None:
    rule = TermRule("back", span, "演示", direction=Direction.BACKWARD)
    event = known + timedelta(days=days)
    standing = assess(rule, [Started(known, event)], CHINA, SHANGHAI)
    assert standing.due is not None
    assert standing.due.date() < event.date()
    assert CHINA.is_working(standing.due.date())
    if not standing.overdue_at(known):
        assert standing.consumed + standing.left == standing.budget
