"""共享授权: no row means no, a grant reaches its fields and its days and nothing else, and each change happens once."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shipped_files import services

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog.certificate_type import RESOURCE
from tongban.sharing import demo, sources
from tongban.sharing.channel.model import AllowedTest, Test
from tongban.sharing.grants import Grant, Standing, ask, covering, rights, store
from tongban.sharing.grants.model import Change, Suspension

DAY = date(2026, 11, 3)
AT = datetime(2026, 11, 3, 9, tzinfo=ZONE)
LEAST = AllowedTest("months_paid", ">=", 12)
GRANT = Grant(
    id="g-1",
    resource="hr.insurance",
    record="member",
    fields=("left_on",),
    tests=(LEAST,),
    provider="990000.hr",
    consumer="housing",
    service="rent-subsidy",
    purpose=Text("办理住房租赁补贴", "To handle the rent subsidy"),
    law=Text("社会救助法 26", "Social Assistance Law 26"),
    since=DAY,
    until=date(2027, 11, 2),
)
SERVICES = list(services().values())


def asked(grants: list[Grant], *fields: str, day: date = DAY, **more: Any) -> str:
    """The id of the grant that covers the question, or the code of the refusal."""
    try:
        return covering(grants, "hr.insurance", "member", fields, "rent-subsidy", day, **more).id
    except Refused as refused:
        assert refused.status == 403
        assert all(problem.text.zh and problem.text.en and problem.law for problem in refused.problems)
        return refused.code


def test_what_no_grant_names_is_not_given() -> None:
    assert asked([]) == asked([], "left_on") == "no-grant"
    for other in ({"resource": "hr.jobs"}, {"record": "payer"}, {"service": "residence-permit"}):
        assert asked([msgspec.structs.replace(GRANT, **other)], "left_on") == "no-grant"


def test_art_25_a_field_outside_the_grant_is_refused_even_beside_one_inside() -> None:
    assert asked([GRANT], "left_on") == "g-1"
    assert asked([GRANT], "left_on", "wage") == "field-outside-grant"


def test_a_least_answer_is_given_for_its_own_comparison_only_so_that_nobody_finds_the_figure_by_asking_often() -> None:
    assert asked([GRANT], tests=[LEAST]) == "g-1"
    for other in (
        AllowedTest("months_paid", ">=", 13),
        AllowedTest("months_paid", "<", 12),
        AllowedTest("wage", ">=", 12),
        AllowedTest("months_paid", ">="),
        AllowedTest("months_paid", ">=", "12"),
    ):
        assert asked([GRANT], tests=[other]) == "field-outside-grant", other
    assert asked([GRANT], "months_paid") == "field-outside-grant"


def test_who_may_see_a_field_may_also_compare_it() -> None:
    assert asked([GRANT], tests=[AllowedTest("left_on", "<", "2026-10-01")]) == "g-1"


@given(days=st.integers(min_value=-400, max_value=800))
def test_a_grant_holds_from_its_first_day_to_the_end_of_its_last(days: int) -> None:
    day = GRANT.since + timedelta(days=days)
    if day < GRANT.since:
        assert asked([GRANT], "left_on", day=day) == "no-grant"
    else:
        assert asked([GRANT], "left_on", day=day) == ("g-1" if day <= GRANT.until else "grant-expired")


def test_of_two_grants_the_one_that_holds_counts() -> None:
    over = msgspec.structs.replace(GRANT, id="g-0", since=date(2025, 1, 1), until=date(2025, 12, 31))
    assert asked([over], "left_on") == "grant-expired"
    assert asked([over, GRANT], "left_on") == "g-1"


def test_consumer_of_another_kind_has_no_grant() -> None:
    assert asked([GRANT], "left_on", consumers=["990101.housing", "housing"]) == "g-1"
    assert asked([GRANT], "left_on", consumers=["tax"]) == "no-grant"


async def test_art_27_a_suspension_holds_at_once_and_a_resumption_too(db: Database) -> None:
    await store.give(db, GRANT, Change(event="case#4", at=AT, by="o-1"))
    assert (await _ask(db)) == "g-1"
    why = Suspension(at=AT, by="o-1", reasons="用到了别处", rectify_by=date(2026, 11, 20))
    change = Change(event="case#5", at=AT, by="o-1", reasons=why.reasons)
    await store.change(db, "g-1", "suspended", change, msgspec.to_builtins(why))
    assert (await _ask(db)) == "grant-suspended"
    assert await rights(db, DAY) == []
    found = await store.one(db, "g-1")
    assert found is not None and found.suspended == why and found.standing(DAY) is Standing.SUSPENDED
    await store.change(db, "g-1", "resumed", Change(event="case#6", at=AT, by="o-1"), None)
    assert (await _ask(db)) == "g-1"
    await store.change(db, "g-1", "suspended", change, msgspec.to_builtins(why))  # a late repeat of what was done
    assert (await _ask(db)) == "g-1"
    assert [what for _, what, _, _ in await store.changes(db, "g-1")] == ["given", "suspended", "resumed"]


async def test_what_is_given_twice_is_given_once_and_never_widened(db: Database) -> None:
    await store.give(db, GRANT, Change(event="case#4", at=AT, by="o-1"))
    wider = msgspec.structs.replace(GRANT, fields=("left_on", "wage"))
    await store.give(db, wider, Change(event="case#4", at=AT, by="o-1"))
    await store.give(db, wider, Change(event="case#9", at=AT, by="o-1"))
    assert await store.of_service(db, "rent-subsidy") == [GRANT]


async def test_the_history_of_a_grant_cannot_be_rewritten(db: Database) -> None:
    await store.give(db, GRANT, Change(event="case#4", at=AT, by="o-1"))
    for attempt in ("UPDATE data_grant_change SET reasons = 'x'", "DELETE FROM data_grant_change"):
        with pytest.raises(Exception, match="final"):
            await db.execute(attempt)


async def _ask(db: Database) -> str:
    try:
        return (await ask(db, "hr.insurance", "member", ["left_on"], "rent-subsidy", DAY)).id
    except Refused as refused:
        return refused.code


async def test_every_source_of_every_shipped_service_has_a_demonstration_grant_and_no_more(
    db: Database, clock: SettableClock
) -> None:
    await demo.seed(db, clock())
    await demo.seed(db, clock())
    listed: set[tuple[str, str, str]] = set()
    for service in SERVICES:
        held = await store.of_service(db, service.service)
        for source in sources(service).values():
            place, _, field = source.at.partition("#")
            resource, _, record = place.partition("/")
            if resource == RESOURCE:
                continue  # a certificate is the holder's own: nobody else's leave is needed
            tests = [Test.read("asked", field, source.test)] if source.test else []
            fields = [] if tests else [field]  # of a least answer the value itself is never granted
            body = [service.authority.body]
            found = covering(held, resource, record, fields, service.service, DAY, tests=tests, consumers=body)
            assert found.provider and found.law.en and found.purpose.en
            listed |= {(service.service, place, one) for one in fields}
    given = {(r.service, f"{r.resource}/{r.record}", field) for r in await rights(db, DAY) for field in r.fields}
    assert given == listed
