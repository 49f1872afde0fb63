"""统一出件: what lies ready at this hall, and handing it over. The list names cases and nobody."""

from functools import partial
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import LANGS, Text, words
from tongban.base.ids import narrow
from tongban.hall.carrier import STAGES
from tongban.hall.identity import How, Identified, by_hand
from tongban.hall.results import GROUNDS
from tongban.hall.store.parcels import Parcel
from tongban.hall.store.results import Result
from tongban.org import Actor
from tongban.sharing.access import open_record
from tongban.web.desk.intake import checked, clerk, who_problems
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk
from tongban.web.forms import Form, refused
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/desk/hall/results")
async def ready(site: Site, visitor: Visitor, case: str = "") -> Response[str]:
    """What lies ready, and the form for one case."""
    return await _page(site, visitor, clerk(visitor), Form(values={"case": [case[:40]]}), ())


@post("/desk/hall/results")
async def hand_over(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Hand over to whoever is here."""
    actor = clerk(visitor)
    place = site.hall.places.of(actor.body)
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    try:
        if form.text("do") == "send":
            return await _send(site, visitor, actor, form)
        one = await site.hall.results.at(place, form.text("case"))
        who = await who_is_here(site, form)
        service = site.catalogue.versions(one.service)[-1]
        seen = partial(checked, site, actor, service, actor.post)
        done = await site.hall.results.hand_over(actor, one, who, seen, form.text("code")[:20])
    except Refused as error:
        return await _page(site, visitor, actor, form, tuple(refused(error)), status=error.status)
    return await _page(site, visitor, actor, Form(), (), done=done)


async def _send(site: Site, visitor: Visitor, actor: Actor, form: Form) -> Response[str]:
    """Give it to the carrier; the address is shown once for the label, and the person sees that. Raises Refused."""
    place = site.hall.places.of(actor.body)
    one = await site.hall.results.at(place, form.text("case"))
    service = site.catalogue.versions(one.service)[-1]
    await open_record(site.db, checked(site, actor, service, actor.post, one.person))
    sent = await site.hall.posting.send(actor, place, one.case_id)
    return await _page(site, visitor, actor, Form(), (), sent=sent)


async def who_is_here(site: Site, form: Form) -> Identified:
    """Who is here: by a device, or as the clerk typed. Raises Refused."""
    name, number, how = form.text("name"), narrow(form.text("number")).upper(), form.text("how")
    if how in (How.CARD, How.NETWORK) and not (name or number):
        return await site.hall.identity.identify(How(how), form.text("presented")[:200])
    if found := who_problems(name, number, site):
        raise Refused(*found, status=422)
    return by_hand(name, number, seen=bool(form.text("seen")), reason=form.text("reason"))


async def _page(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    form: Form,
    problems: tuple[Problem, ...],
    *,
    status: int = 200,
    done: Result | None = None,
    sent: Parcel | None = None,
) -> Response[str]:
    place = site.hall.places.of(actor.body)
    name = service_names(site)
    said: Text | None = None
    if done:
        service = Text(*(words(name(done.service), lang) for lang in LANGS))
        ground = GROUNDS[done.ground]
        said = Text(
            f"已交出：{service.zh}，{ground.zh}。本人在办件页面上看得到。",
            f"Handed over: {service.en}, {ground.en}. The person sees it on their case page.",
        )
    return page(
        site,
        visitor,
        "desk/results.html",
        status=status,
        desk=desk(site, actor, "results"),
        hall=place,
        rows=[(row, name(row.service)) for row in await site.hall.results.ready(place)],
        parcels=[(line, STAGES[line.state]) for line in await site.hall.posting.lines(place)],
        sent=sent,
        form=form,
        cards=site.hall.cards,
        problems=problems,
        said=said,
    )


ROUTES = [ready, hand_over]
