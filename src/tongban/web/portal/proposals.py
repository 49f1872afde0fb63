"""/proposals/…: make a proposal or ask a question, sign one, take the signature back, object to its being taken out."""

from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Lang, Text
from tongban.voice.participation.proposals.model import KINDS, LONGEST_TITLE, LONGEST_WORDS
from tongban.voice.participation.proposals.service import Draft
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.open.proposals import show
from tongban.web.portal import places
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/proposals/new")
async def form_of_one(site: Site, visitor: Visitor, region: str = "") -> Response[str]:
    """The form, with the bodies of a place to choose from."""
    return _form(site, visitor, Form(), region)


@post("/proposals/new")
async def propose(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Put it there for everybody to sign."""
    person = visitor.citizen()
    await site.limits.spend(Limited.LOG_IN, f"proposal {visitor.who}")
    draft = Draft(*(form.text(name) for name in ("kind", "body", "title", "what", "why")))
    try:
        one = await site.voice.proposals.proposals.propose(person, draft)
    except Refused as error:
        if error.status in (401, 404):
            raise
        return _form(site, visitor, form, form.text("region"), refused(error), error.status)
    return go(f"/open/proposals/{one.id}?said=made")


@post("/proposals/{proposal:str}/sign")
async def sign(site: Site, visitor: Visitor, proposal: str, form: Form) -> Response[Any]:
    """Sign it, or take the signature back."""
    rooms, person = site.voice.proposals.proposals, visitor.citizen()
    back = form.text("do") == "back"
    try:
        await (rooms.take_back if back else rooms.sign)(person, proposal)
    except Refused as error:
        return await _again(site, visitor, proposal, error)
    return go(f"/open/proposals/{proposal}?said={'back' if back else 'signed'}")


@post("/proposals/{proposal:str}/objection")
async def object_to(site: Site, visitor: Visitor, proposal: str, form: Form) -> Response[Any]:
    """Object to one's own being taken out."""
    person = visitor.citizen()
    try:
        await site.voice.proposals.proposals.object_to(person, proposal, form.text("words"))
    except Refused as error:
        return await _again(site, visitor, proposal, error)
    return go(f"/open/proposals/{proposal}?said=objected")


async def _again(site: Site, visitor: Visitor, proposal: str, error: Refused) -> Response[str]:
    if error.status in (401, 404):
        raise error
    return await show(site, visitor, proposal, problems=refused(error), status=error.status)


def _form(
    site: Site,
    visitor: Visitor,
    form: Form,
    region: str,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> Response[str]:
    barred = None
    if visitor.person:
        try:
            site.voice.proposals.proposals.may_take_part(visitor.person)
        except Refused as error:
            barred = error.problems[0]
    regions = _places(site, visitor.lang)
    known = {place for _, group in regions for place, _ in group}
    chosen = region if region in known else visitor.person.region if visitor.person else ""
    bodies = [one for one in site.directory.bodies_in([chosen]) if one.region == chosen] if chosen in known else []
    return page(
        site,
        visitor,
        "portal/proposal_new.html",
        status=status,
        form=form,
        kinds=[(str(kind), name[visitor.lang], "") for kind, name in KINDS.items()],
        regions=regions,
        region=chosen if bodies else "",
        bodies=[("", [("", "—"), *((one.id, one.name[visitor.lang]) for one in bodies)])],
        needed=site.voice.proposals.proposals.needed(chosen) if bodies else None,
        longest=(LONGEST_TITLE, LONGEST_WORDS),
        barred=barred,
        problems=problems or [],
    )


def _places(site: Site, lang: Lang) -> list[tuple[str, list[tuple[str, str]]]]:
    """Provinces and cities too: they have bodies of their own."""
    upper = [(one.code, one.name[lang]) for one in site.directory.regions()]
    cities = [(city.code, city.name[lang]) for code, _ in upper for city in site.directory.regions(code)]
    return [(Text("全省、全市", "Provinces and cities")[lang], [*upper, *cities]), *places.grouped(site, lang)]


ROUTES = [form_of_one, propose, sign, object_to]
