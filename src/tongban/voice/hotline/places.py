"""Where a request is: always a street or community (GB/T 2260 and the nine and twelve digits below it), at least the
county; a point only where whoever asked shares one or a clerk sets it. A point is never public."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.ids import narrow
from tongban.catalog.findings import Finding
from tongban.voice.hotline.areas import FILE, Area, read_areas, shipped

CELL = 0.005
"""Degrees of a cell, about 500 m: what a point is rounded to wherever more than one request is shown."""
_POINT = re.compile(r"\s*(-?\d{1,3}(?:\.\d{1,8})?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d{1,8})?)\s*")

Source = Literal["caller", "clerk", "words"]


@dataclass(frozen=True, slots=True)
class Point:
    """Longitude and latitude in degrees (CGCS2000; what a browser gives, WGS 84, is the same to a metre)."""

    east: float
    north: float

    @property
    def exact(self) -> str:
        """As it is kept, sealed."""
        return f"{self.east:.6f},{self.north:.6f}"

    @property
    def cell(self) -> str:
        """The middle of its cell."""
        return ",".join(f"{(one // CELL + 0.5) * CELL:.4f}" for one in (self.east, self.north))


@dataclass(frozen=True, slots=True)
class Where:
    """Where a request is, and who says so: who asked, a clerk, or the words alone."""

    area: str
    source: Source
    point: Point | None = None


class Places:
    """The streets and communities of an installation: the operator's own file where there is one. It is read at once;
    one with a mistake is left out as a whole, and requests lie in their county alone."""

    def __init__(self, data_dir: Path) -> None:
        own = data_dir / FILE
        self.areas, self.wrong = _read(own if own.is_file() else shipped())

    def inside(self, region: str) -> tuple[Area, ...]:
        """Those of a county, a street before its communities."""
        return tuple(one for one in self.areas if one.code.startswith(region))

    def name(self, code: str) -> Text | None:
        """What an area is called; None for the county alone."""
        return next((one.name for one in self.areas if one.code == code), None)

    def chosen(self, region: str, code: str) -> str:
        """An area of this county, as it was chosen. Raises Refused `unknown-area`."""
        if any(one.code == code for one in self.inside(region)):
            return code
        raise refuse(
            "unknown-area",
            "请选这个区县的街道或者社区，不知道的不用选。",
            "Choose a street or community of this county, or none.",
            place="area",
        )

    def heard(self, region: str, *texts: str) -> str:
        """The area that is named, the one by the longest name; the county where none is."""
        found = [
            (len(word), len(one.code), one.code)
            for one in self.inside(region)
            for word in (one.name.zh, one.name.zh.removesuffix("街道").removesuffix("社区"), *one.words)
            if len(word) > 1 and any(word in text for text in texts)
        ]
        return max(found)[2] if found else region


def read_point(written: str) -> Point | None:
    """Longitude and latitude as written, such as `104.0612,30.6735`; None for nothing. Raises Refused `bad-point`."""
    if not written.strip():
        return None
    found = _POINT.fullmatch(narrow(written))
    if found is None or not (73 <= float(found[1]) <= 136 and 3 <= float(found[2]) <= 54):
        raise refuse(
            "bad-point",
            "请写经度、纬度，用逗号隔开，例如104.0612,30.6735；不知道的不用填。",
            "Give longitude and latitude with a comma, such as 104.0612,30.6735, or nothing.",
            place="point",
        )
    return Point(float(found[1]), float(found[2]))


def cells(written: Sequence[str]) -> list[Point]:
    """Cells as they lie there, as points for a map."""
    pairs = (one.split(",") for one in written if one)
    return [Point(float(east), float(north)) for east, north in pairs]


@cache
def _read(path: Path) -> tuple[tuple[Area, ...], tuple[Finding, ...]]:
    areas, wrong = read_areas(path)
    return areas, tuple(wrong)
