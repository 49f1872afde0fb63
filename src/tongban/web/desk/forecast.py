"""预测与预警: what is likely to come to one's own body, and which cases that wait for one may be late.

A forecast is shown only where it beats last year's same week, a warning only where thirty cases went before.
"""

from litestar import Response, get

from tongban.assist.model import Abstain
from tongban.cases import QueueFilter
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk, official
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

LOOKED_AT = 100
"""Cases that wait for the official, soonest due first."""
SHOWN = 20


@get("/desk/forecast")
async def show(site: Site, visitor: Visitor) -> Response[str]:
    """The cases that may be late, then the coming four weeks, service by service."""
    actor = official(visitor)
    found = await site.assist.forecasting.demand(actor, site.settings.timezone, demo=site.settings.demo)
    waiting = (await site.cases.queue(actor, QueueFilter(), None, LOOKED_AT)).items
    warned = await site.assist.early.at_risk(actor, waiting, demo=site.settings.demo)
    name = service_names(site)
    risky = () if isinstance(warned, Abstain) else warned.value
    rows = () if isinstance(found, Abstain) else found.value
    return page(
        site,
        visitor,
        "desk/forecast.html",
        desk=desk(site, actor, "forecast"),
        held=found.why if isinstance(found, Abstain) else None,
        invented=any(one.invented for one in rows),
        rows=[(name(one.service), one) for one in rows if one.forecast.shown],
        waiting=len(waiting),
        compared=len(risky),
        risky=[(name(one.service), one) for one in risky[:SHOWN]],
        warning_held=warned.why if isinstance(warned, Abstain) else None,
        warning_invented=any(one.invented for one in risky),
        left_out=[name(one.service) for one in rows if not one.forecast.shown],
    )


ROUTES = [show]
