"""Finding an item for somebody's own words: BM25 over Chinese characters, singly and in pairs.

Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), over characters and pairs of
neighbours instead of words, which needs no dictionary and does better on short item names. A whole alias or name is a
term of its own, so that citizens' words which a department wrote down win over chance likeness.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from tongban.catalog.grams import Grams, is_latin, runs, terms

K1 = 1.2
B = 0.75
LONGEST_PHRASE = 24
LONGEST_QUERY = 200
PHRASE = 4.0
COMMON = 2_000
"""A term of more documents than this, and of more than one in twenty, only adds to what rarer ones have found."""


@dataclass(frozen=True, slots=True)
class Found:
    """One document found. `coverage` is the share of the query's pairs and words that it has: a guide that sees a low
    score and a low coverage should say that it does not know."""

    key: int
    score: float
    coverage: float
    matched: tuple[str, ...]


class Index:
    """An index of documents, each several fields with a weight. Built once, never changed.

    documents   for each, pairs of (text, weight)
    phrases     for each, whole aliases and names
    """

    def __init__(self, documents: Iterable[Iterable[tuple[str, float]]], phrases: Iterable[Iterable[str]]) -> None:
        whole = ([(f"={joined}", PHRASE) for joined in _joined(some)] for some in phrases)
        self._grams = Grams(documents, whole)
        self.size = self._grams.size
        self._weigh()

    def _weigh(self) -> None:
        """Turns counts into what each adds to a score, so that a query only sums."""
        grams = self._grams
        rows = grams.rows
        lengths = np.bincount(grams.keys, weights=grams.values, minlength=max(self.size, 1))
        mean = float(lengths.mean()) or 1.0
        norms = K1 * (1 - B + B * lengths / mean)
        held = np.diff(grams.starts)
        idf = np.log(1 + (self.size - held + 0.5) / (held + 0.5))
        counts = grams.values
        grams.values = (idf[rows] * counts * (K1 + 1) / (counts + norms[grams.keys])).astype(np.float32)

    def search(self, query: str, limit: int = 20, only: "frozenset[int] | None" = None) -> list[Found]:
        """The best `limit` documents, the best first; `only` these if given. An empty query finds nothing."""
        cut = query[:LONGEST_QUERY]
        asked = list(dict.fromkeys(terms(cut)))
        scores = self._scores([*asked, *self._phrases(cut)])
        if only is not None:
            kept = np.zeros(self.size, dtype=bool)
            kept[[key for key in only if key < self.size]] = True
            scores = np.where(kept, scores, 0)
        held = np.flatnonzero(scores)
        if len(held) > limit:
            held = held[scores[held] >= np.partition(scores[held], -limit)[-limit]]
        best = held[np.lexsort((held, -scores[held]))][:limit]
        pairs = [term for term in asked if len(term) > 1]
        return [self._found(int(key), float(scores[key]), cut, pairs or asked) for key in best]

    def _scores(self, wanted: Iterable[str]) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
        scores = np.zeros(self.size, dtype=np.float32)
        found = [self._grams.of(row) for _, row in self._grams.known(list(wanted))]
        found.sort(key=lambda posting: len(posting[0]))
        for keys, values in found:
            if len(keys) > COMMON and len(keys) * 20 > self.size:
                values = np.where(scores[keys] > 0, values, 0)
            scores[keys] += values
        return scores

    def _phrases(self, query: str) -> Iterator[str]:
        joined = "".join(runs(query))
        for start in range(len(joined)):
            for end in range(start + 2, min(len(joined), start + LONGEST_PHRASE) + 1):
                yield f"={joined[start:end]}"

    def _found(self, key: int, score: float, query: str, asked: list[str]) -> Found:
        held = [term for term in asked if self._grams.has(term, key)]
        return Found(key, round(score, 4), len(held) / len(asked) if asked else 0.0, tuple(self._words(query, key)))

    def _words(self, query: str, key: int) -> Iterator[str]:
        """The longest stretches of the query all of whose pairs the document has."""
        for run in runs(query):
            if is_latin(run):
                if self._grams.has(run, key):
                    yield run
                continue
            start = 0
            for end in range(1, len(run) + 1):
                if end < len(run) and self._grams.has(run[end - 1 : end + 1], key):
                    continue
                if end - start > 1 or self._grams.has(run[start], key):
                    yield run[start:end]
                start = end


def _joined(phrases: Iterable[str]) -> Iterator[str]:
    for phrase in phrases:
        joined = "".join(runs(phrase))
        if 1 < len(joined) <= LONGEST_PHRASE:
            yield joined
