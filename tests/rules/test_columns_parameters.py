"""Dated parameters as columns: DuckDB looks up for everybody the value of the day that counts, as the case does."""

from datetime import date, timedelta

import pytest
from columns_rows import columns_of, judged, random_rows, said, same, table_of, wanted

from tongban.catalog import load_service
from tongban.catalog.assess import assess
from tongban.catalog.columns import columnar
from tongban.catalog.compile import compile_service
from tongban.catalog.shipped import shipped
from tongban.rules.columns.sql import Member

ALLOWANCE = (shipped("services") / "advanced-age-allowance.yaml").read_text(encoding="utf-8")
ROWS = """\
      - ["< 90", 60, {law: DEMO-AGE, note: "满80岁由资格表保证。演示；北京100元（S）"}]
      - ["[90..100)", 200, {law: DEMO-AGE, note: "演示；北京500元（S）"}]
      - [">= 100", 600, {law: DEMO-AGE, note: "演示；北京800元（S）"}]
"""
PARAMETERS = """\
counts_on: COUNTS
parameters:
  by_age:
    name: {zh: 各年龄段的数, en: By age}
    type: money
    category: situation
    periods:
      - {from: 1900-01-01, to: 2027-01-01, values: {eighties: 60, nineties: 200, hundred: 600.5}, law: DEMO-AGE}
      - {from: 2027-01-01, values: {eighties: 80.25, nineties: 240, hundred: 800}, law: DEMO-AGE}
  supplement:
    name: {zh: 另加, en: Supplement}
    type: integer
    periods:
      - {from: 1800-01-01, to: 2026-12-01, value: 0, law: DEMO-AGE}
      - {from: 2026-12-01, value: 5, law: DEMO-AGE}
conditions:
"""
COUNTS = {
    "application": "application_date",
    "first month of payment": 'date(application_date.year, application_date.month, 1) + duration("P1M")',
    "birth": 'birth_date + duration("P90Y")',
}
NEW_YEAR = date(2027, 1, 1)


@pytest.mark.parametrize("counts", COUNTS.values(), ids=COUNTS)
def test_the_columns_look_up_what_the_case_looks_up(counts: str) -> None:
    text = ALLOWANCE.replace("conditions:\n", PARAMETERS.replace("COUNTS", counts), 1)
    text = text.replace(ROWS, '      - ["-", by_age + supplement, {law: DEMO-AGE}]\n')
    service = load_service(text).require()
    found = columnar(compile_service(service))
    assert found.refusals == ()
    program = found.program
    assert program is not None
    for seed, day in enumerate((NEW_YEAR - timedelta(days=33), NEW_YEAR - timedelta(days=1), NEW_YEAR)):
        rows = random_rows(service, day, 300, seed)
        answers = judged(table_of(service, rows), [Member(program, columns_of(program, service))], day)
        for facts, row in zip(rows, answers, strict=True):
            got, want = said(program, row), wanted(program, assess(service, facts, day))
            assert same(got, want), (facts, day, got, want)
