"""All SQL of proposals."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from tongban.base.database import Connection, Row
from tongban.voice.participation.model import Moderated
from tongban.voice.participation.proposals.model import Answer, Ended, Kind, Proposal
from tongban.voice.participation.store import Runner

_FIELDS = Proposal.__struct_fields__
_COLUMNS = ", ".join(f'"{name}"' for name in _FIELDS)
_NESTED: dict[str, Any] = {"kind": Kind, "ended": Ended, "history": tuple[Moderated, ...], "answer": Answer | None}


def _read(row: Row) -> Proposal:
    return Proposal(**{n: msgspec.convert(row[n], _NESTED[n]) if n in _NESTED else row[n] for n in _FIELDS})


async def add(db: Runner, one: Proposal, author: bytes) -> bool:
    """Keep a new one; False if its number is taken."""
    done = await db.execute(
        "INSERT INTO proposal (region, id, body, kind, title, what, why, from_age, needs, opened_on, closes_on, author)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
        one.region,
        one.id,
        one.body,
        str(one.kind),
        one.title,
        one.what,
        one.why,
        one.from_age,
        one.needs,
        one.opened_on,
        one.closes_on,
        author,
    )
    return done != "INSERT 0 0"


async def find(db: Runner, proposal: str) -> Proposal | None:
    """By number."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM proposal WHERE id = $1", proposal)  # noqa: S608 -- columns are constants
    return _read(row) if row else None


async def held(connection: Connection, proposal: str, *, reading: bool = False) -> Proposal | None:
    """The same, and nobody signs, closes or moderates it before this transaction ends; others may read it too."""
    lock = "SHARE" if reading else "UPDATE"
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM proposal WHERE id = $1 FOR {lock}", proposal)  # noqa: S608 -- columns are constants
    return _read(row) if row else None


async def page(
    db: Runner, after: tuple[date, str] | None, limit: int, regions: Sequence[str] | None = None
) -> list[Proposal]:
    """The latest first; of these regions, or of all for None."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM proposal WHERE ($1::boolean OR (opened_on, id) < ($2, $3))"  # noqa: S608 -- columns are constants
        " AND ($5::text[] IS NULL OR region = ANY($5)) ORDER BY opened_on DESC, id DESC LIMIT $4",
        after is None,
        after and after[0],
        after and after[1],
        limit,
        None if regions is None else list(regions),
    )
    return [_read(row) for row in rows]


async def run_out(db: Runner, today: date, limit: int) -> list[str]:
    """Numbers of those that can no longer be signed and are not closed."""
    rows = await db.fetch(
        "SELECT id FROM proposal WHERE ended = '' AND closes_on < $1 ORDER BY closes_on, id LIMIT $2", today, limit
    )
    return [row["id"] for row in rows]


async def unasked(db: Runner, limit: int) -> list[Proposal]:
    """Those that enough have signed, and whose case is not there yet."""
    rows = await db.fetch(
        f"""SELECT {_COLUMNS} FROM proposal WHERE ended = 'reached' AND "case" = '' ORDER BY closed_on, id LIMIT $1""",  # noqa: S608 -- columns are constants
        limit,
    )
    return [_read(row) for row in rows]


async def moved(db: Runner, limit: int) -> list[Proposal]:
    """Those whose case has gone on since its answer was read."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM proposal p WHERE EXISTS (SELECT FROM case_row c"  # noqa: S608 -- columns are constants
        ' WHERE c.region = p.region AND c.case_id = p."case" AND c.seq > p.kept) LIMIT $1',
        limit,
    )
    return [_read(row) for row in rows]


async def asked_in(db: Runner, one: Proposal, case: str) -> None:
    """Its case."""
    await db.execute("""UPDATE proposal SET "case" = $3 WHERE region = $1 AND id = $2""", one.region, one.id, case)


async def keep_answer(db: Runner, one: Proposal, answer: Answer, seq: int) -> None:
    """What is known of its case, unless something later is."""
    await db.execute(
        "UPDATE proposal SET answer = $3, kept = $4 WHERE region = $1 AND id = $2 AND kept < $4",
        one.region,
        one.id,
        msgspec.to_builtins(answer),
        seq,
    )


async def sign(connection: Connection, one: Proposal, signer: bytes) -> int | None:
    """How many there are with this one; None if this one has signed."""
    key = (one.region, one.id)
    done = await connection.execute(
        "INSERT INTO proposal_signature (region, proposal, signer) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        *key,
        signer,
    )
    return None if done == "INSERT 0 0" else await _count(connection, one, 1)


async def unsign(connection: Connection, one: Proposal, signer: bytes) -> bool:
    """Take a signature back; False if there was none."""
    done = await connection.execute(
        "DELETE FROM proposal_signature WHERE region = $1 AND proposal = $2 AND signer = $3", one.region, one.id, signer
    )
    if done == "DELETE 0":
        return False
    await _count(connection, one, -1)
    return True


async def _count(connection: Connection, one: Proposal, more: int) -> int:
    return await connection.fetchval(
        "UPDATE proposal SET signatures = signatures + $3 WHERE region = $1 AND id = $2 RETURNING signatures",
        one.region,
        one.id,
        more,
    )


async def signed(db: Runner, one: Proposal, signer: bytes) -> bool:
    """Whether somebody has signed."""
    return await db.fetchval(
        "SELECT EXISTS (SELECT FROM proposal_signature WHERE region = $1 AND proposal = $2 AND signer = $3)",
        one.region,
        one.id,
        signer,
    )


async def authored(db: Runner, one: Proposal, author: bytes) -> bool:
    """Whether somebody made it."""
    return await db.fetchval(
        "SELECT author = $3 FROM proposal WHERE region = $1 AND id = $2", one.region, one.id, author
    )


async def add_signatures(connection: Connection, one: Proposal, signers: Sequence[bytes]) -> None:
    """Many at once, of a demonstration."""
    await connection.executemany(
        "INSERT INTO proposal_signature (region, proposal, signer) VALUES ($1, $2, $3)",
        [(one.region, one.id, signer) for signer in signers],
    )
    await _count(connection, one, len(signers))


async def moderate(connection: Connection, one: Proposal, act: Moderated, closes_on: date) -> None:
    """Add one act, and the last day on which it can be signed after it."""
    await connection.execute(
        "UPDATE proposal SET history = history || $3, closes_on = $4 WHERE region = $1 AND id = $2",
        one.region,
        one.id,
        [msgspec.to_builtins(act)],
        closes_on,
    )


async def close(connection: Connection, one: Proposal, ended: Ended, today: date) -> None:
    """End the signing: no signature is left, no author, and no words of what stays taken out."""
    key = (one.region, one.id)
    await connection.execute("DELETE FROM proposal_signature WHERE region = $1 AND proposal = $2", *key)
    await connection.execute(
        "UPDATE proposal SET author = '', ended = $3, closed_on = $4 WHERE region = $1 AND id = $2",
        *key,
        str(ended),
        today,
    )
    if one.removed:
        await connection.execute(
            "UPDATE proposal SET title = '', what = '', why = '' WHERE region = $1 AND id = $2", *key
        )
