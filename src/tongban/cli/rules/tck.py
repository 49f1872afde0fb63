"""Run the DMN Technology Compatibility Kit, a level of it or one folder; 1 on any failure.
运行 DMN 兼容性测试集（整套、一级或一个文件夹）；有一例不符即返回 1。"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from tongban.cli.rules.kit import Folder, Ran, folders, run_folder
from tongban.rules.dmn.tck import Difference
from tongban.rules.feel.text import feel_text
from tongban.rules.feel.values import Value

LONGEST = 200


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban rules tck`."""
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="the kit, a level or a folder · 测试集、一级或一个文件夹"
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON · 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """0 if every case passes, 1 if one fails, 2 when there is nothing to run."""
    path: Path = options.path
    found = folders(path) if path.is_dir() else []
    if not found:
        print(f"{path}: no models here · 这里没有模型", file=sys.stderr)
        return 2
    done = list(_with_progress(found))
    if options.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(_as_json(done)), indent=2) + b"\n")
    else:
        print("\n".join(_lines(done)))
    return 0 if all(ran.passed for folder in done for ran in folder.cases) else 1


def _with_progress(paths: Sequence[Path]) -> Iterator[Folder]:
    terminal, now = sys.stderr.isatty(), datetime.now(UTC)
    for number, path in enumerate(paths, 1):
        if terminal:
            print(f"\r\x1b[K{number}/{len(paths)} {path.name}", end="", file=sys.stderr, flush=True)
        yield run_folder(path, now)
    if terminal:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _passed(cases: Iterable[Ran]) -> tuple[int, int]:
    """How many passed, of how many."""
    found = list(cases)
    return sum(ran.passed for ran in found), len(found)


def _counts(cases: Sequence[Ran]) -> tuple[tuple[int, int], tuple[int, int]]:
    """All cases, and those that expect a value."""
    return _passed(cases), _passed(ran for ran in cases if ran.meaningful)


def _lines(done: Sequence[Folder]) -> Iterator[str]:
    width = max(len(folder.name) for folder in done) + 4
    yield f"{'':<{width}}  {'all · 全部':>13}  {'non-null · 非空':>13}"
    for level in dict.fromkeys(folder.level for folder in done):
        inside = [folder for folder in done if folder.level == level]
        yield _row(f"level · 级别 {level}", [ran for folder in inside for ran in folder.cases], width)
        yield from (_row(f"  {folder.name}", folder.cases, width) for folder in inside)
    yield _row("total · 合计", [ran for folder in done for ran in folder.cases], width)
    failed = [(folder, ran) for folder in done for ran in folder.cases if not ran.passed]
    for folder, ran in failed:
        yield f"{folder.level}/{folder.name} {ran.case}: {ran.refused or '; '.join(map(_said, ran.differences))}"


def _row(title: str, cases: Sequence[Ran], width: int) -> str:
    cells = (f"{passed:>6,} / {of:>5,}" for passed, of in _counts(cases))
    return "  ".join((f"{title:<{width}}", *cells))


def _said(difference: Difference) -> str:
    expected, found = _short(difference.expected), _short(difference.found)
    reason = f" ({difference.reason})" if difference.reason else ""
    return f"{difference.name}: expected · 应为 {expected}, found · 实为 {found}{reason}"


def _short(value: Value) -> str:
    text = feel_text(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _as_json(done: Sequence[Folder]) -> dict[str, Any]:
    def counted(cases: Sequence[Ran]) -> dict[str, int]:
        (passed, of), (meaningful, of_meaningful) = _counts(cases)
        return {"passed": passed, "cases": of, "passedNonNull": meaningful, "casesNonNull": of_meaningful}

    levels = dict.fromkeys(folder.level for folder in done)
    return {
        "total": counted([ran for folder in done for ran in folder.cases]),
        "levels": {
            level: counted([ran for folder in done if folder.level == level for ran in folder.cases])
            for level in levels
        },
        "folders": [{"level": f.level, "folder": f.name, **counted(f.cases)} for f in done],
        "failures": [
            {
                "level": folder.level,
                "folder": folder.name,
                "case": ran.case,
                "refused": ran.refused,
                "differences": [
                    {"name": d.name, "expected": feel_text(d.expected), "found": feel_text(d.found), "reason": d.reason}
                    for d in ran.differences
                ],
            }
            for folder in done
            for ran in folder.cases
            if not ran.passed
        ],
    }
