"""A log in memory with its files, its key and its witnesses, for what checks logs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tongban.base.i18n import Text
from tongban.ledger.checkpoints import Checkpoint
from tongban.ledger.commitments import START, Salt, Statement, chained, commitment
from tongban.ledger.notes import Kind, Note, VerifierKey, cosign
from tongban.ledger.policy import LogKey, Policy
from tongban.ledger.proofs import Proof
from tongban.ledger.receipts import Opened, write
from tongban.ledger.tiles import ENTRIES, TileId, grow, read_entries, reader, width_of, write_entries
from tongban.ledger.tree import inclusion_proof, root_over

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ORIGIN = "log.example/open/log"
WORDS = ("提交申请", "受理", "补正", "准予", "发证")


@dataclass(frozen=True)
class Key:
    """A private key with its public side under a name."""

    name: str
    kind: Kind
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, seed: str, name: str = ORIGIN, kind: Kind = Kind.LOG) -> Key:
        return cls(name, kind, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest()))

    @property
    def public(self) -> VerifierKey:
        return VerifierKey(self.name, self.kind, self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


LOG, OTHER = Key.of("log"), Key.of("other")
WITNESS = Key.of("w1", "witness.example/one", Kind.WITNESS)
SECOND = Key.of("w2", "witness.example/two", Kind.WITNESS)


def policy(*, least: int = 0, ends: datetime = NOW + timedelta(days=900), begins: datetime = NOW - timedelta(days=90)):
    key = LogKey(vkey=str(LOG.public), not_before=begins, not_after=ends)
    return Policy(origin=ORIGIN, keys=(key,), witnesses=(str(WITNESS.public), str(SECOND.public)), least=least)


@dataclass
class SmallLog:
    """Entries, tiles, and the checkpoint over all of them."""

    origin: str = ORIGIN
    key: Key = LOG
    size: int = 0
    tiles: dict[TileId, bytes] = field(default_factory=dict[TileId, bytes])
    shown: bytes = b""
    served: tuple[int, dict[str, bytes]] | None = None

    def add(self, *entries: bytes) -> SmallLog:
        grown = grow(self.size, self.tiles, entries)
        self.tiles |= grown.tiles
        self.size = grown.size
        self.shown = bytes(self.note())
        return self

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.origin, self.size, root_over(self.size, reader(self.tiles)))

    def note(self, *witnesses: Key, at: datetime = NOW) -> Note:
        note = self.checkpoint().signed((self.key.public, self.key.private.sign))
        seconds = int(at.timestamp())
        return note.with_signatures([cosign(note.text, one.public, one.private.sign, seconds) for one in witnesses])

    def proof(self, index: int, note: Note | None = None) -> Proof:
        hashes = inclusion_proof(index, self.size, reader(self.tiles))
        return Proof(index, tuple(hashes), note or self.note(WITNESS))

    def files(self) -> dict[str, bytes]:
        """Everything it serves, as a folder would have it."""
        files = {"checkpoint": self.shown, "policy.json": bytes(policy())}
        for tile, data in self.tiles.items():
            width = width_of(tile, self.size)
            files[tile.path(width)] = (
                write_entries(read_entries(data)[:width]) if tile.level == ENTRIES else data[: width * 32]
            )
        return files

    async def fetch(self, path: str) -> bytes | None:
        if self.served is None or self.served[0] != self.size:
            self.served = self.size, self.files()
        return self.served[1].get(path)


def said(case: str, seq: int, what: str) -> str:
    one = Statement(
        case=case,
        seq=seq,
        at=NOW - timedelta(days=30 - seq),
        what=Text(what, f"event {seq}"),
        by=Text("清源区公安分局（演示）", "Qingyuan Police (demo)"),
        event="A" * 43,
    )
    return msgspec.json.encode(one).decode()


def events(case: str = "990101-261103-4Q7Z2M9K", count: int = 5) -> list[Opened]:
    salt = Salt(hashlib.sha256(case.encode()).digest())
    return [Opened(salt.statement_key(n), said(case, n, WORDS[(n - 1) % 5])) for n in range(1, count + 1)]


def leaves(of: list[Opened]) -> list[bytes]:
    values, last = list[bytes](), START
    for one in of:
        last = chained(last, commitment(one.key, one.said.encode()))
        values.append(last)
    return values


def receipt(log: SmallLog, of: list[Opened], index: int, note: Note | None = None, case: str = "") -> bytes:
    return write(case or "990101-261103-4Q7Z2M9K", of, log.proof(index, note))


def busy(count: int = 400) -> SmallLog:
    """A log with other people's leaves around those of the one case."""
    log = SmallLog()
    log.add(*(hashlib.sha256(b"%d" % n).digest() for n in range(count // 2)))
    log.add(*leaves(events()))
    log.add(*(hashlib.sha256(b"+%d" % n).digest() for n in range(count // 2)))
    return log


PLACE = 204
"""Where the last event of the case is in `busy()`."""
