"""The population: where its facts are, and how its columns become what programs read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .dialect import Dialect
from .nodes import OTHER, Kind, Scalar, Type
from .sheet import literal, quoted


@dataclass(frozen=True, slots=True)
class Stored:
    """A column of the population.

    coded   for a choice: the column holds its code (its place in `Type.values`), not its text
    scale   for a number: the column holds whole numbers, of this many decimals (cents: 2); None: the number itself
    """

    column: str
    coded: bool = False
    scale: int | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fact that has one value for everybody, as `nodes` writes values (cents, ordinals, codes); not null."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Source:
    """The population: SQL of a relation (`read_parquet('people.parquet')`), the name of its key column, and whether
    its values are known to be within the bounds of their types: then they are not checked again. `carried` are further
    columns that the result repeats, for reports; no rule reads them."""

    relation: str
    key: str
    checked: bool = False
    carried: tuple[str, ...] = ()


def decode(stored: Stored, of: Type, dialect: Dialect, *, checked: bool) -> str:
    """A column of the source as the programs read it; what the type cannot hold is null."""
    column = f"src.{dialect.quote(stored.column)}"
    match of.kind:
        case Kind.CODE if not stored.coded:
            cases = " ".join(f"WHEN {quoted(text)} THEN {code}" for code, text in enumerate(of.values))
            return f"CASE {column} {cases} WHEN '' THEN NULL ELSE CASE WHEN {column} IS NOT NULL THEN {OTHER} END END"
        case Kind.TEXT:
            return f"NULLIF({column}, '')"
        case Kind.NUMBER:
            number = _whole(stored, of, column)
            outside = None if checked else fault(stored, of, dialect)
            return number if outside is None else f"CASE WHEN {outside} THEN NULL ELSE {number} END"
        case _:
            return column


def _whole(stored: Stored, of: Type, column: str) -> str:
    """A number as the whole number that stands for it."""
    if stored.scale is None:
        return f"CAST({column} * {10**of.scale} AS BIGINT)" if of.scale else column
    factor = 10 ** (of.scale - stored.scale)
    return column if factor == 1 else f"(CAST({column} AS BIGINT) * {factor})"


def fault(stored: Stored, of: Type, dialect: Dialect) -> str | None:
    """When a value of the source is not what its type can hold; None if it always is."""
    column = f"src.{dialect.quote(stored.column)}"
    low, high = (OTHER, len(of.values) - 1) if of.kind is Kind.CODE else (of.low, of.high)
    checked = of.kind in (Kind.NUMBER, Kind.DATE) or (of.kind is Kind.CODE and stored.coded)
    if not checked or low is None or high is None:
        return None
    unit = of.scale if stored.scale is None else of.scale - stored.scale
    if of.kind is not Kind.NUMBER or not unit:
        return f"{column} < {literal(low, of, dialect)} OR {column} > {literal(high, of, dialect)}"
    outside = f"{column} < {_decimal(low, unit)} OR {column} > {_decimal(high, unit)}"
    if stored.scale is not None:
        return outside
    return f"{outside} OR CAST({column} * {10**unit} AS BIGINT) <> {column} * {10**unit}"


def _decimal(whole: int, scale: int) -> str:
    """A whole number of `scale` decimals as a decimal number."""
    return f"{Decimal(whole).scaleb(-scale):f}"
