"""What goes over the channel: a masked question, and what the use above came to, with where it came from."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from tongban.assist.guide.answering import Named
from tongban.assist.model import Abstain, Proposed
from tongban.base.i18n import Text

LONGEST = 4_000
"""Characters of a question."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a lower level asks. There is no field for a person or a case; `text` is masked before it gets here."""

    use: str
    region: str
    text: str


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Who answered: the use and version that ran, and the line in the log above."""

    use: str
    version: str
    call: str
    at: datetime


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What came of it: one of the two. A proposal has still to pass the asking region's own gate."""

    provenance: Provenance
    proposed: Proposed[Any] | None = None
    abstained: Abstain | None = None


WEB = ("https://", "http://")


class Pointed(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the guide above points to: one item, or those it asks back about. Each with where it stands above.

    Raises ValueError without an item, or where a link leads nowhere on the web.
    """

    decision: Literal["answer", "clarify"]
    items: tuple[Named, ...]
    ask: Text | None = None

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("nothing is pointed to")
        if any(one.link and not one.link.startswith(WEB) for one in self.items):
            raise ValueError("a link that is none")
