"""All SQL of certificates. Writing happens in the caller's transaction, beside the event that issues or revokes.

The signed text lies sealed with the holder's key.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol

import msgspec

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.keys import unbase64
from tongban.base.page import Page, cursor, read_cursor
from tongban.base.sealing import PersonKey, Ring, SealedTable, Sealer
from tongban.base.statements import Marks
from tongban.certs.counter.store import REQUEST
from tongban.certs.model import Certificate, CertificateRecord, Standing, Status, region_of_identifier, standing
from tongban.certs.showing.store import SHOWING

CERTIFICATE = SealedTable(table="certificate", key=("region", "id"), owner="holder", text=("jws", "marks"))
SEALED = (CERTIFICATE, SHOWING, REQUEST)


class Reads(Protocol):
    """A database, or a connection inside a transaction."""

    @property
    def sealer(self) -> Sealer: ...
    async def fetch(self, sql: str, *args: Any) -> list[Any]: ...
    async def fetchrow(self, sql: str, *args: Any) -> Any: ...


class Writes(Reads, Protocol):
    """A connection inside the caller's transaction."""

    async def execute(self, sql: str, *args: Any) -> str: ...


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """废止, or 暂扣: when, by whom (a person id or post), and why, as the holder is told."""

    at: datetime
    by: str
    reason: str
    replaced_by: str = ""
    """Of a revoked one: the certificate that took its place."""

    @property
    def why(self) -> Text:
        """The reason by language; it is kept as the Chinese and, after it, the English."""
        parts = _BOTH.fullmatch(self.reason)
        return Text(parts[1], parts[2]) if parts else Text(self.reason, self.reason)


_BOTH = re.compile(r"([^）]*）|[^A-Za-z]+?) ([A-Za-z].*)")
"""暂停使用（行政许可法 69） Suspend (行政许可法 69); 撤销 Revoke."""


class StoredCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as it stands."""

    certificate: Certificate
    number: int
    """Which of the installation's certificates it is: its place in the status lists follows from it."""
    revocation: Revocation | None = None
    suspension: Revocation | None = None

    @property
    def record(self) -> CertificateRecord:
        return self.certificate.record

    @property
    def status(self) -> Status:
        """As the status lists say it."""
        if self.revocation is not None:
            return Status.INVALID
        return Status.VALID if self.suspension is None else Status.SUSPENDED

    def standing(self, today: date) -> Standing:
        """How it stands on a day."""
        return standing(self.record, today, self.revocation is not None, self.suspension is not None)


_COLUMNS = (
    "region, id, jws, marks, issued_at, number, revoked_at, revoked_by, revoked_reason,"
    " replaced_by AS revoked_replaced_by,"
    " suspended_at, suspended_by, suspended_reason"
)


async def insert(connection: Writes, certificate: Certificate) -> None:
    """Keep a certificate. Doing it again with the same certificate changes nothing.

    Raises `Refused` (`certificate-exists`, 409) when another certificate of this version was issued for the case.
    """
    record = certificate.record
    key = await connection.sealer.person(connection, record.holder.id)
    done = await connection.execute(
        "INSERT INTO certificate (region, id, holder, case_id, type, version, issued_at, jws, marks, signed_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        record.region,
        record.id,
        record.holder.id,
        record.case,
        record.type,
        record.version,
        record.issued_at,
        key.seal_text(CERTIFICATE.place("jws", (record.region, record.id)), certificate.jws),
        _sealed_marks(key, record, certificate.marks),
        certificate.signed_by,
    )
    if done == "INSERT 0 0":
        existing = await get(connection, record.id)
        if existing is None or existing.certificate.jws != certificate.jws:
            raise refuse(
                "certificate-exists",
                "这个办件已经发过这一版证照了",
                "This version of the certificate has already been issued for the case",
                status=409,
            )


def _sealed_marks(key: PersonKey, record: CertificateRecord, marks: Marks | None) -> str:
    if marks is None:
        return ""
    return key.seal_text(CERTIFICATE.place("marks", (record.region, record.id)), msgspec.json.encode(marks).decode())


async def get(db: Reads, certificate_id: str) -> StoredCertificate | None:
    """One certificate by its identifier, or None."""
    region = region_of_identifier(certificate_id)
    if region is None:
        return None
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM certificate WHERE region = $1 AND id = $2",  # noqa: S608 -- our own column names
        region,
        certificate_id,
    )
    return None if row is None else (await _all(db, [row]))[0]


async def for_case(db: Reads, region: str, case_id: str) -> tuple[StoredCertificate, ...]:
    """The certificates of one case, newest version first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM certificate WHERE region = $1 AND case_id = $2"  # noqa: S608 -- our own column names
        " ORDER BY version DESC LIMIT 20",
        region,
        case_id,
    )
    return tuple(await _all(db, rows))


async def held_by(db: Reads, holder: str, after: str | None = None, limit: int = 20) -> Page[StoredCertificate]:
    """The certificates of a person, newest first."""
    size = max(1, min(limit, 100))
    before = read_cursor(after, tuple[datetime, str]) if after else None
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM certificate WHERE holder = $1"  # noqa: S608 -- our own column names
        " AND ($2::timestamptz IS NULL OR (issued_at, id) < ($2, $3)) ORDER BY issued_at DESC, id DESC LIMIT $4",
        holder,
        None if before is None else before[0],
        None if before is None else before[1],
        size + 1,
    )
    items = tuple(await _all(db, rows[:size]))
    following = cursor(rows[size - 1]["issued_at"], rows[size - 1]["id"]) if len(rows) > size else None
    return Page(items, following)


async def holding(db: Reads, holder: str, kind: str, most: int = 5) -> list[StoredCertificate]:
    """A person's certificates of one type that are neither revoked nor suspended, newest first; whether their time has
    come and not gone is for the caller to see."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM certificate WHERE holder = $1 AND type = $2"  # noqa: S608 -- our own column names
        " AND revoked_at IS NULL AND suspended_at IS NULL ORDER BY issued_at DESC, id DESC LIMIT $3",
        holder,
        kind,
        most,
    )
    return await _all(db, rows)


async def revoke(connection: Writes, certificate_id: str, revocation: Revocation) -> None:
    """废止. Raises `Refused`: `unknown-certificate` (404); `already-revoked` (409), since the first reason stands."""
    done = await connection.execute(
        "UPDATE certificate SET revoked_at = $3, revoked_by = $4, revoked_reason = $5, replaced_by = $6"
        " WHERE region = $1 AND id = $2 AND revoked_at IS NULL",
        region_of_identifier(certificate_id) or "",
        certificate_id,
        revocation.at,
        revocation.by,
        revocation.reason,
        revocation.replaced_by,
    )
    if done == "UPDATE 0":
        raise await _why_not(connection, certificate_id)


async def suspend(connection: Writes, certificate_id: str, suspension: Revocation) -> None:
    """暂扣: not to be used until it is restored. One that is suspended or revoked already stays as it is.

    Raises `Refused`: `unknown-certificate` (404); `already-revoked` (409).
    """
    done = await connection.execute(
        "UPDATE certificate SET suspended_at = $3, suspended_by = $4, suspended_reason = $5"
        " WHERE region = $1 AND id = $2 AND revoked_at IS NULL AND suspended_at IS NULL",
        region_of_identifier(certificate_id) or "",
        certificate_id,
        suspension.at,
        suspension.by,
        suspension.reason,
    )
    if done == "UPDATE 0":
        found = await get(connection, certificate_id)
        if found is None or found.suspension is None:
            raise await _why_not(connection, certificate_id)


async def restore(connection: Writes, certificate_id: str) -> None:
    """The suspension ends; of one that was not suspended nothing changes. A revoked one stays revoked."""
    await connection.execute(
        "UPDATE certificate SET suspended_at = NULL, suspended_by = NULL, suspended_reason = NULL"
        " WHERE region = $1 AND id = $2 AND revoked_at IS NULL",
        region_of_identifier(certificate_id) or "",
        certificate_id,
    )


async def not_valid(db: Reads, first: int, count: int) -> dict[int, Status]:
    """By number, those of `count` certificates from `first` that are revoked or suspended: what a status list says."""
    rows = await db.fetch(
        "SELECT number, revoked_at IS NOT NULL AS revoked FROM certificate WHERE number >= $1 AND number < $2"
        " AND (revoked_at IS NOT NULL OR suspended_at IS NOT NULL)",
        first,
        first + count,
    )
    return {row["number"]: Status.INVALID if row["revoked"] else Status.SUSPENDED for row in rows}


_STATUS = "revoked_at IS NOT NULL AS revoked, suspended_at IS NOT NULL AS suspended"


async def status_of(db: Reads, number: int) -> Status | None:
    """How the `number`-th certificate stands; None where none has this number."""
    return _status(
        await db.fetchrow(
            f"SELECT {_STATUS} FROM certificate WHERE number = $1",  # noqa: S608 -- our own column names
            number,
        )
    )


async def status_until_written(connection: Writes, certificate_id: str) -> Status | None:
    """How a certificate stands, and will until the transaction ends; None where it is not one of ours."""
    return _status(
        await connection.fetchrow(
            f"SELECT {_STATUS} FROM certificate WHERE region = $1 AND id = $2 FOR SHARE",  # noqa: S608 -- our own column names
            region_of_identifier(certificate_id) or "",
            certificate_id,
        )
    )


def _status(row: Any) -> Status | None:
    if row is None:
        return None
    return Status.INVALID if row["revoked"] else Status.SUSPENDED if row["suspended"] else Status.VALID


async def count_issued(db: Reads) -> int:
    """One more than the greatest number given: how many places the status lists must have."""
    row = await db.fetchrow("SELECT coalesce(max(number) + 1, 0) AS issued FROM certificate")
    return int(row["issued"])


async def count_not_signed_by(db: Reads, keys: Sequence[str]) -> int:
    """How many that are not revoked lack a signature by one of these keys."""
    row = await db.fetchrow(
        "SELECT count(*) AS lack FROM certificate WHERE revoked_at IS NULL AND NOT signed_by @> $1::text[]", list(keys)
    )
    return int(row["lack"])


async def not_signed_by(
    connection: Writes, keys: Sequence[str], after: tuple[str, str], limit: int
) -> list[tuple[str, str, Certificate | None]]:
    """Those, by region and identifier, held until the transaction ends; None where the holder's data were erased."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM certificate"  # noqa: S608 -- our own column names
        " WHERE (region, id) > ($1, $2) AND revoked_at IS NULL AND NOT signed_by @> $3::text[]"
        " ORDER BY region, id LIMIT $4 FOR UPDATE",
        *after,
        list(keys),
        limit,
    )
    ring = await _ring(connection, rows)
    return [
        (row["region"], row["id"], None if ring.is_gone(row["jws"]) else _stored(row, ring).certificate) for row in rows
    ]


async def mark(connection: Writes, certificate: Certificate) -> None:
    """Keep the further signatures of a certificate in the place of those it had. A revoked one stays as it is."""
    record = certificate.record
    key = await connection.sealer.person(connection, record.holder.id)
    await connection.execute(
        "UPDATE certificate SET marks = $3, signed_by = $4 WHERE region = $1 AND id = $2 AND revoked_at IS NULL",
        record.region,
        record.id,
        _sealed_marks(key, record, certificate.marks),
        certificate.signed_by,
    )


async def _why_not(connection: Writes, certificate_id: str) -> Refused:
    if await get(connection, certificate_id) is None:
        return refuse("unknown-certificate", "没有这张证照", "There is no such certificate", status=404)
    return refuse("already-revoked", "这张证照已经废止过了", "This certificate is already revoked", status=409)


async def _all(db: Reads, rows: Sequence[Any]) -> list[StoredCertificate]:
    ring = await _ring(db, rows)
    return [_stored(row, ring) for row in rows]


async def _ring(db: Reads, rows: Sequence[Any]) -> Ring:
    return await db.sealer.ring(db, (value for row in rows for value in (row["jws"], row["marks"]) if value))


def _stored(row: Any, ring: Ring) -> StoredCertificate:
    jws = ring.text(CERTIFICATE.place("jws", (row["region"], row["id"])), row["jws"])
    payload = unbase64(jws.split(".")[1])
    marks = row["marks"] and ring.text(CERTIFICATE.place("marks", (row["region"], row["id"])), row["marks"])
    certificate = Certificate(
        record=msgspec.json.decode(payload, type=CertificateRecord),
        jws=jws,
        marks=msgspec.json.decode(marks, type=Marks) if marks else None,
    )
    return StoredCertificate(
        certificate=certificate,
        number=row["number"],
        revocation=_act(row, "revoked"),
        suspension=_act(row, "suspended"),
    )


def _act(row: Any, what: str) -> Revocation | None:
    if row[f"{what}_at"] is None:
        return None
    by = row["revoked_replaced_by"] if what == "revoked" else ""
    return Revocation(at=row[f"{what}_at"], by=row[f"{what}_by"], reason=row[f"{what}_reason"], replaced_by=by)
