"""Move a service file one step on: draft, published, ended. A published version never changes again.
发布或停用一个事项文件；已发布的版本不再改动。"""

import argparse
from datetime import date
from pathlib import Path

from tongban.catalog.promote import promote
from tongban.cli.saying import saying_refusals


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban promote`."""
    parser.add_argument("file", type=Path)
    parser.add_argument("to", choices=("published", "ended"))
    parser.add_argument("--on", type=_day, help="last day, when ending · 停用日期 YYYY-MM-DD")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a day such as 2026-12-31 · 日期要像 2026-12-31 这样"
        ) from None


def run(options: argparse.Namespace) -> int:
    """0, or 1 with the reasons."""
    with saying_refusals() as said:
        status = promote(options.file, to=options.to, on=options.on)
        print(f"{options.file}: {status}")
    return said.status
