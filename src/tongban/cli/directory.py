"""The list of data (数据共享清单): check it, write it as DCAT or CSV, read a CSV after looking at what it changes.
数据共享清单：检查、导出（DCAT、CSV），先看改动再导入。"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.unopened import why_not_opened
from tongban.catalog.findings import Finding, errors, format_finding
from tongban.cli.saying import saying_refusals, sentence
from tongban.sharing.directory.changes import Changed, compare
from tongban.sharing.directory.check import check_directory
from tongban.sharing.directory.dcat import dcat
from tongban.sharing.directory.files import write_files
from tongban.sharing.directory.live import LiveDirectory
from tongban.sharing.directory.load import folders, open_directory
from tongban.sharing.directory.model import Resource
from tongban.sharing.directory.sheet import MOST_BYTES, read_sheet, write_sheet

_SHOWN = 50
_LONGEST = 60


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban directory`."""
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    one = what.add_parser("check", **sentence("the list against the law; 1 on any error · 对照法规检查清单"))
    one.add_argument("--json", action="store_true", help="for programs · 输出 JSON")
    _data(one)
    one = what.add_parser("export", **sentence("the list as DCAT 3 (JSON-LD) or as a sheet · 导出清单"))
    one.add_argument("--format", choices=("dcat", "csv"), default="dcat")
    one.add_argument("--body", default="", metavar="KIND", help="csv: of one kind of body, e.g. hr · 只要一类单位的")
    _data(one)
    one = what.add_parser("import", **sentence("shows what a sheet changes; --write takes it over · 先看改动，再写入"))
    one.add_argument("file", type=Path, metavar="FILE", help="CSV, UTF-8 or GB 18030")
    one.add_argument("--write", action="store_true", help="write to the data directory · 写入数据目录")
    _data(one)


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0; 1 where the list or the sheet has errors; 2 where what was asked cannot be done."""
    with saying_refusals() as said:
        settings = Settings.load(os.environ, data_dir=options.data)
        match options.what:
            case "check":
                return _check(settings, as_json=options.json)
            case "export":
                _export(settings, options.format, options.body)
            case "import":
                return _import(settings, options.file, write=options.write)
            case other:
                raise AssertionError(other)
    return 2 if said.status else 0


def _check(settings: Settings, *, as_json: bool) -> int:
    findings = check_directory(folders(settings.data_dir))
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(findings), indent=2) + b"\n")
    else:
        _tell(findings)
        wrong = len(errors(findings))
        entries = len(open_directory(settings.data_dir).resources)
        print(f"{entries} entries, {wrong} errors, {len(findings) - wrong} warnings · {entries} 项，{wrong} 个错误")
    return 1 if errors(findings) else 0


def _live(settings: Settings) -> LiveDirectory:
    """The list as it stands: the files, and over them what was published in the installation, where there is one."""
    from tongban.cli.installed import exists, with_database  # it brings the whole site with it

    live = LiveDirectory.of(settings.data_dir)
    if exists(settings):
        with_database(settings, live.refresh)
    return live


def _export(settings: Settings, form: str, body: str) -> None:
    directory = _live(settings).now
    if form == "csv":
        entries = [one for one in directory.resources.values() if not body or one.owner.body == body]
        sys.stdout.buffer.write(write_sheet(entries).encode())
        return
    made = dcat(directory, settings.address, day=system_clock(settings.timezone)().date())
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")


def _import(settings: Settings, file: Path, *, write: bool) -> int:
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as problem:
        why = why_not_opened(problem)
        print(f"{file}: {why.zh} · {why.en}", file=sys.stderr)
        return 2
    live = _live(settings)
    directory = live.now
    found = read_sheet(data, directory, str(file))
    _tell(found.findings)
    if errors(found.findings):
        print("Nothing was written. · 什么都没有写入。", file=sys.stderr)
        return 1
    changes = [one for one in compare(found.entries, directory) if not one.same]
    for one in changes:
        _show(one)
    entries, other = len(found.entries), len(changes)
    print(f"{entries} entries read, {other} new or changed · 读到 {entries} 项，{other} 项有变化")
    if not changes:
        return 0
    if closed := [one.after.id for one in changes if one.after.id in live.published]:
        print(
            f"Published here through a case, so changed by a case and not by a file: {', '.join(closed)}"
            f" · 这些目录是在平台上审核发布的，只能在办事台提出更新：{'、'.join(closed)}",
            file=sys.stderr,
        )
        return 1
    if not write:
        print("Only looked at; --write takes it over. · 只是预览；加 --write 才写入。")
        return 0
    taken: Sequence[Resource] = [one.after for one in changes]
    for path in write_files(taken, settings.data_dir):
        print(path)
    return 0


def _show(one: Changed) -> None:
    name = f"{one.after.id} {one.after.name.zh} {one.after.name.en}"
    print(f"+ {name}" if one.before is None else f"~ {name}")
    for difference in one.differences:
        place = f" {difference.place}" if difference.place else ""
        before, after = (_short(text) for text in (difference.before, difference.after))
        print(f"    {difference.what.zh} {difference.what.en}{place}: {before} → {after}")


def _short(text: str) -> str:
    line = text.replace("\n", " / ")
    return (line if len(line) <= _LONGEST else line[:_LONGEST] + "…") or "-"


def _tell(findings: Sequence[Finding]) -> None:
    for finding in findings[:_SHOWN]:
        print(format_finding(finding))
    if len(findings) > _SHOWN:
        print(f"… {len(findings) - _SHOWN} more · 另有 {len(findings) - _SHOWN} 处")
