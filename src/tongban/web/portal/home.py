"""The front page and the list of services: all public, all from the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response, get

from tongban import certs
from tongban.base.i18n import Text
from tongban.cases.store.personal import Draft
from tongban.catalog.model import Audience, Service, Theme, Words
from tongban.org import Actor
from tongban.outreach.offers import Offer
from tongban.web.html import page
from tongban.web.portal.accesses import Line, line
from tongban.web.portal.casework import Summary, Todo, dated, summaries
from tongban.web.portal.certificates import Tile, tiles
from tongban.web.portal.offers import waiting
from tongban.web.portal.themes import THEMES
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.words import both

POPULAR = 4
OFFERS = 3
THEMES_SHOWN = 10
BUNDLES = 4


def by_theme(services: list[Service]) -> dict[Theme, list[Service]]:
    """Services under every theme they belong to, themes in the front page's order, empty ones left out."""
    grouped = {theme: [s for s in services if theme in s.themes] for theme in THEMES}
    return {theme: found for theme, found in grouped.items() if found}


def one_of_each(services: list[Service]) -> list[Service]:
    """For people: of each theme, in the front page's order, the service people have most names for; none twice."""
    for_people = [service for service in services if Audience.NATURAL_PERSON in service.audience]
    best = [max(found, key=lambda one: len(one.aliases)) for found in by_theme(for_people).values()]
    return list({one.service: one for one in best}.values())


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
    mine = await own(site, visitor.person) if visitor.person else Own()
    return page(
        site,
        visitor,
        "portal/home.html",
        popular=one_of_each(published)[:POPULAR],
        count=len(published),
        themes=[(theme, THEMES[theme]) for theme in by_theme(published)][:THEMES_SHOWN],
        mine=mine,
        bundles=site.catalogue.bundles()[:BUNDLES],
    )


@dataclass(frozen=True, slots=True)
class Own:
    """What the front page shows of the reader's own affairs."""

    todo: Sequence[Todo] = ()
    cases: Sequence[Summary] = ()
    certificates: Sequence[Tile] = ()
    accesses: Sequence[Line] = ()
    offers: Sequence[Offer] = ()


async def own(site: Site, actor: Actor) -> Own:
    """Five queries, whatever the reader has."""
    rows = list((await site.cases.mine(actor, limit=20)).items)
    cases = summaries(site, rows)
    drafts = await site.cases.drafts(actor)
    papers = await certs.store.held_by(site.db, actor.id, limit=3)
    looks = await site.sharing.accesses(actor.id, limit=2)
    names: dict[str, Words] = {service.service: service.name for service in site.catalogue.services()}
    names |= {bundle.bundle: bundle.name for bundle in site.catalogue.bundles()}
    unfinished = [_unfinished(site, draft, names[draft.service]) for draft in drafts if draft.service in names]
    return Own(
        todo=[*(case.must for case in cases if case.must), *unfinished],
        cases=cases[:2],
        certificates=tiles(site, papers.items),
        accesses=[line(site, look) for look in looks.items],
        offers=waiting(await site.outreach.offers(actor), rows, drafts)[:OFFERS],
    )


def _unfinished(site: Site, draft: Draft, name: Words) -> Todo:
    title = both(name)
    return Todo(
        Text(f"{title.zh}，还没填完", f"{title.en}: not finished"),
        dated(site, draft.updated_at, Text("草稿{day}存的，接着填就行。", "Draft of {day}; simply go on.")),
        f"/apply/{draft.service}",
        Text("继续填写", "Continue"),
    )


ROUTES = [home, services]
