"""职权委托、集中、下放 on the desk: what this body has given and received, and how it proposes a change.

Proposing opens a case; its head approves it, and that act publishes it (`cases.moving`).
"""

import secrets
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.cases import Applicant
from tongban.cases.moving import SERVICE, deciding_body
from tongban.org import Actor, Delegation
from tongban.org.directory import GOVERNMENT
from tongban.web.desk.sharing_form import asker
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.open.delegations import listed
from tongban.web.site import Site
from tongban.web.visitor import Visitor

ASKED = ("kind", "to_body", "services", "acts", "regions", "limit_fact", "limit_at_most", "since", "until", "running",
         "decision", "decided_by", "approved_by", "notice", "notice_en", "why")  # fmt: skip
_CHANGES = ("make", "change", "end")


@get("/desk/delegations")
async def delegations(site: Site, visitor: Visitor, after: str | None = None) -> Response[str]:
    """What this body has given and received, and the cases about it."""
    actor = official(visitor)
    found = listed(site)
    asked = await site.cases.asked(actor, SERVICE, after=after)
    return page(
        site,
        visitor,
        "desk/delegations.html",
        desk=desk(site, actor, "moves"),
        given=[one for one in found if one.move.from_body == actor.body],
        received=[one for one in found if one.move.to_body == actor.body],
        cases=asked.items,
        following=asked.next,
        may_ask=bool({"examine", "decide", "head"} & actor.roles),
    )


@get("/desk/delegations/new")
async def form(site: Site, visitor: Visitor, change: str = "make", delegation: str = "") -> Response[str]:
    """The form: empty, or with what stands."""
    actor = asker(visitor)
    return _form(site, visitor, actor, _standing(site, actor, change, delegation), ())


@post("/desk/delegations/new")
async def propose(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Open the case."""
    actor = asker(visitor)
    facts = {name: form.text(name).strip() for name in ("change", "delegation", *ASKED)}
    facts["services"] = "、".join(form.all("services"))
    said = {name: value for name, value in facts.items() if value}
    giver = site.directory.body(actor.body)
    try:
        owner = site.directory.body(deciding_body(said, giver.id))
        view = await site.cases.submit(
            actor,
            SERVICE,
            said,
            region=owner.region,
            key=form.text("key"),
            applicant=Applicant(giver.id, giver.name.zh, giver.uscc, "body"),
            owed_by=owner.id,
        )
    except Refused as error:
        return _form(site, visitor, actor, facts, refused(error))
    return go(f"/desk/cases/{view.case}")


def _standing(site: Site, actor: Actor, change: str, delegation: str) -> dict[str, str]:
    """What the form holds at first. Raises Refused (`unknown-delegation`, 404)."""
    change = change if change in _CHANGES else "make"
    if change == "make":
        return {"change": change, "kind": "delegated", "regions": site.directory.body(actor.body).region}
    move = site.directory.moved.named(delegation)
    if move is None or move.from_body != actor.body:
        raise refuse(
            "unknown-delegation", "没有这一项。", "There is no such delegation.", place="delegation", status=404
        )
    return {"change": change, "delegation": move.id} | _said(move)


def _said(move: Delegation) -> dict[str, str]:
    limit = move.limits[0] if move.limits else None
    return {
        "kind": move.kind.value,
        "to_body": move.to_body,
        "services": "、".join(sorted(move.services)),
        "acts": "" if "*" in move.acts else "、".join(sorted(move.acts)),
        "regions": "、".join(sorted(move.regions)),
        "limit_fact": limit.fact if limit else "",
        "limit_at_most": str(limit.at_most) if limit else "",
        "since": move.since.isoformat(),
        "until": move.until.isoformat() if move.until else "",
        "running": move.running,
        "decision": move.decision.zh,
        "decided_by": move.decided_by,
        "approved_by": move.approved_by.zh,
        "notice": move.notice.zh,
        "notice_en": move.notice.en,
    }


def _form(site: Site, visitor: Visitor, actor: Actor, facts: dict[str, str], problems: Any) -> Response[str]:
    lang, service = visitor.lang, site.catalogue.service(SERVICE)
    bodies = [one for one in site.directory.register.bodies if one.administrative and one.id != actor.body]
    near = [one for one in bodies if _near(site, actor, one.region)]
    chosen = frozenset(facts.get("services", "").split("、"))
    return page(
        site,
        visitor,
        "desk/delegations_form.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "moves"),
        facts=facts,
        asks={name: service.facts[name] for name in ASKED},
        bodies=[(one.id, one.name[lang]) for one in near],
        governments=[(one.id, one.name[lang]) for one in bodies if _provincial(one.kind, one.region)],
        services=[(one.service, one.name, one.service in chosen) for one in _licences(site)],
        heading=_HEADINGS[facts["change"] if facts.get("change") in _HEADINGS else "make"],
        key=secrets.token_urlsafe(12),
        problems=problems,
    )


_HEADINGS = {
    "make": Text("委托、集中、下放一项职权", "Delegate, concentrate or move down a power"),
    "change": Text("变更内容", "Change it"),
    "end": Text("提前收回", "End it early"),
}


def _near(site: Site, actor: Actor, region: str) -> bool:
    """Bodies of the same province: farther ones are no body's to entrust."""
    return region[:2] == site.directory.body(actor.body).region[:2]


def _provincial(kind: str, region: str) -> bool:
    return kind == GOVERNMENT and region.endswith("0000")


def _licences(site: Site) -> list[Any]:
    return [one for one in site.catalogue.services() if one.audience != ("government",)]


ROUTES = [delegations, form, propose]
