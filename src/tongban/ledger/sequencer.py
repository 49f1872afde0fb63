"""From commitments that wait to the tree: one writer, one transaction a batch, crash-safe because it is one.

Whoever holds the row of the head writes; the others pass by. What is taken out of the line, its places, the tiles, the
size and the signed checkpoint are committed together or not at all, so a checkpoint is signed over what is on disk and
nothing else, and no leaf is lost or doubled when the machine stops in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from tongban.base.clock import Clock
from tongban.base.crypto import SUITES
from tongban.base.database import Connection, Database
from tongban.base.keys import Document, KeyRing, Use
from tongban.ledger import store
from tongban.ledger.checkpoints import Checkpoint
from tongban.ledger.commitments import START, chained
from tongban.ledger.policy import vkey
from tongban.ledger.store import Leaf, Waiting
from tongban.ledger.tiles import ENTRIES, WIDTH, TileId, grow, widths

BATCH: Final = 1_000
"""Leaves in one transaction at most."""


class Broken(Exception):
    """The log would have to say what is not so. It stops, and a human looks."""


@dataclass
class Sequencer:
    """Gives places. Any number may run; at each moment one of them writes."""

    db: Database
    ring: KeyRing
    clock: Clock
    witnessed: bool = False
    """Whether a checkpoint is shown only once witnesses have signed it."""
    _edge: tuple[int, Mapping[TileId, bytes]] = field(init=False, default=(0, {}))
    """The rightmost tiles of the tree of a size, as we last wrote them: a tree of that size has no others."""

    async def run(self, batch: int = BATCH) -> int:
        """Place everything that waits; the number of leaves that were added here."""
        done = 0
        if await store.anything_waits(self.db):
            while placed := await self.turn(batch):
                done += placed
                if placed < batch:
                    break
        return done

    async def turn(self, batch: int = BATCH) -> int:
        """Place the next batch. 0 if there is none, or another process is at it. Raises Broken."""
        async with self.db.transaction() as connection:
            head = await store.hold(connection)
            waiting = await store.take(connection, batch) if head else []
            if head is None or not waiting:
                return 0
            leaves = await _placed(connection, head.size, waiting)
            size, edge = self._edge
            if size != head.size:
                edge = await store.tiles(connection, _edge_of(head.size))
            growing = asyncio.create_task(asyncio.to_thread(grow, head.size, edge, [leaf.value for leaf in leaves]))
            await store.add(connection, leaves)  # the server writes while we hash
            grown = await growing
            signed = self._signed(Checkpoint(head.origin, grown.size, grown.root))
            await store.grow(connection, grown.tiles, grown.size, signed, shown=not self.witnessed)
        self._edge = grown.size, {tile: grown.tiles.get(tile) or edge[tile] for tile in _edge_of(grown.size)}
        return len(leaves)

    def _signed(self, checkpoint: Checkpoint) -> str:
        now, ring = self.clock(), self.ring
        keys = [ring.signer_with(Use.LOG, now, SUITES[suite].signature) for suite in ring.keys.suites(Document.LOG)]
        note = checkpoint.signed(*((vkey(checkpoint.origin, key), partial(ring.sign, key.id)) for key in keys))
        return bytes(note).decode()


def _edge_of(size: int) -> list[TileId]:
    """The tiles at the right edge of a tree, which the next leaves are added to."""
    return [*widths(size), *([TileId(ENTRIES, size // WIDTH)] if size % WIDTH else [])]


async def _placed(connection: Connection, size: int, waiting: Sequence[Waiting]) -> list[Leaf]:
    """The leaves of commitments, each event's chained to the one before it in its case."""
    known = await store.values(connection, {(region, case, seq - 1) for region, case, seq, _, _ in waiting if seq > 1})
    leaves: list[Leaf] = []
    for place, (region, subject, seq, value, salt) in enumerate(waiting, start=size):
        if seq:
            last = known.get((region, subject, seq - 1)) if seq > 1 else START
            if last is None:
                raise Broken(f"event {seq} of a case comes before the one it follows")
            value = known[region, subject, seq] = chained(last, value)
        leaves.append(Leaf(region, subject, seq, place, value, salt))
    return leaves
