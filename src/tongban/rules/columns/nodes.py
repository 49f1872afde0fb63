"""Typed expressions over columns: everything has a type with bounds, and every null has a meaning.

All values are scalars, and all scalars but texts are whole numbers:

=========== ==========================================================================================
boolean     `bool`
number      `int`, the number times 10 to the power of `Type.scale` (money: cents, scale 2)
date        `int`, the ordinal of the day (`datetime.date.toordinal`)
months      `int`, a years and months duration
days        `int`, a days and time duration of whole days
code        `int`, the place of a text in `Type.values`; `OTHER` for a text that is not among them
text        `str`, never empty
=========== ==========================================================================================

**Null.** A name that has no value is null. It is then either *inapplicable* (the `when` of the fact is false) or
*unknown* (anything else). Expressions see null only; `Unknown(name)` tells the two apart. Unless its docstring says
otherwise an expression is null where one of its operands is ("strict"). An expression that must not be looked at
while a fact is unknown is wrapped in `Guard`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

OTHER = -1
"""The code of a text that is not among `Type.values`: it equals none of them."""

Scalar: TypeAlias = bool | int | str | None


class Kind(StrEnum):
    BOOLEAN = "boolean"
    NUMBER = "number"
    DATE = "date"
    MONTHS = "months"
    DAYS = "days"
    CODE = "code"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Type:
    """What a value may be. `low` and `high` bound the whole number that stands for it, both included; None: no bound
    (booleans and texts have none). `values` are the texts of a `code`."""

    kind: Kind
    low: int | None = None
    high: int | None = None
    scale: int = 0
    values: tuple[str, ...] = ()


BOOLEAN = Type(Kind.BOOLEAN)
TEXT = Type(Kind.TEXT)
DATE = Type(Kind.DATE, 1, 3_652_059)
"""Every day of the years 1 to 9999."""


# --- expressions -----------------------------------------------------------------------------------------


class Comparison(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="


FLIPPED: dict[Comparison, Comparison] = {
    Comparison.EQUAL: Comparison.EQUAL,
    Comparison.UNEQUAL: Comparison.UNEQUAL,
    Comparison.LESS: Comparison.GREATER,
    Comparison.AT_MOST: Comparison.AT_LEAST,
    Comparison.GREATER: Comparison.LESS,
    Comparison.AT_LEAST: Comparison.AT_MOST,
}
"""The comparison with its operands changed over."""


class Rounding(StrEnum):
    HALF_EVEN = "half even"
    HALF_UP = "half up"
    """Half away from zero."""
    HALF_DOWN = "half down"
    """Half towards zero."""
    UP = "up"
    """Away from zero."""
    DOWN = "down"
    """Towards zero."""
    FLOOR = "floor"
    CEILING = "ceiling"


class Part(StrEnum):
    """Whole numbers that are read off a value."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    WEEKDAY = "weekday"
    """Of a date: Monday is 1, Sunday 7."""
    YEARS = "years"
    """Of months: complete years, towards zero."""
    MONTHS = "months"
    """Of months: what is left of them after `years`, with the sign of the duration."""


@dataclass(frozen=True, slots=True)
class Const:
    value: Scalar
    type: Type


@dataclass(frozen=True, slots=True)
class Ref:
    """The value of an input or of an earlier step; null while unknown, and null where inapplicable."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Unknown:
    """Whether `name` is unknown: it has no value, and is not inapplicable. Never null itself."""

    name: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether there is no value. Never null itself."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Compare:
    """Two operands of one kind (numbers: of one scale; codes: of the same values). Null if either is null.

    Codes are compared for (in)equality only, and one of the two is always a constant that is not `OTHER`."""

    op: Comparison
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Same:
    """FEEL's equality of two operands of one kind: null equals null and nothing else. Never null itself."""

    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class And:
    """Kleene: one false decides; else one null leaves it null."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene: one true decides; else one null leaves it null."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expr


@dataclass(frozen=True, slots=True)
class If:
    """A condition that is null counts as false, as in FEEL: then the value is `otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Guard:
    """`operand`, but null while one of `names` is unknown."""

    names: tuple[str, ...]
    operand: Expr


class Arithmetic(StrEnum):
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"


@dataclass(frozen=True, slots=True)
class Calculate:
    """Exact arithmetic on the whole numbers that stand for the operands.

    `+` and `-` of two numbers of one scale, of two months, of two days, of a date and days, of two dates (giving
    days); `*` of two numbers (the scales add up) or of a duration and a whole number. Bounds are in `type`."""

    op: Arithmetic
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Rescale:
    """A number with a larger scale: the whole number times a power of ten."""

    operand: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Quotient:
    """`left / right` of two numbers, rounded to `type.scale` digits behind the point; null if `right` is zero.

    With n and d the whole numbers, it is round(n * 10^(type.scale + right.scale - left.scale) / d), the power moved
    to the divisor where negative. To round a number, divide it by the constant 1 of scale 0."""

    left: Expr
    right: Expr
    rounding: Rounding
    type: Type


@dataclass(frozen=True, slots=True)
class Modulo:
    """What is left of division towards the lower number: it has the sign of `right`; null if that is zero. Both
    numbers have one scale."""

    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or greatest of numbers of one scale, of dates or of durations of one kind; null if one is null."""

    items: tuple[Expr, ...]
    greatest: bool
    type: Type


@dataclass(frozen=True, slots=True)
class StartsWith:
    operand: Expr
    prefix: str


@dataclass(frozen=True, slots=True)
class Substring:
    """`length` characters (None: all) from the one numbered `start`, counted from 1; null if the text is shorter than
    `start`."""

    operand: Expr
    start: int
    length: int | None


@dataclass(frozen=True, slots=True)
class MonthsBetween:
    """The complete months from one date to another, negative if the second is earlier: FEEL's `years and months
    duration(from, to)`. From 29 February 2024 to 28 February 2025 it is 11."""

    start: Expr
    end: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class AddMonths:
    """The same day of the month `months` later, or that month's last day if it is shorter; null outside the years 1
    to 9999."""

    date: Expr
    months: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class PartOf:
    """A part of a date or of months, as a number of scale 0."""

    part: Part
    operand: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class DateOf:
    """The day of a year, month and day (numbers of scale 0); null if there is none."""

    year: Expr
    month: Expr
    day: Expr


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a parameter: for a category (a code, a text or a whole number; None: for all), on the days
    [since, until), which are ordinals; None: without limit."""

    category: int | str | None
    since: int | None
    until: int | None
    value: Scalar


@dataclass(frozen=True, slots=True)
class Lookup:
    """The value of a parameter of the law by category and day: the first entry that fits. Null if none fits, or if
    `category` or `day` is null; each is None where no entry asks for it."""

    parameter: str
    category: Expr | None
    day: Expr | None
    entries: tuple[Entry, ...]
    type: Type


Expr: TypeAlias = (
    Const
    | Ref
    | Unknown
    | IsNull
    | Compare
    | Same
    | And
    | Or
    | Not
    | If
    | Guard
    | Calculate
    | Rescale
    | Quotient
    | Modulo
    | Extreme
    | StartsWith
    | Substring
    | MonthsBetween
    | AddMonths
    | PartOf
    | DateOf
    | Lookup
)
