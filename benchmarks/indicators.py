"""Every indicator over ten million case events of a year, against one plain query over the same files.

The history is made by DuckDB: two million cases of 200 bodies in 25 regions, 60 services of which few are asked for
often, some of them late, corrected or paused. `all` is every shipped indicator, told apart by all that it is told
apart by; which figures of one month everybody may see is measured beside it. Both run in a process of their own, whose
memory is measured. The yardstick is one query for one rate by body and service.
"""

import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import msgspec

from tongban.oversight.computing import Period, exact
from tongban.oversight.facts import COLUMNS, DUCK
from tongban.oversight.files import read_indicators
from tongban.oversight.folder import opened
from tongban.oversight.publishing import published

CASES, EACH = 2_000_000, 5
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
YARDSTICK = (
    "SELECT body, service, count(*) FILTER (WHERE decided_at <= statutory_due), count(*)"
    " FROM cases WHERE decided_at IS NOT NULL AND statutory_due IS NOT NULL GROUP BY ALL"
)
_CASE = {
    "case_id": "format('990101-26{:04}-{:08}', i % 1000, i)",
    "region": "format('9901{:02}', b % 25)",
    "body": "format('body-{}', b)",
    "service": "format('service-{}', s)",
    "version": "'1'",
    "procedure": "CASE WHEN s < 50 THEN 'licensing' WHEN s < 55 THEN 'hotline-request' ELSE 'benefit' END",
    "channel": "CASE WHEN h % 10 < 6 THEN 'online' WHEN h % 10 < 9 THEN 'counter' ELSE 'agent' END",
    "applicant": "'person'",
    "matter": "'service'",
    "part": "false",
    "seq": str(EACH),
    "opened_at": "opened",
    "accepted_at": "opened + INTERVAL 1 DAY",
    "decided_at": "opened + INTERVAL (h % 25) DAY",
    "ended_at": "opened + INTERVAL (h % 25) DAY",
    "stage": "'delivered'",
    "outcome": "'favourable'",
    "statutory_due": "opened + INTERVAL 20 DAY",
    "promised_due": "opened + INTERVAL 10 DAY",
    "statutory_days": "20",
    "promised_days": "10",
    "used_days": "h % 25",
    "questions": "h % 9",
    "materials": "h % 4",
    "from_records": "h % 7",
    "visits": "CASE WHEN h % 10 BETWEEN 6 AND 8 THEN 1 ELSE 0 END",
    "corrections": "CASE WHEN h % 6 = 0 THEN 1 ELSE 0 END",
    "pauses": "0",
    "paused_days": "0",
    "reopened": "0",
    "escalated": "0",
}
_EVENT = {
    "seq": "e + 1",
    "act": "['submit', 'accept', 'examine', 'grant', 'issue'][e + 1]",
    "actor": "CASE WHEN e = 0 THEN 'person' ELSE 'official' END",
    "happened_at": "opened + INTERVAL (e * (h % 6)) DAY",
    "stage": "['submitted', 'accepted', 'examined', 'decided', 'delivered'][e + 1]",
    "term": "CASE WHEN e = 1 THEN 'accept' WHEN e = 3 THEN 'decide' ELSE '' END",
    "started": "opened",
    "asks": "0",
    "decides": "CASE WHEN e = 3 THEN 'favourable' ELSE '' END",
}


def make(folder: Path) -> None:
    """The history."""
    connection = duckdb.connect(config={"memory_limit": "800MB", "temp_directory": str(folder / "aside")})
    base = (
        "SELECT i, h, (h // 7) % 200 AS b, least(59, CAST(floor(60 * pow((h % 1009) / 1009.0, 3)) AS INTEGER)) AS s,"
        " TIMESTAMP '2026-01-01 08:00:00' + INTERVAL (h % 330) DAY AS opened"
        f" FROM (SELECT i, CAST(hash(i) % 1000000007 AS BIGINT) AS h FROM range({CASES}) r(i))"
    )
    for table, made in (("cases", _CASE), ("events", {**_CASE, **_EVENT})):
        source = base if table == "cases" else f"SELECT * FROM ({base}) CROSS JOIN range({EACH}) v(e)"
        columns = ", ".join(
            f"CAST({made.get(one.name, 'NULL' if one.kind == 'time' else _empty(one.kind))} AS {DUCK[one.kind]})"
            f' AS "{one.name}"'
            for one in COLUMNS[table]  # type: ignore[index]
        )
        place = folder / table / "990100"
        place.mkdir(parents=True)
        connection.execute(f"COPY (SELECT {columns} FROM ({source})) TO '{place / '2026.parquet'}' (FORMAT parquet)")
    connection.close()


def _empty(kind: str) -> str:
    return {"text": "''", "count": "0", "flag": "false"}[kind]


def measured(folder: Path) -> dict[str, float]:
    """In this process: the yardstick, then everything."""
    with opened(folder) as facts:
        facts.run(YARDSTICK)
        began = time.perf_counter()
        facts.run(YARDSTICK)
        plain = time.perf_counter() - began
        indicators = read_indicators()
        began = time.perf_counter()
        found = exact(facts, indicators, YEAR)
        whole = time.perf_counter() - began
        began = time.perf_counter()
        may = published(facts, indicators, Period.month(2026, 6))
        month = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "plain_s": plain,
        "all_s": whole,
        "month_s": month,
        "figures": len(found),
        "shown": len(may),
        "peak_mb": peak,
    }


def run() -> dict[str, Any]:
    """Makes the history and measures in a process of its own."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "facts"
        folder.mkdir()
        make(folder)
        words = [sys.executable, "-c", f"from benchmarks.indicators import *; told(Path({str(folder)!r}))"]
        answer = subprocess.run(words, capture_output=True, check=True, cwd=Path(__file__).parents[1])
        found: dict[str, float] = msgspec.json.decode(answer.stdout)
    return {
        "name": "Indicators over 10 million case events · 一千万个事件的全部指标",
        "figures": {
            "events": CASES * EACH,
            "indicators": len(read_indicators()),
            "figures": int(found["figures"]),
            "all_seconds": round(found["all_s"], 2),
            "publishing_a_month_of_170000_cases_seconds": round(found["month_s"], 2),
            "figures_of_the_month_shown": int(found["shown"]),
            "plain_query_seconds": round(found["plain_s"], 3),
            "peak_mb": round(found["peak_mb"]),
        },
        "baseline": "one plain DuckDB query for one rate by body and service over the same files",
        "ratio": round(found["all_s"] / found["plain_s"], 1),
        "target": "under 10 s and 1 GB",
    }


def told(folder: Path) -> None:
    """What the child says."""
    sys.stdout.write(msgspec.json.encode(measured(folder)).decode())
