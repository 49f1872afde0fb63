"""What a machine says of where a request belongs. Where it goes is an official's act (`voice.hotline.sending`)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tongban.assist.gate import Gate
from tongban.assist.gate.reasons import abstain
from tongban.assist.model import Abstain, Proposed, Suggestion
from tongban.assist.records import Asked
from tongban.assist.reuse import Provenance, Reusing, taken
from tongban.assist.routing.automatic import ready
from tongban.assist.routing.duties import categories, competent
from tongban.assist.routing.records import Choice, Look, Ranked
from tongban.assist.routing.urgency import SOURCE, judge
from tongban.assist.store import Store
from tongban.base.clock import Clock
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.org import Actor, Directory, Role

if TYPE_CHECKING:
    from tongban.assist.routing.model import Model

USE = "routing"
LONGEST = 2000
"""Characters of a request."""
_NOTHING = ("unsure", "no-model")
"""The abstentions on which the level above is asked."""
_BY_PEOPLE = Text("来人要求由人来分，没有让机器看。", "The person wants people to sort it; no machine has read it.")


class Routing:
    """Routing at the desk. The model is read when it is first asked for: a page that asks nothing waits for nothing."""

    def __init__(
        self,
        store: Store,
        gate: Gate,
        directory: Directory,
        clock: Clock,
        data_dir: Path,
        reusing: Reusing | None = None,
    ) -> None:
        self.store = store
        self.gate = gate
        self.directory = directory
        self.clock = clock
        self.data_dir = data_dir
        self.reusing = reusing
        self._models: dict[str, Model] = {}

    async def look(self, actor: Actor, said: str, *, subject: str = "", by_people: bool = False) -> Look:
        """What there is to know about a request before it is sent. `subject` is its case; `by_people`: the person wants
        no machine to read it. Raises Refused: `not-intake`, `no-words`, `too-long`."""
        region = self._office(actor)
        text = _words(said)
        number = subject or f"{region}-{uuid7().hex}"
        asked = Asked(
            use=USE, region=region, subject=number, post=actor.post, inputs=text.encode(), sources={SOURCE: text}
        )
        if by_people:
            found, above = Abstain(USE, "opted-out", _BY_PEOPLE), None
        else:
            found, above = await self._suggested(asked, text)
        return Look(id=number, said=text, urgency=judge(text), found=found, above=above)

    def ready(self, look: Look, *, alone: bool) -> str:
        """The category that may be ticked for the clerk beforehand, or empty. `alone`: nobody said nearly the same."""
        use, found = self.gate.register.use(USE), self.gate.register.measured.get(USE)
        return ready(use, found, look, alone=alone)

    # --- behind the verbs ---

    async def _suggested(
        self, asked: Asked, text: str
    ) -> tuple[Suggestion[tuple[Choice, ...]] | Abstain, Provenance | None]:
        """Our own model's suggestion; where it has none and the region reuses that of the level above, theirs."""

        async def run() -> Proposed[tuple[Choice, ...]] | Abstain:
            found = await asyncio.to_thread(self.propose, text)
            if isinstance(found, Abstain):
                return found
            choices = self._choices(asked.region, found.value)
            if choices and self._sure(found.confidence):
                choices = (msgspec.structs.replace(choices[0], sure=True), *choices[1:])
            return Proposed(
                value=choices, text=found.text, evidence=found.evidence, confidence=found.confidence, law=found.law
            )

        def read(value: Any) -> tuple[Choice, ...]:
            choices = self._choices(asked.region, msgspec.convert(value, tuple[Ranked, ...]))
            if not choices:
                raise ValueError("no kind that is known here")
            return choices

        reusing = self.reusing if self.reusing and self.reusing.file(USE, asked.region) else None
        own: Suggestion[tuple[Choice, ...]] | Abstain | None = None
        if reusing is None or self._has_model():
            own = await self.gate.consult(asked, run)
            if reusing is None or isinstance(own, Suggestion) or own.code not in _NOTHING:
                return own, None
        above = await reusing.ask(asked, text, read)
        if isinstance(above, Abstain):
            return own or above, None
        return taken(above), above.value.provenance

    def _choices(self, region: str, top: tuple[Ranked, ...]) -> tuple[Choice, ...]:
        known = categories()
        return tuple(
            Choice(category=one.label, confidence=one.confidence, body=competent(self.directory, region, one.label))
            for one in top
            if one.label in known
        )

    def _sure(self, confidence: float) -> bool:
        """Whether the model that is in use has a cut-off and this lies above it, whichever way it was rounded."""
        return any(model.sure is not None and confidence - 0.00005 >= model.sure for model in self._models.values())

    def _has_model(self) -> bool:
        """Whether the model that the register names lies here; a region that reuses has the record alone."""
        from tongban.assist.routing import adopting

        use = self.gate.register.use(USE)
        weights = "" if use is None else use.model.weights or ""
        return bool(weights) and adopting.path_of(self.data_dir, weights).exists()

    def propose(self, text: str) -> Proposed[tuple[Ranked, ...]] | Abstain:
        """The three likeliest kinds by the adopted model, before the gate has looked at them. Takes a while."""
        from tongban.assist.routing import adopting
        from tongban.assist.routing.reasons import words_that_weighed

        use = self.gate.register.use(USE)
        weights = "" if use is None else use.model.weights or ""
        if weights not in self._models:
            model = adopting.adopted(self.data_dir, use)
            if model is None:
                return abstain(USE, "no-model")
            self._models = {weights: model}
        model = self._models[weights]
        answer = next(model.answers([text]))
        if answer.abstained:
            return abstain(USE, "unsure")
        known = categories()
        name = known[answer.label].name
        return Proposed(
            value=answer.top,
            text=Text(f"像是“{name.zh}”。", f"This looks like: {name.en}."),
            evidence=words_that_weighed(model, text, answer.label),
            confidence=answer.top[0].confidence,
            law=(known[answer.label].law,),
        )

    def _office(self, actor: Actor) -> str:
        if actor.kind != "official" or Role.INTAKE not in actor.roles:
            raise refuse("not-intake", "您的岗位不收诉求", "Your post does not take requests", status=403)
        return self._region(actor)

    def _region(self, actor: Actor) -> str:
        return self.directory.body(actor.body).region


def _words(said: str) -> str:
    text = "".join(character for character in said.strip() if character.isprintable() or character == "\n")
    if not text:
        raise refuse("no-words", "请写下诉求", "Write down what is asked", place="said")
    if len(text) > LONGEST:
        raise refuse("too-long", f"请不超过{LONGEST}个字", f"At most {LONGEST} characters", place="said")
    return text
