"""Recomputing a release from its files alone: no database, no platform, whole numbers and decimals only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.keys import Keys, Use
from tongban.base.statements import Unbelieved, believed, read
from tongban.oversight.computing import Figure, Period, Sums, figure
from tongban.oversight.files import read_indicators
from tongban.oversight.model import Indicator
from tongban.oversight.opendata.files import (
    BETWEEN,
    FIGURE_COLUMNS,
    FIGURES,
    GAP_COLUMNS,
    GAPS,
    INDICATORS,
    KIND,
    MANIFEST,
    TOGETHER,
    VALUE_COLUMNS,
    VALUES,
    Release,
    damaged,
    digest,
    gap_lines,
    lines,
)
from tongban.oversight.publishing import Before, Counted, asks, counted


class Recomputed(msgspec.Struct, frozen=True, kw_only=True):
    """One release worked out again. `wrong` says what does not agree; nothing where all does."""

    release: Release
    figures: tuple[tuple[Indicator, Figure], ...]
    signed: bool
    """Whether the signature was checked and holds; without keys it was not checked."""
    wrong: tuple[Text, ...]


def releases(folder: Path) -> list[Path]:
    """The releases in a folder, or the one that it is. Raises Refused (`no-open-data`, 404)."""
    if (folder / MANIFEST).is_file():
        return [folder]
    found = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    if not found:
        raise refuse(
            "no-open-data",
            f"{folder} 里没有公开数据（没有 {MANIFEST}）",
            f"There is no open data in {folder} (no {MANIFEST})",
            place=str(folder),
            status=404,
        )
    return found


def recompute(folder: Path, keys: Keys | None, now: datetime) -> Recomputed:
    """One release worked out again.

    Raises Refused (`open-data-damaged`, `open-data-unsigned`) for one that cannot be read or whose signature does not
    hold.
    """
    release = _release(folder, keys, now)
    wrong = list(_altered(folder, release))
    indicators = {one.indicator: one for one in read_indicators(folder / INDICATORS)}
    found = tuple(_figures(folder, indicators))
    wrong += _differ(folder, found)
    wrong += _gaps(folder, found)
    wrong += _sums(found)
    return Recomputed(release=release, figures=found, signed=keys is not None, wrong=tuple(wrong))


def before(folders: Sequence[Path], period: Period) -> Before | None:
    """What everybody has of the months before this one; None where none was released.

    Raises Refused (`earlier-release-unreadable`): who does not know what was told cannot know what may be told now.
    """
    earlier = [folder for folder in folders if folder.name < period.name]
    told: defaultdict[Counted, Counter[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(Counter)
    for folder in earlier:
        try:
            month = _told(folder)
        except (Refused, OSError, ValueError) as problem:
            said = (
                problem.problems[0].text
                if isinstance(problem, Refused)
                else Text("文件读不出来", "its files cannot be read")
            )
            raise refuse(
                "earlier-release-unreadable",
                f"{period.name} 不能发布：{folder.name} 已经发布的数据读不出来（{said.zh}），不知道公开过什么，就可能"
                f"让人算出少数几个人。请从备份或公开的副本恢复 {folder.name} 的文件夹，平台会自动再发布",
                f"{period.name} cannot be released: what was released of {folder.name} cannot be read ({said.en}), and"
                " who does not know what was told could give a few people away. Put the folder of"
                f" {folder.name} back from a backup or from a public copy; the platform then releases by itself",
                place=str(folder),
                status=409,
            ) from None
        for (which, by, group), rows in month.items():
            told[which][by, group] += rows
    return Before(Period.named(min(folder.name for folder in earlier)).since, told) if earlier else None


def _told(folder: Path) -> dict[tuple[Counted, tuple[str, ...], tuple[str, ...]], int]:
    """Of each group of each population the rows that a release tells."""
    month: dict[tuple[Counted, tuple[str, ...], tuple[str, ...]], int] = {}
    for one, found in _figures(folder, {one.indicator: one for one in read_indicators(folder / INDICATORS)}):
        month[counted(one), found.by, found.group] = found.rows
        if asks(one):
            month[counted(one, numerator=True), found.by, found.group] = found.numerator
    return month


def _release(folder: Path, keys: Keys | None, now: datetime) -> Release:
    path = folder / MANIFEST
    try:
        statement = read(path.read_bytes())
        said = statement.said if keys is None else believed(statement, KIND, Use.REGISTRY, keys, now)
        return msgspec.convert(said, Release)
    except Unbelieved as problem:
        raise refuse(
            "open-data-unsigned",
            f"签名不能相信：{problem.text.zh}",
            f"The signature cannot be believed: {problem.text.en}",
            place=str(path),
        ) from None
    except msgspec.ValidationError:
        raise damaged(path, "不是公开数据的清单", "it is no list of an open-data release") from None


def _altered(folder: Path, release: Release) -> Iterator[Text]:
    for name, expected in release.files.items():
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            yield Text(f"缺文件 {name}", f"The file {name} is missing")
        elif digest(path.read_bytes()) != expected:
            yield Text(f"文件 {name} 被改过", f"The file {name} was altered")


def _figures(folder: Path, indicators: dict[str, Indicator]) -> Iterator[tuple[Indicator, Figure]]:
    path = folder / FIGURES
    for row in lines(path, FIGURE_COLUMNS):
        one = indicators.get(row["indicator"])
        if one is None or one.version != row["version"]:
            raise damaged(path, f"没有指标 {row['indicator']}", f"there is no indicator {row['indicator']}")
        try:
            found = Sums(int(row["numerator"]), int(row["denominator"]), int(row["rows"]))
        except ValueError:
            raise damaged(path, "有不是整数的数", "a number is not whole") from None
        by, group = _split(row["by"], TOGETHER), _split(row["group"], BETWEEN)
        if row["by"] and not row["group"]:
            group = ("",)
        yield one, figure(one, row["period"], by, group, found)


def _split(written: str, at: str) -> tuple[str, ...]:
    return tuple(written.split(at)) if written else ()


def _differ(folder: Path, found: tuple[tuple[Indicator, Figure], ...]) -> Iterator[Text]:
    """Where the platform's own values are others."""
    ours = {
        (one.indicator, one.period, TOGETHER.join(one.by), BETWEEN.join(one.group)): (
            "" if one.value is None else f"{one.value:f}"
        )
        for _, one in found
    }
    theirs = {
        (row["indicator"], row["period"], row["by"], row["group"]): row["value"]
        for row in lines(folder / VALUES, VALUE_COLUMNS)
    }
    for key in sorted(ours.keys() | theirs.keys()):
        mine, said = ours.get(key, "—"), theirs.get(key, "—")
        if mine != said:
            name = " ".join(part for part in key if part)
            yield Text(f"{name}：重算是 {mine}，发布的是 {said}", f"{name}: recomputed {mine}, published {said}")


def _gaps(folder: Path, found: tuple[tuple[Indicator, Figure], ...]) -> Iterator[Text]:
    """Where the platform says another distance between groups."""
    said = {tuple(row.values()) for row in lines(folder / GAPS, GAP_COLUMNS)}
    for one in sorted(set(gap_lines(found)) ^ said, key=str):
        name = " ".join(map(str, one))
        yield Text(f"差距不对：{name}", f"This gap does not agree: {name}")


def _sums(found: tuple[tuple[Indicator, Figure], ...]) -> Iterator[Text]:
    """Parts that are more than their whole: wherever all parts are shown they are equal, never more."""
    whole = {(one.indicator, one.period): one for _, one in found if not one.by}
    parts: defaultdict[tuple[str, str, tuple[str, ...]], list[Figure]] = defaultdict(list)
    for _, one in found:
        if one.by and (one.indicator, one.period) in whole:
            parts[one.indicator, one.period, one.by].append(one)
    for (indicator, period, by), some in parts.items():
        total = whole[indicator, period]
        rows = sum(one.rows for one in some)
        numerator, denominator = sum(one.numerator for one in some), sum(one.denominator for one in some)
        equal = (numerator, denominator) == (total.numerator, total.denominator)
        if rows > total.rows or (rows == total.rows and not equal):
            name = f"{indicator} {period} {TOGETHER.join(by)}"
            yield Text(f"{name}：各组加起来不等于总数", f"{name}: the parts do not add up to the whole")
