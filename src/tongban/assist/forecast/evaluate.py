"""How good forecasts are over the demonstration's invented series: skill over the naive forecast, and coverage."""

from __future__ import annotations

from tongban.assist.forecast.demonstration import weekly
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
