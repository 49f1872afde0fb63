"""How a question gets to the level above: in the same process, or by `http_channel` over HTTPS.

The signed exchange channel takes the place of the latter behind the same Protocol once it exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tongban.assist.reuse.model import Answer, Question
from tongban.assist.reuse.serving import Serving


class ChannelFailed(Exception):
    """The level above did not answer, or not with an answer."""


class Channel(Protocol):
    """A way to the level above. Raises ChannelFailed."""

    async def ask(self, question: Question) -> Answer: ...


class NoChannel:
    """No level above is configured."""

    async def ask(self, question: Question) -> Answer:
        raise ChannelFailed(f"no upper level is configured to ask about {question.use}")


@dataclass(frozen=True, slots=True)
class InProcess:
    """Both levels in one installation. `caller` is the region that asks."""

    serving: Serving
    caller: str

    async def ask(self, question: Question) -> Answer:
        return await self.serving.answer(self.caller, question)
