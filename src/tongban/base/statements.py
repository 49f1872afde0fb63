"""A statement: a document that a key of each suite that its class asks for has signed, all over the same bytes.

What is signed is the canonical JSON of kind, time and document. No algorithm stands in it: a key id fixes that, and
which suites must have signed, the verifier's own list of keys says (`base.keys.Keys`), never the statement.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from tongban.base.canonical import canonical
from tongban.base.clock import utc
from tongban.base.crypto import Suite
from tongban.base.documents import DOCUMENTS, Document
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.keys import KeyRing, Keys, PublicKey, Use, base64url, unbase64_once
from tongban.base.once import read_once

MOST_BYTES: Final = 1_000_000
_MOST_MARKS: Final = 4
_AHEAD: Final = timedelta(minutes=5)


class Fault(StrEnum):
    """Why a statement is not believed."""

    TOO_LARGE = "too-large"
    NOT_A_STATEMENT = "not-a-statement"
    WRONG_KIND = "wrong-kind"
    IN_FUTURE = "in-future"
    UNSIGNED = "unsigned"
    REPEATED_KEY = "repeated-key"
    UNKNOWN_KEY = "unknown-key"
    KEY_NOT_IN_USE = "key-not-in-use"
    BAD_SIGNATURE = "bad-signature"
    SUITE_MISSING = "suite-missing"


FAULTS: Final[dict[Fault, Text]] = {
    Fault.TOO_LARGE: Text("文件太大", "The file is too large"),
    Fault.NOT_A_STATEMENT: Text("这不是签过名的文件，或者被改过格式", "This is no signed document, or was reshaped"),
    Fault.WRONG_KIND: Text("签名是给另一种文件的", "It was signed as another kind of document"),
    Fault.IN_FUTURE: Text("签名时间在将来", "It says it was signed in the future"),
    Fault.UNSIGNED: Text("没有签名", "It is not signed"),
    Fault.REPEATED_KEY: Text("同一把密钥签了两次", "One key signed twice"),
    Fault.UNKNOWN_KEY: Text("签名的密钥不在公布的名单里，或不许签这种文件", "The key is not published for this use"),
    Fault.KEY_NOT_IN_USE: Text("签名时这把密钥不在使用期内", "The key was not in use at the time of signing"),
    Fault.BAD_SIGNATURE: Text("内容被改过，或签名是假的", "The content was altered, or the signature is forged"),
    Fault.SUITE_MISSING: Text("缺少这类文件必须有的另一种签名", "A signature that this class needs is missing"),
}


class Unbelieved(ValueError):
    """A statement that does not hold."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault

    @property
    def text(self) -> Text:
        return FAULTS[self.fault]


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One signature: base64url without padding."""

    key: str
    signature: str


class Marks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The signatures of a document that is kept elsewhere, and when they were made."""

    at: datetime
    signatures: tuple[Mark, ...]


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`said` is the document, as JSON; `at` when it was signed."""

    kind: str
    at: datetime
    said: dict[str, Any]
    signatures: tuple[Mark, ...]

    def as_file(self) -> bytes:
        """As people save it."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"


def stated(ring: KeyRing, use: Use, kind: str, said: object, now: datetime) -> Statement:
    """The document signed, by the newest key of each suite that its use asks for.

    Raises `Refused` (`no-signing-key`, `sm2-unavailable`).
    """
    document = msgspec.to_builtins(said, str_keys=True)
    marks = marked(ring, Document(use.value), kind, document, now)
    return Statement(kind=kind, at=marks.at, said=document, signatures=marks.signatures)


def marked(
    ring: KeyRing,
    document: Document,
    kind: str,
    said: object,
    now: datetime,
    suites: Collection[Suite] | None = None,
) -> Marks:
    """The signatures alone, by the newest key of each of the suites, by default those that the class asks for.

    Raises `Refused` (`no-signing-key`, `sm2-unavailable`).
    """
    at = utc(now).replace(microsecond=0)
    signed = _signed(kind, at, said)
    keys = [_signer(ring, DOCUMENTS[document].use, now, suite) for suite in suites or ring.keys.suites(document)]
    signatures = tuple(Mark(key=key.id, signature=base64url(ring.sign(key.id, signed))) for key in keys)
    return Marks(at=at, signatures=signatures)


def read(data: bytes) -> Statement:
    """A statement from its file, unchecked. Raises `Unbelieved`: also for a name that stands twice."""
    if len(data) > MOST_BYTES:
        raise Unbelieved(Fault.TOO_LARGE)
    try:
        statement = msgspec.convert(read_once(data), Statement)
        utc(statement.at)  # a time without its zone, or beyond the calendar, is none
    except (ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        raise Unbelieved(Fault.NOT_A_STATEMENT) from None
    return statement


def believed(statement: Statement, kind: str, use: Use, keys: Keys, now: datetime) -> dict[str, Any]:
    """The document, if every signature on it holds and no suite is missing. Raises `Unbelieved`, `Refused`
    (`sm2-unavailable`)."""
    if statement.kind != kind:
        raise Unbelieved(Fault.WRONG_KIND)
    if statement.at > now + _AHEAD:
        raise Unbelieved(Fault.IN_FUTURE)
    signed = signed_by(Marks(at=statement.at, signatures=statement.signatures), kind, statement.said)
    suites = {holding(mark, signed, use, keys, statement.at) for mark in statement.signatures}
    if not suites.issuperset(keys.suites(use)):
        raise Unbelieved(Fault.SUITE_MISSING)
    return statement.said


def signed_by(marks: Marks, kind: str, said: object) -> bytes:
    """The bytes that the marks are over. Raises `Unbelieved` (`unsigned`, `repeated-key`)."""
    if not marks.signatures:
        raise Unbelieved(Fault.UNSIGNED)
    if len(marks.signatures) > _MOST_MARKS or len({mark.key for mark in marks.signatures}) != len(marks.signatures):
        raise Unbelieved(Fault.REPEATED_KEY)
    return _signed(kind, utc(marks.at), said)


def holding(mark: Mark, signed: bytes, use: Use, keys: Keys, at: datetime) -> Suite:
    """The suite of one signature that holds. Raises `Unbelieved`, `Refused` (`sm2-unavailable`)."""
    key = keys.named(mark.key, use)
    if key is None:
        raise Unbelieved(Fault.UNKNOWN_KEY)
    if not key.valid_at(at):
        raise Unbelieved(Fault.KEY_NOT_IN_USE)
    try:
        signature = unbase64_once(mark.signature)
    except ValueError:
        raise Unbelieved(Fault.BAD_SIGNATURE) from None
    if not key.verify(signature, signed):
        raise Unbelieved(Fault.BAD_SIGNATURE)
    return key.suite


def _signed(kind: str, at: datetime, said: object) -> bytes:
    return canonical({"kind": kind, "at": at.isoformat(), "said": said})


def _signer(ring: KeyRing, use: Use, now: datetime, suite: Suite) -> PublicKey:
    try:
        return ring.signer(use, now, suite)
    except LookupError:
        raise no_signing_key(use, suite) from None


def no_signing_key(use: Use, suite: Suite) -> Refused:
    """No key of this suite may sign for this use now."""
    return refuse(
        "no-signing-key",
        f"没有可以签这类文件（{use}）的密钥（{suite}）。请执行 tongban keys rotate {use} 后重启平台。",
        f"No {suite} key may sign this class of document ({use}). Run tongban keys rotate {use} and restart.",
        place=str(use),
        status=500,
    )
