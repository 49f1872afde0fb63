"""A short message says that a letter is there and nothing of it, to whoever has a telephone and no mail address."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from case_world import APPLICANT, COUNTY, FACTS

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.cases.model import Own
from tongban.cases.outbox import FileChannel, deliver
from tongban.cases.service import Cases
from tongban.cases.texting import SAYS, DemonstrationTexting, Texted, waits_until
from tongban.org import Person, store


class Carrier:
    """What was to be sent; one that is `away` takes nothing."""

    name = "carrier"

    def __init__(self, *, away: bool = False) -> None:
        self.away, self.sent = away, list[tuple[str, str, str]]()

    def send(self, phone: str, says: str, once: str) -> str:
        if self.away:
            raise ConnectionRefusedError
        self.sent.append((phone, says, once))
        return "c-1"


async def submitted(cases: Cases, db: Database, phone: str, email: str = "") -> str:
    async with db.transaction() as connection:
        await store.save_people(connection, [Person(id=APPLICANT.id, name=APPLICANT.name, phone=phone)])
        await store.save_email(connection, APPLICANT.id, email)
    return (await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="submit-0001")).case


@pytest.mark.parametrize(
    ("phone", "email", "texts"), [("15400000001", "", 1), ("15400000001", "a@b.invalid", 0), ("", "", 0)]
)
async def test_the_way_is_chosen_by_what_is_known_of_the_person(
    cases: Cases, db: Database, clock: SettableClock, tmp_path: Path, phone: str, email: str, texts: int
) -> None:
    case = await submitted(cases, db, phone, email)
    carrier = Carrier()
    assert await deliver(cases.engine, Texted(FileChannel(tmp_path / "room"), carrier), clock()) == 1
    assert len(carrier.sent) == texts
    assert len(list((tmp_path / "room").glob("*.sealed"))) == 1, "the letter itself leaves as before"
    told = (await cases.engine.load(case)).events[-1]
    assert told.type == Own.DELIVERED and ("text" in told.payload) == bool(texts)


async def test_a_message_names_nobody_and_nothing(
    cases: Cases, db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    case = await submitted(cases, db, "15400000001")
    carrier = Carrier()
    await deliver(cases.engine, Texted(FileChannel(tmp_path / "room"), carrier), clock())
    [(phone, says, _)] = carrier.sent
    assert (phone, says) == ("15400000001", SAYS.zh)
    for private in (APPLICANT.name, case, "摊", FACTS["id_number"], "http"):
        assert private not in says


async def test_a_one_time_code_reaches_the_telephone_without_who_asks_or_for_what(
    cases: Cases, db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    async with db.transaction() as connection:
        await store.save_people(connection, [Person(id=APPLICANT.id, name=APPLICANT.name, phone="15400000001")])
    body = Text("林悦想替您办：摆摊，确认码{code}。", "Lin Yue asks to act for you: {code}.")
    await cases.acting.code(APPLICANT.id, "mandate:m-1", Text("代办确认码", "A code"), body)
    carrier = Carrier()
    await deliver(cases.engine, Texted(FileChannel(tmp_path / "room"), carrier), clock())
    [(_, says, _)] = carrier.sent
    found = re.search(r"确认码(\d{6})", says)
    assert found and "林悦" not in says and "摆摊" not in says
    await cases.acting.check_code(APPLICANT.id, "mandate:m-1", found[1])


async def test_no_telephone_rings_at_night_and_one_message_in_the_morning_speaks_for_all(
    cases: Cases, db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    clock.set(clock().replace(hour=21, minute=30))
    await submitted(cases, db, "15400000001")
    await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key="submit-0002")
    carrier, room = Carrier(), tmp_path / "room"
    assert await deliver(cases.engine, Texted(FileChannel(room), carrier), clock()) == 2, "letters leave at any hour"
    clock.advance(hours=10, minutes=29)
    await deliver(cases.engine, Texted(FileChannel(room), carrier), clock())
    assert not carrier.sent
    clock.advance(minutes=1)
    for _ in range(2):
        await deliver(cases.engine, Texted(FileChannel(room), carrier), clock())
    assert [(phone, says) for phone, says, _ in carrier.sent] == [("15400000001", SAYS.zh)]


def test_an_emergency_waits_for_no_morning() -> None:
    night = datetime(2026, 11, 26, 2, 0, tzinfo=ZONE)
    assert waits_until(night, ZONE) == night.replace(hour=8)
    assert waits_until(night, ZONE, "emergency-response") is None
    assert waits_until(night.replace(hour=8), ZONE) is None


async def test_a_carrier_that_is_away_holds_no_letter_up(
    cases: Cases, db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    case = await submitted(cases, db, "15400000001")
    assert await deliver(cases.engine, Texted(FileChannel(tmp_path / "room"), Carrier(away=True)), clock()) == 1
    assert (await cases.engine.load(case)).events[-1].type == Own.DELIVERED


def test_the_demonstration_writes_each_message_once_without_the_number(tmp_path: Path) -> None:
    texting = DemonstrationTexting(tmp_path / "out" / "texts.jsonl")
    for _ in range(2):
        texting.send("15400000001", "说明", "a.1")
    [line] = (tmp_path / "out" / "texts.jsonl").read_text(encoding="utf-8").splitlines()
    assert "15400000001" not in line and "154****01" in line
