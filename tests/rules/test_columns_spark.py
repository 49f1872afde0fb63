"""The same statements on Spark, in local mode: row for row what DuckDB says."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from columns_rows import DAYS, SERVICES, columns_of, compiled, judged, random_rows, table_of

from tongban.catalog.columns import columnar
from tongban.rules.columns.build import Builder
from tongban.rules.columns.dialect import SPARK
from tongban.rules.columns.nodes import Kind, Type
from tongban.rules.columns.source import Source, Stored
from tongban.rules.columns.sql import Member, population_sql

if importlib.util.find_spec("pyspark") is None:
    pytest.skip("not run: pyspark is not installed", allow_module_level=True)
if shutil.which("java") is None:
    pytest.skip("not run: Spark needs Java, which is not installed", allow_module_level=True)

PEOPLE = 300


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").appName("columns")
    for name, value in {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1"}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def both(spark: Any, tmp_path: Path, member: Member, database: duckdb.DuckDBPyConnection, day: date) -> tuple[Any, Any]:
    """The rows of the table `people` judged by Spark and by DuckDB."""
    file = tmp_path / "people.parquet"
    database.execute(f"COPY people TO '{file}' (FORMAT parquet)")
    text = population_sql([member], Source(f"parquet.`{file}`", "id"), day, SPARK)
    found = [row.asDict() for row in spark.sql(f"{text} ORDER BY id").collect()]
    return found, judged(database, [member], day)


@pytest.mark.parametrize("slug", ["advanced-age-allowance", "disability-two-subsidies", "unemployment-benefit"])
def test_spark_says_of_everybody_what_duckdb_says(spark: Any, tmp_path: Path, slug: str) -> None:
    program = columnar(compiled(slug)).program
    assert program is not None
    rows = random_rows(SERVICES[slug], DAYS[1], PEOPLE, 3)
    member = Member(program, columns_of(program, SERVICES[slug]))
    got, want = both(spark, tmp_path, member, table_of(SERVICES[slug], rows), DAYS[1])
    assert len(got) == PEOPLE
    assert got == want


def test_spark_computes_as_duckdb_does(spark: Any, tmp_path: Path) -> None:
    builder = Builder("f")
    days = Type(Kind.DATE, date(1900, 1, 1).toordinal(), date(2100, 1, 1).toordinal())
    for name in ("a", "b"):
        builder.input(name, Type(Kind.NUMBER, -1_000, 1_000))
    builder.input("start", days)
    builder.input("end", days)
    texts = [f"{function}(a / b{more})" for function, more in ROUNDINGS] + [
        "modulo(a, b)",
        "decimal(a * 0.125, 2)",
        "years and months duration(start, end).years",
        "years and months duration(start, end).months",
        'start + duration("P1M")',
        'end - duration("P13M")',
        "start.weekday",
        'end - start > duration("P30D")',
    ]
    names = [f"f{number}" for number in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        builder.formula(name, text)
    program = builder.program(names)
    database = duckdb.connect()
    database.execute('CREATE TABLE people (id INTEGER, a BIGINT, b BIGINT, "start" DATE, "end" DATE)')
    edges = [date(2024, 2, 29), date(2025, 2, 28), date(2025, 1, 31), date(2025, 3, 31)]
    for at, (a, b) in enumerate((a, b) for a in (-10, -5, -1, 0, 3, 5, 10, None) for b in (-3, -2, 0, 2, 4, 8)):
        database.execute("INSERT INTO people VALUES (?, ?, ?, ?, ?)", [at, a, b, edges[at % 4], edges[at // 4 % 4]])
    member = Member(program, {name: Stored(name) for name in ("a", "b", "start", "end")})
    got, want = both(spark, tmp_path, member, database, DAYS[0])
    assert got == want


ROUNDINGS = (
    *(("decimal", ", 2"), ("decimal", ", 0"), ("floor", ""), ("ceiling", ""), ("round up", ", 1")),
    *(("round down", ", 1"), ("round half up", ", 0"), ("round half down", ", 0")),
)
