"""超期预警: which of the cases that wait at a desk may be late, going by how earlier ones of their service went.

A hint for whoever plans the day. It changes no date, moves no case and tells no applicant; the order of the queue is by
due date, with or without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec

from tongban.assist.forecast.demonstration import ended
from tongban.assist.forecast.overdue import Past, Risk, risk
from tongban.assist.gate import Gate
from tongban.assist.model import Abstain, Evidence, Proposed, Suggestion
from tongban.assist.records import Asked
from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.cases import CaseRow
from tongban.cases.store import counts
from tongban.org import Actor, Directory

USE = "overdue-risk"
LATEST = 2_000
"""Of each service so many decided cases, the latest, are counted."""


class AtRisk(msgspec.Struct, frozen=True, kw_only=True):
    """An open case, what share of its time is gone, and how cases like it went. `invented`: the demonstration's."""

    case: str
    service: str
    legal_at: datetime
    used: float
    risk: Risk
    invented: bool


class EarlyWarning:
    """Compares open cases with decided ones by service, term and time used; knows nothing of who applied."""

    def __init__(self, db: Database, gate: Gate, directory: Directory, clock: Clock) -> None:
        self._db = db
        self._gate = gate
        self._directory = directory
        self._clock = clock

    async def at_risk(
        self, actor: Actor, rows: Sequence[CaseRow], *, demo: bool
    ) -> Suggestion[tuple[AtRisk, ...]] | Abstain:
        """Of these cases, which the caller may see, those that can be compared, the likeliest to be late first.

        A case is left out whose clock stands still or has run out, which has fewer than thirty like it, or whose
        applicant wants to be handled by people only.
        """
        now = self._clock()
        clocked = [(row, used) for row in rows if (used := _used(row, now)) is not None]
        past = await self._past({row.service for row, _ in clocked})
        body = self._directory.body(actor.body)
        asked = Asked(
            use=USE,
            region=body.region,
            post=actor.post,
            inputs=msgspec.json.encode(sorted((row.service, round(used, 3)) for row, used in clocked)),
        )

        def run() -> Proposed[tuple[AtRisk, ...]] | None:
            compared = (_compared(row, used, past, demo=demo) for row, used in clocked)
            found = sorted((one for one in compared if one), key=lambda one: (-one.risk.share, one.legal_at, one.case))
            if not found:
                return None
            return Proposed(
                value=tuple(found),
                text=Text("照同类办件的经过，这些可能超期。", "Going by cases like them these may be late."),
                evidence=tuple(
                    Evidence(
                        source=f"record:cases.time-used#{one.service}", quote=f"{one.risk.late}/{one.risk.similar}"
                    )
                    for one in found
                ),
                confidence=0.8,
            )

        return self._gate.consult_pure(asked, run)

    async def _past(self, services: set[str]) -> dict[tuple[str, str], list[Past]]:
        past: dict[tuple[str, str], list[Past]] = defaultdict(list)
        for one in await counts.time_used(self._db, sorted(services), LATEST):
            past[one.service, one.term].append(Past(one.service, one.body, one.used))
        return past


def _used(row: CaseRow, now: datetime) -> float | None:
    """The share of its statutory time that is gone; None where no clock runs that could still be kept."""
    if row.legal_at is None or row.term_at is None or "people-only" in row.labels:
        return None
    if not row.term_at <= now <= row.legal_at or row.legal_at == row.term_at:
        return None
    return (now - row.term_at) / (row.legal_at - row.term_at)


def _compared(row: CaseRow, used: float, past: dict[tuple[str, str], list[Past]], *, demo: bool) -> AtRisk | None:
    found, invented = risk(past.get((row.service, row.term), ()), row.service, row.body, used), False
    if found is None and demo and row.term == "decide":
        found, invented = risk(ended(row.service, row.body), row.service, row.body, used), True
    if found is None or row.legal_at is None:
        return None
    return AtRisk(
        case=row.case_id, service=row.service, legal_at=row.legal_at, used=used, risk=found, invented=invented
    )
