"""Indicators from the event history: take in what happened, compute, recompute from published open data.
指标：从办件历史算出来；谁都可以用公开数据重算一遍。"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.errors import refuse
from tongban.cli.installed import exists, with_database, with_site
from tongban.cli.published import keys_at_hand
from tongban.cli.saying import saying_refusals
from tongban.cli.telling import telling
from tongban.oversight.computing import Figure, Period, gaps
from tongban.oversight.files import read_indicators
from tongban.oversight.folder import opened
from tongban.oversight.following import Follower, Turn
from tongban.oversight.model import UNITS, Indicator
from tongban.oversight.moments import SOURCES
from tongban.oversight.opendata.reading import recompute, releases
from tongban.oversight.publishing import published
from tongban.oversight.store import bands
from tongban.oversight.turning import facts_dir, forget_other_shapes
from tongban.web.site import Site


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban indicators`."""
    parser.add_argument("what", choices=("compute", "recompute", "refresh"))
    parser.add_argument(
        "open_data", nargs="?", type=Path, metavar="OPEN_DATA_DIR", help="recompute: a release · 公开数据"
    )
    parser.add_argument("--keys", type=Path, metavar="FILE", help="recompute: published keys to check by · 公布的公钥")
    parser.add_argument("--from", dest="since", metavar="MONTH", help="first month, as 2026-10 · 从哪个月")
    parser.add_argument("--to", dest="until", metavar="MONTH", help="last month · 到哪个月")
    parser.add_argument("--only", action="append", default=[], metavar="INDICATOR", help="these only · 只算这几项")
    parser.add_argument("--whole", action="store_true", help="refresh: look at every case again · 全部重看一遍")
    parser.add_argument("--json", action="store_true", help="for programs · 输出 JSON")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0, or 1 with every reason."""
    with saying_refusals() as said:
        settings = Settings.load(os.environ, data_dir=options.data)
        if options.what == "refresh":
            return _refreshed(settings, whole=options.whole)
        if options.what == "recompute":
            return _recompute(options, settings)
        found = _computed(settings, _chosen(options.only), _months(options, settings))
        if options.json:
            sys.stdout.buffer.write(as_json(found))
        else:
            _tell(found)
    return said.status


def _refreshed(settings: Settings, *, whole: bool) -> int:
    with telling("refresh", settings) as told:
        turn = with_site(settings, lambda site: take_in(site, whole=whole))
        print(f"{turn.cases} cases, {turn.moments} moments · {turn.cases} 件，{turn.moments} 条")
        for one in turn.failed:
            print(f"{one.region}: {one.words}", file=sys.stderr)
        if turn.failed:
            told.failed(turn.failed[0].code, tuple(one.region for one in turn.failed))
        else:
            forget_other_shapes(settings.data_dir)
    return told.status


async def take_in(site: Site, *, whole: bool = False) -> Turn:
    """Takes what happened into the facts. Raises Refused (`facts-busy`)."""
    folder = facts_dir(site.settings.data_dir)
    return await Follower(site.cases.engine, folder, site.clock, SOURCES).turn(whole=whole)


def _recompute(options: argparse.Namespace, settings: Settings) -> int:
    """From files alone: 0 if every digit agrees, else 1. Raises Refused."""
    if options.open_data is None:
        raise refuse("no-folder", "请写明公开数据的文件夹", "Name the folder of the open data", place="OPEN_DATA_DIR")
    now = system_clock(settings.timezone)()
    keys = keys_at_hand(options.keys, None, now) if options.keys else None
    done = [recompute(folder, keys, now) for folder in releases(options.open_data)]
    if options.json:
        sys.stdout.buffer.write(as_json([one for release in done for one in release.figures]))
    wrong = [text for one in done for text in one.wrong]
    for text in wrong:
        print(f"{text.zh} · {text.en}", file=sys.stderr)
    for one in done if not options.json else ():
        signed = "签名已核对 signature holds" if one.signed else "没有核对签名 signature not checked (--keys)"
        print(f"{one.release.month}  {len(one.figures)} 个数 · figures  {signed}")
    if not wrong and not options.json:
        print("每一位都一样 · equal to the last digit")
    return 1 if wrong else 0


def _chosen(names: Sequence[str]) -> tuple[Indicator, ...]:
    known = read_indicators()
    if lost := sorted(set(names) - {one.indicator for one in known}):
        said = ", ".join(lost)
        raise refuse("unknown-indicator", f"没有这个指标：{said}", f"There is no such indicator: {said}", status=404)
    return tuple(one for one in known if not names or one.indicator in names)


def _months(options: argparse.Namespace, settings: Settings) -> tuple[Period, ...]:
    """The months asked for; without any, the last whole one."""
    today = system_clock(settings.timezone)().astimezone(settings.timezone).date()
    last = today.replace(day=1) - timedelta(days=1)
    until = Period.named(options.until) if options.until else None
    since = Period.named(options.since) if options.since else until or Period.month(last.year, last.month)
    until = until or (Period.month(today.year, today.month) if options.since else since)
    if until.since < since.since:
        raise refuse(
            "months-reversed",
            f"{until.name} 在 {since.name} 之前",
            f"{until.name} is before {since.name}",
            place="--from --to",
        )
    return months(since, until)


def months(first: Period, last: Period) -> tuple[Period, ...]:
    """Every month from one to another."""
    found: list[Period] = []
    day: date = first.since
    while day <= last.since:
        found.append(Period.month(day.year, day.month))
        day = found[-1].until
    return tuple(found)


def _computed(
    settings: Settings, indicators: Sequence[Indicator], periods: Sequence[Period]
) -> list[tuple[Indicator, Figure]]:
    folder = facts_dir(settings.data_dir)
    if not exists(settings) or not folder.is_dir():
        raise refuse(
            "no-facts",
            f"{folder} 里还没有统计用的事实。先运行 tongban indicators refresh",
            f"There are no facts in {folder} yet. Run `tongban indicators refresh` first",
            place=str(folder),
            status=404,
        )
    with opened(folder) as facts:
        facts.know(with_database(settings, bands))
        return [one for period in periods for one in published(facts, indicators, period)]


def as_json(found: Sequence[tuple[Indicator, Figure]]) -> bytes:
    """Figures for programs; a value is a text, so that no reader makes a binary fraction of it."""
    rows: list[dict[str, Any]] = [
        {
            "indicator": figure.indicator,
            "version": one.version,
            "period": figure.period,
            "by": list(figure.by),
            "group": list(figure.group),
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "rows": figure.rows,
            "value": None if figure.value is None else str(figure.value),
            "unit": one.unit.value,
        }
        for one, figure in found
    ]
    distances = [{**one._asdict(), "distance": str(one.distance)} for one in gaps(found)]
    return msgspec.json.format(msgspec.json.encode({"figures": rows, "gaps": distances}), indent=2) + b"\n"


def _tell(found: Sequence[tuple[Indicator, Figure]]) -> None:
    before: tuple[str, str] | None = None
    for one, figure in found:
        if before != (one.indicator, figure.period):
            before = (one.indicator, figure.period)
            print(f"{figure.period}  {one.name.zh} · {one.name.en}  [{one.indicator}@{one.version}]")
        group = " / ".join(one or "未注明 · none" for one in figure.group) or "全部 · all"
        unit = UNITS[one.unit]
        value = "-" if figure.value is None else f"{figure.value} {unit.zh}"
        print(f"    {'+'.join(figure.by):>14}  {group:<40} {value:>12}  {figure.numerator} / {figure.denominator}")
    for gap in gaps(found):
        print(f"{gap.period}  差距 gap  {gap.indicator} {gap.by}: {gap.best} → {gap.worst}  {gap.distance}")
    if not found:
        print("没有可以公布的数：没有办件，或者每组都太小 · Nothing to show: no cases, or every group is too small")
