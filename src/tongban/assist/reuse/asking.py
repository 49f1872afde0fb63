"""The lower level's side: masks, asks above, takes the answer through its own gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import msgspec

from tongban.assist.gate import Gate
from tongban.assist.gate.masking import Masking
from tongban.assist.model import Abstain, Evidence, Proposed, Suggestion
from tongban.assist.records import EVERYWHERE, Asked
from tongban.assist.reuse.channel import Channel
from tongban.assist.reuse.model import Answer, Provenance, Question
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.watching import Reuse
from tongban.org import Actor

T = TypeVar("T")
MESSAGE = "message"


class FromAbove(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A value proposed by the level above, and where it came from; both stand in this region's log."""

    value: T
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Reusing:
    """What a region asks of the level above. Its own gate decides and logs: switch, review, opt-out, budget, time."""

    gate: Gate
    channel: Channel
    catalogue: Catalogue

    def file(self, use: str, region: str = EVERYWHERE) -> Reuse | None:
        """The file by which a region reuses a use, if it is switched on; for somebody who has named no region, that
        of an installation which has one such file."""
        if region == EVERYWHERE:
            files = [one for one in self.catalogue.reuses() if one.reuse.use == use]
            found = files[0] if len(files) == 1 else None
        else:
            found = self.catalogue.reuse(use, region)
        return found if found is not None and found.switch == "on" else None

    async def ask(self, asked: Asked, text: str, read: Callable[[Any], T]) -> Suggestion[FromAbove[T]] | Abstain:
        """Ask about a text. Personal values and `asked.names` do not leave: placeholders do, and come back as words.

        `read` makes sense of the value, given as JSON has it, and raises ValueError where there is none to make.
        Never raises for what happens above; that is an abstention, and the ordinary path goes on.
        """
        masking = Masking(asked.names)
        masked = masking.mask(text)
        inside = msgspec.structs.replace(
            asked, inputs=masked.encode(), sources={**asked.sources, MESSAGE: text}, above=True
        )

        async def run() -> Proposed[FromAbove[T]] | Abstain:
            answer = await self.channel.ask(Question(use=asked.use, region=asked.region, text=masked))
            return _proposed(answer, masking, text, read)

        return await self.gate.consult(inside, run)

    async def settle(self, use: str, call: str, by: Actor, outcome: Literal["accepted", "declined"]) -> None:
        """What somebody who asked in no case's matter did with an answer from above: counts in this region's figures.

        Raises Refused: `unknown-suggestion` (404), `already-settled` (409).
        """
        await self.gate.flush()
        found = await self.gate.one(call)
        if found is None or found.use != use or found.subject or self.file(use, found.region) is None:
            raise refuse("unknown-suggestion", "没有这条建议", "There is no such suggestion", status=404)
        await self.gate.settle(call, by, outcome)


def taken(found: Suggestion[FromAbove[T]]) -> Suggestion[T]:
    """The suggestion without where it came from."""
    return Suggestion(
        id=found.id,
        use=found.use,
        version=found.version,
        value=found.value.value,
        text=found.text,
        evidence=found.evidence,
        confidence=found.confidence,
        law=found.law,
    )


def _proposed(
    answer: Answer, masking: Masking, text: str, read: Callable[[Any], T]
) -> Proposed[FromAbove[T]] | Abstain:
    if answer.proposed is None:
        if answer.abstained is None:
            raise ValueError("an answer that is none")
        return answer.abstained
    found = answer.proposed
    return Proposed(
        value=FromAbove(value=read(msgspec.to_builtins(found.value)), provenance=answer.provenance),
        text=Text(masking.unmask(found.text.zh), masking.unmask(found.text.en)),
        evidence=tuple(_quoted(one, masking, text) for one in found.evidence),
        confidence=found.confidence,
        law=found.law,
    )


def _quoted(one: Evidence, masking: Masking, text: str) -> Evidence:
    """The quote in our words, and where it stands in our text; where it stood in the masked one says nothing here."""
    quote = masking.unmask(one.quote)
    return msgspec.structs.replace(one, quote=quote, start=text.find(quote) if one.source == MESSAGE else -1)
