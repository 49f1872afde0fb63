"""Checkpoints: the size and the root of the log at one moment, signed by it and its witnesses (C2SP tlog-checkpoint).

A checkpoint of ours has three lines and no more: what auditors cannot check does not belong there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from tongban.base.crypto import Suite
from tongban.ledger.faults import Fault, Untrue
from tongban.ledger.notes import Kind, Note, Sign, VerifierKey, decode, encode, sign, time_of
from tongban.ledger.tree import EMPTY, HASH

AHEAD: Final = 300
"""Seconds by which another machine's clock may be ahead."""

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text of its note."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """Raises Untrue (`bad-checkpoint`)."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise Untrue(Fault.BAD_CHECKPOINT, "three lines at least, none of them empty")
        size = read_number(lines[1])
        try:
            root = decode(lines[2])
        except ValueError:
            root = b""
        if size is None or len(root) != HASH or (size == 0 and root != EMPTY):
            raise Untrue(Fault.BAD_CHECKPOINT, "size or root")
        return cls(lines[0], size, root)

    def signed(self, *keys: tuple[VerifierKey, Sign]) -> Note:
        """As a note with the log's signatures."""
        return Note(self.text, tuple(sign(self.text, key, by) for key, by in keys))


def read_number(text: str) -> int | None:
    """A decimal number without leading zeroes; None for anything else."""
    return int(text) if _NUMBER.fullmatch(text) else None


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A witness that signed, and when, in seconds of POSIX."""

    key: VerifierKey
    at: int


@dataclass(frozen=True, slots=True)
class Trusted:
    """A checkpoint that a trusted log signed, with those of the trusted witnesses that signed it too."""

    checkpoint: Checkpoint
    note: Note
    key: VerifierKey
    """The log's key of the `intl` suite that signed."""
    second: VerifierKey | None
    """Its SM2 key, if that signed too."""
    witnesses: tuple[Witnessed, ...]


def trusted(
    data: bytes | Note,
    logs: Iterable[VerifierKey],
    witnesses: Iterable[VerifierKey] = (),
    *,
    least: int = 0,
    now: int,
    suites: Collection[Suite] = (Suite.INTL,),
) -> Trusted:
    """A checkpoint of one of `logs`, cosigned by at least `least` of `witnesses`, none of them after `now` (seconds).

    The log must have signed it with a key of each of `suites`; what it signed with others must hold as well, if it can
    be checked here. Raises Untrue: `bad-note`, `bad-checkpoint`, `unknown-log`, `unsigned`, `bad-signature`,
    `bad-gm-signature`, `suite-missing`, `suite-unchecked`, `bad-cosignature`, `signed-twice`, `cosigned-in-future`,
    `too-few-witnesses`.
    """
    note = data if isinstance(data, Note) else Note.read(data)
    checkpoint = Checkpoint.read(note.text)
    named = [key for key in logs if key.name == checkpoint.origin]
    of = [key for key in named if key.kind is Kind.LOG]
    seconds = [key for key in named if key.kind is Kind.LOG_SM2]
    if not of:
        raise Untrue(Fault.UNKNOWN_LOG, checkpoint.origin)
    watching = [key for key in witnesses if key.kind is Kind.WITNESS]
    try:
        signed = note.signed_by((*of, *watching, *seconds))
    except Untrue as untrue:
        if untrue.fault is not Fault.SUITE_UNCHECKED or Suite.GM in suites:
            raise
        signed = note.signed_by((*of, *watching))  # not asked for, and it cannot be checked here
    key = next((one for one in of if one in signed), None)
    if key is None:
        raise Untrue(Fault.UNSIGNED, checkpoint.origin)
    second = next((one for one in seconds if one in signed), None)
    if Suite.GM in suites and second is None:
        raise Untrue(Fault.SUITE_MISSING, checkpoint.origin)
    seen = tuple(Witnessed(one, time_of(signed[one].data)) for one in watching if one in signed)
    if any(one.at > now + AHEAD for one in seen):
        raise Untrue(Fault.COSIGNED_IN_FUTURE)
    if len({one.key.public for one in seen}) < least:
        raise Untrue(Fault.TOO_FEW_WITNESSES, f"{len(seen)} of {least}")
    return Trusted(checkpoint, note, key, second, seen)
