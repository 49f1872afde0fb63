"""The second signature of a token (SD-JWT VC, status list), by SM2: one more claim, under the first signature.

SM2 has no name in JOSE, so it signs no token. It signs what a token says and stands in it beside that; then the token
is signed as ever. Whoever takes it out, or puts another in, breaks the first signature; whoever does not know it passes
over it (RFC 7519 §4), so that wallets and verifiers of others carry it along unchanged (docs/decisions/011).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

import msgspec

from tongban.base.crypto import Suite
from tongban.base.documents import DOCUMENTS, Document
from tongban.base.keys import KeyRing, base64url, unbase64_once
from tongban.base.statements import Mark, no_signing_key
from tongban.certs.checks import Check, failed
from tongban.certs.faults import Fault, Point
from tongban.certs.keys import PublicKeys
from tongban.certs.marks import beside, gm_key, missing
from tongban.certs.model import canonical

MEMBER: Final = "tongban_sm2"


def with_second(
    claims: Mapping[str, object], kind: str, document: Document, ring: KeyRing, at: datetime
) -> dict[str, object]:
    """What the first signature is to sign. Raises `Refused` (`no-signing-key`)."""
    try:
        key = gm_key(ring, at, document)
    except LookupError:
        raise no_signing_key(DOCUMENTS[document].use, Suite.GM) from None
    if key is None:
        return dict(claims)
    signature = ring.sign(key.id, _signed(claims, kind))
    return {**claims, MEMBER: {"key": key.id, "signature": base64url(signature)}}


def parted(claims: Mapping[str, object]) -> tuple[dict[str, object], object]:
    """What a token says, and the second signature in it, unread; None where it has none."""
    said = dict(claims)
    return said, said.pop(MEMBER, None)


def tested(
    second: object, claims: Mapping[str, object], kind: str, keys: PublicKeys, at: int, suites: Collection[Suite]
) -> list[Check]:
    """Whether the second signature holds; and a suite of `suites` that is missing. `at` is when it was signed."""
    if second is None:
        return missing((), suites)
    try:
        mark = msgspec.convert(second, Mark)
        signature = unbase64_once(mark.signature)
    except ValueError:  # msgspec's errors are ValueErrors
        return [failed(Point.GM, Fault.BAD_ENVELOPE)]
    return beside(mark.key, signature, _signed(claims, kind), keys, at, suites)


def _signed(claims: Mapping[str, object], kind: str) -> bytes:
    """The kind of token is under the signature too: what is said in one counts in no other."""
    return canonical({"kind": kind, "said": claims})
