"""What a wallet reads of a counter's request, and its answer (OpenID4VP 1.0: `request_uri`, `direct_post.jwt`).

The desk makes requests and looks at what came back (`desk.asking_wallets`); the portal answers them with certificates
that the person has here (`portal.answering`).
"""

import re
from typing import Any

from litestar import Request, Response, get, post

from tongban.base.documents import Document
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.certs import showing
from tongban.certs.counter import store
from tongban.certs.counter.answer import Presented, ours, theirs
from tongban.certs.counter.answer import read as read_shown
from tongban.certs.counter.model import ISSUED_BY, Ask
from tongban.certs.faults import FAULTS, Fault, Point
from tongban.certs.strict import Stop
from tongban.certs.wallet.asking import MEDIA_TYPE, Asked, counter, request_object, root_certificate
from tongban.certs.wallet.encrypted import AnswerKey
from tongban.certs.wallet.store import Copy
from tongban.sharing import Purpose, Reader
from tongban.sharing.access import Kind, Opened, open_record
from tongban.web import forms
from tongban.web.html import page
from tongban.web.limits import Limited
from tongban.web.open.verify import LAW
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.wallets.issuing import NOT_KEPT, WalletError

BYTES = 200_000
_WALLET_NONCE = re.compile(r"[A-Za-z0-9._~-]{1,200}", re.ASCII)


def request_uri(site: Site, ask: Ask) -> str:
    """Where a wallet reads the request."""
    return f"{site.settings.address}/api/wallet/requests/{ask.id}"


def service_name(site: Site, ask: Ask) -> Text:
    """What it is asked for, as the wallet and the record of use say it."""
    versions = site.catalogue.versions(ask.service)
    name = versions[-1].name if versions else ask.service
    return name if isinstance(name, Text) else Text(name, name)


@get("/api/wallet/requests/{asked:str}")
async def read(site: Site, visitor: Visitor, asked: str) -> Response[Any]:
    """The signed request."""
    return await _object(site, visitor, asked, "")


@post("/api/wallet/requests/{asked:str}", status_code=200, request_max_body_size=BYTES)
async def read_with_nonce(site: Site, visitor: Visitor, asked: str, request: Request[Any, Any, Any]) -> Response[Any]:
    """The signed request with the wallet's own nonce in it (§5.10)."""
    nonce = (await forms.read(request)).text("wallet_nonce")
    if nonce and not _WALLET_NONCE.fullmatch(nonce):
        return WalletError("invalid_request", "wallet_nonce is not written with URL safe characters").response()
    return await _object(site, visitor, asked, nonce)


async def _object(site: Site, visitor: Visitor, asked: str, wallet_nonce: str) -> Response[Any]:
    await site.limits.spend(Limited.VERIFY, visitor.client)
    now = site.clock()
    ask = await store.get(site.db, asked[:60], now)
    by = counter(site.keys, site.settings.address, now)
    if ask is None or not ask.open_at(now) or by.client_id != ask.client_id:
        return WalletError("invalid_request_uri", "The request is unknown, answered or over", 404).response()
    request = Asked(
        client_id=ask.client_id,
        response_uri=f"{request_uri(site, ask)}/answer",
        nonce=ask.nonce,
        state=ask.state,
        query=ask.query,
        name=site.directory.body(ask.body).name,
        purpose=service_name(site, ask),
        made_at=ask.made_at,
        until=ask.until,
        answer_key=_key(site, ask).public,
    )
    return Response(request_object(request, by, site.keys, wallet_nonce), media_type=MEDIA_TYPE, headers=NOT_KEPT)


@post("/api/wallet/requests/{asked:str}/answer", status_code=200, request_max_body_size=BYTES)
async def answer(site: Site, visitor: Visitor, asked: str, request: Request[Any, Any, Any]) -> Response[Any]:
    """The wallet's answer: the address that leads its holder back, or the first reason why it does not hold."""
    await site.limits.spend(Limited.VERIFY, visitor.client)
    form = await forms.read(request)
    try:
        ask = await _asked(site, asked, form)
        if form.text("error"):  # which may come in clear: it says nothing of anybody (§8.3.1)
            _answers(ask, form.text("state"))
            await store.declined(site.db, ask, site.clock())
            return Response({}, headers=NOT_KEPT)
        back = await accept(site, ask, await _opened_answer(site, ask, form))
    except WalletError as error:
        return error.response()
    return Response({"redirect_uri": back}, headers=NOT_KEPT)


async def _asked(site: Site, asked: str, form: forms.Form) -> Ask:
    if any(len(values) > 1 for values in form.values.values()):
        raise WalletError("invalid_request", "A parameter is there twice")
    now = site.clock()
    ask = await store.get(site.db, asked[:60], now)
    if ask is None:
        raise WalletError("invalid_request", "No request has this address", 404)
    if not ask.open_at(now):
        raise WalletError("invalid_request", "The request was answered, withdrawn or is over", 410)
    if sum(bool(form.text(name)) for name in ("response", "vp_token", "error")) != 1:
        raise WalletError("invalid_request", "An answer has either response or error")
    return ask


def _answers(ask: Ask, state: object) -> None:
    if state != ask.state:
        raise WalletError("invalid_request", "No request has this address and this state", 404)


def _key(site: Site, ask: Ask) -> AnswerKey:
    if ask.key is None:
        raise WalletError("invalid_request", "The request was answered, withdrawn or is over", 410)
    return AnswerKey.unsealed(ask.key, site.secret, ask.id)


async def _opened_answer(site: Site, ask: Ask, form: forms.Form) -> object:
    """The VP token out of an encrypted answer. One in clear is refused, whatever it shows: every request of ours asks
    for encryption. Raises `WalletError`."""
    try:
        if form.text("vp_token"):
            raise Stop(Point.REQUEST, Fault.NOT_ENCRYPTED)
        said = _key(site, ask).opened(form.text("response"))
    except Stop as stop:
        raise await _refused(site, ask, stop) from None
    _answers(ask, said.get("state"))
    return said.get("vp_token")


async def _refused(site: Site, ask: Ask, stop: Stop) -> WalletError:
    """The counter sees the reason, and nothing of what was sent."""
    await store.refused(site.db, ask, stop.fault, site.clock())
    return WalletError("invalid_presentation", f"{FAULTS[stop.fault].en} ({stop.fault})")


async def accept(site: Site, ask: Ask, vp_token: object, here: Copy | None = None) -> str:
    """Take an answer that holds: its lines for the counter, a line of use for the holder, and the way back.

    Raises `WalletError`; the counter sees the reason, and nothing of what was sent.
    """
    now = site.clock()
    try:
        shown = await _presented(site, ask, vp_token, here)
    except Stop as stop:
        raise await _refused(site, ask, stop) from None
    async with site.db.transaction() as connection:
        back = await store.answered(connection, ask, shown.holder, shown.lines, now)
        if back is None:
            raise WalletError("invalid_request", "The request was answered, withdrawn or is over", 410)
        line = ask.id
        if shown.certificate is not None:
            asked = showing.Asked(
                to=site.directory.body(ask.body).name.zh, purpose=service_name(site, ask).zh, fields=shown.keys
            )
            line = await showing.answered(connection, shown.holder, shown.certificate, asked, now)
        # In the same transaction: what cannot be written under 谁用过我的数据 is not shown to the counter.
        await open_record(connection, _opened(site, ask, shown, line))
    return f"{site.settings.address}/presented?response_code={back}"


async def _presented(site: Site, ask: Ask, vp_token: object, here: Copy | None) -> Presented:
    """A certificate of ours or of a neighbour whose card is here; nobody else's counts. Raises `Stop`."""
    now, suites = site.clock(), site.keys.keys.suites(Document.CREDENTIAL)
    try:
        return await ours(site.db, ask, read_shown(ask, vp_token, site.keys.public, now, suites), now, here)
    except Stop as stop:
        if stop.fault is not Fault.UNKNOWN_KEY or stop.point is not Point.SIGNATURE:
            raise
    elsewhere = site.cases.elsewhere
    for card in elsewhere.between.neighbours.all() if elsewhere else ():
        try:
            shown = read_shown(ask, vp_token, await site.lists.keys(card), now)
        except Stop as stop:
            if stop.fault is Fault.UNKNOWN_KEY and stop.point is Point.SIGNATURE:
                continue
            raise
        return theirs(ask, shown, await site.lists.check(card, shown.place), card.member.name)
    raise Stop(Point.SIGNATURE, Fault.UNKNOWN_KEY)


def _opened(site: Site, ask: Ask, shown: Presented, line: str) -> Opened:
    return Opened(
        person=shown.holder,
        reader=Reader(kind="official", id=ask.clerk, title=ask.post, post=ask.post, body=ask.body),
        purpose=Purpose(service=ask.service, name=service_name(site, ask), matter=ask.id, law=LAW, body=ask.body),
        grant=f"presented:{line}",
        resource="certificates",
        record=shown.type,
        fields=shown.keys,
        labels=tuple(one.label for one in shown.lines if one.label != ISSUED_BY),
        kind=Kind.CERTIFICATE,
        at=site.clock(),
        source=shown.name,
    )


@get("/presented")
async def led_back(site: Site, visitor: Visitor, response_code: str = "") -> Response[str]:
    """Where a wallet leads its holder after an answer: to whom it went and for what, and nothing of what was shown."""
    ask = await store.by_back(site.db, response_code[:60]) if response_code else None
    if ask is None:
        raise refuse("unknown-request", "没有这次出示", "There was no such presentation", status=404)
    response = page(
        site,
        visitor,
        "open/presented.html",
        body=site.directory.body(ask.body).name,
        purpose=service_name(site, ask),
        at=ask.answered_at,
    )
    response.headers["referrer-policy"] = "no-referrer"
    return response


@get("/.well-known/wallet-root.cer")
async def root(site: Site) -> Response[bytes]:
    """The X.509 certificate by which wallets of others know our counters."""
    return Response(root_certificate(site.keys, site.clock()), media_type="application/pkix-cert")


def reason(code: str) -> Text:
    """Why an answer was refused, in words."""
    return FAULTS[Fault(code)]


def is_ours(site: Site, uri: str) -> str | None:
    """The request that an address of ours names; None for every other address, whoever it belongs to."""
    start = f"{site.settings.address}/api/wallet/requests/"
    name = uri.removeprefix(start)
    return name if uri.startswith(start) and re.fullmatch(r"[A-Za-z0-9_-]{10,60}", name, re.ASCII) else None


__all__ = ["ROUTES", "accept", "is_ours", "reason", "request_uri", "service_name"]
ROUTES = [read, read_with_nonce, answer, led_back, root]
