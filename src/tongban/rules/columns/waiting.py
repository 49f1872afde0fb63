"""What an open table waits for, as a tree: each value is looked at once, and which cells of which rows are open is
known at the leaf."""

from __future__ import annotations

from dataclasses import dataclass

from .ir import Decide
from .regrow import mapped
from .tree import Branch, Lane, Leaf, Planner, Split, State, Tree

MOST_WAITS = 120
"""A tree with more leaves than this is not worth its text; then every row is asked by itself."""

Open = frozenset[tuple[int, int]]
"""Rows, as bits, with the lanes in which they are open."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A tree whose outcomes are places in `waits`: each the names that the open cells of the open rows wait for, one
    entry for each cell."""

    tree: Tree
    waits: tuple[tuple[tuple[str, ...], ...], ...]


class _TooLarge(Exception):
    pass


def waiting(table: Decide) -> Waiting | None:
    """The tree of a table; None if it would be too large."""
    made = _Waiting(Planner(table).lanes)
    try:
        tree = made.build(frozenset(range(len(made.lanes))), (1 << len(table.rows)) - 1, frozenset())
    except _TooLarge:
        return None
    return Waiting(mapped(tree, lambda outcome: outcome), tuple(made.waits))


class _Waiting:
    def __init__(self, lanes: list[Lane]) -> None:
        self.lanes = lanes
        self.waits: dict[tuple[tuple[str, ...], ...], int] = {}
        self.count = 0

    def build(self, left: frozenset[int], alive: int, opened: Open) -> Tree:
        """The tree for the rows `alive`, open in the lanes `opened`, with `left` still to be looked at."""
        left = frozenset(index for index in left if self.lanes[index].tested & alive)
        if not left:
            return self.leaf(alive, opened)
        # What tells most rows apart comes first, as then most of the others need not be looked at.
        chosen = min(sorted(left), key=lambda index: (-_failing(self.lanes[index], alive), index))
        lane = self.lanes[chosen]

        def after(state: State) -> Tree:
            still = alive & ~state.fail
            more = ((1 << bit, chosen) for bit in range(still.bit_length()) if state.open & still & (1 << bit))
            return self.build(left - {chosen}, still, opened | frozenset(more))

        branches = tuple(Branch(spans, texts, rest, after(state)) for spans, texts, rest, state in lane.grouped(alive))
        unknown = None if lane.unknown is None else (lane.unknown[0], after(lane.unknown[1]))
        return Split(lane.value, lane.kind, branches, after(lane.null), unknown)

    def leaf(self, alive: int, opened: Open) -> Leaf:
        self.count += 1
        if self.count > MOST_WAITS:
            raise _TooLarge
        cells = {(bit, lane): self.lanes[lane].cells[bit] for bit, lane in opened if bit & alive}
        waits = tuple(dict.fromkeys(cells[key].waits for key in sorted(cells)))
        return Leaf(self.waits.setdefault(waits, len(self.waits)))


def _failing(lane: Lane, alive: int) -> float:
    """How many rows a look at a lane rules out on average."""
    parts = lane.parts
    return sum((state.fail & alive).bit_count() for *_, state in parts) / max(len(parts), 1)
