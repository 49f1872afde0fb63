"""What was said of each event to the public log: read again, and said late of events of before the log."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tongban.base.database import Connection
from tongban.base.sealing import PersonKey
from tongban.base.sealing.sealer import as_bytes, as_text
from tongban.cases.committing import Spoken, case_salt, committed
from tongban.cases.model import Event
from tongban.cases.store.runner import Runner
from tongban.cases.store.sealed import EVENT


async def statements(db: Runner, region: str, case: str, until: int) -> list[tuple[PersonKey, str]]:
    """The statements of events 1 to `until`, each with the key it is sealed with.

    Raises Refused (`erased`, `seal-broken`, `key-unknown`).
    """
    rows = await db.fetch(
        "SELECT seq, said FROM case_event WHERE region = $1 AND case_id = $2 AND seq <= $3 ORDER BY seq",
        region,
        case,
        until,
    )
    ring = await db.sealer.ring(db, [row["said"] for row in rows])
    opened: list[tuple[PersonKey, str]] = []
    for row in rows:
        place = EVENT.place("said", (region, case, row["seq"]))
        sealed = as_bytes(place, row["said"])
        text = ring.open(place, sealed).decode()
        opened.append((next(key for key in ring.keys.values() if sealed.startswith(key.id)), text))
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
    await connection.execute("DELETE FROM ledger_waiting WHERE region = $1 AND subject = $2", region, case)
    for event, spoken in zip(events, words, strict=True):
        said, commitment = committed(salt, case, event, spoken, msgspec.json.encode(event))
        sealed = as_text(key.seal(EVENT.place("said", (region, case, event.seq)), said))
        await connection.execute(
            "WITH said AS (UPDATE case_event SET said = $4 WHERE region = $1 AND case_id = $2 AND seq = $3)"
            " INSERT INTO ledger_waiting (region, subject, seq, commitment) VALUES ($1, $2, $3, $5)",
            region,
            case,
            event.seq,
            sealed,
            commitment,
        )
    return True
