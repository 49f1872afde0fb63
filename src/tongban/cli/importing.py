"""Import a catalogue from CSV as drafts, or the decision tables of a DMN file as parts of a service file.
从 CSV 导入事项目录（草稿），或把 DMN 文件的决策表导入为事项文件的一部分。"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tongban.base.config import Settings
from tongban.base.errors import Problem, refuse
from tongban.catalog.decisions import draft_rules
from tongban.catalog.importer import import_catalogue
from tongban.cli.rules.faults import refused
from tongban.cli.saying import saying_refusals
from tongban.rules.dmn.errors import ModelErrors
from tongban.rules.dmn.read import read_model

_SHOWN = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban import`."""
    parser.add_argument("what", choices=("catalogue", "dmn"))
    parser.add_argument("file", type=Path, help="CSV: columns dept/部门, main/主项, name/事项名称, link/链接; or DMN")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")
    parser.add_argument("--out", type=Path, help="dmn: write the parts to this new file · 写入新文件")


def run(options: argparse.Namespace) -> int:
    """0 when the file was read, even if some rows could not be taken; 1 when it could not be read."""
    with saying_refusals() as said:
        if options.what == "dmn":
            _decisions(options)
        else:
            _catalogue(options)
    return said.status


def _catalogue(options: argparse.Namespace) -> None:
    drafts = Settings.load(os.environ, data_dir=options.data).data_dir / "drafts"
    drafts.mkdir(parents=True, exist_ok=True)
    done = import_catalogue(options.file, drafts)
    _say(done.problems)
    print(
        f"{len(done.items)} items as drafts from {done.rows} rows ({done.duplicates} repeated). "
        f"{done.rows} 行中导入 {len(done.items)} 项草稿，重复 {done.duplicates} 行。 → {drafts}"
    )


def _decisions(options: argparse.Namespace) -> None:
    """Prints `facts`, `tables`, `amounts` and `eligible`, or writes them to a file that is not there yet."""
    path: Path = options.file
    try:
        drafted = draft_rules(read_model(path.read_bytes(), path.name), path.name)
    except ModelErrors as errors:
        raise refused(errors.faults) from None
    _say(drafted.problems)
    out: Path | None = options.out
    if out is None:
        sys.stdout.buffer.write(drafted.yaml.encode())
    elif out.exists():
        raise refuse("file-exists", "文件已存在，不会覆盖", "The file exists and is not written over", place=str(out))
    else:
        out.write_text(drafted.yaml, encoding="utf-8")


def _say(problems: Sequence[Problem]) -> None:
    for problem in problems[:_SHOWN]:
        print(f"{problem.place}: {problem.text.zh} {problem.text.en}", file=sys.stderr)
    if len(problems) > _SHOWN:
        print(f"… {len(problems) - _SHOWN} more · 另有 {len(problems) - _SHOWN} 处", file=sys.stderr)
