"""Licensing (行政许可法) and the verification of commitments (告知承诺)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tongban.terms.rules import Consequence, Direction, Ground, TermRule
from tongban.terms.spans import Span, Text, Unit
from tongban.terms.statutes.citing import ACCEPTED, DECIDED, RECEIVED, law, longer, working

_LICENSING = Text("《行政许可法》", "Administrative Licensing Law")
_ZHEJIANG_VISIT = Text("《浙江省保障“最多跑一次”改革规定》", "Zhejiang Provisions on the One Visit at Most Reform")

# 行政许可法 45: the time these take is not counted in the section's terms, if the applicant was told in writing.
_ART_45 = law(_LICENSING, "45")
_SPECIAL_PROCEDURES: Mapping[str, Text] = MappingProxyType(
    {
        ground.value: _ART_45
        for ground in (
            Ground.HEARING,
            Ground.TENDER,
            Ground.AUCTION,
            Ground.INSPECTION,
            Ground.TESTING,
            Ground.QUARANTINE,
            Ground.APPRAISAL,
            Ground.EXPERT_REVIEW,
        )
    }
)

TERMS = (
    TermRule(
        "licensing.correction-notice",
        working(5),
        law(_LICENSING, "32"),
        Text("补正告知", "notice of corrections"),
        RECEIVED,
        consequence=Consequence.DEEMED_ACCEPTED,
        tag="V",
    ),
    TermRule(
        "licensing.decision",
        working(20),
        law(_LICENSING, "42", "1"),
        Text("许可决定", "licensing decision"),
        ACCEPTED,
        extension=longer(working(10), "authority-head", law(_LICENSING, "42", "1")),
        pauses=_SPECIAL_PROCEDURES,
        consequence=Consequence.LIABILITY,
        tag="V",
    ),
    TermRule(
        "licensing.joint-decision",
        working(45),
        law(_LICENSING, "42", "2"),
        Text("统一、联合、集中办理的许可决定", "decision under unified or joint handling"),
        ACCEPTED,
        extension=longer(working(15), "government-head", law(_LICENSING, "42", "2")),
        pauses=_SPECIAL_PROCEDURES,
        consequence=Consequence.LIABILITY,
        tag="V",
    ),
    TermRule(
        "licensing.lower-review",
        working(20),
        law(_LICENSING, "43"),
        Text("下级机关审查", "review by the lower authority"),
        ACCEPTED,
        pauses=_SPECIAL_PROCEDURES,
        tag="V",
    ),
    TermRule(
        "licensing.issue",
        working(10),
        law(_LICENSING, "44"),
        Text("颁发、送达证件", "issue and delivery of the licence"),
        DECIDED,
        tag="V",
    ),
    TermRule(
        "licensing.hearing-request",
        working(5),
        law(_LICENSING, "47"),
        Text("申请听证", "request for a hearing"),
        Text("告知听证权利", "Notice of the right to a hearing"),
        consequence=Consequence.LAPSE,
        tag="V",
    ),
    TermRule(
        "licensing.hearing-held",
        working(20),
        law(_LICENSING, "47"),
        Text("组织听证", "holding the hearing"),
        Text("申请听证", "Request for a hearing"),
        tag="V",
    ),
    TermRule(
        "licensing.hearing-notice",
        working(7),
        law(_LICENSING, "48"),
        Text("听证通知", "notice of the hearing"),
        Text("举行听证", "Hearing"),
        direction=Direction.BACKWARD,
        tag="V",
    ),
    # Art. 50 has two clocks: the holder's to apply, and the authority's to decide before the licence expires.
    TermRule(
        "licensing.renewal-application",
        working(30),
        law(_LICENSING, "50", "1"),
        Text("延续申请", "application for renewal"),
        Text("有效期届满", "Expiry of the licence"),
        direction=Direction.BACKWARD,
        tag="V",
    ),
    TermRule(
        "licensing.renewal-decision",
        Span(0, Unit.ON_THE_SPOT),
        law(_LICENSING, "50", "2"),
        Text("延续决定", "decision on renewal"),
        Text("有效期届满", "Expiry of the licence"),
        consequence=Consequence.DEEMED_RENEWED,
        direction=Direction.BACKWARD,
        rolls=False,
        tag="V",
    ),
    TermRule(
        "licensing.inspection-assigned",
        working(5),
        law(_LICENSING, "55"),
        Text("指派检验检测", "assignment of inspectors"),
        ACCEPTED,
        tag="V",
    ),
    TermRule(
        "commitment.verification",
        working(60),
        law(_ZHEJIANG_VISIT, "14"),
        Text("告知承诺核查", "verification of a commitment"),
        DECIDED,
        consequence=Consequence.RECTIFY,
        tag="V",
    ),
)
