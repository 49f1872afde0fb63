"""All SQL of certificates in wallets: offers, their tokens, the keys that hold copies, nonces that were used."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from tongban.base.errors import refuse
from tongban.base.ids import uuid7
from tongban.certs.faults import Fault, Point
from tongban.certs.strict import Stop
from tongban.certs.wallet.offering import TX_DIGITS
from tongban.certs.wallet.proof import Nonces, Proof

OPEN_FOR = timedelta(minutes=10)
TOKEN_FOR = timedelta(minutes=5)
COPY_FOR = timedelta(days=90)
"""How long a copy in a wallet holds at most: a lost telephone stops being a certificate by itself."""
TRIES = 5
"""Guesses of six digits, after which an offer is over."""
COPIES = 20
"""Copies in force of one certificate at most."""
SHOWN = 50
_KEPT = timedelta(days=1)
USE_KEPT = timedelta(days=3 * 366)
"""How long a line of use is kept at least (政务数据共享条例 29 [S]); a copy is remembered as long as what it showed."""
_SWEPT = 5_000


class Reads(Protocol):
    """A database, or a connection inside a transaction."""

    async def fetch(self, sql: str, *args: Any) -> list[Any]: ...
    async def fetchrow(self, sql: str, *args: Any) -> Any: ...
    async def execute(self, sql: str, *args: Any) -> str: ...


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that is not yet issued: of which case it will come, and of which type it will be."""

    region: str
    case: str
    type: str


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What an access token opens: one certificate of one person, once; or, before there is one, the first of a case."""

    holder: str
    id: str
    certificate: str
    ahead: Ahead | None = None


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """A copy in a wallet, as its holder sees it."""

    id: str
    holder: str
    certificate: str
    bound_at: datetime
    until: datetime
    ended_at: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether it may still be presented."""
        return self.ended_at is None and now < self.until


async def offer(connection: Reads, holder: str, of: str | Ahead, now: datetime) -> tuple[str, str]:
    """A code for one wallet, and the digits that its holder types there, in the caller's transaction.

    `of` is the number of a certificate, or the one that a case will come to. An earlier offer of it that is not used up
    ends: there is one at a time, however many are asked for at once. Raises `Refused` (`too-many-copies`, 409).
    """
    ahead, certificate = (of, "") if isinstance(of, Ahead) else (None, of)
    case = ahead.case if ahead else None
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 44))", case or certificate)
    if ahead is None:
        await _room(connection, holder, certificate, 1, now)
    await connection.execute(
        "UPDATE wallet_offer SET ended_at = $4 WHERE holder = $1 AND certificate = $2"
        " AND case_id IS NOT DISTINCT FROM $3 AND ended_at IS NULL",
        holder,
        certificate,
        case,
        now,
    )
    code, digits = secrets.token_urlsafe(32), f"{secrets.randbelow(10**TX_DIGITS):0{TX_DIGITS}d}"
    await connection.execute(
        "INSERT INTO wallet_offer (holder, id, certificate, code, proof, made_at, until, region, case_id, type)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        holder,
        str(uuid7()),
        certificate,
        digest_of(code),
        digest_of(code, digits),
        now,
        now + OPEN_FOR,
        ahead.region if ahead else None,
        case,
        ahead.type if ahead else None,
    )
    return code, digits


async def _room(connection: Reads, holder: str, certificate: str, more: int, now: datetime) -> None:
    row = await connection.fetchrow(
        "SELECT count(*) AS live FROM wallet_key WHERE holder = $1 AND certificate = $2 AND ended_at IS NULL"
        " AND until > $3",
        holder,
        certificate,
        now,
    )
    if row["live"] + more > COPIES:
        raise refuse(
            "too-many-copies",
            "这张证照存进的钱包太多了，请先收回几个",
            "Too many wallets hold this certificate: take some copies back first",
            status=409,
        )


_FITS = "(proof = $2 AND redeemed_at IS NULL AND until > $4)"


class Redeemed(msgspec.Struct, frozen=True, kw_only=True):
    """An access token. `lasts` is nothing where it lives on with a wallet that waits (`store.waiting`)."""

    token: str
    lasts: timedelta | None


async def redeem(db: Reads, code: str, digits: str, now: datetime) -> Redeemed | None:
    """An access token for a code with its digits; None if they do not fit, or the offer is over.

    A code that comes a second time ends what it gave (RFC 9700 §4.5); a fifth wrong guess ends the offer. A guess is
    counted by the statement that looks at it, so that a thousand sent at once are five as well.
    """
    token = f"tbw_{secrets.token_urlsafe(32)}"
    row = await db.fetchrow(
        "UPDATE wallet_offer SET tries = tries + 1,"  # noqa: S608 -- our own condition
        f" token = CASE WHEN {_FITS} THEN $3 ELSE token END,"
        f" redeemed_at = CASE WHEN {_FITS} THEN $4 ELSE redeemed_at END,"
        f" token_until = CASE WHEN {_FITS} THEN $5 ELSE token_until END,"
        f" ended_at = CASE WHEN redeemed_at IS NOT NULL OR (NOT {_FITS} AND tries + 1 >= $6) THEN $4::timestamptz END"
        " WHERE code = $1 AND ended_at IS NULL RETURNING token = $3 AS given, case_id",
        digest_of(code),
        digest_of(code, digits),
        digest_of(token),
        now,
        now + TOKEN_FOR,
        TRIES,
    )
    if row is None or not row["given"]:
        return None
    return Redeemed(token=token, lasts=None if row["case_id"] else TOKEN_FOR)


async def opened(db: Reads, token: str, now: datetime) -> Opening | None:
    """What a token opens; None for one that is over, used, or no token."""
    row = await db.fetchrow(
        "SELECT holder, id, certificate, region, case_id, type FROM wallet_offer"
        " WHERE token = $1 AND ended_at IS NULL AND token_until > $2",
        digest_of(token),
        now,
    )
    if row is None:
        return None
    ahead = Ahead(region=row["region"], case=row["case_id"], type=row["type"]) if row["case_id"] else None
    return Opening(holder=row["holder"], id=row["id"], certificate=row["certificate"], ahead=ahead)


async def bind(
    connection: Reads, opening: Opening, proofs: Sequence[Proof], nonces: Nonces, now: datetime, until: datetime
) -> None:
    """Bind a copy to each key, in the caller's transaction: the token and the nonces are used up by it.

    Raises `Stop` at `Point.BINDING`: `wrong-nonce` for one that is not ours or has run out, `nonce-used`, `key-twice`
    for a key that was ever bound before; `LookupError` for a token that another request has used meanwhile;
    `Refused` (`too-many-copies`, 409).
    """
    await use_up(connection, opening, proofs, nonces, now)
    await keep(connection, opening.holder, opening.certificate, [proof.thumbprint for proof in proofs], now, until)


async def use_up(connection: Reads, opening: Opening, proofs: Sequence[Proof], nonces: Nonces, now: datetime) -> None:
    """The token and the nonces of a request, in the caller's transaction. Raises as `bind`."""
    ended = await connection.execute(
        "UPDATE wallet_offer SET ended_at = $3 WHERE holder = $1 AND id = $2 AND ended_at IS NULL",
        opening.holder,
        opening.id,
        now,
    )
    if ended == "UPDATE 0":
        raise LookupError("the token was used meanwhile")
    for nonce in {proof.nonce for proof in proofs}:
        good = nonces.until(nonce, now)
        if good is None:
            raise Stop(Point.BINDING, Fault.WRONG_NONCE)
        if not await _first_use(connection, nonce, good):
            raise Stop(Point.BINDING, Fault.NONCE_USED)


async def keep(
    connection: Reads, holder: str, certificate: str, thumbprints: Sequence[bytes], now: datetime, until: datetime
) -> None:
    """The copies that these keys hold from now on. Raises `Stop` (`key-twice`), `Refused` (`too-many-copies`)."""
    await _room(connection, holder, certificate, len(thumbprints), now)
    for thumbprint in thumbprints:
        await _keep(connection, holder, certificate, thumbprint, now, until)


async def _first_use(connection: Reads, nonce: str, until: datetime) -> bool:
    done = await connection.execute(
        "INSERT INTO wallet_nonce (nonce, until) VALUES ($1, $2) ON CONFLICT DO NOTHING", digest_of(nonce), until
    )
    return done == "INSERT 0 1"


async def _keep(
    connection: Reads, holder: str, certificate: str, thumbprint: bytes, now: datetime, until: datetime
) -> None:
    done = await connection.execute(
        "INSERT INTO wallet_key (holder, id, certificate, thumbprint, bound_at, until)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        holder,
        str(uuid7()),
        certificate,
        thumbprint,
        now,
        until,
    )
    if done == "INSERT 0 0":
        raise Stop(Point.BINDING, Fault.KEY_TWICE)


_COLUMNS = "holder, id, certificate, bound_at, until, ended_at"


async def copies(db: Reads, holder: str, certificate: str) -> tuple[Copy, ...]:
    """The copies of a certificate in wallets: those that were not taken back first, then the newest."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM wallet_key WHERE holder = $1 AND certificate = $2"  # noqa: S608 -- our own column names
        " ORDER BY ended_at IS NULL DESC, bound_at DESC, id DESC LIMIT $3",
        holder,
        certificate,
        SHOWN,
    )
    return tuple(msgspec.convert(dict(row), Copy) for row in rows)


async def copy_of(db: Reads, thumbprint: bytes) -> Copy | None:
    """The copy that a key holds."""
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM wallet_key WHERE thumbprint = $1",  # noqa: S608 -- our own column names
        thumbprint,
    )
    return None if row is None else msgspec.convert(dict(row), Copy)


async def end(db: Reads, holder: str, identifier: str, now: datetime) -> None:
    """The holder takes a copy back; of one that ended nothing changes."""
    await db.execute(
        "UPDATE wallet_key SET ended_at = $3 WHERE holder = $1 AND id = $2 AND ended_at IS NULL",
        holder,
        identifier,
        now,
    )


async def sweep(db: Reads, now: datetime) -> None:
    """Forget nonces that have run out, offers a day after, and copies when no line of use that could be of one is kept.

    A copy is over when its holder took it back, or else with its time, which is never later than its certificate's.
    """
    await db.execute("DELETE FROM wallet_nonce WHERE until <= $1", now)
    await db.execute("DELETE FROM wallet_offer WHERE until <= $1", now - _KEPT)
    done = f"DELETE {_SWEPT}"
    while done == f"DELETE {_SWEPT}":
        done = await db.execute(
            "DELETE FROM wallet_key WHERE ctid = ANY(ARRAY(SELECT ctid FROM wallet_key"
            " WHERE least(ended_at, until) <= $1 ORDER BY least(ended_at, until) LIMIT $2))",
            now - USE_KEPT,
            _SWEPT,
        )


def digest_of(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()
