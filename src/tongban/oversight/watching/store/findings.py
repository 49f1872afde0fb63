"""Findings about clocks, and what bodies answered to them in public."""

from collections.abc import Sequence
from datetime import date

import msgspec

from tongban.oversight.watching.model import Answer, Kept
from tongban.oversight.watching.store.turns import Runner


async def keep_findings(db: Runner, findings: Sequence[Kept]) -> None:
    """Keep what was found; the same finding found again the same day is the same."""
    await db.execute(
        "INSERT INTO clock_finding SELECT * FROM jsonb_to_recordset($1) AS r(region text, body text, id uuid,"
        " index text, service text, hits integer, cases integer, expected float8, chance float8, peers integer,"
        " behind text[], since date, until date) ON CONFLICT (body, index, service, until) DO NOTHING",
        [msgspec.to_builtins(one) for one in findings],
    )


async def findings(
    db: Runner, bodies: Sequence[str], zone: str, limit: int, after: tuple[float, str] | None = None
) -> list[Kept]:
    """What was found about these bodies when abuse was last looked for, the least likely first; those after this chance
    and number."""
    rows = await db.fetch(
        "SELECT region, body, id::text, index, service, hits, cases, expected, chance, peers, behind, since, until"
        " FROM clock_finding WHERE body = ANY($1::text[])"
        " AND until = (SELECT (at AT TIME ZONE $2)::date FROM watched_turn WHERE job = 'abuse')"
        " AND ($4::float8 IS NULL OR (chance, id) > ($4, $5::uuid)) ORDER BY chance, id LIMIT $3",
        list(bodies),
        zone,
        limit,
        *(after or (None, None)),
    )
    return [msgspec.convert(dict(row), Kept) for row in rows]


async def finding(db: Runner, bodies: Sequence[str], key: str) -> Kept | None:
    """One finding about one of these bodies."""
    rows = await db.fetch(
        "SELECT region, body, id::text, index, service, hits, cases, expected, chance, peers, behind, since, until"
        " FROM clock_finding WHERE body = ANY($1::text[]) AND id::text = $2",
        list(bodies),
        key,
    )
    return msgspec.convert(dict(rows[0]), Kept) if rows else None


async def keep_answer(db: Runner, one: Answer) -> None:
    """Publish an answer; the last one of a case stands."""
    await db.execute(
        "INSERT INTO public_answer SELECT * FROM jsonb_to_recordset($1) AS r(region text, case_id text, body text,"
        " index text, service text, finding text, outcome text, answer text, opened date, ended date)"
        " ON CONFLICT (region, case_id) DO UPDATE SET outcome = EXCLUDED.outcome, answer = EXCLUDED.answer,"
        " ended = EXCLUDED.ended",
        [msgspec.to_builtins(one)],
    )


_ANSWER = "SELECT region, case_id, body, index, service, finding, outcome, answer, opened, ended FROM public_answer"


async def answers(db: Runner, limit: int, after: tuple[date, str] | None = None) -> list[Answer]:
    """Published answers, the latest first; those after this day and case."""
    rows = await db.fetch(
        _ANSWER + " WHERE $2::date IS NULL OR (ended, case_id) < ($2, $3) ORDER BY ended DESC, case_id DESC LIMIT $1",
        limit,
        *(after or (None, "")),
    )
    return [msgspec.convert(dict(row), Answer) for row in rows]


async def answers_of(db: Runner, bodies: Sequence[str], since: date) -> list[Answer]:
    """What these bodies answered to findings since a day, the latest first. A finding is found anew every day that it
    lasts, under another number: what an answer belongs to is told by body, index and service."""
    rows = await db.fetch(
        _ANSWER + " WHERE body = ANY($1::text[]) AND index <> '' AND ended >= $2 ORDER BY ended DESC, case_id DESC",
        list(bodies),
        since,
    )
    return [msgspec.convert(dict(row), Answer) for row in rows]
