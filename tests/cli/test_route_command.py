"""`tongban route`: a department's officer trains and measures on a CSV file, and is told what is wrong with it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tongban.assist.routing.duties import written
from tongban.cli import main

Run = Callable[..., tuple[int, str, str]]
CHOSEN = ("noise", "wages", "lift")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["route", *map(str, words)])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return int(end.value.code or 0), said.out, said.err

    return command


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return _table(tmp_path / "requests.csv", "utf-8")


def _table(path: Path, encoding: str) -> Path:
    lines = [f"{text},{label}" for text, label in written() if label in CHOSEN]
    path.write_bytes("\r\n".join(["内容,类别", *lines]).encode(encoding))
    return path


def test_a_file_is_measured_learned_and_answered(run: Run, table: Path, tmp_path: Path) -> None:
    labelled = ("--text", "内容", "--label", "类别")
    status, out, _ = run("evaluate", table, *labelled, "--folds", "3", "--json")
    report = json.loads(out)
    assert status == 0
    assert report["rows"] == 45
    assert {"accuracy", "macro_f1", "top3", "ece", "folds", "train_seconds", "peak_rss_mb"} <= report.keys()
    model = tmp_path / "model.npz"
    status, out, _ = run("train", table, *labelled, "--out", model)
    assert status == 0
    assert "sha256:" in out
    status, out, _ = run("predict", model, "--batch", table, "--text", "内容", "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert len(answers) == 45
    for answer in answers:
        assert answer["label"] == answer["top"][0]["label"]
        assert len(answer["top"]) == 3
        assert answer["abstained"] in (True, False)
    assert sum(answer["label"] == label for answer, (_, label) in zip(answers, _chosen(), strict=True)) >= 40


def _chosen() -> list[tuple[str, str]]:
    return [row for row in written() if row[1] in CHOSEN]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_files_of_every_office_can_be_read(run: Run, tmp_path: Path, encoding: str) -> None:
    path = _table(tmp_path / "table.csv", encoding)
    assert run("train", path, "--text", "内容", "--label", "类别", "--out", tmp_path / "model")[0] == 0


def _bad(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_what_is_wrong_with_a_file_is_said_in_a_sentence(run: Run, table: Path, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "model")
    few = _bad(tmp_path / "few.csv", "内容,类别\n太吵,noise\n欠薪,wages\n".encode())
    quoted = _bad(tmp_path / "quoted.csv", '内容,类别\n"没有结束,noise\n'.encode())
    picture = _bad(tmp_path / "picture.csv", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xff")
    empty = _bad(tmp_path / "empty.csv", b"")
    one = _bad(tmp_path / "one.csv", ("内容,类别\n" + "太吵,noise\n" * 9).encode())
    for path, code in (
        (few, "too-few-rows"),
        (quoted, "bad-csv"),
        (picture, "not-text"),
        (empty, "no-column"),
        (one, "one-class"),
    ):
        status, said, error = run("train", path, "--text", "内容", "--label", "类别", *out)
        assert (status, said) == (2, "")
        assert code in error
    status, _, error = run("train", table, "--text", "正文", "--label", "类别", *out)
    assert status == 2
    assert "内容" in error
    assert run("train", tmp_path / "none.csv", "--text", "内容", "--label", "类别", *out)[0] == 2
    assert run("predict", table, "--batch", table, "--text", "内容")[0] == 2
    assert run("evaluate", table, "--text", "内容", "--label", "类别", "--folds", "1")[0] == 2
    assert not (tmp_path / "model").exists()
