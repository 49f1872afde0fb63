"""Data sharing, records to keep, security, algorithms and cryptography."""

from __future__ import annotations

from tongban.terms.rules import Consequence, TermRule
from tongban.terms.spans import Span, Text, Unit
from tongban.terms.statutes.citing import AGREED, APPLIED, law, longer, working

_SHARING = Text("《政务数据共享条例》", "Government Data Sharing Regulations")
_PRIVACY = Text("《个人信息保护法》", "Personal Information Protection Law")
_NETWORK = Text("《网络安全法》", "Cybersecurity Law")
_NETWORK_DATA = Text("《网络数据安全管理条例》", "Network Data Security Regulations")
_ALGORITHM = Text("《互联网信息服务算法推荐管理规定》", "Algorithmic Recommendation Provisions")
_FACE = Text("《人脸识别技术应用安全管理办法》", "Facial Recognition Security Measures")
_CRYPTO = Text("《商用密码管理条例》", "Commercial Cryptography Regulations")

TERMS = (
    TermRule(
        "sharing.reply-unconditional",
        working(1),
        law(_SHARING, "21"),
        Text("无条件共享答复", "reply, unconditional sharing"),
        APPLIED,
        consequence=Consequence.ESCALATE,
        tag="V",
    ),
    TermRule(
        "sharing.reply-conditional",
        working(10),
        law(_SHARING, "21"),
        Text("有条件共享答复", "reply, conditional sharing"),
        APPLIED,
        extension=longer(working(10), "sharing-authority", law(_SHARING, "21")),
        consequence=Consequence.ESCALATE,
        tag="V",
    ),
    TermRule(
        "sharing.provision",
        working(20),
        law(_SHARING, "22"),
        Text("提供共享", "provision of the data"),
        AGREED,
        consequence=Consequence.ESCALATE,
        tag="V",
    ),
    # Art. 17 says "with consent"; that of the sharing authority is our reading.
    TermRule(
        "sharing.catalogue-update",
        working(10),
        law(_SHARING, "17"),
        Text("目录更新", "update of the directory"),
        Text("数据或职责变化", "Change of data or duties"),
        extension=longer(working(5), "sharing-authority", law(_SHARING, "17")),
        consequence=Consequence.ESCALATE,
        tag="V",
    ),
    TermRule(
        "sharing.catalogue-publication",
        working(2),
        law(_SHARING, "17"),
        Text("目录审核发布", "publication of the directory"),
        Text("收到更新", "Receipt of the update"),
        tag="V",
    ),
    TermRule(
        "sharing.verification",
        working(10),
        law(_SHARING, "26"),
        Text("数据校核", "verification of doubted data"),
        APPLIED,
        consequence=Consequence.ESCALATE,
        tag="V",
    ),
    TermRule(
        "sharing.record-retention",
        Span(3, Unit.YEAR),
        law(_SHARING, "29"),
        Text("共享使用记录保存", "keeping records of use"),
        Text("记录产生", "Making of the record"),
        consequence=Consequence.KEPT_LONG_ENOUGH,
        rolls=False,
        tag="V",
    ),
    TermRule(
        "privacy.impact-report-retention",
        Span(3, Unit.YEAR),
        law(_PRIVACY, "56"),
        Text("影响评估报告保存", "keeping the impact assessment"),
        Text("报告形成", "Completion of the report"),
        consequence=Consequence.KEPT_LONG_ENOUGH,
        rolls=False,
        tag="V",
    ),
    TermRule(
        "network.log-retention",
        Span(6, Unit.MONTH),
        law(_NETWORK, "23"),
        Text("网络日志留存", "keeping network logs"),
        Text("日志产生", "Making of the log"),
        consequence=Consequence.KEPT_LONG_ENOUGH,
        rolls=False,
        tag="V",
    ),
    TermRule(
        "security.flaw-report",
        Span(24, Unit.HOUR),
        law(_NETWORK_DATA, "10"),
        Text("安全缺陷、漏洞报告", "report of a flaw"),
        Text("发现", "Discovery"),
        tag="V",
    ),
    # The law says "at once" and gives no number; the end of the same day is only when the platform reminds.
    TermRule(
        "security.incident",
        Span(0, Unit.ON_THE_SPOT),
        law(_NETWORK_DATA, "11"),
        Text("数据安全事件处置", "response to an incident"),
        Text("事件发生", "Incident"),
        rolls=False,
        tag="V",
    ),
    TermRule(
        "algorithm.filing",
        working(10),
        law(_ALGORITHM, "24"),
        Text("算法备案", "filing of an algorithm"),
        Text("提供服务", "Start of the service"),
        consequence=Consequence.PENALTY,
        tag="V",
    ),
    TermRule(
        "algorithm.filing-review",
        working(30),
        law(_ALGORITHM, "25"),
        Text("算法备案审核", "review of the filing"),
        Text("材料齐全", "Completion of the material"),
        tag="V",
    ),
    TermRule(
        "face.filing",
        working(30),
        law(_FACE, "15"),
        Text("人脸信息处理备案", "filing of face data"),
        Text("达到10万人", "Reaching 100,000 people"),
        tag="V",
    ),
    TermRule(
        "crypto.assessment",
        Span(1, Unit.YEAR),
        law(_CRYPTO, "38"),
        Text("商用密码应用安全性评估", "cryptography assessment"),
        Text("上次评估", "Last assessment"),
        consequence=Consequence.MUST_STOP,
        rolls=False,
        tag="V",
    ),
)
