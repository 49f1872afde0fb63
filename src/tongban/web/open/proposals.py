"""/open/proposals: what people ask of bodies, how many have signed, what was answered and what came of it."""

import msgspec
from litestar import Response, get

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.voice.participation.model import FEWEST_SHOWN, GROUNDS, Ground
from tongban.voice.participation.proposals.model import KINDS, OUTCOMES
from tongban.voice.participation.proposals.service import Mine
from tongban.web.html import page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SAID = {
    "made": Text("放出来了，大家可以联名。您算第一个。", "It is there for everybody to sign; you are the first."),
    "signed": Text("联名记下了。谁也看不到是您。", "Signed. Nobody can see that it was you."),
    "back": Text("联名已经收回。", "Your signature is taken back."),
    "objected": Text("收到，由另一位工作人员复核。", "Received; another official looks at it."),
}


@get("/open/proposals")
async def listed(site: Site, visitor: Visitor, after: str = "") -> Response[str]:
    """The latest first."""
    found = await site.voice.proposals.proposals.page(after)
    return page(
        site,
        visitor,
        "open/proposals.html",
        items=found.items,
        next=found.next,
        bodies={one.body: site.directory.body(one.body).name for one in found.items},
        kinds=KINDS,
        outcomes=OUTCOMES,
        today=site.today,
    )


@get("/open/proposals/{proposal:str}")
async def one_proposal(site: Site, visitor: Visitor, proposal: str, said: str = "") -> Response[str]:
    """One, with a button to sign it; later the answer and its steps."""
    return await show(site, visitor, proposal, said=_SAID.get(said))


async def show(
    site: Site,
    visitor: Visitor,
    proposal: str,
    *,
    said: Text | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> Response[str]:
    """The page of one, also after something that was refused."""
    rooms = site.voice.proposals.proposals
    one = await rooms.one(proposal)
    mine, barred = Mine(), None
    if visitor.person and not one.ended:
        try:
            rooms.may_take_part(visitor.person)
            mine = await rooms.mine(visitor.person, proposal)
        except Refused as error:
            barred = error.problems[0]
    return page(
        site,
        visitor,
        "open/proposal.html",
        status=status,
        one=one,
        open=one.signable(site.today),
        mine=mine,
        barred=barred,
        body=site.directory.body(one.body).name,
        kinds=KINDS,
        outcomes=OUTCOMES,
        grounds={str(ground): GROUNDS[ground] for ground in Ground},
        step=FEWEST_SHOWN,
        today=site.today,
        said=said,
        problems=problems or [],
    )


@get("/open/proposals/{proposal:str}/answer.json")
async def for_programs(site: Site, proposal: str) -> Response[bytes]:
    """The same for programs; nothing of what was taken out but why."""
    one = await site.voice.proposals.proposals.one(proposal)
    told = {
        "id": one.id,
        "region": one.region,
        "body": one.body,
        "kind": one.kind,
        "title": None if one.removed else one.title,
        "what": None if one.removed else one.what,
        "why": None if one.removed else one.why,
        "needs": one.needs,
        "signatures": one.shown,
        "opened_on": one.opened_on,
        "closes_on": one.closes_on,
        "ended": one.ended or None,
        "answer": one.answer,
        "taken_out": [
            {"act": act.act, "ground": act.ground, "words": act.words, "on": act.on_day}
            for act in one.history
            if act.act != "objected"
        ],
    }
    return Response(msgspec.json.encode(told), media_type="application/json; charset=utf-8")


ROUTES = [listed, one_proposal, for_programs]
