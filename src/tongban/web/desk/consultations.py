"""/desk/consultations: ask people, take out with a reason, decide on objections, report what came of it."""

from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.org import Actor
from tongban.voice.participation.consultations import Draft
from tongban.voice.participation.model import GROUNDS, OUTCOMES, Answered, Ground, Outcome
from tongban.voice.participation.refusals import need_body, owed_answers
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_SAID = {
    "begun": Text("已经开始，大家可以表态了。", "It has begun; people can vote."),
    "removed": Text(
        "已移除，理由对所有人公开，作者可以提出异议。", "Taken out; the reason is public and the author may object."
    ),
    "reviewed": Text("已复核，结果和理由公开。", "Decided; the outcome and its reason are public."),
    "reported": Text("报告已经公开。", "The report is public."),
}


@get("/desk/consultations")
async def mine(site: Site, visitor: Visitor, after: str = "", said: str = "") -> Response[str]:
    """The consultations of one's body."""
    actor = official(visitor)
    found = await site.participation.consultations.page(actor.body, after)
    now = site.clock()
    return page(
        site,
        visitor,
        "desk/consultations.html",
        desk=desk(site, actor, "consultations"),
        items=found.items,
        next=found.next,
        open={one.id for one in found.items if one.open_at(now)},
        head="head" in actor.roles,
        today=site.today,
        said=_SAID.get(said),
    )


@get("/desk/consultations/new")
async def new(site: Site, visitor: Visitor) -> Response[str]:
    """The form to ask people about a file."""
    return _form(site, visitor, official(visitor))


@post("/desk/consultations/new")
async def begin(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Ask."""
    actor = official(visitor)
    try:
        kind, _, file = form.text("about").partition(":")
        subject, _, version = file.partition("@")
        if not subject:
            raise refuse(
                "field-missing", "请选择征求意见的文件", "Choose the file that people are asked about", place="about"
            )
        draft = Draft(
            Text(form.text("title_zh"), form.text("title_en")),
            Text(form.text("question_zh"), form.text("question_en")),
            kind,
            subject,
            version,
            form.day("closes_on"),
            tuple(line for line in form.text("statements").splitlines() if line.strip()),
        )
        one = await site.participation.consultations.begin(actor, draft)
    except Refused as error:
        return _form(site, visitor, actor, form, refused(error), error.status)
    return go(f"/desk/consultations/{one.id}?said=begun")


@get("/desk/consultations/{consultation:str}")
async def one_of_ours(site: Site, visitor: Visitor, consultation: str, said: str = "") -> Response[str]:
    """Its statements to moderate; once it has closed, the report to write."""
    return await _one(site, visitor, official(visitor), consultation, said=_SAID.get(said))


@post("/desk/consultations/{consultation:str}/statements/{number:int}")
async def moderate(site: Site, visitor: Visitor, consultation: str, number: int, form: Form) -> Response[Any]:
    """Take a statement out, or decide on an objection."""
    actor, moderation = official(visitor), site.participation.moderation
    words = form.text("words")
    try:
        match form.text("act"):
            case "restore" | "uphold" as act:
                await moderation.review(actor, consultation, number, restore=act == "restore", words=words)
                return go(f"/desk/consultations/{consultation}?said=reviewed")
            case _:
                await moderation.remove(actor, consultation, number, _ground(form.text("ground")), words)
                return go(f"/desk/consultations/{consultation}?said=removed")
    except Refused as error:
        if error.status == 404:
            raise
        return await _one(site, visitor, actor, consultation, problems=refused(error), status=error.status)


@post("/desk/consultations/{consultation:str}/report")
async def report(site: Site, visitor: Visitor, consultation: str, form: Form) -> Response[Any]:
    """Publish the closing report."""
    actor = official(visitor)
    try:
        rooms = site.participation.consultations
        numbers = [each.number for each in await rooms.statements(await rooms.one(consultation))]
        answers = [
            Answered(number, Outcome(outcome), form.text(f"why.{number}"))
            for number in numbers
            if (outcome := form.text(f"outcome.{number}")) in list(Outcome)
        ]
        await rooms.answer(actor, consultation, form.text("summary"), answers, form.text("resulted"))
    except Refused as error:
        if error.status == 404:
            raise
        return await _one(site, visitor, actor, consultation, form, refused(error), error.status)
    return go(f"/desk/consultations/{consultation}?said=reported")


def _ground(text: str) -> Ground:
    try:
        return Ground(text)
    except ValueError:
        raise refuse("field-missing", "请选择移除的理由", "Choose why it is taken out", place="ground") from None


def _form(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    form: Form | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> Response[str]:
    lang = visitor.lang
    services = [
        (f"service:{one.service}@{one.version}", f"{_said(one.name, lang)} · {one.version}")
        for newest in site.catalogue.services()
        for one in site.catalogue.versions(newest.service)[:2]
        if not one.regions
    ]
    policies = [(f"policy:{one.policy}@{one.version}", one.name[lang]) for one in site.catalogue.policies()]
    groups = [
        ("", [("", Text("请选择", "Choose")[lang])]),
        (Text("政策", "Policies")[lang], policies),
        (Text("事项的版本", "Versions of services")[lang], services),
    ]
    return page(
        site,
        visitor,
        "desk/consultation_new.html",
        status=status,
        desk=desk(site, actor, "consultations"),
        groups=groups,
        form=form or Form(),
        problems=problems or [],
    )


def _said(name: str | Text, lang: str) -> str:
    return name if isinstance(name, str) else name.zh if lang == "zh" else name.en


async def _one(
    site: Site,
    visitor: Visitor,
    actor: Actor,
    consultation: str,
    form: Form | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
    said: Text | None = None,
) -> Response[str]:
    rooms = site.participation.consultations
    one = await rooms.one(consultation)
    need_body(actor, one)
    statements = await rooms.statements(one)
    return page(
        site,
        visitor,
        "desk/consultation.html",
        status=status,
        desk=desk(site, actor, "consultations"),
        one=one,
        open=one.closed_at is None,
        voters=await rooms.voters(one),
        objected=[each for each in statements if each.objection],
        statements=statements,
        owed=owed_answers(one.results),
        grounds=[(str(ground), words[visitor.lang]) for ground, words in GROUNDS.items()],
        ground_names={str(ground): words for ground, words in GROUNDS.items()},
        outcomes=[("", Text("不单独答复", "No separate answer")[visitor.lang])]
        + [(str(outcome), words[visitor.lang]) for outcome, words in OUTCOMES.items()],
        outcome_names=OUTCOMES,
        form=form or Form(),
        problems=problems or [],
        said=said,
        head="head" in actor.roles,
        today=site.today,
    )


ROUTES = [mine, new, begin, one_of_ours, moderate, report]
