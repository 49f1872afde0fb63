"""A node tells what its file declares and nothing else, the same from every kind of store."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from node_world import OTHER, PERSON, ask, at_least, csv_file, excel, node, parquet, question, record, sqlite

from tongban.base.clock import ZONE
from tongban.base.database import Database, EmbeddedPostgres
from tongban.base.errors import Refused
from tongban.sharing.node.answering import Node
from tongban.sharing.node.values import WrongType, plain, reads_as, shown, typed

SQLITE = "sources: {s: {kind: sql, url: 'sqlite:///hr.db'}}" + record("s", "insured")
FILES = "sources: {s: {kind: files, folder: .}}"
ALL = ("months_paid", "employer", "left_on", "wage", "active", "phone")


def _beside(kind: str, folder: Path) -> Node:
    match kind:
        case "sqlite":
            sqlite(folder / "hr.db")
            return node(SQLITE, folder)
        case "csv":
            csv_file(folder / "hr.csv")
            return node(FILES + record("s", "hr.csv"), folder)
        case "csv in GB 18030":
            csv_file(folder / "hr.csv", encoding="gb18030")
            return node(FILES.replace("folder: .", "folder: ., encoding: gb18030") + record("s", "hr.csv"), folder)
        case "parquet":
            parquet(folder / "hr.parquet")
            return node(FILES + record("s", "hr.parquet"), folder)
        case _:
            excel(folder / "hr.xlsx")
            return node(FILES + record("s", "hr.xlsx:参保"), folder)


KINDS = ["sqlite", "csv", "csv in GB 18030", "parquet", "excel"]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_store_gives_the_same_answer_for_the_same_record(kind: str, tmp_path: Path):
    beside = _beside(kind, tmp_path)
    try:
        answer = await ask(beside, question(ALL, [at_least("months_paid", 12)]))
        assert answer.found
        assert answer.values == {
            "months_paid": 76,
            "employer": "岚江远山印务有限公司（演示）",
            "left_on": "2026-10-16",
            "wage": 5200,
            "active": False,
            "phone": "*******0003",
        }
        assert answer.tests == {"t": True}
        assert answer.as_of == datetime(2026, 11, 1, 8, 0, tzinfo=ZONE)
        other = await ask(beside, question(("left_on", "wage"), [at_least("left_on", "2026-11-01", "<=")], OTHER))
        assert other.values == {"left_on": None, "wage": 4800.5}
        assert other.tests == {"t": None}
        assert not (await ask(beside, question(subject="990101190001010000"))).found
        assert not (await ask(beside, question(subject="990101196004155208"))).found, "the fixed filter leaves it out"
    finally:
        await beside.close()


async def _hr(db: Database) -> None:
    await db.execute("CREATE SCHEMA hr")
    await db.execute(
        "CREATE TABLE hr.insured (id_number text PRIMARY KEY, months integer, employer text, left_on date,"
        " wage numeric, active boolean, phone text, told timestamptz, state text, secret text)"
    )
    await db.execute(
        "INSERT INTO hr.insured VALUES ($1, 76, '印务', '2026-10-16', 5200, false, '15400000003', "
        "'2026-11-01T00:00:00Z', 'in', '不给')",
        PERSON,
    )


def _role(postgres: EmbeddedPostgres, db: Database, role: str) -> str:
    return db.url.replace("//tongban@", f"//{role}@")


async def test_a_postgresql_role_that_may_only_read_is_enough(db: Database, postgres: EmbeddedPostgres, tmp_path: Path):
    await _hr(db)
    await db.execute("DROP ROLE IF EXISTS node_reader")
    await db.execute("CREATE ROLE node_reader LOGIN")
    await db.execute("GRANT USAGE ON SCHEMA hr TO node_reader")
    await db.execute("GRANT SELECT (id_number, months, employer, told, state) ON hr.insured TO node_reader")
    text = f"sources: {{s: {{kind: sql, url: '{_role(postgres, db, 'node_reader')}'}}}}" + record("s", "hr.insured")
    beside = node(text, tmp_path)
    try:
        answer = await ask(beside, question(("months_paid", "employer")))
        assert answer.values == {"months_paid": 76, "employer": "印务"}
        with pytest.raises(Refused) as denied:
            await ask(beside, question(("wage",)))
        assert denied.value.code == "source-denies"
    finally:
        await beside.close()
        await db.execute("DROP OWNED BY node_reader")
        await db.execute("DROP ROLE node_reader")


async def test_even_a_role_that_may_write_cannot_through_a_node(
    db: Database, postgres: EmbeddedPostgres, tmp_path: Path
):
    await _hr(db)
    await db.execute(
        "CREATE FUNCTION hr.touch() RETURNS text LANGUAGE sql AS "
        "$$ UPDATE hr.insured SET months = 999 RETURNING 'touched' $$"
    )
    await db.execute(
        "CREATE VIEW hr.trap AS SELECT id_number, months, hr.touch() AS employer, told, state FROM hr.insured"
    )
    beside = node(f"sources: {{s: {{kind: sql, url: '{db.url}'}}}}" + record("s", "hr.trap"), tmp_path)
    try:
        with pytest.raises(Refused):
            await ask(beside, question(("employer",)))
        assert await db.fetchval("SELECT max(months) FROM hr.insured") == 76
    finally:
        await beside.close()


async def _code(beside: Node, **asked: object) -> str:
    with pytest.raises(Refused) as refused:
        await ask(beside, question(**asked))  # type: ignore[arg-type]
    return refused.value.code


async def test_nothing_that_is_not_declared_leaves(tmp_path: Path):
    sqlite(tmp_path / "hr.db")
    beside = node(SQLITE + "      leaves: [employer]\n", tmp_path)
    try:
        assert await _code(beside, fields=("id_number",)) == "field-not-declared"
        assert await _code(beside, fields=("months_paid",)) == "field-does-not-leave"
        assert await _code(beside, fields=(), tests=[at_least("months_paid", 11)]) == "test-not-allowed"
        assert await _code(beside, fields=(), tests=[at_least("months_paid", 12, "<")]) == "test-not-allowed"
        assert await _code(beside, fields=(), tests=[at_least("wage", 1)]) == "test-not-allowed"
        assert await _code(beside, fields=(), tests=[at_least("left_on", 12, "<=")]) == "test-malformed"
        assert await _code(beside, fields=(), tests=[at_least("left_on", "2026-02-30", "<=")]) == "test-malformed"
        assert await _code(beside, fields=()) == "nothing-asked"
        assert await _code(beside, resource="hr.jobs") == "resource-not-here"
        assert await _code(beside, record="other") == "resource-not-here"
        for bad in (
            "",
            "' OR 1=1 --",
            "９９０１０１１９８８０２１６１０７２",
            "%",
            PERSON + "0",
            PERSON.lower() + "\n",
        ):
            assert await _code(beside, fields=("employer",), subject=bad) == "subject-malformed"
        least = await ask(beside, question((), [at_least("months_paid", 12)]))
        assert least.values == {}
        assert least.tests == {"t": True}
    finally:
        await beside.close()


@settings(max_examples=60)
@given(st.one_of(st.none(), st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.binary(), st.dates()))
def test_a_value_is_of_its_type_or_refused_and_json_carries_it_without_loss(raw: object):
    for kind in ("string", "integer", "number", "boolean", "date", "datetime"):
        try:
            value = typed(raw, kind, ZONE)
        except WrongType:
            continue
        if value is not None and not isinstance(value, datetime):
            again = plain(value)
            assert typed(again, kind, ZONE) == value
            assert reads_as(again, kind)


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=40))
def test_a_mask_shows_no_more_than_it_says(text: str):
    assert shown(text, "last-4").lstrip("*") in {"", text[-4:].lstrip("*")}
    assert len(text) > 4 or set(shown(text, "last-4")) == {"*"}
    assert shown(text, "first-1")[1:].strip("*") == ""
