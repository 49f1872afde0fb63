"""告知承诺: done at once on a promise, verified within 60 working days, and a false promise remembered for that."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from case_world import COUNTY, Officials, register
from law_world import shipped_law

from tongban import certs
from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.cases.service import Cases
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor, Directory, Person

pytestmark = pytest.mark.database

OWNER = Actor.citizen(Person(id="p-zhou", name="周家和", id_number="11010519491231002X", home_region=COUNTY, level=3))
SHOP = {
    "owner_name": "周家和",
    "shop_name": "家和早餐店（演示）",
    "premises": "清源区河边路2号",
    "area": "30",
    "cold_food": "false",
    "by_promise": "true",
}
WHY = {"reasons": "两次去看都没有冷藏设备，房东说从来没有过", "law": ["ZJ-14"]}


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return Directory.build(register(("market", "digital-centre")), clock)


@pytest.fixture
def catalogue(clock: SettableClock) -> Catalogue:
    return shipped_law(clock, ("small-food-shop", "promise-repair"), ("informed-promise", "filing", "promise-repair"))


async def promise(cases: Cases, key: str = "promise-1") -> str:
    return (await cases.submit(OWNER, "small-food-shop", SHOP, region=COUNTY, key=key)).case


async def do(cases: Cases, who: Actor, case: str, act: str, **says: object) -> str:
    return (await cases.act(who, case, act, says, version=None, key=f"{case}-{act}-{who.id}")).state.state


async def found_wanting(cases: Cases, post: Officials, case: str) -> None:
    """Not as promised, not put right, the person heard: a second official decides."""
    wrong = {"finding": "没有冷藏设备，请装好", "inspectors": "examiner甲、乙", "law": ["ZJ-14"]}
    assert await do(cases, post("examiner"), case, "order-rectification", **wrong) == "rectifying"
    assert await do(cases, OWNER, case, "report-rectified", message="装好了") == "rectified"
    assert await do(cases, post("approver"), case, "propose-revocation", **WHY) == "revocation-proposed"
    assert await do(cases, OWNER, case, "state-view", message="房东记错了") == "heard"


async def test_on_a_promise_it_is_done_at_once_and_the_verification_stays_owed(
    cases: Cases, clock: SettableClock
) -> None:
    case = await promise(cases)
    view = await cases.view(OWNER, case)
    assert view.state.state == "checking" and view.state.decided == "favourable"
    assert len(await certs.store.for_case(cases.engine.db, COUNTY, case)) == 1
    check = next(term for term in view.terms if term.term == "check")
    assert check.open and check.owed_by == "authority"
    assert (
        check.due is not None and str(check.due.date()) == "2027-01-26"
    )  # 60 working days; holidays of 2027 are not out

    clock.set(check.due + timedelta(days=1))
    await cases.fire()
    assert [one.rung for one in (await cases.view(OWNER, case)).state.escalated] == ["head"]


async def test_a_promise_that_is_not_put_right_is_revoked_by_a_second_person_and_not_remembered(
    cases: Cases, post: Officials
) -> None:
    case = await promise(cases)
    await found_wanting(cases, post, case)
    with pytest.raises(Refused) as refused:
        await do(cases, post("approver"), case, "revoke", **WHY)
    assert refused.value.code == "second-person"
    assert await do(cases, post("second"), case, "revoke", **WHY) == "revoked"
    issued = await certs.store.for_case(cases.engine.db, COUNTY, case)
    assert [bool(one.revocation) for one in issued] == [True]
    assert await cases.promises(OWNER) == ()
    assert await promise(cases, "promise-2") != case


async def test_a_false_promise_keeps_from_promising_again_and_from_nothing_else(cases: Cases, post: Officials) -> None:
    case = await promise(cases)
    await found_wanting(cases, post, case)
    assert await do(cases, post("second"), case, "revoke-false", **WHY) == "revoked"
    (kept,) = await cases.promises(OWNER)
    assert kept.case_id == case and (kept.until - kept.since.date()).days in (1095, 1096)
    with pytest.raises(Refused) as refused:
        await promise(cases, "promise-2")
    assert refused.value.code == "promise-not-offered" and refused.value.problems[0].place == "by_promise"
    assert case in refused.value.problems[0].text.zh and "信用修复" in refused.value.problems[0].text.zh

    papers = await cases.submit(OWNER, "small-food-shop", SHOP | {"by_promise": "false"}, region=COUNTY, key="papers-1")
    assert papers.state.state == "received"


async def test_what_is_remembered_is_repaired_by_somebody_who_took_no_part(cases: Cases, post: Officials) -> None:
    case = await promise(cases)
    await found_wanting(cases, post, case)
    await do(cases, post("second"), case, "revoke-false", **WHY)
    asked = {"case_number": case, "ground": "put-right", "wish": "冷藏柜已经装好"}
    repair = (await cases.submit(OWNER, "promise-repair", asked, region=COUNTY, key="repair-1")).case
    for official_ in ("approver", "second"):
        with pytest.raises(Refused) as refused:
            await do(cases, post(official_), repair, "end-record", finding="看过了")
        assert refused.value.code == "took-part"
    assert await do(cases, post("head"), repair, "end-record", finding="看过了，装好了") == "ended"
    (kept,) = await cases.promises(OWNER)
    assert kept.ended_by == repair
    assert await promise(cases, "promise-3")


async def test_the_memory_lapses_by_itself(cases: Cases, post: Officials, clock: SettableClock) -> None:
    case = await promise(cases)
    await found_wanting(cases, post, case)
    await do(cases, post("second"), case, "revoke-false", **WHY)
    (kept,) = await cases.promises(OWNER)
    assert kept.stands(clock())
    assert not kept.stands(kept.since + timedelta(days=1097))


def test_only_the_offer_of_a_promise_reads_the_memory() -> None:
    sources = Path(certs.__file__).parents[1]
    readers = [path for path in sources.rglob("*.py") if re.search(r"broken_promise\b", path.read_text("utf-8"))]
    assert [path.name for path in readers] == ["promises.py"]
    assert readers[0].parent.name == "store"
