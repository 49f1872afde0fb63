"""Where requests are: tiles of streets and communities, points on the operator's map, and what many say."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Lang, Text
from tongban.org import Actor
from tongban.org.entries import lineage
from tongban.voice.hotline.places import cells
from tongban.web.bodies import body_name
from tongban.web.console.maps import WIDTH, Own, own
from tongban.web.desk.intake import clerk
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_ALL = Text("整条街道：", "All of ")


@dataclass(frozen=True, slots=True)
class Tile:
    """A street or community with its requests of the last 90 days."""

    code: str
    name: Text
    requests: int
    open: int


@dataclass(frozen=True, slots=True)
class Mapped:
    """`dots` (x, y, radius, how many) lie in the middle of cells of about 500 m, on the operator's own map."""

    tiles: tuple[Tile, ...]
    own: Own | None
    width: float
    dots: tuple[tuple[float, float, float, int], ...]


def area_name(site: Site, code: str) -> Text:
    """What a street, a community or a county is called."""
    return site.voice.hotline.places.name(code) or site.directory.region_name(code[:6])


def areas_of(site: Site, region: str, lang: Lang) -> list[tuple[str, list[tuple[str, str]]]]:
    """The streets of a county with their communities, to choose from."""
    inside = site.voice.hotline.places.inside(region)
    streets = [one for one in inside if len(one.code) == 9]
    return [
        (
            street.name[lang],
            [
                (
                    one.code,
                    one.name[lang] if one is not street else _ALL[lang] + one.name[lang],
                )
                for one in inside
                if one.code.startswith(street.code)
            ],
        )
        for street in streets
    ]


async def mapped(site: Site, actor: Actor) -> Mapped:
    """The map of an official's list."""
    areas, found = await site.voice.hotline.on_the_map(actor)
    tiles = tuple(Tile(code, area_name(site, code), *counts) for code, counts in areas.items())
    region = site.directory.body(actor.body).region
    known = site.directory.register.regions
    inside = [one.code for one in known if region in lineage(one.code) and one.exists_on(site.today)]
    theirs = own(site.settings.data_dir, inside) if found else None
    points = zip(cells(list(found)), found.values(), strict=True)
    dots = tuple((*theirs.at(one.east, one.north), 4 + min(n, 12), n) for one, n in points) if theirs else ()
    return Mapped(tiles, theirs, WIDTH, dots)


@get("/desk/hotline/hot-spots")
async def hot_spots(site: Site, visitor: Visitor) -> Response[str]:
    """Many about one thing: the words in common, how many, where, and the numbers."""
    return await _spots(site, visitor, official(visitor), ())


@post("/desk/hotline/hot-spots")
async def pair(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """人工合并、拆分: two that are about one thing, or are not; heeded by every later proposal."""
    actor, chosen = clerk(visitor), form.all("request")
    try:
        if len(chosen) != 2:
            raise refuse("choose-two", "请勾选两条", "Tick two requests", place="request")
        await site.voice.hotline.put_together(actor, *chosen, apart=form.text("do") == "apart")
    except Refused as error:
        return await _spots(site, visitor, actor, refused(error))
    return go("/desk/hotline/hot-spots")


async def _spots(site: Site, visitor: Visitor, actor: Actor, problems: Sequence[Problem]) -> Response[str]:
    return page(
        site,
        visitor,
        "desk/hot_spots.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "hotline"),
        problems=problems,
        spots=await site.voice.hotline.sending.hot_spots(actor),
        where=partial(area_name, site),
        name=partial(body_name, site),
    )


ROUTES = [hot_spots, pair]
