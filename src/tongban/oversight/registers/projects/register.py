"""The register: take in a sheet, and find what is there already. A review of funding is a case (`funding`).

How a body shares its data is a ground for letting it build and paying for what it runs (政务数据共享条例 38).
"""

import asyncio
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.org import Actor, Directory
from tongban.org.model import Role
from tongban.oversight.registers.projects import store
from tongban.oversight.registers.projects.model import Overlap, Project
from tongban.oversight.registers.projects.overlaps import overlaps
from tongban.oversight.registers.projects.store import Entered, Figures

LAW = "政务数据共享条例 38"


class Projects:
    """The register of one installation."""

    def __init__(self, db: Database, directory: Directory, clock: Clock) -> None:
        self._db = db
        self._directory = directory
        self._clock = clock

    async def take_in(self, official: Actor, projects: tuple[Project, ...]) -> int:
        """Enter the projects of a sheet; the number. What is there under the same number is replaced, reviews stay.

        Raises Refused `not-your-role` (403).
        """
        _supervises(official)
        bodies = {
            name: body.id for body in self._directory.register.bodies for name in (body.name.zh, body.name.en, body.id)
        }
        async with self._db.transaction() as connection:
            rows = [(one, bodies.get(one.body, "")) for one in projects]
            await store.enter(connection, official.region, rows, official.id, self._clock())
        return len(projects)

    async def found(self, official: Actor) -> tuple[list[Entered], tuple[Overlap, ...]]:
        """All projects of the official's region, and where they overlap. Raises Refused `not-your-role` (403)."""
        _supervises(official)
        entered = await store.entered(self._db, official.region)
        return entered, await compared(tuple(one.project for one in entered))


async def compared(projects: tuple[Project, ...]) -> tuple[Overlap, ...]:
    """Where these projects overlap, greatest first."""
    return await asyncio.to_thread(_compared, projects) if projects else ()


@lru_cache(maxsize=4)
def _compared(projects: tuple[Project, ...]) -> tuple[Overlap, ...]:
    """Many projects take seconds, and are looked at far more often than they change."""
    return overlaps(projects)


def planned(projects: Iterable[Project]) -> frozenset[str]:
    """The numbers of those that do not exist yet."""
    return frozenset(one.id for one in projects if one.status == "planned")


def concerning(one: Project, overlapping: Iterable[Overlap], planned: frozenset[str]) -> Iterator[Overlap]:
    """What a project overlaps with, greatest first. What exists is not held against what others only plan."""
    for each in overlapping:
        if one.id in (each.first, each.second) and (one.id in planned or not {each.first, each.second} & planned):
            yield each


def figures_of(
    one: Entered, overlapping: Iterable[Overlap], planned: frozenset[str], shares: tuple[int, int, int, int]
) -> Figures:
    """What lies before a reviewer. `shares` is the body's record: entries listed, of them not shared, answers
    late, entries of its kind of body above."""
    mine = one.project.id
    most = next(concerning(one.project, overlapping, planned), None)
    other = (most.second if most.first == mine else most.first) if most else ""
    return Figures(most.score if most else 0.0, other, *shares)


def _supervises(official: Actor) -> None:
    if official.kind != "official" or str(Role.SUPERVISE) not in official.roles:
        raise refuse("not-your-role", "您的岗位不看项目登记", "Your post does not keep this register", status=403)
