"""Services, ratings, enterprises and the 12345 hotline."""

from __future__ import annotations

from tongban.terms.rules import Consequence, TermRule
from tongban.terms.spans import Span, Text, Unit
from tongban.terms.statutes.citing import ACCEPTED, APPLIED, DISPATCHED, calendar, law, longer, working

_SHANGHAI_BUSINESS = Text("《上海市优化营商环境条例》", "Shanghai Regulations on the Business Environment")
_RESIDENCE = Text("《居住证暂行条例》", "Interim Regulations on Residence Permits")
_SOCIAL_INSURANCE = Text("《社会保险经办条例》", "Social Insurance Handling Regulations")
_CONSTRUCTION = Text("《建筑法》", "Construction Law")
_QUALITY = Text("《建设工程质量管理条例》", "Construction Quality Regulations")
_BEIJING_HOTLINE = Text(
    "北京市12345服务规范地方标准（征求意见稿）", "Beijing draft local standard for the 12345 hotline"
)
_SHANDONG_HOTLINE = Text("山东省12345热线办理办法", "Shandong measures for the 12345 hotline")
_DEZHOU_RATING = Text("德州市好差评办法", "Dezhou measures for service ratings")


TERMS = (
    TermRule(
        "rating.contact",
        working(1),
        law(_SHANGHAI_BUSINESS, "30"),
        Text("差评联系核实", "contact about a bad rating"),
        Text("收到实名差评", "Receipt of a signed bad rating"),
        consequence=Consequence.FOLLOW_UP,
        tag="V",
    ),
    TermRule(
        "rating.rectification",
        working(5),
        _DEZHOU_RATING,
        Text("差评整改反馈", "putting a bad rating right"),
        Text("收到差评", "Receipt of the rating"),
        tag="S",
    ),
    TermRule(
        "enterprise.request",
        working(5),
        law(_SHANGHAI_BUSINESS, "49"),
        Text("企业诉求办理", "answer to an enterprise"),
        Text("收到诉求", "Receipt of the request"),
        tag="V",
    ),
    TermRule(
        "enterprise.request-complex",
        working(15),
        law(_SHANGHAI_BUSINESS, "49"),
        Text("疑难企业诉求办理", "answer to a difficult request"),
        Text("收到诉求", "Receipt of the request"),
        tag="V",
    ),
    # 30 days is the ceiling of the whole, so the extension is 15; who may grant it is from memory [M].
    TermRule(
        "residence-permit.issue",
        calendar(15),
        _RESIDENCE,
        Text("居住证制发", "issue of the residence permit"),
        ACCEPTED,
        extension=longer(calendar(15), "city-government", _RESIDENCE),
        tag="V",
    ),
    TermRule(
        "unemployment.assessment",
        working(10),
        law(_SOCIAL_INSURANCE, "24"),
        Text("失业保险金核定", "assessment of unemployment benefit"),
        APPLIED,
        tag="V",
    ),
    # 日 as written in 建筑法 8; whether 行政许可法 82 makes it working days is left open.
    TermRule(
        "construction-permit.decision",
        calendar(7),
        law(_CONSTRUCTION, "8"),
        Text("施工许可", "construction permit"),
        APPLIED,
        tag="V",
    ),
    TermRule(
        "completion.filing",
        calendar(15),
        law(_QUALITY, "49"),
        Text("竣工验收备案", "filing of the completed works"),
        Text("验收合格", "Passing of acceptance"),
        tag="V",
    ),
    # The approver is not in the source read.
    TermRule(
        "hotline.shandong",
        working(5),
        _SHANDONG_HOTLINE,
        Text("12345办结回复", "hotline answer"),
        Text("接单", "Taking of the order"),
        extension=longer(working(10), "hotline-centre", _SHANDONG_HOTLINE),
        tag="S",
    ),
    TermRule(
        "hotline.shandong-return",
        working(2),
        _SHANDONG_HOTLINE,
        Text("12345不属职责退回", "return of an order that is not ours"),
        Text("接单", "Taking of the order"),
        tag="S",
    ),
    TermRule(
        "hotline.emergency",
        Span(2, Unit.HOUR),
        _BEIJING_HOTLINE,
        Text("12345突发事项反馈", "hotline, emergency"),
        DISPATCHED,
        tag="S",
    ),
    TermRule(
        "hotline.utilities",
        Span(24, Unit.HOUR),
        _BEIJING_HOTLINE,
        Text("12345水电气热反馈", "hotline, utilities"),
        DISPATCHED,
        tag="S",
    ),
    TermRule(
        "hotline.general",
        calendar(7),
        _BEIJING_HOTLINE,
        Text("12345一般事项反馈", "hotline, general"),
        DISPATCHED,
        tag="S",
    ),
    TermRule(
        "hotline.complex",
        calendar(15),
        _BEIJING_HOTLINE,
        Text("12345复杂事项反馈", "hotline, complex"),
        DISPATCHED,
        tag="S",
    ),
)
