"""Print the SQL that judges a whole population by a service file or a DMN model; what has no columnar form is named.
输出按事项文件或 DMN 模型判断全部人口的 SQL；不能变成列的部分逐一列出。"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tongban.catalog.columns import columnar
from tongban.catalog.compile import compile_service
from tongban.catalog.load import load_service
from tongban.cli.rules.faults import refused
from tongban.cli.saying import saying_refusals
from tongban.rules.columns.dialect import DIALECTS
from tongban.rules.columns.ir import Program
from tongban.rules.columns.models import columnar_model
from tongban.rules.columns.refusal import NotColumnar
from tongban.rules.columns.source import Source, Stored
from tongban.rules.columns.sql import Member, population_sql
from tongban.rules.dmn.errors import ModelErrors
from tongban.rules.dmn.read import read_model


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban rules sql`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="service file (.yaml) or model (.dmn) · 事项或模型文件")
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="duckdb", help="default duckdb · 默认 duckdb")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="the day of the run · 判断的日期")
    parser.add_argument("--source", default="people", metavar="RELATION", help="table or SQL of the people · 人口表")
    parser.add_argument("--key", default="id", metavar="COLUMN", help="the column that tells people apart · 主键列")


def run(options: argparse.Namespace) -> int:
    """0 with the SQL on standard output, a column of the source for each fact; 1 if nothing is columnar."""
    with saying_refusals() as said:
        program, refusals = _program(options.file)
        _list(refusals)
        if program is None:
            print(f"{options.file.name}: 没有能变成列的部分 nothing is columnar (not-columnar)", file=sys.stderr)
            return 1
        columns = {field.fact: Stored(field.fact) for field in program.inputs if field.bit is not None}
        day = options.as_of or date.today()  # noqa: DTZ011 - the day where the command is run
        source = Source(options.source, options.key)
        print(population_sql([Member(program, columns)], source, day, DIALECTS[options.dialect], comments=True))
    return said.status


def _program(path: Path) -> tuple[Program | None, Sequence[NotColumnar]]:
    """The program of a file. Raises Refused with all its faults, and OSError."""
    data = path.read_bytes()
    if path.suffix in (".dmn", ".xml"):
        try:
            model = columnar_model(read_model(data, path.name))
        except ModelErrors as errors:
            raise refused(errors.faults) from None
        return model.program, model.refusals
    service = columnar(compile_service(load_service(data.decode(), str(path)).require()))
    return service.program, service.refusals


def _list(refusals: Sequence[NotColumnar]) -> None:
    for one in refusals:
        print(f"{one.place}: `{one.text}` @{one.position}: {one.zh} · {one.en} (not-columnar)", file=sys.stderr)
