"""Token Status List (draft-ietf-oauth-status-list): the status of a million certificates in one small signed file.

Two bits for each certificate, compressed. Whoever checks fetches the whole list, so nobody learns whose certificate
was checked, and keeps it, so that checking needs no network.
"""

import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, cast

import msgspec
from msgspec import Meta

from tongban.base.clock import ZONE, utc
from tongban.base.crypto import Suite
from tongban.base.i18n import Text
from tongban.base.jws import compact
from tongban.base.keys import Document, KeyRing, base64url
from tongban.certs.checks import Check, failed
from tongban.certs.faults import NOT_ASKED, POINTS, Fault, Point
from tongban.certs.keys import PublicKeys
from tongban.certs.model import Status, canonical
from tongban.certs.second import parted, tested, with_second
from tongban.certs.sign import signer
from tongban.certs.strict import Stop, json_of, signed, strict_base64
from tongban.certs.verify import CLOCK_LEEWAY, STATUS_FAULTS

KIND = "statuslist+jwt"
MEDIA_TYPE = "application/statuslist+jwt"
SIZE = 1 << 20
"""Certificates in one list of ours."""
TTL = timedelta(hours=1)
LASTS = timedelta(days=1)
_LARGEST = 1 << 23
"""Bytes of a list when opened: eight million certificates at eight bits. A file that swells beyond is refused."""
_LONGEST = 5_000_000
_SPREAD = 0x9E3779B1
_GATHER = pow(_SPREAD, -1, SIZE)
"""What undoes `_SPREAD`."""
_DIGITS = 10


class StatusPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the status of a certificate stands: a list, and the place in it (§6)."""

    idx: int
    uri: str


def place_of(number: int, address: str) -> StatusPlace:
    """The place of the `number`-th certificate of an installation, which publishes its lists at `address`.

    Neighbours in time do not stand side by side. Whoever knows this rule can still tell how many certificates were
    issued before one; a list tells nothing else of a certificate.
    """
    group, within = divmod(number, SIZE)
    return StatusPlace(idx=index_in_list(within), uri=list_uri(address, group))


def number_at(place: StatusPlace) -> int | None:
    """The number of the certificate that `place_of` gave this place, wherever it was published; None for no such."""
    group = place.uri.rpartition("/status/")[2]
    if not (group.isascii() and group.isdecimal() and len(group) < _DIGITS and 0 <= place.idx < SIZE):
        return None
    return int(group) * SIZE + place.idx * _GATHER % SIZE


def index_in_list(within: int) -> int:
    """A place in a list for each number below its size, none twice."""
    return within * _SPREAD % SIZE


def list_uri(address: str, group: int) -> str:
    """Where the list of a group of certificates is published."""
    return f"{address.rstrip('/')}/status/{group}"


@dataclass(frozen=True, slots=True)
class StatusList:
    """`bits` (1, 2, 4 or 8) for each certificate, the lowest bits of a byte first (§4.1)."""

    bits: int
    data: bytes

    @classmethod
    def of(cls, statuses: Mapping[int, int], *, size: int = SIZE, bits: int = 2) -> "StatusList":
        """A list of `size` places, all valid but those given by place. Raises `ValueError` for what does not fit."""
        data = bytearray(size * bits // 8)
        for place, status in statuses.items():
            if not (0 <= place < size and 0 <= status < 1 << bits):
                raise ValueError(f"place {place}, status {status}: not in a list of {size} at {bits} bits")
            offset = place * bits
            data[offset >> 3] |= status << (offset & 7)
        return cls(bits, bytes(data))

    def __len__(self) -> int:
        return len(self.data) * 8 // self.bits

    def __getitem__(self, place: int) -> int:
        """Raises `IndexError` beyond the list: of such a place nothing is said, which is not "valid"."""
        if not 0 <= place < len(self):
            raise IndexError(place)
        offset = place * self.bits
        return self.data[offset >> 3] >> (offset & 7) & ((1 << self.bits) - 1)

    def compressed(self) -> bytes:
        """ZLIB at its highest level, as the draft recommends."""
        return zlib.compress(self.data, 9)

    @classmethod
    def opened(cls, bits: object, packed: bytes) -> "StatusList":
        """A list from its parts. Raises `ValueError`: unknown width, not compressed so, or larger than believable."""
        if type(bits) is not int or bits not in (1, 2, 4, 8):
            raise ValueError("bits")
        opening = zlib.decompressobj()
        try:
            data = opening.decompress(packed, _LARGEST)
        except zlib.error as error:
            raise ValueError("not compressed") from error
        if opening.unconsumed_tail or opening.unused_data or not opening.eof:
            raise ValueError("too large, cut off, or followed by something else")
        return cls(bits, data)


def issue_status_list(statuses: StatusList, uri: str, ring: KeyRing, at: datetime) -> str:
    """A Status List Token (§5.1), signed by the certificate key in use. Raises `Refused` (`no-signing-key`)."""
    now = int(utc(at).timestamp())
    claims: dict[str, object] = {
        "sub": uri,
        "iat": now,
        "exp": now + int(LASTS.total_seconds()),
        "ttl": int(TTL.total_seconds()),
        "status_list": {"bits": statuses.bits, "lst": base64url(statuses.compressed())},
    }
    whole = with_second(claims, KIND, Document.STATUS, ring, utc(at))
    return compact(ring, signer(ring, utc(at)), KIND, canonical(whole))


class _List(msgspec.Struct, frozen=True):
    bits: int
    lst: str


class _Claims(msgspec.Struct, frozen=True):
    sub: str
    iat: int
    status_list: _List
    exp: int | None = None
    ttl: Annotated[int, Meta(ge=0)] | None = None


@dataclass(frozen=True, slots=True)
class KnownList:
    """A list whose signature holds: of which address, as of when, until when it may be used."""

    uri: str
    statuses: StatusList
    as_of: datetime
    until: datetime | None
    ttl: timedelta = TTL
    """How long a copy may be kept before a new one is fetched (§5.1); an hour where it does not say."""


def read_status_list(data: bytes | str, keys: PublicKeys, suites: Collection[Suite] = (Suite.INTL,)) -> KnownList:
    """A Status List Token as its issuer signed it, by each of `suites`. Raises `Stop` at `Point.REVOCATION`."""
    text = (data if isinstance(data, str) else data.decode("ascii", "replace")).strip()
    if len(text) > _LONGEST:
        raise _stop(Fault.TOO_LARGE)
    payload, key = signed(text, {KIND}, keys, Point.REVOCATION)
    members = json_of(payload, Point.REVOCATION, Fault.LIST_DAMAGED)
    try:
        claims = msgspec.json.decode(payload, type=_Claims)
        packed = strict_base64(claims.status_list.lst, Point.REVOCATION, Fault.LIST_DAMAGED)
        statuses = StatusList.opened(claims.status_list.bits, packed)
        as_of = datetime.fromtimestamp(claims.iat, UTC)
        until = None if claims.exp is None else datetime.fromtimestamp(claims.exp, UTC)
    except (msgspec.DecodeError, ValueError, OverflowError, OSError):
        raise _stop(Fault.LIST_DAMAGED) from None
    if not key.valid_at(as_of):
        raise _stop(Fault.KEY_NOT_IN_USE)
    said, second = parted(cast("dict[str, object]", members))
    for check in tested(second, said, KIND, keys, claims.iat, suites):
        if check.fault is not None:
            raise _stop(check.fault)
    ttl = TTL if claims.ttl is None else timedelta(seconds=min(claims.ttl, int(LASTS.total_seconds())))
    return KnownList(claims.sub, statuses, as_of, until, ttl)


def _stop(fault: Fault) -> Stop:
    return Stop(Point.REVOCATION, fault)


class StatusLists:
    """The lists a verifier has, by address; of two of one address the newer counts. A value, made once, read often."""

    def __init__(self, known: Iterable[KnownList] = ()) -> None:
        self._known: dict[str, KnownList] = {}
        for one in sorted(known, key=lambda one: one.as_of):
            self._known[one.uri] = one

    @classmethod
    def read(
        cls, files: Iterable[bytes | str], keys: PublicKeys, suites: Collection[Suite] = (Suite.INTL,)
    ) -> "StatusLists":
        """Several Status List Tokens. Raises `Stop` for the first that is not one."""
        return cls(read_status_list(file, keys, suites) for file in files)

    def __bool__(self) -> bool:
        """Whether any is at hand."""
        return bool(self._known)

    def check(self, place: StatusPlace | None, now: datetime) -> Check:
        """The point of revocation for one certificate: of `None` (its issuer publishes none) nothing is known."""
        known = None if place is None else self._known.get(place.uri)
        if place is None or known is None:
            return Check(Point.REVOCATION, None, NOT_ASKED if not self._known else NO_LIST)
        if known.as_of > now + CLOCK_LEEWAY:
            return failed(Point.REVOCATION, Fault.LIST_IN_FUTURE)
        if known.until is not None and now >= known.until:
            return failed(Point.REVOCATION, Fault.LIST_EXPIRED)
        try:
            status = Status(known.statuses[place.idx])
        except IndexError:
            return failed(Point.REVOCATION, Fault.NOT_IN_LIST)
        except ValueError:
            return failed(Point.REVOCATION, Fault.UNKNOWN_STATUS)
        fault = STATUS_FAULTS[status]
        return failed(Point.REVOCATION, fault) if fault else Check(Point.REVOCATION, True, as_of(known.as_of))


NO_LISTS = StatusLists()
NO_LIST = Text("没有这张证照所在的状态清单", "The status list of this certificate is not at hand")


def as_of(moment: datetime) -> Text:
    """Since when the answer is known, for a list that was kept."""
    shown = f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"
    point = POINTS[Point.REVOCATION]
    return Text(f"{point.zh}（截至 {shown}）", f"{point.en} (as of {shown})")
