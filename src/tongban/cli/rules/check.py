"""Look a DMN model or a service file through: gaps, overlaps, rows for nothing, types, cycles, each with a person.
检查一个 DMN 模型或事项文件：空档、重叠、多余的行、类型、循环，并举出一个落在里面的人。"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tongban.base.i18n import LANGS, Text
from tongban.catalog.check import check
from tongban.catalog.findings import Severity, format_finding
from tongban.cli.rules.evaluate import read_with_imports
from tongban.cli.saying import saying_refusals
from tongban.rules.analysis.models import ModelRemark, model_remarks
from tongban.rules.dmn.errors import ModelErrors

MODELS = frozenset({".dmn", ".xml"})


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding in a model, as JSON. Lines, rows and columns count from 1, positions in a text from 0."""

    severity: Severity
    code: str
    text: Text
    file: str
    line: int
    id: str = ""
    element: str = ""
    row: int = 0
    column: int = 0
    position: int | None = None
    where: dict[str, str] = {}


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban rules check`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a DMN model or a service file · DMN 模型或事项文件")
    parser.add_argument("--json", action="store_true", help="findings as JSON · 以 JSON 输出")
    parser.add_argument("--lang", choices=LANGS, help="messages in one language only · 只用一种语言")


def run(options: argparse.Namespace) -> int:
    """1 on any error, 0 with warnings only, 2 when the file is not there."""
    path: Path = options.file
    if not path.is_file():
        print(f"{path}: no such file · 没有这个文件", file=sys.stderr)
        return 2
    with saying_refusals(options.lang) as said:
        if path.suffix.lower() in MODELS:
            shown = [_shown(remark) for remark in _model(path)]
            _print(shown, [_line(one, options.lang) for one in shown], [one.severity for one in shown], options)
            said.status = int(any(one.severity == "error" for one in shown))
        else:
            findings = check([path])
            lines = [format_finding(one, options.lang) for one in findings]
            _print(findings, lines, [one.severity for one in findings], options)
            said.status = int(any(one.severity == "error" for one in findings))
    return said.status


def _model(path: Path) -> list[ModelRemark]:
    """All findings in a model; only its faults if it cannot be read at all."""
    try:
        return model_remarks(read_with_imports(path))
    except ModelErrors as errors:
        return [
            ModelRemark("error", fault.code.value, fault.file, fault.at, fault.zh, fault.en, position=fault.position)
            for fault in errors.faults
        ]


def _shown(one: ModelRemark) -> Shown:
    text = Text(one.zh, one.en)
    return Shown(
        one.severity,
        one.code,
        text,
        one.file,
        one.at.line,
        one.at.id,
        one.element,
        one.row,
        one.column,
        one.position,
        dict(one.where),
    )


def _line(one: Shown, lang: str | None) -> str:
    """A finding as compilers print it: `file:line: element id, row 2, column 1: error code: sentence`."""
    place = [f"{one.element} {one.id}".strip()]
    place += [f"{name} {number}" for name, number in (("row", one.row), ("column", one.column)) if number]
    place += [f"character {one.position + 1}"] if one.position is not None else []
    said = f"{one.text.zh} / {one.text.en}" if lang is None else one.text.zh if lang == "zh" else one.text.en
    where = f" [{'; '.join(f'{title}: {cell}' for title, cell in one.where.items())}]" if one.where else ""
    return f"{one.file}:{one.line}: {', '.join(filter(None, place))}: {one.severity} {one.code}: {said}{where}"


def _print(
    findings: Sequence[msgspec.Struct],
    lines: Sequence[str],
    severities: Sequence[Severity],
    options: argparse.Namespace,
) -> None:
    if options.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(findings), indent=2) + b"\n")
        return
    for line in lines:
        print(line)
    count = Counter(severities)
    print(f"{count['error']} errors, {count['warning']} warnings · {count['error']} 个错误，{count['warning']} 个提醒")
