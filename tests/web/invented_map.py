"""A map of a province that does not exist, as an operator would lay it into the data directory."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

Point = tuple[float, float]
WEST, NORTH, WIDE, HIGH = 104.0, 30.5, 0.9, 0.7
"""Where the first region begins, and how large each is, in degrees."""


def _border(start: Point, end: Point, random: Random, steps: int) -> list[Point]:
    """A crooked line between two points, without the last."""
    line = [start, end]
    for depth in range(steps):
        line = [
            each
            for (a, b), (c, d) in pairwise(line)
            for each in (
                (a, b),
                ((a + c) / 2 + random.gauss(0, 0.06) / 2**depth, (b + d) / 2 + random.gauss(0, 0.05) / 2**depth),
            )
        ] + [end]
    return line[:-1]


def invented(
    codes: Sequence[str], columns: int = 3, *, fine: int = 5, approval: str = "演示S(2026)001号"
) -> dict[str, Any]:
    """Regions in rows that share their borders, the last with an island before it. `fine`: how crooked."""
    random = Random(5)
    rows = -(-len(codes) // columns)
    corner = {
        (x, y): (WEST + WIDE * x + random.uniform(-0.15, 0.15), NORTH - HIGH * y + random.uniform(-0.12, 0.12))
        for x in range(columns + 1)
        for y in range(rows + 1)
    }
    known: dict[tuple[tuple[int, int], tuple[int, int]], list[Point]] = {}

    def side(a: tuple[int, int], b: tuple[int, int]) -> list[Point]:
        if (b, a) in known:
            there = [*known[b, a], corner[a]]
            return there[::-1][:-1]
        return known.setdefault((a, b), _border(corner[a], corner[b], random, fine))

    features: list[dict[str, Any]] = []
    for n, code in enumerate(codes):
        x, y = n % columns, n // columns
        around = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
        ring = [point for a, b in pairwise(around) for point in side(a, b)]
        polygons = [[[*map(list, ring), list(ring[0])]]]
        if code == codes[-1]:
            east, north = WEST + WIDE * (columns + 0.3), NORTH - HIGH * rows
            island = [[east, north], [east + 0.08, north], [east + 0.05, north - 0.07], [east, north]]
            polygons.append([island])
        geometry = {"type": "MultiPolygon", "coordinates": polygons}
        features.append({"type": "Feature", "properties": {"code": code, "name": "不读"}, "geometry": geometry})
    return {"type": "FeatureCollection", "approval": approval, "features": features}
