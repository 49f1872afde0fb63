"""Figures of uses: closed days from their rows, the day that runs from the log."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from tongban.base.database import Connection

_ROLL_UP = """
    INSERT INTO assist_day (region, use, day, outcome, calls, cost_micro)
    SELECT region, use, $2::date, outcome, count(*), sum(cost_micro)::bigint
      FROM assist_call WHERE use = ANY($1::text[]) AND at >= $3 AND at < $4 GROUP BY region, use, outcome
    UNION ALL
    SELECT region, use, $2::date, outcome, count(*), 0
      FROM assist_settled WHERE use = ANY($1::text[]) AND at >= $3 AND at < $4 GROUP BY region, use, outcome
    ON CONFLICT (region, use, day, outcome) DO UPDATE
       SET calls = excluded.calls, cost_micro = excluded.cost_micro
"""
_COUNTS = """
    SELECT outcome, sum(calls)::bigint AS calls, sum(cost_micro)::bigint AS cost FROM (
        SELECT outcome, calls, cost_micro FROM assist_day
         WHERE use = $1 AND day >= $2 AND day < $3 AND region LIKE $5
        UNION ALL
        SELECT outcome, count(*), sum(cost_micro)::bigint FROM assist_call
         WHERE use = $1 AND at >= $4 AND at < $6 AND region LIKE $5 GROUP BY outcome
        UNION ALL
        SELECT outcome, count(*), 0 FROM assist_settled
         WHERE use = $1 AND at >= $4 AND at < $6 AND region LIKE $5 GROUP BY outcome
    ) counted GROUP BY outcome ORDER BY outcome
"""
_PACE = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took_us) AS half,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY took_us) AS most
      FROM (SELECT took_us FROM assist_call WHERE use = $1 AND outcome = 'suggested' ORDER BY at DESC LIMIT 1000) latest
"""


class Count(NamedTuple):
    """How often something happened and what it cost, in millionths of a yuan."""

    outcome: str
    calls: int
    cost_micro: int


class Pace(NamedTuple):
    """How long the latest thousand suggestions took, in microseconds; None where there is none."""

    half: float | None
    most: float | None


async def roll_up(connection: Connection, uses: Sequence[str], day: date, begins: datetime, ends: datetime) -> None:
    """Count a day, again if it was counted before."""
    await connection.execute(_ROLL_UP, list(uses), day, begins, ends)


async def last_day(connection: Connection, uses: Sequence[str]) -> date | None:
    """The last day that was counted."""
    found: date | None = await connection.fetchval(
        "SELECT max(day) FROM assist_day WHERE use = ANY($1::text[])", list(uses)
    )
    return found


async def first_call(connection: Connection, uses: Sequence[str]) -> datetime | None:
    """When the first of these uses was first called."""
    found: datetime | None = await connection.fetchval(
        "SELECT min(at) FROM assist_call WHERE use = ANY($1::text[])", list(uses)
    )
    return found


async def counts(
    connection: Connection, use: str, since: date, live_from: date, live: tuple[datetime, datetime], region: str
) -> list[Count]:
    """What came of a use from a day on: counted days before `live_from`, the log in the span from there
    on. `region` is a stem."""
    rows = await connection.fetch(_COUNTS, use, since, live_from, live[0], region + "%", live[1])
    return [Count(row["outcome"], row["calls"], row["cost"]) for row in rows]


async def pace(connection: Connection, use: str) -> Pace:
    """How long it takes."""
    row = await connection.fetchrow(_PACE, use)
    return Pace(None, None) if row is None else Pace(row["half"], row["most"])
