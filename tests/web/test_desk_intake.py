"""窗口收件: a clerk receives for a person who is present, without a script."""

import asyncio
import re

import pytest
from desk_people import PDF, Official

from tongban.base.i18n import Text
from tongban.base.ids import id_number_check
from tongban.org import Actor, demo
from tongban.sharing import Purpose, Reader
from tongban.sharing.access import Kind, Opened
from tongban.web.desk.intake import person_of
from tongban.web.site import Site

pytestmark = pytest.mark.database

KNOWN = next(person for person in demo.citizens() if person.id == "p-zhoujiahe")
NEW_NUMBER = "99010119700101001" + id_number_check("99010119700101001")
ANSWERS = {
    "uscc": next(m.from_party for m in demo.mandates() if m.to_person == KNOWN.id),
    "business_name": "家和小馆",
    "premises": "清源区东街河埠巷18号",
    "phone": "13800000005",
    "food_kind": "catering",
}
LATER_ANSWERS = {"clean_place": "true", "equipped": "true", "has_manager": "true"}


async def at_the_counter(site: Site, **person: str) -> Official:
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/intake/food-licence")
    who = {"name": KNOWN.name, "number": KNOWN.id_number, "region": "990101", "seen": "yes"}
    await clerk.post("/desk/intake/food-licence", who | person)
    return clerk


async def hand_in(clerk: Official, **fields: str) -> None:
    files = {"file.layout": ("布局图.pdf", PDF), "file.business-licence": ("执照.pdf", PDF)}
    kept = {"key": clerk.hidden("key"), "sitting": clerk.hidden("sitting"), "do": "submit"}
    await clerk.post("/desk/intake/food-licence/form", kept | ANSWERS | fields, files)


def saved(clerk: Official) -> dict[str, str]:
    """What the page sends beside the answers when it is only saved."""
    return {"key": "k" * 12, "sitting": clerk.hidden("sitting"), "do": "save"}


async def test_the_clerk_finds_the_service_in_the_persons_own_words(site: Site) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/intake?q=开饭店要办什么证")
    assert "/desk/intake/food-licence" in clerk.page.text


async def test_what_is_received_is_the_persons_case_and_says_who_received_it(site: Site) -> None:
    clerk = await at_the_counter(site)
    assert clerk.page.url.path == "/desk/intake/food-licence/form", clerk.text
    await hand_in(clerk)
    assert clerk.page.status_code == 422, "new questions follow from the answers"
    assert "设备设施齐" in clerk.text and "13800000005" in clerk.page.text
    await hand_in(clerk, **LATER_ANSWERS, confirmed="screen")
    assert "已收件" in clerk.text, clerk.text[:1500]

    (row,) = (await site.cases.queue(clerk_actor(site))).items
    loaded = await site.cases.engine.load(row.case_id)
    event = loaded.events[0]
    assert (event.by.kind, event.on_behalf_of) == ("official", KNOWN.id)
    assert loaded.state.case.applicant.id == KNOWN.id
    await clerk.open(row.case_id)
    assert "窗口收件" in clerk.text


def clerk_actor(site: Site):
    post = site.directory.post("990101.service-centre.clerk")
    person = site.directory.holders(post.id)[0]
    known = next(p for p in demo.officials() if p.id == person)
    return Actor.official(known, post, site.directory.body(post.body))


async def test_a_person_who_was_never_here_gets_a_number_of_ours(site: Site) -> None:
    clerk = await at_the_counter(site, name="吴新来", number=NEW_NUMBER)
    await hand_in(clerk, **LATER_ANSWERS, confirmed="screen")
    await hand_in(clerk, **LATER_ANSWERS, confirmed="screen")
    assert "已收件" in clerk.text, clerk.text[:1500]
    (row,) = (await site.cases.queue(clerk_actor(site))).items
    assert row.applicant_name == "吴新来" and row.applicant != clerk_actor(site).id


@pytest.mark.parametrize(
    ("person", "says"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"number": KNOWN.id_number[:-1] + ("1" if KNOWN.id_number[-1] != "1" else "2")}, "最后一位对不上"),
        ({"number": "123"}, "18位"),
        ({"name": "别的人"}, "登记的是另一个姓名"),
        ({"seen": ""}, "请核对证件原件"),
    ],
)
async def test_nobody_is_received_without_being_identified(person: dict[str, str], says: str, site: Site) -> None:
    clerk = await at_the_counter(site, **person)
    assert clerk.page.status_code == 422 and says in clerk.text


async def test_a_look_up_at_the_counter_is_seen_by_the_person(site: Site) -> None:
    clerk = await at_the_counter(site, lookups="yes")
    assert "已知" in clerk.text or "政府已有的" in clerk.text, clerk.text[:800]
    seen = await site.sharing.accesses(KNOWN.id)
    assert seen.items and all(access.by == "official" and access.post for access in seen.items)


async def test_a_wrong_file_spoils_nothing_that_was_typed(site: Site) -> None:
    clerk = await at_the_counter(site)
    files = {"file.layout": ("布局图.pdf", b"MZ\x90 not a pdf")}
    await clerk.post("/desk/intake/food-licence/form", saved(clerk) | ANSWERS, files)
    await clerk.post("/desk/intake/food-licence/form", saved(clerk) | ANSWERS, files)
    assert clerk.page.status_code == 422 and "这种文件不收" in clerk.text
    await clerk.get("/desk/intake/food-licence/form")
    assert "河埠巷18号" in clerk.page.text


async def test_only_intake_posts_receive(site: Site) -> None:
    approver = await Official(site).sit("market.approver")
    assert (await approver.get("/desk/intake")).status_code == 403
    assert (await approver.get("/desk/intake/food-licence")).status_code == 403
    clerk = await Official(site).sit("service-centre.clerk")
    assert (await clerk.get("/desk/intake/food-licence/form")).status_code == 404
    assert (await clerk.get("/desk/intake/no-such-service")).status_code == 404


async def test_what_was_typed_for_one_person_is_never_filed_under_the_name_of_the_next(site: Site) -> None:
    clerk = await at_the_counter(site)
    before = saved(clerk)
    await clerk.get("/desk/intake/food-licence")
    who = {"name": "吴新来", "number": NEW_NUMBER, "region": "990101", "seen": "yes"}
    await clerk.post("/desk/intake/food-licence", who)
    assert "吴新来" in clerk.text
    await clerk.post("/desk/intake/food-licence/form", before | ANSWERS)
    assert clerk.page.status_code == 404
    await clerk.get("/desk/intake/food-licence/form")
    assert "吴新来" in clerk.text and "河埠巷18号" not in clerk.page.text


async def test_no_records_are_read_at_a_counter_that_could_not_open_the_case(site: Site) -> None:
    clerk = await Official(site).sit("service-centre.clerk", "990102")
    await clerk.get("/desk/intake/food-licence")
    who = {"name": KNOWN.name, "number": KNOWN.id_number, "region": "990101", "seen": "yes", "lookups": "yes"}
    await clerk.post("/desk/intake/food-licence", who)
    assert clerk.page.status_code in (403, 404)
    assert (await site.sharing.accesses(KNOWN.id)).items == ()


async def test_whose_number_is_tried_sees_it_even_under_a_wrong_name(site: Site) -> None:
    clerk = await at_the_counter(site, name="别的姓名")
    assert clerk.page.status_code == 422
    (tried,) = (await site.sharing.accesses(KNOWN.id)).items
    assert (tried.kind, tried.by, set(tried.fields)) == ("counter", "official", {"full_name", "id_number"})


async def test_two_clicks_at_once_make_one_person(site: Site) -> None:
    def seen(person: str) -> Opened:
        return Opened(
            person=person,
            reader=Reader(kind="official", id="o", post="p", body="b"),
            purpose=Purpose(service="s", name=Text("s", "s"), matter="counter:s", law=Text("l", "l")),
            grant="power:1",
            resource="login.account",
            record="person",
            fields=("id_number",),
            kind=Kind.COUNTER,
            at=site.clock(),
            source=Text("s", "s"),
        )

    made = await asyncio.gather(*(person_of(site, "吴新来", NEW_NUMBER, seen) for _ in range(4)))
    assert len(set(made)) == 1


async def test_a_helper_begins_without_the_person_only_by_a_code_that_the_person_was_sent(site: Site) -> None:
    clerk = await at_the_counter(site, seen="", away="check", code="123456")
    assert "确认码不对" in clerk.text
    who = {"name": KNOWN.name, "number": KNOWN.id_number, "region": "990101"}
    await clerk.post("/desk/intake/food-licence", who | {"away": "send"})
    (letter,) = (await site.cases.inbox(Actor.citizen(KNOWN))).items
    code = re.findall(r"确认码(\d{6})", letter.body.zh)[0]
    await clerk.post("/desk/intake/food-licence", who | {"away": "check", "code": code})
    await clerk.get("/desk/intake/food-licence/form")
    assert KNOWN.name in clerk.text


async def test_what_a_helper_filled_in_is_confirmed_by_a_second_code_and_the_act_says_so(site: Site) -> None:
    clerk = await at_the_counter(site)
    await hand_in(clerk, **ANSWERS, confirmed="")
    await hand_in(clerk, **LATER_ANSWERS, confirmed="code", code="000000")
    assert "确认码不对" in clerk.text
    await hand_in(clerk, **LATER_ANSWERS, do="code")
    letter = (await site.cases.inbox(Actor.citizen(KNOWN))).items[0]
    code = re.findall(r"确认码(\d{6})", letter.body.zh)[0]
    await hand_in(clerk, **LATER_ANSWERS, confirmed="code", code=code)
    (row,) = (await site.cases.mine(Actor.citizen(KNOWN))).items
    first = (await site.cases.engine.load(row.case_id)).events[0]
    assert (first.by.kind, first.on_behalf_of) == ("official", KNOWN.id)
    assert "凭发给本人的确认码" in first.authority.zh
