"""The desk through plain HTTP, no script: what an official sees, does, and may not do."""

import re

import pytest
from desk_people import PDF, Official, restaurant

from tongban.base.clock import SettableClock
from tongban.web.site import Site

pytestmark = pytest.mark.database


async def test_a_person_without_a_post_has_no_desk(site: Site) -> None:
    citizen = Official(site)
    await citizen.get("/desk")
    assert citizen.page.url.path == "/login"
    await citizen.post("/login", {"person": "p-zhoujiahe@@", "next": "/me"})
    assert (await citizen.get("/desk")).status_code == 403
    assert "我的办件" in citizen.text


async def test_the_queue_shows_what_waits_for_this_post_by_deadline(site: Site) -> None:
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk")
    assert f"/desk/cases/{case}" in clerk.page.text and "周**" in clerk.text and "周家和" not in clerk.text
    approver = await Official(site).sit("market.approver")
    assert case not in approver.page.text
    assert "没有要办的" in approver.text


async def test_a_case_of_another_body_does_not_exist(site: Site) -> None:
    case = (await restaurant(site)).case
    for post in ("police.approver", "hr.examiner"):
        stranger = await Official(site).sit(post)
        for address in (f"/desk/cases/{case}", f"/desk/cases/{case}/documents/x", "/desk/cases/990101-261103-ZZZZZZZZ"):
            assert (await stranger.get(address)).status_code == 404
        await stranger.get("/desk")
        answer = await stranger.post(
            f"/desk/cases/{case}", {"act": "accept", "do": "act", "version": "1", "key": "k" * 9}
        )
        assert answer.status_code == 404


async def test_the_page_sets_the_claim_beside_the_record_and_marks_what_differs(site: Site) -> None:
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    assert "<mark>8</mark>" in clerk.page.text and "<mark>18</mark>" in clerk.page.text
    for words in (
        "不一致",
        "一致",
        "免交",
        "市场主体登记库",
        "布局图.pdf",
        "第4行 符合",
        "现在是",
        "为什么不是别的",
        "办理记录",
        "法定5个工作日",
        "承诺1个工作日",
    ):
        assert words in clerk.text, words


async def test_from_intake_to_certificate_by_three_people(site: Site) -> None:
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    assert "accept" in clerk.offered and "grant" not in clerk.offered
    await clerk.do(case, "accept")
    assert clerk.page.status_code == 200 and "已办：受理" in clerk.text and "已受理，审查中" in clerk.text

    examiner = await Official(site).sit("market.examiner")
    await examiner.open(case)
    await examiner.do(case, "examine", opinion="现场看过，符合条件。", inspectors="甲、乙")
    assert "现场看过" in examiner.text

    approver = await Official(site).sit("market.approver")
    await approver.open(case)
    await approver.do(case, "grant")
    view = await site.cases.engine.load(case)
    assert view.state.issued and view.state.decided == "favourable"
    assert "已办结" in (await approver.open(case)).text
    assert case in (await approver.get("/desk/done")).text


async def test_a_correction_says_everything_at_once_and_can_be_taken_back_for_a_while(
    site: Site, clock: SettableClock
) -> None:
    case = (await restaurant(site, layout=False)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    assert re.search(r'name="request-correction.items" value="layout" checked', clerk.page.text), (
        "the missing one is ticked"
    )
    said = {"items": ["layout", "premises"], "message": "请补布局图，并核对门牌号。"}

    await clerk.do(case, "request-correction", "preview", **said)
    assert "布局流程图和设备清单、经营场所" in clerk.text and "请补布局图" in clerk.text
    assert (await site.cases.engine.load(case)).state.state == "received", "a preview does nothing"

    await clerk.do(case, "request-correction", **said)
    assert "撤回这一步" in clerk.text and "等您补材料" in clerk.text
    await clerk.post(f"/desk/cases/{case}/undo", {"version": clerk.hidden("version"), "key": clerk.hidden("key")})
    assert "（已撤回）" in clerk.text
    assert (await site.cases.engine.load(case)).state.state == "received"


async def test_after_the_undo_window_it_stands(site: Site, clock: SettableClock) -> None:
    case = (await restaurant(site, layout=False)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    await clerk.do(case, "request-correction", items=["layout"], message="请补。")
    fields = {"version": clerk.hidden("version"), "key": clerk.hidden("key")}
    clock.advance(minutes=6)
    answer = await clerk.post(f"/desk/cases/{case}/undo", fields)
    assert answer.status_code in (403, 409) and "不能撤回" in clerk.text


async def test_what_is_missing_in_an_act_is_named_and_nothing_typed_is_lost(site: Site) -> None:
    case = (await restaurant(site, layout=False)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    await clerk.do(case, "tell-not-competent", reasons="这件事归邻区管。")
    assert clerk.page.status_code == 422
    assert "请填写“应当向谁申请”" in clerk.text
    assert (
        'href="#f-tell-not-competent.apply_to"' in clerk.page.text
        and 'id="f-tell-not-competent.apply_to"' in clerk.page.text
    )
    assert "这件事归邻区管。" in clerk.text
    assert re.search(r'value="tell-not-competent"[^>]* checked', clerk.page.text)


async def test_nothing_chosen_is_said(site: Site) -> None:
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    await clerk.do(case, "")
    assert clerk.page.status_code == 422 and "请先选一项决定" in clerk.text


async def examined(site: Site) -> str:
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    await clerk.do(case, "accept")
    examiner = await Official(site).sit("market.examiner")
    await examiner.open(case)
    await examiner.do(case, "examine", opinion="设备没有齐。")
    return case


async def test_a_refusal_takes_two_people_with_reasons_articles_and_remedies(site: Site, clock: SettableClock) -> None:
    case = await examined(site)
    first = await Official(site).sit("market.approver")
    await first.open(case)
    assert "refuse" not in first.offered
    await first.do(case, "propose-refusal", reasons="没有冷藏设备。")
    assert first.page.status_code == 422 and "依据的条款" in first.text, "no refusal without articles"
    await first.do(case, "propose-refusal", "preview", reasons="没有冷藏设备。", law=["APL-38"])
    assert "行政复议" in first.text and "行政诉讼" in first.text, "the remedies are seen before anything is sent"
    await first.do(case, "propose-refusal", reasons="没有冷藏设备。", law=["APL-38"])
    assert (await site.cases.engine.load(case)).state.state == "refusal-proposed"

    clock.advance(days=10)
    await site.cases.fire()
    await first.sit("market.approver")
    await first.open(case)
    assert "refuse" not in first.offered, "who proposed may not confirm"

    second = await Official(site).sit("market.approver-2")
    await second.open(case)
    assert "refuse" in second.offered
    assert "没有冷藏设备。" in second.page.text and re.search(
        r'name="refuse.law" value="APL-38" checked', second.page.text
    )
    await second.do(case, "refuse", "preview", reasons="没有冷藏设备，申请人没有提出意见。", law=["APL-38"])
    assert "不予许可决定" in second.text and "行政复议" in second.text
    await second.do(case, "refuse", reasons="没有冷藏设备，申请人没有提出意见。", law=["APL-38"])
    state = (await site.cases.engine.load(case)).state
    assert state.decided == "adverse"
    assert len({done.by.id for done in state.acts if done.type in ("propose-refusal", "refuse")}) == 2


async def test_the_first_person_cannot_confirm_even_by_sending_the_form_by_hand(
    site: Site, clock: SettableClock
) -> None:
    case = await examined(site)
    first = await Official(site).sit("market.approver")
    await first.open(case)
    await first.do(case, "propose-refusal", reasons="没有冷藏设备。", law=["APL-38"])
    clock.advance(days=10)
    await site.cases.fire()
    await first.sit("market.approver")
    await first.open(case)
    await first.do(case, "refuse", reasons="就这样。", law=["APL-38"])
    assert first.page.status_code == 403 and "不能由您办理" in first.text
    assert (await site.cases.engine.load(case)).state.state == "heard"


@pytest.mark.parametrize("post", ["market.examiner", "market.approver"])
async def test_a_post_without_the_role_is_not_offered_the_act_and_cannot_force_it(post: str, site: Site) -> None:
    case = (await restaurant(site)).case
    wrong = await Official(site).sit(post)
    await wrong.open(case)
    assert "accept" not in wrong.offered
    fields = {"version": "1", "key": "k" * 12, "act": "accept", "do": "act"}
    await wrong.post(f"/desk/cases/{case}", fields)
    assert wrong.page.status_code in (403, 409)
    assert (await site.cases.engine.load(case)).state.state == "received"


async def test_a_stale_page_shows_what_changed_and_keeps_what_was_typed(site: Site) -> None:
    case = (await restaurant(site, layout=False)).case
    one = await Official(site).sit("service-centre.clerk")
    other = await Official(site).sit("service-centre.clerk")
    await one.open(case)
    await other.open(case)
    await other.do(case, "correct-on-the-spot", facts__premises="清源区东街河埠巷18号")
    assert other.page.status_code == 200, other.text[-600:]

    await one.do(case, "request-correction", items=["layout"], message="您好，请补一张布局图，手画也行。")
    assert one.page.status_code == 409
    assert "有了新进展" in one.text and "当场更正" in one.text
    assert "您好，请补一张布局图，手画也行。" in one.page.text
    assert re.search(r'value="request-correction"[^>]* checked', one.page.text)
    await one.do(case, "request-correction", items=["layout"], message="您好，请补一张布局图，手画也行。")
    assert one.page.status_code == 200 and (await site.cases.engine.load(case)).state.state == "awaiting-correction"


async def test_what_was_written_for_an_act_that_is_gone_is_shown_to_be_copied(site: Site) -> None:
    case = (await restaurant(site)).case
    one = await Official(site).sit("service-centre.clerk")
    other = await Official(site).sit("service-centre.clerk")
    await one.open(case)
    await other.open(case)
    await other.do(case, "accept")
    await one.do(case, "tell-not-needed", reasons="这家店只卖预包装食品。")
    assert one.page.status_code == 409 and "这家店只卖预包装食品。" in one.text


async def test_sending_twice_does_it_once(site: Site) -> None:
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    fields = {"csrf": clerk.hidden("csrf"), "version": clerk.hidden("version"), "key": clerk.hidden("key")}
    for _ in range(2):
        await clerk.post(f"/desk/cases/{case}", {**fields, "act": "accept", "do": "act"})
    acts = [done.type for done in (await site.cases.engine.load(case)).state.acts]
    assert acts.count("accept") == 1


async def test_time_that_does_not_count_is_told_before_it_starts(site: Site) -> None:
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    await clerk.do(case, "accept")
    examiner = await Official(site).sit("market.examiner")
    await examiner.open(case)
    said = {"kind": "testing", "until.year": "2026", "until.month": "11", "until.day": "20", "reasons": "餐具要送检。"}
    await examiner.do(case, "start-special", "preview", **said)
    assert "不计入办理期限" in examiner.text and "2026年11月20日" in examiner.text
    await examiner.do(case, "start-special", **said)
    assert "计时暂停" in examiner.text
    await examiner.do(case, "end-special", files={"end-special.documents.own": ("报告.pdf", PDF)}, finding="检测合格。")
    assert examiner.page.status_code == 200 and "检测合格" in examiner.text


async def test_only_the_head_extends(site: Site) -> None:
    case = await examined(site)
    approver = await Official(site).sit("market.approver")
    await approver.open(case)
    assert "extend" not in approver.offered
    head = await Official(site).sit("market.head")
    await head.open(case)
    await head.do(case, "extend", reasons="要等上级的检测结果。")
    assert head.page.status_code == 200 and "要等上级的检测结果" in head.text


async def test_the_list_narrows_by_deadline_service_label_and_number(site: Site, clock: SettableClock) -> None:
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk")
    shown = {
        "/desk?service=food-licence": True,
        "/desk?service=residence-permit": False,
        "/desk?due=corrected": False,
        f"/desk?q={case[:13].lower()}": True,
        "/desk?q=000000": False,
        "/desk?list=waiting": False,
        "/desk?list=nonsense": True,
    }
    for address, there in shown.items():
        await clerk.get(address)
        assert clerk.page.status_code == 200
        assert (f"/desk/cases/{case}" in clerk.page.text) is there, address
    assert (await clerk.get("/desk?after=nonsense")).status_code == 400


async def test_the_page_reads_in_english(site: Site) -> None:
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk", lang="en")
    await clerk.open(case)
    for words in ("Your decision", "Differs", "Food business licence", "What the rules say", "History"):
        assert words in clerk.text


async def test_a_document_is_drawn_here_and_the_original_is_only_for_saving(site: Site) -> None:
    view = await restaurant(site)
    file = view.state.documents["layout"][0]
    clerk = await Official(site).sit("service-centre.clerk")
    base = f"/desk/cases/{view.case}/documents/{file.id}"
    assert "布局图.pdf" in (await clerk.get(base)).text
    png = await clerk.get(f"{base}/1.png")
    assert png.content.startswith(b"\x89PNG") and png.headers["content-type"] == "image/png"
    assert png.headers["cache-control"] == "no-store", "the next at this computer may be somebody else"
    original = await clerk.get(f"{base}/original")
    assert original.content == PDF
    assert original.headers["content-disposition"].startswith("attachment")
    assert original.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in original.headers["content-security-policy"]
    for wrong in ("2.png", "0.png", "-1.png", "1.svg", "x.png", "1.png.html", "9999.png"):
        assert (await clerk.get(f"{base}/{wrong}")).status_code == 404, wrong


async def test_the_desk_loads_nothing_from_elsewhere_and_is_light(site: Site) -> None:
    case = (await restaurant(site)).case
    clerk = await Official(site).sit("service-centre.clerk")
    await clerk.open(case)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', clerk.page.text)
    assert " style=" not in clerk.page.text, "the content policy forbids inline styles"
    assert len(clerk.page.content) < 120_000
