"""/open/indicators: what is measured, by which formula and law, and the open data to work it out again.

Figures here are those of the newest release: fixed on its day, signed, and the same for everybody.
"""

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec
from litestar import Response, get

from tongban.base.errors import Refused, refuse
from tongban.base.statements import Unbelieved, read
from tongban.catalog import cite
from tongban.oversight.files import listed_indicators
from tongban.oversight.model import DIMENSIONS, UNITS, Indicator
from tongban.oversight.opendata.files import MANIFEST, SUMS, VALUE_COLUMNS, VALUES, WHOLE, Release, lines
from tongban.oversight.opendata.making import released, releases_dir
from tongban.web.html import page
from tongban.web.open.formula_words import formula_words
from tongban.web.site import Site
from tongban.web.visitor import Visitor

MONTHS: Final = 24
_TYPES: Final = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".yaml": "application/yaml",
    ".zip": "application/zip",
}


class Download(msgspec.Struct, frozen=True):
    """One file of a release; `size` in bytes."""

    name: str
    size: int


class Month(msgspec.Struct, frozen=True):
    """A release as the page lists it."""

    release: Release
    files: tuple[Download, ...]


@lru_cache(maxsize=MONTHS)
def _month(folder: Path) -> Month | None:
    """A release; it never changes once it is there. None if it cannot be read."""
    try:
        release = msgspec.convert(read((folder / MANIFEST).read_bytes()).said, Release)
        names = (WHOLE, *(name for name in release.files if "/" not in name), SUMS, MANIFEST)
        return Month(release, tuple(Download(name, (folder / name).stat().st_size) for name in names))
    except (OSError, Unbelieved, msgspec.ValidationError):
        return None


@lru_cache(maxsize=4)
def _wholes(folder: Path) -> dict[str, str]:
    """The value of each indicator for the whole installation, as the release says it."""
    try:
        return {row["indicator"]: row["value"] for row in lines(folder / VALUES, VALUE_COLUMNS) if not row["by"]}
    except (Refused, OSError):
        return {}


def _found(site: Site) -> tuple[list[Month], dict[str, str], tuple[Indicator, ...]]:
    folder = releases_dir(site.settings.data_dir)
    names = released(site.settings.data_dir)[-MONTHS:]
    months = [month for name in reversed(names) if (month := _month(folder / name))]
    return months, _wholes(folder / months[0].release.month) if months else {}, listed_indicators()


@get("/open/indicators")
async def indicators(site: Site, visitor: Visitor) -> Response[str]:
    """The page."""
    months, values, known = await asyncio.to_thread(_found, site)
    return page(
        site,
        visitor,
        "open/indicators.html",
        months=months,
        values=values,
        groups=[(name, [one for one in known if one.dimension is key]) for key, name in DIMENSIONS.items()],
        units=UNITS,
        words={one.indicator: formula_words(site.catalogue, one) for one in known},
        cite=cite,
    )


@get("/open/releases/{month:str}/{name:path}")
async def download(site: Site, month: str, name: str) -> Response[bytes]:
    """A file of a release, as it was signed."""
    data = await asyncio.to_thread(_file, releases_dir(site.settings.data_dir), month, name.strip("/"))
    if data is None:
        raise refuse("no-such-file", "没有这个文件", "There is no such file", status=404)
    return Response(
        data,
        media_type=_TYPES.get(Path(name).suffix, "text/plain; charset=utf-8"),
        headers={"cache-control": "public, max-age=86400"},
    )


def _file(folder: Path, month: str, name: str) -> bytes | None:
    """Its bytes, if it is one of those that the release lists; never anything else that lies there."""
    if month not in (path.name for path in folder.glob("????-??")):
        return None
    found = _month(folder / month)
    if found is None or name not in (*found.release.files, WHOLE, SUMS, MANIFEST):
        return None
    return (folder / month / name).read_bytes()


ROUTES = [indicators, download]
