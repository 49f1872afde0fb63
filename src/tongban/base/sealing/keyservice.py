"""Who holds the master key: files of the installation, or a command in front of a key service or a certified device.

The master key wraps the keys of persons. It never seals data itself, and it is in no database and no backup of one.
"""

import asyncio
import base64
import secrets
import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from tongban.base import private
from tongban.base.clock import utc
from tongban.base.crypto import AEADS, Aead, Encryption, InvalidTag, new_key, seal, unseal
from tongban.base.errors import Refused, refuse


class Wrapped(NamedTuple):
    """A wrapped key, with the version of the master key that opens it."""

    master: str
    data: bytes


class KeyService(Protocol):
    """Wraps and unwraps keys, many at once. `bound` is authenticated with each: a wrapped key fits its owner only.

    Raises `Refused`: `key-unknown` (no such master key here), `key-damaged`, `key-service-away` (503).
    """

    async def current(self) -> str:
        """The version that wraps from now on."""
        ...

    async def wrap(self, keys: Sequence[tuple[bytes, bytes]]) -> list[Wrapped]:
        """Wrap each (key, bound) under the current version."""
        ...

    async def unwrap(self, keys: Sequence[tuple[Wrapped, bytes]]) -> list[bytes]:
        """The key of each (wrapped, bound)."""
        ...


class _MasterFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One version: `<id>.json`, mode 0600. `key` is base64."""

    id: str
    number: int
    suite: Encryption
    made_at: datetime
    key: str


class FileKeys:
    """Master keys in a folder only the installation's account can read. The one with the highest number wraps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: Mapping[str, Aead] = {}
        self._current = ""
        self._load()

    def _load(self) -> None:
        files = [_read(path) for path in self._folder.glob("master-*.json")]
        self._current = max(files, key=lambda file: file.number).id
        self._keys = {file.id: AEADS[file.suite].ready(base64.b64decode(file.key)) for file in files}

    @classmethod
    def open(cls, folder: Path, now: datetime, suite: Encryption = Encryption.AES) -> "FileKeys":
        """Read every version, first making one if there is none.

        Raises `Refused` (`key-readable-by-others`, `key-damaged`).
        """
        private.make_folder(folder)
        if not any(folder.glob("master-*.json")):
            _make(folder, 1, now, suite)
        return cls(folder)

    @classmethod
    def rotate(cls, folder: Path, now: datetime, suite: Encryption = Encryption.AES) -> "FileKeys":
        """Add a version, which wraps from now on; the older ones go on unwrapping."""
        private.make_folder(folder)
        numbers = [_read(path).number for path in folder.glob("master-*.json")]
        _make(folder, max(numbers, default=0) + 1, now, suite)
        return cls(folder)

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version there is."""
        return tuple(self._keys)

    async def current(self) -> str:
        return self._current

    async def wrap(self, keys: Sequence[tuple[bytes, bytes]]) -> list[Wrapped]:
        master, name = self._keys[self._current], self._current
        return [Wrapped(name, seal(master, key, _bound(name, bound))) for key, bound in keys]

    async def unwrap(self, keys: Sequence[tuple[Wrapped, bytes]]) -> list[bytes]:
        return [self._unwrap(wrapped, bound) for wrapped, bound in keys]

    def _unwrap(self, wrapped: Wrapped, bound: bytes) -> bytes:
        if wrapped.master not in self._keys:
            self._load()  # another process has rotated
        master = self._keys.get(wrapped.master)
        if master is None:
            raise unknown(wrapped.master)
        try:
            return unseal(master, wrapped.data, _bound(wrapped.master, bound))
        except InvalidTag:
            raise damaged(f"person key under {wrapped.master}") from None

    def __repr__(self) -> str:
        return f"FileKeys({', '.join(self._keys)})"


class _Item(msgspec.Struct, frozen=True, kw_only=True):
    """A key on its way to or from the command. Bytes travel as base64."""

    master: str = ""
    data: bytes
    bound: bytes = b""


class _Call(msgspec.Struct, frozen=True, kw_only=True):
    do: str
    keys: list[_Item] = []


class _Reply(msgspec.Struct, frozen=True, kw_only=True):
    master: str = ""
    keys: list[_Item] = []


class CommandKeys:
    """A command of the operator's choice stands before an HSM, an SDF device (GM/T 0018) or a key service.

    It gets `{"do": "wrap" | "unwrap" | "current", "keys": [{"master", "data", "bound"}]}` on its input and answers
    `{"master", "keys": [{"master", "data"}]}` on its output, in the same order. The clear master key never leaves it.
    """

    def __init__(self, command: str, seconds: float = 5.0) -> None:
        self._words = shlex.split(command)
        self._seconds = seconds

    async def current(self) -> str:
        return (await self._ask(_Call(do="current"))).master

    async def wrap(self, keys: Sequence[tuple[bytes, bytes]]) -> list[Wrapped]:
        call = _Call(do="wrap", keys=[_Item(data=key, bound=bound) for key, bound in keys])
        return [Wrapped(item.master, item.data) for item in (await self._ask(call)).keys]

    async def unwrap(self, keys: Sequence[tuple[Wrapped, bytes]]) -> list[bytes]:
        call = _Call(do="unwrap", keys=[_Item(master=w.master, data=w.data, bound=bound) for w, bound in keys])
        return [item.data for item in (await self._ask(call)).keys]

    async def _ask(self, call: _Call) -> _Reply:
        try:
            child = await asyncio.create_subprocess_exec(
                *self._words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise _away(type(error).__name__) from None
        try:
            async with asyncio.timeout(self._seconds):
                said, _ = await child.communicate(msgspec.json.encode(call))
        except TimeoutError:
            child.kill()
            await child.wait()
            raise _away(f"no answer in {self._seconds:g} s") from None
        if child.returncode:
            raise _away(f"exit code {child.returncode}")
        try:
            reply = msgspec.json.decode(said, type=_Reply)
        except msgspec.MsgspecError:
            raise _away("not the answer that was agreed") from None
        if len(reply.keys) != len(call.keys):
            raise _away("an answer for another number of keys")
        return reply

    def __repr__(self) -> str:
        return f"CommandKeys({self._words[0] if self._words else ''!r}, …)"


def unknown(master: str) -> Refused:
    """A key is wrapped under a master key that is not here."""
    return refuse(
        "key-unknown",
        f"这里没有主密钥 {master}，加密的数据打不开。请把它的文件从备份放回密钥目录，不要新建。",
        f"The master key {master} is not here, so what it protects cannot be opened. Put its file back from a backup.",
        place=master,
        status=500,
    )


def damaged(place: str) -> Refused:
    """Something sealed was cut, altered, or moved to where it does not belong."""
    return refuse(
        "seal-broken",
        "这项加密的数据被改动过或放错了位置，打不开。请联系系统管理员。",
        "This sealed value was altered or moved and does not open. Please tell the administrator.",
        place=place,
        status=500,
    )


def _away(why: str) -> Refused:
    return refuse(
        "key-service-away",
        f"密钥服务没有应答（{why}），个人信息暂时打不开，请稍后再试。",
        f"The key service did not answer ({why}); personal data cannot be opened now. Please try again shortly.",
        status=503,
    )


def _bound(master: str, bound: bytes) -> bytes:
    return b"master\0" + master.encode() + b"\0" + bound


def _make(folder: Path, number: int, now: datetime, suite: Encryption) -> None:
    file = _MasterFile(
        id=f"{number}-{secrets.token_hex(4)}",
        number=number,
        suite=suite,
        made_at=utc(now).replace(microsecond=0),
        key=base64.b64encode(new_key(suite)).decode(),
    )
    # Named by its number alone, so that two processes of a first start cannot both make one.
    private.write_once(folder / f"master-{number:04}.json", msgspec.json.format(msgspec.json.encode(file)))


def _read(path: Path) -> _MasterFile:
    try:
        file = msgspec.json.decode(private.read(path), type=_MasterFile)
        if len(base64.b64decode(file.key, validate=True)) != AEADS[file.suite].key_bytes:
            raise ValueError("length")
    except (msgspec.MsgspecError, ValueError):
        raise refuse(
            "key-damaged",
            f"主密钥文件 {path.name} 已损坏。请从密钥的备份恢复；没有它，用它保护的数据再也打不开。",
            f"The master key file {path.name} is damaged. Restore it from the keys' backup: without it the data it"
            " protects can never be opened.",
            place=str(path),
            status=500,
        ) from None
    return file
