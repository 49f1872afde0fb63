"""The register: take in a sheet, find what is there already, review funding against it and the sharing record.

How a body shares its data is a ground for letting it build and paying for what it runs (政务数据共享条例 38). The
figures are shown to the reviewer and kept with the review; the decision and its reasons are a person's.
"""

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.org import Actor, Directory
from tongban.org.model import Role
from tongban.oversight.registers.projects import store
from tongban.oversight.registers.projects.model import Overlap, Project
from tongban.oversight.registers.projects.overlaps import overlaps
from tongban.oversight.registers.projects.store import Entered, Figures, Review

LAW = "政务数据共享条例 38"
SHORTEST = 10
"""Characters of reasons: one word is none."""
Shares = Callable[[str], tuple[int, int, int]]
"""A body's sharing record: entries listed, of them not shared, answers it owes late."""


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
        projects = [one.project for one in entered]
        return entered, await asyncio.to_thread(_compared, tuple(projects)) if projects else ()

    async def review(self, official: Actor, project: str, outcome: str, reasons: str, shares: Shares) -> None:
        """Support the funding of a planned project or return it, with reasons.

        Raises Refused: `not-your-role`, `own-project` (403), `unknown-project` (404), `not-planned`, `moved-on` (409),
        `field-missing`.
        """
        entered, overlapping = await self.found(official)
        one = next((each for each in entered if each.project.id == project), None)
        if one is None:
            raise refuse("unknown-project", "登记里没有这个项目", "No such project is registered", status=404)
        if one.body and one.body == official.body:
            raise refuse(
                "own-project", "本单位的项目由别的单位审", "Another body reviews the projects of yours", status=403
            )
        if one.project.status != "planned":
            raise refuse("not-planned", "已建的项目不审立项", "Only what is planned is reviewed", status=409)
        said: Literal["support", "return"] | None = (
            "support" if outcome == "support" else "return" if outcome == "return" else None
        )
        if said is None:
            raise refuse("field-missing", "请选支持还是退回", "Choose to support it or to return it", place="outcome")
        if len(reasons.strip()) < SHORTEST:
            raise refuse(
                "field-missing",
                "写清理由：和已有的系统重复多少、单位的数据共享得怎么样",
                "Say why: how much is there already, and how the body shares its data",
                place="reasons",
                law=LAW,
            )
        figures = figures_of(one, overlapping, shares)
        kept = Review(said, reasons.strip(), figures, official.id, official.post, self._clock())
        if not await store.review(self._db, one.region, project, kept, len(one.reviews)):
            raise refuse("moved-on", "刚刚有人审过了，请刷新", "Somebody reviewed it meanwhile; reload", status=409)


@lru_cache(maxsize=4)
def _compared(projects: tuple[Project, ...]) -> tuple[Overlap, ...]:
    """Many projects take seconds, and are looked at far more often than they change."""
    return overlaps(projects)


def figures_of(one: Entered, overlapping: tuple[Overlap, ...], shares: Shares) -> Figures:
    """What lies before a reviewer."""
    most = next((each for each in overlapping if each.first == one.project.id), None)
    listed, withheld, late = shares(one.body) if one.body else (0, 0, 0)
    return Figures(most.score if most else 0.0, most.second if most else "", listed, withheld, late)


def _supervises(official: Actor) -> None:
    if official.kind != "official" or str(Role.SUPERVISE) not in official.roles:
        raise refuse("not-your-role", "您的岗位不看项目登记", "Your post does not keep this register", status=403)
