"""我的承诺: what is remembered of a promise that was false, until when, and how it is corrected or repaired."""

from dataclasses import dataclass
from datetime import date, datetime

from litestar import Response, get

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.cases.promises import LIMITS, REPAIR
from tongban.catalog.tables import both
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Remembered:
    """One record as its person sees it."""

    case: str
    service: Text
    since: datetime
    until: date
    stands: bool
    ended_at: datetime | None
    ended_by: str


@get("/my-promises")
async def mine(site: Site, visitor: Visitor) -> Response[str]:
    """All of it: nothing is remembered that is not here."""
    found = await site.cases.promises(visitor.citizen())
    now = site.clock()
    records = [
        Remembered(
            one.case_id, _service(site, one.service), one.since, one.until, one.stands(now), one.ended_at, one.ended_by
        )
        for one in found
    ]
    return page(site, visitor, "portal/promises.html", records=records, limits=LIMITS, repair=REPAIR)


def _service(site: Site, slug: str) -> Text:
    try:
        return both(site.catalogue.service(slug).name)
    except Refused:
        return Text(slug, slug)


ROUTES = [mine]
