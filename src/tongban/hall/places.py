"""Halls: where they are, when they are open, how many windows they have, and which times can be booked."""

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import yaml

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.terms import Calendar

AHEAD = 10
"""Working days ahead that can be booked."""


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One hall. `hours` are the opening times of a working day; `capacity` how many are booked into one slot."""

    id: str
    body: str
    name: Text
    address: Text
    windows: tuple[str, ...]
    hours: tuple[tuple[str, str], ...]
    slot_minutes: int
    capacity: int

    @property
    def region(self) -> str:
        return self.body.partition(".")[0]

    def slots(self, day: date, calendar: Calendar, zone: ZoneInfo) -> list[datetime]:
        """The times of a day that can be booked; none on a day that is no working day (国务院办公厅 calendar)."""
        if not calendar.is_working(day):
            return []
        found: list[datetime] = []
        for opens, closes in self.hours:
            at, end = (datetime.combine(day, time.fromisoformat(one), zone) for one in (opens, closes))
            while at + timedelta(minutes=self.slot_minutes) <= end:
                found.append(at)
                at += timedelta(minutes=self.slot_minutes)
        return found

    def days(self, today: date, calendar: Calendar) -> list[date]:
        """The days that can be booked."""
        found: list[date] = []
        day = today
        while len(found) < AHEAD:
            day = calendar.next_working(day + timedelta(days=1))
            found.append(day)
        return found


@cache
def read(path: Path) -> dict[str, Place]:
    """The halls of a file. Raises ValueError for a file that is none."""
    places = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), tuple[Place, ...])
    return {one.id: one for one in places}


class Places:
    """The halls of an installation: of its own file, or those of the demonstration."""

    def __init__(self, data_dir: Path, *, demonstration: bool) -> None:
        own, shipped = data_dir / "halls.yaml", Path(__file__).with_name("halls.yaml")
        self._path = own if own.is_file() else shipped if demonstration else None

    def all(self) -> tuple[Place, ...]:
        """Every hall."""
        return tuple(read(self._path).values()) if self._path else ()

    def get(self, hall: str) -> Place:
        """One hall. Raises Refused (`unknown-hall`, 404)."""
        found = read(self._path).get(hall) if self._path else None
        if found is None:
            raise refuse("unknown-hall", "没有这个大厅。", "There is no such hall.", status=404)
        return found

    def of(self, body: str) -> Place:
        """The hall in which a body receives. Raises Refused (`no-hall`, 404)."""
        found = next((one for one in self.all() if one.body == body), None)
        if found is None:
            raise refuse("no-hall", "您的单位没有登记大厅。", "No hall is registered for your body.", status=404)
        return found
