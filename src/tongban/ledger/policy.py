"""Whom a checker believes: the log's keys and its witnesses. Published by the log, pinned by whoever checks.

A checker takes it once from the log's own page, or better from the paper in which the authority made it public, and
keeps it: a log that could name its keys anew with every receipt could show everybody another history.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from tongban.base.crypto import Suite
from tongban.base.keys import Algorithm, Document, KeyRing, PublicKey, Use, unbase64
from tongban.ledger.checkpoints import Trusted, trusted
from tongban.ledger.faults import Fault, Untrue
from tongban.ledger.notes import Kind, Note, VerifierKey

FORMAT = "tongban/log-policy@1"


class LogKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of the log's keys, as a vkey, and when it may sign."""

    vkey: str
    not_before: datetime
    not_after: datetime


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The log by its name, its keys, and how many of which witnesses have to have signed."""

    format: str = FORMAT
    origin: str
    keys: tuple[LogKey, ...]
    witnesses: tuple[str, ...] = ()
    """As vkeys."""
    least: int = 0
    gm: tuple[LogKey, ...] | UnsetType = UNSET
    """Its SM2 keys, where it has any."""
    suites: tuple[Suite, ...] | UnsetType = UNSET
    """Who must have signed, where that is more than `intl`."""

    @classmethod
    def read(cls, data: bytes) -> Policy:
        """Raises ValueError."""
        found = msgspec.json.decode(data, type=cls)
        if found.format != FORMAT or not found.keys or not found.origin:
            raise ValueError("not a policy for a log")
        keys = (*found.logs, *found.watching)
        of = {Kind.LOG: found.keys, Kind.LOG_SM2: found.gm or ()}
        kinds = [(kind, VerifierKey.read(one.vkey)) for kind, given in of.items() for one in given]
        if any(key.name != found.origin or key.kind is not kind for kind, key in kinds):
            raise ValueError("a key of another log")
        if found.suites and (Suite.INTL not in found.suites or (Suite.GM in found.suites and not found.gm)):
            raise ValueError("a suite is asked for that there is no key of")
        if len(set(keys)) != len(keys) or not 0 <= found.least <= len({key.public for key in found.watching}):
            raise ValueError("more witnesses are asked for than are named")
        return found

    def __bytes__(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=2)

    @property
    def logs(self) -> list[VerifierKey]:
        """The log's keys, of both suites."""
        return [VerifierKey.read(key.vkey) for key in (*self.keys, *(self.gm or ()))]

    @property
    def needs(self) -> tuple[Suite, ...]:
        """Who must have signed a checkpoint."""
        return self.suites or (Suite.INTL,)

    @property
    def watching(self) -> list[VerifierKey]:
        """The witnesses."""
        return [VerifierKey.read(text) for text in self.witnesses]

    def key(self, of: VerifierKey) -> LogKey:
        """One of the log's keys with its days. Raises LookupError."""
        return next(key for key in (*self.keys, *(self.gm or ())) if VerifierKey.read(key.vkey) == of)

    def believe(self, note: Note, now: datetime, made: int = 0) -> Trusted:
        """A checkpoint of this log by keys that were in use when witnesses saw it, over something made at a time.

        Raises Untrue, as `checkpoints.trusted`, and `key-not-in-use`.
        """
        seen = trusted(note, self.logs, self.watching, least=self.least, now=int(now.timestamp()), suites=self.needs)
        if seen.checkpoint.origin != self.origin:
            raise Untrue(Fault.UNKNOWN_LOG, seen.checkpoint.origin)
        cosigned = [one.at for one in seen.witnesses]
        last, first = max([made, *cosigned]), min([int(now.timestamp()), *cosigned])
        for key in (self.key(one) for one in (seen.key, seen.second) if one):
            if last > key.not_after.timestamp() or first < key.not_before.timestamp():
                raise Untrue(Fault.KEY_NOT_IN_USE)
        return seen


def vkey(origin: str, key: PublicKey, kind: Kind | None = None) -> VerifierKey:
    """A key of the installation under the name of its log. Raises `KeyError` for an algorithm that logs do not use."""
    return VerifierKey(origin, kind or _KINDS[key.algorithm], unbase64(key.public))


_KINDS = {Algorithm.ED25519: Kind.LOG, Algorithm.SM2: Kind.LOG_SM2}


def own_policy(origin: str, ring: KeyRing, witnesses: tuple[str, ...] = (), least: int = 0) -> Policy:
    """What an installation publishes of its log."""

    def of(algorithm: Algorithm) -> tuple[LogKey, ...]:
        fit = [one for one in ring.public.values() if one.use is Use.LOG and one.algorithm is algorithm]
        return tuple(
            LogKey(vkey=str(vkey(origin, key)), not_before=key.not_before, not_after=key.not_after)
            for key in sorted(fit, key=lambda key: key.not_before)
        )

    suites = ring.keys.suites(Document.LOG)
    return Policy(
        origin=origin,
        keys=of(Algorithm.ED25519),
        witnesses=witnesses,
        least=least,
        gm=of(Algorithm.SM2) or UNSET,
        suites=suites if len(suites) > 1 else UNSET,
    )
