"""Types whose values have an order: the next value and the one before, and the smallest step between two.

Steps are taken with the operators of the dialect, so that this can never disagree with the engine on what a day
after a date is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cmp_to_key

from tongban.rules.feel.dialect import FEEL, less
from tongban.rules.feel.errors import Undefined
from tongban.rules.feel.expression import compile_expression
from tongban.rules.feel.syntax import Op
from tongban.rules.feel.values import CONTEXT, Number, Value

_TEXTS = {
    "number": ("1", "0"),
    "date": ('@"P1D"', '@"2026-01-01"'),
    "date and time": ('@"PT1S"', '@"2026-01-01T12:00:00"'),
    "time": ('@"PT1S"', '@"12:00:00"'),
    "days and time duration": ('@"P1D"', '@"P1D"'),
    "years and months duration": ('@"P1M"', '@"P1Y"'),
}
"""For each ordered type its usual step and a value to show where nothing is named, as FEEL."""

_FEEL = {kind: tuple(compile_expression(text, ()).evaluate({}) for text in texts) for kind, texts in _TEXTS.items()}
_SECOND = compile_expression('@"PT1S"', ()).evaluate({})

ORDERED = frozenset(_TEXTS)


@dataclass(frozen=True, slots=True)
class Scale:
    """How to move about in one ordered type.

    unit   the step that boundaries are tested with
    dense  whether there are values between any two, however close
    """

    kind: str
    unit: Value
    dense: bool = False

    @property
    def usual(self) -> Value:
        """A value to show where no cell names any."""
        return _FEEL[self.kind][1]

    def after(self, value: Value) -> Value:
        """One unit on (for whole numbers: the next on the grid); null where there is none."""
        return self._step(value, Op.ADD, ROUND_FLOOR)

    def before(self, value: Value) -> Value:
        """One unit back; null where there is none."""
        return self._step(value, Op.SUBTRACT, ROUND_CEILING)

    def first(self, bound: Value) -> Value:
        """The least value from a lower bound on; null without a bound."""
        return bound if bound is None or self.exists(bound) else self.after(bound)

    def last(self, bound: Value) -> Value:
        """The greatest value up to an upper bound; null without a bound."""
        return bound if bound is None or self.exists(bound) else self.before(bound)

    def between(self, low: Value, high: Value) -> Value:
        """Some value strictly between two, null if there is none."""
        near = self.after(low)
        if near is not None and less(near, high):
            return near
        if self.dense and isinstance(low, Decimal) and isinstance(high, Decimal):
            return CONTEXT.divide(CONTEXT.add(low, high), Decimal(2))
        return None

    def exists(self, value: Value) -> bool:
        """Whether `value` is on the grid: 59.5 is no whole number."""
        if self.dense or not isinstance(value, Decimal) or not isinstance(self.unit, Decimal):
            return True
        return not CONTEXT.remainder(value, self.unit)

    def _step(self, value: Value, op: Op, rounding: str) -> Value:
        try:
            if isinstance(value, Decimal) and isinstance(self.unit, Decimal) and not self.exists(value):
                steps = CONTEXT.divide(value, self.unit).to_integral_value(rounding=rounding, context=CONTEXT)
                value = CONTEXT.multiply(steps, self.unit)
            moved = FEEL.apply(op, value, self.unit)
            backwards = less(moved, value) if op is Op.ADD else less(value, moved)
        except (Undefined, ArithmeticError):
            return None
        return None if backwards else moved  # a time of day comes round again; that is not "after"


def scale(kind: str, named: Iterable[Value], unit: Value = None) -> Scale:
    """The scale of a type in a column that names these values; `unit` is the step, where it is known.

    Without one, numbers are dense and are tested at the last digit that the cells write: 60 at 59 and 61.
    """
    if kind == "number":
        if isinstance(unit, Number):
            return Scale(kind, unit)
        finest = min((_exponent(value) for value in named if isinstance(value, Decimal)), default=0)
        return Scale(kind, Decimal(1).scaleb(min(finest, 0), CONTEXT), dense=True)
    if kind == "days and time duration" and unit is None:
        day = _FEEL[kind][0]
        return Scale(kind, day if all(_multiple(value, day) for value in named) else _SECOND)
    return Scale(kind, unit if unit is not None else _FEEL[kind][0])


def _exponent(value: Decimal) -> int:
    exponent = value.normalize(CONTEXT).as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _multiple(value: Value, day: Value) -> bool:
    try:
        days = FEEL.apply(Op.DIVIDE, value, day)
    except Undefined:
        return False
    return isinstance(days, Decimal) and days == days.to_integral_value(context=CONTEXT)


def in_order(values: Iterable[Value]) -> list[Value]:
    """The different values, least first. Raises `Undefined` if two of them have no order."""

    def compare(left: Value, right: Value) -> int:
        return -1 if less(left, right) else 1 if less(right, left) else 0

    found: list[Value] = []
    for value in sorted(values, key=cmp_to_key(compare)):
        if not found or compare(found[-1], value):
            found.append(value)
    return found
