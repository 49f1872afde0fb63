"""People for the benefit rules: synthetic, seeded, the same on every machine and with any number of threads.

Regions are uniform, ages gamma, incomes lognormal; 1 % have no known income and 1 % no known low income. Real skew
would change what a chain of conditions costs. Chance is a hash of seed, person and column, so that no order of
evaluation can change a person.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

AS_OF = date(2026, 7, 1)
SEED = 20260701
REGIONS = (
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43"),
    *("44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"),
)
OWNERSHIPS = ("own", "rent", "shared")
COLUMNS = (
    *("region", "birth_date", "low_income", "income", "household_size", "ownership", "floor_area", "months_paid"),
    *("unemployed", "disability_grade", "needs_care", "infants", "service_years"),
)
"""The 13 columns, in the order of the tables below."""


def _chance(column: int) -> str:
    """A number in (0, 1), different for each person and column."""
    return f"((hash(i * 32 + {column + SEED * 2**24}) >> 11) + 0.5) / 9007199254740992.0"


def query(people: int) -> str:
    """SQL of `people` persons. Texts are codes into the enums `region` and `ownership`, money and area exact."""
    u = [_chance(column) for column in range(20)]
    normal = f"sqrt(-2 * ln({u[4]})) * cos(2 * pi() * {u[5]})"
    return f"""
        SELECT enum_code_region(floor(31 * {u[0]})::UTINYINT) AS region,
               (DATE '{AS_OF}' - (1 + least(39000, floor(-4600 * ln({u[1]} * {u[2]} * {u[3]})))::INTEGER))
                   AS birth_date,
               CASE WHEN {u[6]} < 0.01 THEN NULL ELSE {u[7]} < 0.15 END AS low_income,
               CASE WHEN {u[8]} < 0.01 THEN NULL
                    ELSE least(9999999.99, exp(10.6 + 0.85 * {normal}))::DECIMAL(10, 2) END AS income,
               (1 + floor(6 * {u[9]} * {u[10]}))::UTINYINT AS household_size,
               enum_code_ownership((CASE WHEN {u[11]} < 0.7 THEN 0 WHEN {u[11]} < 0.92 THEN 1 ELSE 2 END)::UTINYINT)
                   AS ownership,
               (10 + floor(1400 * {u[12]} * {u[12]}) / 10)::DECIMAL(5, 1) AS floor_area,
               floor(480 * {u[13]} * {u[13]})::USMALLINT AS months_paid,
               {u[14]} < 0.05 AS unemployed,
               (CASE WHEN {u[15]} < 0.935 THEN 0 ELSE 1 + floor(4 * ({u[15]} - 0.935) / 0.065) END)::UTINYINT
                   AS disability_grade,
               {u[16]} < 0.04 AS needs_care,
               (CASE WHEN {u[17]} < 0.93 THEN 0 WHEN {u[17]} < 0.995 THEN 1 ELSE 2 END)::UTINYINT AS infants,
               (CASE WHEN {u[18]} < 0.97 THEN 0 ELSE 1 + floor(20 * {u[19]}) END)::UTINYINT AS service_years
        FROM range({people}) AS person(i)"""


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory, one thread, that knows the two enums."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET enable_progress_bar = false")
    for name, values in (("region", REGIONS), ("ownership", OWNERSHIPS)):
        listed = ", ".join(f"'{value}'" for value in values)
        connection.execute(f"CREATE TYPE {name} AS ENUM ({listed})")
        connection.execute(f"CREATE MACRO enum_code_{name}(code) AS [{listed}][code + 1]::{name}")
    return connection


def write(path: Path, people: int) -> None:
    """The population as one Parquet file."""
    with connect() as connection:
        connection.execute(f"COPY ({query(people)}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def people(number: int) -> list[dict[str, Any]]:
    """Persons as facts for one case: decimals, dates, texts; `as_of` is the day of the run."""
    with connect() as connection:
        rows = connection.execute(query(number)).fetchall()
    return [{"as_of": AS_OF} | {name: _fact(value) for name, value in zip(COLUMNS, row, strict=True)} for row in rows]


def _fact(value: Any) -> Any:
    return Decimal(value) if type(value) is int else value


def edges() -> list[date]:
    """Birthdays around each age that the rules name, and on leap days."""
    ages = (60, 70, 80, 90)
    days = [date(AS_OF.year - age, AS_OF.month, AS_OF.day) + timedelta(days=d) for age in ages for d in (-1, 0, 1)]
    return [*days, date(1956, 2, 29), date(1936, 2, 29)]
