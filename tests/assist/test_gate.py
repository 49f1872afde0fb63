"""The gate: what may not run does not, what rests on nothing is dropped, and everything is written down."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from tests.assist.gate_world import (
    CITY,
    COUNTY,
    FINDER,
    NEIGHBOUR,
    OFFICIAL,
    SAID,
    hall,
    measured,
    register,
    says,
    use,
)

from tongban.assist.gate import EVERYWHERE, Asked, Switched
from tongban.assist.gate.breaker import FAILURES, PAUSE
from tongban.assist.gate.meter import spend
from tongban.assist.gate.register import Register
from tongban.assist.model import Abstain, Evidence, Proposed, Suggestion
from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.catalog.use import Limits
from tongban.org import Actor

CASE = "990101-261103-4Q7Z2M9K"
ASKED = Asked(use="finder", region=COUNTY, inputs="我想办居住证".encode())
ABOUT = msgspec.structs.replace(ASKED, subject=CASE, person="p-wang")
CITIZEN = Actor(kind="person", id="p-wang", name="王小满")


def off(region: str, state: str = "off", why: str = "答得不准") -> Callable[[SettableClock], Switched]:
    def at(clock: SettableClock) -> Switched:
        return Switched(
            region=region,
            use="finder",
            at=clock(),
            state=state,  # type: ignore[arg-type]
            why=why,
            kind="official",
            by_id="p-zhou",
            by_name="周晓岚",
        )

    return at


REFUSED: list[tuple[str, Register]] = [
    ("not-registered", register(None)),
    ("not-active", register(use(status="draft"))),
    ("not-active", register(use(status="suspended"))),
    ("review-overdue", register(use(review_by=date(2026, 11, 2)))),
    ("not-measured", Register(register()._catalogue, {})),  # pyright: ignore[reportPrivateUsage]
    ("not-measured", register(found=measured(version="0"))),
    ("not-measured", register(found=measured(model="another model"))),
    ("below-threshold", register(found=measured(metrics={"hit-at-3": 0.79}))),
    ("below-threshold", register(found=measured(metrics={}))),
    ("below-threshold", register(found=measured(metrics={"hit-at-3": float("nan")}))),
    ("measurement-expired", register(found=measured(on=date(2026, 8, 1)))),
]


@pytest.mark.parametrize(("code", "made"), REFUSED, ids=[f"{n}-{code}" for n, (code, _) in enumerate(REFUSED)])
async def test_what_the_register_does_not_carry_does_not_run_and_the_ordinary_path_goes_on(
    db: Database, clock: SettableClock, code: str, made: Register
) -> None:
    world = await hall(db, clock, made)
    ran: list[bool] = []

    async def run() -> Proposed[str]:
        ran.append(True)
        return SAID

    answer = await world.gate.consult(ASKED, run)
    assert isinstance(answer, Abstain) and answer.code == code and answer.why.zh and answer.why.en
    assert not ran
    assert await world.gate.flush() == 1
    assert await db.fetchval("SELECT outcome FROM assist_call WHERE id = $1", answer.id) == code


async def test_a_use_in_order_makes_a_suggestion_with_evidence_and_law(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())
    answer = await world.gate.consult(ABOUT, says)
    assert isinstance(answer, Suggestion)
    assert (answer.value, answer.use, answer.version) == ("residence-permit", "finder", "1")
    assert answer.law == ("PIPL-24",), "where the proposal names no article, the use's own basis stands"
    (made,) = await world.gate.for_case(CASE)
    assert made.call.suggestion is not None and made.call.suggestion["text"]["zh"] == "像是居住证申领。"


async def test_the_log_keeps_hashes_and_nobody_s_name(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())
    await world.gate.consult(msgspec.structs.replace(ASKED, person="p-wang"), says)
    await world.gate.flush()
    row = await db.fetchrow("SELECT * FROM assist_call")
    assert row is not None
    assert row["input_hash"].startswith("sha256:") and row["output_hash"].startswith("sha256:")
    assert row["suggestion"] is None, "what is about no case is not kept in words"
    written = " ".join(str(value) for value in row.values())
    assert "p-wang" not in written and "居住证" not in written


@pytest.mark.parametrize(
    "evidence",
    [
        (),
        (Evidence(source="message", quote=" "),),
        (Evidence(source="the internet", quote="居住证"),),
        (Evidence(source="message", quote="户口迁移"),),
        (Evidence(source="message", quote="居住证", start=0),),
    ],
    ids=["none", "blank", "no such kind of source", "not in the text", "not at that place"],
)
async def test_what_rests_on_nothing_is_dropped(
    db: Database, clock: SettableClock, evidence: tuple[Evidence, ...]
) -> None:
    world = await hall(db, clock, register())

    async def run() -> Proposed[str]:
        return msgspec.structs.replace(SAID, evidence=evidence)

    answer = await world.gate.consult(msgspec.structs.replace(ASKED, sources={"message": "我想办居住证"}), run)
    assert isinstance(answer, Abstain) and answer.code == "no-evidence"


async def test_a_model_that_fails_is_an_abstention_and_after_a_row_of_failures_is_left_alone(
    db: Database, clock: SettableClock
) -> None:
    world = await hall(db, clock, register())
    tried: list[int] = []

    async def breaks() -> Proposed[str]:
        tried.append(1)
        raise RuntimeError("王小满 11010519491231002X")

    for _ in range(FAILURES + 3):
        answer = await world.gate.consult(ASKED, breaks)
        assert isinstance(answer, Abstain) and answer.code == "model-failed"
    assert len(tried) == FAILURES
    assert "王小满" not in "".join(world.lines) and "1101051949" not in "".join(world.lines)
    clock.advance(seconds=PAUSE.total_seconds())
    assert isinstance(await world.gate.consult(ASKED, says), Suggestion), "after the pause one is let through"
    assert isinstance(await world.gate.consult(ASKED, says), Suggestion)


async def test_a_model_that_does_not_answer_in_time_is_given_up(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register(use(limits=Limits(seconds=0.001))))

    async def hangs() -> Proposed[str]:
        await asyncio.Event().wait()
        return SAID

    answer = await world.gate.consult(ASKED, hangs)
    assert isinstance(answer, Abstain) and answer.code == "too-slow"


async def test_a_confidence_that_is_none_is_no_suggestion(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())

    async def boasts() -> Proposed[str]:
        return msgspec.structs.replace(SAID, confidence=1.7)

    answer = await world.gate.consult(ASKED, boasts)
    assert isinstance(answer, Abstain) and answer.code == "model-failed"


@pytest.mark.parametrize("value", ["居住证\0", "\ud800", object()], ids=["NUL", "half a character", "no JSON"])
async def test_what_cannot_be_written_down_is_no_suggestion(db: Database, clock: SettableClock, value: Any) -> None:
    world = await hall(db, clock, register())

    async def run() -> Proposed[Any]:
        return msgspec.structs.replace(SAID, value=value)

    for asked in (ASKED, ABOUT):
        answer = await world.gate.consult(asked, run)
        assert isinstance(answer, Abstain) and answer.code == "model-failed"
    assert await world.gate.flush() == 2


async def test_what_a_call_cost_is_written_down_even_if_nobody_waited(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())
    spending = asyncio.Event()

    async def costs() -> Proposed[str]:
        spend(900)
        spending.set()
        await asyncio.Event().wait()
        return SAID

    asking = asyncio.create_task(world.gate.consult(ASKED, costs))
    await spending.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await world.gate.flush()
    row = await db.fetchrow("SELECT outcome, cost_micro FROM assist_call")
    assert row is not None and tuple(row.values()) == ("given-up", 900)


async def test_a_use_may_abstain_and_says_why_itself(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())

    async def shrugs() -> None:
        return None

    answer = await world.gate.consult(ASKED, shrugs)
    assert isinstance(answer, Abstain) and answer.code == "unsure" and answer.id


async def test_one_person_s_budget_is_theirs_and_begins_anew_each_day(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register(use(limits=Limits(person_daily=2))))
    codes: list[str] = []
    for _ in range(3):
        answer = await world.gate.consult(ABOUT, says)
        codes.append(answer.code if isinstance(answer, Abstain) else "")
    assert codes == ["", "", "over-budget"]
    other = msgspec.structs.replace(ABOUT, person="p-li")
    assert isinstance(await world.gate.consult(other, says), Suggestion)
    clock.advance(days=1)
    assert isinstance(await world.gate.consult(ABOUT, says), Suggestion)


async def test_money_runs_out_for_all_processes_together(db: Database, clock: SettableClock) -> None:
    made = register(use(limits=Limits(yuan_daily=0.5)))
    one, two = await hall(db, clock, made), await hall(db, clock, made)

    async def costs() -> Proposed[str]:
        spend(300_000)
        return SAID

    assert isinstance(await one.gate.consult(ASKED, costs), Suggestion)
    await one.gate.flush()
    assert isinstance(await two.gate.consult(ASKED, costs), Suggestion)
    await two.gate.flush()
    await one.gate.refresh()
    answer = await one.gate.consult(ASKED, costs)
    assert isinstance(answer, Abstain) and answer.code == "over-budget"
    assert await db.fetchval("SELECT sum(cost_micro)::bigint FROM assist_call") == 600_000


def test_a_model_is_reached_through_the_gate_only() -> None:
    with pytest.raises(RuntimeError, match="outside the gate"):
        spend(1)


async def test_a_switch_holds_in_its_region_and_in_what_lies_in_it(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())
    await world.gate.switch(off(CITY)(clock))
    stopped = world.gate.permits("finder", COUNTY)
    assert stopped is not None and stopped.code == "switched-off" and "答得不准" in stopped.why.zh
    assert world.gate.permits("finder", CITY) is not None
    assert world.gate.permits("finder", "990200") is None
    await world.gate.switch(off(COUNTY, "on")(clock))
    assert world.gate.permits("finder", COUNTY) is not None, "a county cannot undo the city's switch"
    await world.gate.switch(off(CITY, "on", "已改好")(clock))
    assert world.gate.permits("finder", COUNTY) is None
    assert [one.state for one in await world.gate.turns("finder")] == ["on", "on", "off"], "every turn is kept"


async def test_a_switch_turned_in_one_process_holds_in_the_next_after_a_look(
    db: Database, clock: SettableClock
) -> None:
    one, two = await hall(db, clock, register()), await hall(db, clock, register())
    await one.gate.switch(off(EVERYWHERE)(clock))
    await two.gate.refresh()
    answer = await two.gate.consult(msgspec.structs.replace(ASKED, region=NEIGHBOUR), says)
    assert isinstance(answer, Abstain) and answer.code == "switched-off"


@pytest.mark.parametrize("why", ["", "  "])
async def test_nothing_is_switched_without_a_reason(db: Database, clock: SettableClock, why: str) -> None:
    world = await hall(db, clock, register())
    with pytest.raises(Refused) as refused:
        await world.gate.switch(off(COUNTY, why=why)(clock))
    assert refused.value.code == "reason-missing"
    assert world.gate.permits("finder", COUNTY) is None


async def test_who_opted_out_is_left_alone_until_they_opt_in(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())
    await world.gate.choose(CITIZEN, "*", "out")
    answer = await world.gate.consult(ABOUT, says)
    assert isinstance(answer, Abstain) and answer.code == "opted-out"
    assert isinstance(await world.gate.consult(msgspec.structs.replace(ABOUT, person="p-li"), says), Suggestion)
    await world.gate.choose(CITIZEN, "*", "in")
    assert isinstance(await world.gate.consult(ABOUT, says), Suggestion)


async def test_an_official_without_the_training_that_a_use_asks_for_gets_no_suggestion(
    db: Database, clock: SettableClock
) -> None:
    world = await hall(db, clock, register(use(course="ai-assistance")))
    asked = msgspec.structs.replace(ABOUT, post="990101.hr.examiner")
    assert isinstance(await world.gate.consult(asked, says), Abstain)  # nobody says that they passed it
    passed: set[tuple[str, str]] = set()
    world.gate.keep_to_trained(lambda post, course: (post, course) in passed)
    answer = await world.gate.consult(asked, says)
    assert isinstance(answer, Abstain) and answer.code == "not-trained"
    # A person needs no training to be helped.
    assert isinstance(await world.gate.consult(ABOUT, says), Suggestion)
    passed.add((asked.post, "ai-assistance"))
    assert isinstance(await world.gate.consult(asked, says), Suggestion)


async def test_an_official_accepts_or_declines_with_a_reason_once(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())
    answer = await world.gate.consult(ABOUT, says)
    assert isinstance(answer, Suggestion)
    with pytest.raises(Refused) as refused:
        await world.gate.settle(answer.id, OFFICIAL, "declined", "")
    assert refused.value.code == "reason-missing"
    await world.gate.settle(answer.id, OFFICIAL, "declined", "是户口，不是居住证", seconds_shown=12)
    await world.gate.settle(answer.id, OFFICIAL, "declined", "再按一次")
    with pytest.raises(Refused) as refused:
        await world.gate.settle(answer.id, OFFICIAL, "accepted")
    assert refused.value.code == "already-settled"
    (made,) = await world.gate.for_case(CASE)
    assert [(s.person, s.outcome, s.reason, s.seconds_shown) for s in made.settled] == [
        ("p-zhou", "declined", "是户口，不是居住证", 12.0)
    ]


@pytest.mark.parametrize("machine", [Actor.clock(), Actor.rules()], ids=["clock", "rules"])
async def test_no_machine_answers_a_suggestion(db: Database, clock: SettableClock, machine: Actor) -> None:
    world = await hall(db, clock, register())
    answer = await world.gate.consult(ABOUT, says)
    with pytest.raises(Refused) as refused:
        await world.gate.settle(answer.id, machine, "accepted")
    assert refused.value.code == "not-a-human"


async def test_an_abstention_cannot_be_accepted(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register(use(status="draft")))
    answer = await world.gate.consult(ABOUT, says)
    with pytest.raises(Refused) as refused:
        await world.gate.settle(answer.id, OFFICIAL, "accepted")
    assert refused.value.code == "unknown-suggestion"


async def test_what_a_case_was_given_is_read_in_one_statement_however_much_there_is(
    db: Database, clock: SettableClock
) -> None:
    world = await hall(db, clock, register())
    counted: list[int] = []
    for _ in range(2):
        for _ in range(5):
            await world.gate.consult(ABOUT, says)
        async with db.counting() as counter:
            await world.gate.for_case(CASE)
        counted.append(len(counter))
    assert counted[0] == counted[1]


def test_a_pure_use_is_asked_without_a_database_and_without_waiting() -> None:
    """The guide's way: a look-up and a line of the log for later."""
    world = _offline()
    answer = world.consult_pure(ASKED, lambda: SAID)
    assert isinstance(answer, Suggestion)
    with pytest.raises(ValueError, match="consult"):
        world.consult_pure(ABOUT, lambda: SAID)


def _offline() -> Any:
    from datetime import UTC, datetime

    from tongban.assist.gate import Gate
    from tongban.base.telemetry import Log

    clock = SettableClock(datetime(2026, 11, 3, tzinfo=UTC))
    nowhere: Any = None
    return Gate(nowhere, register(), b"k" * 32, clock, Log(lambda _: None, clock))


async def test_the_lines_of_the_log_wait_while_the_database_is_away(db: Database, clock: SettableClock) -> None:
    world = await hall(db, clock, register())
    world.gate.consult_pure(ASKED, lambda: SAID)
    away = replace(world)
    await db.execute("ALTER TABLE assist_call RENAME TO assist_call_away")
    with pytest.raises(Exception, match="assist_call"):
        await away.gate.flush()
    await db.execute("ALTER TABLE assist_call_away RENAME TO assist_call")
    assert await world.gate.flush() == 1
    assert await db.fetchval("SELECT use FROM assist_call") == FINDER.use


@pytest.mark.parametrize("statement", ["UPDATE {} SET region = '000000'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["assist_call", "assist_settled", "assist_switch"])
async def test_what_was_recorded_cannot_be_rewritten(
    db: Database, clock: SettableClock, table: str, statement: str
) -> None:
    world = await hall(db, clock, register())
    answer = await world.gate.consult(ABOUT, says)
    await world.gate.settle(answer.id, OFFICIAL, "accepted")
    await world.gate.switch(off(COUNTY)(clock))
    with pytest.raises(Exception, match="final"):
        await db.execute(statement.format(table))
