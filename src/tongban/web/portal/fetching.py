"""统一出件: where the person fetches what their case gives, and how it was handed over."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, post

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.cases.views import CaseView
from tongban.catalog.model import Audience, Service
from tongban.hall.carrier import STAGES, Stage
from tongban.hall.places import Place
from tongban.hall.posting import read
from tongban.hall.results import FETCH, GROUNDS
from tongban.hall.store.parcels import Parcel
from tongban.hall.store.results import Result
from tongban.org import Actor
from tongban.web.forms import Form
from tongban.web.html import go
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Fetching:
    """What the case page says about it. `code` is empty once it was handed over."""

    result: Result | None
    hall: Place | None
    halls: tuple[Place, ...]
    code: str
    ready: bool
    ground: Text | None
    post: Text | None
    parcel: Parcel | None
    stage: Text | None
    fetches: bool
    """Whether it can be fetched at a hall, as its service file says; what came back by post always can."""
    posts: bool
    """Whether it can be sent by post."""


def offered(site: Site, service: Service) -> tuple[Place, ...]:
    """The halls that are offered with the form, where the service file says that one can fetch there."""
    said = service.result.delivery
    return site.hall.places.all() if said and "counter" in said else ()


async def fetching(site: Site, visitor: Visitor, view: CaseView) -> Fetching | None:
    """None where nothing can be fetched or posted, also while another installation has the case and will make it out,
    and for an agent whose mandate does not cover it."""
    if view.state.elsewhere and not view.certificates:
        return None
    found, ways = site.hall.places.all(), view.loaded.definition.service.result.ways
    if not {"counter", "post"} & set(ways):
        return None
    if view.definition.service.audience == (Audience.GOVERNMENT,):  # begun by duty of office: it gives nothing to fetch
        return None
    if view.opening.about or view.opening.parts or not _may(site, visitor, view) or not found:
        return None
    if view.ended and not view.certificates:
        return None
    person = view.opening.applicant.id
    one = await site.hall.results.of(person, view.case)
    parcel = await site.hall.posting.of(person, view.case)
    done = one is not None and one.handed_at is not None
    return Fetching(
        result=one,
        hall=next((place for place in found if one and place.id == one.hall), None),
        halls=found,
        code=site.hall.results.code(person, view.case) if one and not done else "",
        ready=bool(view.certificates),
        ground=GROUNDS[one.ground] if one and done else None,
        parcel=parcel,
        stage=STAGES[parcel.state] if parcel else None,
        fetches="counter" in ways or (parcel is not None and parcel.state is Stage.RETURNED),
        posts="post" in ways
        and site.hall.posting.carrier is not None
        and (parcel is None or parcel.state is Stage.ASKED),
        post=_title(site, one.post) if one and done else None,
    )


async def fetched_at(site: Site, actor: Actor, view: CaseView, hall: str) -> None:
    """What was chosen with the form. A case that is sent twice keeps what was chosen; anything else is no choice."""
    service = view.loaded.definition.service
    if hall not in {place.id for place in offered(site, service)} or view.opening.parts:
        return
    person, region = view.opening.applicant.id, view.opening.region
    if await site.hall.results.of(person, view.case) is None:
        await site.hall.results.choose(
            person, view.case, case_region=region, service=service.service, hall=hall, by=actor.id
        )


def _title(site: Site, post: str) -> Text | None:
    """None for a post that is no more."""
    try:
        return site.directory.post(post).title
    except Refused:
        return None


def _may(site: Site, visitor: Visitor, view: CaseView) -> bool:
    mandate = visitor.citizen().mandate
    return mandate is None or mandate.covers(view.opening.service, FETCH, site.clock())


@post("/cases/{case:str}/fetch")
async def choose(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Choose the hall. Raises Refused: `nothing-to-fetch` (409), and as `Results.choose`."""
    actor = visitor.citizen()
    view = await site.cases.view(actor, case)
    found = await fetching(site, visitor, view)
    if found is None or not found.fetches:
        raise refuse("nothing-to-fetch", "这件事没有要领的东西", "There is nothing to fetch", status=409)
    person, region, service, hall = _said(view, form)
    await site.hall.results.choose(person, view.case, case_region=region, service=service, hall=hall, by=actor.id)
    return go(f"/cases/{case}?said=fetch")


@post("/cases/{case:str}/post")
async def by_post(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Have it posted. Raises Refused: `nothing-to-fetch` (409), and as `posting.read` and `Posting.ask`."""
    actor = visitor.citizen()
    view = await site.cases.view(actor, case)
    found = await fetching(site, visitor, view)
    if found is None or not found.posts:
        raise refuse("nothing-to-fetch", "这件事没有要寄的东西", "There is nothing to post", status=409)
    to = read(form.text("post_name"), form.text("post_phone"), form.text("post_address"))
    person, region, service, hall = _said(view, form)
    await site.hall.posting.ask(person, view.case, to, case_region=region, service=service, hall=hall, by=actor.id)
    return go(f"/cases/{case}?said=fetch")


def _said(view: CaseView, form: Form) -> tuple[str, str, str, str]:
    opening = view.opening
    return opening.applicant.id, opening.region, opening.service, form.text("hall")


ROUTES = [choose, by_post]
