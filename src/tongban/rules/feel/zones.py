"""Time zones by name, such as `Europe/Paris`: which offset from UTC a zone keeps at an instant or a local time.

The rules of zones are data (the IANA time zone database, through `zoneinfo`), not a clock. That data knows the years 1
to 9999; a later year is taken for one of the same shape within them (the calendar repeats every 400 years, week days
included), and an earlier one keeps the mean local time that the database begins with.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*", re.ASCII)
_NOT_ZONES = re.compile(r"(?:posix|right)/.*|localtime|posixrules|Factory")
"""What lies beside the zones in some databases: other countings of the same zones, and the machine's own zone."""

CYCLE = 146_097
"""Days in 400 years, after which the calendar repeats."""
_FIRST = date(2, 1, 1).toordinal()
_LAST = date(9990, 1, 1).toordinal()


@lru_cache(maxsize=1024)
def _rules(name: str) -> ZoneInfo | None:
    if not _NAME.fullmatch(name) or _NOT_ZONES.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError):  # no such file, a directory, or a file that is no zone; ZoneInfoNotFoundError
        return None
    except LookupError:
        return None


def exists(name: str) -> bool:
    """Whether there is a zone of this name."""
    return _rules(name) is not None


def zone_info(name: str) -> ZoneInfo:
    """The zone for use with `datetime`. Raises `LookupError` if there is none of this name."""
    rules = _rules(name)
    if rules is None:
        raise LookupError(name)
    return rules


def _known(day: int) -> int:
    """A day that the data knows and that the zones treat alike."""
    if day > _LAST:
        return day - (day - _LAST + CYCLE - 1) // CYCLE * CYCLE
    return max(day, _FIRST)


def _moment(day: int, second: int) -> datetime:
    return datetime.fromordinal(_known(day)) + timedelta(seconds=second)


def _seconds(offset: timedelta | None) -> int:
    return 0 if offset is None else int(offset.total_seconds())


@lru_cache(maxsize=4096)
def offset_at(name: str, day: int, second: int) -> int:
    """The zone's offset in seconds when its clocks show `second` of `day` (1 being 0001-01-01).

    A time that clocks show twice is the first of the two; one that they skip is read with the offset before.
    """
    return _seconds(_moment(day, second).replace(tzinfo=zone_info(name)).utcoffset())


@lru_cache(maxsize=4096)
def offset_of_instant(name: str, day: int, second: int) -> int:
    """The zone's offset in seconds at `second` of `day` in UTC."""
    return _seconds(_moment(day, second).replace(tzinfo=UTC).astimezone(zone_info(name)).utcoffset())


@lru_cache(maxsize=1024)
def usual_offset(name: str) -> int:
    """The zone's offset in seconds outside of summer time, for times of day that belong to no date."""
    return min(offset_at(name, date(2000, month, 1).toordinal(), 0) for month in (1, 7))
