"""Every shipped service as columns: DuckDB says of each person what `assess` says."""

import pytest
from columns_rows import SERVICES, columns_of, compiled, days_of, judged, random_rows, said, same, table_of, wanted

from tongban.catalog.assess import assess
from tongban.catalog.columns import columnar
from tongban.rules.columns.ir import Program
from tongban.rules.columns.sql import Member

NOT_COLUMNAR = {
    "migrant-school-enrolment": "child_birth_date",  # a date put together from parts of a text
    "migrant-school-enrolment@2": "child_birth_date",
}


def program_of(slug: str) -> Program:
    program = columnar(compiled(slug)).program
    assert program is not None
    return program


@pytest.mark.parametrize("slug", sorted(SERVICES))
def test_every_shipped_service_is_columnar_or_says_which_fact_stands_in_the_way(slug: str) -> None:
    found = columnar(compiled(slug))
    if slug in NOT_COLUMNAR:
        assert found.program is None
        assert found.refusals[0].place.startswith(NOT_COLUMNAR[slug])
    else:
        assert found.program is not None
        assert found.refusals == ()


@pytest.mark.parametrize("slug", sorted(SERVICES.keys() - NOT_COLUMNAR.keys()))
def test_the_columns_say_of_everybody_what_the_case_says(slug: str) -> None:
    service, program = SERVICES[slug], program_of(slug)
    for seed, day in enumerate(days_of(service)):
        rows = random_rows(service, day, 150, seed)  # its certificate compares 100,000
        found = judged(table_of(service, rows), [Member(program, columns_of(program, service))], day)
        assert len(found) == len(rows)
        for facts, row in zip(rows, found, strict=True):
            got, want = said(program, row), wanted(program, assess(service, facts, day))
            assert same(got, want), (facts, day, got, want)
