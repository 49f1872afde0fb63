"""The same 20,000 invented people whom the demonstration's nodes have records of, as a holder's file for matching.

What the departments' registers say of each, put side by side as a residents' database (居民主题库) does. Where no
register has anything, the file has nothing: then the person lacks that fact. Nobody's identity number is in it:
`person` is the holder's own number, in the order in which the people are drawn.
"""

import csv
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tongban.outreach.demo_people import FIRST_PERSON, GROUP
from tongban.outreach.duck import quoted, session
from tongban.sharing.node.demo import people

_KINDS: Final[Mapping[str, str]] = {
    "vision": "1", "hearing": "2", "speech": "3", "physical": "4", "intellectual": "5", "mental": "6",
}  # fmt: skip
_JOBS: Final[Mapping[str, str]] = {"none": "0", "hard": "1", "graduate": "2"}
_BENEFITS: Final[Mapping[str, str]] = {"none": "0"}

_Held = Mapping[str, Mapping[str, Any]]
"""What is held of one person: record → fields."""


def _of(place: str, field: str, otherwise: Any = None) -> Callable[[_Held], Any]:
    return lambda held: held.get(place, {}).get(field, otherwise)


def _coded(place: str, field: str, codes: Mapping[str, str], otherwise: str | None) -> Callable[[_Held], Any]:
    return lambda held: codes.get(str(held.get(place, {}).get(field)), otherwise)


def _cents(place: str, field: str, otherwise: int | None = None) -> Callable[[_Held], Any]:
    def read(held: _Held) -> int | None:
        value = held.get(place, {}).get(field)
        return otherwise if value is None else int(value) * 100

    return read


_COLUMNS: Final[Mapping[str, tuple[str, Callable[[_Held], Any]]]] = {
    "region": ("VARCHAR", _of("police.population/person", "home_region")),
    "birth_date": ("DATE", _of("police.population/person", "birth_date")),
    "home_region": ("VARCHAR", _of("police.population/person", "home_region")),
    "disability_grade": ("VARCHAR", _of("disabled.register/person", "grade", "0")),
    "disability_kind": ("VARCHAR", _coded("disabled.register/person", "category", _KINDS, None)),
    "low_income": ("BOOLEAN", _of("civil.assistance/household", "low_income")),
    "needs_care": ("BOOLEAN", _of("civil.care/assessment", "needs_care")),
    "like_benefit": ("VARCHAR", _coded("civil.subsidies/screening", "like_benefit", _BENEFITS, None)),
    "childcare_paid": ("BOOLEAN", _of("health.childcare/payment", "paid")),
    "household_size": ("TINYINT", _of("civil.assistance/household", "size")),
    "household_income": ("INTEGER", _cents("civil.checking/household", "monthly_income")),
    "assets_fit": ("BOOLEAN", _of("civil.checking/household", "assets_fit")),
    "owns_home": ("BOOLEAN", _of("housing.title/household", "owns")),
    "lease_filed": ("BOOLEAN", _of("housing.lease-filing/lease", "filed", False)),
    "job_category": ("VARCHAR", _coded("hr.jobs/jobseeker", "category", _JOBS, "0")),
    "flexible": ("BOOLEAN", _of("hr.jobs/jobseeker", "flexible")),
    "insurance_paid": ("INTEGER", _cents("hr.insurance/member", "paid_monthly", 0)),
    "months_drawn": ("TINYINT", _of("hr.jobs/subsidy", "months_drawn", 0)),
    **{
        f"draws_{benefit}": ("BOOLEAN", lambda _: False)  # no node keeps who draws what
        for benefit in ("old_age", "disability", "childcare", "minimum", "rent", "flexible")
    },
}


def rows() -> Iterator[tuple[Any, ...]]:
    """Every person: the holder's number, then the columns."""
    held: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for place, subject, fields in people.drawn(set(people.DRAWN)):
        held[subject][place] = fields
    for n, one in enumerate(people.residents()):
        yield FIRST_PERSON + n, *(read(held[one.number]) for _, read in _COLUMNS.values())


def keep(data_dir: Path) -> Path:
    """The file in the data directory; made where it is not there yet, whole or not at all."""
    path = data_dir / "people" / f"departments-{people.EDITION}.parquet"
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    written, beside = (path.with_name(f".{path.stem}-{os.getpid()}.{end}") for end in ("csv", "parquet"))
    try:
        with written.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(["" if value is None else value for value in row] for row in rows())
        kinds = {"person": "BIGINT", **{name: kind for name, (kind, _) in _COLUMNS.items()}}
        with session() as connection:
            read = connection.read_csv(str(written), columns=kinds, header=False).order("region, person")
            connection.register("residents", read)
            connection.execute(
                f"COPY residents TO {quoted(beside)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP})"
            )
        beside.replace(path)
    finally:
        written.unlink(missing_ok=True)
        beside.unlink(missing_ok=True)
    return path
