"""The law in time inside a service: a parameter has the value of the day that counts, with its article, or none."""

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from catalog_samples import SERVICE, changed, found, line_of

from tongban import rules
from tongban.catalog import Assessment, assess, compact, content_hash, format_finding, load_service
from tongban.catalog.dated import Parameter
from tongban.catalog.decisions import draft_rules
from tongban.catalog.diff import diff
from tongban.catalog.export import decision_model
from tongban.catalog.model import Service
from tongban.rules.dmn.execute import Model
from tongban.rules.dmn.read import read_model

_PARAMETERS = changed(
    SERVICE,
    "materials:\n",
    """\
parameters:
  books_allowed:
    name: {zh: 可借本数, en: Books allowed}
    type: integer
    unit: 本
    category: reader_class
    periods:
      - {from: 2018-01-01, to: 2027-01-01, values: {child: 5, adult: 10}, law: LIB-33}
      - {from: 2027-01-01, values: {child: 8, adult: 12}, law: LIB-35}
materials:
""",
)
_USED = changed(_PARAMETERS, '- [\'"adult"\', "5 * 2", {law: LIB-33}]', "- ['\"adult\"', books_allowed, {law: LIB-33}]")
DATED = changed(
    _USED,
    "audience: [natural-person]",
    '  - {id: LIB-35, act: 公共图书馆法, article: "35", in_force: 2027-01-01, tag: V}\naudience: [natural-person]',
)
BIRTH = changed(DATED, "parameters:\n", "counts_on: born\nparameters:\n")
ADULT = {"lives_here": True, "born": date(1990, 1, 1)}
NEW_YEAR = date(2027, 1, 1)


def made(text: str) -> Service:
    return load_service(text).require()


def on(day: date, text: str = DATED, **facts: Any) -> Assessment:
    return assess(made(text), ADULT | facts, day)


def test_the_law_of_the_day_of_application_gives_the_amount() -> None:
    assert on(date(2026, 12, 31)).outputs["books"] == 10
    assert on(NEW_YEAR).outputs["books"] == 12


def test_a_decision_says_which_law_of_which_day_gave_the_value() -> None:
    found = on(NEW_YEAR)
    (used,) = found.as_json()["parameters"]
    assert used == {
        "name": "books_allowed",
        "day": "2027-01-01",
        "category": "adult",
        "period": 2,
        "value": 12,
        "unit": "本",
        "law": "LIB-35",
        "from": "2027-01-01",
        "to": None,
    }
    assert [law.id for law in found.laws] == ["LIB-33", "LIB-35"]
    assert compact(found)["parameters"] == [
        {"name": "books_allowed", "day": "2027-01-01", "category": "adult", "period": 2}
    ]


def test_a_parameter_that_no_deciding_row_reads_is_no_ground_of_the_decision() -> None:
    child = on(NEW_YEAR, born=date(2020, 1, 1), school="first")
    assert child.outputs["books"] == 5
    assert child.parameters == ()
    assert "LIB-35" not in [law.id for law in child.laws]


def test_the_day_that_counts_may_be_another_than_that_of_application() -> None:
    text = changed(BIRTH, "from: 2018-01-01", "from: 1900-01-01")
    found = on(NEW_YEAR, text)
    assert found.outputs["books"] == 10
    assert found.parameters[0].day == date(1990, 1, 1)


def test_a_transition_clause_is_an_if() -> None:
    clause = 'counts_on: if application_date < date("2027-03-01") then date("2026-12-31") else application_date'
    text = changed(DATED, "parameters:\n", f"{clause}\nparameters:\n")
    assert [on(day, text).outputs["books"] for day in (date(2027, 2, 28), date(2027, 3, 1))] == [10, 12]


def test_while_the_day_that_counts_is_unknown_so_is_the_value_and_the_person_is_asked_for_it() -> None:
    text = changed(BIRTH, "inputs: [lives_here, reader_class]", "inputs: [lives_here, books_allowed]")
    text = changed(text, "'\"adult\"', {ask-official", "'> 5', {ask-official")
    text = changed(text, "'\"child\"', {no", "'<= 5', {no")
    found = assess(made(text), {"lives_here": False}, NEW_YEAR)
    assert (found.outcome, found.unknown) == ("unknown", ("born",))


def test_a_day_under_no_law_or_two_goes_to_an_official_who_is_told_why() -> None:
    limit = changed(DATED, "inputs: [lives_here, reader_class]", "inputs: [lives_here, books_allowed]")
    limit = changed(limit, "'\"adult\"', {ask-official", "'> 5', {ask-official")
    limit = changed(limit, "'\"child\"', {no", "'<= 5', {no")
    for broken, zh, en in (
        (changed(limit, "to: 2027-01-01", "to: 2026-07-01"), "没有规定", "No law says"),
        (changed(limit, "to: 2027-01-01", "to: 2027-07-01"), "两个规定", "Two laws"),
    ):
        day = date(2026, 11, 3) if "2026-07" in broken else date(2027, 2, 1)
        found = on(day, broken, lives_here=False)
        assert (found.outcome, found.fully_determined) == ("ask-official", False)
        assert zh in found.message.zh and "可借本数" in found.message.zh and str(day) in found.message.zh
        assert en in found.message.en
        assert "missing" in compact(found)["parameters"][0]


def test_an_amount_that_no_law_fixes_is_never_guessed() -> None:
    found = on(date(2026, 11, 3), changed(DATED, "to: 2027-01-01", "to: 2026-07-01"))
    assert (found.outcome, found.outputs["books"], found.fully_determined) == ("eligible", None, False)


def test_files_without_parameters_keep_their_hash() -> None:
    assert content_hash(made(SERVICE)) == content_hash(
        made(SERVICE.replace("materials:\n", "parameters: {}\nmaterials:\n", 1))
    )


def test_a_change_of_a_parameter_is_told_by_its_name() -> None:
    told = diff(made(DATED), made(changed(DATED, "adult: 12", "adult: 15")))
    assert any("12" in one.text.zh and "15" in one.text.zh for one in told)
    assert any("可借本数" in one.text.zh for one in diff(made(SERVICE), made(DATED)))


def test_a_decision_model_carries_the_parameters_as_tables_of_half_open_days_and_brings_them_back() -> None:
    text = changed(BIRTH, "from: 2018-01-01", "from: 1900-01-01")
    asked = {"lives_here": True, "full_name": "x", "school": None}
    for service, born in ((made(text), date(1990, 1, 1)), (made(DATED), date(1990, 1, 1))):
        model = Model.load(decision_model(service)).check()
        for day in (date(2026, 12, 31), NEW_YEAR):
            found = model.evaluate(["books"], {**asked, "born": born, "application_date": day}).values["books"]
            assert found == assess(service, ADULT, day).outputs["books"]
        parts = draft_rules(read_model(decision_model(service)), "m.dmn").parts
        assert msgspec.convert(parts["parameters"], dict[str, Parameter]) == service.parameters


# --- what the checker says -----------------------------------------------------------------------------------


def test_the_dated_sample_is_sound(tmp_path: Path) -> None:
    assert [format_finding(f) for f in found(tmp_path, service=DATED)] == []


FIRST, SECOND = "      - {from: 2018-01-01", "      - {from: 2027-01-01"
CASES: list[tuple[str, str, str, str, str]] = [
    ("parameter-gap", "error", "from: 2027-01-01", "from: 2027-02-01", FIRST),
    ("parameter-gap", "error", "- {from: 2018-01-01", "- {from: 2026-02-01", FIRST),
    ("parameter-overlap", "error", "to: 2027-01-01", "to: 2027-01-02", SECOND),
    ("parameter-law", "error", "values: {child: 8, adult: 12}, law: LIB-35}", "values: {child: 8, adult: 12}}", SECOND),
    ("parameter-law", "error", "in_force: 2027-01-01", "in_force: 2027-01-02", SECOND),
    ("parameter-law", "error", "in_force: 2027-01-01", "in_force: 2027-01-01, until: 2030-01-01", SECOND),
    ("law-undefined", "error", "law: LIB-35", "law: LIB-36", SECOND),
    ("parameter-category", "error", "{child: 8, adult: 12}", "{child: 8, adlut: 12}", SECOND),
    ("parameter-category", "error", "category: reader_class", "category: born", "    category:"),
    ("parameter-category", "error", "category: reader_class", "category: readers", "    category:"),
    ("parameter-unused", "warning", "books_allowed, {law", "10, {law", "  books_allowed:"),
    ("parameter-period", "error", "from: 2018-01-01, to: 2027-01-01", "from: 2027-01-01, to: 2027-01-01", FIRST),
    ("parameter-value", "error", "{child: 8, adult: 12}", "{child: 8, adult: 12.5}", SECOND),
    ("parameter-value", "error", "values: {child: 8, adult: 12}", "value: 12", SECOND),
    (
        "name-taken",
        "error",
        "    outputs: [{name: books,",
        "    outputs: [{name: books_allowed,",
        "    outputs: [{name: books,",
    ),
    ("counts-on", "error", "parameters:", "counts_on: age\nparameters:", "parameters:"),
    ("formula-type", "error", "parameters:", "counts_on: age\nparameters:", "parameters:"),
]


@pytest.mark.parametrize(
    ("code", "severity", "old", "new", "part"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)]
)
def test_a_rule_about_parameters_is_told_at_its_line(
    tmp_path: Path, code: str, severity: str, old: str, new: str, part: str
) -> None:
    findings = [f for f in found(tmp_path, service=changed(DATED, old, new)) if f.code == code]
    assert findings, "the rule said nothing"
    first = findings[0]
    assert (first.severity, first.line) == (severity, line_of(DATED, part)), format_finding(first)
    assert first.text.zh != first.text.en


def test_a_day_that_counts_without_parameters_has_no_use(tmp_path: Path) -> None:
    text = changed(SERVICE, "materials:\n", "counts_on: born\nmaterials:\n")
    assert [f.severity for f in found(tmp_path, service=text) if f.code == "counts-on"] == ["warning"]


def test_a_circle_through_the_day_that_counts_is_told(tmp_path: Path) -> None:
    circle = changed(DATED, "parameters:", "counts_on: if books_allowed > 3 then born else born\nparameters:")
    assert "fact-cycle" in {f.code for f in found(tmp_path, service=circle)}


def test_values_of_a_decision_are_frozen() -> None:
    used = on(NEW_YEAR).parameters[0]
    assert isinstance(used.found, rules.Found)
    with pytest.raises(dataclasses.FrozenInstanceError):
        used.value = 99  # pyright: ignore[reportAttributeAccessIssue]
