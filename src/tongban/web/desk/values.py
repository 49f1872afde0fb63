"""Facts as an official reads them, and two readings of one fact with the characters that differ."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from tongban.web.words import RegionName, both, said

__all__ = ["Pair", "Piece", "RegionName", "both", "compare", "said", "same"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `differs` when the other reading has something else here."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two readings of one thing, cut where they part."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]


def compare(left: str, right: str) -> Pair:
    """Cut two texts into what they share and what differs. A number differs whole: 8 and 18, not 8 and 1·8."""
    a, b = _words(left), _words(right)
    found = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return Pair(
        tuple(Piece("".join(a[i:j]), tag != "equal") for tag, i, j, _, _ in found if i < j),
        tuple(Piece("".join(b[i:j]), tag != "equal") for tag, _, _, i, j in found if i < j),
    )


def _words(text: str) -> list[str]:
    return list(_cut(text[:500]))


def _cut(text: str) -> Iterator[str]:
    """Single characters, except that the digits and Latin letters of one run stay together."""
    run = ""
    for character in text:
        if character.isascii() and character.isalnum():
            run += character
            continue
        if run:
            yield run
            run = ""
        yield character
    if run:
        yield run


def same(left: str, right: str) -> bool:
    """Whether two readings mean the same: spaces and the width of characters do not count."""

    def plain(text: str) -> str:
        return "".join(unicodedata.normalize("NFKC", text).split()).casefold()

    return plain(left) == plain(right)
