"""Uploads on disk, each sealed with a key of its own under its owner's.

A file lies at `documents/ab/cd/<the id without its region>`, readable only by the installation's account. It is reached
through its owner before it is filed, and through the case afterwards; nothing serves the folder. Files of before there
were keys lie in clear at `documents/ab/cd/<sha256>`; they are read, and sealed at the next start.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path
from typing import Final

from tongban.base import private
from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.sealing import Place, store
from tongban.base.sealing.files import head_of, open_file, seal_file
from tongban.cases.store import personal

_NAME: Final = re.compile(r"^[0-9]*-([0-9a-f]{32})$")
_DONE: Final = "documents on disk"
_STEP: Final = 200


class Files:
    """The folder of uploads."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self._folder = folder

    async def put(self, document: str, owner: str, data: bytes) -> None:
        """Keep the bytes of an upload. They are on disk, sealed and whole, when this returns."""
        key = await self._db.sealer.person(self._db, owner)
        await asyncio.to_thread(lambda: _write(self._path(document), seal_file(key, _place(document), data)))

    async def get(self, document: str, sha256: str) -> bytes:
        """The bytes again, checked. Raises Refused: `file-lost` (404) if they are gone or are not the same, `erased`
        (410) if their owner's key was."""
        stored = await asyncio.to_thread(self._read, document, sha256)
        ring = await self._db.sealer.ring(self._db, [head_of(stored)])
        data = await asyncio.to_thread(open_file, ring, _place(document), stored)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _lost()
        return data

    async def seal_old(self) -> int:
        """Seal the files of before there were keys, then delete them; the number that was done."""
        if await store.passed(self._db, _DONE):
            return 0
        done, old, after = 0, set[Path](), ("", "")
        while rows := await personal.every_document(self._db, after, _STEP):
            for row in rows:
                before = self._old(row["sha256"])
                old.add(before)
                if before.is_file() and not self._path(row["id"]).exists():
                    await self.put(row["id"], row["owner"], before.read_bytes())
                    done += 1
            after = (rows[-1]["region"], rows[-1]["id"])
        for path in old:
            path.unlink(missing_ok=True)
        await store.pass_done(self._db, _DONE)
        return done

    def _read(self, document: str, sha256: str) -> bytes:
        for path in (self._path(document), self._old(sha256)):
            if path.is_file():
                return path.read_bytes()
        raise _lost()

    def _path(self, document: str) -> Path:
        known = _NAME.match(document)
        if known is None:
            raise _lost()
        return self._folder / known[1][:2] / known[1][2:4] / known[1]

    def _old(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256[2:4] / sha256


def _place(document: str) -> Place:
    return Place.of("document", "file", document)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    private.write(path, data)


def _lost() -> Refused:
    return refuse(
        "file-lost", "文件不见了，请联系工作人员。", "The file is missing; please tell the staff.", status=404
    )
