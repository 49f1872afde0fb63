"""办件量预测: what is likely to come to one's own body, shown only where it beats last year's same week."""

from litestar import Response, get

from tongban.assist.model import Abstain
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk, official
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@get("/desk/forecast")
async def show(site: Site, visitor: Visitor) -> Response[str]:
    """The coming four weeks, service by service."""
    actor = official(visitor)
    found = await site.assist.forecasting.demand(actor, site.settings.timezone, demo=site.settings.demo)
    name = service_names(site)
    rows = () if isinstance(found, Abstain) else found.value
    return page(
        site,
        visitor,
        "desk/forecast.html",
        desk=desk(site, actor, "forecast"),
        held=found.why if isinstance(found, Abstain) else None,
        invented=any(one.invented for one in rows),
        rows=[(name(one.service), one) for one in rows if one.forecast.shown],
        left_out=[name(one.service) for one in rows if not one.forecast.shown],
    )


ROUTES = [show]
