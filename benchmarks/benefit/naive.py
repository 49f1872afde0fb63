"""The benefit rules as SQL the way one writes them down first: row by row, condition by condition, in whole cents.

It reads the same narrow columns as the compiled SQL and pays the same, but names no row and no missing fact.
"""

A, B, C = (
    "(0, 1, 8, 9, 10, 12, 14, 18)",
    "(2, 3, 5, 6, 11, 13, 15, 16, 17, 20, 21, 22, 26)",
    "(4, 7, 19, 23, 24, 25, 27, 28, 29, 30)",
)
"""The codes of the regions by tier; ownership is 0 own, 1 rent, 2 shared."""


def _tiered(low: str, amounts: tuple[int, int, int], more: str = "") -> str:
    return "\n".join(f"WHEN {low} AND tier = '{t}'{more} THEN {a}" for t, a in zip("ABC", amounts, strict=True))


def _half_even(n: str, d: str) -> str:
    """`n / d` to the nearest whole number, for n that is not negative."""
    rest = f"2 * ({n} % {d})"
    up = f"CASE WHEN {rest} > {d} OR ({rest} = {d} AND ({n} // {d}) % 2 = 1) THEN 1 ELSE 0 END"
    return f"(({n}) // ({d}) + {up})"


def naive_sql(people: str, day: str = "DATE '2026-07-01'") -> str:
    """The total of everybody in the relation `people`, in cents."""
    past = f"month(birth_date) * 100 + day(birth_date) > month({day}) * 100 + day({day})"
    let = "ownership IN (1, 2)"
    per_head = _half_even("income", "(12 * household_size)")
    housing = _half_even("(percent * rent * least(floor_area, 150 * household_size) * 10)", "100")
    top_up = _half_even("greatest(0, 1200 * standard * household_size - income - 12 * others)", "1200")
    return f"""
WITH places AS (
  SELECT *,
    CASE WHEN region IN {A} THEN 'A' WHEN region IN {B} THEN 'B' WHEN region IN {C} THEN 'C' END AS tier,
    CASE WHEN region IN {A} THEN 1200 WHEN region IN {B} THEN 950 WHEN region IN {C} THEN 800 END AS standard,
    CASE WHEN region IN {A} THEN 2690 WHEN region IN {B} THEN 2200 WHEN region IN {C} THEN 1950 END AS wage,
    CASE WHEN region IN {A} THEN 30 WHEN region IN {B} THEN 22 WHEN region IN {C} THEN 16 END AS rent,
    year({day}) - year(birth_date) - CASE WHEN {past} THEN 1 ELSE 0 END AS age,
    {per_head} AS per_head
  FROM {people}
), tables AS (
  SELECT *,
    CASE WHEN age < 60 THEN 0
    {_tiered("age >= 60 AND age < 70", (120, 100, 80), " AND low_income")}
    WHEN age >= 60 AND age < 70 AND NOT low_income THEN 0
    {_tiered("age >= 70 AND age < 80", (200, 150, 100))}
    {_tiered("age >= 80 AND age < 90", (350, 280, 220))}
    {_tiered("age >= 90", (800, 700, 600))} END AS elderly,
    CASE WHEN NOT unemployed THEN 0 WHEN unemployed AND months_paid < 12 THEN 0
    WHEN unemployed AND months_paid >= 120 THEN 24 WHEN unemployed AND months_paid >= 60 THEN 18
    WHEN unemployed AND months_paid >= 36 AND low_income THEN 15 WHEN unemployed THEN 12 END AS months,
    CASE WHEN ownership = 0 THEN 0 WHEN per_head >= 250000 AND {let} THEN 0
    WHEN per_head < 80000 AND tier = 'A' AND ownership = 1 THEN 90
    WHEN per_head < 80000 AND tier = 'A' AND ownership = 2 THEN 60
    WHEN per_head < 80000 AND tier = 'B' AND {let} THEN 80 WHEN per_head < 80000 AND tier = 'C' AND {let} THEN 70
    {_tiered("per_head >= 80000 AND per_head < 150000", (60, 50, 40), f" AND {let}")}
    {_tiered("per_head >= 150000 AND per_head < 250000", (30, 20, 10), f" AND {let}")} END AS percent,
    CASE WHEN disability_grade IN (1, 2) AND low_income THEN 300 ELSE 0 END
    + CASE WHEN disability_grade IN (1, 2) AND needs_care THEN 250 ELSE 0 END
    + CASE WHEN disability_grade IN (3, 4) AND needs_care AND low_income THEN 100 ELSE 0 END AS disability,
    300 * infants AS child,
    CASE WHEN service_years > 0 THEN least(200 + 20 * service_years, 600) ELSE 0 END AS veteran
  FROM places
), amounts AS (
  SELECT *, elderly * 100 + CASE WHEN months > 0 THEN wage * 80 ELSE 0 END + {housing}
    + (disability + child + veteran) * 100 AS others
  FROM tables
)
SELECT CASE WHEN low_income IS NULL OR income IS NULL THEN NULL ELSE others + {top_up} * 100 END AS total
FROM amounts"""
