"""All SQL of the register of projects."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from tongban.base.database import Connection, Database
from tongban.oversight.registers.projects.model import Project

Runner = Database | Connection


class Figures(msgspec.Struct, frozen=True):
    """What lay before a reviewer: the greatest overlap (0 to 1) and with what, and the body's sharing record.

    `listed` entries of the list of data, `withheld` of them not shared, `late` answers it owes late.
    """

    overlap: float
    with_: str
    listed: int
    withheld: int
    late: int


class Review(msgspec.Struct, frozen=True):
    """One review of funding."""

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


async def entered(db: Runner, region: str) -> list[Entered]:
    """Every project of a region, with its reviews, in the order of their numbers."""
    rows = await db.fetch(
        "SELECT region, id, name, body, body_name, status, function, data, services, entered_at FROM project"
        " WHERE region = $1 ORDER BY id",
        region,
    )
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
    return [
        Entered(
            row["region"],
            Project(
                row["id"], row["name"], row["body_name"], row["status"], row["function"], tuple(row["data"]),
                tuple(row["services"]),
            ),
            row["body"],
            row["entered_at"],
            tuple(told.get(row["id"], ())),
        )
        for row in rows
    ]  # fmt: skip


async def review(db: Runner, region: str, project: str, one: Review, after: int) -> bool:
    """Add a review after `after` others; False if somebody was first."""
    done = await db.execute(
        "INSERT INTO project_review (region, project, seq, outcome, reasons, figures, official, post, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        region,
        project,
        after + 1,
        one.outcome,
        one.reasons,
        msgspec.to_builtins(one.figures),
        one.official,
        one.post,
        one.at,
    )
    return done != "INSERT 0 0"
