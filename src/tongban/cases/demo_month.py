"""The demonstration's month before: what a month's release counts, invented, played by the same player.

The stories (`demo`) are of the last three weeks, and a month is released once it is over and has settled. So that the
open site of a first start has numbers, people of 岚江 asked in that month too: enough of them at each body that a
figure tells of nobody, some answered late, some corrected, some called back who were not content.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any, NamedTuple

import msgspec

from tongban.base.ids import uscc_check
from tongban.cases.demo import Days, Neighbour, Step, Story

MANY = 12
"""Cases of a body and service: two more than the smallest group that is shown."""
_BANK = "9900000000001122394"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫"
_GIVEN = ("一鸣", "春梅", "建军", "雨桐", "志强", "桂英", "子涵", "海燕", "国栋", "小芳")
_CITY = "990101"
_COUNTIES = ("990101", "990102")
_ASKERS = tuple(product(("990101", "990102", "990121", "990201"), ("housing", "civil", "education")))[:MANY]
_REQUESTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "housing": ("help", "管市政设施和住房", ("路灯不亮", "下水道堵了", "单元门关不上", "人行道砖松了")),
    "market": ("report", "管市场秩序和特种设备", ("电梯老是停", "标价和收款不一样", "早市占了盲道", "秤不准")),
    "ecology": ("complaint", "管噪声和水污染", ("半夜施工", "油烟进了窗户", "河水有味道", "空调外机太吵")),
    "police": ("suggestion", "管户口、居住证和道路秩序", ("红灯太短", "夜里有人飙车", "路口看不清", "车停在消防通道")),
}  # fmt: skip
_PLACES = ("翠湖小区", "锦绣园", "百花路")
_LAST = Story(
    name="month-last",
    who="p-month-00",
    service="hotline-request",
    at="",
    facts={"kind": "question", "said": "社保卡丢了，在哪里补？", "urgency": "general"},
    steps=(Step(at="", by="clerk", do="answer-at-once", says={"reply": "任何一家服务银行网点当场补；网上先挂失。"}),),
)
"""Played after all else: where it is, the month is written."""


class Month(NamedTuple):
    """The month's stories, whoever they are about, and the one that is played when the rest is done."""

    stories: tuple[Story, ...]
    people: tuple[Neighbour, ...]
    last: Story


class _Dates:
    """Working days of the month as the stories write them: so many before today."""

    def __init__(self, days: Days, since: date, until: date) -> None:
        self.back = list[int]()
        number = 0
        while (day := days.day(number)) >= since:
            if day < until:
                self.back.append(number)
            number -= 1
        self.back.reverse()

    def at(self, day: int, clock: str) -> str:
        """A working day of the month, counted on beyond its end, never later than yesterday."""
        return f"{min(self.back[0] + day, -1)} {clock}"

    def begins(self, n: int, before_end: int) -> int:
        """The day on which the nth of a row begins, so early that its answer falls into the month."""
        return n % max(1, len(self.back) - before_end)


def month(days: Days, since: date, until: date, many: int = MANY) -> Month:
    """What happened from a day on and before another; `many` of each kind, a dozen at most."""
    dates = _Dates(days, since, until)
    people = (*_workers(since), *_jobless(since), *_shops(), *_old())
    stories = (
        *_permits(dates),
        *_benefits(dates),
        *_allowances(dates),
        *_food(dates),
        *_filings(dates),
        *_medical(dates),
        *_sharing(dates),
        *_requests(dates),
    )
    end = dates.at(len(dates.back) - 1, "17:00")
    (answer,) = _LAST.steps
    answered = msgspec.structs.replace(answer, at=dates.at(len(dates.back) - 1, "17:05"))
    told = tuple(one for one in stories if int(one.name.rpartition("-")[2]) < many)
    return Month(told, people, msgspec.structs.replace(_LAST, at=end, steps=(answered,)))


# --- who --------------------------------------------------------------------------------------------------------------


def _neighbour(n: int, number: str, records: dict[str, dict[str, Any]]) -> Neighbour:
    name = _SURNAMES[n % len(_SURNAMES)] + _GIVEN[n % len(_GIVEN)]
    return Neighbour(id=f"p-month-{n:02}", name=name, number=number, phone=f"154000002{n:02}", records=records)


def _workers(since: date) -> Iterator[Neighbour]:
    """Of the other city, at work in one of two districts."""
    for n in range(2 * MANY):
        lives = _COUNTIES[n // MANY]
        yield _neighbour(
            n,
            f"990201{1968 + 2 * (n % 16)}0{1 + n % 9}1{n % 10}{100 + n}",
            {
                "police.tenancy/registration": {
                    "since": since - timedelta(days=300 + 9 * n),
                    "region": lives,
                    "address": f"岚江市工业路{10 + n}号（演示）",
                },
                "hr.insurance/member": {"employer": "岚江第三机床厂（演示）", "months_paid": 14 + n},
                "health.insurance/member": {"insured_region": "990100", "status": "active"},
            },
        )


def _jobless(since: date) -> Iterator[Neighbour]:
    for n in range(2 * MANY):
        yield _neighbour(
            2 * MANY + n,
            f"{_COUNTIES[n // MANY]}{1966 + 2 * (n % 16)}0{1 + n % 9}2{n % 8}{200 + n}",
            {
                "hr.insurance/member": {
                    "employer": "岚江第二纺织厂（演示）",
                    "months_paid": 40 + 3 * n,
                    "left_on": since - timedelta(days=40),
                    "left_reason": "contract-ended",
                },
                "hr.jobs/jobseeker": {"registered_on": since - timedelta(days=20)},
            },
        )


def _shops() -> Iterator[Neighbour]:
    for n in range(MANY):
        stem = f"92990101MA00003{n:02}"
        business = {
            "uscc": stem + uscc_check(stem),
            "name": f"文昌小馆{n + 1}店（演示）",
            "premises": f"岚江市清源区文昌街{40 + n}号（演示）",
        }
        number = f"990101{1972 + n}0{1 + n % 9}0{1 + n % 9}{300 + n}"
        yield _neighbour(4 * MANY + n, number, {"market.registry/business": business})


def _old() -> Iterator[Neighbour]:
    for n in range(MANY):
        yield _neighbour(5 * MANY + n, f"990101{1936 + n % 8}0{1 + n % 9}1{n % 10}{400 + n}", {})


def _who(group: int, n: int) -> str:
    """The nth of a dozen: 0 and 1 work, 2 and 3 look for work, 4 have a shop, 5 are old."""
    return f"p-month-{group * MANY + n:02}"


# --- what -------------------------------------------------------------------------------------------------------------


def _permits(dates: _Dates) -> Iterator[Story]:
    """Answered in three days where five are promised; some take seven, and each fourth lacked a paper."""
    for group, region in enumerate(_COUNTIES):
        for n in range(MANY):
            first, late = dates.begins(n, 9), 4 * (n % (6 - 2 * group) == 3)
            lacks = n % 4 == 2
            begins = [Step(at=dates.at(first, "14:10"), by="clerk", do="accept")]
            if lacks:
                begins = [
                    Step(
                        at=dates.at(first, "14:10"),
                        by="clerk",
                        do="request-correction",
                        says={"items": ["employment"], "message": "劳动合同只拍了封面，请把有签名的那一页也拍来。"},
                    ),
                    Step(
                        at=dates.at(first + 1, "10:20"),
                        by="applicant",
                        do="supplement",
                        files={"employment": "劳动合同.jpg"},
                    ),
                ]
            yield Story(
                name=f"month-permit-{region}-{n}",
                who=_who(group, n),
                service="residence-permit",
                at=dates.at(first, f"09:{10 + n}"),
                region=region,
                counter=n % 2 == 1 and not lacks,
                facts={"lives_region": region, "lives_at": f"岚江市工业路{10 + group * MANY + n}号（演示）",
                       "basis": "employment"},
                steps=(
                    *begins,
                    Step(at=dates.at(first + 2, "10:30"), by="examiner", do="examine",
                         says={"opinion": "用工和居住登记都核对上了。"}),
                    Step(at=dates.at(first + 3 + late, "15:40"), by="approver", do="grant"),
                ),
            )  # fmt: skip


def _benefits(dates: _Dates) -> Iterator[Story]:
    for group, region in enumerate(_COUNTIES):
        for n in range(MANY):
            first, late = dates.begins(n, 8), 3 * (n % (4 + 5 * group) == 3)
            yield Story(
                name=f"month-benefit-{region}-{n}",
                who=_who(2 + group, n),
                service="unemployment-benefit",
                at=dates.at(first, f"10:{10 + n}"),
                region=region,
                counter=n % 2 == 0,
                facts={"wants_work": True, "stop_ground": "none", "remaining_months": 0, "bank_account": _BANK},
                steps=(
                    Step(at=dates.at(first, "15:10"), by="clerk", do="accept"),
                    Step(at=dates.at(first + 1, "11:00"), by="examiner", do="examine",
                         says={"opinion": "参保和失业登记都核对上了。"}),
                    Step(at=dates.at(first + 2 + late, "16:20"), by="approver", do="grant"),
                ),
            )  # fmt: skip


def _allowances(dates: _Dates) -> Iterator[Story]:
    for n in range(MANY):
        first = dates.begins(n, 5)
        yield Story(
            name=f"month-allowance-{n}",
            who=_who(5, n),
            service="advanced-age-allowance",
            at=dates.at(first, f"11:{10 + n}"),
            counter=True,
            facts={"bank_account": _BANK},
            steps=(
                Step(at=dates.at(first, "15:30"), by="clerk", do="accept"),
                Step(
                    at=dates.at(first + 1, "09:30"), by="examiner", do="examine", says={"opinion": "年龄、户口相符。"}
                ),
                Step(at=dates.at(first + 2, "10:00"), by="approver", do="grant"),
            ),
        )


def _food(dates: _Dates) -> Iterator[Story]:
    for n in range(MANY):
        first, late = dates.begins(n, 9), 4 * (n % 6 == 1)
        yield Story(
            name=f"month-food-{n}",
            who=_who(4, n),
            service="food-licence",
            at=dates.at(first, f"09:{30 + n}"),
            facts={"food_kind": "catering", "clean_place": True, "equipped": True, "has_manager": True},
            files={"layout": "店面平面图.jpg", "safety-rules": "食品安全管理制度.pdf"},
            steps=(
                Step(at=dates.at(first, "16:10"), by="clerk", do="accept"),
                Step(at=dates.at(first + 2, "10:40"), by="examiner", do="examine",
                     says={"opinion": "布局与图纸一致，冷藏、消毒设备齐。", "inspectors": "田志强、曾明（演示）"}),
                Step(at=dates.at(first + 3 + late, "14:50"), by="approver", do="grant"),
            ),
        )  # fmt: skip


def _filings(dates: _Dates) -> Iterator[Story]:
    """Filed at once by the rules."""
    for n in range(MANY):
        day = dates.begins(n, 2)
        yield Story(
            name=f"month-venue-{n}",
            who=_who(4, n),
            service="public-venue-hygiene",
            at=dates.at(day, f"16:{20 + n}"),
            facts={"venue": "bookshop", "opened_on": f"{{day {dates.back[0] + day - 1:+d}}}"},
        )


def _medical(dates: _Dates) -> Iterator[Story]:
    for n in range(MANY):
        yield Story(
            name=f"month-medical-{n}",
            who=_who(0, n),
            service="out-of-area-medical-filing",
            at=dates.at(dates.begins(n, 2), f"19:{10 + n}"),
            facts={"going_region": "990201", "stay": "living", "promise": True},
        )


def _sharing(dates: _Dates) -> Iterator[Story]:
    """Other bodies ask the province's social insurance, which has ten working days; two answers come late."""
    for n, (region, kind) in enumerate(_ASKERS):
        first, body = dates.begins(n, 13), f"{region}.{kind}"
        answered = 12 if n % 6 == 3 else 4
        yield Story(
            name=f"month-sharing-{n}",
            who=f"o-{body}.examiner",
            asking=f"{body}.examiner",
            service="data-sharing-request",
            region="990000",
            at=dates.at(first, f"10:{20 + n}"),
            facts={"resource": "hr.insurance", "record": "member", "fields": "left_on", "for_service": "rent-subsidy",
                   "basis": "社会救助法第26条（演示）", "scene": "审核补贴时看是否停保，不用再开参保证明",
                   "scope": "审查岗、审批岗，只查本区申请人", "mode": "interface", "until": "{day +90}"},
            steps=(
                Step(at=dates.at(first, "15:40"), by=f"{body}.head", do="consent"),
                Step(at=dates.at(first + answered, "09:30"), by="990000.hr.approver", do="agree"),
            ),
        )  # fmt: skip


def _requests(dates: _Dates) -> Iterator[Story]:
    for other, (body, (kind, why, said)) in enumerate(_REQUESTS.items()):
        for n in range(MANY):
            yield _request(dates, body, n, 4 + other, kind, why, f"{_PLACES[n % 3]}{said[n % len(said)]}")


def _request(dates: _Dates, body: str, n: int, often: int, kind: str, why: str, said: str) -> Story:
    """Sent on within the hour; one in so many is answered late, one was solved in part, and one not at all."""
    first, late = dates.begins(n, 10), 5 * (n % often == 2)
    solved, satisfied = {0: ("partly", "fairly"), 3: ("no", "no")}.get(n % often, ("yes", "yes"))
    examiner = f"{_CITY}.{body}.examiner"
    return Story(
        name=f"month-request-{body}-{n}",
        who=_who(n % 4, n),
        service="hotline-request",
        at=dates.at(first, f"13:{40 + n}"),
        facts={"kind": kind, "said": said, "urgency": "general", "place": _PLACES[n % 3]},
        steps=(
            Step(at=dates.at(first, "14:30"), by="clerk", do="dispatch",
                 says={"body": f"{_CITY}.{body}", "reasons": why}),
            Step(at=dates.at(first + (2 if late else 0), "16:30"), by=examiner, do="contact",
                 says={"said": "电话联系了，约好去看。"}),
            Step(at=dates.at(first + 2 + late, "11:30"), by=examiner, do="reply",
                 says={"reply": "去现场看过，已经处理好，谢谢您告诉我们。"}),
            Step(at=dates.at(first + 3 + late, "10:30"), by="clerk", do="call-back",
                 says={"contacted": "yes", "solved": solved, "satisfied": satisfied}),
        ),
    )  # fmt: skip
