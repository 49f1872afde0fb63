"""证照监督 from the case that issued a certificate: how each of them stands, and opening a case about one."""

import secrets
from typing import Any

from litestar import Response, get, post

from tongban import certs
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.cases import Applicant, CaseView
from tongban.cases.lifecycle import SUPERVISION
from tongban.catalog import cite
from tongban.certs import StoredCertificate
from tongban.org import Actor, Role
from tongban.voice.hotline.model import called
from tongban.web.desk.staff import desk, official
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.site import Site
from tongban.web.visitor import Visitor

_OPENS = frozenset({Role.EXAMINE, Role.DECIDE})


def may_supervise(actor: Actor, view: CaseView) -> bool:
    """Whether this official's body issued something in the case, and they may propose to suspend or revoke it."""
    own = any(one.record.issuer.body == actor.body for one in view.certificates)
    return actor.kind == "official" and own and bool(_OPENS & actor.roles)


@get("/desk/cases/{case:str}/certificate")
async def show(site: Site, visitor: Visitor, case: str) -> Response[str]:
    """The certificates of a case, if it has issued any. Raises Refused: as `Cases.view` (404)."""
    actor = official(visitor)
    view = await site.cases.view(actor, case)
    return _page(site, visitor, actor, view, Form(), [])


@post("/desk/cases/{case:str}/certificate")
async def propose(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Open a case about one of them; its holder is told and heard first."""
    actor = official(visitor)
    view = await site.cases.view(actor, case)
    if not may_supervise(actor, view):
        raise refuse(
            "not-the-issuer",
            "由发证机关的审查、审批岗位立案。",
            "Examiners and deciders of the issuer open this.",
            law="行政许可法 69",
            status=403,
        )
    chosen = _of(view, form.text("certificate"))
    holder = view.opening.applicant
    facts = {"certificate": chosen.record.id, "measure": form.text("measure"), "ground": form.text("ground")}
    try:
        opened = await site.cases.submit(
            actor,
            SUPERVISION,
            {name: value for name, value in facts.items() if value},
            says={"reasons": form.text("reasons"), "law": form.all("law")},
            region=chosen.record.region,
            applicant=Applicant(holder.id, holder.name, holder.number, holder.kind),
            key=form.text("key"),
        )
    except Refused as error:
        if error.status == 404:
            raise
        return _page(site, visitor, actor, view, form, refused(error))
    return go(f"/desk/cases/{opened.case}")


def _of(view: CaseView, identifier: str) -> StoredCertificate:
    found = next((one for one in view.certificates if one.record.id == identifier), None)
    if found is None:
        raise refuse("unknown-certificate", "没有这张证照", "There is no such certificate", status=404)
    return found


def _page(
    site: Site, visitor: Visitor, actor: Actor, view: CaseView, form: Form, problems: list[Problem]
) -> Response[str]:
    service = site.catalogue.service(SUPERVISION)
    choices = {
        name: [(one.value, words(one.name, visitor.lang), "") for one in service.facts[name].choices]
        for name in ("measure", "ground")
    }
    held = [(one, one.standing(site.today)) for one in view.certificates]
    rows = [(one, certs.STANDING_NAMES[now], now) for one, now in held]
    return page(
        site,
        visitor,
        "desk/certificate.html",
        status=422 if problems else 200,
        desk=desk(site, actor, "case"),
        case=view.case,
        holder=called(view.opening.applicant.name),
        rows=rows,
        may=may_supervise(actor, view),
        open=[one.record for one, now in held if now is not certs.Standing.REVOKED],
        choices=choices,
        laws=[(law.id, cite(law), Text(*(words(law.gist, lang) for lang in LANGS))) for law in service.law],
        form=form,
        key=form.text("key") or secrets.token_urlsafe(16),
        problems=problems,
    )


ROUTES = [show, propose]
