"""The rules about policy files, each with a file that breaks it in one sentence."""

from pathlib import Path

import pytest
from catalog_samples import POLICY, SERVICE, changed, found, line_of

from tongban.catalog import load_policy
from tongban.catalog.check import POLICY_LINTS, check
from tongban.catalog.shipped import shipped

CASES: list[tuple[str, str, str, str]] = [
    ("law-twice", "error", "basis: statutory-duty", "  - {id: LIB-33, act: 公共图书馆法}\nbasis: statutory-duty"),
    ("law-from-memory", "warning", "tag: V", "tag: M"),
    ("act-unnamed", "warning", "act: 公共图书馆法", "act: 某市借书办法"),
    ("no-legal-basis", "error", 'law:\n  - {id: LIB-33, act: 公共图书馆法, article: "33", tag: V}', "law: []"),
    ("no-legal-basis", "error", "basis: statutory-duty", "basis: consent"),
    ("service-unknown", "error", "service: library-card", "service: library-cart"),
    ("fact-unknown", "error", "    born: born", "    birthday: born"),
    ("fact-unknown", "error", "    born: born", "    age: age"),
    ("answer-wrong", "error", '"2": second', '"2": third'),
    ("answer-wrong", "error", "column: school_code", "column: school_code, scale: 2"),
    ("answer-wrong", "error", "column: school_code", "column: school_code, fixed: first"),
    ("answer-wrong", "error", "fixed: true", "fixed: perhaps"),
    ("answer-wrong", "error", ", because: {zh: 库里都是本地人, en: All of them live here}", ""),
    ("code-left-out", "warning", '{"1": first, "2": second}', '{"1": first}'),
    ("fact-unanswered", "warning", "    born: born\n", ""),
    ("tells-too-much", "error", "outputs: [books]", "outputs: [reader_class]"),
    ("tells-too-much", "error", "可以借{amount}本", "{name}可以借{amount}本"),
    ("tells-too-much", "error", "outputs: [books]", "outputs: []"),
    ("key-is-identity", "error", "    born: born", "    born: born\n    id_number: reader"),
    ("not-columnar", "warning", "", ""),
]
ASKS_A_NUMBER = "  born: {type: date"
NUMBER = "  id_number: {type: id-number, name: {zh: 身份证号, en: Identity number}, ask: {zh: 号码？, en: Number?}}\n"


@pytest.mark.parametrize(("code", "severity", "old", "new"), CASES, ids=lambda v: v if len(str(v)) < 25 else "")
def test_a_rule_of_policies_is_told_at_its_line(tmp_path: Path, code: str, severity: str, old: str, new: str) -> None:
    service = changed(SERVICE, ASKS_A_NUMBER, NUMBER + ASKS_A_NUMBER) if code == "key-is-identity" else SERVICE
    if code == "not-columnar":
        service = changed(
            service, "(born, application_date).years", "(born, application_date).years + count([born]) - 1"
        )
    text = changed(POLICY, old, new) if old else POLICY
    told = [f for f in found(tmp_path, service=service, policy=text) if f.code == code and "policies" in f.place]
    assert [f.severity for f in told][:1] == [severity]
    assert told[0].text.zh != told[0].text.en


def test_every_rule_has_a_case_and_says_what_it_demands_in_both_languages() -> None:
    assert {lint.code for lint in POLICY_LINTS} == {code for code, *_ in CASES}
    assert all(lint.summary.zh and lint.summary.en for lint in POLICY_LINTS)


def test_a_sound_policy_has_no_finding_and_reads_as_written(tmp_path: Path) -> None:
    assert [f for f in found(tmp_path, policy=POLICY) if "policies" in f.place] == []
    policy = load_policy(POLICY).require()
    assert policy.population.answers()["born"].column == "born"
    assert policy.service == "library-card"


def test_the_name_of_an_unknown_service_is_told_where_it_stands(tmp_path: Path) -> None:
    text = changed(POLICY, "service: library-card", "service: nothing")
    told = next(f for f in found(tmp_path, policy=text) if f.code == "service-unknown")
    assert told.line == line_of(text, "service: nothing")


def test_the_shipped_policies_are_clean() -> None:
    told = [f for f in check([shipped("policies"), shipped("services")]) if "policies" in f.place]
    assert [f for f in told if f.severity == "error"] == []
