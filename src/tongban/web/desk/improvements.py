"""/desk/improvements: what a body was asked to change in its services, and whether people still say it."""

from litestar import Response, get

from tongban.voice.improvements.model import CAREFUL, PHASES, STANDINGS, phase
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk, official
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_PAGE = 20


@get("/desk/improvements")
async def improvements(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """Those of the official's own body, the latest first, with the exact counts of each whole month."""
    actor, voice, name = official(visitor), site.voice.improvements, service_names(site)
    found = await voice.of_body(actor, after, _PAGE)
    months = await voice.months(found.items)
    items = [
        {
            "one": one,
            "service": name(one.service),
            "part": voice.part(one),
            "standing": STANDINGS[one.standing(site.today)],
            "late": one.late(site.today),
            "in_force": (changed := voice.changed_on(one)),
            "months": [(m.month, m.people, PHASES[phase(m.month, changed)]) for m in months.get(one.case_id, ())],
        }
        for one in found.items
    ]
    return page(
        site,
        visitor,
        "desk/improvements.html",
        desk=desk(site, actor, "hotline"),
        items=items,
        careful=CAREFUL,
        more=f"/desk/improvements?after={found.next}" if found.next else "",
    )


ROUTES = [improvements]
