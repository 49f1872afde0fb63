"""The map of regions: tiles, which show no boundary, or the operator's own map with its approval number (审图号).

No boundary data come with the platform (地图管理条例 [M]: a map that is shown to the public is approved first). An
operator lays `map.geojson` into the data directory: a FeatureCollection whose `approval` is the number, and whose
features have the six-digit `code` of a region. A map without its number is not drawn, nor is one on which a region in
view is missing. What is drawn are the innermost regions; a city or a province, which lies over them, stands beside it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import cos, radians
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tongban.base.i18n import Lang, Text
from tongban.org.entries import lineage
from tongban.oversight.watching.figures import Share
from tongban.web.console.charts import TILE, Level, level, tiles

FILE = "map.geojson"
LARGEST = 4_000_000
WIDTH, TALLEST = 640.0, 900.0

Ring = list[tuple[float, float]]


class _Properties(msgspec.Struct, frozen=True):
    code: Annotated[str, Meta(pattern=r"^[0-9]{6}$")]


class _Polygon(msgspec.Struct, frozen=True, tag_field="type", tag="Polygon"):
    coordinates: list[list[list[float]]]

    def rings(self) -> Iterator[Ring]:
        yield from ([(point[0], point[1]) for point in ring] for ring in self.coordinates)


class _MultiPolygon(msgspec.Struct, frozen=True, tag_field="type", tag="MultiPolygon"):
    coordinates: list[list[list[list[float]]]]

    def rings(self) -> Iterator[Ring]:
        for polygon in self.coordinates:
            yield from ([(point[0], point[1]) for point in ring] for ring in polygon)


class _Feature(msgspec.Struct, frozen=True):
    properties: _Properties
    geometry: _Polygon | _MultiPolygon


class _Collection(msgspec.Struct, frozen=True):
    type: Literal["FeatureCollection"]
    approval: Annotated[str, Meta(min_length=4, max_length=60)]
    features: Annotated[list[_Feature], Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class Shape:
    """A region as it is drawn: a path, where its name goes, and how wide it is there."""

    id: str
    path: str
    x: float
    y: float
    room: float


@dataclass(frozen=True, slots=True)
class Own:
    """An operator's map of some regions. `approval` is its 审图号."""

    approval: str
    height: float
    shapes: tuple[Shape, ...]
    west: float
    north: float
    shrink: float
    scale: float

    def at(self, east: float, north: float) -> tuple[float, float]:
        """Where a point lies on it."""
        return (
            round((east - self.west) * self.shrink * self.scale, 1),
            round((self.north - north) * self.scale, 1),
        )


@dataclass(frozen=True, slots=True)
class Region:
    """A region on the map with its figures; `share` is None where nothing is open, and too few are not coloured."""

    id: str
    name: Text
    share: Share | None
    level: Level
    path: str = ""
    x: float = 0.0
    y: float = 0.0
    room: float = 0.0

    @property
    def named(self) -> dict[Lang, bool]:
        """In which language there is room for its name."""
        return {lang: self.room >= wide * len(self.name[lang]) for lang, wide in _LETTER.items()}

    @property
    def told(self) -> bool:
        """Whether there is room for its rate."""
        return self.room >= _RATE


_LETTER: Mapping[Lang, float] = {"zh": 25.0, "en": 13.0}
_RATE = 70.0
"""How wide a letter of a name, and a rate, is on the map, as large as on a telephone."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The map of a page. `over` are regions in view that lie over those that are drawn. `approval` is empty for tiles;
    `wrong` says that an operator's file could not be used."""

    width: float
    height: float
    regions: tuple[Region, ...]
    over: tuple[Region, ...] = ()
    approval: str = ""
    wrong: bool = False

    @property
    def listed(self) -> list[Region]:
        """The highest rate first, for the table and for those who cannot see the map."""
        every = (*self.over, *self.regions)
        return sorted(every, key=lambda one: (-(one.share.value if one.share else -1), one.id))


def drawn(data_dir: Path, ids: Sequence[str], name: Callable[[str], Text], rates: Mapping[str, Share]) -> Drawn:
    """The operator's map where there is one that has every innermost region in view, else tiles."""

    def region(code: str, *where: Any) -> Region:
        share = rates.get(code)
        return Region(code, name(code), share, level(share.value if share and share.shown else None), *where)

    theirs, wrong = _own(data_dir / FILE, innermost(ids))
    if theirs:
        shapes = {shape.id for shape in theirs.shapes}
        return Drawn(
            WIDTH,
            theirs.height,
            tuple(region(one.id, one.path, one.x, one.y, one.room) for one in theirs.shapes),
            tuple(region(code) for code in ids if code not in shapes),
            theirs.approval,
        )
    laid, half = tiles(ids), TILE / 2
    return Drawn(
        laid.width,
        laid.height,
        tuple(region(one.id, _square(one.x, one.y), one.x + half, one.y + half, _WHOLE_TILE) for one in laid.tiles),
        wrong=wrong,
    )


_WHOLE_TILE = 1000.0
"""A tile shows its name whatever it is: a long one is set narrower."""


def innermost(ids: Sequence[str]) -> tuple[str, ...]:
    """Those that no other of them lies in."""
    outer = {code for one in ids for code in lineage(one) if code != one}
    return tuple(one for one in ids if one not in outer)


def _square(x: int, y: int) -> str:
    return f"M{x} {y}h{TILE}v{TILE}h-{TILE}z"


def own(data_dir: Path, ids: Sequence[str]) -> Own | None:
    """The operator's map of these regions, where there is one that can be used."""
    return _own(data_dir / FILE, innermost(ids))[0]


def _own(path: Path, ids: tuple[str, ...]) -> tuple[Own | None, bool]:
    try:
        found = path.stat()
    except OSError:
        return None, False
    if found.st_size > LARGEST:
        return None, True
    laid = _laid(path, found.st_mtime_ns, ids)
    return laid, laid is None


@lru_cache(maxsize=64)
def _laid(path: Path, changed: int, ids: tuple[str, ...]) -> Own | None:
    """These regions of a file, or None where it is no map or one of them is missing."""
    read = _read(path, changed)
    if read is None:
        return None
    approval, rings = read
    try:
        return shapes_of(approval, {code: rings[code] for code in ids})
    except (KeyError, ValueError):
        return None


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> tuple[str, dict[str, list[Ring]]] | None:
    """The map of a file, or None where it is none: numbers and a code, nothing else of it reaches a page."""
    try:
        return rings_of(path.read_bytes())
    except (OSError, ValueError, IndexError, msgspec.MsgspecError):
        return None


def rings_of(text: bytes) -> tuple[str, dict[str, list[Ring]]]:
    """The number of a map, and the rings of each region; a region may be in several features.

    Raises `msgspec.ValidationError` for what is no map with an approval number, ValueError for a ring without points.
    """
    found = msgspec.json.decode(text, type=_Collection)
    rings: dict[str, list[Ring]] = {}
    for one in found.features:
        rings.setdefault(one.properties.code, []).extend(one.geometry.rings())
    if not all(ring for each in rings.values() for ring in each):
        raise ValueError("a ring without points")
    return found.approval, rings


def shapes_of(approval: str, rings: Mapping[str, Sequence[Ring]]) -> Own:
    """Longitude and latitude as they are, one degree east shortened by the cosine of the middle latitude.

    Raises ValueError for what has no extent.
    """
    points = [point for each in rings.values() for ring in each for point in ring]
    if not points:
        raise ValueError("nothing is drawn")
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    if not (-180 <= west < east <= 180 and -90 < south < north < 90):
        raise ValueError("the map has no extent")
    shrink = cos(radians((south + north) / 2))
    scale = min(WIDTH / ((east - west) * shrink), TALLEST / (north - south))

    empty = Own(approval, round((north - south) * scale, 1), (), west, north, shrink, scale)
    shapes = tuple(_shape(code, [[empty.at(*p) for p in ring] for ring in each]) for code, each in rings.items())
    return replace(empty, shapes=shapes)


def _shape(code: str, rings: Sequence[Ring]) -> Shape:
    """To the whole unit, as its neighbours are too, so that a fine file makes no heavy page and borders still meet."""
    path = "".join(_path([(round(x), round(y)) for x, y in ring]) for ring in rings)
    x, y, room = _middle(max(rings, key=_extent))
    return Shape(code, path, x, y, room)


def _path(ring: Sequence[tuple[int, int]]) -> str:
    """A ring in steps from point to point; one smaller than a unit is still a dot, for nothing is left out of a map."""
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(ring) if (x, y) != (a, b)]
    x, y = ring[0]
    if len(steps) < 3:
        return f"M{x} {y}h1v1h-1z"
    return f"M{x} {y}l" + " ".join(f"{a} {b}" for a, b in steps) + "z"


def _middle(ring: Ring) -> tuple[float, float, float]:
    """The middle of the widest stretch inside a ring, along some lines across it, and how wide it is there."""
    ys = [y for _, y in ring]
    low, high = min(ys), max(ys)
    best = (ring[0][0], ring[0][1], 0.0)
    for part in (0.5, 0.42, 0.58, 0.34, 0.66):
        y = low + (high - low) * part
        cuts = sorted(a + (y - b) * (c - a) / (d - b) for (a, b), (c, d) in pairwise(ring) if (b <= y) != (d <= y))
        for left, right in zip(cuts[::2], cuts[1::2], strict=False):
            if right - left > best[2] * 1.15:
                best = ((left + right) / 2, y, right - left)
    return round(best[0], 1), round(best[1], 1), round(best[2], 1)


def _extent(ring: Ring) -> float:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))
