"""Tombstones: what is left of an erased key, signed with the installation's key of the log and checked when it is read.

Whoever can only write the database can neither date an erasure back nor make a lost key look like a lawful erasure.
"""

from datetime import datetime
from typing import NamedTuple

import msgspec

from tongban.base import jws
from tongban.base.clock import utc
from tongban.base.crypto import DIGESTS, Hashing
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.base.sealing import store
from tongban.base.sealing.store import Grave, Runner
from tongban.base.statements import Unbelieved, believed, read, stated

_KIND = "tongban-erasure+jws"
_RENEWED = "tongban-erasure-renewed/1"
_SIGNED = "tombstones"
_STEP = 500


class Renewed(NamedTuple):
    """How many were signed anew, and how many nobody here has ever signed."""

    done: int
    refused: int


class Tombstones:
    """Signs and checks them with the ring of the installation."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def signed(self, grave: Grave) -> Grave:
        """The same with its signature. Raises LookupError where no key may sign now."""
        key = self._keys.signer(Use.LOG, grave.erased_at)
        return grave._replace(signed=jws.compact(self._keys, key, _KIND, _said(grave)))

    def proved(self, grave: Grave) -> bool:
        """Whether we have signed just this, by a key that is believed of that time or by a later one over it."""
        return self._signed_by_us(grave, grave.erased_at) or (self._vouched(grave) and self._signed_by_us(grave, None))

    def _signed_by_us(self, grave: Grave, at: datetime | None) -> bool:
        try:
            said = jws.opened(grave.signed, _KIND, self._key_of, at)
        except ValueError:
            return False
        return said == _said(grave)

    def _vouched(self, grave: Grave) -> bool:
        if not grave.renewed:
            return False
        try:
            statement = read(grave.renewed.encode())
            said = believed(statement, _RENEWED, Use.LOG, self._keys.keys, statement.at)
        except Unbelieved:
            return False
        return said == _renewal(grave)

    async def renew(self, db: Runner, now: datetime) -> Renewed:
        """Sign every tombstone anew with the keys of today, over the signature that it has; to be run after a key of
        the log was replaced. Harmless to repeat.

        What is there is taken for ours if a key of ours signed it at any time: whoever could write forged ones with a
        lost key before this is run has them believed. So it is run at once, and what it counts is looked at.
        """
        current = {self._keys.signer(Use.LOG, now, suite).id for suite in self._keys.keys.suites(Use.LOG)}
        done, refused, after = 0, 0, b""
        while graves := await store.graves(db, after, _STEP):
            after = graves[-1].id
            due = [one for one in graves if _keys_of(one) != current]
            ours = [one for one in due if self._signed_by_us(one, None)]
            refused += len(due) - len(ours)
            done += await store.renew(db, [self._renewed(one, now) for one in ours])
        return Renewed(done, refused)

    def _renewed(self, grave: Grave, now: datetime) -> Grave:
        statement = stated(self._keys, Use.LOG, _RENEWED, _renewal(grave), now)
        return grave._replace(renewed=msgspec.json.encode(statement).decode())

    async def sign_old(self, db: Runner) -> int:
        """Sign the tombstones of before they were signed, once; the number that was done."""
        if await store.passed(db, _SIGNED):
            return 0
        done = 0
        while graves := await store.unsigned(db, _STEP):
            done += await store.sign(db, [self.signed(one) for one in graves])
        await store.pass_done(db, _SIGNED)
        return done

    def _key_of(self, key_id: str) -> PublicKey | None:
        key = self._keys.public.get(key_id)
        return key if key is not None and key.use is Use.LOG else None


def _said(grave: Grave) -> bytes:
    """What is signed: which key, whose, when, why."""
    at = utc(grave.erased_at).isoformat(timespec="microseconds")
    return msgspec.json.encode({"key": grave.id.hex(), "person": grave.person, "erased_at": at, "why": grave.why})


def _renewal(grave: Grave) -> dict[str, str]:
    """What a later key signs: that this very signature was among ours."""
    return {"key": grave.id.hex(), "sha256": DIGESTS[Hashing.SHA256].digest(grave.signed.encode()).hex()}


def _keys_of(grave: Grave) -> set[str]:
    """The ids of the keys that vouch for it last."""
    try:
        if grave.renewed:
            return {mark.key for mark in read(grave.renewed.encode()).signatures}
        return {str(jws.Jws(grave.signed).header["kid"])}
    except (ValueError, KeyError):  # `Unbelieved` and `Unproved` are ValueErrors
        return set()
