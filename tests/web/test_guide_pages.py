"""The guide on its pages: found in one's own words, kept as it was said, and taught only by a department's decision."""

import re

import pytest
from tests.web.citizen import Person
from tests.web.desk_people import Official

from tongban.assist.records import EVERYWHERE, Switched
from tongban.assist.store import switches
from tongban.web.site import Site

pytestmark = pytest.mark.database
ASKED = "/search?q=孩子要上小学，外地户口"


def address(person: Person) -> str:
    found = re.search(r'href="(/a/[a-z2-7]{12})"', person.page.text)
    assert found, person.text[:500]
    return found[1]


async def test_one_sentence_leads_to_what_to_bring_where_and_when(anyone: Person) -> None:
    await anyone.get(ASKED)
    assert "随迁子女入学" in anyone.text
    for words in ("要带什么", "去哪里办", "什么时候有结果", "收费", "《义务教育法》第12条", "第1版", "最晚"):
        assert words in anyone.text
    assert "您属于哪种情形" in anyone.text
    assert "/services/migrant-school-enrolment/start" in anyone.page.text


async def test_it_answers_english_in_english(anyone: Person) -> None:
    await anyone.get("/search?q=rent subsidy&lang=en")
    assert "What to bring" in anyone.text
    assert "Rent subsidy" in anyone.text or "rent" in anyone.text.lower()


async def test_a_chosen_situation_narrows_what_to_bring(anyone: Person) -> None:
    await anyone.get("/search?q=居住证")
    assert "房屋租赁合同或产权证" in anyone.text and "劳动合同或单位证明" in anyone.text
    await anyone.get("/search?q=居住证&item=residence-permit&situation=job")
    assert "在本地有稳定工作" in anyone.text
    assert "劳动合同或单位证明" in anyone.text and "房屋租赁合同或产权证" not in anyone.text


async def test_what_no_office_does_goes_to_the_hotline(anyone: Person) -> None:
    await anyone.get("/search?q=今天天气怎么样")
    assert "没有找到" in anyone.text and "12345" in anyone.text


async def test_an_answer_can_be_seen_later_exactly_as_it_was_said(anyone: Person) -> None:
    await anyone.get("/search?q=居住证怎么办，我电话13800138000")
    kept = address(anyone)
    await anyone.get(kept)
    assert "原样保存" in anyone.text and "居住证申领" in anyone.text and "《居住证暂行条例》第9条" in anyone.text
    assert "13800138000" not in anyone.page.text


async def test_the_same_answer_on_the_same_day_is_kept_once(anyone: Person) -> None:
    await anyone.get(ASKED)
    first = address(anyone)
    await anyone.get(ASKED)
    assert address(anyone) == first


@pytest.mark.parametrize("path", ["/a/aaaaaaaaaaaa", "/a/x", "/a/%00", "/a/" + "a" * 400])
async def test_an_address_that_was_never_given_shows_nothing(anyone: Person, path: str) -> None:
    assert (await anyone.get(path)).status_code in (400, 404)


async def test_switched_off_the_list_of_services_is_shown_with_the_reason(site: Site, anyone: Person) -> None:
    off = Switched(region=EVERYWHERE, use="guide", at=site.clock(), state="off", why="正在核对词表", kind="operator",
                   by_id="ops", by_name="值班")  # fmt: skip
    async with site.assist.store.acting() as connection:
        await switches.add(connection, off)
    await site.assist.gate.refresh()
    await anyone.get(ASKED)
    assert "导办现在没有开" in anyone.text and "正在核对词表" in anyone.text
    assert "居住证申领" in anyone.text and "要带什么" not in anyone.text


async def test_the_rules_that_will_decide_tell_beforehand_and_nothing_is_kept(anyone: Person) -> None:
    await anyone.get("/services/residence-permit/preview")
    asked = 0
    answers = {"home_region": {"home_region": "990201"}, "lives_region": {"lives_region": "990101"},
               "lives_since": {"lives_since.year": "2025", "lives_since.month": "3", "lives_since.day": "1"},
               "basis": {"basis": "employment"}}  # fmt: skip
    while (name := anyone.hidden("question")) and asked < 10:
        given = dict(re.findall(r'name="(given\.[a-z_.]+)" value="([^"]*)"', anyone.page.text))
        boxes = re.findall(r'name="(given\.lives_since)" value="([^"]*)"', anyone.page.text)
        fields: dict[str, object] = {**given, **answers[name], "question": name}
        if boxes:
            fields["given.lives_since"] = [value for _, value in boxes]
        await anyone.post("/services/residence-permit/preview", fields)  # type: ignore[arg-type]
        asked += 1
    assert asked == 4
    assert "符合条件" in anyone.text and "没有保存" in anyone.text
    assert anyone.client.cookies.get("session") is None


async def test_a_wrong_answer_in_the_preview_is_said_at_its_box(anyone: Person) -> None:
    await anyone.get("/services/residence-permit/preview")
    name = anyone.hidden("question")
    await anyone.post("/services/residence-permit/preview", {"question": name, name: ""})
    assert anyone.page.status_code == 422
    assert anyone.hidden("question") == name


async def taught(site: Site, anyone: Person) -> tuple[str, str]:
    """Somebody asked in words that nobody knows, and chose the residence permit."""
    await anyone.get("/search?q=外来落脚本本，居住")
    said = re.search(r"/a/([a-z2-7]{12})", anyone.page.text)
    if said is None:
        pytest.fail(anyone.text)
    await anyone.post(f"/a/{said[1]}/choose", {"item": "residence-permit"})
    return "residence-permit", "外来落脚本本，居住"


async def test_nothing_is_learned_until_a_department_decides_and_then_at_once(site: Site, anyone: Person) -> None:
    before = site.assist.guide.guide.ask("落脚本本").decision
    item, question = await taught(site, anyone)
    assert site.assist.guide.guide.ask("落脚本本").decision == before == "refuse"

    stranger = await Official(site).sit("market.approver")
    await stranger.get("/console/guide")
    assert "外来落脚本本" not in stranger.text
    await stranger.post("/console/guide", {"do": "accept", "item": item, "question": question, "alias": "落脚本本"})
    assert stranger.page.status_code == 403

    police = await Official(site).sit("police.approver")
    await police.get("/console/guide")
    assert "外来落脚本本" in police.text
    await police.post("/console/guide", {"do": "accept", "item": item, "question": question, "alias": "落脚本本"})
    assert "已采纳" in police.text and "第1版" in police.text
    found = site.assist.guide.guide.ask("落脚本本")
    assert (found.decision, found.items[0].item.key) == ("answer", item)

    await police.post("/console/guide", {"do": "withdraw", "item": item, "question": question, "alias": "落脚本本",
                                         "why": "不是通行说法"})  # fmt: skip
    assert "已撤回" in police.text and "第2版" in police.text
    assert site.assist.guide.guide.ask("落脚本本").decision == "refuse"


async def test_an_examiner_and_a_citizen_decide_nothing(site: Site, anyone: Person) -> None:
    item, question = await taught(site, anyone)
    examiner = await Official(site).sit("police.examiner")
    await examiner.get("/console/guide")
    assert question not in examiner.text
    await examiner.post("/console/guide", {"do": "accept", "item": item, "question": question, "alias": "落脚本本"})
    assert examiner.page.status_code == 403
    await anyone.log_in()
    assert (await anyone.get("/console/guide")).status_code == 403


async def test_personal_data_and_a_rejection_without_reason_are_refused(site: Site, anyone: Person) -> None:
    item, question = await taught(site, anyone)
    police = await Official(site).sit("police.approver")
    await police.get("/console/guide")
    await police.post("/console/guide", {"do": "accept", "item": item, "question": question, "alias": "13800138000"})
    assert "不能有个人信息" in police.text
    await police.post("/console/guide", {"do": "reject", "item": item, "question": question, "alias": "落脚本本"})
    assert "写一句理由" in police.text


async def test_turned_down_answers_are_counted_and_the_person_is_helped(site: Site, anyone: Person) -> None:
    await anyone.get(ASKED)
    await anyone.post(f"{address(anyone)}/none")
    assert "12345" in anyone.text
    chief = await Official(site).sit("police.head")
    await chief.get("/console/guide")
    assert "孩子要上小学，外地户口" in chief.text


async def test_what_the_guide_keeps_names_nobody(site: Site, xiaoman: Person) -> None:
    await xiaoman.get(ASKED)
    await xiaoman.post(f"{address(xiaoman)}/none")
    for table in ("guide_answer", "guide_feedback"):
        kept = str([dict(row) for row in await site.db.fetch(f"SELECT * FROM {table}")])
        assert "p-wangxiaoman" not in kept and "王小满" not in kept


async def test_the_place_that_the_law_names_is_told_with_its_article_and_that_any_door_will_do(anyone: Person) -> None:
    for address in ("/services/death-deregistration", "/search?q=人去世了怎么注销户口"):
        await anyone.get(address)
        for words in ("逝者户口所在地的公安机关", "《户口登记条例》第8条", "在别处申请也收下"):
            assert words in anyone.text, (address, words)
