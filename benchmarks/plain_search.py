"""Finding an item for somebody's own words: BM25 over Chinese characters, singly and in pairs.

Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), over characters and pairs of
neighbours instead of words, which needs no dictionary and does better on short item names. A whole alias or name is a
term of its own, so that citizens' words which a department wrote down win over chance likeness.
"""

import heapq
import math
import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

K1 = 1.2
B = 0.75
LONGEST_PHRASE = 24
LONGEST_QUERY = 200

_RUN = re.compile(r"[a-z0-9]+|[㐀-鿿豈-﫿]+")
_ASCII = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Found:
    """One document found. `coverage` is the share of the query's pairs and words that it has: a guide that sees a low
    score and a low coverage should say that it does not know."""

    key: int
    score: float
    coverage: float
    matched: tuple[str, ...]


def runs(text: str) -> Iterator[str]:
    """The stretches of text that count: Chinese characters, and words of Latin letters and digits."""
    return (match.group() for match in _RUN.finditer(unicodedata.normalize("NFKC", text).lower()))


def terms(text: str) -> Iterator[str]:
    """Characters, pairs of neighbours, and Latin words."""
    for run in runs(text):
        if _ASCII.match(run):
            yield run
        else:
            yield from run
            yield from (run[i : i + 2] for i in range(len(run) - 1))


class Index:
    """An index of documents, each several fields with a weight. Built once, never changed.

    documents   for each, pairs of (text, weight)
    phrases     for each, whole aliases and names
    """

    def __init__(self, documents: Iterable[Iterable[tuple[str, float]]], phrases: Iterable[Iterable[str]]) -> None:
        posted: dict[str, tuple[array[int], array[float]]] = {}
        lengths = array("d")
        for key, (fields, whole) in enumerate(zip(documents, phrases, strict=True)):
            counts: dict[str, float] = {}
            for text, weight in fields:
                for term in terms(text):
                    counts[term] = counts.get(term, 0.0) + weight
            lengths.append(sum(counts.values()))
            for phrase in whole:
                joined = "".join(runs(phrase))
                if 1 < len(joined) <= LONGEST_PHRASE:
                    counts[f"={joined}"] = 4.0
            for term, count in counts.items():
                keys, values = posted.setdefault(term, (array("I"), array("d")))
                keys.append(key)
                values.append(count)
        self.size = len(lengths)
        self._postings: dict[str, tuple[array[int], array[float]]] = posted
        self._weigh(lengths)

    def _weigh(self, lengths: "array[float]") -> None:
        """Turns counts into what each adds to a score, so that a query only sums."""
        mean = (sum(lengths) / self.size) if self.size else 1.0
        norms = [K1 * (1 - B + B * length / mean) if mean else K1 for length in lengths]
        for keys, values in self._postings.values():
            idf = math.log(1 + (self.size - len(keys) + 0.5) / (len(keys) + 0.5))
            for i, key in enumerate(keys):
                values[i] = idf * values[i] * (K1 + 1) / (values[i] + norms[key])

    def search(self, query: str, limit: int = 20, only: "frozenset[int] | None" = None) -> list[Found]:
        """The best `limit` documents, the best first; `only` these if given. An empty query finds nothing."""
        asked = list(dict.fromkeys(terms(query[:LONGEST_QUERY])))
        pairs = [term for term in asked if len(term) > 1]
        scores: dict[int, float] = {}
        known = [term for term in (*asked, *self._phrases(query[:LONGEST_QUERY])) if term in self._postings]
        # rare terms first; a character that half the catalogue has may only add to what is already found
        known.sort(key=lambda term: len(self._postings[term][0]))
        for term in known:
            keys, values = self._postings[term]
            if scores and len(keys) > 2_000 and len(keys) * 20 > self.size:
                for key, value in zip(keys, values, strict=True):
                    if key in scores:
                        scores[key] += value
            else:
                for key, value in zip(keys, values, strict=True):
                    scores[key] = scores.get(key, 0.0) + value
        kept = scores.items() if only is None else ((k, s) for k, s in scores.items() if k in only)
        best = heapq.nsmallest(limit, kept, key=lambda pair: (-pair[1], pair[0]))
        return [self._found(key, score, query[:LONGEST_QUERY], pairs or asked) for key, score in best]

    def _phrases(self, query: str) -> Iterator[str]:
        joined = "".join(runs(query))
        for start in range(len(joined)):
            for end in range(start + 2, min(len(joined), start + LONGEST_PHRASE) + 1):
                yield f"={joined[start:end]}"

    def _found(self, key: int, score: float, query: str, asked: list[str]) -> Found:
        held = [term for term in asked if self._has(term, key)]
        return Found(key, round(score, 4), len(held) / len(asked) if asked else 0.0, tuple(self._words(query, key)))

    def _words(self, query: str, key: int) -> Iterator[str]:
        """The longest stretches of the query all of whose pairs the document has."""
        for run in runs(query):
            if _ASCII.match(run):
                if self._has(run, key):
                    yield run
                continue
            start = 0
            for end in range(1, len(run) + 1):
                if end < len(run) and self._has(run[end - 1 : end + 1], key):
                    continue
                if end - start > 1 or self._has(run[start], key):
                    yield run[start:end]
                start = end

    def _has(self, term: str, key: int) -> bool:
        posting = self._postings.get(term)
        if posting is None:
            return False
        keys = posting[0]
        low, high = 0, len(keys)
        while low < high:
            middle = (low + high) // 2
            if keys[middle] < key:
                low = middle + 1
            else:
                high = middle
        return low < len(keys) and keys[low] == key
