"""What neighbouring installations publish of their certificates: their keys, and which of them no longer hold.

A list of status is fetched whole, so the neighbour does not learn whose certificate is checked, and kept as long as it
says (`ttl`). Their newer lists of keys are believed only by a key on the card that their administrators gave ours. What
cannot be fetched, or is too old, is a reason not to call a certificate valid, and is said so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tongban.base.clock import Clock
from tongban.base.errors import Refused
from tongban.base.keylist import read_keys
from tongban.base.keys import Keys, PublicKey, Use
from tongban.certs.checks import Check, failed
from tongban.certs.faults import Fault, Point
from tongban.certs.model import Status
from tongban.certs.statuslist import KnownList, StatusLists, StatusPlace, read_status_list
from tongban.certs.strict import Stop
from tongban.certs.verify import STATUS_FAULTS
from tongban.sharing import Listed

if TYPE_CHECKING:
    from tongban.sharing.channel.neighbours import Card, Neighbours

log = logging.getLogger(__name__)

KEYS_PATH: Final = "/.well-known/tongban-keys.json"
_KEYS_KEPT: Final = timedelta(minutes=5)
_AGAIN: Final = timedelta(seconds=30)
"""How long a neighbour that did not answer, or answered what it must not, is left alone."""
_SECONDS: Final = 3.0
_MOST: Final = 5_000_000
_KEPT: Final = 64
"""Lists in memory at most: a million certificates are in each."""

Fetch = Callable[[str], Awaitable[bytes]]
"""What is published at an address. Raises `OSError` where it cannot be had."""


@dataclass(frozen=True, slots=True)
class _Keys:
    keys: dict[str, PublicKey]
    until: datetime


@dataclass(frozen=True, slots=True)
class _List:
    """A list, or why there is none; asked for again after `until`."""

    known: KnownList | None
    fault: Fault | None
    until: datetime


@dataclass(slots=True)
class NeighbourLists:
    """One for each process. Nothing of a person is in it."""

    clock: Clock
    fetch: Fetch = field(default_factory=lambda: over_http)
    _keys: dict[str, _Keys] = field(default_factory=dict[str, _Keys])
    _lists: dict[str, _List] = field(default_factory=dict[str, _List])
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keys(self, card: Card) -> dict[str, PublicKey]:
        """By which certificates of a neighbour are verified: as it publishes them now, else as on its card."""
        if (held := self._held(card)) is not None:
            return held
        async with self._busy:
            if (held := self._held(card)) is not None:
                return held  # somebody else has fetched them meanwhile
            keys, until = _of(card.keys), _AGAIN
            known = Keys(keys=tuple(key for key in card.keys if key.use is Use.REGISTRY))
            if known.keys:  # without one nothing would tell its list from a stranger's
                try:
                    data = await self.fetch(f"{card.published}{KEYS_PATH}")
                    keys |= _of(read_keys(data, self.clock(), known).keys)
                    until = _KEYS_KEPT
                except (OSError, Refused) as error:
                    log.warning("the keys of %s were not had: %s", card.member.code, type(error).__name__)
            self._keys[card.member.code] = _Keys(keys, self.clock() + until)
        return keys

    def _held(self, card: Card) -> dict[str, PublicKey] | None:
        held = self._keys.get(card.member.code)
        return held.keys if held is not None and held.until > self.clock() else None

    async def standing(self, cards: Neighbours, listed: Listed) -> Status | None:
        """How a certificate stands by the list that the installation of this address publishes; None where no card
        names the address, and where the list cannot be had or is too old (`cases.abroad.Ask`)."""
        card = next((one for one in cards.all() if listed.uri.startswith(f"{one.published}/status/")), None)
        if card is None:
            return None
        found = await self.check(card, StatusPlace(idx=listed.place, uri=listed.uri))
        if found.holds:
            return Status.VALID
        return next((status for status, fault in STATUS_FAULTS.items() if fault and fault is found.fault), None)

    async def check(self, card: Card, place: StatusPlace | None) -> Check:
        """Whether a certificate of a neighbour is revoked or suspended, by its list. Never "holds" without one."""
        if place is None:
            return failed(Point.REVOCATION, Fault.NO_STATUS_PLACE)
        # On the card, not in the certificate: a file that somebody brings never chooses what this server calls.
        base = f"{card.published}/status/"
        if not place.uri.startswith(base) or not place.uri.removeprefix(base).isdecimal():
            return failed(Point.REVOCATION, Fault.FOREIGN_LIST)
        held = self._lists.get(place.uri)
        if held is None or held.until <= self.clock():
            held = await self._fetched(card, place.uri)
        if held.known is None:
            return failed(Point.REVOCATION, held.fault or Fault.LIST_UNREACHABLE)
        return StatusLists([held.known]).check(place, self.clock())

    async def _fetched(self, card: Card, uri: str) -> _List:
        keys = await self.keys(card)
        async with self._busy:
            held = self._lists.get(uri)
            if held is not None and held.until > self.clock():
                return held  # somebody else has fetched it meanwhile
            now = self.clock()
            try:
                known = read_status_list(await self.fetch(uri), keys)
                if known.uri != uri:
                    raise Stop(Point.REVOCATION, Fault.FOREIGN_LIST)
                found = _List(known, None, now + known.ttl)
            except OSError as error:
                log.warning("a list of status of %s was not had: %s", card.member.code, type(error).__name__)
                found = _List(None, Fault.LIST_UNREACHABLE, now + _AGAIN)
            except Stop as stop:
                found = _List(None, stop.fault, now + _AGAIN)
            self._lists.pop(uri, None)
            self._lists[uri] = found
            while len(self._lists) > _KEPT:
                del self._lists[next(iter(self._lists))]
            return found


def _of(keys: tuple[PublicKey, ...]) -> dict[str, PublicKey]:
    return {key.id: key for key in keys if key.use is Use.CERTIFICATE}


async def over_http(address: str) -> bytes:
    """The usual `Fetch`: no redirects, three seconds, five million bytes."""
    import httpx  # comes with the first certificate of a neighbour

    try:
        async with (
            httpx.AsyncClient(timeout=_SECONDS, trust_env=False, follow_redirects=False) as http,
            asyncio.timeout(_SECONDS * 2),
            http.stream("GET", address) as response,
        ):
            if response.status_code != 200:
                raise OSError(f"status {response.status_code}")
            data = bytearray()
            async for part in response.aiter_bytes():
                data += part
                if len(data) > _MOST:
                    raise OSError("too large")
            return bytes(data)
    except (httpx.HTTPError, TimeoutError) as error:
        raise OSError(str(error) or type(error).__name__) from error
