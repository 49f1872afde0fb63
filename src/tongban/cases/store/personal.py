"""What belongs to a person before and beside a case: drafts, uploads, the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from tongban.base.database import Connection, Row
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.base.sealing import open_json, seal_json
from tongban.cases.model import Attachment
from tongban.cases.store.runner import Runner
from tongban.cases.store.sealed import DOCUMENT, DRAFT, NOTICE


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has filled in so far. `content` is theirs: never checked, given back as it was."""

    region: str
    person: str
    service: str
    content: dict[str, Any]
    updated_at: datetime


class InboxNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A letter as its reader sees it in a list."""

    region: str
    case_id: str
    seq: int
    at: datetime
    title: Text
    body: Text


async def save_draft(db: Runner, draft: Draft, about: str = "") -> None:
    """The latest wins; there is one for a person and a service. `about`: whose key seals it, if not the keeper's."""
    key = await db.sealer.person(db, about or draft.person)
    place = DRAFT.place("content", (draft.region, draft.person, draft.service))
    await db.execute(
        "INSERT INTO draft (region, person, service, content, updated_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (region, person, service) DO UPDATE SET content = excluded.content,"
        " updated_at = excluded.updated_at WHERE draft.updated_at <= excluded.updated_at",
        draft.region,
        draft.person,
        draft.service,
        seal_json(key, place, draft.content),
        draft.updated_at,
    )


async def draft(db: Runner, region: str, person: str, service: str) -> Draft | None:
    """The open draft of a person for a service."""
    row = await db.fetchrow(
        "SELECT region, person, service, content, updated_at FROM draft"
        " WHERE region = $1 AND person = $2 AND service = $3",
        region,
        person,
        service,
    )
    return None if row is None else (await _drafts(db, [row]))[0]


async def drafts(db: Runner, person: str, limit: int) -> list[Draft]:
    """A person's drafts, the latest first."""
    rows = await db.fetch(
        "SELECT region, person, service, content, updated_at FROM draft WHERE person = $1"
        " ORDER BY updated_at DESC LIMIT $2",
        person,
        limit,
    )
    return await _drafts(db, rows)


async def _drafts(db: Runner, rows: Sequence[Row]) -> list[Draft]:
    ring = await db.sealer.ring(db, (row["content"] for row in rows))
    opened: list[Draft] = []
    for row in rows:
        place = DRAFT.place("content", (row["region"], row["person"], row["service"]))
        opened.append(msgspec.convert({**row, "content": open_json(ring, place, row["content"])}, Draft))
    return opened


async def discard(db: Runner, region: str, person: str, service: str) -> None:
    """Throw a draft away."""
    await db.execute("DELETE FROM draft WHERE region = $1 AND person = $2 AND service = $3", region, person, service)


async def reader_of(db: Runner, region: str, case: str, seq: int) -> str | None:
    """To whom a letter is."""
    rows = await db.fetch(
        "SELECT person FROM notice WHERE region = $1 AND case_id = $2 AND seq = $3", region, case, seq
    )
    return rows[0]["person"] if rows else None


async def add_document(db: Runner, region: str, owner: str, file: Attachment, at: datetime, about: str = "") -> None:
    """Remember an upload; the same file of the same owner is the same document. `about`: whose key seals its name."""
    key = await db.sealer.person(db, about or owner)
    await db.execute(
        "INSERT INTO document (region, id, owner, sha256, name, type, size, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        region,
        file.id,
        owner,
        file.sha256,
        key.seal_text(DOCUMENT.place("name", (region, file.id)), file.name),
        file.type,
        file.size,
        at,
    )


async def documents(db: Runner, owner: str, ids: Sequence[str]) -> dict[str, Attachment]:
    """The uploads of this owner among `ids`."""
    rows = await db.fetch(
        "SELECT region, id, name, type, size, sha256 FROM document"
        " WHERE region = ANY($1::text[]) AND id = ANY($2::text[]) AND owner = $3",
        sorted({one.partition("-")[0] for one in ids}),
        list(ids),
        owner,
    )
    ring = await db.sealer.ring(db, (row["name"] for row in rows))
    found: dict[str, Attachment] = {}
    for row in rows:
        name = ring.text(DOCUMENT.place("name", (row["region"], row["id"])), row["name"])
        found[row["id"]] = Attachment(row["id"], name, row["type"], row["size"], row["sha256"])
    return found


async def every_document(db: Runner, after: tuple[str, str], limit: int) -> list[Row]:
    """Rows of `region, id, owner, sha256` after this one, in the order of the primary key."""
    return await db.fetch(
        "SELECT region, id, owner, sha256 FROM document WHERE (region, id) > ($1, $2) ORDER BY region, id LIMIT $3",
        *after,
        limit,
    )


async def inbox(
    db: Runner,
    person: str,
    now: datetime,
    before: tuple[datetime, str, int],
    limit: int,
    services: Sequence[str] | None = None,
    *,
    cases_only: bool = False,
) -> list[InboxNotice]:
    """A person's letters that have been sent by `now`, newest first; for an agent those about cases of `services`."""
    rows = await db.fetch(
        "SELECT region, case_id, seq, at, title, body FROM notice n"
        " WHERE person = $1 AND at <= $2 AND (at, case_id, seq) < ($3, $4, $5)"
        " AND (NOT $7 OR EXISTS (SELECT FROM case_row r WHERE r.region = n.region AND r.case_id = n.case_id"
        "   AND ($8::text[] IS NULL OR r.service = ANY($8))))"
        " ORDER BY at DESC, case_id DESC, seq DESC LIMIT $6",
        person,
        now,
        *before,
        limit,
        cases_only,
        None if services is None else list(services),
    )
    ring = await db.sealer.ring(db, (text for row in rows for text in (row["title"], row["body"])))
    letters: list[InboxNotice] = []
    for row in rows:
        at = (row["region"], row["case_id"], row["seq"])
        words = {part: open_json(ring, NOTICE.place(part, at), row[part]) for part in NOTICE.json}
        letters.append(msgspec.convert({**row, **words}, InboxNotice))
    return letters


BESIDE = "000000"
"""Region of letters that belong to no case."""


About = Literal["mandate", "code", "invitation", "hall"]
"""What a letter that belongs to no case is about; its number begins with it. A `code` holds one of six digits."""


async def tell(db: Connection, person: str, body: Text, title: Text, at: datetime, about: About = "mandate") -> None:
    """Write a letter that belongs to no case: into the inbox, and to be carried outside. For a transaction."""
    name = f"{about}:{uuid7()}"
    key = await db.sealer.person(db, person)
    sealed = {part: seal_json(key, NOTICE.place(part, (BESIDE, name, 1)), text) for part, text in
              (("title", msgspec.to_builtins(title)), ("body", msgspec.to_builtins(body)))}  # fmt: skip
    await db.execute(
        "INSERT INTO notice (region, case_id, seq, person, at, title, body) VALUES ($1, $2, 1, $3, $4, $5, $6)",
        BESIDE,
        name,
        person,
        at,
        sealed["title"],
        sealed["body"],
    )
    await db.execute("INSERT INTO outbox (region, case_id, seq, due_at) VALUES ($1, $2, 1, $3)", BESIDE, name, at)


async def letter_beside(db: Runner, name: str) -> tuple[str, datetime, Text, Text] | None:
    """A letter that belongs to no case: to whom, when, title and body."""
    row = await db.fetchrow(
        "SELECT person, at, title, body FROM notice WHERE region = $1 AND case_id = $2 AND seq = 1", BESIDE, name
    )
    if row is None:
        return None
    ring = await db.sealer.ring(db, (row["title"], row["body"]))
    title, body = (
        msgspec.convert(open_json(ring, NOTICE.place(part, (BESIDE, name, 1)), row[part]), Text) for part in NOTICE.json
    )
    return row["person"], row["at"], title, body
