"""预约: a clerk books a time at this hall for a person who is here."""

from functools import partial
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.org import Actor
from tongban.web.desk.intake import checked, clerk, person_of
from tongban.web.desk.results import who_is_here
from tongban.web.desk.staff import desk
from tongban.web.forms import Form, refused
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.open.halls import moment
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/desk/hall/times")
async def times(site: Site, visitor: Visitor) -> Response[str]:
    """The free times."""
    return await _page(site, visitor, clerk(visitor), Form(), ())


@post("/desk/hall/times")
async def book(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Book one for whoever is here; they see that they were looked up."""
    actor = clerk(visitor)
    place = site.hall.places.of(actor.body)
    await site.limits.spend(Limited.LOG_IN, visitor.who)
    try:
        at = moment(form.text("at"))
        service = site.catalogue.service(form.text("service"))
        who = await who_is_here(site, form)
        person = await person_of(site, who.name, who.number, partial(checked, site, actor, service, actor.post))
        if person is None:
            raise refuse(
                "name-differs",
                "这个身份证号码登记的是另一个姓名，请核对证件",
                "This number is registered under another name; check the card",
                place="name",
            )
        await site.hall.identified(actor, person, who, service.service)
        await site.hall.queue.book(person, place.id, at, actor.id)
    except Refused as error:
        return await _page(site, visitor, actor, form, tuple(refused(error)), status=error.status)
    when = {lang: site.pages.moment(lang, at) for lang in ("zh", "en")}
    said = Text(
        f"约好了：{when['zh']}。前一个工作日会发通知提醒。",
        f"Booked: {when['en']}. They are reminded on the working day before.",
    )
    return await _page(site, visitor, actor, Form(), (), said=said)


async def _page(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    form: Form,
    problems: tuple[Problem, ...],
    *,
    status: int = 200,
    said: Text | None = None,
) -> Response[str]:
    place = site.hall.places.of(actor.body)
    return page(
        site,
        visitor,
        "desk/times.html",
        status=status,
        desk=desk(site, actor, "hall"),
        hall=place,
        free=await site.hall.queue.free(place.id),
        services=site.catalogue.services(),
        form=form,
        cards=site.hall.cards,
        problems=problems,
        said=said,
    )


ROUTES = [times, book]
