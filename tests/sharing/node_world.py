"""A department with its data in four kinds of places, and the node beside them."""

import csv
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from tongban.base.clock import ZONE
from tongban.base.i18n import Text
from tongban.base.telemetry import Log
from tongban.sharing.channel.model import Answer, Asked, Member, Query, Right, Test
from tongban.sharing.node.answering import Node, open_node
from tongban.sharing.node.config import load_text

PERSON = "990101198802161072"
OTHER = "990201199405120521"
HEAD = """
member: LJ/GOV/11990000MB0000002X/hr
registry:
  address: http://127.0.0.1:8000/x1/registry
  key: {id: registry-1, public: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo}
"""
FIELDS = """
      fields:
        months_paid: {column: months, type: integer}
        employer: {column: employer, type: string}
        left_on: {column: left_on, type: date}
        wage: {column: wage, type: number}
        active: {column: active, type: boolean}
        phone: {column: phone, type: string, mask: last-4}
      tests:
        - {field: months_paid, op: ">=", value: 12}
        - {field: left_on, op: "<="}
        - {field: active, op: "=", value: true}
"""
COLUMNS = ("id_number", "months", "employer", "left_on", "wage", "active", "phone", "told", "state")
TOLD = datetime.fromisoformat("2026-11-01 08:00:00")  # as a database without zones has it
ROWS: Sequence[tuple[Any, ...]] = (
    (PERSON, 76, "岚江远山印务有限公司（演示）", date(2026, 10, 16), 5200, False, "15400000003", TOLD, "in"),
    (OTHER, 8, "岚江启明新材料有限公司（演示）", None, 4800.5, True, "15400000001", TOLD, "in"),
    ("990101196004155208", 30, "x", None, 1, True, "1", TOLD, "moved-away"),
)  # fmt: skip


def record(source: str, table: str, extra: str = "", fields: str = FIELDS) -> str:
    return f"""
resources:
  hr.insurance:
    member:
      source: {source}
      table: "{table}"
      subject: id_number
      as_of: told
      where: {{state: in}}
{extra}{fields}"""


def node(text: str, folder: Path) -> Node:
    lines: list[str] = []
    return open_node(load_text(HEAD + text), folder, Log(lines.append))


def question(
    fields: Iterable[str] = ("months_paid",),
    tests: Iterable[Test] = (),
    subject: str = PERSON,
    resource: str = "hr.insurance",
    record: str = "member",
) -> Query:
    return Query(resource=resource, record=record, subject=subject, fields=tuple(fields), tests=tuple(tests))


def at_least(field: str, value: Any, op: Any = ">=") -> Test:
    return Test(name="t", field=field, op=op, value=value)


ASKED = Asked(
    member=Member(code="LJ/GOV/11990000MB0000001X/portal", name=Text("甲", "A"), body="a"),
    right=Right(
        grant="g",
        client="c",
        provider="p",
        resource="hr.insurance",
        record="member",
        fields=(),
        purpose="unemployment-benefit",
        law="x",
        since=date(2026, 1, 1),
        until=date(2027, 1, 1),
    ),
    purpose="unemployment-benefit",
    law="x",
    case="990101-261103-4Q7Z2M9K",
    user="u",
    message_id=UUID(int=0),
    at=datetime(2026, 11, 3, tzinfo=ZONE),
)


async def ask(beside: Node, query: Query) -> Answer:
    return await beside.answer(query, ASKED)


def sqlite(path: Path, rows: Iterable[Sequence[Any]] = ROWS, columns: Sequence[str] = COLUMNS) -> Path:
    plain = [[_plain(value) if isinstance(value, date) else value for value in row] for row in rows]
    with sqlite3.connect(path) as made:
        made.execute(f"CREATE TABLE insured ({', '.join(columns)})")
        made.executemany(f"INSERT INTO insured VALUES ({', '.join('?' * len(columns))})", plain)
    made.close()
    return path


def csv_file(path: Path, rows: Iterable[Sequence[Any]] = ROWS, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows([_plain(value) for value in row] for row in rows)
    return path


def parquet(path: Path) -> Path:
    with duckdb.connect() as work:
        kinds = ["VARCHAR", "INTEGER", "VARCHAR", "DATE", "DOUBLE", "BOOLEAN", "VARCHAR", "TIMESTAMP", "VARCHAR"]
        work.execute(f"CREATE TABLE t ({', '.join(f'{c} {k}' for c, k in zip(COLUMNS, kinds, strict=True))})")
        work.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(COLUMNS))})", [list(row) for row in ROWS])
        work.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat(" ")
        case _:
            return str(value)


def excel(path: Path, rows: Iterable[Sequence[Any]] = ROWS) -> Path:
    """A workbook as Excel writes one: shared strings, days as numbers with a date format, truths, numbers."""
    strings: dict[str, int] = {}

    def cell(value: Any) -> str:
        match value:
            case None:
                return "<c/>"
            case bool():
                return f'<c t="b"><v>{int(value)}</v></c>'
            case datetime():
                return f'<c t="inlineStr"><is><t>{value.isoformat(" ")}</t></is></c>'
            case date():
                return f'<c s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
            case int() | float():
                return f"<c><v>{value}</v></c>"
            case _:
                return f'<c t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'

    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in [COLUMNS, *rows])
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    parts: Mapping[str, str] = {
        "xl/workbook.xml": f'<workbook {main} {rel}><sheets><sheet name="参保" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Rs><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Rs>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{body}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {main}>{''.join(f'<si><t>{text}</t></si>' for text in strings)}</sst>",
        "xl/styles.xml": f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    with zipfile.ZipFile(path, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return path
