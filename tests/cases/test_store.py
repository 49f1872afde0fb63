"""The engine on a database: nothing twice, nothing lost, nobody else's, and rows that are only copies."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from case_world import APPLICANT, COUNTY, FACTS, NEIGHBOUR, Officials
from msgspec import structs

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.cases.loaded import Case
from tongban.cases.model import CaseState
from tongban.cases.service import Cases, QueueFilter
from tongban.cases.store.history import Key, append
from tongban.cases.store.sealed import SEALED
from tongban.cases.views import CaseView
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor

pytestmark = pytest.mark.database

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


async def submit(cases: Cases, key: str = "submit-0001", **facts: Any) -> CaseView:
    return await cases.submit(APPLICANT, "stall-permit", {**FACTS, **facts}, region=COUNTY, key=key)


async def refused(doing: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        await doing
    return caught.value


async def everything(db: Database) -> dict[str, list[dict[str, Any]]]:
    tables = {
        "case_row": "region, case_id",
        "task": "region, case_id, seq",
        "notice": "region, case_id, seq",
        "outbox": "region, case_id, seq",
        "timer": "region, case_id",
    }
    return {
        name: [await opened(db, name, dict(row)) for row in await db.fetch(f"SELECT * FROM {name} ORDER BY {order}")]
        for name, order in tables.items()
    }


async def opened(db: Database, name: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row in clear: the same words are sealed differently each time."""
    for table in SEALED:
        if table.table == name:
            ring = await db.sealer.ring(db, row.values())
            at = [row[column] for column in table.key]
            row |= {column: ring.text(table.place(column, at), row[column]) for column in (*table.text, *table.json)}
    return row


async def accept(cases: Cases, post: Officials, case: str) -> CaseView:
    """Ask for the sketch and get it: the case is accepted."""
    view = await cases.act(
        post("clerk"),
        case,
        "request-correction",
        {"items": ["plan"], "message": "请补"},
        version=None,
        key="ask-00000001",
    )
    file = await cases.add_document(APPLICANT, "草图.pdf", PDF)
    said = {"documents": {"plan": [file.id]}}
    return await cases.act(APPLICANT, case, "supplement", said, version=view.version, key="give-0000001")


async def to_the_end(cases: Cases, post: Officials) -> CaseView:
    case = (await submit(cases)).case
    await accept(cases, post, case)
    await cases.act(post("examiner"), case, "examine", {"opinion": "好"}, version=None, key="examine-0001")
    return await cases.act(post("approver"), case, "grant", {}, version=None, key="grant-000001")


async def test_a_case_goes_from_submission_to_certificate(cases: Cases, post: Officials) -> None:
    done = await to_the_end(cases, post)
    assert done.state.state == "issued"
    seen = await cases.view(APPLICANT, done.case)
    assert len(seen.certificates) == 1
    assert seen.certificates[0].record.case == done.case
    assert [line.what.zh for line in seen.account] == [
        "提交申请",
        "一次性告知补正",
        "补交材料",
        "审查完毕",
        "准予许可",
        "颁发证件",
    ]
    assert seen.account[0].sentence.zh == "2026年11月3日，周晓岚：提交申请。"
    assert [stage.mark for stage in seen.track] == ["done"] * 5
    assert seen.latest is None


async def test_a_repeat_with_the_same_key_answers_the_same(cases: Cases, db: Database, post: Officials) -> None:
    first = await submit(cases)
    again = await submit(cases)
    assert again.case == first.case
    assert await db.fetchval("SELECT count(*) FROM case_event") == 1
    ask = {"items": ["plan"], "message": "请补"}
    one = await cases.act(post("clerk"), first.case, "request-correction", ask, version=1, key="ask-00000001")
    file = await cases.add_document(APPLICANT, "草图.pdf", PDF)
    await cases.act(
        APPLICANT, first.case, "supplement", {"documents": {"plan": file.id}}, version=2, key="give-0000001"
    )
    two = await cases.act(post("clerk"), first.case, "request-correction", ask, version=1, key="ask-00000001")
    assert two.state == one.state
    assert (await submit(cases)).state == first.state


async def test_twenty_repeats_at_once_make_one_case(cases: Cases, db: Database) -> None:
    views = await asyncio.gather(*(submit(cases) for _ in range(20)))
    assert len({view.case for view in views}) == 1
    assert await db.fetchval("SELECT count(*) FROM case_row") == 1


async def test_a_key_used_for_something_else_is_refused(cases: Cases) -> None:
    await submit(cases)
    assert (await refused(submit(cases, metres="2"))).code == "key-reused"


async def test_a_stale_version_is_told_to_reload(cases: Cases, post: Officials) -> None:
    case = (await submit(cases)).case
    await accept(cases, post, case)
    old = await refused(cases.act(post("examiner"), case, "examine", {"opinion": "好"}, version=1, key="late-0000001"))
    assert (old.code, old.status) == ("stale-version", 409)


async def test_delivered_letters_do_not_make_a_page_stale(cases: Cases, post: Officials) -> None:
    view = await submit(cases)
    assert await cases.deliver() == 1
    ask = {"items": ["plan"], "message": "请补"}
    assert await cases.act(post("clerk"), view.case, "request-correction", ask, version=1, key="ask-00000001")


async def test_of_many_acts_at_once_exactly_one_wins(cases: Cases, post: Officials) -> None:
    case = (await submit(cases)).case

    async def ask(n: int) -> str:
        said = {"items": ["plan"], "message": str(n)}
        try:
            await cases.act(post("clerk"), case, "request-correction", said, version=1, key=f"ask-{n:08}")
        except Refused as error:
            return error.code
        return "done"

    outcomes = await asyncio.gather(*(ask(n) for n in range(12)))
    assert outcomes.count("done") == 1
    assert set(outcomes) == {"done", "stale-version"}


async def test_one_bad_member_does_not_spoil_a_batch(cases: Cases, db: Database, monkeypatch: Any) -> None:
    # a letter with a NUL cannot be stored as JSON text: the server refuses the whole statement
    async def one(n: int) -> str:
        try:
            return (await submit(cases, f"batch-{n:06}", full_name=f"周{n}")).case
        except Exception as error:
            return type(error).__name__

    await db.execute("ALTER TABLE case_row ADD CONSTRAINT not_seven CHECK (applicant <> 'p-7')")
    seven = cases.submit(
        Actor(kind="person", id="p-7", name="七", region=COUNTY, level=2),
        "stall-permit",
        FACTS,
        region=COUNTY,
        key="batch-000007",
    )
    results = await asyncio.gather(*(one(n) for n in range(20) if n != 7), seven, return_exceptions=True)
    assert sum(isinstance(result, str) and result.startswith(COUNTY) for result in results) == 19
    assert isinstance(results[-1], Exception)
    assert await db.fetchval("SELECT count(*) FROM case_row") == 19
    assert await db.fetchval("SELECT count(*) FROM command_key WHERE actor = 'p-7'") == 0


async def test_rows_rebuilt_from_events_are_the_rows_that_were_written(
    cases: Cases, db: Database, post: Officials, clock: SettableClock
) -> None:
    await to_the_end(cases, post)
    await submit(cases, "second-00001")
    third = await submit(cases, "third-000001")
    ask = {"items": ["plan"], "message": "请补"}
    await cases.act(post("clerk"), third.case, "request-correction", ask, version=1, key="ask-00000003")
    await cases.act(post("clerk"), third.case, "undo", {}, version=2, key="undo-0000003")
    clock.advance(days=40)
    await cases.fire()
    await cases.deliver()
    await submit(cases, "fourth-00001")
    before = await everything(db)
    assert await cases.rebuild() == 4
    assert await everything(db) == before
    assert before["task"]


async def test_replay_gives_the_same_state_and_dates(cases: Cases, post: Officials) -> None:
    done = await to_the_end(cases, post)
    again = await cases.view(APPLICANT, done.case)
    assert again.state == done.state
    assert [(t.term, t.statutory.due) for t in again.terms] == [(t.term, t.statutory.due) for t in done.terms]


async def test_somebody_elses_case_is_not_there(cases: Cases, post: Officials) -> None:
    case = (await submit(cases)).case
    for stranger in (NEIGHBOUR, post("stranger")):
        for doing in (
            cases.view(stranger, case),
            cases.export(stranger, case),
            cases.act(stranger, case, "accept", {}, version=1, key="stranger-001"),
            cases.document(stranger, "990101-x", case=case),
        ):
            error = await refused(doing)
            assert (error.code, error.status) == ("unknown-case", 404)
    assert (await cases.queue(post("stranger"))).items == ()
    assert (await cases.mine(NEIGHBOUR)).items == ()
    assert (await cases.inbox(NEIGHBOUR)).items == ()


async def test_unknown_things_have_an_answer(cases: Cases) -> None:
    missing = {
        "unknown-service": cases.submit(APPLICANT, "no-such", {}, region=COUNTY, key="missing-0001"),
        "unknown-case": cases.view(APPLICANT, "990101-261103-ZZZZZZZZ"),
        "bad-case-number": cases.view(APPLICANT, "nonsense"),
        "no-competent-body": cases.submit(APPLICANT, "stall-permit", FACTS, region="990100", key="missing-0002"),
        "unknown-region": cases.submit(APPLICANT, "stall-permit", FACTS, region="123456", key="missing-0003"),
        "key-missing": cases.submit(APPLICANT, "stall-permit", FACTS, region=COUNTY, key=""),
        "unknown-document": cases.submit(
            APPLICANT, "stall-permit", FACTS, {"plan": ["990101-x"]}, region=COUNTY, key="missing-0004"
        ),
        "fact-missing": cases.submit(APPLICANT, "stall-permit", {"sells": "toys"}, region=COUNTY, key="missing-0005"),
        "bad-cursor": cases.mine(APPLICANT, "zzz"),
    }
    for code, doing in missing.items():
        assert (await refused(doing)).code == code


async def test_every_missing_answer_is_named(cases: Cases) -> None:
    error = await refused(cases.submit(APPLICANT, "stall-permit", {"sells": "toys"}, region=COUNTY, key="missing-0006"))
    assert [problem.place for problem in error.problems] == ["full_name", "id_number", "since", "metres"]


async def test_a_draft_is_kept_unchecked_and_gone_once_sent(cases: Cases) -> None:
    assert await cases.draft(APPLICANT, "stall-permit") is None
    await cases.save_draft(APPLICANT, "stall-permit", {"metres": "many", "page": 3})
    kept = await cases.draft(APPLICANT, "stall-permit")
    assert kept is not None
    assert kept.content == {"metres": "many", "page": 3}
    assert [draft.service for draft in await cases.drafts(APPLICANT)] == ["stall-permit"]
    assert await cases.draft(NEIGHBOUR, "stall-permit") is None
    await submit(cases)
    assert await cases.drafts(APPLICANT) == ()


async def test_the_queue_is_ordered_by_deadline_and_paged_by_cursor(
    cases: Cases, post: Officials, clock: SettableClock
) -> None:
    for n in range(7):
        await submit(cases, f"queue-{n:06}")
        clock.advance(days=1)
    first = await cases.queue(post("clerk"), limit=3)
    second = await cases.queue(post("clerk"), after=first.next, limit=3)
    third = await cases.queue(post("clerk"), after=second.next, limit=3)
    rows = [*first.items, *second.items, *third.items]
    assert len({row.case_id for row in rows}) == 7
    assert [row.due_at for row in rows] == sorted(row.due_at for row in rows)
    assert third.next is None
    today = await cases.queue(post("clerk"), QueueFilter(view="today"))
    assert {row.due_at.astimezone(ZONE).date() for row in today.items} <= {date(2026, 11, 10)}
    assert today.items
    number = rows[2].case_id
    assert [row.case_id for row in (await cases.queue(post("clerk"), QueueFilter(search=number))).items] == [number]
    assert len((await cases.queue(post("clerk"), QueueFilter(search="990101-2611"))).items) == 7
    assert (await cases.queue(post("clerk"), QueueFilter(service="other"))).items == ()
    assert (await cases.queue(post("approver"))).items == ()


async def test_a_page_takes_the_same_number_of_statements_however_long_the_list(
    cases: Cases, db: Database, post: Officials
) -> None:
    async def count(doing: Callable[[], Any]) -> int:
        async with db.counting() as counter:
            await doing()
        return len(counter)

    asked = [
        lambda: cases.queue(post("clerk")),
        lambda: cases.mine(APPLICANT),
        lambda: cases.inbox(APPLICANT),
        lambda: cases.queue(post("head"), QueueFilter(view="tasks")),
    ]
    await submit(cases)
    few = [await count(doing) for doing in asked]
    for n in range(30):
        await submit(cases, f"many-{n:07}")
    assert [await count(doing) for doing in asked] == few == [1, 1, 1, 1]
    view = await submit(cases)
    assert await count(lambda: cases.view(APPLICANT, view.case)) == 1


async def test_the_export_has_everything(cases: Cases, post: Officials) -> None:
    done = await to_the_end(cases, post)
    exported = await cases.export(APPLICANT, done.case)
    assert [event["type"] for event in exported["events"]][-1] == "issue"
    assert exported["assessment"]["outcome"] == "eligible"
    assert exported["certificates"][0]["certificate"]["record"]["case"] == done.case
    assert exported["terms"][0]["explanation"]["zh"].startswith("2026年11月3日")


async def test_what_officials_write_for_one_another_is_not_in_the_persons_account(
    cases: Cases, post: Officials
) -> None:
    case = (await to_the_end(cases, post)).case
    mine = next(line for line in (await cases.view(APPLICANT, case)).account if line.what.zh == "审查完毕")
    theirs = next(line for line in (await cases.view(post("clerk"), case)).account if line.what.zh == "审查完毕")
    assert mine.details == ()
    assert [value.zh for _, value in theirs.details] == ["好"]


async def test_the_event_keeps_the_chain_of_authority(cases: Cases, post: Officials) -> None:
    done = await to_the_end(cases, post)
    grant = next(event for event in done.loaded.events if event.type == "grant")
    assert grant.authority.zh == "approver岗 → 清源区市场监管局（演示） → 行政许可法 22"
    assert grant.by.post == "approver"


async def test_a_case_keeps_the_versions_of_its_day(cases: Cases) -> None:
    view = await submit(cases)
    newer = structs.replace(view.definition.service, version="2", terms={})
    cases.engine.replace_catalogue(
        Catalogue([newer, view.definition.service], [view.definition.procedure], clock=cases.engine.clock)
    )
    again = await cases.view(APPLICANT, view.case)
    assert (again.opening.service_version, again.opening.day) == ("1", date(2026, 11, 3))
    assert again.definition.service.version == "1"
    assert (await submit(cases, "submit-0002")).opening.service_version == "2"


async def test_a_new_case_whose_number_is_taken_is_not_written_over_the_old(cases: Cases, db: Database) -> None:
    view = await submit(cases)
    before = Case(view.definition, CaseState(), ())
    item, _ = cases.engine.prepare(before, before.after(view.loaded.events), Key("p-zhou", "other-key-01", "0"))
    assert await append(db, [item]) == frozenset()
    assert await db.fetchval("SELECT count(*) FROM command_key") == 1
