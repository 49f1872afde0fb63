"""/console/guide: what people call things, learned only by a department's own decision.

People choose an item after a question, or say that it was none of these; the words are masked and nobody's name is
with them. A deciding post of the department that answers for the item accepts a common name, in its own wording, or
rejects it with a reason. What is accepted holds at once; nothing is learned by itself.
"""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from tongban.assist.guide.engine import Item
from tongban.assist.store.guide import AliasState, Learned, Proposal
from tongban.base.errors import Problem, Refused, refuse
from tongban.org import Actor
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_STATES: dict[str, AliasState] = {"accept": "accepted", "reject": "rejected", "withdraw": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Row:
    """One proposal as it is shown; `alias` is a first wording."""

    item: Item
    proposal: Proposal
    alias: str


async def _page(site: Site, visitor: Visitor, actor: Actor, problems: list[Problem]) -> Response[str]:
    guide = site.assist.guide
    found = [Row(item, one, guide.suggested(one.question)) for item, one in await guide.proposals(actor)]
    learned: list[tuple[Item, Learned]] = guide.learned(actor)
    return page(
        site,
        visitor,
        "console/guide.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "guide"),
        rows=found,
        missed=await guide.missed(actor),
        learned=sorted(learned, key=lambda pair: (pair[0].name, -pair[1].version)),
        problems=problems,
    )


@get("/console/guide")
async def words(site: Site, visitor: Visitor) -> Response[str]:
    """What waits for this official's department, what it has decided, and what nobody has found."""
    return await _page(site, visitor, official(visitor), [])


@post("/console/guide")
async def decide(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Accept, reject or withdraw a common name."""
    actor = official(visitor)
    state = _STATES.get(form.text("do"))
    if state is None:
        raise refuse("unknown-act", "没有这个操作", "There is no such act", status=400)
    try:
        await site.assist.guide.decide(
            actor, form.text("item"), form.text("alias"), form.text("question"), state, form.text("why")
        )
    except Refused as error:
        return await _page(site, visitor, actor, refused(error))
    return go("/console/guide")


ROUTES = [words, decide]
