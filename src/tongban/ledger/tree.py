"""The Merkle tree of RFC 6962 and RFC 9162, as pure functions over SHA-256.

A tree is known by the hashes of its complete subtrees: `Hashes` gives the one at a level (0 are the leaves) and a
place. Everything else (roots, proofs) is worked out from those, so that a tree of a million leaves is proved from a
few tiles (`ledger.tiles`). Proofs are checked with no tree at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

HASH: Final = 32
"""Bytes of a hash."""

EMPTY: Final = hashlib.sha256(b"").digest()
"""The root of the empty tree (RFC 9162 §2.1.1)."""

Hashes: TypeAlias = Callable[[int, int], bytes]
"""The hash of the complete subtree at (level, place): leaves `place << level` up to `(place + 1) << level`."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete(leaves: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    level = list(leaves)
    while len(level) > 1:
        level = [node_hash(level[n], level[n + 1]) for n in range(0, len(level), 2)]
    return level[0]


def root_over(size: int, hashes: Hashes) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return _range(0, size, hashes) if size else EMPTY


def inclusion_proof(index: int, size: int, hashes: Hashes) -> list[bytes]:
    """That leaf `index` is in the tree of `size` leaves, from the leaf up (RFC 9162 §2.1.3.1). Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left(end - start)
        if index < middle:
            path.append(_range(middle, end, hashes))
            end = middle
        else:
            path.append(_range(start, middle, hashes))
            start = middle
    return path[::-1]


def consistency_proof(size1: int, size2: int, hashes: Hashes) -> list[bytes]:
    """That the tree of `size1` leaves is the beginning of that of `size2` (RFC 9162 §2.1.4.1). Raises ValueError."""
    if not 0 <= size1 <= size2:
        raise ValueError(f"a tree of {size1} is not the beginning of one of {size2}")
    if size1 in (0, size2):
        return []
    path: list[bytes] = []
    start, end, whole = 0, size2, True
    while size1 != end:
        middle = start + _left(end - start)
        if size1 <= middle:
            path.append(_range(middle, end, hashes))
            end = middle
        else:
            path.append(_range(start, middle, hashes))
            start, whole = middle, False
    return [*([] if whole else [_range(start, end, hashes)]), *reversed(path)]


def included(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows the leaf hash at `index` of the tree with this root (RFC 9162 §2.1.3.2)."""
    return len(leaf) == HASH and _root_of(index, size, leaf, proof) == root


def consistent(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> bool:
    """Whether the proof shows that the one tree is the beginning of the other (RFC 9162 §2.1.4.2).

    The empty tree is the beginning of every tree and proves nothing: asked for as `size1`, the answer is no.
    """
    if not 0 < size1 <= size2:
        return False
    if size1 == size2:
        return not proof and root1 == root2
    path = [root1, *proof] if size1 & (size1 - 1) == 0 else list(proof)
    if not path:
        return False
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for one in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = node_hash(one, old), node_hash(one, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, one)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old == root1 and new == root2


def _root_of(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """The root to which a proof leads; None if it is too long, too short, or the leaf is beyond the tree."""
    if not 0 <= index < size:
        return None
    fn, sn, found = index, size - 1, leaf
    for one in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            found = node_hash(one, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, one)
        fn, sn = fn >> 1, sn >> 1
    return found if sn == 0 else None


def _left(count: int) -> int:
    """The largest power of two below `count`: how many leaves stand left of the first cut."""
    return 1 << ((count - 1).bit_length() - 1)


def _range(start: int, end: int, hashes: Hashes) -> bytes:
    """The root over leaves `start` up to `end`, where `start` is a place at which such a subtree begins."""
    parts = list(_complete_parts(start, end))
    found = hashes(*parts.pop())
    while parts:
        found = node_hash(hashes(*parts.pop()), found)
    return found


def _complete_parts(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees of a range, from the left: (level, place)."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level
