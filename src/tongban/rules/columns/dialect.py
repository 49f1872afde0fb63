"""How two databases write the same thing. What is not here they write alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .nodes import Kind, Type
from .typed import wide


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect of SQL.

    quote           a name
    types           the column type of each kind; whole numbers that may not fit into 64 bits are `wide`
    divide          whole-number division towards zero
    pick            the item of a list of constants at a place counted from 1; null at 0, behind the end, and for null
    """

    name: str
    mark: str
    types: dict[Kind, str]
    wide: str
    divide: Callable[[str, str], str]
    days_between: Callable[[str, str], str]
    add_days: Callable[[str, str], str]
    add_months: Callable[[str, str], str]
    weekday: Callable[[str], str]
    starts_with: Callable[[str, str], str]
    pick: Callable[[Sequence[str], str], str]

    def quote(self, name: str) -> str:
        return f"{self.mark}{name.replace(self.mark, self.mark * 2)}{self.mark}"

    def column_type(self, of: Type) -> str:
        return self.wide if self.types[of.kind] == "BIGINT" and wide(of) else self.types[of.kind]


_TYPES: dict[Kind, str] = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.NUMBER: "BIGINT",
    Kind.DATE: "DATE",
    Kind.MONTHS: "BIGINT",
    Kind.DAYS: "BIGINT",
    Kind.CODE: "SMALLINT",
}

DUCKDB = Dialect(
    name="duckdb",
    mark='"',
    types={**_TYPES, Kind.TEXT: "VARCHAR"},
    wide="HUGEINT",
    divide=lambda a, b: f"({a} // {b})",
    days_between=lambda end, start: f"CAST({end} - {start} AS BIGINT)",
    add_days=lambda day, days: f"CAST({day} + CAST({days} AS INTEGER) AS DATE)",
    add_months=lambda day, months: f"CAST({day} + to_months(CAST({months} AS INTEGER)) AS DATE)",
    weekday=lambda day: f"isodow({day})",
    starts_with=lambda text, prefix: f"starts_with({text}, {prefix})",
    pick=lambda items, place: f"[{', '.join(items)}][{place}]",
)
SPARK = Dialect(
    name="spark",
    mark="`",
    types={**_TYPES, Kind.TEXT: "STRING"},
    wide="DECIMAL(38, 0)",
    divide=lambda a, b: f"({a} div {b})",
    days_between=lambda end, start: f"CAST(datediff({end}, {start}) AS BIGINT)",
    add_days=lambda day, days: f"date_add({day}, CAST({days} AS INT))",
    add_months=lambda day, months: f"add_months({day}, CAST({months} AS INT))",
    weekday=lambda day: f"(weekday({day}) + 1)",
    starts_with=lambda text, prefix: f"startswith({text}, {prefix})",
    pick=lambda items, place: f"get(array({', '.join(items)}), CAST({place} - 1 AS INT))",
)
DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (DUCKDB, SPARK)}
