"""Parameters in a service file: values that an act fixes for a time (see `tongban.rules.parameters`)."""

from datetime import date
from typing import Any, Literal

import msgspec

from tongban.catalog.fields import Words


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Period(_File, frozen=True, kw_only=True):
    """One article's value and the days on which it holds: from `from` on, `to` itself no longer (half-open).

    Either `value`, or `values` by category. Values are as they are meant (60, "first", 2026-01-31), not FEEL.
    """

    from_: date = msgspec.field(name="from")
    to: date | None = None
    """The first day on which it no longer holds, where the next period begins; left out while no end is known."""
    value: Any = None
    values: dict[str, Any] = {}
    law: str = ""
    note: Words = ""


class Parameter(_File, frozen=True, kw_only=True):
    """参数: an amount, a limit, a list that changes with the law while the rule stays. Expressions use it by name.

    Which day's value counts is chosen by the service's `counts_on`.
    """

    name: Words
    type: Literal["text", "number", "money", "integer", "boolean", "date"]
    unit: str = ""
    category: str = ""
    """The one thing that the value depends on: an enum fact, `situation`, or an output with `values`."""
    periods: tuple[Period, ...]
