"""The applicant's own move on a case: supplying what was asked for, giving a view, asking for a hearing.

What can be said comes from the procedure file. Each file is sent by itself; files already sent are named in the
page's address, so a reload or a lost connection loses none of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import QueryParameter

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.ids import uuid7
from tongban.cases.views import CaseView
from tongban.catalog import Question, parse_fact
from tongban.catalog.model import Material, Words
from tongban.catalog.procedure import Act, Field
from tongban.org import Actor
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.portal import casework
from tongban.web.portal.application import Typed, Upload, as_typed, blank, sent
from tongban.web.portal.places import grouped
from tongban.web.portal.uploads import UPLOAD_BYTES, accept, received
from tongban.web.problems import wants_html
from tongban.web.site import Site
from tongban.web.visitor import Visitor

Files = Annotated[list[str] | None, QueryParameter(name="file")]
TEXTS = frozenset({"text", "long-text"})


@dataclass(frozen=True, slots=True)
class Slot:
    """One material, and what has been sent for it here."""

    slug: str
    name: Words
    hint: Words
    files: tuple[Upload, ...]
    accept: str


@dataclass(frozen=True, slots=True)
class Move:
    """An act the applicant may do now."""

    view: CaseView
    name: str
    act: Act

    def field(self, kind: str) -> str | None:
        """The act's field of a kind."""
        return next((name for name, spec in self.act.says.items() if spec.type == kind), None)

    @property
    def texts(self) -> Mapping[str, Field]:
        """What is said in words."""
        return {name: spec for name, spec in self.act.says.items() if spec.type in TEXTS}

    @property
    def questions(self) -> list[Question]:
        """Facts to put right: those asked for, else all that the person has answered."""
        if self.field("facts") is None:
            return []
        facts, state = self.view.definition.service.facts, self.view.state
        names = [name for name in state.asked if name in facts] if state.asked else list(state.facts)
        return [Question(name, facts[name], state.facts.get(name)) for name in names if name in facts]

    @property
    def materials(self) -> list[tuple[str, Material]]:
        """Materials one may send: those asked for, else all that apply and no record replaces."""
        if self.field("documents") is None:
            return []
        known, asked = self.view.definition.service.materials, self.view.state.asked
        if asked:
            return [(slug, known[slug]) for slug in asked if slug in known]
        return [(one.slug, one.material) for one in self.view.materials if one.status != "replaced"]

    @property
    def address(self) -> str:
        return f"/cases/{self.view.case}/acts/{self.name}"


def moves(view: CaseView) -> list[Move]:
    """What the applicant may do and say now, in the procedure's order; withdrawing has a page of its own."""
    acts = [(one.act, one.spec) for one in view.possible if one.act != casework.WITHDRAW]
    return [Move(view, name, spec) for name, spec in acts if spec is not None and spec.says]


def move(view: CaseView, name: str) -> Move:
    """One of them. Raises Refused (409 `act-not-possible`)."""
    found = next((one for one in moves(view) if one.name == name), None)
    if found is None:
        raise refuse("act-not-possible", "这个办件现在不能这样做", "That is not possible for this case now", status=409)
    return found


def awaited(view: CaseView) -> Move | None:
    """The move the case waits for: the first that takes it further."""
    if view.spec.waits_for != casework.APPLICANT:
        return None
    return next((one for one in moves(view) if one.act.to != "same"), None)


def pairs(files: Iterable[str] | None) -> list[tuple[str, str]]:
    """`material:upload` of the address."""
    split = [one.partition(":") for one in (files or ())][:50]
    return [(slug, upload) for slug, _, upload in split if upload]


async def slots(site: Site, actor: Actor, found: Move, sent_files: Sequence[tuple[str, str]]) -> list[Slot]:
    """The materials with their uploads; uploads that are not the actor's own are left out."""
    return [
        Slot(slug, material.name, material.hint, await _uploads(site, actor, slug, sent_files), accept(material))
        for slug, material in found.materials
    ]


async def _uploads(site: Site, actor: Actor, slug: str, sent_files: Sequence[tuple[str, str]]) -> tuple[Upload, ...]:
    kept: list[Upload] = []
    for material, upload in sent_files:
        if material == slug:
            try:
                file, _ = await site.cases.document(actor, upload)
            except Refused:
                continue
            kept.append(Upload(file.id, file.name, file.size))
    return tuple(kept)


async def move_page(
    site: Site,
    visitor: Visitor,
    found: Move,
    files: Sequence[tuple[str, str]],
    *,
    typed: Mapping[str, Typed] | None = None,
    problems: list[Problem] | None = None,
) -> Response[str]:
    """The page of one act."""
    needs = await slots(site, visitor.citizen(), found, files)
    given = typed or {}
    letters = found.view.letters
    return page(
        site,
        visitor,
        "portal/move.html",
        status=422 if problems else 200,
        move=found,
        view=found.view,
        asked=bool(found.view.state.asked) and found.view.spec.waits_for == casework.APPLICANT,
        needs=needs,
        questions=[(q, given.get(q.name, _standing(q))) for q in found.questions],
        texts=[(name, spec, given.get(name, "")) for name, spec in found.texts.items()],
        letter=letters[-1][1] if letters and awaited(found.view) else None,
        due=casework.due(site, found.view),
        files=[f"{slot.slug}:{file.id}" for slot in needs for file in slot.files],
        regions=grouped(site, visitor.lang),
        key=str(uuid7()),
        problems=problems or [],
    )


def _standing(question: Question) -> Typed:
    return blank(question.fact) if question.value is None else as_typed(question.fact, question.value)


def address(found: Move, files: Iterable[tuple[str, str]], at: str = "") -> str:
    """The page with the files sent so far."""
    query = urlencode([("file", f"{slug}:{upload}") for slug, upload in dict.fromkeys(files)])
    return f"{found.address}{'?' if query else ''}{query}{f'#f-{at}' if at else ''}"


@get("/cases/{case:str}/correct")
async def correct(site: Site, visitor: Visitor, case: str) -> Response[Any]:
    """To the move the case waits for; to the case itself where it waits for none."""
    found = awaited(await site.cases.view(visitor.citizen(), case))
    return go(found.address if found else f"/cases/{case}")


@get("/cases/{case:str}/acts/{act:str}")
async def show(site: Site, visitor: Visitor, case: str, act: str, file: Files = None) -> Response[str]:
    """What can be said and sent."""
    view = await site.cases.view(visitor.citizen(), case)
    return await move_page(site, visitor, move(view, act), pairs(file))


@post("/cases/{case:str}/acts/{act:str}/files/{material:str}", request_max_body_size=UPLOAD_BYTES)
async def upload(
    request: Request[Any, Any, Any], site: Site, visitor: Visitor, case: str, act: str, material: str, form: Form
) -> Response[Any]:
    """Keep one file."""
    actor = visitor.citizen()
    found = move(await site.cases.view(actor, case), act)
    files = pairs(form.all("file"))
    try:
        one = await received(site, visitor, actor, form)
    except Refused as error:
        if not wants_html(request):
            raise
        wrong = [Problem(problem.code, problem.text, material) for problem in refused(error)]
        return await move_page(site, visitor, found, files, problems=wrong)
    return go(address(found, [*files, (material, one.id)], material))


@post("/cases/{case:str}/acts/{act:str}")
async def send(site: Site, visitor: Visitor, case: str, act: str, form: Form) -> Response[Any]:
    """Send everything at once. A file taken out with `without` comes back to the page instead."""
    actor = visitor.citizen()
    found = move(await site.cases.view(actor, case), act)
    files = pairs(form.all("file"))
    if out := form.text("without"):
        return go(address(found, [pair for pair in files if ":".join(pair) != out]))
    typed: dict[str, Typed] = {question.name: sent(question, form) for question in found.questions}
    typed |= {name: form.text(name) for name in found.texts}
    facts, problems = corrected(found, typed, site)
    if problems:
        return await move_page(site, visitor, found, files, typed=typed, problems=problems)
    says: dict[str, Any] = {name: form.text(name) for name in found.texts if form.text(name)}
    if facts and (name := found.field("facts")):
        says[name] = facts
    if files and (name := found.field("documents")):
        says[name] = {slug: [one for material, one in files if material == slug] for slug, _ in files}
    try:
        if not says:
            raise refuse("nothing-said", "还没填内容，也没传文件", "Nothing was filled in and no file was sent")
        await site.cases.act(actor, case, act, says, version=form.number("version"), key=form.text("key"))
    except Refused as error:
        return await move_page(site, visitor, found, files, typed=typed, problems=refused(error))
    return go(f"/cases/{case}?said=sent")


def corrected(found: Move, typed: Mapping[str, Typed], site: Site) -> tuple[dict[str, Any], list[Problem]]:
    """The facts that were asked for, or were changed, and what is wrong with them."""
    facts: dict[str, Any] = {}
    problems: list[Problem] = []
    for question in found.questions:
        if not found.view.state.asked and typed[question.name] == _standing(question):
            continue
        try:
            facts[question.name] = parse_fact(
                question.fact, typed[question.name], field=question.name, today=site.today
            )
        except Refused as error:
            problems += error.problems
    return facts, problems


ROUTES = [correct, show, upload, send]
