"""All SQL of the register of operators."""

from collections.abc import Collection
from datetime import date, datetime

import msgspec

from tongban.base.database import Connection, Database, Row
from tongban.oversight.registers.operators.model import Contract, Entry, Erasure, Exit, Holding, Window

Runner = Database | Connection
_CONTRACT = "region, id, number, operator, uscc, duties, body, systems, since, until"
_SAID = "number operator uscc body held checked_at post sha256"
_OF = "WHERE (region, contract) IN (SELECT * FROM unnest($1::text[], $2::text[]))"


async def enter(db: Runner, one: Contract, official: str, now: datetime) -> bool:
    """Register a contract; False if its number is taken. The same number is put right as long as nothing followed."""
    done = await db.execute(
        "INSERT INTO operator_contract AS c (region, id, number, operator, uscc, duties, body, systems, since, until,"
        " entered_by, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " ON CONFLICT (region, number) DO UPDATE SET operator = excluded.operator, uscc = excluded.uscc,"
        " duties = excluded.duties, body = excluded.body, systems = excluded.systems, since = excluded.since,"
        " until = excluded.until, entered_by = excluded.entered_by, entered_at = excluded.entered_at"
        " WHERE NOT EXISTS (SELECT FROM operator_window w WHERE w.region = c.region AND w.contract = c.id)"
        " AND NOT EXISTS (SELECT FROM operator_exit e WHERE e.region = c.region AND e.contract = c.id)",
        one.region,
        one.id,
        one.number,
        one.operator,
        one.uscc,
        one.duties,
        one.body,
        list(one.systems),
        one.since,
        one.until,
        official,
        now,
    )
    return done != "INSERT 0 0"


async def entries(
    db: Runner,
    region: str | None,
    bodies: Collection[str] | None = None,
    limit: int | None = None,
    after: tuple[date, str] | None = None,
) -> list[Entry]:
    """Contracts registered for a region or answered for by one of these bodies, the latest to end first; all of them
    where both are None. `after` is the last day and the id of the one before."""
    rows = await db.fetch(
        f"SELECT {_CONTRACT} FROM operator_contract"
        " WHERE (($1::text IS NULL AND $2::text[] IS NULL) OR region = $1 OR body = ANY($2))"
        " AND ($4::date IS NULL OR (until, id) < ($4, $5)) ORDER BY until DESC, id DESC LIMIT $3",
        region,
        None if bodies is None else list(bodies),
        limit,
        *(after or (None, "")),
    )
    return await _whole(db, [_contract(row) for row in rows])


async def entry(db: Runner, contract: str) -> Entry | None:
    """One, by its own id."""
    found = await _contracts(db, contract, "")
    return (await _whole(db, found))[0] if found else None


async def held(connection: Connection, contract: str) -> Entry | None:
    """One, for the one transaction that changes it."""
    found = await _contracts(connection, contract, " FOR UPDATE")
    return (await _whole(connection, found))[0] if found else None


async def open_window(connection: Connection, one: Contract, window: Window, official: str) -> None:
    """Write a window."""
    await connection.execute(
        "INSERT INTO operator_window (region, contract, seq, purpose, since, until, opened_by, post)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        one.region,
        one.id,
        window.seq,
        window.purpose,
        window.since,
        window.until,
        official,
        window.post,
    )


async def end_windows(connection: Connection, one: Contract, now: datetime) -> None:
    """End those that are open or still to come."""
    await connection.execute(
        "UPDATE operator_window SET ended_at = $3 WHERE region = $1 AND contract = $2 AND until > $3"
        " AND ended_at IS NULL",
        one.region,
        one.id,
        now,
    )


async def leave(connection: Connection, one: Contract, leaving: Exit) -> None:
    """Write that an exit is open."""
    await connection.execute(
        "INSERT INTO operator_exit (region, contract, reasons, opened_by, opened_at) VALUES ($1, $2, $3, $4, $5)",
        one.region,
        one.id,
        leaving.reasons,
        leaving.opened_by,
        leaving.opened_at,
    )


async def erased(connection: Connection, one: Contract, gone: Erasure) -> None:
    """Write the proof; a trigger places it into the public log."""
    await connection.execute(
        "INSERT INTO operator_erasure (region, contract, number, operator, uscc, body, held, checked_at, post,"
        " statement, sha256) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        one.region,
        one.id,
        one.number,
        one.operator,
        one.uscc,
        one.body,
        msgspec.to_builtins(gone.held),
        gone.checked_at,
        gone.post,
        gone.statement,
        gone.sha256,
    )


async def committed(db: Runner, one: Contract) -> str | None:
    """The proof of an exit as the public log has it (migration 0005)."""
    return await db.fetchval(
        "SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(e)) WHERE key = ANY($3::text[]))::text"
        " FROM operator_erasure e WHERE region = $1 AND contract = $2",
        one.region,
        one.id,
        _SAID.split(),
    )


async def _contracts(db: Runner, contract: str, lock: str) -> list[Contract]:
    rows = await db.fetch(f"SELECT {_CONTRACT} FROM operator_contract WHERE id = $1{lock}", contract)
    return [_contract(row) for row in rows]


async def _whole(db: Runner, contracts: list[Contract]) -> list[Entry]:
    keys = [one.region for one in contracts], [one.id for one in contracts]
    windows: dict[str, list[Window]] = {}
    for row in await db.fetch(
        f"SELECT contract, seq, purpose, since, until, post, ended_at FROM operator_window {_OF} ORDER BY seq DESC",
        *keys,
    ):
        window = Window(
            seq=row["seq"], purpose=row["purpose"], since=row["since"], until=row["until"], post=row["post"],
            ended_at=row["ended_at"],
        )  # fmt: skip
        windows.setdefault(row["contract"], []).append(window)
    exits = {
        row["contract"]: Exit(reasons=row["reasons"], opened_by=row["opened_by"], opened_at=row["opened_at"])
        for row in await db.fetch(f"SELECT contract, reasons, opened_by, opened_at FROM operator_exit {_OF}", *keys)
    }
    gone = {
        row["contract"]: Erasure(
            held=msgspec.convert(row["held"], tuple[Holding, ...]), checked_at=row["checked_at"], post=row["post"],
            statement=row["statement"], sha256=row["sha256"],
        )
        for row in await db.fetch(
            f"SELECT contract, held, checked_at, post, statement, sha256 FROM operator_erasure {_OF}", *keys
        )
    }  # fmt: skip
    return [
        Entry(contract=one, windows=tuple(windows.get(one.id, ())), exit=exits.get(one.id), erasure=gone.get(one.id))
        for one in contracts
    ]


def _contract(row: Row) -> Contract:
    return Contract(
        region=row["region"], id=row["id"], number=row["number"], operator=row["operator"], uscc=row["uscc"],
        duties=row["duties"], body=row["body"], systems=tuple(row["systems"]), since=row["since"], until=row["until"],
    )  # fmt: skip
