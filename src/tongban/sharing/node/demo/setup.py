"""Puts the demonstration's nodes in place: their stores once, their files and the list of members at each start."""

import hashlib
import socket
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal

import msgspec
import yaml

from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.base.ids import uscc_check
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.org import demo as province
from tongban.sharing.channel.centre import MembersFile
from tongban.sharing.channel.model import Member
from tongban.sharing.node.demo import people, store
from tongban.sharing.node.values import Kind, orders

OWN = "990000.digital-centre"
_HERE = Path(__file__).parent
_ELSEWHERE = Text("云泽省人力资源和社会保障厅（演示）", "Human Resources of Yunze Province (demonstration)")


class _Store(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One node of `layout.yaml`: its kind of store, the bodies it answers for (the first is its own), its records."""

    store: Literal["sqlite", "postgresql", "csv", "parquet"]
    bodies: dict[str, str]
    records: dict[str, dict[str, str]]
    instance: str = "LJ"


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field stands in a store, and of which type it is."""

    name: str
    kind: Kind


@cache
def layout() -> Mapping[str, _Store]:
    """The nodes by name."""
    text = (_HERE / "layout.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), dict[str, _Store])


def columns(fields: Mapping[str, str]) -> dict[str, Column]:
    """Field → column, from `type name`."""
    found: dict[str, Column] = {}
    for field, written in fields.items():
        kind, _, name = written.partition(" ")
        found[field] = Column(name or field, msgspec.convert(kind, Kind))
    return found


def table(place: str) -> str:
    """The table or file of a record: `hr.insurance/member` is `hr_insurance_member`."""
    return "".join(letter if letter.isalnum() else "_" for letter in place)


def member_code(instance: str, subsystem: str, body: str) -> str:
    """The code of a body as a member of the exchange."""
    uscc = next((one.uscc for one in province.register().bodies if one.id == body), "")
    if not uscc:
        stem = f"11{body[:6]}MB0000001"
        uscc = stem + uscc_check(stem)
    return f"{instance}/GOV/{uscc}/{subsystem}"


# --- stores ---------------------------------------------------------------------------------------------------------


def state() -> str:
    """What the stores are made from, as a digest: other records, other stores."""
    made_of = (_HERE / "layout.yaml", _HERE / "people.py", _HERE.parents[1] / "records.yaml")
    texts = [path.read_bytes() for path in made_of] + [repr(province.citizens()).encode()]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


def _tables(now: datetime) -> dict[str, list[store.Table]]:
    """The tables of each node with all their rows."""
    home = {place: (name, columns(fields)) for name, node in layout().items() for place, fields in node.records.items()}
    rows: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
    aged = Random(0)  # noqa: S311 -- when a record was last touched is no secret
    told = now.replace(tzinfo=None, microsecond=0)

    def put(
        name: str, place: str, held: Mapping[str, Column], subject: str, fields: people.Fields, fresh: bool
    ) -> None:
        at = told if fresh else told - timedelta(hours=aged.randrange(1, 24 * 40))
        rows[name, place].append((subject, *(fields.get(field) for field in held), at))

    for place, subject, fields in people.drawn(set(home)):
        put(home[place][0], place, home[place][1], subject, fields, False)
    for place, subject, fields in people.named():
        if place in home:
            put(home[place][0], place, home[place][1], subject, fields, True)
    for name, node in layout().items():
        if node.instance != "LJ":
            (place, written) = next(iter(node.records.items()))
            for subject, fields in people.elsewhere():
                put(name, place, columns(written), subject, fields, False)
    made: dict[str, list[store.Table]] = defaultdict(list)
    for name, node in layout().items():
        for place, written in node.records.items():
            kinds: dict[str, Kind] = {column.name: column.kind for column in columns(written).values()}
            made[name].append((table(place), kinds, rows[name, place]))
    return made


async def make_stores(folder: Path, database: str, now: datetime) -> bool:
    """Make the stores unless they are there already; whether anything was made."""
    marker = folder / "made"
    if marker.is_file() and marker.read_text(encoding="ascii") == state():
        return False
    for name, tables in _tables(now).items():
        beside = folder / name
        beside.mkdir(parents=True, exist_ok=True)
        match layout()[name].store:
            case "sqlite":
                store.sqlite(beside / "data.db", tables)
            case "csv":
                store.csv_files(beside, tables)
            case "parquet":
                store.parquet_files(beside, tables)
            case "postgresql":
                db = await Database.open(in_database(database, f"tongban_data_{name}"), name="up", max_size=1)
                try:
                    await store.postgresql(db, tables)
                finally:
                    await db.close()
    store.replaced(marker, state())
    return True


def in_database(url: str, name: str, role: str = "") -> str:
    """The same server, another database, and another role if one is named."""
    head, _, query = url.partition("?")
    server, _, _ = head.rpartition("/")
    if role:
        scheme, _, rest = server.partition("//")
        server = f"{scheme}//{role}@{rest.rpartition('@')[2]}"
    return f"{server}/{name}{'?' if query else ''}{query}"


async def make_databases(url: str) -> None:
    """A message log for each node and the databases that are a department's store."""
    names = [f"tongban_log_{name}" for name in layout()]
    names += [f"tongban_data_{name}" for name, node in layout().items() if node.store == "postgresql"]
    admin = await Database.open(url, name="up", max_size=1, statement_seconds=60)
    try:
        await store.databases(admin, names)
    finally:
        await admin.close()


# --- files of the nodes and the list of members ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """The nodes as they can be started: each one's file and port, and who they are to the others."""

    files: Mapping[str, Path]
    ports: Mapping[str, int]
    members: MembersFile


def place(folder: Path, site: str, database: str, registry_key: PublicKey, now: datetime) -> Placed:
    """Choose ports, make keys, and write each node's file."""
    ports = dict(zip(layout(), free_ports(len(layout())), strict=True))
    files: dict[str, Path] = {}
    members = [_own()]
    for name, node in layout().items():
        beside = folder / name
        beside.mkdir(parents=True, exist_ok=True)
        key = KeyRing.open(beside / "keys", now).signer(Use.EXCHANGE, now)
        address = f"http://127.0.0.1:{ports[name]}"
        members += [_member(node, subsystem, body, address, key) for subsystem, body in node.bodies.items()]
        codes = [member_code(node.instance, subsystem, body) for subsystem, body in node.bodies.items()]
        written: dict[str, Any] = {
            "member": codes[0],
            "hosts": codes[1:],
            "registry": {
                "address": f"{site}/x1/registry",
                "key": {"id": registry_key.id, "public": registry_key.public},
            },
            "listen": f"127.0.0.1:{ports[name]}",
            "address": address,
            "database": in_database(database, f"tongban_log_{name}"),
            "sources": {"data": _source(name, node, database)},
            "resources": _resources(node),
        }
        files[name] = beside / "node.yaml"
        store.replaced(files[name], yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=200))
    return Placed(files, ports, MembersFile(instance="LJ", own=members[0].code, members=tuple(members)))


def _own() -> Member:
    body = next(one for one in province.register().bodies if one.id == OWN)
    return Member(code=member_code("LJ", "portal", OWN), name=body.name, body=OWN)


def _member(node: _Store, subsystem: str, body: str, address: str, key: PublicKey) -> Member:
    name = next((one.name for one in province.register().bodies if one.id == body), _ELSEWHERE)
    return Member(code=member_code(node.instance, subsystem, body), name=name, body=body, node=address, keys=(key,))


def _source(name: str, node: _Store, database: str) -> dict[str, Any]:
    match node.store:
        case "sqlite":
            return {"kind": "sql", "url": "sqlite:///data.db", "connections": 2}
        case "postgresql":
            url = in_database(database, f"tongban_data_{name}", store.READER)
            return {"kind": "sql", "url": url, "connections": 2}
        case "csv" | "parquet":
            return {"kind": "files", "folder": "."}


def _resources(node: _Store) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for at, written in node.records.items():
        resource, _, record = at.partition("/")
        held = columns(written)
        suffix = {"sqlite": "", "postgresql": "", "csv": ".csv", "parquet": ".parquet"}[node.store]
        found[resource][record] = {
            "source": "data",
            "table": f"{'hr.' if node.store == 'postgresql' else ''}{table(at)}{suffix}",
            "subject": store.SUBJECT,
            "as_of": store.UPDATED,
            "fields": {field: {"column": column.name, "type": column.kind} for field, column in held.items()},
            "tests": [
                {"field": field, "op": op}
                for field, column in held.items()
                for op in (("=", "!=", "<", "<=", ">", ">=") if orders(column.kind) else ("=", "!="))
            ],
        }
    return dict(found)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on; all held until the last is found, so that they differ."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def listening(ports: Iterable[int]) -> bool:
    """Whether somebody listens on every one of them."""
    for port in ports:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)):
                return False
    return True
