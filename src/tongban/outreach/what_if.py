"""What a change of a service would do to a population: who gains, who loses, what it costs. Nobody is listed.

The people are read once, in stretches, and judged by both services in one statement. Whoever draws the benefit already
is judged like everybody: it is they who could lose it. Who has not agreed to the use of their data is left out.

What is told gives nobody away. A region or band is shown only if each of its parts (entitled both ways, gaining,
losing) is of nobody or of a group that is large enough, and more are hidden until what is hidden together is large
enough too. Counts and sums are rounded as well: two trials that differ by a hair do not say what one person adds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tongban.base.errors import refuse
from tongban.catalog.model import Service
from tongban.catalog.policy import Policy
from tongban.outreach import one_by_one
from tongban.outreach.duck import Progress, named, quoted, session
from tongban.outreach.judged import amount_of, band_of, outputs_of, scaled, standing_of
from tongban.outreach.match import STRETCH
from tongban.outreach.plan import KEY, REGION, Part, Plan, make_plan, open_people
from tongban.outreach.report import BANDS, UNKNOWN_BAND, Standing, suppressed

if TYPE_CHECKING:  # a third of a second and 27 MB that only what runs over people needs
    import duckdb


@dataclass(frozen=True, slots=True)
class Tally:
    """Exact counts of people, and the sums of what they could have before and after."""

    kept: int = 0
    """Entitled both ways; `up` and `down` are those of them whose amount changes."""
    gain: int = 0
    lose: int = 0
    up: int = 0
    down: int = 0
    cost_before: Decimal = Decimal(0)
    cost_after: Decimal = Decimal(0)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)))

    @property
    def before(self) -> int:
        return self.kept + self.lose

    @property
    def after(self) -> int:
        return self.kept + self.gain

    @property
    def parts(self) -> tuple[int, int, int]:
        """The groups of people that a row would tell of."""
        return self.kept, self.gain, self.lose


Tallies = Mapping[tuple[str, str], Tally]
"""By region and band of age; exact, and never shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as it may be shown, rounded; None is hidden."""

    name: str
    before: int | None
    after: int | None
    gain: int | None
    lose: int | None
    up: int | None
    down: int | None
    cost_before: Decimal | None
    cost_after: Decimal | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change would do. `amount` is the output that costs are sums of, empty if the service gives none;
    `smallest` the size below which a group is hidden; `people` how many were judged."""

    policy: str
    day: date
    people: int
    smallest: int
    amount: str
    total: Shown
    regions: tuple[Shown, ...]
    bands: tuple[Shown, ...]


def compare(
    policy: Policy,
    service: Service,
    changed: Service,
    people: Path,
    day: date,
    progress: Progress = lambda _: None,
) -> Comparison:
    """Judges everybody in the file by both services, as of `day`.

    Raises Refused (422): see `make_plan`, `open_people`; `not-columnar` where a service has no columnar form.
    """
    plan = make_plan([(policy, service), (policy, changed)], open_people(people), day)
    found = tally(plan, progress)
    return Comparison(
        policy=policy.policy,
        day=day,
        people=plan.people.rows,
        smallest=policy.smallest_group,
        amount=amount_of(plan.parts[0]),
        total=_total(_sum(found.values()), policy.smallest_group, Rounding.of(found, policy.smallest_group)),
        regions=by_groups(found, 0, sorted({region for region, _ in found}), policy.smallest_group),
        bands=by_groups(found, 1, [*(name for name, _, _ in BANDS), UNKNOWN_BAND], policy.smallest_group),
    )


# --- counting ----------------------------------------------------------------------------------------------------


def tally(plan: Plan, progress: Progress = lambda _: None) -> dict[tuple[str, str], Tally]:
    """Exact counts for a plan of two parts, before and after, in one pass over the people."""
    if any(part.program is None for part in plan.parts):
        raise refuse(
            "not-columnar",
            "这项规则现在只能一个人一个人地算，不能对很多人试算",
            "These rules can only be applied to one person at a time, so they cannot be tried on a population",
        )
    found: dict[tuple[str, str], Tally] = {}
    rows = plan.people.rows
    with session() as connection:
        for first in range(0, rows, STRETCH):
            last = min(first + STRETCH, rows) - 1
            connection.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {plan.sql(first, last)}")
            for place, one in (*_columns(connection, plan), *_alone(connection, plan, first, last)):
                found[place] = found.get(place, Tally()) + one
            progress((last + 1) / rows)
    return found


def _seen(plan: Plan) -> str:
    """The people with where they stand before and after; null where it must be decided alone."""
    before, after = (standing_of(_everybody(part)) for part in plan.parts)
    return f"SELECT *, {before} AS before, {after} AS after, {band_of(plan)} AS band FROM judged"


def _everybody(part: Part) -> Part:
    """The part without the distinction of those who draw the benefit already."""
    return Part(part.policy, part.service, part.compiled, part.program, "", part.agreed)


def _columns(connection: "duckdb.DuckDBPyConnection", plan: Plan) -> Iterable[tuple[tuple[str, str], Tally]]:
    entitled = quoted(Standing.ENTITLED)
    a, b = (f"before = {entitled}", f"after = {entitled}")
    had, has = (_amount(part) for part in plan.parts)
    counted = connection.execute(
        f"SELECT COALESCE({REGION}, ''), band, count(*) FILTER ({a} AND {b}), count(*) FILTER ({b} AND NOT {a}),"
        f" count(*) FILTER ({a} AND NOT {b}), count(*) FILTER ({a} AND {b} AND {has} > {had}),"
        f" count(*) FILTER ({a} AND {b} AND {has} < {had}),"
        f" COALESCE(sum({had}) FILTER ({a}), 0), COALESCE(sum({has}) FILTER ({b}), 0)"
        f" FROM ({_seen(plan)}) WHERE before IS NOT NULL AND after IS NOT NULL GROUP BY ALL"
    )
    for region, band, kept, gain, lose, up, down, before, after in counted.fetchall():
        yield (region, band), Tally(kept, gain, lose, up, down, Decimal(before), Decimal(after))


def _amount(part: Part) -> str:
    name = amount_of(part)
    return f"COALESCE({scaled(named(part.prefix + name), outputs_of(part)[name])}, 0)" if name else "0"


def _alone(
    connection: "duckdb.DuckDBPyConnection", plan: Plan, first: int, last: int
) -> Iterable[tuple[tuple[str, str], Tally]]:
    """Those whose facts no column can hold, decided by the rules one by one."""
    found = connection.execute(
        f"SELECT {KEY}, COALESCE({REGION}, ''), band FROM ({_seen(plan)}) WHERE before IS NULL OR after IS NULL"
    ).fetchall()
    if not found:
        return
    keys = [key for key, *_ in found]
    before, after = (
        {one.person: one for one in one_by_one.decide(connection, plan, part, first, last, keys)} for part in plan.parts
    )
    names = [amount_of(part) for part in plan.parts]
    for key, region, band in found:
        yield (region, band), _one(before[key], after[key], names)


def _one(before: one_by_one.Alone, after: one_by_one.Alone, names: Sequence[str]) -> Tally:
    had, has = (one.standing is Standing.ENTITLED for one in (before, after))
    old, new = (
        Decimal(one.outputs.get(name) or 0) if one.standing is Standing.ENTITLED else Decimal(0)
        for one, name in zip((before, after), names, strict=True)
    )
    both = had and has
    return Tally(both, has and not had, had and not has, both and new > old, both and new < old, old, new)


# --- showing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rounding:
    """To which multiples counts and sums are rounded: what a smallest group makes, and what it could cost."""

    people: int
    money: int

    @staticmethod
    def of(found: Tallies, smallest: int) -> "Rounding":
        whole = _sum(found.values())
        spent = max(whole.cost_before / max(whole.before, 1), whole.cost_after / max(whole.after, 1))
        wanted = max(int(spent * smallest), 1)
        power = 10 ** (len(str(wanted)) - 1)
        return Rounding(smallest, next(step * power for step in (1, 2, 5, 10) if step * power >= wanted))

    def count(self, count: int) -> int:
        return (2 * count + self.people) // (2 * self.people) * self.people

    def sum(self, amount: Decimal) -> Decimal:
        """A sum of something is never told as nothing."""
        rounded = (amount / self.money).quantize(Decimal(1), ROUND_HALF_UP) * self.money
        return rounded if rounded or not amount else Decimal(self.money)


def _sum(found: Iterable[Tally]) -> Tally:
    whole = Tally()
    for one in found:
        whole += one
    return whole


def _small(count: int, smallest: int) -> bool:
    return 0 < count < smallest


def _total(whole: Tally, smallest: int, rounding: Rounding, name: str = "") -> Shown:
    """Everybody. Where a few gain, lose or stay, only what is true today is told."""
    if any(_small(part, smallest) for part in whole.parts):
        before = None if _small(whole.before, smallest) else whole.before
        return _row(name, whole, rounding, before=before is not None, change=False)
    small = {kind for kind in ("up", "down") if _small(getattr(whole, kind), smallest)}
    shown = _row(name, whole, rounding, before=True, change=True)
    return _without(shown, small)


def _without(shown: Shown, hidden: set[str]) -> Shown:
    nothing: dict[str, Any] = dict.fromkeys(hidden)
    return replace(shown, **nothing)


def _row(name: str, one: Tally, rounding: Rounding, *, before: bool, change: bool) -> Shown:
    values: dict[str, Any] = {}
    for kind in ("before", "after", "gain", "lose", "up", "down", "cost_before", "cost_after"):
        told = before if kind in ("before", "cost_before") else change
        value = getattr(one, kind)
        values[kind] = None if not told else rounding.count(value) if isinstance(value, int) else rounding.sum(value)
    return Shown(name, **values)


def by_groups(found: Tallies, axis: int, names: Sequence[str], smallest: int) -> tuple[Shown, ...]:
    """The groups along one axis of the tallies: 0 regions, 1 bands."""
    rounding = Rounding.of(found, smallest)
    groups: dict[str, Tally] = dict.fromkeys(names, Tally())
    for place, one in found.items():
        groups[place[axis]] = groups.get(place[axis], Tally()) + one
    whole = _sum(groups.values())
    changes = not any(_small(part, smallest) for part in whole.parts)
    silent = suppressed({name: one.before for name, one in groups.items()}, smallest)
    if _small(whole.before, smallest):
        silent = frozenset(groups)
    hidden = _hidden(groups, silent, smallest) if changes else frozenset(groups)
    rows = [
        _row(name, one, rounding, before=name not in silent, change=name not in hidden) for name, one in groups.items()
    ]
    # who is paid more or less is told in the total only: it would need a suppression of its own
    return tuple(_without(row, {"up", "down"}) for row in rows)


def _hidden(groups: Mapping[str, Tally], silent: frozenset[str], smallest: int) -> frozenset[str]:
    """The groups whose change is not told: those with a small part, and more until all that is hidden together,
    which anybody can work out from the total, has no small part either."""
    hidden = set(silent) | {name for name, one in groups.items() if any(_small(part, smallest) for part in one.parts)}
    rest = sorted((sum(one.parts), name) for name, one in groups.items() if name not in hidden and any(one.parts))
    while hidden and rest:
        together = _sum(groups[name] for name in hidden).parts
        if len(hidden) > 1 and not any(_small(part, smallest) for part in together):
            break
        hidden.add(rest.pop(0)[1])
    return frozenset(hidden)
