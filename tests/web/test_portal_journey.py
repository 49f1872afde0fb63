"""A citizen's way from the guide to the account, on the pages, without a script."""

import re

import pytest
from tests.web.citizen import APPLY, HTML, XIAOMAN, Person, answer, begin, filled, picture, submitted, upload

from tongban.base.clock import SettableClock
from tongban.web.site import Site


async def test_from_guide_to_receipt_with_a_number_and_the_latest_date(xiaoman: Person):
    case = await submitted(xiaoman)
    assert xiaoman.page.url.path == f"/cases/{case}/receipt"
    assert case.startswith("990101-261103-")
    assert "最晚11月10日答复您" in xiaoman.text
    await xiaoman.get(f"/cases/{case}")
    assert "岚江市清源区公安局" in xiaoman.text and "提交申请" in xiaoman.text
    await xiaoman.get("/")
    assert f"/cases/{case}" in xiaoman.text


async def test_what_the_records_know_is_not_asked_and_every_look_is_listed_for_the_person(xiaoman: Person):
    await begin(xiaoman)
    assert xiaoman.page.url.path == f"{APPLY}/q/lives_region"
    await xiaoman.get(f"{APPLY}/check")
    assert "来自公安人口库" in xiaoman.text
    await xiaoman.get("/my-data")
    assert "公安人口库" in xiaoman.text and "用于办理居住证申领" in xiaoman.text


async def test_who_declines_the_look_ups_is_asked_everything_and_nothing_is_looked_up(xiaoman: Person):
    await begin(xiaoman, lookups="no")
    assert xiaoman.page.url.path == f"{APPLY}/q/full_name"
    await xiaoman.get("/my-data")
    assert "还没有人看过您的数据" in xiaoman.text


async def test_the_start_page_offers_the_open_draft_first(xiaoman: Person):
    await begin(xiaoman)
    await answer(xiaoman, lives_region="990101")
    await xiaoman.get("/services/residence-permit/start")
    assert "您有没填完的申请" in xiaoman.text and "已经填了1项" in xiaoman.text
    await xiaoman.get("/")
    assert "居住证申领，还没填完" in xiaoman.text


async def test_a_wrong_answer_is_kept_as_typed_and_the_summary_links_to_its_field(xiaoman: Person):
    await begin(xiaoman, lookups="no")
    await answer(xiaoman, full_name="王小满")
    await xiaoman.get(f"{APPLY}/q/id_number")
    page = await xiaoman.post(f"{APPLY}/q/id_number", {"id_number": "99020119940512052"})
    assert page.status_code == 422
    assert 'href="#f-id_number"' in page.text and 'id="f-id_number"' in page.text
    assert "17位" in xiaoman.text and 'value="99020119940512052"' in page.text
    await xiaoman.get(f"{APPLY}/q/id_number")
    assert 'value="99020119940512052"' in xiaoman.page.text


async def test_autosave_never_checks(xiaoman: Person):
    await begin(xiaoman)
    await xiaoman.get(f"{APPLY}/q/lives_since")
    token = xiaoman.hidden("csrf")
    saved = await xiaoman.client.post(
        f"{APPLY}/q/lives_since/save", data={"csrf": token, "lives_since.year": "2025", "lives_since.month": "x"}
    )
    assert saved.status_code == 200
    await xiaoman.get(f"{APPLY}/q/lives_since")
    assert 'value="2025"' in xiaoman.page.text and 'value="x"' in xiaoman.page.text


async def test_a_file_that_is_not_what_it_says_spoils_nothing(xiaoman: Person):
    await begin(xiaoman)
    await answer(xiaoman, lives_region="990101", lives_at="河埠巷8号", basis="dwelling")
    await xiaoman.get(f"{APPLY}/materials")
    await upload(xiaoman, "第一页.png", picture())
    page = await upload(xiaoman, "第二页.pdf", picture())
    assert page.status_code == 422 and "第二页.pdf" in xiaoman.text
    assert "第一页.png" in xiaoman.text
    await xiaoman.get(f"{APPLY}/check")
    assert "第一页.png" in xiaoman.text and "河埠巷8号" in xiaoman.text


async def test_nothing_is_sent_with_answers_missing_and_each_is_named(xiaoman: Person):
    await begin(xiaoman)
    await answer(xiaoman, basis="dwelling")
    await xiaoman.get(f"{APPLY}/check")
    page = await xiaoman.post(f"{APPLY}/submit", {"key": xiaoman.hidden("key"), "truthful": ""})
    assert page.status_code == 422
    for place in ("lives_region", "lives_at", "lease", "truthful"):
        assert f'href="#f-{place}"' in page.text
        assert f'id="f-{place}"' in page.text


async def test_a_person_who_does_not_qualify_is_told_why_and_may_still_submit(xiaoman: Person):
    await begin(xiaoman, lookups="yes")
    await answer(xiaoman, lives_region="990101", lives_at="河埠巷8号", basis="dwelling")
    await xiaoman.get(f"{APPLY}/q/lives_since")
    await xiaoman.post(
        f"{APPLY}/q/lives_since", {"lives_since.year": "2026", "lives_since.month": "9", "lives_since.day": "1"}
    )
    await upload(xiaoman, "租赁合同.png", picture())
    await xiaoman.get(f"{APPLY}/check")
    assert "按您填的，现在还不符合" in xiaoman.text and "由工作人员来定" in xiaoman.text
    await xiaoman.post(f"{APPLY}/submit", {"key": xiaoman.hidden("key"), "truthful": "yes"})
    assert "已提交" in xiaoman.text


async def test_sending_twice_makes_one_case_and_shows_the_same_receipt(xiaoman: Person):
    await filled(xiaoman)
    fields = {"csrf": xiaoman.hidden("csrf"), "key": xiaoman.hidden("key"), "truthful": "yes"}
    first = await xiaoman.client.post(f"{APPLY}/submit", data=fields, headers=HTML)
    second = await xiaoman.client.post(f"{APPLY}/submit", data=fields, headers=HTML)
    assert first.headers["location"] == second.headers["location"]
    await xiaoman.get("/cases")
    assert len(set(re.findall(r'href="(/cases/990101-[^"/]+)"', xiaoman.page.text))) == 1


async def test_an_expired_session_in_a_form_comes_back_to_the_same_page_with_the_answer(
    xiaoman: Person, clock: SettableClock
):
    await begin(xiaoman)
    await xiaoman.get(f"{APPLY}/q/lives_at")
    clock.advance(hours=13)
    page = await xiaoman.post(f"{APPLY}/q/lives_at", {"lives_at": "刚刚填好的地址"})
    assert page.status_code == 401 and "您的登录已经到期" in xiaoman.text
    kept = {"kept.lives_at": xiaoman.hidden("kept.lives_at"), "next": xiaoman.hidden("next")}
    await xiaoman.post("/login", {"person": XIAOMAN, **kept})
    assert xiaoman.page.url.path == f"{APPLY}/q/lives_at"
    assert 'value="刚刚填好的地址"' in xiaoman.page.text and "刚才填的都在" in xiaoman.text


async def test_another_person_who_logs_in_then_gets_nothing_of_it(xiaoman: Person, clock: SettableClock):
    await begin(xiaoman)
    await xiaoman.get(f"{APPLY}/q/lives_at")
    clock.advance(hours=13)
    await xiaoman.post(f"{APPLY}/q/lives_at", {"lives_at": "别人的地址"})
    kept = {"kept.lives_at": xiaoman.hidden("kept.lives_at"), "next": xiaoman.hidden("next")}
    page = await xiaoman.post("/login", {"person": "p-sunhao@@", **kept})
    assert page.status_code == 404 and "别人的地址" not in xiaoman.text


async def test_withdrawing_is_asked_once_more_and_then_said_in_the_account(xiaoman: Person):
    case = await submitted(xiaoman)
    await xiaoman.get(f"/cases/{case}/withdraw")
    assert "撤回“居住证申领”？" in xiaoman.text
    await xiaoman.post(f"/cases/{case}/withdraw", {"key": xiaoman.hidden("key"), "version": xiaoman.hidden("version")})
    assert "已撤回" in xiaoman.text and xiaoman.page.url.path == f"/cases/{case}"


async def test_a_deleted_draft_is_gone_only_after_confirming(xiaoman: Person):
    await begin(xiaoman)
    await xiaoman.get(f"{APPLY}/discard")
    assert "找不回来" in xiaoman.text
    await xiaoman.post(f"{APPLY}/discard")
    assert "草稿已删掉" in xiaoman.text
    assert (await xiaoman.get(f"{APPLY}/check")).status_code == 404


async def test_somebody_else_s_case_does_not_exist(xiaoman: Person, site: Site):
    case = await submitted(xiaoman)
    await xiaoman.get("/me")
    await xiaoman.post("/logout")
    await xiaoman.log_in("p-sunhao@@")
    for page in ("", "/receipt", "/export", "/correct", "/withdraw"):
        assert (await xiaoman.get(f"/cases/{case}{page}")).status_code == 404


async def test_the_whole_case_can_be_taken_home_as_one_file(xiaoman: Person):
    case = await submitted(xiaoman)
    export = await xiaoman.get(f"/cases/{case}/export")
    assert export.json()["format"] == "tongban-case/1"
    assert "attachment" in export.headers["content-disposition"]


async def test_an_official_at_work_does_not_mix_in_their_own_affairs(anyone: Person):
    await anyone.get("/login")
    post = re.search(r'value="(o-990101\.police\.examiner@[^"]*)"', anyone.page.text)
    assert post
    await anyone.post("/login", {"person": post[1], "next": "/cases"})
    assert anyone.page.status_code == 403 and "以工作人员身份登录" in anyone.text


@pytest.mark.parametrize("path", ["/", "/services", "/search?q=孩子上学", "/services/residence-permit", "/help",
                                  "/accessibility", "/settings", "/login", "/verify", "/me"])  # fmt: skip
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_public_page_speaks_both_languages_and_says_that_it_is_a_demonstration(
    anyone: Person, path: str, lang: str
):
    page = await anyone.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert page.status_code == 200
    assert ("演示" if lang == "zh" else "demonstration") in anyone.text
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in page.text
