"""Proofs that something is in the log, as text that needs nobody to be asked (C2SP tlog-proof@v1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tongban.ledger.checkpoints import Checkpoint, read_number
from tongban.ledger.faults import Fault, Untrue
from tongban.ledger.notes import Note, decode, encode
from tongban.ledger.tree import HASH, included

HEAD: Final = "c2sp.org/tlog-proof@v1"
MOST_BYTES: Final = 2 << 20
_MOST_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a leaf is, the hashes from it up to the root, and the checkpoint with that root. `extra` is ours."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    @property
    def checkpoint(self) -> Checkpoint:
        """What the log signed. Raises Untrue (`bad-checkpoint`)."""
        return Checkpoint.read(self.note.text)

    @classmethod
    def read(cls, data: bytes) -> Proof:
        """Raises Untrue: `not-a-receipt`, `too-large`, `bad-lines`, `bad-index`, `bad-proof-line`, `bad-note`."""
        if len(data) > MOST_BYTES:
            raise Untrue(Fault.TOO_LARGE)
        if not data.startswith(HEAD.encode() + b"\n"):
            raise Untrue(Fault.NOT_A_RECEIPT)
        head, cut, note = data.partition(b"\n\n")
        if not cut or not head.isascii():
            raise Untrue(Fault.BAD_LINES, "no checkpoint")
        lines = head.decode().split("\n")[1:]
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = _decoded(lines.pop(0)[6:], Fault.BAD_LINES)
        word, _, number = lines.pop(0).partition(" ") if lines else ("", "", "")
        index = read_number(number) if word == "index" else None
        if index is None:
            raise Untrue(Fault.BAD_INDEX)
        return cls(index, tuple(read_hashes(lines)), Note.read(note), extra)

    def __bytes__(self) -> bytes:
        lines = [HEAD, *([f"extra {encode(self.extra)}"] if self.extra else []), f"index {self.index}"]
        return "\n".join([*lines, *map(encode, self.hashes), "", ""]).encode() + bytes(self.note)

    def shows(self, leaf: bytes) -> None:
        """Whether the leaf hash is where it says. Raises Untrue: `beyond-the-tree`, `not-in-the-log`."""
        checkpoint = self.checkpoint
        if self.index >= checkpoint.size:
            raise Untrue(Fault.BEYOND_THE_TREE, f"{self.index} of {checkpoint.size}")
        if not included(self.index, checkpoint.size, leaf, self.hashes, checkpoint.root):
            raise Untrue(Fault.NOT_IN_THE_LOG)


def read_hashes(lines: Sequence[str]) -> list[bytes]:
    """One hash a line. Raises Untrue (`bad-proof-line`)."""
    hashes = [_decoded(line, Fault.BAD_PROOF_LINE) for line in lines]
    if len(hashes) > _MOST_HASHES or any(len(one) != HASH for one in hashes):
        raise Untrue(Fault.BAD_PROOF_LINE)
    return hashes


def _decoded(text: str, fault: Fault) -> bytes:
    try:
        return decode(text)
    except ValueError:
        raise Untrue(fault, text[:20]) from None
