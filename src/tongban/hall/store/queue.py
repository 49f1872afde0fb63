"""Queue numbers."""

from datetime import date, datetime

import msgspec

from tongban.base.database import Connection, Database


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """One queue number of one day."""

    region: str
    hall: str
    day: date
    number: int
    priority: str
    token: str
    taken_at: datetime
    since: datetime
    called_at: datetime | None
    calls: int
    counter: str
    ended_at: datetime | None
    outcome: str | None
    meant: str
    """The window it was passed on to; empty: any."""
    meant_until: datetime | None


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A number as a visit: whom it was for, if they were logged in when they took it, and who served it."""

    region: str
    hall: str
    person: str
    official: str
    called_at: datetime | None
    ended_at: datetime | None
    outcome: str | None


_COLUMNS = (
    "region, hall, day, number, priority, token, taken_at, since, called_at, calls, counter, ended_at, outcome, meant,"
    " meant_until"
)
_ORDER = "(priority IN ('elderly', 'disabled', 'soldier')) DESC, since, number"


def _of(row: object) -> Ticket:
    return msgspec.convert(dict(row), Ticket)  # type: ignore[call-overload]


async def take(
    connection: Connection,
    *,
    region: str,
    hall: str,
    day: date,
    priority: str,
    person: str,
    token: str,
    now: datetime,
    since: datetime,
) -> int:
    """The next number of the day: no two people have the same, however many ask at once."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 42))", f"{hall} {day}")
    number: int = await connection.fetchval(
        "INSERT INTO ticket (region, hall, day, number, priority, person, token, taken_at, since)"
        " SELECT $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8 FROM ticket"
        " WHERE region = $1 AND hall = $2 AND day = $3 RETURNING number",
        region,
        hall,
        day,
        priority,
        person,
        token,
        now,
        since,
    )
    return number


async def call_next(
    db: Database, *, region: str, hall: str, day: date, counter: str, official: str, now: datetime
) -> Ticket | None:
    """Whoever is next in order for a window; nobody is called to two. Who is meant for another one is left to it until
    their time there is over."""
    row = await db.fetchrow(
        "UPDATE ticket SET called_at = $5, calls = 1, counter = $4, official = $6"  # noqa: S608 -- our order
        " WHERE (region, hall, day, number) = (SELECT region, hall, day, number FROM ticket"
        " WHERE region = $1 AND hall = $2 AND day = $3 AND called_at IS NULL AND since <= $5"
        " AND (meant IN ('', $4) OR meant_until <= $5)"
        f" ORDER BY {_ORDER} LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING {_COLUMNS}",
        region,
        hall,
        day,
        counter,
        now,
        official,
    )
    return None if row is None else _of(row)


async def at_window(db: Database, region: str, hall: str, day: date, counter: str) -> Ticket | None:
    """Whoever was called to a window and is not done."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM ticket WHERE region = $1 AND hall = $2 AND day = $3"  # noqa: S608 -- our columns
        " AND counter = $4 AND called_at IS NOT NULL AND ended_at IS NULL ORDER BY called_at DESC LIMIT 1",
        region,
        hall,
        day,
        counter,
    )
    return None if row is None else _of(row)


async def again(db: Database, one: Ticket) -> None:
    """Called once more."""
    await db.execute(
        "UPDATE ticket SET calls = calls + 1 WHERE region = $1 AND hall = $2 AND day = $3 AND number = $4"
        " AND ended_at IS NULL",
        one.region,
        one.hall,
        one.day,
        one.number,
    )


async def end(db: Database, one: Ticket, outcome: str, now: datetime) -> None:
    """Served, or did not come."""
    await db.execute(
        "UPDATE ticket SET ended_at = $6, outcome = $5 WHERE region = $1 AND hall = $2 AND day = $3 AND number = $4"
        " AND ended_at IS NULL",
        one.region,
        one.hall,
        one.day,
        one.number,
        outcome,
        now,
    )


async def put_back(db: Database, one: Ticket, meant: str, until: datetime | None) -> None:
    """To another window, or to any: it keeps its place, and is first in line for whoever may call it next."""
    await db.execute(
        "UPDATE ticket SET called_at = NULL, counter = '', official = '', meant = $5, meant_until = $6"
        " WHERE region = $1 AND hall = $2 AND day = $3 AND number = $4 AND ended_at IS NULL",
        one.region,
        one.hall,
        one.day,
        one.number,
        meant,
        until,
    )


async def by_token(db: Database, token: str) -> Ticket | None:
    """A number by what stands on its slip."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM ticket WHERE token = $1", token)  # noqa: S608 -- our columns
    return None if row is None else _of(row)


async def visit(db: Database, token: str) -> Visit | None:
    """Whom a number was for and who served it, by what stands on its slip."""
    columns = "region, hall, person, official, called_at, ended_at, outcome"
    row = await db.fetchrow(f"SELECT {columns} FROM ticket WHERE token = $1", token)  # noqa: S608 -- our columns
    return None if row is None else msgspec.convert(dict(row), Visit)


async def ahead_of(db: Database, one: Ticket) -> int:
    """How many are called before it, as things stand."""
    first = one.priority in ("elderly", "disabled", "soldier")
    count: int = await db.fetchval(
        "SELECT count(*) FROM ticket WHERE region = $1 AND hall = $2 AND day = $3 AND called_at IS NULL"
        " AND number <> $4 AND ((priority IN ('elderly', 'disabled', 'soldier')) > $5"
        " OR ((priority IN ('elderly', 'disabled', 'soldier')) = $5 AND (since, number) < ($6, $4)))",
        one.region,
        one.hall,
        one.day,
        one.number,
        first,
        one.since,
    )
    return count


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """What a hall shows: numbers, and nobody."""

    called: tuple[tuple[int, str, int], ...]
    """Number, window, times called; the latest first."""
    waiting: int
    windows: int
    """Windows that have called within half an hour."""
    meant: dict[str, int]
    """How many wait for one window alone."""
    minutes: tuple[float, ...]
    """How long the last people took."""


async def board(db: Database, region: str, hall: str, day: date, now: datetime, last: int) -> Board:
    """In one query."""
    row = await db.fetchrow(
        "WITH today AS (SELECT * FROM ticket WHERE region = $1 AND hall = $2 AND day = $3)"
        " SELECT (SELECT count(*) FROM today WHERE called_at IS NULL) AS waiting,"
        " (SELECT count(DISTINCT counter) FROM today"
        " WHERE called_at > $4::timestamptz - interval '30 minutes') AS open,"
        " ARRAY(SELECT (extract(epoch FROM ended_at - called_at) / 60)::float8 FROM today"
        " WHERE outcome = 'served' ORDER BY ended_at DESC LIMIT $5) AS minutes,"
        " (SELECT coalesce(jsonb_agg(jsonb_build_array(number, counter, calls) ORDER BY called_at DESC), '[]')"
        " FROM today WHERE called_at IS NOT NULL AND ended_at IS NULL) AS called,"
        " (SELECT coalesce(jsonb_object_agg(meant, n), '{}') FROM (SELECT meant, count(*) AS n FROM today"
        " WHERE called_at IS NULL AND meant <> '' AND meant_until > $4 GROUP BY meant) AS m) AS meant",
        region,
        hall,
        day,
        now,
        last,
    )
    if row is None:
        raise RuntimeError("a query over counts gives one row")
    return Board(
        called=msgspec.convert(row["called"], tuple[tuple[int, str, int], ...]),
        waiting=row["waiting"],
        windows=row["open"],
        meant=row["meant"],
        minutes=tuple(row["minutes"]),
    )


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one day, in counts."""

    day: date
    taken: int
    served: int
    no_show: int
    waited: float | None
    """Minutes until called, the median."""
    longest: float | None


async def days(db: Database, region: str, hall: str, since: date) -> tuple[Day, ...]:
    """Each day's figures, the latest first."""
    rows = await db.fetch(
        "SELECT day, count(*)::int AS taken, (count(*) FILTER (WHERE outcome = 'served'))::int AS served,"
        " (count(*) FILTER (WHERE outcome = 'no-show'))::int AS no_show,"
        " percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM called_at - since) / 60) AS waited,"
        " max(extract(epoch FROM called_at - since) / 60)::float8 AS longest"
        " FROM ticket WHERE region = $1 AND hall = $2 AND day >= $3 GROUP BY day ORDER BY day DESC",
        region,
        hall,
        since,
    )
    return tuple(msgspec.convert(dict(row), Day) for row in rows)
