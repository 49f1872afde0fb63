"""亮证 at a counter: the person sees who asks for what, and shows it from here, without a wallet.

The portal is a wallet of its own: it makes a copy bound to a key that lives for this one answer, shows of it what was
asked, and hands it in as any wallet does. It answers counters of this installation and nobody else, so no address in a
link can lead a certificate elsewhere.
"""

import json
from dataclasses import dataclass
from typing import Any, cast

from joserfc import jws
from joserfc.jwk import ECKey
from litestar import Response, get, post

from tongban import certs
from tongban.base.errors import refuse
from tongban.base.keys import unbase64
from tongban.certs import Standing, StoredCertificate, showing
from tongban.certs.counter import store
from tongban.certs.counter.answer import key_of
from tongban.certs.counter.model import Ask, Line, label_of, path_of
from tongban.certs.credential import credential_claims
from tongban.certs.sdjwt import Hidden, Request, SdJwt, bind, parse, select
from tongban.certs.sdjwt.binding import KIND
from tongban.certs.wallet import dcql
from tongban.certs.wallet.asking import PART
from tongban.certs.wallet.store import Copy
from tongban.web.forms import Form
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.portal.account import login_page
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.wallets.asking import accept, is_ours, service_name
from tongban.web.wallets.issuing import WalletError, copy_for

PAGE = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """One certificate that the person may show, and what would be seen of it."""

    id: str
    lines: tuple[Line, ...]


@get("/wallet")
async def wallet(site: Site, visitor: Visitor, client_id: str = "", request_uri: str = "") -> Response[Any]:
    """Who asks, for what, what they would see: the page that a counter's code opens."""
    ask = await _asked(site, is_ours(site, request_uri), client_id)
    if visitor.person is None:
        return login_page(site, visitor, visitor.path, status=401)
    return await _page(site, visitor, ask)


async def _asked(site: Site, identifier: str | None, client_id: str) -> Ask:
    """Raises Refused: `not-our-counter` (400) for a request of anybody else, `request-over` (410)."""
    ask = await store.get(site.db, identifier, site.clock()) if identifier else None
    if ask is None or ask.client_id != client_id:
        raise refuse(
            "not-our-counter",
            "这不是政务窗口的码，没有出示任何内容。请在窗口的屏幕上重新扫码。",
            "This is not the code of a government counter; nothing was shown. Scan the code on the counter's screen.",
            status=400,
        )
    if not ask.open_at(site.clock()):
        raise refuse(
            "request-over",
            "这个码已经用过或者过期了。请窗口的工作人员再出一个码。",
            "This code was used or has run out. Ask the clerk for a new one.",
            status=410,
        )
    return ask


async def _page(site: Site, visitor: Visitor, ask: Ask) -> Response[str]:
    found = await _fit(site, visitor, ask)
    kind = site.catalogue.certificate_type(ask.type)
    return page(
        site,
        visitor,
        "portal/answering.html",
        ask=ask,
        body=site.directory.body(ask.body).name,
        purpose=service_name(site, ask),
        kind=kind.name if kind else None,
        wanted=[label_of(field) for field in ask.fields],
        choices=[Choice(one.record.id, _lines(ask, one)) for one in found],
    )


async def _fit(site: Site, visitor: Visitor, ask: Ask) -> list[StoredCertificate]:
    """The person's own certificates, in force, that have all that is asked for."""
    person = visitor.citizen()
    if person.mandate is not None:
        raise refuse(
            "under-mandate",
            "您现在是替别人办事。亮证要由持证人本人来，请先换回自己的身份。",
            "You are acting for somebody else. Only the holder shows a certificate; switch back to yourself.",
            status=403,
        )
    fit: list[StoredCertificate] = []
    held = await certs.store.held_by(site.db, person.id, limit=PAGE)
    while True:
        valid = [one for one in held.items if one.standing(site.today) is Standing.VALID]
        fit += [one for one in valid if ask.query.credentials[0].chosen(_bare(site, one)) is not None]
        if held.next is None:
            return fit
        held = await certs.store.held_by(site.db, person.id, held.next, PAGE)


def _bare(site: Site, one: StoredCertificate) -> dict[str, Any]:
    """The claims of a certificate with nothing hidden."""
    return cast("dict[str, Any]", _open(credential_claims(one.record, issuer=site.settings.address)))


def _open(value: object) -> object:
    if isinstance(value, Hidden):
        return _open(value.value)
    return {name: _open(one) for name, one in cast("Any", value).items()} if isinstance(value, dict) else value


def _lines(ask: Ask, one: StoredCertificate) -> tuple[Line, ...]:
    named = {line.key: Line(line.label, line.value) for line in showing.lines(one.record)}
    return tuple(named[key_of(one.record, field)] for field in ask.fields)


@post("/wallet", status_code=200)
async def answered(site: Site, visitor: Visitor, form: Form) -> Response[Any]:
    """Yes with one certificate, or no."""
    visitor.citizen()
    await site.limits.spend(Limited.VERIFY, visitor.who)
    ask = await _asked(site, form.text("asked")[:60], form.text("client_id"))
    fit = await _fit(site, visitor, ask)
    if form.text("answer") != "yes":
        await store.declined(site.db, ask, site.clock())
        return _done(site, visitor, ask, shown=False)
    chosen = next((one for one in fit if one.record.id == form.text("certificate")), None)
    if chosen is None:
        return await _page(site, visitor, ask)
    try:
        await accept(site, ask, *_presentation(site, ask, chosen))
    except WalletError as error:
        raise refuse(
            "not-shown",
            "没有出示成功，请窗口的工作人员再出一个码。",
            "It was not shown. Ask the clerk for a new code.",
            status=409,
        ) from error
    return _done(site, visitor, ask, shown=True)


def _done(site: Site, visitor: Visitor, ask: Ask, *, shown: bool) -> Response[str]:
    body, purpose = site.directory.body(ask.body).name, service_name(site, ask)
    return page(site, visitor, "open/presented.html", body=body, purpose=purpose, at=site.clock() if shown else None)


def _presentation(site: Site, ask: Ask, one: StoredCertificate) -> tuple[dict[str, list[str]], Copy]:
    """A VP token as any wallet makes it, by a key that nobody keeps; and the copy that it was bound to."""
    key, now = ECKey.generate_key("P-256"), site.clock()
    issued = parse(copy_for(site, one, {name: str(value) for name, value in key.as_dict(private=False).items()}))
    payload: dict[str, Any] = json.loads(unbase64(issued.jwts[0].split(".")[1]))
    wanted = dcql.wanted([dcql.ClaimQuery(path=path_of(field)) for field in ask.fields])
    chosen = SdJwt(jwts=issued.jwts, disclosures=select(payload, issued.disclosures, wanted))

    def sign(claims: bytes) -> str:
        return jws.serialize_compact({"alg": "ES256", "typ": KIND}, claims, key)

    text = bind(chosen, Request(ask.client_id, ask.nonce), now, sign).compact()
    copy = Copy(id="", holder=one.record.holder.id, certificate=one.record.id, bound_at=now, until=ask.until)
    return {PART: [text]}, copy


ROUTES = [wallet, answered]
