"""How many must sign within how many days, by region and day: the platform's own parameter, no statute's (tag M)."""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import yaml


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds in a region, or for every region of a level, from a day on. `days` are calendar days."""

    of: str
    since: date = msgspec.field(name="from")
    signatures: int
    days: int


@cache
def _all() -> tuple[Threshold, ...]:
    text = Path(__file__).with_name("thresholds.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), tuple[Threshold, ...])


def threshold(region: str, day: date) -> Threshold:
    """The region's own, otherwise its level's; the latest that has begun. Raises LookupError if none has."""
    level = "province" if region.endswith("0000") else "city" if region.endswith("00") else "county"
    for wanted in (region, level):
        held = [one for one in _all() if one.of == wanted and one.since <= day]
        if held:
            return max(held, key=lambda one: one.since)
    raise LookupError(f"no threshold for {region} on {day}")
