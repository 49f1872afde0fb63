"""`tongban node check`: does each declared record stand where the file says, with the columns and types it says?

Connects and reads catalogues and headers; no row of anybody's data.
"""

import re
from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.sharing.node.answering import Node
from tongban.sharing.node.config import FILE_TIME, Record, Rest
from tongban.sharing.node.faults import SourceFault, refusal
from tongban.sharing.node.values import Kind


class Column(NamedTuple):
    """One declared field: its column, its declared type, and the type found ("" if it could not be seen)."""

    field: str
    column: str
    declared: Kind
    found: str
    mask: str = ""
    leaves: bool = True


class Checked(NamedTuple):
    """What was found of one record. `problems` are why it cannot answer."""

    place: str
    source: str
    table: str
    columns: tuple[Column, ...]
    warnings: tuple[str, ...]
    problems: tuple[Text, ...]
    tests: tuple[str, ...] = ()


_FIT: Mapping[Kind, str] = {
    "string": r"char|text|string|enum|uuid|clob",
    "integer": r"int|serial|numeric\(\d+(, ?0)?\)|decimal\(\d+,0\)|char|text",
    "number": r"int|numeric|decimal|double|real|float|money|char|text",
    "boolean": r"bool|bit|tinyint|smallint|integer|char|text",
    "date": r"^date$|char|text",
    "datetime": r"time|date|char|text",
}
"""Names of column types whose values can be read as each declared type; a text is read if it is spelled plainly."""


async def check(node: Node) -> AsyncIterator[Checked]:
    """Every declared record, one after another."""
    for resource, records in node.config.resources.items():
        for name, record in records.items():
            yield await _one(node, f"{resource}/{name}", record)


async def _one(node: Node, place: str, record: Record) -> Checked:
    try:
        found = await node.connectors[record.source].look(record)
    except SourceFault as fault:
        said = refusal(fault.fault).problems[0].text
        detail = f"（{fault.detail}）" if fault.detail else ""
        problem = Text("{said}{detail}", "{said} {detail}").format(said=said, detail=detail)
        return Checked(place, record.source, record.table, (), (), (problem,))
    except Refused as refused:
        return Checked(place, record.source, record.table, (), (), tuple(p.text for p in refused.problems))
    blind = isinstance(node.config.sources[record.source], Rest)
    columns = tuple(
        Column(
            name, field.column, field.type, found.columns.get(field.column, ""), field.mask, name in record.may_leave()
        )
        for name, field in record.fields.items()
    )
    problems = () if blind else tuple(_problems(record, columns, found.columns))
    tests = tuple(f"{t.field} {t.op} {'…' if t.value is None else t.value}" for t in record.tests)
    return Checked(place, record.source, record.table, columns, found.warnings, problems, tests)


def _problems(record: Record, columns: tuple[Column, ...], found: Mapping[str, str]) -> list[Text]:
    needed = [record.subject, *record.where, *([record.as_of] if record.as_of not in ("", FILE_TIME) else [])]
    said = [
        Text(f"没有“{name}”这一列", f"There is no column “{name}”")
        for name in dict.fromkeys([*needed, *(column.column for column in columns)])
        if name not in found
    ]
    for column in columns:
        if column.found not in ("", "any") and not re.search(_FIT[column.declared], column.found):
            said.append(
                Text(
                    f"“{column.column}”是 {column.found}，不是 {column.declared}",
                    f"“{column.column}” is {column.found}, not {column.declared}",
                )
            )
    return said
