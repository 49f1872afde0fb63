"""What other bodies hold is asked of them; whatever they do, the person goes on and nothing is lost."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.sharing.provider import AS_OF, Provider, exchange

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.catalog.load import load_service
from tongban.org import demo as people
from tongban.sharing import Purpose, Reader, Shared, Sharing, put_record, sources
from tongban.sharing import demo as records
from tongban.sharing.access import watching
from tongban.sharing.lookup import Look, lookup
from tongban.sharing.retry import store
from tongban.sharing.retry.model import Correction

SERVICES = Path(__file__).parents[2] / "services"
SERVICE = load_service((SERVICES / "unemployment-benefit.yaml").read_text(encoding="utf-8")).require()
PURPOSE = Purpose.of(SERVICE, "draft:unemployment-benefit")
ZHIYUAN = next(one for one in people.citizens() if one.id == "p-chenzhiyuan")
READER = Reader(kind="person", id=ZHIYUAN.id)
CASE = "990101-20261103-000001"
POLICE, WORK = "990000.police", "990000.hr"


@pytest.fixture
async def home(db: Database, clock: SettableClock) -> Database:
    await people.seed(db)
    await records.seed(db, clock())
    return db


@pytest.fixture
def provider() -> Provider:
    hr = {"months_paid": 76, "left_on": "2026-10-16", "left_reason": "contract-ended"}
    person = {"full_name": ZHIYUAN.name, "id_number": ZHIYUAN.id_number}
    return Provider(
        {
            ZHIYUAN.id_number: {
                "police.population/person": person,
                "hr.insurance/member": hr,
                "hr.jobs/jobseeker": {"registered_on": "2026-10-26"},
            }
        }
    )


@pytest.fixture
def sharing(home: Database, clock: SettableClock, provider: Provider) -> Sharing:
    return Sharing(home, clock, exchange(provider, POLICE, WORK))


async def look(sharing: Sharing, person: str = ZHIYUAN.id, *names: str):
    wanted = {name: source for name, source in sources(SERVICE).items() if not names or name in names}
    return await sharing.look_up(person, wanted, service=SERVICE, purpose=PURPOSE, reader=READER)


class Cases:
    """A case that takes what comes late; `ended` is one that no longer does."""

    def __init__(self) -> None:
        self.filed: dict[str, Shared] = {}
        self.ended = False
        self.corrections: dict[str, Correction] = {}

    async def wants(self, case: str, names: Collection[str]) -> frozenset[str]:
        return frozenset() if self.ended else frozenset(names)

    async def correction(self, case: str) -> Correction:
        return self.corrections[case]

    async def file(self, case: str, records: Mapping[str, Shared], corrected: Mapping[str, str]) -> None:
        self.filed |= records


async def test_a_value_of_another_body_keeps_its_resource_its_grant_its_age_and_the_digest_of_the_answer(
    sharing: Sharing, clock: SettableClock
):
    found = (await look(sharing)).found
    months = found["months_paid"]
    assert (months.value, months.resource, months.record, months.as_of) == (76, "hr.insurance", "member", AS_OF)
    assert months.grant.startswith("demo.unemployment-benefit.hr.insurance.member")
    assert len(months.digest) == 64 and months.digest == found["left_on"].digest != found["registered_on"].digest
    assert found["phone"].grant == "" and found["phone"].value == ZHIYUAN.phone, "the log-in is kept here"


async def test_a_body_is_asked_by_the_number_it_knows_for_the_named_fields_of_this_service_only(
    sharing: Sharing, provider: Provider
):
    await look(sharing)
    asked = {one.query.resource: one for one in provider.asked}
    insurance = asked["hr.insurance"]
    assert insurance.query.subject == ZHIYUAN.id_number
    assert insurance.query.fields == ("left_on", "left_reason", "months_paid")
    assert insurance.purpose.startswith("unemployment-benefit; 《失业保险条例》")
    assert len(provider.asked) == 3, "one question a record"
    assert not any(ZHIYUAN.id in (one.user, one.case, one.query.subject) for one in provider.asked)


async def test_the_person_sees_each_look_at_another_body(sharing: Sharing):
    await look(sharing)
    seen = (await sharing.accesses(ZHIYUAN.id)).items
    assert {"police.population", "hr.insurance", "hr.jobs", "login.account"} == {one.resource for one in seen}


@pytest.mark.parametrize("fault", ["down", "slow"])
async def test_a_source_that_is_down_or_slow_costs_only_its_own_values_and_stays_open(
    home: Database, clock: SettableClock, provider: Provider, fault: str
):
    getattr(provider, fault).add("hr.insurance")
    wanted = sources(SERVICE)
    answer = await lookup(
        home,
        exchange(provider, POLICE, WORK),
        Look(ZHIYUAN.id, SERVICE, PURPOSE, READER, clock()),
        wanted,
        deadline=0.2,
    )
    assert answer.waiting == {"months_paid", "left_on", "left_reason", "leaving"}
    assert "暂时连不上" in answer.missing["months_paid"].zh
    assert {"full_name", "registered_on", "phone"} <= answer.found.keys()
    (left,) = await store.open_of(home, ZHIYUAN.id, PURPOSE.matter)
    assert (left.resource, left.attempts) == ("hr.insurance", 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [("months_paid", "many"), ("months_paid", -4), ("left_on", "yesterday"), ("left_reason", {"a": 1})],
)
async def test_a_value_that_cannot_be_true_of_the_question_is_not_used(
    sharing: Sharing, provider: Provider, field: str, value: Any
):
    provider.records[ZHIYUAN.id_number]["hr.insurance/member"][field] = value
    answer = await look(sharing)
    assert field not in answer.found and field in answer.waiting


async def test_what_comes_late_is_filed_with_the_case_and_then_no_longer_asked(
    sharing: Sharing, provider: Provider, home: Database, clock: SettableClock
):
    provider.down.add("hr.insurance")
    await look(sharing)
    await store.hand_in(home, ZHIYUAN.id, PURPOSE.matter, CASE, ["months_paid", "left_on"], clock())
    cases = Cases()
    assert await sharing.ask_again(lambda _: SERVICE, cases) == 0, "still down"
    assert [one.matter for one in await sharing.open(ZHIYUAN.id, CASE)] == [CASE]
    provider.down.clear()
    clock.advance(minutes=10)
    assert await sharing.ask_again(lambda _: SERVICE, cases) == 1
    assert cases.filed["months_paid"].value == 76 and cases.filed["months_paid"].digest
    assert await sharing.open(ZHIYUAN.id, CASE) == []
    clock.advance(days=1)
    assert await sharing.ask_again(lambda _: SERVICE, cases) == 0


async def test_a_source_that_stays_away_is_asked_ever_more_rarely_and_closed_after_thirty_days(
    sharing: Sharing, provider: Provider, home: Database, clock: SettableClock
):
    provider.down.add("hr.insurance")
    await look(sharing)
    await store.hand_in(home, ZHIYUAN.id, PURPOSE.matter, CASE, ["months_paid"], clock())
    provider.asked.clear()
    for _ in range(31 * 24):
        await sharing.ask_again(lambda _: SERVICE, Cases())
        clock.advance(hours=1)
    assert 30 * 4 <= len(provider.asked) <= 30 * 4 + 12
    assert await sharing.open(ZHIYUAN.id, CASE) == []


async def test_a_case_that_has_ended_asks_nobody_anything_more(
    sharing: Sharing, provider: Provider, home: Database, clock: SettableClock
):
    provider.down.add("hr.insurance")
    await look(sharing)
    await store.hand_in(home, ZHIYUAN.id, PURPOSE.matter, CASE, ["months_paid"], clock())
    provider.down.clear()
    provider.asked.clear()
    clock.advance(hours=1)
    cases = Cases()
    cases.ended = True
    assert await sharing.ask_again(lambda _: SERVICE, cases) == 1
    assert provider.asked == [] and cases.filed == {}


async def test_a_grant_that_the_other_side_no_longer_sees_closes_the_question_with_the_reason(
    sharing: Sharing, provider: Provider
):
    provider.refuses["hr.insurance"] = "grant-suspended"
    answer = await look(sharing)
    assert "months_paid" not in answer.waiting and "不能查" in answer.missing["months_paid"].zh
    assert await sharing.open(ZHIYUAN.id, PURPOSE.matter) == []


async def test_without_a_grant_nothing_leaves_this_house(sharing: Sharing, home: Database, provider: Provider):
    await home.execute("DELETE FROM data_grant WHERE resource = 'hr.insurance'")
    answer = await look(sharing)
    assert "hr.insurance" not in {one.query.resource for one in provider.asked}
    assert "不能查" in answer.missing["months_paid"].zh and not answer.waiting


async def test_a_person_without_an_identity_number_answers_the_questions_and_nobody_is_asked(
    home: Database, sharing: Sharing, provider: Provider, clock: SettableClock
):
    await home.execute("INSERT INTO person (id, name, level) VALUES ('p-guest', '远客', 1)")
    await put_record(home, "p-guest", "login.account", "person", {"phone": "13900000000"}, clock())
    answer = await look(sharing, "p-guest")
    assert answer.found.keys() == {"phone"} and not answer.waiting
    assert "没有您的身份证号码" in answer.missing["months_paid"].zh
    assert provider.asked == []


async def test_a_thousand_looks_while_a_source_dies_and_comes_back_end_with_a_value_or_an_open_question(
    sharing: Sharing, provider: Provider, home: Database, clock: SettableClock
):
    """Killed in the middle and back only for the second asking: nothing is lost and nothing is asked for ever."""
    wanted = {"months_paid": sources(SERVICE)["months_paid"]}
    answered, waiting = 0, 0
    for n in range(1_000):
        if n == 400:
            provider.down.add("hr.insurance")
        if n == 600:
            provider.down.clear()
        draft = Purpose.of(SERVICE, f"draft:{n}")
        answer = await sharing.look_up(ZHIYUAN.id, wanted, service=SERVICE, purpose=draft, reader=READER)
        if answer.found:
            answered += 1
            assert not answer.waiting
        else:
            waiting += 1
            assert len(await sharing.open(ZHIYUAN.id, draft.matter)) == 1
            await store.hand_in(home, ZHIYUAN.id, draft.matter, f"case-{n}", ["months_paid"], clock())
    assert (answered, waiting) == (800, 200)
    cases = Cases()
    clock.now += timedelta(hours=1)
    assert await sharing.ask_again(lambda _: SERVICE, cases) == 200
    assert cases.filed["months_paid"].value == 76
    assert await home.fetchval("SELECT count(*) FROM shared_retry WHERE ended IS NULL") == 0


async def test_what_is_asked_without_a_grant_is_in_the_supervisors_list_and_names_nobody(
    sharing: Sharing, home: Database, clock: SettableClock
):
    await home.execute("DELETE FROM data_grant")
    wanted = {name: source for name, source in sources(SERVICE).items() if source.resource == "hr.insurance"}
    purpose = msgspec.structs.replace(PURPOSE, body="990101.hr")
    official = Reader(kind="official", id="o-1", post="990101.hr.examiner", body="990101.hr")
    for reader in (READER, official, official):
        await sharing.look_up(ZHIYUAN.id, wanted, service=SERVICE, purpose=purpose, reader=reader)
    found = (await watching.attempts(home, ["990101.hr"], None, 10)).items
    assert {(one.reader, one.kind, one.case, one.code) for one in found} == {
        ("portal", "look-up", "hr.insurance", "no-grant"),
        ("o-1", "look-up", "hr.insurance", "no-grant"),
    }
    assert len(found) == 2, "the same within half an hour is one line"
    (raw,) = await home.fetch("SELECT string_agg(r::text, ' ') AS text FROM access_refused r")
    assert ZHIYUAN.id not in raw["text"]
