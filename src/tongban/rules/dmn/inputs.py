"""Input for a model from JSON: texts become dates, times and durations where a type asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from tongban.rules.feel import temporal
from tongban.rules.feel.errors import Undefined
from tongban.rules.feel.types import Basic, ContextType, FeelType, ListType, NamedType
from tongban.rules.feel.values import Value, to_feel

_TEMPORAL = frozenset({"date", "time", "date and time", "days and time duration", "years and months duration"})


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A text that is no value of the type that the model asks for; `path` leads to it through the input."""

    path: str
    text: str
    type: str


def from_json(value: object, kind: FeelType, path: str, unreadable: list[Unreadable]) -> Value:
    """The FEEL value of JSON read with `Decimal` for numbers, as the type asks; what cannot be read is null, and
    noted in `unreadable`. Raises `RuleValueError` for what JSON does not know."""
    match kind:
        case NamedType(base=base):
            return from_json(value, base, path, unreadable)
        case Basic(name=name) if name in _TEMPORAL and isinstance(value, str):
            return _temporal(value, name, path, unreadable)
        case ListType(item=item) if isinstance(value, list):
            items = cast("list[object]", value)
            return [from_json(one, item, f"{path}[{n}]", unreadable) for n, one in enumerate(items, 1)]
        case ContextType(entries=entries) if isinstance(value, Mapping):
            types = dict(entries)
            given = cast("Mapping[str, object]", value)
            return {
                key: from_json(one, types.get(key, Basic("any")), f"{path}.{key}", unreadable)
                for key, one in given.items()
            }
        case _:
            return to_feel(value)


def _temporal(text: str, name: str, path: str, unreadable: list[Unreadable]) -> Value:
    try:
        return temporal.read(text)
    except Undefined:
        unreadable.append(Unreadable(path, text, name))
        return None
