"""Which columns are sealed, said once: the pass over rows of before reads it, and so do the tests and the documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tongban.base.database.pool import Database
from tongban.base.sealing import store
from tongban.base.sealing.sealer import PersonKey, Place, Ring, Sealer, as_bytes, as_text, is_sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedTable:
    """A table with sealed columns.

    `owner` is SQL over the row (`t`) for whose key seals it. A `text` column holds sealed text, a `json` column a
    sealed document as one JSON string, a `members` column an object each of whose members is sealed by itself, so
    that one can be opened without the others. `blind` names the column of the keyed hash beside a text column.
    """

    table: str
    key: tuple[str, ...]
    owner: str
    text: tuple[str, ...] = ()
    json: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    blind: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def columns(self) -> tuple[str, ...]:
        """Every sealed column."""
        return (*self.text, *self.json, *self.members)

    def place(self, column: str, key: Sequence[object]) -> Place:
        """Where a value of a row with this key lives."""
        return Place.of(self.table, column, *key)


def seal_json(key: PersonKey, place: Place, value: Any) -> str:
    """A document as one sealed text."""
    return as_text(key.seal(place, msgspec.json.encode(value)))


def open_json(ring: Ring, place: Place, value: Any) -> Any:
    """The document again; one of the old form is itself. Raises `Refused` as `Ring.open` does."""
    if not is_sealed(value):
        return value
    return msgspec.json.decode(ring.open(place, as_bytes(place, value)))


def member(place: Place, name: str) -> Place:
    """The place of one member of an object."""
    return place._replace(column=f"{place.column}.{name}")


def seal_members(key: PersonKey, place: Place, values: Mapping[str, Any]) -> dict[str, str]:
    """An object with each member sealed by itself. Names of members are no secret."""
    return {name: seal_json(key, member(place, name), value) for name, value in values.items()}


def open_members(ring: Ring, place: Place, values: Mapping[str, Any]) -> dict[str, Any]:
    """The members again."""
    return {name: open_json(ring, member(place, name), value) for name, value in values.items()}


async def seal_old(db: Database, tables: Sequence[SealedTable], step: int = 500) -> int:
    """Seal what was written before there were keys; the number of rows that were changed.

    Each step is a transaction, so it may be broken off; a table that is done is not looked at again. To be run while
    nothing else of an older version writes.
    """
    changed = 0
    for table in tables:
        if await store.passed(db, table.table):
            continue
        after: Sequence[Any] = ()
        while True:
            rows, done = await _step(db, table, after, step)
            changed += done
            if len(rows) < step:
                break
            after = rows[-1]
        await store.pass_done(db, table.table)
    return changed


async def _step(db: Database, table: SealedTable, after: Sequence[Any], step: int) -> tuple[list[Sequence[Any]], int]:
    async with db.transaction() as connection:
        rows = await store.next_rows(connection, table.table, table.key, table.owner, table.columns, after, step)
        old = [row for row in rows if any(_is_old(table, column, row[column]) for column in table.columns)]
        keys = await connection.sealer.persons(connection, (row["owner"] for row in old))
        for row in old:
            at = [row[column] for column in table.key]
            fresh = _sealed(table, connection.sealer, keys[row["owner"]], at, dict(row))
            await store.replace(connection, table.table, table.key, fresh, at)
        return [[row[column] for column in table.key] for row in rows], len(old)


def _sealed(
    table: SealedTable, sealer: Sealer, key: PersonKey, at: Sequence[object], row: Mapping[str, Any]
) -> dict[str, object]:
    fresh: dict[str, object] = {}
    for column in table.columns:
        value, place = row[column], table.place(column, at)
        if not _is_old(table, column, value):
            continue
        if column in table.text:
            fresh[column] = key.seal_text(place, value)
            if column in table.blind:
                fresh[table.blind[column]] = sealer.blind(f"{table.table}.{column}", value)
        elif column in table.json:
            fresh[column] = as_text(key.seal(place, value.encode()))
        else:
            members = msgspec.json.decode(value, type=dict[str, Any])
            fresh[column] = {
                name: one if is_sealed(one) else seal_json(key, member(place, name), one)
                for name, one in members.items()
            }
    return fresh


def _is_old(table: SealedTable, column: str, value: str | None) -> bool:
    """Whether a value, as text, is still in clear."""
    if not value:
        return False
    if column in table.text:
        return not is_sealed(value)
    if column in table.json:
        return not value.startswith('"sealed.1.')
    return any(not is_sealed(one) for one in msgspec.json.decode(value, type=dict[str, Any]).values())
