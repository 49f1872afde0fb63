"""Hit policies: from the rows that match to the outcome, one function for each policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import TypeAlias

from tongban.rules.feel.dialect import equal, less
from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.values import CONTEXT, Number, Value, number, type_name

from .model import HitPolicy

Outputs: TypeAlias = "dict[str, Value] | list[dict[str, Value]] | None"
"""One row's outputs by name; all rows' outputs for the policies that collect; None where there is no outcome."""


class Status(StrEnum):
    """How a decision ended."""

    DECIDED = "decided"
    DEFAULT = "default"
    """No row matched, none could have, and the table has default outputs."""
    NO_ROW = "no-row"
    """No row matched, and none could have: the table has a gap here."""
    MISSING_FACT = "missing-fact"
    """No row matched, but some could once the unknown facts are known."""
    CONFLICT = "conflict"
    """Rows matched that must not match together: the table contradicts itself here."""


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows that match, at least one, in the order of the table."""

    outputs: Mapping[int, dict[str, Value]]
    """What each row says, by its number."""
    priorities: Sequence[Sequence[Value]]
    """For each output its allowed values, the highest priority first; empty where there is no order."""

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(self.outputs)

    def rank(self, row: int) -> tuple[int, ...]:
        """Where the outputs of a row stand among the allowed values, the first output weighing most."""
        pairs = zip(self.outputs[row].values(), self.priorities, strict=True)
        return tuple(_position(value, allowed) for value, allowed in pairs)


def _position(value: Value, allowed: Sequence[Value]) -> int:
    return next((index for index, one in enumerate(allowed) if equal(value, one)), len(allowed))


Resolution: TypeAlias = tuple[Status, tuple[int, ...], Outputs]
"""The status, the rows that count, and the outputs. Raised instead: `Undefined`, for what cannot be summed."""


def _single(hits: Hits, row: int) -> Resolution:
    return Status.DECIDED, (row,), hits.outputs[row]


def _unique(hits: Hits) -> Resolution:
    if len(hits.rows) == 1:
        return _single(hits, hits.rows[0])
    return Status.CONFLICT, hits.rows, None


def _any(hits: Hits) -> Resolution:
    first = hits.outputs[hits.rows[0]]
    if all(equal(first, hits.outputs[row]) for row in hits.rows[1:]):
        return Status.DECIDED, hits.rows, first
    return Status.CONFLICT, hits.rows, None


def _first(hits: Hits) -> Resolution:
    return _single(hits, hits.rows[0])


def _priority(hits: Hits) -> Resolution:
    return _single(hits, min(hits.rows, key=hits.rank))


def _collect(hits: Hits) -> Resolution:
    return Status.DECIDED, hits.rows, [hits.outputs[row] for row in hits.rows]


def _output_order(hits: Hits) -> Resolution:
    rows = tuple(sorted(hits.rows, key=hits.rank))
    return Status.DECIDED, rows, [hits.outputs[row] for row in rows]


def _aggregated(combine: Callable[[Sequence[Value]], Value]) -> Callable[[Hits], Resolution]:
    def resolve(hits: Hits) -> Resolution:
        found = [hits.outputs[row] for row in hits.rows]
        (name,) = found[0]
        return Status.DECIDED, hits.rows, {name: combine([outputs[name] for outputs in found])}

    return resolve


def _sum(values: Sequence[Value]) -> Value:
    numbers = [value for value in values if isinstance(value, Number)]
    if len(numbers) < len(values):
        wrong = next(value for value in values if not isinstance(value, Number))
        raise Undefined(Code.TYPE_MISMATCH, HitPolicy.SUM.value, type_name(wrong))
    try:
        return reduce(CONTEXT.add, numbers)
    except ArithmeticError:
        raise Undefined(Code.OUT_OF_RANGE) from None


def _least(values: Sequence[Value]) -> Value:
    return reduce(lambda best, value: value if less(value, best) else best, values)


def _greatest(values: Sequence[Value]) -> Value:
    return reduce(lambda best, value: value if less(best, value) else best, values)


def _count(values: Sequence[Value]) -> Value:
    return number(len(values))


RESOLVERS: Mapping[HitPolicy, Callable[[Hits], Resolution]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.ANY: _any,
    HitPolicy.FIRST: _first,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.COLLECT: _collect,
    HitPolicy.SUM: _aggregated(_sum),
    HitPolicy.MIN: _aggregated(_least),
    HitPolicy.MAX: _aggregated(_greatest),
    HitPolicy.COUNT: _aggregated(_count),
    HitPolicy.RULE_ORDER: _collect,
    HitPolicy.OUTPUT_ORDER: _output_order,
}

RANKED = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})
"""Policies that order rows by the allowed values of the outputs."""
AGGREGATED = frozenset({HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT})
"""Policies that make one value of a single output column."""
SINGLE = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY})
"""Policies whose outcome is one row's outputs."""
LISTED = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER})
"""Policies whose outcome is a list of rows' outputs."""
