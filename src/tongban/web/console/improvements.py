"""/console/improvements: what many people say of one part of a service. A person confirms the part, and asks its owner.

Counts, parts and case numbers; what was said is read on the case, which leaves its line as anywhere else.
"""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.org import Actor, visible
from tongban.voice.improvements.causes import Cause
from tongban.voice.improvements.model import NOT_OF_THE_FILE, STANDINGS, Cluster
from tongban.web.bodies import body_name
from tongban.web.console.machines import supervisor
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.words import both

_PAGE = 50
_NOTHING = Text("看不出是哪一处", "No part suggested")


@dataclass(frozen=True, slots=True)
class Shown:
    """A cluster as it is shown: `choices` are the parts of the file, `owners` whom it can be opened against."""

    of: Cluster
    service: Text
    part: Text
    enough: bool
    choices: tuple[tuple[str, str], ...]
    owner: str


@get("/console/improvements")
async def improvements(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """What waits to be confirmed or opened, and what was promised."""
    return await _page(site, visitor, supervisor(visitor), after=after)


@post("/console/improvements")
async def act(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Confirm which part a cluster is about, or ask the owner."""
    actor, voice = supervisor(visitor), site.voice.improvements
    try:
        match form.text("do"):
            case "open":
                case = await voice.open(
                    actor, form.text("service"), form.text("cause"), form.text("owner"), form.text("key")
                )
                return go(f"/desk/cases/{case}")
            case "about":
                service = form.text("service")
                await voice.unnamed(actor).put(form.all("case"), service, NOT_OF_THE_FILE, actor.id, site.clock())
            case _:
                of = (form.text("service"), form.text("cause"), form.text("confirmed") == "yes")
                await voice.confirm(actor, of, form.text("part"))
    except Refused as error:
        return await _page(site, visitor, actor, tuple(refused(error)), status=error.status)
    return go("/console/improvements")


async def _page(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
    after: str | None = None,
) -> Response[str]:
    voice, name = site.voice.improvements, service_names(site)
    regions = voice.regions(actor)
    found = await voice.listed(after, _PAGE, regions)
    return page(
        site,
        visitor,
        "console/improvements.html",
        status=status,
        desk=desk(site, actor, "improvements"),
        unnamed=[(one, name(one.service) if one.service else None) for one in await voice.unnamed(actor).clusters()],
        services=_services(site, visitor),
        clusters=[_shown(site, visitor, actor, one, name(one.service)) for one in await voice.clusters(actor)],
        promises=[
            (one, name(one.service), voice.part(one), body_name(site, one.body), STANDINGS[one.standing(site.today)])
            for one in found.items
        ],
        bodies=[
            (one, site.directory.body(one).name[visitor.lang])
            for one in visible(site.directory, actor).bodies
            if one != actor.body
        ],
        more=f"/console/improvements?after={found.next}" if found.next else "",
        today=site.today,
        threshold=voice.threshold,
        none=NOT_OF_THE_FILE,
        key=secrets.token_urlsafe(12),
        problems=problems,
    )


def _services(site: Site, visitor: Visitor) -> list[tuple[str, str]]:
    """Every service in force, by name."""
    found = ((one.service, both(one.name)[visitor.lang]) for one in site.catalogue.services())
    return sorted(found, key=lambda pair: pair[1])


def _shown(site: Site, visitor: Visitor, actor: Actor, one: Cluster, name: Text) -> Shown:
    voice = site.voice.improvements
    causes: Mapping[str, Cause] = {}
    with suppress(Refused):  # it has ended since
        causes = voice.causes(one.service)
    lang = visitor.lang
    found = causes.get(one.cause)
    return Shown(
        of=one,
        service=name,
        part=found.name if found else _NOTHING,
        enough=found is not None and voice.enough(one),
        choices=tuple((path, cause.name[lang]) for path, cause in causes.items()),
        owner=voice.owner(actor, one.service) if causes else "",
    )


ROUTES = [improvements, act]
