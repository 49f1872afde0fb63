"""No small group can be worked out from what is shown: by subtraction, nor by any other sum of what is shown."""

from collections import defaultdict
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.oversight.protecting import shown

SMALL = 10
TABLES = ((), (0,), (1,), (2,), (0, 1))
"""The whole, by body, by service, by channel, by body and service."""

cells = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("stuv"), st.sampled_from("on")),
    st.one_of(st.integers(0, 12), st.integers(20, 400)),
    min_size=1,
    max_size=32,
)


def groups(counts: dict[tuple[str, ...], int], table: tuple[int, ...]) -> dict[tuple[str, ...], list[int]]:
    found: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for n, key in enumerate(counts):
        found[tuple(key[place] for place in table)].append(n)
    return dict(found)


def rank(rows: list[np.ndarray]) -> int:
    return int(np.linalg.matrix_rank(np.array(rows))) if rows else 0


@given(cells)
@settings(max_examples=60, deadline=None)
def test_no_small_group_is_a_sum_of_what_is_shown(counts: dict[tuple[str, str, str], int]):
    filled = {key: count for key, count in counts.items() if count}
    answer = shown(counts, TABLES, SMALL)

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


@given(cells)
@settings(max_examples=40, deadline=None)
def test_what_is_left_of_a_shown_whole_is_never_a_small_group(counts: dict[tuple[str, str, str], int]):
    answer = shown(counts, TABLES, SMALL)
    total = sum(counts.values())
    for table in TABLES[1:]:
        for key in answer[table]:
            size = sum(n for cell, n in counts.items() if tuple(cell[place] for place in table) == key)
            assert size >= SMALL
            assert not answer[()] or not 0 < total - size < SMALL


def test_everything_is_shown_where_no_group_is_small():
    counts = {(b, s, c): 50 for b in "abc" for s in "stu" for c in "on"}
    answer = shown(counts, TABLES, SMALL)
    assert [len(answer[table]) for table in TABLES] == [1, 3, 3, 2, 9]


def test_one_small_service_takes_a_second_number_with_it():
    counts = {("a", "s", "o"): 40, ("a", "t", "o"): 30, ("a", "u", "o"): 3}
    answer = shown(counts, TABLES, SMALL)
    assert ("u",) not in answer[(1,)]
    assert len(answer[(1,)]) < 2 or () not in answer[()]
