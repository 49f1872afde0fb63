"""Find the people that policies are for (免申即享): run the rules over a holder's file of people. Only hits leave.
让政策找人：在数据所在的地方，把规则跑一遍，只带走可以告诉本人的结果。"""

import argparse
import difflib
import os
import time
from datetime import date
from pathlib import Path

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.errors import refuse
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.installation import open_catalogue
from tongban.catalog.model import Service
from tongban.catalog.policy import Policy
from tongban.cli.progress import Bar
from tongban.cli.saying import saying_refusals
from tongban.outreach import demo_holder, demo_people, journal
from tongban.outreach.match import Result, match
from tongban.outreach.offers import run_of
from tongban.outreach.plan import open_people
from tongban.outreach.report import BAND_NAMES, STANDINGS, Group, PolicyReport, Standing
from tongban.sharing.model import Reader

DEMO = "demo:"
DEPARTMENTS = "demo:departments"
"""The people of whom the demonstration's nodes have records."""
_HIDDEN = "—"
_BY = Reader(kind="operator", id="operator", title="operator")
"""Whoever runs it at the command line: no post, no body."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban match`."""
    parser.add_argument("policies", nargs="*", metavar="POLICY", help="policies to run; all in force by default")
    parser.add_argument(
        "--people",
        required=True,
        metavar="FILE.parquet",
        help=f"the holder's people, {DEPARTMENTS} for those of the nodes, or {DEMO}5000000 for so many invented ones"
        " · 人员文件，演示节点里的人，或虚构的若干人",
    )
    parser.add_argument("--as-of", metavar="DATE", help="the day that counts, as 2026-12-31; today by default · 哪一天")
    parser.add_argument("--out", type=Path, default=Path("matched"), help="folder of the lists · 结果文件夹")
    parser.add_argument("--keep-not", action="store_true", help="also list who is not entitled · 也列出不符合的人")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0 when the lists are written; 1 with every reason if they cannot be."""
    with saying_refusals() as said:
        settings = Settings.load(os.environ, data_dir=options.data)
        clock = system_clock(settings.timezone)
        today = clock().astimezone(settings.timezone).date()
        day = _day(options.as_of, today)
        catalogue = open_catalogue(settings.data_dir, clock)
        pairs = _pairs(catalogue, options.policies, day)
        people = _people(options.people, settings.data_dir)
        started = time.monotonic()
        count, now = open_people(people).rows, clock()
        runs = [run_of(policy, service, day, now, _BY, people=count, found=0) for policy, service in pairs]
        number = journal.begin(settings.data_dir, runs, now)
        with Bar("matching · 匹配") as bar:
            result = match(pairs, people, day, options.out, keep_not=options.keep_not, progress=bar)
        journal.ended(settings.data_dir, number, _found(result), clock())
        _print(result, time.monotonic() - started)
    return said.status


def _found(result: Result) -> dict[str, int]:
    """How many a run leads to, policy by policy. A group that the report hides counts as one: there are some."""
    told = (Standing.ENTITLED, Standing.MISSING)
    return {
        f"{one.policy}@{one.version}": sum(
            1 if (n := one.standings.get(standing, 0)) is None else n for standing in told
        )
        for one in result.reports
    }


def _day(text: str | None, today: date) -> date:
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        raise refuse(
            "date-form", "日期要写成 2026-12-31 的样子", "Write the date as 2026-12-31", place=f"--as-of {text}"
        ) from None


def _pairs(catalogue: Catalogue, wanted: list[str], day: date) -> list[tuple[Policy, Service]]:
    """The policies with their services, as they are in force on the day."""
    running = {policy.policy: policy for policy in catalogue.policies(day)}
    unknown = [slug for slug in wanted if slug not in running]
    if unknown:
        near = difflib.get_close_matches(unknown[0], running, n=1) or sorted(running)
        raise refuse(
            "unknown-policy",
            f"这一天没有“{unknown[0]}”这项政策；有：{'、'.join(near)}",
            f"No policy '{unknown[0]}' is in force on that day; there is: {', '.join(near)}",
            place=unknown[0],
        )
    if not running:
        raise refuse("no-policy", "这一天没有生效的政策", "No policy is in force on that day", place=day.isoformat())
    chosen = [running[slug] for slug in dict.fromkeys(wanted)] or list(running.values())
    return [(policy, catalogue.service(policy.service, on=day)) for policy in chosen]


def _people(text: str, data_dir: Path) -> Path:
    """The file of people; invented ones are made once and kept in the data directory."""
    if not text.startswith(DEMO):
        return Path(text)
    if text == DEPARTMENTS:
        return demo_holder.keep(data_dir)
    count = text.removeprefix(DEMO).replace("_", "").replace(",", "")
    if not count.isdigit() or not 1 <= int(count) <= 100_000_000:
        raise refuse(
            "demo-people",
            "demo: 后面写人数（1 到 100000000），或者 departments（演示节点里的人）",
            "Write a number of people after demo:, from 1 to 100000000, or departments for those of the nodes",
            place=text,
        )
    with Bar("inventing people · 虚构人员") as bar:
        return demo_people.keep(data_dir, int(count), progress=bar)


def _print(result: Result, seconds: float) -> None:
    print(f"{result.people:,} people as of {result.day}, {seconds:.1f} s · {result.people:,} 人，{result.day}")
    for report in result.reports:
        _print_policy(report)
    print(f"→ {result.folder}  (only offers/ may leave · 只有 offers/ 可以带走)")
    print(f"  {journal.FILE}: this run is recorded beside the data · 这次比对已经记下")


def _print_policy(report: PolicyReport) -> None:
    print(f"\n{report.policy}@{report.version}")
    for standing, count in report.standings.items():
        if count != 0:
            words = STANDINGS[standing]
            print(f"  {_count(count):>12}  {words.zh} · {words.en}")
    if report.amount is not None:
        print(f"  {report.amount:>16,.2f}  元 · yuan")
    _print_groups("地区 · by region", report.regions)
    _print_groups("年龄 · by age", report.bands)
    for fact, count in report.missing.items():
        print(f"  {_count(count):>12}  差 · lack {fact}")
    for kind, count in (report.changes or {}).items():
        if count:
            print(f"  {_count(count):>12}  {kind}")
    if report.one_by_one:
        print(f"  {report.one_by_one:>12,}  逐个计算 · decided one by one")


def _print_groups(title: str, groups: tuple[Group, ...]) -> None:
    shown = [f"{_label(group.name)} {_count(group.people)}" for group in groups if group.people != 0]
    if shown:
        print(f"      {title}: {'; '.join(shown)}")


def _label(name: str) -> str:
    words = BAND_NAMES.get(name)
    return f"{words.zh}/{words.en}" if words else name


def _count(count: int | None) -> str:
    return _HIDDEN if count is None else f"{count:,}"
