"""How each figure is counted, in words, and where it comes from: shown beside the figure to whoever reads it."""

from dataclasses import dataclass
from enum import StrEnum

from tongban.base.i18n import Text


class Name(StrEnum):
    """The figures of the console."""

    TODAY = "today"
    PROMISED = "promised"
    LEGAL = "legal"
    RED = "red"
    AMBER = "amber"
    REGION_RATE = "region-rate"
    WAITS = "waits"
    CURED = "cured"
    LOOKED_UP = "looked-up"
    FAILED = "failed"
    WITHOUT_BASIS = "without-basis"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Method:
    """A figure: its name, its formula in words, and the law or whose own rule it is."""

    name: Text
    formula: Text
    law: Text


_OWN = Text("本平台定的，没有法律规定", "the platform's own, no statute says so")

METHODS: dict[Name, Method] = {
    Name.TODAY: Method(
        Text("今天办件", "Cases today"),
        Text(
            "今天零点以来提交的申请，个人和企业来办的事项；单位之间的办件不算。和上周比的，是今天和上周同一天里已过的整点小时。",
            "Applications since midnight for services that people and businesses ask for; what bodies ask of one"
            " another is left out. What is held against the same weekday of last week is the hours that are over.",
        ),
        _OWN,
    ),
    Name.PROMISED: Method(
        Text("按承诺时限办结", "Done by the promised date"),
        Text(
            "近30天办结、单位有期限要守的办件里，每个期限都没有超过承诺日的占多少；没有承诺的按法定日。申请人在期限内自己撤回的不算；"
            "撤回以前已经超期的，算没按时。停表的时间按法律扣除。和公开的“承诺期限内办结率”不是一个数：那个只看头一次答复，按月发布。",
            "Of the cases that ended in the last 30 days and in which the body owed an answer by a date: those in which"
            " every date was kept, the promised one or else the law's. Taken back by the applicant in time: not"
            " counted; taken back after a date was missed: missed. Lawful pauses are left out of the time. The open"
            " figure of the same promise is another: it looks at the first answer alone and is released by month.",
        ),
        Text(
            "行政许可法42、45；目标95%是本平台定的",
            "Administrative Licensing Law 42, 45; the aim of 95 % is the platform's",
        ),
    ),
    Name.LEGAL: Method(
        Text("按法定时限办结", "Done by the date of the law"),
        Text("同上，只看法定日。", "The same, with the dates of the law alone."),
        Text("行政许可法42、45", "Administrative Licensing Law 42, 45"),
    ),
    Name.RED: Method(
        Text("超期未办", "Overdue"),
        Text(
            "现在还没办结、在等单位、已经过了承诺日（没有承诺的看法定日）的办件。在等申请人补正的不算。",
            "Open cases that wait for a body and are past the promised date, or else the law's. Those that wait for"
            " their applicant are not counted.",
        ),
        Text("行政许可法42", "Administrative Licensing Law 42"),
    ),
    Name.AMBER: Method(
        Text("两天内到期", "Due within two days"),
        Text(
            "现在还没办结、在等单位、48小时内到期的办件。",
            "Open cases that wait for a body and are due within 48 hours.",
        ),
        _OWN,
    ),
    Name.REGION_RATE: Method(
        Text("各区县超期率", "Overdue rate by region"),
        Text(
            "这个地区的单位手里还没办结的办件里，超期未办的占多少。",
            "Of the open cases that wait for bodies of the region: those that are overdue.",
        ),
        Text("行政许可法42", "Administrative Licensing Law 42"),
    ),
    Name.WAITS: Method(
        Text("大厅平均等候", "Mean wait in halls"),
        Text(
            "今天叫到号的人，从取号（预约的从约定时间）到叫号的分钟数，加起来除以人数。",
            "Minutes from taking a number (or the booked time) to being called, of all who were called today, divided"
            " by how many they were.",
        ),
        _OWN,
    ),
    Name.CURED: Method(
        Text("差评按时整改", "Bad ratings put right in time"),
        Text(
            "本月办结的差评里，联系、整改、回访每个期限都没有超过的占多少。还没办结的不算，超期的在“超期”里看。",
            "Of the bad ratings whose case ended this month: those in which every date was kept. Those still open are"
            " not counted here.",
        ),
        Text("国办发〔2019〕51号", "State Council Office 2019 no. 51"),
    ),
    Name.LOOKED_UP: Method(
        Text("跨部门取数", "Look-ups at other bodies"),
        Text(
            "今天工作人员为办件向数据源单位查询的次数，每次都有记录，本人看得到。",
            "Look-ups that officials made today for a case; each is on record and the person can see it.",
        ),
        Text("政务数据共享条例29", "Government Data Sharing Regulations 29"),
    ),
    Name.FAILED: Method(
        Text("取数失败", "Look-ups without an answer"),
        Text(
            "今天的查询里，数据源连不上、太慢或者答得不对的占多少。没答上的以后会再问。",
            "Of today's questions to sources: those that could not be put, were too slow, or got no usable answer at"
            " first. They are put again later.",
        ),
        Text("政务数据共享条例22", "Government Data Sharing Regulations 22"),
    ),
    Name.WITHOUT_BASIS: Method(
        Text("无办件依据的取数", "Look-ups without a case"),
        Text(
            "没有写明依据的查询。系统不让没有依据的查询发生，所以应当是0；不是0就要查。",
            "Look-ups that name no basis. The platform lets none happen, so this is 0; if it is not, find out why.",
        ),
        Text("个人信息保护法6、34", "Personal Information Protection Law 6, 34"),
    ),
    Name.DECLINED: Method(
        Text("算法建议被工作人员否定", "Suggestions declined by officials"),
        Text(
            "工作人员对算法建议表过态的里面，不采纳的占多少（每个算法最近一轮）。",
            "Of the suggestions that officials answered: those they declined, in the last round of each use.",
        ),
        Text("互联网信息服务算法推荐管理规定8", "Rules on Recommendation Algorithms 8"),
    ),
}
