"""补发或者更正: from a certificate of one's own to the case in which its issuer gives another in its place."""

import secrets
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.cases.lifecycle import REISSUE, WRONG
from tongban.certs import StoredCertificate
from tongban.web.forms import Form, refused
from tongban.web.html import go, page
from tongban.web.portal.certificates import own
from tongban.web.site import Site
from tongban.web.visitor import Visitor

WHYS: dict[str, tuple[Text, Text]] = {
    "lost": (
        Text("丢了，或者怕别人拿去用", "Lost, or others may have it"),
        Text("当场换一张，旧的马上作废", "replaced at once; the old one stops holding"),
    ),
    "damaged": (
        Text("文件坏了，打不开", "The file is damaged"),
        Text("当场换一张，旧的马上作废", "replaced at once; the old one stops holding"),
    ),
    WRONG: (
        Text("上面的内容不对", "Something on it is wrong"),
        Text("发证机关五个工作日内核实更正", "its issuer verifies and corrects it within five working days"),
    ),
}


@get("/certificates/{identifier:str}/reissue")
async def ask(site: Site, visitor: Visitor, identifier: str) -> Response[str]:
    """Why another is needed. Raises Refused (404) for somebody else's certificate."""
    return _page(site, visitor, await own(site, visitor, identifier), Form(), [])


@post("/certificates/{identifier:str}/reissue")
async def send(site: Site, visitor: Visitor, identifier: str, form: Form) -> Response[Any]:
    """Open the case; a lost one is replaced by the time the page answers."""
    found = await own(site, visitor, identifier)
    why = form.text("why")
    facts = {"certificate": found.record.id, "why": why}
    if why == WRONG:
        facts |= {name: form.text(name) for name in ("line", "should_be", "how") if form.text(name)}
    try:
        opened = await site.cases.submit(
            visitor.citizen(), REISSUE, facts, region=found.record.region, key=form.text("key")
        )
    except Refused as error:
        if error.status == 404:
            raise
        return _page(site, visitor, found, form, refused(error))
    return go(f"/cases/{opened.case}?said=asked")


def _page(site: Site, visitor: Visitor, found: StoredCertificate, form: Form, problems: list[Problem]) -> Response[str]:
    return page(
        site,
        visitor,
        "portal/reissue.html",
        status=422 if problems else 200,
        record=found.record,
        whys=WHYS,
        form=form,
        key=form.text("key") or secrets.token_urlsafe(16),
        problems=problems,
    )


ROUTES = [ask, send]
