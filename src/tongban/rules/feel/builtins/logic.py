"""Built-in functions on truth values (DMN 1.5, 10.3.4.2 and 10.3.4.4)."""

from __future__ import annotations

from functools import reduce

from tongban.rules.feel.dialect import both, either, negation
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.values import Value, items_of


def _as_truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


@builtin("not(negand: any)")
def not_(negand: Value) -> Value:
    return negation(_as_truth(negand))


@builtin("is defined(value: any)")
def is_defined(value: Value) -> Value:
    """Whether a fact is known: FEEL has one null for "missing" and for "no value"."""
    return value is not None


@builtin("all(list: list)")
@builtin("all(values...: any)")
def all_(*values: Value) -> Value:
    return reduce(both, map(_as_truth, items_of(values)), True)


@builtin("any(list: list)")
@builtin("any(values...: any)")
def any_(*values: Value) -> Value:
    return reduce(either, map(_as_truth, items_of(values)), False)
