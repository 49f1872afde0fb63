"""Import a catalogue from CSV: its items are listed and found as drafts until somebody writes their files.
从 CSV 导入事项目录：导入的是草稿，可以被搜到，写好事项文件后才能办理。"""

import argparse
import os
import sys
from pathlib import Path

from tongban.base.config import Settings
from tongban.catalog.importer import import_catalogue
from tongban.cli.saying import saying_refusals

_SHOWN = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban import`."""
    parser.add_argument("what", choices=("catalogue",))
    parser.add_argument("file", type=Path, help="columns dept/部门, main/主项, name/事项名称, link/链接")
    parser.add_argument("--data", type=Path, help="data directory (default .tongban) · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0 when the file was read, even if some rows could not be taken; 1 when it could not be read."""
    with saying_refusals() as said:
        drafts = Settings.load(os.environ, data_dir=options.data).data_dir / "drafts"
        drafts.mkdir(parents=True, exist_ok=True)
        done = import_catalogue(options.file, drafts)
        for problem in done.problems[:_SHOWN]:
            print(f"{problem.place}: {problem.text.zh} {problem.text.en}", file=sys.stderr)
        if len(done.problems) > _SHOWN:
            print(f"… {len(done.problems) - _SHOWN} more · 另有 {len(done.problems) - _SHOWN} 处", file=sys.stderr)
        print(
            f"{len(done.items)} items as drafts from {done.rows} rows ({done.duplicates} repeated). "
            f"{done.rows} 行中导入 {len(done.items)} 项草稿，重复 {done.duplicates} 行。 → {drafts}"
        )
    return said.status
