"""The gate: checks that a use may run, lets it, drops what rests on nothing, and writes down what happened.

A use hands in a function that proposes; it gets a `Suggestion` or an `Abstain` and never an exception of the model's.
Nothing here takes a command or returns an event: what comes out are words before somebody's eyes.
"""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

import msgspec

from tongban.assist.gate.breaker import Breaker
from tongban.assist.gate.evidence import sound
from tongban.assist.gate.kinds import input_band
from tongban.assist.gate.marks import call_id, digest, midnight
from tongban.assist.gate.meter import metered
from tongban.assist.gate.model_port import NoModelHere
from tongban.assist.gate.reasons import abstain
from tongban.assist.gate.register import Register
from tongban.assist.model import Abstain, Proposed, Suggestion
from tongban.assist.records import (
    EVERYWHERE,
    SUGGESTED,
    Asked,
    Call,
    Contribution,
    OptOut,
    Settled,
    Switched,
    is_region,
)
from tongban.assist.store import Store, calls, switches
from tongban.base.clock import Clock
from tongban.base.errors import Refused, refuse
from tongban.base.ids import region_of
from tongban.base.sealing import Ring
from tongban.base.telemetry import Log
from tongban.catalog.use import Use
from tongban.org import Actor

T = TypeVar("T")

_NUL = b"\\u0000"
QUEUED_AT_MOST = 20_000
"""Lines of the log that wait for the database. Beyond, nothing runs: what is not recorded does not happen."""

COMMITTED_WITHIN = timedelta(minutes=1)
"""A choice made at a moment is seen by all at most this much later."""

Proposal = Proposed[T] | Abstain | None
"""What a use came to; None is an abstention without more to say."""


class Gate:
    """The gate of one process. `refresh` and `flush` are called every second or two by the process that holds it."""

    def __init__(self, store: Store, register: Register, key: bytes, clock: Clock, log: Log) -> None:
        self._store = store
        self._register = register
        self._key = key
        self._clock = clock
        self._log = log
        self._breakers: dict[tuple[str, bool], Breaker] = {}
        self._queue: list[Call] = []
        self._spent: dict[str, int] = {}
        self._chosen: dict[tuple[str, str], Literal["out", "in"]] = {}
        self._chosen_until = datetime.min.replace(tzinfo=UTC) + COMMITTED_WITHIN
        self._by_people: Callable[[str], Awaitable[bool]] = _nobody_asked
        self._knows: Callable[[str, str], bool] = _nobody_trained

    @property
    def register(self) -> Register:
        """Uses, measurements and switches as they stand."""
        return self._register

    def keep_to_people(self, by_people: Callable[[str], Awaitable[bool]]) -> None:
        """How the gate learns that a case is to be handled by people only: every use then abstains (PIPL 24)."""
        self._by_people = by_people

    def keep_to_trained(self, knows: Callable[[str, str], bool]) -> None:
        """How the gate learns whether whoever holds a post has passed the course that a use asks for."""
        self._knows = knows

    # --- asking -----------------------------------------------------------------------------------------------------

    def permits(self, use: str, region: str = EVERYWHERE) -> Abstain | None:
        """None if a use may run in a region now, else why not. A look-up in memory; nothing is logged."""
        return self._register.permits(use, region, self._clock().date())

    async def consult(self, asked: Asked, run: Callable[[], Awaitable[Proposal[T]]]) -> Suggestion[T] | Abstain:
        """Ask a use. Never raises for what the use does; its errors are abstentions.

        A suggestion about a case is in the log before it is returned. Blocking work belongs in a thread of the use's.
        """
        began, now = time.perf_counter(), self._clock()
        refused = self.permits(asked.use, asked.region) or await self._within(asked, now)
        if refused is not None:
            return await self._kept(asked, refused, began, now, 0)
        use = self._use(asked)
        with metered(asked.names) as meter:
            found: Suggestion[T] | Abstain
            try:
                async with asyncio.timeout(use.limits.seconds):
                    found = self._judged(asked, use, await run())
                self._breaker(asked).done()
            except NoModelHere:
                found = abstain(asked.use, "no-model")
            except TimeoutError:
                found = self._failed(asked, "too-slow", now)
            except asyncio.CancelledError:  # whoever asked has gone; what it cost is written down all the same
                found = self._named(abstain(asked.use, "given-up"), asked)
                self._note(asked, found, began, now, meter.micro)
                raise
            except Exception as error:  # whatever a model does, the ordinary path goes on
                self._log.error("assist-failed", error, code=asked.use, region=asked.region)
                found = self._failed(asked, "model-failed", now)
        return await self._kept(asked, found, began, now, meter.micro)

    def consult_pure(self, asked: Asked, run: Callable[[], Proposal[T]]) -> Suggestion[T] | Abstain:
        """The same for a use that only computes, knows nobody and costs nothing: no database, no waiting.

        Its line of the log is written with the next batch. Raises ValueError for a case or a person.
        """
        if asked.subject or asked.person:
            raise ValueError("what is about a case or a person is asked with consult")
        began, now = time.perf_counter(), self._clock()
        found: Suggestion[T] | Abstain
        refused = self.permits(asked.use, asked.region)
        if refused is None and len(self._queue) >= QUEUED_AT_MOST:
            return abstain(asked.use, "not-logged")
        if refused is not None:
            found = refused
        else:
            try:
                found = self._judged(asked, self._use(asked), run())
            except Exception as error:  # as above
                self._log.error("assist-failed", error, code=asked.use, region=asked.region)
                found = abstain(asked.use, "model-failed")
        found = self._named(found, asked)
        self._enqueue(self._call(asked, found, began, now, 0))
        return found

    async def _within(self, asked: Asked, now: datetime) -> Abstain | None:
        """Whether breaker, opt-out and budgets let this call through."""
        use = self._use(asked)
        budget = use.limits.yuan_daily
        if budget is not None and self._spent.get(asked.use, 0) >= budget * 1_000_000:
            return abstain(asked.use, "over-budget")
        if use.course and asked.post and not self._knows(asked.post, use.course):
            return abstain(asked.use, "not-trained")
        if asked.subject and await self._by_people(asked.subject):
            return abstain(asked.use, "opted-out")
        if asked.person:
            most = use.limits.person_daily
            try:
                async with self._store.acting() as connection:
                    stands = await calls.standing(
                        connection, asked.use, self.hashed(asked.person), midnight(now), (most or 0) + 1
                    )
            except Refused:
                return abstain(asked.use, "not-logged")
            if stands.opted_out:
                return abstain(asked.use, "opted-out")
            if most is not None and stands.today >= most:
                return abstain(asked.use, "over-budget")
        return None if self._breaker(asked).lets(now) else abstain(asked.use, "model-failed")

    def _judged(self, asked: Asked, use: Use, proposed: Proposal[T]) -> Suggestion[T] | Abstain:
        """The suggestion that a proposal makes, if it rests on something."""
        if proposed is None:
            return abstain(asked.use, "unsure")
        if isinstance(proposed, Abstain):
            return proposed
        evidence = sound(proposed.evidence, asked.sources)
        if not evidence:
            return abstain(asked.use, "no-evidence")
        made = Suggestion(
            id=call_id(asked),
            use=asked.use,
            version=use.version,
            value=proposed.value,
            text=proposed.text,
            evidence=evidence,
            confidence=proposed.confidence,
            law=proposed.law or tuple(law.id for law in use.law),
        )
        if _NUL in msgspec.json.encode(made):  # raises for what no JSON can hold; no database keeps this one
            raise ValueError("a suggestion with a NUL in it")
        return made

    def _failed(self, asked: Asked, code: str, now: datetime) -> Abstain:
        self._breaker(asked).failed(now)
        return abstain(asked.use, code)

    def _use(self, asked: Asked) -> Use:
        use = self._register.use(asked.use)
        if use is None:
            raise ValueError(f"{asked.use} was let through without a register entry")
        return use

    def _breaker(self, asked: Asked) -> Breaker:
        return self._breakers.setdefault((asked.use, asked.above), Breaker())

    # --- writing down -----------------------------------------------------------------------------------------------

    async def _kept(
        self, asked: Asked, found: Suggestion[T] | Abstain, began: float, now: datetime, micro: int
    ) -> Suggestion[T] | Abstain:
        found = self._named(found, asked)
        if not asked.subject or isinstance(found, Abstain):
            kept = self._note(asked, found, began, now, micro)
            return found if kept else abstain(asked.use, "not-logged")
        self._spend(asked, micro)
        try:
            key = await self._store.owner(asked.person or asked.subject)
            async with self._store.acting() as connection:
                await calls.add(connection, [self._call(asked, found, began, now, micro)], {found.id: key})
        except Refused:
            return abstain(asked.use, "not-logged")
        return found

    def _note(self, asked: Asked, found: Suggestion[T] | Abstain, began: float, now: datetime, micro: int) -> bool:
        """A line for the next batch; False if too many wait."""
        self._spend(asked, micro)
        return self._enqueue(self._call(asked, found, began, now, micro))

    def _spend(self, asked: Asked, micro: int) -> None:
        if micro:
            self._spent[asked.use] = self._spent.get(asked.use, 0) + micro

    def _named(self, found: Suggestion[T] | Abstain, asked: Asked) -> Suggestion[T] | Abstain:
        if isinstance(found, Suggestion):
            return found
        return Abstain(use=asked.use, code=found.code, why=found.why, id=call_id(asked))

    def _call(self, asked: Asked, found: Suggestion[T] | Abstain, began: float, now: datetime, micro: int) -> Call:
        suggested = isinstance(found, Suggestion)
        output = msgspec.json.encode(found) if suggested else b""
        use = self._register.use(asked.use)
        return Call(
            region=asked.region,
            id=found.id,
            use=asked.use,
            version="" if use is None else use.version,
            at=now,
            subject=asked.subject,
            person=self.hashed(asked.person),
            post=asked.post,
            input_hash=digest(asked.inputs),
            input_band=input_band(asked.inputs),
            output_hash=digest(output),
            outcome=SUGGESTED if suggested else found.code,
            confidence=found.confidence if suggested else None,
            took_us=round((time.perf_counter() - began) * 1_000_000),
            cost_micro=micro,
            suggestion=msgspec.json.decode(output) if suggested and asked.subject else None,
        )

    def _enqueue(self, call: Call) -> bool:
        if len(self._queue) >= QUEUED_AT_MOST:
            return False
        self._queue.append(call)
        return True

    async def flush(self) -> int:
        """Write the lines that wait, in one batch; how many. They wait on if the database is away."""
        waiting, self._queue = self._queue, []
        if not waiting:
            return 0
        try:
            async with self._store.acting() as connection:
                await calls.add(connection, waiting)
        except BaseException:
            self._queue = waiting + self._queue
            raise
        return len(waiting)

    async def refresh(self) -> None:
        """Look at the switches and at what uses with a budget have cost today, by whichever process."""
        now = self._clock()
        budgeted = [use.use for use in self._register.uses() if use.limits.yuan_daily is not None]
        async with self._store.acting() as connection:
            standing = await switches.standing(connection)
            spent = await calls.spent(connection, budgeted, midnight(now)) if budgeted else {}
            chosen = await switches.chosen_since(connection, self._chosen_until - COMMITTED_WITHIN)
        for one in chosen:
            self._chosen[one.person, one.use] = one.state
            self._chosen_until = max(self._chosen_until, one.at)
        self._register = self._register.switched(standing)
        waiting = [call for call in self._queue if call.cost_micro]
        self._spent = {use: spent.get(use, 0) + sum(c.cost_micro for c in waiting if c.use == use) for use in budgeted}

    # --- what people did --------------------------------------------------------------------------------------------

    async def settle(
        self,
        call: str,
        by: Actor,
        outcome: Literal["accepted", "declined"],
        reason: str = "",
        seconds_shown: float = 0.0,
    ) -> Settled:
        """Write what a human did with a suggestion. Their first answer stays; saying it twice is harmless.

        Whether they may see the case is the caller's to ask. Raises Refused: `unknown-suggestion` (404),
        `not-a-human` (403), `reason-missing`, `already-settled` (409).
        """
        if by.kind not in ("person", "official"):
            raise refuse("not-a-human", "只有人可以答复建议", "Only a human answers a suggestion", status=403)
        if outcome == "declined" and by.kind == "official" and not reason.strip():
            raise refuse("reason-missing", "不采纳请写一句理由", "Say in a sentence why it is declined", place="reason")
        person = by.id if by.kind == "official" else self.hashed(by.id)
        said = Settled(
            person=person,
            post=by.post,
            body=by.body,
            at=self._clock(),
            outcome=outcome,
            reason=reason.strip(),
            seconds_shown=max(0.0, seconds_shown),
        )
        await self.flush()
        async with self._store.acting() as connection:
            found = await calls.one(connection, call[:6], call)
        if found is None or found.outcome != SUGGESTED:
            raise refuse("unknown-suggestion", "没有这条建议", "There is no such suggestion", status=404)
        key = await self._store.owner_of(found.suggestion, found.subject or by.id)
        async with self._store.acting() as connection:
            kept = await calls.settle(connection, call[:6], call, found.use, said, key)
        kept = calls.answered(await self._store.ring([kept.reason]), found, kept)
        if kept.outcome != outcome:
            raise refuse(
                "already-settled",
                "您已经答复过这条建议，答复不能改",
                "You have answered this suggestion already; an answer stays",
                status=409,
            )
        return kept

    async def one(self, call: str) -> Call | None:
        """A line of the log by its id. Raises Refused: `erased` (410)."""
        found = await self.logged(call)
        return None if found is None else calls.opened(await self._store.ring([found.suggestion]), found)

    async def logged(self, call: str) -> Call | None:
        """The same as it lies there, its suggestion sealed."""
        async with self._store.acting() as connection:
            return await calls.one(connection, call[:6], call)

    async def for_case(self, case: str) -> tuple[Contribution, ...]:
        """机器做了什么: all calls about a case, in order, with what people did. Who may see the case is the caller's
        to ask. Raises Refused: `bad-case-number` (404), `erased` (410)."""
        async with self._store.acting() as connection:
            found = await calls.of_case(connection, region_of(case), case)
        ring = await self._store.ring(
            value for call, settled in found for value in (call.suggestion, *(one.reason for one in settled))
        )
        waiting = [call for call in self._queue if call.subject == case]
        return (*(_contribution(ring, call, settled) for call, settled in found), *map(_unsettled, waiting))

    async def committed(self, case: str, call: str) -> str | None:
        """A call about a case as the public log has it. Who may see it is the caller's to ask."""
        async with self._store.acting() as connection:
            return await calls.committed(connection, region_of(case), call)

    # --- switches and choices ---------------------------------------------------------------------------------------

    async def switch(self, turned: Switched) -> None:
        """Turn a use off or on in a region; who may is the caller's to ask. It holds here at once, elsewhere within
        seconds, and is published. Raises Refused: `unknown-use` (404), `reason-missing`, `bad-region`."""
        if not turned.why.strip():
            raise refuse(
                "reason-missing",
                "请写明为什么（--why），理由会公布",
                "Say why (--why); the reason is published",
                place="why",
            )
        if not is_region(turned.region):
            raise refuse("bad-region", "地区代码是六位数字", "A region code has six digits", place="region")
        if self._register.use(turned.use) is None:
            raise refuse(
                "unknown-use",
                f"没有登记“{turned.use}”这个算法应用",
                f"There is no use '{turned.use}' in the register",
                place="use",
                status=404,
            )
        async with self._store.acting() as connection:
            await switches.add(connection, turned)
        await self.refresh()

    async def turns(self, use: str, limit: int = 100) -> tuple[Switched, ...]:
        """How a use was switched, newest first."""
        async with self._store.acting() as connection:
            return tuple(await switches.history(connection, use, limit))

    async def choose(self, person: Actor, use: str, state: Literal["out", "in"]) -> None:
        """Keep that a person wants a use (`*` for all) to leave their matters alone, or no longer (PIPL 24)."""
        hashed = self.hashed(person.on_behalf_of or person.id)
        choice = OptOut(region=person.region or EVERYWHERE, person=hashed, use=use, at=self._clock(), state=state)
        async with self._store.acting() as connection:
            await switches.choose(connection, choice)
        self._chosen[hashed, use] = state

    async def choices(self, person: Actor) -> tuple[OptOut, ...]:
        """How a person's choices stand, one a use they ever chose about."""
        async with self._store.acting() as connection:
            return tuple(await switches.choices(connection, self.hashed(person.on_behalf_of or person.id)))

    def opted_out(self, person: str, use: str) -> bool:
        """Whether somebody has opted out of a use, or with `*` of everything. A look-up in memory: a choice holds here
        at once and in other processes with their next `refresh`, within seconds."""
        hashed = self.hashed(person)
        return any(self._chosen.get((hashed, one)) == "out" for one in (use, "*"))

    def hashed(self, person: str) -> str:
        """A person as the log knows them."""
        return hmac.new(self._key, person.encode(), hashlib.sha256).hexdigest()[:32] if person else ""


def _nobody_trained(_post: str, _course: str) -> bool:
    """With nobody to ask, nobody has passed anything: a use that asks for a course stays closed."""
    return False


async def _nobody_asked(_case: str) -> bool:
    return False


def _contribution(ring: Ring, call: Call, settled: tuple[Settled, ...]) -> Contribution:
    return Contribution(
        call=calls.opened(ring, call), settled=tuple(calls.answered(ring, call, one) for one in settled)
    )


def _unsettled(call: Call) -> Contribution:
    return Contribution(call=call)
