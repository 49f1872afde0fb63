"""Invented residents and what departments know of them: always the same for one day, nobody's real data.

Identity numbers lie in the unassigned 99xxxx and 98xxxx areas with a check character that holds. The people one can
log in as are among them, with the values of `sharing/records.yaml`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tongban.base.ids import id_number_check
from tongban.org import demo as province
from tongban.sharing import demo as records

EDITION = 2
"""Counts the changes of the drawing: stores of another edition are made anew."""
PEOPLE = 20_000
_SEED = 20_261_125
_REFERENCE = date(2026, 11, 1)
"""The day on which the invented people are as old as they are."""
_STREETS = ("柳溪街", "文昌街", "工业路", "清源大道", "南门街", "河西路", "学府路", "桃园路")
_EMPLOYERS = ("远山印务", "启明新材料", "清河纺织", "长林物流", "云岭食品", "南岭机械", "柳溪酒店", "东城商贸")
_REASONS = ("contract-ended", "dismissed", "employer-closed", "employer-proposed", "forced", "resigned")


@dataclass(frozen=True, slots=True)
class Resident:
    """One invented person. `elsewhere` are the months of insurance paid in the other province."""

    number: str
    name: str
    birth: date
    male: bool
    region: str
    elsewhere: int

    @property
    def age(self) -> int:
        return (_REFERENCE - self.birth).days // 365


def residents(count: int = PEOPLE) -> Iterator[Resident]:
    """The drawn people, without those that one can log in as."""
    draw = Random(_SEED)  # noqa: S311 -- not for secrets: the same people every time
    regions = sorted(r.code for r in province.register().regions if not r.code.endswith("00") and r.until is None)
    people = province.citizens(), province.officials()
    taken = {person.id_number for person in people[0]}
    names = [person.name for person in people[1]]
    while count:
        home = "980101" if draw.random() < 0.02 else draw.choice(regions)
        birth = _REFERENCE - timedelta(days=int(32_000 * draw.random() ** 1.1) + 30)
        stem = f"{home}{birth:%Y%m%d}{draw.randrange(100, 1000)}"
        number = stem + id_number_check(stem)
        if number in taken:
            continue
        taken.add(number)
        count -= 1
        elsewhere = draw.randrange(3, 120) if draw.random() < 0.03 else 0
        yield Resident(number, draw.choice(names), birth, int(stem[-1]) % 2 == 1, home, elsewhere)


Fields = dict[str, Any]
_Draw = Callable[[Random, Resident], Fields | None]


def _grown(one: Resident) -> bool:
    return 18 <= one.age < 60


def _person(_draw: Random, one: Resident) -> Fields:
    return {
        "full_name": one.name,
        "id_number": one.number,
        "birth_date": one.birth,
        "sex": "male" if one.male else "female",
        "home_region": one.region,
    }


def _child(draw: Random, one: Resident) -> Fields | None:
    if not 24 <= one.age < 46 or draw.random() > 0.2:
        return None
    born = _REFERENCE - timedelta(days=draw.randrange(60, 4000))
    stem = f"{one.region}{born:%Y%m%d}{draw.randrange(100, 1000)}"
    return {"full_name": one.name[:1] + "一诺", "id_number": stem + id_number_check(stem), "home_region": one.region}


def _tenancy(draw: Random, one: Resident) -> Fields | None:
    if one.age < 18 or draw.random() > 0.12:
        return None
    address = f"岚江市清源区{draw.choice(_STREETS)}{draw.randrange(1, 200)}号{draw.randrange(1, 30)}01室（演示）"
    return {"since": _REFERENCE - timedelta(days=draw.randrange(20, 2500)), "region": "990101", "address": address}


def _insured(draw: Random, one: Resident) -> Fields | None:
    if not _grown(one) or draw.random() > 0.65:
        return None
    months = draw.randrange(1, max(2, min((one.age - 17) * 12, 400)))
    fields: Fields = {"employer": f"岚江{draw.choice(_EMPLOYERS)}有限公司（演示）", "months_paid": months}
    if draw.random() < 0.05:
        fields["left_on"] = _REFERENCE - timedelta(days=draw.randrange(1, 300))
        fields["left_reason"] = draw.choice(_REASONS)
    elif draw.random() < 0.04:
        fields["paid_monthly"] = draw.randrange(300, 1500)
    return fields


def _born(one: Resident, birth: date) -> Fields:
    """What the maternity institution reported: the day is drawn, and everything else follows from it."""
    day = birth.toordinal()
    return {
        "birth_date": birth,
        "full_name": one.name[:1] + "安安",
        "sex": "male" if day % 2 else "female",
        "hospital": "清源区妇幼保健院（演示）" if day % 3 else "岚江市第一人民医院（演示）",
        "births": 1,
        "difficult": day % 5 == 0,
    }


def _died(draw: Random, one: Resident) -> Fields:
    """A relative who died in the last year, as the certificate names them."""
    parent = one.age < 55
    birth = one.birth - timedelta(days=9_500) if parent else one.birth
    stem = f"{one.region}{birth:%Y%m%d}{draw.randrange(100, 1000)}"
    return {
        "deceased_name": one.name[:1] + "守义",
        "deceased_number": stem + id_number_check(stem),
        "died_on": _REFERENCE - timedelta(days=draw.randrange(1, 360)),
        "relation": "child" if parent else "spouse",
        "home_region": one.region,
    }


def _seeker(draw: Random, one: Resident) -> Fields | None:
    if not _grown(one) or draw.random() > 0.05:
        return None
    return {
        "category": draw.choice(("none", "hard", "graduate")),
        "flexible": draw.random() < 0.3,
        "registered_on": _REFERENCE - timedelta(days=draw.randrange(1, 400)),
        "wants_work": draw.random() < 0.9,
    }


def _some(share: float, make: Callable[[Random, Resident], Fields], of: Callable[[Resident], bool] = _grown) -> _Draw:
    return lambda draw, one: make(draw, one) if of(one) and draw.random() < share else None


def _anybody(_one: Resident) -> bool:
    return True


DRAWN: Mapping[str, _Draw] = {
    "police.population/person": _person,
    "police.population/child": _child,
    "police.tenancy/registration": _tenancy,
    "education.roll/student": _some(
        0.98, lambda draw, _: {"school": f"清源第{draw.randrange(1, 12)}小学（演示）"}, lambda one: 6 <= one.age < 12
    ),
    "hr.insurance/member": _insured,
    "hr.jobs/jobseeker": _seeker,
    "hr.jobs/subsidy": _some(0.02, lambda draw, _: {"months_drawn": draw.randrange(0, 36)}),
    "hr.unemployment/benefit": _some(0.03, lambda draw, _: {"remaining_months": draw.randrange(0, 12)}),
    "hr.unemployment/screening": _some(0.03, lambda _, __: {"stop_ground": "none"}),
    "health.insurance/member": _some(
        0.95,
        lambda draw, one: {
            "insured_region": f"{one.region[:4]}00",
            "status": "active" if draw.random() < 0.96 else "paused",
        },
        _anybody,
    ),
    "civil.assistance/household": _some(
        0.6,
        lambda draw, _: {"low_income": draw.random() < 0.05, "size": draw.randrange(1, 6)},
        lambda one: one.age >= 18,
    ),
    "civil.checking/household": _some(
        0.08, lambda draw, _: {"monthly_income": draw.randrange(0, 12_000), "assets_fit": draw.random() < 0.6}
    ),
    "civil.care/assessment": _some(0.01, lambda draw, _: {"needs_care": draw.random() < 0.7}, _anybody),
    "civil.subsidies/screening": _some(0.05, lambda _, __: {"like_benefit": "none"}, _anybody),
    "disabled.register/person": _some(
        0.065,
        lambda draw, one: {
            "grade": str(grade := draw.randrange(1, 5)),
            "category": draw.choice(("vision", "hearing", "physical", "intellectual", "mental")),
            "card_number": f"{one.number}{draw.randrange(1, 7)}{grade}",
        },
        _anybody,
    ),
    "health.births/child": _some(
        0.05,
        lambda draw, one: _born(one, _REFERENCE - timedelta(days=draw.randrange(1, 1000))),
        lambda one: 22 <= one.age < 42,
    ),
    "health.childcare/payment": _some(0.04, lambda draw, _: {"paid": draw.random() < 0.6}),
    "housing.title/household": _some(0.7, lambda draw, _: {"owns": draw.random() < 0.8}, lambda one: one.age >= 20),
    "housing.title/property": _some(
        0.4,
        lambda draw, _: {"number": f"岚（2016）清源不动产权第{draw.randrange(2, 9_999_999):07}号（演示）"},
        lambda one: one.age >= 25,
    ),
    "housing.lease-filing/lease": _some(
        0.1, lambda draw, _: {"number": f"岚租备2026-{draw.randrange(1000, 9999)}（演示）", "filed": True}
    ),
    "tax.income/person": _some(0.7, lambda draw, _: {"monthly": draw.randrange(0, 300) * 100}),
    "hr.pension/settlement": _some(
        0.8, lambda _, one: {"retires_on": one.birth + timedelta(days=21_915)}, lambda one: one.age > 60
    ),
    "health.deaths/relative": _some(0.01, _died, lambda one: one.age >= 18),
}
"""What is drawn for each record; records that are not here are held of the named people and businesses only."""


def drawn(places: set[str]) -> Iterator[tuple[str, str, Fields]]:
    """Place, subject and fields of every record of the drawn people, the same whatever else is asked for."""
    for one in residents():
        draw = Random(f"{_SEED}{one.number}")  # noqa: S311 -- as above
        for place, make in DRAWN.items():
            fields = make(draw, one)
            if fields is not None and place in places:
                yield place, one.number, fields


def named() -> Iterator[tuple[str, str, Fields]]:
    """The same of the people and businesses that one can log in as, by identity number or social credit code."""
    numbers = {person.id: person.id_number for person in province.citizens()}
    for person, resource, record, fields in records.reports():
        yield f"{resource}/{record}", numbers.get(person, person), fields


def elsewhere() -> Iterator[tuple[str, Fields]]:
    """Insurance paid in the other province by some of the drawn people; who can log in stands in `records.yaml`."""
    for one in residents():
        if one.elsewhere:
            yield one.number, {"employer": "云泽大河制造有限公司（演示）", "months_paid": one.elsewhere}
