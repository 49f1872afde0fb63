"""Where a case is, when two installations have to do with it: in words, for whoever may read the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.cases import CaseView
from tongban.cases.handover import receipts
from tongban.cases.handover.model import Receipt
from tongban.cases.handover.standing import Elsewhere, Origin
from tongban.cases.model import Own
from tongban.org import Actor
from tongban.org.model import RealName
from tongban.web.site import Site

_LEVELS: dict[int, Text] = {
    RealName.ANONYMOUS: Text("没有核实", "not checked"),
    RealName.PHONE: Text("手机号码", "a telephone number"),
    RealName.CHECKED: Text("姓名和身份证号码", "name and identity number"),
    RealName.FACE: Text("人脸或网证", "face or network identity"),
    RealName.BOUND: Text("本人的证书", "a certificate of the person"),
}


_NOW = Text("现在在{to}（{place}）", "Now with {to} ({place})")
_THERE = Text("由{to}（{place}）办的", "Handled by {to} ({place})")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`title` and what follows from it; the receipt that proves it, with when it was signed; where to go on."""

    title: Text
    says: tuple[Text, ...]
    receipt: Receipt | None = None
    signed: datetime | None = None
    address: str = ""
    asks: tuple[str, ...] = ()
    certificate: str = ""


def whereabouts(site: Site, view: CaseView) -> Whereabouts | None:
    """Nothing for a case that only this installation has to do with."""
    if view.state.elsewhere is not None:
        return _gone(site, view, view.state.elsewhere)
    if view.opening.origin is not None:
        return _come(view.opening.origin)
    back = next((event for event in reversed(view.loaded.events) if event.type == Own.HANDED_BACK), None)
    if back is None:
        return None
    reason = back.payload.get("reason") or {"zh": "", "en": ""}
    return Whereabouts(
        Text("从外地退回来了，由本地接着办", "It came back and is handled here again"),
        (
            Text(f"原因：{reason['zh']}", f"Why: {reason['en']}"),
            Text("您不用重新申请，期限从您提交那天接着算。", "You need not apply again; the time goes on."),
        ),
    )


def may_recall(site: Site, actor: Actor, view: CaseView) -> bool:
    """Whether this official may ask for it back now."""
    gone = view.state.elsewhere
    return bool(
        site.cases.elsewhere
        and gone
        and not gone.taken
        and not gone.recalled
        and view.opening.origin is None
        and actor.body == view.state.desk.id
        and {"intake", "examine"} & actor.roles
    )


def _gone(site: Site, view: CaseView, gone: Elsewhere) -> Whereabouts:
    custody = view.state.custody[-1]
    card = site.cases.elsewhere.between.neighbours.card(gone.installation) if site.cases.elsewhere else None
    place = card.member.name if card else Text("外地", "another place")
    to = custody.to_office.name
    if view.opening.origin is not None:
        return _went_back(
            site, gone, Text("退回{to}（{place}）", "Handed back to {to} ({place})").format(to=to, place=place)
        )
    if gone.taken is None:
        waits = Text(
            "对方还没有接收。网络断了也会一直重发，不会丢；接收以前，仍由{from}负责。",
            "It has not been taken over yet. It is sent until it is; until then {from} answers for it.",
        )
        asked = (Text("已经要求退回，等对方回话。", "It was asked back; the other side has to answer."),)
        return Whereabouts(
            Text("正在转给{to}（{place}）", "On its way to {to} ({place})").format(to=to, place=place),
            (waits.format(**{"from": custody.from_office.name}), *(asked if gone.recalled else ())),
        )
    told = gone.progress
    return Whereabouts(
        (_THERE if gone.ended else _NOW).format(to=to, place=place),
        (
            Text(
                "办件号不变，材料不用再交，期限从您提交那天接着算。那边的进展和通知都显示在这一页。",
                "The number stays, no paper is asked for again, the time goes on. What happens there is shown here.",
            ),
        ),
        _receipt(site, gone.installation, gone.receipt),
        gone.taken,
        card.published if card else "",
        told.asks if told and told.waits_for == "applicant" else (),
        f"/cases/{view.case}/certificate-from-elsewhere" if told and told.certificate and not view.inside else "",
    )


def _went_back(site: Site, gone: Elsewhere, title: Text) -> Whereabouts:
    """Of a case that came from there: what becomes of it is told there, no longer here."""
    if gone.taken is None:
        waits = Text(
            "对方还没有签收。网络断了也会一直重发，不会丢；签收以前，仍由本机关负责。",
            "They have not signed for it yet. It is sent until they do; until then this body answers for it.",
        )
        return Whereabouts(title, (waits,))
    theirs = Text(
        "对方已经签收，从那时起由对方负责；申请人在那边看办理情况。",
        "They have signed for it and answer for it since; the applicant sees there how it goes.",
    )
    return Whereabouts(title, (theirs,), _receipt(site, gone.installation, gone.receipt), gone.taken)


def _receipt(site: Site, signer: str, token: str) -> Receipt | None:
    """What the other side signed, verified again each time it is shown."""
    if site.cases.elsewhere is None:
        return None
    try:
        return receipts.read(site.cases.elsewhere.between.neighbours, signer, token)
    except Refused:
        return None


def _come(origin: Origin) -> Whereabouts:
    known = _LEVELS[origin.level]
    return Whereabouts(
        Text("从{place}{office}转来", "Handed over by {office}, {place}").format(
            place=origin.name, office=origin.office_name
        ),
        (
            Text(
                f"申请人手里的办件号是{origin.number}，在那边也能看到这里的进展；期限从那边收件那天算。",
                f"The applicant knows it by {origin.number} and sees there how it goes; its time counts from that day.",
            ),
            Text(
                f"申请人是谁，由{origin.name.zh}核实（{known.zh}），这里照用。",
                f"Who the applicant is was established by {origin.name.en} ({known.en}) and is taken from there.",
            ),
        ),
    )
