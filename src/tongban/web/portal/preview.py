"""先看能不能办: the rules that will decide, run over what the person says here and now; nothing of it is kept.

Only what could change the outcome is asked, one question a page. The answers travel with the page, in its form, and
never in an address.
"""

from collections.abc import Mapping

from litestar import Response, get, post

from tongban.base.errors import Problem
from tongban.base.i18n import Text
from tongban.catalog import Question
from tongban.catalog.model import Service
from tongban.web.forms import Form
from tongban.web.html import page
from tongban.web.portal import drafts
from tongban.web.portal.application import Application, Content, Typed, sent
from tongban.web.portal.check import preview as said_preview
from tongban.web.portal.comparing import own_ways
from tongban.web.portal.places import grouped
from tongban.web.portal.reasons import changes
from tongban.web.site import Site
from tongban.web.visitor import Visitor

GIVEN = "given."
"""Before the name of a question that was answered on an earlier page."""
WHERE = "at.region"
"""Where one would apply; asked only where some region has a file of its own."""
_CHOOSE = Text("请选一个区县", "Choose a county or district")


@get("/services/{slug:str}/preview")
async def begin(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """The first question."""
    if own_ways(site, slug):
        return _where(site, visitor, slug)
    return _show(site, visitor, Application(site.catalogue.service(slug), Content(), site.today))


@post("/services/{slug:str}/preview", status_code=200)
async def go_on(site: Site, visitor: Visitor, slug: str, form: Form) -> Response[str]:
    """The next question, or what the rules say."""
    region = form.text(WHERE)
    if own_ways(site, slug) and not any(region == code for _, found in grouped(site, "zh") for code, _ in found):
        return _where(site, visitor, slug, (Problem("no-region", _CHOOSE, WHERE),))
    service = drafts.service_of(site, slug, region)
    earlier = Application(service, Content(region=region, answers=_given(service, form)), site.today)
    name = form.text("question")
    question = next((one for one in earlier.variant.questions if one.name == name), None)
    if question is None:
        return _show(site, visitor, earlier)
    now = earlier.with_answer(name, sent(question, form))
    problem = now.problem(question)
    if problem is not None:
        return _show(site, visitor, now, question, (problem,))
    return _show(site, visitor, now)


def _where(site: Site, visitor: Visitor, slug: str, problems: tuple[Problem, ...] = ()) -> Response[str]:
    """The first question where some region has rules of its own: by which of them it is looked at."""
    return page(
        site,
        visitor,
        "portal/preview_where.html",
        status=422 if problems else 200,
        service=site.catalogue.service(slug),
        own=own_ways(site, slug),
        regions=grouped(site, visitor.lang),
        name=WHERE,
        problems=problems,
    )


def _given(service: Service, form: Form) -> dict[str, Typed]:
    """The answers of earlier pages; a name that is no fact of the service is left out."""
    found: dict[str, Typed] = {}
    for name in service.facts:
        values = form.all(f"{GIVEN}{name}")
        if values:
            found[name] = values if len(values) == 3 else values[0]
    return found


def _next(application: Application) -> Question | None:
    """The first fact that could still change the outcome and that a person can say."""
    open_ = set(application.assessment.unknown)
    asked = (q for q in application.variant.questions if q.name in open_)
    return next((q for q in asked if q.name not in application.content.answers), None)


def _show(
    site: Site,
    visitor: Visitor,
    application: Application,
    question: Question | None = None,
    problems: tuple[Problem, ...] = (),
) -> Response[str]:
    asking = question or (_next(application) if application.assessment.outcome == "unknown" else None)
    given: Mapping[str, Typed] = application.content.answers
    where = application.content.region
    hidden = [
        (f"{GIVEN}{name}", text)
        for name, typed in given.items()
        if asking is None or name != asking.name
        for text in (typed if isinstance(typed, list) else (typed,))
    ]
    return page(
        site,
        visitor,
        "portal/preview.html",
        status=422 if problems else 200,
        service=application.service,
        question=asking,
        typed=application.typed(asking) if asking else "",
        hidden=[*hidden, *([(WHERE, where)] if where else [])],
        number=len(hidden) + 1,
        where=site.directory.region_name(where) if where else None,
        problems=problems,
        regions=grouped(site, visitor.lang),
        preview=said_preview(application),
        changes=changes(site, application) if asking is None else (),
    )


ROUTES = [begin, go_on]
