"""少填少交: how much each service asks, with nothing shared and with the records of the state answering.

For everybody, as a page and as JSON (政务数据共享条例 19; 国令716 7).
"""

from typing import Any

import msgspec
from litestar import Response, get

from tongban.catalog.model import Service
from tongban.catalog.once_bundles import AskedTogether, through_bundles
from tongban.catalog.once_only import Asked, asked, together
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


def _counted(site: Site) -> list[tuple[Service, Asked]]:
    """Every service in force today that somebody applies for, the largest fall first."""
    found = [(service, asked(service)) for service in site.catalogue.services()]
    return sorted(found, key=lambda one: -one[1].fall)


def _bundled(site: Site, rows: list[tuple[Service, Asked]]) -> AskedTogether:
    """The same services, those of one matter through its one form."""
    bundles = [site.catalogue.composed(one.bundle) for one in site.catalogue.bundles()]
    return through_bundles([service for service, _ in rows], bundles)


def _json(value: Any) -> Response[bytes]:
    body = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return Response(body, media_type="application/json", headers={"access-control-allow-origin": "*"})


@get("/open/once-only")
async def all_services(site: Site, visitor: Visitor) -> Response[str]:
    """Every service, the total of all apart and the total through bundles, and how each was counted."""
    rows = _counted(site)
    total = together(one for _, one in rows)
    return page(site, visitor, "open/once_only.html", rows=rows, total=total, bundled=_bundled(site, rows))


@get("/open/once-only.json")
async def for_programs(site: Site) -> Response[bytes]:
    """The same for programs."""
    rows = _counted(site)
    return _json(
        {
            "day": site.today,
            "services": {one.service: {"version": one.version, **found.as_json()} for one, found in rows},
            "total": together(found for _, found in rows).as_json(),
            "total_through_bundles": _bundled(site, rows).as_json(),
        }
    )


@get("/open/once-only/{slug:str}")
async def one_service(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """One service: what each record answers, and what is still asked. Raises Refused `unknown-service` (404)."""
    service = site.catalogue.service(slug)
    return page(site, visitor, "open/once_only_service.html", service=service, found=asked(service))


ROUTES = [all_services, for_programs, one_service]
