"""Each rule about the list of data, by a file that breaks it in one place: the code, the line, both languages."""
# ruff: noqa: E501 - a row of a table of sentences is one line

from pathlib import Path

import pytest
from directory_samples import ELEMENTS, RESOURCE, asked, changed, found, line_of, write

from tongban.catalog.findings import format_finding
from tongban.cli import main
from tongban.sharing.directory.asking import ASKING_RULES
from tongban.sharing.directory.check import ELEMENT_RULES
from tongban.sharing.directory.entries import ENTRY_RULES


def test_the_samples_and_the_shipped_list_are_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [format_finding(f) for f in found(tmp_path)] == []
    assert _check(write(tmp_path / "directory")) == 0
    assert "0 errors, 0 warnings" in capsys.readouterr().out


# code, severity, what is exchanged for what, and a part of the line where it must be told
ENTRY_CASES: list[tuple[str, str, str, str, str]] = [
    ("law-undefined", "error", "{element: member-name, law: LIB-33}", "{element: member-name, law: LIB-3}", "      name:"),
    ("law-twice", "error", "{id: LIB-34, act", "{id: LIB-33, act", "{id: LIB-34"),
    ("law-from-memory", "warning", 'article: "34", tag: V', 'article: "34", tag: M', "{id: LIB-34"),
    ("act-unnamed", "warning", '{id: LIB-34, act: 公共图书馆法', '{id: LIB-34, act: 某县图书馆办法', "{id: LIB-34"),
    ("withheld-without-basis", "error", "attribute: conditional", "attribute: not-shared", "attribute:"),
    ("conditions-unsaid", "error", "scope: {zh: 办理文化服务的机关, en: Bodies that handle cultural services}\n", "", "attribute:"),
    ("conditions-unsaid", "error", "use: {zh: 核对申请人本人的情况, en: To check what concerns the applicant}\n", "", "attribute:"),
    ("conditions-unsaid", "error", "attribute: conditional", "attribute: unconditional", "conditions:"),
    ("condition-invented", "error", "en: Only for a case}, law: LIB-34}", "en: Only for a case}}", "  - {text:"),
    ("mode-missing", "error", "modes: [interface]", "modes: []", "attribute:"),
    ("field-looser", "error", "{element: loans}", "{element: loans, attribute: unconditional}", "      loans:"),
    ("not-assessed", "error", "passed: true", "passed: false", "  passed:"),
    ("not-approved", "error", "approval: {at: 2026-01-09, by: {zh: 局长, en: Head}}\n", "", "status:"),
    ("not-approved", "error", "approval: {at: 2026-01-09", "approval: {at: 2026-01-04", "approval:"),
    ("not-approved", "error", "listed_on: 2026-01-12", "listed_on: 2026-01-08", "listed_on:"),
    ("not-approved", "error", "listed_on: 2026-01-12\n", "", "status:"),
    ("owner-level", "error", "level: county", "level: city", "owner:"),
    ("element-unknown", "error", "{element: loans}", "{element: lones}", "      loans:"),
    ("sensitive-without-law", "error", "{element: eyesight, law: LIB-34}", "{element: eyesight}", "      eyesight:"),
    ("sensitive-without-law", "error", "attribute: conditional", "attribute: unconditional", "      eyesight:"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "severity", "old", "new", "part"), ENTRY_CASES, ids=lambda v: v if len(v) < 25 else ""
)
def test_a_rule_of_entries_is_told_at_its_line(
    tmp_path: Path, code: str, severity: str, old: str, new: str, part: str
) -> None:
    findings = [f for f in found(tmp_path, resource=changed(RESOURCE, old, new)) if f.code == code]
    assert findings, "the rule said nothing"
    first = findings[0]
    assert first.severity == severity
    assert first.line == line_of(RESOURCE, part), format_finding(first)
    assert first.text.zh != first.text.en


def test_an_entry_without_any_assessment_is_not_listed(tmp_path: Path) -> None:
    start = RESOURCE.index("assessment:")
    without = RESOURCE[:start] + RESOURCE[RESOURCE.index("approval:") :]
    assert "not-assessed" in {f.code for f in found(tmp_path, resource=without)}
    draft = changed(without, "status: listed", "status: draft")
    assert "not-assessed" not in {f.code for f in found(tmp_path, resource=draft)}


@pytest.mark.parametrize(
    ("rank", "act", "sound"),
    [
        ("law", "公共图书馆法", True),
        ("administrative-regulation", "政务数据共享条例", True),
        ("state-council-decision", "国务院关于某事的决定", True),
        ("local-regulation", "某省数据条例", False),
        ("rule", "某部办法", False),
        ("law", "某县管理办法", False),
        ("administrative-regulation", "公共图书馆法", False),
    ],
)
def test_only_a_law_a_regulation_or_the_state_council_can_withhold_data(
    tmp_path: Path, rank: str, act: str, sound: bool
) -> None:
    text = changed(RESOURCE, "attribute: conditional", f"attribute: not-shared\nground: {{reason: {{zh: 保密, en: Secret}}, law: G, rank: {rank}}}")  # fmt: skip
    text = changed(text, "conditions:\n  - {text: {zh: 只能为一件办件查询, en: Only for a case}, law: LIB-34}\n", "")
    text = changed(text, "law:\n  - {id: LIB-33", f'law:\n  - {{id: G, act: {act}, act_en: An act, article: "1"}}\n  - {{id: LIB-33')  # fmt: skip
    told = [f for f in found(tmp_path, resource=text) if f.code == "withheld-without-basis"]
    assert (not told) is sound


def test_important_data_shared_without_conditions_are_thought_about_again(tmp_path: Path) -> None:
    text = changed(RESOURCE, "grade: general", "grade: important")
    text = changed(text, "attribute: conditional", "attribute: unconditional")
    assert "important-unconditional" in {f.code for f in found(tmp_path, resource=text)}


def test_two_keepers_of_one_element_are_flagged_until_a_source_is_named(tmp_path: Path) -> None:
    ours = changed(RESOURCE, "owner: {body: culture", "owner: {body: sports")
    ours = changed(ours, "{element: loans}", "{element: branch}")
    text = changed(ELEMENTS, "  loans:", "  spare:")
    told = {f.code: f for f in found(tmp_path, resource=ours, elements=text)}
    assert told["one-source"].line == line_of(text, "  branch:")
    assert "culture" in told["one-source"].text.zh
    assert "sports" in told["one-source"].text.en
    named = changed(text, "en: Branch}, type: text", "en: Branch}, type: text, source: culture")
    assert "one-source" not in {f.code for f in found(tmp_path, resource=ours, elements=named)}
    elsewhere = changed(text, "en: Branch}, type: text", "en: Branch}, type: text, source: tax")
    assert "one-source" in {f.code for f in found(tmp_path, resource=ours, elements=elsewhere)}


def test_what_nobody_keeps_is_no_part_of_the_dictionary(tmp_path: Path) -> None:
    text = ELEMENTS + "  spare: {name: {zh: 多余, en: Spare}, type: text, definition: {zh: 没人有, en: Nobody}}\n"
    told = [f for f in found(tmp_path, elements=text) if f.code == "element-unused"]
    assert [f.line for f in told] == [line_of(text, "  spare:")]


# --- what services ask --------------------------------------------------------------------------------------

SERVICE = """\
service: book-prize
version: "1"
name: {zh: 读书奖, en: Reading prize}
summary: {zh: 今年借书满二十次的有奖。, en: A prize for twenty loans.}
basic_code: "992000990001"
kind: 公共服务
themes: [school]
valid_from: 2026-01-01
law:
  - {id: LIB-33, act: 公共图书馆法, article: "33", tag: V}
audience: [natural-person]
authority: {level: county, body: culture, name: {zh: 文化部门, en: Culture}}
procedure: simple
terms: {decide: {statutory: 5 working-days, law: LIB-33}}
facts:
  loans: {type: integer, name: {zh: 借书次数, en: Loans}, ask: {zh: 借了几次？, en: How many loans?}, source: {at: "culture.readers/reader#loans", name: {zh: 读者登记, en: Readers}}}
  eyesight: {type: text, name: {zh: 视力, en: Eyesight}, ask: {zh: 视力怎样？, en: How is your eyesight?}, source: {at: "culture.readers/reader#eyesight", name: {zh: 读者登记, en: Readers}}}
eligible:
  inputs: [loans]
  rows:
    - [">= 20", eligible, {law: LIB-33}]
    - ["< 20", {not-yet: {zh: 借满二十次再来, en: Come back with twenty}}, {law: LIB-33}]
result: {certificate: prize, name: {zh: 奖, en: Prize}}
"""

MORE = {
    "shown": ("name: {zh: 奖, en: Prize}}", "name: {zh: 奖, en: Prize}, shows: [loans]}"),
    "a second line": ('- ["< 20", {not', '- ["< 5", {no: {zh: 太少, en: Too few}}, {law: LIB-33}]\n    - ["[5..20)", {not'),
    "calculated with": ("eligible:\n", 'amounts:\n  prize: {inputs: [eyesight], outputs: [{name: sum, type: money}], rows: [["-", "loans * 2", {law: LIB-33}]]}\neligible:\n'),
}  # fmt: skip


def test_a_value_that_is_only_compared_with_one_line_should_be_a_least_answer(tmp_path: Path) -> None:
    told = [f for f in asked(tmp_path, SERVICE) if f.code == "least-answer"]
    assert [(f.severity, f.line) for f in told] == [("warning", line_of(SERVICE, "  loans:"))]
    assert ">= 20" in told[0].text.zh
    assert ">= 20" in told[0].text.en


@pytest.mark.parametrize("why", MORE)
def test_a_value_that_is_used_for_more_may_be_asked_for(tmp_path: Path, why: str) -> None:
    assert asked(tmp_path, changed(SERVICE, *MORE[why])) == []


@pytest.mark.parametrize("column", ["loans >= 20", "loans - 20 >= 0"])
def test_a_comparison_in_a_column_counts_as_one_but_a_sum_does_not(tmp_path: Path, column: str) -> None:
    text = changed(SERVICE, "inputs: [loans]", f'inputs: ["{column}"]')
    text = changed(changed(text, '[">= 20", eligible', "[true, eligible"), '["< 20", {', "[false, {")
    assert ("least-answer" in {f.code for f in asked(tmp_path, text)}) is (column == "loans >= 20")


LEAST = changed(
    changed(
        changed(SERVICE, "{type: integer, name: {zh: 借书次数, en: Loans}", "{type: boolean, name: {zh: 借满二十次, en: Twenty}"),
        'reader#loans"', 'reader#loans", test: ">= 20"',
    ),
    '- [">= 20", eligible, {law: LIB-33}]\n    - ["< 20", {', '- [true, eligible, {law: LIB-33}]\n    - [false, {',
)  # fmt: skip


def test_a_source_that_asks_yes_or_no_says_so_and_the_rules_have_what_they_need(tmp_path: Path) -> None:
    assert asked(tmp_path, LEAST) == []


def test_yes_or_no_is_no_number_and_replaces_no_paper(tmp_path: Path) -> None:
    told = [f for f in asked(tmp_path, changed(LEAST, "type: boolean", "type: integer")) if f.severity == "error"]
    assert ("test-answers-yes-or-no", line_of(SERVICE, "  loans:")) in {(f.code, f.line) for f in told}


def test_a_source_has_to_be_on_the_list(tmp_path: Path) -> None:
    text = changed(SERVICE, "reader#eyesight", "reader#sight")
    told = [f for f in asked(tmp_path, text) if f.code == "source-not-in-directory"]
    assert [f.line for f in told] == [line_of(SERVICE, "  eyesight:")]


@pytest.mark.parametrize("status", ["draft", "suspended", "withdrawn"])
def test_a_source_that_is_not_listed_cannot_be_asked_for(tmp_path: Path, status: str) -> None:
    text = changed(RESOURCE, "status: listed", f"status: {status}")
    told = [f.line for f in asked(tmp_path, SERVICE, resource=text) if f.code == "source-not-listed"]
    assert told == [line_of(SERVICE, "  loans:"), line_of(SERVICE, "  eyesight:")]


def test_a_withheld_field_cannot_be_asked_for(tmp_path: Path) -> None:
    held = "{element: eyesight, law: LIB-34, attribute: not-shared, ground: LIB-34}"
    text = changed(RESOURCE, "{element: eyesight, law: LIB-34}", held)
    told = [f.line for f in asked(tmp_path, SERVICE, resource=text) if f.code == "source-not-listed"]
    assert told == [line_of(SERVICE, "  eyesight:")]


def test_the_command_holds_services_against_the_list_beside_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "book-prize.yaml").write_text(SERVICE, encoding="utf-8")
    assert _check(tmp_path / "services") == 1
    assert "source-not-in-directory" in capsys.readouterr().out
    write(tmp_path / "directory")
    _check(tmp_path / "services")
    assert "source-not-in-directory" not in capsys.readouterr().out


def _check(path: Path) -> object:
    with pytest.raises(SystemExit) as ended:
        main(["check", str(path)])
    return ended.value.code


def test_every_rule_has_a_case() -> None:
    told = {code for code, *_ in ENTRY_CASES} | {"important-unconditional"}
    assert {rule.code for rule in ENTRY_RULES} == told
    assert {rule.code for rule in ELEMENT_RULES} == {"one-source", "element-unused"}
    assert {rule.code for rule in ASKING_RULES} == {
        "source-not-in-directory",
        "source-not-listed",
        "least-answer",
        "test-answers-yes-or-no",
    }


def test_every_rule_says_what_it_demands_in_both_languages() -> None:
    for rule in (*ENTRY_RULES, *ELEMENT_RULES, *ASKING_RULES):
        assert rule.summary.zh and rule.summary.en
