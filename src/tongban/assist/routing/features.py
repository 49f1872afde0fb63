"""Texts as weighed features: how often a run or word stands in a text, against in how many texts it stands at all.

Each block of features is scaled to length one for itself, so that a long letter does not drown its opening. Weights are
1 + ln(count) times ln((N - n + ½) / (n + ½)), of N texts in which n have it (Robertson & Spärck Jones 1976).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongban.assist.routing.folding import tight
from tongban.assist.routing.grams import BLOCKS, OPENING, Block, Counted, Keys, Words, runs

WEIGHTS: Mapping[Block, float] = {"chars": 1.0, "opening": 0.6, "words": 1.0}
LONGEST: Mapping[Block, int] = {"chars": 2, "opening": 3, "words": 2}
TEXTS: Mapping[Block, int] = {"chars": 1, "opening": 2, "words": 2}
"""In how many texts a feature must stand to be kept. Two characters tell nothing about anybody, in one text or many;
three, or a word, could be a name: no such run that is one person's alone is in a model."""
COMMON = 0.1
"""The least that a feature weighs, however many texts have it."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Space:
    """Which features count and what each weighs: keys in order, for each block."""

    words: Words
    keys: Mapping[Block, Keys]
    weights: Mapping[Block, Floats]

    @property
    def size(self) -> int:
        """How many features there are."""
        return sum(map(len, self.keys.values()))


@dataclass(frozen=True, slots=True)
class Vectors:
    """Weighed features, text by text (CSR): text i has `columns[starts[i]:starts[i + 1]]` with these `values`."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: Floats
    known: Floats
    """Share of each text's runs of characters that the space knows."""

    def __len__(self) -> int:
        return len(self.starts) - 1


Counts = Mapping[Block, Counted]


def count(texts: Sequence[str], words: Words) -> Counts:
    """What stands in each text, block by block."""
    plain = [tight(text) for text in texts]
    found: dict[Block, Counted] = {
        "chars": runs(plain, LONGEST["chars"]),
        "opening": runs([text[:OPENING] for text in plain], LONGEST["opening"]),
    }
    if words.known:
        found["words"] = words.counted(texts)
    return found


def learn(counts: Counts, words: Words, chosen: NDArray[np.bool_]) -> Space:
    """The features that enough of the chosen texts have, with their weights."""
    keys: dict[Block, Keys] = {}
    weights: dict[Block, Floats] = {}
    texts = int(chosen.sum())
    for block, counted in counts.items():
        found, having = np.unique(counted.keys[chosen[counted.rows]], return_counts=True)
        kept = having >= TEXTS[block]
        n = having[kept].astype(np.float64)
        keys[block] = found[kept]
        weights[block] = np.maximum(np.log((texts - n + 0.5) / (n + 0.5)), COMMON).astype(np.float32)
    return Space(words, keys, weights)


def weigh(space: Space, counts: Counts, texts: int) -> Vectors:
    """Every text in the terms of a space."""
    rows: list[NDArray[np.int32]] = []
    columns: list[NDArray[np.int64]] = []
    values: list[Floats] = []
    known = np.zeros(texts, dtype=np.float32)
    offset = 0
    for block in BLOCKS:
        if block not in space.keys:
            continue
        keys = space.keys[block]
        if block in counts and len(keys):
            counted = counts[block]
            at = np.minimum(np.searchsorted(keys, counted.keys), len(keys) - 1)
            hit = keys[at] == counted.keys
            row, column = counted.rows[hit], at[hit]
            value = (1 + np.log(counted.counts[hit])) * space.weights[block][column]
            length = np.sqrt(np.bincount(row, value * value, minlength=texts))
            rows.append(row)
            columns.append(column + offset)
            values.append((value * (WEIGHTS[block] / length[row])).astype(np.float32))
            if block == "chars":
                every = np.bincount(counted.rows, minlength=texts)
                known = (np.bincount(row, minlength=texts) / np.maximum(every, 1)).astype(np.float32)
        offset += len(keys)
    row = np.concatenate([np.zeros(0, dtype=np.int32), *rows])
    order = np.argsort(row, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=texts))]).astype(np.int64)
    column = np.concatenate([np.zeros(0, dtype=np.int64), *columns])[order].astype(np.int32)
    return Vectors(starts, column, np.concatenate([np.zeros(0, dtype=np.float32), *values])[order], known)
