"""Facts as an official reads them, and two readings of one fact with the characters that differ."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any, assert_never

from tongban.base.i18n import Text
from tongban.catalog.model import Fact, FactType, Words

RegionName = Callable[[str], Text | None]


def both(value: Words) -> Text:
    """A file's words in both languages; plain words stand for both."""
    return value if isinstance(value, Text) else Text(value, value)


def said(fact: Fact, value: Any, region: RegionName) -> Text:
    """A value in words: the name of a choice or a region, a date as people say it, a number with its unit."""
    match fact.type:
        case FactType.BOOLEAN:
            return Text("是", "Yes") if value in (True, "true") else Text("否", "No")
        case FactType.ENUM:
            names = {choice.value: choice.name for choice in fact.choices}
            return both(names.get(str(value), str(value)))
        case FactType.REGION:
            return region(str(value)) or both(str(value))
        case FactType.DATE:
            return _day(value)
        case FactType.INTEGER | FactType.NUMBER | FactType.MONEY:
            return both(f"{value}{fact.unit or ('元' if fact.type is FactType.MONEY else '')}")
        case (
            FactType.TEXT
            | FactType.LONG_TEXT
            | FactType.ID_NUMBER
            | FactType.USCC
            | FactType.PHONE
            | FactType.BANK_ACCOUNT
        ):
            return both(str(value))
        case _:
            assert_never(fact.type)


def _day(value: Any) -> Text:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return both(str(value))
    return Text(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


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
