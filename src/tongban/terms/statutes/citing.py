"""How the statutory terms are written down: citations, approvers, spans and the events they start from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tongban.terms.rules import Extension
from tongban.terms.spans import Span, Text, Unit

RECEIVED = Text("收到材料", "Receipt of the material")
APPLIED = Text("收到申请", "Receipt of the application")
ACCEPTED = Text("受理", "Acceptance")
DECIDED = Text("作出决定", "Decision")
AGREED = Text("同意共享", "Consent to share")
DISPATCHED = Text("派单", "Dispatch")


def law(act: Text, article: str, paragraph: str = "") -> Text:
    zh = f"{act.zh}第{article}条" + (f"第{paragraph}款" if paragraph else "")
    return Text(zh, f"{act.en} art. {article}" + (f"({paragraph})" if paragraph else ""))


APPROVERS: Mapping[str, Text] = MappingProxyType(
    {
        "authority-head": Text("本机关负责人", "the head of the authority"),
        "government-head": Text("本级人民政府负责人", "the head of the government at this level"),
        "reconsideration-head": Text("行政复议机关负责人", "the head of the reconsideration authority"),
        "sharing-authority": Text("同级政务数据共享主管部门", "the data-sharing authority at this level"),
        "city-government": Text("设区的市级以上地方人民政府", "the city government or one above it"),
        "hotline-centre": Text("12345热线主管机构", "the 12345 hotline centre"),
    }
)


def longer(span: Span, approver: str, law: Text) -> Extension:
    return Extension(span, approver, law, APPROVERS[approver])


def working(days: int) -> Span:
    return Span(days, Unit.WORKING_DAY)


def calendar(days: int) -> Span:
    return Span(days, Unit.CALENDAR_DAY)
