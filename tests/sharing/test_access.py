"""Nobody opens anybody's data without saying who, for which matter and on what basis; and what was written stays."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.sharing import Purpose, Reader
from tongban.sharing.access import Closed, Kind, Opened, Trace, delays, held_back, open_record, shown, sweep, watching
from tongban.sharing.access import store as rows
from tongban.sharing.access.record import row

LAW = Text("社会救助暂行办法 11", "Interim Measures for Social Assistance 11")
PURPOSE = Purpose(
    service="subsistence-allowance",
    name=Text("低保", "Subsistence allowance"),
    matter="990101-261103-00000001",
    law=LAW,
)
CLERK = Reader(
    kind="official", id="o-1", title="990101.civil.examiner", post="990101.civil.examiner", body="990101.civil"
)


def opening(at: datetime, **other: Any) -> Opened:
    usual: dict[str, Any] = {
        "person": "p-1", "reader": CLERK, "purpose": PURPOSE, "grant": "g-1", "resource": "hr.insurance",
        "record": "member", "fields": ("months_paid",), "kind": Kind.LOOK_UP, "at": at,
        "source": Text("人社参保记录", "Insurance records"), "labels": (Text("缴费月数", "Months paid"),),
    }  # fmt: skip
    return Opened(**(usual | other))


def without(field: str) -> dict[str, Any]:
    return {
        "person": {"person": ""},
        "reader": {"reader": msgspec.structs.replace(CLERK, id="")},
        "post": {"reader": msgspec.structs.replace(CLERK, post="")},
        "purpose": {"purpose": msgspec.structs.replace(PURPOSE, service="")},
        "law": {"purpose": msgspec.structs.replace(PURPOSE, law=Text("", ""))},
        "matter": {"purpose": msgspec.structs.replace(PURPOSE, matter="")},
        "grant": {"grant": ""},
        "fields": {"fields": ()},
    }[field]


@pytest.mark.parametrize("field", ["person", "reader", "post", "purpose", "law", "matter", "grant", "fields"])
def test_an_opening_without_a_basis_cannot_even_be_said(clock: SettableClock, field: str) -> None:
    with pytest.raises(Refused) as refused:
        opening(clock(), **without(field))
    assert refused.value.code == "access-without-basis"


LACKING: list[tuple[str, object]] = [
           ("person", ""), ("grant_id", ""), ("matter", ""), ("purpose", ""), ("fields", []), ("post", ""),
           ("law", {"zh": "", "en": ""}), ("reader", {"kind": "official", "id": ""}), ("kind", "peek"),
           ("kept_until", "2028-01-01"), ("delayed_by", "rescue")]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), LACKING, ids=[column for column, _ in LACKING])
async def test_the_database_takes_no_row_without_a_basis_either(
    db: Database, clock: SettableClock, column: str, value: object
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await rows.insert(db, [row(opening(clock())) | {column: value}])


def test_nobody_holds_a_value_without_its_trace(clock: SettableClock) -> None:
    with pytest.raises(TypeError):
        Trace(object(), frozenset({"p-1"}))
    assert "王小满" not in repr(Closed("p-1", lambda: "王小满"))


async def test_a_trace_opens_the_data_of_its_person_only(db: Database, clock: SettableClock) -> None:
    trace = await open_record(db, opening(clock()))
    assert Closed("p-1", lambda: "王小满").open(trace) == "王小满"
    with pytest.raises(ValueError, match="another person"):
        Closed("p-2", lambda: "陈志远").open(trace)


async def test_what_cannot_be_written_is_not_opened(db: Database, clock: SettableClock) -> None:
    await db.execute("ALTER TABLE shared_access RENAME TO gone")
    with pytest.raises(asyncpg.PostgresError):
        await open_record(db, opening(clock()))


async def test_a_row_stands_or_falls_with_the_transaction_it_is_written_in(db: Database, clock: SettableClock) -> None:
    with pytest.raises(RuntimeError):
        async with db.transaction() as connection:
            await open_record(connection, opening(clock()))
            raise RuntimeError
    assert (await shown(db, "p-1", clock())).items == ()


async def test_many_records_are_one_statement(db: Database, clock: SettableClock) -> None:
    async with db.counting() as count:
        await open_record(db, *(opening(clock(), record=f"r{n}") for n in range(20)))
    assert len(count) == 1
    assert len((await shown(db, "p-1", clock(), limit=50)).items) == 20


async def test_reloading_leaves_one_row_and_coming_back_later_another(db: Database, clock: SettableClock) -> None:
    for minutes in (0, 1, 5, 60):
        await open_record(db, opening(clock() + timedelta(minutes=minutes), once="case-1"))
    assert len((await shown(db, "p-1", clock() + timedelta(hours=2))).items) == 2


async def test_a_person_reads_who_what_why_and_on_what_basis(db: Database, clock: SettableClock) -> None:
    await open_record(db, opening(clock()))
    (seen,) = (await shown(db, "p-1", clock())).items
    assert (seen.by, seen.body, seen.post) == ("official", "990101.civil", "990101.civil.examiner")
    assert (seen.labels[0].zh, seen.service_name.zh, seen.law, seen.basis) == ("缴费月数", "低保", LAW, "g-1")


async def test_nobody_else_is_in_what_a_person_reads(db: Database, clock: SettableClock) -> None:
    """The leak of the Estonian tracker: a look at a relative told them of somebody's pending matter."""
    await open_record(
        db,
        opening(clock(), own=False, case="990101-261103-00000001"),
        opening(clock(), reader=Reader(kind="person", id="p-secret"), own=False),
    )
    told = msgspec.json.encode((await shown(db, "p-1", clock())).items).decode()
    hidden = ("990101-261103", "p-secret", "o-1", "低保", "subsistence-allowance")
    assert not [mark for mark in hidden if mark in told]


async def test_the_list_can_be_narrowed_by_body_and_time_and_goes_on_where_it_ended(
    db: Database, clock: SettableClock
) -> None:
    other = msgspec.structs.replace(CLERK, body="990101.hr", post="990101.hr.examiner")
    for days in range(4):
        await open_record(db, opening(clock() + timedelta(days=days), reader=other if days % 2 else CLERK))
    now = clock() + timedelta(days=9)
    first = await shown(db, "p-1", now, limit=3)
    rest = await shown(db, "p-1", now, first.next, limit=3)
    assert [len(first.items), len(rest.items), rest.next] == [3, 1, None]
    assert len((await shown(db, "p-1", now, body="990101.hr")).items) == 2
    assert (
        len((await shown(db, "p-1", now, since=clock() + timedelta(days=1), until=clock() + timedelta(days=3))).items)
        == 2
    )


async def test_a_row_is_held_back_only_by_a_rule_that_covers_it(db: Database, clock: SettableClock) -> None:
    for rule, kind in (("inspection", Kind.COUNTER), ("no-such-rule", Kind.LOOK_UP), ("rescue", Kind.LOOK_UP)):
        with pytest.raises(Refused) as refused:
            await open_record(db, opening(clock(), delayed_by=rule, kind=kind))
        assert refused.value.code == "delay-without-rule"


async def test_a_delayed_row_appears_by_itself_on_its_day_with_its_reason(db: Database, clock: SettableClock) -> None:
    rule = delays()["inspection"]
    await open_record(db, opening(clock(), delayed_by="inspection"))
    end = clock() + timedelta(days=rule.days)
    assert (await shown(db, "p-1", end - timedelta(seconds=1))).items == ()
    (seen,) = (await shown(db, "p-1", end)).items
    assert (seen.at, seen.delayed, seen.delayed_law) == (clock(), rule.reason, rule.law)


async def test_a_person_learns_that_there_are_delayed_rows_only_where_the_rule_allows(
    db: Database, clock: SettableClock
) -> None:
    secret = opening(clock(), kind=Kind.EMERGENCY, grant="emergency:1", case=PURPOSE.matter, delayed_by="rescue")
    await open_record(db, secret)
    assert await held_back(db, "p-1", clock()) is None
    await open_record(db, opening(clock(), delayed_by="inspection"))
    assert await held_back(db, "p-1", clock()) == clock() + timedelta(days=delays()["inspection"].days)


async def test_nothing_is_rewritten_and_nothing_goes_before_three_years(db: Database, clock: SettableClock) -> None:
    long_ago = datetime.now(clock().tzinfo) - timedelta(days=4 * 366)
    await open_record(db, opening(long_ago), opening(datetime.now(clock().tzinfo)))
    for attempt in ("UPDATE shared_access SET purpose = 'x'", "TRUNCATE shared_access", "DELETE FROM shared_access"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await db.execute(attempt)
    assert await sweep(db, datetime.now(clock().tzinfo) + timedelta(days=10_000)) == 1
    assert await db.fetchval("SELECT count(*) FROM shared_access") == 1


async def test_days_that_are_over_are_counted_once_and_read_as_they_were(db: Database, clock: SettableClock) -> None:
    async def seen() -> list[tuple[str, Any, int, Any]]:
        page = await watching.volumes(db, ["990101.civil"], clock(), ZONE, lambda post: post, None, 50)
        return [(one.post, one.day, one.persons, one.own) for one in page.items]

    start = clock()
    for day in range(12):
        for person in range(day % 3 + 1):
            await open_record(db, opening(start + timedelta(days=day, minutes=person), person=f"p-{person}"))
            await open_record(db, opening(start + timedelta(days=day, hours=1), person=f"p-{person}"))
    clock.set(start + timedelta(days=11, hours=2))
    live = await seen()
    assert live and live[0][2] == 3 and live[0][3] is not None, "people, not openings"
    assert await watching.count(db, clock(), ZONE) == 63, "days without openings are counted too"
    assert await watching.count(db, clock(), ZONE) == 0
    assert await seen() == live
    assert await db.fetchval("SELECT count(*) FROM access_day") == 11, "today is not over"
    clock.advance(days=1)
    await open_record(db, *(opening(clock(), person=f"p-{person}") for person in range(5)))
    assert (await seen())[0][2] == 5, "and is counted as it goes"
    clock.advance(days=80)
    assert await watching.count(db, clock(), ZONE) == 63
    assert await db.fetchval("SELECT count(*) FROM access_day") == 0, "what nothing is compared with is forgotten"
