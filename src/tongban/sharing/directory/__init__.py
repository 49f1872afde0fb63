"""数据共享清单: what the state holds, who may have it, and that every value has one source."""

from tongban.sharing.directory.load import open_directory
from tongban.sharing.directory.model import Attribute, Element, Resource, ResourceType, Status
from tongban.sharing.directory.registered import DataDirectory, Held, Wanted

__all__ = [
    "Attribute",
    "DataDirectory",
    "Element",
    "Held",
    "Resource",
    "ResourceType",
    "Status",
    "Wanted",
    "open_directory",
]
