"""The figures that everybody may see: those of a month, whoever has all of them and those of the months before.

Everything that is counted of one table of facts is looked at together (`oversight.showing`), case by case: which cases
are counted by which indicators, in this month and in months that were released. So what one indicator hides no other
shows, be it that it counts some of the same rows, or that it counts in one month what another counted in the last.

Most numerators say what came of a group, and are told with it. One that only says who asked or how (who came online)
is itself a group of people, and it and the others must be large enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from tongban.oversight.computing import (
    Cut,
    Figure,
    Figures,
    Group,
    Period,
    axes_of,
    cuts_of,
    figures_of,
    ordered,
    places_of,
    populations,
    sums,
)
from tongban.oversight.expressions import columns
from tongban.oversight.facts import ASKING
from tongban.oversight.folder import Facts
from tongban.oversight.model import NAMES, Indicator
from tongban.oversight.showing import Cells, Population, Sum, Table, together

Counted: TypeAlias = tuple[str, str, str]
"""What tells one population from another: the table of facts, the time, which rows count."""


class Before(NamedTuple):
    """What was released of the months before: since when, and of each population the rows of its groups, added up."""

    since: date
    rows: Mapping[Counted, Mapping[tuple[tuple[str, ...], Group], int]]


def published(facts: Facts, indicators: Sequence[Indicator], period: Period, before: Before | None = None) -> Figures:
    """The figures that everybody may see: no small group is among them, nor can one be worked out from them."""
    found: list[tuple[Indicator, Figure]] = []
    for linked in _linked(facts, indicators):
        shown, small = _shown(facts, linked, period, before)
        for one, may in zip(linked, shown, strict=True):
            if not one.only:
                cells = sums(facts, one.indicators, one.axes, period)
                told = figures_of(one.indicators, one.axes, cells, period, may)
                found += ((of, figure) for of, figure in told if (of.indicator, figure.by, figure.group) not in small)
    return ordered(found, indicators)


def asks(one: Indicator) -> bool:
    """Whether its numerator counts people, by who asked or how, and not what came of it."""
    return frozenset() < columns(one.numerator) <= ASKING


def counted(one: Indicator, *, numerator: bool = False) -> Counted:
    """The rows that it counts; with `numerator` those of them that its numerator counts."""
    return one.facts, one.when, f"({one.where}) AND ({one.numerator})" if numerator else one.where


class _Rows(NamedTuple):
    """Indicators that count the same rows; or of one indicator the rows that its numerator counts (`only`)."""

    indicators: Sequence[Indicator]
    axes: Cut
    only: bool = False

    @property
    def counted(self) -> Counted:
        return counted(self.indicators[0], numerator=self.only)


def _linked(facts: Facts, indicators: Sequence[Indicator]) -> list[list[_Rows]]:
    """What may count the same case, together; first what most indicators need, for it may take the place of others.

    Steps by the stage they lead to are told apart by what no case has.
    """
    found: defaultdict[tuple[str, bool], list[_Rows]] = defaultdict(list)
    for same in populations(indicators):
        axes = axes_of(facts, same)
        linked = found[same[0].facts, "stage" in axes]
        linked.append(_Rows(same, axes))
        for one in same:
            if asks(one):
                linked.append(_Rows((one,), axes_of(facts, (one,)), only=True))
    return [sorted(linked, key=lambda one: (one.only, -len(one.indicators))) for linked in found.values()]


def _shown(
    facts: Facts, linked: Sequence[_Rows], period: Period, before: Before | None
) -> tuple[list[dict[Table, frozenset[Group]]], set[tuple[str, Cut, Group]]]:
    """Of each of them the groups that may be shown; and which figures may not, for those their numerator counts."""
    axes: Cut = tuple(by for by in NAMES if any(by in one.axes for one in linked))
    cells = _cells(facts, linked, axes, period, before)
    each = [
        Population(n, places_of(axes, one.axes), tuple(places_of(axes, cut) for cut in cuts_of(one.axes)))
        for n, one in enumerate(linked)
    ]
    least = max(indicator.small for one in linked for indicator in one.indicators)
    answer = together(cells, each, least, _public(cells, linked, axes, before) if before else ())
    small: set[tuple[str, Cut, Group]] = set()
    for one, population in zip(linked, each, strict=True):
        if one.only:
            for cut, table in zip(cuts_of(one.axes), population.tables, strict=True):
                there = _added(cells, population.place, table).keys()
                name = one.indicators[0].indicator
                small |= {(name, cut, group) for group in there - answer[population.place][table]}
    return [
        {places_of(one.axes, cut): answer[n][places_of(axes, cut)] for cut in cuts_of(one.axes)}
        for n, one in enumerate(linked)
    ], small


def _cells(facts: Facts, linked: Sequence[_Rows], axes: Cut, period: Period, before: Before | None) -> Cells:
    """How many cases there are of the same values that count equally often in each, and in each before."""
    table = linked[0].indicators[0].facts
    spans = [(period.since, period.until), *([(before.since, period.since)] if before else [])]
    conditions = [_condition(one.counted, since, until) for since, until in spans for one in linked]
    keys = [f"coalesce(\"{by}\", '') AS k{n}" for n, by in enumerate(axes)]
    marks = [f"CAST(coalesce({condition}, false) AS INTEGER) AS m{n}" for n, condition in enumerate(conditions)]
    case = f"{', '.join(f'k{n}' for n in range(len(axes)))}{', ' if axes else ''}"
    each = (
        f"SELECT case_id, {', '.join((*keys, *marks))} FROM {facts.table(table, axes)} WHERE {' OR '.join(conditions)}"
    )
    if table == "events":
        added = ", ".join(f"sum(m{n}) AS m{n}" for n in range(len(marks)))
        each = f"SELECT case_id, {case}{added} FROM ({each}) GROUP BY {case}case_id"
    times = ", ".join(f"m{n}" for n in range(len(marks)))
    rows = facts.run(f"SELECT {case}{times}, count(*) FROM ({each}) GROUP BY ALL ORDER BY ALL")
    width = len(axes)
    return {(tuple(row[:width]), tuple(map(int, row[width:-1]))): int(row[-1]) for row in rows}


def _condition(which: Counted, since: date, until: date) -> str:
    _, when, where = which
    return f"(\"{when}\" >= TIMESTAMP '{since} 00:00:00' AND \"{when}\" < TIMESTAMP '{until} 00:00:00' AND ({where}))"


def _public(cells: Cells, linked: Sequence[_Rows], axes: Cut, before: Before) -> Iterator[Sum]:
    """The sums that everybody has of the months before: of a group each month of which was shown."""
    for n, one in enumerate(linked):
        released = before.rows.get(one.counted, {})
        for cut in cuts_of(one.axes):
            table, place = places_of(axes, cut), len(linked) + n
            for group, rows in _added(cells, place, table).items():
                if released.get((cut, group)) == rows:
                    yield Sum(place, table, group)


def _added(cells: Cells, place: int, table: Table) -> dict[Group, int]:
    found: defaultdict[Group, int] = defaultdict(int)
    for (key, times), count in cells.items():
        if times[place]:
            found[tuple(key[at] for at in table)] += times[place] * count
    return found
