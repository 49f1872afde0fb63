"""The upper level's side: answers masked questions of the regions below, through its own gate and log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tongban.assist.gate import Gate
from tongban.assist.gate.personal import personal
from tongban.assist.gate.reasons import abstain
from tongban.assist.model import Abstain, Proposed, Suggestion
from tongban.assist.records import Asked
from tongban.assist.reuse.model import LONGEST, Answer, Provenance, Question
from tongban.base.clock import Clock
from tongban.base.errors import refuse
from tongban.org.entries import lineage

Answerer = Callable[[str], Awaitable[Proposed[Any] | Abstain | None]]
"""What a use makes of a masked text."""


class Serving:
    """The uses that others may ask here."""

    def __init__(self, gate: Gate, answerers: Mapping[str, Answerer], clock: Clock) -> None:
        self._gate = gate
        self._answerers = answerers
        self._clock = clock

    async def answer(self, caller: str, question: Question) -> Answer:
        """One question of the region `caller`, for itself or a region inside it.

        The log here gets a line with region, hashes and outcome: it counts the county's calls and names nobody.
        Raises Refused: `not-your-region` (403), `question-empty`, `question-too-long`, `not-masked`.
        """
        if caller not in lineage(question.region):
            raise refuse(
                "not-your-region",
                "只能替本地区和下级地区问",
                "A region asks for itself and those inside it",
                place="region",
                status=403,
            )
        if not question.text.strip():
            raise refuse("question-empty", "没有要问的内容", "There is nothing to ask", place="text")
        if len(question.text) > LONGEST:
            raise refuse(
                "question-too-long", f"最多{LONGEST}个字", f"At most {LONGEST} characters", place="text", status=413
            )
        if next(personal(question.text), None) is not None:
            raise refuse(
                "not-masked",
                "内容里有没遮盖的个人信息，没有处理，也没有保存",
                "There is unmasked personal data in it; it was neither used nor kept",
                place="text",
                law="个人信息保护法 6、51",
            )
        found = await self._consult(question)
        use = self._gate.register.use(question.use)
        came_from = Provenance(
            use=question.use, version="" if use is None else use.version, call=found.id, at=self._clock()
        )
        if isinstance(found, Abstain):
            return Answer(provenance=came_from, abstained=found)
        proposed = Proposed[Any](
            value=found.value,
            text=found.text,
            evidence=found.evidence,
            confidence=found.confidence,
            law=found.law,
        )
        return Answer(provenance=came_from, proposed=proposed)

    async def _consult(self, question: Question) -> Suggestion[Any] | Abstain:
        answerer = self._answerers.get(question.use)
        if answerer is None:
            return abstain(question.use, "not-registered")
        asked = Asked(use=question.use, region=question.region, inputs=question.text.encode())
        return await self._gate.consult(asked, lambda: answerer(question.text))
