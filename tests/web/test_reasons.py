"""Why, why not, and what would change it: on the pages of the person and of the official, and through the API."""

import re
from datetime import timedelta

import pytest
from desk_people import Official
from tests.web.citizen import Person, answer, begin, submitted

from tongban.base.clock import SettableClock
from tongban.base.i18n import Text
from tongban.cases import CaseView
from tongban.cases.model import Applicant
from tongban.org import Actor
from tongban.org import store as org_store
from tongban.sharing import Shared
from tongban.web.site import Site

pytestmark = pytest.mark.database
HERE, THERE = "/api/v1/cases/{}/explanation", "/cases/{}"
REGISTER = Text("残联登记库", "Federation's register")
STRANGER = "p-zhoujiahe@@"


async def subsidies(site: Site, grade: str = "3") -> CaseView:
    """王小满 applies for the subsidies; the federation has her grade on record."""
    person = await org_store.person(site.db, "p-wangxiaoman")
    assert person is not None
    at = site.clock()

    def record(value: str) -> Shared:
        return Shared(value=value, source=REGISTER, as_of=at - timedelta(days=30), at=at)

    facts = {
        "full_name": person.name,
        "id_number": person.id_number,
        "phone": "13800000005",
        "card_number": "99020119940512052743",
        "category": "physical",
        "low_income": "false",
        "needs_care": "true",
        "like_benefit": "none",
        "bank_account": "6222021234567890",
    }
    return await site.cases.submit(
        Actor.citizen(person),
        "disability-two-subsidies",
        facts,
        {},
        region="990101",
        key="subsidies-key",
        records={"grade": record(grade), "card": record("99020119940512052743")},
        applicant=Applicant(person.id, person.name, person.id_number),
    )


def told(page: str) -> str:
    """The words of a page without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_the_case_page_says_why_by_which_law_and_from_which_record(xiaoman: Person, site: Site):
    view = await subsidies(site)
    await xiaoman.get(THERE.format(view.case))
    words = told(xiaoman.text)
    for part in (
        "按规则，不符合条件",
        "现在两项都不够",
        "依据：《国务院关于全面建立困难残疾人生活补贴和重度残疾人护理补贴制度的意见》",
        "残疾等级 三级 来自残联登记库",
        "低保家庭 否 您填的",
        "最后由工作人员来定",
    ):
        assert part in words, part


async def test_why_not_another_outcome_is_folded_and_works_without_a_script(xiaoman: Person, site: Site):
    view = await subsidies(site)
    await xiaoman.get(THERE.format(view.case))
    folded = re.search(r"<details><summary>为什么不是别的</summary>(.*?)</details>", xiaoman.page.text, re.S)
    assert folded
    words = told(folded[1])
    assert "符合申请条件 “够生活补贴”要是“是”，现在是“否”。 “够护理补贴”要是“是”，现在是“否”。" in words
    assert "用的是第1版规定，2026年7月1日起施行，按2026年11月3日的情况算。" in words


async def test_what_would_change_it_says_first_what_to_do_and_never_to_answer_otherwise(xiaoman: Person, site: Site):
    view = await subsidies(site)
    await xiaoman.get(THERE.format(view.case))
    words = told(xiaoman.text)
    assert "先到街道、乡镇申请低保。“低保家庭”变成“是”以后，别的都不变，就符合条件了" in words
    assert "情况没有变，不要改填" in words
    await xiaoman.get(f"{THERE.format(view.case)}?lang=en")
    assert "Apply for the minimum living allowance at the township first." in told(xiaoman.text)


async def test_a_favourable_case_says_why_and_nothing_to_change(xiaoman: Person):
    case = await submitted(xiaoman)
    await xiaoman.get(THERE.format(case))
    assert "按规则，符合条件" in xiaoman.text
    assert "什么会改变结果" not in xiaoman.text


async def test_before_sending_the_preview_names_the_first_day_and_what_can_be_done(
    xiaoman: Person, site: Site, clock: SettableClock
):
    await begin(xiaoman)
    await answer(xiaoman, lives_region="990101", lives_at="东街街道河埠巷8号", basis="none")
    await xiaoman.get("/apply/residence-permit/check")
    assert "先在这里找到工作或者住处。" in xiaoman.text
    since = {"lives_since.1": "2026", "lives_since.2": "10", "lives_since.3": "5"}
    await xiaoman.get("/apply/residence-permit/q/lives_since")
    names = re.findall(r'name="(lives_since[^"]*)"', xiaoman.page.text)
    await xiaoman.post("/apply/residence-permit/q/lives_since", dict(zip(names, since.values(), strict=True)))
    await answer(xiaoman, basis="dwelling")
    await xiaoman.get("/apply/residence-permit/check")
    assert "2027年4月5日起（当天也算），就符合条件了" in told(xiaoman.text)


async def test_the_official_sees_the_same_with_rows_and_records(site: Site):
    view = await subsidies(site)
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(view.case)
    words = told(clerk.text)
    for part in (
        "第3行 符合：现在两项都不够",
        "残疾等级 三级 残联登记库",
        "什么会改变结果 先到街道、乡镇申请低保。",
        "为什么不是别的",
        "第1行 符合申请条件：“够生活补贴”要是“是”，现在是“否”",
    ):
        assert part in words, part


async def test_somebody_elses_reasons_do_not_exist(anyone: Person, site: Site):
    view = await subsidies(site)
    await anyone.log_in(STRANGER)
    for address in (THERE, HERE):
        assert (await anyone.get(address.format(view.case))).status_code == 404
        assert "低保" not in anyone.text


async def test_the_api_gives_the_whole_explanation_to_the_person_and_to_the_official(xiaoman: Person, site: Site):
    view = await subsidies(site)
    found = (await xiaoman.client.get(HERE.format(view.case))).json()
    assert found["outcome"] == "no"
    assert found["version"]["day"] == "2026-11-03"
    assert {one["name"]: one["origin"] for one in found["counted"]}["grade"] == "record"
    (way,) = found["outlook"]["ways"]
    assert [(one["fact"], one["to"]) for one in way["changes"]] == [("low_income", [True])]
    rows = found["tables"][-1]["rows"]
    assert [row["standing"] for row in rows] == ["fails", "fails", "counts", "fails"]


async def test_anybody_may_ask_why_without_leaving_a_trace(anyone: Person):
    facts = {"birth_date": "1947-3-5", "home_region": "990101"}
    sent = await anyone.client.post("/api/v1/services/advanced-age-allowance/explain", json={"facts": facts})
    assert sent.status_code == 200, sent.text
    (day,) = sent.json()["outlook"]["days"]
    assert (day["day"], day["outcome"]) == ("2027-03-05", "eligible")
    assert sent.json()["counted"][1]["words"]["zh"].endswith("清源区")
