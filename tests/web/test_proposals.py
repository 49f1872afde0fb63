"""Proposals: one signature a person, nobody reads who signed, enough of them open one case, the answer is public."""

import asyncio
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from msgspec import structs
from tests.web.citizen import Person
from tests.web.desk_people import Official

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.org import Actor
from tongban.org.model import RealName
from tongban.voice.participation import secrecy
from tongban.voice.participation.model import Ground
from tongban.voice.participation.proposals import store
from tongban.voice.participation.proposals.model import Ended, Proposal
from tongban.voice.participation.proposals.rooms import Rooms
from tongban.voice.participation.proposals.service import Draft
from tongban.voice.participation.proposals.thresholds import threshold
from tongban.web.desk import proposals as desk_page
from tongban.web.site import Site

pytestmark = pytest.mark.database

ASKED = Draft("proposal", "990101.police", "夜里也能办居住证", "请把自助机放到门外，夜里也能用", "白天上班的人来不了")


def person(n: int, born: str = "19880303") -> Actor:
    number = f"990101{born}{n:03d}X"
    return Actor(
        kind="person", id=f"p-secret-{n:04d}", name=f"密签人{n}", region="990101", level=RealName.CHECKED, number=number
    )


def rooms(site: Site) -> Rooms:
    return site.voice.proposals


async def signed_by(site: Site, one: Proposal, people: int) -> None:
    """So many more sign, written at once as a demonstration writes them."""
    async with site.db.transaction() as connection:
        key = await secrecy.key_of_proposal(site.db.sealer, connection, one.id)
        names = [secrecy.named(key, person(n).id) for n in range(1, people + 1)]
        await store.add_signatures(connection, one, names)


async def reached(site: Site, asked: Draft = ASKED) -> Proposal:
    """One that enough have signed, with its case."""
    one = await rooms(site).proposals.propose(person(0), asked)
    await signed_by(site, one, one.needs - 2)
    await rooms(site).proposals.sign(person(500), one.id)
    assert await rooms(site).answering.turn() == 1
    return await rooms(site).proposals.one(one.id)


async def refused(code: str, waiting: object) -> None:
    with pytest.raises(Refused) as error:
        await waiting  # type: ignore[misc]
    assert error.value.code == code


async def test_one_checked_person_of_fourteen_signs_once_and_may_take_it_back(site: Site) -> None:
    room = rooms(site).proposals
    one = await room.propose(person(0), ASKED)
    await refused("signed-already", room.sign(person(0), one.id))
    await room.sign(person(1), one.id)
    await refused("signed-already", room.sign(person(1), one.id))
    await room.take_back(person(1), one.id)
    await refused("not-signed", room.take_back(person(1), one.id))
    await refused("too-young", room.sign(person(2, "20130101"), one.id))
    await refused("name-not-checked", room.sign(structs.replace(person(3), level=RealName(1)), one.id))
    await refused("for-yourself-only", room.sign(structs.replace(person(4), on_behalf_of="p-other"), one.id))
    assert (await room.one(one.id)).signatures == 1
    await refused("personal-data", room.propose(person(0), replace(ASKED, why="张三的电话是13800000005")))


async def test_nobody_who_reads_the_database_learns_who_proposed_or_signed(site: Site) -> None:
    room = rooms(site).proposals
    one = await room.propose(person(0), ASKED)
    await room.sign(person(1), one.id)
    rows = [
        await site.db.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t")
        for table in ("proposal", "proposal_signature", "person_key")
    ]
    assert not [word for n in (0, 1) for word in (person(n).id, person(n).number, person(n).name) if word in str(rows)]
    columns = await site.db.fetch(
        "SELECT data_type FROM information_schema.columns WHERE table_name = 'proposal_signature'"
    )
    assert {row["data_type"] for row in columns} == {"text", "bytea"}, "no time to join a session by"
    assert one.shown == 0, "the number is told in steps: two looks never differ by one person"


async def test_signatures_at_the_same_moment_open_exactly_one_case_and_then_no_trace_is_left(site: Site) -> None:
    room = rooms(site).proposals
    one = await room.propose(person(0), ASKED)
    await signed_by(site, one, one.needs - 4)
    done = await asyncio.gather(*(room.sign(person(n), one.id) for n in range(600, 610)), return_exceptions=True)
    assert sum(each is None for each in done) == 3
    assert {each.code for each in done if isinstance(each, Refused)} == {"closed"}
    await asyncio.gather(*(rooms(site).answering.turn() for _ in range(4)))
    assert await rooms(site).answering.turn() == 0
    assert await site.db.fetchval("SELECT count(*) FROM case_row WHERE service = 'public-proposal'") == 1
    after = await room.one(one.id)
    assert (after.ended, after.signatures, after.answer is not None) == (Ended.REACHED, one.needs, True)
    assert await site.db.fetchval("SELECT count(*) FROM proposal_signature") == 0
    owner = secrecy.owner_of_proposal(one.id)
    assert await site.db.fetchval("SELECT count(*) FROM person_key WHERE person = $1", owner) == 0
    assert await site.db.fetchval("SELECT author FROM proposal") == b""


async def test_without_enough_signatures_it_ends_and_asks_nobody(site: Site, clock: SettableClock) -> None:
    one = await rooms(site).proposals.propose(person(0), ASKED)
    clock.set(clock() + timedelta(days=(one.closes_on - one.opened_on).days + 1))
    assert await rooms(site).answering.turn() == 0
    after = await rooms(site).proposals.one(one.id)
    assert (after.ended, after.signatures, after.case) == (Ended.SHORT, 1, "")
    await refused("closed", rooms(site).proposals.sign(person(1), one.id))


async def test_the_body_answers_in_its_queue_and_every_step_is_followed_in_public(
    site: Site, clock: SettableClock, anyone: Person
) -> None:
    one = await reached(site)
    head = await Official(site).sit("police.head")
    await head.open(one.case)
    assert "白天上班的人来不了" in head.text and "密签人" not in head.text
    assert "tell" not in head.offered, "a proposal is adopted or not"
    await head.do(
        one.case, "adopt", outcome="partly", reasons="自助机移到门外；复印机不移。", first_step="自助机移到门外",
        first_by__year="2026", first_by__month="12", first_by__day="1",
        whole_by__year="2026", whole_by__month="12", whole_by__day="20",
    )  # fmt: skip
    await rooms(site).answering.turn()
    await anyone.get(f"/open/proposals/{one.id}")
    assert "部分采纳" in anyone.text and "自助机移到门外；复印机不移。" in anyone.text and "在做" in anyone.text
    clock.set(clock() + timedelta(days=60))
    await anyone.get(f"/open/proposals/{one.id}")
    assert "超期，还没有做到" in anyone.text
    await anyone.get("/open/proposals")
    assert "有一步超期" in anyone.text
    head = await Official(site).sit("police.head")
    await head.open(one.case)
    await head.do(one.case, "first-done", done="移到了北门")
    await head.open(one.case)
    await head.do(one.case, "finish", result="自助机全天可用")
    await rooms(site).answering.turn()
    await anyone.get(f"/open/proposals/{one.id}")
    assert "移到了北门" in anyone.text and "晚了" in anyone.text and "自助机全天可用" in anyone.text


async def test_an_answer_that_does_not_come_is_shown_as_overdue_and_later_as_late(
    site: Site, clock: SettableClock, anyone: Person
) -> None:
    one = await reached(site, replace(ASKED, kind="question"))
    assert one.answer is not None and one.answer.due is not None
    clock.set(clock() + timedelta(days=(one.answer.due - one.opened_on).days + 1))
    await anyone.get(f"/open/proposals/{one.id}")
    assert "前答复，还没有" in anyone.text
    head = await Official(site).sit("police.head")
    await head.open(one.case)
    await head.do(one.case, "tell", reasons="自助机夜里要有人看着。")
    await rooms(site).answering.turn()
    await anyone.get(f"/open/proposals/{one.id}")
    assert "自助机夜里要有人看着。" in anyone.text and "晚了" in anyone.text


async def test_people_of_the_centre_take_out_with_a_reason_that_stays_and_never_the_body_that_is_named(
    site: Site, xiaoman: Person, clock: SettableClock
) -> None:
    await xiaoman.get("/proposals/new?region=990101")
    said = {name: getattr(ASKED, name) for name in ("kind", "body", "title", "what", "why")}
    await xiaoman.post("/proposals/new", {**said, "region": "990101"})
    assert "放出来了" in xiaoman.text and "您已经联名" in xiaoman.text, xiaoman.text[:800]
    number = xiaoman.page.url.path.rpartition("/")[2]
    named = await Official(site).sit("police.head")
    await named.post(f"/desk/proposals/{number}", {"ground": "insult", f"words-{number}": "不合适"})
    assert named.page.status_code == 403
    watcher = await Official(site).sit("digital-centre.supervisor", "990000")
    await watcher.get("/desk/proposals")
    await watcher.post(f"/desk/proposals/{number}", {"ground": "duplicate", f"words-{number}": "和另一条一样"})
    assert "已移除" in watcher.text, watcher.text[:800]
    await xiaoman.get(f"/open/proposals/{number}")
    assert "和另一条一样" in xiaoman.text and ASKED.why not in xiaoman.text
    await refused("closed", rooms(site).proposals.sign(person(1), number))
    await xiaoman.post(f"/proposals/{number}/objection", {"words": "两条说的不是一件事"})
    before = await rooms(site).proposals.one(number)
    await watcher.post(f"/desk/proposals/{number}", {"act": "restore", f"words-{number}": "看错了"})
    assert watcher.page.status_code == 403, "whoever took it out does not decide"
    clock.set(clock() + timedelta(days=3))
    other = await Official(site).sit("digital-centre.head", "990000")
    await other.get("/desk/proposals")
    await other.post(f"/desk/proposals/{number}", {"act": "restore", f"words-{number}": "确实是两件事"})
    await xiaoman.get(f"/open/proposals/{number}")
    assert ASKED.why in xiaoman.text and "确实是两件事" in xiaoman.text and "和另一条一样" in xiaoman.text
    after = await rooms(site).proposals.one(number)
    assert after.closes_on == before.closes_on + timedelta(days=3), "the days it was out are given back"


async def test_what_is_taken_out_once_enough_have_signed_is_answered_all_the_same(site: Site, anyone: Person) -> None:
    one = await reached(site)
    watcher = (await Official(site).sit("digital-centre.supervisor", "990000")).page
    assert watcher.status_code == 200
    official = Actor(
        kind="official", id="o-x", name="x", post="990000.digital-centre.supervisor", body="990000.digital-centre",
        region="990000", roles=frozenset({"supervise"}),
    )  # fmt: skip
    await rooms(site).moderation.remove(official, one.id, Ground.PERSONAL, "写了别人的名字")
    await anyone.get(f"/open/proposals/{one.id}")
    assert ASKED.why not in anyone.text and "写了别人的名字" in anyone.text and "答复照样要给" in anyone.text
    told = await anyone.get(f"/open/proposals/{one.id}/answer.json")
    assert told.json()["what"] is None and told.json()["answer"]["due"]


def test_the_number_needed_is_that_of_the_region_and_of_the_day() -> None:
    assert threshold("990101", date(2026, 6, 30)).signatures == 20
    assert threshold("990101", date(2026, 7, 1)).signatures == 30
    assert threshold("990100", date(2026, 7, 1)).signatures == 100
    assert threshold("990000", date(2026, 7, 1)).signatures == 300


async def test_the_centre_reaches_every_proposal_page_by_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_page, "ROWS", 2)
    for n in range(3):
        await rooms(site).proposals.propose(person(n), replace(ASKED, title=f"第{n}个提议"))
    centre = await Official(site).sit("digital-centre.supervisor", "990100")
    await centre.get("/desk/proposals")
    first = {n for n in range(3) if f"第{n}个提议" in centre.text}
    onward = re.search(r'href="(/desk/proposals\?after=[^"]+)"', centre.page.text)
    assert len(first) == 2 and onward
    await centre.get(onward[1])
    assert {n for n in range(3) if f"第{n}个提议" in centre.text} == {0, 1, 2} - first
