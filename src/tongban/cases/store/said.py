"""What was said of each event to the public log: read again, and said late of events of before the log."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tongban.base.database import Connection
from tongban.base.sealing import PersonKey
from tongban.base.sealing.sealer import as_bytes, as_text
from tongban.cases.committing import case_salt, kept_statement, statement
from tongban.cases.model import Event, Spoken
from tongban.cases.store.runner import Runner
from tongban.cases.store.sealed import EVENT
from tongban.ledger.commitments import commitment


async def statements(db: Runner, region: str, case: str, until: int) -> list[tuple[PersonKey, str]]:
    """The statements of events 1 to `until`, each with the key it is sealed with.

    Raises Refused (`erased`, `seal-broken`, `key-unknown`).
    """
    rows = await db.fetch(
        "SELECT seq, coalesce(said, event #>> '{}') AS sealed, said IS NULL AS inside FROM case_event"
        " WHERE region = $1 AND case_id = $2 AND seq <= $3 ORDER BY seq",
        region,
        case,
        until,
    )
    ring = await db.sealer.ring(db, [row["sealed"] for row in rows])
    opened: list[tuple[PersonKey, str]] = []
    for row in rows:
        place = EVENT.place("event" if row["inside"] else "said", (region, case, row["seq"]))
        sealed = as_bytes(place, row["sealed"])
        data = ring.open(place, sealed)
        key = next(key for key in ring.keys.values() if sealed.startswith(key.id))
        said = kept_statement(case_salt(key, region, case), case, data) if row["inside"] else data
        opened.append((key, said.decode()))
    return opened


async def uncommitted(db: Runner, after: tuple[str, str], limit: int) -> list[tuple[str, str]]:
    """(region, case) of the next cases with an event that has no commitment."""
    rows = await db.fetch(
        "SELECT DISTINCT region, case_id FROM case_event WHERE said = '' AND (region, case_id) > ($1, $2)"
        " ORDER BY region, case_id LIMIT $3",
        *after,
        limit,
    )
    return [(row["region"], row["case_id"]) for row in rows]


_STAND_BACK = """
UPDATE ledger_waiting w SET (regions, subjects, seqs, commitments) = (
  SELECT coalesce(array_agg(u.region ORDER BY n), '{}'), coalesce(array_agg(u.subject ORDER BY n), '{}'),
    coalesce(array_agg(u.seq ORDER BY n), '{}'), coalesce(array_agg(u.commitment ORDER BY n), '{}')
  FROM unnest(w.regions, w.subjects, w.seqs, w.commitments)
    WITH ORDINALITY AS u(region, subject, seq, commitment, n)
  WHERE (u.region, u.subject) <> ($1, $2))
WHERE $2 = ANY(w.subjects) AND w.salts IS NULL"""
"""Takes a case out of the line; rows of chained commitments have no salts."""


async def commit_all(
    connection: Connection, key: PersonKey, region: str, case: str, events: Sequence[Event], words: Sequence[Spoken]
) -> bool:
    """Commit to all events of a case, in place of what already waits of it. False if it has moved on meanwhile.

    Where another process was quicker nothing is done: its commitments may stand in the log already.
    """
    row = await connection.fetchrow(
        "SELECT seq FROM case_row WHERE region = $1 AND case_id = $2 FOR UPDATE", region, case
    )
    if row is None or row["seq"] != len(events):
        return False
    open_ = "SELECT 1 FROM case_event WHERE region = $1 AND case_id = $2 AND said = '' LIMIT 1"
    if not await connection.fetch(open_, region, case):
        return True
    salt = case_salt(key, region, case)
    await connection.execute(_STAND_BACK, region, case)
    for event, spoken in zip(events, words, strict=True):
        said = statement(salt, case, event, spoken, msgspec.json.encode(event))
        sealed = as_text(key.seal(EVENT.place("said", (region, case, event.seq)), said))
        await connection.execute(
            "WITH said AS (UPDATE case_event SET said = $4 WHERE region = $1 AND case_id = $2 AND seq = $3)"
            " INSERT INTO ledger_waiting (regions, subjects, seqs, commitments)"
            " VALUES (ARRAY[$1], ARRAY[$2], ARRAY[$3::int], ARRAY[$5::bytea])",
            region,
            case,
            event.seq,
            sealed,
            commitment(salt.statement_key(event.seq), said),
        )
    return True
