"""Least answers over records that lie here: the value is looked at, and only the truth of the comparison goes on.

What lies at another body is compared there (`node.answering`); this is the same comparison for our own tables, whose
values are JSON. 个人信息保护法 6: the least that is needed.
"""

from decimal import Decimal
from typing import Any

from tongban.base.clock import ZONE
from tongban.sharing.channel.model import Test
from tongban.sharing.node.values import Kind, WrongType, holds, typed


def passes(value: Any, test: Test) -> bool | None:
    """Whether a recorded value passes; None where there is none, or it is of a kind that this test cannot judge."""
    kind = _kind(value)
    if kind is None:
        return None
    for one in (kind, "date") if kind == "string" else (kind,):
        try:
            return holds(typed(value, one, ZONE), test.op, test.value, one, ZONE)
        except WrongType:
            continue
    return None


def _kind(value: Any) -> Kind | None:
    match value:
        case bool():
            return "boolean"
        case int() | float() | Decimal():
            return "number"
        case str():
            return "string"
        case _:
            return None
