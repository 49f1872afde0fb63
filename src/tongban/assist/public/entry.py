"""One entry of the public register: what the file promises beside what is so."""

from datetime import date, datetime

import msgspec

from tongban.assist.measured import Measured
from tongban.assist.model import Abstain
from tongban.assist.records import Switched
from tongban.assist.watch.public import Published
from tongban.catalog.use import Use


class Objections(msgspec.Struct, frozen=True, kw_only=True):
    """Requests for a human look (PIPL 24) in whole months: how many, and what came of them, by the name of the outcome;
    in whole tens as `Figures`."""

    asked: int
    outcomes: dict[str, int] = {}


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a use from a day on and before another, in a region or everywhere: in whole months that are over, so
    that no figure moves with the case of today, and in whole tens, so that no difference of two shows one person's.
    None is fewer than ten, none at all among it.

    abstained     by code, those of ten and more
    half_ms       half of the latest thousand suggestions took no longer; `most_ms` 19 of 20; None of fewer than ten
    cost_yuan     of all calls, in whole yuan
    """

    since: date
    until: date
    calls: int | None
    suggested: int | None
    abstained: dict[str, int]
    accepted: int | None
    declined: int | None
    half_ms: float | None = None
    most_ms: float | None = None
    cost_yuan: int = 0


def tens(many: int) -> int | None:
    """As it is published: what is left over ten is dropped, and fewer than ten is None."""
    return many - many % 10 or None


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
