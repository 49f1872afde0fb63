"""A witness: it remembers the last checkpoint of each log, and signs only what continues it (C2SP tlog-witness).

It is a process of its own, on another body's machine, with its own key and a folder. It needs no database and believes
nothing but the keys in its file. What it has signed is on disk before the signature leaves it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tongban.base.clock import Clock
from tongban.base.errors import refuse
from tongban.base.keys import Algorithm, KeyRing, PublicKey, Use
from tongban.ledger.checkpoints import Checkpoint, read_number
from tongban.ledger.faults import Fault, Untrue
from tongban.ledger.notes import Kind, Note, VerifierKey, cosign
from tongban.ledger.policy import vkey
from tongban.ledger.proofs import read_hashes
from tongban.ledger.tree import consistent

MOST_BYTES: Final = 128 * 1024


class WatchedLog(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A log that is watched, by its keys (vkeys, which hold its name)."""

    keys: tuple[str, ...]


class WitnessConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file of a witness. `name` is what it signs as; `folder` holds its key and what it has seen."""

    name: str
    listen: str = "127.0.0.1:8790"
    folder: Path = Path("witness")
    logs: tuple[WatchedLog, ...]


class Answer(NamedTuple):
    """What is said to whoever asked: a status of HTTP, the text, and its type."""

    status: int
    body: str
    kind: str = "text/plain; charset=utf-8"


def read_config(path: Path) -> WitnessConfig:
    """The file of a witness; its folder is beside it. Raises Refused (`bad-witness-config`)."""
    try:
        config = msgspec.yaml.decode(path.read_bytes(), type=WitnessConfig, dec_hook=_path)
        for key in (text for log in config.logs for text in log.keys):
            if VerifierKey.read(key).kind is not Kind.LOG:
                raise ValueError("a key that is not a log's")
        VerifierKey(config.name, Kind.WITNESS, bytes(32))
        if not config.name or "+" in config.name or any(char.isspace() for char in config.name):
            raise ValueError("a name has no spaces and no +")
        if not config.listen.rpartition(":")[2].isdecimal():
            raise ValueError("listen: host:port")
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise refuse(
            "bad-witness-config",
            f"见证人的设置文件读不懂（{error}）。请照 docs/public-log.md 改正。",
            f"The witness's settings cannot be read ({error}). docs/public-log.md says how they are written.",
            place=str(path),
            status=500,
        ) from error
    return msgspec.structs.replace(config, folder=path.resolve().parent / config.folder)


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness at work. Any number of requests at once; what was seen of a log changes under a lock on disk."""

    key: VerifierKey
    folder: Path
    logs: Mapping[str, tuple[VerifierKey, ...]]
    ring: KeyRing
    signs: PublicKey
    clock: Clock

    @classmethod
    def open(cls, config: WitnessConfig, clock: Clock) -> Witness:
        """With a key made at the first start. Raises Refused as `KeyRing.open`."""
        ring = KeyRing.open(config.folder / "keys", clock())
        signs = ring.signer_with(Use.LOG, clock(), Algorithm.ED25519)
        logs: dict[str, tuple[VerifierKey, ...]] = {}
        for text in (text for log in config.logs for text in log.keys):
            key = VerifierKey.read(text)
            logs[key.name] = (*logs.get(key.name, ()), key)
        return cls(vkey(config.name, signs, Kind.WITNESS), config.folder, logs, ring, signs, clock)

    def add_checkpoint(self, body: bytes) -> Answer:
        """`POST add-checkpoint`: the signature, or why there is none."""
        head, cut, data = body.partition(b"\n\n")
        lines = head.decode("ascii", "replace").split("\n")
        word, _, number = lines[0].partition(" ")
        old = read_number(number) if word == "old" else None
        if len(body) > MOST_BYTES or not cut or old is None:
            return _refused(400, "not a request to sign a checkpoint")
        try:
            proof = read_hashes(lines[1:])
            note = Note.read(data)
            checkpoint = Checkpoint.read(note.text)
        except Untrue as untrue:
            return _refused(400, str(untrue))
        keys = self.logs.get(checkpoint.origin)
        if keys is None:
            return _refused(404, "a log that is not watched here")
        try:
            signed = note.signed_by(keys)
        except Untrue as untrue:
            return _refused(403, str(untrue))
        if not signed:
            return _refused(403, str(Fault.UNSIGNED))
        if old > checkpoint.size:
            return _refused(400, "the old size is above the new one")
        with self._held(checkpoint.origin):
            seen = self.seen(checkpoint.origin)
            size, root = (seen[0].size, seen[0].root) if seen else (0, b"")
            if old != size:
                return Answer(409, f"{size}\n", "text/x.tlog.size")
            holds = not proof if size == 0 else consistent(size, checkpoint.size, proof, root, checkpoint.root)
            if not holds:
                self._evidence(checkpoint.origin, bytes(note))
                same = size == checkpoint.size
                return _refused(422, str(Fault.SPLIT_VIEW if same else Fault.NOT_CONSISTENT))
            mine = cosign(note.text, self.key, self._sign, int(self.clock().timestamp()))
            shown = Note(note.text, (*signed.values(), mine))
            _write(self._file(checkpoint.origin), bytes(shown))
        return Answer(200, mine.line())

    def seen(self, origin: str) -> tuple[Checkpoint, bytes] | None:
        """The last checkpoint of a log that was signed here, and the note with both signatures."""
        try:
            data = self._file(origin).read_bytes()
        except FileNotFoundError:
            return None
        return Checkpoint.read(Note.read(data).text), data

    def checkpoint(self, origin_hash: str) -> Answer:
        """`GET <origin hash>/checkpoint`: for auditors, who compare it with what the log shows them."""
        origin = next((one for one in self.logs if _name(one) == origin_hash), None)
        seen = self.seen(origin) if origin else None
        return Answer(200, seen[1].decode()) if seen else _refused(404, "nothing was signed for this log")

    def _sign(self, message: bytes) -> bytes:
        return self.ring.sign(self.signs.id, message)

    def _file(self, origin: str) -> Path:
        return self.folder / f"{_name(origin)}.checkpoint"

    def _evidence(self, origin: str, note: bytes) -> None:
        """Keep what contradicts: the log has signed both."""
        name = hashlib.sha256(note).hexdigest()[:16]
        _write(self.folder / f"{_name(origin)}.contradicts.{name}", note)

    @contextmanager
    def _held(self, origin: str) -> Generator[None]:
        with (self.folder / f"{_name(origin)}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _name(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()


def _refused(status: int, why: str) -> Answer:
    return Answer(status, f"{why}\n")


def _write(path: Path, data: bytes) -> None:
    """Whole and on disk, or not at all."""
    draft = path.with_name(f"{path.name}.new")
    with draft.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _path(kind: type, value: object) -> object:
    """The one type of ours that msgspec does not know."""
    return Path(value) if kind is Path and isinstance(value, str) else value
