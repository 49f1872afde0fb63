"""The certificate of a case that is issued, kept in the transaction of the act."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import msgspec

from tongban import certs
from tongban.base.database import Connection
from tongban.base.errors import Refused, refuse
from tongban.base.keys import KeyRing
from tongban.cases import evidence, moving
from tongban.cases.batch import Also
from tongban.cases.definition import Definition, Judged
from tongban.cases.model import CaseState, Event
from tongban.catalog.certificate_type import CertificateType
from tongban.org import Directory

Types: TypeAlias = Callable[[str], CertificateType | None]
"""The catalogue's certificate types, by slug."""


def issue(
    definition: Definition,
    state: CaseState,
    event: Event,
    *,
    directory: Directory,
    ring: KeyRing,
    demo: bool,
    types: Types,
) -> Also:
    """What keeps the certificate that `event` issues; `state` is the case after it, `types` describes certificates.

    Raises Refused inside the transaction (409): `certificate-suspended`, since issuing anew does not end a suspension;
    `certificate-revoked`, since it does not undo a revocation either.
    """
    case, judged = state.case, Judged(definition, state)
    count = sum(definition.procedure.acts[done.type].issues for done in state.acts)
    body, kind = directory.body(state.office.id), types(judged.variant.result.certificate)
    sign = partial(
        certs.issue,
        msgspec.structs.replace(definition.service, result=judged.variant.result),
        facts=judged.variant.facts,
        outputs=judged.assessment.outputs,
        issuer=certs.Issuer(body=body.id, name=body.name, uscc=body.uscc),
        exercised=moving.exercised(state, directory),
        holder=certs.Holder(
            id=case.applicant.id,
            name=case.applicant.name,
            number=certs.mask_number(case.applicant.number),
        ),
        region=case.region,
        case=case.case,
        at=event.at.astimezone(definition.zone),
        ring=ring,
        demo=demo,
        type_code=kind.code if kind else "",
    )

    async def keep(connection: Connection) -> None:
        held = await certs.store.for_case(connection, case.region, case.case) if count > 1 else ()
        if any(one.status is certs.Status.SUSPENDED for one in held):
            raise _suspended()
        if held and held[0].revocation is not None and not held[0].revocation.replaced_by:
            raise _revoked()
        # one that took the place of the last (补证) has taken the next number of the case as well
        certificate = sign(version=max(count, *(one.record.version + 1 for one in held), 1))
        gone = msgspec.structs.replace(_replaced(event), replaced_by=certificate.record.id)
        for earlier in held:
            if earlier.revocation is None:  # what is issued again takes the place of what was issued before
                await certs.store.revoke(connection, earlier.record.id, gone)
                await evidence.changed(connection, earlier.record.id, "replaced", event.at, by=certificate.record.id)
        await certs.store.insert(connection, certificate)

    return keep


def revoke(definition: Definition, state: CaseState, event: Event) -> Also:
    """What the case had issued is revoked with the act that says so.

    Whoever checks the certificate learns by which act; the reasons are for the person, in the letter of the case.
    """
    case, act = state.case, definition.procedure.acts[event.type].name
    revocation = certs.Revocation(at=event.at, by=event.by.id, reason=f"{act.zh} {act.en}")

    async def take_back(connection: Connection) -> None:
        for issued in await certs.store.for_case(connection, case.region, case.case):
            if issued.revocation is None:
                await certs.store.revoke(connection, issued.record.id, revocation)
                await evidence.changed(connection, issued.record.id, "revoked", event.at)

    return take_back


def _suspended() -> Refused:
    return refuse(
        "certificate-suspended",
        "原来的证照正在暂停使用，恢复以后才能更正重发。",
        "The certificate is suspended; it can be corrected and issued anew once it is restored.",
        place="act",
        status=409,
    )


def _revoked() -> Refused:
    return refuse(
        "certificate-revoked",
        "原来的证照已经被废止，更正结果不能再发一张。认为废止不对的，申请复议或者起诉；条件具备的，重新申请，由人决定。",
        "The certificate was revoked; a corrected result does not bring another. Against the revocation there is "
        "reconsideration or a suit; where the conditions are met a new application is decided by a person.",
        place="act",
        law="行政许可法 69、70",
        status=409,
    )


def _replaced(event: Event) -> certs.Revocation:
    return certs.Revocation(at=event.at, by=event.by.id, reason="已由更正后的一张代替 Replaced by a corrected one")
