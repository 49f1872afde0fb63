"""The people as columns for OpenFisca-core. In its favour: texts are numbers already; an unknown fact is 0 or false,
which is what OpenFisca makes of it."""

from __future__ import annotations

from typing import Any

PERIOD = "2026-07"
TIERS = {
    **dict.fromkeys(("11", "12", "31", "32", "33", "35", "37", "44"), 0),
    **dict.fromkeys(("13", "14", "21", "22", "34", "36", "41", "42", "43", "46", "50", "51", "61"), 1),
    **dict.fromkeys(("15", "23", "45", "52", "53", "54", "62", "63", "64", "65"), 2),
}
REGIONS = sorted(TIERS)


def columns(path: str) -> dict[str, Any]:
    """The columns of a Parquet file of `population.write`, held in memory."""
    import duckdb

    places = ", ".join(f"'{region}'" for region in REGIONS)
    query = f"""
        SELECT list_position([{places}], region::VARCHAR) - 1 AS region, birth_date::TIMESTAMP AS birth_date,
               coalesce(low_income, false) AS low_income, coalesce(income, 0)::FLOAT AS income,
               household_size::INTEGER AS household_size,
               list_position(['own', 'rent', 'shared'], ownership::VARCHAR) - 1 AS ownership,
               floor_area::FLOAT AS floor_area, months_paid::INTEGER AS months_paid, unemployed,
               disability_grade::INTEGER AS disability_grade, needs_care, infants::INTEGER AS infants,
               service_years::INTEGER AS service_years
        FROM read_parquet('{path}')"""
    found = dict(duckdb.sql(query).fetchnumpy())
    found["birth_date"] = found["birth_date"].astype("datetime64[D]")
    return found
