"""The list as it stands now in this installation: the files it came with, and over them what was published here.

What is published through a case lies in the database (政务数据共享条例 16, 17). Each process reads it at its start and
looks again every few seconds; nothing that was published ever changes, a new version goes before the older one.
"""

from datetime import datetime
from pathlib import Path

import msgspec

from tongban.sharing.directory import store
from tongban.sharing.directory.load import Read, folders, read
from tongban.sharing.directory.model import Element, Resource
from tongban.sharing.directory.registered import DataDirectory
from tongban.sharing.store import Reads


class LiveDirectory:
    """One process's view. `now` is replaced whole when something is published; whoever holds an older one keeps it."""

    def __init__(self, found: Read) -> None:
        self._files = found.directory()
        self._seen: tuple[int, datetime | None] = (0, None)
        self.now: DataDirectory = self._files
        self.published: frozenset[str] = frozenset()
        """Entries that were published here, over those of the files."""

    @classmethod
    def of(cls, data_dir: Path | None = None) -> "LiveDirectory":
        """From the shipped files and the installation's own; `refresh` adds what was published."""
        return cls(read(folders(data_dir)))

    async def refresh(self, db: Reads) -> bool:
        """Take over what was published since the last look; whether anything was."""
        seen = await store.newest(db)
        if seen == self._seen:
            return False
        published = [msgspec.convert(row["content"], Resource) for row in await store.entries(db)]
        changed = {row["element"]: msgspec.convert(row["content"], Element) for row in await store.elements(db)}
        self.now = DataDirectory.build(
            [*self._files.resources.values(), *published], {**self._files.elements, **changed}
        )
        self.published = frozenset(one.id for one in published)
        self._seen = seen
        return True
