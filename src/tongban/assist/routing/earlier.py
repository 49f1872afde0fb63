"""Requests of earlier days that counters only sent on, before each became a case of the hotline: to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tongban.assist.routing.records import Request
from tongban.assist.store import Store, routing
from tongban.base.errors import refuse
from tongban.base.page import Page, cursor, read_cursor
from tongban.org import Actor, Directory, Role, visible

AT_MOST = 20_000
"""Lessons that are read."""


@dataclass(frozen=True)
class Earlier:
    """What lies there of one installation."""

    store: Store
    directory: Directory

    async def one(self, actor: Actor, request: str) -> Request:
        """A request that this official's bodies took or were sent. Raises Refused `no-such-request` (404)."""
        async with self.store.acting() as connection:
            found = await routing.one(connection, request[:6], request)
        if found is None or not _seen(found, self._bodies(actor)):
            raise refuse("no-such-request", "没有这条诉求", "There is no such request", status=404)
        (opened,) = await self._opened([found])
        return opened

    async def there(self, actor: Actor) -> bool:
        """Whether this official's bodies took or were sent any; none is opened."""
        bodies = self._bodies(actor)
        if not bodies:
            return False
        region = self.directory.body(actor.body).region
        async with self.store.acting() as connection:
            return bool(await routing.of_bodies(connection, region, sorted(bodies), None, 1))

    async def page(self, actor: Actor, after: str | None, limit: int) -> Page[Request]:
        """Requests that this official's bodies took or were sent, the newest first. Raises Refused `bad-cursor`."""
        place = read_cursor(after, tuple[datetime, str]) if after else None
        bodies = self._bodies(actor)
        if not bodies:
            return Page(())
        region = self.directory.body(actor.body).region
        async with self.store.acting() as connection:
            found = await routing.of_bodies(connection, region, sorted(bodies), place, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return Page(tuple(await self._opened(found[:limit])), cursor(last.at, last.id) if last else None)

    async def lessons(self, region: str | None, since: datetime) -> list[tuple[str, str]]:
        """Words and category of those that were passed on and then checked by a second person since, as (text, slug),
        the newest `AT_MOST`. For whoever runs the platform: no desk shows it."""
        async with self.store.acting() as connection:
            found = await routing.lessons(connection, region, since, AT_MOST)
        ring = await self.store.ring(row["said"] for row in found)
        return [(routing.words(ring, row["region"], row["id"], row["said"]), row["category"]) for row in found]

    async def _opened(self, found: Sequence[Request]) -> list[Request]:
        return routing.opened(await self.store.ring(routing.texts(found)), found)

    def _bodies(self, actor: Actor) -> frozenset[str]:
        """Whose requests this official may see: their own body's, and a supervisor's region."""
        if actor.kind != "official" or not actor.body:
            return frozenset()
        scope = visible(self.directory, actor)
        return frozenset(scope.bodies) if Role.SUPERVISE in actor.roles else frozenset(scope.bodies) & {actor.body}


def _seen(request: Request, bodies: frozenset[str]) -> bool:
    return request.office in bodies or any(move.body in bodies for move in request.moves)
