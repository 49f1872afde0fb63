"""/desk/proposals: take one out with a reason, decide on the author's objection. The answer is a case in To do."""

from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.org import Actor
from tongban.voice.participation.model import GROUNDS, Ground
from tongban.voice.participation.proposals.model import KINDS
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ROWS = 50
_SAID = {
    "removed": Text(
        "已移除，理由对所有人公开，提的人可以提出异议。", "Taken out; the reason is public and the author may object."
    ),
    "reviewed": Text("已复核，结果和理由公开。", "Decided; the outcome and its reason are public."),
}


@get("/desk/proposals")
async def to_moderate(site: Site, visitor: Visitor, said: str = "", after: str | None = None) -> Response[str]:
    """Proposals of the centre's region, the latest first. Raises Refused: `not-your-role` (403) for everybody else,
    `bad-cursor` (400)."""
    return await _page(site, visitor, official(visitor), said=_SAID.get(said), after=after)


@post("/desk/proposals/{proposal:str}")
async def moderate(site: Site, visitor: Visitor, proposal: str, form: Form) -> Response[Any]:
    """Take it out, or decide on an objection."""
    actor, moderation, words = official(visitor), site.voice.proposals.moderation, form.text(f"words-{proposal}")
    try:
        match form.text("act"):
            case "restore" | "uphold" as act:
                await moderation.review(actor, proposal, restore=act == "restore", words=words)
                return go("/desk/proposals?said=reviewed")
            case _:
                await moderation.remove(actor, proposal, _ground(form.text("ground"), proposal), words)
                return go("/desk/proposals?said=removed")
    except Refused as error:
        if error.status == 404:
            raise
        problems = [
            Problem(one.code, one.text, f"words-{proposal}" if one.place == "words" else one.place, one.law)
            for one in refused(error)
        ]
        return await _page(site, visitor, actor, problems=problems, status=error.status)


def _ground(text: str, proposal: str) -> Ground:
    try:
        return Ground(text)
    except ValueError:
        raise refuse(
            "field-missing", "请选择移除的理由", "Choose why it is taken out", place=f"ground-{proposal}"
        ) from None


async def _page(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    *,
    said: Text | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
    after: str | None = None,
) -> Response[str]:
    found = await site.voice.proposals.moderation.latest(actor, after, ROWS)
    return page(
        site,
        visitor,
        "desk/proposals.html",
        status=status,
        desk=desk(site, actor, "proposals"),
        items=found.items,
        more=f"/desk/proposals?after={found.next}" if found.next else "",
        bodies={one.body: site.directory.body(one.body).name for one in found.items},
        own=actor.body,
        kinds=KINDS,
        grounds=[(str(ground), words[visitor.lang]) for ground, words in GROUNDS.items()],
        ground_names={str(ground): words for ground, words in GROUNDS.items()},
        today=site.today,
        said=said,
        problems=problems or [],
    )


ROUTES = [to_moderate, moderate]
