"""Looks at every use in every region where it is used, narrows what passes its limits, opens the supervision case.

A round of one use in one region is one transaction of its own: a region that fails is told in the log and looked at
again at the next turn, and stops no other. What follows a narrowing (the switch, the case) is done after it is
written and again until it is done, so that a crash between the two loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tongban.assist.evaluations import measure
from tongban.assist.gate import Gate
from tongban.assist.records import EVERYWHERE, Switched
from tongban.assist.store import Store, watching
from tongban.assist.watch import figures
from tongban.assist.watch.doubling import own_view_first
from tongban.assist.watch.exercises import Drill
from tongban.assist.watch.narrowing import (
    Autonomy,
    Figure,
    Judged,
    judge,
    narrowing,
    strictest,
    widened,
)
from tongban.assist.watch.public import Published, published
from tongban.assist.watch.records import Answer, Call, CaseCall, Exercise, GroupFound, LevelChange, Round
from tongban.assist.watch.statistics import Rate
from tongban.assist.watch.wording import why_narrowed
from tongban.base.clock import Clock
from tongban.base.database import Connection
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.telemetry import Log
from tongban.cases.model import Applicant
from tongban.cases.service import Cases
from tongban.cases.store import lists
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped
from tongban.catalog.use import Use
from tongban.catalog.watching import GroupBy, Owes, Watch
from tongban.org import Actor, Body, Directory, Role
from tongban.org import store as people
from tongban.org.entries import lineage

EVERY = timedelta(hours=1)
"""How often a use in a region is looked at."""
SERVICE = "algorithm-supervision"
_ALL_TIME = timedelta(days=3650)
_BEFORE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Watcher:
    """The watching of one process."""

    store: Store
    gate: Gate
    catalogue: Catalogue
    cases: Cases
    directory: Directory
    clock: Clock
    log: Log
    salt: bytes
    drills: tuple[Drill, ...] = ()
    """Exercises for officials."""
    _levels: dict[tuple[str, str], LevelChange] = field(default_factory=dict[tuple[str, str], LevelChange])

    # --- asked on every page ---------------------------------------------------------------------------------------

    def level(self, use: str, region: str) -> Autonomy:
        """How far a use is let in a region: the strictest of the region, those around it and everywhere."""
        if self.gate.register.off(use, region) is not None:
            return Autonomy.OFF
        changes = (self._levels.get((use, code)) for code in (EVERYWHERE, *lineage(region)))
        # what is off is off by the gate's switch: where a person has turned that on again, the use runs
        return strictest([one.level for one in changes if one is not None and one.level is not Autonomy.OFF])

    def own_view_first(self, use: str, region: str, suggestion: str) -> bool:
        """Whether an official notes their own view before this suggestion is shown to them."""
        found = self.watch(use, region)
        return found is not None and own_view_first(found, self.level(use, region), self.salt, suggestion)

    def watch(self, use: str, region: str = EVERYWHERE) -> Watch | None:
        """How a use is watched in a region, which may reuse it under tighter limits of its own.

        None for one that is not registered or lays nothing down.
        """
        found = self.gate.register.use(use)
        if found is None or found.watch is None:
            return None
        reuse = self.catalogue.reuse(use, region)
        return found.watch if reuse is None else reuse.narrowed(found.watch)

    async def hidden(self, calls: Mapping[str, str], official: Actor) -> frozenset[str]:
        """Of suggestions (id to use), those this official may not see yet: their own view comes first."""
        drawn = [call for call, use in calls.items() if self.own_view_first(use, call[:6], call)]
        if not drawn:
            return frozenset()
        async with self.store.acting() as connection:
            noted = await watching.viewed(connection, drawn[0][:6], drawn, official.id)
        return frozenset(drawn) - noted

    async def note_view(self, call: str, official: Actor, view: str) -> None:
        """Keep what an official thinks before they see a suggestion. Whether they may see its case is the caller's to
        ask. Raises Refused: `view-missing`, `view-too-long`, `unknown-suggestion` (404)."""
        said = " ".join(view.split())
        if not said:
            raise refuse(
                "view-missing", "先写一句您自己的看法", "First write your own view in a sentence", place="view"
            )
        if len(said) > 300:
            raise refuse(
                "view-too-long", "一句话就够，最多300字", "A sentence will do, 300 characters at most", place="view"
            )
        found = await self.gate.logged(call)
        if found is None:
            raise refuse("unknown-suggestion", "没有这条建议", "There is no such suggestion", status=404)
        key = await self.store.owner_of(found.suggestion, found.subject or official.id)
        async with self.store.acting() as connection:
            await watching.note_view(connection, call[:6], call, official.id, said, self.clock(), key)

    async def drilled(self, official: Actor, item: str, *, accepted: bool) -> None:
        """Keep an official's answer to an exercise; the first stays. Raises Refused `unknown-exercise` (404)."""
        drill = next((one for one in self.drills if one.id == item), None)
        if drill is None:
            raise refuse("unknown-exercise", "没有这道练习", "There is no such exercise", status=404)
        kept = Exercise(person=official.id, sound=drill.sound, accepted=accepted)
        async with self.store.acting() as connection:
            await watching.exercise(
                connection, official.region, official.id, official.body, drill.use, drill.id, self.clock(), kept
            )

    async def drills_of(self, official: Actor) -> dict[str, bool]:
        """Whether an official accepted, by exercise they have answered."""
        async with self.store.acting() as connection:
            return await watching.exercises_of(connection, official.region, official.id)

    # --- the job ---------------------------------------------------------------------------------------------------

    async def refresh(self) -> None:
        """Look at the levels, by whichever process they were changed."""
        async with self.store.acting() as connection:
            self._levels = {(one.use, one.region): one for one in await watching.levels(connection)}

    async def turn(self, *, every: timedelta = EVERY) -> int:
        """Look at whatever was not looked at for so long; the number of rounds. Never raises for one region."""
        done = 0
        await self.refresh()
        for use in self.gate.register.uses():
            if use.watch is None or use.status != "active":
                continue
            async with self.store.acting() as connection:
                places = await watching.regions(connection, use.use, self.clock() - timedelta(days=use.watch.days))
            for region in places:
                try:
                    done += await self._round(use, self.watch(use.use, region) or use.watch, region, every)
                except Exception as error:  # the other regions must have their turn
                    self.log.error("watch-failed", error, use=use.use, region=region)
            await self._compare(use, use.watch)
        await self._follow()
        return done

    async def _compare(self, use: Use, watch: Watch) -> None:
        """Regions beside one another: where a limit on the gap is passed, the one that is worse off is narrowed."""
        rounds = [one for one in await self.rounds(use.use) if one.since >= max(self._changed(use.use, one.region))]
        for region, figure in _between(rounds, watch):
            step = narrowing(watch, self.level(use.use, region), [judge(watch, figure)])
            if step is None:
                continue
            found = next(one for one in rounds if one.region == region)
            async with self.store.acting() as connection:
                before = await watching.history(connection, use.use, region, 1)
                free = await watching.begin(connection, use.use, f"between {region}", self.clock())
                if free and not any(one.at > found.since for one in before):
                    await watching.change(connection, _narrowed(found, *step))
            await self.refresh()

    async def _round(self, use: Use, watch: Watch, region: str, every: timedelta) -> int:
        now = self.clock()
        known = await self._known(use, watch)
        async with self.store.acting() as connection:
            if not await watching.begin(connection, use.use, region, now - every):
                return 0
            since = max(now - timedelta(days=watch.days), *self._changed(use.use, region))
            bands = await watching.bands(connection, use.use, region, since)
            answers = await watching.answers(connection, use.use, region, since)
            calls = await watching.case_calls(connection, use.use, region, since, sorted(figures.NOT_THE_MODELS))
            drilled = await watching.exercises(connection, use.use, region, since)
            first = await self._first(connection, use, watch, region)
        groups = await self._groups(watch, region, calls)
        found = [
            *figures.of_use(bands, first, answers, watch.reading, known, drilled),
            *(figure for by, made in groups.items() for figure in figures.gaps(by, made)),
        ]
        judged = tuple(judge(watch, figure) for figure in found)
        kept = tuple(one for by, made in groups.items() for one in figures.kept(by, made))
        whole = _round(use, region, since, now, bands, answers, judged, kept)
        return await self._keep(watch, whole, answers, now - every)

    def _changed(self, use: str, region: str) -> list[datetime]:
        """When the level was last changed, in a region and around it: figures count from there."""
        codes = (EVERYWHERE, *lineage(region))
        return [_BEFORE, *(found.at for code in codes if (found := self._levels.get((use, code))))]

    async def _keep(self, watch: Watch, found: Round, answers: Sequence[Answer], before: datetime) -> int:
        step = narrowing(watch, self.level(found.use, found.region), found.judged)
        async with self.store.acting() as connection:
            if not await watching.begin(connection, found.use, found.region, before):
                return 0  # another process was quicker
            await watching.keep(connection, found, tuple(figures.of_officials(answers, watch.reading)))
            await watching.forget_views(connection, found.region)
            if step is not None:
                await watching.change(connection, _narrowed(found, *step))
        if step is not None:
            await self.refresh()
        return 1

    async def _known(self, use: Use, watch: Watch) -> Rate | None:
        """Known cases, run once a day and version for the installation; the same figure counts in each region."""
        if watch.known is None:
            return None
        today = self.clock().date()
        async with self.store.acting() as connection:
            last = await watching.known(connection, use.use, EVERYWHERE, use.version)
        if last is not None and last[0] == today:
            return Rate(last[1], last[2])
        path = shipped("uses").parent / watch.known.set
        if not path.is_file():  # an installation without the set has no such figure
            return None
        try:
            outcome = await asyncio.to_thread(measure, self.catalogue, use, path, today)
        except Refused as error:
            self.log.error("known-cases-not-run", error, use=use.use)
            return None if last is None else Rate(last[1], last[2])
        wrong = round((1 - outcome.metrics[watch.known.metric]) * outcome.size)
        async with self.store.acting() as connection:
            await watching.ran_known(connection, use.use, EVERYWHERE, use.version, today, wrong, outcome.size)
        return Rate(wrong, outcome.size)

    async def _first(self, connection: Connection, use: Use, watch: Watch, region: str) -> Mapping[str, int] | None:
        """The first calls of this version, kept once there are enough; None until then."""
        kept = await watching.reference(connection, use.use, region, use.version)
        if kept is not None:
            return kept
        now = self.clock()
        whole = await watching.bands(connection, use.use, region, now - _ALL_TIME, use.version)
        own = {**figures.outcomes(whole), **figures.inputs_of(whole)}
        if sum(figures.outcomes(whole).values()) >= watch.least:
            await watching.keep_reference(connection, use.use, region, use.version, own, now)
        return None

    async def _groups(
        self, watch: Watch, region: str, calls: Sequence[CaseCall]
    ) -> dict[GroupBy, tuple[figures.Group, ...]]:
        """Groups of the people whose cases these are. Bands come out of the databases that hold the people, are counted
        here and forgotten: no row of a person's group is ever written (PIPL 6)."""
        wanted: list[GroupBy] = [by for by in watch.groups if by != "region"]
        if not wanted or not calls:
            return {}
        db = self.cases.engine.db
        who = await lists.applicants(db, region, [one.case for one in calls])
        bands = await people.bands(db, [person for person, _ in who.values()], self.clock().date())
        of: dict[GroupBy, dict[str, str]] = {
            "age": {case: bands[person][0] for case, (person, _) in who.items() if person in bands},
            "sex": {case: bands[person][1] for case, (person, _) in who.items() if person in bands},
            "language": {case: bands[person][2] for case, (person, _) in who.items() if person in bands},
            "channel": {case: channel for case, (_, channel) in who.items()},
        }
        return {by: figures.of_groups(calls, of[by]) for by in wanted}

    # --- after a narrowing -----------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """Turn the switch and open the case of every narrowing that has none yet."""
        async with self.store.acting() as connection:
            waiting = await watching.without_case(connection)
        for change in waiting:
            try:
                if change.level is Autonomy.OFF and self.gate.register.off(change.use, change.region) is None:
                    await self.gate.switch(_switch(change, "threshold", "off"))
                case = await self._open(change)
                async with self.store.acting() as connection:
                    await watching.opened(connection, change, case)
            except Exception as error:  # it is tried again at the next turn
                self.log.error("supervision-not-opened", error, use=change.use, region=change.region)

    async def _open(self, change: LevelChange) -> str:
        watch = self.watch(change.use, change.region)
        if watch is None:
            raise ValueError(f"{change.use} was narrowed and is not watched")
        owner, supervisor = self.body(watch.owes, change.region), self.body(watch.supervised_by, change.region)
        judged = change.judged
        found = await self.cases.engine.open(
            Actor.rules(),
            SERVICE,
            {
                "facts": {
                    "use": change.use,
                    "use_region": owner.region if change.region == EVERYWHERE else change.region,
                    "measure": judged.figure.measure.value if judged else "",
                    "measured": f"{judged.figure.value:.4f}" if judged else "",
                    "laid_down": f"{judged.limit:.4f}" if judged and judged.limit is not None else "",
                    "level_after": change.level.value,
                },
                "reasons": change.why.zh,
            },
            region=owner.region if change.region == EVERYWHERE else change.region,
            applicant=Applicant(supervisor.id, supervisor.name.zh, supervisor.uscc, "body"),
            records={},
            key=f"watch:{change.id}",
            owed_by=owner.id,
        )
        return found.state.case.case

    def body(self, owes: Owes, region: str) -> Body:
        """The body of a kind at a level for a region; the first province stands for everywhere."""
        code = self.directory.regions()[0].code if region == EVERYWHERE else region
        return self.directory.competent(owes.body, owes.level.value, code)

    # --- what a person decides -------------------------------------------------------------------------------------

    def supervises(self, actor: Actor, use: str, region: str) -> bool:
        """Whether somebody sits where a use in a region is supervised from, and may widen it again."""
        watch = self.watch(use, region)
        if watch is None or actor.kind != "official" or Role.SUPERVISE not in actor.roles:
            return False
        return self.body(watch.supervised_by, region).id == actor.body

    async def widen(self, actor: Actor, use: str, region: str, to: Autonomy, why: str) -> None:
        """Take a use up again in a region: a person's decision, with a reason that is published.

        Raises Refused: `unknown-use` (404) where they do not supervise it, `reason-missing`, `not-narrowed` (409).
        """
        watch = self.watch(use, region)
        if watch is None or not self.supervises(actor, use, region):
            raise refuse(
                "unknown-use",
                "没有这个算法应用，或者不归您监督。",
                "There is no such use, or not yours to supervise.",
                status=404,
            )
        if not why.strip():
            raise refuse(
                "reason-missing",
                "请写明为什么可以恢复，理由会公布",
                "Say why it may be used again; the reason is published",
                place="why",
            )
        own = self._levels.get((use, region))
        off = self.gate.register.off(use, region)
        stands = Autonomy.OFF if off is not None and off.region == region else own.level if own else Autonomy.ON
        if not widened(watch, stands, to):
            raise refuse("not-narrowed", "这里没有被收窄，不用恢复", "It is not narrowed here", status=409)
        said = why.strip()
        change = LevelChange(
            id=watching.new_id(),
            region=region,
            use=use,
            at=self.clock(),
            level=to,
            kind="official",
            why=Text(said, said),
            by_id=actor.id,
            by_name=actor.name,
        )
        async with self.store.acting() as connection:
            await watching.change(connection, change)
        if off is not None and off.region == region:
            await self.gate.switch(_switch(change, "official", "on"))
        await self.refresh()

    # --- reading ---------------------------------------------------------------------------------------------------

    async def rounds(self, use: str | None = None) -> list[Round]:
        """What the last rounds found, everywhere; whom that may be shown to is the caller's to ask."""
        async with self.store.acting() as connection:
            return await watching.rounds(connection, use)

    async def behind(
        self, found: Round, which: watching.Behind, before: tuple[datetime, str], limit: int
    ) -> list[Call]:
        """What a number of a round counts, the latest first; whom that may be shown to is the caller's to ask."""
        async with self.store.acting() as connection:
            return await watching.behind(connection, found, which, before, limit)

    async def committed(self, use: str, region: str) -> tuple[str, str] | None:
        """The last of them as the public log has it: its key there, and what it says."""
        async with self.store.acting() as connection:
            return await watching.committed(connection, use, region)

    async def changes(self, use: str, region: str | None = None, limit: int = 50) -> list[LevelChange]:
        """How a use was narrowed and widened, newest first."""
        async with self.store.acting() as connection:
            return await watching.history(connection, use, region, limit)

    async def public(self, use: str, region: str = EVERYWHERE) -> Published:
        """What the register shows of a use, in a region or everywhere."""
        rounds, changes = await self.rounds(use), await self.changes(use, limit=20)
        levels = {code: self.level(use, code) for code in dict.fromkeys(one.region for one in (*rounds, *changes))}
        return published(region, rounds, changes, levels)

    async def officials(self, use: str, bodies: Sequence[str]) -> list[figures.OfficialFound]:
        """The officials of these bodies; only their own supervisors may be given them."""
        async with self.store.acting() as connection:
            return await watching.officials(connection, use, bodies)


def _round(
    use: Use,
    region: str,
    since: datetime,
    now: datetime,
    bands: Mapping[str, int],
    answers: Sequence[Answer],
    judged: tuple[Judged, ...],
    groups: tuple[GroupFound, ...],
) -> Round:
    own = figures.outcomes(bands)
    accepted = sum(one.accepted for one in answers)
    return Round(
        region=region,
        use=use.use,
        version=use.version,
        since=since,
        at=now,
        calls=sum(own.values()),
        suggested=sum(n for band, n in own.items() if figures.is_suggestion(band)),
        accepted=accepted,
        declined=len(answers) - accepted,
        judged=judged,
        groups=groups,
    )


def _narrowed(found: Round, level: Autonomy, judged: Judged) -> LevelChange:
    return LevelChange(
        id=watching.new_id(),
        region=found.region,
        use=found.use,
        at=found.at,
        level=level,
        kind="limit",
        why=why_narrowed(judged, level),
        by_id="watch",
        by_name="监测 Watch",
        judged=judged,
    )


def _switch(change: LevelChange, kind: str, state: str) -> Switched:
    return Switched(
        region=change.region,
        use=change.use,
        at=change.at,
        state="off" if state == "off" else "on",
        why=change.why.zh,
        kind="threshold" if kind == "threshold" else "official",
        by_id=change.by_id,
        by_name=change.by_name,
    )


def _between(rounds: Sequence[Round], watch: Watch) -> Iterator[tuple[str, Figure]]:
    """The gaps between regions, each with the region that is worse off, from what was found in each of them."""
    made = (
        figures.Group(one.region, one.calls, one.suggested, one.accepted + one.declined, one.declined) for one in rounds
    )
    groups = figures.hide(made)
    for share in (figures.Share.WRONG, figures.Share.ABSTAINED) if "region" in watch.groups else ():
        found = figures.gap(groups, share)
        if found is not None:
            yield found.most, figures.of_gap("region", found)
