"""Each rule of the checker over procedures and AI uses, by a file that breaks it in one place."""
# ruff: noqa: E501 - a row of a table of sentences is one line

from pathlib import Path

import pytest
from catalog_samples import PROCEDURE, SERVICE, USE, changed, found, line_of

from tongban.catalog import format_finding
from tongban.catalog.check import PROCEDURE_LINTS, USE_LINTS

PROCEDURE_CASES: list[tuple[str, str, str, str, str]] = [
    (
        "on-the-spot",
        "error",
        "states:\n",
        "on_the_spot: {address: [home], states: [nowhere]}\nstates:\n",
        "states:",
    ),
    ("law-undefined", "error", "notice: submitted, law: APL-32}", "notice: submitted, law: APL-1}", "  submit:"),
    ("law-unused", "warning", "states:", '  - {id: APL-99, act: 行政许可法, article: "99"}\nstates:', "states:"),
    ("law-twice", "error", "{id: APL-38, act", "{id: APL-32, act", "{id: APL-38"),
    ("law-from-memory", "warning", 'article: "38", tag: V', 'article: "38", tag: S', "{id: APL-38"),
    ("act-unnamed", "warning", "{id: APL-38, act: 行政许可法", "{id: APL-38, act: 某省许可办法", "{id: APL-38"),
    ("name-unknown", "error", "from: [received], to: waiting", "from: [received], to: waitng", "  ask:"),
    ("name-unknown", "error", "not_by: [propose]", "not_by: [proposal]", "  refuse: {name"),
    ("no-start", "error", "from: [start]", "from: [received]", "acts:"),
    ("state-unreachable", "error", "from: [accepted], to: proposed", "from: [accepted], to: accepted", "  proposed:"),
    ("state-unanswered", "error", "from: [proposed], to: refused", "from: [accepted], to: refused", "  proposed:"),
    (
        "silence",
        "warning",
        'who: [intake, rules], when: "complete", terms: [{do: end, term: accept}, {do: start, term: decide}]',
        'who: [intake, rules], when: "complete", terms: [{do: end, term: accept}]',
        "  accepted: {name",
    ),
    (
        "term-left-running",
        "error",
        "to: issued, who: [decide, rules], terms: [{do: end, term: decide}]",
        "to: issued, who: [decide, rules]",
        "  grant:",
    ),
    (
        "term-never-ended",
        "error",
        "from: [accepted], to: proposed, who: [decide],",
        "from: [accepted], to: proposed, who: [decide], terms: [{do: pause, term: decide}],",
        "  propose:",
    ),
    ("adverse-by-machine", "error", "who: [decide, head], not_by", "who: [decide, rules], not_by", "  refuse: {name"),
    ("certificate-act", "error", "decides: favourable, issues: true", "certificate: revoke", "  grant:"),
    ("rules-alone", "error", "to: issued, who: [decide, rules]", "to: issued, who: [rules]", "  grant:"),
    ("adverse-one-person", "error", "not_by: [propose], ", "", "  refuse: {name"),
    (
        "adverse-without-reasons",
        "error",
        "notice: refused, law: APL-38}",
        "notice: accepted, law: APL-38}",
        "  refuse: {name",
    ),
    ("adverse-unmarked", "error", "adverse: true, decides: adverse", "decides: adverse", "  refuse: {name"),
    ("expiry-without-act", "error", "who: [clock], on_expiry: correct", "who: [intake]", "  correct: {name"),
    ("correction-again", "error", "unless: [ask], ", "", "  ask: {name"),
    (
        "person-not-told",
        "error",
        "to: issued, who: [decide, rules], terms: [{do: end, term: decide}], decides: favourable, issues: true, notice: issued",
        "to: issued, who: [decide, rules], terms: [{do: end, term: decide}], decides: favourable, issues: true",
        "  grant:",
    ),
    ("notice-unused", "warning", "notice: lapsed, ", "", "  lapsed: {title"),
    ("notice-placeholder", "error", "还缺：{items}", "还缺：{item}", "  correction:"),
    ("span-unreadable", "error", "span: 20 working-days", "span: 20 days", "  decide: {name"),
    ("term-rule", "error", "span: 20 working-days", "span: 20 working-days, rule: no.such", "  decide: {name"),
    (
        "feel-unknown-name",
        "error",
        'when: "complete"',
        'when: "completed"',
        "  accept: {name: {zh: 受理, en: Accept}, from",
    ),
    ("nothing-issued", "warning", "issues: true, ", "", "acts:"),
    ("path-without-end", "error", "from: [proposed], to: refused", "from: [proposed], to: proposed", "  proposed:"),
    (
        "no-deemed-acceptance",
        "error",
        "from: [received], to: accepted, who: [clock], on_expiry: accept",
        "from: [received], to: waiting, who: [clock], on_expiry: accept",
        "acts:",
    ),
]


@pytest.mark.parametrize(
    ("code", "severity", "old", "new", "part"), PROCEDURE_CASES, ids=lambda v: v if len(str(v)) < 25 else ""
)
def test_a_rule_of_procedures_is_told_at_its_line(
    tmp_path: Path, code: str, severity: str, old: str, new: str, part: str
) -> None:
    service = SERVICE
    if code == "no-deemed-acceptance":
        service = changed(SERVICE, "kind: 公共服务", "kind: 行政许可")
    findings = [f for f in found(tmp_path, service=service, procedure=changed(PROCEDURE, old, new)) if f.code == code]
    assert findings, "the rule said nothing"
    assert findings[0].severity == severity, format_finding(findings[0])
    assert findings[0].line == line_of(PROCEDURE, part), format_finding(findings[0])


def test_a_missing_act_is_told_where_it_is_named(tmp_path: Path) -> None:
    told = found(tmp_path, procedure=changed(PROCEDURE, "unless: [ask]", "unless: [asks]"))
    finding = next(f for f in told if f.code == "name-unknown")
    assert PROCEDURE.splitlines()[finding.line - 1].startswith("  ask:")
    assert "asks" in finding.text.zh


USE_CASES: list[tuple[str, str, str, str]] = [
    ("law-twice", "error", "task: guide", '  - {id: PIPL-24, act: 个人信息保护法, article: "25"}\ntask: guide'),
    ("law-from-memory", "warning", "tag: V", "tag: M"),
    ("act-unnamed", "warning", "act: 个人信息保护法", "act: 某市算法办法"),
    ("no-legal-basis", "error", 'law:\n  - {id: PIPL-24, act: 个人信息保护法, article: "24", tag: V}', "law: []"),
    ("model-unpinned", "error", "kind: none", "kind: language-model"),
    ("no-threshold", "error", "thresholds: [{metric: hit-at-3, at_least: 0.8}]", "thresholds: []"),
    (
        "personal-unmasked",
        "error",
        "{zh: 搜索词, en: Search words}",
        "{zh: 姓名, en: Name}, personal: true, masked: false",
    ),
    ("impact-missing", "error", "{zh: 搜索词, en: Search words}", "{zh: 姓名, en: Name}, personal: true"),
    ("not-answerable", "error", "{not_needed: {zh: 没有舆论属性, en: No public opinion}}", "{}"),
    ("review", "error", "review_by: 2027-11-01", "review_by: 2029-11-01"),
    ("ceiling-task", "error", "task: guide", "task: draft"),
    ("watch-limit", "error", "at_most: 0.3", "at_most: 1.0"),
    (
        "watch-limit",
        "error",
        "[{measure: declined, at_most: 0.3}]",
        "[{measure: declined, at_most: 0.3}, {measure: declined, at_most: 0.2}]",
    ),
    ("watch-levels", "error", "[on, second-look, off]", "[on, second-look]"),
    (
        "watch-levels",
        "error",
        "measure: declined, at_most: 0.3}], owes: {level: province, body: service-centre}, levels: [on, second-look, off]",
        "measure: too-fast, at_most: 0.3}], owes: {level: province, body: service-centre}, levels: [on, off]",
    ),
]


@pytest.mark.parametrize(("code", "severity", "old", "new"), USE_CASES, ids=lambda v: v if len(str(v)) < 25 else "")
def test_a_rule_of_ai_uses_is_told(tmp_path: Path, code: str, severity: str, old: str, new: str) -> None:
    findings = [f for f in found(tmp_path, use=changed(USE, old, new)) if f.code == code]
    assert [f.severity for f in findings][:1] == [severity]


def test_a_use_may_not_name_deciding_as_its_ceiling(tmp_path: Path) -> None:
    told = found(tmp_path, use=changed(USE, "ceiling: guide", "ceiling: decide"))
    assert [f.code for f in told] == ["value-not-allowed"]


def test_every_rule_has_a_case() -> None:
    # "condition" tells the codes feel-… of the expression itself
    assert {lint.code for lint in PROCEDURE_LINTS} - {code for code, *_ in PROCEDURE_CASES} == {"condition"}
    assert {lint.code for lint in USE_LINTS} == {code for code, *_ in USE_CASES}
