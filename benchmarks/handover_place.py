"""One installation as a process of its own, for measuring hand-overs: it listens, sends, applies, and can be killed.

    python -m benchmarks.handover_place PROVINCE FOLDER PORT CASES DROPS

Its data stay in the folder, so that a new process goes on where a killed one stopped. In 岚江 it applies and hands over
`CASES` cases, each once; in 云泽 it answers for them. `DROPS` is the share of messages that the line loses, before they
arrive or after they were done and before the answer is back. It says `READY` when it listens and a line of figures
whenever they change; it never ends by itself.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import msgspec
from benchmarks.world import ROOT

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.database import Database, EmbeddedPostgres, migrate
from tongban.base.keys import KeyRing
from tongban.base.sealing import open_sealer
from tongban.base.telemetry import Log
from tongban.cases.handing import HAND_ON
from tongban.cases.handover import store
from tongban.cases.handover.agreeing import statement
from tongban.cases.handover.agreements import Between
from tongban.cases.handover.demo import introduce, others
from tongban.cases.handover.service import Handovers
from tongban.cases.service import Cases
from tongban.catalog import load_procedure, load_service
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor, Directory, demo
from tongban.org import store as people
from tongban.org.demo.provinces import Province
from tongban.sharing.channel.client import X1Channel, http_client
from tongban.sharing.channel.neighbours import Neighbours
from tongban.terms import Calendar

SERVICE, HERE, THERE = "residence-permit", "990101.police", "980101.police"
STATEMENT = "statement.json"
_EVERY = 0.2
_AT_ONCE = 8
_MEETING = 600
"""Times that a first process looks for the other's card."""
_PATIENCE = timedelta(milliseconds=200)
_FACTS: dict[str, Any] = {
    "full_name": "王小满",
    "sex": "female",
    "birth_date": "1994-5-12",
    "home_region": "990201",
    "lives_region": "980101",
    "lives_since": "2026-1-10",
    "basis": "employment",
    "phone": "15400000001",
}


class Dropping(httpx.AsyncBaseTransport):
    """A line that loses messages and answers, by chance."""

    def __init__(self, share: float, seed: int) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._share, self._draw = share, Random(seed)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        lost = self._draw.random() < self._share
        if lost and self._draw.random() < 0.5:
            raise httpx.ConnectError("lost on the way", request=request)
        response = await self._inner.handle_async_request(request)
        if lost:
            await response.aclose()
            raise httpx.ReadError("the answer was lost", request=request)
        return response


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def _open(province: Province, folder: Path, port: int, url: str) -> tuple[Cases, Handovers]:
    settings = Settings(data_dir=folder, port=port)
    clock = system_clock()
    db = await Database.open(url, max_size=6, sealer=await open_sealer(settings))
    await migrate(db)
    async with db.transaction() as connection:
        await people.save_people(connection, demo.citizens(province))
    directory = Directory.build(demo.beside(province, others(province)), clock)
    introduce(province, settings, clock)
    keys = KeyRing.open(settings.keys_dir, clock())
    service = load_service((ROOT / "services" / f"{SERVICE}.yaml").read_text(encoding="utf-8")).require()
    procedure = load_procedure((ROOT / "procedures" / "confirmation.yaml").read_text(encoding="utf-8")).require()
    cases = Cases(
        db,
        Catalogue([service], [procedure], clock=clock),
        directory,
        Calendar.china(),
        keys,
        clock,
        data_dir=folder,
        between=Between(Neighbours(folder, clock), lambda: directory.register.agreements),
    )
    hand = cases.elsewhere
    if hand is None:
        raise RuntimeError("there are no other installations")
    hand.patience = _PATIENCE
    return cases, hand


def _line(cases: Cases, hand: Handovers, drops: float) -> X1Channel:
    known, engine = hand.between.neighbours, cases.engine
    http = http_client(transport=Dropping(drops, 20_261_126))
    return X1Channel(known.own.member.code, engine.keys, known, http, engine.clock)


async def _apply(cases: Cases, hand: Handovers, count: int) -> None:
    """Apply and hand over; both by key, so that a new process does again what a killed one did."""
    person = next(one for one in demo.citizens() if one.id == "p-wangxiaoman")
    citizen, directory = Actor.citizen(person), cases.engine.directory
    post = directory.post(f"{HERE}.examiner")
    holder = next(one for one in demo.officials() if one.id == directory.holders(post.id)[0])
    examiner = Actor.official(holder, post, directory.body(HERE))
    for _ in range(_MEETING):  # the other has to give us its card first
        if hand.between.neighbours.all():
            break
        await asyncio.sleep(_EVERY)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(n: int) -> None:
        async with turns:
            facts = {**_FACTS, "id_number": person.id_number, "lives_at": f"云泽市临江区滨江路{n}号（演示）"}
            view = await cases.submit(citizen, SERVICE, facts, region="990101", key=f"bench-apply-{n:05}")
            if not view.state.custody:
                said = {"body": THERE, "reasons": "住在临江区"}
                await cases.act(examiner, view.case, HAND_ON, said, version=None, key=f"bench-hand-on-{n:05}")

    await asyncio.gather(*(one(n) for n in range(count)))
    _say("APPLIED", count)


async def _send(cases: Cases, hand: Handovers) -> None:
    before: tuple[int, ...] = ()
    while True:
        await hand.carry()
        figures = await _figures(cases)
        if figures != before:
            before = figures
            _say("FIGURES", *figures)
        await asyncio.sleep(_EVERY)


async def _figures(cases: Cases) -> tuple[int, ...]:
    """Cases here, messages sent, of them without an answer, messages heard."""
    db = cases.engine.db
    row = await db.fetchrow(
        "SELECT (SELECT count(*) FROM case_row) AS cases, (SELECT count(*) FROM handover_out) AS said,"
        " (SELECT count(*) FROM handover_in) AS heard"
    )
    return (0,) if row is None else (row["cases"], row["said"], await store.waiting(db), row["heard"])


async def _state(cases: Cases, hand: Handovers, folder: Path) -> None:
    """Write what this side says of the other, whenever it is asked for by a file."""
    wanted = folder / "state-it"
    while True:
        if wanted.exists():
            own = hand.between.neighbours.own.member.code
            peer = hand.between.neighbours.all()[0].member.code
            told = await statement(cases.engine.db, own, peer, cases.engine.clock())
            draft = folder / f"{STATEMENT}.new"
            draft.write_bytes(msgspec.json.encode(told))
            draft.replace(folder / STATEMENT)
            wanted.unlink()
            _say("STATED")
        await asyncio.sleep(_EVERY)


async def _serve(province: Province, folder: Path, port: int, count: int, drops: float, url: str) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    cases, hand = await _open(province, folder, port, url)
    hand.use(_line(cases, hand, drops))
    application = await hand.application(folder, Log(lambda _: None))
    server: Any = Server(
        application, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False, websockets=False
    )
    serving = asyncio.create_task(server.serve())
    _say("READY", port)
    work = [_send(cases, hand), _state(cases, hand, folder)]
    if province is Province.LAN:
        work.append(_apply(cases, hand, count))
    await asyncio.gather(serving, *work)


def main() -> None:
    province, folder, port, count, drops = sys.argv[1:]
    home = Path(folder)
    home.mkdir(parents=True, exist_ok=True)
    with EmbeddedPostgres(home) as server:
        asyncio.run(_serve(Province(province), home, int(port), int(count), float(drops), server.url))


if __name__ == "__main__":
    main()
