"""The benefit rules for OpenFisca-core as lean as NumPy allows, in a way that nobody would maintain laws in: amounts in
lists by number instead of parameters and enumerations, birthdays as numbers of months, one entity.
"""

from __future__ import annotations

from typing import Any

from openfisca_facts import REGIONS, TIERS

STANDARD, WAGE, RENT = (1200, 950, 800), (2690, 2200, 1950), (30, 22, 16)


def system() -> Any:
    import numpy as np
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="Person", is_person=True)
    made = TaxBenefitSystem([person])

    def variable(name: str, kind: type, formula: Any = None) -> None:
        body: dict[str, Any] = {"value_type": kind, "entity": person, "definition_period": DateUnit.MONTH}
        if formula is not None:
            body["formula"] = lambda self_person, period: formula(lambda other: self_person(other, period))
        made.add_variable(type(name, (Variable,), body))

    for name in (
        "region",
        "ownership",
        "household_size",
        "months_paid",
        "disability_grade",
        "infants",
        "service_years",
    ):
        variable(name, int)
    variable("born_months", int)  # months and days since year 0, as year * 384 + month * 32 + day
    for name in ("income", "floor_area"):
        variable(name, float)
    for name in ("low_income", "unemployed", "needs_care"):
        variable(name, bool)

    tier_of = np.array([TIERS[region] for region in REGIONS])
    today = 2026 * 384 + 7 * 32 + 1

    def by_tier(values: tuple[float, ...]) -> Any:
        table = np.array(values)
        return lambda of: table[of("tier")]

    variable("tier", int, lambda of: tier_of[of("region")])
    variable("standard", float, by_tier(STANDARD))
    variable("wage", float, by_tier(WAGE))
    variable("rent", float, by_tier(RENT))
    variable("age", int, lambda of: (today - of("born_months")) // 384)
    variable("income_per_head", float, lambda of: np.round(of("income") / (12 * of("household_size")), 2))

    sixties, seventies, eighties, nineties = map(
        np.array, ((120, 100, 80), (200, 150, 100), (350, 280, 220), (800, 700, 600))
    )

    def elderly(of: Any) -> Any:
        age, tier = of("age"), of("tier")
        bands = [age < 60, age < 70, age < 80, age < 90]
        amounts = [0, np.where(of("low_income"), sixties[tier], 0), seventies[tier], eighties[tier]]
        return np.select(bands, amounts, nineties[tier])

    def months(of: Any) -> Any:
        paid = of("months_paid")
        some = [~of("unemployed"), paid < 12, paid >= 120, paid >= 60, (paid >= 36) & of("low_income")]
        return np.select(some, [0, 0, 24, 18, 15], 12)

    lowest, middle, high = map(np.array, ((60, 80, 70), (60, 50, 40), (30, 20, 10)))

    def percent(of: Any) -> Any:
        head, tier, ownership = of("income_per_head"), of("tier"), of("ownership")
        rent_in_a = (ownership == 1) & (tier == 0)
        conditions = [(ownership == 0) | (head >= 2500), head < 800, head < 1500]
        return np.select(conditions, [0, np.where(rent_in_a, 90, lowest[tier]), middle[tier]], high[tier])

    def housing(of: Any) -> Any:
        area = np.minimum(of("floor_area"), 15 * of("household_size"))
        return np.round(of("percent") * of("rent") * area / 100, 2)

    def disability(of: Any) -> Any:
        grade, care, low = of("disability_grade"), of("needs_care"), of("low_income")
        severe = (grade == 1) | (grade == 2)
        return 300 * (severe & low) + 250 * (severe & care) + 100 * ((grade >= 3) & care & low)

    parts = ("elderly", "unemployment", "housing", "disability", "child", "veteran")
    variable("elderly", float, elderly)
    variable("months", int, months)
    variable("unemployment", float, lambda of: np.where(of("months") > 0, of("wage") * 0.8, 0))
    variable("percent", float, percent)
    variable("housing", float, housing)
    variable("disability", float, disability)
    variable("child", float, lambda of: 300 * of("infants"))
    years = "service_years"
    variable("veteran", float, lambda of: np.where(of(years) > 0, np.minimum(200 + 20 * of(years), 600), 0))
    variable("others", float, lambda of: sum(of(part) for part in parts))

    def top_up(of: Any) -> Any:
        short = 12 * of("standard") * of("household_size") - of("income") - 12 * of("others")
        return np.round(np.maximum(0, short) / 12)

    variable("top_up", float, top_up)
    variable("total", float, lambda of: of("others") + of("top_up"))
    return made
