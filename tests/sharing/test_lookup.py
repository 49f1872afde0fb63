"""What is known is found, only what was named is read, and the person sees each look."""

import tempfile
from datetime import datetime
from pathlib import Path

import asyncpg
import msgspec
import pytest

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database, EmbeddedPostgres
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.catalog.load import load_service
from tongban.catalog.model import Source
from tongban.sharing import Purpose, Reader, Sharing, put_record

SERVICES = Path(__file__).parents[2] / "services"
SERVICE = load_service((SERVICES / "residence-permit.yaml").read_text(encoding="utf-8")).require()
PURPOSE = Purpose.of(SERVICE, "d-1")
READER = Reader(kind="person", id="p-1")
POLICE = Text("公安人口库", "Population register")
NAME = Source(at="police.population/person#full_name", name=POLICE)
BORN = Source(at="police.population/person#birth_date", name=POLICE)
SINCE = Source(at="police.tenancy/registration#since", name=Text("居住登记", "Residence registration"))
AS_OF = datetime(2026, 10, 1, tzinfo=ZONE)


@pytest.fixture
async def records(db: Database) -> Database:
    await put_record(
        db, "p-1", "police.population", "person", {"full_name": "王小满", "birth_date": None, "sex": "女"}, AS_OF
    )
    await put_record(db, "p-2", "police.population", "person", {"full_name": "别人"}, AS_OF)
    return db


async def test_what_a_record_has_is_found_with_its_source_and_age(records: Database, clock: SettableClock) -> None:
    answer = await Sharing(records, clock).look_up(
        "p-1", {"full_name": NAME}, service=SERVICE, purpose=PURPOSE, reader=READER
    )
    shared = answer.found["full_name"]
    assert (shared.value, shared.source, shared.as_of, shared.at) == ("王小满", POLICE, AS_OF, clock())


async def test_what_no_record_has_is_left_to_the_person_with_the_reason(
    records: Database, clock: SettableClock
) -> None:
    answer = await Sharing(records, clock).look_up(
        "p-1", {"birth_date": BORN, "lives_since": SINCE}, service=SERVICE, purpose=PURPOSE, reader=READER
    )
    assert answer.found == {}
    assert answer.missing["birth_date"].zh == "公安人口库里没有查到，请您自己填。"
    assert answer.missing["lives_since"].zh == "居住登记还没有接通，请您自己填。"


async def test_each_look_at_a_record_is_one_line_the_person_can_read(records: Database, clock: SettableClock) -> None:
    await Sharing(records, clock).look_up(
        "p-1",
        {"full_name": NAME, "birth_date": BORN, "lives_since": SINCE},
        service=SERVICE,
        purpose=PURPOSE,
        reader=READER,
    )
    page = await Sharing(records, clock).accesses("p-1")
    assert {(a.resource, a.fields, a.answered) for a in page.items} == {
        ("police.population", ("birth_date", "full_name"), True),
        ("police.tenancy", ("since",), False),
    }
    assert all((a.service, a.matter, a.law) == (PURPOSE.service, PURPOSE.matter, PURPOSE.law) for a in page.items)
    assert all(a.by == "self" and a.at == clock() for a in page.items)


async def test_nobody_sees_who_looked_at_another_person(records: Database, clock: SettableClock) -> None:
    await Sharing(records, clock).look_up("p-1", {"full_name": NAME}, service=SERVICE, purpose=PURPOSE, reader=READER)
    assert (await Sharing(records, clock).accesses("p-2")).items == ()


async def test_an_access_cannot_be_rewritten_or_erased(records: Database, clock: SettableClock) -> None:
    await Sharing(records, clock).look_up("p-1", {"full_name": NAME}, service=SERVICE, purpose=PURPOSE, reader=READER)
    for attempt in ("UPDATE shared_access SET purpose = 'other'", "DELETE FROM shared_access"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await records.execute(attempt)


@pytest.mark.parametrize(
    "lacking", [{"service": ""}, {"service": "food-licence"}, {"matter": ""}, {"law": Text("", "")}]
)
async def test_a_look_without_a_purpose_is_impossible(
    records: Database, clock: SettableClock, lacking: dict[str, str | Text]
) -> None:
    nothing = msgspec.structs.replace(PURPOSE, **lacking)
    with pytest.raises(Refused) as refused:
        await Sharing(records, clock).look_up(
            "p-1", {"full_name": NAME}, service=SERVICE, purpose=nothing, reader=READER
        )
    assert refused.value.code == "purpose-missing"
    assert (await Sharing(records, clock).accesses("p-1")).items == ()


async def test_only_what_the_service_file_lists_may_be_read(records: Database, clock: SettableClock) -> None:
    other = Source(at="tax.income/person#monthly", name=Text("税务", "Tax"))
    with pytest.raises(Refused) as refused:
        await Sharing(records, clock).look_up("p-1", {"income": other}, service=SERVICE, purpose=PURPOSE, reader=READER)
    assert (refused.value.code, refused.value.problems[0].place) == ("source-not-listed", "income")


async def test_records_that_are_away_are_an_answer_and_no_error() -> None:
    with tempfile.TemporaryDirectory(prefix="tongban-test-", ignore_cleanup_errors=True) as directory:
        with EmbeddedPostgres(Path(directory)) as server:
            away = await Database.open(server.url, patience_seconds=0.1)
        answer = await Sharing(away, SettableClock(AS_OF)).look_up(
            "p-1",
            {"full_name": NAME},
            service=SERVICE,
            purpose=PURPOSE,
            reader=READER,
        )
        await away.close()
    assert answer.found == {}
    assert "暂时连不上" in answer.missing["full_name"].zh


async def test_the_list_goes_on_where_the_page_ended(records: Database, clock: SettableClock) -> None:
    for _ in range(5):
        await Sharing(records, clock).look_up(
            "p-1", {"full_name": NAME}, service=SERVICE, purpose=PURPOSE, reader=READER
        )
        clock.advance(minutes=1)
    first = await Sharing(records, clock).accesses("p-1", limit=3)
    rest = await Sharing(records, clock).accesses("p-1", first.next, limit=3)
    assert len(first.items) == 3 and len(rest.items) == 2 and rest.next is None
    assert len({a.id for a in first.items + rest.items}) == 5


async def test_a_mangled_place_in_the_list_is_refused_with_a_sentence(records: Database, clock: SettableClock) -> None:
    with pytest.raises(Refused) as refused:
        await Sharing(records, clock).accesses("p-1", "@@@")
    assert refused.value.code == "bad-cursor"


async def test_all_records_of_a_service_are_read_by_one_statement_after_one_for_their_grants(
    records: Database, clock: SettableClock
) -> None:
    async with records.counting() as count:
        await Sharing(records, clock).look_up(
            "p-1", {"full_name": NAME, "lives_since": SINCE}, service=SERVICE, purpose=PURPOSE, reader=READER
        )
    assert len(count) == 2
