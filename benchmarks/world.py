"""What the benchmarks of cases share: the shipped catalogue, the demonstration province, one citizen."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tongban.base.clock import system_clock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.base.sealing import Sealer, open_sealer
from tongban.cases.service import Cases
from tongban.catalog.catalogue import Catalogue
from tongban.org import Actor, Directory, demo
from tongban.terms import Calendar

ROOT = Path(__file__).resolve().parents[1]
REGION, SERVICE = "990101", "residence-permit"

FACTS = {
    "full_name": "陈小明",
    "sex": "male",
    "birth_date": "1995-3-1",
    "id_number": "11010519491231002X",
    "home_region": "990201",
    "lives_region": REGION,
    "lives_at": "东街街道河埠巷18号2单元301",
    "lives_since": "2025-3-1",
    "basis": "employment",
    "phone": "13800138000",
}


class Home(NamedTuple):
    """Where keys and files lie."""

    folder: Path


def cases_on(db: Database, home: Home) -> Cases:
    """The case engine with everything real but the people."""
    clock = system_clock()
    return Cases(
        db,
        Catalogue.load(ROOT / "services", ROOT / "procedures", clock=clock),
        Directory.build(demo.register(), clock),
        Calendar.china(),
        KeyRing.open(home.folder / "keys", clock()),
        clock,
        data_dir=home.folder,
    )


async def keys_of(folder: Path) -> Sealer:
    """The keys of persons, as the installation in `folder` has them."""
    return await open_sealer(Settings(data_dir=folder))


def applicant() -> Actor:
    """The first of the invented citizens."""
    return Actor.citizen(next(person for person in demo.citizens() if person.level >= 2))


def official(cases: Cases, role: str, body: str) -> Actor:
    """Somebody with this role at this body."""
    directory = cases.engine.directory
    people = {person.id: person for person in demo.officials()}
    for post in directory.posts_of(body):
        if role in post.roles:
            for person in directory.holders(post.id):
                return Actor.official(people[person], post, directory.body(body))
    raise LookupError(f"nobody is {role} at {body}")
