"""Making a release: once for a month. Whoever asks for the same month again gets the same files.

The files are made beside and moved into place in one step, so that there is a whole release or none. Which months were
released is kept in the database too (`oversight.store.begin_release`): noise that was drawn twice could be averaged
out, so a month is never drawn again, not on another machine, nor where its folder was lost.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from tongban import __version__
from tongban.base.errors import refuse
from tongban.base.keys import KeyRing, Use
from tongban.base.statements import stated
from tongban.catalog.shipped import shipped
from tongban.oversight.computing import Period
from tongban.oversight.folder import Facts
from tongban.oversight.model import Indicator
from tongban.oversight.opendata import noise
from tongban.oversight.opendata.files import (
    FIGURE_COLUMNS,
    FIGURES,
    GAP_COLUMNS,
    GAPS,
    INDICATORS,
    KIND,
    MANIFEST,
    SHEET,
    SUMS,
    VALUE_COLUMNS,
    VALUES,
    WHOLE,
    Release,
    Spent,
    digest,
    figure_lines,
    gap_lines,
    table,
    value_lines,
)
from tongban.oversight.opendata.reading import before
from tongban.oversight.opendata.sheet import sheet
from tongban.oversight.publishing import Before, published

LICENCE = "CC-BY-4.0"
_MONTH = "????-??"
"""The folder of a month, and none in which one is being made."""
SETTLES = 5
"""Days of the next month until which what happened may still come in (a counter without a line)."""


class Public(msgspec.Struct, frozen=True, kw_only=True):
    """The public lists that fine tables are told apart by, and who releases."""

    origin: str
    regions: tuple[str, ...]
    services: tuple[str, ...]


def releases_dir(data_dir: Path) -> Path:
    """Where an installation keeps what it has released."""
    return data_dir / "opendata"


def released(data_dir: Path) -> list[str]:
    """The months that were released, in order."""
    folder = releases_dir(data_dir)
    return sorted(path.parent.name for path in folder.glob(f"{_MONTH}/{MANIFEST}")) if folder.is_dir() else []


def due(today: date) -> Period:
    """The last month that has settled."""
    last = date(today.year, today.month, 1) if today.day > SETTLES else None
    year, month = (today.year, today.month) if last else _before(today.year, today.month)
    return Period.month(*_before(year, month))


def _before(year: int, month: int) -> tuple[int, int]:
    return (year, month - 1) if month > 1 else (year - 1, 12)


def release(
    facts: Facts,
    indicators: Sequence[Indicator],
    period: Period,
    public: Public,
    keys: KeyRing,
    now: datetime,
    data_dir: Path,
) -> Path:
    """The folder of the month's release, made if there is none.

    Raises Refused (`month-not-over`), and as `stated` and `before`.
    """
    target = releases_dir(data_dir) / period.name
    if (target / MANIFEST).exists():
        return target
    if (now.date() - period.until).days < SETTLES:
        raise refuse(
            "month-not-over",
            f"{period.name} 还没有定下来：月份结束满 {SETTLES} 天才发布，晚到的办件也要算进去",
            f"{period.name} has not settled: a month is released {SETTLES} days after it ends, so that what comes late"
            " is in it",
            status=409,
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{period.name}-*"):  # by one that was killed; nobody has seen it
        shutil.rmtree(left)
    beside = Path(mkdtemp(prefix=f".{period.name}-", dir=target.parent))
    try:
        told = before([releases_dir(data_dir) / month for month in released(data_dir)], period)
        _write(beside, facts, indicators, period, told, public, keys, now)
        beside.chmod(0o755)
        beside.rename(target)
        os.sync()  # a power cut must not take away what has been seen
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return target


def _write(
    folder: Path,
    facts: Facts,
    indicators: Sequence[Indicator],
    period: Period,
    told: Before | None,
    public: Public,
    keys: KeyRing,
    now: datetime,
) -> None:
    found = published(facts, indicators, period, told)
    files: dict[str, bytes] = {
        FIGURES: table(FIGURE_COLUMNS, figure_lines(found)),
        VALUES: table(VALUE_COLUMNS, value_lines(found)),
        GAPS: table(GAP_COLUMNS, gap_lines(found)),
    }
    for one in indicators:
        files[f"{INDICATORS}/{one.file}"] = (shipped(INDICATORS) / one.file).read_bytes()
    fine, budget = _fine(facts, period, public)
    files |= {name: data for name, _, data in fine}
    made = Release(
        month=period.name,
        origin=public.origin,
        made_at=now.replace(microsecond=0),
        software=__version__,
        small=min(one.small for one in indicators),
        files={},
        budget=budget,
        licence=LICENCE,
    )
    files[SHEET] = sheet(made, indicators, [(name, columns) for name, columns, _ in fine]).encode()
    sums = {name: digest(data) for name, data in sorted(files.items())}
    files[SUMS] = "".join(f"{value}  {name}\n" for name, value in sums.items()).encode()
    said = msgspec.structs.replace(made, files=sums)
    files[MANIFEST] = stated(keys, Use.REGISTRY, KIND, said, now).as_file()
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    with ZipFile(folder / WHOLE, "w", ZIP_DEFLATED) as whole:
        for name, data in sorted(files.items()):
            whole.writestr(ZipInfo(f"{period.name}/{name}", now.timetuple()[:6]), data, ZIP_DEFLATED)


def _fine(
    facts: Facts, period: Period, public: Public
) -> tuple[list[tuple[str, tuple[str, ...], bytes]], tuple[Spent, ...]]:
    """The fine tables, where noise can be drawn and it is known who asked."""
    if not noise.available() or facts.lacks:
        return [], ()
    noise.count(facts, period)
    files: list[tuple[str, tuple[str, ...], bytes]] = []
    budget: list[Spent] = []
    for one in noise.tables(public.regions, public.services, period):
        rows, spent = noise.drawn(facts, one)
        files.append((one.name, one.columns, table((*one.columns, "count"), rows)))
        budget.append(spent)
    return files, tuple(budget)
