"""How an SD-JWT is written: compact with tildes, and the two JSON forms (RFC 9901 §4, §8)."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from tongban.certs.faults import Fault, Point
from tongban.certs.sdjwt.hiding import digest_of
from tongban.certs.strict import Json, Stop, json_of

MAX_CHARACTERS = 500_000


class SdJwt(msgspec.Struct, frozen=True, kw_only=True):
    """The issuer's JWTs (more than one only where several signed the same payload), disclosures, key binding."""

    jwts: tuple[str, ...]
    disclosures: tuple[str, ...] = ()
    binding: str = ""

    @property
    def presented(self) -> str:
        """All that the holder's signature covers: compact, up to and with the last tilde (§4.3.1)."""
        return "~".join((self.jwts[0], *self.disclosures, ""))

    @property
    def sd_hash(self) -> str:
        """What the key binding JWT must say it belongs to."""
        return digest_of(self.presented)

    def compact(self) -> str:
        """`<jwt>~<disclosure>~…~<key binding>` (§4)."""
        return self.presented + self.binding


def looks_like_sd_jwt(data: bytes) -> bool:
    """Whether a file is meant as one of the three forms; whether it is one `parse` says."""
    start = data[:MAX_CHARACTERS].strip()
    if start.startswith(b"{"):
        return b'"disclosures"' in start and b'"payload"' in start
    return b"~" in start and start.split(b"~", 1)[0].count(b".") == 2


def parse(data: bytes | str) -> SdJwt:
    """Any of the three forms. Raises `Stop` at `Point.FORM` or, for a damaged envelope, `Point.SIGNATURE`."""
    raw = data.encode() if isinstance(data, str) else data
    if len(raw) > MAX_CHARACTERS:
        raise Stop(Point.FORM, Fault.TOO_LARGE)
    raw = raw.strip()
    if raw.startswith(b"{"):
        return _from_json(json_of(raw, Point.FORM, Fault.NOT_A_CERTIFICATE))
    try:
        jwt, *rest = raw.decode("ascii").split("~")
    except UnicodeDecodeError:
        raise Stop(Point.FORM, Fault.NOT_A_CERTIFICATE) from None
    if not rest or jwt.count(".") != 2:
        raise Stop(Point.FORM, Fault.NOT_A_CERTIFICATE)
    *disclosures, binding = rest
    if not all(disclosures) or (binding and binding.count(".") != 2):
        raise Stop(Point.FORM, Fault.BAD_ENVELOPE)  # cut off in the middle, or an empty disclosure
    return SdJwt(jwts=(jwt,), disclosures=tuple(disclosures), binding=binding)


def _from_json(value: Json) -> SdJwt:
    match value:
        case {"payload": str(payload), "signatures": list()} if value["signatures"]:
            signatures = cast("list[object]", value["signatures"])
        case {"payload": str(payload), "protected": _, "signature": _}:
            signatures = [value]
        case _:
            raise Stop(Point.FORM, Fault.NOT_A_CERTIFICATE)
    jwts: list[str] = []
    for signature in signatures:
        match signature:
            case {"protected": str(protected), "signature": str(signed)}:
                jwts.append(f"{protected}.{payload}.{signed}")
            case _:
                raise Stop(Point.FORM, Fault.BAD_ENVELOPE)
    first, *others = (_unprotected(cast("dict[str, Any]", signature)) for signature in signatures)
    if any(other.keys() & {"disclosures", "kb_jwt"} for other in others):
        raise Stop(Point.FORM, Fault.BAD_ENVELOPE)  # §8.1: only the first may carry them
    try:
        header = msgspec.convert(first, _Unprotected)
    except msgspec.ValidationError:
        raise Stop(Point.FORM, Fault.BAD_ENVELOPE) from None
    if not all(one.isascii() for one in header.disclosures):
        raise Stop(Point.FORM, Fault.BAD_ENVELOPE)
    return SdJwt(jwts=tuple(jwts), disclosures=header.disclosures, binding=header.kb_jwt)


class _Unprotected(msgspec.Struct, frozen=True):
    disclosures: tuple[str, ...] = ()
    kb_jwt: str = ""


def _unprotected(signature: dict[str, Any]) -> dict[str, Any]:
    header = signature.get("header", {})
    if not isinstance(header, dict):
        raise Stop(Point.FORM, Fault.BAD_ENVELOPE)
    return cast("dict[str, Any]", header)


def to_flattened(sd_jwt: SdJwt) -> dict[str, Any]:
    """Flattened JSON (§8.1)."""
    payload, (first,) = _signatures(sd_jwt)
    return {"payload": payload, **first}


def to_general(sd_jwt: SdJwt) -> dict[str, Any]:
    """General JSON: several signatures over one payload (§8.1)."""
    payload, signatures = _signatures(sd_jwt)
    return {"payload": payload, "signatures": list(signatures)}


def _signatures(sd_jwt: SdJwt) -> tuple[str, Sequence[dict[str, Any]]]:
    header: dict[str, Any] = {"disclosures": list(sd_jwt.disclosures)}
    if sd_jwt.binding:
        header["kb_jwt"] = sd_jwt.binding
    parts = [jwt.split(".") for jwt in sd_jwt.jwts]
    made = [{"protected": protected, "signature": signature} for protected, _, signature in parts]
    return parts[0][1], [{**made[0], "header": header}, *made[1:]]
