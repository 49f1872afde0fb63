"""好差评: rating by a link, without logging in, and what everybody may see of all ratings."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.catalog import cite
from tongban.oversight.model import FLOOR
from tongban.voice.ratings import tags
from tongban.voice.ratings.model import BAD, LEVELS, Channel, Subject
from tongban.voice.ratings.service import Said
from tongban.web.bodies import body_name
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.open.kiosk import kept_nowhere
from tongban.web.open.released import released
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SHOWN = 30
_LINKS: dict[str, Channel] = {"letter": "letter", "kiosk": "kiosk"}
"""What a link may say of where it was found. That something was told by telephone only the clerk says."""


@get("/rate/{case:str}/{code:str}")
async def ask(
    site: Site, visitor: Visitor, case: str, code: str, via: str = "", change: str = "", mine: str = ""
) -> Response[str]:
    """The five levels for a case; once rated, for whoever rated, what became of it. Raises Refused as
    `Ratings.of_case`."""
    await site.limits.spend(Limited.KIOSK, f"rate {visitor.client}")
    subject = await site.voice.ratings.of_case(case, code)
    return await _page(site, visitor, subject, change=bool(change), via=via, mine=mine)


@post("/rate/{case:str}/{code:str}")
async def rate(site: Site, visitor: Visitor, case: str, code: str, form: Form) -> Response[Any]:
    """Rate it, or change it once."""
    await site.limits.spend(Limited.KIOSK, f"rate {visitor.client}")
    return await _rated(site, visitor, await site.voice.ratings.of_case(case, code), form, "online")


@get("/rate-visit/{token:str}")
async def ask_visit(site: Site, visitor: Visitor, token: str, change: str = "", mine: str = "") -> Response[str]:
    """The same for a visit at a counter, by the number's slip or the code at the window."""
    return await _page(site, visitor, await site.voice.ratings.of_visit(token), change=bool(change), mine=mine)


@post("/rate-visit/{token:str}")
async def rate_visit(site: Site, visitor: Visitor, token: str, form: Form) -> Response[Any]:
    """Rate the visit."""
    await site.limits.spend(Limited.KIOSK, f"rate {visitor.client}")
    return await _rated(site, visitor, await site.voice.ratings.of_visit(token), form, "window")


async def _rated(site: Site, visitor: Visitor, subject: Subject, form: Form, usual: Channel) -> Response[Any]:
    via, mine = form.text("via"), form.text("mine")
    channel = _LINKS.get(via, usual)
    try:
        given = await site.voice.ratings.rate(subject, said_of(form), channel, visitor.actor, mine)
    except Refused as error:
        if error.status == 422:
            return await _page(site, visitor, subject, form=form, problems=refused(error), via=via, mine=mine)
        raise
    at_kiosk = "&via=kiosk" if channel == "kiosk" else ""
    return go(f"{visitor.path.split('?')[0]}?mine={site.voice.ratings.mark(given)}{at_kiosk}")


def said_of(form: Form) -> Said:
    """What a form says of something."""
    level = form.text("level")
    return Said(
        int(level) if level in map(str, LEVELS) else 0,
        tuple(form.all("tag")),
        form.text("comment"),
        named=bool(form.text("named")),
    )


async def _page(
    site: Site,
    visitor: Visitor,
    subject: Subject,
    *,
    form: Form | None = None,
    problems: list[Problem] | None = None,
    change: bool = False,
    via: str = "",
    mine: str = "",
) -> Response[str]:
    given, now = await site.voice.ratings.given(subject), site.clock()
    rated = given is not None
    if given and not site.voice.ratings.gave(given, subject, visitor.actor, mine):
        given = None
    good, bad = tags.offered(subject.place)
    asks = not rated or (change and given is not None and given.changeable(now))
    form = form or Form()
    level = form.text("level") or (str(given.level) if given and asks else "")
    shown = page(
        site,
        visitor,
        "open/rate.html",
        status=422 if problems else 200,
        subject=subject,
        body=body_name(site, subject.body),
        given=given,
        asks=asks,
        levels=LEVELS,
        level=level,
        bad_below=BAD,
        tags=[(slug, text) for slug, text in (*good.items(), *((s, x) for s, x in bad.items() if s not in good))],
        ticked=form.all("tag") or (given.tags if given and asks else ()),
        name_of=tags.name,
        comment=form.text("comment") or (given.said if given and asks else ""),
        can_name=bool(subject.person or (subject.kind == "visit" and visitor.person)),
        changeable=given is not None and given.changeable(now),
        outcome=await site.voice.ratings.outcome(given) if given else None,
        via=via if via in _LINKS else "",
        mine=mine if given else "",
        address=visitor.path.split("?")[0],
        problems=problems or (),
    )
    return kept_nowhere(shown)


@get("/open/ratings")
async def ratings(
    site: Site, visitor: Visitor, office: str = "", month: str = "", after: str | None = None
) -> Response[str]:
    """How each body and service was rated in a released month; what people wrote and what was answered, of all bodies
    or of one. Raises Refused `bad-cursor` (400)."""
    office = office[:60]
    shown = await released(site.settings.data_dir, month, ("good-ratings", "rating"), ("body", "service"))
    found = await site.voice.ratings.words(office, after, _SHOWN)
    onward = {"office": office, "month": month, "after": found.next or ""}
    return page(
        site,
        visitor,
        "open/ratings.html",
        shown=shown,
        rows=[row for row in shown.tables[0] if not office or row.of[0] == office],
        words=found.items,
        more=f"/open/ratings?{urlencode({k: v for k, v in onward.items() if v})}" if found.next else "",
        body=body_name(site, office) if office else None,
        name=partial(body_name, site),
        service=partial(_service, site),
        levels=LEVELS,
        tag=tags.name,
        cite=cite,
        smallest=FLOOR,
    )


def _service(site: Site, slug: str) -> Text:
    try:
        found = site.catalogue.service(slug).name
    except Refused:
        return Text("窗口服务", "at a counter") if not slug else Text(slug, slug)
    return found if isinstance(found, Text) else Text(found, found)


ROUTES = [ask, rate, ask_visit, rate_visit, ratings]
