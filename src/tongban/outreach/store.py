"""All SQL of outreach on PostgreSQL: offers and what people said to them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from tongban.base.database import Row
from tongban.base.sealing import SealedTable, Sealer, open_json, seal_json

OFFER = SealedTable(table="offer", key=("region", "person", "policy"), owner="person", json=("outputs",))
SEALED = (OFFER,)


class Reads(Protocol):
    """A database, or a connection inside a transaction."""

    @property
    def sealer(self) -> Sealer: ...
    async def fetch(self, sql: str, *args: Any) -> list[Row]: ...


_COLUMNS = """region, person, policy, policy_version, service, service_version, as_of, standing, fact, outputs, state,
              offered_at, answered_at, case_id"""


async def offer(
    db: Reads,
    *,
    policy: str,
    policy_version: str,
    service: str,
    service_version: str,
    as_of: date,
    hits: Sequence[Mapping[str, Any]],
    now: datetime,
) -> dict[str, bool]:
    """Makes or renews offers; each hit is `region, person, standing, fact, outputs`. Whose are open by it, and whether
    they had none before.

    What a person confirmed or declined stays as it is; an older run never replaces a newer one.
    """
    keys = await db.sealer.persons(db, (hit["person"] for hit in hits))
    sealed = [
        {
            **hit,
            "outputs": seal_json(
                keys[hit["person"]], OFFER.place("outputs", (hit["region"], hit["person"], policy)), hit["outputs"]
            ),
        }
        for hit in hits
    ]
    rows = await db.fetch(
        """
        INSERT INTO offer (region, person, policy, policy_version, service, service_version, as_of, standing, fact,
                           outputs, state, offered_at)
        SELECT h.region, h.person, $1, $2, $3, $4, $5, h.standing, h.fact, h.outputs, 'open', $6
          FROM jsonb_to_recordset($7) AS h(region text, person text, standing text, fact text, outputs jsonb)
        ON CONFLICT (region, person, policy) DO UPDATE
           SET policy_version = EXCLUDED.policy_version, service = EXCLUDED.service, as_of = EXCLUDED.as_of,
               service_version = EXCLUDED.service_version, standing = EXCLUDED.standing, fact = EXCLUDED.fact,
               outputs = EXCLUDED.outputs, state = 'open', offered_at = EXCLUDED.offered_at
         WHERE offer.state IN ('open', 'withdrawn') AND offer.as_of <= EXCLUDED.as_of
        RETURNING person, xmax = 0 AS fresh
        """,
        policy,
        policy_version,
        service,
        service_version,
        as_of,
        now,
        sealed,
    )
    return {row["person"]: row["fresh"] for row in rows}


async def withdraw(db: Reads, policy: str, as_of: date, still: Sequence[str]) -> int:
    """Withdraws the open offers of a policy to people whom its newest run no longer lists; how many."""
    rows = await db.fetch(
        """
        UPDATE offer SET state = 'withdrawn'
         WHERE policy = $1 AND state = 'open' AND as_of <= $2 AND NOT person = ANY($3::text[])
        RETURNING person
        """,
        policy,
        as_of,
        list(still),
    )
    return len(rows)


async def of_person(db: Reads, person: str) -> list[dict[str, Any]]:
    """One person's offers, whatever came of them, amounts in clear. Raises Refused: `erased` (410)."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM offer WHERE person = $1 ORDER BY standing, policy", person)
    ring = await db.sealer.ring(db, (row["outputs"] for row in rows))
    return [
        {
            **dict(row),
            "outputs": open_json(
                ring, OFFER.place("outputs", (row["region"], row["person"], row["policy"])), row["outputs"]
            ),
        }
        for row in rows
    ]


async def answer(
    db: Reads, person: str, policy: str, state: str, before: Sequence[str], now: datetime, case: str | None
) -> bool:
    """What a person said to an offer that stands in one of `before`; False if it does not."""
    rows = await db.fetch(
        """
        UPDATE offer SET state = $3, answered_at = $5, case_id = coalesce($6, case_id)
         WHERE person = $1 AND policy = $2 AND state = ANY($4::text[])
        RETURNING policy
        """,
        person,
        policy,
        state,
        list(before),
        now,
        case,
    )
    return bool(rows)
