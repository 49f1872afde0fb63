"""`tongban directory`: out as DCAT and CSV, in only after a look, and bad input gets a sentence."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tongban.base.database import Database
from tongban.cli import main
from tongban.sharing.directory import proposals, store
from tongban.sharing.directory.load import load_resource, open_directory
from tongban.sharing.directory.model import Frequency


def run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["directory", *map(str, arguments)])
    return int(ended.value.code or 0)


def export(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], *options: str | Path) -> Path:
    assert run("export", "--format", "csv", "--data", tmp_path, *options) == 0
    path = tmp_path / "list.csv"
    path.write_bytes(capsysbinary.readouterr().out)
    return path


def test_the_exported_sheet_imports_to_the_same(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path = export(tmp_path, capsysbinary)
    assert run("import", path, "--write", "--data", tmp_path) == 0
    assert "30 entries read, 0 new or changed" in capsysbinary.readouterr().out.decode()
    assert not (tmp_path / "directory").exists()


def test_a_changed_sheet_is_shown_first_and_written_when_asked(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = export(tmp_path, capsysbinary, "--body", "tax")
    text = path.read_text(encoding="utf-8-sig").replace("每月", "每日")
    path.write_text(text, encoding="gb18030")
    assert run("import", path, "--data", tmp_path) == 0
    shown = capsysbinary.readouterr().out.decode()
    assert "更新频率 frequency: 每月 → 每日" in shown
    assert not (tmp_path / "directory").exists()
    assert run("import", path, "--write", "--data", tmp_path) == 0
    now = open_directory(tmp_path)
    assert now.resource("tax.income").frequency.value == "daily"
    assert len(now.resources) == len(open_directory().resources)
    written = tmp_path / "directory" / "resources" / "tax.income.yaml"
    assert load_resource(written.read_text(encoding="utf-8")).require() == now.resource("tax.income")
    capsysbinary.readouterr()
    assert run("check", "--data", tmp_path) == 0


def test_a_sheet_with_mistakes_is_told_whole_and_changes_nothing(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = export(tmp_path, capsysbinary, "--body", "tax")
    text = path.read_text(encoding="utf-8-sig").replace("每月", "有时").replace("有条件共享", "看情况")
    path.write_text(text, encoding="utf-8")
    assert run("import", path, "--write", "--data", tmp_path) == 1
    said = capsysbinary.readouterr()
    assert said.out.decode().count("error cell-wrong") == 2
    assert "list.csv:2:" in said.out.decode()
    assert "什么都没有写入" in said.err.decode()
    assert not (tmp_path / "directory").exists()


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", tmp_path / "none.csv") == 2
    assert "没有这个文件" in capsys.readouterr().err


@pytest.mark.database
async def test_what_was_published_through_a_case_is_exported_and_no_file_changes_it(
    tmp_path: Path, db: Database, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    listed = open_directory().resource("tax.income")
    after = msgspec.structs.replace(listed, version=2, frequency=Frequency.DAILY)
    await store.publish(db, after.id, 2, "990000.tax", proposals.content(after), datetime.now(UTC), "990000-1#3")
    monkeypatch.setenv("TONGBAN_DATABASE_URL", db.url)
    path = await asyncio.to_thread(export, tmp_path, capsysbinary, "--body", "tax")
    text = path.read_text(encoding="utf-8-sig")
    assert "每日" in text and "每月" not in text
    assert await asyncio.to_thread(run, "export", "--data", tmp_path) == 0
    made = json.loads(capsysbinary.readouterr().out)
    income = next(one for one in made["dcat:dataset"] if one["dct:identifier"] == "tax.income")
    assert "DAILY" in json.dumps(income)
    path.write_text(text.replace("每日", "每周"), encoding="utf-8")
    assert await asyncio.to_thread(run, "import", path, "--write", "--data", tmp_path) == 1
    said = capsysbinary.readouterr()
    assert "每日 → 每周" in said.out.decode() and "tax.income" in said.err.decode() and "办事台" in said.err.decode()
    assert not (tmp_path / "directory").exists()


def test_the_list_is_a_catalogue_of_dcat(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("export", "--data", tmp_path) == 0
    made = json.loads(capsysbinary.readouterr().out)
    assert made["@type"] == "dcat:Catalog"
    datasets = {one["dct:identifier"]: one for one in made["dcat:dataset"]}
    assert set(datasets) == set(open_directory().resources)
    withheld = datasets["police.fingerprints"]
    assert withheld["dct:accessRights"]["@id"].endswith("/access-right/NON_PUBLIC")
    assert withheld["dcat:distribution"] == []
    register = datasets["market.registry"]
    assert register["dct:accessRights"]["@id"].endswith("/access-right/PUBLIC")
    assert len(register["dcat:distribution"]) == 3
    assert {"@value": "市场主体登记", "@language": "zh"} in register["dct:title"]
    names = {key.partition(":")[0] for one in datasets.values() for key in one if ":" in key}
    assert names <= set(made["@context"])
