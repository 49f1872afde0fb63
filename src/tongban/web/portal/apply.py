"""One question a page. Saving never checks; going on does, and says what to change in the same words everywhere."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.catalog import Question
from tongban.catalog.answers import stored_fact
from tongban.org import Actor
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.portal import drafts
from tongban.web.portal.application import Application, sent
from tongban.web.portal.corrections import opened
from tongban.web.portal.places import grouped
from tongban.web.site import Site
from tongban.web.visitor import Visitor


def question_of(application: Application, name: str) -> Question:
    """A question that this person is asked. Raises Refused `no-question` (404)."""
    question = application.question(name)
    if question is None:
        raise refuse(
            "no-question",
            "您的情况不用回答这一题，请从“检查一遍”继续",
            "This question does not apply to you; go on from the check page",
            place=name,
            status=404,
        )
    return question


def question_page(
    site: Site,
    visitor: Visitor,
    application: Application,
    question: Question,
    *,
    problems: tuple[Problem, ...] = (),
    come_from: str = "",
    resumed: bool = False,
) -> Response[str]:
    """The page of one question."""
    names = [q.name for q in application.asked]
    number = names.index(question.name) + 1 if question.name in names else None
    checking = come_from == "check"
    return page(
        site,
        visitor,
        "portal/question.html",
        status=422 if problems else 200,
        service=application.service,
        application=application,
        question=question,
        given=application.typed(question),
        problems=problems,
        number=number,
        total=len(names),
        previous=application.address("check") if checking else application.before(question.name),
        come_from="check" if checking else "",
        regions=grouped(site, visitor.lang),
        resumed=resumed,
        record=application.content.records.get(question.name),
    )


async def keep(site: Site, actor: Actor, slug: str, name: str, form: Form) -> Application:
    """Save one answer as it was typed."""
    application = await drafts.load(site, actor, slug)
    question = question_of(application, name)
    return await drafts.save(site, actor, application.with_answer(name, sent(question, form)))


@get("/apply/{slug:str}")
async def resume(site: Site, visitor: Visitor, slug: str) -> Response[Any]:
    """Where one stopped."""
    return go((await drafts.load(site, visitor.citizen(), slug)).resume())


@get("/apply/{slug:str}/q/{name:str}")
async def ask(
    site: Site, visitor: Visitor, slug: str, name: str, come_from: str = "", resumed: str = ""
) -> Response[str]:
    """One question."""
    application = await drafts.load(site, visitor.citizen(), slug)
    question = question_of(application, name)
    return question_page(site, visitor, application, question, come_from=come_from, resumed=bool(resumed))


@post("/apply/{slug:str}/q/{name:str}")
async def answer(site: Site, visitor: Visitor, slug: str, name: str, form: Form) -> Response[Any]:
    """Save, then on to the next question, or say what is wrong."""
    actor = visitor.citizen()
    application = await keep(site, actor, slug, name, form)
    if form.text("later"):
        return go("/cases?said=kept")
    question = question_of(application, name)
    if problem := application.problem(question):
        return question_page(
            site, visitor, application, question, problems=(problem,), come_from=form.text("come_from")
        )
    record = application.content.records.get(name)
    if record is not None and str(question.value) != str(stored_fact(question.fact, record.value)):
        application = application.dispute(name)  # what was let stand at first is wrong after all
    if name in application.content.disputed and not application.content.disputed[name].case:
        application = await drafts.save(site, actor, await opened(site, actor, application))
    if form.text("come_from") == "check":
        return go(application.resume())
    return go(application.after(name))


@post("/apply/{slug:str}/q/{name:str}/save", status_code=200)
async def autosave(site: Site, visitor: Visitor, slug: str, name: str, form: Form) -> dict[str, str]:
    """What the page sends by itself while somebody types."""
    await keep(site, visitor.citizen(), slug, name, form)
    return {"saved": site.clock().isoformat()}


@get("/apply/{slug:str}/discard")
async def ask_discard(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """Deleting is asked once more."""
    application = await drafts.load(site, visitor.citizen(), slug)
    return page(
        site,
        visitor,
        "portal/confirm.html",
        title=Text("删掉这份草稿？", "Delete this draft?"),
        note=Text(
            "填过的内容会全部删掉，找不回来。想办时可以重新开始。",
            "Everything you filled in is deleted and cannot be brought back. You can start again at any time.",
        ),
        action=application.address("discard"),
        hidden={},
        yes=Text("删掉", "Delete"),
        back_to=application.address("check"),
    )


@post("/apply/{slug:str}/discard")
async def discard(site: Site, visitor: Visitor, slug: str) -> Response[Any]:
    """Gone."""
    await site.cases.discard(visitor.citizen(), slug)
    return go("/cases?said=deleted")


async def keep_typed(site: Site, actor: Actor, back: str, typed: Sequence[tuple[str, str]]) -> str:
    """Put what a question page held when its session ended into the draft, and say where to go on.

    Only into a draft of the person who has just logged in, and only for a question page.
    """
    match back.partition("?")[0].split("/"):
        case ["", "apply", slug, "q", name]:
            values: dict[str, list[str]] = {}
            for field, value in typed:
                values.setdefault(field, []).append(value)
            try:
                await keep(site, actor, slug, name, Form(values))
            except Refused:
                return back
            return f"/apply/{slug}/q/{name}?resumed=yes"
        case _:
            return back


ROUTES = [resume, ask, answer, autosave, ask_discard, discard]
