"""`tongban rules`: a kit is run and counted, a model is evaluated, and what is wrong is said at its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tongban.catalog.shipped import shipped
from tongban.cli import main

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:m" name="benefit">
  {imports}
  <inputData id="i" name="born on"><variable name="born on" typeRef="date"/></inputData>
  <inputData id="j" name="income"><variable name="income" typeRef="number"/></inputData>
  <decision id="d" name="share"><variable name="share" typeRef="number"/>
    <informationRequirement><requiredInput href="#j"/></informationRequirement>
    <literalExpression><text>{share}</text></literalExpression></decision>
  <decision id="e" name="year"><variable name="year" typeRef="number"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <literalExpression><text>born on.year</text></literalExpression></decision>
</definitions>"""
CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <modelName>m.dmn</modelName>
  <testCase id="1"><inputNode name="income"><value xsi:type="xsd:decimal">{income}</value></inputNode>
    <resultNode name="share" type="decision"><expected><value xsi:type="xsd:decimal">1.5</value></expected></resultNode>
  </testCase>
  <testCase id="2"><resultNode name="share" errorResult="true"><expected><value xsi:nil="true"/></expected></resultNode>
  </testCase>
</testCases>"""


class Done(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def command(*words: str | Path) -> Done:
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        out, err = (said.decode() for said in capfdbinary.readouterr())
        assert "Traceback" not in out + err
        return Done(int(end.value.code or 0), out, err)

    return command


def write(folder: Path, share: str = "income / 2", imports: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "m.dmn"
    path.write_text(MODEL.format(share=share, imports=imports), encoding="utf-8")
    return path


def given(folder: Path, text: str) -> Path:
    path = folder / "input.json"
    path.write_text(text, encoding="utf-8")
    return path


# --- the kit ---------------------------------------------------------------------------------------------


def kit(folder: Path, income: str) -> Path:
    write(folder / "compliance-level-2" / "0001-share")
    (folder / "compliance-level-2" / "0001-share" / "cases.xml").write_text(CASES.format(income=income))
    return folder


def test_a_kit_that_passes_ends_with_zero_and_counts_null_results_apart(run: Run, tmp_path: Path) -> None:
    done = run("rules", "tck", kit(tmp_path / "kit", "3"), "--json")
    assert done.status == 0
    counted = {"passed": 2, "cases": 2, "passedNonNull": 1, "casesNonNull": 1}
    assert json.loads(done.out) == {
        "total": counted,
        "levels": {"2": counted},
        "folders": [{"level": "2", "folder": "0001-share", **counted}],
        "failures": [],
    }


def test_a_failure_ends_with_one_and_says_what_was_expected_and_found(run: Run, tmp_path: Path) -> None:
    done = run("rules", "tck", kit(tmp_path / "kit", "4"))
    assert done.status == 1
    assert "0001-share 1: share: expected · 应为 1.5, found · 实为 2" in done.out
    assert run("rules", "tck", tmp_path / "kit" / "compliance-level-2" / "0001-share").status == 1


def test_a_folder_without_models_is_no_kit(run: Run, tmp_path: Path) -> None:
    assert run("rules", "tck", tmp_path).status == 2


def test_a_model_that_cannot_be_read_fails_its_cases(run: Run, tmp_path: Path) -> None:
    folder = kit(tmp_path / "kit", "3")
    (folder / "compliance-level-2" / "0001-share" / "m.dmn").write_text("<definitions>")
    done = run("rules", "tck", folder)
    assert done.status == 1 and "m.dmn:1: xml" in done.out


# --- evaluation ------------------------------------------------------------------------------------------


def test_decisions_are_evaluated_with_exact_numbers_and_dates_from_text(run: Run, tmp_path: Path) -> None:
    data = given(tmp_path, '{"income": 0.30000000000000000000000000000002, "born on": "1946-11-03"}')
    done = run("rules", "eval", write(tmp_path), "--input", data)
    assert done.status == 0
    assert json.loads(done.out) == {"share": "0.15000000000000000000000000000001", "year": 1946}


def test_input_that_the_model_does_not_have_is_named_with_what_it_has(run: Run, tmp_path: Path) -> None:
    done = run("rules", "eval", write(tmp_path), "--input", given(tmp_path, '{"incom": 1}'))
    assert done.status == 1
    assert "incom" in done.err and "income" in done.err and "born on" in done.err


def test_input_that_is_not_given_is_said_and_null(run: Run, tmp_path: Path) -> None:
    done = run("rules", "eval", write(tmp_path), "--input", given(tmp_path, '{"income": 1}'))
    assert done.status == 0 and "born on" in done.err
    assert json.loads(done.out) == {"share": "0.5", "year": None}


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"income": NaN}', "[" * 50_000, '{"born on": "yesterday"}'])
def test_bad_input_is_a_sentence_and_status_one(run: Run, tmp_path: Path, text: str) -> None:
    done = run("rules", "eval", write(tmp_path), "--input", given(tmp_path, text))
    assert (done.status, done.out) == (1, "") and done.err


def test_a_bad_model_says_file_line_element_and_position_in_both_languages_or_one(run: Run, tmp_path: Path) -> None:
    path, data = write(tmp_path, share="income +"), given(tmp_path, "{}")
    done = run("rules", "eval", path, "--input", data)
    assert done.status == 1
    assert "m.dmn:7: literalExpression d, 8: " in done.err
    assert "没有写完" in done.err and "ends too early" in done.err
    assert "没有写完" not in run("rules", "eval", path, "--input", data, "--lang", "en").err


def test_the_trace_says_how_each_decision_came_about(run: Run, tmp_path: Path) -> None:
    path, data = write(tmp_path, share="income / 0"), given(tmp_path, '{"income": 1}')
    done = run("rules", "eval", path, "--input", data, "--decision", "share", "--trace")
    (step,) = json.loads(done.out)["decisions"]
    assert step["name"] == "share" and step["value"] is None
    (null,) = step["nulls"]
    assert (null["file"], null["at"]["id"], null["start"], null["end"]) == ("m.dmn", "d", 0, 10)


def test_an_imported_model_is_found_beside_the_one_that_imports_it(run: Run, tmp_path: Path) -> None:
    imports = '<import name="lib" namespace="urn:lib" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
    path, data = write(tmp_path, imports=imports), given(tmp_path, "{}")
    assert "urn:lib" in run("rules", "eval", path, "--input", data).err
    library = MODEL.format(share="1", imports="").replace('namespace="urn:m"', 'namespace="urn:lib"')
    (tmp_path / "other.dmn").write_text(library)
    assert run("rules", "eval", path, "--input", data).status == 0


def test_a_decision_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    done = run("rules", "eval", write(tmp_path), "--input", given(tmp_path, "{}"), "--decision", "shere")
    assert done.status == 1 and "shere" in done.err and "share" in done.err


# --- to and from service files ---------------------------------------------------------------------------


def test_rules_leave_as_dmn_and_come_back_as_yaml(run: Run, tmp_path: Path) -> None:
    exported = run("export", "advanced-age-allowance", "--format", "dmn")
    assert exported.status == 0
    path = tmp_path / "allowance.dmn"
    path.write_text(exported.out, encoding="utf-8")
    printed = run("import", "dmn", path)
    assert printed.status == 0 and "eligible:\n" in printed.out and "amounts:\n" in printed.out
    assert run("import", "dmn", path, "--out", tmp_path / "draft.yaml").status == 0
    assert (tmp_path / "draft.yaml").read_text(encoding="utf-8") == printed.out
    assert run("import", "dmn", path, "--out", tmp_path / "draft.yaml").status == 1


def test_a_file_that_is_no_model_is_not_imported(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.dmn"
    path.write_text("<html/>")
    done = run("import", "dmn", path)
    assert done.status == 1 and "x.dmn:1" in done.err


# --- sql -------------------------------------------------------------------------------------------------


def test_the_sql_of_a_service_names_its_tables_rows_and_laws(run: Run) -> None:
    done = run("rules", "sql", str(shipped("services") / "advanced-age-allowance.yaml"), "--as-of", "2026-11-03")
    assert done.status == 0
    assert "-- table eligible (unique)" in done.out
    assert "row 1: DEMO-AGE" in done.out
    assert "DATE '1946-11-04'" in done.out  # who was born on this day or later is not yet 80


def test_sql_names_what_is_not_columnar_and_fails_where_nothing_is(run: Run) -> None:
    done = run("rules", "sql", str(shipped("services") / "migrant-school-enrolment.yaml"))
    assert (done.status, done.out) == (1, "")
    assert "child_birth_date: `substring(child_id_number, 7, 4)" in done.err


def test_the_sql_of_a_model_is_what_of_it_is_columnar(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "m.dmn"
    file.write_text(MODEL.format(imports="", share="income ** 2"), "utf-8")
    done = run("rules", "sql", str(file), "--dialect", "spark")
    assert done.status == 0
    assert "year(`in_1`)" in done.out
    assert "share: `income ** 2`" in done.err
