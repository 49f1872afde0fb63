"""What the releases say, for pages that everybody may read: the one source of public numbers about people's matters.

A page never counts them itself. Figures that move with each case show, from one day to the next, what the one case
between was, however large the group; those of a release are fixed on its day, and which groups may be shown was decided
there once (`oversight.publishing`). Reading is from files: call it in a thread.

    found = await asyncio.to_thread(latest, site.settings.data_dir)          # None: nothing was released yet
    found.month                                                              # "2026-10", to be said on the page
    found.groups("hotline-solved", "body")[("lj-tax",)].value                # Decimal("81.3")
    found.one("rating", body="lj-tax", service="residence-permit")           # None: too small to be shown
    found.method("rating")                                                   # the formula of that very release

A group that is not there is too small, or could be worked out with a small one: say so, and never "0".
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from tongban.base.errors import Refused
from tongban.catalog.load import load_as
from tongban.catalog.yaml_source import Source
from tongban.oversight.computing import Group
from tongban.oversight.model import NAMES, By, Indicator, Unit
from tongban.oversight.opendata.files import (
    BETWEEN,
    FIGURE_COLUMNS,
    FIGURES,
    INDICATORS,
    TOGETHER,
    VALUE_COLUMNS,
    VALUES,
    lines,
)
from tongban.oversight.opendata.making import released, releases_dir

_KEPT = 256
"""Indicators of releases that are held in memory."""


class Number(NamedTuple):
    """One released figure: both whole sums, how many rows they are of, and the digits that were released.

    `value` is None where the denominator is 0.
    """

    numerator: int
    denominator: int
    rows: int
    value: Decimal | None
    unit: Unit


class Snapshot(msgspec.Struct, frozen=True):
    """The figures of one released month. They never change."""

    month: str
    folder: Path

    def groups(self, indicator: str, *by: By) -> Mapping[Group, Number]:
        """The figures of an indicator by these, in the order of the groups; those that are not shown are not there.

        Of the whole without `by`, under the empty group. Nothing for an indicator that the release does not have.
        """
        return _figures(self.folder, indicator).get(_cut(by), {})

    def one(self, indicator: str, **group: str) -> Number | None:
        """The figure of one group (`body=…, service=…`); of the whole without any. None where it is not shown."""
        by: tuple[By, ...] = tuple(one for one in NAMES if one in group)
        return self.groups(indicator, *by).get(tuple(group[one] for one in by))

    def method(self, indicator: str) -> Indicator | None:
        """The indicator as the release has it: name, words, law and formula of the version that was counted by."""
        return _method(self.folder, indicator)


def months(data_dir: Path) -> list[str]:
    """Released months, the latest first."""
    return released(data_dir)[::-1]


def of_month(data_dir: Path, month: str) -> Snapshot | None:
    """The release of a month; None where there is none."""
    return Snapshot(month, releases_dir(data_dir) / month) if month in released(data_dir) else None


def latest(data_dir: Path) -> Snapshot | None:
    """The newest release; None where nothing was released yet."""
    known = months(data_dir)
    return of_month(data_dir, known[0]) if known else None


def _cut(by: tuple[By, ...]) -> str:
    """As the files name what figures are told apart by: in one order, whoever asks."""
    return TOGETHER.join(one for one in NAMES if one in by)


def _figures(folder: Path, indicator: str) -> Mapping[str, Mapping[Group, Number]]:
    """By the cut and the group. A release that cannot be read shows nothing, until it can; `recompute` says what is
    wrong with it."""
    try:
        return _read(folder, indicator)
    except (Refused, OSError, ValueError, KeyError, ArithmeticError):
        return {}


@lru_cache(maxsize=_KEPT)
def _read(folder: Path, indicator: str) -> Mapping[str, Mapping[Group, Number]]:
    found: dict[str, dict[Group, Number]] = {}
    said = {
        (row["by"], row["group"]): (row["value"], row["unit"])
        for row in lines(folder / VALUES, VALUE_COLUMNS)
        if row["indicator"] == indicator
    }
    for row in lines(folder / FIGURES, FIGURE_COLUMNS):
        if row["indicator"] != indicator:
            continue
        value, unit = said[row["by"], row["group"]]
        group: Group = tuple(row["group"].split(BETWEEN)) if row["by"] else ()
        found.setdefault(row["by"], {})[group] = Number(
            int(row["numerator"]),
            int(row["denominator"]),
            int(row["rows"]),
            Decimal(value) if value else None,
            Unit(unit),
        )
    return found


def _method(folder: Path, indicator: str) -> Indicator | None:
    try:
        return _read_method(folder, indicator)
    except OSError:
        return None


@lru_cache(maxsize=_KEPT)
def _read_method(folder: Path, indicator: str) -> Indicator | None:
    for path in (folder / INDICATORS).glob("*.yaml"):
        if path.stem.partition("@")[0] == indicator:  # a release has one version of each
            return load_as(Source(path.read_text(encoding="utf-8"), path.name), "indicator", Indicator).value
    return None
