"""数据共享清单: what data the state holds, who may have them and how, and which services use them.

For everybody, without logging in: pages, JSON, DCAT 3 and a sheet (政务数据共享条例 12 to 16, 19).
"""

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import Response, get

from tongban.base.errors import refuse
from tongban.base.page import Page, cursor, read_cursor
from tongban.catalog import cite
from tongban.catalog.model import Level, Service, Theme
from tongban.sharing.directory import words
from tongban.sharing.directory.dcat import dcat
from tongban.sharing.directory.model import MODES, Attribute, Resource, ResourceType
from tongban.sharing.directory.registered import DataDirectory, Wanted, counts
from tongban.sharing.directory.sheet import write_sheet
from tongban.sharing.lookup import sources
from tongban.web.html import page, saved_file
from tongban.web.portal.themes import THEMES
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SIZE = 20
_LONGEST = 100
"""Characters of a search."""
K = TypeVar("K", bound=StrEnum)


def _chosen(kind: type[K], value: str, place: str) -> K | None:
    """A filter's value; empty is no filter. Raises Refused `bad-filter` (400)."""
    try:
        return kind(value) if value else None
    except ValueError:
        raise refuse(
            "bad-filter",
            "没有这个筛选条件，请回到清单重新选。",
            "There is no such filter; please choose again in the list.",
            place=place,
            status=400,
        ) from None


def _wanted(text: str, owner: str, level: str, type_: str, attribute: str, theme: str) -> Wanted:
    return Wanted(
        text=text[:_LONGEST],
        body=owner[:_LONGEST],
        level=_chosen(Level, level, "level"),
        type=_chosen(ResourceType, type_, "type"),
        attribute=_chosen(Attribute, attribute, "attribute"),
        theme=_chosen(Theme, theme, "theme"),
    )


def _now(site: Site) -> DataDirectory:
    return site.sharing.directory.now


def _json(value: Any) -> Response[bytes]:
    body = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return Response(body, media_type="application/json", headers={"access-control-allow-origin": "*"})


def uses(site: Site) -> Mapping[str, list[Service]]:
    """Services in force today by the `body.resource/record#field` that they look up."""
    found: dict[str, dict[str, Service]] = defaultdict(dict)
    for service in site.catalogue.services():
        for source in sources(service).values():
            found[source.at][service.service] = service
    return {at: list(services.values()) for at, services in found.items()}


@get("/open/data")
async def entries(
    site: Site,
    visitor: Visitor,
    q: str = "",
    owner: str = "",
    level: str = "",
    kind: str = "",
    attribute: str = "",
    theme: str = "",
    after: str | None = None,
) -> Response[str]:
    """The list, its filters and counts. Raises Refused (400): `bad-filter`, `bad-cursor`."""
    directory = _now(site)
    wanted = _wanted(q, owner, level, kind, attribute, theme)
    found = directory.search(wanted)
    asked = {"q": q, "owner": owner, "level": level, "kind": kind, "attribute": attribute, "theme": theme}
    everything = directory.search(Wanted())
    return page(
        site,
        visitor,
        "open/data.html",
        found=directory.page(wanted, after, _SIZE),
        counts=counts(found),
        asked=asked,
        query=urlencode({name: value for name, value in asked.items() if value}),
        filtered=any(asked.values()),
        bodies={one.owner.body: one.owner.name for one in everything},
        levels={one.owner.level: words.LEVELS[one.owner.level] for one in everything},
        themes={one: THEMES[one].name for one in Theme if any(one in entry.themes for entry in everything)},
        words=words,
    )


@get("/open/data.json")
async def for_programs(
    site: Site,
    q: str = "",
    owner: str = "",
    level: str = "",
    kind: str = "",
    attribute: str = "",
    theme: str = "",
    after: str | None = None,
    limit: int = _SIZE,
) -> Response[bytes]:
    """The same for programs: one page, and where the next begins."""
    wanted = _wanted(q, owner, level, kind, attribute, theme)
    found: Page[Resource] = _now(site).page(wanted, after, max(1, min(limit, 100)))
    return _json(found)


@get("/open/data.jsonld")
async def as_dcat(site: Site) -> Response[bytes]:
    """The whole public list as DCAT 3."""
    made = dcat(_now(site), site.settings.address, day=site.today)
    return Response(
        msgspec.json.encode(made), media_type="application/ld+json", headers={"access-control-allow-origin": "*"}
    )


@get("/open/data.csv")
async def as_sheet(site: Site) -> Response[Any]:
    """The whole public list as a sheet; `tongban directory import` reads it back."""
    text = write_sheet(_now(site).search(Wanted()))
    return saved_file(text.encode(), "数据共享清单.csv", "text/csv; charset=utf-8")


@get("/open/data/elements")
async def elements(site: Site, visitor: Visitor, q: str = "", after: str | None = None) -> Response[str]:
    """The dictionary: each element, where it comes from, who keeps it. Raises Refused `bad-cursor` (400)."""
    directory = _now(site)
    needle, place = q[:_LONGEST].casefold(), read_cursor(after, tuple[str])[0] if after else ""
    kept = [
        (one, element)
        for one in directory.keepers()
        if (element := directory.elements.get(one.element)) is not None
        and one.element > place
        and needle in f"{one.element} {element.name.zh} {element.name.en}".casefold()
    ]
    found = Page(tuple(kept[:_SIZE]), cursor(kept[_SIZE - 1][0].element) if len(kept) > _SIZE else None)
    names = {one.owner.body: one.owner.name for one in directory.resources.values()}
    open_ = [one for one in directory.keepers() if not one.settled]
    return page(site, visitor, "open/data_elements.html", found=found, q=q, names=names, unsettled=open_, words=words)


@get("/open/data/elements.json")
async def elements_for_programs(site: Site) -> Response[bytes]:
    """The dictionary for programs."""
    directory = _now(site)
    kept = {one.element: {"kept_by": one.bodies, "settled": one.settled} for one in directory.keepers()}
    return _json({name: msgspec.to_builtins(one) | kept.get(name, {}) for name, one in directory.elements.items()})


@get("/open/data/{resource:str}")
async def entry(site: Site, visitor: Visitor, resource: str) -> Response[Any]:
    """One entry; with `.json` behind its name for programs. Raises Refused `unknown-resource` (404)."""
    directory = _now(site)
    one = directory.public(resource.removesuffix(".json"))
    if resource.endswith(".json"):
        return _json(one)
    used = uses(site)
    services = {s.service: s for at in one.addresses for s in used.get(at, ())}
    return page(
        site,
        visitor,
        "open/data_entry.html",
        one=one,
        directory=directory,
        laws={law.id: cite(law) for law in one.law},
        services=list(services.values()),
        used=used,
        words=words,
        modes=MODES,
        themes=THEMES,
    )


ROUTES = [entries, for_programs, as_dcat, as_sheet, elements, elements_for_programs, entry]
