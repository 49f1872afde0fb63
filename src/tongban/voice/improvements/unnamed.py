"""Complaints that name no service: grouped by their words, and put to a service by a person of the supervising post.

The grouping is that of the hot spots (`assist.routing.hotspots`: rare runs in common, then average likeness); what is
shown of a group is the words that most of it share, masked, so that one can see why they are together. The service
proposed is the one that most of its texts call by a name of the catalogue; no model, and nothing counts before a person
has said so.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.voice.improvements.causes import Cause, suggested
from tongban.voice.store import unnamed as store

AT_MOST = 5_000
"""Complaints among which groups are looked for, the latest."""
_SHOWN = 20


class WordCluster(msgspec.Struct, frozen=True, kw_only=True):
    """Complaints that say something similar: the words in common, by how many people, their numbers (the most typical
    first), and the service they may be about (empty: none is named)."""

    words: tuple[str, ...]
    people: int
    cases: tuple[str, ...]
    service: str


@dataclass(frozen=True)
class Unnamed:
    """Those of the regions of one supervising post, since a day. `named` finds the service that a text calls by name;
    `causes` are the parts of a service's file."""

    db: Database
    regions: Sequence[str]
    since: datetime
    named: Callable[[str], str]
    causes: Callable[[str], Mapping[str, Cause]]

    async def clusters(self) -> list[WordCluster]:
        """Groups of at least three, those that name a service first, then the largest; twenty at most at a time."""
        found = await store.waiting(self.db, self.regions, self.since, AT_MOST)
        made = await asyncio.to_thread(_grouped, found, self.named)
        return sorted(made, key=lambda one: (not one.service, -one.people))[:_SHOWN]

    async def put(self, cases: Sequence[str], service: str, none: str, by: str, at: datetime) -> int:
        """Say which service these are about (`none`: no service file), as a person who has looked; how many it was. The
        part is then confirmed as of every other complaint.

        Raises Refused: `choose-some`, `unknown-service` (404).
        """
        if not cases:
            raise refuse("choose-some", "请至少勾选一件。", "Tick at least one.", place="case")
        if service == none:
            return await store.name(self.db, self.regions, dict.fromkeys(cases, ""), "", none, by, at)
        parts = self.causes(service)
        words = {case: said for case, _, said in await store.waiting(self.db, self.regions, self.since, AT_MOST)}
        about = {case: suggested(parts, (), words[case]) for case in cases if case in words}
        return await store.name(self.db, self.regions, about, service, "", by, at)


def _grouped(found: Sequence[tuple[str, str, str]], named: Callable[[str], str]) -> list[WordCluster]:
    from tongban.assist.gate.masking import Masking
    from tongban.assist.routing.hotspots import hot_spots

    mask = Masking().mask
    made: list[WordCluster] = []
    for spot in hot_spots([said for _, _, said in found]):
        calls = Counter(service for n in spot.members if (service := named(found[n][2])))
        likely, times = calls.most_common(1)[0] if calls else ("", 0)
        made.append(
            WordCluster(
                words=tuple(mask(word) for word in spot.words),
                people=len({found[n][1] for n in spot.members}),
                cases=tuple(found[n][0] for n in spot.members),
                service=likely if 2 * times >= len(spot.members) else "",
            )
        )
    return made
