"""What happened to one term: an append-only ledger, and its fold.

The fold refuses a ledger that cannot be true (out of order, resumed without a pause …) with TermError; it
does not ask whether an entry was lawful: that is check.py, before the entry is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never

from tongban.terms.spans import Span, TermError, Words


@dataclass(frozen=True, slots=True)
class Started:
    """The term began. ``at`` is when this was recorded; ``origin`` the event it counts from, if another moment.

    A deemed acceptance is recorded on day 6 with its ``origin`` on the day of receipt; a backward term's
    ``origin`` is the day to come (the hearing, the expiry) from which it counts back.
    """

    at: datetime
    origin: datetime | None = None
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Paused:
    """The clock stopped. ``notice`` identifies the letter that told the person; ``id`` tells apart two pauses
    on the same ground (two tests at once) and is the ground when empty."""

    at: datetime
    ground: str
    law: Words = ""
    notice: str = ""
    id: str = ""

    @property
    def key(self) -> str:
        return self.id or self.ground


@dataclass(frozen=True, slots=True)
class Resumed:
    """The pause with this id or ground is over; with None, the only one open."""

    at: datetime
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class Extended:
    at: datetime
    span: Span
    approver: str
    law: Words = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """From here on ``holder`` has the case, and the time it takes is theirs."""

    at: datetime
    holder: str


@dataclass(frozen=True, slots=True)
class Ended:
    """What was owed was done, or the case was closed."""

    at: datetime


Entry: TypeAlias = Started | Paused | Resumed | Extended | HandedOver | Ended
Ledger: TypeAlias = Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Pause:
    """One recorded pause; ``until`` is None while it is open."""

    since: datetime
    until: datetime | None
    ground: str
    law: Words = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A folded ledger. ``pauses`` are in the order they began and may overlap."""

    at: datetime
    started: Started
    pauses: tuple[Pause, ...]
    extensions: tuple[Extended, ...]
    holders: tuple[tuple[datetime, str], ...]
    """(from when, who), the first being the holder at the start."""
    ended: datetime | None

    @property
    def origin(self) -> datetime:
        return self.started.origin or self.started.at


def fold(ledger: Iterable[Entry], at: datetime | None = None) -> Run | None:
    """The state of the ledger as known at ``at`` (entries after it are not looked at), or None before a start.

    Without ``at``, as of the last entry. Raises TermError: ``time-naive``, ``ledger-disordered``,
    ``not-started``, ``already-started``, ``already-paused``, ``not-paused``, ``which-pause``, ``after-end``.
    """
    if at is not None and at.tzinfo is None:
        raise _naive(at)
    started: Started | None = None
    open_pauses: dict[str, Paused] = {}
    pauses: list[Pause] = []
    extensions: list[Extended] = []
    holders: list[tuple[datetime, str]] = []
    ended: datetime | None = None
    last: datetime | None = None
    for entry in ledger:
        if entry.at.tzinfo is None:
            raise _naive(entry.at)
        if last is not None and entry.at < last:
            raise TermError(
                "ledger-disordered",
                f"{entry.at:%Y-%m-%d %H:%M}的记录早于上一条，期限台账只能按时间顺序追加",
                f"The entry of {entry.at:%Y-%m-%d %H:%M} is earlier than the one before it; append in order",
            )
        if at is not None and entry.at > at:
            break
        last = entry.at
        if ended is not None:
            raise TermError("after-end", "期限已经结束，不能再记录", "The term has ended; nothing may follow")
        if isinstance(entry, Started):
            if started is not None:
                raise TermError("already-started", "期限已经开始", "The term has already started")
            if entry.origin is not None and entry.origin.tzinfo is None:
                raise _naive(entry.origin)
            started = entry
            holders.append((entry.at, entry.holder))
            continue
        if started is None:
            raise TermError("not-started", "期限尚未开始，请先记录起算", "The term has not started; start it first")
        match entry:
            case Paused():
                if entry.key in open_pauses:
                    raise TermError(
                        "already-paused",
                        f"已因“{entry.key}”暂停，不能重复暂停",
                        f"Already paused on “{entry.key}”",
                    )
                open_pauses[entry.key] = entry
            case Resumed():
                closed = open_pauses.pop(_which(entry, open_pauses))
                pauses.append(Pause(closed.at, entry.at, closed.ground, closed.law))
            case Extended():
                extensions.append(entry)
            case HandedOver():
                holders.append((entry.at, entry.holder))
            case Ended():
                ended = entry.at
            case _:
                assert_never(entry)
    if started is None or last is None:
        return None
    pauses += [Pause(p.at, None, p.ground, p.law) for p in open_pauses.values()]
    pauses.sort(key=lambda p: p.since)
    return Run(at or last, started, tuple(pauses), tuple(extensions), tuple(holders), ended)


def _which(entry: Resumed, open_pauses: dict[str, Paused]) -> str:
    if entry.ground is None and len(open_pauses) > 1:
        raise TermError(
            "which-pause",
            f"同时有{len(open_pauses)}项暂停，请写明恢复哪一项：{'、'.join(open_pauses)}",
            f"{len(open_pauses)} pauses are open; say which ends: {', '.join(open_pauses)}",
        )
    key = entry.ground if entry.ground is not None else next(iter(open_pauses), None)
    if key is None or key not in open_pauses:
        raise TermError("not-paused", "没有对应的暂停，不能恢复计时", "There is no such pause to resume from")
    return key


def _naive(at: datetime) -> TermError:
    return TermError("time-naive", f"时间{at}没有时区，请写明时区", f"{at} has no time zone; state one")
