"""The database role of everything that assist does: it may read and add to assist's own tables, and nothing else."""

import secrets
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager

from tongban.base.database import Connection, Database
from tongban.base.sealing import PersonKey, Ring, erased

ROLE = "tongban_assist"


class Store:
    """Opens transactions under the role. `guarded` is False where the server's owner has not let us have it."""

    def __init__(self, db: Database, *, guarded: bool) -> None:
        self._db = db
        self.guarded = guarded

    @classmethod
    async def open(cls, db: Database) -> "Store":
        """Find out whether the role is there and ours to take (docs/production.md)."""
        guarded: bool = await db.fetchval(
            "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1 AND pg_has_role(current_user, oid, 'SET'))", ROLE
        )
        return cls(db, guarded=guarded)

    @asynccontextmanager
    async def acting(self) -> AsyncGenerator[Connection]:
        """A transaction that can write no case, no certificate and no record of the state, whatever is sent in it."""
        async with self._db.transaction() as connection:
            if self.guarded:
                await connection.execute(f"SET LOCAL ROLE {ROLE}")
            yield connection

    async def owner(self, person: str) -> PersonKey:
        """The key that what is written about somebody is sealed with: fetched by the program, never under the role."""
        return await self._db.sealer.person(self._db, person)

    async def owner_of(self, sealed: object, otherwise: str) -> PersonKey:
        """The key that something was sealed with, to add to the same matter; somebody's own where it is not sealed.

        Raises Refused: `erased` (410).
        """
        ring = await self.ring([sealed])
        for at in ring.gone.values():
            raise erased(at)
        return next(iter(ring.keys.values())) if ring.keys else await self.owner(otherwise)

    async def ring(self, values: Iterable[object]) -> Ring:
        """The keys that sealed values need, for after the transaction that read them."""
        return await self._db.sealer.ring(self._db, values)

    async def key(self, name: str) -> bytes:
        """The installation's key of this name, 32 bytes, made on first use."""
        async with self.acting() as connection:
            await connection.execute(
                "INSERT INTO assist_key (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                name,
                secrets.token_bytes(32),
            )
            value: bytes = await connection.fetchval("SELECT value FROM assist_key WHERE name = $1", name)
        return value
