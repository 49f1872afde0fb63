"""All SQL of wallets that wait for a certificate which is not yet issued (OpenID4VCI 1.0 §9).

A wallet proves its keys once, when it asks. The certificate will be bound to them, so neither the token nor the
transaction gives it to anybody else's wallet. What a person did not get is given to none.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from tongban.base.errors import refuse
from tongban.base.ids import uuid7
from tongban.certs.sdjwt import holder_key
from tongban.certs.wallet.proof import Nonces, Proof
from tongban.certs.wallet.store import Ahead, Opening, Reads, digest_of, use_up

WAITS_FOR = timedelta(days=180)
"""How long a wallet may come back; a case takes longer only where it was suspended."""
INTERVAL = timedelta(hours=1)
"""How soon it should come back."""
MOST = 5
"""Wallets that wait for one certificate at most."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One wallet that waits, as its holder sees it."""

    holder: str
    id: str
    ahead: Ahead
    keys: tuple[dict[str, str], ...]
    made_at: datetime
    until: datetime

    @property
    def thumbprints(self) -> tuple[bytes, ...]:
        """Of the keys to which its copies will be bound."""
        return tuple(holder_key(key).thumbprint for key in self.keys)


_COLUMNS = "holder, id, region, case_id, type, keys, made_at, until"


async def wait(
    connection: Reads, opening: Opening, token: str, proofs: Sequence[Proof], nonces: Nonces, now: datetime
) -> str:
    """Keep what a wallet asked for, in the caller's transaction; the name of the transaction (`transaction_id`).

    The nonces are used up, and the token opens this transaction from now on and nothing else. Raises as `store.use_up`,
    and `Refused` (`too-many-copies`, 409).
    """
    ahead = opening.ahead
    if ahead is None:
        raise LookupError("there is no case to wait for")
    await use_up(connection, opening, proofs, nonces, now)
    if len(await waiting(connection, opening.holder, ahead.case, now)) >= MOST:
        raise refuse(
            "too-many-copies",
            "等这张证照的钱包太多了，请先收回几个",
            "Too many wallets wait for this certificate: take some back first",
            status=409,
        )
    name = secrets.token_urlsafe(24)
    await connection.execute(
        "INSERT INTO wallet_waiting (holder, id, region, case_id, type, transaction, token, keys, made_at, until)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        opening.holder,
        str(uuid7()),
        ahead.region,
        ahead.case,
        ahead.type,
        digest_of(name),
        digest_of(token),
        [dict(proof.jwk) for proof in proofs],
        now,
        now + WAITS_FOR,
    )
    return name


async def of_token(db: Reads, token: str, now: datetime) -> tuple[Waiting, bytes] | None:
    """Whose token it is, and the digest of the transaction that it opens; None for any other token."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS}, transaction FROM wallet_waiting WHERE token = $1 AND until > $2",  # noqa: S608 -- our own column names
        digest_of(token),
        now,
    )
    return None if row is None else (_waiting(row), row["transaction"])


def names(name: str, digest: bytes) -> bool:
    """Whether this is the transaction of that digest."""
    return secrets.compare_digest(digest_of(name), digest)


async def waiting(db: Reads, holder: str, case: str, now: datetime) -> tuple[Waiting, ...]:
    """The wallets that wait for what a case will come to, newest first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM wallet_waiting WHERE holder = $1 AND case_id = $2 AND until > $3"  # noqa: S608 -- our own column names
        " ORDER BY made_at DESC, id DESC",
        holder,
        case,
        now,
    )
    return tuple(map(_waiting, rows))


async def end(connection: Reads, holder: str, identifier: str) -> bool:
    """It waits no longer: it has its certificate, or is taken back. False for one that did not wait any more."""
    done = await connection.execute("DELETE FROM wallet_waiting WHERE holder = $1 AND id = $2", holder, identifier)
    return done != "DELETE 0"


async def sweep(db: Reads, now: datetime) -> None:
    """Forget wallets that have waited too long."""
    await db.execute("DELETE FROM wallet_waiting WHERE until <= $1", now)


def _waiting(row: Mapping[str, object]) -> Waiting:
    said = dict(row)
    ahead = {"region": said["region"], "case": said["case_id"], "type": said["type"]}
    members = {name: said[name] for name in ("holder", "id", "keys", "made_at", "until")}
    return msgspec.convert({**members, "ahead": ahead}, Waiting)
