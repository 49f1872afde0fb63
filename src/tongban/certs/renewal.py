"""Signing certificates anew: over the same record, by the keys of today, where those that signed will not do for long.

What a certificate says, its number, its digest and its place in the status lists stay as they are, and so does its
first signature; fresh ones stand beside it (`certs.marks`). Nothing that no key of ours has signed is ever signed here.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from tongban.base.crypto import Suite
from tongban.base.database import Database
from tongban.base.keys import Document, KeyRing, PublicKey, Use
from tongban.certs import store
from tongban.certs.marks import mark_again
from tongban.certs.model import Certificate
from tongban.certs.sign import export_json
from tongban.certs.verify import verify

NEAR: Final = timedelta(days=365)
"""How long before its key ends a certificate that outlives it is signed anew."""
_STEP: Final = 200


class Outcome(StrEnum):
    """What became of a certificate that was looked at."""

    DONE = "done"
    """Signed anew."""
    FINE = "fine"
    """Needing nothing: over by now, or with keys that last."""
    REFUSED = "refused"
    """Not believed under any key of ours, so left: to be looked into."""
    ERASED = "erased"
    """Its holder's data are gone."""


def due(certificate: Certificate, ring: KeyRing, now: datetime) -> bool:
    """Whether it needs a fresh signature: a suite that certificates must have is missing, or its key ends too early."""
    record = certificate.record
    today = now.astimezone(record.issued_at.tzinfo).date()
    if record.valid_until is not None and record.valid_until < today:
        return False
    by = [key for key_id in certificate.signed_by if (key := ring.public.get(key_id))]
    for suite in ring.keys.suites(Document.CERTIFICATE):
        ends = max((key.not_after for key in by if key.suite is suite), default=None)
        if ends is None:
            return True
        outlived = record.valid_until is None or record.valid_until > ends.astimezone(record.issued_at.tzinfo).date()
        if outlived and ends < now + NEAR:
            return True
    return False


def signers(ring: KeyRing, now: datetime) -> list[PublicKey]:
    """The keys of today, one of each suite that certificates need. Raises `LookupError` where one is missing."""
    return [ring.signer(Use.CERTIFICATE, now, suite) for suite in ring.keys.suites(Document.CERTIFICATE)]


async def renew(
    db: Database, ring: KeyRing, now: datetime, told: Callable[[int, int], None], step: int = _STEP
) -> Counter[Outcome]:
    """Sign anew what is due. `told` hears after each step how many of how many were looked at.

    Each step is a transaction of its own: it may be broken off, and goes on where it stopped, for what the keys of
    today have signed is not looked at again. Raises `LookupError`, `Refused` (`sm2-unavailable`).
    """
    current = [key.id for key in signers(ring, now)]
    total, looked, after = await store.count_not_signed_by(db, current), 0, ("", "")
    found = Counter[Outcome]()
    while True:
        async with db.transaction() as connection:
            rows = await store.not_signed_by(connection, current, after, step)
            for _, _, one in rows:
                outcome, fresh = _renewed(one, ring, now)
                found[outcome] += 1
                if fresh is not None:
                    await store.mark(connection, fresh)
        looked += len(rows)
        told(looked, max(total, looked))
        if len(rows) < step:
            return found
        after = rows[-1][:2]


def _renewed(one: Certificate | None, ring: KeyRing, now: datetime) -> tuple[Outcome, Certificate | None]:
    if one is None:
        return Outcome.ERASED, None
    if not due(one, ring, now):
        return Outcome.FINE, None
    # whether it is over today is nothing to a signature; whether a key of ours signed it is everything
    if not verify(export_json(one), ring.public, now, suites=(Suite.INTL,)).genuine:
        return Outcome.REFUSED, None
    return Outcome.DONE, msgspec.structs.replace(one, marks=mark_again(one.record, ring, now))
