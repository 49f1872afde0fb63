"""The log of an installation, as a process has it: it gives places, asks witnesses, and shows files.

The log is public and static: a checkpoint and tiles (C2SP tlog-tiles). They lie in PostgreSQL, which is the one truth,
and are cut to the asked width when somebody fetches one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.base.keys import KeyRing
from tongban.ledger import store
from tongban.ledger.checkpoints import Checkpoint
from tongban.ledger.cosigning import Cosigning, Witness
from tongban.ledger.notes import Kind, Note, VerifierKey
from tongban.ledger.policy import Policy, own_policy
from tongban.ledger.sequencer import Sequencer
from tongban.ledger.store import Head
from tongban.ledger.tiles import ENTRIES, read_entries, read_path, width_of, write_entries
from tongban.ledger.tree import HASH

PREFIX: Final = "/open/log"
"""Below which path of the site the log's files are."""
CONFIG: Final = Path("log") / "config.yaml"
POLICY: Final = Path("log") / "policy.json"
"""Both in the data directory: what the operator says, and what `tongban verify` reads without a database."""


class LogConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`config.yaml`: the name of a new log, its witnesses, and how many have to sign before a checkpoint is shown."""

    origin: str = ""
    witnesses: tuple[Witness, ...] = ()
    least: int = 0


def read_config(data_dir: Path) -> LogConfig:
    """What the operator says; without a file there are no witnesses. Raises Refused (`bad-log-config`)."""
    path = data_dir / CONFIG
    try:
        config = msgspec.yaml.decode(path.read_bytes(), type=LogConfig)
        keys = {VerifierKey.read(one.key) for one in config.witnesses}
        if any(key.kind is not Kind.WITNESS for key in keys):
            raise ValueError("a key that is not a witness's")
        if not 0 <= config.least <= len(keys):
            raise ValueError("more witnesses are asked for than are named")
    except FileNotFoundError:
        return LogConfig()
    except (msgspec.MsgspecError, ValueError) as error:
        raise refuse(
            "bad-log-config",
            f"日志的设置文件读不懂（{error}）。请照 docs/public-log.md 改正。",
            f"The log's settings cannot be read ({error}). docs/public-log.md says how they are written.",
            place=str(path),
            status=500,
        ) from error
    return config


async def policy_of(db: Database, ring: KeyRing, config: LogConfig, address: str) -> Policy:
    """Whom to believe of the log, which is begun if there is none."""
    head = await store.found(db, config.origin or address.partition("://")[2] + PREFIX)
    return own_policy(head.origin, ring, tuple(one.key for one in config.witnesses), config.least)


@dataclass(frozen=True, slots=True)
class PublicLog:
    """Open with `PublicLog.open`, once in each process."""

    db: Database
    origin: str
    policy: Policy
    sequencer: Sequencer
    cosigning: Cosigning | None

    @classmethod
    async def open(cls, db: Database, ring: KeyRing, clock: Clock, data_dir: Path, address: str) -> PublicLog:
        """The log, begun if there is none; `address` is the site's. Raises Refused (`bad-log-config`)."""
        config = read_config(data_dir)
        policy = await policy_of(db, ring, config, address)
        _keep(data_dir / POLICY, bytes(policy))
        witnessed = bool(config.witnesses)
        cosigning = Cosigning(db, config.witnesses, config.least, clock) if witnessed else None
        return cls(db, policy.origin, policy, Sequencer(db, ring, clock, witnessed), cosigning)

    async def turn(self) -> int:
        """Place what waits; the number of leaves that were added here."""
        return await self.sequencer.run()

    async def cosign(self) -> None:
        """Have the newest checkpoint witnessed, where there are witnesses."""
        if self.cosigning:
            await self.cosigning.turn()

    async def head(self) -> Head | None:
        """Where the log stands."""
        return await store.head(self.db)

    async def file(self, path: str) -> bytes | None:
        """A tile or a bundle as it is served, by its path below the log; None where there is none so wide yet."""
        found = read_path(path)
        if found is None:
            return None
        tile, width = found
        shown = await self.shown()
        if shown is None or width > width_of(tile, shown.size):
            return None
        data = (await store.tiles(self.db, [tile]))[tile]
        if tile.level == ENTRIES:
            return write_entries(read_entries(data)[:width])
        return data[: width * HASH]

    async def shown(self) -> Checkpoint | None:
        """The checkpoint that everybody is shown; None before the first."""
        head = await self.head()
        return Checkpoint.read(Note.read(head.published.encode()).text) if head and head.published else None


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_bytes() != data:
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")  # the workers of a first start all come here
        draft.write_bytes(data)
        draft.replace(path)
