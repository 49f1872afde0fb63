"""政务数据共享条例 26, PIPL 46 and 50: who finds a record wrong says so, and its owner answers."""

import pytest
from two_cities import HOUSING, HR, Between, due

from tongban.base.errors import Refused
from tongban.cases.corrections import SERVICE, verified_by
from tongban.cases.model import Applicant
from tongban.cases.views import CaseView
from tongban.org import Actor, Directory, demo
from tongban.org.demo.provinces import Province

pytestmark = pytest.mark.database


async def correction(between: Between, key: str = "wrong-0001", **facts: str) -> CaseView:
    citizen = Actor.citizen(demo.citizens()[0])
    said = {"resource": "hr.insurance", "record": "member", "field": "months_paid", "should_be": "20", **facts}
    return await between.cases.submit(citizen, "record-correction", said, region="990101", key=key)


async def test_art_26_a_doubted_record_goes_to_its_owner_who_answers_in_ten_working_days(between: Between) -> None:
    view = await correction(between)
    assert view.opening.office.id == HR
    assert due(view, "decide") == "2026-11-17"
    done = await between.do(HR, "approver", view.case, "correct", now_says="20", reasons="补录了2024年12个月")
    assert done.state.state == "corrected"
    assert "20" in done.letters[-1][1].body.zh


async def test_art_26_a_using_body_may_doubt_a_record_too(between: Between) -> None:
    body = between.directory.body(HOUSING)
    said = {"resource": "hr.insurance", "record": "member", "field": "left_on", "should_be": "2026-10-16"}
    view = await between.cases.submit(
        between.at(HOUSING, "examiner"),
        "record-correction",
        said,
        region="990100",
        key="doubt-0001",
        applicant=Applicant(body.id, body.name.zh, body.uscc, "body"),
    )
    assert view.opening.office.id == HR


async def test_art_26_evidence_is_asked_for_once_and_the_clock_goes_on(between: Between) -> None:
    view = await correction(between)
    after = await between.do(HR, "approver", view.case, "ask-evidence", message="有缴费单吗？")
    assert due(after, "decide") == "2026-11-17"
    assert await between.code(HR, "approver", view.case, "ask-evidence", message="还有吗？") == "not-again"


async def test_pipl_50_not_changing_it_takes_reasons_remedies_and_a_second_person(between: Between) -> None:
    view = await correction(between)
    says = {"reasons": "原始缴费凭证是8个月", "law": ["DS-26"]}
    assert await between.code(HR, "approver", view.case, "leave-unchanged", **says) == "act-not-possible"
    await between.do(HR, "approver", view.case, "propose-unchanged", **says)
    assert await between.code(HR, "approver", view.case, "leave-unchanged", **says) == "second-person"
    done = await between.do(HR, "approver-2", view.case, "leave-unchanged", **says)
    assert "行政复议" in done.letters[-1][1].body.zh


async def test_a_correction_names_a_field_that_there_is(between: Between) -> None:
    with pytest.raises(Refused) as caught:
        await correction(between, field="salary")
    assert caught.value.code == "field-not-listed"


async def test_a_record_of_another_province_is_verified_by_the_centre_of_the_place_which_asks_there(
    between: Between,
) -> None:
    assert verified_by(SERVICE, "980000.hr", between.directory) == ""
    neighbours = Directory.build(demo.beside(Province.LAN, (Province.YUN,)))
    neighbours.abroad.append(lambda region: "YZ" if region.startswith("98") else "")
    assert verified_by(SERVICE, "980000.hr", neighbours) == "", "its name is known here, but nobody of it works here"
    assert verified_by(SERVICE, HR, neighbours) == HR
    view = await correction(between, resource="hr.paid-elsewhere")
    centre = view.opening.office.id
    assert centre == "990101.digital-centre"
    assert due(view, "decide") == "2026-11-17"
    done = await between.do(centre, "approver", view.case, "correct", now_says="20", reasons="云泽省答复：补录了12个月")
    assert done.state.state == "corrected"
