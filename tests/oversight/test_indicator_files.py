"""An indicator file is read as a compiler does, and its formula can do nothing but count."""

import pytest

from tongban.catalog.shipped import shipped
from tongban.oversight.expressions import wrong
from tongban.oversight.facts import COLUMNS, ROWS
from tongban.oversight.files import check_indicators, load_indicator, read_indicators
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
