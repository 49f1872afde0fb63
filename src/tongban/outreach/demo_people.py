"""Invented residents of the demonstration province, for matching: as many as one likes, always the same.

Nobody is copied: each column is drawn by hashing the row's number with a seed, so the same rows come out again on any
machine with this version of DuckDB. `person` is a number of the holder that can be nobody's identity number. Rows are
sorted by region. About one fact in a hundred is unknown, as in real registers.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tongban.org import demo
from tongban.outreach.duck import Progress, quoted, run, session

EDITION = 1
"""Counts the changes of the drawing: people of another edition are other people."""
AS_OF = date(2026, 11, 1)
"""The day on which the invented people are as old as they are."""
GROUP = 122_880
"""Rows of a Parquet row group: what a reader takes at once."""
FIRST_PERSON = 990_000_000_000


@dataclass(frozen=True, slots=True)
class _Dice:
    """Numbers from 0 to 1 for each row, independent for each use."""

    seed: int

    def __call__(self, use: int) -> str:
        return f"((hash(i * 1000003 + {self.seed * 1000 + use}) >> 11) / 9007199254740992.0)"


def counties() -> tuple[str, ...]:
    """The counties and districts of the demonstration province that exist today."""
    regions = demo.register().regions
    return tuple(sorted(r.code for r in regions if not r.code.endswith("00") and r.until is None))


def _regions(rows: int) -> str:
    """The region of each row: larger ones hold more, and rows are sorted by region."""
    codes = counties()
    weights = [len(codes) - place for place in range(len(codes))]
    cases: list[str] = []
    reached = 0
    for code, weight in zip(codes[:-1], weights[:-1], strict=True):
        reached += rows * weight // sum(weights)
        cases.append(f"WHEN i < {reached} THEN '{code}'")
    return f"CASE {' '.join(cases)} ELSE '{codes[-1]}' END" if cases else f"'{codes[-1]}'"


def _one_of(dice: str, shares: Sequence[tuple[str, float]]) -> str:
    """A text by its share of everybody; the last takes the rest."""
    cases: list[str] = []
    reached = 0.0
    for text, share in shares[:-1]:
        reached += share
        cases.append(f"WHEN {dice} < {reached:.4f} THEN '{text}'")
    return f"CASE {' '.join(cases)} ELSE '{shares[-1][0]}' END"


def _but_unknown(dice: str, share: float, value: str) -> str:
    return f"CASE WHEN {dice} < {share} THEN NULL ELSE {value} END"


def select(rows: int, seed: int = 1) -> str:
    """The SQL (DuckDB) that makes the people."""
    dice = _Dice(seed)
    grades = (("0", 0.935), ("1", 0.006), ("2", 0.017), ("3", 0.019), ("4", 0.023))
    kinds = tuple((str(kind), share) for kind, share in enumerate((0.15, 0.2, 0.02, 0.4, 0.08, 0.1, 0.05), start=1))
    jobs = (("0", 0.93), ("1", 0.045), ("2", 0.025))
    drawn = {
        "region": _regions(rows),
        "days_old": f"CAST(floor(CASE WHEN {dice(43)} < 0.035 THEN 29220 + 8000 * pow({dice(1)}, 2.5) "
        f"ELSE 29220 * pow({dice(1)}, 1.1) END) AS INTEGER)",
        "grade": _one_of(dice(2), grades),
        "size": f"CAST(1 + floor(5.5 * pow({dice(3)}, 1.2)) AS TINYINT)",
        # the logarithm of a head's income, from twelve dice that make a bell
        "bell": "(" + " + ".join(dice(20 + n) for n in range(6)) + " - 3.0)",
        "poor": f"{dice(4)} < 0.035",
        "job": _one_of(dice(5), jobs),
    }
    inner = ", ".join(f"{text} AS {name}" for name, text in drawn.items())
    income = "CAST(round(size * exp(7.9 + 0.8 * bell) / (CASE WHEN poor THEN 4 ELSE 1 END)) * 100 AS INTEGER)"
    grown = "days_old BETWEEN 6574 AND 21915"
    columns = {
        "person": f"{FIRST_PERSON} + i",
        "region": "region",
        "birth_date": _but_unknown(dice(6), 0.003, f"CAST(DATE '{AS_OF}' - days_old AS DATE)"),
        "home_region": _but_unknown(dice(7), 0.004, f"CASE WHEN {dice(8)} < 0.03 THEN '110101' ELSE region END"),
        "disability_grade": "grade",
        "disability_kind": f"CASE WHEN grade <> '0' THEN {_one_of(dice(9), kinds)} END",
        "low_income": _but_unknown(dice(10), 0.007, "poor"),
        "needs_care": _but_unknown(dice(11), 0.02, f"grade IN ('1', '2') OR (grade <> '0' AND {dice(12)} < 0.4)"),
        "like_benefit": _one_of(dice(13), (("0", 0.985), ("1", 0.005), ("2", 0.01))),
        "childcare_paid": _but_unknown(dice(14), 0.005, f"days_old < 1096 AND {dice(15)} < 0.6"),
        "household_size": "size",
        "household_income": _but_unknown(dice(16), 0.01, income),
        "assets_fit": _but_unknown(dice(17), 0.006, f"poor OR {dice(18)} < 0.3"),
        "owns_home": _but_unknown(dice(19), 0.005, f"NOT poor AND {dice(30)} < 0.82"),
        "lease_filed": f"{dice(31)} < 0.12",
        "job_category": f"CASE WHEN {grown} THEN job ELSE '0' END",
        "flexible": _but_unknown(dice(32), 0.01, f"job <> '0' AND {dice(33)} < 0.7"),
        "insurance_paid": f"CASE WHEN {grown} AND {dice(34)} < 0.6 THEN CAST(30000 + {dice(35)} * 120000 AS INTEGER) "
        "ELSE 0 END",
        "months_drawn": f"CAST(CASE WHEN job <> '0' AND {dice(36)} < 0.5 THEN floor(48 * {dice(37)}) ELSE 0 END "
        "AS TINYINT)",
        "draws_old_age": f"days_old > 29300 AND {dice(38)} < 0.93",
        "draws_disability": f"grade <> '0' AND {dice(39)} < 0.8",
        "draws_childcare": f"days_old < 1096 AND {dice(44)} < 0.2",
        "draws_minimum": f"poor AND {dice(40)} < 0.85",
        "draws_rent": f"{dice(41)} < 0.002",
        "draws_flexible": f"job <> '0' AND {dice(42)} < 0.3",
    }
    shown = ",\n  ".join(f"{text} AS {name}" for name, text in columns.items())
    return f"SELECT\n  {shown}\nFROM (SELECT i, {inner} FROM range({rows}) AS rows(i))"


def keep(data_dir: Path, rows: int, progress: Progress | None = None) -> Path:
    """The file of so many people in the data directory; made where it is not there yet."""
    path = data_dir / "people" / f"demo-{EDITION}-{rows}.parquet"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        mine = path.with_name(f"{path.stem}-{os.getpid()}.parquet")  # another process may be making the same
        write(mine, rows, progress=progress)
        mine.replace(path)
    return path


def write(path: Path, rows: int, seed: int = 1, progress: Progress | None = None) -> None:
    """Writes the people as Parquet, whole or not at all; `progress` is told the share that is done."""
    beside = path.with_name(f".{path.name}.new")
    target = f"{quoted(beside)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP})"
    with session() as connection:
        run(connection, f"COPY ({select(rows, seed)}) TO {target}", progress)
    beside.replace(path)
