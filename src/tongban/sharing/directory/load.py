"""From files to entries: every mistake at its line, all at once.

A folder of the list holds `elements.yaml` (the dictionary) and `resources/*.yaml` (one entry each). The shipped one is
the demonstration province's; an installation's own lies in `data_dir/directory` and goes before it, entry by entry.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tongban.catalog.findings import Finding, sort_findings
from tongban.catalog.load import Loaded, load_as, load_path, stamp
from tongban.catalog.yaml_source import Source
from tongban.sharing.directory.model import Element, Elements, Resource
from tongban.sharing.directory.registered import DataDirectory

SHIPPED = Path(__file__).parent
FOLDER = "directory"
"""Its name in a data directory."""
RESOURCES = "resources"
"""Its folder of entries."""
_ELEMENTS = "elements.yaml"


def load_resource(text: str, path: str = "resource.yaml") -> Loaded[Resource]:
    """An entry from its text; `path` is only named in messages."""
    return load_as(Source(text, path), "resource", Resource)


def load_elements(text: str, path: str = _ELEMENTS) -> Loaded[Elements]:
    """A file of the dictionary from its text."""
    return load_as(Source(text, path), "elements", Elements)


@dataclass(frozen=True, slots=True)
class Read:
    """Files of some folders as read, the later before the earlier: by path, also those that do not convert."""

    resources: dict[str, Loaded[Resource]]
    elements: dict[str, Loaded[Elements]]

    @property
    def findings(self) -> list[Finding]:
        """What keeps files from being read."""
        return sort_findings(
            finding for one in (*self.resources.values(), *self.elements.values()) for finding in one.findings
        )

    @property
    def dictionary(self) -> dict[str, Element]:
        """Elements by name."""
        return {name: e for one in self.elements.values() if one.value for name, e in one.value.elements.items()}

    def directory(self) -> DataDirectory:
        """What could be read. Of one entry the last file counts."""
        entries = {one.value.id: one.value for one in self.resources.values() if one.value is not None}
        return DataDirectory.build(entries.values(), self.dictionary)


def read(folders: Iterable[Path]) -> Read:
    """All files of these folders; what cannot be read is a finding, never an exception. A file is read once in a
    process, and again when it changes."""
    places = list(folders)
    resources = (path for folder in places for path in sorted((folder / RESOURCES).glob("*.yaml")))
    elements = (path for folder in places for path in _present(folder / _ELEMENTS))
    return Read(
        {str(path): _resource(path, *stamp(path)) for path in resources},
        {str(path): _elements(path, *stamp(path)) for path in elements},
    )


@lru_cache(maxsize=500)
def _resource(path: Path, _changed: int, _size: int) -> Loaded[Resource]:
    return load_path(path, load_resource)


@lru_cache(maxsize=20)
def _elements(path: Path, _changed: int, _size: int) -> Loaded[Elements]:
    return load_path(path, load_elements)


def folders(data_dir: Path | None = None) -> list[Path]:
    """The shipped folder and, behind it, the installation's own if there is one."""
    own = [data_dir / FOLDER] if data_dir is not None and (data_dir / FOLDER).is_dir() else []
    return [SHIPPED, *own]


def open_directory(data_dir: Path | None = None) -> DataDirectory:
    """The list in force here, as the files say it. Never raises for what is in the files: see `tongban check`."""
    return read(folders(data_dir)).directory()


def _present(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
