"""Reading what others signed, strictly (`base.jws`), each refusal at the point of a verification where it counts."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from tongban.base import jws
from tongban.base.jws import OURS, Jws, Unproved
from tongban.base.keys import PublicKey, Use, unbase64_once
from tongban.base.once import DuplicateName, read_once
from tongban.certs.faults import Fault, Point

T = TypeVar("T")
Json = dict[str, object] | list[object] | str | float | bool | None

_FAULTS: dict[jws.Fault, Fault] = {fault: Fault(fault.value) for fault in jws.Fault}


class Stop(Exception):
    """Nothing further can be checked."""

    def __init__(self, point: Point, fault: Fault) -> None:
        super().__init__(fault)
        self.point, self.fault = point, fault


def proving(point: Point, read: Callable[[], T]) -> T:
    """What `read` makes of a token; an `Unproved` of it is a `Stop` at this point."""
    try:
        return read()
    except Unproved as unproved:
        raise Stop(point, _FAULTS[unproved.fault]) from None


def signed(
    text: str,
    kinds: Collection[str],
    keys: Mapping[str, PublicKey],
    point: Point = Point.SIGNATURE,
    use: Use = Use.CERTIFICATE,
) -> tuple[bytes, PublicKey]:
    """The payload of a JWS of ours whose signature holds under a known key for this use, and that key.

    Raises `Stop` at `point`.
    """

    def known(key_id: str) -> PublicKey | None:
        key = keys.get(key_id)
        return key if key is not None and key.use is use else None

    return proving(point, lambda: Jws(text).by_known_key(kinds, known, OURS))


def json_of(data: bytes, point: Point, otherwise: Fault) -> Json:
    """JSON without a member twice, without NaN. Raises `Stop` (`duplicate-key`, or `otherwise`)."""
    try:
        return read_once(data)
    except DuplicateName:
        raise Stop(point, Fault.DUPLICATE_KEY) from None
    except (ValueError, RecursionError):
        raise Stop(point, otherwise) from None


def strict_base64(part: str, point: Point, otherwise: Fault = Fault.BAD_ENVELOPE) -> bytes:
    """Base64url in its one spelling. Raises `Stop`."""
    try:
        return unbase64_once(part)
    except ValueError:
        raise Stop(point, otherwise) from None
