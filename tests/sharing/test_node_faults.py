"""A department's data can be wrong in every way; the node says which, with a stable code, and gives nothing."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from node_world import COLUMNS, PERSON, ROWS, ask, csv_file, excel, node, question, record, sqlite

from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.sharing.node.answering import Node

SQLITE = "sources: {s: {kind: sql, url: 'sqlite:///hr.db', seconds: 1}}" + record("s", "insured")
FILES = "sources: {s: {kind: files, folder: data}}"
CSV = FILES + record("s", "hr.csv")


async def _refused(beside: Node, fields: tuple[str, ...] = ("months_paid",)) -> str:
    try:
        with pytest.raises(Refused) as refused:
            await ask(beside, question(fields))
        said = refused.value.problems[0]
        assert said.text.zh and said.text.en
        assert PERSON not in said.text.zh + said.text.en + said.place
        return refused.value.code
    finally:
        await beside.close()


def _changed(column: int, value: Any) -> list[tuple[Any, ...]]:
    return [(*row[:column], value, *row[column + 1 :]) for row in ROWS[:1]]


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        (1, "twelve", "months_paid"),
        (1, "012", "months_paid"),
        (1, 12.5, "months_paid"),
        (1, b"\x00\x01", "months_paid"),
        (3, "16/10/2026", "left_on"),
        (3, "2026-02-30", "left_on"),
        (4, "1e3", "wage"),
        (4, float("inf"), "wage"),
        (5, "maybe", "active"),
        (5, 2, "active"),
        (2, 12, "employer"),
        (7, "yesterday", "months_paid"),
    ],
)
async def test_a_value_of_the_wrong_type_is_not_guessed_at(column: int, value: Any, field: str, tmp_path: Path):
    sqlite(tmp_path / "hr.db", _changed(column, value))
    assert await _refused(node(SQLITE, tmp_path), (field,)) == "source-wrong-type"


async def test_two_rows_for_one_person_are_no_answer_unless_the_newest_is_meant(tmp_path: Path):
    older = (*ROWS[0][:1], 3, *ROWS[0][2:7], ROWS[0][7].replace(year=2025), "in")
    sqlite(tmp_path / "hr.db", [older, *ROWS])
    assert await _refused(node(SQLITE, tmp_path)) == "source-many-rows"
    beside = node(SQLITE + "      rows: newest\n", tmp_path)
    assert (await ask(beside, question())).values == {"months_paid": 76}
    await beside.close()


async def test_a_million_rows_cost_no_memory(tmp_path: Path):
    (tmp_path / "data").mkdir()
    sqlite(tmp_path / "hr.db", ROWS[:1])
    with sqlite3.connect(tmp_path / "hr.db") as made:
        rest = ", ".join(COLUMNS[1:])
        made.execute(
            f"CREATE VIEW many AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) "
            f"SELECT id_number, {rest} FROM n, insured"
        )
    made.close()
    assert await _refused(node(SQLITE.replace("insured", "many"), tmp_path)) == "source-many-rows"
    with (tmp_path / "data" / "hr.csv").open("w", encoding="utf-8") as out:
        out.write(",".join(COLUMNS) + "\n")
        line = f"{PERSON},76,x,,1,true,1,2026-11-01,in\n"
        for _ in range(100):
            out.write(line * 10_000)
    assert await _refused(node(CSV, tmp_path)) == "source-many-rows"


async def test_a_statement_that_does_not_end_is_cut_off(tmp_path: Path):
    sqlite(tmp_path / "hr.db", ROWS[:1])
    with sqlite3.connect(tmp_path / "hr.db") as made:
        made.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT insured.* FROM n, insured WHERE i < 0"
        )
    made.close()
    text = SQLITE.replace("insured", "endless").replace("seconds: 1", "seconds: 0.2")
    assert await _refused(node(text, tmp_path)) == "source-slow"


async def test_a_slow_postgresql_is_cut_off_and_the_next_question_answered(db: Database, tmp_path: Path):
    columns = "id_number, months, employer, left_on, wage, active, phone, told, state"
    await db.execute("CREATE TABLE calm (id_number text, months int, employer text, left_on date, wage numeric,"
                     " active boolean, phone text, told timestamptz, state text)")  # fmt: skip
    await db.execute("INSERT INTO calm VALUES ($1, 76, 'x', NULL, 1, true, '1', now(), 'in')", PERSON)
    await db.execute(f"CREATE VIEW slow AS SELECT {columns} FROM calm WHERE pg_sleep(30) IS NOT NULL")
    source = f"sources: {{s: {{kind: sql, url: '{db.url}', seconds: 0.3, connections: 1}}}}"
    assert await _refused(node(source + record("s", "slow"), tmp_path)) == "source-slow"
    both = record("s", "slow") + record("s", "calm").replace("\nresources:\n  hr.insurance:\n    member", "\n    calm")
    beside = node(source + both, tmp_path)
    with pytest.raises(Refused):
        await ask(beside, question())
    assert (await ask(beside, question(record="calm"))).values == {"months_paid": 76}
    await beside.close()


async def test_a_postgresql_that_restarted_is_asked_again(db: Database, tmp_path: Path):
    await db.execute("CREATE TABLE insured (id_number text, months int, told timestamptz, state text)")
    await db.execute("INSERT INTO insured VALUES ($1, 76, now(), 'in')", PERSON)
    beside = node(f"sources: {{s: {{kind: sql, url: '{db.url}'}}}}" + record("s", "insured"), tmp_path)
    assert (await ask(beside, question())).found
    await db.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tongban-node' "
        "AND datname = current_database()"
    )
    assert (await ask(beside, question())).found
    await beside.close()


SQL_FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "source-down": (lambda _: None, SQLITE),
    "source-changed": (lambda folder: sqlite(folder / "hr.db", [], ["other"]), SQLITE),
    "source-unreadable": (lambda folder: (folder / "hr.db").write_bytes(b"no database " * 1000), SQLITE),
    "source-too-large": (
        lambda folder: sqlite(folder / "hr.db", _changed(2, "长" * 5000)),
        SQLITE,
    ),
}


@pytest.mark.parametrize("code", SQL_FAULTS)
async def test_each_fault_of_a_database_has_its_code(code: str, tmp_path: Path):
    prepare, text = SQL_FAULTS[code]
    prepare(tmp_path)
    assert (
        await _refused(node(text, tmp_path), ("employer",) if code == "source-too-large" else ("months_paid",)) == code
    )


async def test_a_column_that_went_away_is_not_taken_for_a_text(tmp_path: Path):
    sqlite(tmp_path / "hr.db")
    text = SQLITE.replace("column: employer", "column: 雇主")
    assert await _refused(node(text, tmp_path), ("employer",)) == "source-changed"


async def test_a_database_that_is_not_there_is_down_not_an_error(tmp_path: Path):
    text = "sources: {s: {kind: sql, url: 'postgresql://nobody@127.0.0.1:9/none', seconds: 1}}" + record("s", "insured")
    assert await _refused(node(text, tmp_path)) == "source-down"


def _csv(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "hr.csv").write_bytes(text.encode("utf-8", "surrogatepass"))


def _at(table: str) -> str:
    return FILES + record("s", table)


HEADER = ",".join(COLUMNS)
FILE_FAULTS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no file": (lambda _: None, CSV, "source-down"),
    "a column is missing": (_csv(f"id_number,told,state\n{PERSON},2026-11-01,in\n"), CSV, "source-changed"),
    "not UTF-8": (lambda f: (f / "hr.csv").write_bytes(HEADER.encode() + b"\n\xff\xfe\n"), CSV, "source-unreadable"),
    "ragged": (_csv(f"{HEADER}\n{PERSON},1\n"), CSV, "source-unreadable"),
    "a line without an end": (_csv(f"{HEADER}\n{'x' * 300_000}\n"), CSV, "source-unreadable"),
    "empty": (_csv(""), CSV, "source-changed"),
    "no Parquet": (lambda f: (f / "hr.parquet").write_bytes(b"x" * 100), _at("hr.parquet"), "source-unreadable"),
    "no workbook": (lambda f: (f / "hr.xlsx").write_bytes(b"x" * 100), _at("hr.xlsx"), "source-unreadable"),
    "no such sheet": (lambda f: excel(f / "hr.xlsx"), _at("hr.xlsx:别的"), "source-changed"),
    "outside the folder": (lambda f: csv_file(f.parent / "hr.csv"), _at("../hr.csv"), "source-denies"),
}  # fmt: skip


@pytest.mark.parametrize("what", FILE_FAULTS)
async def test_each_fault_of_a_file_has_its_code(what: str, tmp_path: Path):
    prepare, text, code = FILE_FAULTS[what]
    (tmp_path / "data").mkdir()
    prepare(tmp_path / "data")
    assert await _refused(node(text, tmp_path)) == code


async def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path):
    (tmp_path / "data").mkdir()
    csv_file(tmp_path / "elsewhere.csv")
    (tmp_path / "data" / "hr.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert await _refused(node(CSV, tmp_path)) == "source-denies"


@asynccontextmanager
async def _service(reply: bytes, *, wait: float = 0) -> AsyncGenerator[tuple[str, list[str]]]:
    """A service that says always the same, and remembers what it was asked."""
    asked: list[str] = []

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        await asyncio.sleep(wait)
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()


def _http(body: str | bytes, status: str = "200 OK", extra: str = "") -> bytes:
    data = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n{extra}\r\n".encode() + data


def _rest(base: str) -> str:
    text = f"sources: {{s: {{kind: rest, base: '{base}', seconds: 0.5, max_bytes: 1000}}}}"
    return text + record("s", "people/{subject}").replace("      where: {state: in}\n", "").replace(
        "column: months", "column: member.months"
    )


GOOD = f'{{"id_number": "{PERSON}", "told": "2026-11-01", "member": {{"months": 76}}}}'
REST_FAULTS: dict[str, tuple[bytes, str]] = {
    "an error page": (_http("<html>", "500 Oops"), "source-down"),
    "no JSON": (_http("<html>"), "source-unreadable"),
    "not allowed": (_http("", "403 Forbidden"), "source-denies"),
    "a redirect": (_http("", "302 Found", "Location: http://127.0.0.1:1/\r\n"), "source-down"),
    "too much": (_http("[" + "1," * 1000 + "1]"), "source-too-large"),
    "several": (_http(f"[{GOOD},{GOOD}]"), "source-many-rows"),
    "somebody else": (_http(GOOD.replace(PERSON, "990101190001010000")), "source-other-subject"),
    "a field is gone": (_http(GOOD.replace("months", "month")), "source-changed"),
    "a field has another type": (_http(GOOD.replace("76", "[]")), "source-wrong-type"),
    "a text for an object": (_http(GOOD.replace('{"months": 76}', '"x"')), "source-changed"),
    "cut off": (_http(GOOD)[:-3], "source-down"),
}


@pytest.mark.parametrize("what", REST_FAULTS)
async def test_each_fault_of_a_service_has_its_code(what: str, tmp_path: Path):
    reply, code = REST_FAULTS[what]
    async with _service(reply) as (base, _):
        assert await _refused(node(_rest(base), tmp_path)) == code


async def test_a_service_is_asked_at_its_fixed_address_and_may_not_know_the_person(tmp_path: Path):
    async with _service(_http(GOOD)) as (base, asked):
        beside = node(_rest(base), tmp_path)
        assert (await ask(beside, question())).values == {"months_paid": 76}
        assert asked == [f"GET /people/{PERSON} HTTP/1.1\r\n"]
        await beside.close()
    async with _service(_http("", "404 Not Found")) as (base, _):
        beside = node(_rest(base), tmp_path)
        assert not (await ask(beside, question())).found
        await beside.close()


async def test_a_service_that_hangs_or_is_away_is_told_apart(tmp_path: Path):
    async with _service(_http(GOOD), wait=1) as (base, _):
        assert await _refused(node(_rest(base), tmp_path)) == "source-slow"
    assert await _refused(node(_rest("http://127.0.0.1:9"), tmp_path)) == "source-down"
