"""Hot spots: many people writing about one thing in different words; proposed, for a person to merge or to split.

Texts are compared only where they share rare runs of two or three characters (names of places, of the thing itself),
so that the work grows with how much there is in common and not with the square of how many there are. Groups then grow
by average likeness, the likeliest pair first (Sokal & Michener 1958); a pair that was never compared counts as unlike.
No accuracy is claimed for hot spots: two teams of people agree on them only in part. What officials merge and split
is kept and is applied to every later proposal.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongban.assist.routing.folding import tight
from tongban.assist.routing.grams import Counted, runs, said

ALIKE = 0.12
"""Average cosine from which on two groups are one."""
SMALLEST = 3
_TITLE = 40
"""Characters of the opening, which count once more: people say first what it is about."""
_SIGNATURE, _RARE = 16, 200
"""Runs by which a text is found, and how many texts may share one of them."""
_FEW = 500
"""Fewer texts than this do not show what is common in the language: runs are weighed as if there were so many."""
_LOOKS = 4_000_000
"""About how many pairs are looked at: among many texts each meets only the latest that share a run."""
_FAINT = 0.08
"""A likeness below this counts as none: it could not hold a group together."""
_SHARED = 3
"""Runs of their signatures that two texts must share to be compared."""


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A group of texts by their numbers, the most typical first, and the runs they have in common."""

    members: tuple[int, ...]
    words: tuple[str, ...]


def hot_spots(
    texts: Sequence[str],
    *,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
    smallest: int = SMALLEST,
) -> list[HotSpot]:
    """Groups of at least `smallest`, the largest first. `together` and `apart` are pairs that a person has put so:
    the first are joined whatever their words, the second never meet in one group."""
    if not texts:
        return []
    vectors = _weighed(texts)
    near = _likeness(vectors, _compared(vectors))
    found = _grown(len(texts), near, together, apart)
    spots = [_spot(texts, vectors, near, group) for group in found if len(group) >= smallest]
    return sorted(spots, key=lambda spot: (-len(spot.members), spot.members))


@dataclass(frozen=True, slots=True)
class _Weighed:
    """CSR rows of length one; `keys` of the columns, `having` is in how many texts each stands."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    keys: NDArray[np.int64]
    having: NDArray[np.int64]

    def row(self, n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        part = slice(int(self.starts[n]), int(self.starts[n + 1]))
        return self.columns[part], self.values[part]


def _weighed(texts: Sequence[str]) -> _Weighed:
    plain = [tight(text) for text in texts]
    counted = _of_two_and_three(runs([text + text[:_TITLE] for text in plain], 3))
    keys, columns, having = np.unique(counted.keys, return_inverse=True, return_counts=True)
    values = (1 + np.log(counted.counts)) * np.log((max(len(texts), _FEW) + 1) / having[columns])
    length = np.sqrt(np.bincount(counted.rows, values * values, minlength=len(texts)))
    values = values / np.maximum(length[counted.rows], 1e-12)
    starts = np.searchsorted(counted.rows, np.arange(len(texts) + 1)).astype(np.int64)
    return _Weighed(starts, columns.astype(np.int64), values, keys, having.astype(np.int64))


def _of_two_and_three(counted: Counted) -> Counted:
    long = counted.keys >= 1 << 21
    return Counted(counted.rows[long], counted.keys[long], counted.counts[long])


def _compared(vectors: _Weighed) -> list[tuple[int, int]]:
    """Pairs that share enough of what is rare about them."""
    by_run: dict[int, list[int]] = defaultdict(list)
    pairs: dict[tuple[int, int], int] = defaultdict(int)
    texts = len(vectors.starts) - 1
    reach = max(10, min(_RARE, _LOOKS // (max(texts, 1) * _SIGNATURE)))
    for n in range(texts):
        columns, values = vectors.row(n)
        rare = (vectors.having[columns] > 1) & (vectors.having[columns] <= _RARE)
        chosen = columns[rare][np.argsort(-values[rare], kind="stable")[:_SIGNATURE]]
        for run in chosen.tolist():
            for other in by_run[run][-reach:]:
                pairs[other, n] += 1
            by_run[run].append(n)
    return [pair for pair, shared in pairs.items() if shared >= _SHARED]


def _likeness(vectors: _Weighed, compared: Sequence[tuple[int, int]]) -> dict[tuple[int, int], float]:
    """Cosines of the compared pairs."""
    found: dict[tuple[int, int], float] = {}
    scratch = np.zeros(len(vectors.keys))
    by_first: dict[int, list[int]] = defaultdict(list)
    for i, j in compared:
        by_first[i].append(j)
    for i, others in by_first.items():
        columns, values = vectors.row(i)
        scratch[columns] = values
        for j in others:
            theirs, weights = vectors.row(j)
            alike = float(scratch[theirs] @ weights)
            if alike >= _FAINT:
                found[i, j] = alike
        scratch[columns] = 0.0
    return found


def _grown(
    count: int,
    near: dict[tuple[int, int], float],
    together: Iterable[tuple[int, int]],
    apart: Iterable[tuple[int, int]],
) -> list[list[int]]:
    members: dict[int, list[int]] = {n: [n] for n in range(count)}
    links: dict[int, dict[int, float]] = defaultdict(dict)
    never: dict[int, set[int]] = defaultdict(set)
    home = list(range(count))
    for (i, j), alike in near.items():
        links[i][j] = links[j][i] = alike
    for i, j in apart:
        never[i].add(j)
        never[j].add(i)

    def join(a: int, b: int) -> None:
        for other, alike in links.pop(b, {}).items():
            del links[other][b]
            if other != a:
                links[a][other] = links[other][a] = links[a].get(other, 0.0) + alike
        for other in never.pop(b, set()):
            never[other].discard(b)
            never[other].add(a)
            never[a].add(other)
        for n in members[b]:
            home[n] = a
        members[a] += members.pop(b)

    for i, j in together:
        if home[i] != home[j]:
            join(home[i], home[j])
    heap = [
        (-alike / (len(members[a]) * len(members[b])), a, b) for a in links for b, alike in links[a].items() if a < b
    ]
    heapq.heapify(heap)
    while heap:
        alike, a, b = heapq.heappop(heap)
        if -alike < ALIKE:
            break
        if a not in members or b not in members or b in never[a]:
            continue
        if -alike != _average(links, members, a, b):
            continue  # one of them has grown since; its newer entry is in the heap
        join(a, b)
        for other in links[a]:
            heapq.heappush(heap, (-_average(links, members, a, other), min(a, other), max(a, other)))
    return list(members.values())


def _average(links: dict[int, dict[int, float]], members: dict[int, list[int]], a: int, b: int) -> float:
    return links[a].get(b, 0.0) / (len(members[a]) * len(members[b]))


def _spot(texts: Sequence[str], vectors: _Weighed, near: dict[tuple[int, int], float], group: Sequence[int]) -> HotSpot:
    """The group, whoever is likest to the others first, with the words that most of them share."""
    inside = sorted(group)
    fond = dict.fromkeys(inside, 0.0)
    for at, i in enumerate(inside):
        for j in inside[at + 1 :]:
            alike = near.get((i, j), 0.0)
            fond[i] += alike
            fond[j] += alike
    order = sorted(inside, key=lambda n: (-fond[n], n))
    having: dict[int, int] = defaultdict(int)
    for n in inside:
        for column in vectors.row(n)[0].tolist():
            having[column] += 1
    common = [said(int(vectors.keys[column])) for column, times in having.items() if 2 * times > len(inside)]
    return HotSpot(tuple(order), _words(tight(texts[order[0]]), common))


def _words(text: str, common: Sequence[str]) -> tuple[str, ...]:
    """The longest stretches of the most typical text that most of the others share, in the order they stand in it."""
    shared = [False] * (len(text) + 1)
    for run in common:
        at = text.find(run)
        while at >= 0:
            shared[at : at + len(run)] = [True] * len(run)
            at = text.find(run, at + 1)
    found: list[str] = []
    start = 0
    for at, inside in enumerate(shared):
        if not inside:
            found.append(text[start:at])
            start = at + 1
    longest = sorted((one for one in found if len(one) > 1), key=len, reverse=True)[:3]
    return tuple(one for one in dict.fromkeys(found) if one in longest)
