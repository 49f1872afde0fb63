"""Following a log: every entry is read, the tree is grown again from them, and its root must be the one it signed.

An auditor keeps the edge of the tree it has seen, a few kilobytes. From it and the new entries alone comes the new
root, so no proof has to be believed: a log that has changed, lost or hidden an entry cannot sign a root that fits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from tongban.ledger.checkpoints import Checkpoint, Trusted, trusted
from tongban.ledger.faults import Fault, Untrue
from tongban.ledger.notes import decode, encode
from tongban.ledger.policy import Policy
from tongban.ledger.tiles import ENTRIES, WIDTH, TileId, grow, needed, read_entries, reader, width_of, widths
from tongban.ledger.tree import EMPTY, HASH, leaf_hash, root_over

FORMAT: Final = "tongban/audit@1"
_STEP: Final = 64
"""Bundles that are read before the tree is grown by them."""

Fetch = Callable[[str], Awaitable[bytes | None]]
"""A file of the log by its path; None where there is none. Raises OSError where the log cannot be reached."""


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an auditor keeps: whom it believes, the last checkpoint, and the edge of the tree (base64 by path)."""

    format: str = FORMAT
    policy: Policy
    size: int = 0
    root: str = encode(EMPTY)
    note: str = ""
    edge: dict[str, str] = {}

    @classmethod
    def read(cls, data: bytes) -> Kept:
        """Raises ValueError."""
        kept = msgspec.json.decode(data, type=cls)
        edge = {tile.path(width) for tile, width in _edge(kept.size)}
        if kept.format != FORMAT or len(decode(kept.root)) != HASH or kept.edge.keys() != edge:
            raise ValueError("not what an auditor keeps")
        return kept

    def __bytes__(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=2)

    @property
    def tiles(self) -> dict[TileId, bytes]:
        """The edge."""
        return {tile: decode(self.edge[tile.path(width)]) for tile, width in _edge(self.size)}


def _edge(size: int) -> list[tuple[TileId, int]]:
    bundle = [(TileId(ENTRIES, size // WIDTH), size % WIDTH)] if size % WIDTH else []
    return [*widths(size).items(), *bundle]


@dataclass(frozen=True, slots=True)
class Audited:
    """The log as it was found: what to keep now, the checkpoint, and how many entries were read."""

    kept: Kept
    seen: Trusted
    fresh: int


async def audit(
    fetch: Fetch, kept: Kept, now: datetime, told: Callable[[int, int], None] = lambda _a, _b: None
) -> Audited:
    """Follow the log from what was kept. `told` hears how many entries of how many were read.

    Raises Untrue: what the log did. Raises OSError: it could not be reached.
    """
    data = await fetch("checkpoint")
    if data is None:
        raise Untrue(Fault.MISSING_FILE, "checkpoint")
    policy = kept.policy
    seen = trusted(
        data, policy.logs, policy.watching, least=policy.least, now=int(now.timestamp()), suites=policy.needs
    )
    checkpoint = seen.checkpoint
    _no_step_back(kept, checkpoint)
    tiles = kept.tiles
    size, last = kept.size, tiles
    while size < checkpoint.size:
        entries = await _entries(fetch, tiles, size, min(checkpoint.size, (size // WIDTH + _STEP) * WIDTH), checkpoint)
        grown = grow(size, tiles, entries)
        tiles = {tile: grown.tiles.get(tile) or tiles[tile] for tile, _ in _edge(grown.size)}
        size, last = grown.size, grown.tiles
        told(size, checkpoint.size)
    root = root_over(size, reader(tiles)) if size else EMPTY
    if root != checkpoint.root:
        raise await _why(fetch, last, checkpoint, kept)
    edge = {tile.path(width): encode(tiles[tile]) for tile, width in _edge(size)}
    fresh = Kept(policy=kept.policy, size=size, root=encode(root), note=bytes(seen.note).decode(), edge=edge)
    return Audited(fresh, seen, size - kept.size)


def _no_step_back(kept: Kept, checkpoint: Checkpoint) -> None:
    if checkpoint.origin != kept.policy.origin:
        raise Untrue(Fault.UNKNOWN_LOG, checkpoint.origin)
    if checkpoint.size < kept.size:
        raise Untrue(Fault.ROLLED_BACK, f"{checkpoint.size} after {kept.size}")
    if checkpoint.size == kept.size and encode(checkpoint.root) != kept.root:
        raise Untrue(Fault.SPLIT_VIEW, f"size {checkpoint.size}")


async def _entries(fetch: Fetch, tiles: dict[TileId, bytes], start: int, end: int, to: Checkpoint) -> list[bytes]:
    """Entries `start` up to `end`. What was seen of the first bundle must still begin it."""
    found: list[bytes] = []
    for place in range(start // WIDTH, -(-end // WIDTH)):
        bundle = TileId(ENTRIES, place)
        data = await _file(fetch, bundle, to.size)
        known = tiles.get(bundle, b"") if start > place * WIDTH else b""
        if not data.startswith(known):
            raise Untrue(Fault.NOT_CONSISTENT, bundle.path())
        entries = _read(bundle, data)
        if len(entries) != width_of(bundle, to.size):
            raise Untrue(Fault.MISSING_FILE, bundle.path())
        found += entries[max(start - place * WIDTH, 0) : end - place * WIDTH]
    return found


async def _file(fetch: Fetch, tile: TileId, size: int) -> bytes:
    """A tile as wide as a log of this size has it, or the full one if the log has grown past it meanwhile."""
    width = width_of(tile, size)
    data = await fetch(tile.path(width))
    if data is None and width < WIDTH and (whole := await fetch(tile.path())) is not None:
        data = _cut(whole, width) if tile.level == ENTRIES else whole[: width * HASH]
    if data is None:
        raise Untrue(Fault.MISSING_FILE, tile.path(width))
    if tile.level != ENTRIES and len(data) != width * HASH:
        raise Untrue(Fault.TILE_DIFFERS, tile.path(width))
    return data


def _read(bundle: TileId, data: bytes) -> list[bytes]:
    try:
        return read_entries(data)
    except ValueError:
        raise Untrue(Fault.ENTRY_DIFFERS, bundle.path()) from None


def _cut(bundle: bytes, width: int) -> bytes:
    at = 0
    for _ in range(width):
        at += 2 + int.from_bytes(bundle[at : at + 2], "big")
    return bundle[:at]


async def _why(fetch: Fetch, tiles: Iterable[TileId], checkpoint: Checkpoint, kept: Kept) -> Untrue:
    """Entries do not lead to the signed root: whether they were changed, the hashes, or what had been seen before."""
    for tile in sorted(tile for tile in tiles if tile.level == 0):
        bundle = TileId(ENTRIES, tile.place)
        entries = _read(bundle, await _file(fetch, bundle, checkpoint.size))
        hashes = await _file(fetch, tile, checkpoint.size)
        if b"".join(map(leaf_hash, entries)) != hashes:
            return Untrue(Fault.ENTRY_DIFFERS, tile.path())
    if kept.size:
        return Untrue(Fault.NOT_CONSISTENT, f"size {kept.size} to {checkpoint.size}")
    return Untrue(Fault.TILE_DIFFERS, f"size {checkpoint.size}")


async def compare(fetch: Fetch, kept: Kept, other: bytes, now: datetime) -> Checkpoint:
    """That another checkpoint of the log, say of somebody's receipt, is of the same tree: no split view.

    Raises Untrue, as `audit`; a checkpoint that is newer than what was audited cannot be compared (`beyond-the-tree`).
    """
    seen = trusted(
        other, kept.policy.logs, kept.policy.watching, now=int(now.timestamp()), suites=kept.policy.needs
    ).checkpoint
    if seen.size > kept.size:
        raise Untrue(Fault.BEYOND_THE_TREE, f"{seen.size} of {kept.size}")
    root = EMPTY
    if seen.size:
        wanted = needed(lambda at: root_over(seen.size, at))
        tiles = {tile: await _file(fetch, tile, kept.size) for tile in wanted}
        whole = needed(lambda at: root_over(kept.size, at))
        tiles |= {tile: await _file(fetch, tile, kept.size) for tile in whole - wanted}
        root = root_over(seen.size, reader(tiles))
        if encode(root_over(kept.size, reader(tiles))) != kept.root:
            raise Untrue(Fault.TILE_DIFFERS)
    if root != seen.root:
        raise Untrue(Fault.SPLIT_VIEW, f"size {seen.size}")
    return seen
