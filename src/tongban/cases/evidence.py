"""A certificate stands for a paper, and what changes in it reaches every open case that relies on it.

Which case relies on which certificate is written with the case. A change of the certificate marks those rows in its
own transaction; each case is told right after it, and again at the next turn where that did not come through.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tongban import certs
from tongban.base.database import Connection
from tongban.base.errors import refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.cases.batch import Also
from tongban.cases.decide import told
from tongban.cases.doubts import CHANGES
from tongban.cases.model import SAME, By, CaseState, Event, Letter, Own
from tongban.cases.store import reliance as store
from tongban.cases.store.reliance import Change, Changed
from tongban.certs import Standing
from tongban.org import Actor

if TYPE_CHECKING:
    from tongban.cases.engine import Engine
    from tongban.cases.loaded import Case

log = logging.getLogger(__name__)
_AGAIN: Final = ("restored", "confirmed")
"""Changes after which it holds again."""
_MOST = 200


class Evidence:
    """The certificates of this installation as records (`sharing.exchange.Held`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def held(self, person: str, kind: str) -> Mapping[str, Any] | None:
        """The newest of a type that holds today; the case it came of only where there is no other it could be."""
        engine = self._engine
        today = engine.clock().astimezone(engine.zone).date()
        found = [
            one for one in await certs.store.holding(engine.db, person, kind) if one.standing(today) is Standing.VALID
        ]
        if not found:
            return None
        record = found[0].record
        until = record.valid_until
        return {
            "id": record.id,
            "issued_on": record.issued_at.date().isoformat(),
            "valid_until": until.isoformat() if until else None,
            "case": record.case if len({one.record.case for one in found}) == 1 else None,
        }


def relied(state: CaseState, new: Sequence[Event]) -> list[Also]:
    """What is done with events that rest on certificates: that the case relies on them is written, and nothing is
    granted on one that has changed. Raises Refused inside the transaction (`certificate-changed`, 409)."""
    named = {record.certificate: record for event in new for record in event.records.values() if record.certificate}
    grants = any(event.decides == "favourable" or event.issues for event in new)
    grants = grants and any(record.certificate for record in state.records.values())
    if not named and not grants:
        return []
    case = state.case.case

    async def keep(connection: Connection) -> None:
        for number, record in sorted(named.items()):
            status = await certs.store.status_until_written(connection, number)
            if status is None:  # of another installation: looked at before it was taken, followed from here on
                if record.listed:
                    await store.rely_elsewhere(connection, number, case, record.listed, new[-1].at)
                continue
            await store.rely(connection, number, case)
            if status is not certs.Status.VALID:
                raise refuse(
                    "certificate-changed",
                    "查到的证照刚刚被暂停、废止或者换过，请回到“带出来的信息”再查一次。",
                    "The certificate that was found has just changed; look the records up again.",
                    place="records",
                    status=409,
                )
        if grants and await store.untold(connection, case):
            raise refuse(
                "certificate-changed",
                "这个办件依据的证照刚刚有变化，请过一会儿刷新，先看过再决定。",
                "A certificate that this case relies on has just changed; reload in a moment and look at it first.",
                place="act",
                status=409,
            )

    return [keep]


async def changed(connection: Connection, certificate: str, change: Change, at: datetime, by: str = "") -> None:
    """Mark every case that relies on it or is about it, in the transaction of the change; `by` is the certificate that
    took its place."""
    await store.mark(connection, certificate, change, at)
    if by:
        await store.follow(connection, certificate, by)


async def turn(engine: Engine) -> int:
    """Tell the cases that were marked; how many. Again is harmless, and one that fails stops no other."""
    done = 0
    for one in await store.marked(engine.db, _MOST):
        try:
            await _tell(engine, one)
        except Exception:
            log.exception("case %s was not told that a certificate has changed", one.case_id)
        else:
            done += 1
    return done


async def _tell(engine: Engine, one: Changed) -> None:
    found = await certs.store.get(engine.db, one.certificate)
    key = f"certificate:{one.certificate}:{one.change}:{one.at.isoformat()}"
    now = engine.clock()
    name = found.record.name if found else None
    await engine.record(one.case_id, key, lambda case: _events(case, one, name, now))
    await store.settle(engine.db, one)


def _events(case: Case, one: Changed, name: Text | None, now: datetime) -> list[Event]:
    """What the case is told, and what follows from it by the rules of its procedure; nothing where it has ended.

    Without a name of our own for it, it is called as the case knows it."""
    state, definition = case.state, case.definition
    if definition.ended(state) or state.elsewhere:
        return []
    about = definition.about_certificate
    items = tuple(name for name, record in state.records.items() if record.certificate in (one.certificate, one.first))
    doubted = any(doubt.certificate == one.certificate for doubt in state.doubts)
    # One that is about it acts on whatever is in its place, and hears only of the end of that.
    concerned = one.change == "revoked" if about else bool(items)
    if not concerned or (one.change in _AGAIN and not doubted):
        return []
    clock = Actor.clock()
    name = name or next((state.records[item].source for item in items), Text("证照", "certificate"))
    event = Event(
        seq=state.seq + 1,
        type=Own.CERTIFICATE_CHANGED,
        at=max(one.at, state.updated_at or one.at),
        by=By(clock.kind, clock.id, clock.name),
        to=SAME,
        payload={
            "certificate": one.certificate,
            "name": msgspec.to_builtins(name),
            "change": one.change,
            "items": list(items),
        },
    )
    events = told(definition, state, [event], now)
    if len(events) > 1:  # the letter of what follows says it
        return events
    return [msgspec.structs.replace(event, letter=_letter(case, one, name))]


def _letter(case: Case, one: Changed, name: Text) -> Letter:
    opening = case.state.case
    service = Text(*(words(case.definition.service.name, lang) for lang in LANGS))
    body = _RESTORED if one.change in _AGAIN else _LOOKED_AT
    return Letter(
        to=opening.applicant.id,
        title=_TITLE,
        body=body.format(
            service=service, case=Text(opening.number, opening.number), name=name, how=CHANGES[one.change]
        ),
        notice="certificate-changed",
    )


_TITLE = Text("您正在办的事用到的证照有变化", "A certificate that your case relies on has changed")
_LOOKED_AT = Text(
    "您正在办的“{service}”（{case}）用到您的“{name}”，这张证照{how}。现在不用您做什么：工作人员会先看一看再接着办，"
    "不会因此自动作罢。不同意证照的处理，请看那一件的通知。",
    "{service} ({case}) relies on your {name}, which was {how}. There is nothing you need to do now: an official looks "
    "at it before going on, and the case is not dropped because of it. What you can do about the certificate itself "
    "stands in the letter about it.",
)
_RESTORED = Text(
    "您正在办的“{service}”（{case}）用到的“{name}”{how}，这件事照常办。",
    "The {name} that {service} ({case}) relies on was {how}; the case goes on as before.",
)
