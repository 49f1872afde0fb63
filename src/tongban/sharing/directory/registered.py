"""The list as one immutable snapshot, indexed for what is asked of it: an address, an element, a search, counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from tongban.base.errors import refuse
from tongban.base.i18n import LANGS
from tongban.base.page import Page, cursor, read_cursor
from tongban.catalog.model import Level, Theme
from tongban.sharing.directory.model import (
    Attribute,
    Element,
    Item,
    Record,
    Resource,
    ResourceType,
    Status,
)

PUBLIC = frozenset({Status.LISTED, Status.SUSPENDED})
"""What everybody sees; the rest only its own department and the digital centre."""


class Held(NamedTuple):
    """Where one address leads: the entry, its record, the field and what the dictionary says of it."""

    resource: Resource
    record: Record
    item: Item
    element: Element | None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Filters of the list; empty ones let everything through. `text` is found anywhere in names and fields."""

    text: str = ""
    body: str = ""
    level: Level | None = None
    type: ResourceType | None = None
    attribute: Attribute | None = None
    theme: Theme | None = None


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who keeps one element: its addresses by the kind of body that owns them."""

    element: str
    bodies: Mapping[str, tuple[str, ...]]
    source: str | None

    @property
    def settled(self) -> bool:
        """一数一源: one keeper, or a source named that is one of them (art. 19)."""
        return len(self.bodies) < 2 or self.source in self.bodies


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """数据共享清单. Build with `build`; replaced whole when an entry changes."""

    resources: Mapping[str, Resource]
    """By id, in its order."""
    elements: Mapping[str, Element]
    _at: Mapping[str, Held]
    _texts: Mapping[str, str]

    @classmethod
    def build(cls, resources: Iterable[Resource], elements: Mapping[str, Element]) -> "DataDirectory":
        """Index entries; of one id the last counts."""
        by_id = {one.id: one for one in resources}
        ordered = {key: by_id[key] for key in sorted(by_id)}
        at = {
            f"{one.id}/{name}#{field}": Held(one, record, item, elements.get(item.element))
            for one in ordered.values()
            for name, record in one.records.items()
            for field, item in record.elements.items()
        }
        return cls(ordered, dict(elements), at, {key: _text(one, elements) for key, one in ordered.items()})

    def resource(self, resource: str) -> Resource:
        """An entry, whatever its standing. Raises `Refused` (`unknown-resource`, 404)."""
        found = self.resources.get(resource)
        if found is None:
            raise refuse(
                "unknown-resource",
                "清单里没有这项数据。请到清单里按名称找。",
                "The list has no such data. Please look for them by name in the list.",
                status=404,
            )
        return found

    def public(self, resource: str) -> Resource:
        """An entry that everybody may see. Raises `Refused` (`unknown-resource`, 404), also for a draft."""
        found = self.resources.get(resource)
        return self.resource(resource if found is not None and found.status in PUBLIC else "")

    def at(self, address: str) -> Held | None:
        """What `body.resource/record#field` is; None where the list does not have it."""
        return self._at.get(address)

    def keepers(self) -> list[Keepers]:
        """Every element that somebody keeps, by name; withdrawn entries keep nothing."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for address, held in self._at.items():
            if held.resource.status is not Status.WITHDRAWN:
                found[held.item.element][held.resource.owner.body].append(address)
        return [
            Keepers(
                element,
                {body: tuple(addresses) for body, addresses in sorted(bodies.items())},
                self.elements[element].source if element in self.elements else None,
            )
            for element, bodies in sorted(found.items())
        ]

    def search(self, wanted: Wanted, *, also: frozenset[Status] = frozenset()) -> list[Resource]:
        """Entries that everybody may see, and those of the standings in `also`, through the filters, by id."""
        words = wanted.text.casefold().split()
        return [
            one
            for key, one in self.resources.items()
            if (one.status in PUBLIC or one.status in also)
            and (not wanted.body or one.owner.body == wanted.body)
            and (wanted.level is None or one.owner.level is wanted.level)
            and (wanted.type is None or one.type is wanted.type)
            and (wanted.attribute is None or one.attribute is wanted.attribute)
            and (wanted.theme is None or wanted.theme in one.themes)
            and all(word in self._texts[key] for word in words)
        ]

    def page(self, wanted: Wanted, after: str | None = None, limit: int = 20) -> Page[Resource]:
        """One page of `search`. Raises `Refused` (`bad-cursor`, 400)."""
        place = read_cursor(after, tuple[str])[0] if after else ""
        found = [one for one in self.search(wanted) if one.id > place]
        more = len(found) > limit
        return Page(tuple(found[:limit]), cursor(found[limit - 1].id) if more else None)


class Counts(NamedTuple):
    """How many of some entries there are of each kind; a kind without one is left out."""

    level: Mapping[Level, int]
    type: Mapping[ResourceType, int]
    attribute: Mapping[Attribute, int]
    total: int


def counts(resources: Iterable[Resource]) -> Counts:
    """By level, by type and by sharing attribute."""
    entries = list(resources)
    return Counts(
        Counter(one.owner.level for one in entries),
        Counter(one.type for one in entries),
        Counter(one.attribute for one in entries),
        len(entries),
    )


def _text(one: Resource, elements: Mapping[str, Element]) -> str:
    """Everything that a search of one entry looks at."""
    parts = [one.id]
    said = [one.name, one.summary, one.owner.name]
    for record in one.records.values():
        said.append(record.name)
        parts += record.elements
        said += [elements[item.element].name for item in record.elements.values() if item.element in elements]
    parts += [text[lang] for text in said for lang in LANGS]
    return "\n".join(parts).casefold()
