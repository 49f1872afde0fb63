"""The directory of shared data as the shelf from which requests and corrections take what they name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tongban.sharing.directory.model import Attribute, Element, Resource, Status
from tongban.sharing.directory.registered import DataDirectory
from tongban.sharing.grants.listed import Attribute as Word
from tongban.sharing.grants.listed import Listed

_WORDS: dict[Attribute, Word] = {
    Attribute.UNCONDITIONAL: "unconditional",
    Attribute.CONDITIONAL: "conditional",
    Attribute.NOT_SHARED: "not-shared",
}


@dataclass(frozen=True, slots=True)
class DirectoryShelf:
    """Finds entries of a directory as it stands at that moment (`now`); a draft is not there yet."""

    now: Callable[[], DataDirectory]

    def __call__(self, resource: str) -> Listed | None:
        directory = self.now()
        found = directory.resources.get(resource)
        return None if found is None or found.status is Status.DRAFT else listed(found, directory.elements)

    def entries(self) -> tuple[Listed, ...]:
        """Everything that can be asked for, by id."""
        found = (self(resource) for resource in self.now().resources)
        return tuple(one for one in found if one is not None and one.open and one.attribute != "not-shared")


def listed(resource: Resource, elements: Mapping[str, Element]) -> Listed:
    """What a request has to know of an entry."""
    return Listed(
        resource=resource.id,
        name=resource.name,
        owner=resource.owner.id,
        attribute=_WORDS[resource.attribute],
        records={name: tuple(record.elements) for name, record in resource.records.items()},
        names={name: record.name for name, record in resource.records.items()}
        | {
            f"{name}#{field}": elements[item.element].name
            for name, record in resource.records.items()
            for field, item in record.elements.items()
            if item.element in elements
        },
        own={
            f"{name}#{field}": _WORDS[item.attribute]
            for name, record in resource.records.items()
            for field, item in record.elements.items()
            if item.attribute is not None
        },
        open=resource.status is Status.LISTED,
    )
