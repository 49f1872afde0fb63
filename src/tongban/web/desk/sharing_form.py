"""提出共享申请: an official asks in the name of their own body, from an entry of the directory.

The owner and the sharing attribute are the directory's; the form asks only for what art. 20 wants to know.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.cases.between import REQUEST
from tongban.catalog import Question
from tongban.org import Actor
from tongban.sharing.grants import store
from tongban.sharing.grants.shelf import DirectoryShelf
from tongban.web.bodies import body_name
from tongban.web.desk.asking import ask_for_data, may_ask, to_ask_for
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.portal.application import Typed, blank, sent
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ASKED = ("for_service", "basis", "scene", "scope", "mode", "until")
"""Facts that the form asks for as the service file words them; the rest is chosen from the directory."""
ATTRIBUTES: dict[str, Text] = {
    "unconditional": Text("无条件共享，一个工作日内答复", "Unconditional; answered within one working day"),
    "conditional": Text("有条件共享，十个工作日内答复", "Conditional; answered within ten working days"),
    "not-shared": Text("不予共享", "Not shared"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form."""

    fields: tuple[str, ...]
    tests: str
    typed: dict[str, Typed]
    renews: str = ""


@get("/desk/sharing/new")
async def choose(site: Site, visitor: Visitor) -> Response[str]:
    """Which data, of those whose owner works here."""
    actor = asker(visitor)
    shelf = site.cases.engine.listed
    entries = shelf.entries() if isinstance(shelf, DirectoryShelf) else ()
    rows = [
        (one, body_name(site, one.owner), ATTRIBUTES[one.attribute])
        for one in entries
        if site.directory.here(one.owner)
    ]
    return page(site, visitor, "desk/sharing_choose.html", desk=desk(site, actor, "sharing"), rows=rows)


@get("/desk/sharing/new/{resource:str}/{record:str}")
async def show(site: Site, visitor: Visitor, resource: str, record: str, renews: str = "") -> Response[str]:
    """The form; of a grant that is renewed it holds what was agreed."""
    actor = asker(visitor)
    questions = _questions(site)
    draft = Draft((), "", {question.name: blank(question.fact) for question in questions})
    if renews:
        draft = await _renewing(site, actor, renews, draft)
    return _form(site, visitor, actor, resource, record, draft, ())


@post("/desk/sharing/new/{resource:str}/{record:str}")
async def ask(site: Site, visitor: Visitor, resource: str, record: str, form: Form) -> Response[Any]:
    """Ask; the head of the own sharing unit consents next."""
    actor = asker(visitor)
    to_ask_for(site, resource, record)
    typed = {question.name: sent(question, form) for question in _questions(site)}
    draft = Draft(tuple(form.all("fields")), form.text("tests"), typed, form.text("renews"))
    facts: dict[str, Any] = {
        "resource": resource,
        "record": record,
        "fields": "、".join(draft.fields),
        "tests": draft.tests,
        "renews": draft.renews,
        **typed,
    }
    try:
        view = await ask_for_data(site, actor, facts, form.text("key"))
    except Refused as error:
        return _form(site, visitor, actor, resource, record, draft, refused(error))
    return go(f"/desk/cases/{view.case}")


def asker(visitor: Visitor) -> Actor:
    """Whoever may ask in the name of their body. Raises Refused: as `official` and `may_ask`."""
    return may_ask(official(visitor))


def _questions(site: Site) -> list[Question]:
    facts = site.catalogue.service(REQUEST).facts
    return [Question(name, facts[name]) for name in ASKED]


async def _renewing(site: Site, actor: Actor, renews: str, draft: Draft) -> Draft:
    """What was agreed before. A grant of another body is as if it were not there."""
    grant = await store.one(site.db, renews)
    if grant is None or grant.consumer not in (actor.body, site.directory.body(actor.body).kind):
        raise refuse("unknown-grant", "没有这项授权，或者不归您看。", "There is no such grant here.", status=404)
    typed: dict[str, Typed] = {
        **draft.typed,
        "for_service": grant.service,
        "basis": grant.law.zh[:200],
        "scene": grant.purpose.zh.partition("：")[2] or grant.purpose.zh,
        "mode": grant.mode.value,
    }
    tests = "\n".join(f"{one.field} {one.op} {one.value}" for one in grant.tests)
    return Draft(grant.fields, tests, typed, grant.case or grant.id[:40])


def _form(
    site: Site, visitor: Visitor, actor: Actor, resource: str, record: str, draft: Draft, problems: Any
) -> Response[str]:
    listed = to_ask_for(site, resource, record)
    return page(
        site,
        visitor,
        "desk/sharing_form.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "sharing"),
        listed=listed,
        record=record,
        owner=body_name(site, listed.owner),
        attribute=ATTRIBUTES[listed.attribute],
        fields=[
            (name, listed.named(record, name), name in draft.fields, listed.attribute_of(record, [name]))
            for name in listed.records[record]
        ],
        questions=[(question, draft.typed[question.name]) for question in _questions(site)],
        services=[("", [(one.service, _name(one.name, visitor)) for one in site.catalogue.services()])],
        tests=draft.tests,
        renews=draft.renews,
        problems=problems,
        key=secrets.token_urlsafe(16),
    )


def _name(name: Any, visitor: Visitor) -> str:
    return name if isinstance(name, str) else name[visitor.lang]


ROUTES = [choose, show, ask]
