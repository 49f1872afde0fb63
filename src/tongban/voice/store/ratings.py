"""Ratings in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from tongban.base.database import Connection, Database, Row
from tongban.voice.ratings.model import Comment, Rating, Tally
from tongban.voice.store.sealed import RATING

_RATING = (
    "SELECT region, id, subject, kind, body, service, version, name, channel, level, tags, said, at, changed_at,"
    " case_id, person, handlers, cure, cure_end, counts, comment, shown, reply FROM rating"
)


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What counts and is no event of a case, as the indicators read it (`oversight.facts`)."""

    kind: str
    id: str
    case_id: str
    region: str
    body: str
    service: str
    channel: str
    at: datetime
    value: int
    code: str


async def add(db: Database, one: Rating) -> bool:
    """Keep a new rating, what was said sealed. False where the same thing was rated already."""
    key = await db.sealer.person(db, one.person or f"rating:{one.id}")
    done = await db.execute(
        "INSERT INTO rating (region, id, subject, kind, body, service, version, name, channel, level, tags, said, at,"
        " case_id, person, handlers, comment)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING",
        one.region,
        one.id,
        one.subject,
        one.kind,
        one.body,
        one.service,
        one.version,
        msgspec.to_builtins(one.name),
        one.channel,
        one.level,
        list(one.tags),
        key.seal_text(RATING.place("said", (one.region, one.id)), one.said) if one.said else "",
        one.at,
        one.case_id,
        one.person,
        list(one.handlers),
        one.comment,
    )
    return done.endswith(" 1")


async def change(db: Database, one: Rating, now: datetime) -> bool:
    """Put another level, other tags and words in its place, once, before anybody has looked at it."""
    key = await db.sealer.person(db, one.person or f"rating:{one.id}")
    done = await db.execute(
        "UPDATE rating SET level = $3, tags = $4, said = $5, comment = $6, changed_at = $7"
        " WHERE region = $1 AND id = $2 AND changed_at IS NULL AND cure = '' AND comment IN ('none', 'waiting')",
        one.region,
        one.id,
        one.level,
        list(one.tags),
        key.seal_text(RATING.place("said", (one.region, one.id)), one.said) if one.said else "",
        one.comment,
        now,
    )
    return done.endswith(" 1")


async def of_subject(db: Database, region: str, subject: bytes) -> Rating | None:
    """The rating of one thing."""
    return await _one(db, await db.fetch(_RATING + " WHERE region = $1 AND subject = $2", region, subject))


async def one(db: Database, region: str, rating: str) -> Rating | None:
    """A rating by its number."""
    return await _one(db, await db.fetch(_RATING + " WHERE region = $1 AND id = $2", region, rating))


async def of_body(db: Database, body: str, after: tuple[datetime, str] | None, limit: int) -> list[Rating]:
    """What a body was rated, the latest first; without what was said."""
    at, id_ = after or (None, None)
    rows = await db.fetch(
        _RATING + " WHERE body = $1 AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3))"
        " ORDER BY at DESC, id DESC LIMIT $4",
        body,
        at,
        id_,
        limit,
    )
    return [_rating(row, "") for row in rows]


async def to_cure(db: Database, before: datetime, most: int) -> list[Rating]:
    """Bad ones that can no longer be changed and have no case yet, the oldest first."""
    rows = await db.fetch(
        _RATING + " WHERE level <= 2 AND cure = '' AND (at <= $1 OR changed_at IS NOT NULL) ORDER BY at LIMIT $2",
        before,
        most,
    )
    return await _opened(db, rows)


async def cured_by(db: Database, one: Rating, case: str) -> None:
    """Note the case that puts a bad one right."""
    await db.execute(
        "UPDATE rating SET cure = $3 WHERE region = $1 AND id = $2 AND cure = ''", one.region, one.id, case
    )


async def in_cure(db: Database, most: int) -> list[tuple[str, str, str]]:
    """(region, rating, case) of those whose case has ended, or ended otherwise, since it was last looked at."""
    rows = await db.fetch(
        "SELECT r.region, r.id, r.cure FROM rating r JOIN case_row c ON c.region = r.region AND c.case_id = r.cure"
        " WHERE r.cure <> '' AND NOT c.open AND c.state <> r.cure_end LIMIT $1",
        most,
    )
    return [(row["region"], row["id"], row["cure"]) for row in rows]


async def cure_ended(db: Database, region: str, rating: str, end: str, at: datetime, *, counts: bool) -> None:
    """Note how the case ended, and whether the rating counts."""
    await db.execute(
        "UPDATE rating SET cure_end = $3, counts = $4, ended_at = $5 WHERE region = $1 AND id = $2",
        region,
        rating,
        end,
        counts,
        at,
    )


# --- what was said, in public ----------------------------------------------------------------------------------------


async def to_clear(
    db: Database, regions: Sequence[str], after: tuple[datetime, str] | None, limit: int
) -> list[Rating]:
    """Those with words that nobody has looked at yet, the oldest first, in these regions."""
    rows = await db.fetch(
        _RATING + " WHERE comment = 'waiting' AND region = ANY($1::text[])"
        " AND ($2::timestamptz IS NULL OR (at, id) > ($2, $3)) ORDER BY at, id LIMIT $4",
        list(regions),
        *(after or (None, None)),
        limit,
    )
    return await _opened(db, rows)


async def cleared(db: Database, one: Rating, comment: Comment, shown: str, by: str) -> bool:
    """Note what may be read in public of what was said. False where somebody else has decided it."""
    done = await db.execute(
        "UPDATE rating SET comment = $3, shown = $4, cleared_by = $5 WHERE region = $1 AND id = $2"
        " AND comment = 'waiting'",
        one.region,
        one.id,
        comment,
        shown,
        by,
    )
    return done.endswith(" 1")


async def reply(db: Database, region: str, rating: str, body: str, said: str, by: str) -> bool:
    """A body answers in public, once, what is shown of a rating of it."""
    done = await db.execute(
        "UPDATE rating SET reply = $4, replied_by = $5 WHERE region = $1 AND id = $2 AND body = $3"
        " AND comment = 'shown' AND reply = ''",
        region,
        rating,
        body,
        said,
        by,
    )
    return done.endswith(" 1")


async def shown(db: Database, body: str, after: tuple[datetime, str] | None, limit: int) -> list[Rating]:
    """What anybody may read, of all bodies (empty) or of one, the latest first."""
    rows = await db.fetch(
        _RATING + " WHERE comment = 'shown' AND ($1 = '' OR body = $1)"
        " AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3)) ORDER BY at DESC, id DESC LIMIT $4",
        body,
        *(after or (None, None)),
        limit,
    )
    return [_rating(row, "") for row in rows]


async def tallies(db: Database, since: datetime, regions: Sequence[str], body: str = "") -> list[Tally]:
    """How each service of each body was rated since then, in these regions; those that do not count are left out."""
    rows = await db.fetch(
        "SELECT body, service, array_agg(n ORDER BY level) AS levels, sum(cured)::int AS cured, sum(open)::int AS open"
        "  FROM (SELECT b.body, b.service, l.level, count(r.id)::int AS n,"
        "               count(*) FILTER (WHERE r.cure_end <> '')::int AS cured,"
        "               count(*) FILTER (WHERE r.level <= 2 AND r.cure_end = '')::int AS open"
        "          FROM (SELECT DISTINCT body, service FROM rating WHERE at >= $1 AND region = ANY($2::text[])"
        "                 AND ($3 = '' OR body = $3)) b"
        "         CROSS JOIN generate_series(1, 5) l(level)"
        "          LEFT JOIN rating r ON r.body = b.body AND r.service = b.service AND r.level = l.level"
        "           AND r.at >= $1 AND r.counts AND r.region = ANY($2::text[])"
        "         GROUP BY b.body, b.service, l.level) x"
        " GROUP BY body, service ORDER BY body, service",
        since,
        list(regions),
        body,
    )
    return [msgspec.convert(dict(row), Tally) for row in rows]


Behind = Literal["all", "good", "bad", "open"]
_BEHIND: Mapping[Behind, str] = {
    "all": "true",
    "good": "level > 2",
    "bad": "level <= 2",
    "open": "(level <= 2 AND cure_end = '')",
}
"""The numbers of a tally, by what a rating must be to count in them."""


async def behind(
    db: Database,
    which: Behind,
    regions: Sequence[str],
    bodies: Sequence[str],
    service: str | None,
    since: datetime,
    before: tuple[datetime, str],
    limit: int,
) -> list[Rating]:
    """The ratings that a number of `tallies` counts, the latest first, without what was said; of one service (empty:
    of visits), or of all."""
    rows = await db.fetch(
        f"SELECT r.* FROM unnest($2::text[]) AS b(body) CROSS JOIN LATERAL ({_RATING} WHERE rating.body = b.body"  # noqa: S608 (names of our own)
        " AND region = ANY($1::text[]) AND counts AND ($3::text IS NULL OR service = $3) AND at >= $4"
        f" AND (at, id) < ($5, $6) AND {_BEHIND[which]} ORDER BY at DESC, id DESC LIMIT $7) r"
        " ORDER BY r.at DESC, r.id DESC LIMIT $7",
        list(regions),
        list(bodies),
        service,
        since,
        *before,
        limit,
    )
    return [_rating(row, "") for row in rows]


# --- for the indicators ----------------------------------------------------------------------------------------------

_CHANNEL = (
    "CASE channel WHEN 'window' THEN 'counter' WHEN 'kiosk' THEN 'counter' WHEN 'phone' THEN 'phone' ELSE 'online' END"
)


async def moments(db: Database | Connection, region: str, after: tuple[datetime, str], limit: int) -> list[Moment]:
    """Ratings of a region after a moment and an id, in their order: value 1 to 5, the first tag as their code."""
    rows = await db.fetch(
        f"SELECT 'rating' AS kind, id, case_id, region, body, service, {_CHANNEL} AS channel, at,"  # noqa: S608
        " level::int AS value, coalesce(tags[1], '') AS code FROM rating"
        " WHERE region = $1 AND (at, id) > ($2, $3) ORDER BY at, id LIMIT $4",
        region,
        *after,
        limit,
    )
    return [msgspec.convert(dict(row), Moment) for row in rows]


async def annulled(db: Database | Connection, region: str, after: tuple[datetime, str], limit: int) -> list[Moment]:
    """Ratings of a region that were set aside as mistaken, by when that was."""
    rows = await db.fetch(
        f"SELECT 'rating-annulled' AS kind, id, case_id, region, body, service, {_CHANNEL} AS channel,"  # noqa: S608
        " ended_at AS at, level::int AS value, coalesce(tags[1], '') AS code FROM rating"
        " WHERE region = $1 AND NOT counts AND (ended_at, id) > ($2, $3) ORDER BY ended_at, id LIMIT $4",
        region,
        *after,
        limit,
    )
    return [msgspec.convert(dict(row), Moment) for row in rows]


# --- inside ----------------------------------------------------------------------------------------------------------


async def _one(db: Database, rows: Sequence[Row]) -> Rating | None:
    return next(iter(await _opened(db, rows)), None)


async def _opened(db: Database, rows: Sequence[Row]) -> list[Rating]:
    ring = await db.sealer.ring(db, (row["said"] for row in rows))
    return [
        _rating(row, ring.shown(RATING.place("said", (row["region"], row["id"])), row["said"]) if row["said"] else "")
        for row in rows
    ]


def _rating(row: Row, said: str) -> Rating:
    return msgspec.convert(dict(row) | {"said": said}, Rating)
