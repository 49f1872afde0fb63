"""Texts as numbers: runs of one to three characters, the same runs of the opening, and words where a text has them.

A run of characters is one 63-bit number (21 bits a character), so that counting, looking up and saving a vocabulary are
sorted arrays and nothing else. Every digit is read as 0: what the trainer keeps of a text holds nobody's number.
Folding keeps the length of a text, so that a run can be pointed at in the words somebody wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tongban.assist.routing.folding import fold

Keys = NDArray[np.int64]
Block = Literal["chars", "opening", "words"]
BLOCKS: tuple[Block, ...] = ("chars", "opening", "words")
OPENING = 25
"""Characters of the opening: people begin with what it is about, and forms put the subject there."""

_BITS = 21


def segmented(texts: Iterable[str]) -> bool:
    """Whether these texts come cut into words: at most four characters between two spaces, in half of them."""
    cut = [len(words) * 4 >= sum(map(len, words)) for words in map(str.split, texts) if words]
    return sum(cut) * 2 > len(cut)


@dataclass(frozen=True, slots=True)
class Counted:
    """Keys in texts, row by row: `rows[i]` holds `keys[i]` `counts[i]` times. Sorted by row, then key."""

    rows: NDArray[np.int32]
    keys: Keys
    counts: NDArray[np.int32]


def runs(texts: Sequence[str], longest: int) -> Counted:
    """Runs of 1 to `longest` (at most 3) characters in each text, which is folded and tight already."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    row = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
    parts: list[Counted] = []
    key = codes
    for size in range(1, longest + 1):
        if size > 1:
            key = (key[:-1] << _BITS) | codes[size - 1 :]
        whole = row[: len(key)] == row[size - 1 :] if len(key) else np.zeros(0, dtype=bool)
        parts.append(_counted(row[: len(key)][whole], key[whole]))
    return _joined(parts)


def said(key: int) -> str:
    """The characters of a run."""
    text = ""
    while key:
        text = chr(key & ((1 << _BITS) - 1)) + text
        key >>= _BITS
    return text


class Words:
    """Words by number; neighbours are a pair of numbers. Unknown words have none, nor has a pair with one."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        self._known = {word: n for n, word in enumerate(known, start=1)}

    @property
    def known(self) -> list[str]:
        """In the order of their numbers."""
        return list(self._known)

    def learn(self, texts: Iterable[str]) -> None:
        """Give every word that at least two of the texts use a number."""
        seen: dict[str, int] = {}
        for text in texts:
            for word in set(fold(text).split()):
                seen[word] = seen.get(word, 0) + 1
        self._known = {word: n for n, word in enumerate(sorted(w for w, times in seen.items() if times > 1), start=1)}

    def counted(self, texts: Sequence[str]) -> Counted:
        """Words and neighbouring pairs in each text."""
        find = self._known.get
        rows: list[NDArray[np.int32]] = []
        keys: list[Keys] = []
        for n, text in enumerate(texts):
            ids = np.array([find(word, 0) for word in fold(text).split()], dtype=np.int64)
            pairs = (ids[:-1] << 32) | ids[1:]
            both = np.concatenate([ids[ids > 0], pairs[(ids[:-1] > 0) & (ids[1:] > 0)]])
            keys.append(both)
            rows.append(np.full(len(both), n, dtype=np.int32))
        none = np.zeros(0, dtype=np.int64)
        return _counted(np.concatenate([none.astype(np.int32), *rows]), np.concatenate([none, *keys]))


def _counted(rows: NDArray[np.int32], keys: Keys) -> Counted:
    order = np.lexsort((keys, rows))
    rows, keys = rows[order], keys[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1])
    at = np.flatnonzero(first)
    counts = np.diff(np.append(at, len(keys))).astype(np.int32)
    return Counted(rows[at], keys[at], counts)


def _joined(parts: Sequence[Counted]) -> Counted:
    rows = np.concatenate([part.rows for part in parts])
    order = np.argsort(rows, kind="stable")
    return Counted(
        rows[order],
        np.concatenate([part.keys for part in parts])[order],
        np.concatenate([part.counts for part in parts])[order],
    )
