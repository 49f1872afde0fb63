"""The case in which the body answers: opened by the rules when enough have signed, and read from its events alone."""

from datetime import date

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.telemetry import Log
from tongban.cases import clocks
from tongban.cases.about import tell
from tongban.cases.engine import Engine
from tongban.cases.loaded import Case
from tongban.cases.model import Event
from tongban.org import Actor
from tongban.voice.asking import supervising
from tongban.voice.participation.proposals import store
from tongban.voice.participation.proposals.model import SERVICE, Answer, Ended, Outcome, Proposal, Step
from tongban.voice.participation.proposals.service import end, there

_MOST = 50
_ORDER = ("first", "second", "third")
_ANSWERS = frozenset({"adopt", "decline", "tell"})


class Answering:
    """What has to happen by itself; any process may do it."""

    def __init__(self, db: Database, engine: Engine, clock: Clock, log: Log) -> None:
        self._db = db
        self._engine = engine
        self._clock = clock
        self._log = log

    async def turn(self) -> int:
        """Close what has run out, open the cases that are owed, read what was answered. How many were opened."""
        now = self._clock().astimezone(self._engine.zone)
        for number in await store.run_out(self._db, now.date(), _MOST):
            async with self._db.transaction() as connection:
                one = there(await store.held(connection, number))
                if not one.ended and one.closes_on < now.date():
                    await end(self._db, connection, one, Ended.SHORT, now)
        opened = 0
        for one in await store.unasked(self._db, _MOST):
            try:
                await self._ask(one)
                opened += 1
            except Exception as error:  # the others must have their turn
                self._log.error("proposal-not-asked", error, region=one.region)
        for one in await store.moved(self._db, _MOST):
            found = await self._engine.load(one.case)
            await store.keep_answer(self._db, one, answered(found), found.state.seq)
        return opened

    async def _ask(self, one: Proposal) -> None:
        """The key is the proposal's own: whoever asks again, at the same time or later, is given the same case."""
        engine = self._engine
        facts = {"proposal": one.id, "kind": str(one.kind), "signatures": one.signatures,
                 "title": one.title, "what": one.what, "why": one.why}  # fmt: skip
        reasons = f"“{one.title}”：{one.signatures}人联名，达到{one.needs}人。"
        found = await engine.open(
            Actor.rules(),
            SERVICE,
            {"facts": {name: value for name, value in facts.items() if value != ""}, "reasons": reasons},
            region=one.region,
            key=f"proposal:{one.id}",
            applicant=supervising(engine.directory, one.region),
            records={},
            owed_by=one.body,
        )
        await tell(engine, found)
        await store.asked_in(self._db, one, found.state.case.case)


def answered(found: Case) -> Answer:
    """What the public may read of a case: nothing but the answer, its days, its steps."""

    def day(event: Event) -> date:
        return found.definition.local(event.at)

    said = {event.type: event for event in found.events}
    terms = {one.clock.term: one for one in clocks.running(found.definition, found.state, found.events[-1].at)}
    due = terms["answer"].binding.due if "answer" in terms else None
    answer = next((said[act] for act in _ANSWERS if act in said), None)
    adopt = said.get("adopt")
    steps: list[Step] = []
    for name in _ORDER:
        promised = adopt if name == "first" else said.get(f"{name}-step")
        if promised:
            done = said.get(f"{name}-done")
            by = date.fromisoformat(str(promised.payload[f"{name}_by"]))
            words = str(done.payload["done"]) if done else ""
            steps.append(Step(str(promised.payload[f"{name}_step"]), by, day(done) if done else None, words))
    finish = said.get("finish")
    return Answer(
        due=found.definition.local(due) if due else None,
        answered_on=day(answer) if answer else None,
        outcome=_outcome(answer) if answer else None,
        reasons=str(answer.payload["reasons"]) if answer else "",
        steps=tuple(steps),
        whole_by=date.fromisoformat(str(adopt.payload["whole_by"])) if adopt else None,
        ended_on=day(finish) if finish else None,
        result=str(finish.payload["result"]) if finish else "",
    )


def _outcome(answer: Event) -> Outcome:
    return {
        "adopt": Outcome.PARTLY if answer.payload.get("outcome") == Outcome.PARTLY else Outcome.ADOPTED,
        "decline": Outcome.NOT,
        "tell": Outcome.TOLD,
    }[answer.type]
