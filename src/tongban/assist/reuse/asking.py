"""The lower level's side: masks, asks above, takes the answer through its own gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from tongban.assist.gate import Gate
from tongban.assist.gate.masking import Masking
from tongban.assist.model import Abstain, Evidence, Proposed, Suggestion
from tongban.assist.records import Asked
from tongban.assist.reuse.channel import Channel
from tongban.assist.reuse.model import Answer, Provenance, Question
from tongban.base.i18n import Text


class FromAbove(msgspec.Struct, frozen=True, kw_only=True):
    """A value proposed by the level above, and where it came from; both stand in this region's log."""

    value: Any
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Reusing:
    """What a region asks of the level above. Its own gate decides and logs: switch, review, opt-out, budget, time."""

    gate: Gate
    channel: Channel

    async def ask(self, asked: Asked, text: str) -> Suggestion[FromAbove] | Abstain:
        """Ask about a text. Personal values and `asked.names` do not leave: placeholders do, and come back as words.

        Never raises for what happens above; that is an abstention, and the ordinary path goes on.
        """
        masking = Masking(asked.names)
        masked = masking.mask(text)
        inside = msgspec.structs.replace(asked, inputs=masked.encode(), sources={**asked.sources, "message": text})

        async def run() -> Proposed[FromAbove] | Abstain:
            answer = await self.channel.ask(Question(use=asked.use, region=asked.region, text=masked))
            return _proposed(answer, masking)

        return await self.gate.consult(inside, run)


def _proposed(answer: Answer, masking: Masking) -> Proposed[FromAbove] | Abstain:
    if answer.proposed is None:
        if answer.abstained is None:
            raise ValueError("an answer that is none")
        return answer.abstained
    found = answer.proposed
    return Proposed(
        value=FromAbove(value=found.value, provenance=answer.provenance),
        text=Text(masking.unmask(found.text.zh), masking.unmask(found.text.en)),
        evidence=tuple(_quoted(one, masking) for one in found.evidence),
        confidence=found.confidence,
        law=found.law,
    )


def _quoted(one: Evidence, masking: Masking) -> Evidence:
    """The quote in our words; where it began in the masked text says nothing here."""
    return msgspec.structs.replace(one, quote=masking.unmask(one.quote), start=-1)
