"""All SQL of the register of projects."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from tongban.base.database import Connection, Database, Row
from tongban.oversight.registers.projects.model import Project

Runner = Database | Connection


class Figures(msgspec.Struct, frozen=True):
    """What lay before a reviewer: the greatest overlap (0 to 1) and with what, and the body's sharing record.

    `listed` entries of the list of data, `withheld` of them not shared, `late` answers it owes late; `above` entries of
    the same kind of body in the city and province, with which a county's data may lie.
    """

    overlap: float
    with_: str
    listed: int
    withheld: int
    late: int
    above: int = 0


class Review(msgspec.Struct, frozen=True):
    """A review from before reviews were cases."""

    outcome: Literal["support", "return"]
    reasons: str
    figures: Figures
    official: str
    post: str
    at: datetime


class Entered(msgspec.Struct, frozen=True):
    """A project of the register. `body` is empty where its name is none of ours."""

    region: str
    project: Project
    body: str
    entered_at: datetime
    reviews: tuple[Review, ...] = ()


async def enter(db: Connection, region: str, rows: Sequence[tuple[Project, str]], official: str, now: datetime) -> None:
    """New ones, and what a sheet says anew of old ones. With each its body, if it is one of ours."""
    await db.executemany(
        "INSERT INTO project (region, id, name, body, body_name, status, function, data, services, entered_by,"
        " entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (region, id) DO UPDATE SET"
        " name = excluded.name, body = excluded.body, body_name = excluded.body_name, status = excluded.status,"
        " function = excluded.function, data = excluded.data, services = excluded.services,"
        " entered_by = excluded.entered_by, entered_at = excluded.entered_at",
        [
            (region, one.id, one.name, body, one.body, one.status, one.function, list(one.data), list(one.services),
             official, now)
            for one, body in rows
        ],
    )  # fmt: skip


_PROJECT = "region, id, name, body, body_name, status, function, data, services, entered_at"


class Kept(msgspec.Struct, frozen=True):
    """A review of funding as it was kept at event `seq`; `now` is the last event of its case."""

    region: str
    project: str
    case_id: str
    asked_at: datetime
    seq: int
    kept: dict[str, Any] | None
    now: int


_KEPT = "f.region, f.project, f.case_id, f.asked_at, f.seq, f.kept, c.seq AS now"
_CASE = "JOIN case_row c USING (case_id)"


async def ask(db: Runner, region: str, project: str, case: str, now: datetime, before: int) -> bool:
    """Note the case in which funding is reviewed; again is harmless. False if there are more reviews than the `before`
    that were looked at: two who ask at once wait for each other here."""
    await db.execute("SELECT FROM project WHERE region = $1 AND id = $2 FOR UPDATE", region, project)
    there = await db.fetchrow(
        "SELECT count(*)::int AS n FROM project_funding WHERE region = $1 AND project = $2 AND case_id <> $3",
        region,
        project,
        case,
    )
    if there is None or there["n"] > before:
        return False
    await db.execute(
        "INSERT INTO project_funding (region, project, case_id, asked_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING",
        region,
        project,
        case,
        now,
    )
    return True


async def fundings(db: Runner, projects: Sequence[tuple[str, str]]) -> list[Kept]:
    """The reviews of these projects (region, number), the latest first."""
    rows = await db.fetch(
        f"SELECT {_KEPT} FROM project_funding f {_CASE} WHERE (f.region, f.project) IN"
        " (SELECT * FROM unnest($1::text[], $2::text[])) ORDER BY f.asked_at DESC, f.case_id DESC",
        [region for region, _ in projects],
        [project for _, project in projects],
    )
    return [msgspec.convert(dict(row), Kept) for row in rows]


async def latest_fundings(db: Runner, after: tuple[datetime, str] | None, limit: int) -> list[Kept]:
    """All of them, the latest first."""
    rows = await db.fetch(
        f"SELECT {_KEPT} FROM project_funding f {_CASE} WHERE $1::timestamptz IS NULL OR (f.asked_at, f.case_id)"
        " < ($1, $2) ORDER BY f.asked_at DESC, f.case_id DESC LIMIT $3",
        *(after or (None, "")),
        limit,
    )
    return [msgspec.convert(dict(row), Kept) for row in rows]


async def keep(db: Runner, one: Kept, seq: int, told: dict[str, Any]) -> None:
    """Keep a review as it stands; the same event again replaces what an earlier version of the program kept of it."""
    await db.execute(
        "UPDATE project_funding SET seq = $4, kept = $5 WHERE region = $1 AND project = $2 AND case_id = $3"
        " AND seq <= $4",
        one.region,
        one.project,
        one.case_id,
        seq,
        told,
    )


async def of_body(db: Runner, body: str) -> list[Entered]:
    """The projects of one body in whichever register, by their numbers."""
    rows = await db.fetch(f"SELECT {_PROJECT} FROM project WHERE body = $1 ORDER BY region, id", body)
    return [_entered(row, ()) for row in rows]


async def entered(db: Runner, region: str) -> list[Entered]:
    """Every project of a region, with its reviews, in the order of their numbers."""
    rows = await db.fetch(f"SELECT {_PROJECT} FROM project WHERE region = $1 ORDER BY id", region)
    reviews = await db.fetch(
        "SELECT project, outcome, reasons, figures, official, post, at FROM project_review WHERE region = $1"
        " ORDER BY project, seq",
        region,
    )
    told: dict[str, list[Review]] = {}
    for row in reviews:
        figures = msgspec.convert(row["figures"], Figures)
        told.setdefault(row["project"], []).append(
            Review(row["outcome"], row["reasons"], figures, row["official"], row["post"], row["at"])
        )
    return [_entered(row, tuple(told.get(row["id"], ()))) for row in rows]


def _entered(row: Row, reviews: tuple[Review, ...]) -> Entered:
    project = Project(
        row["id"], row["name"], row["body_name"], row["status"], row["function"], tuple(row["data"]),
        tuple(row["services"]),
    )  # fmt: skip
    return Entered(row["region"], project, row["body"], row["entered_at"], reviews)
