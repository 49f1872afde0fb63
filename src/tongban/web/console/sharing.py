"""/console/sharing: requests to share data and corrections of records, by state, with their clocks.

For supervising posts: of the bodies they supervise, nobody else's.
"""

from datetime import datetime

from litestar import Response, get

from tongban.base.i18n import Text
from tongban.cases import between
from tongban.cases.projections import FAR, CaseRow
from tongban.org import visible
from tongban.web.bodies import body_name
from tongban.web.console.behind import Show
from tongban.web.console.machines import supervisor
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50


@get("/console/sharing")
async def sharing(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """How many stand where, and the open ones, the most urgent first."""
    actor = supervisor(visitor)
    bodies = visible(site.directory, actor).bodies
    found, counted = await between.standing(site.cases.engine, bodies, after, ROWS)
    now = site.clock()
    return page(
        site,
        visitor,
        "console/sharing.html",
        desk=desk(site, actor, "sharing-watch"),
        tables=[_table(site, slug, counted) for slug in (between.REQUEST, between.KEEPING, between.CORRECTION)],
        rows=[
            (
                row,
                service_names(site)(row.service),
                body_name(site, row.body),
                _by(site, row),
                _due(row),
                row.due_at < now,
            )
            for row in found.items
        ],
        more=f"/console/sharing?after={found.next}" if found.next else "",
    )


def _table(site: Site, slug: str, counted: dict[tuple[str, str], int]) -> tuple[Text, list[tuple[Text, int, str]]]:
    """One service: its states in the order of the procedure, with how many cases are in each."""
    procedure = site.catalogue.procedure(site.catalogue.service(slug).procedure)
    states = [(spec.name, counted.get((slug, name), 0), _list(slug, name)) for name, spec in procedure.states.items()]
    return service_names(site)(slug), [one for one in states if one[1]]


def _list(slug: str, state: str) -> str:
    """The address of the cases behind a number."""
    return f"/console/cases?show={Show.STEP}&service={slug}&step={state}"


def _by(site: Site, row: CaseRow) -> Text:
    """Who asked: bodies by name; a list names no person."""
    return body_name(site, row.applicant) if site.directory.has(row.applicant) else _A_PERSON


_A_PERSON = Text("个人或企业", "a person or a business")


def _due(row: CaseRow) -> datetime | None:
    return None if row.due_at == FAR else row.due_at


ROUTES = [sharing]
