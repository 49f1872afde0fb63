"""Decision trees made anew: with other outcomes, and with fewer branches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .tree import Branch, Leaf, Split, Tree, join_spans, leaves, merge


def mapped(tree: Tree, change: Callable[[int], int]) -> Tree:
    """The tree with every outcome changed; branches that then lead to the same are one, and looks that no longer tell
    anything apart are gone."""
    if isinstance(tree, Leaf):
        return Leaf(change(tree.outcome))
    null = mapped(tree.null, change)
    unknown = None if tree.unknown is None else (tree.unknown[0], mapped(tree.unknown[1], change))
    if unknown is not None and unknown[1] == null:
        unknown = None
    branches = merge((b.spans, b.texts, b.rest, mapped(b.then, change)) for b in tree.branches)
    if unknown is None and all(branch.then == null for branch in branches):
        return null
    return Split(tree.value, tree.kind, tuple(branches), null, unknown)


def shared(tree: Tree) -> Tree:
    """The tree with branches as one that differ in few places: what tells them apart is asked there, once more."""
    if isinstance(tree, Leaf):
        return tree
    unknown = None if tree.unknown is None else (tree.unknown[0], shared(tree.unknown[1]))
    kept: list[Branch] = []
    for branch in tree.branches:
        new = replace(branch, then=shared(branch.then))
        for place, old in enumerate(kept):
            both = _united(tree, old, new, old.then, new.then)
            if _size(both) < _size(old.then) + _size(new.then):
                spans = join_spans((*old.spans, *new.spans))
                kept[place] = Branch(spans, (*old.texts, *new.texts), old.rest or new.rest, both)
                break
        else:
            kept.append(new)
    return replace(tree, branches=tuple(kept), null=shared(tree.null), unknown=unknown)


def _united(split: Split, one: Branch, other: Branch, a: Tree, b: Tree) -> Tree:
    """`a` for the values of one branch of the split and `b` for those of another, neither of them null."""
    if a == b:
        return a
    if isinstance(a, Split) and isinstance(b, Split) and _looks(a) == _looks(b):
        pairs = zip(a.branches, b.branches, strict=True)
        branches = tuple(replace(x, then=_united(split, one, other, x.then, y.then)) for x, y in pairs)
        unknown = None
        if a.unknown is not None and b.unknown is not None:
            unknown = (a.unknown[0], _united(split, one, other, a.unknown[1], b.unknown[1]))
        return replace(a, branches=branches, null=_united(split, one, other, a.null, b.null), unknown=unknown)
    return Split(split.value, split.kind, (replace(one, then=a), replace(other, then=b)), b)


def _looks(split: Split) -> tuple[object, ...]:
    """What a split asks, without where that leads to."""
    branches = tuple((branch.spans, branch.texts, branch.rest) for branch in split.branches)
    return split.value, branches, split.unknown and split.unknown[0]


def _size(tree: Tree) -> int:
    return sum(1 for _ in leaves(tree))
