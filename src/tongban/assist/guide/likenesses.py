"""Sayings that a question nearly says: 营业执照烂了 is near 营业执照丢了. They count less than sayings that it says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Generic, TypeVar

import numpy as np

from tongban.assist.guide.reading import Reading, Span
from tongban.catalog.grams import Grams, terms

T = TypeVar("T")

SHORTEST = 3
"""Characters of a saying that can be said nearly: of two, half is one."""
LEAST = 0.35
"""The share of its pairs, by rarity, that the question must have."""
COUNTS = 0.7
"""What a saying that is nearly said counts against one that is."""
MOST = 5
APART = 0.3
"""What a pair with one character in between counts."""


class Likenesses(Generic[T]):
    """An index over sayings by their pairs of characters."""

    def __init__(self, sayings: Mapping[str, T]) -> None:
        self._sayings = [(said, target) for said, target in sayings.items() if len(said) >= SHORTEST]
        self._grams = Grams(([(said, 1.0)] for said, _ in self._sayings), combine="most")
        held = np.diff(self._grams.starts)
        size = max(len(self._sayings), 1)
        self._idf = np.log(1 + (size - held + 0.5) / (held + 0.5)).astype(np.float32)
        self._whole = np.array([self._worth(said) for said, _ in self._sayings], dtype=np.float32)

    def _worth(self, said: str) -> float:
        pairs = [term for term in dict.fromkeys(terms(said)) if len(term) > 1]
        return sum(float(self._idf[row]) for _, row in self._grams.known(pairs)) or 1.0

    def added(self, reading: Reading[T]) -> Reading[T]:
        """The reading with what is nearly said beside what is said; spans of no length, for no one place says it."""
        if not self._sayings:
            return reading
        atoms, glued = reading.atoms, reading.glued
        pairs = {atoms[at - 2] + atoms[at]: APART for at in range(2, len(atoms)) if glued[at] and glued[at - 1]}
        pairs |= {atoms[at - 1] + atoms[at]: 1.0 for at in range(1, len(atoms)) if glued[at]}
        shares = np.zeros(len(self._sayings), dtype=np.float32)
        for pair, row in self._grams.known(list(pairs)):
            shares[self._grams.of(row)[0]] += self._idf[row] * np.float32(pairs[pair])
        shares /= self._whole
        said = {span.said for span in reading.spans}
        near = np.flatnonzero((shares >= LEAST) & (shares < 0.99))
        near = near[np.argsort(-shares[near], kind="stable")]
        found: list[Span[T]] = []
        for key in map(int, near):
            words, target = self._sayings[key]
            if words not in said and len(found) < MOST:
                found.append(Span(0, 0, words, target, float(shares[key]) * COUNTS))
        return replace(reading, spans=(*reading.spans, *found))
