"""A use that does harm is narrowed by itself, one step; it is widened by nobody but a person."""

from hypothesis import given
from hypothesis import strategies as st

from tongban.assist.watch.doubling import drawn, own_view_first, seconds_needed
from tongban.assist.watch.narrowing import Autonomy, Figure, Verdict, judge, narrower, narrowing, strictest, widened
from tongban.assist.watch.statistics import Rate
from tongban.catalog.model import Level
from tongban.catalog.watching import Limit, Measure, Owes, Reading, Watch

WATCH = Watch(
    limits=(Limit(measure=Measure.DECLINED, at_most=0.3), Limit(measure=Measure.TOO_FAST, at_most=0.1)),
    owes=Owes(level=Level.PROVINCE, body="service-centre"),
)


def figure(hits: int, of: int, measure: Measure = Measure.DECLINED) -> Figure:
    rate = Rate(hits, of)
    return Figure(measure=measure, value=rate.share, low=rate.interval.low, high=rate.interval.high, of=of)


FIGURES = st.builds(
    lambda of, share, measure: figure(int(of * share), of, measure),
    st.integers(0, 500),
    st.floats(0, 1),
    st.sampled_from([Measure.DECLINED, Measure.TOO_FAST, Measure.BLIND]),
)


def test_a_limit_passed_beyond_doubt_takes_the_use_one_step_down() -> None:
    found = narrowing(WATCH, Autonomy.ON, [judge(WATCH, figure(60, 100))])
    assert found is not None
    assert found[0] is Autonomy.SECOND_LOOK
    assert found[1].verdict is Verdict.PASSED


def test_a_figure_that_chance_explains_is_watched_and_narrows_nothing() -> None:
    seen = judge(WATCH, figure(12, 36))
    assert seen.verdict is Verdict.WATCHED
    assert narrowing(WATCH, Autonomy.ON, [seen]) is None


def test_too_few_cases_say_nothing_however_bad() -> None:
    seen = judge(WATCH, figure(29, 29))
    assert seen.verdict is Verdict.TOO_FEW
    assert narrowing(WATCH, Autonomy.ON, [seen]) is None


def test_a_measure_without_a_limit_is_shown_and_narrows_nothing() -> None:
    seen = judge(WATCH, figure(90, 100, Measure.BLIND))
    assert seen.verdict is Verdict.UNLIMITED
    assert narrowing(WATCH, Autonomy.ON, [seen]) is None


def test_what_is_named_as_the_reason_is_the_limit_passed_furthest() -> None:
    seen = [judge(WATCH, figure(45, 100)), judge(WATCH, figure(90, 100, Measure.TOO_FAST))]
    found = narrowing(WATCH, Autonomy.ON, seen)
    assert found is not None
    assert found[1].figure.measure is Measure.TOO_FAST


@given(st.sampled_from(list(Autonomy)), st.lists(FIGURES, max_size=5))
def test_by_itself_a_use_only_ever_goes_down_and_only_one_step(level: Autonomy, figures: list[Figure]) -> None:
    found = narrowing(WATCH, level, [judge(WATCH, one) for one in figures])
    if found is not None:
        assert found[0] is narrower(WATCH, level)
        assert not widened(WATCH, level, found[0])
    assert narrowing(WATCH, Autonomy.OFF, [judge(WATCH, one) for one in figures]) is None


def test_a_use_without_a_middle_level_goes_straight_off() -> None:
    plain = Watch(limits=WATCH.limits, owes=WATCH.owes, levels=("on", "off"))
    assert narrower(plain, Autonomy.ON) is Autonomy.OFF
    assert not widened(plain, Autonomy.OFF, Autonomy.SECOND_LOOK)


def test_a_county_inside_a_narrowed_province_is_narrowed_too() -> None:
    assert strictest([Autonomy.ON, Autonomy.SECOND_LOOK]) is Autonomy.SECOND_LOOK
    assert strictest([]) is Autonomy.ON


def test_about_the_share_laid_down_is_handled_blind() -> None:
    found = sum(drawn(b"salt", f"suggestion-{n}", 0.05) for n in range(20_000))
    assert 850 <= found <= 1150


@given(st.text(min_size=1), st.floats(0, 1))
def test_which_suggestion_is_handled_blind_is_the_same_on_every_reading(suggestion: str, share: float) -> None:
    assert drawn(b"salt", suggestion, share) is drawn(b"salt", suggestion, share)
    assert not drawn(b"salt", suggestion, 0)
    assert drawn(b"salt", suggestion, 1)


def test_nobody_without_the_secret_can_tell_which_suggestion_is_handled_blind() -> None:
    same = sum(drawn(b"one", f"s{n}", 0.5) == drawn(b"other", f"s{n}", 0.5) for n in range(2000))
    assert 850 <= same <= 1150


def test_on_the_middle_level_every_suggestion_waits_for_the_officials_own_view() -> None:
    assert all(own_view_first(WATCH, Autonomy.SECOND_LOOK, b"salt", f"s{n}") for n in range(50))


def test_four_hundred_characters_are_not_read_in_two_seconds() -> None:
    assert seconds_needed(Reading(), 400) > 20
    assert seconds_needed(Reading(), 3) == 2
