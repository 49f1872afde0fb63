"""Reviews of funding, each a case: asked for by the body from the register, overlaps and sharing record in the file.

The rules open it, so nobody types what the platform knows (政务数据共享条例 38). What is decided, by whom and why is in
the case; here it is kept as everybody may read it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final, Literal, cast

import msgspec

from tongban.assist.gate.public import for_everybody
from tongban.base.database import Connection, Database
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.page import Page, cursor, read_cursor
from tongban.cases import between
from tongban.cases.loaded import Case
from tongban.cases.model import Applicant
from tongban.cases.service import Cases
from tongban.org import Actor, Directory, Role
from tongban.org.directory import SHARING_AUTHORITY
from tongban.org.entries import lineage
from tongban.oversight.registers.projects import store
from tongban.oversight.registers.projects.model import Overlap
from tongban.oversight.registers.projects.register import LAW, compared, concerning, figures_of, planned
from tongban.oversight.registers.projects.store import Entered, Figures
from tongban.sharing.directory.model import Attribute
from tongban.sharing.directory.registered import DataDirectory

SERVICE: Final = "funding-review"
Kind = Literal["build", "extend", "run"]
KINDS: Mapping[Kind, Text] = {
    "build": Text("新建", "To build"),
    "extend": Text("扩建、升级", "To extend"),
    "run": Text("运维", "To run"),
}
_ASKS = frozenset({Role.EXAMINE, Role.DECIDE, Role.HEAD})
_LATE_LOOKED_AT = 500
"""Open requests of one body looked at for answers that are late, the most urgent first."""
_TOLD = 5
"""Overlaps written into the file, the greatest first."""
_ACTS: Final = frozenset(
    {"advise", "support", "on-condition", "confirm-shared", "not-yet-shared", "not-support", "take-up", "uphold"}
)
_FIELDS: Final = frozenset({"about_overlap", "about_sharing", "reasons", "share_what", "share_by"})
"""What of these acts is public; its fields tell whoever fills them in."""


class Words(msgspec.Struct, frozen=True):
    """What was said in public in one act: its name, when, and what was said under which heading."""

    act: Text
    at: datetime
    said: tuple[tuple[Text, str], ...]


class Funding(msgspec.Struct, frozen=True, kw_only=True):
    """A review as everybody may read it. `outcome` is empty until it is decided."""

    case_id: str
    project: str
    name: str
    body: str
    kind: Kind
    cost: int
    asked_on: date
    state: Text
    outcome: Literal["", "favourable", "adverse", "neutral"]
    reasons: str
    overlap: int
    overlap_report: str
    listed: int
    withheld: int
    late: int
    above: int
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Reviews:
    """The reviews of one installation."""

    db: Database
    cases: Cases
    directory: Directory
    listed: DataDirectory

    async def shares(self, bodies: Sequence[str]) -> Mapping[str, tuple[int, int, int, int]]:
        """The sharing record of each body: entries listed, of them not shared, answers it owes late, and entries of the
        same kind of body above it."""
        entries = self.listed.resources.values()
        listed = Counter(one.owner.id for one in entries)
        withheld = Counter(one.owner.id for one in entries if one.attribute is Attribute.NOT_SHARED)
        rows, _ = await between.standing(self.cases.engine, list(bodies), None, _LATE_LOOKED_AT)
        now = self.cases.engine.clock()
        late = Counter(row.body for row in rows.items if row.due_at < now)
        return {
            body: (listed[body], withheld[body], late[body], sum(listed[one] for one in self._above(body, listed)))
            for body in bodies
        }

    def _above(self, body: str, among: Iterable[str]) -> list[str]:
        """Of these bodies the same kind in the city and the province: what they list may be this body's data too."""
        own = self.directory.body(body)
        outer = set(lineage(own.region)) - {own.region}
        known = [self.directory.body(one) for one in among if self.directory.has(one)]
        return [one.id for one in known if one.kind == own.kind and one.region in outer]

    async def own(self, official: Actor) -> list[tuple[Entered, Figures, str, list[Funding]]]:
        """The projects of the official's own body, what would lie before a reviewer now with the name of the project
        that it overlaps with most, and their reviews. Raises Refused `not-an-asker` (403).
        """
        _may_ask(official)
        entered = await store.of_body(self.db, official.body)
        shares = (await self.shares([official.body]))[official.body]
        registers = {region: await self._register(region) for region in {one.region for one in entered}}
        reviews = await self.of_projects(entered)
        found: list[tuple[Entered, Figures, str, list[Funding]]] = []
        for one in entered:
            overlapping, names, unbuilt = registers[one.region]
            figures = figures_of(one, overlapping, unbuilt, shares)
            own = reviews.get((one.region, one.project.id), [])
            found.append((one, figures, names.get(figures.with_, ""), own))
        return found

    async def ask(
        self, official: Actor, region: str, project: str, kind: str, cost: int, reasons: str, key: str
    ) -> str:
        """Ask for a project of one's own body to be funded; the number of the case. The rules open it.

        Raises Refused: `not-an-asker` (403), `unknown-project` (404), `review-open` (409), `kind-does-not-fit`
        (409) where the money is not for what the register says there is, `field-missing`,
        `personal-data` (422), `no-competent-body`.
        """
        _may_ask(official)
        entered = await store.of_body(self.db, official.body)
        one = next((each for each in entered if (each.region, each.project.id) == (region, project)), None)
        if one is None:
            raise refuse(
                "unknown-project", "登记里没有本单位的这个项目", "The register has no such project of yours", status=404
            )
        chosen = _fitting(one, kind)
        if not reasons.strip():
            raise refuse(
                "field-missing", "写明为什么要做、钱怎么用", "Say why it is needed and how the money is used",
                place="reasons", law=LAW, status=422,
            )  # fmt: skip
        for_everybody(reasons, "reasons")
        earlier = (await self.of_projects([one])).get((region, project), [])
        if any(not each.outcome for each in earlier):
            raise _open_already()
        (overlapping, names, unbuilt), now = await self._register(region), self.cases.engine.clock()
        figures = figures_of(one, overlapping, unbuilt, (await self.shares([official.body]))[official.body])
        facts = {
            "project": project,
            "project_name": one.project.name[:200],
            "kind": chosen,
            "cost": str(cost),
            "overlap": str(round(figures.overlap * 100)),
            "overlap_report": _report(tuple(concerning(one.project, overlapping, unbuilt)), names),
            "listed": str(figures.listed),
            "withheld": str(figures.withheld),
            "late": str(figures.late),
            "listed_above": str(figures.above),
        }
        known = self.cases.engine.catalogue.service(SERVICE).facts
        facts = {name: value for name, value in facts.items() if name in known}  # the first version asks less
        own, reviewer = self.directory.body(official.body), self._reviewer(region, official.body)
        opened = await self.cases.engine.open(
            Actor.rules(),  # nobody opens one but from here, where its file was made
            SERVICE,
            {"facts": facts, "asked_by": f"{official.name}（{official.post}）", "reasons": reasons},
            region=self.directory.body(reviewer).region,
            applicant=Applicant(own.id, own.name.zh, own.uscc, "body"),
            records={},
            key=f"funding:{official.id}:{key}",
            owed_by=reviewer,
            also=lambda opening: partial(_noted, region, project, opening.case, now, len(earlier)),
        )
        return opened.state.case.case

    async def of_projects(self, entered: Sequence[Entered]) -> dict[tuple[str, str], list[Funding]]:
        """The reviews of these projects, the latest first."""
        rows = await store.fundings(self.db, [(one.region, one.project.id) for one in entered])
        found: dict[tuple[str, str], list[Funding]] = {}
        for row in rows:
            found.setdefault((row.region, row.project), []).append(await self._as_it_stands(row))
        return found

    async def published(self, after: str | None, limit: int) -> Page[Funding]:
        """All reviews, the latest first. Raises Refused (`bad-cursor`, 400)."""
        place = read_cursor(after, tuple[datetime, str]) if after else None
        rows = await store.latest_fundings(self.db, place, limit + 1)
        following = cursor(rows[limit - 1].asked_at, rows[limit - 1].case_id) if len(rows) > limit else None
        return Page(tuple([await self._as_it_stands(row) for row in rows[:limit]]), following)

    async def _as_it_stands(self, row: store.Kept) -> Funding:
        if row.seq == row.now and (kept := _read(row.kept)) is not None:
            return kept
        found = await self.cases.engine.load(row.case_id)
        told = _told(found, row)
        await store.keep(self.db, row, found.state.seq, msgspec.to_builtins(told))
        return told

    async def _register(self, region: str) -> tuple[tuple[Overlap, ...], dict[str, str], frozenset[str]]:
        """Where the projects of a register overlap, their names by number, and which are only planned."""
        projects = tuple(one.project for one in await store.entered(self.db, region))
        return await compared(projects), {one.id: one.name for one in projects}, planned(projects)

    def _reviewer(self, region: str, asking: str) -> str:
        """The centre that keeps the register; for its own projects the next one above it."""
        for code in lineage(region):
            for body in self.directory.bodies_in([code]):
                if body.kind == SHARING_AUTHORITY and body.region == code and body.id != asking:
                    return body.id
        raise refuse(
            "no-competent-body",
            "登记项目的单位自己的项目，要由上一级来审；这里没有上一级。",
            "The keeper's own project is reviewed by the body above it, and there is none here.",
            status=409,
        )


def _read(kept: dict[str, Any] | None) -> Funding | None:
    """A review as it was kept; None where an earlier version kept it in another shape, so that it is told anew."""
    if kept is None or kept.keys() != set(Funding.__struct_fields__):
        return None
    try:
        return msgspec.convert(kept, Funding)
    except msgspec.ValidationError:
        return None


def _told(found: Case, row: store.Kept) -> Funding:
    state, facts = found.state, found.state.facts
    spec = found.definition.procedure.states[state.state]
    acts = found.definition.procedure.acts
    said = [
        Words(
            acts[done.type].name,
            done.at,
            tuple(
                (acts[done.type].says[name].name, str(value)) for name, value in done.payload.items() if name in _FIELDS
            ),
        )
        for done in state.acts
        if done.type in _ACTS
    ]
    opened = state.last("open")
    return Funding(
        case_id=state.case.case,
        project=row.project,
        name=str(facts.get("project_name", "")),
        body=state.case.applicant.id,
        kind=cast("Kind", facts.get("kind", "build")),
        cost=int(str(facts.get("cost", 0))),
        asked_on=state.case.day,
        state=spec.name,
        outcome=spec.end or "",
        reasons=str(opened.payload.get("reasons", "")) if opened else "",
        overlap=int(str(facts.get("overlap", 0))),
        overlap_report=str(facts.get("overlap_report", "")),
        listed=int(str(facts.get("listed", 0))),
        withheld=int(str(facts.get("withheld", 0))),
        late=int(str(facts.get("late", 0))),
        above=int(str(facts.get("listed_above", 0))),
        words=tuple(said),
    )


def _fitting(one: Entered, kind: str) -> Kind:
    """What the money is for, where it fits what the register says of the project."""
    if kind not in KINDS:
        raise refuse("field-missing", "请选新建、扩建还是运维", "Say what the money is for", place="kind", status=422)
    if (kind == "build") != (one.project.status == "planned"):
        raise refuse(
            "kind-does-not-fit",
            "拟建的审新建，已建的审扩建或者运维",
            "What is planned is built; what exists is extended or run",
            place="kind",
            status=409,
        )
    return cast("Kind", kind)


def _report(mine: Sequence[Overlap], names: Mapping[str, str]) -> str:
    """The overlaps of a project in words, as they go into the file."""
    if not mine:
        return "和登记的别的项目没有发现重复。"
    lines = [
        f"“{names[each.first]}”在“{names[each.second]}”里有{each.score * 100:.0f}%：{each.text.zh}"
        for each in mine[:_TOLD]
    ]
    rest = f"\n另有{len(mine) - _TOLD}处。" if len(mine) > _TOLD else ""
    return ("\n".join(lines) + rest)[:4000]


async def _noted(region: str, project: str, case: str, at: datetime, before: int, connection: Connection) -> None:
    if not await store.ask(connection, region, project, case, at, before):
        raise _open_already()


def _open_already() -> Refused:
    return refuse("review-open", "这个项目正在审，先等这一次的结果", "A review of this project is open", status=409)


def _may_ask(official: Actor) -> None:
    if official.kind != "official" or not _ASKS & official.roles:
        raise refuse(
            "not-an-asker",
            "由建设单位的审查、审批岗位或者负责人提出。",
            "Examiners, deciders and heads of the body ask for its projects.",
            status=403,
        )
