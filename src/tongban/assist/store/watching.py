"""What watching reads of the gate's log, and its own tables. Every statement is for one region."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from tongban.assist.records import SUGGESTED
from tongban.assist.store.sealed import OWN_VIEW
from tongban.assist.watch.narrowing import Autonomy
from tongban.assist.watch.records import Answer, Call, CaseCall, Exercise, LevelChange, OfficialFound, Round
from tongban.base.database import Connection, Row
from tongban.base.ids import uuid7
from tongban.base.sealing import PersonKey

MOST = 20_000
"""Answers and case calls of one round at most, the newest: enough for any interval here."""

_BANDS = """
    SELECT CASE WHEN outcome = $4 THEN 'c' || least(floor(coalesce(confidence, 0) * 10), 9)::text ELSE outcome END
           AS band, count(*) AS n
      FROM assist_call WHERE use = $1 AND region = $2 AND at > $3 AND ($5 = '' OR version = $5) GROUP BY 1
    UNION ALL
    SELECT 'in.' || input_band, count(*)
      FROM assist_call WHERE use = $1 AND region = $2 AND at > $3 AND ($5 = '' OR version = $5)
       AND input_band IS NOT NULL GROUP BY 1
"""
_ANSWERS = """
    SELECT s.person, s.body, c.subject AS "case", s.outcome = 'accepted' AS accepted, s.seconds_shown AS seconds,
           c.characters, v.call IS NOT NULL AS own_view
      FROM assist_settled s
      JOIN assist_call c ON c.region = s.region AND c.id = s.call
      LEFT JOIN assist_own_view v ON v.region = s.region AND v.call = s.call AND v.person = s.person
     WHERE s.use = $1 AND s.region = $2 AND s.at > $3 AND s.post <> ''
     ORDER BY s.at DESC, s.call DESC LIMIT $4
"""
_CASE_CALLS = """
    SELECT c.subject AS "case", c.outcome = $4 AS selected,
           (SELECT bool_and(s.outcome = 'accepted') FROM assist_settled s
             WHERE s.region = c.region AND s.call = c.id AND s.post <> '') AS accepted
      FROM assist_call c
     WHERE c.use = $1 AND c.region = $2 AND c.at > $3 AND c.subject <> '' AND c.outcome <> ALL($5::text[])
     ORDER BY c.at DESC, c.id DESC LIMIT $6
"""


async def regions(connection: Connection, use: str, since: datetime) -> list[str]:
    """Where a use was called since a moment."""
    rows = await connection.fetch("SELECT DISTINCT region FROM assist_call WHERE use = $1 AND at >= $2", use, since)
    return sorted(row["region"] for row in rows)


async def bands(connection: Connection, use: str, region: str, since: datetime, version: str = "") -> dict[str, int]:
    """Calls by what came of them (`c0` to `c9` for suggestions by tenths of confidence, else the abstention's code) and
    by what was asked (`in.0` to `in.31`)."""
    rows = await connection.fetch(_BANDS, use, region, since, SUGGESTED, version)
    return {row["band"]: row["n"] for row in rows}


async def answers(connection: Connection, use: str, region: str, since: datetime) -> list[Answer]:
    """What officials did with suggestions, the oldest first."""
    rows = await connection.fetch(_ANSWERS, use, region, since, MOST)
    return [msgspec.convert(dict(row), Answer) for row in reversed(rows)]


async def case_calls(
    connection: Connection, use: str, region: str, since: datetime, without: Sequence[str]
) -> list[CaseCall]:
    """Calls about cases, except those that ended in one of these codes."""
    rows = await connection.fetch(_CASE_CALLS, use, region, since, SUGGESTED, list(without), MOST)
    return [msgspec.convert(dict(row), CaseCall) for row in rows]


Behind = Literal["calls", "suggested", "accepted", "declined"]
_CALLS = """
    SELECT c.id, c.at, c.subject AS "case", c.outcome, '' AS body FROM assist_call c
     WHERE c.use = $1 AND c.region = $2 AND c.at > $3 AND c.at <= $4 AND ($5 = 'calls' OR c.outcome = $6)
       AND (c.at, c.id) < ($7, $8) ORDER BY c.at DESC, c.id DESC LIMIT $9
"""
_SETTLED = """
    SELECT s.call AS id, s.at, c.subject AS "case", s.outcome, s.body FROM assist_settled s
      JOIN assist_call c ON c.region = s.region AND c.id = s.call
     WHERE s.use = $1 AND s.region = $2 AND s.at > $3 AND s.at <= $4 AND s.post <> '' AND s.outcome = $5
       AND (s.at, s.call) < ($6, $7) ORDER BY s.at DESC, s.call DESC LIMIT $8
"""


async def behind(
    connection: Connection, found: Round, which: Behind, before: tuple[datetime, str], limit: int
) -> list[Call]:
    """The calls, or officials' answers, that a number of a round counts, the latest first; nobody's name."""
    span = (found.use, found.region, found.since, found.at)
    if which in ("calls", "suggested"):
        rows = await connection.fetch(_CALLS, *span, which, SUGGESTED, *before, limit)
    else:
        rows = await connection.fetch(_SETTLED, *span, which, *before, limit)
    return [msgspec.convert(dict(row), Call) for row in rows]


# --- levels ------------------------------------------------------------------------------------------------------


async def change(connection: Connection, change: LevelChange) -> None:
    """Write one change of level."""
    await connection.execute(
        "INSERT INTO assist_level (region, use, id, at, level, kind, why, by_id, by_name, judged)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        change.region,
        change.use,
        change.id,
        change.at,
        change.level.value,
        change.kind,
        msgspec.to_builtins(change.why),
        change.by_id,
        change.by_name,
        None if change.judged is None else msgspec.to_builtins(change.judged),
    )


def new_id() -> str:
    """An id for a change of level; they sort by time."""
    return str(uuid7())


async def levels(connection: Connection) -> list[LevelChange]:
    """The newest change of each use and region."""
    rows = await connection.fetch("SELECT DISTINCT ON (use, region) * FROM assist_level ORDER BY use, region, id DESC")
    return [_change(row) for row in rows]


async def history(connection: Connection, use: str, region: str | None, limit: int) -> list[LevelChange]:
    """Changes of a use, newest first; of one region or of all."""
    rows = await connection.fetch(
        "SELECT * FROM assist_level WHERE use = $1 AND ($2::text IS NULL OR region = $2) ORDER BY id DESC LIMIT $3",
        use,
        region,
        limit,
    )
    return [_change(row) for row in rows]


async def without_case(connection: Connection) -> list[LevelChange]:
    """Narrowings whose supervision case is not open yet."""
    rows = await connection.fetch("SELECT * FROM assist_level WHERE kind = 'limit' AND case_id = '' ORDER BY id")
    return [_change(row) for row in rows]


async def opened(connection: Connection, change: LevelChange, case: str) -> None:
    """Note the case that a narrowing opened."""
    await connection.execute(
        "UPDATE assist_level SET case_id = $4 WHERE region = $1 AND use = $2 AND id = $3 AND case_id = ''",
        change.region,
        change.use,
        change.id,
        case,
    )


def _change(row: Row) -> LevelChange:
    return msgspec.convert(
        {**dict(row), "id": str(row["id"]), "level": Autonomy(row["level"])}, LevelChange, strict=False
    )


# --- officials' own views and exercises ----------------------------------------------------------------------------


async def note_view(
    connection: Connection, region: str, call: str, person: str, view: str, at: datetime, key: PersonKey
) -> None:
    """Keep what an official thought before they saw, sealed; the first note stays."""
    await connection.execute(
        "INSERT INTO assist_own_view (region, call, person, at, view) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING",
        region,
        call,
        person,
        at,
        key.seal_text(OWN_VIEW.place("view", (region, call, person)), view),
    )


async def viewed(connection: Connection, region: str, calls: Sequence[str], person: str) -> frozenset[str]:
    """Of these calls, those of which an official noted a view."""
    rows = await connection.fetch(
        "SELECT call FROM assist_own_view WHERE region = $1 AND call = ANY($2::text[]) AND person = $3",
        region,
        list(calls),
        person,
    )
    return frozenset(row["call"] for row in rows)


async def forget_views(connection: Connection, region: str) -> None:
    """Take away the words of views whose suggestion has been answered; that there was one stays."""
    await connection.execute(
        "UPDATE assist_own_view v SET view = '' FROM assist_settled s WHERE v.region = $1 AND v.view <> ''"
        " AND s.region = v.region AND s.call = v.call AND s.person = v.person",
        region,
    )


async def exercise(
    connection: Connection, region: str, person: str, body: str, use: str, item: str, at: datetime, answer: Exercise
) -> None:
    """Keep an answer in an exercise; the first one stays."""
    await connection.execute(
        "INSERT INTO assist_exercise (region, person, item, body, use, at, sound, accepted)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        region,
        person,
        item,
        body,
        use,
        at,
        answer.sound,
        answer.accepted,
    )


async def exercises_of(connection: Connection, region: str, person: str) -> dict[str, bool]:
    """Whether an official accepted, by exercise."""
    rows = await connection.fetch(
        "SELECT item, accepted FROM assist_exercise WHERE region = $1 AND person = $2", region, person
    )
    return {row["item"]: row["accepted"] for row in rows}


async def exercises(connection: Connection, use: str, region: str, since: datetime) -> list[Exercise]:
    """Answers in exercises about a use."""
    rows = await connection.fetch(
        "SELECT person, sound, accepted FROM assist_exercise WHERE use = $1 AND region = $2 AND at > $3 LIMIT $4",
        use,
        region,
        since,
        MOST,
    )
    return [msgspec.convert(dict(row), Exercise) for row in rows]


# --- known cases and drift ---------------------------------------------------------------------------------------


async def known(connection: Connection, use: str, region: str, version: str) -> tuple[date, int, int] | None:
    """The last run of known cases: day, wrong, size."""
    row = await connection.fetchrow(
        "SELECT day, wrong, size FROM assist_known WHERE region = $1 AND use = $2 AND version = $3"
        " ORDER BY day DESC LIMIT 1",
        region,
        use,
        version,
    )
    return None if row is None else (row["day"], row["wrong"], row["size"])


async def ran_known(
    connection: Connection, use: str, region: str, version: str, day: date, wrong: int, size: int
) -> None:
    """Keep a run of known cases; one a day."""
    await connection.execute(
        "INSERT INTO assist_known (region, use, version, day, wrong, size) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT DO NOTHING",
        region,
        use,
        version,
        day,
        wrong,
        size,
    )


async def reference(connection: Connection, use: str, region: str, version: str) -> dict[str, int] | None:
    """The first bands of a version; None before there are enough."""
    bands: dict[str, int] | None = await connection.fetchval(
        "SELECT bands FROM assist_reference WHERE region = $1 AND use = $2 AND version = $3", region, use, version
    )
    return bands


async def keep_reference(
    connection: Connection, use: str, region: str, version: str, bands: Mapping[str, int], until: datetime
) -> None:
    """Keep the first bands of a version."""
    await connection.execute(
        "INSERT INTO assist_reference (region, use, version, bands, until) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING",
        region,
        use,
        version,
        dict(bands),
        until,
    )


# --- rounds --------------------------------------------------------------------------------------------------------


async def begin(connection: Connection, use: str, region: str, before: datetime) -> bool:
    """Whether this process is to look now: nobody else is at it, and the last look was before a moment."""
    free = await connection.fetchval("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7))", f"{use} {region}")
    if not free:
        return False
    last = await connection.fetchval("SELECT at FROM assist_round WHERE region = $1 AND use = $2", region, use)
    return last is None or last < before


async def committed(connection: Connection, use: str, region: str) -> tuple[str, str] | None:
    """The last look at a use in a region as the public log has it (migration 0012): its key there, and what it says."""
    row = await connection.fetchrow(
        "SELECT concat_ws(':', region, use, to_jsonb(at) #>> '{}') AS key,"
        " jsonb_build_object('region', region, 'use', use, 'at', at, 'found', found)::text AS said"
        " FROM assist_round WHERE region = $1 AND use = $2",
        region,
        use,
    )
    return None if row is None else (row["key"], row["said"])


async def keep(connection: Connection, found: Round, officials: Sequence[OfficialFound]) -> None:
    """Keep what a round found, in place of the last one's."""
    await connection.execute(
        "INSERT INTO assist_round (region, use, at, found) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (region, use) DO UPDATE SET at = EXCLUDED.at, found = EXCLUDED.found",
        found.region,
        found.use,
        found.at,
        msgspec.to_builtins(found),
    )
    await connection.execute(
        "DELETE FROM assist_round_official WHERE region = $1 AND use = $2", found.region, found.use
    )
    await connection.executemany(
        "INSERT INTO assist_round_official (region, use, person, body, found) VALUES ($1, $2, $3, $4, $5)",
        [(found.region, found.use, one.person, one.body, msgspec.to_builtins(one)) for one in officials],
    )


async def rounds(connection: Connection, use: str | None = None) -> list[Round]:
    """What the last rounds found."""
    rows = await connection.fetch(
        "SELECT found FROM assist_round WHERE $1::text IS NULL OR use = $1 ORDER BY use, region", use
    )
    return [msgspec.convert(row["found"], Round) for row in rows]


async def officials(connection: Connection, use: str, bodies: Sequence[str]) -> list[OfficialFound]:
    """The officials of these bodies as the last rounds found them."""
    rows = await connection.fetch(
        "SELECT found FROM assist_round_official WHERE use = $1 AND body = ANY($2::text[]) ORDER BY body, person",
        use,
        list(bodies),
    )
    return [msgspec.convert(row["found"], OfficialFound) for row in rows]
