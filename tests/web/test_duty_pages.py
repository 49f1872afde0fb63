"""依职权 on pages: an emergency is begun by the government, an inspection by who leads it, whom is drawn by chance that
everybody can check."""

import hashlib
import re

import httpx
import pytest
from msgspec import structs
from tests.web.citizen import Person
from tests.web.test_tenants import Reader, in_post

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.cases.duties import sent
from tongban.cases.model import By
from tongban.org import Actor, Directory, demo
from tongban.org.model import Absence
from tongban.oversight.draws import order, rank
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database
CODE = "91110000600037341L"
OTHER = "11450721MB15580811"
INSPECT = {
    "uscc": CODE,
    "business_name": "启明小吃店（演示）",
    "premises": "清源区南湖路9号",
    "cause": "risk",
    "trade": "food",
    "employs": "true",
    "discharges": "false",
    "checked_this_year": "0",
    "complaints": "0",
    "last_found": "none",
    "say.matter": "按风险分，看后厨",
    "say.day.year": "2026",
    "say.day.month": "12",
    "say.day.day": "20",
    "say.place": "9点",
}


@pytest.fixture
async def http(site: Site):
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
async def market(site: Site, http: httpx.AsyncClient) -> Reader:
    return await in_post(site, http, "990101", "market", "examiner")


def key(html: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', html)
    assert found is not None
    return found[1]


async def test_the_government_begins_a_response_and_others_are_told_where_their_tasks_are(
    site: Site, http: httpx.AsyncClient, market: Reader
) -> None:
    duty = await in_post(site, http, "990101", "government", "examiner")
    assert "启动：突发事件联动处置" in (await duty("GET", "/desk/duty")).text
    form = await duty("GET", "/desk/duty/emergency-response")
    wrong = await duty("POST", "/desk/duty/emergency-response", data={"key": key(form.text), "kind": "flood"})
    assert wrong.status_code == 422 and 'id="e-place"' in wrong.text and 'id="e-kind"' not in wrong.text
    said = {"kind": "flood", "level": "3", "place": "南湖路口", "hurt": "0", "moved": "0", "say.reasons": "积水半米"}
    begun = await duty("POST", "/desk/duty/emergency-response", data={"key": key(form.text), **said})
    assert begun.status_code == 303
    case = begun.headers["location"].rpartition("/")[2]
    assert case in (await duty("GET", "/desk/duty")).text
    police = await in_post(site, http, "990101", "police", "examiner")
    seen = (await police("GET", f"/desk/cases/{case}")).text
    assert "接任务" in seen and "这件事可以按这个程序办" in seen
    assert "通知申请人" not in seen, "nobody applied"
    todo = (await police("GET", "/desk")).text  # a quarter of an hour: told at once, not behind a list of its own
    assert f"/desk/cases/{case}" in todo and "督办、会同的事在等您的机关" in todo
    assert "在等您的机关" not in (await market("GET", "/desk")).text
    assert (await market("GET", "/desk/duty/emergency-response")).status_code == 404
    assert (await police("GET", "/desk/duty")).text.count("您的岗位没有可以启动的事") == 1


async def test_how_often_one_was_inspected_is_counted_and_not_typed(site: Site, market: Reader) -> None:
    first = await market("GET", f"/desk/duty/premises-inspection?uscc={CODE}&cause=random")
    assert f'value="{CODE}"' in first.text
    begun = await market("POST", "/desk/duty/premises-inspection", data={"key": key(first.text), **INSPECT})
    assert begun.status_code == 303
    again = await market("GET", f"/desk/duty/premises-inspection?uscc={CODE}")
    assert 'name="checked_this_year"' not in again.text and 'name="last_found"' not in again.text
    # Food: three points of risk, twice a year. What is typed does not count.
    for number in (2, 3):
        form = await market("GET", "/desk/duty/premises-inspection")
        tried = await market("POST", "/desk/duty/premises-inspection", data={"key": key(form.text), **INSPECT})
        assert tried.status_code == (303 if number == 2 else 422)


async def test_nobody_chooses_a_draw_and_a_business_can_work_out_whether_it_was_drawn(
    site: Site, http: httpx.AsyncClient, market: Reader
) -> None:
    form = await market("GET", "/desk/duty/premises-inspection")
    await market("POST", "/desk/duty/premises-inspection", data={"key": key(form.text), **INSPECT})
    codes = [f"9199010{n:02}AAAAAAAAA" for n in range(30)]
    await site.db.execute(
        "INSERT INTO case_row SELECT (jsonb_populate_record(r, jsonb_build_object('body', '990101.market', 'open',"
        " false, 'stage', 'delivered', 'applicant', c.code, 'case_id', '990101-261101-' || c.code))).*"
        " FROM unnest($1::text[]) AS c(code), case_row r WHERE r.case_id = (SELECT min(case_id) FROM case_row)",
        codes,
    )
    assert (await market("POST", "/desk/duty/draws", data={"wanted": "0"})).status_code == 422
    assert (await market("POST", "/desk/duty/draws", data={"wanted": "5"})).status_code == 303
    assert (await market("POST", "/desk/duty/draws", data={"wanted": "5"})).status_code == 409
    shown = (await market("GET", "/desk/duty")).text
    number = re.search(r'action="/desk/duty/draws/([0-9a-f]+)"', shown)
    assert number is not None
    make = f"/desk/duty/draws/{number[1]}"
    assert (await market("POST", make)).status_code == 409  # the leaf does not exist yet
    elsewhere = await in_post(site, http, "990102", "market", "examiner")
    assert (await elsewhere("POST", make)).status_code == 404

    form = await market("GET", "/desk/duty/premises-inspection")
    await market("POST", "/desk/duty/premises-inspection", data={"key": key(form.text), **INSPECT, "uscc": OTHER})
    await site.public_log.turn()
    assert (await market("POST", make)).status_code == 303
    page = (await market("GET", "/open/inspections")).text
    leaf, limit = (bytes.fromhex(found) for found in re.findall(r"<code[^>]*>([0-9a-f]{64})</code>", page))
    drawn = {code for code in codes if hashlib.sha256(leaf + code.encode()).digest() <= limit}
    others = await site.db.fetchval("SELECT array_agg(d) FROM inspection_draw, unnest(drawn) AS d")
    assert len(others) == 5 and drawn == set(others) & set(codes)
    assert not any(code in page for code in codes)
    assert rank(leaf, others[-1]) == limit
    await market("POST", make)  # again is the same
    assert await site.db.fetchval("SELECT array_agg(d) FROM inspection_draw, unnest(drawn) AS d") == others


async def test_who_inspects_is_drawn_by_the_same_leaf_checked_by_the_business_and_replaced_only_with_a_reason(
    site: Site, http: httpx.AsyncClient, clock: SettableClock
) -> None:
    clock.advance(days=30)  # the version of the service under which inspectors are drawn is in force
    market = await in_post(site, http, "990101", "market", "examiner")
    form = await market("GET", "/desk/duty/premises-inspection")
    said = {**INSPECT, "say.day.year": "2027"}
    by_chance = {**said, "cause": "random"}
    first = await market("POST", "/desk/duty/premises-inspection", data={"key": key(form.text), **said})
    assert first.status_code == 303
    await site.db.execute(  # something that the body gave this business before
        "INSERT INTO case_row SELECT (jsonb_populate_record(r, jsonb_build_object('open', false, 'stage', 'delivered',"
        " 'case_id', '990101-261101-GIVEN', 'service', 'food-licence'))).* FROM case_row r WHERE r.applicant = $1",
        CODE,
    )
    assert (await market("POST", "/desk/duty/draws", data={"wanted": "1"})).status_code == 303
    form = await market("GET", "/desk/duty/premises-inspection")
    tried = await market("POST", "/desk/duty/premises-inspection", data={"key": key(form.text), **by_chance})
    assert tried.status_code == 422 and "没有抽到" in tried.text
    await market("POST", "/desk/duty/premises-inspection", data={"key": key(form.text), **said, "uscc": OTHER})
    await site.public_log.turn()
    number = re.search(r'action="/desk/duty/draws/([0-9a-f]+)"', (await market("GET", "/desk/duty")).text)
    assert number is not None
    assert (await market("POST", f"/desk/duty/draws/{number[1]}")).status_code == 303

    page = (await market("GET", "/open/inspections")).text
    places = re.findall(r'<li class="mono">([^<]+)</li>', page)
    assert "990101.market.inspector-4/o-990101.market.inspector-4" not in places  # holds no certificate
    leaf = bytes.fromhex(re.findall(r"<code[^>]*>([0-9a-f]{64})</code>", page)[0])
    form = await market("GET", "/desk/duty/premises-inspection")
    begun = await market("POST", "/desk/duty/premises-inspection", data={"key": key(form.text), **by_chance})
    assert begun.status_code == 303, begun.text
    case = begun.headers["location"].rpartition("/")[2]
    facts = (await site.cases.engine.load(case)).state.facts
    listed = [one.partition(" ")[0] for one in facts["inspectors_drawn"].split("、")]
    assert listed == list(order(leaf, CODE, places))
    drawn = [one for one in listed if one.startswith("990101.market.")]
    assert len(drawn) == 3
    again = await market("POST", "/desk/duty/premises-inspection", data={"key": "another-key", **by_chance})
    assert again.status_code == 422 and "一次抽到只查一次" in again.text

    posts = [one.partition("/")[0] for one in drawn]
    examiner, head = official(site, "990101.market.examiner"), official(site, "990101.market.head")

    async def act(actor: Actor, name: str, one: str, two: str, **says: str) -> str:
        which = "joining" if actor.body.endswith(".hr") else "inspector"
        said = {f"{which}_one": one, f"{which}_two": two, **says}
        try:
            await site.cases.act(actor, case, name, said, version=None, key=f"{name}-{one}-{two}")
        except Refused as error:
            return error.code
        return ""

    engine, known, found = site.cases.engine, site.cases.engine.directory, await site.cases.engine.load(case)
    without = structs.replace(
        known.register,
        posts=tuple(one for one in known.register.posts if one.id != posts[0]),
        holdings=tuple(one for one in known.register.holdings if one.post != posts[0]),
    )
    two = zip(("inspector_one", "inspector_two"), drawn[1:], strict=True)
    says = {
        name: By("official", one.partition("/")[2], "", one.partition("/")[0], "990101.market") for name, one in two
    }
    with pytest.raises(Refused, match="Who goes was drawn"):
        sent(engine, found, "send", says)
    engine.directory = Directory.build(without, clock)
    sent(engine, found, "send", says)  # a post that was done away with since the draw is passed over
    engine.directory = known
    assert await act(examiner, "send", posts[0], posts[2]) == "not-as-drawn"
    assert await act(examiner, "send", posts[0], posts[0]) == "two-inspectors"
    assert await act(examiner, "send", posts[1], "990101.market.inspector-4") == "no-certificate"
    site.directory.away.take([Absence(id="a", person=drawn[0].partition("/")[2], since=site.today)])
    assert await act(official(site, posts[1]), "send", posts[1], posts[2]) == ""  # whoever is on leave is passed over
    state = (await site.cases.engine.load(case)).state
    assert {one.post for one in state.named.values()} == set(posts[1:])
    site.directory.away.take([])
    assert await act(head, "replace-inspectors", posts[0], posts[2]) == "field-missing"
    assert await act(head, "replace-inspectors", posts[0], posts[2], reasons="带队的和店主是邻居，自己提出回避") == ""
    state = (await site.cases.engine.load(case)).state
    assert state.named["inspector_one"].post == posts[0]

    hr = official(site, "990101.hr.examiner")
    theirs = [one.partition("/")[0] for one in listed if one.startswith("990101.hr.")]
    assert len(theirs) == 2 and await act(hr, "agree-visit", theirs[0], theirs[0]) == "two-inspectors"
    assert await act(hr, "agree-visit", posts[1], theirs[0]) != "", "of their own body"
    assert await act(hr, "agree-visit", *theirs) == ""
    state = (await site.cases.engine.load(case)).state
    assert state.state == "announced" and state.named["inspector_one"].post == posts[0]
    letter = (await site.cases.engine.load(case)).events[-1].letter
    assert letter and "市场监督管理局的" in letter.body.zh and "人力资源和社会保障局的" in letter.body.zh
    assert all(state.named[f"joining_{one}"].name in letter.body.zh for one in ("one", "two"))


async def test_the_inspected_reads_who_comes_and_an_objection_that_was_right_ends_with_nothing_found(
    site: Site, http: httpx.AsyncClient, market: Reader, anyone: Person
) -> None:
    form = await market("GET", "/desk/duty/premises-inspection")
    said = {"key": key(form.text), **INSPECT, "uscc": "92990101MA0000011W"}
    case = (await market("POST", "/desk/duty/premises-inspection", data=said)).headers["location"].rpartition("/")[2]
    page = (await market("GET", f"/desk/cases/{case}")).text
    assert "抽到谁去查，按先后" not in page and "涉及" in page  # nobody drew, and nobody applied

    async def act(post: str, name: str, **says: str) -> None:
        await site.cases.act(official(site, f"990101.{post}"), case, name, says, version=None, key=f"{name}-{post}")

    two = {"inspector_one": "990101.market.examiner", "inspector_two": "990101.market.inspector-2"}
    await act("market.examiner", "send", **two)
    their_two = {"joining_one": "990101.hr.examiner", "joining_two": "990101.hr.joint-inspector"}
    page = (await market("GET", f"/desk/cases/{case}")).text
    assert "各机关做到哪一步" in page and "还没有：同意这个日子" in page, "who is waited for stands there by name"
    await act("hr.examiner", "agree-visit", **their_two)
    owner = Actor.citizen(
        next(one for one in demo.citizens() if one.id == "p-zhoujiahe"),
        next(one for one in demo.mandates() if one.to_person == "p-zhoujiahe"),
    )
    asks = {"message": "带队的是我表哥"}
    await site.cases.act(owner, case, "ask-recusal", asks, version=None, key="ask-recusal")
    await act("market.head", "answer-recusal", replaced="no", reasons="查过，不是亲戚，同名")
    await act("market.examiner", "arrive", inspectors="甲（1号）、乙（2号）")
    await act("market.examiner", "record-finding", result="passed", finding="后厨干净")
    await act("hr.examiner", "record-finding", result="to-put-right", finding="两个人没有签合同")
    await act("market.examiner", "close-record")
    named = (await site.cases.engine.load(case)).state.named
    state_names = f"{named['joining_one'].name}、{named['joining_two'].name}"
    await anyone.log_in("p-zhoujiahe@@m-zhoujiahe")
    await anyone.get(f"/cases/{case}")
    for shown in ("谁来查", state_names, "核对过了", "记录不对，提异议", "机关写的"):
        assert shown in anyone.text
    for strange in ("答复您", "到大厅领", "您填的", "您交的内容", "可以办"):
        assert strange not in anyone.text
    form = f"/cases/{case}/acts/object"
    await anyone.get(form)
    hidden = {"key": anyone.hidden("key"), "version": anyone.hidden("version")}
    await anyone.post(form, {**hidden, "message": "是我儿子和儿媳"})
    await act("market.approver", "answer-objection", upheld="yes", reasons="户口簿上是一家人")
    await act("market.approver", "clear-after-objection", reasons="家里人，不用签劳动合同")
    assert (await site.cases.engine.load(case)).state.state == "clear"


def official(site: Site, post: str) -> Actor:
    found = site.directory.post(post)
    person = next(one for one in demo.officials() if one.id == site.directory.holders(post)[0])
    return Actor.official(person, found, site.directory.body(found.body))
