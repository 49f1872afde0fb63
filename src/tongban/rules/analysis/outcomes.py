"""What the rows of a table say, so that two of them can be compared without running them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tongban.rules.feel.builtins import BUILTINS
from tongban.rules.feel.dialect import equal
from tongban.rules.feel.errors import RuleSyntaxError
from tongban.rules.feel.parser import parse_expression
from tongban.rules.feel.syntax import Node
from tongban.rules.feel.text import feel_text
from tongban.rules.feel.values import Value, is_context, is_list, to_feel
from tongban.rules.tables.hit import RANKED
from tongban.rules.tables.model import Literal
from tongban.rules.tables.table import Table

from .constants import constant


@dataclass(frozen=True, slots=True)
class Spoken:
    """One output of one row: its value, unless it is `computed` from facts. `tree` is its formula, if it has one."""

    value: Value
    computed: bool
    text: str
    tree: Node | None = None

    @property
    def key(self) -> object:
        """Equal for outputs that certainly say the same."""
        if self.computed:
            return "formula", self.text
        plain = not (is_list(self.value) or is_context(self.value))
        return type(self.value), self.value if plain else feel_text(self.value)


def spoken(table: Table) -> tuple[tuple[Spoken, ...], ...]:
    """For each row what it says, output by output."""
    names = frozenset(table.cells[0][0].layout.known if table.cells else ())
    return tuple(tuple(_spoken(output, names) for output in row.outputs) for row in table.rows)


def _spoken(output: str | Literal, names: frozenset[str]) -> Spoken:
    if isinstance(output, Literal):
        value = to_feel(output.value)
        return Spoken(value, False, feel_text(value))
    return _read(output, names)


@lru_cache(maxsize=20_000)
def _read(text: str, names: frozenset[str]) -> Spoken:
    try:
        node = parse_expression(text, names, BUILTINS)
    except RuleSyntaxError:  # it needs the names of a model around the table
        return Spoken(None, True, " ".join(text.split()))
    known = constant(node)
    if known is not None:
        return Spoken(known[0], False, text, node)
    return Spoken(None, True, " ".join(text.split()), node)


def keys(said: Sequence[Sequence[Spoken]]) -> tuple[int, ...]:
    """For each row a number that is the same for rows that certainly say the same."""
    numbers: dict[tuple[object, ...], int] = {}
    return tuple(numbers.setdefault(tuple(one.key for one in row), len(numbers)) for row in said)


def ranks(table: Table, said: Sequence[Sequence[Spoken]]) -> tuple[tuple[int, ...], ...] | None:
    """For each row its rank, the least preferred first by hit policy; None where a formula decides it, or where the
    policy ranks nothing."""
    if table.hit not in RANKED or any(one.computed for row in said for one in row):
        return None
    allowed = [[to_feel(value) for value in output.values] for output in table.outputs]

    def place(value: Value, order: Sequence[Value]) -> int:
        return next((index for index, one in enumerate(order) if equal(value, one)), len(order))

    return tuple(tuple(place(one.value, order) for one, order in zip(row, allowed, strict=True)) for row in said)
