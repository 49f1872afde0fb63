"""Openings of data, grants and what machines did are leaves too: shown later as they were, forgotten with their row."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.ledger import store
from tongban.ledger.sequencer import Sequencer

pytestmark = pytest.mark.database

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def placed(db: Database, folder: Path) -> int:
    await store.found(db, "log.example/open/log")
    return await Sequencer(db, KeyRing.open(folder, NOW), lambda: NOW).run()


async def test_a_grant_a_measured_score_and_a_call_of_a_machine_are_leaves(db: Database, tmp_path: Path) -> None:
    await db.execute(
        "INSERT INTO data_grant_change (grant_id, event, at, what, by_id, reasons)"
        " VALUES ('g', 'e', $1, 'given', 'o', '')",
        NOW,
    )
    await db.execute("INSERT INTO assist_round (region, use, at, found) VALUES ('990101', 'routing', $1, '{}')", NOW)
    await db.execute("UPDATE assist_round SET at = at + interval '1 hour'")
    await db.execute("UPDATE assist_round SET found = '{\"a\": 1}'")  # the same look: not said twice
    await db.execute(
        "INSERT INTO assist_settled (region, call, person, post, body, use, at, outcome, reason, seconds_shown)"
        " VALUES ('990101', 'c', 'p', 'post', 'b', 'routing', $1, 'accepted', '', 3)",
        NOW,
    )
    assert await placed(db, tmp_path) == 4
    rows = await db.fetch("SELECT subject FROM ledger_leaf ORDER BY subject")
    assert [row["subject"].split(":")[0] for row in rows] == [
        "grant-change",
        "machine-score",
        "machine-score",
        "machine-settled",
    ]


async def test_a_record_can_be_shown_to_be_what_was_written_then(db: Database, tmp_path: Path) -> None:
    await db.execute(
        "INSERT INTO data_grant_change (grant_id, event, at, what, by_id, reasons)"
        " VALUES ('g', 'e', $1, 'given', 'o', '')",
        NOW,
    )
    await placed(db, tmp_path)
    leaf = await store.leaf(db, "", "grant-change:g:e", 0)
    assert leaf is not None and leaf.salt is not None
    said = await db.fetchval(
        "SELECT jsonb_build_object('grant_id', grant_id, 'event', event, 'at', at, 'what', what, 'by_id', by_id,"
        " 'reasons', reasons)::text FROM data_grant_change"
    )
    assert leaf.value == hashlib.sha256(leaf.salt + b"grant-change\0" + said.encode()).digest()


async def test_an_opening_of_data_that_is_forgotten_takes_its_salt_along(db: Database, tmp_path: Path) -> None:
    await db.execute(
        """
        INSERT INTO shared_access (person, at, id, resource, record, fields, answered, reader, purpose, matter, law,
          source, kind, post, body, grant_id, case_id, own, shown_from, kept_until)
        VALUES ('p-1', '2020-01-02', gen_random_uuid(), 'r', 'k', '{name}', true,
          '{"id": "o", "kind": "citizen"}', 'case', 'm', '{"zh": "法", "en": "law"}', '{}', 'look-up', '', '', 'g', '',
          true, '2020-01-02', '2023-02-03')"""
    )
    assert await placed(db, tmp_path) == 1
    assert await db.fetchval("SELECT salt IS NOT NULL FROM ledger_leaf")
    await db.execute("DELETE FROM shared_access")
    assert await db.fetchval("SELECT salt IS NULL FROM ledger_leaf")
    head = await store.head(db)
    assert head is not None and head.size == 1
