"""All SQL of sharing. A record is read and the look at it is written by one statement: neither happens alone.

Each field of a record lies sealed by itself with the person's key, so a look opens the fields it names and no other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from tongban.base.database import Row
from tongban.base.sealing import SealedTable, Sealer, open_members, seal_members
from tongban.sharing.access.store import COLUMNS, ROW

RECORD = SealedTable(table="shared_record", key=("person", "resource", "record"), owner="person", members=("fields",))
SEALED = (RECORD,)


class Reads(Protocol):
    """A database, or a connection inside a transaction."""

    @property
    def sealer(self) -> Sealer: ...
    async def fetch(self, sql: str, *args: Any) -> list[Row]: ...


class Writes(Reads, Protocol):
    """The same, for writing."""

    async def execute(self, sql: str, *args: Any) -> str: ...


async def read(db: Reads, person: str, wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `resource, record, answer, as_of` for each opening in `wanted` (as `access.record.row` has it).

    The openings are written by the same statement; a record that is not there is a look too (`answered` false).
    """
    rows = await db.fetch(
        f"""
        WITH wanted AS (
            SELECT * FROM jsonb_to_recordset($2) AS w({ROW})
        ), found AS (
            SELECT w.*, r.as_of,
                   CASE WHEN r.fields IS NOT NULL THEN
                     (SELECT coalesce(jsonb_object_agg(f, r.fields -> f), '{{}}') FROM unnest(w.fields) f
                       WHERE r.fields ? f)
                   END AS answer
              FROM wanted w LEFT JOIN shared_record r
                ON r.person = $1 AND r.resource = w.resource AND r.record = w.record
        ), looked AS (
            INSERT INTO shared_access ({COLUMNS}, answered)
            SELECT {COLUMNS}, answer IS NOT NULL FROM found
        )
        SELECT resource, record, answer, as_of FROM found
        """,  # noqa: S608 -- columns of access records
        person,
        list(wanted),
    )
    answers: list[dict[str, Any] | None] = [row["answer"] for row in rows]
    ring = await db.sealer.ring(db, (value for answer in answers if answer for value in answer.values()))
    found: list[dict[str, Any]] = []
    for row, answer in zip(rows, answers, strict=True):
        place = RECORD.place("fields", (person, row["resource"], row["record"]))
        found.append({**row, "answer": None if answer is None else open_members(ring, place, answer)})
    return found


async def put(db: Writes, person: str, resource: str, record: str, fields: Mapping[str, Any], as_of: datetime) -> None:
    """What a department reports of a person; the newest report stands."""
    key = await db.sealer.person(db, person)
    sealed = seal_members(key, RECORD.place("fields", (person, resource, record)), fields)
    await db.execute(
        """
        INSERT INTO shared_record (person, resource, record, fields, as_of) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (person, resource, record)
        DO UPDATE SET fields = EXCLUDED.fields, as_of = EXCLUDED.as_of WHERE shared_record.as_of <= EXCLUDED.as_of
        """,
        person,
        resource,
        record,
        sealed,
        as_of,
    )
