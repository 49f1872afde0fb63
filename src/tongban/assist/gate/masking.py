"""Taking personal values out of a text before it goes to a model that runs elsewhere, and putting them back afterwards.

Pure. It would rather hide too much than too little: whatever is left out comes back, and what got out never does. The
same value has the same placeholder within one call, so that a text still makes sense (PIPL 51: de-identification).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from tongban.assist.gate.personal import Kind, Span, personal

__all__ = ["Kind", "Masking", "unmarked"]

_NAMED = "|".join(map(re.escape, Kind))
_PLACEHOLDER = re.compile(rf"〔(?:{_NAMED})[0-9]+〕")
_SHORTEST_NAME = 2


def unmarked(text: str) -> str:
    """A masked text with a space where each placeholder is: what a use that reads words should read."""
    return _PLACEHOLDER.sub(" ", text)


class Masking:
    """The masks of one call. `names` are names known to be in the text: applicant, agents, officials, businesses."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = tuple(sorted({name for name in names if len(name) >= _SHORTEST_NAME}, key=len, reverse=True))
        self._placeholders: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._counts: dict[StrEnum, int] = {}

    @property
    def hidden(self) -> Mapping[str, str]:
        """What each placeholder stands for."""
        return self._values

    def mask(self, text: str) -> str:
        """The text with a placeholder such as 〔姓名1〕 for each personal value."""
        spans = [*personal(text, self._names), *self._look_alikes(text)]
        made: list[str] = []
        end = 0
        for span in self._everywhere(text, spans):
            made += (text[end : span.start], self._placeholder(span.kind, text[span.start : span.end]))
            end = span.end
        return "".join((*made, text[end:]))

    def mask_json(self, value: Any) -> Any:
        """The same for every string in a value that JSON has."""
        match value:
            case str():
                return self.mask(value)
            case dict():
                return {name: self.mask_json(one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
            case list() | tuple():
                return [self.mask_json(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
            case _:
                return value

    def unmask(self, text: str) -> str:
        """The text with the values back in place. A placeholder that was never given out stays as it is."""
        return _PLACEHOLDER.sub(lambda found: self._values.get(found[0], found[0]), text)

    def unmask_answer(self, text: str) -> str:
        """The same for an answer that should be JSON: a value with a quotation mark in it does not break it."""
        try:
            value = msgspec.json.decode(text)
        except msgspec.DecodeError:
            return self.unmask(text)
        return msgspec.json.encode(self._unmask_json(value)).decode()

    def _unmask_json(self, value: Any) -> Any:
        match value:
            case str():
                return self.unmask(value)
            case dict():
                return {name: self._unmask_json(one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
            case list():
                return [self._unmask_json(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
            case _:
                return value

    def _look_alikes(self, text: str) -> Iterator[Span]:
        """What already looks like a placeholder is masked itself, or it could not be told from ours afterwards."""
        return (Span(found.start(), found.end(), Kind.MARK) for found in _PLACEHOLDER.finditer(text))

    def _everywhere(self, text: str, spans: list[Span]) -> list[Span]:
        """The spans joined where they touch, with every other place in which one of their values stands."""
        while True:
            joined = _joined(spans)
            values = {text[one.start : one.end]: one.kind for one in joined}
            values |= {value: kind for value, kind in self._known().items() if value in text}
            again = [
                Span(found.start(), found.end(), kind)
                for value, kind in values.items()
                if len(value) >= _SHORTEST_NAME
                for found in re.finditer(re.escape(value), text)
            ]
            more = _joined([*joined, *again])
            if more == joined:
                return joined
            spans = more

    def _known(self) -> dict[str, Kind]:
        return {value: Kind(re.sub("[0-9]+", "", mark.strip("〔〕"))) for mark, value in self._values.items()}

    def _placeholder(self, kind: Kind, value: str) -> str:
        if value not in self._placeholders:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            mark = f"〔{kind}{self._counts[kind]}〕"
            self._placeholders[value], self._values[mark] = mark, value
        return self._placeholders[value]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """In order, overlapping ones made one; it has the kind of the longest, and one that says more than `NUMBER`."""
    made: list[Span] = []
    for span in sorted(spans):
        if made and span.start < made[-1].end:
            last = made.pop()
            says = max(last, span, key=lambda one: (one.end - one.start, one.kind is not Kind.NUMBER))
            span = Span(last.start, max(last.end, span.end), says.kind)
        made.append(span)
    return made
