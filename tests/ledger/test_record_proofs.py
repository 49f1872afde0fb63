"""A single record is proven without asking anybody, and without telling what is not for whoever holds the proof."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing
from tongban.ledger import store
from tongban.ledger.faults import Fault
from tongban.ledger.policy import Policy, own_policy
from tongban.ledger.proofs import Proof
from tongban.ledger.receipts import Point
from tongban.ledger.records import looks_like_record, record_proof, verify_record
from tongban.ledger.sequencer import Sequencer
from tongban.sharing.access.store import committed
from tongban.sharing.grants.store import committed as granted

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ORIGIN = "log.example/open/log"


async def opened(db: Database, person: str = "p-1") -> UUID:
    """Somebody's data were opened, by an official, in a matter of another person."""
    return await db.fetchval(
        """
        INSERT INTO shared_access (person, at, id, resource, record, fields, answered, reader, purpose, matter, law,
          source, kind, post, body, grant_id, case_id, own, shown_from, kept_until)
        VALUES ($1, $2, gen_random_uuid(), 'police.population', 'k', '{name}', true,
          '{"id": "o-secret", "kind": "official"}', 'case', 'matter-of-another', '{"zh": "法", "en": "law"}', '{}',
          'look-up', 'examiner', '990101.police', 'g', 'case-of-another', false, $2, '2030-02-03') RETURNING id""",
        person,
        NOW,
    )


async def placed(db: Database, folder: Path) -> Policy:
    ring = KeyRing.open(folder, NOW)
    await store.found(db, ORIGIN)
    await Sequencer(db, ring, lambda: NOW).run()
    return own_policy(ORIGIN, ring)


async def test_a_person_proves_who_looked_without_the_official_or_the_matter_being_told(
    db: Database, tmp_path: Path
) -> None:
    key = await opened(db)
    said = await committed(db, "p-1", key)
    assert said
    assert await committed(db, "p-2", key) is None, "another person's line is not found"
    with pytest.raises(Refused) as early:
        await record_proof(db, "access", str(key), *said)
    assert early.value.code == "record-not-ready"
    policy = await placed(db, tmp_path)
    file = await record_proof(db, "access", str(key), *said)
    assert looks_like_record(file)
    found = verify_record(file, policy, NOW)
    assert found.holds
    assert found.record
    assert (found.record["body"], found.record["fields"]) == ("990101.police", ["name"])
    opened_file = Proof.read(file).extra
    for hidden in (b"o-secret", b"matter-of-another", b"case-of-another"):
        assert hidden not in opened_file
    with pytest.raises(Refused) as changed:
        await record_proof(db, "access", str(key), said[0].replace("examiner", "head"), said[1])
    assert changed.value.code == "record-not-provable"


async def test_a_forged_proof_is_refused_for_its_own_reason(db: Database, tmp_path: Path) -> None:
    key = await opened(db)
    said = await committed(db, "p-1", key)
    assert said
    policy = await placed(db, tmp_path)
    file = await record_proof(db, "access", str(key), *said)
    other = own_policy(ORIGIN, KeyRing.open(tmp_path / "other", NOW))

    def extra(change: Callable[[dict[str, Any]], object]) -> bytes:
        proof = Proof.read(file)
        told = json.loads(proof.extra)
        change(told)
        return bytes(replace(proof, extra=json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()))

    forged: dict[str, tuple[bytes, Fault]] = {
        "another body": (
            extra(lambda told: told.update(said=told["said"].replace("990101", "990102"))),
            Fault.NOT_IN_THE_LOG,
        ),
        "another kind": (extra(lambda told: told.update(kind="grant")), Fault.NOT_IN_THE_LOG),
        "an unknown kind": (extra(lambda told: told.update(kind="made-up")), Fault.UNKNOWN_FORMAT),
        "the hidden part left out": (extra(lambda told: told.pop("hidden")), Fault.BAD_STATEMENTS),
        "a hidden part of its own": (extra(lambda told: told.update(hidden="A" * 43 + "=")), Fault.NOT_IN_THE_LOG),
        "a short salt": (extra(lambda told: told.update(salt="AAAA")), Fault.BAD_STATEMENTS),
        "a member twice": (
            extra(lambda told: told.update(said='{"body":"a",' + told["said"][1:])),
            Fault.BAD_STATEMENTS,
        ),
        "a member of its own": (extra(lambda told: told.update(more=1)), Fault.BAD_STATEMENTS),
        "cut": (file[: len(file) // 2], Fault.BAD_LINES),
        "no note": (file.partition(b"\n\n")[0] + b"\n\n", Fault.BAD_NOTE),
    }
    for name, (data, fault) in forged.items():
        found = verify_record(data, policy, NOW)
        assert (found.holds, found.fault, found.record) == (False, fault, None), name
    assert verify_record(file, other, NOW).fault is Fault.UNSIGNED
    (first,) = policy.keys
    begins = msgspec.structs.replace(first, not_before=NOW + timedelta(days=1))
    not_yet = msgspec.structs.replace(policy, keys=(begins,))
    assert verify_record(file, not_yet, NOW).fault is Fault.KEY_NOT_IN_USE
    lonely = verify_record(file, msgspec.structs.replace(policy, least=1), NOW)
    assert [(one.point, one.holds) for one in lonely.checks][-1] == (Point.WITNESSED, False)
    assert verify_record(file, policy, NOW).holds


async def test_a_grant_is_proven_as_it_was_given_and_not_once_it_says_something_else(
    db: Database, tmp_path: Path
) -> None:
    await db.execute(
        "INSERT INTO ledger_waiting (regions, subjects, seqs, commitments, salts)"
        " SELECT ARRAY[''], '{grant:g1}', '{0}',"
        " ARRAY[sha256(salt || 'grant'::bytea || '\\x00'::bytea || convert_to($1, 'UTF8'))], ARRAY[salt]"
        " FROM (SELECT decode(repeat('ab', 32), 'hex') AS salt) s",
        '{"id": "g1"}',
    )
    policy = await placed(db, tmp_path)
    file = await record_proof(db, "grant", "g1", '{"id": "g1"}')
    assert verify_record(file, policy, NOW).record == {"id": "g1"}
    with pytest.raises(Refused):
        await record_proof(db, "grant", "g1", '{"id": "g2"}')
    assert await granted(db, "nobody") is None
