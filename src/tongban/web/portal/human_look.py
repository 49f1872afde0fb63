"""请人看一看: one button on a case, on an answer of the guide and on a use's page; it opens a case of its own.

And 只由人来办: for one case, or for everything of a person (PIPL 24; 算法推荐管理规定 17, 22).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from litestar import Response, get, post

from tongban.assist.account import MachineAccount
from tongban.assist.account.service import HUMAN_LOOK
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import region_of, uuid7
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_NAMES: dict[str, Text] = {
    "case": Text("我的一个办件", "A case of mine"),
    "answer": Text("导办的一个回答", "An answer of the guide"),
    "use": Text("一个算法应用", "A registered use"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a person wants looked at."""

    about: Literal["case", "answer", "use"]
    case: str = ""
    use: str = ""
    suggestion: str = ""

    def facts(self, wish: str) -> dict[str, str]:
        """As the service's own facts."""
        said = {
            "about": self.about,
            "case_number": self.case,
            "use": self.use,
            "suggestion": self.suggestion,
            "wish": wish,
        }
        return {name: value for name, value in said.items() if value}


def subject_of(case: str, use: str, suggestion: str) -> Subject:
    """A case where one is named; else an answer, if it names which; else a use. Raises Refused (404) for none."""
    case, use, suggestion = case.strip()[:40], use.strip()[:60], suggestion.strip()[:80]
    if case:
        return Subject("case", case, use, suggestion)
    if suggestion:
        return Subject("answer", "", use or "guide", suggestion)
    if use:
        return Subject("use", "", use)
    raise refuse(
        "nothing-to-look-at",
        "请从办件页、导办回答或者算法公示页点“请人看一看”",
        "Please use the button on a case, on an answer of the guide or on a use's page",
        status=404,
    )


@get("/human-look")
async def ask(site: Site, visitor: Visitor, case: str = "", use: str = "", suggestion: str = "") -> Response[str]:
    """The form."""
    return await _form(site, visitor, subject_of(case, use, suggestion))


@post("/human-look")
async def send(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Open the case. A repeat with the same key leads to the same one."""
    actor = visitor.citizen()
    subject = subject_of(form.text("case"), form.text("use"), form.text("suggestion"))
    if subject.about == "case":
        subject = await _with_use(site, visitor, subject)
    region = region_of(subject.case) if subject.case else actor.region
    try:
        opened = await site.cases.submit(
            actor, HUMAN_LOOK, subject.facts(form.text("wish")), region=county(site, region), key=form.text("key")
        )
    except Refused as error:
        return await _form(site, visitor, subject, wish=form.text("wish"), problems=refused(error))
    return go(f"/cases/{opened.case}?said=asked")


def county(site: Site, region: str) -> str:
    """That of the case, or where the person lives, as it is called today; the first county there is for whoever lives
    where nobody on this platform answers."""
    directory = site.directory
    if directory.installation(region) or all(one.code != region for one in directory.register.regions):
        region = next(one.code for one in directory.regions() if not directory.installation(one.code))
    while directory.region(region).level != "county":
        region = directory.regions(region)[0].code
    return directory.current(region).code


async def _with_use(site: Site, visitor: Visitor, subject: Subject) -> Subject:
    """The use behind the suggestion that was chosen, from the log and not from the form."""
    told = await _told(site, visitor, subject.case)
    use = next((one.use for one in told.suggestions if one.id == subject.suggestion), "")
    return Subject("case", subject.case, use, subject.suggestion if use else "")


async def _told(site: Site, visitor: Visitor, case: str) -> MachineAccount:
    """Raises Refused `unknown-case` (404)."""
    return await site.assist.account.of(await site.cases.view(visitor.citizen(), case))


async def _form(
    site: Site, visitor: Visitor, subject: Subject, *, wish: str = "", problems: list[Problem] | None = None
) -> Response[str]:
    visitor.citizen()
    told = await _told(site, visitor, subject.case) if subject.case else None
    name = site.assist.account.name_of(subject.use) if subject.use and not subject.case else None
    options = [("", Text("整件事", "The whole case")[visitor.lang], "")]
    options += [(one.id, one.sentence[visitor.lang], "") for one in (told.suggestions if told else ())]
    back_to = f"/cases/{subject.case}" if subject.case else f"/open/algorithms/{subject.use}"
    return page(
        site,
        visitor,
        "portal/human_look.html",
        status=422 if problems else 200,
        subject=subject,
        about=name or (Text(f"办件{subject.case}", f"Case {subject.case}") if subject.case else _NAMES[subject.about]),
        told=told,
        options=options,
        due=promised(site),
        wish=wish,
        key=str(uuid7()),
        back_to=back_to if subject.about != "answer" else "/",
        problems=problems or [],
    )


def promised(site: Site) -> date:
    """The day by which somebody who asks today is answered."""
    calendar = site.calendar
    return date.fromordinal(calendar.select(calendar.count(site.today.toordinal()) + site.assist.account.promised()))


@get("/cases/{case:str}/people-only")
async def ask_people(site: Site, visitor: Visitor, case: str) -> Response[str]:
    """Asked once more, with what it means."""
    view = await site.cases.view(visitor.citizen(), case)
    due = view.latest
    return page(
        site,
        visitor,
        "portal/confirm.html",
        title=Text(f"“{view.service_name.zh}”只由人来办？", f"People only for “{view.service_name.en}”?"),
        note=Text(
            "以后的步骤都由工作人员办，规则不再自动办，算法也不给建议。可能会慢一些"
            + (f"，但最晚还是{due.zh}" if due else "")
            + "；法定期限不变，结果不会因此变差。",
            "From now on officials do every step; the rules do nothing by themselves and no algorithm is asked. It may"
            " take longer"
            + (f", but no later than {due.en} as before" if due else "")
            + "; the statutory time stays the same and the result does not get worse.",
        ),
        action=f"/cases/{case}/people-only",
        hidden={"key": str(uuid7())},
        yes=Text("只由人来办", "People only"),
        back_to=f"/cases/{case}",
    )


@post("/cases/{case:str}/people-only")
async def people(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """For this case, from now on."""
    await site.cases.people_only(visitor.citizen(), case, key=form.text("key"))
    return go(f"/cases/{case}?said=people-only")


@get("/people-only")
async def choice(site: Site, visitor: Visitor, said: str = "") -> Response[str]:
    """The choice for everything, and what it means."""
    chosen = await site.assist.account.wants_people(visitor.citizen())
    return page(site, visitor, "portal/people_only.html", chosen=chosen, said=said)


@post("/people-only")
async def choose(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Kept at once; open cases are told, and taking it back leaves them as they were asked for."""
    await site.assist.account.choose_people(visitor.citizen(), wanted=form.text("choice") == "people")
    return go("/people-only?said=yes")


ROUTES = [ask, send, ask_people, people, choice, choose]
