"""Receipts: the whole history of one case in words, with the proof that it stands in the log. Nobody is asked.

A receipt is a `tlog-proof` whose `extra` holds what the leaf is made of. What it proves: these events, in this order
and with nothing left out between them, were in the log when the log and its witnesses signed, and cannot be rewritten
since. What it does not prove: that an event is true, or that nothing has happened after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from tongban.base.i18n import Text
from tongban.ledger.checkpoints import Checkpoint, Trusted, Witnessed
from tongban.ledger.commitments import START, Statement, chained, commitment
from tongban.ledger.faults import FAULTS, Fault, Untrue
from tongban.ledger.notes import encode
from tongban.ledger.policy import Policy
from tongban.ledger.proofs import HEAD, Proof
from tongban.ledger.tree import leaf_hash

FORMAT: Final = "tongban/receipt@1"
SUFFIX: Final = ".tlog-proof"
_KEY: Final = 32


class Point(StrEnum):
    """What is checked, in this order; the first that does not hold ends the check."""

    READABLE = "readable"
    HISTORY = "history"
    SIGNED = "signed"
    WITNESSED = "witnessed"
    INCLUDED = "included"
    CONTINUES = "continues"


POINTS: dict[Point, Text] = {
    Point.READABLE: Text("文件完整", "The file is whole"),
    Point.HISTORY: Text("经过连续：次序正确，中间不少", "The history is in order, with nothing left out between"),
    Point.SIGNED: Text("日志签了名", "Signed by the log"),
    Point.WITNESSED: Text("独立的见证人签了名", "Signed by independent witnesses"),
    Point.INCLUDED: Text("这段经过在日志里", "This history is in the log"),
    Point.CONTINUES: Text("是您以前那份回执的延续", "It continues your earlier receipt"),
}

VERDICTS: dict[bool, Text] = {
    True: Text(
        "回执有效：下面这段经过在公开日志里，日期、次序和文字都没有被改过。",
        "The receipt holds: the history below is in the public log, and no date, order or word was changed.",
    ),
    False: Text("回执无效，不能作为依据。", "The receipt does not hold. Do not rely on it."),
}

LIMITS: tuple[Text, ...] = (
    Text(
        "它不证明事情是真的：只证明机关当时这样记下，以后没有改过。",
        "It does not prove that what was recorded is true: only that the authority recorded it so and has not"
        " changed it since.",
    ),
    Text(
        "它不证明后面没有别的事：最新的事项要看最新的回执。请每次收到通知都把回执留下来。",
        "It does not prove that nothing happened afterwards: for that you need a newer receipt. Keep the one that comes"
        " with each notice.",
    ),
    Text(
        "没有独立见证人签名的，不能排除日志给不同的人看不同的内容。",
        "Where no independent witness has signed, the log may have shown different things to different people.",
    ),
)
"""What a receipt does not prove; said wherever one is checked."""


class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event: its key in base64 and the statement, letter for letter as it was committed to."""

    key: bytes
    said: str


class History(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands in the receipt beside the proof."""

    format: str = FORMAT
    case: str
    events: tuple[Opened, ...]

    @property
    def values(self) -> list[bytes]:
        """The value of the chain after each event; the last is the leaf."""
        values, last = list[bytes](), START
        for event in self.events:
            last = chained(last, commitment(event.key, event.said.encode()))
            values.append(last)
        return values


@dataclass(frozen=True, slots=True)
class Check:
    """One point. `holds` is None where it was not asked, or an earlier point did not hold."""

    point: Point
    holds: bool | None
    fault: Fault | None = None
    note: Text | None = None

    @property
    def text(self) -> Text | None:
        """Why it does not hold, or what has to be said beside it."""
        return FAULTS[self.fault] if self.fault else self.note


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of checking a receipt. Statements are shown only where every point holds or was not asked."""

    checks: tuple[Check, ...]
    statements: tuple[Statement, ...] = ()
    checkpoint: Checkpoint | None = None
    witnesses: tuple[Witnessed, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the receipt may be relied on."""
        return all(check.holds is not False for check in self.checks)

    @property
    def fault(self) -> Fault | None:
        """What was wrong, if anything was."""
        return next((check.fault for check in self.checks if check.fault), None)

    @property
    def verdict(self) -> Text:
        """In one sentence."""
        return VERDICTS[self.holds]


def looks_like_one(data: bytes) -> bool:
    """Whether a file claims to be a proof of a log."""
    return data.startswith(HEAD.encode())


def write(case: str, events: Sequence[Opened], proof: Proof) -> bytes:
    """A receipt as a file."""
    extra = msgspec.json.encode(History(case=case, events=tuple(events)))
    return bytes(replace(proof, extra=extra))


def verify(data: bytes, policy: Policy, now: datetime, *, earlier: bytes | None = None) -> Verification:
    """Check a receipt against the keys of its log; with `earlier` also that it continues that receipt."""
    at, seen = Point.READABLE, None
    try:
        proof, history = _read(data)
        at = Point.HISTORY
        statements = _statements(history)
        at = Point.SIGNED
        seen = policy.believe(proof.note, now, _made(statements))
        at = Point.INCLUDED
        proof.shows(leaf_hash(history.values[-1]))
        at = Point.CONTINUES
        if earlier is not None:
            _continues(proof, history, earlier, policy, now)
    except Untrue as untrue:
        return Verification(_failed(OF_WITNESSES.get(untrue.fault, at) if seen is None else at, untrue.fault, seen))
    asked = {Point.WITNESSED: bool(seen.witnesses), Point.CONTINUES: earlier is not None}
    notes = {Point.SIGNED: BOTH_SUITES} if seen.second else {}
    checks = tuple(
        Check(point, True, note=notes.get(point)) if asked.get(point, True) else _open(point) for point in Point
    )
    return Verification(checks, tuple(statements), seen.checkpoint, seen.witnesses)


BOTH_SUITES = Text("国际算法和国密算法的签名都成立", "both by the intl suite and by SM2")
NO_WITNESS = Text(
    "没有独立见证人的签名：不能排除日志给不同的人看不同的内容",
    "No independent witness has signed: the log may show others something else",
)
OF_WITNESSES: dict[Fault, Point] = {
    Fault.BAD_COSIGNATURE: Point.WITNESSED,
    Fault.COSIGNED_IN_FUTURE: Point.WITNESSED,
    Fault.TOO_FEW_WITNESSES: Point.WITNESSED,
}
"""What is found out about witnesses while the log's signature is checked."""


def _holding(point: Point) -> Check:
    return Check(point, True)


def _open(point: Point) -> Check:
    return Check(point, None, note=NO_WITNESS if point is Point.WITNESSED else None)


def _failed(at: Point, fault: Fault, seen: Trusted | None) -> tuple[Check, ...]:
    """Every point: those before hold, this one does not, those after were not asked."""
    order = list(Point)
    before = order[: order.index(at)]
    if not (seen and seen.witnesses) and Point.WITNESSED in before:
        before.remove(Point.WITNESSED)
    return tuple(
        Check(point, False, fault) if point is at else _holding(point) if point in before else Check(point, None)
        for point in order
    )


def _read(data: bytes) -> tuple[Proof, History]:
    proof = Proof.read(data)
    if not proof.extra:
        raise Untrue(Fault.NO_STATEMENTS)
    try:
        history = msgspec.json.decode(proof.extra, type=History)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Untrue(Fault.BAD_STATEMENTS) from None
    if history.format != FORMAT:
        raise Untrue(Fault.UNKNOWN_FORMAT, history.format)
    if msgspec.json.encode(history) != proof.extra or any(len(event.key) != _KEY for event in history.events):
        raise Untrue(Fault.BAD_STATEMENTS)  # one field twice, or written so that two readers might differ
    return proof, history


def _statements(history: History) -> list[Statement]:
    """The statements in order. Raises Untrue."""
    if not history.events:
        raise Untrue(Fault.EMPTY_HISTORY)
    found: list[Statement] = []
    for event in history.events:
        try:
            found.append(msgspec.json.decode(event.said, type=Statement))
        except msgspec.MsgspecError:
            raise Untrue(Fault.BAD_STATEMENTS) from None
        if msgspec.json.encode(found[-1]) != event.said.encode():
            raise Untrue(Fault.BAD_STATEMENTS)
    if any(one.case != history.case for one in found):
        raise Untrue(Fault.OTHER_CASE)
    places = [one.seq for one in found]
    if len(set(places)) != len(places):
        raise Untrue(Fault.DUPLICATE_EVENT)
    if places != sorted(places):
        raise Untrue(Fault.OUT_OF_ORDER)
    if places != list(range(1, len(places) + 1)):
        raise Untrue(Fault.MISSING_EVENT)
    return found


def _made(statements: Sequence[Statement]) -> int:
    """When the last thing happened, in seconds of POSIX."""
    return int(statements[-1].at.timestamp())


def _continues(proof: Proof, history: History, earlier: bytes, policy: Policy, now: datetime) -> None:
    """That nothing of an earlier receipt was changed or left out. Raises Untrue, also where that one is not true."""
    before_proof, before = _read(earlier)
    statements = _statements(before)
    policy.believe(before_proof.note, now, _made(statements))
    before_proof.shows(leaf_hash(before.values[-1]))
    if before.case != history.case:
        raise Untrue(Fault.OTHER_CASE)
    was, now_is = before.values, history.values
    shared = min(len(was), len(now_is))
    if was[:shared] != now_is[:shared]:
        raise Untrue(Fault.HISTORY_CHANGED)
    if len(was) > len(now_is):
        raise Untrue(Fault.HISTORY_SHORTENED)
    old, new = before_proof.checkpoint, proof.checkpoint
    if old.size == new.size and old.root != new.root:
        raise Untrue(Fault.SPLIT_VIEW, encode(old.root))
    if new.size < old.size:
        raise Untrue(Fault.ROLLED_BACK)
