"""What must not happen although somebody tries: to read too much, to repeat too little, to be outlived by a row."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from case_world import APPLICANT, COUNTY, FACTS, NOW, ROOT, Officials
from msgspec import structs

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.database.pool import RawConnection
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.keys import KeyRing
from tongban.cases.batch import Batcher
from tongban.cases.decide import Command, decide
from tongban.cases.definition import Definition
from tongban.cases.evolve import fold
from tongban.cases.model import Applicant, CaseState, Office, Opening, Refusal
from tongban.cases.projections import project
from tongban.cases.service import Cases
from tongban.cases.store.history import Append, Key, replace_rows
from tongban.cases.views import CaseView
from tongban.catalog import load_procedure, load_service
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor, Directory, Grant, Mandate, Person
from tongban.sharing import Shared
from tongban.terms import Calendar

pytestmark = pytest.mark.database

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


async def submit(cases: Cases, key: str = "submit-0001", **facts: Any) -> CaseView:
    return await cases.submit(APPLICANT, "stall-permit", {**FACTS, **facts}, region=COUNTY, key=key)


async def accepted(cases: Cases, post: Officials) -> str:
    """A case whose sketch was asked for and supplied."""
    case = (await submit(cases)).case
    file = await cases.add_document(APPLICANT, "草图.pdf", PDF)
    ask = {"items": ["plan"], "message": "请补"}
    await cases.act(post("clerk"), case, "request-correction", ask, version=None, key="ask-00000001")
    said = {"documents": {"plan": [file.id]}}
    await cases.act(APPLICANT, case, "supplement", said, version=None, key="give-0000001")
    return case


async def proposed(cases: Cases, post: Officials, opinion: str) -> str:
    """A case in which a refusal was proposed, after an opinion that officials wrote for one another."""
    case = await accepted(cases, post)
    await cases.act(post("examiner"), case, "examine", {"opinion": opinion}, version=None, key="examine-0001")
    why = {"reasons": opinion, "law": ["APL-42"]}
    await cases.act(post("approver"), case, "propose-refusal", why, version=None, key="propose-0001")
    return case


async def test_what_officials_write_for_one_another_is_not_in_the_persons_export(cases: Cases, post: Officials) -> None:
    case = await proposed(cases, post, "内部意见：再查一查")
    assert "内部意见" not in str(await cases.export(APPLICANT, case))
    assert "内部意见" in str(await cases.export(post("clerk"), case))
    assert "请补" in str(await cases.export(APPLICANT, case)), "what the person was told stays"


async def refused(doing: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        await doing
    return caught.value


async def test_a_key_used_for_one_case_does_not_stand_for_the_same_act_on_another(cases: Cases) -> None:
    one, other = await submit(cases, "submit-0001"), await submit(cases, "submit-0002")
    await cases.act(APPLICANT, one.case, "withdraw", {}, version=1, key="withdraw-01")
    error = await refused(cases.act(APPLICANT, other.case, "withdraw", {}, version=1, key="withdraw-01"))
    assert (error.code, error.status) == ("key-reused", 422)
    assert (await cases.view(APPLICANT, other.case)).state.state == "received"


async def test_a_key_used_for_one_persons_application_does_not_stand_for_anothers(
    cases: Cases, post: Officials
) -> None:
    async def at_the_counter(person: str) -> CaseView:
        return await cases.submit(
            post("clerk"), "stall-permit", FACTS, region=COUNTY, key="counter-0001", applicant=Applicant(person, "周")
        )

    await at_the_counter("p-one")
    assert (await refused(at_the_counter("p-other"))).code == "key-reused"


async def test_a_repeat_answers_the_same_although_it_would_be_refused_today(cases: Cases, clock: SettableClock) -> None:
    first = await submit(cases, since="2026-12-1")
    metres = cases.engine.catalogue.service("stall-permit").facts["metres"]
    stricter = structs.replace(metres, max=2)
    service = cases.engine.catalogue.service("stall-permit")
    changed = structs.replace(service, version="2", facts={**service.facts, "metres": stricter})
    cases.engine.replace_catalogue(
        Catalogue([changed, service], [cases.engine.catalogue.procedure("licensing")], clock=clock)
    )
    assert (await refused(submit(cases, "submit-0002"))).code != "key-reused", "it is refused today"
    assert (await submit(cases)).case == first.case


async def test_a_choice_that_is_no_text_is_named_and_breaks_nothing(cases: Cases, post: Officials) -> None:
    case = await accepted(cases, post)
    says = {"kind": ["hearing"], "until": "2026-12-1", "reasons": "要听证"}
    error = await refused(cases.act(post("examiner"), case, "start-special", says, version=None, key="special-0001"))
    assert (error.code, error.problems[0].place) == ("field-not-a-choice", "kind")


def under_mandate(services: set[str], acts: set[str], until: datetime) -> Actor:
    """Whoever acts for the applicant."""
    mandate = Mandate(
        id="m-1",
        from_party=APPLICANT.id,
        from_name=APPLICANT.name,
        to_person="p-agent",
        services=frozenset(services),
        acts=frozenset(acts),
        since=NOW - timedelta(days=1),
        until=until,
    )
    return Actor.citizen(Person(id="p-agent", name="代办人", home_region=COUNTY, level=2), mandate)


@pytest.mark.parametrize(
    ("services", "acts", "days", "seen"),
    [
        ({"*"}, {"*"}, 9, 1),
        ({"stall-permit"}, {"view"}, 9, 1),
        ({"food-licence"}, {"*"}, 9, 0),
        ({"*"}, {"submit"}, 9, 0),
        ({"*"}, {"*"}, 0, 0),
    ],
)
async def test_a_mandate_lists_only_the_cases_that_it_covers(
    cases: Cases, clock: SettableClock, services: set[str], acts: set[str], days: int, seen: int
) -> None:
    await submit(cases)
    agent = under_mandate(services, acts, clock() + timedelta(days=days))
    assert len((await cases.mine(agent)).items) == seen


async def test_what_is_filled_in_for_another_is_not_among_ones_own_drafts(
    cases: Cases, post: Officials, clock: SettableClock
) -> None:
    agent = under_mandate({"*"}, {"*"}, clock() + timedelta(days=9))
    themselves = Actor.citizen(Person(id="p-agent", name="代办人", home_region=COUNTY, level=2))
    clerk = post("clerk")
    at_home = Actor.citizen(Person(id=clerk.id, name=clerk.name, home_region=clerk.region, level=2))
    for one, other in ((agent, themselves), (clerk, at_home)):
        await cases.save_draft(one, "stall-permit", {"metres": "3"})
        assert await cases.draft(other, "stall-permit") is None
        assert await cases.drafts(other) == ()
        await cases.discard(other, "stall-permit")
        assert await cases.draft(one, "stall-permit") is not None


class Away:
    """A pool whose server is not there."""

    def __init__(self) -> None:
        self.asked = 0

    async def acquire(self) -> RawConnection:
        self.asked += 1
        raise ConnectionRefusedError

    async def release(self, connection: RawConnection) -> None: ...

    async def close(self) -> None: ...


async def test_a_database_that_is_away_is_waited_for_once_and_not_once_for_each_command(
    cases: Cases,
) -> None:
    found = await cases.engine.load((await submit(cases)).case)
    pool = Away()
    batcher = Batcher(Database(pool, "", 0.01, cases.engine.db.sealer))
    rows = project(found.definition, found.state, ())
    items = [
        Append(region=COUNTY, case=f"case-{n}", expected=0, seq=1, key=Key("p", f"key-{n}", ""), events=(), rows=rows)
        for n in range(30)
    ]
    outcomes = await asyncio.gather(*(batcher.write(item) for item in items), return_exceptions=True)
    assert {type(one) for one in outcomes} == {Refused}
    assert pool.asked <= 8


async def test_an_older_row_never_takes_the_place_of_a_newer_one(cases: Cases, db: Database, post: Officials) -> None:
    old = await cases.engine.load((await submit(cases)).case)
    number = old.state.case.case
    ask = {"items": ["plan"], "message": "请补"}
    await cases.act(post("clerk"), number, "request-correction", ask, version=1, key="ask-00000001")
    stale = Append(
        region=COUNTY,
        case=number,
        expected=1,
        seq=1,
        key=Key("", "", ""),
        events=(),
        rows=project(old.definition, old.state, old.events),
    )
    await replace_rows(db, [stale])
    assert await db.fetchval("SELECT seq FROM case_row WHERE case_id = $1", number) == 2
    assert await cases.act(APPLICANT, number, "withdraw", {}, version=2, key="withdraw-01")


async def test_a_clocks_act_that_its_own_conditions_refuse_is_put_aside_and_told(
    db: Database,
    catalogue: Catalogue,
    directory: Directory,
    clock: SettableClock,
    tmp_path: Path,
) -> None:
    procedure = catalogue.procedure("licensing")
    silent = structs.replace(procedure.acts["deem-accepted"], when="complete")
    changed = structs.replace(procedure, acts={**procedure.acts, "deem-accepted": silent})
    files = Catalogue([catalogue.service("stall-permit")], [changed], clock=clock)
    keys = KeyRing.open(tmp_path / "keys", clock())
    cases = Cases(db, files, directory, Calendar.china(), keys, clock, data_dir=tmp_path)
    case = (await submit(cases)).case
    clock.advance(days=9)
    assert await cases.fire() == 0
    row = await db.fetchrow("SELECT attempts, due_at FROM timer WHERE case_id = $1", case)
    assert row is not None
    assert row["attempts"] == 1
    assert row["due_at"] > clock()


@pytest.mark.parametrize(
    ("claim", "state"),
    [
        ({}, "issued"),
        ({"phone": "13800000001"}, "issued"),  # nothing hangs on it
        ({"insurance_status": "active"}, "accepted"),
        ({"insured_region": "990201"}, "accepted"),  # read only by way of another fact
    ],
)
def test_rules_grant_nothing_that_the_records_of_the_state_would_not(claim: dict[str, str], state: str) -> None:
    service = load_service((ROOT / "services/out-of-area-medical-filing.yaml").read_text(encoding="utf-8")).require()
    procedure = load_procedure((ROOT / "procedures/instant.yaml").read_text(encoding="utf-8")).require()
    definition = Definition(service, procedure, Calendar.china(), ZONE, service.terms)
    status = "paused" if "insurance_status" in claim else "active"
    known = {"full_name": "周晓岚", "id_number": FACTS["id_number"], "phone": "13800000000", "insured_region": COUNTY}
    source = Text("医保参保库", "Health insurance register")
    records = {
        name: Shared(value=value, source=source, as_of=NOW, at=NOW)
        for name, value in {**known, "insurance_status": status}.items()
    }
    facts = {
        "going_region": "990102" if "insured_region" in claim else "110101",
        "stay": "living",
        "promise": "true",
        **claim,
    }
    opening = Opening(
        "990101-261103-00000001",
        COUNTY,
        service.service,
        service.version,
        procedure.procedure,
        procedure.version,
        NOW.date(),
        Office("insurance", Text("医保局（演示）", "Insurance (demo)")),
        Applicant("p-zhou", "周晓岚"),
    )
    grant = Grant(Text("本人办理", "in person"), "")
    command = Command(definition.opens, APPLICANT, grant, {"facts": facts}, opening=opening, records=records)
    events = decide(definition, CaseState(), command, NOW)
    assert not isinstance(events, Refusal), [problem.text.zh for problem in events.problems]
    assert fold(events).state == state


async def test_the_same_file_sent_many_times_at_once_is_kept_once_and_whole(cases: Cases, tmp_path: Path) -> None:
    many = await asyncio.gather(*(cases.add_document(APPLICANT, "草图.pdf", PDF) for _ in range(12)))
    assert len({file.id for file in many}) == 1
    assert len([path for path in (tmp_path / "documents").rglob("*") if path.is_file()]) == 1
    assert await cases.content(many[0].id, many[0].sha256) == PDF


async def test_a_certificate_is_made_out_to_the_number_that_was_checked_not_to_the_one_typed(cases: Cases) -> None:
    own = "990101199001010011"
    person = Actor.citizen(Person(id="p-li", name="李", id_number=own, home_region=COUNTY, level=2))
    assert own not in repr(person)
    view = await cases.submit(person, "stall-permit", FACTS, region=COUNTY, key="submit-0001")
    assert view.opening.applicant.number == own != FACTS["id_number"]
