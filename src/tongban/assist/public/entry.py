"""One entry of the public register: what the file promises beside what is so."""

from datetime import date, datetime

import msgspec

from tongban.assist.measured import Measured
from tongban.assist.model import Abstain
from tongban.assist.records import Switched
from tongban.assist.watch.public import Published
from tongban.catalog.use import Use


class Objections(msgspec.Struct, frozen=True, kw_only=True):
    """Requests for a human look (PIPL 24) since a day: how many, and what came of them, by the name of the outcome."""

    asked: int
    outcomes: dict[str, int] = {}


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a use since a day, in a region or everywhere.

    abstained     by code
    half_ms       half of the latest thousand suggestions took no longer; `most_ms` 19 of 20
    cost_yuan     of all calls
    """

    since: date
    calls: int
    suggested: int
    abstained: dict[str, int]
    accepted: int
    declined: int
    half_ms: float | None = None
    most_ms: float | None = None
    cost_yuan: float = 0.0


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """A turn of the off-switch as published: the name that its reason is signed with, no identifier."""

    region: str
    at: datetime
    state: str
    why: str
    kind: str
    by: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A use as published. `stopped` says why it does not run; None where it does. `watched` is what watching found and
    narrowed."""

    use: Use
    stopped: Abstain | None
    measured: Measured | None
    figures: Figures
    turned: tuple[Turned, ...]
    watched: Published = Published()
    objections: Objections | None = None


def turned(one: Switched) -> Turned:
    """What is published of a turn."""
    return Turned(region=one.region, at=one.at, state=one.state, why=one.why, kind=one.kind, by=one.by_name)
