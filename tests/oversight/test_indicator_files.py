"""An indicator file is read as a compiler does, and its formula can do nothing but count."""

import shutil
from pathlib import Path

import msgspec
import pytest
from fact_rows import case_fact, event_fact

from tongban.catalog.shipped import shipped
from tongban.oversight.computing import Period, compute
from tongban.oversight.expressions import wrong
from tongban.oversight.facts import COLUMNS, ROWS
from tongban.oversight.files import check_indicators, load_indicator, read_indicators
from tongban.oversight.folder import opened, replace
from tongban.oversight.model import Dimension

GOOD = (shipped("indicators") / "on-time-statutory.yaml").read_text(encoding="utf-8")


def test_the_shipped_indicators_are_sound_and_cover_the_five_national_dimensions():
    assert check_indicators([shipped("indicators")]) == []
    assert {one.dimension for one in read_indicators()} <= set(Dimension)


def test_rows_and_documented_columns_are_one_list():
    for table, row in ROWS.items():
        assert tuple(column.name for column in COLUMNS[table]) == row.__struct_fields__


@pytest.mark.parametrize(
    "formula",
    [
        "(select count(*) from cases)",
        "read_csv('people.csv')",
        "1 from facts; drop table facts",
        "used_days / statutory_days",
        "count(*) over ()",
        "cast(used_days as double)",
        "nothing_of_this_name",
        "1 from facts where true group by 1",
        "getenv('HOME')",
    ],
)
def test_a_formula_reaches_nothing_beyond_the_columns_and_gives_no_fraction(formula: str):
    assert wrong(formula, "cases", yes_or_no=False) is not None


def test_every_mistake_is_told_at_its_line():
    text = GOOD.replace("when: decided_at", "when: outcome").replace(
        "statutory_due is not null", "due_date is not null"
    )
    found = load_indicator(text).findings
    lines = text.splitlines()
    assert {finding.code for finding in found} == {"indicator-when", "indicator-expression"}
    for finding in found:
        assert lines[finding.line - 1].startswith(("when:", "where:"))


def test_a_group_below_the_floor_cannot_be_asked_for():
    assert load_indicator(GOOD + "small: 5\n").value is None


def test_what_was_published_is_neither_edited_nor_removed_and_its_next_version_lies_beside_it(tmp_path: Path):
    folder = Path(shutil.copytree(shipped("indicators"), tmp_path / "indicators"))
    first, second = folder / "hotline-on-time.yaml", folder / "hotline-on-time@2.yaml"
    newest = {one.indicator: one.version for one in read_indicators(folder)}
    assert (newest["hotline-on-time"], newest["rating"]) == ("2", "1")
    assert [one for one in check_indicators([folder]) if one.severity == "error"] == []
    second.write_text(second.read_text(encoding="utf-8").replace("places: 1", "places: 2"), encoding="utf-8")
    assert {one.code for one in check_indicators([folder])} == {"indicator-published"}
    first.unlink()
    assert [one.code for one in check_indicators([folder])] == ["indicator-published"] * 2


def test_a_later_version_says_what_is_different_and_none_is_there_twice(tmp_path: Path):
    silent = load_indicator(GOOD.replace('version: "1"', 'version: "2"'))
    assert [one.code for one in silent.findings] == ["indicator-changed"]
    for folder in (tmp_path / "one", tmp_path / "other"):
        folder.mkdir()
        shutil.copy(shipped("indicators") / "on-time-statutory@2.yaml", folder)
    assert [one.code for one in check_indicators([tmp_path / "one", tmp_path / "other"])] == ["indicator-twice"]
    (tmp_path / "one" / "on-time-statutory@2.yaml").rename(tmp_path / "one" / "on-time-statutory.yaml")
    assert [one.code for one in check_indicators([tmp_path / "one"])] == ["indicator-name"]


def test_without_a_better_side_no_group_is_called_the_worst_served():
    text = GOOD.replace("better: higher", "better: neither")
    assert "indicator-gap" in {one.code for one in load_indicator(text).findings}
    for one in read_indicators():
        assert one.better != "neither" or not one.gaps


def test_whoever_was_never_answered_or_called_counts_as_missed_and_nobody_twice(tmp_path: Path):
    """北京市接诉即办工作条例 32 [V]: 响应率."""
    rows = [
        *(event_fact(n, act="contact", kept=";contact;") for n in range(12)),
        *(event_fact(20 + n, act="escalated", missed=";contact;") for n in range(8)),
        *(event_fact(20 + n, seq=3, act="reply", kept=";decide;") for n in range(4)),
        *(event_fact(24 + n, seq=3, act="escalated", missed=";decide;") for n in range(4)),
    ]
    replace(tmp_path, "events", "990101", "2026-10", rows)
    known = {one.indicator: one for one in read_indicators()}
    with opened(tmp_path) as facts:
        for name, expected in (("hotline-response", (12, 20)), ("hotline-on-time", (4, 8))):
            (told,) = compute(facts, known[name], "all", Period.month(2026, 10))
            assert (told.numerator, told.denominator) == expected, name


def test_an_objection_that_was_taken_back_or_only_wanted_words_is_neither_upheld_nor_refused(tmp_path: Path):
    """个人信息保护法 24 [V]."""
    acts = ("change", "change", "uphold", "explain", "withdraw", "tell-not-competent", "take-up")
    rows = [event_fact(n, procedure="algorithm-objection", act=act) for n, act in enumerate(acts)]
    replace(tmp_path, "events", "990101", "2026-10", rows)
    one = next(one for one in read_indicators() if one.indicator == "ai-objections-upheld")
    with opened(tmp_path) as facts:
        (told,) = compute(facts, one, "all", Period.month(2026, 10))
    assert (told.numerator, told.denominator) == (2, 3)


def test_the_share_of_one_thing_is_of_single_matters_alone(tmp_path: Path):
    kinds = [("licensing", True)] * 2 + [("licensing", False)] * 3 + [("bundle", False), ("hotline-request", False)]
    rows = [
        msgspec.structs.replace(case_fact(n), procedure=procedure, part=part)
        for n, (procedure, part) in enumerate(kinds)
    ]
    replace(tmp_path, "cases", "990101", "2026-10", rows)
    one = next(one for one in read_indicators() if one.indicator == "bundled-share")
    with opened(tmp_path) as facts:
        (told,) = compute(facts, one, "all", Period.month(2026, 10))
    assert (told.numerator, told.denominator) == (2, 5)


def test_what_the_platform_promises_by_itself_is_no_time_that_a_law_gives(tmp_path: Path):
    """行政许可法 42 [V] says days; where no law does, the platform's own are not called statutory."""
    rows = [msgspec.structs.replace(case_fact(n, used=5), by_law=n < 3) for n in range(5)]
    replace(tmp_path, "cases", "990101", "2026-10", rows)
    known = {one.indicator: one for one in read_indicators()}
    with opened(tmp_path) as facts:
        for name, cases in (("on-time-statutory", 3), ("compression", 3), ("on-time-promised", 5)):
            (told,) = compute(facts, known[name], "all", Period.month(2026, 10))
            assert told.rows == cases, name
