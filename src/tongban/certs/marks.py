"""The further signatures of a certificate: by another suite (SM2), and later ones by the keys of that time.

They are over the record itself with the moment at which they were made, so a certificate signed anew says what it said,
keeps its number, its digest and its place in the status list, and its first signature stays beside them.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

import msgspec

from tongban.base.crypto import Suite
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.keys import Document, KeyRing, PublicKey, Use, unbase64_once
from tongban.base.statements import Mark, Marks, Unbelieved, marked, signed_by
from tongban.certs.checks import Check, failed, passed
from tongban.certs.faults import Fault, Point
from tongban.certs.keys import PublicKeys
from tongban.certs.model import CertificateRecord
from tongban.certs.strict import Stop

KIND: Final = "tongban-certificate-marks/1"
MOST: Final = 4_000
"""Characters of marks, written down."""

_POINTS: Final[dict[Suite, Point]] = {Suite.INTL: Point.RENEWED, Suite.GM: Point.GM}
_FORGED: Final[dict[Suite, Fault]] = {Suite.INTL: Fault.BAD_SIGNATURE, Suite.GM: Fault.BAD_GM_SIGNATURE}
NO_GM_KEYS: Final = Text(
    "没有国密公钥：没有核对（公布的 tongban-keys.json 里有）",
    "not checked: no SM2 keys at hand (tongban-keys.json has them)",
)


def mark_first(record: CertificateRecord, ring: KeyRing) -> Marks | None:
    """At issue: by each suite beside the one of the first signature; None where certificates need no other.

    Raises `Refused` as `statements.marked`.
    """
    others = [suite for suite in ring.keys.suites(Document.CERTIFICATE) if suite is not Suite.INTL]
    return marked(ring, Document.CERTIFICATE, KIND, record, record.issued_at, others) if others else None


def mark_again(record: CertificateRecord, ring: KeyRing, now: datetime) -> Marks:
    """Later: by today's key of each suite that certificates need. Raises `Refused` as `statements.marked`."""
    return marked(ring, Document.CERTIFICATE, KIND, record, now)


def read_marks(data: object) -> Marks:
    """From what a file holds: parsed JSON, or its text. Raises `Stop` (`bad-envelope`)."""
    try:
        if isinstance(data, bytes):
            if len(data) > MOST:
                raise ValueError("too long")
            return msgspec.json.decode(data, type=Marks)
        return msgspec.convert(data, Marks)
    except ValueError:  # msgspec's errors are ValueErrors
        raise Stop(Point.SIGNATURE, Fault.BAD_ENVELOPE) from None


def tested(
    marks: Marks | None, record: CertificateRecord, keys: PublicKeys, suites: Collection[Suite], latest: datetime
) -> list[Check]:
    """Every mark, and each of `suites` that is missing. `latest` is the last moment that is not in the future."""
    found: list[Check] = []
    if marks is not None:
        try:
            signed = signed_by(marks, KIND, record)
        except (Unbelieved, ValueError, OverflowError):  # none, one key twice, or a time without its zone
            return [failed(Point.RENEWED, Fault.BAD_ENVELOPE)]
        if marks.at > latest:
            return [failed(Point.RENEWED, Fault.ISSUED_IN_FUTURE)]
        found = [_one(one, signed, keys, marks.at, suites) for one in marks.signatures]
    return found + missing({one.point for one in found}, suites)


def missing(found: Collection[Point], suites: Collection[Suite]) -> list[Check]:
    """A suite that is asked for beside `intl` and that nothing here is signed by."""
    return [
        failed(_POINTS[suite], Fault.SUITE_MISSING)
        for suite in suites
        if suite is not Suite.INTL and _POINTS[suite] not in found
    ]


def _one(one: Mark, signed: bytes, keys: PublicKeys, at: datetime, suites: Collection[Suite]) -> Check:
    try:
        signature = unbase64_once(one.signature)
    except ValueError:
        return failed(Point.RENEWED, Fault.BAD_ENVELOPE)
    return by_key(one.key, signature, signed, keys, at, suites)


def by_key(
    key_id: str, signature: bytes, signed: bytes, keys: PublicKeys, at: datetime, suites: Collection[Suite]
) -> Check:
    """Whether a known key made a further signature at a time."""
    key = keys.get(key_id)
    if key is None or key.use is not Use.CERTIFICATE:
        if not _has_gm(keys) and Suite.GM not in suites:
            return Check(Point.GM, None, NO_GM_KEYS)
        return failed(Point.GM, Fault.UNKNOWN_KEY)
    point = _POINTS[key.suite]
    if not key.valid_at(at):
        return failed(point, Fault.KEY_NOT_IN_USE)
    try:
        holds = key.verify(signature, signed)
    except Refused as refused:  # this machine has no SM2
        if key.suite in suites:
            return failed(point, Fault.SUITE_UNCHECKED)
        return Check(point, None, refused.problems[0].text)
    return passed(point) if holds else failed(point, _FORGED[key.suite])


def _has_gm(keys: PublicKeys) -> bool:
    return any(key.suite is Suite.GM and key.use is Use.CERTIFICATE for key in keys.values())


def beside(
    key_id: str, signature: bytes, signed: bytes, keys: PublicKeys, at: int, suites: Collection[Suite]
) -> list[Check]:
    """A second signature that stands alone, made `at` a time in seconds. Only an SM2 key makes one: whoever has the
    first signature could write it down here once more."""
    key = keys.get(key_id)
    if key is not None and key.suite is not Suite.GM:
        return [failed(Point.GM, Fault.WRONG_ALGORITHM)]
    try:
        moment = datetime.fromtimestamp(at, UTC)
    except (OverflowError, ValueError, OSError):
        return [failed(Point.GM, Fault.KEY_NOT_IN_USE)]
    return [by_key(key_id, signature, signed, keys, moment, suites)]


def gm_key(ring: KeyRing, at: datetime, document: Document = Document.CERTIFICATE) -> PublicKey | None:
    """The SM2 key for a class at a time, where the class needs one. Raises `LookupError` where it is missing."""
    if Suite.GM not in ring.keys.suites(document):
        return None
    return ring.signer(Use.CERTIFICATE, at, Suite.GM)
