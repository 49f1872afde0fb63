"""The columns of one statement, on levels: a column reads those of lower levels only, and each level is one `SELECT`
over the one below. So nothing is computed twice, whatever the optimiser does, and independent columns of several
programs share a pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .dialect import Dialect
from .nodes import OTHER, Kind, Scalar, Type


@dataclass(frozen=True, slots=True)
class Made:
    """A column: its SQL, the level it stands on, what to say about it, and a table of values to join, if any: rows
    of SQL (key, value) for the column `key`."""

    name: str
    text: str
    level: int
    comment: str = ""
    key: str = ""
    values: tuple[tuple[str, str], ...] = ()


class Sheet:
    """All columns of a statement, by name. Level 0 is what the source gives."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.made: dict[str, Made] = {}
        mark = re.escape(dialect.mark)
        self._names = re.compile(f"{mark}((?:[^{mark}]|{mark}{mark})*){mark}")

    def read(self, name: str) -> str:
        """A column as SQL."""
        return self.dialect.quote(name)

    def take(self, name: str, text: str) -> str:
        """Makes the column `name` of what the source gives."""
        self.made[name] = Made(name, text, 0)
        return name

    def make(self, name: str, text: str, comment: str = "") -> str:
        """Makes the column `name`, on the level above all the columns that its text names."""
        self.made[name] = Made(name, text, self._above(text), comment)
        return name

    def join(self, name: str, key: str, values: tuple[tuple[str, str], ...], comment: str = "") -> str:
        """Makes a column whose value is looked up in a table of constants."""
        self.made[name] = Made(name, self.read(name), max(self._above(key), 1), comment, key, values)
        return name

    def _above(self, text: str) -> int:
        mark = self.dialect.mark
        found = (self.made.get(name.replace(mark * 2, mark)) for name in self._names.findall(text))
        return max((made.level + 1 for made in found if made is not None), default=0)


def quoted(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def literal(value: Scalar, of: Type, dialect: Dialect) -> str:
    """A constant as SQL."""
    if value is None:
        return f"CAST(NULL AS {dialect.column_type(of)})"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return quoted(value)
    return f"DATE '{date.fromordinal(value).isoformat()}'" if of.kind is Kind.DATE else str(value)


def among(value: str, numbers: Iterable[int]) -> str:
    """Whether a whole number is one of `numbers`, neighbours as one range.

    There is no `IN` in these statements: DuckDB 2.0 takes seconds to plan an aggregate over a few dozen of them."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    tests = [f"{value} = {low}" if low == high else f"{value} BETWEEN {low} AND {high}" for low, high in runs]
    return f"({' OR '.join(tests)})"


LISTED = 250
"""A list of constants is no longer than this; a much longer one would cost more than it saves."""
_PLACE = 255
"""Turns a negative number into a place behind the end of every list."""


def by_row(row: str, results: Sequence[str], dialect: Dialect) -> str:
    """What each row of a table says; null where no row counts (0, and the negative numbers for why).

    One look into a list of constants, where a ladder of conditions would look at every one. No item of a list is a
    null: DuckDB then knows the bounds of what comes out, and does not check sums and products of it for overflow,
    which takes it several times as long as to add and to multiply."""
    return dialect.pick(results, f"({row} & {_PLACE})")


def by_code(code: str, values: Sequence[str], dialect: Dialect) -> str:
    """What stands for each code from 0 on; null for `OTHER`."""
    return dialect.pick(values, f"(CAST({code} AS INTEGER) & {_PLACE}) + 1")


def by_any_code(code: str, values: Sequence[str], dialect: Dialect) -> str:
    """What stands for each code from `OTHER` on, which comes first."""
    return dialect.pick(values, f"CAST({code} AS INTEGER) + {1 - OTHER}")  # 8 bits have no room for the sum
