"""Putting entries together, once a minute at most however often they are read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tongban.assist.gate import EVERYWHERE, Gate
from tongban.assist.gate.reasons import WHY
from tongban.assist.public.entry import Entry, Figures, Objections, tens, turned
from tongban.assist.records import SUGGESTED
from tongban.assist.store import Store, figures
from tongban.assist.watch.public import Published
from tongban.base.clock import Clock
from tongban.base.errors import refuse
from tongban.catalog.use import Use

MONTHS = 3
"""Whole months that are told of, those before this one."""
FEWEST = 10
LOOKS_BACK = timedelta(days=125)
"""Days that are counted when nothing was: these months and what of this one is over."""
FRESH = timedelta(seconds=60)
TURNS = 20
"""Turns of the switch on a page, the latest."""

Watched = Callable[[str, str], Awaitable[Published]]
"""What `watch` publishes of a use (first) in a region (second, `000000` for all)."""
Asked = Callable[[str, str], Awaitable[Objections | None]]
"""What `account` publishes of requests for a human look at a use in a region."""


@dataclass(slots=True)
class PublicRegister:
    """The register of one process. `watched` and `objections` are filled in by the rooms that know them."""

    store: Store
    gate: Gate
    clock: Clock
    watched: Watched | None = None
    objections: Asked | None = None
    _kept: dict[tuple[str, str], tuple[datetime, Entry]] = field(
        default_factory=dict[tuple[str, str], tuple[datetime, Entry]]
    )

    def uses(self) -> tuple[Use, ...]:
        """Every use, whatever its status: what is over stays on record."""
        return self.gate.register.uses()

    async def entries(self, region: str = EVERYWHERE) -> tuple[Entry, ...]:
        """Every use with its figures."""
        return tuple([await self.entry(use.use, region) for use in self.uses()])

    async def entry(self, slug: str, region: str = EVERYWHERE) -> Entry:
        """One use. Raises Refused `unknown-use` (404)."""
        use = self.gate.register.use(slug)
        if use is None:
            raise refuse(
                "unknown-use",
                "登记里没有这个算法应用，请从算法公示页进入",
                "There is no such use in the register; please come from the list of algorithms",
                status=404,
            )
        now, stopped = self.clock(), self.gate.permits(slug, region)
        kept = self._kept.get((slug, region))
        if kept is not None and now - kept[0] < FRESH and kept[1].stopped == stopped:
            return kept[1]
        made = Entry(
            use=use,
            stopped=stopped,
            measured=self.gate.register.measured.get(slug),
            figures=await self._figures(slug, region, now),
            turned=tuple(turned(one) for one in await self.gate.turns(slug, TURNS)),
            watched=await self.watched(slug, region) if self.watched else Published(),
            objections=await self.objections(slug, region) if self.objections else None,
        )
        self._kept[slug, region] = now, made
        return made

    async def _figures(self, slug: str, region: str, now: datetime) -> Figures:
        since, until = months(now.date())
        async with self.store.acting() as connection:
            last = await figures.last_day(connection, [slug])
            live = min(max(since, last + timedelta(days=1)) if last else since, until)
            span = _begins(live, now), _begins(until, now)
            counts = await figures.counts(connection, slug, since, live, span, stem(region))
            pace = await figures.pace(connection, slug)
        said = {count.outcome: count.calls for count in counts}
        settled = {outcome: said.pop(outcome, 0) for outcome in ("accepted", "declined")}
        suggested = said.pop(SUGGESTED, 0)
        held = sorted(said.items(), key=lambda pair: (pair[0] not in WHY, -pair[1]))
        enough = suggested >= FEWEST
        return Figures(
            since=since,
            until=until,
            calls=tens(suggested + sum(said.values())),
            suggested=tens(suggested),
            abstained={code: told for code, n in held if (told := tens(n))},
            accepted=tens(settled["accepted"]),
            declined=tens(settled["declined"]),
            half_ms=_milliseconds(pace.half) if enough else None,
            most_ms=_milliseconds(pace.most) if enough else None,
            cost_yuan=round(sum(count.cost_micro for count in counts) / 1_000_000),
        )

    async def roll_up(self) -> None:
        """Count the days that have closed since last time, and the last two again for lines that came late."""
        now = self.clock()
        uses = [use.use for use in self.uses()]
        async with self.store.acting() as connection:
            last, first = await figures.last_day(connection, uses), await figures.first_call(connection, uses)
            if first is None:
                return
            day = first.astimezone(now.tzinfo).date() if last is None else last - timedelta(days=1)
            day = max(day, now.date() - LOOKS_BACK)
            while day < now.date():
                ends = _begins(day + timedelta(days=1), now)
                await figures.roll_up(connection, uses, day, _begins(day, now), ends)
                day += timedelta(days=1)


def months(today: date) -> tuple[date, date]:
    """The first day of the months that are told of, and the first after them: that of this month."""
    until = today.replace(day=1)
    since = until
    for _ in range(MONTHS):
        since = (since - timedelta(days=1)).replace(day=1)
    return since, until


def stem(region: str) -> str:
    """The beginning that the codes of a region and of all that lie in it share (GB/T 2260)."""
    if region == EVERYWHERE:
        return ""
    return region[:2] if region.endswith("0000") else region[:4] if region.endswith("00") else region


def _begins(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time.min, now.tzinfo)


def _milliseconds(microseconds: float | None) -> float | None:
    return None if microseconds is None else round(microseconds / 1000, 2)
