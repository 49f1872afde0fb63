"""How fast a population is judged: the compiled SQL beside SQL written down naively and beside OpenFisca-core.

The 13 facts of four million people (one million four times over) lie in memory, narrow and coded; what counts is CPU
time of one core, planning the statement included. The SQLs take turns in one process and must pay the same in all.
OpenFisca-core judges a million of the same people by the same rules, written as its documentation teaches and, apart,
as lean as NumPy allows. The memory is that of a process of its own which judges a Parquet file read a hundred times
over: a hundred million people.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import duckdb

from tongban.rules.columns.python import generate
from tongban.rules.columns.source import Fixed, Source, Stored
from tongban.rules.columns.sql import Member, population_sql

from . import peers
from .benefit import model, population
from .benefit.naive import naive_sql
from .benefit.reference import benefits

PEOPLE, COPIES, ROUNDS, TIMES = 1_000_000, 4, 5, 100
OPENFISCA = Path(__file__).parent / "benefit" / "peer_openfisca.py"
STYLES = {
    "documented": "OpenFisca-core, written as country packages are",
    "by_index": "OpenFisca-core, amounts by tier read as parameter[tier]",
    "lean": "OpenFisca-core, lean NumPy",
}
SLOW_PASS = "SET disabled_optimizers = 'partial_aggregate_pushdown'"
"""DuckDB's attempt to add up below a join copies every expression under the sum: planning never ends."""


NARROW = """enum_code(region::region)::TINYINT AS region, enum_code(ownership::ownership)::TINYINT AS ownership,
    (income * 100)::BIGINT AS income, (floor_area * 10)::SMALLINT AS floor_area, months_paid::SMALLINT AS months_paid,
    household_size::SMALLINT AS household_size, disability_grade::SMALLINT AS disability_grade,
    infants::SMALLINT AS infants, service_years::SMALLINT AS service_years"""
"""The people as narrow whole numbers: codes, cents, tenths of a square metre."""


EXPLAINED = ("total", "row_elderly", "row_housing_percent", "missing")
"""What an explanation shows besides the total: rows of two tables, and the facts that are missing."""


def compiled_sql(relation: str, shown: Sequence[str] = EXPLAINED) -> str:
    columns: dict[str, Stored | Fixed] = {name: Stored(name) for name in population.COLUMNS}
    columns |= {"region": Stored("region", coded=True), "ownership": Stored("ownership", coded=True)}
    columns |= {"income": Stored("income", scale=2), "floor_area": Stored("floor_area", scale=1)}
    columns["as_of"] = Fixed(population.AS_OF.toordinal())
    member = Member(model.program(), columns, frozenset(shown))
    return population_sql([member], Source(relation, "id", checked=True), population.AS_OF)


def seconds(database: duckdb.DuckDBPyConnection, queries: dict[str, str]) -> tuple[dict[str, float], dict[str, object]]:
    """CPU time of each query, the median of rounds in which all take turns; and what each answered."""
    times: dict[str, list[float]] = {name: [] for name in queries}
    answers: dict[str, object] = {}
    for _ in range(ROUNDS):
        for name, query in queries.items():
            start = time.process_time()
            answers[name] = database.execute(query).fetchall()
            times[name].append(time.process_time() - start)
    return {name: median(found) for name, found in times.items()}, answers


def run() -> dict[str, object]:
    """Measures; raises `AssertionError` if the ways to pay differ by a cent."""
    figures: dict[str, object] = {}
    ratios: dict[str, float] = {}
    compiled = 0.0
    with tempfile.TemporaryDirectory() as folder, population.connect() as database:
        path = Path(folder) / "people.parquet"
        population.write(path, PEOPLE)
        database.execute(SLOW_PASS)
        for copies in (1, COPIES):
            rates = _rates(database, path, copies)
            compiled = rates["compiled SQL"]
            said = f"{copies} million people: "
            figures |= {f"{said}{name}, persons per CPU second": round(rate) for name, rate in rates.items()}
            ratios[f"{said}compiled SQL / naive SQL"] = round(rates["compiled SQL"] / rates["naive SQL"], 2)
        for style, words in STYLES.items():
            rate = _openfisca(database, path, style)
            if rate is not None:
                figures[f"{words}, persons per CPU second"] = round(rate)
                ratios[f"compiled SQL / {words}"] = round(compiled / rate, 2)
        figures["generated Python, persons per CPU second"] = round(_python_rate())
        memory = subprocess.run(
            [sys.executable, "-m", "benchmarks.match", path.as_posix()], capture_output=True, text=True, check=True
        )
        figures |= json.loads(memory.stdout)
    asked = any(words in name for words in STYLES.values() for name in figures)
    return {
        "name": f"four million people through 5 tables and 9 formulas; CPU time, median of {ROUNDS} rounds",
        "figures": figures,
        "ratio": ratios,
        "baseline": "naive SQL" + ("; OpenFisca-core" if asked else f"; OpenFisca-core {peers.NOT_RUN}"),
        "target": "2.5 times the naive SQL, 5 times OpenFisca-core; under 400 MB for 100 million people",
    }


def _rates(database: duckdb.DuckDBPyConnection, path: Path, copies: int) -> dict[str, float]:
    """Persons per CPU second of each SQL over the people so many times over."""
    files = ", ".join([f"'{path}'"] * copies)
    database.execute(
        f"CREATE OR REPLACE TABLE people AS SELECT row_number() OVER ()::INTEGER AS id, * REPLACE ({NARROW})"
        f" FROM read_parquet([{files}])"
    )
    ours = compiled_sql("people", ["total"])
    sums = ", ".join(f'sum("benefit__{name}")' for name in EXPLAINED)
    queries = {
        "compiled SQL": f'SELECT sum("benefit__total") FROM ({ours})',
        "compiled SQL with rows and missing facts": f"SELECT {sums} FROM ({compiled_sql('people')})",
        "naive SQL": f"SELECT sum(total) FROM ({naive_sql('people')})",
    }
    times, answers = seconds(database, queries)
    assert answers["compiled SQL"] == answers["naive SQL"], answers
    judged = database.execute(f'SELECT "benefit__total" FROM ({ours}) ORDER BY id LIMIT 5000').fetchall()
    for one, (cents,) in zip(population.people(5_000), judged, strict=True):
        total = benefits(one).total
        assert cents == (None if total is None else int(total * 100)), one
    return {name: PEOPLE * copies / spent for name, spent in times.items()}


def _openfisca(database: duckdb.DuckDBPyConnection, path: Path, style: str) -> float | None:
    """Persons per CPU second of OpenFisca-core, which must pay the same to everybody whose facts are known.

    The same: its 32 bits are off by up to a cent, and where that turns the rounding of a top-up to whole yuan, of a few
    in a million, by a yuan."""
    out = path.with_name(f"{style}.parquet")
    found = peers.ask(OPENFISCA, [style, path.as_posix(), out.as_posix()])
    if found is None:
        return None
    ours = compiled_sql("people", ["total"])
    differ = database.execute(
        f"""SELECT count(*) FILTER (abs(t.total - benefit__total / 100) > 0.02),
                   count(*) FILTER (abs(t.total - benefit__total / 100) > 1.02)
            FROM read_parquet('{out}') AS t JOIN ({ours}) AS ours USING (id)"""
    ).fetchone()
    assert differ is not None and differ[0] < PEOPLE / 10_000 and not differ[1], differ
    return found["people"] / found["seconds"]


def _python_rate() -> float:
    case, facts = generate(model.program()).case, population.people(5_000)
    start = time.process_time()
    for one in facts:
        case(one)
    return len(facts) / (time.process_time() - start)


def peak(path: str) -> dict[str, float]:
    """Judges the file `TIMES` times over, adding up totals; the most memory that took, in this process of its own."""
    import resource

    start = time.process_time()
    with population.connect() as database:
        database.execute(SLOW_PASS)
        files = ", ".join([f"'{path}'"] * TIMES)
        people = f"(SELECT 0 AS id, * REPLACE ({NARROW}) FROM read_parquet([{files}]))"
        database.execute(f'SELECT sum("benefit__total"), count(*) FROM ({compiled_sql(people, ["total"])})').fetchall()
    return {
        "100 million people from Parquet, peak memory, MB": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ),
        "100 million people from Parquet, CPU seconds": round(time.process_time() - start, 1),
    }


if __name__ == "__main__":
    print(json.dumps(peak(sys.argv[1]) if len(sys.argv) > 1 else run(), ensure_ascii=False, indent=2))
