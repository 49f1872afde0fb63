"""The columns of one statement, on levels: a column reads those of lower levels only, and each level is one `SELECT`
over the one below. So nothing is computed twice, whatever the optimiser does, and independent columns of several
programs share a pass.

What nothing shown depends on is left out, and what is read in one place only is written there: every level and every
column costs planning, and a branch of a CASE is worked out only for the people in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .dialect import Dialect
from .nodes import OTHER, Kind, Scalar, Type


@dataclass(frozen=True, slots=True)
class Made:
    """A column: its SQL, the level it stands on, what to say about it, and a table of values to join, if any: rows
    of SQL (key, value) for the column `key`. A `cheap` one is worked out for all people at once faster than for some
    of them in the branches of a CASE."""

    name: str
    text: str
    level: int
    comment: str = ""
    key: str = ""
    values: tuple[tuple[str, str], ...] = ()
    cheap: bool = False


class Sheet:
    """All columns of a statement, by name. Level 0 is what the source gives."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.made: dict[str, Made] = {}
        mark = re.escape(dialect.mark)
        self._names = re.compile(f"'(?:[^']|'')*'|{mark}((?:[^{mark}]|{mark}{mark})*){mark}")

    def read(self, name: str) -> str:
        """A column as SQL."""
        return self.dialect.quote(name)

    def take(self, name: str, text: str) -> str:
        """Makes the column `name` of what the source gives."""
        self.made[name] = Made(name, text, 0)
        return name

    def make(self, name: str, text: str, comment: str = "", *, cheap: bool = False) -> str:
        """Makes the column `name`, on the level above all the columns that its text names."""
        self.made[name] = Made(name, text, self._above(text), comment, cheap=cheap)
        return name

    def join(self, name: str, key: str, values: tuple[tuple[str, str], ...], comment: str = "") -> str:
        """Makes a column whose value is looked up in a table of constants."""
        self.made[name] = Made(name, self.read(name), max(self._above(key), 1), comment, key, values)
        return name

    def needed(self, shown: Sequence[str], *, explained: bool = False) -> list[Made]:
        """The columns that the texts `shown` depend on, in order, each on the lowest level that it can stand on. Those
        that are read once are written where they are read; if `explained`, not those that something is said about."""
        made = self._live(shown)
        reads = Counter(name for one in made.values() for name in self._reads(one))
        results = {name for text in shown for name in self._mentioned(text)}
        written: dict[str, Made] = {}
        once: dict[str, str] = {}
        for name, one in made.items():
            one = replace(one, text=self._put(one.text, once), key=self._put(one.key, once))
            kept = not one.level or one.values or one.cheap or name in results or (explained and one.comment)
            if reads[name] == 1 and not kept:
                once[name] = one.text if _is_closed(one.text) else f"({one.text})"
                continue
            below = (written[other].level + 1 for other in self._reads(one))
            written[name] = replace(one, level=max(below, default=1) if one.level else 0)
        return list(written.values())

    def _live(self, shown: Iterable[str]) -> dict[str, Made]:
        """The columns that some texts depend on, in the order in which they were made."""
        live = {name for text in shown for name in self._mentioned(text)}
        for name, one in reversed(self.made.items()):
            if name in live:
                live.update(self._reads(one))
        return {name: one for name, one in self.made.items() if name in live}

    def _reads(self, one: Made) -> list[str]:
        """The columns that a column reads, as often as it does."""
        if not one.level:
            return []
        return self._mentioned(one.key if one.values else one.text)

    def _mentioned(self, text: str) -> list[str]:
        mark = self.dialect.mark
        found = (name.replace(mark * 2, mark) for name in self._names.findall(text) if name)  # no name: a text
        return [name for name in found if name in self.made]

    def _put(self, text: str, once: dict[str, str]) -> str:
        """`text` with the columns `once` written out."""
        mark = self.dialect.mark

        def written(found: re.Match[str]) -> str:
            return once.get(found[1].replace(mark * 2, mark), found[0]) if found[1] else found[0]

        return self._names.sub(written, text) if once else text

    def _above(self, text: str) -> int:
        return max((self.made[name].level + 1 for name in self._mentioned(text)), default=0)


def _is_closed(text: str) -> bool:
    """Whether a text may stand anywhere as it is: a CASE, or all of it in one pair of brackets."""
    if text.startswith("CASE ") and text.endswith(" END"):
        return text.count("CASE ") == 1
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return letter == ")" and place == len(text) - 1
    return False


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
