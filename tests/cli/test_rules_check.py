"""`tongban rules check`: all findings of a model or a service file, each at its place; the exit status says whether any
is an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tongban.catalog.shipped import shipped
from tongban.cli import main

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="urn:m">
  <inputData id="age" name="age"><variable name="age" typeRef="number"/></inputData>
  <decision id="amount" name="amount"><variable name="amount" typeRef="number"/>
    <informationRequirement><requiredInput href="#age"/></informationRequirement>
    <decisionTable id="dt">
      <input id="i1" label="年龄"><inputExpression typeRef="number"><text>age</text></inputExpression></input>
      <output id="o1" typeRef="number"/>
      <rule id="r1"><inputEntry><text>&lt; 80</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
      <rule id="r2"><inputEntry><text>&gt; 80</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>
      <rule id="r3"><inputEntry><text>null</text></inputEntry><outputEntry><text>3</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["rules", "check", *arguments])
    return int(str(ended.value.code)), capsys.readouterr().out


def write(folder: Path, text: str) -> str:
    path = folder / "model.dmn"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_gap_is_an_error_with_file_element_and_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = checked(capsys, write(tmp_path, MODEL), "--lang", "zh")
    assert status == 1
    assert said.splitlines()[0] == "model.dmn:5: amount dt: error table-gap: 没有一行管这种人：年龄 80 [年龄: 80]"


def test_findings_can_be_read_by_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = checked(capsys, write(tmp_path, MODEL.replace("&gt; 80", "&gt; &gt; 80")), "--json")
    (found,) = json.loads(said)
    assert status == 1
    assert (found["file"], found["id"], found["line"], found["position"]) == ("model.dmn", "r2", 9, 2)
    assert found["text"]["zh"] and found["text"]["en"]


def test_a_sound_model_and_a_sound_service_file_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(capsys, write(tmp_path, MODEL.replace("&gt; 80", "&gt;= 80")))[0] == 0
    assert checked(capsys, str(shipped("services") / "advanced-age-allowance.yaml"))[0] == 0


def test_a_service_file_is_checked_as_by_tongban_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (shipped("services") / "advanced-age-allowance.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "advanced-age-allowance.yaml"
    broken.write_text(text.replace('[true, ">= 80", eligible', '[true, "> 80", eligible', 1), encoding="utf-8")
    status, said = checked(capsys, str(broken))
    assert status == 1
    assert "周岁 80 岁" in said


def test_what_is_no_model_is_told_and_what_is_not_there_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = checked(capsys, write(tmp_path, "<nothing/>"))
    assert (status, "not-dmn" in said) == (1, True)
    assert checked(capsys, str(tmp_path / "lost.dmn"))[0] == 2
