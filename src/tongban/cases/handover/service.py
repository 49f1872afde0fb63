"""`Handovers`: having a case back that went to another installation, and the machinery that carries and receives.

That it goes there is the act `hand-on` of every procedure (`cases.handing`, `cases.beyond`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import region_of
from tongban.base.telemetry import Log
from tongban.cases.engine import Engine
from tongban.cases.handover import store
from tongban.cases.handover.agreements import Between
from tongban.cases.handover.model import Kind
from tongban.cases.handover.receiver import Receiver
from tongban.cases.handover.sender import Deliver, Sender
from tongban.cases.kept import Files
from tongban.cases.loaded import Case
from tongban.cases.model import SAME, By, Event, Own
from tongban.cases.opening import digest
from tongban.cases.refusals import busy
from tongban.cases.rights import matter
from tongban.cases.store.history import Key
from tongban.org import Actor, Grant, may
from tongban.sharing.channel.log import AnswerBox, MessageLog
from tongban.sharing.channel.provider import Application, ProviderSettings, x1_app

PATIENCE: Final = timedelta(seconds=2)
"""After which a message without an answer is sent again; doubled each time, up to ten minutes."""
_LAW: Final = "国办发〔2020〕35号"
_HANDS: Final = frozenset({"intake", "examine"})
_BODY_BYTES: Final = 15_000_000
"""A paper of ten megabytes as it travels."""
_BODY_SECONDS: Final = 60.0
_IN_FLIGHT: Final = 64
_TRIES: Final = 5


@dataclass
class Handovers:
    """One for a process. `between` knows the other installations; without their cards nothing leaves and none comes."""

    engine: Engine
    files: Files
    between: Between
    patience: timedelta = PATIENCE
    _way: Deliver | None = None

    def __post_init__(self) -> None:
        self.engine.directory.abroad.append(self.between.code)

    # --- what officials do -----------------------------------------------------------------------------------------

    async def recall(self, actor: Actor, case: str, reason: Text, *, key: str) -> Case:
        """Have a case back that has not been taken over there. What never left is back at once; otherwise the other
        side is asked, and answers with a receipt either way.

        Raises Refused: `unknown-case`, the codes of `org.may`, `not-elsewhere`, `taken-over`, `went-back`.
        """
        asked = Key(actor.id, key, digest("recall", {}, case))
        if done := await self.engine.answered(region_of(case), asked):
            return done
        for _ in range(_TRIES):
            found = await self.engine.load(case)
            grant = self._may(actor, found, "recall")
            gone, region = found.state.elsewhere, found.state.case.region
            if gone is None:
                raise _not_elsewhere()
            if gone.taken:
                raise _taken()
            if found.state.case.origin:
                raise _went_back()
            sent = next(
                one
                for one in await store.of_case(self.engine.db, region, case)
                if one.kind is Kind.CASE and one.seq == gone.seq
            )
            async with self.engine.db.transaction() as connection:
                never_left = await store.stop(connection, region, sent.message)
            payload = {"how": "recalled"} if never_left else {"of": str(sent.message), "agreement": sent.agreement}
            event = self._event(
                actor,
                found,
                grant,
                Own.HANDED_BACK if never_left else Own.RECALLED,
                payload | {"reason": msgspec.to_builtins(reason)},
                self.engine.clock(),
            )
            if done := await self.engine.commit(found, (event,), asked):
                return done
        raise busy()

    def _may(self, actor: Actor, found: Case, act: str) -> Grant:
        granted = may(self.engine.directory, actor, act, matter(self.engine, found), who=_HANDS)
        if isinstance(granted, Grant):
            return granted
        raise granted.error()

    def _event(
        self, actor: Actor, found: Case, grant: Grant, kind: Own, payload: dict[str, Any], now: datetime
    ) -> Event:
        return Event(
            seq=found.state.seq + 1,
            type=kind,
            at=now,
            by=By(actor.kind, actor.id, actor.name, actor.post, actor.body),
            to=SAME,
            authority=grant.chain,
            payload=payload,
            law=_LAW,
        )

    # --- the machinery ---------------------------------------------------------------------------------------------

    async def carry(self, now: datetime | None = None) -> int:
        """Send what waits; the number of messages that were answered."""
        if not self.between.neighbours.exist:
            return 0
        sender = Sender(self.engine, self.files, self.between, self._channel, self.patience)
        return await sender.carry(now or self.engine.clock())

    def use(self, way: Deliver) -> None:
        """Reach the others over this way instead of a connection of our own."""
        self._way = way

    def _channel(self) -> Deliver:
        if self._way is None:
            from tongban.sharing.channel.client import X1Channel, http_client

            neighbours = self.between.neighbours
            http = http_client(read_seconds=_BODY_SECONDS)
            self._way = X1Channel(neighbours.own.member.code, self.engine.keys, neighbours, http, self.engine.clock)
        return self._way

    async def application(self, data_dir: Path, log: Log) -> Application:
        """What answers `POST /x1/…` for this installation. Raises Refused (`no-neighbours`)."""
        own = self.between.neighbours.own
        settings = ProviderSettings(
            members=frozenset({own.member.code}),
            base=own.member.node.rstrip("/"),
            ring=self.engine.keys,
            box=AnswerBox.open(data_dir / "keys" / "answers.secret"),
            clock=self.engine.clock,
            telemetry=log,
            body_bytes=_BODY_BYTES,
            body_seconds=_BODY_SECONDS,
            in_flight=_IN_FLIGHT,
        )
        messages = await MessageLog.open(self.engine.db, self.engine.clock)
        return x1_app(settings, self.between.neighbours, Receiver(self.engine, self.files, self.between), messages)


def _went_back() -> Refused:
    return refuse(
        "went-back",
        "这个办件是退回去的，不能再要回来；该由这里办的，请那边再转过来。",
        "The case went back to where it came from and cannot be recalled; ask them to hand it over again.",
        place="act",
        status=409,
    )


def _not_elsewhere() -> Refused:
    return refuse(
        "not-elsewhere",
        "这个办件没有转到外地。",
        "The case has not gone to another installation.",
        place="act",
        status=409,
    )


def _taken() -> Refused:
    return refuse(
        "taken-over",
        "对方已经接收，不能撤回；如果确实不该那边办，请联系对方退回。",
        "The other side has taken it over; it cannot be recalled. Ask them to hand it back.",
        place="act",
        status=409,
    )
