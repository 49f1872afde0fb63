"""请亮证: the clerk chooses a certificate, the fields and what for; the person's wallet or the portal shows just that.

What was shown stands here for half an hour and is then taken away; the person sees who looked, and for what.
"""

from typing import Annotated, Any

import segno
from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from markupsafe import Markup

from tongban.base.errors import Problem, refuse
from tongban.base.i18n import Text
from tongban.catalog.certificate_type import HolderKind
from tongban.catalog.model import Service
from tongban.certs.counter import store
from tongban.certs.counter.model import Ask, choices, label_of
from tongban.certs.wallet.asking import SCHEME, counter, link
from tongban.org import Actor, Role
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.wallets.asking import reason, request_uri, service_name

ASKERS = {Role.INTAKE, Role.EXAMINE, Role.DECIDE}


def asker(visitor: Visitor) -> Actor:
    """Whoever may ask to be shown a certificate. Raises Refused (`not-an-asker`, 403)."""
    actor = official(visitor)
    if not ASKERS & actor.roles:
        raise refuse(
            "not-an-asker",
            "请人亮证由收件、审查、审批岗位办理。",
            "Posts that receive, examine or decide ask for certificates.",
            status=403,
        )
    return actor


def services(site: Site, actor: Actor) -> tuple[Service, ...]:
    """What this body may need a certificate for: what it handles; a hall's clerk, whatever is handed in there."""
    kind = site.directory.body(actor.body).kind
    everything = site.catalogue.services()
    return everything if Role.INTAKE in actor.roles else tuple(s for s in everything if s.authority.body == kind)


@get("/desk/certificates")
async def choose(
    site: Site, visitor: Visitor, type_: Annotated[str, QueryParameter(name="type")] = ""
) -> Response[str]:
    """Which certificate; then which of its fields and what for."""
    return await _form(site, visitor, asker(visitor), type_[:60], Form(), ())


async def _form(
    site: Site, visitor: Visitor, actor: Actor, type_: str, form: Form, problems: tuple[Problem, ...]
) -> Response[str]:
    kinds = [one for one in site.catalogue.certificate_types() if one.holder is not HolderKind.BODY]
    kind = next((one for one in kinds if one.certificate == type_), None)
    asked = await store.of_clerk(site.db, actor.id, actor.post)
    return page(
        site,
        visitor,
        "desk/certificates.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "certificates"),
        kinds=kinds,
        kind=kind,
        choices=choices(kind) if kind else (),
        services=services(site, actor),
        form=form,
        problems=problems,
        rows=[(one, _name(site, one), _state(site, one)) for one in asked],
    )


@post("/desk/certificates")
async def ask(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Make the request; its page shows the code."""
    actor = asker(visitor)
    kind = site.catalogue.certificate_type(form.text("type")[:60])
    picked = set(form.all("fields"))
    fields = [one.key for one in choices(kind) if one.key in picked] if kind else []
    service = next((one for one in services(site, actor) if one.service == form.text("service")), None)
    problems: list[Problem] = []
    if not fields or len(fields) != len(picked):
        problems.append(Problem("nothing-picked", Text("请至少选一项要看的", "Choose at least one field"), "fields"))
    if service is None:
        problems.append(Problem("for-what", Text("请选办什么事要看", "Choose what it is needed for"), "service"))
    if kind is None or service is None or problems:
        return await _form(site, visitor, actor, kind.certificate if kind else "", form, tuple(problems))
    await site.limits.spend(Limited.SEARCH, visitor.who)
    now = site.clock()
    made = store.new(
        region=site.directory.body(actor.body).region,
        body=actor.body,
        clerk=actor.id,
        post=actor.post,
        type_=kind.certificate,
        fields=fields,
        service=service.service,
        client_id=counter(site.keys, site.settings.address, now).client_id,
        secret=site.secret,
        now=now,
    )
    await store.keep(site.db, made)
    return go(f"/desk/certificates/{made.id}")


async def _own(site: Site, actor: Actor, asked: str) -> Ask:
    """One's own request: what was shown to one clerk is no other's to read. Raises Refused (404)."""
    found = await store.get(site.db, asked[:60], site.clock())
    if found is None or found.clerk != actor.id or found.post != actor.post:
        raise refuse("unknown-request", "没有这次亮证请求", "There is no such request", status=404)
    return found


@get("/desk/certificates/{asked:str}")
async def one(site: Site, visitor: Visitor, asked: str, request: Request[Any, Any, Any]) -> Response[str]:
    """The code while it waits, which the page asks about again and again; then what was shown."""
    actor = asker(visitor)
    found = await _own(site, actor, asked)
    here = link(f"{site.settings.address}/wallet", found.client_id, request_uri(site, found))
    elsewhere = link(SCHEME, found.client_id, request_uri(site, found))
    open_ = found.open_at(site.clock())
    response = page(
        site,
        visitor,
        "desk/certificate_asked.html",
        desk=desk(site, actor, "certificates"),
        ask=found,
        open=open_,
        name=_name(site, found),
        purpose=service_name(site, found),
        wanted=[label_of(field) for field in found.fields],
        state=_state(site, found),
        refused=reason(found.refused) if found.refused else None,
        link=here,
        seen=store.SEEN_FOR,
        code=_drawn(here) if open_ else None,
        other=_drawn(elsewhere) if open_ else None,
    )
    if not open_ and request.headers.get("hx-request"):
        response.headers["hx-refresh"] = "true"
    return response


def _drawn(text: str) -> Markup:
    return Markup(segno.make(text, error="l").svg_inline(scale=4, border=3))  # noqa: S704 -- our own drawing


@post("/desk/certificates/{asked:str}/end")
async def end(site: Site, visitor: Visitor, asked: str) -> Response[Any]:
    """Seen, or not needed: the request ends, and what was shown is taken away at once."""
    actor = asker(visitor)
    await store.end(site.db, await _own(site, actor, asked), site.clock())
    return go("/desk/certificates")


def _name(site: Site, one: Ask) -> Text:
    kind = site.catalogue.certificate_type(one.type)
    return kind.name if kind else Text(one.type, one.type)


def _state(site: Site, one: Ask) -> Text:
    if one.answered_at is not None:
        return Text("已出示", "Shown")
    if one.declined_at is not None:
        return Text("对方没有出示", "The person did not show it")
    if one.ended_at is not None:
        return Text("已结束", "Ended")
    return Text("等对方出示", "Waiting") if one.open_at(site.clock()) else Text("已过期", "Over")


ROUTES = [choose, ask, one, end]
