"""The list as it stands now in this installation."""

from pathlib import Path

from tongban.sharing.directory.load import Read, folders, read
from tongban.sharing.directory.registered import DataDirectory


class LiveDirectory:
    """One process's view. `now` is replaced whole when something is published; whoever holds an older one keeps it."""

    def __init__(self, found: Read) -> None:
        self.now: DataDirectory = found.directory()

    @classmethod
    def of(cls, data_dir: Path | None = None) -> "LiveDirectory":
        """From the shipped files and the installation's own."""
        return cls(read(folders(data_dir)))
