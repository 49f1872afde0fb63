"""/consultations/…: vote on one statement at a time, add one, object to one's own being taken out."""

from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.voice.participation.changes import EFFECTS, matter
from tongban.voice.participation.model import GROUNDS, LONGEST_STATEMENT, Ground, Vote
from tongban.voice.participation.voting import Mine
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

VOTES: dict[Vote, tuple[Text, str]] = {
    Vote.AGREE: (Text("同意", "Agree"), "1"),
    Vote.DISAGREE: (Text("不同意", "Disagree"), "2"),
    Vote.PASS: (Text("说不好，下一条", "Not sure, next"), "3"),
}
"""What the buttons say, and the key of each."""
_SAID = {
    "voted": Text("记下了。", "Noted."),
    "added": Text("您的陈述已经放出，大家可以表态了。", "Your statement is there for everybody to vote on."),
    "objected": Text("收到，由另一位工作人员复核。", "Received; another official looks at it."),
}


@get("/consultations/{consultation:str}")
async def take_part(site: Site, visitor: Visitor, consultation: str, said: str = "", at: int = 0) -> Response[str]:
    """The next statement, with three buttons; `at` is one to vote on again."""
    return await _page(site, visitor, consultation, said=_SAID.get(said), at=at)


@post("/consultations/{consultation:str}/vote")
async def vote(site: Site, visitor: Visitor, consultation: str, form: Form) -> Response[Any]:
    """One vote; then the next statement."""
    try:
        person, said = visitor.citizen(), _vote(form.text("vote"))
        await site.participation.voting.vote(person, consultation, form.number("statement") or 0, said)
    except Refused as error:
        return await _again(site, visitor, consultation, error)
    return go(f"/consultations/{consultation}?said=voted")


def _vote(text: str) -> Vote:
    try:
        return Vote(text)
    except ValueError:
        raise refuse("field-missing", "请选一个", "Please choose one of the three") from None


@post("/consultations/{consultation:str}/statements")
async def say(site: Site, visitor: Visitor, consultation: str, form: Form) -> Response[Any]:
    """Add a statement."""
    try:
        await site.participation.voting.say(visitor.citizen(), consultation, form.text("words"))
    except Refused as error:
        return await _again(site, visitor, consultation, error, words=form.text("words"))
    return go(f"/consultations/{consultation}?said=added")


@post("/consultations/{consultation:str}/statements/{number:int}/objection")
async def object_to(site: Site, visitor: Visitor, consultation: str, number: int, form: Form) -> Response[Any]:
    """Object to one's own statement being taken out."""
    words = form.text(f"objection-{number}")
    try:
        await site.participation.voting.object_to(visitor.citizen(), consultation, number, words)
    except Refused as error:
        return await _again(site, visitor, consultation, error)
    return go(f"/consultations/{consultation}?said=objected")


async def _again(site: Site, visitor: Visitor, consultation: str, error: Refused, words: str = "") -> Response[str]:
    if error.status in (401, 404):
        raise error
    return await _page(site, visitor, consultation, problems=refused(error), status=error.status, words=words)


async def _page(
    site: Site,
    visitor: Visitor,
    consultation: str,
    *,
    said: Text | None = None,
    at: int = 0,
    problems: list[Problem] | None = None,
    status: int = 200,
    words: str = "",
) -> Response[str]:
    rooms = site.participation
    one = await rooms.consultations.one(consultation)
    statements = {each.number: each for each in await rooms.consultations.statements(one)}
    mine, barred = Mine({}, (), None, 0), None
    if visitor.person and rooms.consultations.open_now(one):
        try:
            rooms.voting.may_vote(visitor.person, one)
            mine = await rooms.voting.mine(visitor.person, consultation)
        except Refused as error:
            barred = error.problems[0]
    chosen = statements.get(at)
    return page(
        site,
        visitor,
        "portal/consultation.html",
        status=status,
        one=one,
        open=rooms.consultations.open_now(one),
        body=site.directory.body(one.body).name,
        matter=matter(site.catalogue, one),
        effects=EFFECTS,
        asked=chosen if chosen and not chosen.removed and at in mine.votes else mine.next,
        mine=mine,
        barred=barred,
        own=[statements[number] for number in mine.own],
        voted=[(statements[number], said) for number, said in sorted(mine.votes.items()) if number in statements],
        votes=VOTES,
        grounds={str(ground): GROUNDS[ground] for ground in Ground},
        longest=LONGEST_STATEMENT,
        said=said,
        problems=problems or [],
        words=words,
    )


ROUTES = [take_part, vote, say, object_to]
