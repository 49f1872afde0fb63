"""The keys of this installation, for whoever checks what it signed."""

from typing import Any

from litestar import Response, get

from tongban import certs
from tongban.base.keylist import published
from tongban.web.site import Site

_KEPT = {"cache-control": "public, max-age=300"}


@get("/.well-known/tongban-keys.json")
async def listed(site: Site) -> Response[bytes]:
    """Every key with its use and its time, and which suites must have signed what; signed with the registry key."""
    return Response(published(site.keys, site.clock()).as_file(), media_type="application/json", headers=_KEPT)


@get("/.well-known/jwks.json")
async def jwks(site: Site) -> Response[dict[str, Any]]:
    """The keys of certificates as a JWK Set, for programs that know no other form."""
    return Response(certs.export_jwks(site.keys.public.values()), headers=_KEPT)


ROUTES = [listed, jwks]
"""Public: nothing in them is anybody's."""
