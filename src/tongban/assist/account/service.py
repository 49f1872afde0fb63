"""The room's verbs, over the gate's log and the cases. Who may see a case is asked before anything is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from tongban.assist.account.did import contributed, machine_account
from tongban.assist.account.model import MachineAccount, Year
from tongban.assist.account.yearly import total, year_of
from tongban.assist.gate import EVERYWHERE, Gate
from tongban.assist.public.entry import Objections, tens
from tongban.assist.public.register import months, stem
from tongban.assist.records import SUGGESTED, Settled
from tongban.assist.watch.watcher import Watcher
from tongban.base.clock import Clock
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import region_of
from tongban.cases import Cases, CaseView
from tongban.cases.answers import Came, came_out
from tongban.cases.beside import Beside
from tongban.org import Actor, Directory

HUMAN_LOOK = "human-look"
"""The service by which somebody asks for a human look."""
ALL_USES = "*"
"""The choice that stands for every use, and for the rules: 只由人来办."""
_FRESH = timedelta(hours=1)
_FIRST_YEAR = 2020


@dataclass(slots=True)
class Accounts:
    """What machines did, for those whom it concerns; their objections; and their choice to have people only."""

    gate: Gate
    watch: Watcher
    cases: Cases
    directory: Directory
    clock: Clock
    _kept: dict[tuple[int, str], tuple[datetime, tuple[Came, ...]]] = field(
        default_factory=dict[tuple[int, str], tuple[datetime, tuple[Came, ...]]]
    )

    # --- one case ---------------------------------------------------------------------------------------------------

    async def of(self, view: CaseView) -> MachineAccount:
        """这件事里机器做了什么, for whoever may see the case.

        An official who was drawn to give a view of their own first does not read here what is still kept from them.
        """
        found = await self.gate.for_case(view.case)
        reader = view.reader
        if reader.kind == "official":
            suggested = {one.call.id: one.call.use for one in found if one.call.outcome == SUGGESTED}
            answered = {one.call.id for one in found if any(said.person == reader.id for said in one.settled)}
            unanswered = {call: use for call, use in suggested.items() if call not in answered}
            hidden = await self.watch.hidden(unanswered, reader)
            found = tuple(one for one in found if one.call.id not in hidden)
        return machine_account(view, found, self.name_of, self._post)

    async def committed(self, view: CaseView, call: str) -> tuple[str, str]:
        """A suggestion that the reader of a case is told of, as the public log has it: its key there, and what it says.

        Raises Refused (`unknown-suggestion`, 404).
        """
        told = await self.of(view)
        said = await self.gate.committed(view.case, call) if any(one.id == call for one in told.suggestions) else None
        if said is None:
            raise refuse("unknown-suggestion", "没有这条建议", "There is no such suggestion", status=404)
        return f"{region_of(view.case)}:{call}", said

    async def contributed(self, case: str) -> Text:
        """The sentence for the letter of an outcome."""
        return contributed(await self.gate.for_case(case), self.name_of)

    def name_of(self, use: str) -> Text:
        """A use as people know it."""
        found = self.gate.register.use(use)
        return found.name if found else Text(use, use)

    def _post(self, settled: Settled) -> Text:
        if not settled.post:
            return Text("您", "you")
        try:
            body, post = self.directory.body(settled.body), self.directory.post(settled.post)
        except Refused:  # a post that has gone since
            return Text("工作人员", "an official")
        return Text(f"{body.name.zh}{post.title.zh}", f"the {post.title.en} of {body.name.en}")

    # --- people only ------------------------------------------------------------------------------------------------

    def beside(self) -> Beside:
        """What the cases ask of this room."""
        return Beside(people_only=self._wants_people, contributed=self.contributed)

    async def wants_people(self, person: Actor) -> bool:
        """Whether a person has chosen that only people handle their matters: as it is kept, to be shown to them."""
        return any(one.use == ALL_USES and one.state == "out" for one in await self.gate.choices(person))

    def _wants_people(self, person: str) -> bool:
        return self.gate.opted_out(person, ALL_USES)

    async def choose_people(self, person: Actor, *, wanted: bool) -> int:
        """Keep the choice, and ask it of every open case of theirs; the number of cases that were told.

        Taking it back holds for what is applied for from then on: a case goes on as it was asked for.
        """
        await self.gate.choose(person, ALL_USES, "out" if wanted else "in")
        if not wanted:
            return 0
        told, after = 0, None
        while True:
            page = await self.cases.mine(person, after, 100)
            for row in page.items:
                if row.open and "people-only" not in row.labels:
                    await self.cases.people_only(person, row.case_id, key=f"people-only.{row.case_id}")
                    told += 1
            after = page.next
            if after is None:
                return told

    async def case_wants_people(self, case: str) -> bool:
        """Whether a case is to be handled by people only: no use is asked about it."""
        engine = self.cases.engine
        try:
            region_of(case)
        except Refused:  # what is asked about is no case
            return False
        found = await engine.find(engine.db, case)
        return found is not None and found.state.people_only

    # --- what came of objections ------------------------------------------------------------------------------------

    async def year(self, year: int, region: str = EVERYWHERE) -> Year:
        """The publication of a year. Raises Refused `unknown-year` (404) for one that has not begun."""
        zone = self.cases.engine.zone
        now = self.clock().astimezone(zone)
        if not _FIRST_YEAR <= year <= now.year:
            raise refuse(
                "unknown-year", "没有这一年的数据", "There are no figures for this year", place="year", status=404
            )
        begins = datetime(year, 1, 1, tzinfo=zone)
        came = await self._came(begins, datetime(year + 1, 1, 1, tzinfo=zone), now)
        within = tuple(one for one in came if one.region.startswith(stem(region)))
        return year_of(within, year, region, self.promised(), self._days, now)

    def years(self) -> tuple[int, ...]:
        """The years that can be asked for, the latest first."""
        return tuple(range(self.clock().astimezone(self.cases.engine.zone).year, _FIRST_YEAR - 1, -1))[:5]

    async def objections(self, use: str, region: str) -> Objections | None:
        """Requests for a human look at a use in the months that the register tells of; None where they are few."""
        now = self.clock()
        since, until = (datetime.combine(day, time.min, now.tzinfo) for day in months(now.date()))
        about = [
            one
            for one in await self._came(since, until, now)
            if one.said.get("use") == use and one.region.startswith(stem(region))
        ]
        if (asked := tens(len(about))) is None:
            return None
        outcomes = {state: told for state, n in total(about).items() if (told := tens(n))}
        return Objections(asked=asked, outcomes=outcomes)

    def promised(self) -> int:
        """Within how many working days an answer is promised."""
        service = self.cases.engine.catalogue.service(HUMAN_LOOK)
        term = service.terms.get("decide")
        return int((term.promised if term and term.promised else "5 working-days").split()[0])

    async def _came(self, since: datetime, until: datetime, now: datetime) -> tuple[Came, ...]:
        key = since.toordinal(), until.date().isoformat()
        kept = self._kept.get(key)
        if kept is None or now - kept[0] >= _FRESH:
            if len(self._kept) > 50:
                self._kept.clear()
            kept = now, await came_out(self.cases.engine, HUMAN_LOOK, since, until, ("use",))
            self._kept[key] = kept
        return kept[1]

    def _days(self, since: datetime, until: datetime) -> int:
        """Working days that have passed, the first not counted."""
        engine = self.cases.engine
        first, last = (at.astimezone(engine.zone).date().toordinal() for at in (since, until))
        return engine.calendar.count(last) - engine.calendar.count(first)
