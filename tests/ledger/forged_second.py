"""A second signature on a checkpoint, by SM2: rightly made, and forged, each with the reason why it is refused."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from tests.ledger.small_log import NOW, ORIGIN, PLACE, WITNESS, SmallLog, events, policy, receipt

from tongban.base.crypto import SIGNATURES, Algorithm, Signer, Suite
from tongban.ledger.faults import Fault
from tongban.ledger.notes import Kind, Note, Signature, VerifierKey, cosign, sign
from tongban.ledger.policy import LogKey, Policy


def sm2(name: str = ORIGIN) -> tuple[VerifierKey, Signer]:
    signer = SIGNATURES[Algorithm.SM2].generate()
    return VerifierKey(name, Kind.LOG_SM2, signer.public), signer


def asking(ours: tuple[VerifierKey, Signer]) -> Policy:
    """The log's policy where both signatures are asked for."""
    first = policy()
    key = LogKey(vkey=str(ours[0]), not_before=first.keys[0].not_before, not_after=first.keys[0].not_after)
    return Policy.read(bytes(msgspec.structs.replace(first, gm=(key,), suites=(Suite.INTL, Suite.GM))))


def with_second(log: SmallLog, *more: Signature) -> bytes:
    note = log.note(WITNESS)
    return receipt(log, events(), PLACE, Note(note.text, (*note.signatures, *more)))


def line(log: SmallLog, by: tuple[VerifierKey, Signer]) -> Signature:
    return sign(log.checkpoint().text, by[0], by[1].sign)


Forgery = tuple[Callable[[SmallLog, tuple[VerifierKey, Signer]], list[Signature]], Fault]
FORGED: dict[str, Forgery] = {
    "left out": (lambda log, ours: [], Fault.SUITE_MISSING),
    "somebody else's": (lambda log, ours: [line(log, sm2())], Fault.SUITE_MISSING),
    "another log's": (lambda log, ours: [line(log, (sm2("other.example/log")[0], ours[1]))], Fault.SUITE_MISSING),
    "somebody else's under our key's id": (
        lambda log, ours: [Signature(ORIGIN, ours[0].id, sm2()[1].sign(log.checkpoint().text.encode()))],
        Fault.BAD_GM_SIGNATURE,
    ),
    "over another checkpoint": (
        lambda log, ours: [Signature(ORIGIN, ours[0].id, ours[1].sign(b"another\n"))],
        Fault.BAD_GM_SIGNATURE,
    ),
    "cut": (
        lambda log, ours: [line(log, ours)._replace(data=line(log, ours).data[:40])],
        Fault.BAD_GM_SIGNATURE,
    ),
    "a witness's form": (
        lambda log, ours: [cosign(log.checkpoint().text, ours[0], ours[1].sign, int(NOW.timestamp()))],
        Fault.BAD_GM_SIGNATURE,
    ),
    "twice": (lambda log, ours: [line(log, ours), line(log, ours)], Fault.SIGNED_TWICE),
}
