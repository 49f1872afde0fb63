"""Signed notes and the keys that check them (C2SP signed-note, tlog-cosignature).

A key is known by its name and its id together; its id is worked out from name, algorithm and key, so a note can never
choose how it is checked. Signatures of keys that we do not know are passed over; one of a known key that does not fit
spoils the note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple, assert_never

from tongban.base.crypto import SIGNATURES, Algorithm, Suite, suite_of
from tongban.base.errors import Refused
from tongban.ledger.faults import Fault, Untrue

MOST_BYTES: Final = 1 << 16
MOST_SIGNATURES: Final = 32

Sign = Callable[[bytes], bytes]
"""Signs a message: 64 bytes."""


class Kind(IntEnum):
    """The signature types that we know, by their byte in a verifier key."""

    LOG = 0x01
    """Ed25519 over the text of the note."""
    WITNESS = 0x04
    """Ed25519 over the text and a time: a cosignature."""
    LOG_SM2 = 0xFF
    """SM2 over the text of the note, the log's second signature. It has no number of its own: this byte stands for
    types without one, and a name of ours follows it."""


class _Type(NamedTuple):
    """How keys of a kind are written and used, and what a signature of theirs that does not fit is called."""

    algorithm: Algorithm
    named: bytes
    fault: Fault


_TYPES: Final[dict[Kind, _Type]] = {
    Kind.LOG: _Type(Algorithm.ED25519, b"", Fault.BAD_SIGNATURE),
    Kind.WITNESS: _Type(Algorithm.ED25519, b"", Fault.BAD_COSIGNATURE),
    Kind.LOG_SM2: _Type(Algorithm.SM2, b"tongban.sm2\n", Fault.BAD_GM_SIGNATURE),
}


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and a key for one use. As text it is a *vkey*: `name+id+key`."""

    name: str
    kind: Kind
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that a signature line carries with the name."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._typed).digest()[:4]

    @property
    def suite(self) -> Suite:
        """The suite of its algorithm."""
        return suite_of(_TYPES[self.kind].algorithm)

    @property
    def _typed(self) -> bytes:
        return bytes([self.kind]) + _TYPES[self.kind].named + self.public

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encode(self._typed)}"

    @classmethod
    def read(cls, text: str) -> VerifierKey:
        """From a vkey. Raises ValueError."""
        name, _, rest = text.strip().partition("+")
        key_id, _, data = rest.partition("+")
        raw = decode(data)
        if not _good_name(name) or not raw:
            raise ValueError("not a verifier key")
        kind = Kind(raw[0])
        algorithm, named, _ = _TYPES[kind]
        if not raw.startswith(named, 1) or len(raw) != 1 + len(named) + SIGNATURES[algorithm].public_bytes:
            raise ValueError("not a verifier key")
        key = cls(name, kind, raw[1 + len(named) :])
        if key.id.hex() != key_id:
            raise ValueError("the id of the verifier key does not belong to it")
        return key

    def fits(self, signature: bytes, text: str) -> bool:
        """Whether the signature (without the key id) is this key's over the note's text.

        Raises Untrue (`suite-unchecked`) where this machine has no SM2.
        """
        match self.kind:
            case Kind.LOG | Kind.LOG_SM2:
                return self._verified(signature, text.encode())
            case Kind.WITNESS:
                time = signature[:8]
                return len(signature) == 72 and self._verified(signature[8:], cosigned(text, time_of(time)))
            case _:
                assert_never(self.kind)

    def _verified(self, signature: bytes, message: bytes) -> bool:
        try:
            return SIGNATURES[_TYPES[self.kind].algorithm].verifier(self.public).verify(signature, message)
        except ValueError:
            return False
        except Refused:
            raise Untrue(Fault.SUITE_UNCHECKED, self.name) from None


class Signature(NamedTuple):
    """One line below a note."""

    name: str
    key_id: bytes
    data: bytes

    def line(self) -> str:
        """As it stands in the note, with its end of line."""
        return f"— {self.name} {encode(self.key_id + self.data)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures. Nothing in it may be believed before `checked`."""

    text: str
    """With its final end of line."""
    signatures: tuple[Signature, ...]

    @classmethod
    def read(cls, data: bytes) -> Note:
        """Raises Untrue (`bad-note`)."""
        if len(data) > MOST_BYTES:
            raise Untrue(Fault.TOO_LARGE)
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise Untrue(Fault.BAD_NOTE, "not UTF-8") from None
        if any(ord(char) < 0x20 and char != "\n" for char in whole):
            raise Untrue(Fault.BAD_NOTE, "control characters")
        text, cut, lines = whole.rpartition("\n\n")
        if not cut or not lines.endswith("\n"):
            raise Untrue(Fault.BAD_NOTE, "no signatures")
        signatures = tuple(read_signature(line) for line in lines[:-1].split("\n"))
        if len(signatures) > MOST_SIGNATURES:
            raise Untrue(Fault.BAD_NOTE, "too many signatures")
        return cls(text + "\n", signatures)

    def __bytes__(self) -> bytes:
        return (self.text + "\n" + "".join(one.line() for one in self.signatures)).encode()

    def signed_by(self, keys: Iterable[VerifierKey]) -> dict[VerifierKey, Signature]:
        """Who of these signed it.

        Raises Untrue: `bad-signature`, `bad-gm-signature`, `bad-cosignature`, `signed-twice`, `suite-unchecked`.
        """
        known = {(key.name, key.id): key for key in keys}
        found: dict[VerifierKey, Signature] = {}
        for one in self.signatures:
            key = known.get((one.name, one.key_id))
            if key is None:
                continue
            if key in found:
                raise Untrue(Fault.SIGNED_TWICE, key.name)
            if not key.fits(one.data, self.text):
                raise Untrue(_TYPES[key.kind].fault, key.name)
            found[key] = one
        return found

    def with_signatures(self, more: Sequence[Signature]) -> Note:
        """The same note with further signatures, none of them twice."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))


def read_signature(line: str) -> Signature:
    """One line without its end. Raises Untrue (`bad-note`)."""
    dash, _, rest = line.partition(" ")
    name, _, data = rest.partition(" ")
    try:
        raw = decode(data)
    except ValueError:
        raw = b""
    if dash != "—" or not _good_name(name) or len(raw) < 5:
        raise Untrue(Fault.BAD_NOTE, "a line that is no signature")
    return Signature(name, raw[:4], raw[4:])


def sign(text: str, key: VerifierKey, by: Sign) -> Signature:
    """The log's signature over a note's text."""
    return Signature(key.name, key.id, by(text.encode()))


def cosign(text: str, key: VerifierKey, by: Sign, seconds: int) -> Signature:
    """A witness's signature at a time, in seconds of POSIX."""
    return Signature(key.name, key.id, seconds.to_bytes(8, "big") + by(cosigned(text, seconds)))


def cosigned(text: str, seconds: int) -> bytes:
    """What a witness signs."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def time_of(data: bytes) -> int:
    """When a witness signed, from the data of its signature: seconds of POSIX."""
    return int.from_bytes(data[:8], "big")


def encode(data: bytes) -> str:
    """Standard base64 (RFC 4648 §4)."""
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes:
    """From base64, in the one way of writing it. Raises ValueError."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
    if encode(data) != text:
        raise ValueError("not the one way to write it in base64")
    return data


def _good_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(char.isspace() for char in name)
