"""Tombstones: what is left of an erased key, signed with the installation's key of the log and checked when it is read.

Whoever can only write the database can neither date an erasure back nor make a lost key look like a lawful erasure.
"""

import msgspec

from tongban.base import jws
from tongban.base.clock import utc
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.base.sealing import store
from tongban.base.sealing.store import Grave, Runner

_KIND = "tongban-erasure+jws"
_SIGNED = "tombstones"
_STEP = 500


class Tombstones:
    """Signs and checks them with the ring of the installation."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def signed(self, grave: Grave) -> Grave:
        """The same with its signature. Raises LookupError where no key may sign now."""
        key = self._keys.signer(Use.LOG, grave.erased_at)
        return grave._replace(signed=jws.compact(self._keys, key, _KIND, _said(grave)))

    def proved(self, grave: Grave) -> bool:
        """Whether we have signed just this."""
        try:
            said = jws.opened(grave.signed, _KIND, self._key_of, grave.erased_at)
        except (ValueError, msgspec.MsgspecError):
            return False
        return said == _said(grave)

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
