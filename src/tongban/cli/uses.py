"""The register of AI uses: check it, list it, measure a use, switch one off or on.
算法应用登记：检查、列出、评测、关掉或者打开。"""

import argparse
import asyncio
import getpass
import os
import sys
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from tongban.assist import measured as measurements
from tongban.assist.evaluations import measure
from tongban.assist.gate.register import Register
from tongban.assist.measured import Measured, met
from tongban.assist.records import EVERYWHERE, Switched
from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.catalog.check import check
from tongban.catalog.findings import format_finding
from tongban.catalog.installation import open_catalogue
from tongban.catalog.shipped import shipped
from tongban.catalog.use import Threshold, Use
from tongban.cli.installed import running, with_site
from tongban.cli.saying import saying_refusals, sentence
from tongban.cli.watching import Watching
from tongban.web.site import Site


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban uses`."""
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name, text in (
        ("check", "files, reviews and measurements; 1 if a use may not run · 检查登记、审查和评测"),
        ("list", "the register and how each use stands · 列出登记和状态"),
    ):
        one = what.add_parser(name, **sentence(text))
        one.add_argument("--json", action="store_true", help="for programs · 输出 JSON")
        _data(one)
    one = what.add_parser("measure", **sentence("measure a use on its set; 1 below its thresholds · 评测一个算法应用"))
    one.add_argument("use", metavar="USE")
    one.add_argument("--set", type=Path, metavar="FILE", help="measure on this instead · 换一个评测集")
    one.add_argument("--shipped", action="store_true", help="write beside the shipped use files · 写到随平台的登记旁")
    _data(one)
    one = what.add_parser("watch", **sentence("what the watching found; 1 if a use is narrowed · 看管的结果"))
    one.add_argument("use", nargs="?", default="", metavar="USE", help="default all · 默认全部")
    one.add_argument("--now", action="store_true", help="look now, not by the hour · 现在就看一遍")
    one.add_argument("--json", action="store_true", help="for programs · 输出 JSON")
    _data(one)
    for name, text in (
        ("off", "switch a use off; published · 关掉，理由公布"),
        ("on", "take the switch back; published · 重新打开"),
    ):
        one = what.add_parser(name, **sentence(text))
        one.add_argument("use", metavar="USE")
        one.add_argument("--region", default=EVERYWHERE, metavar="CODE", help="six digits; default everywhere · 地区")
        one.add_argument("--why", required=True, metavar="TEXT", help="the reason, published · 理由，公布")
        one.add_argument("--by", default="", metavar="NAME", help="who; default your account · 谁关的")
        _data(one)


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0; 1 when a use is found wanting; 2 when what was asked cannot be done."""
    with saying_refusals() as said:
        settings = Settings.load(os.environ, data_dir=options.data)
        match options.what:
            case "check":
                return _check(settings, as_json=options.json)
            case "list":
                return _list(settings, as_json=options.json)
            case "measure":
                return _measure(settings, options.use, options.set, shipped_too=options.shipped)
            case "watch":
                return with_site(settings, Watching(options.use, now=options.now, as_json=options.json))
            case "off" | "on" as state:
                _switch(settings, options, state)
            case other:
                raise AssertionError(other)
    return 2 if said.status else 0


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a use stands. `code` says why it does not run; empty when it does."""

    use: str
    version: str
    name: str
    status: str
    runs: bool
    code: str = ""
    why: str = ""
    review_by: date
    measured: Measured | None = None


def _standings(settings: Settings, switches: tuple[Switched, ...] = ()) -> list[tuple[Use, Standing]]:
    clock = system_clock(settings.timezone)
    found = measurements.read(measurements.folders(settings.data_dir))
    register = Register(open_catalogue(settings.data_dir, clock), found, switches)
    made: list[tuple[Use, Standing]] = []
    for use in register.uses():
        refused = register.permits(use.use, EVERYWHERE, clock().date())
        made.append(
            (
                use,
                Standing(
                    use=use.use,
                    version=use.version,
                    name=f"{use.name.zh} {use.name.en}",
                    status=use.status,
                    runs=refused is None,
                    code="" if refused is None else refused.code,
                    why="" if refused is None else f"{refused.why.zh} {refused.why.en}",
                    review_by=use.review_by,
                    measured=found.get(use.use),
                ),
            )
        )
    return made


def _check(settings: Settings, *, as_json: bool) -> int:
    """Findings in the files, then what keeps an active use from running."""
    places = [path for path in (shipped("uses"), settings.data_dir / "uses") if path.is_dir()]
    findings = check(places)
    stopped = [one for use, one in _standings(settings) if use.status == "active" and not one.runs]
    if as_json:
        _write({"findings": findings, "stopped": stopped})
    else:
        for finding in findings:
            print(format_finding(finding, None))
        for one in stopped:
            print(f"{one.use}: {one.why} ({one.code})")
        wrong = sum(finding.severity == "error" for finding in findings)
        print(f"{wrong} errors, {len(stopped)} uses stopped · {wrong} 个错误，{len(stopped)} 个算法停用")
    return 1 if stopped or any(finding.severity == "error" for finding in findings) else 0


def _list(settings: Settings, *, as_json: bool) -> int:
    switches = asyncio.run(_switches(url)) if (url := running(settings)) else ()
    standings = _standings(settings, switches)
    if as_json:
        _write([one for _, one in standings])
        return 0
    for use, one in standings:
        mark = "可用 runs" if one.runs else f"不用 off: {one.code}"
        print(f"{one.use}@{one.version}  {one.name}\n    {mark}; 审查至 reviewed until {one.review_by}")
        for threshold in use.evaluation.thresholds:
            print(f"    {_told(threshold, one.measured)}")
        if one.why:
            print(f"    {one.why}")
    for one in switches:
        if one.state == "on":
            continue
        print(f"关掉 switched off: {one.use} {one.region} {one.at:%Y-%m-%d %H:%M} {one.by_name}: {one.why}")
    return 0


def _told(threshold: Threshold, found: Measured | None) -> str:
    low, high = threshold.at_least, threshold.at_most
    bound = f"≥ {low}" if low is not None else f"≤ {high}"
    value = None if found is None else found.metrics.get(threshold.metric)
    if found is None or value is None:
        return f"{threshold.metric} {bound}: 没有评测 not measured"
    verdict = "达到 met" if met(threshold, found.metrics) else "没有达到 missed"
    return f"{threshold.metric} {bound}: {value} ({found.on}, n={found.size}) {verdict}"


def _measure(settings: Settings, slug: str, rows: Path | None, *, shipped_too: bool) -> int:
    clock = system_clock(settings.timezone)
    catalogue = open_catalogue(settings.data_dir, clock)
    use = catalogue.use(slug)
    print(f"{use.use}: 正在评测… measuring …", file=sys.stderr, flush=True)
    found = measure(catalogue, use, rows, clock().date())
    for threshold in use.evaluation.thresholds:
        print(_told(threshold, found))
    for metric in sorted(found.metrics.keys() - {one.metric for one in use.evaluation.thresholds}):
        print(f"{metric}: {found.metrics[metric]} (n={found.size})")
    place, own = measurements.folders(settings.data_dir)
    path = measurements.write(place if shipped_too else own, found)
    print(f"{path}")
    return 1 if measurements.missed(use, found) else 0


def _switch(settings: Settings, options: argparse.Namespace, state: Literal["off", "on"]) -> None:
    who = options.by.strip() or getpass.getuser()

    async def turn(site: Site) -> None:
        if options.region != EVERYWHERE:
            site.directory.region(options.region)  # one that is not there is refused
        await site.assist.gate.switch(
            Switched(
                region=options.region,
                use=options.use,
                at=site.clock(),
                state=state,
                why=options.why,
                kind="operator",
                by_id=getpass.getuser(),
                by_name=who,
            )
        )

    with_site(settings, turn)
    words = "关掉 switched off" if state == "off" else "打开 switched on"
    print(f"{options.use} {options.region}: {words}。{options.why}")


async def _switches(url: str) -> tuple[Switched, ...]:
    from tongban.assist.store import Store, switches

    db = await Database.open(url, name="uses", max_size=1)
    try:
        async with (await Store.open(db)).acting() as connection:
            return tuple(await switches.standing(connection))
    finally:
        await db.close()


def _write(value: object) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
