"""A node's file is told every mistake at once; `tongban node check` looks at the data without reading anybody's."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from node_world import HEAD, PERSON, csv_file, parquet, record, sqlite

from tongban.base.errors import Refused
from tongban.cli import main
from tongban.sharing.node.config import load_text

GOOD = HEAD + "sources: {s: {kind: sql, url: 'sqlite:///hr.db'}}" + record("s", "insured")


def test_every_mistake_is_told_at_once_with_its_place_in_both_languages():
    text = (
        GOOD.replace("source: s", "source: elsewhere")
        .replace("value: 12", 'value: "12"')
        .replace("{column: wage, type: number}", "{column: wage, type: number, mask: year}")
        .replace('{field: active, op: "=", value: true}', '{field: active, op: ">", value: true}')
        .replace("'sqlite:///hr.db'", "'postgresql://reader:secret@db/hr'")
        + "      leaves: [months_paid, nothing]\n      rows: newest\n"
    ).replace("as_of: told", "as_of: file-time")
    with pytest.raises(Refused) as refused:
        load_text(text, "node.yaml")
    problems = refused.value.problems
    assert {p.code for p in problems} == {
        "no-such-source",
        "wrong-type",
        "mask-does-not-fit",
        "no-order",
        "password-in-file",
        "no-such-field",
        "newest-of-what",
    }
    for problem in problems:
        assert problem.place.startswith("node.yaml:") and problem.text.zh and problem.text.en
        assert "secret" not in problem.text.zh + problem.text.en


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("type: integer", "type: whole", "unknown-value"),
        ("kind: sql", "kind: oracle", "unknown-value"),
        ("table:", "tabel:", "unknown-field"),
        ("member: LJ", "member: 李LJ", "wrong-form"),
        ("'sqlite:///hr.db'", "'oracle://x'", "wrong-form"),
    ],
)
def test_what_does_not_fit_its_type_is_told_with_line_and_column(old: str, new: str, code: str):
    with pytest.raises(Refused) as refused:
        load_text(GOOD.replace(old, new, 1))
    line = next(n for n, text in enumerate(GOOD.splitlines(), 1) if old in text)
    assert any(p.place.startswith(f"node.yaml:{line}:") for p in refused.value.problems), refused.value.problems


def _check(path: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["node", "check", str(path)])
    return int(ended.value.code or 0)


def test_check_lists_what_is_declared_and_reads_nobodys_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    sqlite(tmp_path / "hr.db")
    (tmp_path / "node.yaml").write_text(GOOD + "      leaves: [employer]\n", encoding="utf-8")
    assert _check(tmp_path / "node.yaml") == 0
    said = capsys.readouterr().out
    assert "hr.insurance/member" in said and "months_paid: integer ← months" in said and "只答是或否" in said
    assert PERSON not in said and "远山" not in said


def test_check_names_each_column_that_is_missing_or_of_another_type(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    parquet(tmp_path / "hr.parquet")
    text = HEAD + "sources: {s: {kind: files, folder: .}}" + record("s", "hr.parquet")
    text = text.replace("column: wage, type: number", "column: wage, type: date").replace(
        "column: active,", "column: in_force,"
    )
    (tmp_path / "node.yaml").write_text(text, encoding="utf-8")
    assert _check(tmp_path / "node.yaml") == 1
    said = capsys.readouterr().err
    assert "in_force" in said and "“wage” is double, not date" in said


def test_check_says_when_a_source_is_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    csv_file(tmp_path / "other.csv")
    text = HEAD + "sources: {s: {kind: files, folder: .}}" + record("s", "hr.csv")
    (tmp_path / "node.yaml").write_text(text, encoding="utf-8")
    assert _check(tmp_path / "node.yaml") == 1
    assert "连不上" in capsys.readouterr().err


def test_a_driver_that_is_not_installed_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    if find_spec("asyncmy"):
        pytest.skip("the optional driver is here")
    text = HEAD + "sources: {s: {kind: sql, url: 'mysql://reader@db.example/hr'}}" + record("s", "insured")
    (tmp_path / "node.yaml").write_text(text, encoding="utf-8")
    assert _check(tmp_path / "node.yaml") == 1
    assert "driver-missing" in capsys.readouterr().err


def test_wrong_use_is_a_sentence_and_exit_status_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "bad.yaml").write_text("member: x\n", encoding="utf-8")
    for words in (["node"], ["node", "check"], ["node", "check", str(tmp_path / "bad.yaml")],
                  ["node", "--config", str(tmp_path / "none.yaml")]):  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
        said = capsys.readouterr().err
        assert said and "Traceback" not in said


def test_the_example_of_the_guide_fits_its_own_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    guide = (Path(__file__).parents[2] / "docs" / "node.md").read_text(encoding="utf-8")
    for kind, name in (("csv", "hr.csv"), ("yaml", "node.yaml")):
        text = guide.split(f"```{kind}\n")[1].split("```")[0]
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert _check(tmp_path / "node.yaml") == 0
    assert "months_paid: integer ← 缴费月数" in capsys.readouterr().out
