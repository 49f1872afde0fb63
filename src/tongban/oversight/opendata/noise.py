"""Fine tables with noise: counts that may be told apart further than exact figures, by differential privacy (OpenDP).

Every cell of a table gets noise of its own from the discrete Laplace distribution, also the cells in which nobody is:
which cells there are is made of public lists (regions, services, bands), never of the data. Of one person at most
`MOST` cases count in a month, so that what one person adds is bounded; the budget of a table is that bound divided by
the scale of its noise, and budgets of tables add up. Counts may be negative: who cuts them off makes small ones too
large on average.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from itertools import product
from typing import Any, NamedTuple

from tongban.base.errors import refuse
from tongban.oversight.computing import Period
from tongban.oversight.extracting import AGES
from tongban.oversight.folder import Facts
from tongban.oversight.opendata.files import Spent

MOST = 2
"""Cases of one person that count in a month."""
KINDS: dict[str, str] = {
    "submitted": "e.seq = 1",
    "asked-again": "e.asks > 0",
    "paused": "e.pauses",
    "decided": "e.decides <> ''",
}
"""What an event may be in the table of days: its first kind that fits."""
_YES_NO = ("no", "yes")


class Fine(NamedTuple):
    """A fine table: its columns, the values that each may have, how it counts, and what it may cost."""

    name: str
    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    source: str
    expressions: tuple[str, ...]
    """What each column is, in SQL."""
    most: int
    epsilon: Decimal


def available() -> bool:
    """Whether OpenDP is installed; it is an extra, for it is large."""
    return find_spec("opendp") is not None


def tables(regions: Sequence[str], services: Sequence[str], period: Period) -> tuple[Fine, ...]:
    """The fine tables of a month over public lists."""
    bands = ("", *(band for _, band in AGES))
    channels = ("online", "counter", "agent", "proxy-intake", "handover", "offline")
    days = tuple(f"{period.since:%Y-%m}-{day:02}" for day in range(1, (period.until - period.since).days + 1))
    first = tuple(regions)
    return (
        Fine(
            "fine-cases.csv",
            ("region", "service", "age"),
            (first, tuple(services), bands),
            "counted",
            ("region", "service", "age"),
            MOST,
            Decimal("0.4"),
        ),
        Fine(
            "fine-answers.csv",
            ("region", "channel", "age", "language", "on_time"),
            (first, channels, bands, ("", "zh", "en"), _YES_NO),
            "counted WHERE decided_at IS NOT NULL",
            ("region", "channel", "age", "language", "CASE WHEN decided_at <= promised_due THEN 'yes' ELSE 'no' END"),
            MOST,
            Decimal("0.4"),
        ),
        Fine(
            "fine-days.csv",
            ("day", "region", "kind"),
            (days, first, tuple(KINDS)),
            "happened",
            ("strftime(happened_at, '%Y-%m-%d')", "region", "kind"),
            MOST * len(KINDS),
            Decimal("0.7"),
        ),
    )


def count(facts: Facts, period: Period) -> None:
    """Makes ready what the fine tables count: cases of the month, of one person `MOST` at most, the first ones.

    Raises Refused (`bands-missing`) where it is not known who asked: then nobody's share could be bounded.
    """
    if facts.lacks:
        raise refuse(
            "bands-missing",
            "不知道谁的办件，没法限定一个人在细表里占多少",
            "Who asked is not known, so that what one person adds to a fine table cannot be bounded",
        )
    between = [period.since.isoformat(), period.until.isoformat()]
    facts.run(
        "CREATE OR REPLACE TEMP TABLE counted AS SELECT * FROM ("
        " SELECT c.*, b.age, b.language, row_number() OVER (PARTITION BY b.person ORDER BY opened_at, case_id) AS n"
        " FROM cases c JOIN band b USING (case_id) WHERE opened_at >= ?::DATE AND opened_at < ?::DATE AND NOT part"
        f") WHERE n <= {MOST}",
        between,
    )
    kind = "CASE " + " ".join(f"WHEN {sql} THEN '{name}'" for name, sql in KINDS.items()) + " END"
    facts.run(
        "CREATE OR REPLACE TEMP TABLE happened AS"
        " SELECT DISTINCT ON (case_id, kind) region, kind, happened_at FROM ("
        f" SELECT e.case_id, e.happened_at, e.region, {kind} AS kind, e.seq"
        " FROM events e JOIN counted c ON c.case_id = e.case_id"
        " WHERE e.happened_at >= ?::DATE AND e.happened_at < ?::DATE"
        ") WHERE kind IS NOT NULL ORDER BY case_id, kind, seq",
        between,
    )


def drawn(facts: Facts, fine: Fine) -> tuple[list[tuple[object, ...]], Spent]:
    """The table with noise, and what it has cost. Never call it twice for one month: each call spends anew."""
    places = {group: n for n, group in enumerate(product(*fine.values))}
    exact = [0] * len(places)
    for group, many in _counts(facts, fine).items():
        if group in places:  # what is in no public list is in no table
            exact[places[group]] = many
    scale = Decimal(fine.most) / fine.epsilon
    noisy = _noise(exact, float(scale), fine.most, fine.epsilon)
    rows: list[tuple[object, ...]] = [(*group, noisy[n]) for group, n in places.items()]
    spent = Spent(table=fine.name, epsilon=str(fine.epsilon), scale=f"{scale:.6f}", most=fine.most, cells=len(places))
    return rows, spent


def _counts(facts: Facts, fine: Fine) -> Mapping[tuple[str, ...], int]:
    width = len(fine.columns)
    names = ", ".join(fine.expressions)
    rows = facts.run(f"SELECT {names}, count(*) FROM {fine.source} GROUP BY ALL")
    return {tuple(row[:width]): int(row[width]) for row in rows}


def _noise(exact: Sequence[int], scale: float, most: int, epsilon: Decimal) -> list[int]:
    dp: Any = import_module("opendp.prelude")  # an extra
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    measurement = space >> dp.m.then_laplace(scale=scale)
    if measurement.map(most) > float(epsilon) * (1 + 1e-9):
        raise ValueError("the noise is too small for its budget")
    return [int(value) for value in measurement(list(exact))]
