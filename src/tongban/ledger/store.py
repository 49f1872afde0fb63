"""All SQL of the public log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from tongban.base.database import Connection, Row
from tongban.ledger.tiles import TileId


class Runner(Protocol):
    """A database, or a connection inside a transaction."""

    async def fetch(self, sql: str, *args: Any) -> list[Row]: ...
    async def fetchrow(self, sql: str, *args: Any) -> Row | None: ...
    async def execute(self, sql: str, *args: Any) -> str: ...


class Head(NamedTuple):
    """The log as it stands. The notes are text; empty before the first."""

    origin: str
    size: int
    signed: str
    published: str


class Waiting(NamedTuple):
    """A commitment without a place yet. `seq` is 0 for what is in no chain."""

    region: str
    subject: str
    seq: int
    commitment: bytes
    salt: bytes | None


class Leaf(NamedTuple):
    """A thing with its place in the log, and the leaf itself."""

    region: str
    subject: str
    seq: int
    place: int
    value: bytes
    salt: bytes | None


async def found(db: Runner, origin: str) -> Head:
    """The log; a new one is named `origin`, and keeps that name for good."""
    await db.execute("INSERT INTO ledger_head (origin) VALUES ($1) ON CONFLICT DO NOTHING", origin)
    return Head(*(await db.fetch(f"SELECT {_HEAD} FROM ledger_head"))[0])  # noqa: S608 -- a constant


async def head(db: Runner) -> Head | None:
    """The log; None where it has not begun."""
    row = await db.fetchrow(f"SELECT {_HEAD} FROM ledger_head")  # noqa: S608 -- a constant
    return Head(*row) if row else None


async def hold(connection: Connection) -> Head | None:
    """The log, for the one who may write to it now; None while somebody else may."""
    row = await connection.fetchrow(f"SELECT {_HEAD} FROM ledger_head FOR UPDATE SKIP LOCKED")  # noqa: S608
    return Head(*row) if row else None


_HEAD = "origin, size, signed, published"


async def anything_waits(db: Runner) -> bool:
    """Whether there is something to do."""
    return bool(await db.fetch("SELECT 1 FROM ledger_waiting LIMIT 1"))


async def take(connection: Connection, limit: int) -> list[Waiting]:
    """Take the next commitments out of the line, in their order: whole rows, until there are `limit` or no more."""
    rows = await connection.fetch(
        """
        WITH upto AS (
          SELECT max(id) AS id FROM (
            SELECT id, sum(cardinality(seqs)) OVER (ORDER BY id) - cardinality(seqs) AS before
            FROM (SELECT id, seqs FROM ledger_waiting ORDER BY id LIMIT $1) w) w
          WHERE before < $1),
        taken AS (DELETE FROM ledger_waiting w USING upto u WHERE w.id <= u.id RETURNING w.*)
        SELECT u.region, u.subject, u.seq, u.commitment, u.salt
        FROM taken t, unnest(t.regions, t.subjects, t.seqs, t.commitments, t.salts)
          WITH ORDINALITY AS u(region, subject, seq, commitment, salt, n)
        ORDER BY t.id, u.n""",
        limit,
    )
    return [Waiting(*row) for row in rows]


async def values(connection: Connection, of: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str, int], bytes]:
    """The leaves of events (region, case, number)."""
    keys = list(of)
    if not keys:
        return {}
    rows = await connection.fetch(
        "SELECT l.region, l.subject, l.seq, l.value FROM unnest($1::text[], $2::text[], $3::int[]) AS k(r, s, n)"
        " JOIN ledger_leaf l ON l.region = k.r AND l.subject = k.s AND l.seq = k.n",
        [key[0] for key in keys],
        [key[1] for key in keys],
        [key[2] for key in keys],
    )
    return {(row["region"], row["subject"], row["seq"]): row["value"] for row in rows}


async def tiles(db: Runner, wanted: Iterable[TileId]) -> dict[TileId, bytes]:
    """These tiles, as far as they are there."""
    keys = list(wanted)
    rows = await db.fetch(
        "SELECT t.level, t.place, t.data FROM unnest($1::int[], $2::bigint[]) AS k(l, p)"
        " JOIN ledger_tile t ON t.level = k.l AND t.place = k.p",
        [key.level for key in keys],
        [key.place for key in keys],
    )
    return {TileId(row["level"], row["place"]): row["data"] for row in rows}


async def add(connection: Connection, leaves: Sequence[Leaf]) -> None:
    """Write places. One that is there already fails: nothing has two places."""
    await connection.raw.copy_records_to_table("ledger_leaf", records=leaves, columns=Leaf._fields)


async def grow(connection: Connection, tiles_: Mapping[TileId, bytes], size: int, signed: str, *, shown: bool) -> None:
    """Write the tiles that changed and the head that goes with them; with `shown` it is published as it is."""
    await connection.execute(
        """
        WITH tile AS (
          INSERT INTO ledger_tile (level, place, data) SELECT * FROM unnest($4::smallint[], $5::bigint[], $6::bytea[])
          ON CONFLICT (level, place) DO UPDATE SET data = excluded.data
        )
        UPDATE ledger_head SET size = $1, signed = $2, published = CASE WHEN $3 THEN $2 ELSE published END,
          published_size = CASE WHEN $3 THEN $1 ELSE published_size END""",
        size,
        signed,
        shown,
        [tile.level for tile in tiles_],
        [tile.place for tile in tiles_],
        list(tiles_.values()),
    )


async def publish(db: Runner, size: int, note: str) -> None:
    """Show a checkpoint with its witnesses' signatures, unless a newer one is shown already."""
    await db.execute(
        "UPDATE ledger_head SET published = $2, published_size = $1 WHERE published_size <= $1 AND size >= $1",
        size,
        note,
    )


async def leaf(db: Runner, region: str, subject: str, seq: int) -> Leaf | None:
    """Where a thing stands."""
    row = await db.fetchrow(
        "SELECT region, subject, seq, place, value, salt FROM ledger_leaf"
        " WHERE region = $1 AND subject = $2 AND seq = $3",
        region,
        subject,
        seq,
    )
    return Leaf(*row) if row else None


async def last_leaf(db: Runner, region: str, subject: str, size: int, seq: int) -> Leaf | None:
    """The last event of a case, up to number `seq`, that is in the tree of `size` leaves."""
    row = await db.fetchrow(
        "SELECT region, subject, seq, place, value, salt FROM ledger_leaf"
        " WHERE region = $1 AND subject = $2 AND place < $3 AND seq <= $4 ORDER BY seq DESC LIMIT 1",
        region,
        subject,
        size,
        seq,
    )
    return Leaf(*row) if row else None
