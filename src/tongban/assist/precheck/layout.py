"""Words on a page in the order in which an eye takes them: what stands to the right, what goes on below."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tongban.assist.model import Box
from tongban.assist.precheck.model import Line, Part

LABELLED: Final = re.compile(r"^[^:：]{2,14}[:：]")
"""What looks like the label of something, known or not."""
_LEVEL: Final = 0.7
"""How far from one another, in heights of a letter, the middles of neighbours may be."""
_FAR: Final = 14.0
"""Widest gap between a label and its value, in heights."""
_OVERLAP: Final = 1.3
"""How far, in heights, two boxes beside one another may overlap: a reader's boxes are not cut at the letter."""
_BETWEEN: Final = 3.0
"""Widest gap inside a value."""


@dataclass(frozen=True)
class Words:
    """A line without blanks and in one width; `at` is the place in the line's text of each character."""

    line: Line
    squeezed: str
    at: tuple[int, ...]
    gaps: frozenset[int]
    """Places before which there was a blank."""

    @classmethod
    def of(cls, line: Line) -> Words:
        squeezed: list[str] = []
        at: list[int] = []
        gaps: set[int] = set()
        for place, character in enumerate(line.text):
            if character.isspace():
                gaps.add(len(squeezed))
                continue
            for one in unicodedata.normalize("NFKC", character):
                if not one.isspace():
                    squeezed.append(one)
                    at.append(place)
        return cls(line, "".join(squeezed), tuple(at), frozenset(gaps))

    @cached_property
    def _edges(self) -> tuple[float, ...]:
        """Where each character of the line begins, as shares of the page's width."""
        if len(self.line.edges) == len(self.line.text) + 1:
            return self.line.edges
        box, wide = self.line.box, _widths(self.line.text)
        total = sum(wide) or 1.0
        edges = [box.left]
        for one in wide:
            edges.append(edges[-1] + (box.right - box.left) * one / total)
        return tuple(edges)

    def part(self, start: int, end: int) -> Part:
        """A stretch of the squeezed text, as it is written, with its place."""
        first, last = self.at[start], self.at[end - 1]
        box = self.line.box
        width = box.right - box.left
        left, right = self._edges[first], self._edges[last + 1]
        # On a slanting line the middle moves with the place.
        middle = self.line.start + (self.line.end - self.line.start) * ((left + right) / 2 - box.left) / max(
            width, 1e-9
        )
        half = min(self.line.height, box.bottom - box.top) / 2
        return Part(
            text=self.line.text[first : last + 1],
            page=self.line.page,
            box=Box(left, max(middle - half, 0.0), right, min(middle + half, 1.0)),
            edges=tuple(round(edge, 4) for edge in self._edges[first : last + 2]) if self.line.edges else (),
        )


def _widths(text: str) -> list[float]:
    """How wide each character is beside the others; letters and digits are half as wide as 汉字."""
    return [1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.55 for c in text]


def within(part: Part, start: int, end: int) -> Part:
    """Some characters of a part, with their place."""
    edges = part.edges
    if len(edges) != len(part.text) + 1:
        wide = _widths(part.text)
        total = sum(wide) or 1.0
        span = part.box.right - part.box.left
        edges = tuple(part.box.left + span * sum(wide[:n]) / total for n in range(len(wide) + 1))
    box = Box(edges[start], part.box.top, edges[end], part.box.bottom)
    return Part(text=part.text[start:end], page=part.page, box=box, edges=edges[start : end + 1])


def right_of(words: Words, everything: Sequence[Words], *, label: bool) -> Words | None:
    """The nearest line that goes on to the right of this one."""
    line = words.line
    reach = (_FAR if label else _BETWEEN) * line.em
    found = [
        other
        for other in everything
        if other.line.page == line.page
        and other is not words
        and line.box.right - line.em * _OVERLAP <= other.line.box.left <= line.box.right + reach
        and other.line.box.left > line.box.left
        and other.line.box.right > line.box.right
        and abs(other.line.start - line.end) <= _LEVEL * max(line.height, other.line.height)
    ]
    return min(found, key=lambda other: other.line.box.left, default=None)


def below(part: Part, height: float, everything: Sequence[Words]) -> tuple[Words, bool] | None:
    """The line right under a stretch of text, and whether it begins where the stretch begins; None where there is none.

    A line with something on its left is the value of another row, not the rest of this one.
    """
    under = [
        other
        for other in everything
        if other.line.page == part.page
        and 0.4 * height
        < (other.line.box.top + other.line.box.bottom - part.box.top - part.box.bottom) / 2
        < 2.0 * height
        and other.line.box.left < part.box.right
        and part.box.left < other.line.box.right
        and 0.6 < other.line.height / max(height, 1e-9) < 1.6
    ]
    nearest = min(under, key=lambda other: other.line.box.top, default=None)
    if nearest is None or LABELLED.match(nearest.squeezed):
        return None
    if any(_left_of(other, nearest) for other in everything if other is not nearest):
        return None
    return nearest, abs(nearest.line.box.left - part.box.left) <= 1.2 * nearest.line.em


def _left_of(other: Words, words: Words) -> bool:
    return (
        other.line.page == words.line.page
        and other.line.box.right <= words.line.box.left + words.line.em * _OVERLAP
        and other.line.box.left < words.line.box.left
        and abs(other.line.end - words.line.start) <= _LEVEL * words.line.height
    )


def touches(box: Box, places: Sequence[Box], margin: float = 0.0) -> bool:
    """Whether one of the places lies on the box, or nearer to it than `margin`."""
    return any(
        place.left < box.right + margin
        and box.left - margin < place.right
        and place.top < box.bottom + margin
        and box.top - margin < place.bottom
        for place in places
    )
