"""From facts as people give them (decimals, days, texts) to the whole numbers of the typed language, and exactly.

A number of a small range is looked up, which also tells at once that it is one of those that the rules allow.
"""

from __future__ import annotations

import ast
import datetime
from decimal import Decimal

from tongban.rules.columns.ir import Field
from tongban.rules.columns.nodes import OTHER, Kind, Type
from tongban.rules.feel.values import CONTEXT, DaysDuration, MonthsDuration

from . import build as py
from .writer import Writer

WIDEST_LOOK_UP = 1_024
"""Numbers that a look-up may hold: wider ranges are calculated."""

NANOSECONDS_A_DAY = 86_400 * 1_000_000_000


class OutOfDomain(ValueError):
    """A fact that the program has no number for: outside the bounds of its type, or finer than its scale. The rules
    still decide it in the interpreter. `fact` is its name."""

    def __init__(self, fact: str, value: object) -> None:
        super().__init__(f"{fact} = {value!r}")
        self.fact = fact


def scalar(field: Field, value: object) -> bool | int | str | datetime.date | None:
    """One fact as generated code takes it; an empty text is unknown. Raises `OutOfDomain`."""
    if value is None or value == "":
        return None
    of = field.type
    match of.kind, value:
        case Kind.BOOLEAN, bool():
            return value
        case Kind.TEXT, str():
            return value
        case Kind.CODE, str():
            return of.values.index(value) if value in of.values else OTHER
        case Kind.DATE, datetime.date():
            return value
        case Kind.NUMBER, Decimal() | int() if not isinstance(value, bool):
            return _bounded(field, value, _whole(field, value))
        case Kind.MONTHS, MonthsDuration(months=months):
            return _bounded(field, value, months)
        case Kind.DAYS, DaysDuration(nanoseconds=nanoseconds) if nanoseconds % NANOSECONDS_A_DAY == 0:
            return _bounded(field, value, nanoseconds // NANOSECONDS_A_DAY)
        case _:
            raise OutOfDomain(field.fact, value)


def _whole(field: Field, value: Decimal | int) -> int:
    try:
        over, under = value.as_integer_ratio()
    except (ValueError, OverflowError):  # not a number, infinity
        raise OutOfDomain(field.fact, value) from None
    whole, rest = divmod(over * 10**field.type.scale, under)
    if rest:
        raise OutOfDomain(field.fact, value)
    return whole


def _bounded(field: Field, value: object, whole: int) -> int:
    low, high = field.type.low, field.type.high
    if (low is not None and whole < low) or (high is not None and whole > high):
        raise OutOfDomain(field.fact, value)
    return whole


def write_reading(writer: Writer, local: str, field: Field) -> list[ast.stmt]:
    """Statements that put the fact `f[…]` into `local`. A fact that is none of the plain cases raises an exception of
    any kind: then `scalar` says what is wrong with it."""
    fact = py.item(py.load("f"), py.const(field.fact))
    of = field.type
    match of.kind:
        case Kind.CODE:
            places = writer.constant({None: None, "": None} | {text: code for code, text in enumerate(of.values)})
            return [py.assign(local, py.method(places, "get", fact, py.const(OTHER)))]
        case Kind.NUMBER if of.low is not None and of.high is not None and of.high - of.low < WIDEST_LOOK_UP:
            numbers: dict[Decimal | None, int | None] = {None: None}
            numbers |= {Decimal(whole).scaleb(-of.scale, CONTEXT): whole for whole in range(of.low, of.high + 1)}
            return [py.assign(local, py.item(writer.constant(numbers), fact))]
        case Kind.NUMBER:
            over, under = writer.fresh(), writer.fresh()
            factors = {d: 10**of.scale // d for d in _divisors(of.scale)}
            ratio = py.method(py.load(local), "as_integer_ratio")
            whole = py.binary(py.load(over), ast.Mult(), py.item(writer.constant(factors), py.load(under)))
            return [
                py.assign(local, fact),
                *py.when(
                    py.not_(py.is_none(py.load(local))),
                    [py.unpack([over, under], ratio), py.assign(local, whole), *_check(local, of)],
                ),
            ]
        case Kind.BOOLEAN | Kind.TEXT | Kind.DATE | Kind.MONTHS | Kind.DAYS:
            if of.kind in (Kind.BOOLEAN, Kind.DATE):
                return [py.assign(local, fact)]
            return [py.assign(local, py.call("scalar", writer.constant(field), fact))]


def _check(local: str, of: Type) -> list[ast.stmt]:
    value = py.load(local)
    tests = [
        py.compare(value, op, py.const(end)) for op, end in ((ast.Lt(), of.low), (ast.Gt(), of.high)) if end is not None
    ]
    return py.when(py.any_of(tests), [ast.Raise(py.load("KeyError"), None)])


def _divisors(scale: int) -> list[int]:
    return [2**a * 5**b for a in range(scale + 1) for b in range(scale + 1)]
