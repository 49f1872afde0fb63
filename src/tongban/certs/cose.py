"""COSE_Sign1 (RFC 9052 §4.2) over a CWT (RFC 8392), strictly: one spelling in CBOR, the key id fixes the algorithm.

cbor2 reads more than we accept: a map with a member twice, a number in a longer spelling, a length left open. What is
read is therefore written again in preferred CBOR (RFC 8949 §4.1) and must come to the same bytes.
"""

from collections.abc import Mapping
from typing import cast

import cbor2

from tongban.base.keys import Algorithm, KeyRing, PublicKey, Use
from tongban.certs.faults import Fault, Point
from tongban.certs.strict import Stop

EXP, NBF, IAT, TTL, STATUS = 4, 5, 6, 65534, 65535
"""CWT claims (RFC 8392 §4, Token Status List §14.3)."""
SIGN1_TAG = 18
_ALG, _CRIT, _KID, _TYPE = 1, 2, 4, 16
SECOND = -70002
"""Our label in the range for private use, outside what is signed: [key id, signature] of a second suite."""
_ALGORITHMS: dict[int, str] = {-19: Algorithm.ED25519, -8: Algorithm.ED25519, -7: "ES256"}
"""RFC 9864 names the curve; -8 (EdDSA) is the older number for the same."""
_NUMBERS: dict[Algorithm, int] = {Algorithm.ED25519: -19, Algorithm.ES256: -7}
MAX_BYTES = 100_000


def sign1(
    ring: KeyRing, key: PublicKey, kind: str, claims: Mapping[int, object], second: PublicKey | None = None
) -> bytes:
    """The claims as tagged COSE_Sign1, algorithm, key id and type in the protected header.

    `second` signs the same bytes beside it: SM2 has no number in COSE, so its signature stands under a label of ours.

    Raises `KeyError` for a key whose algorithm has no number in COSE (SM2).
    """
    protected = cbor2.dumps({_ALG: _NUMBERS[key.algorithm], _KID: key.id.encode(), _TYPE: kind}, canonical=True)
    payload = cbor2.dumps(dict(claims), canonical=True)
    signing = to_be_signed(protected, payload)
    beside = {SECOND: [second.id.encode(), ring.sign(second.id, signing)]} if second else {}
    return cbor2.dumps(
        cbor2.CBORTag(SIGN1_TAG, [protected, beside, payload, ring.sign(key.id, signing)]), canonical=True
    )


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure (RFC 9052 §4.4)."""
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


class Sign1:
    """The parts of a COSE_Sign1, read strictly; nothing is believed yet. Raises `Stop`."""

    __slots__ = ("claims", "kid", "kind", "message", "named", "second", "signature")

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise Stop(Point.FORM, Fault.TOO_LARGE)
        tagged = cbor_of(data, Point.FORM, Fault.NOT_A_CERTIFICATE)
        value = tagged.value if isinstance(tagged, cbor2.CBORTag) and tagged.tag == SIGN1_TAG else None
        match value:
            case (bytes() as protected, Mapping(), bytes() as payload, bytes() as signature):
                self.signature = signature
            case _:
                raise Stop(Point.FORM, Fault.NOT_A_CERTIFICATE)
        header = _map(protected, Point.SIGNATURE, Fault.BAD_ENVELOPE)
        loose = dict(cast("Mapping[object, object]", value[1]))
        if _CRIT in header or _CRIT in loose:
            raise Stop(Point.SIGNATURE, Fault.CRITICAL_HEADER)
        if _ALG in loose or header.keys() - {_ALG, _KID, _TYPE} or loose.keys() - {_KID, SECOND}:
            raise Stop(Point.SIGNATURE, Fault.FOREIGN_HEADER)
        if _KID in header and _KID in loose:
            raise Stop(Point.SIGNATURE, Fault.DUPLICATE_KEY)
        kid = header.get(_KID, loose.get(_KID))
        named = _ALGORITHMS.get(cast("int", header.get(_ALG)))
        if named is None:
            raise Stop(Point.SIGNATURE, Fault.WRONG_ALGORITHM)
        if not isinstance(kid, bytes):
            raise Stop(Point.SIGNATURE, Fault.BAD_ENVELOPE)
        self.second = _second(loose.get(SECOND))
        self.named, self.kid, self.kind = named, kid, header.get(_TYPE)
        self.message = to_be_signed(protected, payload)
        self.claims = _map(payload, Point.CONTENT, Fault.BAD_RECORD)

    def prove(self, kind: str, keys: Mapping[str, PublicKey], use: Use) -> PublicKey:
        """The key that signed it as this kind. Raises `Stop`; the order of refusals is the order of trust."""
        if self.kind != kind:
            raise Stop(Point.SIGNATURE, Fault.WRONG_KIND)
        key = keys.get(self.kid.decode("utf-8", "replace"))
        if key is None or key.use is not use:
            raise Stop(Point.SIGNATURE, Fault.UNKNOWN_KEY)
        if self.named != key.algorithm:
            raise Stop(Point.SIGNATURE, Fault.WRONG_ALGORITHM)
        if not key.verify(self.signature, self.message):
            raise Stop(Point.SIGNATURE, Fault.BAD_SIGNATURE)
        return key


def _second(value: object) -> tuple[str, bytes] | None:
    match value:
        case None:
            return None
        case (bytes() as kid, bytes() as signature):
            return kid.decode("utf-8", "replace"), signature
        case _:
            raise Stop(Point.SIGNATURE, Fault.BAD_ENVELOPE)


def cbor_of(data: bytes, point: Point, otherwise: Fault) -> object:
    """CBOR in its preferred spelling, no member twice. Raises `Stop`: `otherwise`, or `not-canonical`."""
    try:
        value = cbor2.loads(data)
        again = cbor2.dumps(value)
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, OverflowError, EOFError):
        raise Stop(point, otherwise) from None
    if again != data:
        raise Stop(point, Fault.NOT_CANONICAL)
    return value


def _map(data: bytes, point: Point, otherwise: Fault) -> dict[object, object]:
    value = cbor_of(data, point, otherwise)
    if not isinstance(value, Mapping):
        raise Stop(point, otherwise)
    return dict(cast("Mapping[object, object]", value))
