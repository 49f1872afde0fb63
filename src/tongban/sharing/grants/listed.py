"""What a request has to know of an entry of the directory: its owner, its sharing attribute, its fields."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text

Attribute = Literal["unconditional", "conditional", "not-shared"]
"""共享属性 (政务数据共享条例 14)."""


_STRICTNESS: tuple[Attribute, ...] = ("unconditional", "conditional", "not-shared")


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One listed resource. `owner` is a body; `records` are field names by record."""

    resource: str
    name: Text
    owner: str
    attribute: Attribute
    records: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Text] = {}
    """What people call a `record`, and a `record#field`."""
    own: Mapping[str, Attribute] = {}
    """The attribute of a `record#field` that has one of its own."""
    open: bool = True
    """Whether it can be asked for now; what is suspended or withdrawn can only be corrected."""

    def attribute_of(self, record: str, fields: Iterable[str]) -> Attribute:
        """The strictest of what was named."""
        named: set[Attribute] = {self.own.get(f"{record}#{field}", self.attribute) for field in fields}
        return max(named or {self.attribute}, key=_STRICTNESS.index)

    def named(self, record: str, field: str = "") -> Text:
        """A record or a field in words; its code where the list has none."""
        return self.names.get(f"{record}#{field}" if field else record) or Text(field or record, field or record)

    def fields(self, record: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """The fields of a record that were named, each once, in the order of the list.

        Raises Refused: `unknown-record`, `field-not-listed`, `fields-missing`.
        """
        known = self.records.get(record)
        if known is None:
            raise refuse(
                "unknown-record",
                f"“{self.name.zh}”里没有“{record}”；有：{'、'.join(self.records)}",
                f"{self.name.en} has no record {record}; there are: {', '.join(self.records)}",
                place="record",
            )
        if not wanted:
            raise refuse("fields-missing", "请写明要哪些数据项", "Say which fields", place="fields")
        if extra := [field for field in wanted if field not in known]:
            raise refuse(
                "field-not-listed",
                f"清单里没有“{'、'.join(extra)}”；有：{'、'.join(known)}",
                f"The directory does not list {', '.join(extra)}; it has: {', '.join(known)}",
                place="fields",
            )
        return tuple(field for field in known if field in wanted)


Shelf = Callable[[str], Listed | None]
"""Finds a listed resource by its id."""


def nothing_listed(_resource: str) -> Listed | None:
    """The shelf of an installation without a directory."""
    return None


def unknown_resource(resource: str) -> Refused:
    """Nothing of this name can be asked for."""
    return refuse(
        "unknown-resource",
        f"数据共享清单里没有“{resource}”，请先到清单里找到要用的数据。",
        f"The directory lists no {resource or 'such resource'}; find the data you need there first.",
        place="resource",
        law="政务数据共享条例 13",
    )
