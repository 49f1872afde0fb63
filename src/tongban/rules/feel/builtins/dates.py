"""Built-in functions on dates, times and durations (DMN 1.5, 10.3.4.1 and 10.3.4.7)."""

from __future__ import annotations

from decimal import Decimal

from tongban.rules.feel import temporal
from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.frame import Frame
from tongban.rules.feel.moments import NANOSECONDS, day_number
from tongban.rules.feel.signature import builtin
from tongban.rules.feel.values import Date, DateTime, DaysDuration, Time, Value, integer, number

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _whole(value: Decimal) -> int:
    """Raises `Undefined` for a number with a fraction: there is no month 2.5."""
    if value != value.to_integral_value():
        raise Undefined(Code.OUT_OF_RANGE)
    return integer(value)


def _date_of(moment: Date | DateTime) -> Date:
    return moment.date if isinstance(moment, DateTime) else moment


# --- making ----------------------------------------------------------------------------------------------


@builtin("date(from: string|date|date and time)")
def date_from(source: str | Date | DateTime) -> Value:
    return temporal.read(source, temporal.DATE_TEXTS) if isinstance(source, str) else _date_of(source)


@builtin("date(year: number, month: number, day: number)")
def date_of(year: Decimal, month: Decimal, day: Decimal) -> Value:
    return Date.of(_whole(year), _whole(month), _whole(day))


@builtin("time(from: string|time|date and time|date)")
def time_from(source: str | Time | DateTime | Date) -> Value:
    """The time of a date is the midnight in UTC that it stands for (10.3.2.9.4)."""
    match source:
        case str():
            return temporal.read(source, temporal.TIME_TEXTS)
        case Time():
            return source
        case DateTime(time=time):
            return time if time.zone is None else time.within(time.zone)
        case Date():
            return temporal.midnight(source).time


@builtin("time(hour: number, minute: number, second: number, offset?: days and time duration|null)")
def time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysDuration | None = None) -> Value:
    """The second may have a fraction, which is cut to nanoseconds; the offset must not."""
    seconds, rest = (None, 0) if offset is None else divmod(offset.nanoseconds, NANOSECONDS)
    if rest or second < 0:
        raise Undefined(Code.OUT_OF_RANGE)
    whole = integer(second)
    return Time.of(_whole(hour), _whole(minute), whole, int((second - whole) * NANOSECONDS), seconds)


@builtin("date and time(from: string|date|date and time)")
def date_and_time_from(source: str | Date | DateTime) -> Value:
    match source:
        case str():
            return temporal.read(source, temporal.DATE_TIME_TEXTS)
        case Date():
            return temporal.midnight(source)
        case DateTime():
            return source


@builtin("date and time(date: date|date and time, time: time)")
def date_and_time_of(date: Date | DateTime, time: Time) -> Value:
    return DateTime.of(_date_of(date), time)


@builtin("date and time(date: date|date and time, time: time, timezone: string)")
def date_and_time_in(date: Date | DateTime, time: Time, timezone: str) -> Value:
    """The time must not have an offset or zone of its own."""
    if time.offset is not None:
        raise Undefined(Code.TYPE_MISMATCH, "date and time()", str(time))
    return DateTime.of(_date_of(date), time.within(timezone))


@builtin("duration(from: string)")
def duration(source: str) -> Value:
    return temporal.read(source, temporal.DURATION_TEXTS)


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def years_and_months_duration(start: Date | DateTime, end: Date | DateTime) -> Value:
    return temporal.months_between(start, end)


# --- the clock -------------------------------------------------------------------------------------------


@builtin("now()", framed=True)
def now(frame: Frame) -> Value:
    """The moment that whoever runs the expression gave as now; no clock of a machine is ever read."""
    if not isinstance(frame.now, DateTime):
        raise Undefined(Code.NO_CLOCK, "now")
    return frame.now


@builtin("today()", framed=True)
def today(frame: Frame) -> Value:
    """The date of that moment, where it is."""
    if not isinstance(frame.now, DateTime):
        raise Undefined(Code.NO_CLOCK, "today")
    return frame.now.date


# --- where a date stands in its year and week ------------------------------------------------------------


@builtin("day of year(date: date|date and time)")
def day_of_year(moment: Date | DateTime) -> Value:
    date = _date_of(moment)
    return number(date.number - day_number(date.year, 1, 1) + 1)


@builtin("day of week(date: date|date and time)")
def day_of_week(moment: Date | DateTime) -> Value:
    return _WEEKDAYS[_date_of(moment).weekday - 1]


@builtin("month of year(date: date|date and time)")
def month_of_year(moment: Date | DateTime) -> Value:
    return _MONTHS[_date_of(moment).month - 1]


@builtin("week of year(date: date|date and time)")
def week_of_year(moment: Date | DateTime) -> Value:
    """The week of ISO 8601: weeks begin on Monday and belong to the year of their Thursday."""
    date = _date_of(moment)
    thursday = Date(date.number - date.weekday + 4)
    return number((thursday.number - day_number(thursday.year, 1, 1)) // 7 + 1)
