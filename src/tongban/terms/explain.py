"""One sentence that says why a date is that day, in both languages, from what was counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby

from tongban.terms.calendars import is_weekday
from tongban.terms.counting import Counted
from tongban.terms.ledger import Extended
from tongban.terms.rules import DAY_END, GROUND_NAMES, Direction, Start
from tongban.terms.spans import Lang, Unit, count_text, say

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class _Phrases:
    """One language's sentence, piece by piece; the order of pieces is the same in both."""

    head: str
    head_on_the_spot: str
    head_by_then: str
    joined: str
    to: str
    next_day: str
    same_day: str
    from_then: str
    not_counting: str
    extension: str
    pause: str
    holiday: str
    makeup: str
    rolled: str
    weekend: str
    day_off: str
    rolled_back: str
    waiting: str
    law: str
    unknown: str
    stop: str


_ZH = _Phrases(
    head="{day}{event} {sign} {span}（{start}）",
    head_on_the_spot="{day}{event}，当场办结",
    head_by_then="{day}{event}，最迟当日办结",
    joined="、",
    to="{a}至{b}",
    next_day="次日起算",
    same_day="当日起算",
    from_then="即时起算",
    not_counting="当日不计",
    extension=" + 延长{span}（{who}批准）",
    pause=" + {grounds}暂停{span}（{days}{law}）",
    holiday=" {sign} {name}放假{n}个工作日（{days}）",
    makeup=" {sign} 调休上班{n}天（{days}）",
    rolled=" + 末日{day}（{why}）不是工作日，顺延",
    weekend="周末",
    day_off="{name}放假",
    rolled_back=" − 末日{day}（{why}）不是工作日，提前",
    waiting="，{grounds}暂停中（自{day}起），恢复计时后再定到期日，尚余{left}",
    law="，依据{law}",
    unknown="；{years}年放假安排尚未公布，先按周末计算",
    stop="。",
)
_EN = _Phrases(
    head="{event} on {day} {sign} {span} ({start})",
    head_on_the_spot="{event} on {day}, answered on the spot",
    head_by_then="{event} on {day}, answered by then",
    joined=", ",
    to="{a} to {b}",
    next_day="from the next day",
    same_day="that day included",
    from_then="from that moment",
    not_counting="that day not counted",
    extension=" + {span} of extension (approved by {who})",
    pause=" + {span} paused for {grounds} ({days}{law})",
    holiday=" {sign} {span} off for {name} ({days})",
    makeup=" {sign} {span} made up at a weekend ({days})",
    rolled=" + moved on because the last day, {day} ({why}), is not a working day",
    weekend="weekend",
    day_off="{name} holiday",
    rolled_back=" − brought forward because the last day, {day} ({why}), is not a working day",
    waiting=", paused for {grounds} since {day}, so the date is open until the clock resumes, with {left} left",
    law=", under {law}",
    unknown="; the {years} holidays are not yet announced, so only weekends are counted off",
    stop=".",
)
_PHRASES: dict[Lang, _Phrases] = {"zh": _ZH, "en": _EN}


def explain(counted: Counted, left: str, lang: Lang) -> str:
    """The sentence for ``counted``, with what is ``left`` in words (told only while it is paused)."""
    say_it = _Sentence(counted, lang)
    parts = [say_it.head(), *say_it.extensions(), *say_it.pauses(), *say_it.notices(), *say_it.rolled()]
    parts += [say_it.result(left), say_it.law(), *say_it.unknown_years(), say_it.words.stop]
    return "".join(parts)


class _Sentence:
    def __init__(self, counted: Counted, lang: Lang) -> None:
        self.c = counted
        self.lang: Lang = lang
        self.words = _PHRASES[lang]
        self.origin = counted.run.origin.astimezone(counted.zone)
        self.new_year = date(self.origin.year, 1, 1).toordinal()
        self.next_year = date(self.origin.year, 12, 31).toordinal() + 1
        self.by_clock = counted.axis.unit is Unit.MINUTE
        self.backward = counted.rule.direction is Direction.BACKWARD
        self.later, self.earlier = ("−", "+") if self.backward else ("+", "−")

    def head(self) -> str:
        rule, words = self.c.rule, self.words
        event = say(rule.event, self.lang)
        day = self.moment(self.origin) if self.by_clock else _day(self.origin.toordinal(), self.lang, True)
        if rule.span.unit is Unit.ON_THE_SPOT:
            phrase = words.head_by_then if self.backward else words.head_on_the_spot
            return phrase.format(day=day, event=event)
        if self.by_clock:
            start = words.from_then
        elif self.backward:
            start = words.not_counting
        else:
            start = words.next_day if rule.start_rule is Start.NEXT_DAY else words.same_day
        return words.head.format(day=day, event=event, sign=self.later, span=rule.span.text(self.lang), start=start)

    def extensions(self) -> Iterable[str]:
        for extended in self.c.run.extensions:
            yield self.words.extension.format(span=extended.span.text(self.lang), who=self._approver(extended))

    def _approver(self, extended: Extended) -> str:
        lawful = self.c.rule.extension
        if lawful is not None and lawful.approver == extended.approver and lawful.title:
            return say(lawful.title, self.lang)
        return extended.approver

    def pauses(self) -> Iterable[str]:
        for since, to in self.c.closed:
            if to is None or (self.c.due_tick is not None and since > self.c.due_tick):
                continue
            axis = self.c.axis
            lost = (axis.count(to - 1) - axis.count(since - 1)) // axis.size
            if lost:
                grounds, law = self._grounds(since, to)
                yield self.words.pause.format(
                    grounds=grounds, span=count_text(lost, axis.unit, self.lang), days=self.between(since, to), law=law
                )

    def _grounds(self, since: int, to: int | None) -> tuple[str, str]:
        """The grounds, and the laws behind them, of the pauses merged into [since, to)."""
        tick = self.c.axis.tick
        names: dict[str, None] = {}
        laws: dict[str, None] = {}
        for pause in self.c.run.pauses:
            ends = None if pause.until is None else tick(pause.until)
            if (to is None or tick(pause.since) < to) and (ends is None or ends > since):
                names[say(GROUND_NAMES.get(pause.ground, pause.ground), self.lang)] = None
                law = pause.law or self.c.rule.pauses.get(pause.ground, "")
                if law:
                    laws[say(law, self.lang)] = None
        joined = self.words.joined
        return joined.join(names), "".join(f"{'，' if self.lang == 'zh' else '; '}{law}" for law in laws)

    def notices(self) -> Iterable[str]:
        """Holidays and make-up days that moved a count of working days."""
        c = self.c
        if c.axis.unit is not Unit.WORKING_DAY:
            return
        changed = self._exceptions()
        off = [o for o in changed if is_weekday(o)]
        made_up = [o for o in changed if not is_weekday(o)]
        for name, days in groupby(off, self._name):
            yield self._notice(self.words.holiday, list(days), self.later, name)
        if made_up:
            yield self._notice(self.words.makeup, made_up, self.earlier, "")

    def _notice(self, phrase: str, ordinals: list[int], sign: str, name: str) -> str:
        if name:
            days = self.between(ordinals[0], ordinals[-1] + 1)
        else:
            days = self.words.joined.join(self.tick(o) for o in ordinals)
        n = len(ordinals)
        return phrase.format(sign=sign, name=name, n=n, days=days, span=count_text(n, Unit.WORKING_DAY, self.lang))

    def _exceptions(self) -> list[int]:
        c = self.c
        if self.backward:
            event = self.origin.toordinal()
            return c.calendar.exceptions((c.due_tick or event) - 1, event - 1)
        until = c.due_tick if c.due_tick is not None else c.axis.tick(c.run.at)
        changed = c.calendar.exceptions(c.start, until)
        for since, to in c.closed:
            changed = [o for o in changed if o < since or (to is not None and o >= to)]
        return changed

    def rolled(self) -> Iterable[str]:
        c = self.c
        if c.last is None or c.due_tick is None or c.last == c.due_tick:
            return
        name = self._name(c.last)
        why = self.words.day_off.format(name=name) if name else self.words.weekend
        phrase = self.words.rolled_back if self.backward else self.words.rolled
        yield phrase.format(day=self.tick(c.last), why=why)

    def result(self, left: str) -> str:
        c = self.c
        if c.due_tick is None:
            since = c.closed[-1][0]
            grounds, _ = self._grounds(since, None)
            return self.words.waiting.format(grounds=grounds, day=self.tick(since), left=left)
        if self.by_clock:
            return f" = {self.moment(c.axis.end(c.due_tick))}"
        clock = "" if c.rule.end_of_day == DAY_END else f" {c.rule.end_of_day:%H:%M}"
        return f" = {_day(c.due_tick, self.lang, True)}{clock}"

    def law(self) -> str:
        law = say(self.c.rule.law, self.lang)
        return self.words.law.format(law=law) if law else ""

    def unknown_years(self) -> Iterable[str]:
        """Years whose holidays this date depends on and no notice has told yet."""
        c = self.c
        end = c.due_tick if c.due_tick is not None else c.axis.tick(c.run.at)
        if c.axis.unit is Unit.WORKING_DAY:
            first, last = (end, self.origin.toordinal()) if self.backward else (c.start, end)
        elif c.axis.unit is Unit.CALENDAR_DAY and c.rule.rolls:
            first, last = sorted((end if c.last is None else c.last, end))
        else:
            return
        span = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
        years = [str(year) for year in span if not c.calendar.knows(year)]
        if years:
            yield self.words.unknown.format(years=self.words.joined.join(years))

    def _name(self, ordinal: int) -> str:
        return say(self.c.calendar.name_at(ordinal) or "", self.lang)

    def between(self, since: int, to: int) -> str:
        """[since, to) as dates or moments."""
        if self.by_clock:
            return self.words.to.format(a=self.tick(since), b=self.tick(to))
        if to - since == 1:
            return self.tick(since)
        return self.words.to.format(a=self.tick(since), b=self.tick(to - 1))

    def tick(self, tick: int) -> str:
        """A day, with its year unless that is the first day's; or the moment at which a second begins."""
        if self.by_clock:
            return self.moment(self.c.axis.end(tick - 1))
        return _day(tick, self.lang, not self.new_year <= tick < self.next_year)

    def moment(self, at: datetime) -> str:
        gap = "" if self.lang == "zh" else " "
        return f"{_day(at.toordinal(), self.lang, True)}{gap}{at:%H:%M}"


@lru_cache(maxsize=8192)
def _day(ordinal: int, lang: Lang, with_year: bool) -> str:
    day = date.fromordinal(ordinal)
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日" if with_year else f"{day.month}月{day.day}日"
    short = f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{short} {day.year}" if with_year else short
