"""Reading among 200,000 cases with permissions on, against the bare SQL for the same rows.

One case: `Cases.view` against fetching that case's events; and, beside it, the whole of what it says as JSON (rules run
anew, dates with explanations and account in both languages, the acts this official may do). A queue page of 50:
`Cases.queue` against the same ordered, limited SELECT with the body written in. Both sides use one connection of the
same pool, take turns and read another case each time; the median of many reads is reported. The engine's part includes
asking `org.may` or `org.visible` and folding the events.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from benchmarks.world import FACTS, REGION, SERVICE, Home, applicant, cases_on, keys_of, official
from msgspec.structs import replace

from tongban.base.database import Connection, Database, EmbeddedPostgres, migrate
from tongban.base.sealing import seal_json
from tongban.cases.model import Event
from tongban.cases.service import Cases
from tongban.cases.store.sealed import EVENT, ROW

CASES = 200_000
BODIES = 20
READS = 400

_ROWS = """
INSERT INTO case_row
SELECT r.region, $2 || lpad(n::text, 8, '0'), r.seq, r.version, r.service, r.service_version, r.state, r.state_name,
       r.stage, 'examine', n % 2 = 0, CASE WHEN n % $4 = 0 THEN r.body ELSE r.body || '-' || n % $4 END,
       'p-' || n % 5000, '', r.due_at + n % 97 * interval '1 hour', r.legal_at, r.opened_at, r.updated_at,
       r.labels
FROM case_row r, generate_series(1, $3) n WHERE r.case_id = $1"""

_NAMES = """
UPDATE case_row r SET applicant_name = n.name FROM unnest($1::text[], $2::text[]) AS n(case_id, name)
WHERE r.case_id = n.case_id"""

_BARE_CASE = "SELECT event::text FROM case_event WHERE region = $1 AND case_id = $2 ORDER BY seq"

_BARE_QUEUE = """
SELECT * FROM case_row WHERE open AND body = $1 AND waits_for = 'examine' ORDER BY due_at, case_id LIMIT 51"""


async def _fill(db: Database, cases: Cases) -> str:
    """200,000 copies of one case, half of them open, over twenty bodies; the last one's number."""
    view = await cases.submit(applicant(), SERVICE, FACTS, region=REGION, key="sample-case")
    prefix = view.case[:14]
    async with db.transaction() as connection:
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute(_ROWS, view.case, prefix, CASES, BODIES)
        await _seal_copies(connection, view.loaded.events, prefix, view.opening.applicant.id)
    await db.execute("VACUUM ANALYZE case_row, case_event")
    return f"{prefix}{CASES:08}"


async def _time(*reads: Callable[[], Awaitable[object]]) -> list[float]:
    """The median time of each read, in microseconds. They take turns, so that whatever disturbs one disturbs all."""
    times: list[list[float]] = [[] for _ in reads]
    for _ in range(READS):
        for read, took in zip(reads, times, strict=True):
            begin = time.perf_counter()
            await read()
            took.append(time.perf_counter() - begin)
    return [median(took) * 1e6 for took in times]


async def _seal_copies(connection: Connection, events: Sequence[Event], prefix: str, applicant: str) -> None:
    """The events of every copy, sealed for their place as the engine does, and the name in every row."""
    key = await connection.sealer.person(connection, applicant)
    columns = ("region", "case_id", "seq", "at", "type", "leads_to", "event")
    for start in range(1, CASES + 1, 10_000):
        numbers = [f"{prefix}{n:08}" for n in range(start, start + 10_000)]
        rows = [
            (REGION, case, e.seq, e.at, e.type, e.to, seal_json(key, EVENT.place("event", (REGION, case, e.seq)), copy))
            for case in numbers
            for e in events
            for copy in (replace(e, opening=replace(e.opening, case=case)) if e.opening else e,)
        ]
        await connection.raw.copy_records_to_table("case_event", records=rows, columns=columns)
        names = [key.seal_text(ROW.place("applicant_name", (REGION, case)), "演示") for case in numbers]
        await connection.execute(_NAMES, numbers, names)


async def _measure(url: str, folder: Path) -> dict[str, Any]:
    db = await Database.open(url, max_size=1, sealer=await keys_of(folder))
    await migrate(db)
    cases = cases_on(db, Home(folder))
    last = await _fill(db, cases)
    body = (await cases.engine.load(last)).state.case.office.id
    clerk = official(cases, "examine", body)

    numbers = cycle([f"{last[:14]}{n:08}" for n in range(1, CASES, 197)])
    fresh = iter([f"{last[:14]}{n:08}" for n in range(2, CASES, 197)])
    for n in range(1, CASES, 197):  # opened in this half hour: the line of who opened it is there
        await cases.view(clerk, f"{last[:14]}{n:08}")

    async def one() -> object:
        return (await cases.view(clerk, next(numbers))).state

    async def first() -> object:
        """For the first time in half an hour: the line is written and committed before the case is given out."""
        return (await cases.view(clerk, next(fresh))).state

    async def whole() -> bytes:
        return msgspec.json.encode((await cases.view(clerk, next(numbers))).as_json())

    async def bare_one() -> object:
        return await db.fetch(_BARE_CASE, REGION, next(numbers))

    async def page() -> bytes:
        return msgspec.json.encode(await cases.queue(clerk, limit=50))

    async def bare_page() -> object:
        return await db.fetch(_BARE_QUEUE, body)

    figures: dict[str, Any] = {"rows on the page": len((await cases.queue(clerk, limit=50)).items)}
    ratios: dict[str, float] = {}
    pairs = (
        ("one case", one, bare_one),
        ("one case, first opened in half an hour", first, bare_one),
        ("one case, all its JSON", whole, bare_one),
        ("queue page of 50", page, bare_page),
    )
    for name, ours, bare in pairs:
        floor, mine = await _time(bare, ours)
        figures |= {f"{name}, µs": mine, f"{name}, bare SQL, µs": floor}
        ratios[f"{name}, ratio"] = mine / floor
        async with db.counting() as counter:
            await ours()
        figures[f"{name}, statements"] = len(counter)
    await db.close()
    return {
        "name": f"reading among {CASES:,} cases, permissions on",
        "figures": figures,
        "baseline": "the bare SQL for the same rows, same connection",
        "ratio": ratios,
        "target": "at most 3, and a constant number of statements; the first opening, which is written down, has none",
    }


def run() -> dict[str, Any]:
    """Figures in microseconds, and the ratios (target at most 3)."""
    with (
        tempfile.TemporaryDirectory(prefix="tongban-bench-") as name,
        EmbeddedPostgres(Path(name), settings={"max_wal_size": "4GB"}) as server,
    ):
        return asyncio.run(_measure(server.url, Path(name)))


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
