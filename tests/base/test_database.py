"""The pool: JSON, counting, refusals instead of driver errors; and the migrations."""

import asyncio
from pathlib import Path

import pytest

from tongban.base.database import Database, Migration, migrate, migrations
from tongban.base.errors import Refused

pytestmark = pytest.mark.database


async def test_json_comes_back_as_it_went_in(db: Database):
    value = {"姓名": "王小满", "months": 8, "deep": [None, True, 1.5]}
    assert await db.fetchval("SELECT $1::jsonb", value) == value
    assert await db.fetchval("SELECT $1::json", value) == value


async def test_a_transaction_that_fails_writes_nothing(db: Database):
    await db.execute("CREATE TABLE thing (id int PRIMARY KEY)")
    with pytest.raises(RuntimeError, match="stop"):
        async with db.transaction() as connection:
            await connection.execute("INSERT INTO thing VALUES (1)")
            raise RuntimeError("stop")
    assert await db.fetchval("SELECT count(*) FROM thing") == 0


async def test_a_savepoint_fails_by_itself(db: Database):
    await db.execute("CREATE TABLE thing (id int PRIMARY KEY)")
    async with db.transaction() as connection:
        await connection.execute("INSERT INTO thing VALUES (1)")
        with pytest.raises(ValueError, match="only this"):
            async with connection.savepoint():
                await connection.execute("INSERT INTO thing VALUES (2)")
                raise ValueError("only this")
    assert await db.fetchval("SELECT count(*) FROM thing") == 1


async def test_statements_are_counted_only_while_counting(db: Database):
    await db.fetchval("SELECT 1")
    async with db.counting() as count:
        await db.fetchval("SELECT 2")
        async with db.transaction() as connection:
            await connection.fetch("SELECT 3")
            await connection.fetchrow("SELECT 4")
    await db.fetchval("SELECT 5")
    assert count.statements == ["SELECT 2", "SELECT 3", "SELECT 4"]


async def test_a_statement_that_takes_too_long_is_a_refusal(db: Database):
    hurried = await Database.open(db.url, statement_seconds=0.05)
    with pytest.raises(Refused) as refused:
        await hurried.fetchval("SELECT pg_sleep(30)")
    await hurried.close()
    assert (refused.value.code, refused.value.status) == ("database-too-slow", 503)


async def test_a_connection_cut_in_the_middle_of_a_transaction_is_a_refusal(db: Database):
    with pytest.raises(Refused) as refused:
        async with db.transaction() as connection:
            await connection.fetchval("SELECT pg_terminate_backend(pg_backend_pid())")
    assert (refused.value.code, refused.value.status) == ("database-unavailable", 503)
    assert await db.fetchval("SELECT 1") == 1


async def test_nothing_set_in_a_transaction_leaks_into_the_next(db: Database):
    async with db.transaction() as connection:
        await connection.execute("SELECT set_config('app.person', 'someone', true)")
    assert not await db.fetchval("SELECT current_setting('app.person', true)")


async def test_migrations_run_once_and_in_order(db: Database):
    files = [
        Migration("org/0001_a.sql", "CREATE TABLE a (id int PRIMARY KEY)"),
        Migration("cases/0001_b.sql", "CREATE TABLE b (a int REFERENCES a); INSERT INTO a VALUES (1)"),
    ]
    assert await migrate(db, files) == ["org/0001_a.sql", "cases/0001_b.sql"]
    assert await migrate(db, files) == []


async def test_several_processes_may_migrate_at_once(db: Database):
    files = [Migration(f"org/000{n}_t.sql", f"CREATE TABLE t{n} (id int)") for n in range(1, 6)]
    applied = await asyncio.gather(*(migrate(db, files) for _ in range(4)))
    assert sorted(name for names in applied for name in names) == [file.name for file in files]


async def test_an_applied_migration_cannot_be_edited(db: Database):
    await migrate(db, [Migration("org/0001_a.sql", "CREATE TABLE a (id int)")])
    with pytest.raises(Refused) as refused:
        await migrate(db, [Migration("org/0001_a.sql", "CREATE TABLE a (id bigint)")])
    assert refused.value.code == "migration-changed"
    assert refused.value.problems[0].place == "org/0001_a.sql"


async def test_a_migration_that_fails_leaves_nothing_behind(db: Database):
    with pytest.raises(Exception, match="nowhere"):
        await migrate(db, [Migration("org/0001_a.sql", "CREATE TABLE a (id int); SELECT * FROM nowhere")])
    assert await db.fetchval("SELECT to_regclass('a')") is None


async def test_the_house_is_migrated_already(db: Database):
    assert await migrate(db) == []


def test_a_migration_must_have_a_number(tmp_path: Path):
    folder = tmp_path / "org" / "migrations"
    folder.mkdir(parents=True)
    (folder / "first.sql").write_text("SELECT 1")
    with pytest.raises(ValueError, match="NNNN_words"):
        migrations(tmp_path)
