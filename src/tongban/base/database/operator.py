"""The database role of whoever keeps the platform running: queues, sizes and clocks, and nobody's data.

A role is the server's, so it may exist already, and who migrates may not be allowed to make one. Rights are columns,
named one by one; what is not named is not read.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import asyncpg

from tongban.base.database.pool import Connection, Database

OPERATOR: Final = "tongban_operator"

_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_MAKE = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OPERATOR}') THEN
        CREATE ROLE {OPERATOR} NOLOGIN NOINHERIT;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server made it meanwhile
END
$$"""


async def let_operate(db: Database, readable: Mapping[str, Sequence[str]]) -> bool:
    """Give the role SELECT on these columns by table, and nothing else. False if the server does not let us."""
    try:
        async with db.transaction() as connection:
            await connection.execute(_MAKE)
            await _grant(connection, readable)
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


async def _grant(connection: Connection, readable: Mapping[str, Sequence[str]]) -> None:
    for name in (*readable, *(column for columns in readable.values() for column in columns)):
        if not _NAME.match(name):
            raise ValueError(f"{name!r} is no name of ours")
    there = await connection.fetch(
        "SELECT c.relname AS name, a.attname AS field FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0"
    )
    known = {(row["name"], row["field"]) for row in there}
    held = await connection.fetch(
        "SELECT table_name AS name, array_agg(column_name::text ORDER BY column_name) AS columns"
        " FROM information_schema.column_privileges"
        " WHERE grantee = $1 AND table_schema = 'public' AND privilege_type = 'SELECT' GROUP BY table_name",
        OPERATOR,
    )
    wanted = {
        name: fields
        for name, columns in readable.items()
        if (fields := sorted(column for column in columns if (name, column) in known))
    }
    if {row["name"]: row["columns"] for row in held} == wanted:
        return  # most starts: no lock on any table
    await connection.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {OPERATOR}")
    await connection.execute(f"GRANT USAGE ON SCHEMA public TO {OPERATOR}")
    for name, columns in wanted.items():
        await connection.execute(f"GRANT SELECT ({', '.join(columns)}) ON {name} TO {OPERATOR}")
