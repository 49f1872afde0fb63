"""Runs over a population: a policy compared with many people's records at once, which shows nobody to anybody.

One record a run and resource, with how many, what for, by which law and who started it; each person sees every run, for
no list of who was in it is made (decision 010). Source: 政务数据共享条例 29, 个人信息保护法 44.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.base.page import Page, cursor, read_cursor
from tongban.sharing.access import store
from tongban.sharing.access.record import kept_until, window
from tongban.sharing.model import Reader

_EVERYWHERE = "000000"


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `resources` are what was read, by name; `people` how many, `found` how many it led to (None: a trial, of
    which only figures of groups are seen)."""

    at: datetime
    kind: Literal["offers", "trial"]
    policy: str
    name: Text
    purpose: str
    law: Text
    resources: Mapping[str, Text]
    reader: Reader
    as_of: date
    people: int
    found: int | None = None

    def __post_init__(self) -> None:
        lacking = (
            "policy" if not self.policy
            else "purpose" if not self.purpose
            else "law" if not (self.law.zh and self.law.en)
            else "reader" if not self.reader.id
            else "resources" if not self.resources
            else ""
        )  # fmt: skip
        if lacking:
            raise refuse(
                "access-without-basis",
                "没有写明谁、为哪项政策、凭什么、读哪些数据，不能比对名册。",
                "No population is compared without saying who, for which policy, by which law and with which data.",
                place=lacking,
                law="个人信息保护法 6、34",
                status=403,
            )


async def record_run(db: store.Runner, run: Run) -> None:
    """Write it; the same run again within half an hour is already there."""
    parts = (run.kind, run.policy, str(run.as_of), run.reader.id, str(run.people), str(window(run.at)))
    once = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    key = str(uuid7())
    await store.add_run(
        db,
        [
            {
                "region": _EVERYWHERE,
                "at": run.at,
                "id": key,
                "resource": resource,
                "label": msgspec.to_builtins(label),
                "kind": run.kind,
                "policy": run.policy,
                "name": msgspec.to_builtins(run.name),
                "purpose": run.purpose,
                "law": msgspec.to_builtins(run.law),
                "reader": msgspec.to_builtins(run.reader),
                "body": run.reader.body,
                "post": run.reader.post,
                "as_of": run.as_of.isoformat(),
                "people": run.people,
                "found": run.found,
                "once": once,
                "kept_until": kept_until(run.at).isoformat(),
            }
            for resource, label in run.resources.items()
        ],
    )


async def runs(db: store.Runner, after: str | None, limit: int) -> Page[Run]:
    """Every run, latest first. Raises Refused (`bad-cursor`, 400)."""
    place = read_cursor(after, tuple[datetime, UUID]) if after else None
    rows = await store.runs(db, place, limit + 1)
    following = cursor(rows[limit - 1]["at"], rows[limit - 1]["id"]) if len(rows) > limit else None
    return Page(tuple(msgspec.convert(dict(row), Run) for row in rows[:limit]), following)
