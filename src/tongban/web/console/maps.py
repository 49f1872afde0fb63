"""The map of regions: tiles, which show no boundary, or the operator's own map with its approval number (审图号).

No boundary data come with the platform (地图管理条例 [M]: a map that is shown to the public is approved first). An
operator lays `map.geojson` into the data directory: a FeatureCollection whose `approval` is the number, and whose
features have the six-digit `code` of a region. A map without its number is not drawn.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, radians
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.oversight.watching.figures import Share
from tongban.web.console.charts import TILE, Level, level, tiles

FILE = "map.geojson"
LARGEST = 4_000_000
WIDTH = 640.0

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
    """A region as it is drawn: a path, and where its name goes."""

    id: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Own:
    """An operator's map. `approval` is its 审图号."""

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
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """The map of a page. `approval` is empty for tiles; `wrong` says that an operator's file could not be used."""

    width: float
    height: float
    regions: tuple[Region, ...]
    approval: str = ""
    wrong: bool = False

    @property
    def listed(self) -> list[Region]:
        """The highest rate first, for the table and for those who cannot see the map."""
        return sorted(self.regions, key=lambda one: (-(one.share.value if one.share else -1), one.id))


def drawn(data_dir: Path, ids: Sequence[str], name: Callable[[str], Text], rates: Mapping[str, Share]) -> Drawn:
    """The operator's map where there is one that has every region in view, else tiles."""
    theirs, wrong = _own(data_dir / FILE)
    if theirs and set(ids) <= {shape.id for shape in theirs.shapes}:
        places = [(shape.id, shape.path, shape.x, shape.y) for shape in theirs.shapes if shape.id in ids]
        width, height, approval = WIDTH, theirs.height, theirs.approval
    else:
        laid = tiles(ids)
        half = TILE / 2
        places = [(one.id, _square(one.x, one.y), one.x + half, one.y + half) for one in laid.tiles]
        width, height, approval = laid.width, laid.height, ""
    regions = tuple(
        Region(code, name(code), share, level(share.value if share and share.shown else None), path, x, y)
        for code, path, x, y in places
        for share in (rates.get(code),)
    )
    return Drawn(width, height, regions, approval, wrong)


def _square(x: int, y: int) -> str:
    return f"M{x} {y}h{TILE}v{TILE}h-{TILE}z"


def own(data_dir: Path) -> Own | None:
    """The operator's map, where there is one that can be used."""
    return _own(data_dir / FILE)[0]


def _own(path: Path) -> tuple[Own | None, bool]:
    try:
        found = path.stat()
    except OSError:
        return None, False
    if found.st_size > LARGEST:
        return None, True
    read = _read(path, found.st_mtime_ns)
    return read, read is None


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Own | None:
    """The map of a file, or None where it is none: numbers and a code, nothing else of it reaches a page."""
    try:
        return shapes_of(path.read_bytes())
    except (OSError, ValueError, IndexError, msgspec.MsgspecError):
        return None


def shapes_of(text: bytes) -> Own:
    """Longitude and latitude as they are, one degree east shortened by the cosine of the middle latitude.

    Raises `msgspec.ValidationError` for what is no map with an approval number, ValueError for one without an extent.
    """
    found = msgspec.json.decode(text, type=_Collection)
    rings = {one.properties.code: list(one.geometry.rings()) for one in found.features}
    points = [point for each in rings.values() for ring in each for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    if not (-180 <= west < east <= 180 and -90 < south < north < 90):
        raise ValueError("the map has no extent")
    shrink = cos(radians((south + north) / 2))
    scale = WIDTH / ((east - west) * shrink)

    empty = Own(found.approval, round((north - south) * scale, 1), (), west, north, shrink, scale)
    shapes = tuple(
        _shape(code, [[empty.at(*point) for point in ring] for ring in each]) for code, each in rings.items()
    )
    return replace(empty, shapes=shapes)


def _shape(code: str, rings: Sequence[Ring]) -> Shape:
    largest = max(rings, key=_extent)
    xs, ys = [x for x, _ in largest], [y for _, y in largest]
    path = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings)
    return Shape(code, path, round((min(xs) + max(xs)) / 2, 1), round((min(ys) + max(ys)) / 2, 1))


def _extent(ring: Ring) -> float:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))
