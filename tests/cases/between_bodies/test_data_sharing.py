"""政务数据共享条例 20 to 29: a body asks another for data; each test names its article."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from two_cities import ADVERSE, FACTS, HOUSING, HR, REASONS, Between, allowed, due

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.cases.model import Applicant
from tongban.org import Actor, demo
from tongban.sharing.grants import Standing, rights, store
from tongban.terms import STATUTES, Calendar, Started, assess

pytestmark = pytest.mark.database


# --- asking ------------------------------------------------------------------------------------------------------


async def test_art_20_it_is_asked_only_with_the_consent_of_the_head_of_the_own_unit(between: Between) -> None:
    case = await between.request()
    view = await between.cases.view(between.at(HOUSING, "examiner"), case)
    assert view.state.state == "to-consent"
    assert "reply" not in {term.term for term in view.terms}
    assert await between.code(HOUSING, "approver", case, "consent") == "not-your-act"
    assert await between.code(HR, "head", case, "consent") == "not-your-act"
    view = await between.do(HOUSING, "head", case, "consent")
    assert view.state.state == "asked"
    assert view.opening.office.id == HR


async def test_art_20_who_asked_does_not_consent_to_it_themselves(between: Between) -> None:
    body = between.directory.body(HOUSING)
    applicant = Applicant(body.id, body.name.zh, body.uscc, "body")
    view = await between.cases.submit(
        between.at(HOUSING, "head"),
        "data-sharing-request",
        FACTS,
        region="990100",
        key="by-head-1",
        applicant=applicant,
    )
    assert await between.code(HOUSING, "head", view.case, "consent") == "second-person"


@pytest.mark.parametrize("name", ["basis", "scene", "scope", "mode", "until"])
async def test_art_20_basis_scene_scope_mode_and_time_are_each_required(between: Between, name: str) -> None:
    with pytest.raises(Refused) as caught:
        await between.request(**{name: ""})
    assert name in {problem.place for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"resource": "hr.secrets"}, "unknown-resource"),
        ({"record": "payer"}, "unknown-record"),
        ({"fields": "left_on、name"}, "field-not-listed"),
        ({"tests": "name = x"}, "field-not-listed"),
        ({"fields": "", "tests": ""}, "fields-missing"),
        ({"tests": "months_paid ~ 3"}, "test-unreadable"),
        ({"until": "2026-11-03"}, "until-past"),
        ({"resource": "police.cases", "record": "file", "fields": "name", "tests": ""}, "not-shared"),
    ],
)
async def test_only_what_the_directory_lists_can_be_asked_for(
    between: Between, facts: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        await between.request(**facts)
    assert caught.value.code == code


async def test_art_14_the_attribute_is_the_directorys_whatever_the_request_says(between: Between) -> None:
    case = await between.request(attribute="unconditional")
    view = await between.cases.view(between.at(HR, "head"), case)
    assert view.state.facts["attribute"] == "conditional"


async def test_nobody_else_can_ask_in_a_bodys_name(between: Between) -> None:
    body = between.directory.body(HOUSING)
    applicant = Applicant(body.id, body.name.zh, body.uscc, "body")
    citizen = Actor.citizen(demo.citizens()[0])
    for actor in (between.at("990200.tax", "head"), between.at(HR, "approver"), citizen):
        with pytest.raises(Refused):
            await between.cases.submit(
                actor, "data-sharing-request", FACTS, region="990100", key="stranger-1", applicant=applicant
            )


async def test_a_request_is_seen_by_both_bodies_and_by_nobody_else(between: Between) -> None:
    case = await between.asked()
    for body in (HOUSING, HR):
        assert (await between.cases.view(between.at(body, "examiner"), case)).case == case
    for stranger in (
        between.at("990200.tax", "head"),
        between.at("990101.hr", "head"),
        between.at("990200.hr", "head"),
    ):
        with pytest.raises(Refused) as caught:
            await between.cases.view(stranger, case)
        assert caught.value.status == 404
    assert [row.case_id for row in (await between.cases.asked(between.at(HOUSING, "approver"))).items] == [case]
    assert not (await between.cases.asked(between.at("990200.tax", "approver"))).items


# --- the reply ---------------------------------------------------------------------------------------------------


async def test_art_21_one_working_day_where_sharing_is_unconditional_ten_where_it_is_conditional(
    between: Between, clock: SettableClock
) -> None:
    clock.now = datetime(2026, 9, 30, 16, 0, tzinfo=ZONE)  # before the National Day holiday
    free = await between.asked(resource="market.registry", record="business", fields="name", tests="")
    bound = await between.asked()
    calendar = Calendar.china()
    for case, body, days in ((free, "990100.market", 1), (bound, HR, 10)):
        view = await between.cases.view(between.at(body, "head"), case)
        expected = date.fromordinal(calendar.select(calendar.count(clock.now.date().toordinal()) + days))
        assert due(view, "reply") == expected.isoformat()
        assert expected > date(2026, 10, 7)


@given(days=st.integers(min_value=0, max_value=420))
def test_art_21_and_22_the_terms_are_counted_in_working_days_over_every_holiday(days: int) -> None:
    calendar = Calendar.china()
    start = datetime(2026, 1, 1, 10, 0, tzinfo=ZONE) + timedelta(days=days)
    spans = {
        "sharing.reply-unconditional": 1,
        "sharing.reply-conditional": 10,
        "sharing.provision": 20,
        "sharing.verification": 10,
    }
    for name, amount in spans.items():
        standing = assess(STATUTES[name], [Started(start)], calendar, ZONE, start)
        assert standing.due is not None
        last = standing.due.astimezone(ZONE).date()
        worked = sum(
            calendar.is_working(start.date() + timedelta(days=n)) for n in range(1, (last - start.date()).days + 1)
        )
        assert worked == amount
        assert calendar.is_working(last)


async def test_art_21_the_reply_is_extended_once_and_only_by_the_authority_of_the_same_level(between: Between) -> None:
    case = await between.asked()
    await between.do(HR, "approver", case, "ask-extension", reasons="要核对三年的记录")
    for body, post in ((HR, "head"), (HOUSING, "head"), ("990200.digital-centre", "head"), ("990000.hr", "superior")):
        assert await between.code(body, post, case, "extend", reasons="同意") in ("not-your-act", "unknown-case")
    view = await between.do("990100.digital-centre", "head", case, "extend", reasons="同意")
    assert due(view, "reply") == "2026-12-01"
    assert await between.code("990100.digital-centre", "head", case, "extend", reasons="再来") == "act-not-possible"
    assert await between.code(HR, "approver", case, "ask-extension", reasons="再来") == "not-again"


async def test_art_21_a_reply_of_one_day_cannot_be_extended(between: Between) -> None:
    case = await between.asked(resource="market.registry", record="business", fields="name", tests="")
    assert await between.code("990100.market", "head", case, "ask-extension", reasons="忙") == "condition-not-met"
    assert await between.code("990100.digital-centre", "head", case, "extend", reasons="同意") in (
        "no-extension",
        "act-not-possible",
    )


async def test_art_21_what_is_missing_is_told_once_and_never_a_ground_of_refusal(between: Between) -> None:
    case = await between.asked()
    view = await between.do(HR, "approver", case, "ask-completion", items=["basis-paper"])
    assert view.state.state == "incomplete"
    assert not {"propose-refusal", "refuse"} & {one.act for one in view.possible}
    assert await between.code(HR, "approver", case, "propose-refusal", ground="not-needed", **ADVERSE) == (
        "act-not-possible"
    )
    again = await between.do(HR, "approver", case, "agree")  # it may be agreed to without the paper
    assert again.state.state == "agreed"


async def test_art_21_it_is_not_asked_for_a_second_time(between: Between) -> None:
    case = await between.asked()
    await between.do(HR, "approver", case, "ask-completion", items=["scene"])
    view = await between.do(HOUSING, "examiner", case, "complete", facts={"scene": "审核收入时，看是否停保"})
    assert view.state.state == "asked"
    assert await between.code(HR, "approver", case, "ask-completion", items=["scope"]) == "not-again"


async def test_art_15_what_is_shared_without_condition_cannot_be_refused(between: Between) -> None:
    case = await between.asked(resource="market.registry", record="business", fields="name", tests="")
    code = await between.code("990100.market", "approver", case, "propose-refusal", ground="not-needed", **ADVERSE)
    assert code == "condition-not-met"


async def test_art_21_a_refusal_has_reasons_and_law_and_takes_a_second_person(between: Between) -> None:
    case = await between.asked()
    await between.do(HR, "approver", case, "propose-refusal", ground="beyond-scope", **ADVERSE)
    assert await between.code(HR, "approver", case, "refuse", **ADVERSE) == "second-person"
    for missing in ({"reasons": "无关"}, {"law": ["DS-15"]}):
        assert await between.code(HR, "approver-2", case, "refuse", **missing)
    view = await between.do(HR, "approver-2", case, "refuse", **ADVERSE)
    assert view.state.state == "refused"
    assert "协商" in view.letters[-1][1].body.zh


# --- the grant ---------------------------------------------------------------------------------------------------


async def test_art_22_the_grant_begins_when_it_is_agreed_and_not_before(between: Between, db: Database) -> None:
    day = between.cases.engine.clock().date()
    case = await between.request()
    assert await allowed(db, day) == "no-grant"
    await between.do(HOUSING, "head", case, "consent")
    assert await allowed(db, day) == "no-grant"
    view = await between.do(HR, "approver", case, "agree")
    assert await allowed(db, day) == f"g.{case}"
    assert due(view, "provision") == "2026-12-01"
    grant = await store.one(db, f"g.{case}")
    assert grant is not None
    assert (grant.provider, grant.consumer, grant.fields, grant.case) == (HR, HOUSING, ("left_on",), case)
    assert [(t.field, t.op, t.value) for t in grant.tests] == [("months_paid", ">=", 12)]
    assert await allowed(db, day, "left_on", "wage") == "field-outside-grant"


async def test_art_22_agreeing_twice_with_one_key_gives_one_grant(between: Between, db: Database) -> None:
    case = await between.asked()
    actor = between.at(HR, "approver")
    for _ in range(3):
        await between.cases.act(actor, case, "agree", {}, version=None, key="agree-once-1")
    assert await db.fetchval("SELECT count(*) FROM data_grant") == 1
    assert await db.fetchval("SELECT count(*) FROM data_grant_change") == 1


async def test_art_25_the_provider_may_give_less_than_was_asked_for_and_never_more(
    between: Between, db: Database
) -> None:
    case = await between.asked(fields="left_on、wage")
    assert await between.code(HR, "approver", case, "agree", fields="left_on、months_paid") == "field-outside-request"
    assert await between.code(HR, "approver", case, "agree", until="2028-01-01") == "until-outside-request"
    assert await db.fetchval("SELECT count(*) FROM data_grant") == 0
    await between.do(HR, "approver", case, "agree", fields="left_on", until="2026-12-31")
    grant = await store.one(db, f"g.{case}")
    assert grant is not None and grant.fields == ("left_on",) and grant.until == date(2026, 12, 31)


async def test_art_20_the_grant_ends_with_its_last_day(between: Between, db: Database) -> None:
    case = await between.in_use()
    assert await allowed(db, date(2027, 6, 30)) == f"g.{case}"
    assert await allowed(db, date(2027, 7, 1)) == "grant-expired"
    assert await rights(db, date(2027, 7, 1)) == []


async def test_art_27_misuse_suspends_at_once_and_what_is_put_right_is_resumed(between: Between, db: Database) -> None:
    day, case = date(2026, 11, 3), await between.in_use()
    await between.do(HR, "approver", case, "suspend", reasons="查了不在办的人", rectify_by="2026-11-20")
    assert await allowed(db, day) == "grant-suspended"
    assert await rights(db, day) == []
    await between.do(HOUSING, "head", case, "rectify", measures="收回两个岗位的权限")
    assert await allowed(db, day) == "grant-suspended"
    await between.do(HR, "head", case, "resume", reasons="已核实")
    assert await allowed(db, day) == f"g.{case}"


async def test_art_27_ending_it_takes_two_and_the_disposal_is_recorded(between: Between, db: Database) -> None:
    case = await between.in_use()
    await between.do(HR, "approver", case, "suspend", reasons="提供给了第三方")
    assert await between.code(HR, "approver", case, "end-sharing", **ADVERSE) == "second-person"
    await between.do(HR, "head", case, "end-sharing", **ADVERSE)
    assert await allowed(db, date(2026, 11, 3)) == "grant-expired"
    grant = await store.one(db, f"g.{case}")
    assert grant is not None and grant.standing(date(2026, 11, 3)) is Standing.ENDED
    view = await between.do(
        HOUSING, "head", case, "record-disposal", disposal="删除两张表，信息科、审计科在场", disposed_on="2026-11-03"
    )
    assert view.state.state == "disposed"


async def test_art_29_finishing_ends_the_grant_and_says_what_was_destroyed(between: Between, db: Database) -> None:
    case = await between.in_use()
    assert await between.code(HOUSING, "head", case, "finish", effect="少要两份证明")
    view = await between.do(
        HOUSING, "head", case, "finish", effect="少要两份证明", disposal="没有留存", disposed_on="2026-11-03"
    )
    assert view.state.state == "disposed"
    assert await allowed(db, date(2026, 11, 3)) == "grant-expired"
    said = [what for _, what, _, _ in await store.changes(db, f"g.{case}")]
    assert said == ["given", "ended"]


# --- disputes ----------------------------------------------------------------------------------------------------


async def test_art_28_a_dispute_climbs_to_the_common_superior_of_two_cities(between: Between, db: Database) -> None:
    case = await between.refused()
    await between.do(HOUSING, "head", case, "dispute", reasons="社会救助法要求核对")
    await between.do(HOUSING, "head", case, "to-authority", reasons="谈不拢")
    for body in ("990200.digital-centre", "990000.digital-centre", HR):
        assert await between.code(body, "head", case, "coordinate-share", reasons="共享") in (
            "not-your-act",
            "unknown-case",
        )
    view = await between.do("990100.digital-centre", "head", case, "to-common-superior", reasons="跨市")
    assert view.spec.waits_for == "common-superior"
    assert await between.code("990100.digital-centre", "head", case, "coordinate-share-above", reasons="共享") == (
        "not-your-act"
    )
    assert await allowed(db, date(2026, 11, 3)) == "no-grant"
    view = await between.do("990000.digital-centre", "head", case, "coordinate-share-above", reasons="应当共享")
    assert view.state.state == "agreed"
    assert await allowed(db, date(2026, 11, 3)) == f"g.{case}"


async def test_art_28_the_last_word_is_the_governments_above_both(between: Between, db: Database) -> None:
    case = await between.refused()
    await between.do(HOUSING, "head", case, "dispute", **REASONS)
    await between.do(HR, "head", case, "to-authority", **REASONS)
    await between.do("990100.digital-centre", "approver", case, "to-common-superior", **REASONS)
    await between.do("990000.digital-centre", "head", case, "to-government", **REASONS)
    assert await between.code("990200.government", "government-head", case, "rule-share", **REASONS) == "unknown-case"
    view = await between.do("990000.government", "government-head", case, "rule-not-share", **REASONS)
    assert view.state.state == "not-shared"
    assert await db.fetchval("SELECT count(*) FROM data_grant_change") == 0


async def test_art_28_a_suspension_that_is_settled_is_lifted(between: Between, db: Database) -> None:
    case = await between.in_use()
    await between.do(HR, "approver", case, "suspend", reasons="疑似超范围")
    await between.do(HOUSING, "head", case, "dispute", reasons="没有超范围")
    assert await allowed(db, date(2026, 11, 3)) == "grant-suspended"
    await between.do(HR, "head", case, "agree-after-all", reasons="核对过日志，没有超范围")
    assert await allowed(db, date(2026, 11, 3)) == f"g.{case}"


async def test_a_reply_that_does_not_come_is_taken_to_named_superiors(between: Between, clock: SettableClock) -> None:
    case = await between.asked()
    clock.now = datetime(2026, 11, 27, 9, 0, tzinfo=ZONE)
    await between.cases.fire()
    view = await between.cases.view(between.at(HR, "head"), case)
    taken = [(one.rung, one.body) for one in view.state.escalated]
    assert ("head", HR) in taken
    assert ("superior", "990000.hr") in taken
    assert all(one.person for one in view.state.escalated)
