"""The registry: who is a member, with which keys, and what each may ask. One JWS signed by the digital centre.

Deny by default: what does not stand in it is refused, an expired one answers nothing, an older one than was seen is
not taken, and only the pinned key makes one. Nodes work on their copy until it expires, so the centre may be away.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import msgspec

from tongban.base.clock import ZONE, Clock, utc
from tongban.base.errors import Refused, refuse
from tongban.base.jws import compact, opened
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.sharing.channel.model import Member, Query, Right, path_of
from tongban.sharing.channel.refusals import Code, refusal

KIND: Final = "gov-registry+jws"
VALID: Final = timedelta(hours=1)
"""How long one registry holds: the longest that a suspended grant can outlive its suspension at a cut-off node."""
FRESH: Final = timedelta(seconds=30)
"""How often a node asks for a newer one."""
_BYTES: Final = 32_000_000


class RegistryDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is signed. `version` only grows."""

    instance: str
    version: int
    issued: datetime
    expires: datetime
    members: tuple[Member, ...]
    rights: tuple[Right, ...]


class Registry:
    """A verified registry, indexed."""

    def __init__(self, document: RegistryDocument) -> None:
        self.document = document
        self._members = {member.code: member for member in document.members}
        self._keys = {member.code: {key.id: key for key in member.keys} for member in document.members}
        self._rights = {(right.client, right.grant): right for right in document.rights}

    @property
    def version(self) -> int:
        return self.document.version

    def member(self, code: str) -> Member | None:
        """The member of a code."""
        return self._members.get(code)

    def members(self) -> tuple[Member, ...]:
        """All of them."""
        return self.document.members

    def key(self, member: str, key_id: str) -> PublicKey | None:
        """A key by which this member signs messages."""
        key = self._keys.get(member, {}).get(key_id)
        return key if key is not None and key.use is Use.EXCHANGE else None

    def signer(self, ring: KeyRing, members: Iterable[str], now: datetime) -> PublicKey:
        """With which key of the ring to sign as one of `members`: the newest that everybody can read here.

        A new key waits until the registry has it, so keys are changed without a pause. With none listed, the newest:
        nobody will believe it, and it says so to whoever looks. Raises `LookupError` for a ring without a valid key.
        """
        listed = {key_id for member in members for key_id in self._keys.get(member, {})}
        fit = [
            key for key in ring.public.values() if key.use is Use.EXCHANGE and key.id in listed and key.valid_at(now)
        ]
        return max(fit, key=lambda key: (key.not_before, key.id)) if fit else ring.signer(Use.EXCHANGE, now)

    def permit(self, client: str, provider: str, grant: str, purpose: str, query: Query, day: date) -> Right:
        """The right under which `client` may ask this, or `Refused` with what is wrong.

        Checked in this order, so that nobody learns of a right that is not theirs: `no-grant`, `path-outside-right`,
        `purpose-outside-grant`, `grant-not-begun`, `grant-expired`, `field-outside-grant`, `test-outside-grant`.
        """
        right = self._rights.get((client, grant))
        if right is None:
            raise refusal(Code.NO_GRANT)
        if right.path != path_of(provider, query.resource, query.record):
            raise refusal(Code.PATH_OUTSIDE_RIGHT)
        if right.purpose != purpose:
            raise refusal(Code.PURPOSE_OUTSIDE_GRANT)
        if day < right.since:
            raise refusal(Code.GRANT_NOT_BEGUN)
        if day > right.until:
            raise refusal(Code.GRANT_EXPIRED)
        for field in query.fields:
            if field not in right.fields:
                raise refusal(Code.FIELD_OUTSIDE_GRANT, field)
        for test in query.tests:
            if not right.allows(test):
                raise refusal(Code.TEST_OUTSIDE_GRANT, test.name)
        return right


class Registered(Protocol):
    """Something that knows the registry in force."""

    def current(self) -> Registry:
        """Raises `Refused` (`registry-expired`) rather than answer from an old one."""
        ...


def issue(
    ring: KeyRing,
    now: datetime,
    *,
    instance: str,
    members: Iterable[Member],
    rights: Iterable[Right],
    valid: timedelta = VALID,
) -> str:
    """Sign the registry of this moment. Its version is the moment in milliseconds, so it grows by itself.

    Raises `LookupError` if the ring has no key for the registry.
    """
    document = RegistryDocument(
        instance=instance,
        version=int(now.timestamp() * 1000),
        issued=utc(now),
        expires=utc(now) + valid,
        members=tuple(members),
        rights=tuple(rights),
    )
    return compact(ring, ring.signer(Use.REGISTRY, now), KIND, msgspec.json.encode(document))


def read_registry(token: str, pinned: Mapping[str, PublicKey], now: datetime) -> Registry:
    """Verify a registry against the pinned keys.

    Raises `Refused` (503): `registry-not-genuine`, `registry-expired`.
    """
    try:
        if len(token) > _BYTES:
            raise ValueError("too large")
        payload = opened(token, KIND, lambda key_id: _pinned(pinned.get(key_id)), now)
        document = msgspec.json.decode(payload, type=RegistryDocument)
    except ValueError as error:  # msgspec's errors are ValueErrors
        raise refuse(
            "registry-not-genuine",
            "成员名录不是数字政务中心签发的，没有采用。请核对固定的公钥。",
            "The registry is not signed by the digital centre and was not taken. Compare the pinned key.",
            status=503,
        ) from error
    if document.expires <= utc(now):
        raise refusal(Code.REGISTRY_EXPIRED)
    return Registry(document)


def _pinned(key: PublicKey | None) -> PublicKey | None:
    return key if key is not None and key.use is Use.REGISTRY else None


class RegistryCache:
    """A node's copy, in memory and in a file, renewed from `fetch` (which gives the JWS, or raises)."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[str]],
        pinned: Iterable[PublicKey],
        clock: Clock,
        file: Path | None = None,
    ) -> None:
        self._fetch, self._clock, self._file = fetch, clock, file
        self._pinned = {key.id: key for key in pinned}
        self._registry: Registry | None = None
        self._seen = 0
        if file is not None and file.is_file():
            with suppress(Refused):
                self._take(file.read_text(encoding="ascii", errors="replace"), keep=False)
        if file is not None and (mark := _mark(file)).is_file():
            self._seen = max(self._seen, int(mark.read_text(encoding="ascii")))

    def current(self) -> Registry:
        """The registry in force. Raises `Refused` (`registry-expired`, 503)."""
        registry = self._registry
        if registry is None or registry.document.expires <= self._clock():
            raise refusal(Code.REGISTRY_EXPIRED)
        return registry

    async def refresh(self) -> Registry:
        """Ask for a newer one and take it.

        Raises `Refused` (`registry-not-genuine`, `registry-expired`, `registry-rolled-back`) and what `fetch` raises;
        the copy stays in force meanwhile.
        """
        return self._take(await self._fetch(), keep=True)

    def _take(self, token: str, *, keep: bool) -> Registry:
        registry = read_registry(token, self._pinned, self._clock())
        if registry.version < self._seen:
            raise refuse(
                "registry-rolled-back",
                "收到的成员名录比已采用的旧，没有采用。",
                "The registry is older than the one in use and was not taken.",
                status=503,
            )
        self._registry, self._seen = registry, registry.version
        if keep and self._file is not None:
            _replace(self._file, token)
            _replace(_mark(self._file), str(self._seen))
        return registry


def _mark(file: Path) -> Path:
    """Beside the copy: the highest version seen, which outlives an expired or damaged copy."""
    return file.with_suffix(".version")


def _replace(file: Path, text: str) -> None:
    draft = file.with_suffix(file.suffix + ".new")
    draft.write_text(text, encoding="ascii")
    draft.replace(file)


def today(now: datetime) -> date:
    """The day on which a right is judged."""
    return now.astimezone(ZONE).date()
