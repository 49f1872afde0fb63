"""12345 for whoever asks: a form with or without logging in, and how it stands by number and code."""

from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.cases.views import CaseView
from tongban.catalog.procedure import Act
from tongban.voice.hotline.model import SERVICE, Asked
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.open.kiosk import kept_nowhere
from tongban.web.portal import casework, places
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.words import both

_MAY_ASK_WHERE = "camera=(), microphone=(), geolocation=(self), payment=()"
"""This page alone may ask a browser where it is, when its person presses the button."""
_ACTS = ("add-words", "call-back", "send-back", "reopen", "ask-again", "withdraw")
"""What whoever asked may do on the page of their request, in this order."""


@get("/hotline")
async def form_of_a_request(site: Site, visitor: Visitor) -> Response[str]:
    """The form."""
    return _form(site, visitor, Form(), ())


@post("/hotline")
async def ask(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Take it in. A repeat with the same key leads to the same request."""
    await site.limits.spend(Limited.LOG_IN, f"hotline {visitor.who}")
    try:
        if not form.text("region"):
            raise refuse("choose-county", "请选哪个区县。", "Choose the county.", place="region", status=422)
        case, code = await site.voice.hotline.ask(visitor.person, asked_of(form), form.text("region"), form.text("key"))
    except Refused as error:
        if error.status not in (400, 404, 422):
            raise
        return _form(site, visitor, form, refused(error))
    return go(f"/hotline/{case}/{code}?said=asked")


def asked_of(form: Form) -> Asked:
    """What a form says of a request."""
    return Asked(
        kind=form.text("kind"),
        said=form.text("said"),
        urgency=form.text("urgency") or "general",
        place=form.text("place"),
        area=form.text("area"),
        point=form.text("point"),
        about=form.text("about"),
        name=form.text("name"),
        phone=form.text("phone"),
    )


def choices(site: Site, name: str, lang: str) -> list[tuple[str, str, str]]:
    """The choices of a fact of the service file, for radio buttons."""
    fact = site.catalogue.service(SERVICE).facts[name]
    return [(one.value, both(one.name).zh if lang == "zh" else both(one.name).en, "") for one in fact.choices]


def _form(site: Site, visitor: Visitor, form: Form, problems: list[Problem] | tuple[()]) -> Response[str]:
    shown = page(
        site,
        visitor,
        "portal/hotline.html",
        status=422 if problems else 200,
        form=form,
        kinds=choices(site, "kind", visitor.lang),
        urgencies=choices(site, "urgency", visitor.lang),
        regions=places.grouped(site, visitor.lang),
        areas=_areas(site, visitor),
        region=form.text("region") or (visitor.person.region if visitor.person else ""),
        person=visitor.person,
        key=form.text("key") or str(uuid7()),
        problems=problems,
    )
    shown.headers["permissions-policy"] = _MAY_ASK_WHERE
    return shown


def _areas(site: Site, visitor: Visitor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Streets and communities by county."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in site.voice.hotline.places.areas:
        found.setdefault(one.code[:6], []).append((one.code, one.name[visitor.lang]))
    return [(site.directory.region_name(code)[visitor.lang], each) for code, each in found.items()]


@get("/hotline/look-up")
async def look_up(site: Site, visitor: Visitor) -> Response[str]:
    """Number and code."""
    return kept_nowhere(page(site, visitor, "portal/hotline_look_up.html", problems=()))


@post("/hotline/look-up")
async def looked_up(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """To the request they belong to."""
    case, code = form.text("case")[:60], "".join(form.text("code").split())[:20]
    await _spend(site, visitor, case)
    try:
        view = await site.voice.hotline.by_code(case, code)
    except Refused as error:
        if error.status != 404:
            raise
        shown = page(site, visitor, "portal/hotline_look_up.html", status=422, problems=error.problems)
        return kept_nowhere(shown)
    return go(f"/hotline/{view.case}/{code}")


async def _spend(site: Site, visitor: Visitor, case: str) -> None:
    await site.limits.spend(Limited.KIOSK, f"hotline {visitor.client}")
    await site.limits.spend(Limited.KIOSK, f"case {case.strip().upper()}")


@get("/hotline/{case:str}/{code:str}")
async def show(site: Site, visitor: Visitor, case: str, code: str, said: str = "") -> Response[str]:
    """How it stands, what was answered, and what whoever asked may say. Raises Refused `unknown-case` (404)."""
    await _spend(site, visitor, case)
    return _show(site, visitor, await site.voice.hotline.by_code(case, code), code, said=said)


@post("/hotline/{case:str}/{code:str}")
async def say(site: Site, visitor: Visitor, case: str, code: str, form: Form) -> Response[Any]:
    """Say whether it is solved, add something, have it taken up again, withdraw it."""
    await _spend(site, visitor, case)
    act, view = form.text("act"), await site.voice.hotline.by_code(case, code)
    spec = view.act(act)
    says = {name: form.text(f"{act}.{name}") for name in spec.says} if spec else {}
    try:
        await site.voice.hotline.say(case, code, act, {n: v for n, v in says.items() if v}, form.text("key"))
    except Refused as error:
        placed = [Problem(one.code, one.text, f"{act}.{one.place}", one.law) for one in refused(error)]
        return _show(site, visitor, view, code, problems=placed)
    return go(f"/hotline/{case}/{code}?said=kept")


def _show(
    site: Site, visitor: Visitor, view: CaseView, code: str, *, said: str = "", problems: list[Problem] | None = None
) -> Response[str]:
    possible = {one.act: one for one in view.possible}
    acts: list[tuple[str, Text, Act]] = [
        (name, one.name, one.spec) for name in _ACTS if (one := possible.get(name)) and one.spec
    ]
    shown = page(
        site,
        visitor,
        "portal/hotline_case.html",
        status=422 if problems else 200,
        view=view,
        code=code,
        acts=acts,
        letters=[(at, letter) for at, letter in reversed(view.letters)],
        steps=casework.steps(view),
        due=casework.due(site, view),
        words=str(view.state.facts.get("said") or ""),
        said=said,
        key=str(uuid7()),
        problems=problems or (),
    )
    return kept_nowhere(shown)


ROUTES = [form_of_a_request, ask, look_up, looked_up, show, say]
