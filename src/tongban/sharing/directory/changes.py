"""What a set of entries would change in the list, before anything is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tongban.base.i18n import Text
from tongban.sharing.directory.columns import ENTRY, FIELD, RECORD, Column, get
from tongban.sharing.directory.model import Resource
from tongban.sharing.directory.registered import DataDirectory
from tongban.sharing.directory.sheet import plain_tree


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that would read otherwise: what it is called, where, and both readings ("" for nothing)."""

    what: Text
    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry as it would be. `before` is None for a new one; no `differences` for one that stays as it is."""

    after: Resource
    before: Resource | None
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether nothing would change."""
        return self.before is not None and not self.differences


def compare(entries: Iterable[Resource], directory: DataDirectory) -> list[Changed]:
    """Each entry beside the one of its name, in the order given."""
    found: list[Changed] = []
    for after in entries:
        before = directory.resources.get(after.id)
        found.append(Changed(after, before, differences(before, after) if before is not None else ()))
    return found


def differences(before: Resource, after: Resource) -> tuple[Difference, ...]:
    """Every part that differs, in the order of the sheet's columns, then record by record and field by field."""
    old, new = plain_tree(before), plain_tree(after)
    found = _between(ENTRY, old, new, "")
    for name in _both(old["records"], new["records"]):
        one, other = old["records"].get(name, {}), new["records"].get(name, {})
        found += _between(
            RECORD, {**one, "record": name if one else ""}, {**other, "record": name if other else ""}, name
        )
        was, is_ = one.get("elements", {}), other.get("elements", {})
        for key in _both(was, is_):
            a, b = was.get(key, {}), is_.get(key, {})
            place = f"{name}#{key}"
            found += _between(FIELD, {**a, "field": key if a else ""}, {**b, "field": key if b else ""}, place)
    return tuple(found)


def _both(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys([*one, *other]))


def _between(columns: Iterable[Column], old: dict[str, Any], new: dict[str, Any], place: str) -> list[Difference]:
    found: list[Difference] = []
    for column in columns:
        one, other = column.write(get(old, column.path)), column.write(get(new, column.path))
        if one != other:
            found.append(Difference(Text(column.name, column.code), place, one, other))
    return found
