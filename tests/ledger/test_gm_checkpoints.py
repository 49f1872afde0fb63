"""Checkpoints signed by two suites, and receipts on them: forging either is refused for its own reason."""

from pathlib import Path

import pytest
from tests.ledger.forged_second import FORGED, Forgery, asking, line, sm2, with_second
from tests.ledger.small_log import NOW, ORIGIN, PLACE, WITNESS, SmallLog, busy, events, policy, receipt

from tongban.base.crypto import Signer, Suite, libcrypto
from tongban.base.database import Database
from tongban.base.keys import Document, KeyRing
from tongban.ledger import store
from tongban.ledger.checkpoints import trusted
from tongban.ledger.faults import Fault
from tongban.ledger.notes import Kind, Note, VerifierKey
from tongban.ledger.policy import Policy, own_policy
from tongban.ledger.receipts import Point, verify
from tongban.ledger.sequencer import Sequencer

pytestmark = pytest.mark.skipif(not libcrypto.available(), reason="not run: libcrypto of this machine has no SM2")


@pytest.fixture(scope="module")
def log() -> SmallLog:
    return busy()


@pytest.fixture(scope="module")
def ours() -> tuple[VerifierKey, Signer]:
    return sm2()


@pytest.fixture(scope="module")
def asked(ours: tuple[VerifierKey, Signer]) -> Policy:
    return asking(ours)


def test_both_signatures_hold_and_it_is_said(log: SmallLog, ours: tuple[VerifierKey, Signer], asked: Policy) -> None:
    found = verify(with_second(log, line(log, ours)), asked, NOW)
    assert found.holds
    signed = next(check for check in found.checks if check.point is Point.SIGNED)
    assert signed.text
    assert "SM2" in signed.text.en


def test_who_does_not_know_the_second_key_passes_over_its_signature(
    log: SmallLog, ours: tuple[VerifierKey, Signer]
) -> None:
    assert verify(with_second(log, line(log, ours)), policy(), NOW).holds


@pytest.mark.parametrize("forgery", FORGED.values(), ids=FORGED.keys())
def test_a_forged_second_signature_spoils_the_receipt(
    forgery: Forgery, log: SmallLog, ours: tuple[VerifierKey, Signer], asked: Policy
) -> None:
    make, fault = forgery
    found = verify(with_second(log, *make(log, ours)), asked, NOW)
    assert (found.holds, found.fault) == (False, fault)


def test_the_second_signature_does_not_stand_for_the_first(
    log: SmallLog, ours: tuple[VerifierKey, Signer], asked: Policy
) -> None:
    note = log.note(WITNESS)
    only = Note(note.text, (line(log, ours), *note.signatures[1:]))
    assert verify(receipt(log, events(), PLACE, only), asked, NOW).fault is Fault.UNSIGNED


def test_a_key_of_another_length_or_name_is_no_sm2_key(ours: tuple[VerifierKey, Signer]) -> None:
    assert VerifierKey.read(str(ours[0])) == ours[0]
    for wrong in (VerifierKey(ORIGIN, Kind.LOG_SM2, bytes(32)), VerifierKey(ORIGIN, Kind.LOG, bytes(64))):
        with pytest.raises(ValueError, match="not a verifier key"):
            VerifierKey.read(str(wrong))


@pytest.mark.database
async def test_a_log_that_has_to_signs_each_checkpoint_twice(db: Database, tmp_path: Path) -> None:
    KeyRing.require(tmp_path, Document.LOG, (Suite.INTL, Suite.GM))
    ring = KeyRing.open(tmp_path, NOW)
    await store.found(db, ORIGIN)
    await db.execute(
        "INSERT INTO ledger_waiting (regions, subjects, seqs, commitments)"
        " VALUES (ARRAY[''], '{x}', '{0}', ARRAY[$1::bytea])",
        bytes(32),
    )
    assert await Sequencer(db, ring, lambda: NOW).run() == 1
    head, asked = await store.head(db), own_policy(ORIGIN, ring)
    assert head
    assert asked.needs == (Suite.INTL, Suite.GM)
    assert trusted(head.published.encode(), asked.logs, now=int(NOW.timestamp()), suites=asked.needs).second
