"""All that a model may ever produce: a suggestion with its evidence, or an abstention.

Neither is an actor, neither carries a command, and no function of `cases` takes one: a suggestion reaches a case only
as words before an official's eyes, who then acts, or does not, under their own name (PIPL 24;
政务领域人工智能大模型部署应用指引 (2025-10) [S]: a model assists and a person decides).
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from tongban.base.i18n import Text

T = TypeVar("T")


class Box(msgspec.Struct, frozen=True):
    """Where something stands on a page, as shares of its width and height, 0 to 1 from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a suggestion rests on: a source that a reader can open, and the words in it.

    source  `item:SERVICE@VERSION`, `document:ID`, `message`, `fact:NAME`, `record:RESOURCE#FIELD`, `law:ID`
    quote   the words exactly as they stand in the source
    start   offset of the quote in the source's text, in characters; -1 where the source is no text
    page    of a document, from 0
    """

    source: str
    quote: str
    start: int = -1
    page: int = 0
    box: Box | None = None


class Proposed(msgspec.Struct, Generic[T], frozen=True, omit_defaults=True, kw_only=True):
    """What a use came to, before the gate has looked at it.

    text        the suggestion in one plain sentence
    law         ids or citations of the articles it rests on
    confidence  0 to 1, calibrated where the use says so
    """

    value: T
    text: Text
    evidence: tuple[Evidence, ...]
    confidence: float
    law: tuple[str, ...] = ()


class Suggestion(msgspec.Struct, Generic[T], frozen=True, omit_defaults=True, kw_only=True):
    """辅助建议: a proposal that passed the gate. Raises ValueError without evidence or outside 0 to 1.

    id           of the call in the gate's log
    use, version the registered use that made it
    """

    id: str
    use: str
    version: str
    value: T
    text: Text
    evidence: tuple[Evidence, ...]
    confidence: float
    law: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("a suggestion without evidence is dropped, never shown")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence {self.confidence} lies outside 0 to 1")


class Abstain(msgspec.Struct, frozen=True, omit_defaults=True):
    """No suggestion, and why: the caller's ordinary path goes on.

    code  stable: `not-registered`, `not-active`, `review-overdue`, `not-measured`, `below-threshold`, `switched-off`,
          `opted-out`, `over-budget`, `too-slow`, `model-failed`, `no-evidence`, `unsure`
    """

    use: str
    code: str
    why: Text
    id: str = ""
