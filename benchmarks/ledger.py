"""The public log: leaves a second into PostgreSQL, what it costs an application, the size of a proof, checking one.

The sequencer takes waiting commitments in batches of 1,000, each one transaction with `synchronous_commit` on: out of
the line, into their places, the tiles, the signed checkpoint. The yardstick is COPY of as many rows of the same size in
the same batches. What an application pays is the same submissions with and without commitments, in short rounds of
which two that follow each other are compared: a machine drifts by more than the log costs. The middle of the
comparisons is reported: what is acknowledged in a second from one process, and the processor time of one application,
ours and the server's together. The server counts its rows first, as it does by itself within its first minute: it
would choose its plans for empty tables.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from benchmarks.submit import drive
from benchmarks.world import FACTS, REGION, SERVICE, Home, applicant, cases_on, keys_of

from tongban.base.crypto import SIGNATURES, Algorithm, Suite, libcrypto
from tongban.base.database import Database, EmbeddedPostgres, migrate
from tongban.base.keys import KeyRing
from tongban.cases import engine
from tongban.cases.receipts import receipt_of
from tongban.cases.store import history
from tongban.ledger import store
from tongban.ledger.notes import Kind, VerifierKey, sign
from tongban.ledger.policy import Policy, own_policy
from tongban.ledger.proofs import Proof
from tongban.ledger.receipts import verify
from tongban.ledger.sequencer import BATCH, Sequencer
from tongban.ledger.tiles import TileId, grow, needed, reader
from tongban.ledger.tree import included, inclusion_proof, leaf_hash, root_over
from tongban.web.open.receipt import scripts

LEAVES = 40_000
ROUNDS = 3
TOGETHER = 10
"""Commitments that one statement writes in a busy moment: applications that come at once share it."""
MILLION = 1_000_000
ORIGIN = "bench.example/open/log"
SUBMISSIONS = 1.0
"""Seconds of submissions in a round."""
PAIRS = 12
"""Rounds with the log, and as many without."""


def run() -> dict[str, Any]:
    """Every figure of the log."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "pg") as server:
        figures = asyncio.run(_measure(server.url, Path(folder)))
    proof, rate, cost = _million(), figures.pop("rate"), figures.pop("cost")
    return {
        "name": "ledger: into PostgreSQL in batches of 1,000, and what it costs",
        "figures": {**figures, **proof},
        "baseline": "COPY of as many rows in as many transactions; submissions without commitments",
        "ratio": {
            "sequencer to copy": figures["leaves_per_s"] / figures["copy_rows_per_s"],
            "submissions with the log to without": rate,
            "processor time of a submission with the log to without": cost,
        },
        "target": "50,000 leaves a second; less than 5 % of a submission; 640 bytes; 5 ms, in a browser 100",
    }


async def _measure(url: str, folder: Path) -> dict[str, float]:
    db = await Database.open(url, max_size=4, sealer=await keys_of(folder), statement_seconds=120)
    await migrate(db)
    ring = KeyRing.open(folder / "log-keys", datetime.now(UTC))
    await store.found(db, ORIGIN)
    sequencer = Sequencer(db, ring, lambda: datetime.now(UTC))
    rounds = [
        (await _sequenced(db, sequencer), await _sequenced(db, sequencer, TOGETHER), await _copied(db))
        for _ in range(ROUNDS)
    ]
    submit = await _submissions(db, folder)
    await sequencer.run()
    receipt = await _receipt(db, folder, sequencer)
    await db.close()
    return {
        "leaves_per_s": median(one for one, _, _ in rounds),
        "leaves_of_ten_written_together_per_s": median(ten for _, ten, _ in rounds),
        "copy_rows_per_s": median(copied for _, _, copied in rounds),
        **submit,
        **receipt,
    }


async def _sequenced(db: Database, sequencer: Sequencer, together: int = 1) -> float:
    """Leaves a second, of which so many were written by one statement and stand in one row."""
    start = time.time_ns()
    await db.execute(
        "INSERT INTO ledger_waiting (regions, subjects, seqs, commitments)"
        " SELECT array_agg($2::text), array_agg($3 || n), array_agg(1), array_agg(sha256(convert_to(n::text, 'UTF8')))"
        " FROM generate_series(0, $1::int - 1) n GROUP BY n / $4::int ORDER BY n / $4::int",
        LEAVES,
        REGION,
        f"{REGION}-{start}-",
        together,
    )
    await db.execute("ANALYZE ledger_waiting")
    began = time.perf_counter()
    placed = await sequencer.run()
    took = time.perf_counter() - began
    assert placed == LEAVES
    return LEAVES / took


async def _copied(db: Database) -> float:
    await db.execute("CREATE TABLE IF NOT EXISTS bench_copy (LIKE ledger_leaf INCLUDING ALL)")
    start = time.time_ns()
    batches = [
        [
            (REGION, f"{REGION}-{start}-{n}", 1, n, hashlib.sha256(b"%d" % n).digest(), None)
            for n in range(at, at + BATCH)
        ]
        for at in range(0, LEAVES, BATCH)
    ]
    began = time.perf_counter()
    for batch in batches:
        async with db.transaction() as connection:
            await connection.raw.copy_records_to_table("bench_copy", records=batch)
    return LEAVES / (time.perf_counter() - began)


async def _submissions(db: Database, folder: Path) -> dict[str, float]:
    """The same load with commitments and with the statement as it was before them."""
    cases, person = cases_on(db, Home(folder)), applicant()

    async def submit(key: str) -> object:
        return await cases.submit(person, SERVICE, FACTS, region=REGION, key=key)

    found: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
    await drive(submit, concurrency=64, seconds=1.0, name="warm")
    await db.execute("ANALYZE")
    server = await _server(db)
    rows, statement, spoken = history._event_rows, history.APPEND, engine.spoken
    for n in range(PAIRS * 2):
        logged = n % 4 in (0, 3)  # with, without, without, with: neither always comes first
        if not logged:
            history._event_rows, history.APPEND, engine.spoken = _plain_rows, _without_log(statement), _unspoken
        ours, theirs, began = time.process_time(), _spent(server), time.perf_counter()
        done = await drive(submit, concurrency=64, seconds=SUBMISSIONS, name=f"round-{n}")
        rate = done / (time.perf_counter() - began)
        ours, theirs = time.process_time() - ours, _spent(server) - theirs
        found[logged].append((rate, ours / done * 1e6, theirs / done * 1e6))
        history._event_rows, history.APPEND, engine.spoken = rows, statement, spoken
    return {
        "submit_with_per_s": median(rate for rate, _, _ in found[True]),
        "submit_without_per_s": median(rate for rate, _, _ in found[False]),
        "submit_with_cpu_us": median(us for _, us, _ in found[True]),
        "submit_without_cpu_us": median(us for _, us, _ in found[False]),
        "submit_with_server_us": median(us for _, _, us in found[True]),
        "submit_without_server_us": median(us for _, _, us in found[False]),
        "rate": median(with_[0] / without[0] for with_, without in zip(found[True], found[False], strict=True)),
        "cost": median(
            sum(with_[1:]) / sum(without[1:]) for with_, without in zip(found[True], found[False], strict=True)
        ),
    }


async def _server(db: Database) -> list[Path]:
    """Where the system says what the server's processes have spent; nowhere on another system than Linux."""
    lasting = "backend_type IN ('client backend', 'walwriter', 'background writer', 'checkpointer')"
    rows = await db.fetch(f"SELECT pid FROM pg_stat_activity WHERE {lasting}")
    places = [Path(f"/proc/{row['pid']}/stat") for row in rows]
    return [place for place in places if place.is_file()]


def _spent(processes: list[Path]) -> float:
    """Seconds of processor time (proc(5): fields 14 and 15)."""
    fields = [place.read_text().rpartition(")")[2].split() for place in processes]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def _plain_rows(key: Any, item: history.Append) -> Any:
    """Events sealed and nothing said of them, as before the log."""
    for event in item.events:
        at = (item.region, item.case, event.seq)
        sealed = history.seal_json(key, history.EVENT.place("event", at), event)
        yield history._EventRow(*at, event.at, event.type, event.to, sealed, "")


def _unspoken(*_: object) -> None:
    return None


def _without_log(statement: str) -> str:
    head, _, rest = statement.partition("leaf AS (")
    return head + rest[rest.index("\n),") + 3 :]


async def _receipt(db: Database, folder: Path, sequencer: Sequencer) -> dict[str, float]:
    """Making and checking the receipt of a new case in the log that is there now."""
    cases = cases_on(db, Home(folder))
    case = (await cases.submit(applicant(), SERVICE, FACTS, region=REGION, key="receipt-0001")).case
    await sequencer.run()
    receipt = await receipt_of(db, case)
    assert receipt is not None
    policy, now = own_policy(ORIGIN, sequencer.ring), datetime.now(UTC)
    files = {"": (receipt.file, policy)}
    if libcrypto.available():
        files["_both_suites"] = _signed_twice(receipt.file, policy)
    assert all(verify(file, asked, now).holds for file, asked in files.values())
    took = {name: _ms(partial(verify, file, asked, now)) for name, (file, asked) in files.items()}
    return {
        "receipt_bytes": len(receipt.file),
        **{f"receipt{name}_checked_ms": one for name, one in took.items()},
        **await _in_a_browser(files, now),
    }


def _signed_twice(receipt: bytes, policy: Policy) -> tuple[bytes, Policy]:
    """The same receipt with an SM2 signature of the log as well, and a policy that asks for both."""
    proof, signer = Proof.read(receipt), SIGNATURES[Algorithm.SM2].generate()
    key = VerifierKey(ORIGIN, Kind.LOG_SM2, signer.public)
    note = proof.note.with_signatures([sign(proof.note.text, key, signer.sign)])
    gm = msgspec.structs.replace(policy.keys[0], vkey=str(key))
    asked = msgspec.structs.replace(policy, gm=(gm,), suites=(Suite.INTL, Suite.GM))
    return bytes(replace(proof, note=note)), asked


_TIMED = """async ({ file, policy, now }) => {
  const bytes = Uint8Array.from(atob(file), (char) => char.charCodeAt(0)), told = JSON.parse(policy);
  if (!(await checkReceipt(bytes, told, now)).holds) throw new Error("it does not hold");
  const began = performance.now();
  for (let n = 0; n < 50; n += 1) await checkReceipt(bytes, told, now);
  return (performance.now() - began) / 50;
}"""


async def _in_a_browser(files: Mapping[str, tuple[bytes, Policy]], now: datetime) -> dict[str, float]:
    """The page's own script in Chromium; nothing where there is none."""
    chromium = shutil.which("chromium")
    if chromium is None or find_spec("playwright") is None:
        return {}
    from playwright.async_api import async_playwright

    took: dict[str, float] = {}
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto("file:///dev/null")  # a secure context, as a saved page is
        await page.add_script_tag(content=scripts())
        for name, (receipt, policy) in files.items():
            file, at = base64.b64encode(receipt).decode(), int(now.timestamp())
            asked = {"file": file, "policy": bytes(policy).decode(), "now": at}
            took[f"receipt{name}_checked_in_browser_ms"] = await page.evaluate(_TIMED, asked)
        await browser.close()
    return took


def _ms(one: Any, times: int = 200) -> float:
    began = time.process_time()
    for _ in range(times):
        one()
    return (time.process_time() - began) / times * 1000


def _million() -> dict[str, float]:
    """A proof in a tree of a million leaves."""
    tiles: dict[TileId, bytes] = {}
    began = time.process_time()
    for at in range(0, MILLION, 10_000):
        tiles |= grow(at, tiles, [hashlib.sha256(b"%d" % n).digest() for n in range(at, at + 10_000)]).tiles
    built = time.process_time() - began
    index = 654_321
    prove = partial(inclusion_proof, index, MILLION)
    few = {tile: tiles[tile] for tile in needed(prove)}
    proof = prove(reader(few))
    leaf, root = leaf_hash(hashlib.sha256(b"%d" % index).digest()), root_over(MILLION, reader(tiles))
    assert included(index, MILLION, leaf, proof, root)
    return {
        "proof_bytes_at_a_million": sum(map(len, proof)),
        "tiles_read_for_a_proof": len(few),
        "proof_made_ms": _ms(lambda: prove(reader(few)), 50),
        "tree_in_memory_leaves_per_s": MILLION / built,
    }
