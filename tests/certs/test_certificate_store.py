"""Keeping certificates: beside the event that issues them, final, found by id, case and holder."""

from datetime import timedelta

import asyncpg
import pytest
from demo_certificate import ISSUED, record

from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.base.sealing import seal_old
from tongban.certs import Certificate, Holder, Revocation, Status, sign, store

pytestmark = pytest.mark.database
WITHDRAWN = Revocation(at=ISSUED + timedelta(days=1), by="post:police-head", reason="地址登记有误，已重新发证")


async def keep(db: Database, certificate: Certificate) -> None:
    async with db.transaction() as connection:
        await store.insert(connection, certificate)


async def test_a_kept_certificate_comes_back_with_its_proof(db: Database, certificate: Certificate) -> None:
    await keep(db, certificate)
    found = await store.get(db, certificate.record.id)
    assert found is not None and found.certificate == certificate and found.revocation is None
    assert [one.certificate for one in await store.for_case(db, "990101", certificate.record.case)] == [certificate]


async def test_nothing_is_kept_when_the_callers_transaction_fails(db: Database, certificate: Certificate) -> None:
    with pytest.raises(RuntimeError):
        async with db.transaction() as connection:
            await store.insert(connection, certificate)
            raise RuntimeError
    assert await store.get(db, certificate.record.id) is None


async def test_keeping_it_again_is_harmless_but_another_for_the_same_case_is_refused(
    db: Database, certificate: Certificate, ring: KeyRing
) -> None:
    await keep(db, certificate)
    await keep(db, certificate)
    other = sign(record(issued_at=ISSUED + timedelta(hours=1)), ring)
    with pytest.raises(Refused) as refused:
        await keep(db, other)
    assert refused.value.code == "certificate-exists"


async def test_an_unknown_or_malformed_identifier_finds_nothing(db: Database) -> None:
    for text in (record().id, "", "x", "1.2.156.3005.2.1.2.3.4.5", "'; DROP TABLE certificate; --", "证" * 500):
        assert await store.get(db, text) is None


async def test_a_person_sees_their_certificates_newest_first_page_by_page(db: Database, ring: KeyRing) -> None:
    for n in range(5):
        await keep(db, sign(record(case=f"990101-261103-{n:08d}", issued_at=ISSUED + timedelta(hours=n // 2)), ring))
    await keep(db, sign(record(case="990101-261103-ZZZZZZZZ", holder=Holder(id="p-2", name="李", number="*")), ring))
    seen: list[str] = []
    after = None
    while True:
        page = await store.held_by(db, "p-1", after, 2)
        seen += [item.record.case for item in page.items]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen[0].endswith("4")
    with pytest.raises(Refused) as refused:
        await store.held_by(db, "p-1", "nonsense")
    assert refused.value.code == "bad-cursor"


async def test_a_revocation_is_kept_with_its_reason_and_happens_once(db: Database, certificate: Certificate) -> None:
    await keep(db, certificate)
    async with db.transaction() as connection:
        await store.revoke(connection, certificate.record.id, WITHDRAWN)
    found = await store.get(db, certificate.record.id)
    assert found is not None and found.revocation == WITHDRAWN
    for number, code in ((certificate.record.id, "already-revoked"), ("nothing", "unknown-certificate")):
        with pytest.raises(Refused) as refused:
            async with db.transaction() as connection:
                await store.revoke(connection, number, WITHDRAWN)
        assert refused.value.code == code


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM certificate",
        "UPDATE certificate SET jws = 'x'",
        "UPDATE certificate SET holder = 'p-2'",
        "UPDATE certificate SET version = 2",
    ],
)
async def test_what_was_certified_is_never_rewritten(sql: str, db: Database, certificate: Certificate) -> None:
    await keep(db, certificate)
    with pytest.raises(asyncpg.RestrictViolationError):
        await db.execute(sql)


async def test_the_signed_text_lies_sealed_and_one_of_before_is_read_and_then_sealed_for_good(
    db: Database, certificate: Certificate
) -> None:
    await keep(db, certificate)
    assert certificate.jws not in await db.fetchval("SELECT jws FROM certificate")
    await db.execute("ALTER TABLE certificate DISABLE TRIGGER certificate_is_final")
    await db.execute("UPDATE certificate SET jws = $1", certificate.jws)
    await db.execute("ALTER TABLE certificate ENABLE TRIGGER certificate_is_final")
    for changed in (1, 0):
        found = await store.get(db, certificate.record.id)
        assert found is not None and found.certificate == certificate
        assert await seal_old(db, store.SEALED) == changed
    sealed = await db.fetchval("SELECT jws FROM certificate")
    assert sealed.startswith("sealed.1.")
    with pytest.raises(asyncpg.RestrictViolationError):
        await db.execute("UPDATE certificate SET jws = jws || 'A'")


async def test_a_suspended_certificate_stands_in_the_list_until_it_is_restored_and_a_revoked_one_for_good(
    db: Database, ring: KeyRing
) -> None:
    made = [sign(record(case=f"990101-261103-{n:08d}"), ring) for n in range(3)]
    for certificate in made:
        await keep(db, certificate)
    first, second, _ = (one.record.id for one in made)
    found = await store.get(db, first)
    assert found is not None
    start = found.number
    assert await store.count_issued(db) == start + 3

    async with db.transaction() as connection:
        await store.suspend(connection, first, WITHDRAWN)
        await store.suspend(connection, first, WITHDRAWN)
        await store.revoke(connection, second, WITHDRAWN)
    held = await store.get(db, first)
    assert held is not None and held.suspension == WITHDRAWN and held.revocation is None
    assert await store.not_valid(db, start, 100) == {start: Status.SUSPENDED, start + 1: Status.INVALID}
    assert await store.not_valid(db, start + 1, 1) == {start + 1: Status.INVALID}

    async with db.transaction() as connection:
        await store.restore(connection, first)
        await store.restore(connection, second)
    assert await store.not_valid(db, start, 100) == {start + 1: Status.INVALID}
    for number, code in ((second, "already-revoked"), ("nothing", "unknown-certificate")):
        with pytest.raises(Refused) as refused:
            async with db.transaction() as connection:
                await store.suspend(connection, number, WITHDRAWN)
        assert refused.value.code == code


async def test_the_number_of_a_certificate_never_changes(db: Database, certificate: Certificate) -> None:
    await keep(db, certificate)
    with pytest.raises(asyncpg.PostgresError):
        await db.execute("UPDATE certificate SET number = 99")
