"""Reading what others signed, strictly: one spelling for one byte string, no member twice, no key from the message."""

from collections.abc import Collection, Mapping
from typing import Protocol

from tongban.base.keys import PublicKey, Use, base64url, unbase64
from tongban.base.once import DuplicateName, read_once
from tongban.certs.faults import Fault, Point

Json = dict[str, object] | list[object] | str | float | bool | None


class Stop(Exception):
    """Nothing further can be checked."""

    def __init__(self, point: Point, fault: Fault) -> None:
        super().__init__(fault)
        self.point, self.fault = point, fault


class Verifies(Protocol):
    """A public key whose algorithm was fixed before the message came."""

    @property
    def algorithm(self) -> str: ...
    def verify(self, signature: bytes, message: bytes) -> bool: ...


class Jws:
    """The parts of a compact JWS (RFC 7515 §7.1), decoded; nothing is believed yet."""

    __slots__ = ("header", "payload", "signature", "signing_input")

    def __init__(self, text: str, point: Point) -> None:
        parts = text.split(".")
        if len(parts) != 3 or not text.isascii():
            raise Stop(point, Fault.BAD_ENVELOPE)
        raw, self.payload, self.signature = (strict_base64(part, point) for part in parts)
        self.header = header_of(raw, point)
        self.signing_input = f"{parts[0]}.{parts[1]}".encode()

    def prove(self, key: Verifies, point: Point) -> bytes:
        """The payload, if `key` signed it. Raises `Stop` (`wrong-algorithm`, `unsigned`, `bad-signature`)."""
        if self.header["alg"] != key.algorithm:
            raise Stop(point, Fault.WRONG_ALGORITHM)
        if not self.signature:
            raise Stop(point, Fault.UNSIGNED)
        if not key.verify(self.signature, self.signing_input):
            raise Stop(point, Fault.BAD_SIGNATURE)
        return self.payload


def header_of(raw: bytes, point: Point) -> dict[str, object]:
    """A JOSE header with an algorithm. Refused: `alg: none`, `crit`, a key or certificate that came along."""
    header = json_of(raw, point, Fault.BAD_ENVELOPE)
    if not isinstance(header, dict):
        raise Stop(point, Fault.BAD_ENVELOPE)
    alg = header.get("alg")
    if not isinstance(alg, str):
        raise Stop(point, Fault.BAD_ENVELOPE)
    if alg.lower() == "none":
        raise Stop(point, Fault.UNSIGNED)
    if "crit" in header:
        raise Stop(point, Fault.CRITICAL_HEADER)
    if header.keys() & FOREIGN:
        raise Stop(point, Fault.FOREIGN_HEADER)
    return header


FOREIGN = frozenset({"jwk", "jku", "x5c", "x5u", "x5t", "x5t#S256", "b64", "zip"})
"""Header members by which a message would choose how it is checked."""


def signed(text: str, kind: str, keys: Mapping[str, PublicKey], use: Use = Use.CERTIFICATE) -> tuple[bytes, PublicKey]:
    """The payload of a JWS of ours whose signature holds, and its key. The order of refusals is the order of trust."""
    jws = Jws(text, Point.SIGNATURE)
    return by_known_key(jws, {kind}, keys, use, only=frozenset({"alg", "kid", "typ"}))


def by_known_key(
    jws: Jws,
    kinds: Collection[str],
    keys: Mapping[str, PublicKey],
    use: Use,
    only: frozenset[str] | None = None,
) -> tuple[bytes, PublicKey]:
    """The payload of a JWS of one of these kinds, if a known key for this use signed it.

    `only` names the header members that may stand there. Raises `Stop`.
    """
    kid = jws.header.get("kid")
    if not isinstance(kid, str) or not isinstance(jws.header.get("typ"), str):
        raise Stop(Point.SIGNATURE, Fault.BAD_ENVELOPE)
    if only is not None and jws.header.keys() - only:
        raise Stop(Point.SIGNATURE, Fault.FOREIGN_HEADER)
    if jws.header["typ"] not in kinds:
        raise Stop(Point.SIGNATURE, Fault.WRONG_KIND)
    key = keys.get(kid)
    if key is None or key.use is not use:
        raise Stop(Point.SIGNATURE, Fault.UNKNOWN_KEY)
    return jws.prove(key, Point.SIGNATURE), key


def json_of(data: bytes, point: Point, otherwise: Fault) -> Json:
    """JSON without a member twice, without NaN. Raises `Stop` (`duplicate-key`, or `otherwise`)."""
    try:
        return read_once(data)
    except DuplicateName:
        raise Stop(point, Fault.DUPLICATE_KEY) from None
    except (ValueError, RecursionError):
        raise Stop(point, otherwise) from None


def strict_base64(part: str, point: Point, otherwise: Fault = Fault.BAD_ENVELOPE) -> bytes:
    """Strict base64url: one spelling for one byte string, so that no second signed text looks the same."""
    try:
        raw = unbase64(part)
    except ValueError:
        raise Stop(point, otherwise) from None
    if base64url(raw) != part:
        raise Stop(point, otherwise)
    return raw
