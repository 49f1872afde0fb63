"""A case about a certificate: it is suspended, restored, revoked or replaced by acts, each in the transaction of its
event, so that the status list, the case and the letter never say different things.

By duty of office in one procedure (`certificate-supervision`), on the holder's application in another
(`certificate-reissue`). Both belong to the body that issued the certificate, and to no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from tongban import certs
from tongban.base.database import Connection
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.cases import closing, evidence
from tongban.cases.batch import Also
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState, Event
from tongban.cases.store import reliance
from tongban.catalog.model import Service
from tongban.certs import CertificateRecord, Revocation, Shown, Standing, Status, StoredCertificate
from tongban.certs.model import reissued

if TYPE_CHECKING:
    from tongban.cases.engine import Engine

SUPERVISION, REISSUE = "certificate-supervision", "certificate-reissue"
"""The services whose cases are about a certificate; the fact `certificate` is its identifier (证照标识)."""
CERTIFICATE, MEASURE, WHY, LINE, SHOULD_BE = "certificate", "measure", "why", "line", "should_be"
WRONG = "wrong"
"""Of a reissue: what stands on it is wrong; otherwise it was lost or damaged."""
_LAW = "行政许可法 8、69"


async def named(
    engine: Engine, service: Service, says: Mapping[str, Any], applicant: str
) -> tuple[Mapping[str, Any], StoredCertificate | None]:
    """What is said at the opening, with the certificate's own name, and the certificate; None for other services.

    Raises Refused: `unknown-certificate` (422), also for somebody else's; `certificate-over`, `already-suspended`,
    `certificate-suspended`, `certificate-expired`, `no-competent-body` (409); `no-such-line` (422).
    """
    if service.service not in (SUPERVISION, REISSUE):
        return says, None
    said = says.get("facts")
    facts: Mapping[str, Any] = cast("Mapping[str, Any]", said) if isinstance(said, Mapping) else {}
    found = await certs.store.get(engine.db, str(facts.get(CERTIFICATE) or "").strip())
    if found is None or found.record.holder.id != applicant:
        raise refuse(
            "unknown-certificate",
            "没有这张证照，或者不是本人的。请从“我的证照”里打开它。",
            "There is no such certificate of this holder. Open it under My certificates.",
            place=CERTIFICATE,
        )
    if not engine.directory.has(found.record.issuer.body):
        raise refuse(
            "no-competent-body",
            "发证的机关不在这里。",
            "Its issuer is not of this place.",
            place=CERTIFICATE,
            status=409,
        )
    standing = found.standing(engine.clock().astimezone(engine.zone).date())
    if service.service == SUPERVISION:
        _may_be_supervised(standing, str(facts.get(MEASURE) or ""))
    else:
        _may_be_reissued(found.record, standing, facts)
    name = found.record.name
    return {**says, "certificate_name": name.zh, "certificate_name_en": name.en}, found


def _may_be_supervised(standing: Standing, measure: str) -> None:
    if standing is Standing.REVOKED:
        raise _over()
    if standing is Standing.SUSPENDED and measure == "suspend":
        raise refuse(
            "already-suspended",
            "这张证照已经暂停使用，请在原来那一件里恢复或者延长。",
            "It is suspended already; go on in the case that suspended it.",
            place=CERTIFICATE,
            status=409,
        )


def _may_be_reissued(record: CertificateRecord, standing: Standing, facts: Mapping[str, Any]) -> None:
    match standing:
        case Standing.REVOKED:
            raise _over()
        case Standing.SUSPENDED:
            raise refuse(
                "certificate-suspended",
                "这张证照正在暂停使用，恢复以后才能补发或者更正。",
                "It is suspended; it can be replaced or corrected once it is restored.",
                place=CERTIFICATE,
                status=409,
            )
        case Standing.EXPIRED:
            raise refuse(
                "certificate-expired",
                "这张证照已经过期，请重新申请或者申请延续，不用补发。",
                "It has expired; apply for a new one or for its renewal instead.",
                place=CERTIFICATE,
                status=409,
            )
        case Standing.VALID | Standing.NOT_YET:
            pass
    if str(facts.get(WHY) or "") == WRONG and _line(record, str(facts.get(LINE) or "")) is None:
        known = "、".join(line.label.zh for line in record.shows)
        raise refuse(
            "no-such-line",
            f"证照上没有这一项；有：{known or '没有可以更正的内容'}。姓名、号码不对，请先到登记机关更正。",
            "There is no such line on it. If the name or number is wrong, have the register corrected first.",
            place=LINE,
        )


def _over() -> Refused:
    return refuse(
        "certificate-over", "这张证照已经废止。", "This certificate is revoked.", place=CERTIFICATE, status=409
    )


def _line(record: CertificateRecord, label: str) -> int | None:
    wanted = label.strip()
    return next((n for n, one in enumerate(record.shows) if wanted and wanted in (one.label.zh, one.label.en)), None)


async def supervised(engine: Engine, certificate: str) -> str:
    """The open case in which a certificate is supervised; empty where there is none. Only its holder is led there."""
    return await reliance.open_about(engine.db, certificate, SUPERVISION)


def effect(engine: Engine, definition: Definition, state: CaseState, event: Event) -> Also:
    """What an event does to the certificate of its case. Raises Refused inside the transaction: `certificate-over`,
    `already-suspended`, `certificate-changed` (409) where another case was quicker."""
    identifier = str(state.facts[CERTIFICATE]).strip()
    act = definition.procedure.acts[event.type].name
    law = definition.cite(event.law)
    change = Revocation(at=event.at, by=event.by.id, reason=f"{act.zh}（{law.zh}） {act.en} ({law.en})")

    async def do(connection: Connection) -> None:
        held = await _current(connection, identifier)
        if held is None or held.revocation is not None:
            raise _over()
        number, rests_on_it = held.record.id, f"m-{held.record.case}"
        match event.certificate:
            case "suspend":
                _may_be_supervised(Standing.SUSPENDED if held.suspension else Standing.VALID, "suspend")
                await certs.store.suspend(connection, number, change)
                await evidence.changed(connection, number, "suspended", event.at)
                await closing.rest(connection, rests_on_it, event.at)
            case "restore":
                await certs.store.restore(connection, number)
                await evidence.changed(connection, number, "restored", event.at)
                await closing.resume(connection, rests_on_it, event.at)
            case "revoke":
                await certs.store.revoke(connection, number, change)
                await evidence.changed(connection, number, "revoked", event.at)
                await closing.lost(connection, rests_on_it, event.at)
            case "replace":
                await _replace(engine, connection, definition, state, event, held)
            case None:
                raise ValueError("the event does nothing to a certificate")

    return do


def about(state: CaseState, new: Sequence[Event]) -> Also | None:
    """A case about a certificate learns what becomes of it elsewhere, from the transaction that opens it.

    Raises Refused inside the transaction (`certificate-over`, 409) where it was revoked a moment ago.
    """
    case = state.case
    if case.service not in (SUPERVISION, REISSUE) or new[0].opening is None:
        return None
    number = str(state.facts[CERTIFICATE]).strip()

    async def keep(connection: Connection) -> None:
        await reliance.rely(connection, number, case.case)
        if await certs.store.status_until_written(connection, number) is Status.INVALID and not _acted(new):
            raise _over()

    return keep


def _acted(new: Sequence[Event]) -> bool:
    """Whether these events have themselves changed the certificate (补发 is done with the opening)."""
    return any(event.certificate for event in new)


async def _current(connection: Connection, identifier: str) -> StoredCertificate | None:
    """The certificate, or the one that has taken its place: a supervision is not escaped by having it replaced."""
    held = await certs.store.get(connection, identifier)
    while held is not None and held.revocation is not None and held.revocation.replaced_by:
        held = await certs.store.get(connection, held.revocation.replaced_by)
    return held


async def _replace(
    engine: Engine,
    connection: Connection,
    definition: Definition,
    state: CaseState,
    event: Event,
    held: StoredCertificate,
) -> None:
    """The old one is revoked and names the new one, the new one names the old one."""
    if held.suspension is not None:
        raise refuse(
            "certificate-changed",
            "这张证照刚刚被暂停使用，不能补发。",
            "It was suspended a moment ago and cannot be replaced.",
            place=CERTIFICATE,
            status=409,
        )
    old, shows = held.record, list(held.record.shows)
    if state.facts.get(WHY) == WRONG:
        at, right = _line(old, str(state.facts[LINE])), str(state.facts[SHOULD_BE])
        if at is None:
            raise ValueError("the line was checked when the case was opened")
        shows[at] = Shown(label=shows[at].label, value=Text(right, right))
    issued_at = event.at.astimezone(definition.zone)
    new = certs.sign(reissued(old, tuple(shows), issued_at), engine.keys)
    why = _CORRECTED if state.facts.get(WHY) == WRONG else _REPLACED
    gone = Revocation(at=event.at, by=event.by.id, reason=f"{why.zh} {why.en}", replaced_by=new.record.id)
    await certs.store.revoke(connection, old.id, gone)
    await certs.store.insert(connection, new)
    await evidence.changed(connection, old.id, "replaced", event.at, by=new.record.id)


_REPLACED = Text("已补发，由新的一张代替", "Replaced: a new one was issued")
_CORRECTED = Text("已更正，由新的一张代替", "Replaced by a corrected one")
