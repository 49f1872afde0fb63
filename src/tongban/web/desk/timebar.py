"""The clock of a case as an official sees it: time left, a bar, the promise, the law, and when it stood still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tongban.base.i18n import LANGS, Text
from tongban.cases.clocks import Running
from tongban.terms import GROUND_NAMES, say

Heat = Literal["hot", "warm", "calm", "still"]
_DAY = timedelta(days=1)


def left(due: datetime, now: datetime) -> Text:
    """How long until a date, as one says it at a glance: 剩4小时35分, 剩3天, 逾期2天."""
    if due >= now:
        zh, en = span(due - now)
        return Text(f"剩{zh}", f"{en} left")
    zh, en = span(now - due)
    return Text(f"逾期{zh}", f"{en} overdue")


def span(length: timedelta) -> tuple[str, str]:
    """A length of time at a glance, in Chinese and in English."""
    minutes = int(length.total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days >= 3:
        return f"{days}天", f"{days} days"
    if days:
        more = (f"{hours}小时", f" {hours} h") if hours else ("", "")
        return f"{days}天{more[0]}", f"{days} d{more[1]}"
    if hours:
        more = (f"{minutes}分", f" {minutes} min") if minutes else ("", "")
        return f"{hours}小时{more[0]}", f"{hours} h{more[1]}"
    return f"{minutes}分钟", f"{minutes} min"


def heat(due: datetime, now: datetime) -> Heat:
    """How much it presses: hot within a day, warm within two, calm later."""
    if due - now <= _DAY:
        return "hot"
    return "warm" if due - now <= 2 * _DAY else "calm"


@dataclass(frozen=True, slots=True)
class Still:
    """A time during which the clock stood."""

    since: datetime
    until: datetime | None
    ground: Text


@dataclass(frozen=True, slots=True)
class TimeBar:
    """One running term. `done` is the share of the time that has passed, in per cent of the bar."""

    name: Text
    left: Text
    heat: Heat
    due: datetime | None
    start: datetime
    done: int
    promised: Text | None
    statutory: Text
    explained: Text
    still: tuple[Still, ...]
    by_applicant: bool
    own: bool
    """The span is the platform's own, not the law's."""


def time_bar(due: Running, now: datetime) -> TimeBar:
    """The term that matters now, as `clocks.due` gives it."""
    binding, promised = due.binding, due.promised
    ends = binding.due
    length = (ends - due.origin).total_seconds() if ends else 0
    done = 100 if ends is None or length <= 0 else int(100 * (now - due.origin).total_seconds() / length)
    return TimeBar(
        name=due.clock.name,
        left=left(ends, now) if ends else Text("计时暂停", "Clock paused"),
        heat=heat(ends, now) if ends else "still",
        due=ends,
        start=due.origin,
        done=max(0, min(100, done)),
        promised=Text(*(promised.rule.span.text(lang) for lang in LANGS)) if promised else None,
        statutory=Text(*(due.statutory.rule.span.text(lang) for lang in LANGS)),
        explained=Text(*(binding.explain(lang) for lang in LANGS)),
        still=tuple(Still(span.since, span.until, _grounds(span.grounds)) for span in due.statutory.paused_spans),
        by_applicant=not due.clock.by_authority,
        own=due.clock.data.own,
    )


def _grounds(grounds: Sequence[str]) -> Text:
    zh, en = ([say(GROUND_NAMES.get(ground, ground), lang) for ground in grounds] for lang in LANGS)
    return Text("、".join(zh), ", ".join(en))
