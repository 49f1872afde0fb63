"""`tongban route lessons`: of earlier days, only re-routings that a second person checked become a training file."""

import asyncio
import csv
from pathlib import Path

import pytest
from tests.assist.routing.earlier_days import Step, request, write

from tongban.assist.store import Store
from tongban.base.clock import SettableClock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.base.sealing import open_sealer
from tongban.cli import main
from tongban.org import demo

pytestmark = pytest.mark.database


def typed(*words: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["route", "lessons", *map(str, words)])
    return int(ended.value.code or 0)


@pytest.fixture
async def data(db: Database, tmp_path: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose database runs, with requests at every step of the way."""
    KeyRing.open(tmp_path / "keys", clock())
    db = await Database.open(db.url, name="lessons", max_size=2, sealer=await open_sealer(Settings(data_dir=tmp_path)))
    await demo.seed(db)
    monkeypatch.setenv("TONGBAN_DATABASE_URL", db.url)
    sent: Step = ("sent", "property", "a")
    on: Step = ("passed-on", "noise", "b")
    made = (
        request(clock(), "1", "没有改派的", sent),
        request(clock(), "2", "改派了没有核对的", sent, on),
        request(clock(), "3", "楼下“太吵”，\n整夜不停", sent, on, ("checked", "noise", "c")),
        request(clock(), "4", "自己核对自己的", sent, on, ("checked", "noise", "b")),
        request(clock(), "5", "核对之后又改派的", sent, on, ("checked", "noise", "c"), ("passed-on", "power", "c")),
        request(clock(), "6", "邻县的", sent, on, ("checked", "noise", "c"), region="990102"),
    )
    store = await Store.open(db)
    for one in made:
        await write(store, one)
    await db.close()
    return tmp_path


async def test_only_what_a_second_person_checked_is_written_and_counted(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = data / "lessons.csv"
    assert await asyncio.to_thread(typed, "--out", out, "--region", "990101", "--data", data) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["text", "label"], ["楼下“太吵”，\n整夜不停", "noise"]]
    said = capsys.readouterr().out
    assert "1 requests that people sent and bodies took up" in said
    assert "由人派出、单位接办的诉求1条" in said
    assert out.stat().st_mode & 0o077 == 0, "people's words are for whoever runs the platform"
    assert await asyncio.to_thread(typed, "--out", out, "--data", data) == 0
    assert "邻县的" in out.read_text(encoding="utf-8-sig")


async def test_what_cannot_be_written_is_a_sentence_and_status_2(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = data / "lessons.csv"
    assert await asyncio.to_thread(typed, "--out", out, "--region", "990909", "--data", data) == 2
    assert "(unknown-region)" in capsys.readouterr().err
    assert await asyncio.to_thread(typed, "--out", data, "--data", data) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not out.exists()
