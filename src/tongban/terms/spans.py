"""Words, refusals and spans of time: the small vocabulary the rest of this package speaks."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

Lang: TypeAlias = Literal["zh", "en"]


class Text(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str


Words: TypeAlias = str | Text
"""A bare ``str`` reads the same in both languages (a citation, a proper name)."""


def say(words: Words, lang: Lang) -> str:
    if isinstance(words, str):
        return words
    return words.zh if lang == "zh" else words.en


class TermError(Exception):
    """A refusal: ``code`` is stable and kebab-case; ``zh`` and ``en`` say what is wrong and what to do."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en


class Unit(StrEnum):
    """How a statute counts. Never guessed: 行政许可法 82 counts working days, 居住证暂行条例 calendar days."""

    ON_THE_SPOT = "on-the-spot"
    MINUTE = "minute"
    HOUR = "hour"
    CALENDAR_DAY = "calendar-day"
    WORKING_DAY = "working-day"
    MONTH = "month"
    YEAR = "year"


# The unit that two spans must share to be added or compared, and how many of it one unit holds.
_MEASURE: dict[Unit, tuple[Unit, int]] = {
    Unit.ON_THE_SPOT: (Unit.CALENDAR_DAY, 1),
    Unit.MINUTE: (Unit.MINUTE, 1),
    Unit.HOUR: (Unit.MINUTE, 60),
    Unit.CALENDAR_DAY: (Unit.CALENDAR_DAY, 1),
    Unit.WORKING_DAY: (Unit.WORKING_DAY, 1),
    Unit.MONTH: (Unit.MONTH, 1),
    Unit.YEAR: (Unit.MONTH, 12),
}

# Length in calendar days, for comparing spans of unlike units in a lint rule; never for a due date.
_ROUGH_DAYS: dict[Unit, float] = {
    Unit.ON_THE_SPOT: 0.0,
    Unit.MINUTE: 1 / 1440,
    Unit.HOUR: 1 / 24,
    Unit.CALENDAR_DAY: 1.0,
    Unit.WORKING_DAY: 7 / 5,
    Unit.MONTH: 365.25 / 12,
    Unit.YEAR: 365.25,
}

_ZH: dict[Unit, str] = {
    Unit.ON_THE_SPOT: "当场",
    Unit.MINUTE: "分钟",
    Unit.HOUR: "小时",
    Unit.CALENDAR_DAY: "日",
    Unit.WORKING_DAY: "个工作日",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
}

_EN: dict[Unit, str] = {
    Unit.ON_THE_SPOT: "on the spot",
    Unit.MINUTE: "minute",
    Unit.HOUR: "hour",
    Unit.CALENDAR_DAY: "calendar day",
    Unit.WORKING_DAY: "working day",
    Unit.MONTH: "month",
    Unit.YEAR: "year",
}

_ON_THE_SPOT = frozenset({"on-the-spot", "on the spot", "当场", "即时", "即办", "立即"})
_WRITTEN: dict[str, Unit] = {
    "minute": Unit.MINUTE,
    "hour": Unit.HOUR,
    "calendar-day": Unit.CALENDAR_DAY,
    "working-day": Unit.WORKING_DAY,
    "month": Unit.MONTH,
    "year": Unit.YEAR,
    "分钟": Unit.MINUTE,
    "小时": Unit.HOUR,
    "日": Unit.CALENDAR_DAY,
    "天": Unit.CALENDAR_DAY,
    "自然日": Unit.CALENDAR_DAY,
    "日历日": Unit.CALENDAR_DAY,
    "工作日": Unit.WORKING_DAY,
    "月": Unit.MONTH,
    "年": Unit.YEAR,
}
_SPAN = re.compile(r"([0-9]{1,5})\s*个?\s*(\D+)")


def count_text(amount: int, unit: Unit, lang: Lang) -> str:
    """``20个工作日`` / ``20 working days``."""
    if unit is Unit.ON_THE_SPOT:
        return _ZH[unit] if lang == "zh" else _EN[unit]
    if lang == "zh":
        return f"{amount}{_ZH[unit]}"
    return f"{amount} {_EN[unit]}{'' if amount == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in one stated unit; ``amount`` is at least 1, and 0 exactly for on-the-spot."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if (self.amount == 0) is not (self.unit is Unit.ON_THE_SPOT) or self.amount < 0:
            raise TermError(
                "span-amount",
                f"期限长度须为正整数（当场办结为0），不能是{self.amount}",
                f"A span is a positive whole number (0 only on the spot), not {self.amount}",
            )

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read ``20 working-days``, ``1 month``, ``on-the-spot``, ``20个工作日``, ``15日``, ``24小时``.

        Chinese 日 and 天 are calendar days. A bare English "days" is refused: the law's two kinds of day
        must not be confused. Raises TermError ``span-unreadable``, ``span-day-ambiguous`` or ``span-amount``.
        """
        clean = text.strip().lower()
        if clean in _ON_THE_SPOT:
            return cls(0, Unit.ON_THE_SPOT)
        match = _SPAN.fullmatch(clean)
        name = match[2].strip().replace(" ", "-") if match else ""
        if name in ("day", "days"):
            raise TermError(
                "span-day-ambiguous",
                f"“{text}”没有说明是工作日还是日历日，请写 working-days 或 calendar-days",
                f"“{text}” does not say which days; write working-days or calendar-days",
            )
        unit = _WRITTEN.get(name) or _WRITTEN.get(name.removesuffix("s"))
        if match is None or unit is None:
            raise TermError(
                "span-unreadable",
                f"无法识别的期限“{text}”，请写成如“20个工作日”“15日”“24小时”“3个月”“当场”",
                f"Cannot read the span “{text}”; write e.g. 20 working-days, 24 hours, 3 months, on-the-spot",
            )
        return cls(int(match[1]), unit)

    def text(self, lang: Lang) -> str:
        return count_text(self.amount, self.unit, lang)

    def measure(self) -> tuple[Unit, int]:
        """The span in the unit it can be added and compared in: minutes, calendar days, working days, months."""
        unit, size = _MEASURE[self.unit]
        return unit, self.amount * size

    @property
    def rough_days(self) -> float:
        """About how many calendar days: for comparing a promise with a statute in a lint rule, never for a date."""
        return self.amount * _ROUGH_DAYS[self.unit]


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` later (or earlier); a month that lacks it ends on its last day.

    民法典 202: 到期月的对应日；没有对应日的，月末日 [M: article cited from memory].
    Raises TermError ``beyond-the-calendar`` outside the years 1–9999.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise TermError("beyond-the-calendar", "期限超出公历范围", "The span leaves the calendar")
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))
