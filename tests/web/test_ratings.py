"""好差评: one for a case, by whoever has its link; a bad one is put right by somebody who took no part."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.web.citizen import Person, submitted
from tests.web.desk_people import Official

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.base.i18n import words
from tongban.catalog.procedure import Who
from tongban.org import store as people
from tongban.voice.ratings.model import CHANGE
from tongban.voice.ratings.service import Said
from tongban.voice.store import ratings as store
from tongban.web.site import Site

pytestmark = pytest.mark.database


async def withdrawn(person: Person) -> str:
    """A case of 王小满 that has ended."""
    case = await submitted(person)
    await person.get(f"/cases/{case}/withdraw")
    await person.post(f"/cases/{case}/withdraw", {n: person.hidden(n) for n in ("key", "version")})
    assert "/rate/" in person.page.text, person.text[:500]
    return case


async def rated(person: Person, site: Site, case: str, level: str, **more: str) -> None:
    address = site.voice.ratings.link(case)
    await person.get(f"{address}?change=1")
    await person.post(address, {"level": level, **more})


async def test_a_case_is_rated_once_and_can_be_changed_once_within_ten_minutes(
    xiaoman: Person, site: Site, clock: SettableClock
) -> None:
    case = await withdrawn(xiaoman)
    link = site.voice.ratings.link(case)
    await rated(xiaoman, site, case, "5", tag="fast", comment="很快")
    assert "谢谢" in xiaoman.text and "办得快" in xiaoman.text
    await rated(xiaoman, site, case, "2", tag="late")
    assert "不满意" in xiaoman.text
    subject = await site.voice.ratings.of_case(case, link[-10:])
    with pytest.raises(Refused, match="rated once"):
        await site.voice.ratings.rate(subject, Said(5), "online", None)
    clock.advance(minutes=11)
    await xiaoman.get(f"{link}?change=1")
    assert 'name="level"' not in xiaoman.page.text
    assert await site.db.fetchval("SELECT count(*) FROM rating WHERE level = 2 AND tags = '{late}'") == 1


async def test_the_link_is_needed_and_nothing_is_rated_before_it_has_ended(xiaoman: Person, site: Site) -> None:
    case = await submitted(xiaoman)
    assert (await xiaoman.get(site.voice.ratings.link(case))).status_code == 409
    assert (await xiaoman.get(f"/rate/{case}/AAAAAAAAAA")).status_code == 404
    assert (await xiaoman.get("/rate/990101-260101-AAAAAAAA/AAAAAAAAAA")).status_code == 404


async def test_who_has_the_link_alone_learns_nothing_of_a_rating_and_cannot_change_it(
    xiaoman: Person, site: Site
) -> None:
    case, anyone = await withdrawn(xiaoman), xiaoman
    anyone.client.cookies.clear()
    link = site.voice.ratings.link(case)
    await anyone.get(f"{link}?via=letter")
    await anyone.post(link, {"level": "2", "tag": "no-reason", "comment": "白跑一趟", "via": "letter"})
    mine = str(anyone.page.url)
    assert "?mine=" in mine and "不满意" in anyone.text and "没说清为什么" in anyone.text
    await anyone.get(link)
    assert "已经评过了" in anyone.text and "不满意" not in anyone.text and "没说清为什么" not in anyone.text
    await anyone.get(f"{link}?change=1&mine={'A' * 10}")
    assert 'name="level"' not in anyone.page.text and "白跑一趟" not in anyone.text
    subject = await site.voice.ratings.of_case(case, link[-10:])
    with pytest.raises(Refused, match="rated once"):
        await site.voice.ratings.rate(subject, Said(5), "online", None, "A" * 10)
    await anyone.get(f"{mine}&change=1")
    await anyone.post(link, {"level": "1", "mine": anyone.hidden("mine")})
    assert "非常不满意" in anyone.text
    assert await site.db.fetchval("SELECT channel || level FROM rating") == "letter1"
    head = await Official(site).sit("police.head")
    await head.get(f"/desk/cases/{case}")
    assert head.page.status_code == 200 and "/rate/" not in head.page.text, "the link is for the person"


async def test_a_rating_told_by_telephone_needs_number_and_code_of_the_receipt(xiaoman: Person, site: Site) -> None:
    case = await withdrawn(xiaoman)
    code = site.hall.kiosk.look_up_code("p-wangxiaoman", case)
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/ratings")
    wrong = f"{(int(code) + 1) % 10**8:08}"
    await clerk.post("/desk/ratings/phone", {"case": case, "code": wrong, "level": "4"})
    assert clerk.page.status_code == 422 and await site.db.fetchval("SELECT count(*) FROM rating") == 0
    await clerk.post("/desk/ratings/phone", {"case": case, "code": code, "level": "4", "tag": "fast"})
    assert "记下了" in clerk.text
    assert await site.db.fetchval("SELECT channel || level || person FROM rating") == "phone4"


async def test_a_visit_is_rated_by_the_code_at_the_window_and_not_by_whoever_served_it(
    anyone: Person, site: Site
) -> None:
    token = await site.hall.queue.take("qingyuan")
    assert (await anyone.get(f"/rate-visit/{token}")).status_code == 409, "not called yet"
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/hall?window=2")
    await clerk.post("/desk/hall", {"window": "2", "do": "next"})
    assert 'class="rate-code"' in clerk.page.text and "<svg" in clerk.page.text
    await clerk.get(f"/rate-visit/{token}")
    assert (await clerk.post(f"/rate-visit/{token}", {"level": "5"})).status_code == 403
    await anyone.get(f"/rate-visit/{token}")
    await anyone.post(f"/rate-visit/{token}", {"level": "1", "tag": "attitude", "via": "phone"})
    assert "非常不满意" in anyone.text
    assert await site.db.fetchval("SELECT kind || channel || level FROM rating") == "visitwindow1"
    await clerk.get(f"/rate-visit/{token}")
    assert "已经评过了" in clerk.text and "非常不满意" not in clerk.text
    await clerk.get("/desk/hall?window=2")
    await clerk.post("/desk/hall", {"window": "2", "do": "served"})
    await anyone.get(f"/open/tickets/{token}")
    assert f"/rate-visit/{token}" in anyone.page.text


async def test_a_bad_rating_without_a_name_is_a_case_that_names_neither_person_nor_number(
    xiaoman: Person, site: Site, clock: SettableClock
) -> None:
    case = await withdrawn(xiaoman)
    await rated(xiaoman, site, case, "1", comment="说不清楚为什么")
    assert await site.voice.ratings.turn() == 0, "it can still be changed"
    clock.advance(minutes=CHANGE.seconds // 60 + 1)
    assert await site.voice.ratings.turn() == 1
    cure = await site.db.fetchval("SELECT cure FROM rating")
    head = await Official(site).sit("police.head")
    await head.get(f"/desk/cases/{cure}")
    assert head.page.status_code == 200 and "说不清楚为什么" in head.text
    assert "王小满" not in head.text and case not in head.text
    await head.get("/desk/ratings")
    assert "非常不满意" in head.text and case not in head.text
    assert await site.db.fetchval("SELECT said FROM rating") != "说不清楚为什么", "sealed"


async def test_a_bad_rating_by_name_is_told_to_its_person_and_not_handled_by_whoever_took_part(
    xiaoman: Person, site: Site, clock: SettableClock
) -> None:
    case = await withdrawn(xiaoman)
    (handler,) = site.directory.holders("990101.police.head")[:1]
    subject = await site.voice.ratings.of_case(case, site.voice.ratings.link(case)[-10:])

    subject = replace(subject, handlers=frozenset({handler}))
    await site.voice.ratings.rate(subject, Said(1, ("late",), named=True), "online", None)
    clock.advance(minutes=11)
    await site.voice.ratings.turn()
    cure = await site.db.fetchval("SELECT cure FROM rating")
    await xiaoman.get(f"/cases/{cure}")
    assert "收到差评" in xiaoman.text
    head = await Official(site).sit("police.head")
    await head.get(f"/desk/cases/{cure}")
    assert "contact.found" not in head.page.text, "barred: whoever handled it"
    approver = await Official(site).sit("police.approver")
    await approver.open(cure)
    await approver.do(cure, "contact", found="电话联系了本人")
    await approver.open(cure)
    await approver.do(cure, "cure", cause="没有一次说清", measures="改了告知单")
    await site.voice.ratings.turn()
    assert await site.db.fetchval("SELECT cure_end FROM rating") == "cured"
    await xiaoman.get("/inbox")
    assert "改了告知单" in xiaoman.text


async def test_words_are_public_only_after_somebody_has_looked_and_a_body_replies_once(
    xiaoman: Person, site: Site
) -> None:
    case = await withdrawn(xiaoman)
    await rated(xiaoman, site, case, "5", comment="李四办得很快，电话13800000000")
    await xiaoman.get("/open/ratings")
    assert "13800000000" not in xiaoman.text and "还没有公布过" in xiaoman.text, (
        "no page counts it before a release does"
    )
    supervisor = await Official(site).sit("digital-centre.supervisor", "990100")
    await supervisor.get("/desk/ratings")
    assert "13800000000" in supervisor.text
    address = re.search(r'action="(/desk/ratings/[^"/]+/([^"/]+)/clear)"', supervisor.page.text)
    assert address
    field = f"shown-{address[2]}"
    await supervisor.post(address[1], {"do": "show", field: "李四先生，电话13800000000"})
    assert supervisor.page.status_code == 422 and "请去掉能认出人的：13800000000" in supervisor.text
    await supervisor.post(address[1], {"do": "show", field: "办得很快"})
    head = await Official(site).sit("police.head")
    await head.get("/desk/ratings")
    address = re.search(r'action="(/desk/ratings/[^"/]+/([^"/]+)/reply)"', head.page.text)
    assert address
    await head.post(address[1], {f"reply-{address[2]}": "谢谢李四先生"})
    assert head.page.status_code == 422 and "谢谢李四先生</textarea>" in head.page.text, "what was typed is not lost"
    await head.post(address[1], {f"reply-{address[2]}": "谢谢，我们会继续"})
    await xiaoman.get("/open/ratings")
    assert "办得很快" in xiaoman.text and "我们会继续" in xiaoman.text and "13800000000" not in xiaoman.text


async def test_no_list_of_names_tells_a_body_or_its_supervisor_who_rated_by_name(xiaoman: Person, site: Site) -> None:
    case = await withdrawn(xiaoman)
    subject = await site.voice.ratings.of_case(case, site.voice.ratings.link(case)[-10:])
    await site.voice.ratings.rate(subject, Said(4, (), "办得很快", named=True), "online", None)
    (row,) = await site.db.fetch("SELECT region, id, person FROM rating")
    found = await people.person(site.db, row["person"])
    assert found is not None
    names = f"{found.name}、王小明、赵一平"
    supervisor = await Official(site).sit("digital-centre.supervisor", "990100")
    await supervisor.get("/desk/ratings")
    assert found.name not in supervisor.text
    address = f"/desk/ratings/{row['region']}/{row['id']}"
    await supervisor.post(f"{address}/clear", {"do": "show", f"shown-{row['id']}": f"办得很快，{names}"})
    assert supervisor.page.status_code == 200, "as with any names"
    head = await Official(site).sit("police.head")
    await head.get("/desk/ratings")
    await head.post(f"{address}/reply", {f"reply-{row['id']}": names})
    assert head.page.status_code == 200, "as with any names"


async def test_what_the_indicators_read_names_no_case_and_nobody(xiaoman: Person, site: Site) -> None:
    case = await withdrawn(xiaoman)
    await rated(xiaoman, site, case, "4", tag="easy")

    (found,) = await store.moments(site.db, "990101", (datetime(2000, 1, 1, tzinfo=UTC), ""), 10)
    assert (found.kind, found.value, found.code, found.case_id) == ("rating", 4, "easy", "")


async def test_whoever_gave_no_name_is_promised_no_letter_and_the_supervising_body_may_ask_for_the_second_look(
    site: Site,
) -> None:
    """The regulation of Shanghai is cited by its name (article 30: one working day for those by name)."""
    procedure, service = site.catalogue.procedure("rating-cure"), site.catalogue.service("rating-cure", "2")
    assert {law.act for law in (*procedure.law, *service.law) if law.id == "SH-30"} == {"上海市优化营商环境条例"}
    assert procedure.note and "不留名的，没有人可以告诉，由监督单位" in words(procedure.note, "zh")
    assert "不留名的没法告诉您，由监督单位替您看答复" in words(service.summary, "zh")
    assert procedure.acts["object"].who == (Who.APPLICANT,), "for those without a name that is the supervising body"
