"""The side that sends: messages leave after the commit that wrote them, again and again until a receipt is here.

At least once from here, done once over there. A process that dies while sending loses its lease, and another sends it
again. Nothing is ever given up: a case that is on its way still is somebody's, and `waiting` says how many are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, assert_never

import msgspec

from tongban.base.errors import Refused
from tongban.base.ids import uuid7
from tongban.cases.engine import Engine
from tongban.cases.handover import receipts, store
from tongban.cases.handover.agreements import Between
from tongban.cases.handover.model import RESOURCE, Answer, Kind, PaperMessage, Receipt
from tongban.cases.handover.store import Outgoing
from tongban.cases.kept import Files
from tongban.cases.loaded import Case
from tongban.cases.model import SAME, By, Event, Own
from tongban.org import Actor
from tongban.sharing.channel.model import Member, Parcel

log = logging.getLogger(__name__)

_CLAIM: Final = 16
_LEASE: Final = timedelta(seconds=60)
_FIRST_WAIT: Final = timedelta(seconds=2)
_LONGEST_WAIT: Final = timedelta(minutes=10)
_SENDER: Final = "handover"
"""Who asks, as far as x1 is concerned: the machinery, on behalf of nobody who needs a pseudonym."""


class Deliver(Protocol):
    """A way to another installation: `X1Channel`."""

    async def deliver(self, member: Member, parcel: Parcel) -> bytes: ...


class Sender:
    """Carries what waits. Several processes may; each message is leased to one of them."""

    def __init__(
        self, engine: Engine, files: Files, between: Between, channel: Callable[[], Deliver], patience: timedelta
    ) -> None:
        self._engine, self._files, self._between = engine, files, between
        self._channel, self._first = channel, patience

    async def carry(self, now: datetime) -> int:
        """Send what is due, and what comes due when the message before it is answered; the number of answers."""
        done = 0
        while claimed := await store.claim(self._engine.db, now, _LEASE, _CLAIM):
            done += sum(await asyncio.gather(*map(self._carry, claimed)))
        return done

    async def _carry(self, one: Outgoing) -> bool:
        try:
            receipt, token = await self._sent(one)
            await self._settle(one, receipt, token)
        except Refused as refused:
            if refused.code == "papers-missing":
                await store.again(self._engine.db, one.region, one.case_id, one.seq)
            await self._failed(one, refused.code)
            return False
        except Exception as error:  # whatever it is, the message stays and is tried again
            log.warning("message of case %s did not arrive: %s", one.case_id, type(error).__name__)
            await self._failed(one, type(error).__name__)
            return False
        return True

    async def _failed(self, one: Outgoing, error: str) -> None:
        wait = min(self._first * 2 ** min(one.attempts - 1, 16), _LONGEST_WAIT)
        await store.failed(self._engine.db, one, error, self._engine.clock() + wait)

    async def _sent(self, one: Outgoing) -> tuple[Receipt, str]:
        card = self._between.neighbours.card(one.peer)
        if card is None:
            raise LookupError(one.peer)
        agreement = next((a for a in self._between.agreed() if a.id == one.agreement), None)
        parcel = Parcel(
            resource=RESOURCE,
            record=one.kind.value,
            body=await self._body(one),
            grant=one.agreement,
            purpose=f"{one.purpose}; {agreement.law if agreement else one.agreement}",
            case=one.case_id,
            user=_SENDER,
            # x1 remembers a message for a day, a hand-over for ever: each try is a message of its own to x1,
            # and the idempotency key says which hand-over it is.
            message_id=uuid7(self._engine.clock()),
            key=str(one.message),
        )
        answer = msgspec.json.decode(await self._channel().deliver(card.member, parcel), type=Answer)
        return receipts.read(self._between.neighbours, one.peer, answer.receipt), answer.receipt

    async def _body(self, one: Outgoing) -> bytes:
        if one.kind is not Kind.PAPER:
            return one.body.encode()
        paper = msgspec.json.decode(one.body, type=PaperMessage)
        data = await self._files.get(paper.data.decode(), paper.paper.sha256)
        return msgspec.json.encode(msgspec.structs.replace(paper, data=data))

    async def _settle(self, one: Outgoing, receipt: Receipt, token: str) -> None:
        """What the receipt says becomes an event of the case, then the message is done; again is harmless."""
        if one.kind is Kind.RECALL and receipt.kind is Kind.CASE:
            # It was taken before: this is the receipt of that, and the answer to the case as well.
            case = await store.sent(self._engine.db, one.region, receipt.message)
            if case is None or case.digest != receipt.digest:
                raise ValueError("the receipt is for something else")
            await self._case(case, receipt, token)
            await self._done(one, receipt.outcome, token)
            return
        if (receipt.message, receipt.kind, receipt.digest) != (one.message, one.kind, one.digest):
            raise ValueError("the receipt is for something else")
        await self._by_kind[one.kind](self, one, receipt, token)

    async def _case(self, one: Outgoing, receipt: Receipt, token: str) -> None:
        match receipt.outcome:
            case "taken":
                await self._event(one, Own.TAKEN_OVER, {"receipt": token, "case": receipt.case})
            case "declined":
                reason = msgspec.to_builtins(receipt.reason)
                payload = {"how": "declined", "code": receipt.code, "reason": reason, "receipt": token}
                await self._event(one, Own.HANDED_BACK, payload)
            case "recalled":
                pass  # the answer to the recall says it
            case "noted":
                raise ValueError("a case is taken or declined")
            case _:
                assert_never(receipt.outcome)
        await self._done(one, receipt.outcome, token)

    async def _recall(self, one: Outgoing, receipt: Receipt, token: str) -> None:
        if receipt.outcome != "recalled":
            raise ValueError("a recall is answered with what became of the case")
        await self._event(one, Own.HANDED_BACK, {"how": "recalled", "receipt": token})
        for case in await store.of_case(self._engine.db, one.region, one.case_id):
            if case.outcome is None and case.seq < one.seq:
                await self._done(case, "recalled", token)
        await self._done(one, "recalled", token)

    async def _return(self, one: Outgoing, receipt: Receipt, token: str) -> None:
        """It is theirs again, and here is their word for it."""
        await self._event(one, Own.TAKEN_OVER, {"receipt": token, "case": receipt.case})
        await self._done(one, receipt.outcome, token)

    async def _note(self, one: Outgoing, receipt: Receipt, token: str) -> None:
        await self._done(one, receipt.outcome, token)

    _by_kind: Final[dict[Kind, Callable[[Sender, Outgoing, Receipt, str], Awaitable[None]]]] = {
        Kind.PAPER: _note,
        Kind.CASE: _case,
        Kind.RECALL: _recall,
        Kind.PROGRESS: _note,
        Kind.RETURN: _return,
    }

    async def _event(self, one: Outgoing, kind: Own, payload: dict[str, Any]) -> None:
        """By the machinery of the other side, as its receipt proves; unless the case has gone on since."""

        def make(found: Case) -> Event | None:
            gone = found.state.elsewhere
            if gone is None or (kind is Own.TAKEN_OVER and gone.taken):
                return None
            office = found.state.custody[-1].to_office.name
            actor = Actor.clock()
            return Event(
                seq=found.state.seq + 1,
                type=kind,
                at=self._engine.clock(),
                by=By(actor.kind, one.peer, office.zh),
                to=SAME,
                payload=payload,
            )

        await self._engine.record(one.case_id, f"handover:{one.message}", make)

    async def _done(self, one: Outgoing, outcome: store.Ended, token: str) -> None:
        async with self._engine.db.transaction() as connection:
            await store.answered(connection, one, outcome, token, self._engine.clock())
