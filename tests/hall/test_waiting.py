"""An estimate of waiting is a span that says how little is known."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.hall.waiting import FEWEST, estimate

TIMES = st.lists(st.floats(0.5, 60), min_size=FEWEST, max_size=20)


@given(times=st.lists(st.floats(0.5, 60), max_size=FEWEST - 1), ahead=st.integers(0, 50))
@settings(max_examples=25)
def test_with_too_few_services_nothing_is_said(times: list[float], ahead: int) -> None:
    assert estimate(times, ahead, 3) is None and estimate([5.0] * FEWEST, ahead, 0) is None


@given(times=TIMES, ahead=st.integers(0, 50), windows=st.integers(1, 6))
@settings(max_examples=40)
def test_more_people_before_one_never_shorten_the_longest_wait(times: list[float], ahead: int, windows: int) -> None:
    span, more = estimate(times, ahead, windows), estimate(times, ahead + 1, windows)
    assert span and more and 0 <= span.least <= span.most and more.most >= (span.most if ahead else 0)
