"""Gathering what is said of the parts of a service, confirming it, asking the owner, and showing what came of it.

A machine suggests which part it is about; a person of the supervising body confirms, and opens the case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.base.page import Page, cursor, read_cursor
from tongban.base.telemetry import Log
from tongban.cases import clocks
from tongban.cases.loaded import Case
from tongban.cases.model import Applicant
from tongban.cases.service import Cases
from tongban.catalog.catalogue import version_key
from tongban.catalog.diff import Change, diff
from tongban.catalog.model import Service
from tongban.org import Actor, Directory, Role, visible
from tongban.voice.following import Following
from tongban.voice.improvements.causes import Cause, causes, suggested
from tongban.voice.improvements.model import (
    LONGEST_PROMISE,
    NOT_OF_THE_FILE,
    SERVICE,
    Cluster,
    Heard,
    Improvement,
    Month,
    Moving,
    Threshold,
    threshold,
)
from tongban.voice.improvements.unnamed import Unnamed
from tongban.voice.ratings.model import CHANGE
from tongban.voice.store import counted
from tongban.voice.store import improvements as store

_BATCH = 200
_SHORTEST_NAME = 3
"""Characters of the beginning of a name that can mean the whole."""


BEFORE, AFTER = 6, 12
"""Months that are counted before a case was opened, and after it ended."""
SETTLED = timedelta(days=3)
"""How long after its end a month is counted."""


@dataclass
class Counting:
    """On which day this process last counted."""

    on: date | None = None


@dataclass(frozen=True)
class Improvements:
    """Improvements of one installation."""

    db: Database
    cases: Cases
    directory: Directory
    clock: Clock
    log: Log
    following: Following = field(default_factory=Following)
    counting: Counting = field(default_factory=Counting)

    # --- gathering -------------------------------------------------------------------------------------------------

    async def turn(self, *, whole: bool = False) -> None:
        """Take in what was said, and keep the cases that moved. `whole`: look at every case, however old."""
        now = self.clock()
        since = now - timedelta(days=self.threshold.days)
        for one in await store.heard(self.db, since, now - CHANGE, _BATCH):
            await self._take_in(one)
        moved = False
        async for case in self.following.moved(now, partial(store.moved, self.db), whole=whole):
            try:
                await self._keep(await self.cases.engine.load(case))
                moved = True
            except Exception as error:  # the others must have their turn
                self.log.error("improvement-not-kept", error, case=case)
        await self._count(now, anew=moved)

    async def _take_in(self, one: Heard) -> None:
        service = self.named(one.about)
        if service is None:  # grouped by its words (`unnamed`)
            await store.take_in(self.db, one, "", "", "")
        else:
            seems = suggested(self._causes(service), one.tags, one.said)
            await store.take_in(self.db, one, service.service, seems, "")

    def named(self, about: str, *, whole: bool = True) -> Service | None:
        """The service that is meant: by its slug; else whose name, or what people call it, stands in what was written,
        the longest; else whose own name begins with it, the shortest. Of a sentence (not `whole`) it is enough that the
        beginning of a name stands in it, for a person decides."""
        said = about.strip().casefold()
        found: list[tuple[int, Service]] = []
        for one in self.cases.engine.catalogue.services():
            if said == one.service:
                return one
            own = tuple(words(one.name, lang).casefold() for lang in LANGS)
            found += ((len(name), one) for name in (*own, *map(str.casefold, one.aliases)) if name in said)
            if whole and len(said) >= _SHORTEST_NAME:
                found += ((-len(name), one) for name in own if name.startswith(said))
            if not whole and own[0][:_SHORTEST_NAME] in said:
                found.append((-len(own[0]), one))
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def causes(self, service: str) -> Mapping[str, Cause]:
        """What can be complained of in the version in force. Raises Refused `unknown-service` (404)."""
        return self._causes(self.cases.engine.catalogue.service(service))

    def _causes(self, service: Service) -> Mapping[str, Cause]:
        return causes(service, self.cases.engine.catalogue.procedure(service.procedure))

    @property
    def threshold(self) -> Threshold:
        """The one that counts today."""
        return threshold(self.cases.engine.catalogue.today)

    # --- the supervising body --------------------------------------------------------------------------------------

    async def clusters(self, actor: Actor) -> list[Cluster]:
        """What was said in the regions that an official supervises. Raises Refused `not-yours` (403)."""
        since = self.clock() - timedelta(days=self.threshold.days)
        return await store.clusters(self.db, self._regions(actor), since, NOT_OF_THE_FILE)

    def unnamed(self, actor: Actor) -> Unnamed:
        """What names no service, there. Raises Refused `not-yours` (403)."""
        since = self.clock() - timedelta(days=self.threshold.days)
        return Unnamed(self.db, self._regions(actor), since, self._called, self.causes)

    def _called(self, said: str) -> str:
        found = self.named(said, whole=False)
        return found.service if found else ""

    def enough(self, one: Cluster) -> bool:
        """Whether its owner can be asked."""
        return one.confirmed and one.people >= self.threshold.people

    def owner(self, actor: Actor, service: str) -> str:
        """The body that answers for a service where the official is, which is proposed as its owner."""
        region = self.directory.body(actor.body).region
        return f"{region}.{self.cases.engine.catalogue.service(service).authority.body}"

    async def confirm(self, actor: Actor, of: tuple[str, str, bool], cause: str) -> int:
        """Say which part a cluster (service, cause, whether confirmed before) is about; how many complaints it was.

        Raises Refused: `not-yours` (403), `unknown-service` (404), `unknown-cause`.
        """
        regions, now = self._regions(actor), self.clock()
        if cause != NOT_OF_THE_FILE:
            self._cause(of[0], cause)
        since = now - timedelta(days=self.threshold.days)
        return await store.confirm(self.db, regions, since, of, cause, actor.id, now)

    async def open(self, actor: Actor, service: str, cause: str, owner: str, key: str) -> str:
        """Ask the owner for a date, once enough people said it and a person confirmed it; the number of the case.

        Raises Refused: `not-yours` (403), `unknown-service` (404), `unknown-cause`, `unknown-body`, `own-body`,
        `open-already` (409), `too-few` (409).
        """
        regions = self._regions(actor)
        part = self._cause(service, cause)
        if owner not in visible(self.directory, actor).bodies:
            raise refuse("unknown-body", "请选一个您监督的机关。", "Choose a body that you supervise.", place="owner")
        own = self.directory.body(actor.body)
        if owner == own.id:
            raise refuse(
                "own-body", "自己的事项由上级来立。", "Your own services are for the body above.", place="owner"
            )
        if await store.open_one(self.db, regions, service, cause):
            raise refuse("open-already", "这一处已经立案，还没有办完。", "A case of this part is open.", status=409)
        found = next(
            (
                one
                for one in await self.clusters(actor)
                if (one.service, one.cause, one.confirmed) == (service, cause, True)
            ),
            None,
        )
        least = self.threshold.people
        if found is None or not self.enough(found):
            raise refuse(
                "too-few",
                f"确认过的要满{least}人才能立案。",
                f"A case needs {least} people whose complaints were confirmed.",
                status=409,
            )
        facts = {
            "of_service": service,
            "of_version": self.cases.engine.catalogue.service(service).version,
            "cause": cause,
            "part": part.name.zh[:300],
            "said_by": str(found.people),
        }
        opened = await self.cases.engine.open(
            Actor.rules(),  # nobody opens one but from here, where it was counted and confirmed
            SERVICE,
            {"facts": facts, "asked_by": f"{actor.name}（{actor.post}）"},
            region=self.directory.body(owner).region,
            key=f"improve:{actor.id}:{key}",
            applicant=Applicant(own.id, own.name.zh, own.uscc, "body"),
            records={},
            owed_by=owner,
        )
        await self._keep(opened)
        return opened.state.case.case

    def regions(self, actor: Actor) -> tuple[str, ...]:
        """The regions that an official supervises: their own and those inside."""
        return self._inside(self.directory.body(actor.body).region)

    def _regions(self, actor: Actor) -> tuple[str, ...]:
        if Role.SUPERVISE not in actor.roles:
            raise refuse("not-yours", "由监督岗来做。", "This is for the supervising post.", status=403)
        return self.regions(actor)

    def _inside(self, region: str) -> tuple[str, ...]:
        return tuple(sorted({body.region for body in self.directory.bodies_in([region])}))

    def _cause(self, service: str, cause: str) -> Cause:
        found = self.causes(service).get(cause)
        if found is None:
            raise refuse(
                "unknown-cause",
                "这个事项的文件里没有这一处，请从单子里选。",
                "The file of this service has no such part; choose one from the list.",
                place="cause",
            )
        return found

    # --- the owner -------------------------------------------------------------------------------------------------

    def fits(self, service: str, facts: Mapping[str, Any], act: str, says: Mapping[str, Any]) -> None:
        """What an act of the owner must hold outside the case; asked by the engine before every act.

        Raises Refused: `version-does-not-fit` where the version linked is not a published, newer one of the service;
        `date-too-far`.
        """
        if service != SERVICE:
            return
        if act == "link" and self._resulted(facts, str(says.get("version") or "").strip()) is None:
            raise refuse(
                "version-does-not-fit",
                f"请填“{facts.get('of_service')}”已经发布、比第{facts.get('of_version')}版新的版本号。",
                f"Give a version of “{facts.get('of_service')}” that is published and newer than"
                f" {facts.get('of_version')}.",
                place="version",
            )
        if act in ("promise", "move"):
            last = self.cases.engine.catalogue.today + LONGEST_PROMISE
            if (by := _day(says.get("by"))) is not None and by > last:
                raise refuse(
                    "date-too-far",
                    f"最晚到{last.year}年{last.month}月{last.day}日。",
                    f"{last.isoformat()} at the latest.",
                    place="by",
                )

    def _resulted(self, facts: Mapping[str, Any], version: str) -> tuple[Service, Service] | None:
        """The version complained of and the one that resulted, if that is published and newer."""
        of = {one.version: one for one in self.cases.engine.catalogue.versions(str(facts.get("of_service")))}
        older, newer = of.get(str(facts.get("of_version"))), of.get(version)
        if older is None or newer is None or newer.status != "published":
            return None
        return (older, newer) if version_key(newer.version) > version_key(older.version) else None

    # --- in public -------------------------------------------------------------------------------------------------

    async def listed(self, after: str | None, limit: int, regions: Sequence[str] | None = None) -> Page[Improvement]:
        """Every promise, or those of some regions, the latest first. Raises Refused `bad-cursor` (400)."""
        place = read_cursor(after, tuple[date, str]) if after else None
        found = await store.listed(self.db, place, limit + 1, regions)
        last = found[limit - 1] if len(found) > limit else None
        return Page(tuple(found[:limit]), cursor(last.opened_on, last.case_id) if last else None)

    def part(self, one: Improvement) -> Text:
        """What the part that was complained of is called, in the version complained of."""
        try:
            service = self.cases.engine.catalogue.service(one.service, one.version)
        except Refused:
            return Text(one.cause, one.cause)
        found = self._causes(service).get(one.cause)
        return found.name if found else Text(one.cause, one.cause)

    def changes(self, one: Improvement) -> Sequence[Change]:
        """What differs between the version complained of and the one that resulted; nothing while there is none."""
        if not one.linked:
            return ()
        both = self._resulted({"of_service": one.service, "of_version": one.version}, one.linked)
        return tuple(each for each in diff(*both) if each.path not in _ITS_OWN) if both else ()

    def elsewhere(self, one: Improvement) -> bool:
        """Whether a version is linked in which the part that was complained of stands as before: a newer version alone
        is no answer. Of the guide as a whole nobody can say."""
        section = one.cause.partition(".")[0]
        if not one.linked or section == "page":
            return False
        numbered = section == "conditions"
        part = section if numbered else one.cause
        return not any(
            f"{each.path}.".startswith(f"{part}.") or part.startswith(f"{each.path}.") for each in self.changes(one)
        )

    async def months(self, shown: Sequence[Improvement]) -> Mapping[str, Sequence[Month]]:
        """How many people spoke of the part in each whole month, by case."""
        return await counted.months(self.db, [one.case_id for one in shown])

    def changed_on(self, one: Improvement) -> date | None:
        """From which day on the version that resulted is in force."""
        both = self._resulted({"of_service": one.service, "of_version": one.version}, one.linked)
        return both[1].valid_from if both else None

    async def of_body(self, actor: Actor, after: str | None, limit: int) -> Page[Improvement]:
        """Those that the official's own body owes, the latest first. Raises Refused `bad-cursor` (400)."""
        place = read_cursor(after, tuple[date, str]) if after else None
        found = await store.of_body(self.db, actor.body, place, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return Page(tuple(found[:limit]), cursor(last.opened_on, last.case_id) if last else None)

    async def _count(self, now: datetime, *, anew: bool) -> None:
        """Count the months that are over, once a day and when a case moved (`anew`); a month is left alone for its
        first days, until what was said in it is taken in."""
        today = now.astimezone(self.cases.engine.zone).date()
        if self.counting.on == today and not anew:
            return
        for one in await counted.recent(self.db, today - timedelta(days=31 * (AFTER + 1))):
            regions = self._inside(self.directory.body(one.body).region)
            begun = await counted.begun(self.db, regions)
            if begun is None:
                continue
            done = await counted.known(self.db, one)
            for month in self._whole_months(one, begun, today):
                if month[0] not in done:
                    await counted.count(self.db, one, regions, month, now)
        self.counting.on = today

    def _whole_months(
        self, one: Improvement, begun: datetime, today: date
    ) -> Iterator[tuple[date, datetime, datetime]]:
        """First day, beginning and end of each month to be counted: from `BEFORE` before it was opened to `AFTER` after
        it ended, whole ones that complaints were gathered in from the first day, and that are over."""
        zone = self.cases.engine.zone
        at = (one.opened_on.year * 12 + one.opened_on.month - 1) - BEFORE
        last = one.ended_on or today
        until = (last.year * 12 + last.month - 1) + AFTER
        for n in range(at, until + 1):
            first, after = date(n // 12, n % 12 + 1, 1), date((n + 1) // 12, (n + 1) % 12 + 1, 1)
            since, end = (datetime.combine(day, time(), zone) for day in (first, after))
            if since >= begun.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) and today >= (
                after + SETTLED
            ):
                yield first, since, end

    # --- inside ----------------------------------------------------------------------------------------------------

    async def _keep(self, found: Case) -> None:
        """Keep a case as it stands, and that what was confirmed has its case now."""
        state, definition, now = found.state, found.definition, self.clock()
        facts, opened = state.facts, found.events[0]
        due = {
            term.clock.term: definition.local(term.binding.due)
            for term in clocks.running(definition, state, now)
            if term.binding.due is not None and term.open
        }
        dates = [(act.at, day, act) for act in state.acts if act.type in ("promise", "move")
                 if (day := _day(act.payload["by"]))]  # fmt: skip
        link = next((act for act in reversed(state.acts) if act.type == "link"), None)
        one = Improvement(
            region=state.case.region,
            case_id=state.case.case,
            seq=state.seq,
            service=str(facts["of_service"]),
            version=str(facts["of_version"]),
            cause=str(facts["cause"]),
            body=state.desk.id,
            said_by=int(facts["said_by"]),
            opened_on=state.case.day,
            answer_by=due.get("answer"),
            promised_by=dates[-1][1] if dates else None,
            first_promised=dates[0][1] if dates else None,
            moves=tuple(
                Moving(on=definition.local(at), was=was, to=to, why=str(act.payload.get("reasons") or ""))
                for (_, was, _), (at, to, act) in pairwise(dates)
            ),
            linked=str(link.payload["version"]) if link else "",
            state=state.state,
            open=not definition.ended(state),
            ended_on=definition.local(state.updated_at) if definition.ended(state) and state.updated_at else None,
        )
        regions = self._inside(self.directory.body(state.case.applicant.id).region)
        since = opened.at - timedelta(days=threshold(state.case.day).days)
        await store.assign(self.db, regions, since, opened.at, one.service, one.cause, one.case_id)
        await store.keep(self.db, one)


_ITS_OWN = frozenset({"version", "status", "valid_from", "valid_to", "recorded_at"})
"""Which file it is: not what changed for anybody."""


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
