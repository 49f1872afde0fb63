"""Forecasts at the desk: what is likely to come to one's own body in the next weeks, and how many people that takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from tongban.assist.forecast.demonstration import WEEKS, weekly
from tongban.assist.forecast.series import SHORTEST, Forecast, forecast
from tongban.assist.forecast.staffing import Staffing, needed
from tongban.assist.gate import Gate
from tongban.assist.model import Abstain, Evidence, Proposed, Suggestion
from tongban.assist.records import Asked
from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.cases.store import counts
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor, Directory

USE = "demand-forecast"
MINUTES = 15.0
"""Handling time at the counter that a hint assumes until a body has measured its own."""
HALF_DAYS = 10


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """One service at one body: the last full week, the coming ones and the people for the busiest of them.

    `invented` says that the weeks are the demonstration's.
    """

    service: str
    last: int
    forecast: Forecast
    staffing: Staffing | None
    invented: bool


class Forecasting:
    """Reads counts, never cases, and only of the official's own body."""

    def __init__(self, db: Database, gate: Gate, catalogue: Catalogue, directory: Directory, clock: Clock) -> None:
        self._db = db
        self._gate = gate
        self._catalogue = catalogue
        self._directory = directory
        self._clock = clock

    async def demand(self, actor: Actor, zone: ZoneInfo, *, demo: bool) -> Suggestion[tuple[Demand, ...]] | Abstain:
        """What is likely to come to this official's body. Services with under half a year of weeks are left out; where
        none is left, a demonstration shows invented ones, which say so."""
        body = self._directory.body(actor.body)
        now = self._clock().astimezone(zone)
        monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
        since = monday - timedelta(weeks=WEEKS)
        found = await counts.arrivals(self._db, [body.id], since, monday, zone.key)
        series = _filled(found, since, zone)
        invented = demo and not series
        if invented:
            week = monday.isocalendar().week
            kinds = [one for one in self._catalogue.services() if one.authority.body == body.kind]
            series = {one.service: weekly(one.service, body.id, week) for one in kinds}
        asked = Asked(use=USE, region=body.region, post=actor.post, inputs=msgspec.json.encode(series))

        def run() -> Proposed[tuple[Demand, ...]] | None:
            made = tuple(_demand(service, weeks, invented) for service, weeks in sorted(series.items()))
            if not made:
                return None
            return Proposed(
                value=made,
                text=Text("今后四周大约来多少件。", "About how many cases the next four weeks bring."),
                evidence=tuple(
                    Evidence(source=f"record:cases.arrivals#{one.service}", quote=str(one.last)) for one in made
                ),
                confidence=0.8,
            )

        return self._gate.consult_pure(asked, run)


def _filled(found: Sequence[counts.Arrivals], since: datetime, zone: ZoneInfo) -> dict[str, list[float]]:
    """Every week from a service's first one on; a week without a row had none. Short series are left out."""
    weeks: dict[str, dict[int, int]] = defaultdict(dict)
    for one in found:
        weeks[one.service][(one.week.astimezone(zone).date() - since.date()).days // 7] = one.cases
    made = {service: [float(by.get(n, 0)) for n in range(min(by), WEEKS)] for service, by in weeks.items()}
    return {service: series for service, series in made.items() if len(series) >= SHORTEST}


def _demand(service: str, weeks: Sequence[float], invented: bool) -> Demand:
    made = forecast(weeks)
    most = max((point.high for point in made.points), default=0.0)
    return Demand(
        service=service,
        last=int(weeks[-1]),
        forecast=made,
        staffing=needed(most / HALF_DAYS, MINUTES) if made.shown else None,
        invented=invented,
    )
