"""What a run found, in numbers that give nobody away: small groups are not shown, nor can they be worked out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tongban.base.i18n import Text


class Standing(StrEnum):
    """Where a person stands under a policy."""

    ENTITLED = "entitled"
    """The rules say yes and leave nothing open."""
    MISSING = "missing"
    """One fact is missing: with it, the rules could say."""
    SEVERAL = "several"
    """More than one fact is missing."""
    OFFICIAL = "ask-official"
    """The rules leave it to an official."""
    NOT = "not"
    ALREADY = "already"
    """Draws the benefit already; not looked at."""
    NOT_AGREED = "not-agreed"
    """The policy rests on consent, and it is not given; not looked at."""


STANDINGS: dict[Standing, Text] = {
    Standing.ENTITLED: Text("可以直接领", "entitled"),
    Standing.MISSING: Text("还差一项信息", "one fact missing"),
    Standing.SEVERAL: Text("还差几项信息", "several facts missing"),
    Standing.OFFICIAL: Text("要由工作人员看", "for an official"),
    Standing.NOT: Text("不符合", "not entitled"),
    Standing.ALREADY: Text("已经在领", "draws it already"),
    Standing.NOT_AGREED: Text("没有同意使用数据", "has not agreed"),
}

BANDS: tuple[tuple[str, int, Text], ...] = (
    ("0-2", 3, Text("不满3岁", "under 3")),
    ("3-17", 18, Text("3—17岁", "3 to 17")),
    ("18-59", 60, Text("18—59岁", "18 to 59")),
    ("60-79", 80, Text("60—79岁", "60 to 79")),
    ("80+", 200, Text("80岁以上", "80 and over")),
)
"""Bands of age: name, the first age beyond it, words."""
UNKNOWN_BAND = "unknown"
BAND_NAMES: dict[str, Text] = {name: said for name, _, said in BANDS} | {UNKNOWN_BAND: Text("年龄不明", "age unknown")}


@dataclass(frozen=True, slots=True)
class Cell:
    """People of one region and band who stand alike; `amount` is the sum of what they could have, in yuan."""

    region: str
    band: str
    standing: Standing
    people: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it may be shown: None where it is too small, or where another could be worked out from it."""

    name: str
    people: int | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What one policy found. `standings` are of everybody; `regions` and `bands` of those who are entitled.

    A count is None where it is of few people, or would give a small one away.
    """

    policy: str
    version: str
    service: str
    service_version: str
    digest: str
    columnar: bool
    one_by_one: int
    """People that were decided alone, because a value or the service has no columnar form."""
    standings: Mapping[Standing, int | None]
    amount: Decimal | None
    regions: tuple[Group, ...]
    bands: tuple[Group, ...]
    missing: Mapping[str, int | None]
    """For those who lack one fact: by fact, how many."""
    changes: Mapping[str, int | None] | None
    """Against the last run; None if there was none."""

    def as_json(self) -> dict[str, Any]:
        def groups(found: Iterable[Group]) -> list[dict[str, Any]]:
            return [{"name": g.name, "people": g.people, "amount": _money(g.amount)} for g in found]

        return {
            "policy": self.policy,
            "version": self.version,
            "service": {"service": self.service, "version": self.service_version, "digest": self.digest},
            "columnar": self.columnar,
            "oneByOne": self.one_by_one,
            "standings": {standing.value: count for standing, count in self.standings.items()},
            "amount": _money(self.amount),
            "regions": groups(self.regions),
            "bands": groups(self.bands),
            "missing": dict(self.missing),
            "changes": None if self.changes is None else dict(self.changes),
        }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def shown(count: int, smallest: int) -> int | None:
    """A count, or None if it is of few people; nobody at all may be said."""
    return count if count == 0 or count >= smallest else None


def standings(cells: Iterable[Cell], smallest: int) -> dict[Standing, int | None]:
    """How everybody stands. A small group is not shown, and is counted among those not entitled, so that the total of
    what is shown tells nothing of it."""
    totals = dict.fromkeys(Standing, 0)
    for cell in cells:
        totals[cell.standing] += cell.people
    small = [one for one, count in totals.items() if 0 < count < smallest and one is not Standing.NOT]
    totals[Standing.NOT] += sum(totals[one] for one in small)
    return {one: None if one in small else shown(count, smallest) for one, count in totals.items()}


def parts(counts: Mapping[str, int], smallest: int) -> dict[str, int | None]:
    """Counts that make a total together, small ones hidden as in `groups`."""
    hidden = suppressed(counts, smallest)
    return {name: None if name in hidden else count for name, count in counts.items()}


def groups(cells: Iterable[Cell], key: str, names: Iterable[str], smallest: int) -> tuple[Group, ...]:
    """Those who are entitled, by region or band, with small groups hidden.

    Hidden is each group of fewer than `smallest` people, and where only one is hidden, the next smallest too: else it
    could be worked out from the total.
    """
    people: dict[str, int] = dict.fromkeys(names, 0)
    amounts: dict[str, Decimal] = dict.fromkeys(people, Decimal(0))
    for cell in cells:
        if cell.standing is Standing.ENTITLED:
            name = getattr(cell, key)
            people[name] = people.get(name, 0) + cell.people
            amounts[name] = amounts.get(name, Decimal(0)) + cell.amount
    hidden = suppressed(people, smallest)
    return tuple(
        Group(name, None, None) if name in hidden else Group(name, count, amounts[name])
        for name, count in people.items()
    )


def suppressed(people: Mapping[str, int], smallest: int) -> frozenset[str]:
    """The names of the groups that must not be shown beside their total."""
    small = {name for name, count in people.items() if 0 < count < smallest}
    rest = sorted((count, name) for name, count in people.items() if count >= smallest)
    hidden_people = sum(people[name] for name in small)
    while small and rest and (len(small) == 1 or hidden_people < smallest):
        count, name = rest.pop(0)
        small.add(name)
        hidden_people += count
    return frozenset(small)
