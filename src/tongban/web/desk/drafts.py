"""Drafts beside the fields of an act: asked for by the official, put in by the official, changed as they please.

A button of the act's form asks (`draft:`), puts the draft into the field (`insert:`), says that the draft is no use
(`decline:`), or that a summary was (`useful:`). Nothing typed is lost by any of them, and none of them is the act.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from tongban.assist.drafting.changes import Piece, changes
from tongban.assist.drafting.kinds import drafted_for, kind_of
from tongban.assist.drafting.model import Drafted
from tongban.assist.drafting.service import NOTICE, SUMMARY
from tongban.assist.model import Abstain, Suggestion
from tongban.assist.store.drafts import SentDraft
from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Lang, Text
from tongban.cases import CaseView
from tongban.catalog.procedure import Act
from tongban.org import Actor
from tongban.web.desk.staff import region_names
from tongban.web.forms import Form
from tongban.web.site import Site
from tongban.web.visitor import Visitor

Verb = Literal["draft", "insert", "decline", "useful"]
VERBS: Mapping[str, Verb] = {"draft": "draft", "insert": "insert", "decline": "decline", "useful": "useful"}
WHOLE = "summary"
"""The key of the summary, which belongs to no field."""


@dataclass(frozen=True, slots=True)
class Box:
    """What is shown beside one field. `used` is the draft that was put in; `offered` the one that waits."""

    key: str
    use: str = ""
    call: str = ""
    drafted: Drafted | None = None
    why_not: Text | None = None
    first: Text | None = None
    """What to do about it, where it is a training that is missing."""
    used: str = ""
    done: Text | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a button: the form as it now is, the boxes, what is wrong."""

    form: Form
    boxes: Mapping[str, Box]
    problems: Sequence[Problem] = ()
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One draft that was taken, as a supervisor sees it."""

    sent: SentDraft
    act: Text
    pieces: tuple[Piece, ...] = field(default_factory=tuple)

    @property
    def kept(self) -> int:
        """Per cent of what was sent that stood in the draft."""
        return round(self.sent.kept * 100)


def wanted(do: str) -> tuple[Verb, str] | None:
    """Verb and key of a button of ours; None for the other buttons of the form."""
    verb, colon, key = do.partition(":")
    return (VERBS[verb], key) if colon and verb in VERBS else None


def boxes(view: CaseView, form: Form) -> dict[str, Box]:
    """A box for the summary and for every field that a draft can be asked for, keeping what was put in."""
    if not drafted_for(view.definition.service):
        return {}
    return {WHOLE: Box(WHOLE)} | {box.key: box for box in _boxes(view, form)}


def _boxes(view: CaseView, form: Form) -> Iterator[Box]:
    for one in view.possible:
        for name in one.spec.says if one.spec else ():
            if kind_of(view.definition.procedure, one.act, name) is not None:
                key = f"{one.act}.{name}"
                yield Box(key, used=form.text(f"used.{key}"))


async def answer(
    site: Site, visitor: Visitor, actor: Actor, view: CaseView, form: Form, verb: Verb, key: str
) -> Answered:
    """Do what a button of a draft asks for. Raises Refused where there is no such draft (404)."""
    act = form.text("act") if key == WHOLE else key.partition(".")[0]
    found = boxes(view, form)
    call = form.text(f"offer.{key}")
    drafting = site.assist.drafting
    match verb:
        case "draft":
            box = found.get(key, Box(key))
            found[key] = await _offered(site, visitor, actor, view, form, box)
        case "insert":
            drafted = await drafting.offered(view, call)
            typed, words = form.text(key), drafted.words(visitor.lang)
            text = words if typed in ("", words) else f"{typed}\n{words}"
            form = Form({**form.values, key: [text], f"used.{key}": [call]}, form.files)
            found[key] = Box(key, used=call)
        case "decline":
            try:
                await drafting.declined(actor, view, call, form.text(f"why.{key}"))
            except Refused as error:
                if error.status not in (400, 409, 422):
                    raise
                told = await drafting.offered(view, call)
                found[key] = Box(key, use=_use(key), call=call, drafted=told)
                problems = [Problem(p.code, p.text, f"why.{key}") for p in error.problems]
                return Answered(form, found, problems, act)
            found[key] = Box(key, done=Text("已记下：没有采用。", "Noted: not used."))
        case "useful":
            await drafting.useful(actor, view, call)
            found[key] = Box(key, done=Text("已记下：有用。", "Noted: it was useful."))
        case _:
            assert_never(verb)
    return Answered(form, found, (), act)


def _use(key: str) -> str:
    return SUMMARY if key == WHOLE else NOTICE


async def _offered(site: Site, visitor: Visitor, actor: Actor, view: CaseView, form: Form, box: Box) -> Box:
    """The box with a draft, or with why there is none."""
    drafting, region = site.assist.drafting, region_names(site)
    if box.key == WHOLE:
        found = await drafting.summary(view, lang=visitor.lang, region=region)
    else:
        act, _, name = box.key.partition(".")
        spec = view.act(act)
        listed = [f"{act}.{one}" for one, said in spec.says.items() if said.type == "items"] if spec else []
        ticked = [item for one in listed for item in form.all(one)]
        found = await drafting.offer(view, act, name, ticked, lang=visitor.lang, region=region)
    if isinstance(found, Suggestion):
        return replace(box, use=found.use, call=found.id, drafted=found.value)
    return replace(box, why_not=found.why, first=_to_learn(site, actor, found))


def _to_learn(site: Site, actor: Actor, found: Abstain) -> Text | None:
    """The course that the use asks for and how it is taken; None where something else stands in the way."""
    use = site.assist.gate.register.use(found.use) if found.code == "not-trained" else None
    course = site.directory.training.courses.get(use.course) if use else None
    if course is None:
        return None
    gap = site.directory.training.standing(actor.id, course, site.today).gap
    again = Text("重新", " again") if gap == "expired" else Text("", "")
    return Text("先{again}学“{name}”：{how}。", "First take “{name}”{again}: {how}.").format(
        again=again, name=course.name, how=course.how
    )


async def taken(site: Site, actor: Actor, view: CaseView, form: Form, act: str, spec: Act, lang: Lang) -> None:
    """After an act: note which drafts went into it and what the official made of them. The act stands whatever
    happens here."""
    for name in spec.says:
        key = f"{act}.{name}"
        if call := form.text(f"used.{key}"):
            try:
                await site.assist.drafting.sent(actor, view, call, act, name, form.text(key), lang)
            except Refused as error:
                site.log.event("draft-not-noted", code=error.problems[0].code, case=view.case)


async def changed(site: Site, view: CaseView) -> tuple[Change, ...]:
    """The drafts taken in a case, piece by piece."""
    acts = view.definition.procedure.acts
    return tuple(
        Change(one, acts[one.act].name if one.act in acts else Text(one.act, one.act), changes(one.offered, one.sent))
        for one in await site.assist.drafting.of_case(view)
    )
