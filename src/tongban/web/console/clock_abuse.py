"""/console/abuse: what the clock indices found, why, and the cases behind it; a supervision order is opened from here.

A finding is a question to the body. It says its formula, its law and its threshold; the body answers in the order that
is opened about it, and a good-faith error can be tolerated there (浙江最多跑一次规定 43 to 46).
"""

from uuid import UUID

from litestar import Response, get

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.page import cursor, read_cursor
from tongban.org import visible
from tongban.oversight.abuse import BY_ID, INDICES, Finding
from tongban.oversight.abuse.judging import LEAST_HITS, LEAST_PEERS, RARE
from tongban.oversight.watching.answers import TOLERATED
from tongban.oversight.watching.model import Answer, Kept
from tongban.oversight.watching.store import findings, turns
from tongban.oversight.watching.turn import LOOKED_AT
from tongban.web.bodies import body_name
from tongban.web.console.machines import supervisor
from tongban.web.desk.lists import service_names
from tongban.web.desk.staff import desk
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50


def sentence(one: Kept) -> Text:
    """Why it was remarked on."""
    found = Finding(
        one.index, one.body, one.service, one.hits, one.cases, one.expected, one.chance, one.behind, one.peers
    )
    return found.sentence(BY_ID[one.index])


def of_service(site: Site, one: Kept) -> Text:
    """Which service, or that it is several together."""
    return service_names(site)(one.service) if one.service else Text("几个事项合起来", "several services together")


@get("/console/abuse")
async def abuse(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """What was found about bodies in view, and every index with its formula."""
    actor = supervisor(visitor)
    bodies = visible(site.directory, actor).bodies
    place = read_cursor(after, tuple[float, UUID]) if after else None
    past = (place[0], str(place[1])) if place else None
    found = await findings.findings(site.db, bodies, site.settings.timezone.key, ROWS + 1, past)
    last = found[ROWS - 1] if len(found) > ROWS else None
    since = min((one.since for one in found), default=site.today)
    answered = {_about(one): one.outcome for one in reversed(await findings.answers_of(site.db, bodies, since))}
    return page(
        site,
        visitor,
        "console/abuse.html",
        desk=desk(site, actor, "abuse"),
        rows=[
            (
                one,
                BY_ID[one.index],
                body_name(site, one.body),
                of_service(site, one),
                sentence(one),
                answered.get(_about(one), ""),
            )
            for one in found[:ROWS]
            if one.index in BY_ID
        ],
        more=f"/console/abuse?after={cursor(last.chance, last.id)}" if last else "",
        indices=INDICES,
        days=LOOKED_AT.days,
        least=(LEAST_HITS, LEAST_PEERS, round(1 / RARE)),
        at=await turns.last(site.db, "abuse"),
        tolerated=TOLERATED,
    )


def _about(one: Kept | Answer) -> tuple[str, str, str]:
    """What a finding and the answers to it have in common."""
    return one.body, one.index, one.service


@get("/console/abuse/{finding_id:str}")
async def finding(site: Site, visitor: Visitor, finding_id: str) -> Response[str]:
    """One finding with the cases behind it. Raises Refused `unknown-finding` (404)."""
    actor = supervisor(visitor)
    found = await findings.finding(site.db, visible(site.directory, actor).bodies, finding_id)
    if found is None or found.index not in BY_ID:
        raise unknown()
    return page(
        site,
        visitor,
        "console/finding.html",
        desk=desk(site, actor, "abuse"),
        one=found,
        index=BY_ID[found.index],
        body=body_name(site, found.body),
        service=of_service(site, found),
        sentence=sentence(found),
        answers=[
            one for one in await findings.answers_of(site.db, [found.body], found.since) if _about(one) == _about(found)
        ],
        tolerated=TOLERATED,
    )


def unknown() -> Exception:
    """No such finding, or it is about a body that somebody else supervises."""
    return refuse(
        "unknown-finding", "没有这条，或者不归您监督。", "There is no such finding, or it is not yours.", status=404
    )


ROUTES = [abuse, finding]
