"""One case on the desk: see it, preview a notice, act, take an act back."""

import secrets
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import QueryParameter

from tongban.assist.precheck.service import Prechecked
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.cases import UNDO, CaseView, Refusal, handing, joint
from tongban.cases.doubts import CHANGES
from tongban.cases.inspections import Inspections
from tongban.catalog.procedure import Act
from tongban.org import Actor
from tongban.voice.hotline.model import SERVICE as HOTLINE
from tongban.web.desk import acts, casepage, drafts, papers
from tongban.web.desk.lists import narrowed, queue
from tongban.web.desk.own_view import withheld
from tongban.web.desk.queue import Narrowed
from tongban.web.desk.staff import desk, official, region_names
from tongban.web.elsewhere import may_recall, whereabouts
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.portal.places import grouped
from tongban.web.portal.uploads import UPLOAD_BYTES
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SHOWN_AGAIN = (400, 403, 409, 413, 415, 422)
"""Refusals after which the page is shown again, with everything that was typed."""


async def case_page(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    view: CaseView,
    wanted: Narrowed,
    *,
    status: int = 200,
    said: Text | None = None,
    hx: bool = False,
    **more: Any,
) -> Response[str]:
    """The page of a case; `more` is what `casepage.values` takes."""
    column = await queue(site, actor, wanted)
    held = await withheld(site, actor, view)
    found = (await site.assist.precheck.of_case(view)).without({one.call for one in held})
    read = papers.shown(view, found, region_names(site), await _answered(site, actor, view, found))
    return page(
        site,
        visitor,
        "desk/case.html",
        status=status,
        desk=desk(site, actor, "case"),
        key=secrets.token_urlsafe(16),
        said=said,
        hx=hx,
        regions=grouped(site, visitor.lang),
        taken=await drafts.changed(site, view),
        withheld=held,
        did=await site.assist.account.of(view),
        questions=view.state.questions,
        still_asked=await still_asked(site, view),
        about=view.opening.about,
        bodies=joint.progress(view.definition.procedure, view.state),
        whereabouts_of=whereabouts(site, view),
        recall=may_recall(site, actor, view),
        certified=bool(view.certificates),
        mates=await mates(site, view),
        rate_link=site.voice.ratings.in_letter(view.case),
        doubts=[(one, CHANGES[one.change]) for one in view.state.doubts],
        inspects=Inspections(site.cases.engine).rule(actor, view) is not None,
        shown_at=int(site.clock().timestamp()),
        **casepage.values(
            view, column, region_names(site), site.catalogue.versions(view.opening.service), read=read, **more
        ),
    )


async def mates(site: Site, view: CaseView) -> list[str]:
    """Requests to 12345 that people put together with this one, where it can be answered now."""
    if view.opening.service != HOTLINE or view.act("reply") is None:
        return []
    return await site.voice.hotline.together(view.case)


async def still_asked(site: Site, view: CaseView) -> list[Text]:
    """The sources that have not answered yet and are asked again, each once."""
    if view.ended:
        return []
    found = await site.sharing.open(view.opening.applicant.id, view.case)
    return list(dict.fromkeys(wish.source for one in found for wish in one.wishes))


async def _answered(site: Site, actor: Actor, view: CaseView, found: Prechecked) -> frozenset[str]:
    """The suggestions about the papers of a case that this official has answered."""
    if not any(paper.call for paper in found.papers.values()):
        return frozenset()
    calls = await site.assist.gate.for_case(view.case)
    return frozenset(one.call.id for one in calls if any(said.person == actor.id for said in one.settled))


@get("/desk/cases/{case:str}")
async def show(
    site: Site,
    visitor: Visitor,
    case: str,
    list_: Annotated[str, QueryParameter(name="list")] = "",
    due: str = "",
    service: str = "",
    q: str = "",
    said: str = "",
) -> Response[str]:
    """The case beside its list."""
    actor = official(visitor)
    view = await site.cases.view(actor, case)
    return await case_page(site, visitor, actor, view, narrowed(list_, due, service, q), said=_done(view, actor, said))


@post("/desk/cases/{case:str}", request_max_body_size=UPLOAD_BYTES)
async def decide(request: Request[Any, Any, Any], site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Preview or do the chosen act. What was typed is kept whatever happens."""
    actor = official(visitor)
    view = await site.cases.view(actor, case)
    if button := drafts.wanted(form.text("do")):
        return await _draft(site, visitor, actor, view, form, *button)
    chosen = form.text("act")
    spec = view.act(chosen)
    seen = _version(form)
    if spec is None or seen != view.version:
        return await _not_now(site, visitor, actor, view, form, chosen, seen)
    if form.text("do") == "preview":
        return await _preview(request, site, visitor, actor, view, form, chosen, spec)
    try:
        said = acts.says(view, chosen, spec, form) | await _files(site, visitor, view, chosen, spec, form)
        await site.cases.act(actor, case, chosen, said, version=seen, key=form.text("key"))
    except Refused as error:
        if error.status not in _SHOWN_AGAIN:
            raise
        return await _again(site, visitor, actor, case, form, chosen, spec, error)
    await drafts.taken(site, actor, view, form, chosen, spec, visitor.lang)
    return go(f"/desk/cases/{case}?said={chosen}")


@post("/desk/cases/{case:str}/undo")
async def undo(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Take one's last act back, while the procedure allows it."""
    actor = official(visitor)
    try:
        await site.cases.act(actor, case, UNDO, {}, version=_version(form), key=form.text("key"))
    except Refused as error:
        if error.status not in _SHOWN_AGAIN:
            raise
        view = await site.cases.view(actor, case)
        problems = [Problem(p.code, p.text, "", p.law) for p in error.problems]
        return await case_page(site, visitor, actor, view, narrowed(), status=error.status, problems=problems)
    return go(f"/desk/cases/{case}?said={UNDO}")


async def _draft(
    site: Site, visitor: Visitor, actor: Actor, view: CaseView, form: Form, verb: drafts.Verb, key: str
) -> Response[str]:
    """The page with a draft offered, put into its field, or turned down; everything typed is kept."""
    found = await drafts.answer(site, visitor, actor, view, form, verb, key)
    return await case_page(
        site,
        visitor,
        actor,
        view,
        narrowed(),
        status=422 if found.problems else 200,
        form=found.form,
        chosen=found.chosen,
        problems=found.problems,
        boxes=found.boxes,
    )


async def _not_now(
    site: Site, visitor: Visitor, actor: Actor, view: CaseView, form: Form, chosen: str, seen: int
) -> Response[str]:
    """Nothing chosen, the case has moved on, or the act is not this person's."""
    if not chosen:
        problem = Problem("choose-act", Text("请先选一项决定", "Please choose a decision first"), "act")
        return await case_page(site, visitor, actor, view, narrowed(), status=422, form=form, problems=[problem])
    if seen != view.version:
        moved = casepage.since(view, seen)
        return await case_page(
            site, visitor, actor, view, narrowed(), status=409, form=form, chosen=chosen, moved=moved
        )
    known = view.definition.procedure.acts.get(chosen) or (handing.spec(chosen) if chosen in handing.HANDING else None)
    if known is None:
        raise refuse("unknown-act", "没有这个动作", "There is no such act", place="act", status=404)
    problem = Problem(
        "not-your-act",
        Text(f"“{known.name.zh}”现在不能由您办理。", f"“{known.name.en}” is not yours to do now."),
    )
    return await case_page(site, visitor, actor, view, narrowed(), status=403, form=form, problems=[problem])


async def _preview(
    request: Request[Any, Any, Any],
    site: Site,
    visitor: Visitor,
    actor: Actor,
    view: CaseView,
    form: Form,
    chosen: str,
    spec: Act,
) -> Response[str]:
    """The notice as it would be sent. htmx takes the preview out of the page, so it is always the same page."""
    hx = request.headers.get("hx-request") == "true"
    remark = await site.assist.account.contributed(view.case)
    found = casepage.preview(view, chosen, spec, acts.says(view, chosen, spec, form), remark)
    problems = acts.placed(found.problems, chosen, spec) if isinstance(found, Refusal) else []
    return await case_page(
        site,
        visitor,
        actor,
        view,
        narrowed(),
        status=422 if problems and not hx else 200,
        form=form,
        chosen=chosen,
        problems=problems,
        preview=None if isinstance(found, Refusal) else found,
        hx=hx,
    )


async def _again(
    site: Site, visitor: Visitor, actor: Actor, case: str, form: Form, chosen: str, spec: Act, error: Refused
) -> Response[str]:
    """The page once more after a refusal: with the reasons, or with what happened meanwhile."""
    view = await site.cases.view(actor, case)
    moved = casepage.since(view, _version(form)) if view.version != _version(form) else ()
    problems: Sequence[Problem] = () if moved else acts.placed(error.problems, chosen, spec)
    return await case_page(
        site,
        visitor,
        actor,
        view,
        narrowed(),
        status=error.status,
        form=form,
        chosen=chosen,
        problems=problems,
        moved=moved,
    )


async def _files(
    site: Site, visitor: Visitor, view: CaseView, chosen: str, spec: Act, form: Form
) -> dict[str, dict[str, list[str]] | list[str]]:
    """Files handed over with an act, kept and named by their ids. Raises Refused."""
    said: dict[str, dict[str, list[str]] | list[str]] = {}
    for name in (name for name, field in spec.says.items() if field.type == "documents"):
        kept: dict[str, list[str]] = {}
        for slot, file in _handed_over(f"{chosen}.{name}.", form):
            await site.limits.spend(Limited.UPLOAD, visitor.who)
            data, person = await file.read(), view.opening.applicant.id
            one = await site.cases.add_document(view.reader, file.filename, data, about=person)
            kept.setdefault(slot, []).append(one.id)
        if own := kept.pop(acts.OWN_PAPER, None):
            said[name] = own
        elif kept:
            said[name] = kept
    return said


def _handed_over(start: str, form: Form) -> Iterator[tuple[str, UploadFile]]:
    for key, files in form.files.items():
        if key.startswith(start):
            for file in files:
                yield key.removeprefix(start), file


def _version(form: Form) -> int:
    """The version the person saw; -1, which no case has, where the form does not say."""
    text = form.text("version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _done(view: CaseView, actor: Actor, said: str) -> Text | None:
    """What the official has just done, if that is the last thing they did here."""
    mine = [line for line in view.account if line.by.id == actor.id]
    if not said or not mine:
        return None
    act = view.definition.procedure.acts.get(said)
    name = act.name if act else Text("撤回上一步", "Take the last step back") if said == UNDO else None
    return Text(f"已办：{name.zh}", f"Done: {name.en}") if name else None


@post("/desk/cases/{case:str}/recall")
async def recall(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Have a case back that went to another installation, before it was taken over there."""
    actor, reason = official(visitor), form.text("reason").strip()[:200]
    view = await site.cases.view(actor, case)
    try:
        if site.cases.elsewhere is None:
            raise refuse("not-elsewhere", "这个办件没有转到外地", "The case has not gone elsewhere", status=409)
        await site.cases.elsewhere.recall(actor, case, Text(reason, reason), key=form.text("key"))
    except Refused as error:
        if error.status not in _SHOWN_AGAIN:
            raise
        problems = list(error.problems)
        return await case_page(site, visitor, actor, view, narrowed(), status=error.status, problems=problems)
    return go(f"/desk/cases/{case}")


ROUTES = [show, decide, undo, recall]
