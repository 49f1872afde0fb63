"""`tongban uses`, as an operator types it."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.catalog.load import load_use
from tongban.catalog.shipped import shipped
from tongban.cli import main
from tongban.org import demo

pytestmark = pytest.mark.database


def typed(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["uses", *words])
    return int(ended.value.code or 0)


@pytest.fixture
async def installation(db: Database, tmp_path: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with keys, over a database of its own that runs."""
    await demo.seed(db)
    KeyRing.open(tmp_path / "keys", clock())
    monkeypatch.setenv("TONGBAN_DATABASE_URL", db.url)
    return tmp_path


async def test_an_operator_switches_a_use_off_in_a_running_installation_and_on_again(
    installation: Path, db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ("--data", str(installation))
    off = ("off", "guide", "--region", "990101", "--why", "答错太多", "--by", "运行班", *data)
    assert await asyncio.to_thread(typed, *off) == 0
    row = await db.fetchrow("SELECT region, use, state, why, kind, by_name FROM assist_switch")
    assert row is not None
    assert tuple(row.values()) == ("990101", "guide", "off", "答错太多", "operator", "运行班")
    capsys.readouterr()
    assert await asyncio.to_thread(typed, "list", *data) == 0
    assert "答错太多" in capsys.readouterr().out
    on = ("on", "guide", "--region", "990101", "--why", "改好了", *data)
    assert await asyncio.to_thread(typed, *on) == 0
    assert [row["state"] for row in await db.fetch("SELECT state FROM assist_switch ORDER BY id")] == ["off", "on"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("off", "guide", "--why", " "), "reason-missing"),
        (("off", "nothing", "--why", "x"), "unknown-use"),
        (("off", "guide", "--region", "990909", "--why", "x"), "unknown-region"),
        (("measure", "nothing"), "unknown-use"),
        (("measure", "guide", "--set", "no-such-file.jsonl"), "no-evaluation-set"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_cannot_be_done_is_a_sentence_and_status_2(
    installation: Path, db: Database, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str
) -> None:
    assert await asyncio.to_thread(typed, *words, "--data", str(installation)) == 2
    said = capsys.readouterr().err
    assert f"({code})" in said and "Traceback" not in said
    assert not await db.fetchval("SELECT count(*) FROM assist_switch")


def test_looking_makes_no_installation_where_there_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("off", "guide", "--why", "x", "--data", str(tmp_path / "none")) == 2
    assert "no-installation" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_measuring_keeps_what_was_found_where_the_gate_reads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = load_use((shipped("uses") / "guide.yaml").read_text(encoding="utf-8")).require()
    rows = (shipped("uses").parent / guide.evaluation.set).read_text(encoding="utf-8").splitlines()[:9]
    questions = tmp_path / "mine.csv"
    questions.write_text("\n".join(rows), encoding="utf-8")
    status = typed("measure", "guide", "--set", str(questions), "--data", str(tmp_path))
    kept = json.loads((tmp_path / "uses" / "measured" / "guide.json").read_text(encoding="utf-8"))
    assert kept["set"] == "mine.csv" and 0 < kept["size"] <= 8
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", kept["digest"])
    assert status in (0, 1)
    capsys.readouterr()


def test_the_register_can_be_read_by_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("list", "--json", "--data", str(tmp_path)) == 0
    listed = json.loads(capsys.readouterr().out)
    assert "guide" in {one["use"] for one in listed}
    assert typed("check", "--json", "--data", str(tmp_path)) == 0
    assert json.loads(capsys.readouterr().out) == {"findings": [], "stopped": []}
