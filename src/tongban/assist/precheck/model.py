"""What a paper looks like once read: lines with their places, then fields, then how each stands to what was declared.

Everything on a paper is data. Nothing here is ever an instruction to anybody: a line can only become the value of a
field of the paper file, or nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from tongban.assist.model import Box
from tongban.base.i18n import Text


class _Value(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    pass


class Line(_Value, frozen=True):
    """A run of words on a page.

    box         as shares of the page
    start, end  height of the middle at the left and at the right end: a photo is never quite straight
    height, em  of the letters: as a share of the page's height, and as one of its width
    confidence  0 to 1; 1 for a text layer
    edges       where each character begins and the last one ends, as shares of the page's width; empty where not known
    overlaid    something else lies on it, so that one may not see what the text says
    """

    text: str
    page: int
    box: Box
    start: float
    end: float
    height: float
    em: float
    confidence: float = 1.0
    edges: tuple[float, ...] = ()
    overlaid: bool = False


class Sheet(_Value, frozen=True):
    """One page as read. `red` are the places that are red as a stamp is."""

    lines: tuple[Line, ...]
    source: Literal["text", "picture", "nothing"]
    red: tuple[Box, ...] = ()


class Unread(StrEnum):
    """Why a file, or a part of it, was not read. A person looks at it."""

    NO_OCR = "no-ocr"
    KIND = "kind"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    LOCKED = "locked"
    EMPTY = "empty"
    MORE_PAGES = "more-pages"


class Reading(_Value, frozen=True):
    """A whole file as read. `pages` counts all, `sheets` are those that were read, `unread` why others were not."""

    pages: int
    sheets: tuple[Sheet, ...] = ()
    unread: Unread | None = None


class Doubt(StrEnum):
    """Why a value is not to be relied on: 请人工核对."""

    STAMPED = "stamped"
    FAINT = "faint"
    SEVERAL = "several"
    CHECK_DIGIT = "check-digit"
    UNFINISHED = "unfinished"
    OVERLAID = "overlaid"
    ODD_CHARACTERS = "odd-characters"
    NOT_FOUND = "not-found"
    ANOTHER_WRITING = "another-writing"
    MORE_PAGES = "more-pages"


class Part(_Value, frozen=True):
    """A stretch of a value that stands on one line; `edges` as for lines."""

    text: str
    page: int
    box: Box
    edges: tuple[float, ...] = ()


class Found(_Value, frozen=True):
    """A field of the paper file as it stands on the paper. Without parts it was not found."""

    field: str
    text: str
    parts: tuple[Part, ...]
    confidence: float
    doubts: tuple[Doubt, ...] = ()


class Extracted(_Value, frozen=True):
    """All that is kept of a paper: its kind and its fields. `paper` is empty where it is none of those expected."""

    document: str
    paper: str
    version: str = ""
    fields: tuple[Found, ...] = ()
    unread: Unread | None = None


class Outcome(StrEnum):
    """How a paper stands to what was declared, worst first."""

    DIFFERS = "differs"
    LOOK = "look"
    AGREES = "agrees"


class Checked(_Value, frozen=True):
    """One fact beside the paper."""

    fact: str
    field: str
    document: str
    material: str
    paper: Text
    label: Text
    text: str
    outcome: Outcome
    doubts: tuple[Doubt, ...] = ()
    parts: tuple[Part, ...] = ()
    confidence: float = 0.0
