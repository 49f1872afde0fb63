"""One way: a request is a case of the hotline; what its sending teaches, what many say and where it is come of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.assist.routing.earlier_days import request, write
from tests.web.citizen import Person as Browser
from tests.web.desk_people import Official
from tests.web.test_hotline import asked, sent

from tongban.base.clock import SettableClock
from tongban.org import Actor, Role, demo
from tongban.org.leave import Absence
from tongban.org.model import Person
from tongban.voice.hotline.places import Point, read_point
from tongban.web.site import Site

pytestmark = pytest.mark.database
NOISE = "楼下烧烤店半夜两点还在放音响，吵得我没法睡"
CLERK, COVER = "service-centre.clerk", "o-990101.service-centre.examiner"
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


async def lessons(site: Site) -> list[tuple[str, str]]:
    await site.voice.turn()
    return await site.voice.hotline.sending.lessons("990101", BEGINNING)


async def test_a_persons_dispatch_is_learned_from_once_the_body_has_taken_it_up(anyone: Browser, site: Site) -> None:
    case, _ = await asked(anyone, NOISE)
    clerk = await Official(site).sit(CLERK)
    await clerk.get(f"/desk/hotline/{case}")
    assert "没有建议，请您自己选" in clerk.text, "no model is shipped: the table of duties is there"
    await sent(clerk, case, "noise")
    assert await lessons(site) == [], "one person alone teaches nothing"
    ecology = await Official(site).sit("ecology.examiner")
    await ecology.open(case)
    await ecology.do(case, "contact", said="今晚去看")
    assert await lessons(site) == [(NOISE, "noise")]


async def test_an_objection_teaches_what_the_second_person_decided(anyone: Browser, site: Site) -> None:
    case, _ = await asked(anyone, NOISE)
    clerk = await Official(site).sit(CLERK)
    await sent(clerk, case, "property")
    housing = await Official(site).sit("housing.head")
    await housing.open(case)
    await housing.do(case, "object", reasons="是噪声，不是物业")
    assert await lessons(site) == []
    post = site.directory.post("990101.service-centre.clerk")
    colleague = Actor.official(Person(id=COVER, name="同事"), post, site.directory.body(post.body))
    away = Absence(id="a", person=f"o-{post.id}", since=site.today, until=site.today + timedelta(days=3), cover=COVER)
    site.directory.away.take([away])
    view = await site.cases.view(colleague, case)
    sending = site.voice.hotline.sending
    await sending.dispatch(colleague, view, "noise", "生态环境局管噪声", "", "", "again-and-again")
    ecology = await Official(site).sit("ecology.examiner")
    await ecology.open(case)
    await ecology.do(case, "contact", said="今晚去看")
    assert await lessons(site) == [(NOISE, "noise")]


async def test_what_many_say_is_of_the_hotline_and_people_part_what_is_not_one_thing(
    anyone: Browser, site: Site
) -> None:
    said = [f"清江路混凝土搅拌站{how}，灰尘很大" for how in ("天天作业", "半夜还在开工", "一直没人管", "又开始生产")]
    cases = [(await asked(anyone, one))[0] for one in said]
    await site.voice.turn()
    clerk = await Official(site).sit(CLERK)
    await clerk.get("/desk/hotline/hot-spots")
    assert "4条" in clerk.text and "搅拌站" in clerk.text and all(case in clerk.text for case in cases)
    assert not any(one in clerk.text for one in said), "the words in common, and nobody's own"
    for other in cases[1:3]:
        await clerk.post("/desk/hotline/hot-spots", {"request": [cases[0], other], "do": "apart"})
        assert clerk.page.status_code == 200, clerk.text[:300]
    groups = re.split(r"<section", clerk.page.text)[1:]
    assert not any(cases[0] in group and other in group for group in groups for other in cases[1:3])
    police = await Official(site).sit("police.examiner")
    assert (await police.get("/desk/hotline/hot-spots")).status_code == 403


async def test_the_words_of_whoever_wants_people_alone_are_laid_beside_nobodys(anyone: Browser, site: Site) -> None:
    said = [f"清江路混凝土搅拌站{how}，灰尘很大" for how in ("天天作业", "半夜还在开工")]
    cases = [(await asked(anyone, one))[0] for one in said]
    me = Actor.citizen(next(one for one in demo.citizens() if one.id == "p-chenzhiyuan"))
    facts = {"kind": "help", "said": "清江路混凝土搅拌站又开始生产，灰尘很大", "urgency": "general"}
    alone = await site.cases.submit(me, "hotline-request", facts, region="990101", key="alone-0001", people_only=True)
    await site.voice.turn()
    clerk = await Official(site).sit(CLERK)
    await clerk.get("/desk/hotline/hot-spots")
    assert "搅拌站" not in clerk.text, "two are left, which are too few"
    for case, others in ((alone.case, cases), (cases[0], [alone.case])):
        await clerk.get(f"/desk/hotline/{case}")
        assert clerk.page.status_code == 200 and not any(other in clerk.text for other in others)


async def test_a_request_is_somewhere_always_and_a_point_is_for_who_deals_with_it_alone(
    anyone: Browser, site: Site
) -> None:
    case, code = await asked(anyone, "翠湖小区北门的路灯不亮")
    other, _ = await asked(anyone, "路灯不亮")
    third, _ = await asked(anyone, "路灯不亮", area="990101003", point="104.061234，30.673456")
    clerk = await Official(site).sit(CLERK)
    await site.voice.turn()
    await clerk.get("/desk/hotline?area=990101001")
    assert case in clerk.text and other not in clerk.text and "翠湖社区" in clerk.text
    await clerk.get("/desk/hotline?area=990101")
    assert other in clerk.text and case not in clerk.text and "没说在哪里" in clerk.text
    await clerk.get(f"/desk/hotline/{other}")
    await clerk.post(f"/desk/hotline/{other}/place", {"area": "990102001", "point": ""})
    assert clerk.page.status_code == 422, "of another county"
    await clerk.post(f"/desk/hotline/{other}/place", {"area": "990101002001", "point": "一百零四"})
    assert clerk.page.status_code == 422
    await clerk.post(f"/desk/hotline/{other}/place", {"area": "990101002001", "point": "104.06,30.67"})
    assert "桂花巷社区" in clerk.text and "接线人员定的" in clerk.text
    await clerk.get(f"/desk/hotline/{third}")
    assert "104.061234,30.673456" in clerk.text
    await clerk.get("/desk/hotline")
    assert "104.06" not in clerk.page.text
    row = dict((await site.db.fetch("SELECT * FROM hotline_place WHERE case_id = $1", third))[0])
    assert not any("104.06" in str(value) for value in row.values()), "nothing near its door in clear beside a number"
    for public in ("/open/hotline", f"/hotline/{case}/{code}"):
        await anyone.get(public)
        assert "104.06" not in anyone.page.text


async def test_cells_are_counted_apart_from_the_requests_and_without_a_person_whose_key_is_erased(
    anyone: Browser, site: Site, clock: SettableClock
) -> None:
    cases = [(await asked(anyone, f"路灯不亮{n}", point="104.061234,30.673456"))[0] for n in range(2)]
    await site.voice.turn()
    clerk = Actor(kind="official", id="c", name="接线员", body="990101.service-centre", roles=frozenset({Role.INTAKE}))
    assert (await site.voice.hotline.on_the_map(clerk))[1] == {"104.0625,30.6725": 2}
    person = await site.db.fetchval("SELECT applicant FROM hotline_row WHERE case_id = $1", cases[0])
    await site.db.sealer.erase(site.db, person, clock(), "asked for")
    clock.advance(minutes=10)
    await site.voice.turn()
    assert (await site.voice.hotline.on_the_map(clerk))[1] == {"104.0625,30.6725": 1}


def test_a_point_is_rounded_to_a_cell_of_about_500_metres() -> None:
    found = read_point(" 104.0612，30.6735 ")
    assert found and found == Point(104.0612, 30.6735) and found.cell == Point(104.0648, 30.6701).cell
    assert read_point("") is None


async def test_requests_of_earlier_days_stay_readable_by_the_bodies_that_had_them(site: Site) -> None:
    clerk = await Official(site).sit(CLERK)
    await clerk.get("/desk/requests")
    assert clerk.page.url.path == "/desk/hotline", "there is one way"
    old = request(site.clock(), "0001", "以前说的：井盖坏了", ("sent", "property", "a"), ("passed-on", "noise", "b"))
    await write(site.assist.store, old)
    await clerk.get("/desk/hotline")
    assert "以前在窗口分办的" in clerk.text
    await clerk.get("/desk/requests")
    assert "以前说的：井盖坏了" in clerk.text and "<textarea" not in clerk.page.text
    await clerk.get(f"/desk/requests/{old.id}")
    assert "不是这里的" in clerk.text and "改派到" in clerk.text
    police = await Official(site).sit("police.examiner")
    assert (await police.get(f"/desk/requests/{old.id}")).status_code == 404


async def test_invented_counts_say_so(site: Site) -> None:
    head = await Official(site).sit("police.head")
    await head.get("/desk/forecast")
    assert head.page.status_code == 200
    assert "演示：下面的件数是虚构的" in head.text
