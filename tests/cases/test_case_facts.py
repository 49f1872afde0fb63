"""What of a case is counted: its facts say what happened and when, nothing of the person, and count it once."""

from dataclasses import replace as replaced
from pathlib import Path

import msgspec
from case_world import APPLICANT, COUNTY, FACTS, FILES, Story

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.cases.decide import escalate
from tongban.cases.definition import Definition
from tongban.cases.loaded import Case
from tongban.cases.model import Attachment, Escalation
from tongban.cases.service import Cases
from tongban.catalog import load_procedure
from tongban.catalog.model import Service
from tongban.oversight import store
from tongban.oversight.computing import Period, compute
from tongban.oversight.extracting import Extracted, age_band, extract
from tongban.oversight.files import read_indicators
from tongban.oversight.folder import opened, replace
from tongban.oversight.following import Follower
from tongban.terms import Calendar

PLAN = {"plan": [Attachment("990101-a", "plan.pdf", "application/pdf", 10, "00")]}
NOVEMBER = Period.month(2026, 11)


def facts(story: Story) -> Extracted:
    return extract(Case(story.definition, story.state, story.events))


def accepted(story: Story) -> Story:
    asked = story.open().do("clerk", "request-correction", items=["plan"], message="请补草图")
    return asked.do("person", "supplement", documents=PLAN)


def test_a_case_says_what_was_asked_again_and_whether_it_was_answered_in_time(story: Story) -> None:
    found = facts(accepted(story).do("examiner", "examine", opinion="好").at(11, 17).do("approver", "grant")).case
    assert (found.corrections, found.questions) == (1, len(FACTS))
    assert found.decided_at is not None
    assert found.statutory_due is not None
    assert found.decided_at <= found.statutory_due
    assert 0 < found.used_days < found.statutory_days


def test_a_decision_after_the_day_is_late(story: Story) -> None:
    found = facts(accepted(story).do("examiner", "examine", opinion="好").at(12, 20).do("approver", "grant")).case
    assert found.decided_at is not None
    assert found.statutory_due is not None
    assert found.decided_at > found.statutory_due
    assert found.used_days > found.statutory_days


def test_the_event_that_ends_a_term_of_the_authority_says_when_it_was_due(story: Story) -> None:
    ended = {one.act: one for one in facts(accepted(story)).events if one.term}
    assert "request-correction" in ended
    assert ended["request-correction"].term == "accept"
    assert ended["request-correction"].statutory_due is not None
    assert "supplement" not in ended, "the applicant's own term is nobody's delay"


def test_what_the_applicant_takes_back_in_time_is_no_date_that_the_body_kept(story: Story) -> None:
    back = facts(story.open().do("person", "withdraw"))
    assert not [one.term for one in back.events if one.term]
    assert back.case.accepted_at is None, "nor was it ever accepted"
    late = facts(accepted(story).at(12, 20).do("person", "withdraw")).events[-1]
    assert late.term == "decide"
    assert late.statutory_due is not None
    assert late.happened_at > late.statutory_due, "but a date that was missed stays missed"


def dates(found: Extracted) -> list[tuple[str, str, str]]:
    return [(one.act, one.kept, one.missed) for one in found.events if one.kept or one.missed]


def test_a_date_is_kept_or_missed_once_and_what_is_never_done_is_missed(story: Story) -> None:
    examined = accepted(story).do("examiner", "examine", opinion="好")
    in_time = dates(facts(examined.at(11, 17).do("approver", "grant")))
    assert in_time[:2] == [("request-correction", ";accept;", ""), ("grant", ";decide;", "")]
    assert not any(missed for _, _, missed in in_time)
    overdue = examined.at(12, 20)
    climbed = escalate(overdue.definition, overdue.state, Escalation("decide", "head", overdue.now), overdue.now)
    silent = replaced(overdue, events=(*overdue.events, climbed))
    never = [one for one in dates(facts(silent)) if one[0] != "request-correction"]
    assert [(kept, missed) for _, kept, missed in never] == [("", ";decide;")], "nobody has decided"
    late = [one for one in dates(facts(silent.do("approver", "grant"))) if ";decide;" in "".join(one[1:])]
    assert late == never, "done late it is missed once, and not kept as well"


def test_what_is_taken_back_in_time_is_neither_kept_nor_missed(story: Story) -> None:
    assert dates(facts(story.open().do("person", "withdraw"))) == []
    after = dates(facts(accepted(story).at(12, 20).do("person", "withdraw")))
    assert after[-1] == ("withdraw", "", ";decide;")


def test_only_silence_at_acceptance_is_acceptance_by_law_not_every_time_that_runs_out(service: Service) -> None:
    text = (FILES / "licensing.yaml").read_text(encoding="utf-8")
    term = (
        "  publicity: {name: {zh: 公示, en: Publicity}, span: 3 working-days, law: APL-32, on_expiry: act}\n  decide:"
    )
    act = (
        "  end-publicity: {name: {zh: 公示期满, en: Over}, from: [accepted], to: examined, who: [clock],"
        " on_expiry: publicity, terms: [{do: end, term: publicity}], law: APL-32}\n  deem-accepted:"
    )
    started = "terms: [{do: start, term: publicity}, {do: start, term: decide, since: accept}"
    text = text.replace("  decide:", term, 1).replace("  deem-accepted:", act, 1)
    text = text.replace("terms: [{do: start, term: decide, since: accept}", started, 1)
    definition = Definition(service, load_procedure(text).require(), Calendar.china(), ZONE, service.terms)
    told = Story(definition).open().at(11, 20).wait().at(11, 28).wait()
    found = facts(told)
    assert [one.act for one in found.events if one.actor == "clock"] == ["deem-accepted", "end-publicity"]
    assert found.case.deemed
    early = Story(definition, told.events[:1] + told.events[2:])
    assert early.events[-1].type == "end-publicity"


def test_a_case_that_is_opened_again_counts_once_in_the_month_of_its_first_answer(
    service: Service, tmp_path: Path
) -> None:
    text = (FILES / "licensing.yaml").read_text(encoding="utf-8")
    again = (
        "  reopen: {name: {zh: 重新办理, en: Open again}, from: [issued], to: accepted, who: [head],"
        " terms: [{do: start, term: decide}], law: APL-38}\n  issue:"
    )
    procedure = load_procedure(
        text.replace("  issue: {name: {zh: 颁发证件", again + " {name: {zh: 颁发证件", 1)
    ).require()
    story = Story(Definition(service, procedure, Calendar.china(), ZONE, service.terms))
    first = accepted(story).do("examiner", "examine", opinion="好").at(11, 17).do("approver", "grant")
    reopened = first.at(12, 1).do("head", "reopen")
    twice = reopened.do("examiner", "examine", opinion="好").at(12, 8).do("approver", "grant")
    found = facts(twice)
    assert found.case.reopened == 1
    assert found.case.decided_at == facts(first).case.decided_at
    assert [one.act for one in found.events if one.reopens] == ["reopen"]
    replace(tmp_path, "cases", found.region, found.month, [facts(first).case])
    replace(tmp_path, "cases", found.region, found.month, [found.case])
    on_time = next(one for one in read_indicators() if one.indicator == "on-time-statutory")
    with opened(tmp_path) as folder:
        assert [one.rows for one in compute(folder, on_time, "all", NOVEMBER)] == [1]
        assert compute(folder, on_time, "all", Period.month(2026, 12)) == ()


def test_no_word_of_the_person_is_in_the_facts(story: Story) -> None:
    told = accepted(story)
    found = facts(told)
    written = msgspec.json.encode([found.case, *found.events]).decode()
    applicant = told.state.case.applicant
    assert not [
        word
        for word in (applicant.id, applicant.name, applicant.number, *FACTS.values())
        if len(word) > 3 and word in written
    ]


def test_ages_are_told_in_five_bands_and_sixty_is_old_age_by_law() -> None:
    day = NOVEMBER.since
    born = ("20100101", "19920101", "19661102", "19661101", "19561101")
    assert [age_band(f"990101{day_of_birth}001X", day) for day_of_birth in born] == [
        "0-17",
        "18-34",
        "35-59",
        "60-69",
        "70+",
    ]
    assert age_band("91990101MA0000001Y", day) == age_band("", day) == ""


async def submit(cases: Cases, n: int) -> str:
    return (await cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key=f"facts-{n:06}")).case


def counted(folder: Path, table: str) -> list[tuple[object, ...]]:
    with opened(folder) as facts:
        return facts.run(f"SELECT count(*), count(DISTINCT case_id), sum(seq) FROM {table}")


async def test_each_case_is_counted_once_however_often_and_late_it_moves(
    cases: Cases, clock: SettableClock, db: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "facts"
    follower = Follower(cases.engine, folder, clock)
    numbers = [await submit(cases, n) for n in range(3)]
    assert (await follower.turn()).cases == 3
    assert (await follower.turn()).cases == 0, "nothing moved"
    clock.advance(days=9)
    await cases.fire()  # silence is acceptance
    await db.execute("UPDATE case_row SET updated_at = '2026-11-03T09:00+08:00' WHERE case_id = $1", numbers[0])
    await follower.turn(whole=True)
    rows, distinct, _ = counted(folder, "cases")[0]
    assert (rows, distinct) == (3, 3)
    history = await db.fetch("SELECT count(*) AS n FROM case_event")
    assert counted(folder, "events")[0][0] == history[0]["n"], "what came with an old date is there too"
    deemed = next(one for one in read_indicators() if one.indicator == "deemed-acceptances")
    with opened(folder) as facts:
        assert [(one.numerator, one.denominator) for one in compute(facts, deemed, "all", NOVEMBER)] == [(3, 3)]


async def test_one_that_was_killed_between_files_takes_nothing_in_twice(
    cases: Cases, clock: SettableClock, tmp_path: Path
) -> None:
    folder = tmp_path / "facts"
    follower = Follower(cases.engine, folder, clock)
    await submit(cases, 0)
    await follower.turn()
    (folder / "place.json").unlink()  # killed after the rows and before the place
    for file in (folder / "cases").rglob("*.parquet"):
        file.unlink()
    await follower.turn()
    assert counted(folder, "events") == [(1, 1, 1)]
    assert counted(folder, "cases") == [(1, 1, 1)]


async def test_how_old_somebody_was_lies_sealed_and_goes_with_their_key(
    cases: Cases, clock: SettableClock, db: Database, tmp_path: Path
) -> None:
    await submit(cases, 0)
    await Follower(cases.engine, tmp_path / "facts", clock).turn()
    stored = (await db.fetch("SELECT band::text AS band FROM fact_band"))[0]["band"]
    assert "70+" not in stored
    assert [one.band.age for one in await store.bands(db)] == ["70+"]
    await db.sealer.erase(db, APPLICANT.id, clock(), "asked for")
    assert await store.bands(db) == []
