"""A decided case decided again: the same under its own text, and as the law of its day is known since."""

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from case_world import APPLICANT, COUNTY, FACTS, NAMES, NOTHING, Story
from test_demo import Stage

from tongban.base.clock import ZONE
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.cases.deciding_again import decide_again, read_receipt
from tongban.cases.decision_receipt import decision_receipt
from tongban.cases.model import Applicant, Attachment, Event
from tongban.cases.redecide import Redecided, redecide
from tongban.cases.service import Cases
from tongban.cases.store.history import every_case
from tongban.catalog import Catalogue, digest, replay
from tongban.catalog.model import Service
from tongban.catalog.procedure import Procedure
from tongban.catalog.seals import seal

PLAN = {"plan": [Attachment("990101-a", "plan.pdf", "application/pdf", 10, "00")]}
CORRECTED_AT = datetime(2027, 3, 1, 9, tzinfo=ZONE)


def granted(story: Story) -> Story:
    asked = story.open().do("clerk", "request-correction", items=["plan"], message="请补草图")
    done = asked.do("person", "supplement", documents=PLAN).do("examiner", "examine", opinion="好")
    return done.do("approver", "grant")


@pytest.fixture
def correction(service: Service) -> Service:
    """The same days, published later: a row that said yes asks an official."""
    rows = tuple(
        (*row[:-2], {"ask-official": {"zh": "更正：由人判断", "en": "Corrected: an official decides"}}, row[-1])
        if row[-2] == "eligible"
        else row
        for row in service.eligible.rows
    )
    table = msgspec.structs.replace(service.eligible, rows=rows)
    return msgspec.structs.replace(service, version="1.1", recorded_at=CORRECTED_AT, eligible=table)


def test_the_event_that_decides_keeps_the_decision(story: Story, catalogue: Catalogue) -> None:
    events = granted(story).events
    (decided,) = [event for event in events if event.decides]
    assert decided.judged["outcome"] == "eligible"
    assert digest(replay(decided.judged, catalogue)) == decided.judged["digest"]
    assert all(event.judged == {} for event in events if not event.decides)


def test_a_refusal_keeps_it_too(story: Story) -> None:
    says = {"reasons": "摊位超长", "law": ["APL-34"]}
    asked = story.open().do("clerk", "request-correction", items=["plan"], message="请补草图")
    done = asked.do("person", "supplement", documents=PLAN).do("examiner", "examine", opinion="超长")
    refused = done.do("approver", "propose-refusal", **says).do("second", "refuse", **says)
    assert refused.events[-1].judged["digest"].startswith("sha256:")


def _again(story: Story, catalogue: Catalogue, known: datetime) -> Any:
    return redecide(story.definition, story.events, story.state, catalogue, known)


def test_a_correction_published_since_is_told_and_the_decision_stands(
    story: Story, service: Service, correction: Service, procedure: Procedure
) -> None:
    done, both = granted(story), Catalogue([service, correction], [procedure])
    before = _again(done, both, datetime(2027, 2, 28, tzinfo=ZONE))
    assert (before.kept, before.differences, before.now.digest) == (True, (), before.then.digest)
    after = _again(done, both, CORRECTED_AT)
    assert after.then == before.then
    assert (after.then.found.outcome, after.now.found.outcome) == ("eligible", "ask-official")
    assert (after.then.text, after.now.text) == (seal(service), seal(correction))
    assert {"version", "outcome"} <= {one.part for one in after.differences}


def test_a_case_decided_before_a_new_version_stays_under_the_law_of_its_day(
    story: Story, service: Service, procedure: Procedure
) -> None:
    second = msgspec.structs.replace(service, version="2", valid_from=date(2026, 12, 1))
    again = _again(granted(story), Catalogue([service, second], [procedure]), CORRECTED_AT)
    assert (again.now.text, again.differences) == (seal(service), ())


def test_a_case_without_decision_or_whose_decision_was_taken_back_says_so(story: Story, catalogue: Catalogue) -> None:
    with pytest.raises(Refused) as refusal:
        _again(story.open(), catalogue, CORRECTED_AT)
    assert refusal.value.code == "not-decided"


def test_what_was_decided_under_a_text_that_has_been_changed_is_told(
    story: Story, service: Service, procedure: Procedure
) -> None:
    changed = Catalogue([msgspec.structs.replace(service, owner="改过")], [procedure])
    with pytest.raises(Refused) as refusal:
        _again(granted(story), changed, CORRECTED_AT)
    assert refusal.value.code == "version-changed"


def test_a_case_decided_before_decisions_were_kept_is_worked_out_from_its_facts(
    story: Story, catalogue: Catalogue
) -> None:
    done = granted(story)
    old = Story(done.definition, tuple(msgspec.structs.replace(event, judged={}) for event in done.events), done.now)
    again, kept = (_again(one, catalogue, CORRECTED_AT) for one in (old, done))
    assert (again.kept, again.then.digest) == (False, kept.then.digest)


def test_events_written_before_decisions_were_kept_can_still_be_read(story: Story) -> None:
    plain = msgspec.json.encode(story.open().events[0])
    assert b"judged" not in plain and b"service_hash" not in plain
    assert msgspec.json.decode(plain, type=Event).judged == {}


async def test_a_stored_case_keeps_the_hash_of_its_text(cases: Cases, service: Service) -> None:
    applicant = Applicant("p-zhou", "周晓岚", "11010519491231002X")
    opened = await cases.submit(APPLICANT, service.service, FACTS, region=COUNTY, key="key-0001", applicant=applicant)
    assert opened.opening.service_hash == seal(service)
    for number, code in ((opened.case, "not-decided"), ("990101-261103-99999999", "unknown-case")):
        with pytest.raises(Refused) as refusal:
            await cases.redecide(number)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("now", "version"),
    [
        pytest.param(datetime(2026, 11, 23, 10, 30, tzinfo=ZONE), "1", id="before the second version"),
        pytest.param(datetime(2027, 1, 28, 10, 30, tzinfo=ZONE), "3", id="after the third"),
    ],
)
async def test_every_stored_demonstration_case_decided_again_has_the_same_hash(
    db: Database, tmp_path: Path, now: datetime, version: str
) -> None:
    stage = Stage(db, tmp_path, now)
    await stage.seed()
    cases = await stage.cases()
    decided: dict[str, Redecided] = {}
    for _, number in await every_case(db, ("", ""), 500):
        with suppress(Refused):
            again = await cases.redecide(number)
            service = again.then.found.variant.service
            decided[service.service] = again
            case = await cases.engine.load(number)
            made = decision_receipt(case.definition, case.events, case.state, NOTHING, NAMES, demo=True)
            from_it = decide_again(read_receipt(msgspec.json.decode(msgspec.json.encode(made))), [service])
            assert (from_it.differences, from_it.digest) == ((), again.then.digest)
    assert {"advanced-age-allowance", "residence-permit", "out-of-area-medical-filing"} <= decided.keys()
    for again in decided.values():
        assert again.kept
        assert (again.then.digest, again.differences) == (again.now.digest, ())
    allowance = decided["advanced-age-allowance"].then.found
    assert allowance.variant.service.version == version
    assert [one.name for one in allowance.parameters] == (["monthly_by_age"] if version != "1" else [])
