"""/desk/exercises: officials practise noticing a wrong suggestion. Invented matters only, marked as practice."""

from litestar import Response, get, post

from tongban.base.errors import Problem, refuse
from tongban.base.i18n import Text
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_CHOOSE = Problem("answer-missing", Text("请选采纳还是不采纳", "Choose to accept or to decline"), "outcome")


@get("/desk/exercises")
async def exercises(site: Site, visitor: Visitor, done: str = "") -> Response[str]:
    """The next exercise, and what was right about the one just answered."""
    return await _shown(site, visitor, done)


@post("/desk/exercises/{item:str}")
async def answer(site: Site, visitor: Visitor, form: Form, item: str) -> Response[str] | Response[None]:
    """Accept or decline the suggestion of an exercise."""
    actor = official(visitor)
    outcome = form.text("outcome")
    if outcome not in ("accepted", "declined"):
        return await _shown(site, visitor, "", (_CHOOSE,))
    await site.assist.watch.drilled(actor, item, accepted=outcome == "accepted")
    return go(f"/desk/exercises?done={item}")


async def _shown(site: Site, visitor: Visitor, done: str, problems: tuple[Problem, ...] = ()) -> Response[str]:
    actor = official(visitor)
    drills = site.assist.watch.drills
    answered = await site.assist.watch.drills_of(actor)
    if done and done not in answered:
        raise refuse("unknown-exercise", "没有这道练习", "There is no such exercise", status=404)
    names = {use.use: use.name for use in site.assist.gate.register.uses()}
    return page(
        site,
        visitor,
        "desk/exercises.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "exercises"),
        next=next((one for one in drills if one.id not in answered), None),
        last=next((one for one in drills if one.id == done), None),
        accepted=answered.get(done, False),
        count=len(drills),
        answered=len([one for one in drills if one.id in answered]),
        right=len([one for one in drills if one.id in answered and answered[one.id] == one.sound]),
        names=names,
        problems=problems,
    )


ROUTES = [exercises, answer]
