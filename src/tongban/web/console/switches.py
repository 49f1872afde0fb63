"""/console/switches: a head or supervisor switches a use off where they answer for it, or on again, and says why.

Who, when and why are public at once (`/open/algorithms`). A use that its own limits switched off is taken up again
under /console/machines, by whoever supervises it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from litestar import Response, get, post

from tongban.assist.gate.hand import reach
from tongban.assist.model import Abstain
from tongban.assist.records import Switched
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.catalog.use import Use
from tongban.org import Actor
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Stands:
    """One use in one region. `switch` is what keeps it off; `mine` whether it was turned for this very region."""

    use: Use
    stopped: Abstain | None
    switch: Switched | None
    mine: bool


def _hand(site: Site, visitor: Visitor) -> tuple[Actor, str]:
    """Who may turn switches, and in which region. Raises Refused: as `official`; `not-your-switch` (403)."""
    actor = official(visitor)
    region = reach(site.directory, actor)
    if region is None:
        raise refuse(
            "not-your-switch",
            "这一页给负责人和监督岗位用。发现算法不对，请告诉他们，或者打平台值班电话。",
            "This page is for heads and supervisors. If an algorithm goes wrong, tell them.",
            status=403,
        )
    return actor, region


def _stands(site: Site, use: Use, region: str) -> Stands:
    switch = site.assist.gate.register.off(use.use, region)
    return Stands(
        use, site.assist.gate.permits(use.use, region), switch, switch is not None and switch.region == region
    )


def _use(site: Site, slug: str) -> Use:
    use = site.assist.gate.register.use(slug)
    if use is None:
        raise refuse("unknown-use", "登记里没有这个算法应用", "There is no such use in the register", status=404)
    return use


def _regions(site: Site, own: str) -> list[tuple[str, Text]]:
    """The region and all that lie in it."""
    found = [own]
    for code in found:  # grows while it is read: a province, its cities, their counties
        found += [one.code for one in site.directory.regions(code)]
    return [(code, site.directory.region_name(code)) for code in found]


@get("/console/switches")
async def switches(site: Site, visitor: Visitor) -> Response[str]:
    """Every use, and how it stands in the reader's region."""
    actor, region = _hand(site, visitor)
    return page(
        site,
        visitor,
        "console/switches.html",
        desk=desk(site, actor, "switches"),
        where=site.directory.region_name(region),
        uses=[_stands(site, use, region) for use in site.assist.gate.register.uses()],
    )


@get("/console/switches/{use:str}")
async def switch(site: Site, visitor: Visitor, use: str, region: str = "") -> Response[str]:
    """One use in one region, with the form."""
    actor, own = _hand(site, visitor)
    return _form(site, visitor, actor, _use(site, use), own, region or own)


@post("/console/switches/{use:str}")
async def turn(site: Site, visitor: Visitor, form: Form, use: str) -> Response[str] | Response[None]:
    """Turn it."""
    actor, own = _hand(site, visitor)
    found, region, state = _use(site, use), form.text("region") or own, form.text("state")
    try:
        await site.assist.turn_switch(actor, use, region, _state(state), form.text("why")[:LONGEST_REASON])
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _form(site, visitor, actor, found, own, region, refused.problems, refused.status, form.text("why"))
    return go(f"/console/switches/{use}?region={region}")


def _state(said: str) -> Literal["off", "on"]:
    match said:
        case "off" | "on":
            return said
        case _:
            raise refuse("state-missing", "请选关掉还是打开", "Choose off or on", place="state")


def _form(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    use: Use,
    own: str,
    region: str,
    problems: Sequence[Problem] = (),
    status: int = 200,
    why: str = "",
) -> Response[str]:
    regions = _regions(site, own)
    if region not in dict(regions):
        raise refuse("unknown-region", "这个地区不归您管", "This region is not yours", status=404)
    return page(
        site,
        visitor,
        "console/switch.html",
        status=status,
        desk=desk(site, actor, "switches"),
        stands=_stands(site, use, region),
        region=region,
        where=dict(regions)[region],
        where_off=site.directory.region_name,
        regions=regions,
        problems=problems,
        why=why,
    )


ROUTES = [switches, switch, turn]
