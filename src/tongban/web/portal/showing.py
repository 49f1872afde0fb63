"""亮证: the holder picks what to show, to whom, for what and how long; whoever scans the code sees that, once.

Each use stands on the certificate's page and under 谁用过我的数据.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from litestar import Response, get, post
from markupsafe import Markup

from tongban import certs
from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.certs import CertificateRecord, Standing, StoredCertificate, showing
from tongban.certs.showing import Asked, Shown
from tongban.sharing.access import open_record
from tongban.web.forms import Form
from tongban.web.html import go, page
from tongban.web.limits import Limited
from tongban.web.open.verify import presented
from tongban.web.portal.certificates import own
from tongban.web.site import Site
from tongban.web.visitor import Visitor

TO_MOST, PURPOSE_MOST = 60, 100
SPAN_NAMES: dict[str, Text] = {
    "10m": Text("10分钟", "10 minutes"),
    "1h": Text("1小时", "1 hour"),
    "1d": Text("1天", "1 day"),
}


@dataclass(frozen=True, slots=True)
class Use:
    """One showing as a line of the record of use."""

    id: str
    to: str
    purpose: str
    fields: tuple[Text, ...]
    made_at: datetime
    used_at: datetime | None
    open: bool


async def mine(site: Site, visitor: Visitor, identifier: str) -> StoredCertificate:
    """One of the reader's own, in their own name. Raises Refused (404), also for one they look at for another."""
    found = await own(site, visitor, identifier)
    if found.record.holder.id != visitor.citizen().id:
        raise refuse("unknown-certificate", "只有持证人本人能出示", "Only its holder can show it", status=404)
    return found


def _use(found: StoredCertificate, one: Shown, now: datetime) -> Use:
    named = {line.key: line.label for line in showing.lines(found.record)}
    fields = tuple(named[key] for key in one.asked.fields if key in named)
    return Use(one.id, one.asked.to, one.asked.purpose, fields, one.made_at, one.used_at, one.open_at(now))


async def _form(
    site: Site,
    visitor: Visitor,
    found: StoredCertificate,
    form: Form,
    problems: list[Problem],
    after: str | None = None,
) -> Response[str]:
    now = found.standing(site.today)
    uses = await showing.of_certificate(site.db, found.record.holder.id, found.record.id, after)
    return page(
        site,
        visitor,
        "portal/showing.html",
        status=422 if problems else 200,
        record=found.record,
        lines=showing.lines(found.record),
        spans=SPAN_NAMES,
        uses=[_use(found, one, site.clock()) for one in uses.items],
        next=uses.next,
        form=form,
        usable=now is Standing.VALID,
        standing=certs.STANDING_NAMES[now],
        problems=problems,
    )


@get("/certificates/{identifier:str}/show")
async def show(site: Site, visitor: Visitor, identifier: str, after: str | None = None) -> Response[str]:
    """What to show, to whom, for what, how long; and what was shown before."""
    found = await mine(site, visitor, identifier)
    return await _form(site, visitor, found, Form({"fields": _first(site, found.record)}), [], after)


def _first(site: Site, record: CertificateRecord) -> list[str]:
    """What is picked already."""
    kind = site.catalogue.certificate_type(record.type)
    try:
        service = site.catalogue.service(record.service, record.service_version)
    except Refused:  # a version that is no longer here
        service = None
    return sorted(showing.suggested(record, kind, service))


@post("/certificates/{identifier:str}/show", status_code=200)
async def make(site: Site, visitor: Visitor, identifier: str, form: Form) -> Response[str]:
    """The code, shown this once."""
    found = await mine(site, visitor, identifier)
    to, purpose = form.text("to")[:TO_MOST], form.text("purpose")[:PURPOSE_MOST]
    problems: list[Problem] = []
    if found.standing(site.today) is not Standing.VALID:
        text = Text("这张证照现在不能出示", "This certificate cannot be shown now")
        problems.append(Problem("not-valid", text, ""))
    if not to:
        problems.append(Problem("to-whom", Text("请写给谁看", "Say whom you show it to"), "to"))
    if not purpose:
        problems.append(Problem("for-what", Text("请写用来做什么", "Say what for"), "purpose"))
    span = showing.SPANS.get(form.text("span"))
    if span is None:
        problems.append(Problem("how-long", Text("请选多久内有效", "Choose how long"), "span"))
    try:
        chosen = showing.picked(found.record, form.all("fields")[: showing.FIELD_MOST])
    except Refused as refused:
        problems += refused.problems
        chosen = ()
    if problems or span is None:
        return await _form(site, visitor, found, form, problems)
    now = site.clock()
    asked = Asked(to=to, purpose=purpose, fields=tuple(line.key for line in chosen))
    token = await showing.make(site.db, found.record.holder.id, found.record.id, asked, now, now + span)
    link = f"{site.settings.address.rstrip('/')}/shown#{token}"
    response = page(
        site,
        visitor,
        "portal/showing_code.html",
        record=found.record,
        token=token,
        address=f"{site.settings.address}/shown",
        asked=asked,
        chosen=chosen,
        until=now + span,
        link=link,
        code=Markup(segno.make(link, error="m").svg_inline(scale=5, border=3)),  # noqa: S704 -- our own drawing
    )
    response.headers["cache-control"] = "no-store"
    return response


@post("/certificates/{identifier:str}/showings/{showing_id:str}/end")
async def end(site: Site, visitor: Visitor, identifier: str, showing_id: str) -> Response[Any]:
    """The holder takes a code back."""
    found = await mine(site, visitor, identifier)
    await showing.end(site.db, found.record.holder.id, showing_id, site.clock())
    return go(f"/certificates/{identifier}/show")


@get("/shown")
async def before(site: Site, visitor: Visitor) -> Response[str]:
    """For whoever scanned a code: nothing of anybody yet, so that a preview of the link does not use it up.

    The code stands behind the `#` of the address: no server, log or referrer ever sees it there. It is sent in the body
    of a form, by the page's script or by hand.
    """
    return _shown(site, visitor)


def _shown(site: Site, visitor: Visitor, status: int = 200, **values: Any) -> Response[str]:
    shown: dict[str, Any] = {"shown": None, "lines": (), "gone": False} | values
    response = page(site, visitor, "open/shown.html", status=status, **shown)
    response.headers |= {"referrer-policy": "no-referrer", "cache-control": "no-store"}
    return response


@post("/shown", status_code=200)
async def look(site: Site, visitor: Visitor, form: Form) -> Response[str]:
    """What the holder picked, once; the second look finds nothing."""
    await site.limits.spend(Limited.VERIFY, visitor.who)
    token = form.text("code")[:40]
    async with site.db.transaction() as connection:
        used = await showing.use(connection, token, site.clock())
        found = None if used is None else await certs.store.get(connection, used.certificate)
        if used is None or found is None:
            return _shown(site, visitor, 404, gone=True)
        chosen = showing.picked(found.record, used.asked.fields)
        # The line under 谁用过我的数据, in the same transaction: a look that cannot be noted uses nothing up.
        fields = {line.key: line.label for line in chosen}
        await open_record(connection, presented(site, visitor, found.record, used.id, fields))
    now = found.standing(site.today)
    return _shown(
        site,
        visitor,
        shown=used.asked,
        record=found.record,
        lines=chosen,
        usable=now is Standing.VALID,
        standing=certs.STANDING_NAMES[now],
        until={lang: certs.day(found.record.valid_until, lang) for lang in ("zh", "en")},
        at=site.clock(),
    )


ROUTES = [show, make, end, before, look]
