"""好差评 at the desk: how one's body is rated, a rating told by telephone, and what may be read in public."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused
from tongban.base.page import Page
from tongban.org import Actor, Role
from tongban.voice.ratings import tags
from tongban.voice.ratings.model import CHANNELS, LEVELS
from tongban.web.bodies import body_name
from tongban.web.desk.intake import clerk
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.open.rating import said_of
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS, WORDS = 50, 20


@get("/desk/ratings")
async def listed(
    site: Site, visitor: Visitor, after: str | None = None, waiting: str | None = None, said: str = ""
) -> Response[str]:
    """How this official's body was rated, without who; for the supervising post also what waits to be cleared."""
    return await _list(site, visitor, official(visitor), after, (), said, waiting=waiting)


@post("/desk/ratings/phone")
async def by_phone(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """A rating told by telephone: the caller names number and look-up code of their receipt, the clerk types it."""
    actor = clerk(visitor)
    await site.limits.spend(Limited.KIOSK, f"case {form.text('case')[:60]}")
    try:
        subject = await site.voice.ratings.by_look_up(form.text("case"), form.text("code"))
        await site.voice.ratings.rate(subject, said_of(form), "phone", actor)
    except Refused as error:
        wrong = list(error.problems) if error.status == 404 else refused(error)
        return await _list(site, visitor, actor, None, wrong, "")
    return go("/desk/ratings?said=kept")


@post("/desk/ratings/{region:str}/{rating:str}/clear")
async def clear(site: Site, visitor: Visitor, region: str, rating: str, form: Form) -> Response[Any]:
    """What of it may be read in public."""
    actor = official(visitor)
    field = f"shown-{rating}"
    shown = form.text(field) if form.text("do") == "show" else ""
    try:
        await site.voice.ratings.clear(actor, region, rating, shown)
    except Refused as error:
        if error.status != 422:
            raise
        return await _list(site, visitor, actor, None, refused(error), "", typed={field: form.text(field)})
    return go("/desk/ratings")


@post("/desk/ratings/{region:str}/{rating:str}/reply")
async def reply(site: Site, visitor: Visitor, region: str, rating: str, form: Form) -> Response[Any]:
    """The body's answer, for everybody to read."""
    actor, field = official(visitor), f"reply-{rating}"
    try:
        await site.voice.ratings.reply(actor, rating, region, form.text(field))
    except Refused as error:
        if error.status != 422:
            raise
        return await _list(site, visitor, actor, None, refused(error), "", typed={field: form.text(field)})
    return go("/desk/ratings")


async def _list(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    after: str | None,
    problems: list[Problem] | tuple[()],
    said: str,
    *,
    waiting: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response[str]:
    found = await site.voice.ratings.of_body(actor, after, ROWS)
    supervises = Role.SUPERVISE in actor.roles
    words = await site.voice.ratings.to_clear(actor, waiting, WORDS) if supervises else Page(())
    return page(
        site,
        visitor,
        "desk/ratings.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "ratings"),
        rows=found.items,
        more=f"/desk/ratings?after={found.next}" if found.next else "",
        to_clear=words.items,
        waiting=f"/desk/ratings?waiting={words.next}" if words.next else "",
        typed=typed or {},
        supervises=supervises,
        replies=bool({Role.DECIDE, Role.HEAD} & actor.roles),
        levels=LEVELS,
        channels=CHANNELS,
        tag=tags.name,
        name=partial(body_name, site),
        tags=[(slug, text) for two in tags.offered("online") for slug, text in two.items()],
        said=said,
        problems=problems,
    )


ROUTES = [listed, by_phone, clear, reply]
