"""The register of digital projects: what does the same is found and told in words; what only sounds alike is not."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.oversight.sheets import SHEET

from tongban.cli import main
from tongban.oversight.registers.projects import Project, overlaps, read_projects

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["projects", "overlaps", *map(str, words)])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return int(end.value.code or 0), said.out, said.err

    return command


@pytest.fixture(params=["utf-8", "gb18030"])
def sheet(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "projects.csv"
    path.write_bytes(SHEET.encode(request.param))
    return path


def test_a_planned_system_that_exists_already_is_named_with_what_is_the_same(run: Run, sheet: Path) -> None:
    status, out, _ = run(sheet, "--json")
    found = json.loads(out)["overlaps"]
    assert status == 0
    assert [(one["first"], one["second"]) for one in found] == [("P1", "P2")]
    parts = {part["part"]: part for part in found[0]["parts"]}
    assert parts["data"]["both"] == ["人口基本信息", "社会保险参保信息"] and parts["data"]["share"] == 1
    assert parts["services"]["both"] == ["社会保险登记", "养老待遇领取"]
    assert any("社会保险登记" in phrase for phrase in parts["function"]["both"])


def test_the_overlap_is_told_in_both_languages(run: Run, sheet: Path) -> None:
    _, out, _ = run(sheet)
    assert "拟建的“智慧人社一体化平台”" in out and "与已建的“社保综合服务系统”重复" in out
    assert "is in '社保综合服务系统' (existing)" in out


def project(number: int, function: str, *, data: str = "", services: str = "", status: str = "planned") -> Project:
    return Project(str(number), f"P{number}", "", status, function, *(tuple(x.split()) for x in (data, services)))  # type: ignore[arg-type]


def test_a_small_system_within_a_large_one_is_a_duplicate_and_not_the_other_way_round() -> None:
    large = project(1, "licences and fines and maps and payments of markets", services="a b c d e f", status="existing")
    small = project(2, "licences of markets", services="a b")
    (found,) = overlaps([large, small])
    assert (found.first, found.second) == ("2", "1")
    assert {part.part: part.share for part in found.parts}["services"] == 1
    turned = overlaps([project(1, large.function, services="a b c d e f"), small])
    assert (turned[0].first, turned[0].second) == ("2", "1")


def test_what_nobody_filled_in_counts_neither_for_nor_against() -> None:
    (found,) = overlaps([project(1, "parking guidance"), project(2, "parking guidance", data="x")])
    assert found.score == 1 and [part.part for part in found.parts] == ["function"]


def test_words_that_every_project_uses_tie_nobody_together() -> None:
    subjects = ["water", "schools", "roads", "forests", "buses", "farms", "ports", "parks", "mines", "dams", "bees"]
    common = "an integrated smart platform for the digital management of"
    crowd = [project(n, f"{common} {subject}") for n, subject in enumerate(subjects * 3)]
    told = overlaps(crowd)
    assert {(int(one.first) - int(one.second)) % len(subjects) for one in told} == {0}
    assert len(told) == 3 * len(subjects)


def test_names_written_a_little_differently_are_the_same_data() -> None:
    (found,) = overlaps([project(1, "", data="人口基本信息"), project(2, "", data="人口基本信息库", status="existing")])
    assert found.score == 1


BAD = {
    "no-column": ("who,what\na,b\n", "Missing columns: name, function, data, services"),
    "no-name": ("name,function\n,roads\n", "has no name"),
    "nothing-said": ("name,function\nA,\n", "nothing to compare"),
    "unknown-status": ("name,status,function\nA,soon,roads\n", "planned or existing"),
    "twice": ("id,name,function\n1,A,roads\n1,B,roads\n", "is there twice"),
    "short-row": ("name,function\nA\n", "1 cells, the head 2"),
    "no-rows": ("name,function\n", "no projects"),
    "bad-csv": ('name,function\n"A,x\n', "not valid CSV"),
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_sheet_is_answered_with_a_sentence_and_exit_status_2(code: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_text(BAD[code][0], encoding="utf-8")
    status, out, err = run(path)
    assert status == 2 and not out
    assert BAD[code][1] in err and f"({code})" in err


def test_every_wrong_row_is_named_at_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_text("name,function\n,roads\nB,\n", encoding="utf-8")
    _, _, err = run(path)
    assert "projects.csv:2" in err and "projects.csv:3" in err


def test_a_sheet_in_english_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_text(
        "Name,Department,Status,Functions,Data_Elements,Services\nA,x,Planned,roads,a;b,s\n", encoding="utf-8"
    )
    assert read_projects(path) == (Project("1", "A", "x", "planned", "roads", ("a", "b"), ("s",)),)
