"""The tree cut into tiles of 256 hashes (C2SP tlog-tiles): how the log is kept, served and read.

Level `L` holds the hashes of complete subtrees of `256**L` leaves, 256 to a tile. Full tiles never change, so a log is
a set of static files: `tile/0/x001/234`, or `tile/0/x001/234.p/5` while the tile has but five hashes. Entries (the
leaves themselves) are bundled in the same way under `tile/entries/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tongban.ledger.tree import HASH, Hashes, complete, leaf_hash, node_hash, root_over

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
"""Hashes in a full tile."""
ENTRIES: Final = -1
"""The level under which bundles of entries are kept; in addresses it is called `entries`."""


class TileId(NamedTuple):
    """A tile by its level and its place in it."""

    level: int
    place: int

    def path(self, width: int = WIDTH) -> str:
        """Where it is served, below the log's prefix; `width` is how many hashes it has."""
        groups = f"{self.place % 1000:03}"
        rest = self.place // 1000
        while rest:
            groups = f"x{rest % 1000:03}/{groups}"
            rest //= 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{groups}" + ("" if width == WIDTH else f".p/{width}")


_PATH = re.compile(r"tile/(entries|0|[1-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def read_path(path: str) -> tuple[TileId, int] | None:
    """The tile and the width that an address names; None if it names none. One tile has one address."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level, groups, width = found.groups()
    wide = int(width) if width else WIDTH
    tile = TileId(ENTRIES if level == "entries" else int(level), int(groups.replace("x", "").replace("/", "")))
    return (tile, wide) if wide < WIDTH + (width is None) and tile.path(wide) == path else None


def widths(size: int) -> dict[TileId, int]:
    """The rightmost tile of each level of a tree of this size that has any hashes there, with how many it has."""
    found: dict[TileId, int] = {}
    level, count = 0, size
    while count:
        last = (count - 1) // WIDTH
        found[TileId(level, last)] = count - last * WIDTH
        level, count = level + 1, count // WIDTH
    return found


def width_of(tile: TileId, size: int) -> int:
    """How many hashes a tile has in a tree of this size; 0 if it has none yet."""
    count = size >> (HEIGHT * max(tile.level, 0))
    return min(max(count - tile.place * WIDTH, 0), WIDTH)


@dataclass(frozen=True, slots=True)
class Grown:
    """A tree after leaves were added: its size, its root, and every tile that changed, whole."""

    size: int
    root: bytes
    tiles: Mapping[TileId, bytes]


def grow(size: int, edge: Mapping[TileId, bytes], leaves: Sequence[bytes]) -> Grown:
    """Add leaves (the data, each of fewer than 65,536 bytes) to a tree whose rightmost tiles are `edge`.

    `edge` has the tiles of `widths(size)` and the rightmost bundle of entries; full ones may be left out.
    """
    changed: dict[TileId, bytes] = {}
    _add(changed, edge, ENTRIES, size, [len(leaf).to_bytes(2, "big") + leaf for leaf in leaves])
    fresh, level, count = [leaf_hash(leaf) for leaf in leaves], 0, size
    while fresh:
        full = _add(changed, edge, level, count, fresh)
        count //= WIDTH
        fresh = [complete(_cut(one)) for one in full]
        level += 1
    after = size + len(leaves)
    last = {tile: changed.get(tile) or edge[tile] for tile, width in widths(after).items() if width}
    return Grown(after, root_over(after, reader(last)), changed)


def _add(
    changed: dict[TileId, bytes], edge: Mapping[TileId, bytes], level: int, count: int, fresh: Sequence[bytes]
) -> list[bytes]:
    """Append to one level that has `count` hashes; the answer are the tiles that have become full."""
    full: list[bytes] = []
    done = 0
    while done < len(fresh):
        place, has = divmod(count + done, WIDTH)
        tile = TileId(level, place)
        take = fresh[done : done + WIDTH - has]
        changed[tile] = (edge[tile] if has else b"") + b"".join(take)
        done += len(take)
        if has + len(take) == WIDTH:
            full.append(changed[tile])
    return full


def reader(tiles: Mapping[TileId, bytes]) -> Hashes:
    """The hashes of the tree whose tiles these are. Raises KeyError for a tile that is not there, ValueError for one
    that is too short."""
    memory: dict[tuple[int, int], bytes] = {}

    def at(level: int, place: int) -> bytes:
        found = memory.get((level, place))
        if found is None:
            tile, inner = TileId(level // HEIGHT, place >> (HEIGHT - level % HEIGHT)), level % HEIGHT
            if inner:
                found = node_hash(at(level - 1, 2 * place), at(level - 1, 2 * place + 1))
            else:
                start = place % WIDTH * HASH
                found = tiles[tile][start : start + HASH]
                if len(found) != HASH:
                    raise ValueError(f"{tile.path()} has no hash {place % WIDTH}")
            memory[level, place] = found
        return found

    return at


def needed(compute: Callable[[Hashes], object]) -> frozenset[TileId]:
    """The tiles that a computation over hashes will ask for."""
    found: set[TileId] = set()

    def at(level: int, place: int) -> bytes:
        found.add(TileId(level // HEIGHT, place >> (HEIGHT - level % HEIGHT)))
        return bytes(HASH)

    compute(at)
    return frozenset(found)


def read_entries(bundle: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ValueError."""
    entries: list[bytes] = []
    at = 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle) or at + 2 > len(bundle):
            raise ValueError("a bundle of entries is cut off")
        entries.append(bundle[at + 2 : end])
        at = end
    return entries


def write_entries(entries: Iterable[bytes]) -> bytes:
    """A bundle of entries."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def _cut(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]
