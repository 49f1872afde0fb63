"""The side that receives: each message is done once, and answered with the same signed receipt however often it comes.

What a message does and the row that remembers it are one transaction. A case that cannot be answered for here is
declined, with the reason, in a receipt of its own: the sender has it in hand, nobody has to guess, nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, assert_never
from uuid import UUID

import msgspec

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.cases.batch import Also
from tongban.cases.documents import examine
from tongban.cases.engine import Engine
from tongban.cases.handover import opening, receipts, store
from tongban.cases.handover.agreements import Between
from tongban.cases.handover.model import (
    RESOURCE,
    SHAPES,
    Answer,
    CaseMessage,
    Kind,
    Message,
    Outcome,
    PaperMessage,
    ProgressMessage,
    RecallMessage,
    Receipt,
    ReturnMessage,
    digest,
)
from tongban.cases.handover.opening import person_of
from tongban.cases.handover.store import Incoming
from tongban.cases.kept import Files
from tongban.cases.loaded import Case
from tongban.cases.model import SAME, By, Event, Letter, Own
from tongban.cases.store import personal
from tongban.org import Actor
from tongban.sharing.channel.provider import Proved
from tongban.sharing.channel.refusals import Code, refusal
from tongban.sharing.channel.registry import today

_NOTHING: Final = Text("", "")
_FOR_EVER: Final = frozenset({404, 409, 410, 422})
"""A refusal of ours with one of these is the answer; others (the database is away) are told and tried again."""


@dataclass(frozen=True, slots=True)
class Came:
    """A message that came, believed: whose, which, and in which region of ours it is kept."""

    proved: Proved
    id: UUID
    kind: Kind
    said: Message
    region: str
    digest: str

    @property
    def peer(self) -> str:
        return self.proved.client.code


class Receiver:
    """`Judge` of messages between installations."""

    def __init__(self, engine: Engine, files: Files, between: Between) -> None:
        self._engine, self._files, self._between = engine, files, between

    async def __call__(self, proved: Proved) -> bytes:
        """Do what a message says, once, and give the signed answer.

        Raises `Refused`: `not-here`, `header-malformed`, `body-malformed`, `message-id-reused`, `no-agreement`,
        `papers-missing`, `custody-not-confirmed`.
        """
        came = self._read(proved)
        receipt = await self._known(came) or await self._done(came)
        return msgspec.json.encode(Answer(receipt=receipt))

    def _read(self, proved: Proved) -> Came:
        if proved.path.resource != RESOURCE or proved.path.record not in SHAPES:
            raise refusal(Code.NOT_HERE)
        kind = Kind(proved.path.record)
        try:
            message = UUID(proved.envelope.headers["idempotency-key"].strip('"'))
        except ValueError:
            raise refusal(Code.HEADER_MALFORMED, "idempotency-key") from None
        try:
            said = msgspec.json.decode(proved.body, type=SHAPES[kind])
        except msgspec.MsgspecError:
            raise refusal(Code.BODY_MALFORMED) from None
        number = said.paper.sha256 if isinstance(said, PaperMessage) else digest(proved.body)
        return Came(proved, message, kind, said, self._region(said), number)

    def _region(self, said: Message) -> str:
        """Where its row lies: the region of the body that it is for, or our own where there is no such body."""
        directory = self._engine.directory
        body = directory.body(said.to.id).region if directory.has(said.to.id) else ""
        ours = self._between.neighbours.own
        return body if body and ours.answers_for(body) else ours.regions[0]

    async def _known(self, came: Came) -> str:
        """What was answered when this message came before; empty for a new one."""
        before = await store.received(self._engine.db, came.region, came.id)
        if before is None:
            return ""
        same = before.peer == came.peer and before.kind == came.kind
        if not same or before.digest not in (came.digest, ""):
            raise refusal(Code.MESSAGE_ID_REUSED)
        return before.receipt

    async def _done(self, came: Came) -> str:
        self._agreed(came)
        try:
            return await self._do(came)
        except store.HeardBefore:
            if receipt := await self._known(came):
                return receipt
            raise

    async def _do(self, came: Came) -> str:
        match came.said:
            case PaperMessage() as said:
                return await self._paper(came, said)
            case CaseMessage() as said:
                return await self._case(came, said)
            case RecallMessage() as said:
                return await self._recall(came, said)
            case ProgressMessage() as said:
                return await self._progress(came, said)
            case ReturnMessage() as said:
                return await self._return(came, said)
            case _:
                assert_never(came.said)

    def _agreed(self, came: Came) -> None:
        purpose, said = came.proved.purpose, came.said
        theirs = self._between.neighbours.card(came.peer)
        if theirs is None:
            raise refusal(Code.UNKNOWN_MEMBER)
        ours = said.region if isinstance(said, CaseMessage) else came.region
        if not self._between.neighbours.own.answers_for(ours):
            ours = came.region
        day = today(came.proved.at)
        self._between.named(purpose.grant, purpose.service, theirs.regions[0], ours, day)

    # --- a case --------------------------------------------------------------------------------------------------

    async def _case(self, came: Came, said: CaseMessage) -> str:
        if said.service != came.proved.purpose.service:
            raise refusal(Code.BODY_MALFORMED)
        made: list[Incoming] = []

        def remember(case: str, person: str) -> Also:
            receipt = self._receipt(came, "taken", case, said.to.id)
            made.append(self._row(came, case, person, "taken", receipt))
            return lambda connection: store.note(connection, made[-1])

        try:
            await opening.open_case(self._engine, came.proved, came.id, said, remember)
        except Refused as refused:
            if refused.code == "papers-missing" and await store.declined(self._engine.db, came.region, came.id):
                refused = _paper_declined()
            return await self._decline(came, refused)
        # A repeat that was quicker has been answered with its own receipt.
        return (await store.received(self._engine.db, came.region, came.id) or made[-1]).receipt

    async def _decline(self, came: Came, refused: Refused) -> str:
        """The receipt that says why not. Raises what may be otherwise at the next try."""
        if refused.status not in _FOR_EVER or refused.code == "papers-missing":
            raise refused
        first = refused.problems[0]
        reason = Text("；".join(p.text.zh for p in refused.problems), "; ".join(p.text.en for p in refused.problems))
        receipt = self._receipt(came, "declined", "", came.said.to.id, first.code, reason)
        await self._note(self._row(came, "", _number(came.said), "declined", receipt))
        return receipt

    # --- what goes with it, and what comes after -------------------------------------------------------------------

    async def _paper(self, came: Came, said: PaperMessage) -> str:
        engine = self._engine
        try:
            owner = await person_of(engine, came.proved, said.who)
            file = examine(said.paper.name, said.data, region=came.region, owner=owner.id)
        except Refused as refused:
            return await self._decline(came, refused)
        if file.sha256 != said.paper.sha256:
            raise refusal(Code.DIGEST_MISMATCH)
        await self._files.put(file.id, owner.id, said.data)
        await personal.add_document(engine.db, came.region, owner.id, file, engine.clock())
        receipt = self._receipt(came, "noted", "", said.to.id)
        await self._note(self._row(came, "", owner.id, "noted", receipt))
        return receipt

    async def _recall(self, came: Came, said: RecallMessage) -> str:
        """What has been taken stays taken, and the receipt of that is the answer. Otherwise it will never be taken."""
        before = await store.received(self._engine.db, came.region, said.of)
        if before is not None:
            if before.peer != came.peer:
                raise refusal(Code.MESSAGE_ID_REUSED)
            await self._note(self._row(came, before.case_id, before.person, before.outcome, before.receipt))
            return before.receipt
        receipt = self._receipt(came, "recalled", "", said.to.id)
        mark = msgspec.structs.replace(
            self._row(came, "", said.number, "recalled", receipt), message=said.of, kind=Kind.CASE, digest=""
        )
        async with self._engine.db.transaction() as connection:
            await store.note(connection, mark)
            await store.note(connection, self._row(came, "", said.number, "recalled", receipt))
        return receipt

    async def _progress(self, came: Came, said: ProgressMessage) -> str:
        case = await self._gone_to(came, said.number)
        progress = {
            name: value
            for name, value in msgspec.to_builtins(said).items()
            if name in ("case", "seq", "at", "state", "stage", "waits_for", "due", "asks", "end", "certificate")
        }

        def make(found: Case) -> Event | None:
            if found.state.elsewhere is None:
                return None
            letter = said.letter and Letter(found.state.case.applicant.id, said.letter.title, said.letter.body, "")
            return self._event(came, found, Own.PROGRESSED, progress, said.origin.name, letter)

        return await self._told(came, case, make, said.to.id)

    async def _return(self, came: Came, said: ReturnMessage) -> str:
        case = await self._gone_to(came, said.number)
        payload = {"how": "returned", "message": str(said.of), "reason": msgspec.to_builtins(said.reason)}

        def make(found: Case) -> Event | None:
            if found.state.elsewhere is None:
                return None
            event = self._event(came, found, Own.HANDED_BACK, payload, said.origin.name, None)
            return msgspec.structs.replace(event, law=said.law)

        return await self._told(came, case, make, said.to.id)

    async def _gone_to(self, came: Came, number: str) -> Case:
        """Our case of this number, which this peer has. Raises `Refused` (`custody-not-confirmed`, 409)."""
        found = await self._engine.find(self._engine.db, number)
        gone = found.state.elsewhere if found else None
        if found is None or gone is None or gone.installation != came.peer or gone.taken is None:
            raise refuse(
                "custody-not-confirmed",
                "这里还没有收到这个办件的交接回执，请稍后再发。",
                "The receipt for this case has not arrived here; send this again later.",
                place="number",
                status=409,
            )
        return found

    async def _told(self, came: Came, case: Case, make: Callable[[Case], Event | None], body: str) -> str:
        number = case.state.case
        receipt = self._receipt(came, "noted", number.case, body)
        row = self._row(came, number.case, number.applicant.id, "noted", receipt)
        await self._engine.record(
            number.case, f"handover:{came.id}", make, lambda connection: store.note(connection, row)
        )
        if await store.received(self._engine.db, came.region, came.id) is None:
            await self._note(row)  # there was nothing left to say
        return receipt

    def _event(
        self, came: Came, found: Case, kind: Own, payload: dict[str, Any], office: Text, letter: Letter | None
    ) -> Event:
        """By the machinery: what people did over there is in the history over there."""
        actor = Actor.clock()
        return Event(
            seq=found.state.seq + 1,
            type=kind,
            at=self._engine.clock(),
            by=By(actor.kind, came.peer, office.zh),
            to=SAME,
            payload=payload,
            letter=letter,
        )

    def _receipt(
        self, came: Came, outcome: Outcome, case: str, body: str, code: str = "", reason: Text = _NOTHING
    ) -> str:
        said, now = came.said, self._engine.clock()
        receipt = Receipt(
            message=came.id,
            kind=came.kind,
            outcome=outcome,
            number=_number(said),
            case=case,
            body=body,
            digest=came.digest,
            at=now,
            code=code,
            reason=reason,
        )
        return receipts.sign(self._engine.keys, receipt, now)

    def _row(self, came: Came, case: str, person: str, outcome: store.Ended, receipt: str) -> Incoming:
        said = came.said
        return Incoming(
            region=came.region,
            message=came.id,
            kind=came.kind,
            peer=came.peer,
            number=_number(said),
            case_id=case,
            person=person,
            digest=came.digest,
            outcome=outcome,
            receipt=receipt,
            at=self._engine.clock(),
        )

    async def _note(self, row: Incoming) -> None:
        async with self._engine.db.transaction() as connection:
            await store.note(connection, row)


def _number(said: Message) -> str:
    """The number of the case that a message is about; a paper knows only the message of its case."""
    return str(said.of) if isinstance(said, PaperMessage) else said.number


def _paper_declined() -> Refused:
    return refuse(
        "paper-declined",
        "有材料这里打不开或者不收，所以没有接收这个办件。",
        "A paper cannot be opened or is not accepted here, so the case was not taken over.",
        place="documents",
    )
