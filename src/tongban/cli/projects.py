"""Find digital projects that do what others already do. 找出重复建设的信息化项目。"""

import argparse
from pathlib import Path

import msgspec

from tongban.cli.progress import Bar
from tongban.cli.saying import saying_refusals, sentence


def _share(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1:
        raise ValueError(text)
    return number


_share.__name__ = "share (above 0, at most 1)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban projects`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    same = verbs.add_parser("overlaps", **sentence("which projects overlap, and in what · 哪些项目重复、重复在哪"))
    same.add_argument("file", type=Path, metavar="FILE.csv", help="name, status, function, data, services · 一行一个")
    same.add_argument(
        "--least", type=_share, default=0.5, metavar="SHARE", help="name pairs from this on (default 0.5) · 从多少起"
    )
    same.add_argument("--json", action="store_true", help="print JSON · 输出 JSON")


def run(options: argparse.Namespace) -> int:
    """0 when compared, whatever was found; 2 where the sheet is not fit."""
    with saying_refusals() as said:
        from tongban.oversight.registers.projects import overlaps, read_projects

        projects = read_projects(options.file)
        with Bar("comparing · 比较") as bar:
            found = overlaps(projects, options.least, bar)
        if options.json:
            print(msgspec.json.encode({"projects": len(projects), "overlaps": found}).decode())
        else:
            pairs = (
                f"{len(projects):,} projects, {len(found):,} overlaps · {len(projects):,} 个项目，{len(found):,} 处重复"
            )
            print(pairs)
            for one in found:
                print(f"\n{one.score:.0%}  {one.first} → {one.second}\n  {one.text.zh}\n  {one.text.en}")
    return 2 if said.status else 0
