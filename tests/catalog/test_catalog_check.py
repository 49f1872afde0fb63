"""Each rule of the checker, by a file that breaks it in one place: the code, the line, both languages, the law."""
# ruff: noqa: E501 - a row of a table of sentences is one line

from pathlib import Path

import pytest
from catalog_samples import SERVICE, changed, found, line_of

from tongban.catalog import format_finding
from tongban.catalog.check import PROCEDURE_LINTS, SERVICE_LINTS, USE_LINTS, check
from tongban.catalog.shipped import shipped


def test_the_samples_are_sound(tmp_path: Path) -> None:
    assert [format_finding(f) for f in found(tmp_path)] == []


# code, severity, what is exchanged for what, and a part of the line where it must be told
SERVICE_CASES: list[tuple[str, str, str, str, str]] = [
    (
        "concerns-unknown",
        "error",
        "procedure: simple",
        "concerns: {case: born}\nprocedure: simple",
        "procedure: simple",
    ),
    (
        "law-undefined",
        "error",
        "decide: {statutory: 5 working-days, promised: 2 working-days, law: LIB-33}",
        "decide: {statutory: 5 working-days, promised: 2 working-days, law: LIB-3}",
        "  decide:",
    ),
    (
        "law-undefined",
        "error",
        '- [">= 14", adult, {law: LIB-33}]',
        '- [">= 14", adult, {law: X-1}]',
        '- [">= 14", adult',
    ),
    (
        "law-unused",
        "warning",
        "audience: [natural-person]",
        '  - {id: LIB-99, act: 公共图书馆法, article: "99"}\naudience: [natural-person]',
        "audience:",
    ),
    (
        "law-twice",
        "error",
        "  - {id: LIB-34, act",
        '  - {id: LIB-33, act: 公共图书馆法, article: "1"}\n  - {id: LIB-34, act',
        "  - {id: LIB-34",
    ),
    (
        "law-from-memory",
        "warning",
        'article: "33", in_force: 2018-01-01, tag: V',
        'article: "33", in_force: 2018-01-01, tag: M',
        "  - {id: LIB-33",
    ),
    ("act-unnamed", "warning", "{id: LIB-34, act: 公共图书馆法", "{id: LIB-34, act: 某县图书馆办法", "  - {id: LIB-34"),
    (
        "law-not-in-force",
        "error",
        'article: "34", in_force: 2018-01-01',
        'article: "34", in_force: 2026-02-01',
        "  - {id: LIB-34",
    ),
    (
        "law-not-in-force",
        "error",
        'article: "34", in_force: 2018-01-01',
        'article: "34", until: 2025-12-31',
        "  - {id: LIB-34",
    ),
    (
        "no-legal-basis",
        "error",
        'when: "age < 14", law: LIB-34}\nconditions',
        'when: "age < 14"}\nconditions',
        "  guardian:",
    ),
    ("no-legal-basis", "error", "promised: 2 working-days, law: LIB-33}", "promised: 2 working-days}", "  decide:"),
    (
        "refusal-without-law",
        "error",
        "en: Only for residents}}, {law: LIB-34}]",
        "en: Only for residents}}]",
        "- [false, '\"child\"'",
    ),
    (
        "fee-without-basis",
        "error",
        "fee: {charged: false, law: LIB-33}",
        'fee: {charged: true, item: 工本费, standard: 10元, law: ""}',
        "fee:",
    ),
    (
        "once-only",
        "error",
        "  guardian: {name: {zh: 监护人同意书, en: Consent of a guardian}",
        "  guardian: {name: {zh: 身份证复印件, en: Copy of identity card}",
        "  guardian:",
    ),
    ("catch-all", "error", "zh: 监护人同意书, en", "zh: 监护人同意书和其他相关材料, en", "  guardian:"),
    (
        "catch-all",
        "error",
        "{zh: 住在岚江。, en: You live in Lanjiang.}",
        "{zh: 法律规定的其他条件。, en: Conditions set by law.}",
        "  - {zh: 住在岚江",
    ),
    ("visit-without-reason", "error", "visits: {max: 0}", "visits: {max: 1}", "visits:"),
    ("visits-not-online", "error", "modes: [online, counter]", "modes: [counter]", "reach:"),
    ("online-only", "error", "modes: [online, counter]", "modes: [online]", "reach:"),
    (
        "reach-too-narrow",
        "warning",
        "modes: [online, counter], scope: city",
        "modes: [online, counter, joint], scope: county",
        "reach:",
    ),
    ("audience-theme", "warning", "audience: [natural-person]", "audience: [enterprise]", "audience:"),
    ("span-unreadable", "error", "statutory: 5 working-days", "statutory: 5 days", "  decide:"),
    ("promise-too-long", "error", "promised: 2 working-days", "promised: 6 working-days", "  decide:"),
    ("promise-too-long", "error", "promised: 2 working-days", "promised: 8 calendar-days", "  decide:"),
    (
        "term-rule",
        "error",
        "statutory: 5 working-days,",
        "statutory: 5 working-days, rule: licensing.decison,",
        "  decide:",
    ),
    (
        "term-rule",
        "error",
        "statutory: 5 working-days,",
        "statutory: 21 working-days, rule: licensing.decision,",
        "  decide:",
    ),
    (
        "term-not-in-procedure",
        "error",
        "terms:\n  decide:",
        "terms:\n  hearing: {statutory: 5 working-days, law: LIB-33}\n  decide:",
        "  decide:",
    ),
    (
        "extension-approver",
        "error",
        "promised: 2 working-days,",
        "promised: 2 working-days, extension: {by: 5 working-days, approver: head, law: LIB-33},",
        "  decide:",
    ),
    (
        "special-without-pause",
        "error",
        "situations:",
        "special:\n  - {kind: hearing, name: {zh: 听证, en: Hearing}, takes: 20 working-days, law: LIB-33}\nsituations:",
        "situations:",
    ),
    ("on-the-spot-kind", "warning", "promised: 2 working-days", "promised: on-the-spot", "procedure:"),
    (
        "no-promise",
        "warning",
        "statutory: 5 working-days, promised: 2 working-days",
        "statutory: 5 working-days",
        "  decide:",
    ),
    ("procedure-unknown", "error", "procedure: simple", "procedure: simpel", "procedure:"),
    (
        "feel-unknown-name",
        "error",
        'when: "age < 14", law: LIB-34}\n  - {id',
        'when: "agee < 14", law: LIB-34}\n  - {id',
        "  - {id: child",
    ),
    (
        "feel-unexpected-end",
        "error",
        'when: "age < 14", law: LIB-34}\nconditions',
        'when: "age <", law: LIB-34}\nconditions',
        "  guardian:",
    ),
    ("feel-unexpected", "error", '- ["< 14", child', '- ["< 14 14", child', '- ["< 14", child'),
    (
        "feel-output-count",
        "error",
        '- [">= 14", adult, {law: LIB-33}]',
        '- [">= 14", "-", adult, {law: LIB-33}]',
        '- [">= 14", adult',
    ),
    (
        "eligible-outcome",
        "error",
        "- [false, '\"child\"', {no: ",
        "- [false, '\"child\"', {nope: ",
        "- [false, '\"child\"'",
    ),
    ("eligible-hit", "error", "hit: unique", "hit: collect", "  hit: unique"),
    ("name-taken", "error", "{name: books,", "{name: age,", "{name: books,"),
    (
        "no-outputs",
        "error",
        "    outputs: [{name: reader_class, label: {zh: 读者类别, en: Class}, type: text, values: [child, adult]}]\n",
        "",
        "  class:",
    ),
    ("fact-not-askable", "error", ", ask: {zh: 您叫什么名字？, en: What is your name?}", "", "  full_name:"),
    (
        "enum-choices",
        "error",
        ", choices: [{value: first, name: {zh: 一小, en: First}}, {value: second, name: {zh: 二小, en: Second}}]",
        "",
        "  school:",
    ),
    ("enum-choices", "error", "{value: second,", "{value: first,", "  school:"),
    ("fact-changes", "error", "max: 130, derive", "max: 130, changes: [{do: 等}], derive", "  age:"),
    ("fact-changes", "error", "{type: boolean,", "{type: boolean, changes: [{do: 搬, to: [soon]}],", "  lives_here:"),
    ("bounds", "error", "min: 0, max: 130", "min: 131, max: 130", "  age:"),
    ("fact-unused", "error", "shows: [full_name, books, school]", "shows: [full_name, books]", "  school:"),
    (
        "result-shows",
        "error",
        "shows: [full_name, books, school]",
        "shows: [full_name, books, school, nothing]",
        "  shows:",
    ),
    ("table-gap", "error", '- [">= 14", adult', '- ["> 14", adult', '- ["< 14", child'),
    (
        "table-gap",
        "warning",
        "    - [false, '\"child\"', {no: {zh: 住在岚江才能办, en: Only for residents}}, {law: LIB-34}]\n",
        "",
        '    - [true, "-", eligible',
    ),
    ("table-overlap", "error", '- ["< 14", child', '- ["<= 14", child', '- [">= 14", adult'),
    (
        "row-unreachable",
        "warning",
        '- [">= 14", adult, {law: LIB-33}]',
        '- [">= 14", adult, {law: LIB-33}]\n      - ["> 130", adult, {law: LIB-33}]',
        "eligible:",
    ),
    (
        "row-redundant",
        "warning",
        '  hit: unique\n  inputs: [lives_here, reader_class]\n  rows:\n    - [true, "-", eligible, {law: LIB-33}]\n',
        "  hit: any\n  inputs: [lives_here, reader_class]\n  rows:\n"
        '    - [true, "-", eligible, {law: LIB-33}]\n    - [true, \'"adult"\', eligible, {law: LIB-33}]\n',
        "- [false, '\"adult\"'",
    ),
    (
        "output-unreached",
        "warning",
        "values: [child, adult]",
        "values: [child, adult, elder]",
        "    outputs: [{name: reader_class",
    ),
    (
        "hit-policy",
        "warning",
        "    inputs: [age]\n",
        "    inputs: [age]\n    hit: first\n",
        "    outputs: [{name: reader_class",
    ),
    (
        "cell-beyond",
        "warning",
        '- [">= 14", adult',
        '- ["? >= 14 and born < application_date", adult',
        '- [">= 14", adult',
    ),
    ("formula-type", "error", '"5 * 2"', '"5 * born"', '"5 * 2"'),
    ("formula-type", "error", "application_date).years", "application_date)", "  age:"),
    ("formula-type", "error", "application_date).years", "application_date).days", "  age:"),
    (
        "threshold-differs",
        "warning",
        '- ["< 14", child, {law: LIB-34}]\n      - [">= 14", adult',
        '- ["<= 14", child, {law: LIB-34}]\n      - ["> 14", adult',
        "  school:",
    ),
    ("divide-before-multiply", "warning", '"5 * 2"', '"20 / 4 * 2"', '"5 * 2"'),
    (
        "english-missing",
        "error",
        "conditions:\n  - {zh: 住在岚江。, en: You live in Lanjiang.}",
        "conditions:\n  - 住在岚江。",
        "  - {zh: 住在岚江",
    ),
    ("aliases-few", "warning", "aliases: [图书馆办卡, 借书, 读者证]", "aliases: [借书]", "aliases:"),
    ("file-name", "warning", "service: library-card", "service: library", "service:"),
    ("code-kind", "warning", '"992000990000"', '"990100990000"', "basic_code"),
    (
        "faq-missing",
        "warning",
        "faq:\n  - {q: {zh: 要押金吗？, en: Is there a deposit?}, a: {zh: 不要。, en: No.}}\n",
        "",
        "service:",
    ),
    ("conditions-missing", "warning", "conditions:\n  - {zh: 住在岚江。, en: You live in Lanjiang.}\n", "", "service:"),
    (
        "result-form",
        "warning",
        "name: {zh: 借书证, en: Library card}\n  shows",
        "name: {zh: 借书证, en: Library card}\n  form: notice\n  shows",
        "  shows:",
    ),
    ("situation-always", "warning", 'when: "age >= 14"', 'when: "true"', "  - {id: adult"),
    ("situations-twice", "error", "{id: adult,", "{id: child,", "  - {id: adult"),
    ("examples-missing", "error", SERVICE[SERVICE.index("examples:") :], "", "service:"),
    (
        "example-fails",
        "error",
        "given: {lives_here: false, born: 1990-01-01}, then: ask-official",
        "given: {lives_here: false, born: 1990-01-01}, then: eligible",
        "外地成人",
    ),
    ("example-fails", "error", "with: {books: 10, age: 36}", "with: {books: 9, age: 36}", "成年人, on"),
    ("example-fails", "error", "then: ask-official}", "then: perhaps}", "外地成人"),
    (
        "example-fails",
        "error",
        "given: {lives_here: false, born: 1990-01-01}",
        "given: {lives_there: false, born: 1990-01-01}",
        "外地成人",
    ),
    (
        "row-without-example",
        "warning",
        "  - {name: 外地成人, on: 2026-11-03, given: {lives_here: false, born: 1990-01-01}, then: ask-official}\n",
        "",
        "- [false, '\"adult\"'",
    ),
]


@pytest.mark.parametrize(
    ("code", "severity", "old", "new", "part"), SERVICE_CASES, ids=lambda v: v if len(str(v)) < 25 else ""
)
def test_a_rule_of_services_is_told_at_its_line(
    tmp_path: Path, code: str, severity: str, old: str, new: str, part: str
) -> None:
    findings = [f for f in found(tmp_path, service=changed(SERVICE, old, new)) if f.code == code]
    assert findings, "the rule said nothing"
    first = findings[0]
    assert first.severity == severity, format_finding(first)
    assert first.line == line_of(SERVICE, part), format_finding(first)
    assert first.text.zh != first.text.en
    assert first.place.endswith(f"library-card.yaml:{first.line}:{first.column}")


CASES_ELSEWHERE = {
    "counts-on",  # this and the rules about parameters: test_catalog_parameters
    "parameter-category",
    "parameter-gap",
    "parameter-law",
    "parameter-overlap",
    "parameter-unused",
    "expression",  # tells the codes feel-… of the expression itself, eligible-…, name-taken, fact-cycle
    "fact-known-elsewhere",
    "service-twice",
    "competence-fact",  # these and what forces a visit: test_catalog_places
    "competence-gap",
    "competence-law",
    "competence-never",
    "online-forces-visit",
    "promise-question",  # this and the next: test_catalog_promises
    "promise-replaces",
}
# test_certificate_types
CASES_ELSEWHERE |= {
    f"certificate-{one}" for one in ("type-unknown", "fields", "validity", "parties", "paper", "source")
}


def test_every_rule_has_a_case() -> None:
    told = {code for code, *_ in SERVICE_CASES}
    assert {lint.code for lint in SERVICE_LINTS} - told == CASES_ELSEWHERE


def test_every_rule_says_what_it_demands_in_both_languages() -> None:
    for lint in (*SERVICE_LINTS, *PROCEDURE_LINTS, *USE_LINTS):
        assert lint.summary.zh and lint.summary.en
        assert lint.code == lint.code.lower()


def test_a_slip_in_an_expression_is_told_at_its_column(tmp_path: Path) -> None:
    text = changed(SERVICE, 'when: "age >= 14", law: LIB-33}', 'when: "age >= 14 and agee < 3", law: LIB-33}')
    slip = next(f for f in found(tmp_path, service=text) if f.code == "feel-unknown-name")
    line = text.splitlines()[slip.line - 1]
    assert line[slip.column - 1 :].startswith("agee < 3")
    assert "age" in slip.text.zh


def test_a_gap_is_shown_with_a_person_who_falls_into_it(tmp_path: Path) -> None:
    text = changed(SERVICE, '- [">= 14", adult', '- ["> 14", adult')
    gap = next(f for f in found(tmp_path, service=text) if f.code == "table-gap")
    assert gap.text.zh.endswith("：年龄 14（例如出生日期 2012-01-01、申请日期 2026-01-01）")
    assert gap.text.en.endswith(": Age 14 (for example Date of birth 2012-01-01, Day of application 2026-01-01)")


def test_a_person_of_a_gap_is_told_with_units_and_in_sentences(tmp_path: Path) -> None:
    text = changed(SERVICE, "age: {type: integer,", "age: {type: integer, unit: 岁,")
    text = changed(text, '- [">= 14", adult', '- ["[14..60)", adult')
    text = changed(text, "inputs: [age]", "inputs: [age, lives_here]")
    text = changed(text, '["< 14", child', '["< 14", "-", child')
    text = changed(text, '["[14..60)", adult', '["[14..60)", true, adult')
    gaps = [f.text.zh for f in found(tmp_path, service=text) if f.code == "table-gap"]
    assert [gap[: gap.index("（")] for gap in gaps] == [
        "没有一行管这种人：年龄 14 岁、不住在岚江",
        "没有一行管这种人：年龄 60 岁、住在岚江",
    ]


def test_nobody_is_in_no_situation_where_the_situations_name_every_choice(tmp_path: Path) -> None:
    text = changed(SERVICE, 'when: "age < 14", law: LIB-34}\n  - {id', 'when: "lives_here", law: LIB-34}\n  - {id')
    text = changed(text, 'when: "age >= 14"', 'when: "not(lives_here)"')
    text = changed(text, "inputs: [reader_class]", "inputs: [reader_class, situation]")
    text = changed(text, "['\"child\"', 5", '[\'"child"\', \'"child","adult"\', 5')
    text = changed(text, '[\'"adult"\', "5 * 2"', '[\'"adult"\', \'"child","adult"\', "5 * 2"')
    assert not [f for f in found(tmp_path, service=text) if f.code == "table-gap"]
    less = changed(text, 'when: "not(lives_here)"', 'when: "not(lives_here) and age > 3"')
    assert [f.severity for f in found(tmp_path, service=less) if f.code == "table-gap"] == ["warning"]


def test_a_fact_that_does_not_apply_is_no_gap(tmp_path: Path) -> None:
    text = changed(SERVICE, "inputs: [lives_here, reader_class]", "inputs: [lives_here, reader_class, school]")
    text = changed(text, '[true, "-", eligible', '[true, "-", "-", eligible')
    text = changed(text, "[false, '\"adult\"', {", '[false, \'"adult"\', "-", {')
    text = changed(text, "[false, '\"child\"', {", '[false, \'"child"\', \'"first","second"\', {')
    assert [f.code for f in found(tmp_path, service=text) if f.code.startswith("table-")] == ["table-gap"]
    # only a warning: reader_class and school both follow from the age, which is not in the table
    assert {f.severity for f in found(tmp_path, service=text) if f.code == "table-gap"} == {"warning"}


def test_two_services_that_are_one_are_told_to_both(tmp_path: Path) -> None:
    twin = changed(
        changed(SERVICE, "service: library-card", "service: reader-card"), "zh: 借书证办理, en", "zh: 申领借书证, en"
    )
    told = [f for f in found(tmp_path, reader_card=twin) if f.code == "service-twice"]
    assert len(told) == 4, "the code and the name, in both files"
    other_level = changed(twin, "level: county", "level: city")
    assert not [f for f in found(tmp_path, reader_card=other_level) if f.code == "service-twice"]


def test_what_another_service_takes_from_a_record_is_not_asked_here(tmp_path: Path) -> None:
    other = changed(
        changed(SERVICE, "service: library-card", "service: reader-card"), '"992000990000"', '"992000990001"'
    )
    other = changed(other, "zh: 借书证办理", "zh: 阅览证办理")
    other = changed(
        other,
        "not_future: true}",
        'not_future: true, source: {at: "police.population/person#born", name: {zh: 人口库, en: Register}}}',
    )
    told = [f for f in found(tmp_path, reader_card=other) if f.code == "fact-known-elsewhere"]
    assert [Path(f.file).name for f in told] == ["library-card.yaml"]
    assert "police.population/person#born" in told[0].text.zh


def test_drafts_may_still_lack_english_and_examples(tmp_path: Path) -> None:
    text = changed(SERVICE, "status: published", "status: draft")
    text = changed(text, "conditions:\n  - {zh: 住在岚江。, en: You live in Lanjiang.}", "conditions:\n  - 住在岚江。")
    text = text[: text.index("examples:")]
    assert {f.severity for f in found(tmp_path, service=text)} == {"warning"}


def test_what_is_shipped_has_no_errors() -> None:
    folders = [shipped("services"), shipped("procedures"), shipped("uses")]
    assert [format_finding(f) for f in check(folders) if f.severity == "error"] == []


def test_the_service_of_the_ten_minute_guide_is_sound(tmp_path: Path) -> None:
    guide = (shipped("services").parent / "docs" / "write-a-service.md").read_text(encoding="utf-8")
    start = guide.index("```yaml\n") + len("```yaml\n")
    (tmp_path / "library-card.yaml").write_text(guide[start : guide.index("\n```", start)], encoding="utf-8")
    assert [format_finding(f) for f in check([tmp_path]) if f.severity == "error"] == []


def test_a_folder_of_a_thousand_files_is_read_whole(tmp_path: Path) -> None:
    for number in range(1_000):
        (tmp_path / f"s{number}.yaml").write_text("service: x\nversion: 1\n", encoding="utf-8")
    findings = check([tmp_path])
    assert len({f.file for f in findings}) == 1_000


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert [f.code for f in check([tmp_path / "nothing"])] == ["path-missing"]


def test_findings_come_in_the_order_of_their_places(tmp_path: Path) -> None:
    text = changed(
        changed(SERVICE, "visits: {max: 0}", "visits: {max: 1}"), "promised: 2 working-days", "promised: 9 working-days"
    )
    told = found(tmp_path, service=text)
    assert [(f.file, f.line, f.column) for f in told] == sorted((f.file, f.line, f.column) for f in told)
    assert format_finding(told[0], "zh").startswith(f"{told[0].place}: error visit-without-reason: ")
