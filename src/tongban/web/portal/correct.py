"""Supplying what was asked for: each file by itself, then everything at once.

Files already sent are named in the page's address, so a reload or a lost connection loses none of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import Parameter

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.ids import uuid7
from tongban.cases.views import CaseView
from tongban.catalog import Question, parse_fact
from tongban.catalog.model import Words
from tongban.catalog.procedure import Act
from tongban.org import Actor
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.portal import casework
from tongban.web.portal.application import Typed, Upload, as_typed, sent
from tongban.web.portal.places import grouped
from tongban.web.portal.uploads import UPLOAD_BYTES, accept, received
from tongban.web.problems import wants_html
from tongban.web.site import Site
from tongban.web.visitor import Visitor

Files = Annotated[list[str] | None, Parameter(query="file")]


@dataclass(frozen=True, slots=True)
class Slot:
    """One material that was asked for, and what has been sent for it here."""

    slug: str
    name: Words
    hint: Words
    files: tuple[Upload, ...]
    accept: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The applicant's act on a case that waits for them."""

    view: CaseView
    name: str
    act: Act

    def field(self, kind: str) -> str | None:
        """The act's field of a kind: what was corrected goes under it."""
        return next((name for name, spec in self.act.says.items() if spec.type == kind), None)

    @property
    def questions(self) -> list[Question]:
        """Facts that were asked for."""
        facts = self.view.definition.service.facts
        known = self.view.state.facts
        return [Question(name, facts[name], known.get(name)) for name in self.view.state.asked if name in facts]


def correction(view: CaseView) -> Correction:
    """What can be supplied now. Raises Refused (409 `nothing-to-supply`)."""
    for one in view.possible:
        if one.spec is not None and {spec.type for spec in one.spec.says.values()} & {"facts", "documents"}:
            return Correction(view, one.act, one.spec)
    raise refuse("nothing-to-supply", "这个办件现在不用补什么", "Nothing has to be supplied for this case", status=409)


def pairs(files: Iterable[str] | None) -> list[tuple[str, str]]:
    """`material:upload` of the address."""
    split = [one.partition(":") for one in (files or ())][:50]
    return [(slug, upload) for slug, _, upload in split if upload]


async def slots(site: Site, actor: Actor, view: CaseView, sent_files: Sequence[tuple[str, str]]) -> list[Slot]:
    """Materials that were asked for; uploads that are not the actor's own are left out."""
    found: list[Slot] = []
    materials = view.definition.service.materials
    for slug in view.state.asked:
        if slug not in materials:
            continue
        kept: list[Upload] = []
        for material, upload in sent_files:
            if material == slug:
                try:
                    file, _ = await site.cases.document(actor, upload)
                except Refused:
                    continue
                kept.append(Upload(file.id, file.name, file.size))
        material = materials[slug]
        found.append(Slot(slug, material.name, material.hint, tuple(kept), accept(material)))
    return found


async def correct_page(
    site: Site,
    visitor: Visitor,
    found: Correction,
    files: Sequence[tuple[str, str]],
    *,
    typed: dict[str, Typed] | None = None,
    problems: list[Problem] | None = None,
) -> Response[str]:
    """The page of everything that was asked for."""
    needs = await slots(site, visitor.citizen(), found.view, files)
    questions = [(q, (typed or {}).get(q.name, _standing(q))) for q in found.questions]
    letters = found.view.letters
    return page(
        site,
        visitor,
        "portal/correct.html",
        status=422 if problems else 200,
        view=found.view,
        needs=needs,
        questions=questions,
        letter=letters[-1][1] if letters else None,
        due=casework.due(site, found.view),
        files=[f"{slot.slug}:{file.id}" for slot in needs for file in slot.files],
        regions=grouped(site, visitor.lang),
        key=str(uuid7()),
        problems=problems or [],
    )


def _standing(question: Question) -> Typed:
    blank: Typed = ["", "", ""] if question.fact.type == "date" else ""
    return blank if question.value is None else as_typed(question.fact, question.value)


def address(case: str, files: Iterable[tuple[str, str]], at: str = "") -> str:
    """The page with the files sent so far."""
    query = urlencode([("file", f"{slug}:{upload}") for slug, upload in dict.fromkeys(files)])
    return f"/cases/{case}/correct{'?' if query else ''}{query}{f'#f-{at}' if at else ''}"


@get("/cases/{case:str}/correct")
async def correct(site: Site, visitor: Visitor, case: str, file: Files = None) -> Response[str]:
    """What to supply, all of it."""
    view = await site.cases.view(visitor.citizen(), case)
    return await correct_page(site, visitor, correction(view), pairs(file))


@post("/cases/{case:str}/correct/{material:str}", request_max_body_size=UPLOAD_BYTES)
async def upload(
    request: Request[Any, Any, Any], site: Site, visitor: Visitor, case: str, material: str, form: Form
) -> Response[Any]:
    """Keep one file."""
    actor = visitor.citizen()
    found = correction(await site.cases.view(actor, case))
    files = pairs(form.all("file"))
    try:
        one = await received(site, visitor, actor, form)
    except Refused as error:
        if not wants_html(request):
            raise
        wrong = [Problem(problem.code, problem.text, material) for problem in refused(error)]
        return await correct_page(site, visitor, found, files, problems=wrong)
    return go(address(case, [*files, (material, one.id)], material))


@post("/cases/{case:str}/correct")
async def send(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Send everything at once. A file taken out with `without` comes back to the page instead."""
    actor = visitor.citizen()
    found = correction(await site.cases.view(actor, case))
    files = pairs(form.all("file"))
    if out := form.text("without"):
        return go(address(case, [pair for pair in files if ":".join(pair) != out]))
    typed = {question.name: sent(question, form) for question in found.questions}
    facts: dict[str, Any] = {}
    problems: list[Problem] = []
    for question in found.questions:
        try:
            facts[question.name] = parse_fact(
                question.fact, typed[question.name], field=question.name, today=site.today
            )
        except Refused as error:
            problems += error.problems
    if problems:
        return await correct_page(site, visitor, found, files, typed=typed, problems=problems)
    says: dict[str, Any] = {}
    if facts and (name := found.field("facts")):
        says[name] = facts
    if files and (name := found.field("documents")):
        says[name] = {slug: [one for material, one in files if material == slug] for slug, _ in files}
    try:
        await site.cases.act(actor, case, found.name, says, version=form.number("version"), key=form.text("key"))
    except Refused as error:
        return await correct_page(site, visitor, found, files, typed=typed, problems=refused(error))
    return go(f"/cases/{case}?said=completed")


ROUTES = [correct, upload, send]
