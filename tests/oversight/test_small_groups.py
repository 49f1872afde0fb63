"""No small group can be worked out from what is shown: by subtraction, nor by any other sum of what is shown."""

from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest
from attack import few
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.oversight.crowds import deciding, told
from tongban.oversight.showing import Population, Sum, shown, together

SMALL = 10
TABLES = ((), (0,), (1,), (2,), (0, 1))
"""The whole, by body, by service, by channel, by body and service."""

cells = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("stuv"), st.sampled_from("on")),
    st.one_of(st.integers(0, 12), st.integers(20, 400)),
    min_size=1,
    max_size=32,
)

ways = pytest.mark.parametrize("most", [10_000, 0], ids=["figure-after-figure", "all-at-once"])
"""Small and large months are decided in different ways, by the same rule."""


def groups(counts: dict[tuple[str, ...], int], table: tuple[int, ...]) -> dict[tuple[str, ...], list[int]]:
    found: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for n, key in enumerate(counts):
        found[tuple(key[place] for place in table)].append(n)
    return dict(found)


def rank(rows: list[np.ndarray]) -> int:
    return int(np.linalg.matrix_rank(np.array(rows))) if rows else 0


@ways
@given(cells)
@settings(max_examples=60, deadline=None)
def test_no_small_group_is_a_sum_of_what_is_shown(most: int, counts: dict[tuple[str, str, str], int]):
    filled = {key: count for key, count in counts.items() if count}
    answer = shown(counts, TABLES, SMALL, most)

    def row(members: list[int]) -> np.ndarray:
        made = np.zeros(len(filled))
        made[members] = 1
        return made

    published = [row(groups(filled, table)[key]) for table in TABLES for key in sorted(answer[table])]
    sizes = list(filled.values())
    tables = [table for most in range(4) for table in combinations(range(3), most)]
    for table in tables:
        for members in groups(filled, table).values():
            if 0 < sum(sizes[n] for n in members) < SMALL:
                assert not published or rank([*published, row(members)]) > rank(published)


@ways
@given(cells)
@settings(max_examples=40, deadline=None)
def test_what_is_left_of_a_shown_whole_is_never_a_small_group(most: int, counts: dict[tuple[str, str, str], int]):
    answer = shown(counts, TABLES, SMALL, most)
    total = sum(counts.values())
    for table in TABLES[1:]:
        for key in answer[table]:
            size = sum(n for cell, n in counts.items() if tuple(cell[place] for place in table) == key)
            assert size >= SMALL
            assert not answer[()] or not 0 < total - size < SMALL


@ways
def test_everything_is_shown_where_no_group_is_small(most: int):
    counts = {(b, s, c): 50 for b in "abc" for s in "stu" for c in "on"}
    answer = shown(counts, TABLES, SMALL, most)
    assert [len(answer[table]) for table in TABLES] == [1, 3, 3, 2, 9]


@ways
def test_one_small_service_takes_a_second_number_with_it(most: int):
    counts = {("a", "s", "o"): 40, ("a", "t", "o"): 30, ("a", "u", "o"): 3}
    answer = shown(counts, TABLES, SMALL, most)
    assert ("u",) not in answer[(1,)]
    assert len(answer[(1,)]) < 2 or () not in answer[()]


POPULATIONS = (
    ((1, 1, 1), (1, 1, 0), (1, 0, 0)),  # one within the other: submitted, answered, answered by a time the law gives
    ((1, 1, 0), (1, 0, 0), (0, 1, 0)),  # two months: what one has and the other has not
    ((1, 2, 0), (1, 1, 0), (1, 0, 1)),  # a case that is counted twice
)


@ways
@given(
    st.sampled_from(POPULATIONS),
    st.lists(st.one_of(st.integers(0, 12), st.integers(20, 90)), min_size=12, max_size=12),
    st.sampled_from(("ab-st", "abcd-s")),
)
@settings(max_examples=60, deadline=None)
def test_nobody_can_count_out_a_few_of_any_kind_with_all_that_is_shown(
    most: int, marks: tuple[tuple[int, ...], ...], counts: list[int], kinds: str
):
    """Every set of cells whatever is tried, not only groups that have a name."""
    bodies, services = kinds.split("-")
    keys = [((body, service), times) for body in bodies for service in services for times in marks]
    filled = {key: count for key, count in zip(keys, counts, strict=False) if count}
    tables = ((), (0,), (1,), (0, 1))
    populations = [Population(place, (0, 1), tables) for place in range(3)]
    answer = together(filled, populations, SMALL, most=most)
    told = [
        [times[n] if tuple(key[at] for at in table) == group else 0 for key, times in filled]
        for n, found in enumerate(answer)
        for table, groups in found.items()
        for group in groups
    ]
    assert not few(told, list(filled.values()), SMALL)


@ways
def test_what_one_count_has_and_another_has_not_is_not_shown(most: int):
    """37 of 40 were answered, and both numbers would tell of three who were not."""
    whole = Population(0, (0,), ((), (0,)))
    answered = Population(1, (0,), ((), (0,)))
    found = together({(("a",), (1, 1)): 37, (("a",), (1, 0)): 3}, (whole, answered), SMALL, most=most)
    assert found[0][()] and not found[1][()]


@ways
def test_what_the_months_before_have_told_counts_too(most: int):
    """All who asked since the beginning, less all who were answered, are those who wait still: three."""
    submitted, answered = (Population(place, (0,), ((),)) for place in (0, 1))
    cells = {
        (("a",), (0, 0, 1, 1)): 27,  # submitted and answered before
        (("a",), (0, 1, 1, 0)): 13,  # submitted before, answered now
        (("a",), (1, 1, 0, 0)): 27,
        (("a",), (1, 0, 0, 0)): 3,
    }
    before = [Sum(2, (), ()), Sum(3, (), ())]
    first = together(cells, (submitted, answered), SMALL, most=most)
    assert first[0][()] and first[1][()], "of this month alone both say nothing of the three"
    second = together(cells, (submitted, answered), SMALL, before, most)
    assert second[0][()] and not second[1][()]


def test_where_it_cannot_be_worked_out_exactly_or_in_time_nothing_more_is_shown(monkeypatch: pytest.MonkeyPatch):
    counts = {(b, s): 50 if b == s else 4 for b in "abcd" for s in "abcd"}
    tables = ((), (0,), (1,), (0, 1))
    assert any(shown(counts, tables, SMALL, 0).values())
    with monkeypatch.context() as patch:
        patch.setattr(deciding, "_ROUNDS", 0)
        assert not any(shown(counts, tables, SMALL, 0).values())
    monkeypatch.setattr(told, "_EXACT", 0.0)
    assert not any(shown(counts, tables, SMALL, 0).values())
