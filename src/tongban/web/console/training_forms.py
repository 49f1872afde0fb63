"""/console/training/course and /sheet: supervising posts keep the curriculum and who passed it.

A sheet names posts, and the register keeps whose they are that day: no page of the console shows names.
"""

from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.org import Actor, house, visible
from tongban.org.entries import ALL
from tongban.org.model import Course, Role
from tongban.web.console.machines import supervisor
from tongban.web.desk.staff import desk
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_ROLES: dict[Role, Text] = {
    Role.INTAKE: Text("窗口", "Counter"),
    Role.EXAMINE: Text("审查", "Examining"),
    Role.DECIDE: Text("审批", "Deciding"),
    Role.HEAD: Text("机关负责人", "Head of a body"),
}


@get("/console/training/course")
async def course(site: Site, visitor: Visitor, course: str = "") -> Response[str]:
    """The form: empty, or with a course as it stands. Raises Refused (`unknown-course`, 404)."""
    actor = supervisor(visitor)
    if not course:
        return _course(site, visitor, actor, Form())
    known = site.directory.training.courses.get(course)
    if known is None:
        raise refuse("unknown-course", "没有这门课。", "There is no such course.", status=404)
    return _course(site, visitor, actor, Form(_filled(known)))


@post("/console/training/course")
async def save_course(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Make or change a course; a wrong form comes back with what was typed."""
    actor = supervisor(visitor)
    try:
        await house.save_course(site.db, site.directory, actor, _read(site, form))
    except Refused as error:
        return _course(site, visitor, actor, form, tuple(refused(error)), status=error.status)
    return go("/console/training?said=course")


@get("/console/training/sheet")
async def sheet(site: Site, visitor: Visitor, course: str = "", of: str = "") -> Response[str]:
    """Which course, of which body, then who passed."""
    return _sheet(site, visitor, supervisor(visitor), Form({"course": [course], "of": [of]}))


@post("/console/training/sheet")
async def save_sheet(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Keep who passed on a day."""
    actor = supervisor(visitor)
    try:
        day = form.day("passed_on")
        await house.save_sheet(site.db, site.directory, actor, form.text("course"), day, form.all("posts"))
    except Refused as error:
        return _sheet(site, visitor, actor, form, tuple(refused(error)), status=error.status)
    return go("/console/training?said=sheet")


def _read(site: Site, form: Form) -> Course:
    """A course as the form says it; what cannot be read is found wrong by `house`."""
    ident = form.text("id").strip()
    known = site.directory.training.courses.get(ident)
    acts = frozenset(part for part in form.text("acts").replace("、", " ").replace(",", " ").split() if part)
    return Course(
        id=ident,
        name=Text(form.text("name").strip(), form.text("name_en").strip()),
        hours=_number(form, "hours"),
        months=_number(form, "months"),
        how=Text(form.text("how").strip(), form.text("how_en").strip()),
        law=form.text("law").strip()[:200],
        acts=acts,
        services=known.services if known else frozenset({ALL}),
        roles=frozenset(role for role in _ROLES if role.value in form.all("roles")),
        since=known.since if known else site.today,
    )


def _number(form: Form, name: str) -> int:
    """A whole number; -1 for anything else, which no limit lets pass."""
    found = form.number(name)
    return -1 if found is None else found


def _filled(known: Course) -> dict[str, list[str]]:
    return {
        "id": [known.id],
        "name": [known.name.zh],
        "name_en": [known.name.en],
        "hours": [str(known.hours)],
        "months": [str(known.months)],
        "how": [known.how.zh],
        "how_en": [known.how.en],
        "law": [known.law],
        "acts": ["、".join(sorted(known.acts))],
        "roles": [role.value for role in known.roles],
    }


def _course(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    form: Form,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
) -> Response[str]:
    return page(
        site,
        visitor,
        "console/training_course.html",
        status=status,
        desk=desk(site, actor, "training-watch"),
        form=form,
        roles=[(role.value, name, role.value in form.all("roles")) for role, name in _ROLES.items()],
        known=form.text("id") in site.directory.training.courses,
        problems=problems,
    )


def _sheet(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    form: Form,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
) -> Response[str]:
    directory, lang, today = site.directory, visitor.lang, site.today
    bodies = visible(directory, actor).bodies
    body = form.text("of") if form.text("of") in bodies else ""
    course = directory.training.courses.get(form.text("course"))
    posts = [
        (post.id, post.title, directory.training.standing(holder, course, today))
        for post in (directory.posts_of(body) if body and course else ())
        if course and course.concerns(post) and (holder := directory.holder_of(post.id))
    ]
    return page(
        site,
        visitor,
        "console/training_sheet.html",
        status=status,
        desk=desk(site, actor, "training-watch"),
        form=form,
        body=body,
        course=course,
        courses=[(one.id, one.name[lang]) for one in directory.training.courses.values()],
        bodies=[(one, directory.body(one).name[lang]) for one in bodies],
        posts=posts,
        ticked=form.all("posts"),
        problems=problems,
        today=today,
    )


ROUTES = [course, save_course, sheet, save_sheet]
