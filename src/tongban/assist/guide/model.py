"""What the guide says: which service, or which question back, or that it is not for the government to answer."""

from typing import Literal

import msgspec

from tongban.assist.guide.engine import Ranked
from tongban.base.i18n import Text

Decision = Literal["answer", "clarify", "refuse"]
AskKind = Literal["situation", "action", "item"]


class Option(msgspec.Struct, frozen=True):
    """One answer to a question asked back. `key` is an item's key, or a situation's id."""

    key: str
    label: Text


class Ask(msgspec.Struct, frozen=True):
    """A question asked back, with the answers to choose from."""

    kind: AskKind
    text: Text
    options: tuple[Option, ...]


class Found(msgspec.Struct, frozen=True, omit_defaults=True):
    """The guide's answer to a question.

    confidence  how likely the first item is right, 0 to 1, calibrated (see `deciding`)
    items       ranked, the best first, whatever the decision
    situation   id of the first item's situation, where the question says it
    ask         asked back: always with `clarify`; with `answer` where the situation is open
    handover    where else to turn: always with `refuse`
    """

    decision: Decision
    confidence: float
    items: tuple[Ranked, ...]
    situation: str = ""
    ask: Ask | None = None
    handover: Text | None = None
