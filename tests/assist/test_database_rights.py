"""What assist writes, it writes under a database role that can touch no case, no certificate and no record."""

from collections.abc import Iterator
from uuid import uuid4

import asyncpg
import pytest
from tests.assist.gate_world import hall, register, says
from tests.conftest import database_url

from tongban.assist.gate import Asked
from tongban.assist.store import ROLE, Store
from tongban.base.clock import SettableClock
from tongban.base.database import Database, EmbeddedPostgres, migrate, migrations

_OWN = "assist"


def tables_of(package: str) -> Iterator[str]:
    """Names of the tables that a package's migrations make."""
    for migration in migrations():
        if migration.name.startswith(f"{package}/"):
            words = migration.sql.replace("IF NOT EXISTS ", "").split("CREATE TABLE ")[1:]
            yield from (word.split()[0] for word in words)


CASES_AND_CERTIFICATES = [*tables_of("cases"), *tables_of("certs")]


@pytest.mark.parametrize("table", CASES_AND_CERTIFICATES)
async def test_the_role_of_suggestions_writes_no_case_and_no_certificate(db: Database, table: str) -> None:
    store = await Store.open(db)
    assert store.guarded
    names = await db.fetch("SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1", table)
    first = names[0]["name"]
    for statement in (
        f"INSERT INTO {table} DEFAULT VALUES",
        f"UPDATE {table} SET {first} = {first}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"SELECT 1 FROM {table}",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with store.acting() as connection:
                await connection.execute(statement)


async def test_the_role_has_rights_on_tables_of_assist_alone(db: Database) -> None:
    rights = "SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"
    rows = await db.fetch(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege($1, oid, $2)",
        ROLE,
        rights,
    )
    own = set(tables_of(_OWN))
    assert own and {row["name"] for row in rows} <= own


async def test_the_role_is_nobody_s_member_and_no_function_lends_it_more(db: Database) -> None:
    role = await db.fetchrow(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolcanlogin, rolinherit FROM pg_roles"
        " WHERE rolname = $1",
        ROLE,
    )
    assert role is not None and not any(role.values())
    assert not await db.fetch(
        "SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE rolname = $1", ROLE
    )
    lent = await db.fetch(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND has_function_privilege($1, oid, 'EXECUTE')",
        ROLE,
    )
    assert not lent
    assert not await db.fetchval("SELECT has_schema_privilege($1, 'public', 'CREATE')", ROLE)


async def test_the_role_reads_no_key(db: Database) -> None:
    store = await Store.open(db)
    await store.owner("p-wang")
    for statement in ("SELECT wrapped FROM person_key", "SELECT person FROM person_key_erased"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with store.acting() as connection:
                await connection.fetch(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with store.acting() as connection:
            db.sealer.forget()
            await db.sealer.person(connection, "p-wang")


async def test_everything_that_the_gate_sends_is_sent_under_the_role(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())
    async with db.counting() as counter:
        await world.gate.consult(Asked(use="finder", region="990101", subject="990101-261103-4Q7Z2M9K"), says)
        await world.gate.flush()
        await world.gate.refresh()
        await world.gate.for_case("990101-261103-4Q7Z2M9K")
    as_role = f"SET LOCAL ROLE {ROLE}"
    assert counter.statements.count(as_role) == 3, "one for the line of the log, one for the switches, one for the case"
    before = counter.statements[: counter.statements.index(as_role)]
    assert before and all("person_key" in one for one in before), "the key that the line is sealed with, nothing else"
    assert not any("person_key" in one for one in counter.statements[len(before) :])
    assert await db.fetchval("SELECT current_user") != ROLE, "the role ends with its transaction"


async def test_an_owner_who_may_make_no_roles_still_migrates_and_is_told(
    postgres: EmbeddedPostgres, _admin: Database
) -> None:
    """A server of somebody else's: everything works, and the log says that the backstop is missing."""
    plain, name = f"plain_{uuid4().hex[:12]}", f"test_{uuid4().hex}"
    await _admin.execute(f"CREATE ROLE {plain} NOSUPERUSER NOCREATEROLE")
    await _admin.execute(f"CREATE DATABASE {name} OWNER {plain}")
    db = await Database.open(f"{database_url(postgres.url, name)}&role={plain}", name="plain", max_size=2)
    try:
        assert await db.fetchval("SELECT current_user") == plain
        await migrate(db)
        store = await Store.open(db)
        assert not store.guarded
        async with store.acting() as connection:
            assert await connection.fetchval("SELECT count(*) FROM assist_call") == 0
        await _admin.execute(f"GRANT {ROLE} TO {plain} WITH INHERIT FALSE, SET TRUE")
        assert (await Store.open(db)).guarded, "once the server's owner has granted the role it is used"
    finally:
        await db.close()
        await _admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await _admin.execute(f"DROP ROLE {plain}")
