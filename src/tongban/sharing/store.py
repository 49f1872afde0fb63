"""All SQL of sharing. A record is read and the look at it is written by one statement: neither happens alone.

Each field of a record lies sealed by itself with the person's key, so a look opens the fields it names and no other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from tongban.base.database import Row
from tongban.base.sealing import SealedTable, Sealer, open_members, seal_members

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


async def read(
    db: Reads,
    person: str,
    wanted: Sequence[tuple[UUID, str, str, list[str], dict[str, Any]]],
    *,
    at: datetime,
    reader: Mapping[str, Any],
    purpose: str,
    matter: str,
    law: Mapping[str, str],
    name: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Rows of `resource, record, answer, as_of` for each wanted (id, resource, record, fields, source name).

    The access rows are written by the same statement; a record that is not there is a look too (`answered` false).
    """
    rows = await db.fetch(
        """
        WITH wanted AS (
            SELECT * FROM jsonb_to_recordset($2) AS w(id uuid, resource text, record text, fields text[], source jsonb)
        ), found AS (
            SELECT w.*, r.as_of,
                   CASE WHEN r.fields IS NOT NULL THEN
                     (SELECT coalesce(jsonb_object_agg(f, r.fields -> f), '{}') FROM unnest(w.fields) f
                       WHERE r.fields ? f)
                   END AS answer
              FROM wanted w LEFT JOIN shared_record r
                ON r.person = $1 AND r.resource = w.resource AND r.record = w.record
        ), looked AS (
            INSERT INTO shared_access
                   (person, at, id, resource, record, fields, answered, reader, purpose, matter, law, source, kind,
                    post, body, grant_id, shown_from, kept_until)
            SELECT $1, $3, id, resource, record, fields, answer IS NOT NULL, $4, $5, $6, $7,
                   jsonb_build_object('source', source, 'service', $8::jsonb), 'look-up',
                   coalesce($4::jsonb ->> 'title', ''), coalesce($4::jsonb ->> 'body', ''), 'hosted:' || resource,
                   $3, ($3::timestamptz + interval '3 years')::date + 2
              FROM found
        )
        SELECT resource, record, answer, as_of FROM found
        """,
        person,
        [
            {"id": str(key), "resource": resource, "record": record, "fields": fields, "source": source}
            for key, resource, record, fields, source in wanted
        ],
        at,
        dict(reader),
        purpose,
        matter,
        dict(law),
        dict(name),
    )
    answers: list[dict[str, Any] | None] = [row["answer"] for row in rows]
    ring = await db.sealer.ring(db, (value for answer in answers if answer for value in answer.values()))
    found: list[dict[str, Any]] = []
    for row, answer in zip(rows, answers, strict=True):
        place = RECORD.place("fields", (person, row["resource"], row["record"]))
        found.append({**row, "answer": None if answer is None else open_members(ring, place, answer)})
    return found


async def looked(
    db: Writes,
    person: str,
    *,
    at: datetime,
    look: UUID,
    resource: str,
    record: str,
    fields: Sequence[str],
    answered: bool,
    reader: Mapping[str, Any],
    purpose: str,
    matter: str,
    law: Mapping[str, str],
    source: Mapping[str, Any],
) -> None:
    """The row of a look at a record that another body holds."""
    await db.execute(
        "INSERT INTO shared_access"
        " (person, at, id, resource, record, fields, answered, reader, purpose, matter, law, source)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        person,
        at,
        look,
        resource,
        record,
        list(fields),
        answered,
        dict(reader),
        purpose,
        matter,
        dict(law),
        dict(source),
    )


async def accesses(db: Reads, person: str, after: tuple[datetime, UUID] | None, limit: int) -> list[Row]:
    """One person's accesses, newest first; `after` is the last row of the page before."""
    at, key = after or (None, None)
    return await db.fetch(
        """
        SELECT id, at, resource, record, fields, answered, reader, purpose, matter, law, source FROM shared_access
         WHERE person = $1 AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3))
         ORDER BY at DESC, id DESC LIMIT $4
        """,
        person,
        at,
        key,
        limit,
    )


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
