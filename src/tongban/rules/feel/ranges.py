"""What a range says of itself: its ends, and whether they belong to it (DMN 1.5, table 65)."""

from __future__ import annotations

from collections.abc import Callable

from .values import Range, Value

RANGE_PROPERTIES: dict[str, Callable[[Range], Value]] = {
    "start": lambda span: span.low,
    "end": lambda span: span.high,
    "start included": lambda span: span.low_closed,
    "end included": lambda span: span.high_closed,
}
