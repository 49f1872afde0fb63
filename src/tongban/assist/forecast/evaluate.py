"""How good forecasts are over the demonstration's invented series and cases: each against what needs no forecast."""

from __future__ import annotations

from tongban.assist.forecast.demonstration import ended, weekly
from tongban.assist.forecast.overdue import risk
from tongban.assist.forecast.series import backtest

SERIES = 40
WEEK = 47


def demand() -> tuple[dict[str, float], int]:
    """Metrics and how many series there were. Skill is over all series together, shown or not."""
    found = [tested for n in range(SERIES) if (tested := backtest(weekly(f"series-{n}", "body", WEEK)))]
    error, naive = sum(one.error for one in found), sum(one.naive_error for one in found)
    covered = [one.coverage for one in found if one.coverage is not None]
    return {
        "skill": round(1 - error / naive, 4),
        "coverage": round(sum(covered) / len(covered), 4),
        "shown": round(sum(one.shown for one in found) / len(found), 4),
    }, len(found)


POINTS = (0.25, 0.5, 0.75)
"""How much of its time a case has used when it is asked about."""
BINS = 10


def overdue() -> tuple[dict[str, float], int]:
    """Metrics and how many foretellings there were: of each body's last hundred cases, wherever they were still open.

    brier        mean squared distance between the share foretold and what became of it, 0 to 1 (Brier 1950)
    brier-base   the same for the share of all earlier cases of the service that were late, whatever the point
    brier-skill  1 - brier / brier-base; above 0 the point tells something
    ece          mean distance between foretold and true shares over ten bins (Naeini et al. 2015)
    """
    told: list[tuple[float, float, bool]] = []
    for n in range(SERIES):
        cases = ended(f"service-{n}", "body")
        before, after = cases[:300], cases[300:]
        base = sum(one.used > 1 for one in before) / len(before)
        for point in POINTS:
            found = risk(before, f"service-{n}", "body", point)
            if found is not None:
                told += [(found.share, base, one.used > 1) for one in after if one.used >= point]
    brier = sum((share - late) ** 2 for share, _, late in told) / len(told)
    naive = sum((base - late) ** 2 for _, base, late in told) / len(told)
    return {
        "brier": round(brier, 4),
        "brier-base": round(naive, 4),
        "brier-skill": round(1 - brier / naive, 4),
        "ece": round(_calibration([(share, late) for share, _, late in told]), 4),
    }, len(told)


def _calibration(told: list[tuple[float, bool]]) -> float:
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for share, late in told:
        bins[min(int(share * BINS), BINS - 1)].append((share, late))
    return sum(abs(sum(share - late for share, late in one)) for one in bins) / len(told)
