"""Nodes as processes: killed in the middle of many questions, each ends with a fact or stays open, and none is lost."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from tongban.base.clock import system_clock
from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.catalog.load import load_service
from tongban.org import demo as province
from tongban.sharing import Purpose, Reader, Sharing, grants, sources
from tongban.sharing.channel.centre import Centre, MembersFile
from tongban.sharing.channel.model import Member
from tongban.sharing.grants import store as grant_store
from tongban.sharing.grants.demo import shipped_grants
from tongban.sharing.grants.model import Change
from tongban.sharing.node.demo import setup, store
from tongban.sharing.partners import exchange_of
from tongban.sharing.retry import store as open_questions

QUESTIONS = 120
"""Looks, each of which asks two bodies; a thousand take the same way (docs/node.md says how it went)."""
AT_ONCE = 12
SERVICES = Path(__file__).parents[2] / "services"
SERVICE = load_service((SERVICES / "unemployment-benefit.yaml").read_text(encoding="utf-8")).require()
ZHIYUAN = next(one for one in province.citizens() if one.id == "p-chenzhiyuan")
BODIES = {"hr": "990000.hr", "police": "990000.police"}
TOLD = datetime.fromisoformat("2026-11-01 08:00:00")
HELD: dict[str, tuple[str, dict[str, Any]]] = {
    "hr": ("hr.insurance/member", {"months_paid": 76, "left_on": date(2026, 10, 16), "left_reason": "contract-ended"}),
    "police": ("police.population/person", {"full_name": ZHIYUAN.name, "id_number": ZHIYUAN.id_number}),
}
KINDS = {"months_paid": "integer", "left_on": "date"}


@asynccontextmanager
async def _served(centre: Centre) -> AsyncIterator[str]:
    """The centre's registry over HTTP."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        token = (await centre.published()).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(token) + token)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x1/registry"
    finally:
        server.close()


def _beside(folder: Path, name: str, registry: str, key: PublicKey, database: str, port: int) -> Member:
    """One department: its store, its node's file; the member it is."""
    place, fields = HELD[name]
    resource, _, record = place.partition("/")
    folder.mkdir()
    kinds: Any = {field: KINDS.get(field, "string") for field in fields}
    store.sqlite(folder / "data.db", [("records", kinds, [(ZHIYUAN.id_number, *fields.values(), TOLD)])])
    code = setup.member_code("LJ", name, BODIES[name])
    address = f"http://127.0.0.1:{port}"
    written = {
        "member": code,
        "registry": {"address": registry, "key": {"id": key.id, "public": key.public}},
        "listen": f"127.0.0.1:{port}",
        "address": address,
        "database": database,
        "sources": {"data": {"kind": "sql", "url": "sqlite:///data.db"}},
        "resources": {
            resource: {
                record: {
                    "source": "data",
                    "table": "records",
                    "subject": store.SUBJECT,
                    "as_of": store.UPDATED,
                    "fields": {field: {"column": field, "type": kind} for field, kind in kinds.items()},
                }
            }
        },
    }
    (folder / "node.yaml").write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    now = system_clock()()
    keys = (KeyRing.open(folder / "keys", now).signer(Use.EXCHANGE, now),)
    return Member(code=code, name=Text(name, name), body=BODIES[name], node=address, keys=keys)


async def _give_grants(db: Database) -> None:
    """The shipped grants of the service, without an end: these processes live by the machine's own clock."""
    async with db.transaction() as connection:
        for grant in shipped_grants():
            if grant.service == SERVICE.service:
                lasting = msgspec.structs.replace(grant, until=date(2999, 1, 1))
                await grant_store.give(connection, lasting, Change(event="t", at=system_clock()(), by="t"))


async def _until(true: Callable[[], bool]) -> None:
    for _ in range(1_500):
        if true():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


def _started(words: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tongban", "node", *words], stderr=subprocess.DEVNULL)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True


@pytest.mark.skipif(sys.platform != "linux", reason="looks for children in /proc")
async def test_nodes_killed_in_the_middle_of_many_questions_lose_none(db: Database, lower_db: Database, tmp_path: Path):
    clock = system_clock()
    await province.seed(db)
    await _give_grants(db)
    ring = KeyRing.open(tmp_path / "keys", clock())
    file = tmp_path / "members.json"
    centre = Centre(file, ring, clock, partial(grants.rights, db))
    ports = dict(zip(BODIES, setup.free_ports(len(BODIES)), strict=True))
    async with _served(centre) as registry:
        key = ring.signer(Use.REGISTRY, clock())
        members = [_beside(tmp_path / name, name, registry, key, lower_db.url, port) for name, port in ports.items()]
        own = Member(code=setup.member_code("LJ", "portal", setup.OWN), name=Text("甲", "A"), body=setup.OWN)
        file.write_bytes(msgspec.json.encode(MembersFile(instance="LJ", own=own.code, members=(own, *members))))
        words = [word for name in BODIES for word in ("--config", str(tmp_path / name / "node.yaml"))]
        family = _started(words)
        try:
            await _until(lambda: setup.listening(ports.values()))
            await _lose_none(Sharing(db, clock, exchange_of(centre, ring, clock)), db, family.pid)
            nodes = _children(family.pid)
            assert len(nodes) == len(BODIES), "each was started again"
            family.send_signal(signal.SIGKILL)
            family.wait()
            await _until(lambda: all(map(_gone, nodes)))
        finally:
            family.kill()
            family.wait()


class _Cases:
    """Cases that take every late answer."""

    def __init__(self) -> None:
        self.filed: dict[str, set[str]] = {}

    async def wants(self, case: str, names: Any) -> frozenset[str]:
        return frozenset(names)

    async def correction(self, case: str) -> Any:
        raise AssertionError(f"nothing here waits for a correction, and not for {case}")

    async def file(self, case: str, records: Any, corrected: Any) -> None:
        self.filed.setdefault(case, set()).update(records)


async def _lose_none(sharing: Sharing, db: Database, family: int) -> None:
    wanted = {
        name: source for name, source in sources(SERVICE).items() if source.at.split("#")[0] in dict(HELD.values())
    }
    reader = Reader(kind="person", id=ZHIYUAN.id)
    ended: dict[str, set[str]] = {}
    waiting: dict[str, set[str]] = {}
    places = asyncio.Semaphore(AT_ONCE)

    async def one(n: int) -> None:
        draft = f"draft:{n}"
        async with places:
            if n in (QUESTIONS // 4, QUESTIONS // 2, QUESTIONS * 3 // 4):
                for node in _children(family):
                    os.kill(node, signal.SIGKILL)
            answer = await sharing.look_up(
                ZHIYUAN.id, wanted, service=SERVICE, purpose=Purpose.of(SERVICE, draft), reader=reader
            )
        ended[draft], waiting[draft] = set(answer.found), set(answer.waiting)
        assert ended[draft] | waiting[draft] == set(wanted), f"{draft}: {answer.missing}"

    await asyncio.gather(*map(one, range(QUESTIONS)))
    for draft, names in waiting.items():
        open_names = {wish.name for left in await sharing.open(ZHIYUAN.id, draft) for wish in left.wishes}
        assert open_names == names, "what has no fact has an open question"
        await open_questions.hand_in(db, ZHIYUAN.id, draft, f"case:{draft}", sorted(wanted), system_clock()())

    cases = _Cases()
    for days in range(1, 20):  # each time later than any wait between two tries
        then = system_clock()() + timedelta(days=days)
        await Sharing(db, lambda then=then: then, sharing.exchange).ask_again(lambda _: SERVICE, cases)
        if not await db.fetchval("SELECT count(*) FROM shared_retry WHERE ended IS NULL"):
            break
        await asyncio.sleep(0.5)
    for draft, names in waiting.items():
        assert cases.filed.get(f"case:{draft}", set()) == names
