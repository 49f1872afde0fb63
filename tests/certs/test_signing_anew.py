"""Certificates signed anew by the keys of today: what they say, their number and their status stay."""

from datetime import timedelta
from pathlib import Path

import pytest
from demo_certificate import ISSUED, record

from tongban.base.crypto import Suite, libcrypto
from tongban.base.database import Database
from tongban.base.keys import Document, KeyRing, Use
from tongban.certs import Holder, Revocation, Status, digest, export_json, sign, store, verify
from tongban.certs.renewal import Outcome, renew

pytestmark = pytest.mark.database
LATER = ISSUED + timedelta(days=400)
"""Past the end of the certificate with an end."""
CASES = ("990101-261103-4Q7Z2M9K", "990101-261103-4Q7Z2M9A", "990101-261103-4Q7Z2M9B", "990101-261103-4Q7Z2M9C")
SAID = Revocation(at=ISSUED + timedelta(days=1), by="post:police-head", reason="测试")
LASTING, ENDED, REVOKED, SUSPENDED = range(4)


def quiet(_: int, __: int) -> None: ...


async def issued(db: Database, folder: Path) -> list[str]:
    """A certificate without an end, one that has ended, a revoked one, and one that is suspended: their identifiers."""
    ring, ids = KeyRing.open(folder, ISSUED), list[str]()
    async with db.transaction() as connection:
        for n, case in enumerate(CASES):
            end = ISSUED.date().replace(year=2027) if n == ENDED else None
            one = sign(record(case=case, valid_until=end, holder=Holder(id=f"p-{n}", name="王", number="9")), ring)
            await store.insert(connection, one)
            ids.append(one.record.id)
        await store.revoke(connection, ids[REVOKED], SAID)
        await store.suspend(connection, ids[SUSPENDED], SAID)
    return ids


async def test_those_that_outlive_their_key_are_signed_anew_and_stay_what_they_were(
    db: Database, tmp_path: Path
) -> None:
    ids = await issued(db, tmp_path)
    before = await store.get(db, ids[LASTING])
    fresh = KeyRing.renew(tmp_path, Use.CERTIFICATE, LATER)
    KeyRing.retire(tmp_path, Use.CERTIFICATE, Suite.INTL, LATER + timedelta(days=7), keep=fresh.id)
    ring = KeyRing.open(tmp_path, LATER)
    listed = await store.not_valid(db, 0, 1000)

    assert await renew(db, ring, LATER, quiet) == {Outcome.DONE: 2, Outcome.FINE: 1}
    after = await store.get(db, ids[LASTING])
    assert before
    assert after
    assert after.certificate.marks
    assert [one.key for one in after.certificate.marks.signatures] == [fresh.id]
    assert (after.record, after.number, digest(after.record)) == (before.record, before.number, digest(before.record))
    assert await store.not_valid(db, 0, 1000) == listed
    assert set(listed.values()) == {Status.INVALID, Status.SUSPENDED}

    # the old key is lost now: what was signed anew before is still believed, the old copy is not
    KeyRing.retire(tmp_path, Use.CERTIFICATE, Suite.INTL, None, keep=fresh.id)
    keys = KeyRing.open(tmp_path, LATER).public
    assert verify(export_json(after.certificate), keys, LATER).valid
    assert not verify(export_json(before.certificate), keys, LATER).genuine
    assert await renew(db, KeyRing.open(tmp_path, LATER), LATER, quiet) == {Outcome.FINE: 1}


@pytest.mark.skipif(not libcrypto.available(), reason="not run: libcrypto of this machine has no SM2")
async def test_what_was_broken_off_goes_on_where_it_stopped(db: Database, tmp_path: Path) -> None:
    await issued(db, tmp_path)
    KeyRing.require(tmp_path, Document.CERTIFICATE, (Suite.INTL, Suite.GM))
    ring = KeyRing.open(tmp_path, LATER)

    def stop(_: int, __: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await renew(db, ring, LATER, stop, step=2)
    seen = list[tuple[int, int]]()
    found = await renew(db, ring, LATER, lambda done, of: seen.append((done, of)), step=1)
    assert found == {Outcome.DONE: 1, Outcome.FINE: 1}, "what was done is not looked at again"
    assert seen[0] == (1, 2)
    assert (await renew(db, ring, LATER, quiet))[Outcome.DONE] == 0
    one = (await store.held_by(db, "p-0")).items[0].certificate
    assert verify(export_json(one), ring.public, LATER, suites=(Suite.INTL, Suite.GM)).valid


async def test_what_no_believed_key_signed_is_left(db: Database, tmp_path: Path) -> None:
    ids = await issued(db, tmp_path)
    fresh = KeyRing.renew(tmp_path, Use.CERTIFICATE, LATER)
    KeyRing.retire(tmp_path, Use.CERTIFICATE, Suite.INTL, None, keep=fresh.id)
    assert (await renew(db, KeyRing.open(tmp_path, LATER), LATER, quiet))[Outcome.REFUSED] == 2
    after = await store.get(db, ids[LASTING])
    assert after
    assert after.certificate.marks is None
