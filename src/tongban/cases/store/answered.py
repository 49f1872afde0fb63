"""Cases of one service with the moment at which each ended; read for publications that are kept for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tongban.base.database import Row
from tongban.base.errors import Refused
from tongban.base.sealing import Ring, open_json
from tongban.cases.store.runner import Runner
from tongban.cases.store.sealed import EVENT

# Letters that arrive later touch a case too, so the end is the first event that led to an end state.
_CAME_OUT = """
SELECT r.region, r.case_id, r.state, r.opened_at AS asked_at, f.event AS first, e.at AS ended_at
FROM case_row r
JOIN case_event f ON f.region = r.region AND f.case_id = r.case_id AND f.seq = 1
LEFT JOIN LATERAL (
  SELECT at FROM case_event x
  WHERE x.region = r.region AND x.case_id = r.case_id AND x.leads_to = ANY($4::text[])
  ORDER BY x.seq LIMIT 1
) e ON NOT r.open
WHERE r.service = $1 AND r.opened_at >= $2 AND r.opened_at < $3
ORDER BY r.opened_at, r.case_id"""


async def came_out(
    db: Runner, service: str, since: datetime, until: datetime, ends: Sequence[str]
) -> list[dict[str, Any]]:
    """One row a case with `facts`, what it said when it was opened; `ends` are the end states of its procedure.

    A case whose person was erased says nothing more, and is still counted.
    """
    rows = await db.fetch(_CAME_OUT, service, since, until, list(ends))
    ring = await db.sealer.ring(db, (row["first"] for row in rows))
    return [{**row, "facts": _facts(ring, row)} for row in rows]


def _facts(ring: Ring, row: Row) -> dict[str, Any]:
    try:
        first = open_json(ring, EVENT.place("event", (row["region"], row["case_id"], 1)), row["first"])
    except Refused as refused:
        if refused.code != "erased":
            raise
        return {}
    return first.get("facts") or {}
