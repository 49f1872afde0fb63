"""本单位的数据元: the elements of the dictionary that this body may change, and how (政务数据共享条例 13, 16, 19).

A change is a case like that of an entry: assessed, approved by the head, published by the digital centre.
"""

import secrets
from datetime import date
from typing import Any

import msgspec
from litestar import Response, get, post

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.cases.listing import ELEMENT, PROPOSAL
from tongban.org import Actor
from tongban.sharing.directory import elements, words
from tongban.sharing.directory.elements import ElementChange, check_change
from tongban.sharing.directory.model import Assessment, Element, Sensitivity
from tongban.web.desk.asking import propose_element
from tongban.web.desk.sharing_form import asker
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

NEW = "new"
"""The address of one that is not there yet."""
PARTS = ("name", "definition")
FOUND = ("secrecy", "privacy")
WHY = {
    "data": Text("数据变了", "The data changed"),
    "duties": Text("职责变了", "The duties changed"),
    "new": Text("有了新数据", "New data"),
}
TYPES: dict[str, Text] = {
    "text": Text("文字", "Text"),
    "integer": Text("整数", "Whole number"),
    "number": Text("数", "Number"),
    "money": Text("金额", "Money"),
    "boolean": Text("是或否", "Yes or no"),
    "date": Text("日期", "Date"),
    "enum": Text("几项中的一项", "One of several"),
    "id-number": Text("公民身份号码", "Identity number"),
    "uscc": Text("统一社会信用代码", "Social credit code"),
    "phone": Text("电话号码", "Phone number"),
    "region": Text("行政区划代码", "Region code"),
    "image": Text("图片", "Picture"),
}


@get("/desk/sharing/elements")
async def listed(site: Site, visitor: Visitor) -> Response[str]:
    """What this body may change."""
    actor = official(visitor)
    directory = site.sharing.directory.now
    own = [
        (name, directory.elements[name]) for name in elements.kept(directory, actor.body) if name in directory.elements
    ]
    return page(
        site, visitor, "desk/elements.html", desk=desk(site, actor, "sharing"), own=own, types=TYPES, words=words
    )


@get("/desk/sharing/elements/{slug:str}")
async def form(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """One element to change, or a new one."""
    actor = asker(visitor)
    return _form(site, visitor, actor, slug, _typed(_own(site, actor, slug), site.today), ())


@post("/desk/sharing/elements/{slug:str}")
async def propose(site: Site, visitor: Visitor, slug: str, form: Form) -> Response[Any]:
    """Propose; the own head approves next."""
    actor = asker(visitor)
    _own(site, actor, slug)
    typed = {field: form.text(field) for field in _typed(None, site.today)}
    try:
        change = _read(slug, typed)
        check_change(change, actor.body, site.sharing.directory.now, site.today)
        view = await propose_element(site, actor, change, typed["changed_on"], typed["why"], form.text("key")[:60])
    except Refused as error:
        return _form(site, visitor, actor, slug, typed, refused(error))
    return go(f"/desk/cases/{view.case}")


@get("/desk/sharing/elements/proposed/{case:str}")
async def proposed(site: Site, visitor: Visitor, case: str) -> Response[str]:
    """What a case proposes, beside what the dictionary says now. Raises Refused as `Cases.view` (404)."""
    actor = official(visitor)
    view = await site.cases.view(actor, case)
    if view.opening.service != ELEMENT:
        raise refuse("unknown-case", "没有这个办件。", "There is no such case.", status=404)
    facts = view.state.facts
    change = await elements.proposed(
        site.db, view.opening.applicant.id, str(facts.get(PROPOSAL, "")), str(facts["element"])
    )
    before = _shown(site.sharing.directory.now.elements.get(change.name))
    after = _shown(change.element)
    return page(
        site,
        visitor,
        "desk/element_proposed.html",
        desk=desk(site, actor, "sharing"),
        case=case,
        name=change.name,
        body=site.directory.body(view.opening.applicant.id).name,
        rows=[(label, before.get(label), value, before.get(label) != value) for label, value in after.items()],
        new=not before,
        assessment=change.assessment,
    )


def _own(site: Site, actor: Actor, name: str) -> Element | None:
    """None for a new one. Raises Refused (`not-your-element`, 404), also for one that is not there."""
    directory = site.sharing.directory.now
    if name == NEW:
        return None
    if name not in elements.kept(directory, actor.body) or name not in directory.elements:
        raise refuse("not-your-element", "这不是本单位能改的数据元。", "Not an element of your body.", status=404)
    return directory.elements[name]


def _typed(element: Element | None, today: date) -> dict[str, str]:
    """What stands in the form at first."""
    said = {
        f"{part}_{lang}": getattr(element, part)[lang] if element else "" for part in PARTS for lang in ("zh", "en")
    }
    found = {f"{part}_{lang}": "" for part in FOUND for lang in ("zh", "en")}
    return {
        "slug": "",
        **said,
        "type": element.type if element else "text",
        "unit": element.unit if element else "",
        "sensitivity": (element.sensitivity if element else Sensitivity.PERSONAL).value,
        "source": (element.source or "") if element else "",
        "source_law": element.source_law if element else "",
        **found,
        "assessed_on": "",
        "passed": "",
        "changed_on": today.isoformat(),
        "why": "data" if element else "new",
    }


def _read(name: str, typed: dict[str, str]) -> ElementChange:
    """Raises Refused with every field that does not fit."""
    wrong: list[Problem] = []
    for field in (f"{part}_{lang}" for part in (*PARTS, *FOUND) for lang in ("zh", "en")):
        if not typed[field].strip():
            wrong.append(Problem("field-missing", Text("请填写", "Please fill this in"), field))
    days = {field: _day(typed[field]) for field in ("assessed_on", "changed_on")}
    for field, day in days.items():
        if day is None:
            wrong.append(Problem("bad-day", Text("请写哪天", "Say on which day"), field))
    if typed["why"] not in WHY:
        wrong.append(Problem("bad-reason", Text("请选为什么改", "Choose why it is changed"), "why"))
    if wrong:
        raise Refused(*wrong)
    said = {part: Text(typed[f"{part}_zh"].strip(), typed[f"{part}_en"].strip()) for part in (*PARTS, *FOUND)}
    element = {
        **{part: msgspec.to_builtins(said[part]) for part in PARTS},
        **{part: typed[part].strip() for part in ("type", "unit", "sensitivity", "source_law")},
        "source": typed["source"].strip() or None,
    }
    try:
        return ElementChange(
            name=msgspec.convert(typed["slug"].strip() if name == NEW else name, elements.Slug),
            element=msgspec.convert(element, Element),
            assessment=Assessment(
                done=days["assessed_on"] or date.min,
                by=Text("本单位共享工作机构", "The sharing office of this body"),
                secrecy=said["secrecy"],
                privacy=said["privacy"],
                passed=typed["passed"] == "yes",
            ),
        )
    except msgspec.ValidationError:
        place = "slug" if name == NEW else "source"
        words = Text(
            "代码只用小写英文字母、数字和短横，例如 insured-months", "Use lower-case letters, digits and dashes"
        )
        raise Refused(Problem("element-misread", words, place)) from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _shown(element: Element | None) -> dict[Text, Text | str]:
    """An element part by part, as people read it."""
    if element is None:
        return {}
    return {
        Text("名称", "Name"): element.name,
        Text("定义", "Definition"): element.definition,
        Text("类型", "Type"): TYPES[element.type],
        Text("单位", "Unit"): element.unit,
        Text("敏感程度", "Sensitivity"): words.SENSITIVITIES[element.sensitivity],
        Text("数源部门", "Source"): element.source or "",
        Text("数源依据", "Law of the source"): element.source_law,
    }


def _form(site: Site, visitor: Visitor, actor: Actor, name: str, typed: dict[str, str], problems: Any) -> Response[str]:
    choices = [("", [(key, text[visitor.lang]) for key, text in TYPES.items()])]
    return page(
        site,
        visitor,
        "desk/element_form.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "sharing"),
        name=name,
        new=name == NEW,
        typed=typed,
        types=choices,
        sensitivities=[("", [(key.value, text[visitor.lang]) for key, text in words.SENSITIVITIES.items()])],
        whys=[("", [(key, text[visitor.lang]) for key, text in WHY.items()])],
        today=site.today,
        problems=problems,
        key=secrets.token_urlsafe(12),
    )


ROUTES = [listed, form, propose, proposed]
