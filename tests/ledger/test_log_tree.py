"""The tree proves what RFC 9162 says it proves, from tiles alone, and no changed proof passes."""

import base64
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors import VECTORS, needs

from tongban.ledger.tiles import ENTRIES, WIDTH, TileId, grow, needed, read_entries, read_path, reader, width_of, widths
from tongban.ledger.tree import (
    EMPTY,
    consistency_proof,
    consistent,
    included,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_over,
)

ROOT_OF_EIGHT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
EIGHT = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
EIGHT.append(bytes(range(0x60, 0x70)))
"""The leaves that the log servers of Certificate Transparency are tested with, and the root over them."""


def tree(leaves: list[bytes], step: int = 10**9):
    """A tree grown in steps: its tiles and its size."""
    tiles: dict[TileId, bytes] = {}
    size = 0
    for at in range(0, len(leaves), step):
        grown = grow(size, tiles, leaves[at : at + step])
        tiles |= grown.tiles
        size = grown.size
    return tiles, size


def plain_root(leaves: list[bytes]) -> bytes:
    """The definition, word for word (RFC 9162 §2.1.1)."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return node_hash(plain_root(leaves[:left]), plain_root(leaves[left:]))


def numbered(count: int) -> list[bytes]:
    return [b"%d" % n for n in range(count)]


def test_the_known_root_of_eight_leaves():
    tiles, size = tree(EIGHT)
    assert root_over(size, reader(tiles)).hex() == ROOT_OF_EIGHT


def _vectors(kind: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((VECTORS / "merkle" / kind).rglob("*.json"))]


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@needs("merkle")
def test_every_given_vector_of_inclusion():
    vectors = _vectors("inclusion")
    for one in vectors:
        proof = [_bytes(each) for each in one["proof"] or ()]
        found = included(one["leafIdx"], one["treeSize"], _bytes(one["leafHash"]), proof, _bytes(one["root"]))
        assert found is not one["wantErr"], one["desc"]
    assert len(vectors) == 98


@needs("merkle")
def test_every_given_vector_of_consistency():
    vectors = _vectors("consistency")
    for one in vectors:
        proof = [_bytes(each) for each in one["proof"] or ()]
        found = consistent(one["size1"], one["size2"], proof, _bytes(one["root1"]), _bytes(one["root2"]))
        assert found is not one["wantErr"], one["desc"]
    assert len(vectors) == 98


def test_every_leaf_of_every_small_tree_is_proved_and_no_other_place_is():
    leaves = numbered(34)
    for count in range(1, len(leaves) + 1):
        tiles, size = tree(leaves[:count])
        at = reader(tiles)
        root = root_over(size, at)
        assert root == plain_root(leaves[:count])
        for index in range(size):
            proof = inclusion_proof(index, size, at)
            assert included(index, size, leaf_hash(leaves[index]), proof, root)
            assert not included((index + 1) % size, size, leaf_hash(leaves[index]), proof, root) or size == 1
            assert not included(index, size, leaf_hash(b"x"), proof, root)
            assert not included(index, size, leaf_hash(leaves[index]), [*proof, root], root)


def test_every_small_tree_is_the_beginning_of_every_larger_one():
    leaves = numbered(26)
    roots = [plain_root(leaves[:count]) for count in range(len(leaves) + 1)]
    at = reader(tree(leaves)[0])
    for one in range(1, len(leaves) + 1):
        for two in range(one, len(leaves) + 1):
            proof = consistency_proof(one, two, at)
            assert consistent(one, two, proof, roots[one], roots[two])
            assert not consistent(one, two, proof, roots[one - 1], roots[two])
            assert not consistent(one, two, [*proof, roots[0]], roots[one], roots[two])
            assert not consistent(one, two, proof[:-1], roots[one], roots[two]) or not proof


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 1400), st.integers(1, 500))
def test_a_log_grown_in_any_steps_has_the_same_tiles(count: int, step: int):
    leaves = numbered(count)
    tiles, size = tree(leaves, step)
    assert (tiles, size) == tree(leaves)
    assert root_over(size, reader(tiles)) == plain_root(leaves)
    for tile, data in tiles.items():
        if tile.level == ENTRIES:
            assert read_entries(data) == leaves[tile.place * WIDTH : tile.place * WIDTH + WIDTH]
        else:
            assert len(data) == 32 * width_of(tile, size)


def test_a_proof_among_seventy_thousand_leaves_needs_four_tiles():
    leaves = numbered(70_000)
    tiles, size = tree(leaves)
    assert sum(tile.level == 0 and len(data) == 8192 for tile, data in tiles.items()) == 273
    assert widths(size) == {TileId(0, 273): 112, TileId(1, 1): 17, TileId(2, 0): 1}
    wanted = needed(lambda at: inclusion_proof(68_999, size, at))
    assert len(wanted) <= 4
    few = {tile: tiles[tile] for tile in wanted}
    proof = inclusion_proof(68_999, size, reader(few))
    assert included(68_999, size, leaf_hash(leaves[68_999]), proof, root_over(size, reader(tiles)))


@pytest.mark.parametrize(
    ("tile", "width", "path"),
    [
        (TileId(0, 1234067), 256, "tile/0/x001/x234/067"),
        (TileId(3, 0), 7, "tile/3/000.p/7"),
        (TileId(ENTRIES, 1000), 256, "tile/entries/x001/000"),
    ],
)
def test_a_tile_has_one_address(tile: TileId, width: int, path: str):
    assert tile.path(width) == path
    assert read_path(path) == (tile, width)


@pytest.mark.parametrize(
    "path",
    ["tile/00/000", "tile/0/x000/000", "tile/0/1", "tile/64/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/x/000"],
)
def test_no_other_address_is_read(path: str):
    assert read_path(path) is None


def test_a_tree_that_only_grows_never_changes_a_full_tile():
    leaves = numbered(2_000)
    before: dict[TileId, bytes] = {}
    for one, two in pairwise(range(0, 2_001, 400)):
        now = before | dict(grow(one, before, leaves[one:two]).tiles)
        assert all(now[tile].startswith(data) for tile, data in before.items())
        before = now
