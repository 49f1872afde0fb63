"""Where the marks of a chart lie. The server draws; a table beside each chart says the same in numbers.

Pure: from figures to coordinates in the chart's own units, nothing of law and nothing of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal

Level = Literal["none", "l0", "l1", "l2", "l3", "l4"]
BINS: tuple[float, ...] = (0.005, 0.01, 0.02, 0.04)
"""Where the colours of overdue rates change."""
TILE, GAP = 120, 8


def level(value: float | None) -> Level:
    """The colour of a rate; `none` where there is nothing to show."""
    if value is None:
        return "none"
    levels: tuple[Level, ...] = ("l0", "l1", "l2", "l3", "l4")
    return levels[sum(value >= edge for edge in BINS)]


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of a tile map."""

    x: int
    y: int
    id: str


@dataclass(frozen=True, slots=True)
class Tiles:
    """A tile map, row by row: a scheme that shows no boundary."""

    width: int
    height: int
    tiles: tuple[Tile, ...]


def tiles(ids: Sequence[str]) -> Tiles:
    """Between square and twice as wide as high, with the fewest empty places."""
    many = max(1, len(ids))
    columns = min(range(ceil(sqrt(many)), ceil(sqrt(2 * many)) + 1), key=lambda wide: (-many % wide, wide))
    rows = max(1, ceil(len(ids) / columns))
    step = TILE + GAP
    placed = tuple(Tile(n % columns * step, n // columns * step, one) for n, one in enumerate(ids))
    return Tiles(columns * step - GAP, rows * step - GAP, placed)


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled value at a place."""

    x: float
    y: float
    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line over hours: today's points, the usual ones, and the grid. 620 by 226 units."""

    today: tuple[Mark, ...]
    usual: tuple[Mark, ...]
    grid: tuple[Mark, ...]
    hours: tuple[Mark, ...]

    @property
    def path(self) -> str:
        return _path(self.today)

    @property
    def usual_path(self) -> str:
        return _path(self.usual)


def line(today: Sequence[tuple[int, int]], usual: Sequence[tuple[int, float]]) -> Line:
    """Of the hours from 8 to 18, wider where something happened outside of them."""
    busy = [hour for hour, value in (*today, *usual) if value]
    first, last = min((8, *busy)), max((18, *busy))
    top = _round_up(max((value for _, value in (*today, *usual)), default=0))

    def x(hour: float) -> float:
        return round(44 + (hour - first) / max(1, last - first) * 548, 1)

    def y(value: float) -> float:
        return round(196 - value / top * 156, 1)

    def marks(values: Sequence[tuple[int, float]]) -> tuple[Mark, ...]:
        return tuple(Mark(x(h), y(v), f"{h}", v) for h, v in values if first <= h <= last)

    step = max(1, ceil((last - first) / 10))
    return Line(
        marks(today),
        marks(usual),
        tuple(Mark(36, y(top * n / 3), "", round(top * n / 3)) for n in range(4)),
        tuple(Mark(x(hour), 220, f"{hour}", 0) for hour in range(first, last + 1, step)),
    )


def _round_up(value: float) -> int:
    """A top of the scale that three steps divide: 3, 6, 15, 30, 60, 150 …"""
    size = 3
    for factor in (2, 2.5, 2) * 9:
        if size >= value:
            break
        size = round(size * factor)
    return size


def _path(marks: Sequence[Mark]) -> str:
    return " ".join(f"{mark.x:g},{mark.y:g}" for mark in marks)


@dataclass(frozen=True, slots=True)
class Dots:
    """Shares of bodies on one scale, with the line of the aim. 27 units a row, 150 to 550 across."""

    height: int
    target: float
    rows: tuple[Mark, ...]


def dots(shares: Sequence[tuple[str, float]], target: float) -> Dots:
    """The scale begins a little below the lowest share, or the aim."""
    low = min((target, *(value for _, value in shares))) - 0.02

    def x(value: float) -> float:
        return round(150 + (value - low) / (1 - low) * 400, 1)

    rows = tuple(Mark(x(value), 18 + 27 * n, name, value) for n, (name, value) in enumerate(shares))
    return Dots(max(1, len(shares)) * 27 + 10, x(target), rows)
