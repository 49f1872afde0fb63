"""Whoever keeps the platform running reads nobody's data; and even the owner's rows say little in clear."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import asyncpg
import pytest
from tests.assist.test_sealed_suggestions import OFFICIAL, SECRET, everything
from tests.conftest import database_url

from tongban.assist.store import sealed as assist
from tongban.base.clock import ZONE, SettableClock
from tongban.base.config import Settings
from tongban.base.database import OPERATOR, Database, EmbeddedPostgres, let_operate
from tongban.base.sealing import is_sealed
from tongban.cases import demo as stories
from tongban.cases.store import sealed as cases
from tongban.cli.operating import READABLE
from tongban.cli.preparing import SEALED_TABLES
from tongban.org import demo
from tongban.org import store as people
from tongban.outreach import store as offered
from tongban.sharing import demo as records
from tongban.sharing.access import delays, emergency, inspecting
from tongban.sharing.access import store as accesses

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=ZONE)


@pytest.fixture
async def lived_in(db: Database, tmp_path: Path) -> Database:
    """The demonstration as `up` makes it."""
    await demo.seed(db)
    await records.seed(db, NOW)
    await stories.seed(db, Settings(data_dir=tmp_path), NOW)
    await everything(db, SettableClock(NOW))
    await offered.offer(
        db, policy="p", policy_version="1", service="s", service_version="1", as_of=NOW.date(), now=NOW,
        hits=[
            {"region": "990101", "person": "p-liwen", "standing": "entitled", "fact": None, "outputs": {"a": SECRET}}
        ],
    )  # fmt: skip
    await emergency.declare(
        db, OFFICIAL, "990101-261103-4Q7Z2M9K", "p-liwen", ground=emergency.Ground.LIFE, reason=f"要去救人：{SECRET}",
        watcher="990100.digital", now=NOW,
    )  # fmt: skip
    await inspecting.propose(
        db, OFFICIAL, "990101-261103-4Q7Z2M9K", "p-liwen", delays()["inspection"], reason=f"有人举报骗领：{SECRET}",
        until=NOW + timedelta(days=9), now=NOW,
    )  # fmt: skip
    assert await let_operate(db, READABLE)
    return db


@pytest.fixture
async def operator(lived_in: Database, postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A log-in of the operator's."""
    login = f"operator_{uuid4().hex[:8]}"
    await lived_in.execute(f"CREATE ROLE {login} LOGIN IN ROLE {OPERATOR}")
    name = await lived_in.fetchval("SELECT current_database()")
    url = database_url(postgres.url, name)
    db = await Database.open(re.sub(r"//[^/]*@", f"//{login}@", url), name="operator", max_size=1)
    try:
        yield db
    finally:
        await db.close()
        await lived_in.execute(f"DROP ROLE {login}")


def leaves(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for one in cast("dict[str, Any]", value).values():
                yield from leaves(one)
        case list() | tuple():
            for one in cast("list[Any]", value):
                yield from leaves(one)
        case str():
            yield value
        case _:
            pass


def personal() -> dict[str, str]:
    """What must be found nowhere, with whose it is: names, numbers, telephones, birthdays, addresses, answers."""
    found: dict[str, str] = {SECRET: "p-liwen"}
    for person in demo.citizens():
        for text in (person.name, person.id_number, person.phone, str(person.birth_date or "")):
            found[text] = person.id
    for person, _, _, fields in records.reports():
        found |= dict.fromkeys(leaves(fields), person)
    for story in stories.script().stories:
        found |= dict.fromkeys(leaves([story.facts, story.written]), story.who)
        for step in story.steps:
            found |= dict.fromkeys(leaves(step.says), story.who)
    businesses = {mandate.from_party for mandate in demo.mandates()}
    # A business is known by its public number in every table, as a person is by ours, and a body by its own.
    public = businesses | {body.id for body in demo.register().bodies}
    said = {text: who for text, who in found.items() if "{" not in text and text not in public}
    # Codes of the forms (`employment`, `990101`) are the files' words and not anybody's.
    return {text: who for text, who in said.items() if _written(text)}


def _written(text: str) -> bool:
    return any("一" <= c <= "鿿" for c in text) or (len(text) >= 8 and any(map(str.isdigit, text)))


async def columns_of(db: Database) -> dict[str, list[str]]:
    rows = await db.fetch(
        "SELECT c.relname AS name, a.attname AS field FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0"
        " AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY 1, 2"
    )
    tables: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        tables[row["name"]].append(row["field"])
    return tables


async def told(db: Database) -> dict[str, set[str]]:
    """The personal words that each column one may read holds in clear."""
    wanted = personal()
    assert len(wanted) > 100
    found: dict[str, set[str]] = {}
    for table, columns in (await columns_of(db)).items():
        for column in columns:
            raw = await db.fetchval(f'SELECT string_agg(DISTINCT "{column}"::text, chr(10)) FROM {table}') or ""
            if words := {text for text in wanted if text in raw}:
                found[f"{table}.{column}"] = words
    return found


async def test_the_operator_reads_queues_and_clocks_and_nobodys_data(lived_in: Database, operator: Database) -> None:
    assert await columns_of(operator) == {table: sorted(columns) for table, columns in READABLE.items()}
    assert await operator.fetchval("SELECT count(*) FROM case_row") > 5
    assert await operator.fetchval("SELECT count(*) FROM person_key") > 20
    assert await operator.fetchval("SELECT pg_total_relation_size('case_event')") > 0
    assert await told(operator) == {}
    for forbidden in ("SELECT name FROM person", "SELECT event FROM case_event", "SELECT wrapped FROM person_key"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await operator.fetch(forbidden)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await operator.execute("UPDATE timer SET dead = false")

    # The owner of the database sees no more of it in any column.
    found = await told(lived_in)
    # What one body asked another for, and by which law, is published and about nobody.
    assert not {column for column in found if not column.startswith("data_grant")}, found


async def test_every_sealed_column_holds_something_and_nothing_in_clear(lived_in: Database) -> None:
    empty: set[str] = set()
    for table in SEALED_TABLES:
        for column in table.columns:
            rows = await lived_in.fetch(f"SELECT {column} AS value FROM {table.table} WHERE {column} IS NOT NULL")
            values = [text for row in rows for text in leaves(row["value"]) if text]
            assert all(is_sealed(text) for text in values), f"{table.table}.{column}"
            if not values:
                empty.add(f"{table.table}.{column}")
    # Nobody in the demonstration has told the platform a mail address; what is said of an event lies in the event, and
    # beside it only in installations that are older than that.
    lived = {
        table.table
        for table in (
            *assist.SEALED,
            *offered.SEALED,
            *accesses.SEALED,
            *inspecting.store.SEALED,
            *people.SEALED,
            *cases.SEALED,
        )
    }
    assert {name for name in empty if name.partition(".")[0] in lived} <= {"person.email", "case_event.said"}
