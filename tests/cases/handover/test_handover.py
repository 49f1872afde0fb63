"""A case goes to another installation: once, whatever the line does, with a receipt, and both can prove it."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, repeat
from pathlib import Path
from random import Random

import msgspec
import pytest
from tests.certs.demo_certificate import record
from two_places import CODES, YUN_POLICE, Place, two_places

from tongban import certs
from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.keys import Use
from tongban.cases import QueueFilter, abroad
from tongban.cases.competent import receivers
from tongban.cases.handover import agreeing, receipts, store
from tongban.cases.handover.agreeing import Findings, Statement
from tongban.cases.model import Own
from tongban.catalog.certificate_type import RESOURCE
from tongban.certs import Holder, Status, sign, verify
from tongban.org import store as people
from tongban.org.demo.provinces import Province
from tongban.sharing import Listed, Shared

Places = tuple[Place, Place]
WHY = Text("临江区的事归那边管", "It is for Linjiang")


@pytest.fixture
async def places(db: Database, lower_db: Database, tmp_path: Path, clock: SettableClock) -> Places:
    return await two_places(db, lower_db, tmp_path, clock)


def says(*how: str) -> "Iterator[str]":
    """What the line does with each message, and then nothing more."""
    return chain(how, repeat(""))


async def carry(*where: Place, clock: SettableClock, hours: int = 4) -> None:
    """Let both sides send, and try again, until nothing waits."""
    for _ in range(hours * 6):
        done = sum([await place.hand.carry() for place in where])
        if not done and not sum([await store.waiting(place.cases.engine.db) for place in where]):
            return
        clock.now += timedelta(minutes=10)
    raise AssertionError("something still waits")


async def stated(place: Place, other: Place) -> Statement:
    own, peer = place.code, other.code
    return await agreeing.statement(place.cases.engine.db, own, peer, place.cases.engine.clock())


async def found(one: Place, other: Place) -> Findings:
    def read(signer: str, token: str) -> receipts.Receipt:
        return receipts.read(one.hand.between.neighbours, signer, token)

    return agreeing.compare(await stated(one, other), await stated(other, one), read)


async def theirs(lan: Place, number: str) -> str:
    """The number that the case has over there."""
    here = await lan.cases.engine.load(number)
    return next(str(event.payload["case"]) for event in here.events if event.type == Own.TAKEN_OVER)


async def cases_in(place: Place) -> int:
    return int(await place.cases.engine.db.fetchval("SELECT count(*) FROM case_row"))


async def test_a_case_is_taken_over_with_a_receipt_and_keeps_its_number_and_its_time(
    places: Places, clock: SettableClock
):
    lan, yun = places
    number = await lan.apply("apply-0001")
    applied = clock.now
    clock.now += timedelta(days=1)
    await lan.hand_over(number)
    clock.now += timedelta(minutes=1)
    await lan.hand.carry()
    here = await lan.cases.engine.load(number)
    assert here.state.office.id == YUN_POLICE
    there = await yun.cases.engine.load(await theirs(lan, number))
    opening = there.state.case
    assert opening.number == number
    assert opening.office.id == YUN_POLICE
    assert opening.origin is not None
    assert opening.origin.applied_at == applied
    assert [move.origin for move in there.state.moves if move.do == "start"] == [applied]
    assert there.state.facts["full_name"] == "王小满"  # nobody is asked again
    receipt = receipts.read(lan.hand.between.neighbours, CODES[Province.YUN], here.state.custody[-1].receipt)
    assert (receipt.outcome, receipt.number, receipt.case) == ("taken", number, opening.case)


async def test_a_desk_finds_what_came_from_elsewhere_by_the_number_that_the_person_has(
    places: Places, clock: SettableClock
):
    lan, yun = places
    number = await lan.apply("apply-0001")
    await lan.hand_over(number)
    await lan.hand.carry()
    for post, seen in (("980101.police.examiner", True), ("980102.police.examiner", False)):
        found = await yun.cases.queue(yun.official(post), QueueFilter(search=number.lower()))
        assert [row.case_id for row in found.items] == ([await theirs(lan, number)] if seen else [])


async def test_a_person_is_told_by_letter_that_another_place_has_their_case_now_and_why(
    places: Places, clock: SettableClock
):
    lan, _ = places
    number = await lan.apply("told-by-letter")
    await lan.hand_over(number)
    letters = (await lan.cases.inbox(lan.citizen())).items
    told = next(one for one in letters if "转给" in one.title.zh)
    assert "住在临江区" in told.body.zh and "不用重新申请" in told.body.zh


async def test_the_person_sees_the_other_place_work_in_their_own_portal_and_can_prove_its_certificate(
    places: Places, clock: SettableClock
):
    lan, yun = places
    number = await lan.apply("apply-0001")
    await lan.hand_over(number)
    await lan.hand.carry()
    case = await theirs(lan, number)
    clerk, examiner = yun.official("980101.service-centre.clerk"), yun.official("980101.police.examiner")
    approver = yun.official("980101.police.approver")
    for actor, act, said in (
        (clerk, "accept", {}),
        (examiner, "examine", {"opinion": "符合"}),
        (approver, "grant", {}),
    ):
        view = await yun.cases.view(actor, case)
        acts = {one.act for one in view.possible}
        assert act in acts, acts
        await yun.cases.act(actor, case, act, said, version=view.version, key=f"yun-{act}-0001")
    await carry(lan, yun, clock=clock)
    here = await lan.cases.engine.load(number)
    assert here.state.elsewhere is not None
    told = here.state.elsewhere.progress
    assert told is not None
    assert (told.end, told.case) == ("favourable", case)
    row = await lan.cases.mine(lan.citizen())
    assert [(one.case_id, one.open) for one in row.items] == [(number, False)]
    letters = await lan.cases.inbox(lan.citizen())
    assert any("居住证" in letter.body.zh for letter in letters.items)
    cards = lan.hand.between.neighbours.all()
    known = {key.id: key for card in cards for key in card.keys if key.use is Use.CERTIFICATE}
    keys = {**lan.cases.engine.keys.public, **known}
    assert verify(told.certificate, keys, clock.now).valid
    assert not verify(told.certificate, lan.cases.engine.keys.public, clock.now).genuine
    assert (await found(lan, yun)).differ == ()


async def test_a_case_that_went_elsewhere_learns_there_what_becomes_of_the_certificate_that_it_rests_on(
    places: Places, clock: SettableClock
):
    lan, yun = places
    now = clock.now
    one = sign(record(holder=Holder(id="p-wangxiaoman", name="王小满", number="")), lan.cases.engine.keys)
    async with lan.cases.engine.db.transaction() as connection:
        await certs.store.insert(connection, one)
    paper = Shared(
        value=one.record.id, source=Text("您的居住证", "Your permit"), as_of=now, at=now, resource=RESOURCE,
        record=one.record.type, certificate=one.record.id,
    )  # fmt: skip
    number = await lan.apply("apply-0001", records={"photo": paper})
    await lan.hand_over(number)
    await lan.hand.carry()
    case = await theirs(lan, number)
    (listed,) = [one.listed for one in (await yun.cases.engine.load(case)).state.records.values()]
    assert listed and listed.uri == "https://lan.example/status/0"
    stands: list[Status | None] = [Status.VALID]

    async def ask(asked: Listed) -> Status | None:
        assert asked == listed
        return stands[-1]

    yun.cases.engine.abroad = ask
    for status, told in ((Status.VALID, []), (Status.SUSPENDED, ["suspended"]), (None, ["suspended"])):
        stands.append(status)
        await abroad.turn(yun.cases.engine)
        assert [one.change for one in (await yun.cases.engine.load(case)).state.doubts] == told
    stands.append(Status.VALID)
    assert await abroad.turn(yun.cases.engine) == 1
    assert not (await yun.cases.engine.load(case)).state.doubts
    assert await abroad.turn(yun.cases.engine) == 0


async def test_whatever_the_line_does_a_case_arrives_once(places: Places, clock: SettableClock):
    lan, yun = places
    assert lan.line is not None
    ways = (("before",), ("after",), ("twice",), ("after", "twice", "after"), ("before", "after"))
    for n, how in enumerate(ways, start=1):
        script = says(*how)
        lan.line.fails = lambda script=script: next(script)
        number = await lan.apply(f"apply-{n:04}", lives_at=f"滨江路{n}号")
        await lan.hand_over(number, key=f"hand-on-{n:04}")
        await carry(lan, yun, clock=clock)
        assert await cases_in(yun) == n
        here = await lan.cases.engine.load(number)
        assert [event.type for event in here.events].count(Own.TAKEN_OVER) == 1
    result = await found(lan, yun)
    assert (result.differ, result.waiting, result.cases) == ((), 0, len(ways))


async def test_a_line_that_is_away_for_days_loses_nothing(places: Places, clock: SettableClock):
    lan, yun = places
    assert lan.line is not None
    lan.line.fails = lambda: "before"
    number = await lan.apply("apply-0001")
    await lan.hand_over(number)
    for _ in range(3):
        assert await lan.hand.carry() == 0
        clock.now += timedelta(days=1)
    assert (await lan.cases.engine.load(number)).state.office.id == "990101.police"  # it still owes the answer
    lan.line.fails = lambda: ""
    await carry(lan, yun, clock=clock)
    assert (await lan.cases.engine.load(number)).state.office.id == YUN_POLICE


async def test_what_cannot_be_answered_for_comes_back_with_the_reason(places: Places, clock: SettableClock):
    lan, yun = places
    async with yun.cases.engine.db.transaction() as connection:
        known = await people.person(connection, "p-yz-wangxiaoman")
        assert known is not None
        await people.save_people(connection, [msgspec.structs.replace(known, name="王小曼")])
    number = await lan.apply("apply-0001")
    await lan.hand_over(number)
    await carry(lan, yun, clock=clock)
    here = await lan.cases.engine.load(number)
    assert (here.state.elsewhere, here.state.office.id, await cases_in(yun)) == (None, "990101.police", 0)
    assert here.events[-1].type == Own.HANDED_BACK
    assert here.events[-1].payload["code"] == "name-does-not-fit"
    view = await lan.cases.view(lan.official("990101.service-centre.clerk"), number)
    assert "accept" in {one.act for one in view.possible}  # it goes on here
    assert (await found(lan, yun)).differ == ()


async def test_a_recall_is_settled_by_the_side_that_knows(places: Places, clock: SettableClock):
    lan, yun = places
    assert lan.line is not None
    examiner, number_there = lan.official("990101.police.examiner"), 0
    # Nothing left; a paper may have; it was lost on its way; it had been taken, and only the answer was lost.
    for n, how in enumerate((None, ("before",), ("", "", "before"), ("", "", "after")), start=1):
        script = says(*how or ())
        lan.line.fails = lambda script=script: next(script)
        number = await lan.apply(f"apply-{n:04}", lives_at=f"滨江路{n}号")
        await lan.hand_over(number, key=f"hand-on-{n:04}")
        if how is not None:
            await lan.hand.carry()
        await lan.hand.recall(examiner, number, WHY, key=f"recall-{n:04}")
        await carry(lan, yun, clock=clock)
        taken = how is not None and "after" in how
        number_there += taken
        assert await cases_in(yun) == number_there
        state = (await lan.cases.engine.load(number)).state
        assert state.office.id == (YUN_POLICE if taken else "990101.police")
        assert (state.elsewhere is None) is not taken
    result = await found(lan, yun)
    assert (result.differ, result.waiting, result.cases) == ((), 0, 1)


async def test_what_has_been_taken_over_cannot_be_recalled_but_can_be_returned(places: Places, clock: SettableClock):
    lan, yun = places
    number = await lan.apply("apply-0001")
    await lan.hand_over(number)
    await lan.hand.carry()
    with pytest.raises(Refused) as refused:
        await lan.hand.recall(lan.official("990101.police.examiner"), number, WHY, key="recall-0001")
    assert refused.value.code == "taken-over"
    there = await theirs(lan, number)
    await yun.hand_on("980101.police.examiner", there, "990101.police", "她搬回去了", key="back-0001")
    await carry(lan, yun, clock=clock)
    here = await lan.cases.engine.load(number)
    assert (here.state.elsewhere, here.state.office.id) == (None, "990101.police")
    assert await cases_in(lan) == 1
    back = (await yun.cases.engine.load(there)).state
    assert back.office.id == "990101.police"  # who handed it back has their receipt, and owes nothing any more
    receipt = receipts.read(yun.hand.between.neighbours, CODES[Province.LAN], back.custody[-1].receipt)
    assert (receipt.outcome, receipt.case) == ("noted", number)
    assert (await found(lan, yun)).differ == ()


async def test_what_came_from_elsewhere_goes_only_back_and_what_went_back_is_not_recalled(
    places: Places, clock: SettableClock
):
    lan, yun = places
    number = await lan.apply("apply-0001")
    await lan.hand_over(number)
    await lan.hand.carry()
    examiner, there = yun.official("980101.police.examiner"), await theirs(lan, number)
    offered = receivers(yun.cases.engine, await yun.cases.engine.load(there))
    assert [one.to_office.id for one in offered if one.to_office.installation] == ["990101.police"]
    with pytest.raises(Refused) as refused:
        await yun.hand_on("980101.police.examiner", there, "990201.police", WHY.zh, key="third-0001")
    assert refused.value.code == "only-back"
    await yun.hand_on("980101.police.examiner", there, "990101.police", WHY.zh, key="back-0001")
    with pytest.raises(Refused) as refused:
        await yun.hand.recall(examiner, there, WHY, key="recall-0001")
    assert refused.value.code == "went-back"


async def test_a_person_unknown_there_is_known_on_the_word_of_the_sender(places: Places, clock: SettableClock):
    lan, yun = places
    sun = lan.citizen("p-sunhao")
    view = await lan.cases.submit(
        sun,
        "residence-permit",
        {**FACTS_OF_SUN, "id_number": sun.number},
        region="990101",
        key="apply-sun-1",
    )
    await lan.hand_over(view.case)
    await carry(lan, yun, clock=clock)
    person = await people.person_with_number(yun.cases.engine.db, sun.number)
    assert person is not None
    assert (person.name, person.level) == ("孙浩", 3)
    issuer = f"x1:{CODES[Province.LAN]}"
    assert await people.identity(yun.cases.engine.db, issuer, person.id) == person.id


async def test_a_message_that_was_changed_on_the_way_does_nothing(places: Places, clock: SettableClock):
    lan, yun = places
    number = await lan.apply("apply-0001")
    await lan.hand_over(number)
    await lan.cases.engine.db.execute("UPDATE handover_out SET agreement = 'made-up'")
    await lan.hand.carry()
    assert await cases_in(yun) == 0
    error = await lan.cases.engine.db.fetchval("SELECT last_error FROM handover_out ORDER BY seq, place")
    assert error == "no-agreement"
    assert (await lan.cases.engine.load(number)).state.elsewhere is not None  # it waits; nothing is dropped


async def test_many_cases_over_a_line_that_drops_at_random(places: Places, clock: SettableClock):
    lan, yun = places
    drops = Random(20261126)
    for place in places:
        assert place.line is not None
        place.line.fails = lambda: drops.choice(["", "", "before", "after", "twice"])
    numbers = [await lan.apply(f"apply-{n:04}", lives_at=f"滨江路{n}号") for n in range(16)]
    for n, number in enumerate(numbers):
        await lan.hand_over(number, key=f"hand-on-{n:04}")
    await carry(lan, yun, clock=clock, hours=48)
    assert await cases_in(yun) == len(numbers)
    states = [(await lan.cases.engine.load(number)).state for number in numbers]
    assert all(state.elsewhere and state.elsewhere.taken and state.elsewhere.progress for state in states)
    result = await found(lan, yun)
    assert (result.differ, result.waiting, result.cases) == ((), 0, len(numbers))


async def test_what_a_rule_sends_to_another_installation_is_taken_over_only_by_its_signed_receipt(
    db: Database, lower_db: Database, tmp_path: Path, clock: SettableClock
):
    """An agreement lets them take it over unseen; that they did is theirs to say, and until then we owe the answer."""
    lan, yun = await two_places(db, lower_db, tmp_path, clock, ruled=True)
    number = await lan.apply("apply-0001")
    here = await lan.cases.engine.load(number)
    assert [event.type for event in here.events] == ["submit", Own.HANDED_ON]
    assert (here.state.office.id, here.state.case.region) == ("990101.police", "990101")
    assert here.state.elsewhere is not None
    letter = here.events[-1].letter
    assert letter is not None
    assert "临江区公安局" in letter.body.zh
    assert "住在临江区" in letter.body.zh
    await carry(lan, yun, clock=clock)
    here = await lan.cases.engine.load(number)
    assert here.state.office.id == YUN_POLICE
    receipt = receipts.read(lan.hand.between.neighbours, CODES[Province.YUN], here.state.custody[-1].receipt)
    assert (receipt.outcome, receipt.number) == ("taken", number)
    assert await cases_in(yun) == 1
    assert (await found(lan, yun)).differ == ()


async def test_who_chooses_a_place_of_the_other_installation_is_taken_in_at_home_and_handed_over(
    places: Places, clock: SettableClock
):
    lan, yun = places
    number = await lan.apply("apply-0001", region="980101")
    here = await lan.cases.engine.load(number)
    assert (here.state.case.region, here.state.office.id) == ("990201", "990201.police")
    assert "您选了在临江区办" in here.state.case.competence.zh
    await carry(lan, yun, clock=clock)
    assert (await lan.cases.engine.load(number)).state.office.id == YUN_POLICE
    assert (await found(lan, yun)).differ == ()


async def test_without_an_agreement_a_place_of_the_other_installation_is_named_and_nothing_is_left_lying(
    db: Database, lower_db: Database, tmp_path: Path, clock: SettableClock
):
    lan, _ = await two_places(db, lower_db, tmp_path, clock, ruled=True, agreed=False)
    with pytest.raises(Refused) as refused:
        await lan.apply("apply-0001", region="980101")
    assert refused.value.code == "apply-there"
    assert "临江区公安局" in refused.value.problems[0].text.zh
    here = await lan.cases.engine.load(await lan.apply("apply-0002"))
    assert [event.type for event in here.events] == ["submit"]
    assert (here.state.office.id, await store.waiting(lan.cases.engine.db)) == ("990101.police", 0)


FACTS_OF_SUN = {
    "full_name": "孙浩",
    "sex": "male",
    "birth_date": "1989-9-9",
    "home_region": "990201",
    "lives_region": "980101",
    "lives_at": "云泽市临江区滨江路9号（演示）",
    "lives_since": "2026-1-10",
    "basis": "employment",
    "phone": "15400000006",
}
