"""The benefit model as a typed program: every table and formula taken from `benefit.dmn`, none written twice."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache
from pathlib import Path

from tongban.rules import Output, Row
from tongban.rules.columns.build import Builder
from tongban.rules.columns.ir import Program
from tongban.rules.columns.nodes import BOOLEAN, Kind, Type
from tongban.rules.dmn.model import Decision, DecisionTable, LiteralExpression
from tongban.rules.dmn.read import read_model

from .population import OWNERSHIPS, REGIONS

FILE = Path(__file__).with_name("benefit.dmn")
AMOUNTS = ("elderly", "unemployment", "housing", "disability", "child", "veteran", "top_up", "total")
"""What is asked of the model, besides the rows."""


def _number(low: int, high: int, scale: int = 0) -> Type:
    return Type(Kind.NUMBER, low * 10**scale, high * 10**scale, scale)


def _days(first: date, last: date) -> Type:
    return Type(Kind.DATE, first.toordinal(), last.toordinal())


def _codes(values: tuple[str, ...]) -> Type:
    return Type(Kind.CODE, 0, len(values) - 1, values=values)


TYPES: dict[str, Type] = {
    "region": _codes(REGIONS),
    "birth_date": _days(date(1890, 1, 1), date(2099, 12, 31)),
    "low_income": BOOLEAN,
    "income": _number(0, 10_000_000, scale=2),
    "household_size": _number(1, 12),
    "ownership": _codes(OWNERSHIPS),
    "floor_area": _number(0, 1_000, scale=1),
    "months_paid": _number(0, 720),
    "unemployed": BOOLEAN,
    "disability_grade": _number(0, 4),
    "needs_care": BOOLEAN,
    "infants": _number(0, 6),
    "service_years": _number(0, 60),
}
"""The 13 columns with the bounds that the model states, and the digits that a register keeps."""
AS_OF = _days(date(2020, 1, 1), date(2099, 12, 31))


@lru_cache(maxsize=1)
def program() -> Program:
    """The model over the 13 columns and the day `as_of`."""
    data = FILE.read_bytes()
    model = read_model(data, FILE.name)
    builder = Builder("benefit", hashlib.sha256(data).hexdigest())
    builder.constant("as_of", AS_OF)
    for name, of in TYPES.items():
        builder.input(name, of)
    for decision in model.decisions:
        _step(builder, decision)
    return builder.program(AMOUNTS)


def _step(builder: Builder, decision: Decision) -> None:
    """One decision; a part of another's outcome such as `place.tier` is the name `place_tier`."""
    match decision.expression:
        case LiteralExpression(feel=feel):
            builder.formula(decision.name, _flat(feel.text))
        case DecisionTable() as table:
            several = len(table.outputs) > 1
            outputs = [
                Output(
                    f"{decision.name}_{o.name}" if several else decision.name,
                    "string" if o.name == "tier" else "number",
                )
                for o in table.outputs
            ]
            rows = [Row([c.text for c in rule.inputs], [c.text for c in rule.outputs]) for rule in table.rules]
            builder.table(decision.name, [_flat(i.expression.text) for i in table.inputs], outputs, rows, table.hit)
        case other:
            raise TypeError(f"the benefit model has no {type(other).__name__}")


def _flat(feel: str) -> str:
    return feel.replace("place.", "place_")
