"""All SQL of the web package: request counts and the shared secret."""

import secrets

from tongban.base.database import Database


async def count(db: Database, who: bytes, what: str, minute: int, requests: int = 1) -> int:
    """Count requests and say how many there have been in this minute, these included, in one statement."""
    used: int = await db.fetchval(
        """
        INSERT INTO web_rate (who, what, minute, used) VALUES ($1, $2, $3, $4)
        ON CONFLICT (who, what) DO UPDATE SET
            used = CASE WHEN web_rate.minute = EXCLUDED.minute THEN web_rate.used ELSE 0 END + EXCLUDED.used,
            minute = EXCLUDED.minute
        RETURNING used
        """,
        who,
        what,
        minute,
        requests,
    )
    return used


async def forget_counts(db: Database, before_minute: int) -> None:
    """Drop counts that can no longer matter."""
    await db.execute("DELETE FROM web_rate WHERE minute < $1", before_minute)


async def secret(db: Database, name: str) -> bytes:
    """The installation's secret of this name, made on first use."""
    await db.execute(
        "INSERT INTO web_secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        name,
        secrets.token_bytes(32),
    )
    value: bytes = await db.fetchval("SELECT value FROM web_secret WHERE name = $1", name)
    return value
