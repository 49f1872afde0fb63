"""Print the JSON Schema of a file type, for editors and reviewers. 输出文件类型的 JSON Schema，供编辑器补全。"""

import argparse
import sys

import msgspec

from tongban.catalog.schema import FILE_KINDS, json_schema


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban schema`."""
    parser.add_argument("kind", choices=FILE_KINDS)


def run(options: argparse.Namespace) -> int:
    """Always 0."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(json_schema(options.kind)), indent=2) + b"\n")
    return 0
