"""What a suggestion may rest on: a source that a reader can open and words that stand in it."""

import re
from collections.abc import Iterable, Mapping

from tongban.assist.model import Evidence

_SOURCE = re.compile(r"(item|document|fact|record|law):\S.*|message", re.DOTALL)


def sound(evidence: Iterable[Evidence], sources: Mapping[str, str]) -> tuple[Evidence, ...]:
    """The evidence that holds: of a known kind, with words or a place on a page, and, where the text of its source is
    at hand, word for word in it and at the offset it names."""
    return tuple(one for one in evidence if _holds(one, sources.get(one.source)))


def _holds(one: Evidence, text: str | None) -> bool:
    if not _SOURCE.fullmatch(one.source) or not (one.quote.strip() or one.box):
        return False
    if text is None or not one.quote:
        return True
    return text.startswith(one.quote, one.start) if one.start >= 0 else one.quote in text
