"""Papers laid on a scanner at a window: an interface for where they come out, and a folder as the simplest one.

What is taken goes through the same examination as an upload from the portal (`cases.documents`): content decides,
never the name. A scan that was taken is gone from here, and one that nobody takes is gone after a day.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

KEEP = timedelta(hours=24)
_MOST = 50


@dataclass(frozen=True, slots=True)
class Scan:
    """A sheet that came out. `name` is unique at one window."""

    name: str
    size: int


class Scanner(Protocol):
    """Where scans of an official's window come out."""

    async def waiting(self, official: str) -> tuple[Scan, ...]: ...

    async def read(self, official: str, name: str) -> bytes | None: ...

    async def done(self, official: str, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class FolderScanner:
    """One folder for each official, into which the scanner of their window writes."""

    root: Path

    async def waiting(self, official: str) -> tuple[Scan, ...]:
        """The latest first."""
        return await asyncio.to_thread(self._waiting, official)

    async def read(self, official: str, name: str) -> bytes | None:
        """The sheet; None for a name that is not among those waiting, whatever the name is."""
        path = self._named(official, name)
        return None if path is None else await asyncio.to_thread(path.read_bytes)

    async def done(self, official: str, name: str) -> None:
        """It was taken over; nothing of it stays here."""
        path = self._named(official, name)
        if path is not None:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def sweep(self, now: datetime) -> int:
        """Drop what nobody took; how many."""
        return await asyncio.to_thread(self._sweep, now)

    def _files(self, official: str) -> list[Path]:
        folder = self.root / official
        if not official or official != folder.name or not folder.is_dir():
            return []
        return [path for path in folder.iterdir() if path.is_file() and not path.is_symlink()]

    def _waiting(self, official: str) -> tuple[Scan, ...]:
        latest = sorted(self._files(official), key=lambda path: (-path.stat().st_mtime, path.name))
        return tuple(Scan(path.name, path.stat().st_size) for path in latest[:_MOST])

    def _named(self, official: str, name: str) -> Path | None:
        return next((path for path in self._files(official) if path.name == name), None)

    def _sweep(self, now: datetime) -> int:
        oldest, dropped = (now - KEEP).timestamp(), 0
        for folder in self.root.iterdir() if self.root.is_dir() else ():
            for path in self._files(folder.name):
                if path.stat().st_mtime < oldest:
                    path.unlink(missing_ok=True)
                    dropped += 1
        return dropped
