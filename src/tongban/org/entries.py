"""What every entry of the register is: a frozen value with one JSON form, its time, and what it covers."""

from collections.abc import Iterator
from datetime import date

import msgspec

ALL = "*"
"""Every service, act or kind of body."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One entry of the register."""


def lineage(code: str) -> Iterator[str]:
    """A region's code and those of the city and the province it lies in, from the inside out."""
    yield code
    for outer in (f"{code[:4]}00", f"{code[:2]}0000"):
        if outer != code:
            yield outer


class Dated(Entry, frozen=True, kw_only=True):
    """Holds from the day `since` up to, not including, the day `until`."""

    since: date = date(2000, 1, 1)
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class Covers(Dated, frozen=True, kw_only=True):
    """Services (slugs or `*`), acts (or `*`) and regions (a city or province covers what lies in it)."""

    services: frozenset[str]
    regions: frozenset[str]
    acts: frozenset[str] = frozenset({ALL})
    law: str

    def covers(self, service: str, act: str, region: str, day: date) -> bool:
        return (
            self.holds_on(day)
            and (ALL in self.services or service in self.services)
            and (ALL in self.acts or act in self.acts)
            and any(code in self.regions for code in lineage(region))
        )
