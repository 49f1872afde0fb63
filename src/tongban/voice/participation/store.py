"""All SQL of participation."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from tongban.base.database import Connection, Database, Row
from tongban.base.i18n import Text
from tongban.base.sealing import SealedTable
from tongban.voice.participation.model import Consultation, Moderated, Report, Results, Statement

BALLOT = SealedTable(
    table="consultation_ballot",
    key=("region", "consultation", "voter"),
    owner="'consultation:' || t.consultation",
    text=("votes",),
)
SEALED = (BALLOT,)
_FIELDS = Consultation.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)
Runner = Database | Connection


_NESTED: dict[str, Any] = {"title": Text, "question": Text, "results": Results | None, "report": Report | None}


def _read(row: Row) -> Consultation:
    values = {name: msgspec.convert(row[name], _NESTED[name]) if name in _NESTED else row[name] for name in _FIELDS}
    return Consultation(**values)


async def add(db: Runner, one: Consultation) -> bool:
    """Keep a new one; False if its number is taken."""
    names = _FIELDS[:14]
    places = ", ".join(f"${n}" for n in range(1, len(names) + 1))
    values = [msgspec.to_builtins(getattr(one, name), builtin_types=(datetime, date)) for name in names]
    sql = f"INSERT INTO consultation ({', '.join(names)}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608 -- constants
    done = await db.execute(sql, *values)
    return done != "INSERT 0 0"


async def find(db: Runner, consultation: str) -> Consultation | None:
    """By number."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM consultation WHERE id = $1", consultation)  # noqa: S608 -- columns are constants
    return _read(row) if row else None


async def held(connection: Connection, consultation: str, *, closing: bool = False) -> Consultation | None:
    """The same, and nobody closes it before this transaction ends; `closing`: and nobody votes."""
    lock = "UPDATE" if closing else "SHARE"
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM consultation WHERE id = $1 FOR {lock}", consultation)  # noqa: S608 -- columns are constants
    return _read(row) if row else None


async def page(
    db: Runner, body: str, after: tuple[datetime, str] | None, limit: int, *, regions: Sequence[str] | None = None
) -> list[Consultation]:
    """The latest to close first; of one body, or of all for the empty word."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM consultation WHERE ($1 = '' OR body = $1)"  # noqa: S608 -- columns are constants
        " AND ($2::boolean OR (closes_at, id) < ($3, $4)) AND ($6::text[] IS NULL OR region = ANY($6))"
        " ORDER BY closes_at DESC, id DESC LIMIT $5",
        body,
        after is None,
        after and after[0],
        after and after[1],
        limit,
        None if regions is None else list(regions),
    )
    return [_read(row) for row in rows]


async def unclosed(db: Runner) -> list[Consultation]:
    """Those that can still be counted or have to be closed."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM consultation WHERE closed_at IS NULL ORDER BY closes_at, id")  # noqa: S608 -- columns are constants
    return [_read(row) for row in rows]


async def keep_results(db: Runner, one: Consultation, results: Results) -> None:
    """What is published, with its time; after the last count nothing takes its place."""
    await db.execute(
        "UPDATE consultation SET results = $3 WHERE region = $1 AND id = $2 AND closed_at IS NULL",
        one.region,
        one.id,
        msgspec.to_builtins(results),
    )


async def keep_report(db: Runner, one: Consultation, report: Report) -> bool:
    """Once; False if there is one."""
    done = await db.execute(
        "UPDATE consultation SET report = $3 WHERE region = $1 AND id = $2 AND report IS NULL",
        one.region,
        one.id,
        msgspec.to_builtins(report),
    )
    return done != "UPDATE 0"


async def close(connection: Connection, one: Consultation, now: datetime) -> None:
    """End it: no ballot is left, no statement has an author, and of what was taken out only the reason."""
    key = (one.region, one.id)
    await connection.execute("DELETE FROM consultation_ballot WHERE region = $1 AND consultation = $2", *key)
    await connection.execute(
        "UPDATE consultation_statement SET author = '' WHERE region = $1 AND consultation = $2", *key
    )
    await connection.execute("UPDATE consultation SET closed_at = $3 WHERE region = $1 AND id = $2", *key, now)


async def forget_words(connection: Connection, one: Consultation, numbers: Sequence[int]) -> None:
    """What was taken out is not kept."""
    await connection.execute(
        "UPDATE consultation_statement SET words = '' WHERE region = $1 AND consultation = $2 AND number = ANY($3)",
        one.region,
        one.id,
        list(numbers),
    )


async def statements(db: Runner, one: Consultation) -> list[Statement]:
    """All, in order, with what was decided about them."""
    rows = await db.fetch(
        "SELECT number, words, said_on FROM consultation_statement WHERE region = $1 AND consultation = $2"
        " ORDER BY number",
        one.region,
        one.id,
    )
    acts = await db.fetch(
        "SELECT number, act, ground, words, official, post, on_day FROM consultation_moderation"
        " WHERE region = $1 AND consultation = $2 ORDER BY number, seq",
        one.region,
        one.id,
    )
    history: dict[int, list[Moderated]] = {}
    for act in acts:
        history.setdefault(act["number"], []).append(
            Moderated(act["act"], act["ground"], act["words"], act["official"], act["post"], act["on_day"])
        )
    return [
        Statement(row["number"], row["words"], row["said_on"], tuple(history.get(row["number"], ()))) for row in rows
    ]


async def one_by_one(connection: Connection, one: Consultation) -> None:
    """Whoever else adds a statement here waits until this transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"consultation:{one.id}")


async def authored(db: Runner, one: Consultation, author: bytes) -> list[int]:
    """The numbers of what somebody said."""
    rows = await db.fetch(
        "SELECT number FROM consultation_statement WHERE region = $1 AND consultation = $2 AND author = $3"
        " ORDER BY number",
        one.region,
        one.id,
        author,
    )
    return [row["number"] for row in rows]


async def add_statement(connection: Connection, one: Consultation, author: bytes, words: str, day: date) -> int:
    """Its number. Where two may come at once, `one_by_one` comes first."""
    return await connection.fetchval(
        "INSERT INTO consultation_statement (region, consultation, number, author, words, said_on)"
        " SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5 FROM consultation_statement"
        " WHERE region = $1 AND consultation = $2 RETURNING number",
        one.region,
        one.id,
        author,
        words,
        day,
    )


async def moderate(connection: Connection, one: Consultation, number: int, act: Moderated, seq: int) -> bool:
    """Add one act after `seq` others; False if somebody else was first."""
    done = await connection.execute(
        "INSERT INTO consultation_moderation"
        " (region, consultation, number, seq, act, ground, words, official, post, on_day)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        one.region,
        one.id,
        number,
        seq,
        act.act,
        act.ground,
        act.words,
        act.official,
        act.post,
        act.on_day,
    )
    return done != "INSERT 0 0"


async def ballot(db: Runner, one: Consultation, voter: bytes, *, lock: bool = False) -> str | None:
    """The sealed votes of one voter."""
    return await db.fetchval(
        "SELECT votes FROM consultation_ballot WHERE region = $1 AND consultation = $2 AND voter = $3"  # noqa: S608 -- columns are constants
        + (" FOR UPDATE" if lock else ""),
        one.region,
        one.id,
        voter,
    )


async def begin_ballot(connection: Connection, one: Consultation, voter: bytes, votes: str) -> None:
    """An empty one, unless there is one."""
    await connection.execute(
        "INSERT INTO consultation_ballot (region, consultation, voter, votes) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING",
        one.region,
        one.id,
        voter,
        votes,
    )


async def keep_ballot(connection: Connection, one: Consultation, voter: bytes, votes: str) -> None:
    """The votes as they are now."""
    await connection.execute(
        "UPDATE consultation_ballot SET votes = $4, counted = false"
        " WHERE region = $1 AND consultation = $2 AND voter = $3",
        one.region,
        one.id,
        voter,
        votes,
    )


async def add_ballots(db: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Many at once, of a demonstration: region, consultation, voter, sealed votes."""
    await db.executemany(
        "INSERT INTO consultation_ballot (region, consultation, voter, votes) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING",
        rows,
    )


async def ballots(db: Runner, one: Consultation, held_back: int = 0) -> list[tuple[bytes, str]]:
    """Every sealed ballot but so many that are not counted yet, in the order of the keyed names, which says nothing."""
    rows = await db.fetch(
        "SELECT voter, votes FROM consultation_ballot WHERE region = $1 AND consultation = $2 AND voter NOT IN"
        " (SELECT voter FROM consultation_ballot WHERE region = $1 AND consultation = $2 AND NOT counted"
        " ORDER BY voter LIMIT $3) ORDER BY voter",
        one.region,
        one.id,
        held_back,
    )
    return [(row["voter"], row["votes"]) for row in rows]


async def uncounted(db: Runner, one: Consultation) -> int:
    """Ballots that are new or changed since they were last counted."""
    return await db.fetchval(
        "SELECT count(*) FROM consultation_ballot WHERE region = $1 AND consultation = $2 AND NOT counted",
        one.region,
        one.id,
    )


async def voters(db: Runner, one: Consultation) -> int:
    """Ballots there are."""
    return await db.fetchval(
        "SELECT count(*) FROM consultation_ballot WHERE region = $1 AND consultation = $2", one.region, one.id
    )


async def mark_counted(db: Runner, one: Consultation, seen: Sequence[tuple[bytes, str]]) -> None:
    """Those that are still as they were when counted."""
    await db.execute(
        "UPDATE consultation_ballot b SET counted = true FROM unnest($3::bytea[], $4::text[]) AS s (voter, votes)"
        " WHERE b.region = $1 AND b.consultation = $2 AND b.voter = s.voter AND b.votes = s.votes",
        one.region,
        one.id,
        [voter for voter, _ in seen],
        [votes for _, votes in seen],
    )
