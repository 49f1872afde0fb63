"""Tables of a month's release for the pages of 12345 and of ratings: the groups and digits of the open data.

No page counts anybody's matter itself (`oversight.opendata.snapshot`): what is too small, or could be worked out with a
small one, is not there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongban.oversight.computing import Group
from tongban.oversight.files import listed_indicators
from tongban.oversight.model import By, Indicator
from tongban.oversight.opendata import snapshot
from tongban.oversight.opendata.snapshot import Number

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A group, and its figure by each indicator; None where that is not shown."""

    of: tuple[str, ...]
    cells: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class Released:
    """A month (empty: none was released), its tables in the order that was asked for, and the methods it counted by."""

    months: tuple[str, ...]
    month: str
    tables: tuple[tuple[Row, ...], ...]
    methods: tuple[Indicator, ...]


async def released(data_dir: Path, month: str, indicators: Sequence[str], *cuts: tuple[By, ...]) -> Released:
    """The figures of these indicators in a month, or in the latest one, by each cut."""
    return await asyncio.to_thread(_read, data_dir, month, tuple(indicators), cuts)


def _read(data_dir: Path, month: str, indicators: tuple[str, ...], cuts: tuple[tuple[By, ...], ...]) -> Released:
    months = tuple(snapshot.months(data_dir)[:MONTHS])
    chosen = month if month in months else next(iter(months), "")
    found = snapshot.of_month(data_dir, chosen) if chosen else None
    tables: list[tuple[Row, ...]] = []
    for cut in cuts:
        columns: list[Mapping[Group, Number]] = [found.groups(name, *cut) if found else {} for name in indicators]
        groups = sorted({group for column in columns for group in column})
        tables.append(tuple(Row(group, tuple(column.get(group) for column in columns)) for group in groups))
    known = {one.indicator: one for one in listed_indicators()}
    methods = tuple((found and found.method(name)) or known[name] for name in indicators)
    return Released(months, chosen, tuple(tables), methods)
