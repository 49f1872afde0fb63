"""Whether a use treats groups of people alike: shares by group, the largest gap, and nothing about small groups.

The attribute that groups people is known to whoever holds the data and goes no further: callers give bands ("65 and
over"), counts leave, rows do not (个人信息保护法 6: no more than the purpose needs).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tongban.assist.watch.statistics import CONFIDENCE, Interval, Rate, difference

SMALLEST = 10
"""Cases of a group below which nothing is told of it."""


class Share(StrEnum):
    """What is compared between groups."""

    SELECTED = "gap-selection"
    """A suggestion was given at all."""
    WRONG = "gap-error"
    """Of the suggestions that somebody settled, the declined ones."""
    ABSTAINED = "gap-abstention"
    """The machine held back."""


@dataclass(frozen=True, slots=True)
class Treated:
    """One call about somebody of a group. `accepted` is None until an official has settled it."""

    group: str
    selected: bool
    accepted: bool | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The counts of one group. `hidden`: too few, or one more that would give a hidden one away."""

    name: str
    calls: int
    selected: int
    settled: int
    declined: int
    hidden: bool = False

    def rate(self, share: Share) -> Rate:
        """One share of this group."""
        return {
            Share.SELECTED: Rate(self.selected, self.calls),
            Share.WRONG: Rate(self.declined, self.settled),
            Share.ABSTAINED: Rate(self.calls - self.selected, self.calls),
        }[share]


@dataclass(frozen=True, slots=True)
class Gap:
    """The largest difference between two groups that may be told, and what it may be in truth."""

    share: Share
    most: str
    least: str
    of: int
    """Cases of the smaller of the two."""
    value: float
    interval: Interval


def count(treated: Iterable[Treated]) -> tuple[Group, ...]:
    """The groups by name, none hidden yet."""
    by_name: defaultdict[str, list[Treated]] = defaultdict(list)
    for one in treated:
        by_name[one.group].append(one)
    return tuple(
        Group(
            name=name,
            calls=len(calls),
            selected=sum(one.selected for one in calls),
            settled=sum(one.accepted is not None for one in calls),
            declined=sum(one.accepted is False for one in calls),
        )
        for name, calls in sorted(by_name.items())
    )


def hide(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Small groups without their counts; where only one is small the next goes too, or the total would tell it."""
    by_size = sorted(groups, key=lambda group: (group.calls, group.name))
    small = sum(1 for group in by_size if group.calls < SMALLEST)
    gone = {group.name for group in by_size[: 2 if small == 1 else small]}
    shown = (Group(g.name, 0, 0, 0, 0, hidden=True) if g.name in gone else g for g in by_size)
    return tuple(sorted(shown, key=lambda group: group.name))


def gap(groups: Iterable[Group], share: Share) -> Gap | None:
    """The largest gap among groups that are large enough; None where fewer than two are.

    The two are picked because they lie furthest apart, so the interval is widened for all pairs among which they
    were picked (Bonferroni).
    """
    rates: Mapping[str, Rate] = {
        group.name: rate for group in groups if not group.hidden and (rate := group.rate(share)).of >= SMALLEST
    }
    if len(rates) < 2:
        return None
    most = max(rates, key=lambda name: (rates[name].share, name))
    least = min(rates, key=lambda name: (rates[name].share, name))
    one, other = rates[most], rates[least]
    pairs = len(rates) * (len(rates) - 1) / 2
    interval = difference(one, other, 1 - (1 - CONFIDENCE) / pairs)
    return Gap(share, most, least, min(one.of, other.of), one.share - other.share, interval)
