"""The indices. Each counts where a thing could have happened and where it did, in one body and one service.

None of the things is forbidden by itself: a pause may be needed and a decision at the last hour is in time. What is
remarked on is a body that does it far more often than others with the same service do.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cache

from tongban.base.i18n import Text
from tongban.oversight.abuse.model import Counted, History, Index, Step, What

REGISTER_WITHIN = timedelta(days=2)
REFILE_WITHIN = timedelta(days=15)
READ_AT_LEAST = timedelta(seconds=30)
LAST_HOUR = timedelta(hours=1)
LONG_PAUSE = timedelta(days=60)
"""Longer than any special procedure that a service file of ours tells of."""
SAME_TEXT = 5
"""As many adverse answers with one and the same text are called copied."""
END_DAYS = 2
"""How many days from Monday to Friday are the end of a month; holidays are not looked at."""

Judge = Callable[[History], bool]


def _each(exposed: Judge, hit: Judge) -> Callable[[Sequence[History]], Iterable[Counted]]:
    """An index that looks at each case alone."""

    def counted(cases: Sequence[History]) -> Iterable[Counted]:
        return [(one.case, hit(one)) for one in cases if exposed(one)]

    return counted


def _has(*what: What) -> Judge:
    return lambda one: bool(one.of(*what))


def _late(*what: What) -> Judge:
    return lambda one: any(step.late for step in one.of(*what))


def _twice(one: History) -> bool:
    return len(one.of(What.CORRECTION)) > 1


def _needless(one: History) -> bool:
    return any(step.nothing_new for step in one.of(What.SUPPLEMENTED))


def _pauses_without_end(one: History) -> bool:
    paused, grounds = one.of(What.PAUSED), Counter(step.ground for step in one.of(What.PAUSED))
    if any(not ground or times > 1 for ground, times in grounds.items()):
        return True
    ends = [step.at for step in one.steps if step.what is not What.PAUSED and step.what is not What.LOOKED]
    return any((min((at for at in ends if at > step.at), default=step.at) - step.at) > LONG_PAUSE for step in paused)


def _refiled(one: History) -> bool:
    gone = one.of(What.WITHDRAWN)
    return bool(gone) and gone[-1].late and one.refiled is not None and one.refiled - gone[-1].at <= REFILE_WITHIN


def _rushed(one: History) -> bool:
    decided = one.of(What.DECIDED)[-1]
    looked = [step.at for step in one.of(What.LOOKED) if step.at <= decided.at]
    return bool(looked) and decided.at - min(looked) < READ_AT_LEAST


def _last_hour(one: History) -> bool:
    decided = one.of(What.DECIDED)[-1]
    return decided.due is not None and timedelta() <= decided.due - decided.at <= LAST_HOUR


def _registered_late(one: History) -> bool:
    first, told = one.of(What.HANDED_IN), one.of(What.REGISTERED)
    return told[0].at - first[0].at > REGISTER_WITHIN


def _back_and_forth(one: History) -> bool:
    gone = one.of(What.HANDED_ON)
    return len(gone) > 1


def _month_end(cases: Sequence[History]) -> Iterable[Counted]:
    """Of what was accepted or decided, what was so on the last days of a month, weekends left out."""
    done = [(one.case, step.at.date()) for one in cases for step in _ends(one)]
    last = {month: _last_days(*month) for month in {(day.year, day.month) for _, day in done}}
    return [(case, day in last[day.year, day.month]) for case, day in done]


@cache
def _last_days(year: int, month: int) -> frozenset[date]:
    following = (date(year, month, 1) + timedelta(days=32)).replace(day=1)
    days = (following - timedelta(days=n) for n in range(1, 8))
    return frozenset([day for day in days if day.weekday() < 5][:END_DAYS])


def _ends(one: History) -> tuple[Step, ...]:
    return one.of(What.DECIDED)[-1:] or one.of(What.ACCEPTED)[-1:]


def _copied(cases: Sequence[History]) -> Iterable[Counted]:
    said = [(one.case, step.text) for one in cases for step in one.of(What.DECIDED)[-1:] if step.adverse and step.text]
    times = Counter(text for _, text in said)
    return [(case, times[text] >= SAME_TEXT) for case, text in said]


_APL = "行政许可法", "Administrative Licensing Law"


def _law(article: str) -> Text:
    """All of them were read in the statute [V]."""
    return Text(f"{_APL[0]}第{article}条", f"{_APL[1]}, article {article}")


INDICES: tuple[Index, ...] = (
    Index(
        "needless-corrections",
        Text("补正后什么也没变", "Corrections that changed nothing"),
        Text(
            "要求补正的办件里，补来的材料、信息和原来一样的占多少",
            "Of the cases asked to complete something: those in which what came back was what had been there",
        ),
        _law("32"),
        _each(_has(What.SUPPLEMENTED), _needless),
        0.1,
    ),
    Index(
        "repeated-corrections",
        Text("补正了不止一次", "Asked to complete more than once"),
        Text("办件里要求补正两次以上的占多少", "Of all cases: those that were asked to complete twice or more"),
        _law("32"),
        _each(_has(What.HANDED_IN, What.REGISTERED), _twice),
        0.02,
    ),
    Index(
        "late-corrections",
        Text("快到期才告知补正", "Asked to complete just before the due date"),
        Text(
            "要求补正的办件里，在期限最后一天或者最后十分之一才告知的占多少",
            "Of the cases asked to complete something: those asked in the last day or the last tenth of the time",
        ),
        _law("32"),
        _each(_has(What.CORRECTION), _late(What.CORRECTION)),
        0.2,
    ),
    Index(
        "pauses-near-the-end",
        Text("快到期才停表", "Clock stopped just before the due date"),
        Text(
            "停过表的办件里，在期限最后一天或者最后十分之一停的占多少",
            "Of the cases whose clock was stopped: those stopped in the last day or the last tenth of the time",
        ),
        _law("45"),
        _each(_has(What.PAUSED), _late(What.PAUSED)),
        0.15,
    ),
    Index(
        "pauses-without-ground",
        Text("停表没有依据、重复或者太久", "Clock stopped without ground, again, or for too long"),
        Text(
            "办件里，停表没写依据、同一依据停了两次、或者一次停了60天以上的占多少",
            "Of all cases: those whose clock stopped without a ground, twice on one ground, or for more than 60 days",
        ),
        _law("45"),
        _each(_has(What.HANDED_IN, What.REGISTERED), _pauses_without_end),
        0.02,
    ),
    Index(
        "closed-and-reopened",
        Text("办结了又重开", "Closed and opened again"),
        Text("办结的办件里后来又重开的占多少", "Of the cases that ended: those that were opened again"),
        _law("42"),
        _each(_has(What.CLOSED, What.DECIDED, What.WITHDRAWN, What.REOPENED), _has(What.REOPENED)),
        0.03,
    ),
    Index(
        "withdrawn-and-refiled",
        Text("快到期撤回、又重新提交", "Withdrawn near the due date and handed in again"),
        Text(
            "办结的办件里，期限最后一天或者最后十分之一撤回、15天内同一人又提交同一事项的占多少",
            "Of the cases that ended: those withdrawn in the last day or tenth of the time and handed in again by the"
            " same person within 15 days",
        ),
        _law("42"),
        _each(_has(What.CLOSED, What.DECIDED, What.WITHDRAWN), _refiled),
        0.02,
    ),
    Index(
        "month-end",
        Text("月末季末集中办", "Dealt with in a heap at the end of the month"),
        Text(
            "决定了的（还没决定的看受理）里，在当月最后两个周一到周五的日子作出的占多少",
            "Of the cases decided (or else accepted): those on the last two days of a month, weekends left out",
        ),
        _law("42"),
        _month_end,
        0.3,
    ),
    Index(
        "rushed",
        Text("没看就定", "Decided without reading"),
        Text(
            "决定了的办件里，从第一次打开材料到作出决定不到30秒的占多少",
            "Of the cases decided: those decided within 30 seconds of the file being opened for the first time",
        ),
        _law("34"),
        _each(lambda one: bool(one.of(What.DECIDED)) and bool(one.of(What.LOOKED)), _rushed),
        0.1,
    ),
    Index(
        "copied-reasons",
        Text("不予的理由一字不差", "Refusals with one and the same text"),
        Text(
            "不予的办件里，理由和同一单位另外至少4件一字不差的占多少",
            "Of the refusals: those whose reasons are word for word those of at least four others of the body",
        ),
        _law("38"),
        _copied,
        0.3,
    ),
    Index(
        "last-hour",
        Text("卡着最后一小时办", "Decided in the last hour"),
        Text(
            "决定了的办件里，在到期前一小时内作出的占多少",
            "Of the cases decided: those decided within the hour before they were due",
        ),
        _law("42"),
        _each(_has(What.DECIDED), _last_hour),
        0.1,
    ),
    Index(
        "routine-extensions",
        Text("动不动就延长", "Extended as a matter of course"),
        Text("受理了的办件里延长期限的占多少", "Of the cases accepted: those whose time was extended"),
        _law("42"),
        _each(_has(What.ACCEPTED), _has(What.EXTENDED)),
        0.1,
    ),
    Index(
        "registered-late",
        Text("收了材料迟迟不登记", "Papers taken in and registered days later"),
        Text(
            "窗口或者邮寄收的办件里，收材料两天以后才登记的占多少",
            "Of the cases received at a counter or by post: those registered more than two days after the papers came",
        ),
        _law("32"),
        _each(lambda one: bool(one.of(What.HANDED_IN)) and bool(one.of(What.REGISTERED)), _registered_late),
        0.05,
    ),
    Index(
        "back-and-forth",
        Text("来回移送", "Handed to and fro"),
        Text("办件里移送了两次以上的占多少", "Of all cases: those that were handed on twice or more"),
        _law("32"),
        _each(_has(What.HANDED_IN, What.REGISTERED), _back_and_forth),
        0.02,
    ),
)
"""In the order in which a case can meet them."""

BY_ID: dict[str, Index] = {index.id: index for index in INDICES}
