"""The files of a release, written and read in one way: UTF-8, commas, a first line of names, lines sorted."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from tongban.base.errors import refuse
from tongban.oversight.computing import Figure, gaps
from tongban.oversight.model import Indicator

KIND: Final = "open-data-release"
MANIFEST: Final = "release.json"
SUMS: Final = "SHA256SUMS"
FIGURES: Final = "figures.csv"
VALUES: Final = "values.csv"
GAPS: Final = "gaps.csv"
WHOLE: Final = "release.zip"
"""All other files of a release in one, for download."""
SHEET: Final = "README.md"
INDICATORS: Final = "indicators"
TOGETHER: Final = "+"
BETWEEN: Final = "/"

FIGURE_COLUMNS: Final = ("indicator", "version", "period", "by", "group", "numerator", "denominator", "rows")
GAP_COLUMNS: Final = ("indicator", "period", "by", "best", "worst", "distance")
VALUE_COLUMNS: Final = ("indicator", "version", "period", "by", "group", "value", "unit")


class Spent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one fine table may tell of a person. `epsilon` and `scale` are exact decimals, as text."""

    table: str
    epsilon: str
    scale: str
    most: int
    """Most rows that one person adds to the table."""
    cells: int


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the platform signs: which month, which files, how small a group may be, what the noise has cost."""

    month: str
    origin: str
    made_at: datetime
    software: str
    small: int
    files: dict[str, str]
    """SHA-256 of each file, hexadecimal, by its path in the release."""
    budget: tuple[Spent, ...]
    licence: str


def digest(data: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A file of lines. Texts are names of ours; one that a spreadsheet might run is refused by the reader below."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def lines(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """The lines of such a file. Raises Refused (`open-data-damaged`)."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != tuple(columns):
                raise damaged(path, "第一行不对", "its first line is not as it should be")
            for row in reader:
                if None in row or None in row.values():
                    raise damaged(path, f"第 {reader.line_num} 行不对", f"line {reader.line_num} is broken")
                yield row
    except (csv.Error, UnicodeDecodeError):
        raise damaged(path, "读不懂", "it cannot be read") from None


def damaged(path: Path, zh: str, en: str) -> Exception:
    """A file of a release that is not what it should be."""
    return refuse("open-data-damaged", f"{path.name}：{zh}", f"{path.name}: {en}", place=str(path))


def figure_lines(found: Iterable[tuple[Indicator, Figure]]) -> Iterator[tuple[object, ...]]:
    """As `figures.csv` has them."""
    for one, figure in found:
        yield (
            *_names(one, figure),
            figure.numerator,
            figure.denominator,
            figure.rows,
        )


def value_lines(found: Iterable[tuple[Indicator, Figure]]) -> Iterator[tuple[object, ...]]:
    """As `values.csv` has them: what the platform itself makes of the sums."""
    for one, figure in found:
        yield (*_names(one, figure), "" if figure.value is None else f"{figure.value:f}", one.unit.value)


def gap_lines(found: Sequence[tuple[Indicator, Figure]]) -> Iterator[tuple[object, ...]]:
    """As `gaps.csv` has them: how far the worst served group is from the best."""
    for gap in gaps(found):
        yield (*gap[:-1], f"{gap.distance:f}")


def _names(one: Indicator, figure: Figure) -> tuple[object, ...]:
    return (
        figure.indicator,
        one.version,
        figure.period,
        TOGETHER.join(figure.by),
        BETWEEN.join(figure.group),
    )
