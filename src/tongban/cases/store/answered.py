"""Cases of one service with the moment at which each ended; read for publications that are kept for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tongban.base.database import Row
from tongban.cases.store.runner import Runner

# Letters that arrive later touch a case too, so the end is the first event that led to an end state.
_CAME_OUT = """
SELECT r.region, r.state, r.opened_at AS asked_at, coalesce(f.event -> 'facts', '{}'::jsonb) AS facts, e.at AS ended_at
FROM case_row r
JOIN case_event f ON f.region = r.region AND f.case_id = r.case_id AND f.seq = 1
LEFT JOIN LATERAL (
  SELECT at FROM case_event x
  WHERE x.region = r.region AND x.case_id = r.case_id AND x.event ->> 'to' = ANY($4::text[])
  ORDER BY x.seq LIMIT 1
) e ON NOT r.open
WHERE r.service = $1 AND r.opened_at >= $2 AND r.opened_at < $3
ORDER BY r.opened_at, r.case_id"""


async def came_out(db: Runner, service: str, since: datetime, until: datetime, ends: Sequence[str]) -> list[Row]:
    """One row a case; `ends` are the end states of its procedure."""
    return await db.fetch(_CAME_OUT, service, since, until, list(ends))
