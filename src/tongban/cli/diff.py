"""What differs between two service files: two versions, or two regions' versions, of one item.
比较两个事项文件：同一事项的两个版本，或两个地区的实施清单。"""

import argparse
import sys
from pathlib import Path

import msgspec

from tongban.base.i18n import LANGS, Text
from tongban.catalog.diff import diff
from tongban.catalog.load import load_file
from tongban.catalog.model import Service
from tongban.cli.saying import saying_refusals

_MARKS = {"better": "+", "worse": "!", "neutral": " "}
_NOTHING = Text("没有差别", "No difference")
_NOT_A_SERVICE = Text("不是事项文件", "not a service file")


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban diff`."""
    parser.add_argument("a", type=Path, metavar="A")
    parser.add_argument("b", type=Path, metavar="B")
    parser.add_argument("--json", action="store_true", help="changes as JSON")
    parser.add_argument("--lang", choices=LANGS, default="zh")


def run(options: argparse.Namespace) -> int:
    """0 when both could be read, 1 when a file has errors. `+` is better for the applicant, `!` worse."""
    with saying_refusals(options.lang) as said:
        services = [load_file(path).require() for path in (options.a, options.b)]
        old, new = services
        if not isinstance(old, Service) or not isinstance(new, Service):
            print(_NOT_A_SERVICE[options.lang], file=sys.stderr)
            return 1
        changes = diff(old, new)
        if options.json:
            sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(changes), indent=2) + b"\n")
        else:
            lines = [f"{_MARKS[change.effect]} {change.text[options.lang]}" for change in changes]
            print("\n".join(lines) if lines else _NOTHING[options.lang])
    return said.status
