"""The yearly figures of objections, counted so that nobody can be found in them. Pure.

算法推荐管理规定 22 asks for an answer to each person; that the outcome is published each year is this platform's own
promise. A group under `HIDDEN_BELOW` is not shown, and neither is the smallest other group where one hidden group
could be worked out by subtraction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from statistics import median

from tongban.assist.account.model import Outcomes, Year
from tongban.cases.answers import Came

HIDDEN_BELOW = 5
NO_USE = ""
"""The use of an objection that names none."""
ALL = "*"

Days = Callable[[datetime, datetime], int]
"""Working days from one moment to another."""

_STATES = {
    "changed": "changed",
    "upheld": "upheld",
    "explained": "explained",
    "withdrawn": "withdrawn",
    "elsewhere": "not-competent",
}


def year_of(came: Sequence[Came], year: int, region: str, promised: int, days: Days, now: datetime) -> Year:
    """The publication of a year; `now` judges what is still waiting."""
    groups: dict[str, list[Came]] = {}
    for one in came:
        groups.setdefault(one.said.get("use", NO_USE), []).append(one)
    shown = _shown({use: len(group) for use, group in groups.items()})
    return Year(
        year=year,
        region=region,
        promised_working_days=promised,
        hidden_below=HIDDEN_BELOW,
        all=counted(ALL, came, promised, days, now),
        uses=tuple(counted(use, groups[use], promised, days, now) for use in sorted(shown)),
    )


def _shown(sizes: dict[str, int]) -> set[str]:
    """The groups that may be shown: large enough, and with so many left out that nobody can be worked out."""
    shown = {use for use, size in sizes.items() if size >= HIDDEN_BELOW}
    while (
        shown
        and (hidden := sizes.keys() - shown)
        and (len(hidden) == 1 or sum(sizes[use] for use in hidden) < HIDDEN_BELOW)
    ):
        shown.discard(min(shown, key=lambda use: (sizes[use], use)))
    return shown


def counted(use: str, came: Sequence[Came], promised: int, days: Days, now: datetime) -> Outcomes:
    """One group; nothing but that it is small where it is. Counts of single outcomes under the limit are not shown."""
    if len(came) < HIDDEN_BELOW:
        return Outcomes(use=use, asked=None)
    answered = [one for one in came if one.ended_at and one.state != "withdrawn"]
    took = [days(one.asked_at, one.ended_at) for one in answered if one.ended_at]
    waiting = [one for one in came if one.ended_at is None]
    overdue = sum(n > promised for n in took) + sum(days(one.asked_at, now) > promised for one in waiting)
    by_state = {name: sum(one.state == state for one in came) for name, state in _STATES.items()}
    large = len(took) >= HIDDEN_BELOW
    return Outcomes(
        use=use,
        asked=len(came),
        **_hide({**by_state, "waiting": len(waiting)}),
        overdue=None if 0 < overdue < HIDDEN_BELOW else overdue,
        median_days=median(took) if large else None,
        worst_days=max(took) if large else None,
    )


def _hide(counts: dict[str, int]) -> dict[str, int | None]:
    """Small counts are left out; one that could be worked out from the sum takes the next smallest with it."""
    small = {name for name, n in counts.items() if 0 < n < HIDDEN_BELOW}
    rest = sorted((n, name) for name, n in counts.items() if name not in small and n)
    if len(small) == 1 and rest:
        small.add(rest[0][1])
    return {name: None if name in small else n for name, n in counts.items()}


def total(came: Iterable[Came]) -> dict[str, int]:
    """How many ended how, for the register: by the name of the outcome."""
    states: dict[str, int] = {}
    for one in came:
        states[one.state] = states.get(one.state, 0) + 1
    return states
