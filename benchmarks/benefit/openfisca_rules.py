"""The benefit rules for OpenFisca-core, written as its documentation and its country packages write theirs.

Persons in households, facts of a household read from a person through the entity, one variable for each name in the
rules, amounts and thresholds as dated parameters, scales for what goes by age, months or income, `where`, `select` and
`switch` over whole columns. Amounts that differ by tier are three parameters between which a formula selects:
`parameters(period).housing[tier]`, which the documentation shows too, makes a Python object for each person in
OpenFisca-core 46 and is some ten times as slow (`BY_INDEX` does that, to be measured as well).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.model_api import (
    ETERNITY,
    MONTH,
    YEAR,
    Enum,
    ParameterNode,
    Variable,
    date,
    max_,
    min_,
    not_,
    round_,
    select,
    where,
)
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_facts import REGIONS, TIERS

BY_INDEX = False
"""Whether what differs by tier is read as `node[tier]`."""
SINCE = "2020-01-01"


class Tier(Enum):
    first = "First tier"
    second = "Second tier"
    third = "Third tier"


class Ownership(Enum):
    own = "Lives in a home of their own"
    rent = "Rents"
    shared = "Shares"


Region = Enum("Region", {f"r{code}": f"Region {code}" for code in REGIONS})  # type: ignore[call-overload]

Person = build_entity(key="person", plural="persons", label="Person", is_person=True)
Household = build_entity(
    key="household", plural="households", label="Household", roles=[{"key": "member", "plural": "members"}]
)


# --- parameters ------------------------------------------------------------------------------------------


def value(amount: float) -> dict[str, Any]:
    return {"values": {SINCE: {"value": amount}}}


def by_tier(*amounts: float) -> dict[str, Any]:
    return {tier.name: value(amount) for tier, amount in zip(Tier, amounts, strict=True)}


def scale(*brackets: tuple[float, float]) -> dict[str, Any]:
    listed = [{"threshold": {SINCE: {"value": t}}, "amount": {SINCE: {"value": a}}} for t, a in brackets]
    return {"metadata": {"type": "single_amount"}, "brackets": listed}


def scales(thresholds: tuple[float, ...], *amounts: tuple[float, ...]) -> dict[str, Any]:
    """One scale for each tier."""
    pairs = [tuple(zip(thresholds, row, strict=True)) for row in amounts]
    return {tier.name: scale(*rows) for tier, rows in zip(Tier, pairs, strict=True)}


PARAMETERS = {
    "place": {"standard": by_tier(1200, 950, 800), "wage": by_tier(2690, 2200, 1950), "rent": by_tier(30, 22, 16)},
    "elderly": {
        "by_age": scales((0, 60, 70, 80, 90), (0, 120, 200, 350, 800), (0, 100, 150, 280, 700), (0, 80, 100, 220, 600)),
        "only_low_income_below": value(70),
    },
    "unemployment": {
        "months": scale((0, 0), (12, 12), (60, 18), (120, 24)),
        "low_income": {"months": value(15), "from": value(36), "below": value(60)},
        "share_of_wage": value(0.8),
    },
    "housing": {
        "percent": scales((0, 800, 1500, 2500), (90, 60, 30, 0), (80, 50, 20, 0), (70, 40, 10, 0)),
        "shared_in_first_tier": scale((0, 60), (800, 60), (1500, 30), (2500, 0)),
        "square_metres_a_person": value(15),
    },
    "disability": {"low_income": value(300), "care": value(250), "both": value(100)},
    "child": value(300),
    "veteran": {"base": value(200), "a_year": value(20), "most": value(600)},
}


def of_tier(node: Any, tier: Any) -> Any:
    """The values of a parameter that differs by tier."""
    if BY_INDEX:
        return node[tier]
    return select([tier == Tier.first, tier == Tier.second], [node.first, node.second], node.third)


def of_scale(node: Any, tier: Any, base: Any) -> Any:
    """The amounts of scales that differ by tier."""
    amounts = [node.first.calc(base), node.second.calc(base)]
    return select([tier == Tier.first, tier == Tier.second], amounts, node.third.calc(base))


# --- facts -----------------------------------------------------------------------------------------------


class birth_date(Variable):
    value_type = date
    entity = Person
    definition_period = ETERNITY


class low_income(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH


class months_paid(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH


class unemployed(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH


class disability_grade(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH


class needs_care(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH


class service_years(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH


class infants(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH


class region(Variable):
    value_type = Enum
    possible_values = Region
    default_value = Region.r11
    entity = Household
    definition_period = MONTH


class income(Variable):
    value_type = float
    entity = Household
    definition_period = YEAR


class household_size(Variable):
    value_type = int
    entity = Household
    definition_period = MONTH


class ownership(Variable):
    value_type = Enum
    possible_values = Ownership
    default_value = Ownership.own
    entity = Household
    definition_period = MONTH


class floor_area(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH


# --- rules -----------------------------------------------------------------------------------------------


class tier(Variable):
    value_type = Enum
    possible_values = Tier
    default_value = Tier.third
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        of = household("region", period)
        first, second = (np.isin(of, [REGIONS.index(code) for code in TIERS if TIERS[code] == n]) for n in (0, 1))
        return select([first, second], [Tier.first.index, Tier.second.index], Tier.third.index)


class age(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period):
        born = person("birth_date", period)
        year = born.astype("datetime64[Y]").astype(int) + 1970
        month = born.astype("datetime64[M]").astype(int) % 12 + 1
        day = (born - born.astype("datetime64[M]")).astype(int) + 1
        today = period.start
        past = (month < today.month) | ((month == today.month) & (day <= today.day))
        return today.year - year - where(past, 0, 1)


class income_per_head(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        return round_(household("income", period.this_year) / (12 * household("household_size", period)), 2)


class elderly(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        law = parameters(period).elderly
        age = person("age", period)
        amount = of_scale(law.by_age, person.household("tier", period), age)
        return where((age < law.only_low_income_below) & not_(person("low_income", period)), 0, amount)


class unemployment_months(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        law = parameters(period).unemployment
        paid = person("months_paid", period)
        longer = person("low_income", period) & (paid >= law.low_income["from"]) & (paid < law.low_income.below)
        return where(person("unemployed", period), where(longer, law.low_income.months, law.months.calc(paid)), 0)


class unemployment(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        law = parameters(period)
        wage = of_tier(law.place.wage, person.household("tier", period))
        return (person("unemployment_months", period) > 0) * wage * law.unemployment.share_of_wage


class housing_percent(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period, parameters):
        law = parameters(period).housing
        income, tier = household("income_per_head", period), household("tier", period)
        ownership = household("ownership", period)
        shared = (ownership == Ownership.shared) & (tier == Tier.first)
        percent = where(shared, law.shared_in_first_tier.calc(income), of_scale(law.percent, tier, income))
        return where(ownership == Ownership.own, 0, percent)


class housing(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period, parameters):
        law = parameters(period)
        most = law.housing.square_metres_a_person * household("household_size", period)
        area = min_(household("floor_area", period), most)
        rent = of_tier(law.place.rent, household("tier", period))
        return round_(household("housing_percent", period) * rent * area / 100, 2)


class disability(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        law = parameters(period).disability
        grade, care, low = (person(name, period) for name in ("disability_grade", "needs_care", "low_income"))
        severe, slight = (grade == 1) | (grade == 2), (grade == 3) | (grade == 4)
        return severe * (low * law.low_income + care * law.care) + (slight & care & low) * law.both


class child(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period, parameters):
        return parameters(period).child * household("infants", period)


class veteran(Variable):
    value_type = float
    entity = Person
    definition_period = MONTH

    def formula(person, period, parameters):
        law = parameters(period).veteran
        years = person("service_years", period)
        return (years > 0) * min_(law.base + law.a_year * years, law.most)


class others(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        of_members = [
            household.sum(household.members(name, period))
            for name in ("elderly", "unemployment", "disability", "veteran")
        ]
        return sum(of_members) + household("housing", period) + household("child", period)


class top_up(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period, parameters):
        standard = of_tier(parameters(period).place.standard, household("tier", period))
        needed = 12 * standard * household("household_size", period)
        short = needed - household("income", period.this_year) - 12 * household("others", period)
        return round_(max_(0, short) / 12)


class total(Variable):
    value_type = float
    entity = Household
    definition_period = MONTH

    def formula(household, period):
        return household("others", period) + household("top_up", period)


FACTS = (
    *(birth_date, low_income, months_paid, unemployed, disability_grade, needs_care, service_years, infants, region),
    *(income, household_size, ownership, floor_area),
)
RULES = (
    *(tier, age, income_per_head, elderly, unemployment_months, unemployment, housing_percent, housing, disability),
    *(child, veteran, others, top_up, total),
)


def system() -> TaxBenefitSystem:
    made = TaxBenefitSystem([Person, Household])
    made.add_variables(*FACTS, *RULES)
    made.parameters = ParameterNode("", data=PARAMETERS)
    return made
