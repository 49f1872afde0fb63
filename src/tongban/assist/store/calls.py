"""The log of the gate: calls, and what people did with what came of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from tongban.assist.records import Call, Settled
from tongban.assist.store.sealed import CALL, SETTLED
from tongban.base.database import Connection, Row
from tongban.base.sealing import PersonKey, Ring, open_json, seal_json

_ONE = """
    SELECT region, id, use, version, at, subject, person, post, input_hash, input_band, output_hash, outcome,
           confidence, took_us, cost_micro, suggestion
      FROM assist_call WHERE region = $1 AND id = $2
"""
_OF_CASE = """
    SELECT c.*, coalesce((SELECT jsonb_agg(to_jsonb(s) - '{region,call,use}'::text[] ORDER BY s.at, s.person)
                            FROM assist_settled s WHERE s.region = c.region AND s.call = c.id), '[]') AS settled
      FROM assist_call c WHERE c.region = $1 AND c.subject = $2 ORDER BY c.at, c.id
"""


_SAID = "region id use version at subject person post input_hash output_hash outcome confidence took_us cost_micro"
"""What the public log has of a call (migration 0012)."""


async def committed(connection: Connection, region: str, call: str) -> str | None:
    """A call as the public log has it: hashes of what went in and came out, and neither of them."""
    said: str | None = await connection.fetchval(
        "SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(c)) WHERE key = ANY($3::text[]))::text"
        " FROM assist_call c WHERE region = $1 AND id = $2",
        region,
        call,
        _SAID.split(),
    )
    return said


_NO_KEYS: Mapping[str, PersonKey] = {}


async def add(connection: Connection, calls: Sequence[Call], keys: Mapping[str, PersonKey] = _NO_KEYS) -> None:
    """Write calls, in one round trip and all or nothing; one that is there already stays as it is.

    `keys` are those that suggestions are sealed with, by the call's id. Raises KeyError where one is missing.
    """
    await connection.executemany(
        "INSERT INTO assist_call (region, id, use, version, at, subject, person, post, input_hash, input_band,"
        " output_hash, outcome, confidence, took_us, cost_micro, suggestion, characters)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING",
        [
            (
                call.region,
                call.id,
                call.use,
                call.version,
                call.at,
                call.subject,
                call.person,
                call.post,
                call.input_hash,
                call.input_band,
                call.output_hash,
                call.outcome,
                call.confidence,
                call.took_us,
                call.cost_micro,
                _sealed(call, keys),
                _characters(call.suggestion),
            )
            for call in calls
        ],
    )


def _sealed(call: Call, keys: Mapping[str, PersonKey]) -> str | None:
    if call.suggestion is None:
        return None
    return seal_json(keys[call.id], CALL.place("suggestion", (call.region, call.id)), call.suggestion)


def _characters(suggestion: dict[str, Any] | None) -> int:
    """How much a suggestion gives to read: its sentence and what it quotes."""
    if suggestion is None:
        return 0
    return len(suggestion["text"]["zh"]) + sum(len(one["quote"]) for one in suggestion["evidence"])


def opened(ring: Ring, call: Call) -> Call:
    """A call with its suggestion in clear. Raises Refused as `Ring.open`."""
    if call.suggestion is None:
        return call
    place = CALL.place("suggestion", (call.region, call.id))
    return msgspec.structs.replace(call, suggestion=open_json(ring, place, call.suggestion))


def answered(ring: Ring, call: Call, settled: Settled) -> Settled:
    """What somebody did, with their reason in clear. Raises Refused as `Ring.open`."""
    place = SETTLED.place("reason", (call.region, call.id, settled.person))
    return msgspec.structs.replace(settled, reason=ring.text(place, settled.reason))


async def one(connection: Connection, region: str, call: str) -> Call | None:
    """A call by its id, its suggestion as it lies there (`opened`)."""
    row = await connection.fetchrow(_ONE, region, call)
    return None if row is None else _call(row)


async def of_case(connection: Connection, region: str, case: str) -> list[tuple[Call, tuple[Settled, ...]]]:
    """Everything a machine was asked about a case, in order, with what people did with it; one statement. Sealed as it
    lies there (`opened`, `answered`)."""
    rows = await connection.fetch(_OF_CASE, region, case)
    return [(_call(row), msgspec.convert(row["settled"], tuple[Settled, ...])) for row in rows]


async def settle(connection: Connection, region: str, call: str, use: str, settled: Settled, key: PersonKey) -> Settled:
    """Write what somebody did with a suggestion; what they answered before, if they did, else this. Its reason is
    sealed (`answered`)."""
    place = SETTLED.place("reason", (region, call, settled.person))
    await connection.execute(
        "INSERT INTO assist_settled (region, call, person, post, body, use, at, outcome, reason, seconds_shown)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        region,
        call,
        settled.person,
        settled.post,
        settled.body,
        use,
        settled.at,
        settled.outcome,
        key.seal_text(place, settled.reason),
        settled.seconds_shown,
    )
    row = await connection.fetchrow(
        "SELECT person, post, body, at, outcome, reason, seconds_shown FROM assist_settled"
        " WHERE region = $1 AND call = $2 AND person = $3",
        region,
        call,
        settled.person,
    )
    return settled if row is None else msgspec.convert(dict(row), Settled)


class Standing(NamedTuple):
    """What the gate asks before a call about a person."""

    opted_out: bool
    today: int


async def standing(connection: Connection, use: str, person: str, since: datetime, most: int) -> Standing:
    """Whether somebody has opted out of a use, and how often it ran for them since a moment; counts to `most`."""
    row = await connection.fetchrow(
        "SELECT EXISTS (SELECT FROM (SELECT DISTINCT ON (use) state FROM assist_opt_out"
        " WHERE person = $2 AND use IN ($1, '*') ORDER BY use, id DESC) o WHERE o.state = 'out') AS opted_out,"
        " (SELECT count(*) FROM (SELECT FROM assist_call WHERE use = $1 AND person = $2 AND at >= $3 LIMIT $4) n)"
        " AS today",
        use,
        person,
        since,
        most,
    )
    return Standing(False, 0) if row is None else Standing(row["opted_out"], row["today"])


async def spent(connection: Connection, uses: Sequence[str], since: datetime) -> dict[str, int]:
    """What uses have cost since a moment, in millionths of a yuan."""
    rows = await connection.fetch(
        "SELECT use, sum(cost_micro)::bigint AS cost FROM assist_call"
        " WHERE use = ANY($1::text[]) AND at >= $2 GROUP BY use",
        list(uses),
        since,
    )
    return {row["use"]: row["cost"] for row in rows}


def _call(row: Row) -> Call:
    named: dict[str, Any] = {name: row[name] for name in Call.__struct_fields__}
    return msgspec.convert(named, Call)
