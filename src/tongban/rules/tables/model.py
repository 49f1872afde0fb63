"""What a decision table is made of, as its author writes it: columns, rows and a hit policy (DMN 1.5, 8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class HitPolicy(StrEnum):
    """Which of the rows that match give the outcome (DMN 1.5, 8.2.10)."""

    UNIQUE = "unique"
    """At most one row may match; two are a conflict."""
    ANY = "any"
    """Several may match if they all say the same; else it is a conflict."""
    FIRST = "first"
    """The first that matches, in the order of the table: for law that puts the exception before the rule."""
    PRIORITY = "priority"
    """The one whose outputs stand first among the outputs' allowed values."""
    COLLECT = "collect"
    """All, in no promised order."""
    SUM = "collect sum"
    MIN = "collect min"
    MAX = "collect max"
    COUNT = "collect count"
    RULE_ORDER = "rule order"
    """All, in the order of the table."""
    OUTPUT_ORDER = "output order"
    """All, in the order of the outputs' allowed values."""

    @classmethod
    def _missing_(cls, value: object) -> HitPolicy | None:
        """Also accepts DMN's letters (`U`, `C+`) and its spelling in capitals."""
        text = str(value).strip()
        return _LETTERS.get(text) or next((policy for policy in cls if policy.value == text.lower()), None)


_LETTERS = {
    "U": HitPolicy.UNIQUE,
    "A": HitPolicy.ANY,
    "F": HitPolicy.FIRST,
    "P": HitPolicy.PRIORITY,
    "C": HitPolicy.COLLECT,
    "C+": HitPolicy.SUM,
    "C<": HitPolicy.MIN,
    "C>": HitPolicy.MAX,
    "C#": HitPolicy.COUNT,
    "R": HitPolicy.RULE_ORDER,
    "O": HitPolicy.OUTPUT_ORDER,
}


@dataclass(frozen=True, slots=True)
class Literal:
    """An output that is a Python value as it stands, not FEEL text."""

    value: object


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions. `type` is FEEL's name; `values`, if any, are all that the cells may ask for."""

    expression: str
    label: str = ""
    type: str = "any"
    values: Sequence[object] = ()

    @property
    def title(self) -> str:
        """What people read above the column."""
        return self.label or self.expression


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results. `values` are the allowed ones, the highest priority first; `default` is the result
    when no row matches, as FEEL text or `Literal`."""

    name: str
    type: str = "any"
    values: Sequence[object] = ()
    default: str | Literal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: a cell for each input, as FEEL text or as YAML read it (see `cell_text`); an output for each
    output column, as FEEL text or `Literal`; the law it comes from."""

    cells: Sequence[object]
    outputs: Sequence[str | Literal]
    law: str | None = None
    note: str = ""
