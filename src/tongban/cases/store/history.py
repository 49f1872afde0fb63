"""Appending events together with the rows they lead to, and reading them back.

`append` writes any number of commands on different cases in ONE statement, so that commands which arrive together
share one commit. Each of them is judged by itself inside the statement: a version that has moved on, or a key that was
used, leaves that one out and no other. The rows travel as one JSON value and are spread out by the server.

What is personal in them is sealed before it travels: events and the name with the applicant's key, letters with their
reader's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from tongban.base.database import Connection
from tongban.base.sealing import PREFIX, PersonKey, seal_json
from tongban.base.sealing.sealer import as_bytes, as_text
from tongban.cases.committing import case_salt, statement
from tongban.cases.model import Event
from tongban.cases.projections import (
    CaseRow,
    LetterKey,
    OutboxRow,
    Rows,
    TaskRow,
    TimerRow,
)
from tongban.cases.store.runner import Runner
from tongban.cases.store.sealed import EVENT, NOTICE, ROW
from tongban.ledger.commitments import commitment


class Key(msgspec.Struct, frozen=True):
    """An idempotency key: whose, which, and the digest of what was asked with it."""

    actor: str
    key: str
    digest: str


class Append(msgspec.Struct, frozen=True, kw_only=True):
    """Events that follow event `expected` of one case, with the rows they lead to. `seq` answers the command."""

    region: str
    case: str
    expected: int
    seq: int
    key: Key
    events: tuple[Event, ...]
    rows: Rows
    draft: DraftKey | None = None
    """The draft that has become this case."""


class DraftKey(msgspec.Struct, frozen=True, kw_only=True):
    """A person's draft for a service."""

    region: str
    person: str
    service: str


class _Item(msgspec.Struct, frozen=True):
    n: int
    head: int
    region: str
    case_id: str
    expected: int
    seq: int
    actor: str
    key: str
    digest: str


class _EventRow(msgspec.Struct, frozen=True):
    region: str
    case_id: str
    seq: int
    at: datetime
    type: str
    leads_to: str
    event: str
    commitment: str
    """Hexadecimal, for it travels as JSON."""


class _NoticeRow(msgspec.Struct, frozen=True):
    region: str
    case_id: str
    seq: int
    person: str
    at: datetime
    title: str
    body: str


class Batch(msgspec.Struct, frozen=True):
    items: list[_Item]
    events: list[_EventRow]
    rows: list[CaseRow]
    timers: list[TimerRow]
    tasks: list[TaskRow]
    notices: list[_NoticeRow]
    outbox: list[OutboxRow]
    gone: list[LetterKey]
    settled: list[LetterKey]
    drafts: list[_Sent]


class _Sent(msgspec.Struct, frozen=True):
    n: int
    draft: DraftKey


def owners(items: Sequence[Append]) -> set[str]:
    """Whose keys a batch is sealed with."""
    rows = [item.rows for item in items]
    return {r.row.applicant for r in rows} | {notice.person for r in rows for notice in r.notices}


async def batch_of(db: Runner, items: Sequence[Append], heads: Sequence[int] = ()) -> Batch:
    """The batch as it travels, sealed."""
    rows = [item.rows for item in items]
    keys = await db.sealer.persons(db, owners(items))
    return Batch(
        items=[
            _Item(
                n, heads[n] if heads else n, i.region, i.case, i.expected, i.seq, i.key.actor, i.key.key, i.key.digest
            )
            for n, i in enumerate(items)
        ],
        events=[row for i in items if i.events for row in _event_rows(keys[i.rows.row.applicant], i)],
        rows=[_case_row(keys[r.row.applicant], r.row) for r in rows],
        timers=[r.timer for r in rows],
        tasks=[task for r in rows for task in r.tasks],
        notices=_notices(keys, rows),
        outbox=[letter for r in rows for letter in r.outbox],
        gone=[key for r in rows for key in r.gone],
        settled=[key for r in rows for key in r.settled],
        drafts=[_Sent(n, i.draft) for n, i in enumerate(items) if i.draft],
    )


_encode = msgspec.json.Encoder().encode


def _event_rows(key: PersonKey, item: Append) -> Iterator[_EventRow]:
    """Each event sealed, with the commitment to what is said of it. Raises ValueError for one without words."""
    salt = case_salt(key, item.region, item.case)
    for event in item.events:
        if event.words is None:
            raise ValueError("nothing is said of an event")
        at, data = (item.region, item.case, event.seq), _encode(event)
        sealed = as_text(key.seal(EVENT.place("event", at), data))
        said = commitment(salt.statement_key(event.seq), statement(salt, item.case, event, event.words, data))
        yield _EventRow(*at, event.at, event.type, event.to, sealed, said.hex())


def _case_row(key: PersonKey, row: CaseRow) -> CaseRow:
    name = key.seal_text(ROW.place("applicant_name", (row.region, row.case_id)), row.applicant_name)
    return msgspec.structs.replace(row, applicant_name=name)


def _notices(keys: Mapping[str, PersonKey], rows: Sequence[Rows]) -> list[_NoticeRow]:
    sealed: list[_NoticeRow] = []
    for one in (notice for r in rows for notice in r.notices):
        key, at = keys[one.person], (one.region, one.case_id, one.seq)
        place = NOTICE.place("title", at)
        title = seal_json(key, place, one.title)
        body = seal_json(key, place.beside("body"), one.body)
        sealed.append(_NoticeRow(one.region, one.case_id, one.seq, one.person, one.at, title, body))
    return sealed


_JUDGE = """
WITH item AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb -> 'items') AS i(
    n int, head int, region text, case_id text, expected int, seq int, actor text, key text, digest text)
),
held AS MATERIALIZED (  -- one by one by the index, in one order everywhere: no two writers wait for each other
  SELECT i.n, r.seq FROM (SELECT * FROM item ORDER BY region, case_id) i
  CROSS JOIN LATERAL (
    SELECT c.seq FROM case_row c WHERE c.region = i.region AND c.case_id = i.case_id FOR UPDATE) r
),
fit AS MATERIALIZED (  -- what is written together fits together or not at all
  SELECT i.* FROM (
    SELECT i.*, bool_and(coalesce(h.seq, 0) = i.expected) OVER (PARTITION BY i.head) AS fits
    FROM item i LEFT JOIN held h ON h.n = i.n) i
  WHERE i.fits
),
fresh AS (
  INSERT INTO command_key (region, actor, key, digest, case_id, seq)
  SELECT region, actor, key, digest, case_id, seq FROM fit WHERE n = head ORDER BY region, actor, key
  ON CONFLICT DO NOTHING RETURNING region, actor, key
),
done AS MATERIALIZED (
  SELECT f.n, f.region, f.case_id FROM fit f JOIN fit t ON t.n = f.head
  JOIN fresh k ON k.region = t.region AND k.actor = t.actor AND k.key = t.key
),
fresh_event AS MATERIALIZED (
  SELECT e.* FROM jsonb_to_recordset($1::jsonb -> 'events') AS e(
    region text, case_id text, seq int, at timestamptz, type text, leads_to text, event jsonb, commitment text)
  JOIN done d ON d.region = e.region AND d.case_id = e.case_id
),
event AS (
  INSERT INTO case_event (region, case_id, seq, at, type, leads_to, event)
  SELECT e.region, e.case_id, e.seq, e.at, e.type, e.leads_to, e.event
  FROM fresh_event e
),
leaf AS (  -- the public log takes it from here, in this order
  INSERT INTO ledger_waiting (regions, subjects, seqs, commitments)
  SELECT array_agg(e.region), array_agg(e.case_id), array_agg(e.seq), array_agg(decode(e.commitment, 'hex'))
  FROM (SELECT * FROM fresh_event ORDER BY region, case_id, seq) e HAVING count(*) > 0
),"""

_TRUST = """
WITH item AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb -> 'items') AS i(n int, region text, case_id text, seq int)
),
held AS MATERIALIZED (
  SELECT i.n, r.seq FROM (SELECT * FROM item ORDER BY region, case_id) i
  CROSS JOIN LATERAL (
    SELECT c.seq FROM case_row c WHERE c.region = i.region AND c.case_id = i.case_id FOR UPDATE) r
),
done AS MATERIALIZED (  -- a case that moved on meanwhile has written its rows itself
  SELECT i.n, i.region, i.case_id FROM item i LEFT JOIN held h ON h.n = i.n WHERE coalesce(h.seq, i.seq) = i.seq
),"""

_WRITE = """
row AS (
  INSERT INTO case_row AS r
  SELECT n.* FROM jsonb_to_recordset($1::jsonb -> 'rows') AS n(
    region text, case_id text, seq int, version int, service text, service_version text, state text, state_name jsonb,
    stage text, waits_for text, open boolean, body text, applicant text, applicant_name text, due_at timestamptz,
    legal_at timestamptz, opened_at timestamptz, updated_at timestamptz, labels text[], term text,
    term_at timestamptz, used float8, part_of text)
  JOIN done d ON d.region = n.region AND d.case_id = n.case_id
  ON CONFLICT (region, case_id) DO UPDATE SET
    seq = excluded.seq, version = excluded.version, state = excluded.state, state_name = excluded.state_name,
    stage = excluded.stage, waits_for = excluded.waits_for, open = excluded.open, body = excluded.body,
    due_at = excluded.due_at, legal_at = excluded.legal_at, updated_at = excluded.updated_at, labels = excluded.labels,
    term = excluded.term, term_at = excluded.term_at, used = excluded.used
),
alarm AS (
  SELECT t.* FROM jsonb_to_recordset($1::jsonb -> 'timers') AS t(region text, case_id text, due_at timestamptz)
  JOIN done d ON d.region = t.region AND d.case_id = t.case_id
),
set_alarm AS (
  INSERT INTO timer (region, case_id, due_at) SELECT region, case_id, due_at FROM alarm WHERE due_at IS NOT NULL
  ON CONFLICT (region, case_id) DO UPDATE SET due_at = excluded.due_at, attempts = 0, last_error = NULL, dead = false
),
no_alarm AS (
  DELETE FROM timer t USING alarm a
  WHERE a.due_at IS NULL AND t.region = a.region AND t.case_id = a.case_id
),
task AS (
  INSERT INTO task (region, case_id, seq, kind, body, role, person, at, open)
  SELECT t.region, t.case_id, t.seq, t.kind, t.body, t.role, t.person, t.at, t.open
  FROM jsonb_to_recordset($1::jsonb -> 'tasks') AS t(
    region text, case_id text, seq int, kind text, body text, role text, person text, at timestamptz, open boolean)
  JOIN done d ON d.region = t.region AND d.case_id = t.case_id
  ON CONFLICT (region, case_id, seq) DO UPDATE
    SET kind = excluded.kind, body = excluded.body, role = excluded.role, open = excluded.open
),
notice AS (
  INSERT INTO notice (region, case_id, seq, person, at, title, body)
  SELECT l.region, l.case_id, l.seq, l.person, l.at, l.title, l.body
  FROM jsonb_to_recordset($1::jsonb -> 'notices') AS l(
    region text, case_id text, seq int, person text, at timestamptz, title jsonb, body jsonb)
  JOIN done d ON d.region = l.region AND d.case_id = l.case_id
  ON CONFLICT (region, case_id, seq) DO UPDATE SET at = excluded.at, title = excluded.title, body = excluded.body
),
outbox AS (
  INSERT INTO outbox (region, case_id, seq, due_at)
  SELECT o.region, o.case_id, o.seq, o.due_at
  FROM jsonb_to_recordset($1::jsonb -> 'outbox') AS o(region text, case_id text, seq int, due_at timestamptz)
  JOIN done d ON d.region = o.region AND d.case_id = o.case_id
  ON CONFLICT DO NOTHING
),
gone AS (
  DELETE FROM notice l
  USING jsonb_to_recordset($1::jsonb -> 'gone') AS g(region text, case_id text, seq int)
  JOIN done d ON d.region = g.region AND d.case_id = g.case_id
  WHERE l.region = g.region AND l.case_id = g.case_id AND l.seq = g.seq
),
settled AS (
  DELETE FROM outbox o
  USING jsonb_to_recordset($1::jsonb -> 'settled') AS g(region text, case_id text, seq int)
  JOIN done d ON d.region = g.region AND d.case_id = g.case_id
  WHERE o.region = g.region AND o.case_id = g.case_id AND o.seq = g.seq
),
sent AS (
  DELETE FROM draft f
  USING jsonb_to_recordset($1::jsonb -> 'drafts') AS s(n int, draft jsonb) JOIN done d ON d.n = s.n
  WHERE f.region = s.draft ->> 'region' AND f.person = s.draft ->> 'person' AND f.service = s.draft ->> 'service'
)
SELECT n FROM done"""

APPEND = _JUDGE + _WRITE
REPLACE = _TRUST + _WRITE


async def append(db: Runner, items: Sequence[Append], heads: Sequence[int] = ()) -> frozenset[int]:
    """Write commands on different cases; the answer is the places of those that were written.

    Atomic. An item is left out when its case is not at `expected` (0: there is none yet) or its key was used before.
    `heads` are the places of the items that others stand or fall with, one for each item (its own if it is alone);
    only the key of a head counts.
    """
    return frozenset(row["n"] for row in await db.fetch(APPEND, await batch_of(db, items, heads)))


async def replace_rows(db: Runner, items: Sequence[Append]) -> None:
    """Write the rows of `items`; their events are not touched. For rebuilding.

    A case that has moved on since it was read keeps its newer row: an older one would refuse every act from then on.
    """
    await db.fetch(REPLACE, await batch_of(db, items))


async def key_of(db: Runner, region: str, key: Key) -> tuple[str, int, str] | None:
    """What a key was used for: (case, seq, digest)."""
    row = await db.fetchrow(
        "SELECT case_id, seq, digest FROM command_key WHERE region = $1 AND actor = $2 AND key = $3",
        region,
        key.actor,
        key.key,
    )
    return (row["case_id"], row["seq"], row["digest"]) if row else None


_event = msgspec.json.Decoder(Event)
_SEALED = f'"{PREFIX}'


async def events(db: Runner, region: str, case: str) -> tuple[Event, ...]:
    """Everything that happened to a case, in order."""
    rows = await db.fetch(
        "SELECT event::text AS event FROM case_event WHERE region = $1 AND case_id = $2 ORDER BY seq", region, case
    )
    texts: list[str] = [row["event"].strip('"') if row["event"].startswith(_SEALED) else row["event"] for row in rows]
    ring = await db.sealer.ring(db, texts)
    opened: list[Event] = []
    for seq, text in enumerate(texts, start=1):
        place = EVENT.place("event", (region, case, seq))
        opened.append(_event.decode(ring.open(place, as_bytes(place, text)) if text.startswith(PREFIX) else text))
    return tuple(opened)


async def every_case(db: Runner, after: tuple[str, str], limit: int) -> list[tuple[str, str]]:
    """(region, case) of the next cases after this one, in the order of the primary key; read from the events."""
    rows = await db.fetch(
        "SELECT region, case_id FROM case_event WHERE seq = 1 AND (region, case_id) > ($1, $2)"
        " ORDER BY region, case_id LIMIT $3",
        *after,
        limit,
    )
    return [(row["region"], row["case_id"]) for row in rows]


class Dated(msgspec.Struct, frozen=True):
    """An open case with the dates its row has."""

    region: str
    case_id: str
    due_at: datetime
    legal_at: datetime | None


async def open_cases(db: Runner, after: tuple[str, str], limit: int) -> list[Dated]:
    """Open cases after this one, in the order of the primary key."""
    rows = await db.fetch(
        "SELECT region, case_id, due_at, legal_at FROM case_row WHERE open AND (region, case_id) > ($1, $2)"
        " ORDER BY region, case_id LIMIT $3",
        *after,
        limit,
    )
    return [Dated(*row) for row in rows]


_PROJECTIONS = ("case_row", "task", "timer", "outbox")


async def clear_rows(connection: Connection) -> None:
    """Forget every row that can be rebuilt; letters that were sent stay."""
    for table in _PROJECTIONS:
        await connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- a constant of this module
