"""The whole explanation of an assessment: why, why not, from which record, by which text of the law, and in words."""

import json
from datetime import date
from typing import Any

import pytest
from catalog_samples import SERVICE, changed
from tests.shipped_files import services

from tongban.base.i18n import Text
from tongban.catalog import Explanation, assess, compile_service, explanation, load_service
from tongban.catalog.shipped import shipped
from tongban.catalog.wording import Wording

DAY = date(2026, 11, 3)
FILES = {path.stem: path.read_text(encoding="utf-8") for path in shipped("services").glob("*.yaml")}
SERVICES = services()


def told(name: str, records: dict[str, Text] | None = None, **facts: Any) -> Explanation:
    return explanation(assess(SERVICES[name], facts, DAY), records)


def sentences(found: Explanation) -> str:
    return "\n".join(one.zh for one in found.sentences)


def test_it_says_what_counted_back_to_the_answers_and_the_records():
    found = told(
        "advanced-age-allowance",
        {"birth_date": Text("公安人口库", "Police register")},
        birth_date=date(1947, 3, 5),
        home_region="990101",
        phone="13800138000",
    )
    assert [(one.name, one.origin) for one in found.counted] == [
        ("birth_date", "record"),
        ("home_region", "answer"),
        ("age", "computed"),
        ("of_lanjiang", "computed"),
    ], "the phone counts for nothing"
    assert "“出生日期”：1947年3月5日（来自公安人口库）。" in sentences(found)


def test_each_row_that_does_not_count_names_its_first_failing_cell_in_the_words_of_the_file():
    found = told("advanced-age-allowance", birth_date=date(1947, 3, 5), home_region="990101")
    (table,) = found.tables
    assert [(row.row, row.standing) for row in table.rows] == [(1, "fails"), (2, "counts"), (3, "fails")]
    assert table.rows[0].why == Text("“周岁”要至少80岁，现在是79岁", "“Age” must be at least 80 years, but is 79 years")
    assert table.rows[1].cite is not None
    assert table.rows[2].why.zh == "“岚江户籍”要是“否”，现在是“是”"


def test_values_and_conditions_are_said_as_people_say_them():
    words = Wording.of(SERVICES["unemployment-benefit"])
    assert words.must_be("months_paid", ">= 12").zh == "“累计缴费月数”要至少12个月"
    assert words.must_be("months_paid", "[60..120)").zh == "“累计缴费月数”要至少60个月、不满120个月"
    assert words.must_be("stop_ground", 'not("none","prison")').zh == "“不能领的情形”不能是“都没有”或“在服刑”"
    assert words.is_("left_reason", '"resigned","unsure"').en == (
        "“Why the job ended” is “I chose to leave” or “Hard to say”"
    )
    assert words.is_("left_on", '< @"2026-02-01"').zh == "“离职日期”在2026年2月1日以前（不含当天）"
    assert words.value("monthly_amount", 1680) == Text("1,680元", "1,680 yuan")
    assert words.is_("registered", "true").zh == "“已失业登记”是“是”"
    venue = Wording.of(SERVICES["public-venue-hygiene"])
    assert (
        venue.must_be("application_date - opened_on", '<= duration("P30D")').zh == "“申请的日子 − 开业日期”要最多30天"
    )


def test_the_version_of_the_rules_and_the_days_of_the_acts_are_named():
    found = told("disability-two-subsidies", grade="none")
    version = found.version
    service = SERVICES["disability-two-subsidies"]
    assert (version.version, version.valid_from, version.day) == ("1", date(2026, 7, 1), DAY)
    assert version.hash == compile_service(service).digest
    assert [(law.id, law.in_force) for law in found.laws] == [("TWO", date(2016, 1, 1))]
    assert "用的是第1版规定，2026年7月1日起施行，按2026年11月3日的情况算。" in sentences(found)


def test_a_dated_figure_is_told_with_the_day_from_which_it_holds_and_its_law():
    facts = {"birth_date": date(1946, 12, 10), "home_region": "990101"}
    found = explanation(assess(SERVICES["advanced-age-allowance@2"], facts, date(2026, 12, 16)))
    (figure,) = found.figures
    assert (figure.words.zh, figure.day, figure.since) == ("80元", date(2027, 1, 1), date(2027, 1, 1))
    assert "“各年龄段每月多少（演示）”：80元（2027年1月1日起的数，依据" in sentences(found)


def test_for_what_is_unknown_it_says_what_it_would_have_to_be():
    found = told("food-licence", food_kind="canteen", clean_place=True, equipped=True)
    assert (found.outcome, [one.name for one in found.unknown]) == ("unknown", ["has_manager"])
    assert [(one.says.zh, [when.zh for when in one.when]) for one in found.tables[-1].possible] == [
        ("符合申请条件", ["“有食品安全管理员和制度”是“是”"]),
        ("先定一个管食品安全的人（自己也行）再来", ["“有食品安全管理员和制度”是“否”"]),
    ]
    open_rows = [row for row in found.tables[-1].rows if row.standing == "open"]
    assert open_rows[0].why.zh == "“有食品安全管理员和制度”要是“是”，现在还不知道"


def test_a_value_that_came_to_nothing_says_where_in_its_formula_and_why():
    text = changed(FILES["migrant-school-enrolment"], "child_id_number, 7, 4) +", "child_id_number, 7, 3) +")
    facts = {"child_id_number": "990201202008310014", "child_home_region": "990201", "lives_region": "990101"}
    found = explanation(assess(load_service(text).require(), facts, DAY))
    first = found.nothing[0]
    assert (first.name, first.code) == ("child_birth_date", "not-a-value")
    assert first.formula[first.start : first.end].startswith("date(substring(")
    waits = next(one for one in found.nothing if one.name == "child_age")
    assert (waits.code, waits.why.zh) == ("waits", "还不知道孩子出生日期")


def test_a_gap_in_the_rules_is_told_as_a_gap():
    text = changed(SERVICE, "    - [false, '\"child\"', {no:", "    - [true, '\"child\"', {no:")
    found = explanation(assess(load_service(text).require(), {"lives_here": False, "born": date(2020, 1, 1)}, DAY))
    assert found.outcome == "ask-official"
    assert found.tables[-1].status == "no-row"
    assert all(row.standing == "fails" for row in found.tables[-1].rows)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_example_of_every_service_explains_itself_in_both_languages_and_in_json(name: str):
    service = SERVICES[name]
    for example in service.examples:
        assessed = assess(service, example.given, example.on)
        found = explanation(assessed)
        again = json.loads(json.dumps(found.as_json(), ensure_ascii=False))
        assert again["outcome"] == example.then
        assert [one["hash"] for one in again["tables"]] == [one.table.hash for one in assessed.trace]
        for table, decision in zip(found.tables, assessed.trace, strict=True):
            counting = tuple(row.row for row in table.rows if row.standing == "counts")
            assert counting == decision.matched
        for sentence in found.sentences:
            assert sentence.zh.endswith("。") and sentence.en.endswith(".")
            assert "{" not in sentence.zh + sentence.en
            assert "None" not in sentence.zh
            assert not any("\u4e00" <= c <= "\u9fff" for c in sentence.en), sentence.en
