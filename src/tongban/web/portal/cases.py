"""My cases: the list, one case with its account, the receipt, withdrawing."""

from functools import partial
from typing import Any

from litestar import Response, get, post

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.cases import joint
from tongban.cases.duties import of_duty
from tongban.cases.redecide import decided_event
from tongban.web.decision_receipts import receipt_of
from tongban.web.elsewhere import whereabouts
from tongban.web.forms import Form
from tongban.web.html import go, page, saved_file
from tongban.web.portal import casework, reasons
from tongban.web.portal.bundles import whole
from tongban.web.portal.fetching import fetching
from tongban.web.portal.kiosk import look_up_code
from tongban.web.portal.moves import awaited, moves
from tongban.web.portal.places import name as place_name
from tongban.web.portal.wallet_ahead import ahead_of
from tongban.web.site import Site
from tongban.web.visitor import Visitor
from tongban.web.words import said

SAID: dict[str, Text] = {
    "kept": Text("已经存好，随时可以接着填。", "Saved. Go on whenever you like."),
    "deleted": Text("草稿已删掉。", "The draft is deleted."),
    "withdrawn": Text("已撤回。想办时可以重新申请。", "Withdrawn. You can apply again at any time."),
    "sent": Text("已提交。", "It has been sent."),
    "asked": Text("已提出，会有一位没有经手的工作人员来看。", "Asked. An official who took no part will look."),
    "declined": Text("已告诉对方您不办这一份。", "They are told that you decline."),
    "reminded": Text("已经提醒对方。", "They have been reminded."),
    "taken-back": Text("邀请已撤回，别的几项照常办。", "The invitation is taken back; the other parts go on."),
    "fetch": Text("已经记下在哪里领。", "Noted where you fetch it."),
    "people-only": Text("从现在起只由人来办。", "From now on only people handle it."),
}


@get("/cases")
async def cases(site: Site, visitor: Visitor, after: str | None = None, said: str = "") -> Response[str]:
    """What waits, what is unfinished, what runs, what is done."""
    actor = visitor.citizen()
    found = await site.cases.mine(actor, after)
    return page(
        site,
        visitor,
        "portal/cases.html",
        drafts=[] if after else await drafts_of(site, visitor),
        cases=casework.summaries(site, found.items),
        invitations=[] if after else await site.cases.bundles.waiting(actor),
        next=found.next,
        said=SAID.get(said),
    )


async def drafts_of(site: Site, visitor: Visitor) -> list[dict[str, Any]]:
    """Drafts of services that still exist."""
    known = {service.service: service.name for service in site.catalogue.services()}
    known |= {bundle.bundle: bundle.name for bundle in site.catalogue.bundles()}
    return [
        {"service": draft.service, "title": known[draft.service], "saved": draft.updated_at}
        for draft in await site.cases.drafts(visitor.citizen())
        if draft.service in known
    ]


@get("/cases/{case:str}")
async def case(site: Site, visitor: Visitor, case: str, said: str = "") -> Response[str]:
    """One case, for the person it is about."""
    view = await site.cases.view(visitor.citizen(), case)
    return page(
        site,
        visitor,
        "portal/case.html",
        view=view,
        tone=casework.tone(view),
        steps=casework.steps(view),
        due=casework.due(site, view),
        why=reasons.why(site, view),
        awaited=awaited(view),
        moves=moves(view),
        facts=[(fact, _in_words(site, fact.fact, fact.value)) for fact in view.facts],
        can_withdraw=view.act(casework.WITHDRAW) is not None,
        told=await site.assist.account.of(view),
        decided=decided_event(view.loaded.events, view.state) is not None,
        about=view.opening.about,
        # begun by duty of office: nothing was applied for, so no conditions are met and nothing of theirs was sent in
        by_duty=of_duty(view),
        whole=await whole(site, visitor, view),
        whole_mine=view.opening.part_of and await site.cases.bundles.owns(visitor.citizen(), view.opening.part_of),
        rate=site.voice.ratings.link(view.case) if view.ended and site.voice.ratings.of(view.loaded) else "",
        said=SAID.get(said),
        whereabouts_of=whereabouts(site, view),
        fetch=None if of_duty(view) else await fetching(site, visitor, view),
        wallet_ahead=ahead_of(site, visitor, view) is not None,
        who_comes=joint.inspectors(view.state),
    )


def _in_words(site: Site, fact: Any, value: Any) -> Text:
    return said(fact, value, partial(place_name, site))


@get("/cases/{case:str}/receipt")
async def receipt(site: Site, visitor: Visitor, case: str) -> Response[str]:
    """Proof that it was handed in, and what happens next."""
    view = await site.cases.view(visitor.citizen(), case)
    return page(
        site, visitor, "portal/receipt.html", view=view, due=casework.due(site, view), code=look_up_code(site, view)
    )


@get("/cases/{case:str}/export")
async def export(site: Site, visitor: Visitor, case: str) -> Response[Any]:
    """Everything about the case as one JSON file."""
    return saved_file(await site.cases.export(visitor.citizen(), case), f"{case}.json", "application/json")


@get("/cases/{case:str}/decision-receipt")
async def decision(site: Site, visitor: Visitor, case: str) -> Response[Any]:
    """The signed receipt of the decision, which anybody can check and decide again from."""
    signed = await receipt_of(site, await site.cases.view(visitor.citizen(), case))
    return saved_file(signed.as_file(), f"{case}-decision.json", "application/json")


@get("/cases/{case:str}/documents/{document:str}")
async def document(site: Site, visitor: Visitor, case: str, document: str) -> Response[bytes]:
    """A file that was filed with the case; always offered for saving, never shown inside our page."""
    file, data = await site.cases.document(visitor.citizen(), document, case=case)
    return saved_file(data, file.name, file.type)


@get("/cases/{case:str}/certificate-from-elsewhere")
async def certificate_from_elsewhere(site: Site, visitor: Visitor, case: str) -> Response[Any]:
    """The certificate that another installation issued and sent along; /verify knows its issuer's key."""
    view = await site.cases.view(visitor.citizen(), case)
    gone = view.state.elsewhere
    if gone is None or gone.progress is None or not gone.progress.certificate:
        raise refuse("unknown-certificate", "没有这张证照", "There is no such certificate", status=404)
    data = gone.progress.certificate
    # before it said where its status is published it came as its signed text alone
    end, kind = (".json", "application/json") if data.startswith("{") else (".jws", "application/jose")
    return saved_file(data.encode(), f"{view.opening.number}{end}", kind)


@get("/cases/{case:str}/withdraw")
async def ask_withdraw(site: Site, visitor: Visitor, case: str) -> Response[str]:
    """Withdrawing is asked once more."""
    view = await site.cases.view(visitor.citizen(), case)
    if view.act(casework.WITHDRAW) is None:
        raise refuse("act-not-possible", "这个办件现在不能撤回", "This case cannot be withdrawn now", status=409)
    return page(
        site,
        visitor,
        "portal/confirm.html",
        title=Text(f"撤回“{view.service_name.zh}”？", f"Withdraw “{view.service_name.en}”?"),
        note=Text(
            "撤回后这次申请就结束了。想办时可以重新申请。",
            "This application ends when you withdraw it. You can apply again at any time.",
        ),
        action=f"/cases/{case}/withdraw",
        hidden={"key": str(uuid7()), "version": str(view.version)},
        yes=Text("撤回申请", "Withdraw"),
        back_to=f"/cases/{case}",
    )


@post("/cases/{case:str}/withdraw")
async def withdraw(site: Site, visitor: Visitor, case: str, form: Form) -> Response[Any]:
    """Withdraw, as it stood when the person confirmed."""
    await site.cases.act(
        visitor.citizen(), case, casework.WITHDRAW, version=form.number("version"), key=form.text("key")
    )
    return go(f"/cases/{case}?said=withdrawn")


ROUTES = [cases, case, receipt, export, decision, document, certificate_from_elsewhere, ask_withdraw, withdraw]
