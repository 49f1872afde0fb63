"""The small part of SQL that an indicator file may use, checked by DuckDB's own parser before anything runs.

Columns of one table, whole numbers and texts, comparison, `and`, `or`, `not`, `in`, `between`, `is null`, `case`,
`+ - *` and a few functions. No other table, no file, no fraction: a sum of it is a whole number that anybody gets too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast, get_args

import msgspec

from tongban.base.i18n import Text
from tongban.oversight.facts import COLUMNS, DUCK, Table

if TYPE_CHECKING:
    import duckdb

FUNCTIONS = frozenset({"+", "-", "*", "date_diff", "datediff", "least", "greatest", "abs", "date_trunc", "contains"})
CLASSES = frozenset({"COLUMN_REF", "CONSTANT", "COMPARISON", "CONJUNCTION", "OPERATOR", "FUNCTION", "CASE", "BETWEEN"})
WHOLE = frozenset({"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})


def empty(table: Table) -> str:
    """A table of the facts without rows, as SQL."""
    columns = ", ".join(f'NULL::{DUCK[column.kind]} AS "{column.name}"' for column in COLUMNS[table])
    return f"(SELECT {columns} WHERE false)"


@cache
def _checker() -> duckdb.DuckDBPyConnection:
    """Empty tables to hold formulas against; reaches no file."""
    import duckdb

    connection = duckdb.connect(config={"enable_external_access": False, "threads": 1})
    for table in get_args(Table):
        connection.execute(f"CREATE VIEW facts_{table} AS {empty(table)}")
    return connection


@lru_cache(maxsize=1_000)
def wrong(expression: str, table: Table, *, yes_or_no: bool) -> Text | None:
    """What is wrong with an expression, or None. `yes_or_no`: it must be a condition, else a whole number or one."""
    import duckdb

    connection = _checker().cursor()
    try:
        statement = f"SELECT {expression} FROM facts_{table}"
        answer: Any = connection.execute("SELECT json_serialize_sql(?)", [statement]).fetchone()
        tree: dict[str, Any] = msgspec.json.decode(answer[0])
        if tree["error"]:
            return Text(f"读不懂这个式子：{tree['error_message']}", f"This cannot be read: {tree['error_message']}")
        if (found := _shape(tree, f"facts_{table}")) is not None:
            return found
        kind = str(connection.sql(statement).types[0])
    except duckdb.Error as problem:
        said = str(problem).splitlines()[0]
        return Text(f"这个式子算不了：{said}", f"This cannot be worked out: {said}")
    finally:
        connection.close()
    if yes_or_no and kind != "BOOLEAN":
        return Text("这里要一个是或否的条件", "A condition is wanted here, yes or no")
    if kind not in WHOLE:
        return Text(
            f"结果是 {kind}；只能是整数或是否，这样谁都能算出同一个数",
            f"It gives {kind}; it must give a whole number or yes and no, so that everybody gets the same sum",
        )
    return None


@lru_cache(maxsize=1_000)
def columns(expression: str) -> frozenset[str]:
    """The columns that an expression reads; one that is in order is meant."""
    answer: Any = _checker().cursor().execute("SELECT json_serialize_sql(?)", [f"SELECT {expression}"]).fetchone()
    parts = _parts(msgspec.json.decode(answer[0])["statements"])
    return frozenset(part["column_names"][-1] for part in parts if part["class"] == "COLUMN_REF")


def _shape(tree: dict[str, Any], table: str) -> Text | None:
    statements: list[Any] = tree["statements"]
    node = statements[0]["node"]
    plain = (
        len(statements) == 1
        and node["type"] == "SELECT_NODE"
        and len(node["select_list"]) == 1
        and node["from_table"].get("type") == "BASE_TABLE"
        and node["from_table"].get("table_name") == table
        and not node.get("where_clause")
        and not node.get("group_expressions")
        and not node.get("having")
        and not node.get("modifiers")
    )
    if not plain:
        return Text("这里只能写一个式子", "One expression is wanted here and nothing else")
    for part in _parts(node["select_list"][0]):
        if part["class"] not in CLASSES:
            return Text(f"这里不能用 {part['type']}", f"{part['type']} is not allowed here")
        if part["class"] == "FUNCTION" and part["function_name"] not in FUNCTIONS:
            name = part["function_name"]
            return Text(f"不能用函数 {name}", f"The function {name} is not among those allowed")
    return None


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every expression inside one, itself first."""
    if isinstance(node, list):
        for one in cast("list[Any]", node):
            yield from _parts(one)
    elif isinstance(node, dict):
        known = cast("dict[str, Any]", node)
        if "class" in known and "type" in known:
            yield known
        for name, value in known.items():
            if name != "value" and isinstance(value, dict | list):
                yield from _parts(value)
