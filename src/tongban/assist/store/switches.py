"""The off-switch: every turn of it is kept, the newest of a use and region is how it stands."""

from datetime import datetime

from tongban.assist.records import OptOut, Switched
from tongban.base.database import Connection
from tongban.base.ids import uuid7


async def add(connection: Connection, switched: Switched) -> None:
    """Write one turn."""
    await connection.execute(
        "INSERT INTO assist_switch (region, use, id, at, state, why, kind, by_id, by_name)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        switched.region,
        switched.use,
        uuid7(),
        switched.at,
        switched.state,
        switched.why,
        switched.kind,
        switched.by_id,
        switched.by_name,
    )


async def standing(connection: Connection) -> list[Switched]:
    """How every switch that was ever turned stands."""
    rows = await connection.fetch(
        "SELECT DISTINCT ON (use, region) region, use, at, state, why, kind, by_id, by_name"
        " FROM assist_switch ORDER BY use, region, id DESC"
    )
    return [Switched(**dict(row)) for row in rows]


async def history(connection: Connection, use: str, limit: int) -> list[Switched]:
    """The turns of a use, newest first."""
    rows = await connection.fetch(
        "SELECT region, use, at, state, why, kind, by_id, by_name FROM assist_switch"
        " WHERE use = $1 ORDER BY id DESC LIMIT $2",
        use,
        limit,
    )
    return [Switched(**dict(row)) for row in rows]


async def choose(connection: Connection, choice: OptOut) -> None:
    """Keep what a person chose."""
    await connection.execute(
        "INSERT INTO assist_opt_out (region, person, use, id, at, state) VALUES ($1, $2, $3, $4, $5, $6)",
        choice.region,
        choice.person,
        choice.use,
        uuid7(),
        choice.at,
        choice.state,
    )


async def chosen_since(connection: Connection, since: datetime) -> list[OptOut]:
    """The newest choice of each person and use among those since then."""
    rows = await connection.fetch(
        "SELECT DISTINCT ON (person, use) region, person, use, at, state FROM assist_opt_out"
        " WHERE at >= $1 ORDER BY person, use, id DESC",
        since,
    )
    return [OptOut(**dict(row)) for row in rows]


async def choices(connection: Connection, person: str) -> list[OptOut]:
    """How a person's choices stand, one a use."""
    rows = await connection.fetch(
        "SELECT DISTINCT ON (use) region, person, use, at, state FROM assist_opt_out"
        " WHERE person = $1 ORDER BY use, id DESC",
        person,
    )
    return [OptOut(**dict(row)) for row in rows]
