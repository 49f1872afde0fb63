"""The front page, search, the list of services and the guide to one: all public, all from the catalogue."""

from litestar import Response, get

from tongban.catalog.model import Service, Theme
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.portal.themes import THEMES
from tongban.web.site import Site
from tongban.web.visitor import Visitor

POPULAR = 4


def by_theme(services: list[Service]) -> dict[Theme, list[Service]]:
    """Services under every theme they belong to, themes in the front page's order, empty ones left out."""
    grouped = {theme: [s for s in services if theme in s.themes] for theme in THEMES}
    return {theme: found for theme, found in grouped.items() if found}


@get("/search")
async def search(site: Site, visitor: Visitor, q: str = "") -> Response[str]:
    """One sentence in, services out."""
    query = " ".join(q.split())[:200]
    hits: list[Service] = []
    if query:
        await site.limits.spend(Limited.SEARCH, visitor.who)
        found = site.catalogue.search(query, visitor.lang, 10, listed=False)
        hits = [hit.service for hit in found if hit.service is not None]
    return page(site, visitor, "portal/search.html", query=query, hits=hits)


@get("/services")
async def services(site: Site, visitor: Visitor, theme: str = "") -> Response[str]:
    """All services by theme, or one theme's."""
    grouped = by_theme(list(site.catalogue.services()))
    chosen = Theme(theme) if theme in THEMES else None
    groups = [(name, THEMES[name], found) for name, found in grouped.items() if chosen in (None, name)]
    return page(site, visitor, "portal/services.html", chosen=THEMES[chosen] if chosen else None, groups=groups)


@get("/")
async def home(site: Site, visitor: Visitor) -> Response[str]:
    """What waits for the reader first; then what they may look for."""
    published = list(site.catalogue.services())
    return page(
        site,
        visitor,
        "portal/home.html",
        popular=published[:POPULAR],
        count=len(published),
        themes=[(theme, THEMES[theme]) for theme in by_theme(published)][:8],
        todo=[],
        cases=[],
        certificates=[],
        accesses=[],
    )


ROUTES = [home, search, services]
