"""Near duplicates by MinHash: which texts are almost the same, without comparing each with each.

Sixty-four smallest hashes stand for the set of a text's runs of up to three characters (Broder 1997); texts that agree
in a whole band of four are compared in full. A pair as alike as .8 is missed about twice in ten thousand times, one as
alike as .6 about once in ten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tongban.assist.routing.folding import tight
from tongban.assist.routing.grams import Counted, runs

ALIKE = 0.8
"""Share of runs in common (Jaccard) from which on two texts say the same."""
_HASHES, _BAND, _SALT = 64, 4, 20260101
_FULLEST = 200
"""A band that more texts share is a form everybody fills in; each is compared with its neighbours only."""


def pairs(texts: Sequence[str], alike: float = ALIKE) -> Iterator[tuple[int, int, float]]:
    """Pairs (i < j) of near duplicates with how alike they are, in order."""
    counted = runs([tight(text) for text in texts], 3)
    starts = np.searchsorted(counted.rows, np.arange(len(texts) + 1))
    found = sorted(set(_candidates(counted, starts)))
    # sets of numbers, for texts are short: numpy's own takes five times as long on a hundred of them
    held = {n: frozenset(counted.keys[starts[n] : starts[n + 1]].tolist()) for n in {n for pair in found for n in pair}}
    for i, j in found:
        one, other = held[i], held[j]
        both = len(one & other)
        share = both / (len(one) + len(other) - both)
        if share >= alike:
            yield i, j, share


def groups(texts: Sequence[str], alike: float = ALIKE) -> list[int]:
    """For each text the number of the first text of its group: itself, where nothing before says the same."""
    first = list(range(len(texts)))
    for i, j, _ in pairs(texts, alike):
        a, b = _root(first, i), _root(first, j)
        first[max(a, b)] = min(a, b)
    return [_root(first, n) for n in range(len(texts))]


def _root(first: list[int], n: int) -> int:
    while first[n] != n:
        first[n] = first[first[n]]
        n = first[n]
    return n


def _candidates(counted: Counted, starts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    filled = np.flatnonzero(np.diff(starts))
    if len(filled) < 2:
        return
    chance = np.random.default_rng(_SALT)
    keys = _mixed(counted.keys.astype(np.uint64))
    smallest = np.empty((_HASHES, len(filled)), dtype=np.uint64)
    for n, salt in enumerate(chance.integers(0, 2**63, size=_HASHES, dtype=np.int64)):
        smallest[n] = np.minimum.reduceat(_mixed(keys ^ np.uint64(salt)), starts[:-1][filled])
    for start in range(0, _HASHES, _BAND):
        buckets: dict[bytes, list[int]] = defaultdict(list)
        band = np.ascontiguousarray(smallest[start : start + _BAND].T)
        for row, text in zip(band, filled.tolist(), strict=True):
            buckets[row.tobytes()].append(text)
        for bucket in buckets.values():
            reach = len(bucket) if len(bucket) <= _FULLEST else 2
            for at, one in enumerate(bucket):
                yield from ((one, other) for other in bucket[at + 1 : at + reach])


def _mixed(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A hash of each number (the finaliser of SplitMix64, Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def beside(text: str, texts: Sequence[str], alike: float) -> list[tuple[int, float]]:
    """Which of many texts one text is near, with how near: one against all, which is fast enough for a month's."""
    counted = runs([tight(one) for one in (text, *texts)], 3)
    starts = np.searchsorted(counted.rows, np.arange(len(texts) + 2))
    mine = counted.keys[: starts[1]]
    both = np.bincount(counted.rows[np.isin(counted.keys, mine)], minlength=len(texts) + 1)[1:]
    sizes = np.diff(starts)
    share = both / np.maximum(sizes[0] + sizes[1:] - both, 1)
    return [(int(n), float(share[n])) for n in np.flatnonzero(share >= alike)]
