"""Who stands at the counter: an interface for whatever says so, and the one of the demonstration.

Nobody is made to use one way: the card, the national network identity (国家网络身份认证) and the clerk's own eyes are
all enough, and who has no card with them is received with a reason. An electronic proof has the force of the paper
(国令716号 10, tag V).
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Protocol

import msgspec

from tongban.base.errors import refuse

SHORTEST_REASON = 4
"""Characters: "忘带" is no reason that anybody could look at later."""


class How(StrEnum):
    """How somebody was identified."""

    CARD = "card"
    NETWORK = "network"
    SEEN = "seen"
    """The clerk looked at the card and typed."""
    CODE = "code"
    """Not here: they told a code that was sent to them alone (帮办代办)."""
    MANUAL = "manual"
    """No card there; the clerk says how they know."""


class Identified(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever it is, as the means says."""

    name: str
    number: str
    how: How
    reason: str = ""


class IdentityCheck(Protocol):
    """A reader at a window. `presented` is what the device read out or the person showed.

    Raises Refused (`identity-unreadable`, 422) if nobody can be told from it.
    """

    async def identify(self, how: How, presented: str) -> Identified: ...


class NoReader:
    """No device is connected: the clerk looks at the card."""

    async def identify(self, how: How, presented: str) -> Identified:
        del how, presented
        raise refuse(
            "identity-unreadable",
            "这个窗口没有接读卡设备，请看证件后手工填写。",
            "No reader is connected at this window; look at the card and type.",
            place="number",
        )


class DemonstrationReader:
    """Reads the cards of invented people: what is presented is our number for one of them."""

    def __init__(self, cards: Callable[[], Mapping[str, tuple[str, str]]]) -> None:
        self._cards = cards

    async def identify(self, how: How, presented: str) -> Identified:
        cards = self._cards()
        if presented not in cards:
            raise refuse(
                "identity-unreadable",
                "没有读到证件，请重新放一次；还是不行，就看证件手工填写。",
                "The card was not read; lay it down again, or look at it and type.",
                place="presented",
            )
        name, number = cards[presented]
        return Identified(name=name, number=number, how=how)


def by_hand(name: str, number: str, *, seen: bool, reason: str) -> Identified:
    """What the clerk typed: having seen the card, or with a reason why there is none. Raises Refused."""
    if seen:
        return Identified(name=name, number=number, how=How.SEEN)
    if len(reason.strip()) < SHORTEST_REASON:
        raise refuse(
            "card-not-seen",
            "请核对证件原件后打勾；没带证件的，写清楚怎么确认是本人。",
            "Check the identity card and tick the box; if there is none, say how you know who it is.",
            place="seen",
        )
    return Identified(name=name, number=number, how=How.MANUAL, reason=reason.strip()[:200])
