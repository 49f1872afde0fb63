"""How fast a population is judged: the compiled SQL beside SQL written down naively and beside OpenFisca-core.

The 13 facts of four million people (one million four times over) lie in memory, narrow and coded; what counts is CPU
time of one core, planning the statement included, which for a million people alone is a fifth of it. Both SQLs take
turns in one process and must pay the same in all; the compiled one also says rows and missing facts. The memory is
that of a process of its own which judges a Parquet file read a hundred times over: a hundred million people.
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
    with tempfile.TemporaryDirectory() as folder, population.connect() as database:
        path = Path(folder) / "people.parquet"
        population.write(path, PEOPLE)
        database.execute(SLOW_PASS)
        files = ", ".join([f"'{path}'"] * COPIES)
        database.execute(
            f"CREATE TABLE people AS SELECT row_number() OVER ()::INTEGER AS id, * REPLACE ({NARROW})"
            f" FROM read_parquet([{files}])"
        )
        ours = compiled_sql("people")
        queries = {
            "compiled": f'SELECT sum("benefit__total") FROM ({ours})',
            "explained": 'SELECT sum("benefit__total"), sum("benefit__row_elderly"),'
            f' sum("benefit__row_housing_percent"), sum("benefit__missing") FROM ({ours})',
            "naive": f"SELECT sum(total) FROM ({naive_sql('people')})",
        }
        times, answers = seconds(database, queries)
        assert answers["compiled"] == answers["naive"], answers
        judged = database.execute(f'SELECT "benefit__total" FROM ({ours}) ORDER BY id LIMIT 5000').fetchall()
        for one, (cents,) in zip(population.people(5_000), judged, strict=True):
            total = benefits(one).total
            assert cents == (None if total is None else int(total * 100)), one
        openfisca = peers.ask(OPENFISCA, [path.as_posix()])
        held = _python_rate()
        memory = subprocess.run(
            [sys.executable, "-m", "benchmarks.match", path.as_posix()], capture_output=True, text=True, check=True
        )
        figures: dict[str, object] = {
            "compiled SQL, persons per CPU second": round(PEOPLE * COPIES / times["compiled"]),
            "the same with rows and missing facts, persons per CPU second": round(PEOPLE * COPIES / times["explained"]),
            "naive SQL, persons per CPU second": round(PEOPLE * COPIES / times["naive"]),
            "generated Python, persons per CPU second": round(held),
            **json.loads(memory.stdout),
        }
    ratios = {"compiled SQL / naive SQL": round(times["naive"] / times["compiled"], 2)}
    if openfisca is not None:
        figures["OpenFisca-core, persons per CPU second"] = round(openfisca["people"] / openfisca["seconds"])
        ratios["compiled SQL / OpenFisca-core"] = round(
            COPIES * openfisca["seconds"] / times["compiled"] * PEOPLE / openfisca["people"], 2
        )
    return {
        "name": f"four million people through 5 tables and 9 formulas; CPU time, median of {ROUNDS} rounds",
        "figures": figures,
        "ratio": ratios,
        "baseline": "naive SQL" + ("; OpenFisca-core" if openfisca else f"; OpenFisca-core {peers.NOT_RUN}"),
        "target": "2.5 times the naive SQL, 5 times OpenFisca-core; under 400 MB for 100 million people",
    }


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
        database.execute(f'SELECT sum("benefit__total"), count(*) FROM ({compiled_sql(people)})').fetchall()
    return {
        "100 million people from Parquet, peak memory, MB": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ),
        "100 million people from Parquet, CPU seconds": round(time.process_time() - start, 1),
    }


if __name__ == "__main__":
    print(json.dumps(peak(sys.argv[1]) if len(sys.argv) > 1 else run(), ensure_ascii=False, indent=2))
