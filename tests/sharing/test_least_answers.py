"""Where yes or no is enough, the value stays where it is; and a grant to one body serves no other body's cases."""

from datetime import date
from pathlib import Path

import msgspec
import pytest
from tests.sharing.provider import Provider, exchange

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.catalog.load import load_service
from tongban.catalog.model import Source
from tongban.org import demo as people
from tongban.sharing import Lookup, Purpose, Reader, Sharing, put_record, sources
from tongban.sharing import demo as records
from tongban.sharing.channel.model import AllowedTest, Operator, Scalar
from tongban.sharing.channel.model import Test as Asked
from tongban.sharing.grants import Grant
from tongban.sharing.grants import store as granted
from tongban.sharing.grants.model import Change
from tongban.sharing.least import passes

TEXT = (Path(__file__).parents[2] / "services" / "unemployment-benefit.yaml").read_text(encoding="utf-8")
SERVICE = load_service(TEXT).require()
ZHIYUAN = next(one for one in people.citizens() if one.id == "p-chenzhiyuan")
READER = Reader(kind="person", id=ZHIYUAN.id)
NAME = Text("社保参保记录", "Social insurance record")
YEAR = Source(at="hr.insurance/member#months_paid", name=NAME, test=">= 12")
HALF = msgspec.structs.replace(
    SERVICE,
    service="half-year",
    facts={"half_year": msgspec.structs.replace(SERVICE.facts["wants_work"], source=YEAR)},
    materials={},
)
"""A service that asks whether somebody was insured for a year, and of their record nothing else."""
GRANT = Grant(
    id="g-1",
    resource="hr.insurance",
    record="member",
    fields=(),
    tests=(AllowedTest(field="months_paid", op=">=", value=12),),
    provider="990000.hr",
    consumer="990101.hr",
    service="half-year",
    purpose=NAME,
    law=NAME,
    since=date(2026, 1, 1),
    until=date(2030, 1, 1),
)


@pytest.fixture
async def home(db: Database, clock: SettableClock) -> Database:
    await people.seed(db)
    await granted.give(db, GRANT, Change(event="case#1", at=clock(), by="p"))
    return db


@pytest.fixture
def provider() -> Provider:
    return Provider({ZHIYUAN.id_number: {"hr.insurance/member": {"months_paid": 76}}})


async def look(sharing: Sharing, body: str = "990101.hr", test: str = ">= 12") -> Lookup:
    source = msgspec.structs.replace(YEAR, test=test)
    service = msgspec.structs.replace(
        HALF, facts={"half_year": msgspec.structs.replace(HALF.facts["half_year"], source=source)}
    )
    purpose = Purpose.of(service, "draft:half-year", body)
    wanted = {"half_year": source}
    return await sharing.look_up(ZHIYUAN.id, wanted, service=service, purpose=purpose, reader=READER)


async def test_only_the_truth_of_the_comparison_comes_back(
    home: Database, clock: SettableClock, provider: Provider
) -> None:
    answer = await look(Sharing(home, clock, exchange(provider, "990000.hr")))
    assert answer.found["half_year"].value is True
    (sent,) = provider.asked
    assert sent.query.fields == ()
    assert [(test.field, test.op, test.value) for test in sent.query.tests] == [("months_paid", ">=", 12)]


async def test_another_comparison_than_the_granted_one_is_not_asked(
    home: Database, clock: SettableClock, provider: Provider
) -> None:
    answer = await look(Sharing(home, clock, exchange(provider, "990000.hr")), test=">= 76")
    assert answer.found == {} and "授权" in answer.missing["half_year"].zh and provider.asked == []


@pytest.mark.parametrize("body", ["990102.hr", ""])
async def test_a_grant_to_one_body_serves_no_other_and_none_while_the_body_is_not_known(
    home: Database, clock: SettableClock, provider: Provider, body: str
) -> None:
    answer = await look(Sharing(home, clock, exchange(provider, "990000.hr")), body)
    assert answer.found == {} and "没有共享授权" in answer.missing["half_year"].zh and provider.asked == []


async def test_over_records_kept_here_too_the_value_goes_no_further(home: Database, clock: SettableClock) -> None:
    await put_record(home, ZHIYUAN.id, "hr.insurance", "member", {"months_paid": 76}, clock())
    found = (await look(Sharing(home, clock))).found["half_year"]
    assert found.value is True


@pytest.mark.parametrize(
    ("value", "op", "other", "said"),
    [
        (12, ">=", 12, True),
        (11, ">=", 12, False),
        (None, ">=", 12, None),
        ("2026-03-01", "<=", "2026-05-01", True),
        ("insured", "=", "insured", True),
        (True, "=", True, True),
        ("many", ">=", 12, None),
        (1, "=", True, None),
    ],
)
def test_what_cannot_be_compared_is_unknown_and_never_no(
    value: object, op: Operator, other: Scalar, said: bool | None
) -> None:
    assert passes(value, Asked(name="t", field="f", op=op, value=other)) is said


async def test_a_shipped_service_asks_whether_it_is_enough_and_leaves_the_figure_where_it_is(
    db: Database, clock: SettableClock
) -> None:
    await people.seed(db)
    await records.seed(db, clock())
    path = Path(__file__).parents[2] / "services" / "energy-saving-review@3.yaml"
    service = load_service(path.read_text(encoding="utf-8")).require()
    wanted = {"much_electricity": sources(service)["much_electricity"]}
    owner = "91990101MA0000001Y"
    purpose = Purpose.of(service, "draft:energy-saving-review", "990101.development-reform")
    provider = Provider({owner: {"investment.projects/project": {"electricity_use": 9_100_000}}})
    sharing = Sharing(db, clock, exchange(provider, "990000.development-reform"))
    look = await sharing.look_up(owner, wanted, service=service, purpose=purpose, reader=READER)
    assert look.found["much_electricity"].value is True
    (asked,) = provider.asked
    assert asked.query.fields == () and [test.value for test in asked.query.tests] == [5_000_000]
    assert "9100000" not in repr(look), "the figure never left"
