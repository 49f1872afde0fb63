"""The status lists, for everybody: which certificates are revoked or suspended, and nothing of whose they are.

Whoever checks certificates fetches a list once an hour and asks nobody whose certificate they hold (Token Status List).
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from litestar import Response, get

from tongban import certs
from tongban.base.errors import refuse
from tongban.certs.statuslist import (
    MEDIA_TYPE,
    SIZE,
    TTL,
    StatusList,
    StatusPlace,
    index_in_list,
    issue_status_list,
    list_uri,
    place_of,
)
from tongban.web.site import Site

FRESH = timedelta(minutes=1)
"""A revocation stands in the list at the latest this long after the act; to build a list anew costs 20 ms."""


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    until: datetime


_KEPT: WeakKeyDictionary[object, dict[int, _Kept]] = WeakKeyDictionary()
"""By the database that the lists speak of."""


def place(site: Site, one: certs.StoredCertificate) -> StatusPlace:
    """Where the status of a certificate is published."""
    return place_of(one.number, site.settings.address)


async def published(site: Site, group: int) -> str:
    """The list of a group of certificates, signed, at most a minute old. Raises Refused (404) where there is none."""
    kept = _KEPT.setdefault(site.db, {})
    held = kept.get(group)
    if held is not None and held.until > site.clock():
        return held.token
    if not 0 <= group <= await certs.store.count_issued(site.db) // SIZE:
        raise refuse("unknown-status-list", "没有这份状态清单", "There is no such status list", status=404)
    found = await certs.store.not_valid(site.db, group * SIZE, SIZE)
    token = await asyncio.to_thread(_signed, site, group, found)
    kept[group] = _Kept(token, site.clock() + FRESH)
    return token


def _signed(site: Site, group: int, found: dict[int, certs.Status]) -> str:
    statuses = StatusList.of({index_in_list(number % SIZE): int(status) for number, status in found.items()})
    return issue_status_list(statuses, list_uri(site.settings.address, group), site.keys, site.clock())


@get("/status/{group:int}")
async def status_list(site: Site, group: int) -> Response[str]:
    """A Status List Token (§8.1); caches may keep it as long as verifiers do."""
    headers = {
        "cache-control": f"public, max-age={int(TTL.total_seconds())}",
        "access-control-allow-origin": "*",
    }
    return Response(await published(site, group), media_type=MEDIA_TYPE, headers=headers)


ROUTES = [status_list]
