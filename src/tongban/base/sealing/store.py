"""All SQL of the keys of persons."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from tongban.base.database.pool import Row


class Runner(Protocol):
    """A pool, or a connection inside a transaction."""

    async def fetch(self, sql: str, *args: Any) -> list[Row]: ...


class KeyRow(NamedTuple):
    """A row of `person_key`. `fresh`: made by this transaction, which may still be rolled back."""

    person: str
    id: bytes
    suite: str
    master: str
    wrapped: bytes
    fresh: bool


_COLUMNS = "person, id, suite, master, wrapped, coalesce(made_by = pg_current_xact_id_if_assigned(), false) AS fresh"


async def of_persons(db: Runner, persons: Sequence[str]) -> list[KeyRow]:
    """The keys of these persons, as far as they have one."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM person_key WHERE person = ANY($1::text[])",  # noqa: S608 -- our columns
        list(persons),
    )
    return [KeyRow(*row) for row in rows]


async def of_ids(db: Runner, ids: Sequence[bytes]) -> list[KeyRow]:
    """The keys with these ids, as far as they are still there."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM person_key WHERE id = ANY($1::bytea[])",  # noqa: S608 -- our columns
        list(ids),
    )
    return [KeyRow(*row) for row in rows]


async def add(db: Runner, keys: Sequence[KeyRow]) -> None:
    """Add keys; a person who has got one meanwhile keeps it. In one order everywhere, so that no two writers wait."""
    rows = sorted(keys)
    await db.fetch(
        "INSERT INTO person_key (person, id, suite, master, wrapped)"
        " SELECT * FROM unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::bytea[])"
        " ON CONFLICT (person) DO NOTHING",
        [row.person for row in rows],
        [row.id for row in rows],
        [row.suite for row in rows],
        [row.master for row in rows],
        [row.wrapped for row in rows],
    )


class Grave(NamedTuple):
    """A row of `person_key_erased`. `signed` is its JWS; empty for one of before they were signed. `renewed` is a
    statement by a later key over the JWS, or empty."""

    id: bytes
    person: str
    erased_at: datetime
    why: str
    signed: str
    renewed: str = ""


async def erased(db: Runner, ids: Sequence[bytes]) -> list[Grave]:
    """The tombstones of the keys among these that were erased."""
    rows = await db.fetch(
        "SELECT id, person, erased_at, why, signed, renewed FROM person_key_erased WHERE id = ANY($1::bytea[])",
        list(ids),
    )
    return [Grave(*row) for row in rows]


async def ids_of(db: Runner, person: str) -> list[bytes]:
    """The id of a person's key, held until the transaction ends; none if there is no key."""
    rows = await db.fetch("SELECT id FROM person_key WHERE person = $1 FOR UPDATE", person)
    return [row["id"] for row in rows]


async def erase(db: Runner, person: str, graves: Sequence[Grave]) -> list[bytes]:
    """Delete a person's key and write its tombstone, in one statement; only a key that has a tombstone goes."""
    rows = await db.fetch(
        "WITH new AS (SELECT * FROM unnest($2::bytea[], $3::timestamptz[], $4::text[], $5::text[])"
        " AS n(id, erased_at, why, signed)),"
        " gone AS (DELETE FROM person_key k USING new WHERE k.person = $1 AND k.id = new.id RETURNING k.id, k.person)"
        " INSERT INTO person_key_erased (id, person, erased_at, why, signed)"
        " SELECT id, person, erased_at, why, signed FROM gone JOIN new USING (id) RETURNING id",
        person,
        [one.id for one in graves],
        [one.erased_at for one in graves],
        [one.why for one in graves],
        [one.signed for one in graves],
    )
    return [row["id"] for row in rows]


async def unsigned(db: Runner, limit: int) -> list[Grave]:
    """Tombstones that nobody has signed."""
    rows = await db.fetch(
        "SELECT id, person, erased_at, why, signed FROM person_key_erased WHERE signed = '' ORDER BY id LIMIT $1", limit
    )
    return [Grave(*row) for row in rows]


async def sign(db: Runner, graves: Sequence[Grave]) -> int:
    """Write signatures where there is none."""
    rows = await db.fetch(
        "UPDATE person_key_erased e SET signed = n.signed FROM unnest($1::bytea[], $2::text[]) AS n(id, signed)"
        " WHERE e.id = n.id AND e.signed = '' RETURNING e.id",
        [one.id for one in graves],
        [one.signed for one in graves],
    )
    return len(rows)


async def graves(db: Runner, after: bytes, limit: int) -> list[Grave]:
    """Signed tombstones in the order of their ids."""
    rows = await db.fetch(
        "SELECT id, person, erased_at, why, signed, renewed FROM person_key_erased"
        " WHERE id > $1 AND signed <> '' ORDER BY id LIMIT $2",
        after,
        limit,
    )
    return [Grave(*row) for row in rows]


async def renew(db: Runner, graves: Sequence[Grave]) -> int:
    """Write later signatures over those that are there."""
    rows = await db.fetch(
        "UPDATE person_key_erased e SET renewed = n.renewed FROM unnest($1::bytea[], $2::text[], $3::text[])"
        " AS n(id, signed, renewed) WHERE e.id = n.id AND e.signed = n.signed RETURNING e.id",
        [one.id for one in graves],
        [one.signed for one in graves],
        [one.renewed for one in graves],
    )
    return len(rows)


async def under_other_masters(db: Runner, master: str, after: str, limit: int) -> list[KeyRow]:
    """Keys that are not wrapped under `master`, by person."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM person_key"  # noqa: S608 -- our columns
        " WHERE master <> $1 AND person > $2 ORDER BY person LIMIT $3",
        master,
        after,
        limit,
    )
    return [KeyRow(*row) for row in rows]


async def rewrap(db: Runner, keys: Sequence[KeyRow]) -> int:
    """Replace the wrapping of keys that are still the same key; the number that was."""
    rows = await db.fetch(
        "UPDATE person_key k SET master = n.master, wrapped = n.wrapped"
        " FROM unnest($1::bytea[], $2::text[], $3::bytea[]) AS n(id, master, wrapped) WHERE k.id = n.id RETURNING k.id",
        [row.id for row in keys],
        [row.master for row in keys],
        [row.wrapped for row in keys],
    )
    return len(rows)


async def masters(db: Runner) -> dict[str, int]:
    """How many keys are wrapped under each version of the master key."""
    rows = await db.fetch("SELECT master, count(*) AS keys FROM person_key GROUP BY master ORDER BY master")
    return {row["master"]: row["keys"] for row in rows}


async def passed(db: Runner, name: str) -> bool:
    """Whether every old row of this kind has been sealed."""
    return bool(await db.fetch("SELECT 1 FROM sealed_pass WHERE name = $1", name))


async def pass_done(db: Runner, name: str) -> None:
    """Every old row of this kind has been sealed; none can come again."""
    await db.fetch("INSERT INTO sealed_pass (name) VALUES ($1) ON CONFLICT DO NOTHING", name)


async def next_rows(
    db: Runner, table: str, key: Sequence[str], owner: str, columns: Sequence[str], after: Sequence[Any], limit: int
) -> list[Row]:
    """The next rows after this key, held: the key, `owner`, and each column as text. Names are constants of ours."""
    later = f"WHERE ({', '.join(key)}) > ({', '.join(f'${n + 2}' for n in range(len(after)))})" if after else ""
    wanted = ", ".join((*key, f"{owner} AS owner", *(f"{column}::text AS {column}" for column in columns)))
    return await db.fetch(
        f"SELECT {wanted} FROM {table} t {later} ORDER BY {', '.join(key)} LIMIT $1 FOR UPDATE OF t",  # noqa: S608
        limit,
        *after,
    )


async def replace(
    db: Runner, table: str, key: Sequence[str], columns: Mapping[str, object], at: Sequence[object]
) -> None:
    """Write columns of one row. Names are constants of ours."""
    changed = ", ".join(f"{column} = ${len(key) + 1 + n}" for n, column in enumerate(columns))
    row = " AND ".join(f"{column} = ${n + 1}" for n, column in enumerate(key))
    await db.fetch(f"UPDATE {table} SET {changed} WHERE {row}", *at, *columns.values())  # noqa: S608
