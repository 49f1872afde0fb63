"""The life of a certificate: suspended and restored by two people, replaced and corrected, each in one transaction."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

import msgspec
import pytest
from case_world import COUNTY, Officials, register
from law_world import shipped_law

from tongban import certs
from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.cases.evidence import Evidence, changed
from tongban.cases.lifecycle import REISSUE, SUPERVISION
from tongban.cases.model import Applicant, Letter
from tongban.cases.service import Cases
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.certificate_type import RESOURCE
from tongban.certs import Status, StoredCertificate, verify
from tongban.org import Actor, Directory, Mandate, Person
from tongban.org.store import mandates_to, save_mandates, save_people
from tongban.sharing import Shared

pytestmark = pytest.mark.database

OWNER = Actor.citizen(Person(id="p-zhou", name="周家和", id_number="11010519491231002X", home_region=COUNTY, level=3))
OTHER = Actor.citizen(Person(id="p-li", name="李文", id_number="110105199001011234", home_region=COUNTY, level=3))
HOLDER = Applicant("p-zhou", "周家和", "11010519491231002X")
SHOP = {
    "owner_name": "周家和",
    "shop_name": "家和早餐店（演示）",
    "premises": "清源区河边路2号",
    "area": "30",
    "cold_food": "false",
    "by_promise": "true",
}
WHY = {"reasons": "两次检查冷藏设备都不运转", "law": ["APN-9"]}


@pytest.fixture
def directory(clock: SettableClock) -> Directory:
    return Directory.build(register(("market", "digital-centre")), clock)


@pytest.fixture
def catalogue(clock: SettableClock) -> Catalogue:
    return shipped_law(
        clock, ("small-food-shop", SUPERVISION, REISSUE), ("informed-promise", "filing", f"{SUPERVISION}@2", REISSUE)
    )


@pytest.fixture
async def certificate(cases: Cases) -> StoredCertificate:
    """周家和's registration, done at once on a promise."""
    opened = await cases.submit(OWNER, "small-food-shop", SHOP, region=COUNTY, key="shop-0001")
    return opened.certificates[0]


@contextmanager
def refused(code: str) -> Generator[None]:
    """Refused for this reason."""
    with pytest.raises(Refused) as error:
        yield
    assert [one.code for one in error.value.problems] == [code]


async def propose(cases: Cases, by: Actor, one: StoredCertificate, measure: str = "suspend") -> str:
    facts = {"certificate": one.record.id, "measure": measure, "ground": "conditions"}
    opened = await cases.submit(
        by, SUPERVISION, facts, says=WHY, region="990102", applicant=HOLDER, key=f"propose-{measure}-{one.record.case}"
    )
    return opened.case


async def do(cases: Cases, by: Actor, case: str, act: str, **says: object) -> str:
    return (await cases.act(by, case, act, says, version=None, key=f"{case}-{act}-{by.id}")).state.state


async def again(db: Database, one: StoredCertificate) -> StoredCertificate:
    found = await certs.store.get(db, one.record.id)
    assert found is not None
    return found


async def suspended(cases: Cases, post: Officials, one: StoredCertificate) -> str:
    case = await propose(cases, post("examiner"), one)
    assert await do(cases, OWNER, case, "speak", message="机器坏了，已经报修") == "heard"
    assert await do(cases, post("approver"), case, "suspend", **WHY, until="2026-12-31") == "suspended"
    return case


async def test_a_certificate_is_suspended_by_a_second_person_with_reason_law_and_remedies(
    cases: Cases, post: Officials, db: Database, certificate: StoredCertificate
) -> None:
    case = await suspended(cases, post, certificate)
    held = await again(db, certificate)
    assert held.status is Status.SUSPENDED and held.suspension is not None
    assert "行政处罚法" in held.suspension.reason and "冷藏" not in held.suspension.reason
    assert await certs.store.not_valid(db, 0, 10) == {held.number: Status.SUSPENDED}
    view = await cases.view(OWNER, case)
    letter = next(event.letter for event in view.loaded.events if event.type == "suspend")
    assert letter is not None and "食品小经营店登记证" in letter.body.zh and "行政复议" in letter.body.zh


async def test_whoever_proposed_a_suspension_does_not_decide_it_and_the_holder_is_heard_first(
    cases: Cases, post: Officials, db: Database, certificate: StoredCertificate
) -> None:
    case = await propose(cases, post("approver"), certificate)
    with refused("act-not-possible"):
        await do(cases, post("second"), case, "suspend", **WHY, until="2026-12-31")
    await do(cases, OWNER, case, "speak", message="我没有")
    with refused("second-person"):
        await do(cases, post("approver"), case, "suspend", **WHY, until="2026-12-31")
    with refused("field-missing"):
        await do(cases, post("second"), case, "suspend", until="2026-12-31", law=["APN-9"])
    assert (await again(db, certificate)).status is Status.VALID


async def test_only_the_issuer_opens_a_supervision(
    cases: Cases, post: Officials, certificate: StoredCertificate
) -> None:
    with pytest.raises(Refused):
        await propose(cases, post("stranger"), certificate)


async def test_what_is_put_right_is_restored_and_the_certificate_holds_again(
    cases: Cases, post: Officials, db: Database, certificate: StoredCertificate
) -> None:
    case = await suspended(cases, post, certificate)
    assert await do(cases, OWNER, case, "report", message="修好了") == "review"
    assert await do(cases, post("second"), case, "restore", reasons="看过，正常", law=["APL-69"]) == "restored"
    assert (await again(db, certificate)).status is Status.VALID
    assert await certs.store.not_valid(db, 0, 10) == {}


async def test_a_suspension_ends_by_itself_after_the_day_that_it_names(
    cases: Cases, post: Officials, db: Database, certificate: StoredCertificate, clock: SettableClock
) -> None:
    case = await suspended(cases, post, certificate)
    clock.set(clock().replace(year=2027, month=1, day=1, hour=9))
    await cases.fire()
    assert (await cases.view(OWNER, case)).state.state == "restored"
    assert (await again(db, certificate)).status is Status.VALID


async def test_a_suspended_certificate_is_not_suspended_twice_and_is_not_replaced(
    cases: Cases, post: Officials, certificate: StoredCertificate
) -> None:
    await suspended(cases, post, certificate)
    facts = {"certificate": certificate.record.id, "measure": "suspend", "ground": "breach"}
    with refused("already-suspended"):
        await cases.submit(
            post("examiner"), SUPERVISION, facts, says=WHY, region=COUNTY, applicant=HOLDER, key="propose-2"
        )
    with refused("certificate-suspended"):
        lost = {"certificate": certificate.record.id, "why": "lost"}
        await cases.submit(OWNER, REISSUE, lost, region=COUNTY, key="reissue-1")


async def test_a_lost_certificate_is_replaced_at_once_and_each_names_the_other(
    cases: Cases, db: Database, certificate: StoredCertificate, clock: SettableClock
) -> None:
    clock.set(clock() + timedelta(days=3))
    lost = {"certificate": certificate.record.id, "why": "lost"}
    assert (await cases.submit(OWNER, REISSUE, lost, region=COUNTY, key="reissue-1")).state.state == "reissued"
    old = await again(db, certificate)
    assert old.revocation is not None
    new = await certs.store.get(db, old.revocation.replaced_by)
    assert new is not None and new.record.replaces == old.record.id
    assert new.record.version == old.record.version + 1 and new.record.valid_until == old.record.valid_until
    assert verify(new.certificate.jws, cases.engine.keys.public, clock()).valid
    assert await certs.store.not_valid(db, 0, 10) == {old.number: Status.INVALID}
    with refused("certificate-over"):
        await cases.submit(OWNER, REISSUE, lost, region=COUNTY, key="reissue-2")


async def test_what_is_wrong_on_a_certificate_is_corrected_after_it_was_verified(
    cases: Cases, post: Officials, db: Database, certificate: StoredCertificate
) -> None:
    label = certificate.record.shows[0].label.zh
    wrong = {"certificate": certificate.record.id, "why": "wrong", "line": label, "should_be": "家和早点铺（演示）"}
    with refused("no-such-line"):
        await cases.submit(OWNER, REISSUE, wrong | {"line": "月亮"}, region=COUNTY, key="correct-0")
    opened = await cases.submit(OWNER, REISSUE, wrong, region=COUNTY, key="correct-1")
    assert opened.state.state == "asked" and (await again(db, certificate)).status is Status.VALID
    assert await do(cases, post("approver"), opened.case, "correct", reasons="登记簿写的是这个") == "reissued"
    old = await again(db, certificate)
    assert old.revocation is not None and "更正" in old.revocation.reason
    new = await certs.store.get(db, old.revocation.replaced_by)
    assert new is not None and new.record.shows[0].value.zh == "家和早点铺（演示）"
    assert new.record.shows[1:] == old.record.shows[1:]


RIGHT = {"facts": {"shop_name": "家和早点铺（演示）"}, "reasons": "店名录错了"}


async def filed(cases: Cases, post: Officials) -> StoredCertificate:
    """周家和's registration, filed by an official, whose case can issue a corrected one later."""
    now = cases.engine.clock()
    papers = Shared(value="1", source=Text("健康证", "Health certificates"), as_of=now, at=now)
    facts = SHOP | {"by_promise": "false"}
    opened = await cases.submit(
        OWNER, "small-food-shop", facts, region=COUNTY, key="filed-001", records={"health-certificates": papers}
    )
    await do(cases, post("approver"), opened.case, "file")
    return (await cases.view(OWNER, opened.case)).certificates[0]


async def test_a_case_whose_certificate_was_replaced_can_still_issue_a_corrected_one(
    cases: Cases, post: Officials, db: Database
) -> None:
    first = await filed(cases, post)
    await cases.submit(OWNER, REISSUE, {"certificate": first.record.id, "why": "lost"}, region=COUNTY, key="reissue-1")
    await do(cases, post("approver"), first.record.case, "put-right", **RIGHT)
    held = await certs.store.for_case(db, COUNTY, first.record.case)
    assert [one.record.version for one in held] == [3, 2, 1]
    assert [one.status for one in held] == [Status.VALID, Status.INVALID, Status.INVALID]
    assert [one.revocation and one.revocation.replaced_by for one in held[1:]] == [one.record.id for one in held[:2]]


async def test_issuing_anew_does_not_end_a_suspension(cases: Cases, post: Officials, db: Database) -> None:
    first = await filed(cases, post)
    await suspended(cases, post, first)
    with refused("certificate-suspended"):
        await do(cases, post("approver"), first.record.case, "put-right", **RIGHT)
    assert (await again(db, first)).status is Status.SUSPENDED


async def test_a_corrected_result_does_not_bring_back_what_a_person_has_revoked(
    cases: Cases, post: Officials, db: Database
) -> None:
    first = await filed(cases, post)
    await revoked(cases, post, first)
    with refused("certificate-revoked"):
        await do(cases, post("approver"), first.record.case, "put-right", **RIGHT)
    assert [one.status for one in await certs.store.for_case(db, COUNTY, first.record.case)] == [Status.INVALID]


async def revoked(cases: Cases, post: Officials, one: StoredCertificate) -> None:
    """By a second case, whatever another one has done to it."""
    case = await propose(cases, post("examiner"), one, "revoke")
    await do(cases, OWNER, case, "speak", message="不同意")
    assert await do(cases, post("head"), case, "revoke", **WHY) == "revoked"


async def test_a_case_that_suspended_a_certificate_ends_when_another_case_revokes_it_and_says_so(
    cases: Cases, post: Officials, db: Database, certificate: StoredCertificate, clock: SettableClock
) -> None:
    about = await suspended(cases, post, certificate)
    reviewed = await suspended_anew(cases, post)
    await revoked(cases, post, certificate)
    view = await cases.view(OWNER, about)
    assert (view.state.state, view.definition.ended(view.state)) == ("over", True)
    last = (await letters(cases, about))[-1]
    assert "已经在另一件里废止" in last.body.zh and "恢复" not in last.body.zh
    assert (await cases.view(OWNER, reviewed)).state.state == "review", "a case about another certificate goes on"
    clock.set(clock().replace(year=2027, month=1, day=2, hour=9))
    await cases.fire()
    assert not await cases.given_up()
    assert (await again(db, certificate)).status is Status.INVALID


async def suspended_anew(cases: Cases, post: Officials) -> str:
    """Another certificate of the same holder, suspended and to be looked at again."""
    other = await filed(cases, post)
    case = await propose(cases, post("examiner"), other)
    await do(cases, OWNER, case, "speak", message="机器坏了")
    await do(cases, post("approver"), case, "suspend", **WHY, until="2027-12-31")
    assert await do(cases, OWNER, case, "report", message="修好了") == "review"
    return case


async def test_a_supervision_is_not_escaped_by_having_the_certificate_replaced(
    cases: Cases, post: Officials, db: Database, certificate: StoredCertificate
) -> None:
    case = await propose(cases, post("examiner"), certificate)
    await cases.submit(
        OWNER, REISSUE, {"certificate": certificate.record.id, "why": "lost"}, region=COUNTY, key="re-00001"
    )
    await do(cases, OWNER, case, "speak", message="换过一张了")
    assert await do(cases, post("approver"), case, "suspend", **WHY, until="2026-12-31") == "suspended"
    new = (await certs.store.for_case(db, COUNTY, certificate.record.case))[0]
    assert new.record.replaces == certificate.record.id and new.status is Status.SUSPENDED
    await revoked(cases, post, new)
    assert (await cases.view(OWNER, case)).state.state == "over"


async def test_a_mandate_rests_with_the_certificate_that_it_rests_on_and_comes_back_with_it(
    cases: Cases, post: Officials, db: Database, certificate: StoredCertificate
) -> None:
    now = cases.engine.clock()
    first = Mandate(
        id=f"m-{certificate.record.case}", from_party="92990101MA0000011W", from_name="家和小馆", to_person="p-zhou",
        since=now, until=now + timedelta(days=99), ground="legal-representative", confirmed_at=now,
    )  # fmt: skip
    under = msgspec.structs.replace(first, id="m-under", to_person="p-li", ground="agency", under=first.id)
    async with db.transaction() as connection:
        await save_people(
            connection,
            [
                Person(id="p-zhou", name="周家和", id_number="11010519491231002X"),
                Person(id="p-li", name="李文", id_number="110105199001011234"),
            ],
        )
        await save_mandates(connection, [first, under])
    case = await suspended(cases, post, certificate)

    async def held() -> list[str]:
        return [one.id for person in ("p-zhou", "p-li") for one in await mandates_to(db, person, cases.engine.clock())]

    assert await held() == []
    told = await db.fetch("SELECT person FROM notice")
    assert sorted({row["person"] for row in told} & {"p-zhou", "p-li"}) == ["p-li", "p-zhou"]
    await do(cases, OWNER, case, "report", message="修好了")
    await do(cases, post("second"), case, "restore", reasons="看过，正常", law=["APL-69"])
    assert await held() == [first.id, "m-under"]


async def test_nobody_has_a_certificate_of_somebody_else_replaced(
    cases: Cases, db: Database, certificate: StoredCertificate
) -> None:
    with refused("unknown-certificate"):
        lost = {"certificate": certificate.record.id, "why": "lost"}
        await cases.submit(OTHER, REISSUE, lost, region=COUNTY, key="reissue-1")
    assert (await again(db, certificate)).status is Status.VALID


async def test_a_revoked_certificate_does_not_come_back(
    cases: Cases, post: Officials, db: Database, certificate: StoredCertificate
) -> None:
    case = await propose(cases, post("examiner"), certificate, "revoke")
    await do(cases, OWNER, case, "speak", message="不同意")
    with refused("not-your-act"):
        await do(cases, post("approver"), case, "revoke", **WHY)
    assert await do(cases, post("head"), case, "revoke", **WHY) == "revoked"
    assert (await again(db, certificate)).status is Status.INVALID
    with refused("certificate-over"):
        await propose(cases, post("examiner"), certificate)


# --- what it means for cases that rely on it -------------------------------------------------------------------------


async def relying(cases: Cases, one: StoredCertificate, key: str = "relying-1") -> str:
    """A case of the holder's that waits for an official and rests on the certificate."""
    found = await Evidence(cases.engine).held("p-zhou", "small-food-shop-registration")
    assert found is not None and found["id"] == one.record.id
    record = Shared(
        value=found["id"], source=Text("您的证照", "Your certificate"), as_of=cases.engine.clock(),
        at=cases.engine.clock(), resource=RESOURCE, record=one.record.type, certificate=found["id"],
    )  # fmt: skip
    facts = {**SHOP, "shop_name": "家和二店（演示）", "by_promise": "false"}
    opened = await cases.submit(
        OWNER, "small-food-shop", facts, {}, region=COUNTY, key=key, records={"health-certificates": record}
    )
    return opened.case


async def test_a_certificate_that_there_is_stands_for_the_paper(cases: Cases, certificate: StoredCertificate) -> None:
    case = await relying(cases, certificate)
    (paper,) = [one for one in (await cases.view(OWNER, case)).materials if one.slug == "health-certificates"]
    assert paper.status == "replaced" and paper.record is not None


async def test_a_case_that_relies_on_a_suspended_certificate_waits_for_a_persons_look_and_its_person_is_told(
    cases: Cases, post: Officials, certificate: StoredCertificate
) -> None:
    case = await relying(cases, certificate)
    await suspended(cases, post, certificate)
    view = await cases.view(OWNER, case)
    assert [one.change for one in view.state.doubts] == ["suspended"]
    assert any("不会因此自动作罢" in letter.body.zh for letter in await letters(cases, case))
    row = (await cases.mine(OWNER)).items
    assert "certificate-changed" in next(one.labels for one in row if one.case_id == case)
    offered = {one.act for one in await cases.possible(post("approver"), case)}
    favourable = {n for n, act in view.definition.procedure.acts.items() if act.decides == "favourable"}
    assert "look-at-certificate" in offered and not favourable & offered
    with refused("field-missing"):
        await do(cases, post("approver"), case, "look-at-certificate")
    await do(cases, post("approver"), case, "look-at-certificate", opinion="冷藏设备和这件事无关，可以依据")
    assert not (await cases.view(OWNER, case)).state.doubts
    assert favourable & {one.act for one in await cases.possible(post("approver"), case)}


async def test_a_certificate_that_is_restored_is_in_doubt_no_longer(
    cases: Cases, post: Officials, certificate: StoredCertificate
) -> None:
    case = await relying(cases, certificate)
    about = await suspended(cases, post, certificate)
    await do(cases, OWNER, about, "report", message="修好了")
    await do(cases, post("second"), about, "restore", reasons="看过，正常", law=["APL-69"])
    view = await cases.view(OWNER, case)
    assert not view.state.doubts and any("照常办" in one.body.zh for one in await letters(cases, case))


async def test_nothing_is_handed_in_on_a_certificate_that_stopped_holding_after_it_was_looked_up(
    cases: Cases, post: Officials, certificate: StoredCertificate
) -> None:
    kept = cases.engine.clock()
    assert kept
    await suspended(cases, post, certificate)
    assert await Evidence(cases.engine).held("p-zhou", "small-food-shop-registration") is None
    record = Shared(
        value=certificate.record.id, source=Text("证照", "Certificate"), as_of=kept, at=kept, resource=RESOURCE,
        record=certificate.record.type, certificate=certificate.record.id,
    )  # fmt: skip
    with refused("certificate-changed"):
        await cases.submit(
            OWNER, "small-food-shop", SHOP | {"by_promise": "false"}, region=COUNTY, key="late-0001",
            records={"health-certificates": record},
        )  # fmt: skip


async def test_a_case_that_comes_with_a_certificate_of_another_province_is_taken_in(
    cases: Cases, certificate: StoredCertificate
) -> None:
    there, now = "1.2.156.3005.2.990000000039.11980101.X.001.0", cases.engine.clock()
    record = Shared(
        value=there, source=Text("证照", "Certificate"), as_of=now, at=now, resource=RESOURCE,
        record="residence-permit", certificate=there,
    )  # fmt: skip
    opened = await cases.submit(
        OWNER, "small-food-shop", SHOP | {"by_promise": "false"}, region=COUNTY, key="there-0001",
        records={"health-certificates": record},
    )  # fmt: skip
    assert opened.state.records["health-certificates"].certificate == there


async def test_a_case_is_told_of_what_becomes_of_the_certificate_that_took_the_place_of_its_own(
    cases: Cases, post: Officials, certificate: StoredCertificate
) -> None:
    case = await relying(cases, certificate)
    lost = {"certificate": certificate.record.id, "why": "lost"}
    new = (await cases.submit(OWNER, REISSUE, lost, region=COUNTY, key="reissue-9")).state
    assert [one.change for one in (await cases.view(OWNER, case)).state.doubts] == ["replaced"]
    await do(cases, post("approver"), case, "look-at-certificate", opinion="只是换了一张")
    found = await certs.store.get(cases.engine.db, certificate.record.id)
    assert new.state == "reissued" and found and found.revocation
    second = await certs.store.get(cases.engine.db, found.revocation.replaced_by)
    assert second
    await revoked(cases, post, second)
    assert [one.change for one in (await cases.view(OWNER, case)).state.doubts] == ["revoked"]


async def test_nothing_is_granted_between_a_change_of_the_certificate_and_the_case_being_told(
    cases: Cases, post: Officials, db: Database, certificate: StoredCertificate
) -> None:
    case = await relying(cases, certificate)
    async with db.transaction() as connection:
        gone = certs.Revocation(at=cases.engine.clock(), by="head", reason="废止")
        await certs.store.revoke(connection, certificate.record.id, gone)
        await changed(connection, certificate.record.id, "revoked", cases.engine.clock())
    view = await cases.view(OWNER, case)
    possible = {one.act for one in await cases.possible(post("approver"), case)}
    acts = view.definition.procedure.acts
    grant = next(name for name, act in acts.items() if act.decides == "favourable" and name in possible)
    with refused("certificate-changed"):
        await do(cases, post("approver"), case, grant)
    await cases.fire()
    assert [one.change for one in (await cases.view(OWNER, case)).state.doubts] == ["revoked"]


async def letters(cases: Cases, case: str) -> list[Letter]:
    return [event.letter for event in (await cases.view(OWNER, case)).loaded.events if event.letter]
