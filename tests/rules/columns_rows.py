"""Rows of facts for the tests of columns: the edges of each service's cells, one unit either side, and random ones."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import msgspec
from tests.shipped_files import services

from tongban.catalog.assess import Assessment
from tongban.catalog.columns import FIRST_DAY, LAST_DAY, type_of_fact
from tongban.catalog.compile import Compiled, compile_service
from tongban.catalog.model import Fact, FactType, Service
from tongban.rules.columns.dialect import DUCKDB, Dialect
from tongban.rules.columns.ir import OUTCOMES, Decide, Program
from tongban.rules.columns.nodes import Kind, Type
from tongban.rules.columns.source import Fixed, Source, Stored
from tongban.rules.columns.sql import Member, population_sql, prefix_of
from tongban.rules.columns.tree import AGGREGATES

SERVICES = services()
DAYS = (date(2026, 11, 3), date(2026, 2, 28), date(2024, 2, 29), date(2025, 3, 31))


def days_of(service: Service) -> tuple[date, ...]:
    """Days to ask a service about; where its law is dated, the days on which it has one."""
    begins = service.valid_from
    return tuple(begins + timedelta(days=n) for n in (0, 14, 15, 31)) if service.parameters else DAYS


_REGIONS = ("990101", "990102", "990201", "110101")
_SQL_TYPES = {
    FactType.INTEGER: "INTEGER",
    FactType.MONEY: "DECIMAL(18, 2)",
    FactType.NUMBER: "DECIMAL(18, 4)",
    FactType.BOOLEAN: "BOOLEAN",
    FactType.DATE: "DATE",
}


def compiled(slug: str) -> Compiled:
    return compile_service(SERVICES[slug])


def edges(service: Service, fact: Fact) -> list[Any]:
    """Values of a fact around everything that the service's cells name, and unknown."""
    match fact.type:
        case FactType.BOOLEAN:
            return [True, False, None]
        case FactType.ENUM:
            return [*(choice.value for choice in fact.choices), "something else", None]
        case FactType.REGION:
            return [*_REGIONS, None]
        case FactType.INTEGER | FactType.MONEY | FactType.NUMBER:
            unit = Decimal(1).scaleb(-type_of_fact(fact).scale)
            cuts = {Decimal(0), *_numbers(service)}
            around = {cut + shift for cut in cuts for shift in (-unit, Decimal(0), unit)}
            low, high = fact.min, fact.max
            fine = [v for v in around if (low is None or v >= low) and (high is None or v <= high)]
            whole = fact.type is FactType.INTEGER
            return [*(int(v) if whole else v for v in sorted(fine) if not whole or v == int(v)), None]
        case _:
            return ["x", None]


def _numbers(service: Service) -> Iterator[Decimal]:
    """Every number that stands in a cell."""
    for table in (*service.tables.values(), *service.amounts.values(), service.eligible):
        for row in table.rows:
            for cell in row[: len(table.inputs)]:
                digits = "".join(c if c.isdigit() or c == "." else " " for c in str(cell).replace("..", " "))
                yield from (Decimal(part) for part in digits.split() if part.strip("."))


def days_around(day: date) -> list[date]:
    """Days whose ages on `day` stand at the edges of the shipped rules, leap days and ends of months among them."""
    found: set[date] = set()
    for years in (0, 1, 6, 16, 18, 80, 81, 90, 100):
        for months in (0, 1, 6, 8):
            year, month = divmod(day.year * 12 + day.month - 1 - years * 12 - months, 12)
            first = date(year, month + 1, 1)
            near = [first + timedelta(days=shift) for shift in (-1, 0, 26, 27, 28, 29, 30, 31)]
            found |= {one for one in near if FIRST_DAY <= one <= LAST_DAY}
    found |= {day + timedelta(days=shift) for shift in (-31, -30, -29, -1, 0, 1, 400)}
    return sorted(found)


def random_rows(service: Service, day: date, count: int, seed: int) -> list[dict[str, Any]]:
    """People whose facts stand at edges, in random combination; one in eight facts is unknown."""
    rng = random.Random(seed)
    days = days_around(day)
    asked = {name: fact for name, fact in service.facts.items() if not fact.derive}
    values = {n: [*days, None] if f.type is FactType.DATE else edges(service, f) for n, f in asked.items()}
    return [{name: None if rng.random() < 0.125 else rng.choice(values[name]) for name in asked} for _ in range(count)]


def columns_of(program: Program, service: Service) -> dict[str, Stored | Fixed]:
    """Every fact in a column of its own name, money as whole cents."""
    return {field.fact: Stored(field.fact, scale=None) for field in program.inputs if field.fact in service.facts}


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One for all: to open it takes longer than a hundred and fifty rows."""
    return duckdb.connect()


def table_of(service: Service, rows: list[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    """A database with the rows in the table `people`, in order of `id`, until the next is asked for."""
    types = {name: _SQL_TYPES.get(service.facts[name].type, "VARCHAR") for name in rows[0]}
    shape = msgspec.json.encode([{"id": "INTEGER"} | types]).decode()
    found = msgspec.json.encode([{"id": at} | row for at, row in enumerate(rows)]).decode()
    # One value: DuckDB is slow at many statements, and at many values of one.
    _database().execute(
        f"CREATE OR REPLACE TABLE people AS SELECT one.* FROM (SELECT unnest(from_json(?, '{shape}')) AS one)", [found]
    )
    return _database()


def judged(
    database: duckdb.DuckDBPyConnection, members: list[Member], day: date, dialect: Dialect = DUCKDB
) -> list[dict[str, Any]]:
    """The rows of the result, by column."""
    text = population_sql(members, Source("people", "id"), day, dialect)
    found = database.execute(f"SELECT * FROM ({text}) ORDER BY id")
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def said(program: Program, row: Mapping[str, Any]) -> dict[str, Any]:
    """One row of the result as an assessment says it."""
    prefix = prefix_of(program)
    types = {o.name: o.type for step in program.steps for o in getattr(step, "outputs", ())}
    missing = row[f"{prefix}missing"]
    return {
        "outcome": OUTCOMES[row[f"{prefix}outcome"]],
        "unknown": {f.fact for f in program.inputs if f.bit is not None and missing >> f.bit & 1},
        "determined": row[f"{prefix}determined"],
        "fault": row[f"{prefix}fault"],
        "outputs": {name: _plain(row[f"{prefix}{name}"], types[name]) for name in program.outputs},
        "rows": {
            name.removeprefix(f"{prefix}row_"): value for name, value in row.items() if name.startswith(f"{prefix}row_")
        },
    }


def _plain(value: Any, of: Type) -> Any:
    return Decimal(value).scaleb(-of.scale) if value is not None and of.kind is Kind.NUMBER else value


def wanted(program: Program, found: Assessment) -> dict[str, Any]:
    """The same of `assess`: the row of a table that ran is its first matching one if the table is settled. A table that
    collects has no one row."""
    rows: dict[str, Any] = {
        _word(step.name): None for step in program.steps if isinstance(step, Decide) and step.hit not in AGGREGATES
    }
    for decision in found.trace:
        if (name := _word(decision.table.name)) in rows:
            rows[name] = decision.matched
    return {
        "outcome": found.outcome,
        "unknown": set(found.unknown),
        "determined": found.fully_determined,
        "fault": False,
        "outputs": {name: found.outputs.get(name) for name in program.outputs},
        "rows": rows,
    }


def same(got: dict[str, Any], want: dict[str, Any]) -> bool:
    """Equal in everything; where a table is unsettled or has no single row, its number is not positive."""
    rows = dict(got["rows"])
    for name, matched in want["rows"].items():
        row = rows.pop(name)
        if matched is None:
            if row is not None:
                return False
        elif row is None or (row > 0 and row not in matched) or (row <= 0 and got["determined"]):
            return False
    return not rows and all(got[key] == want[key] for key in want if key != "rows")


def _word(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name)
