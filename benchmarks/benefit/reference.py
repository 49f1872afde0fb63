"""The benefit rules as a careful programmer writes them by hand in Python, with decimals: the yardstick for one case.

It says the amounts and nothing about why. Each quotient is rounded once, directly after its division, and no quotient
of these bounds comes near a tie without being one, so the process's default decimal context gives the same cents as
34 digits do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

Facts = Mapping[str, Any]

D = Decimal
ZERO, CENT, YUAN = D(0), D("0.01"), D(1)
A, B, C = ("A", D(1200), D(2690), D(30)), ("B", D(950), D(2200), D(22)), ("C", D(800), D(1950), D(16))
PLACES = {
    **dict.fromkeys(("11", "12", "31", "32", "33", "35", "37", "44"), A),
    **dict.fromkeys(("13", "14", "21", "22", "34", "36", "41", "42", "43", "46", "50", "51", "61"), B),
    **dict.fromkeys(("15", "23", "45", "52", "53", "54", "62", "63", "64", "65"), C),
}
D8, D12, D15, D20, D60, D100, D200, D250, D300, D600 = map(D, (8, 12, 15, 20, 60, 100, 200, 250, 300, 600))
WAGE_SHARE = D("0.8")
LOW, MIDDLE, HIGH = D(800), D(1500), D(2500)
SIXTIES = {"A": D(120), "B": D(100), "C": D(80)}
SEVENTIES = {"A": D(200), "B": D(150), "C": D(100)}
EIGHTIES = {"A": D(350), "B": D(280), "C": D(220)}
NINETIES = {"A": D(800), "B": D(700), "C": D(600)}
LOWEST_RATE = {"B": D(80), "C": D(70)}
MIDDLE_RATE = {"A": D(60), "B": D(50), "C": D(40)}
HIGH_RATE = {"A": D(30), "B": D(20), "C": D(10)}


class Benefits(NamedTuple):
    """Yuan a month; None where a fact is missing that is needed. `total` is None wherever one of the parts is."""

    elderly: Decimal | None
    unemployment: Decimal
    housing: Decimal | None
    disability: Decimal
    child: Decimal
    veteran: Decimal
    top_up: Decimal | None
    total: Decimal | None


def benefits(facts: Facts) -> Benefits:
    """What a person gets. Only `income` and `low_income` may be None; amounts are in yuan, income is for a year."""
    tier, standard, wage, rent = PLACES[facts["region"]]
    low_income, income = facts["low_income"], facts["income"]
    size, ownership = facts["household_size"], facts["ownership"]

    today: date = facts["as_of"]
    born: date = facts["birth_date"]
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < 60:
        elderly = ZERO
    elif age < 70:
        elderly = None if low_income is None else SIXTIES[tier] if low_income else ZERO
    elif age < 80:
        elderly = SEVENTIES[tier]
    elif age < 90:
        elderly = EIGHTIES[tier]
    else:
        elderly = NINETIES[tier]

    paid = facts["months_paid"]
    # Only whether there is any month counts for the amount; the months themselves are on the notice.
    months = 0
    if facts["unemployed"] and paid >= 12:
        months = 24 if paid >= 120 else 18 if paid >= 60 else 15 if paid >= 36 and low_income is True else 12
    unemployment = wage * WAGE_SHARE if months > 0 else ZERO

    if ownership == "own":
        percent = ZERO
    elif income is None:
        percent = None
    else:
        per_head = (income / (D12 * size)).quantize(CENT, ROUND_HALF_EVEN)
        if per_head >= HIGH:
            percent = ZERO
        elif per_head < LOW:
            percent = (D(90) if ownership == "rent" else D60) if tier == "A" else LOWEST_RATE[tier]
        elif per_head < MIDDLE:
            percent = MIDDLE_RATE[tier]
        else:
            percent = HIGH_RATE[tier]
    housing = None
    if percent is not None:
        area = min(facts["floor_area"], D15 * size)
        housing = (percent * rent * area / D100).quantize(CENT, ROUND_HALF_EVEN)

    grade, care = facts["disability_grade"], facts["needs_care"]
    disability = ZERO
    if grade in (1, 2):
        if low_income is True:
            disability += D300
        if care:
            disability += D250
    elif grade in (3, 4) and care and low_income is True:
        disability += D100

    child = D300 * facts["infants"]
    years = facts["service_years"]
    veteran = min(D200 + D20 * years, D600) if years > 0 else ZERO

    if elderly is None or housing is None or income is None:
        return Benefits(elderly, unemployment, housing, disability, child, veteran, None, None)
    others = elderly + unemployment + housing + disability + child + veteran
    short = D12 * standard * size - income - D12 * others
    top_up = (short / D12).quantize(YUAN, ROUND_HALF_EVEN) if short > 0 else ZERO
    total = None if low_income is None else others + top_up
    return Benefits(elderly, unemployment, housing, disability, child, veteran, top_up, total)
