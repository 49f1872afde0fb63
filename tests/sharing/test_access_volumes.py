"""A post's volume is held against its own days and those of like posts, with figures that can be worked out by hand."""

from datetime import date, timedelta

from tongban.sharing.access.watching import baseline, judged

TODAY = date(2026, 11, 25)
Day = tuple[str, str, date, int]


def like(post: str) -> str:
    return post.rpartition(".")[2]


def days(post: str, counts: list[int], last: int) -> list[Day]:
    """Counts on the days before the last week, and one yesterday."""
    before = [("b", post, TODAY - timedelta(days=10 + n), count) for n, count in enumerate(counts)]
    return [*before, ("b", post, TODAY - timedelta(days=1), last)]


def test_median_mad_and_limit_are_those_of_the_book() -> None:
    found = baseline([8, 10, 12, 14, 40])
    assert found is not None
    assert (found.days, found.median, found.mad, found.limit) == (5, 12.0, 2.0, 20)


def test_a_day_far_above_ones_own_and_like_posts_is_marked_and_comes_first() -> None:
    usual = days("x.examiner", [12, 14, 13, 12, 15], 14)
    many = days("y.examiner", [12, 13, 12, 14, 13], 90)
    first, second = judged([*usual, *many], TODAY, like)
    assert (first.post, first.above_own, first.above_peers) == ("y.examiner", True, True)
    assert (second.above_own, second.above_peers) == (False, False)


def test_who_always_opens_many_is_seen_by_comparison_with_like_posts() -> None:
    always = days("y.examiner", [90, 91, 92, 90, 91], 91)
    (found, _) = judged([*always, *days("x.examiner", [12, 14, 13, 12, 15], 14)], TODAY, like)
    assert (found.post, found.above_own, found.above_peers) == ("y.examiner", False, True)


def test_too_few_days_say_nothing_and_few_people_are_never_many() -> None:
    assert baseline([1, 2, 3, 4]) is None
    (found,) = judged(days("x.examiner", [1, 1, 1, 1, 1], 10), TODAY, like)
    assert not found.above_own
