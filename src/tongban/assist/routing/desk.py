"""The verbs of routing at the desk: look at a request, send it, pass it on, check it, put two together or apart.

Where a request goes is an official's act, but where an installation lets sure answers go their way (`automatic`): then
it is the platform's, said to be so, and an official can pass it on. What a machine said lies beside, with the gate's
number.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec

from tongban.assist.gate import Gate
from tongban.assist.gate.masking import Masking
from tongban.assist.gate.reasons import abstain
from tongban.assist.model import Abstain, Proposed, Suggestion
from tongban.assist.records import Asked, Call
from tongban.assist.reuse import Provenance, Reusing, taken
from tongban.assist.routing.automatic import assigned
from tongban.assist.routing.duties import categories, competent
from tongban.assist.routing.records import Choice, Look, Move, Pair, Ranked, Request, Twin
from tongban.assist.routing.urgency import SOURCE, judge
from tongban.assist.store import Store, routing
from tongban.base.clock import Clock
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.base.page import Page, cursor, read_cursor
from tongban.org import Actor, Directory, Role, visible

if TYPE_CHECKING:
    from tongban.assist.routing.hotspots import HotSpot
    from tongban.assist.routing.model import Model

USE = "routing"
LONGEST = 2000
"""Characters of a request."""
RECENT, AT_MOST = timedelta(days=30), 20_000
TWIN = 0.5
"""Share of runs in common from which on an earlier request is shown as perhaps the same."""
_TWINS = 3
_NOTHING = ("unsure", "no-model")
"""The abstentions on which the level above is asked."""
_BY_PEOPLE = Text("来人要求由人来分，没有让机器看。", "The person wants people to sort it; no machine has read it.")


@dataclass(frozen=True, slots=True)
class Spot:
    """A hot spot with its requests, the most typical first."""

    requests: tuple[Request, ...]
    words: tuple[str, ...]


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

    async def note(self, actor: Actor, said: str, *, by_people: bool = False) -> Look | Request:
        """Write down what somebody said. Where this installation lets sure answers go their way, and this is one, it
        is with the body in charge at once, as the platform's act; otherwise the clerk is shown what there is to know.
        `by_people`: the person wants no machine to read it. Raises Refused as `look`."""
        look, alone = await self._looked(actor, said, by_people=by_people)
        use, found = self.gate.register.use(USE), self.gate.register.measured.get(USE)
        sent = assigned(use, found, look, actor, self.clock(), alone=alone)
        if sent is None:
            return look
        await self._keep(sent)
        return sent

    async def look(self, actor: Actor, said: str, *, by_people: bool = False) -> Look:
        """What there is to know about a request before it is sent. Raises Refused: `not-intake`, `no-words`,
        `too-long`."""
        return (await self._looked(actor, said, by_people=by_people))[0]

    async def _looked(self, actor: Actor, said: str, *, by_people: bool) -> tuple[Look, bool]:
        """With whether nobody in the region, seen by this clerk or not, said nearly the same lately."""
        region = self._office(actor)
        text = _words(said)
        number = f"{region}-{uuid7().hex}"
        asked = Asked(
            use=USE, region=region, subject=number, post=actor.post, inputs=text.encode(), sources={SOURCE: text}
        )
        if by_people:
            found, above = Abstain(USE, "opted-out", _BY_PEOPLE), None
        else:
            found, above = await self._suggested(asked, text)
        async with self.store.acting() as connection:
            before = await routing.recent(connection, region, self.clock() - RECENT, AT_MOST)
        before = await self._opened(before)
        twins = await asyncio.to_thread(_twins, text, before)
        bodies = self._bodies(actor)
        seen = {one.id for one in before if _seen(one, bodies)}
        mine = tuple(twin for twin in twins if twin.id in seen)
        return Look(id=number, said=text, urgency=judge(text), found=found, twins=mine, above=above), not twins

    async def send(self, actor: Actor, said: str, category: str, body: str = "", call: str = "") -> Request:
        """Send a request to the body whose duty the category is, or to another one of the region that the clerk names.
        `call` is the gate's number of what was suggested to this clerk about these words, if anything was.

        Raises Refused: `not-intake`, `no-words`, `too-long`, `no-category`, `no-body`, `unknown-suggestion` (404).
        """
        region = self._office(actor)
        text = _words(said)
        chosen = self._body(region, category, body)
        shown = await self._shown(actor, region, text, call) if call else None
        urgency = judge(text)
        now = self.clock()
        top = () if shown is None else _top(shown)
        request = Request(
            region=region,
            id=f"{region}-{uuid7().hex}" if shown is None else shown.subject,
            at=now,
            said=text,
            urgency=urgency.level,
            rule="" if urgency.rule is None else urgency.rule.id,
            taken_by=actor.id,
            office=actor.body,
            call=call,
            top=top,
            moves=(Move(seq=1, at=now, kind="sent", category=category, body=chosen, by_id=actor.id, post=actor.post),),
        )
        await self._keep(request)
        if shown is not None:
            followed = bool(top) and top[0].label == category
            why = "" if followed else "另选了类别 · another kind was chosen"
            seconds = (now - shown.at).total_seconds()
            await self.gate.settle(call, actor, "accepted" if followed else "declined", why, seconds_shown=seconds)
        return request

    async def one(self, actor: Actor, request: str) -> Request:
        """A request that this official's bodies took or were sent. Raises Refused `no-such-request` (404)."""
        async with self.store.acting() as connection:
            found = await routing.one(connection, request[:6], request)
        if found is None or not _seen(found, self._bodies(actor)):
            raise refuse("no-such-request", "没有这条诉求", "There is no such request", status=404)
        (opened,) = await self._opened([found])
        return opened

    async def page(self, actor: Actor, after: str | None, limit: int) -> Page[Request]:
        """Requests that this official's bodies took or were sent, the newest first. Raises Refused `bad-cursor`."""
        place = read_cursor(after, tuple[datetime, str]) if after else None
        bodies = self._bodies(actor)
        if not bodies:
            return Page(())
        region = self._region(actor)
        async with self.store.acting() as connection:
            found = await routing.of_bodies(connection, region, sorted(bodies), place, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return Page(tuple(await self._opened(found[:limit])), cursor(last.at, last.id) if last else None)

    async def pass_on(self, actor: Actor, request: str, category: str, body: str, why: str) -> Request:
        """改派: by an official of the body that has it, or of the counter that took it. Raises Refused:
        `no-such-request`, `not-yours`, `reason-missing`, `no-category`, `no-body`, `already-there`, `moved-on`."""
        found = await self.one(actor, request)
        if actor.body not in (found.body, found.office):
            raise refuse("not-yours", "这条诉求现在不在您的机关", "Your body does not have this request", status=403)
        if not why.strip():
            raise refuse("reason-missing", "改派要写理由", "Say why it is passed on", place="why")
        chosen = self._body(found.region, category, body)
        if (chosen, category) == (found.body, found.category):
            raise refuse("already-there", "已经在这个机关、这个类别", "It is there already", place="category")
        moved = await self._move(actor, found, "passed-on", category, chosen, why.strip()[:500])
        if found.automatic:
            await self.gate.settle(found.call, actor, "declined", why.strip()[:500])
        return moved

    async def check(self, actor: Actor, request: str) -> Request:
        """核对: an official of the body that has it, other than whoever passed it on, says that it is right there;
        a passing on may then be learned from. Raises Refused: `no-such-request`, `not-yours`, `nothing-to-check`,
        `second-person-needed`."""
        found = await self.one(actor, request)
        if actor.body != found.body:
            raise refuse("not-yours", "由现在办理的机关来核对", "The body that has it now checks it", status=403)
        if not found.to_check:
            raise refuse("nothing-to-check", "没有要核对的", "There is nothing to check", status=409)
        if actor.id == found.moves[-1].by_id:
            raise refuse(
                "second-person-needed",
                "改派的人不能自己核对，请同事来核对",
                "Whoever passed it on cannot check it; ask a colleague",
                status=403,
            )
        moved = await self._move(actor, found, "checked", found.category, found.body, "")
        if found.automatic:
            await self.gate.settle(found.call, actor, "accepted")
        return moved

    async def lessons(self, region: str | None, since: datetime) -> list[tuple[str, str]]:
        """What may be learned from: words and category of requests that were passed on and then checked by a second
        person since, as (text, slug), the newest `AT_MOST`. For whoever runs the platform: no desk shows it."""
        async with self.store.acting() as connection:
            found = await routing.lessons(connection, region, since, AT_MOST)
        ring = await self.store.ring(row["said"] for row in found)
        return [(routing.words(ring, row["region"], row["id"], row["said"]), row["category"]) for row in found]

    async def hot_spots(self, actor: Actor) -> list[Spot]:
        """Groups among the last month's requests that this official may see; empty for who may see none."""
        bodies, region = self._bodies(actor), self._region(actor)
        if not bodies:
            return []
        async with self.store.acting() as connection:
            found = await routing.recent(connection, region, self.clock() - RECENT, AT_MOST)
            pairs = await routing.pairs(connection, region, AT_MOST)
        seen = await self._opened([one for one in found if _seen(one, bodies)])
        spots = await asyncio.to_thread(_grouped, seen, pairs)
        return [Spot(tuple(seen[n] for n in spot.members), spot.words) for spot in spots]

    async def pair(self, actor: Actor, kind: Literal["together", "apart"], one: str, other: str, why: str) -> None:
        """人工合并、拆分: kept, and heeded by every later proposal. Raises Refused: `no-such-request`,
        `reason-missing`."""
        first, second = await self.one(actor, one), await self.one(actor, other)
        if not why.strip():
            raise refuse("reason-missing", "请写明为什么", "Say why", place="why")
        pair = Pair(
            region=first.region,
            at=self.clock(),
            kind=kind,
            one=first.id,
            other=second.id,
            by_id=actor.id,
            post=actor.post,
            why=why.strip()[:500],
        )
        key = await self.store.owner(pair.one)
        async with self.store.acting() as connection:
            await routing.add_pair(connection, uuid7(), pair, key)

    # --- behind the verbs ---

    async def _keep(self, request: Request) -> None:
        """Write a request; its words, and all that is said of it later, are sealed with a key of its own, for nobody is
        named as whose it is."""
        key = await self.store.owner(request.id)
        async with self.store.acting() as connection:
            await routing.add(connection, request, key)

    async def _opened(self, found: Sequence[Request]) -> list[Request]:
        return routing.opened(await self.store.ring(routing.texts(found)), found)

    async def _shown(self, actor: Actor, region: str, text: str, call: str) -> Call:
        """What was suggested to this clerk about just these words: what a form says of it is not believed."""
        found = await self.gate.one(call) if call.startswith(f"{region}-") else None
        digests = [_digest(text), _digest(Masking().mask(text))]  # the level above was given the masked one
        fits = found is not None and (found.use, found.post) == (USE, actor.post) and found.input_hash in digests
        if found is None or not fits:
            raise refuse("unknown-suggestion", "没有这条建议，请重新查看", "There is no such suggestion", status=404)
        return found

    async def _move(
        self, actor: Actor, found: Request, kind: Literal["passed-on", "checked"], category: str, body: str, why: str
    ) -> Request:
        move = Move(
            seq=len(found.moves) + 1,
            at=self.clock(),
            kind=kind,
            category=category,
            body=body,
            by_id=actor.id,
            post=actor.post,
            why=why,
        )
        key = await self.store.owner(found.id)
        async with self.store.acting() as connection:
            if not await routing.add_move(connection, found.region, found.id, move, key):
                raise refuse("moved-on", "别人刚改过，请刷新再看", "Somebody has just moved it; look again", status=409)
            again = await routing.one(connection, found.region, found.id)
        return found if again is None else (await self._opened([again]))[0]

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

    def _bodies(self, actor: Actor) -> frozenset[str]:
        """Whose requests this official may see: their own body's, and a supervisor's region."""
        if actor.kind != "official" or not actor.body:
            return frozenset()
        scope = visible(self.directory, actor)
        return frozenset(scope.bodies) if Role.SUPERVISE in actor.roles else frozenset(scope.bodies) & {actor.body}

    def _body(self, region: str, category: str, body: str) -> str:
        if category not in categories():
            raise refuse("no-category", "请选一个类别", "Choose what it is about", place="category")
        chosen = body or competent(self.directory, region, category)
        if not any(one.id == chosen and one.region == region for one in self.directory.bodies_in([region])):
            raise refuse("no-body", "请选本地的一个机关", "Choose a body of this place", place="body")
        return chosen


def _words(said: str) -> str:
    text = "".join(character for character in said.strip() if character.isprintable() or character == "\n")
    if not text:
        raise refuse("no-words", "请写下诉求", "Write down what is asked", place="said")
    if len(text) > LONGEST:
        raise refuse("too-long", f"请不超过{LONGEST}个字", f"At most {LONGEST} characters", place="said")
    return text


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _top(shown: Call) -> tuple[Ranked, ...]:
    value: Any = cast("dict[str, Any]", shown.suggestion or {}).get("value", ())
    if isinstance(value, dict):  # from above, with where it came from
        value = cast("dict[str, Any]", value).get("value", ())
    choices = msgspec.convert(value, tuple[Choice, ...])
    return tuple(Ranked(one.category, one.confidence) for one in choices)


def _seen(request: Request, bodies: frozenset[str]) -> bool:
    return request.office in bodies or any(move.body in bodies for move in request.moves)


def _twins(text: str, before: list[Request]) -> list[Twin]:
    from tongban.assist.routing import near

    texts = [one.said for one in before]
    found = sorted(near.beside(text, texts, TWIN), key=lambda pair: (-pair[1], pair[0]))
    return [
        Twin(id=before[n].id, said=before[n].said, at=before[n].at, body=before[n].body, alike=round(alike, 2))
        for n, alike in found[:_TWINS]
    ]


def _grouped(seen: list[Request], pairs: list[Pair]) -> list[HotSpot]:
    from tongban.assist.routing.hotspots import hot_spots

    at = {one.id: n for n, one in enumerate(seen)}
    latest: dict[tuple[int, int], str] = {}
    for pair in pairs:  # the newest first
        if pair.one in at and pair.other in at:
            i, j = sorted((at[pair.one], at[pair.other]))
            latest.setdefault((i, j), pair.kind)
    together = [two for two, kind in latest.items() if kind == "together"]
    apart = [two for two, kind in latest.items() if kind == "apart"]
    return hot_spots([one.said for one in seen], together=together, apart=apart)
