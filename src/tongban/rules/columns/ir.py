"""Programs: the typed language between rules and columns.

One `Program` becomes SQL for a population and a Python function for one case; both must give what
`tongban.catalog.assess` gives. What a value is, and what null means, is said in `nodes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tongban.rules.tables.model import HitPolicy

from .nodes import Expr, Type


@dataclass(frozen=True, slots=True)
class Wait:
    """While a name is unknown it waits for what those of `names` that have no value wait for."""

    condition: Expr | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Define:
    """A name given a value: a derived fact, an asked fact that applies under a condition, the situation.

    value    null wherever the name is unknown or inapplicable, whatever `applies` says
    applies  whether the fact applies: false makes an absent value inapplicable, true or null makes it unknown;
             None: it always applies
    waits    which facts an unknown value waits for: of those entries whose condition holds (or is None) the first
             one that waits for any fact; none: it waits for nothing that a person could tell
    text     the FEEL text, for comments
    """

    name: str
    value: Expr
    type: Type
    applies: Expr | None
    waits: tuple[Wait, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from `low` to `high`, both included; None: without limit."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Anything:
    """`-`: passes every value, and null."""


@dataclass(frozen=True, slots=True)
class Within:
    """Passes the values in one of `spans` (sorted, disjoint), or if `negated` those in none; booleans count as 0 and
    1. `null` is the verdict on null: passes, fails, or cannot be told."""

    spans: tuple[Span, ...]
    negated: bool
    null: bool | None


@dataclass(frozen=True, slots=True)
class OneOf:
    """Passes one of `texts`, or if `negated` any other text; `null` as in `Within`."""

    texts: tuple[str, ...]
    negated: bool
    null: bool | None


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition over any names: passes, fails, or (null) cannot be told."""

    condition: Expr


Test: TypeAlias = Anything | Within | OneOf | Holds


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with the names it depends on.

    It *passes*, *fails*, or is *open*. It is open if one of `opens` is unknown (whatever the test says, `-` aside),
    or if its test cannot be told. A row that has a failing cell is out; else it is open if it has an open cell, and
    then waits for all the names in `waits` of its open cells; else it matches.
    """

    test: Test
    opens: tuple[str, ...]
    waits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """What the cells of a column test. `value` is null where it cannot be told."""

    value: Expr
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. `number` counts from 1; `results` are null where the FEEL expression is."""

    number: int
    cells: tuple[Cell, ...]
    results: tuple[Expr, ...]
    law: str
    note: str


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Decide:
    """A decision table.

    Let *matching* and *open* rows be as `Cell` says. The table is **unsettled** if a row is open; with hit policy
    FIRST only if an open row stands before the first matching one, or none matches. While unsettled all outputs are
    unknown. Settled:

    UNIQUE    one matching row gives the outputs; several are a *conflict*
    ANY       the first matching row, if all of them give the same; else a conflict
    FIRST     the first matching row
    PRIORITY  the matching row that stands first in `order`
    SUM, MIN, MAX, COUNT   over the matching rows; null if one of their results is; the count of none is 0

    With no matching row, or in conflict, outputs are null (unknown, waiting for nothing). An output that is null
    waits for what the names in `waits` of the open cells of the open rows wait for, also if the table is settled.
    """

    name: str
    title: str
    hit: HitPolicy
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    outputs: tuple[Output, ...]
    order: tuple[int, ...] = ()
    """For PRIORITY the numbers of the rows, the most important first."""


Step: TypeAlias = Define | Decide

UNSETTLED, NO_ROW, CONFLICT = -1, 0, -2
"""What stands in the place of a row's number."""


# --- programs --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `bit` is its place in the mask of missing facts; None for a constant of the run (the day) that is
    never missing. A fact that applies under a condition only is an input under the name `raw(name)`; a `Define` step
    then gives the fact itself."""

    name: str
    type: Type
    bit: int | None

    @property
    def fact(self) -> str:
        """The name of the fact."""
        return self.name.removesuffix(RAW)


RAW = " given"


def raw(name: str) -> str:
    """The name of an input as it was given, where a step decides whether it applies."""
    return f"{name}{RAW}"


OUTCOMES = ("unknown", "eligible", "not-yet", "no", "ask-official", "not-needed")
"""The outcome of a service; its code is its place here."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How steps become an outcome, as `tongban.catalog.assess` does it:

    1. `not_needed` is true: the outcome is "not-needed"; the table is not looked at and no fact is missing.
    2. The table is unsettled and its open rows wait for some fact: "unknown"; those facts are missing.
    3. It is unsettled, has no row or a conflict: "ask-official".
    4. Else what the (first) matching row says: `outcomes[row - 1]`.

    Only where that is "eligible" do the steps of `Program.later` run; missing are then the facts that those outputs of
    `amounts` wait for that have no value.

    The rules are **determined** if no fact is missing, the outcome is neither "unknown" nor "ask-official", and every
    table that ran (besides this one) is settled with a row (or rows) that match.
    """

    not_needed: Expr | None
    table: Decide
    outcomes: tuple[str, ...]
    amounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """Rules over typed inputs: `first` in order, then `verdict`, then `later` for those who are eligible.

    digest   SHA-256 of the service or model that this was made from
    outputs  names whose values are wanted besides the rows of the tables
    """

    name: str
    digest: str
    inputs: tuple[Field, ...]
    first: tuple[Step, ...]
    verdict: Verdict | None
    later: tuple[Step, ...]
    outputs: tuple[str, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in the order in which they may be run."""
        middle = () if self.verdict is None else (self.verdict.table,)
        return (*self.first, *middle, *self.later)
