"""12345: one number from asking to call-back; a person sends it, the body answers, whoever asked has the last word."""

import re

import httpx
import pytest
from tests.oversight.fact_rows import called_back, moment, october
from tests.web.citizen import Person
from tests.web.desk_people import Official

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.web.app import create
from tongban.web.desk import hotline as desk
from tongban.web.site import Site

pytestmark = pytest.mark.database
SAID = "翠湖小区北门的路灯三天不亮，晚上看不见路"
HOUSING, MARKET = "990101.housing", "990101.market"


async def asked(anyone: Person, said: str = SAID, **more: str) -> tuple[str, str]:
    """A request by somebody who is not logged in: number and code."""
    await anyone.get("/hotline")
    fields = {"kind": "help", "said": said, "region": "990101", "urgency": "general", **more}
    await anyone.post("/hotline", {**fields, "key": anyone.hidden("key")})
    found = re.search(r"/hotline/([^/]+)/(\d{8})", str(anyone.page.url))
    assert found, anyone.text[:2000]
    return found[1], found[2]


async def sent(clerk: Official, case: str, body: str = HOUSING) -> None:
    await clerk.get(f"/desk/hotline/{case}")
    fields = {name: clerk.hidden(name) for name in ("key", "call")}
    await clerk.post(f"/desk/hotline/{case}", {**fields, "to": body, "reasons": "管路灯"})


async def replied(official: Official, case: str, reply: str = "灯泡换好了") -> None:
    await official.open(case)
    await official.do(case, "reply", reply=reply)
    assert official.page.status_code == 200, official.text[:500]


async def test_from_asking_without_a_log_in_to_the_call_back(anyone: Person, site: Site, clock: SettableClock) -> None:
    case, code = await asked(anyone, name="老周", phone="13900000000")
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/hotline")
    assert case not in clerk.text, "kept by the next turn"
    await site.voice.turn()
    await clerk.get("/desk/hotline")
    assert case in clerk.text and "老周" not in clerk.text and SAID not in clerk.text
    await sent(clerk, case)
    await anyone.get(f"/hotline/{case}/{code}")
    assert "住房和城乡建设局" in anyone.text and "管路灯" not in anyone.text.split("告诉过您的")[0]
    housing = await Official(site).sit("housing.examiner")
    await housing.open(case)
    assert SAID in housing.text and "老周" in housing.text
    await housing.do(case, "contact", said="下午去修")
    await replied(housing, case)
    await anyone.get(f"/hotline/{case}/{code}")
    assert "灯泡换好了" in anyone.text and "解决了没有" in anyone.text
    said = {
        "act": "call-back",
        "call-back.contacted": "yes",
        "call-back.solved": "yes",
        "call-back.satisfied": "fairly",
    }
    await anyone.post(f"/hotline/{case}/{code}", {**said, "key": anyone.hidden("key")})
    assert "已回访，办结" in anyone.text
    clock.advance(minutes=1)
    await site.voice.turn()
    (one,) = await site.voice.hotline.rates(["990101"])
    assert (one.of, one.response, one.solution, one.satisfaction) == (HOUSING, "100%", "100%", "100%")


async def test_an_objection_is_decided_by_the_dispatching_unit_and_not_by_whoever_sent_it(
    anyone: Person, site: Site
) -> None:
    case, code = await asked(anyone)
    clerk = await Official(site).sit("service-centre.clerk")
    await sent(clerk, case)
    housing = await Official(site).sit("housing.head")
    await housing.open(case)
    assert "hand-on" not in housing.page.text, "it objects, it does not push it on"
    await housing.do(case, "object", reasons="这条路归自然资源局管")
    await clerk.open(case)
    assert 'value="uphold"' not in clerk.page.text and 'value="redispatch"' not in clerk.page.text
    await anyone.get(f"/hotline/{case}/{code}")
    assert "现在由岚江市清源区住房和城乡建设局负责" in anyone.text, "meanwhile it still answers for it"


async def test_what_is_not_solved_goes_back_and_is_counted_as_not_solved(
    anyone: Person, site: Site, clock: SettableClock
) -> None:
    case, code = await asked(anyone)
    await sent(await Official(site).sit("service-centre.clerk"), case)
    housing = await Official(site).sit("housing.examiner")
    await replied(housing, case)
    await anyone.get(f"/hotline/{case}/{code}")
    back = {"act": "send-back", "send-back.contacted": "yes", "send-back.reasons": "还是不亮"}
    await anyone.post(f"/hotline/{case}/{code}", {**back, "key": anyone.hidden("key")})
    assert "承办单位在办" in anyone.text
    clock.advance(minutes=1)
    await site.voice.turn()
    assert (await site.voice.hotline.rates(["990101"]))[0].solution == "0%"


async def test_requests_about_one_thing_are_put_together_by_people_and_everybody_gets_the_answer(
    anyone: Person, site: Site
) -> None:
    one, code = await asked(anyone)
    two, other_code = await asked(anyone, SAID + "啊")
    await site.voice.turn()
    clerk = await Official(site).sit("service-centre.clerk")
    await sent(clerk, one)
    await sent(clerk, two)
    await clerk.get(f"/desk/hotline/{two}")
    assert one in clerk.text and SAID + "啊" in clerk.text and clerk.text.count(SAID) == 1
    await clerk.post(f"/desk/hotline/{two}/together", {"other": one, "do": "together"})
    housing = await Official(site).sit("housing.head")
    await housing.open(two)
    assert f'action="/desk/hotline/{two}/reply-all"' in housing.page.text and one in housing.text
    await housing.post(f"/desk/hotline/{two}/reply-all", {"reply": "整条路的灯都修了", "key": "all-of-them"})
    for case, its in ((one, code), (two, other_code)):
        await anyone.get(f"/hotline/{case}/{its}")
        assert "整条路的灯都修了" in anyone.text


async def test_a_wrong_code_shows_nothing_and_earlier_requests_need_a_purpose_that_is_written_down(
    anyone: Person, site: Site
) -> None:
    case, code = await asked(anyone, phone="13900000001")
    wrong = f"{(int(code) + 1) % 10**8:08}"
    assert (await anyone.get(f"/hotline/{case}/{wrong}")).status_code == 404
    await anyone.get("/hotline/look-up")
    await anyone.post("/hotline/look-up", {"case": case, "code": wrong})
    assert anyone.page.status_code == 422 and "请核对编号和查询码" in anyone.text and SAID not in anyone.text
    await anyone.post("/hotline/look-up", {"case": case, "code": f"{code[:4]} {code[4:]}"})
    assert SAID in anyone.text
    await site.voice.turn()
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/hotline/new")
    look = {"do": "earlier", "phone": "139 0000 0001", "said": "x", "key": "k" * 10}
    await clerk.post("/desk/hotline/new", {**look, "purpose": ""})
    assert clerk.page.status_code == 422 and case not in clerk.text
    await clerk.post("/desk/hotline/new", {**look, "purpose": "来电追问进度"})
    assert case in clerk.text
    person = await site.db.fetchval("SELECT applicant FROM case_row WHERE case_id = $1", case)
    lines = await site.db.fetchval("SELECT count(*) FROM shared_access WHERE person = $1", person)
    assert lines == 1


async def test_what_a_caller_left_is_kept_with_a_request_or_not_at_all(anyone: Person, site: Site) -> None:
    left = "SELECT count(*) FROM person WHERE id LIKE 'v-%'"
    await anyone.get("/hotline")
    fields = {"kind": "", "said": SAID, "region": "990101", "urgency": "general", "name": "老周", "phone": "13900000"}
    await anyone.post("/hotline", {**fields, "key": anyone.hidden("key")})
    assert anyone.page.status_code == 422 and await site.db.fetchval(left) == 0
    await anyone.post("/hotline", {**fields, "kind": "help", "key": ""})
    assert anyone.page.status_code == 422 and await site.db.fetchval(left) == 0, "nor are all without a key one person"
    await asked(anyone, name="老周", phone="13900000002")
    assert await site.db.fetchval(left) == 1


async def test_whoever_left_no_name_stands_in_the_lists_as_such_in_either_language_and_not_behind_stars(
    anyone: Person, site: Site
) -> None:
    case, _ = await asked(anyone)
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk")
    assert case.partition("-")[2] in clerk.text and "未留名" in clerk.text and "未*" not in clerk.text
    await clerk.get("/desk?lang=en")
    assert "no name left" in clerk.text and "未留名" not in clerk.text
    await clerk.get(f"/desk/cases/{case}")
    assert "Applicant no name left" in clerk.text
    assert "the applicant said" in clerk.text and "No record" not in clerk.text, "there is nothing to hold it against"


async def test_the_list_goes_on_page_by_page(anyone: Person, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "ROWS", 2)
    cases = {(await asked(anyone, f"{SAID}{n}"))[0] for n in range(3)}
    await site.voice.turn()
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/hotline")
    first = {case for case in cases if case in clerk.text}
    onward = re.search(r'href="(/desk/hotline\?after=[^"]+)"', clerk.page.text)
    assert len(first) == 2 and onward
    await clerk.get(onward[1])
    assert {case for case in cases if case in clerk.text} == cases - first


async def test_a_call_is_typed_in_and_the_caller_told_number_and_code(site: Site) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get("/desk/hotline/new")
    fields = {"do": "take", "said": "一进门就闻到煤气味", "kind": "report", "urgency": "urgent"}
    await clerk.post("/desk/hotline/new", {**fields, "key": clerk.hidden("key")})
    assert "请告诉对方" in clerk.text and "燃气泄漏" in clerk.text
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        public = await client.get("/open/hotline")
        assert public.status_code == 200 and "煤气" not in public.text


async def test_what_names_a_service_is_offered_first_to_the_body_that_answers_for_it_by_its_file(
    anyone: Person, site: Site
) -> None:
    case, _ = await asked(anyone, "租的房子拿去办证，窗口说租赁合同要复印三份", about="居住证申领")
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.get(f"/desk/hotline/{case}")
    choices = re.findall(r'type="radio" name="to" value="([^"]*)"( checked)?', clerk.page.text)
    assert choices[0] == ("990101.police", ""), "a person chooses"
    assert "说的是“居住证申领”，这个事项由它办。" in clerk.text
    assert not any(ticked for _, ticked in choices), "what a machine is sure of is not ticked against the file"
    await sent(clerk, case, "990101.police")
    police = await Official(site).sit("police.examiner")
    await police.open(case)
    assert police.page.status_code == 200 and "租赁合同" in police.text


async def test_it_is_taken_up_again_once_within_thirty_days_and_not_later(
    anyone: Person, site: Site, clock: SettableClock
) -> None:
    clerk = await Official(site).sit("service-centre.clerk")
    cases = [await asked(anyone, f"{SAID}{n}") for n in range(2)]
    for case, code in cases:
        await sent(clerk, case)
        await replied(await Official(site).sit("housing.examiner"), case)
        await anyone.get(f"/hotline/{case}/{code}")
        said = {"act": "call-back", "call-back.contacted": "yes", "call-back.solved": "yes"}
        await anyone.post(f"/hotline/{case}/{code}", {**said, "key": anyone.hidden("key")})
        found = re.search("最晚[^。]*重新办理一次", anyone.text)
        assert found and "12月" in found[0], found
    again = {"act": "reopen", "reopen.reasons": "又不亮了"}
    clock.advance(days=29)
    case, code = cases[0]
    await anyone.get(f"/hotline/{case}/{code}")
    await anyone.post(f"/hotline/{case}/{code}", {**again, "key": anyone.hidden("key")})
    assert "承办单位在办" in anyone.text
    clock.advance(days=2)
    case, code = cases[1]
    await anyone.get(f"/hotline/{case}/{code}")
    assert 'value="reopen"' not in anyone.page.text
    with pytest.raises(Refused) as refused:
        await site.voice.hotline.say(case, code, "reopen", {"reasons": "又不亮了"}, "a-key-of-its-own")
    assert refused.value.code == "too-late"


async def test_everybody_reads_rates_and_ratings_of_the_release_alone_and_no_small_group(
    anyone: Person, site: Site
) -> None:
    await anyone.get("/open/hotline")
    assert anyone.page.status_code == 200 and "还没有公布过" in anyone.text
    solved = [called_back(n, HOUSING, "yes" if n < 30 else "no") for n in range(40)]
    few = [called_back(40 + n, MARKET, "yes") for n in range(3)]
    others = [called_back(50 + n, f"990101.{('hr', 'tax')[n % 2]}", "no") for n in range(50)]
    stars = [moment(n, "rating", "990101.police", 4, "residence-permit") for n in range(25)]
    october(site, [], [*solved, *few, *others], stars)
    await anyone.get("/open/hotline")
    assert "2026-10" in anyone.text and "住房和城乡建设局" in anyone.text and "75.0%" in anyone.text
    assert "市场监督管理局" not in anyone.text, "three are too few"
    before = anyone.page.content
    case, _ = await asked(anyone)
    await sent(await Official(site).sit("service-centre.clerk"), case)
    await site.voice.turn()
    await anyone.get("/open/hotline")
    assert anyone.page.content == before, "no request of today moves it"
    await anyone.get("/open/ratings?office=990101.police")
    assert "居住证" in anyone.text and "4.00" in anyone.text and "100.0%" in anyone.text


async def test_where_one_is_is_shared_by_oneself_and_the_street_has_to_be_of_the_county(
    anyone: Person, site: Site
) -> None:
    await anyone.get("/hotline")
    assert "geolocation=(self)" in anyone.page.headers["permissions-policy"], "on this page alone, and on a press"
    await anyone.get("/open/hotline")
    assert "geolocation=()" in anyone.page.headers["permissions-policy"]
    fields = {"kind": "help", "said": SAID, "region": "990101", "urgency": "general", "area": "990201001"}
    await anyone.get("/hotline")
    await anyone.post("/hotline", {**fields, "key": anyone.hidden("key")})
    assert anyone.page.status_code == 422 and "街道或者社区" in anyone.text
    case, _ = await asked(anyone, area="990101003001", point="104.06,30.67")
    where = await site.voice.hotline.where(case)
    assert (where.area, where.source, where.point and where.point.exact) == (
        "990101003001",
        "caller",
        "104.060000,30.670000",
    )
