"""The directory of shared data as the shelf from which requests and corrections take what they name."""

from tongban.sharing.directory.model import Attribute, Resource, Status
from tongban.sharing.directory.registered import DataDirectory
from tongban.sharing.grants.listed import Attribute as Word
from tongban.sharing.grants.listed import Listed, Shelf

_WORDS: dict[Attribute, Word] = {
    Attribute.UNCONDITIONAL: "unconditional",
    Attribute.CONDITIONAL: "conditional",
    Attribute.NOT_SHARED: "not-shared",
}


def shelf(directory: DataDirectory) -> Shelf:
    """Finds entries of this directory; a draft is not there yet."""

    def find(resource: str) -> Listed | None:
        found = directory.resources.get(resource)
        return None if found is None or found.status is Status.DRAFT else listed(found)

    return find


def listed(resource: Resource) -> Listed:
    """What a request has to know of an entry."""
    return Listed(
        resource=resource.id,
        name=resource.name,
        owner=resource.owner.id,
        attribute=_WORDS[resource.attribute],
        records={name: tuple(record.elements) for name, record in resource.records.items()},
        own={
            f"{name}#{field}": _WORDS[item.attribute]
            for name, record in resource.records.items()
            for field, item in record.elements.items()
            if item.attribute is not None
        },
        open=resource.status is Status.LISTED,
    )
