"""派单: a machine proposes whose a request is, a person sends it, and what the person chose is learned from.

What is learned: the words, and the category under which a person sent them, once the body has taken the request up.
What a machine had put first teaches only where a body objected and somebody else decided: nothing learns from its own
answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec

from tongban.assist.routing.desk import USE, Routing
from tongban.assist.routing.duties import categories, competent
from tongban.assist.routing.records import Choice, Look
from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.telemetry import Log
from tongban.cases.service import Cases
from tongban.cases.views import CaseView
from tongban.org import Actor, Directory, Role
from tongban.voice.hotline.model import ALIKE, MOST, RECENT_DAYS, HotSpot, Row, Sent, Twin
from tongban.voice.store import hotline as store
from tongban.voice.store import sent as kept

AT_MOST = 20_000
"""Lessons, and requests among which hot spots are looked for."""
_SHOWN = 20
_ACTS: Mapping[str, str] = {"received": "dispatch", "objected": "redispatch"}


@dataclass(frozen=True)
class Seen:
    """What whoever sends a request on is shown: what a machine says, the category that is ticked for them (or none),
    and earlier requests that may be about the same thing."""

    look: Look
    ready: str
    twins: tuple[Twin, ...]


@dataclass(frozen=True)
class Sending:
    """Sending on, of one installation."""

    db: Database
    cases: Cases
    routing: Routing
    directory: Directory
    clock: Clock
    log: Log

    async def seen(self, actor: Actor, view: CaseView) -> Seen:
        """Whose it may be, what is alike. Raises Refused `not-intake` (403)."""
        said = str(view.state.facts.get("said") or "")
        twins = await self.twins(actor, view)
        look = await self.routing.look(actor, said, subject=view.case, by_people=view.state.people_only)
        return Seen(look, self.routing.ready(look, alone=not twins), twins)

    async def twins(self, actor: Actor, view: CaseView) -> tuple[Twin, ...]:
        """Earlier requests of the region that may be about the same thing, the likeliest first; without their words.
        Neither compared nor found are those of whoever wants people alone. Raises Refused: `not-intake` (403)."""
        dispatches(actor)
        if view.state.people_only:
            return ()
        region, case, said = view.opening.region, view.case, str(view.state.facts.get("said") or "")
        since = self.clock() - timedelta(days=RECENT_DAYS)
        before = [pair for pair in await store.words(self.db, region, since, MOST) if pair[0].case_id != case]
        near = await asyncio.to_thread(_near, said, [words for _, words in before])
        return tuple(
            Twin(case_id=row.case_id, at=row.at, body=row.body, state=row.state, alike=round(alike * 100))
            for row, alike in ((before[n][0], alike) for n, alike in near[:5])
        )

    async def dispatch(
        self, actor: Actor, view: CaseView, to: str, reasons: str, urgency: str, kind: str, key: str, *, call: str = ""
    ) -> CaseView:
        """Set kind and urgency where they are otherwise, then send it. `to` is a category, whose body it goes to, or a
        body; `call` is the gate's number of what was proposed about this case.

        Raises Refused as `Cases.act`: `no-category` where nothing was chosen; `unknown-suggestion` (404).
        """
        region = view.opening.region
        category = to if to in categories() else ""
        body = competent(self.directory, region, to) if category else to
        if not body:
            raise refuse("no-category", "请选派给哪个单位。", "Choose where it goes.", place="to")
        first = await self._first(call, view.case) if call else ""
        act = _ACTS.get(view.state.state, "dispatch")
        facts = {name: value for name, value in (("urgency", urgency), ("kind", kind)) if value}
        other = {name: value for name, value in facts.items() if view.state.facts.get(name) != value}
        if other and view.state.state == "received":
            view = await self.cases.act(actor, view.case, "sort", {"facts": other}, version=None, key=f"{key}-sort")
        says = {"body": body, "reasons": reasons}
        done = await self.cases.act(actor, view.case, act, says, version=None, key=key)
        followed = bool(first) and first == category
        sent = Sent(
            region=region, case_id=done.case, seq=done.state.seq, at=self.clock(), category=category, body=body,
            by_id=actor.id, followed=followed,
        )  # fmt: skip
        await kept.add(self.db, sent)
        if call:
            why = "" if followed else "另选了类别或者单位 · another kind or body was chosen"
            try:
                await self.routing.gate.settle(call, actor, "accepted" if followed else "declined", why)
            except Refused as refused:  # it is sent; that somebody settled it before changes nothing
                self.log.event("suggestion-not-settled", case=done.case, why=refused.code)
        return done

    async def _first(self, call: str, case: str) -> str:
        """The category that was put first about this case: what a form says of it is not believed."""
        found = await self.routing.gate.one(call)
        if found is None or (found.use, found.subject) != (USE, case):
            raise refuse("unknown-suggestion", "没有这条建议，请重新查看", "There is no such suggestion", status=404)
        value: Any = cast("dict[str, Any]", found.suggestion or {}).get("value", ())
        if isinstance(value, dict):  # from above, with where it came from
            value = cast("dict[str, Any]", value).get("value", ())
        choices = msgspec.convert(value, tuple[Choice, ...])
        return choices[0].category if choices else ""

    async def lessons(self, region: str | None, since: datetime) -> list[tuple[str, str]]:
        """What may be learned from since then, as (text, slug), the newest `AT_MOST`. For whoever runs the platform: no
        desk shows it."""
        return await kept.lessons(self.db, region, since, AT_MOST)

    async def hot_spots(self, actor: Actor) -> list[HotSpot]:
        """Groups of at least three among the last month's requests of the official's region, the largest first, with
        the words that most of them share; names and numbers masked, and nobody's whole words. Whoever wants people
        alone to deal with their request is in none.

        Raises Refused `not-intake` (403) for who neither sends on nor supervises.
        """
        if not {Role.INTAKE, Role.SUPERVISE} & actor.roles:
            dispatches(actor)
        region = self.directory.body(actor.body).region
        found = await store.words(self.db, region, self.clock() - timedelta(days=RECENT_DAYS), AT_MOST)
        pairs = await store.pairs(self.db, region)
        return await asyncio.to_thread(_grouped, found, pairs)


def dispatches(actor: Actor) -> None:
    """Raises Refused `not-intake` (403) for who does not take requests in."""
    if Role.INTAKE not in actor.roles:
        raise refuse("not-intake", "由受理派单的人员来做。", "This is for whoever takes requests in.", status=403)


def _near(text: str, texts: list[str]) -> list[tuple[int, float]]:
    from tongban.assist.routing import near  # with numpy: read when the first request is compared

    return sorted(near.beside(text, texts, ALIKE), key=lambda pair: -pair[1]) if texts else []


def _grouped(found: list[tuple[Row, str]], pairs: Mapping[tuple[str, str], str]) -> list[HotSpot]:
    from tongban.assist.gate.masking import Masking
    from tongban.assist.routing.hotspots import hot_spots

    at = {row.case_id: n for n, (row, _) in enumerate(found)}
    put: dict[str, list[tuple[int, int]]] = {"together": [], "apart": []}
    for (one, other), kind in pairs.items():
        if one in at and other in at:
            put[kind].append((at[one], at[other]))
    spots = hot_spots([words for _, words in found], together=put["together"], apart=put["apart"])
    mask = Masking().mask
    return [
        HotSpot(
            words=tuple(mask(word) for word in spot.words),
            count=len(spot.members),
            cases=tuple(found[n][0] for n in spot.members[:_SHOWN]),
        )
        for spot in spots
    ]
