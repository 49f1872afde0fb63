"""From a command to a committed case: load, ask who may, decide, write; again if somebody else was quicker.

The one door through which events are written. Every command carries a key; a repeat of it answers as the first did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

import msgspec

from tongban.base.clock import ZONE, Clock
from tongban.base.database import Connection, Database
from tongban.base.errors import refuse
from tongban.base.i18n import LANGS, Text, words
from tongban.base.ids import case_id, region_of
from tongban.base.keys import KeyRing
from tongban.cases import about as abouts
from tongban.cases import abroad as elsewhere
from tongban.cases import corrections, custody, granting, handing, lifecycle, moving, promises, rights
from tongban.cases.batch import Also, Batcher, KeyReused, Moved, Repeated, Written, together
from tongban.cases.beside import Beside
from tongban.cases.committing import spoken
from tongban.cases.competent import above, answering, receivers
from tongban.cases.decide import Command, by_law, decide
from tongban.cases.definition import Definition, Judged
from tongban.cases.effects import effects
from tongban.cases.evolve import fold
from tongban.cases.handover.agreements import Between
from tongban.cases.handover.standing import Origin
from tongban.cases.letters import and_then
from tongban.cases.loaded import Begun, Case, PartOf, Recorder
from tongban.cases.model import Applicant, CaseState, Dispute, Event, Opening, Refusal
from tongban.cases.opening import digest, known, procedure_of, taking_part
from tongban.cases.projections import project
from tongban.cases.refusals import busy, key_reused, unknown_case
from tongban.cases.says import NOTHING_READ, Given
from tongban.cases.store.history import Append, DraftKey, Key, append, events, key_of
from tongban.catalog.catalogue import Catalogue, applies_in, in_force, nearest
from tongban.catalog.model import Service
from tongban.catalog.seals import seal
from tongban.org import Actor, Directory, Grant
from tongban.org import store as org_store
from tongban.sharing import Shared
from tongban.sharing.grants import Shelf, nothing_listed
from tongban.terms import Calendar

_TRIES = 5
"""Times a command is decided anew because the case had moved on meanwhile."""


@dataclass
class Engine:
    """What deciding needs. `calendar` and `catalogue` are replaced whole when they change."""

    db: Database
    catalogue: Catalogue
    directory: Directory
    calendar: Calendar
    keys: KeyRing
    clock: Clock
    zone: ZoneInfo = ZONE
    demo: bool = True
    beside: Beside = field(default_factory=Beside)
    listed: Shelf = nothing_listed
    between: Between | None = None
    """Other installations that cases go to and come from, where there are any."""
    abroad: elsewhere.Ask = elsewhere.nobody
    batcher: Batcher = field(init=False)
    _definitions: dict[tuple[str, ...], Definition] = field(init=False, default_factory=dict[Any, Definition])

    def __post_init__(self) -> None:
        self.batcher = Batcher(self.db)

    # --- reading ---------------------------------------------------------------------------------------------------

    async def load(self, case: str, *, until: int | None = None) -> Case:
        """A case as it stands, or as it stood after event `until`. Raises Refused `unknown-case` (404)."""
        found = await self.find(self.db, case, until=until)
        if found is None:
            raise unknown_case()
        return found

    async def find(self, db: Database | Connection, case: str, *, until: int | None = None) -> Case | None:
        """The same, or None."""
        history = await events(db, region_of(case), case)
        if until is not None:
            history = history[:until]
        found = self.revive(history) if history else None
        about = found.state.case.about if found else None
        if found is None:
            return None
        named = frozenset(found.state.case.barred)
        if about is None:
            return msgspec.structs.replace(found, barred=named) if named else found
        there = abouts.took_part(await events(db, region_of(about.case), about.case))
        # Whoever has taken this one up was not barred then, and may put the other case right in its course.
        return msgspec.structs.replace(found, barred=named | (there - abouts.took_part(found.events[1:])))

    def revive(self, history: tuple[Event, ...]) -> Case:
        """A case from its events."""
        state = fold(history)
        return Case(self.definition(state), state, history)

    def definition(self, state: CaseState) -> Definition:
        """The law of a case: its service and procedure in the versions of its day."""
        case = state.case
        version, place = state.service_version, state.place
        key = (case.service, version, place, case.procedure, case.procedure_version)
        known = self._definitions.get(key)
        if known is None or known.calendar is not self.calendar:
            service = self.service_in(case.service, place, lambda one: one.version == version)
            service = service or self.catalogue.service(case.service, version)
            procedure = self.catalogue.procedure(case.procedure, case.procedure_version)
            known = Definition(service, procedure, self.calendar, self.zone, service.terms)
            self._definitions[key] = known
        if not any(situation.terms for situation in known.service.situations):
            return known
        terms = Judged(known, state).variant.terms
        return Definition(known.service, known.procedure, self.calendar, self.zone, terms)

    def service_in(self, slug: str, region: str, wanted: Callable[[Service], bool]) -> Service | None:
        """A version of a service; the region's own file before the general one. Raises Refused `unknown-service`."""
        return nearest((s for s in self.catalogue.versions(slug) if wanted(s) and applies_in(s, region)), region)

    def service_name(self, slug: str) -> Text:
        """What a service is called; its slug where there is none."""
        found = next(iter(self.catalogue.versions(slug)), None)
        return Text(slug, slug) if found is None else Text(*(words(found.name, lang) for lang in LANGS))

    def replace_catalogue(self, catalogue: Catalogue) -> None:
        """A new snapshot of the files; running cases keep their versions."""
        self.catalogue = catalogue
        self._definitions.clear()

    # --- writing ---------------------------------------------------------------------------------------------------

    async def open(
        self,
        actor: Actor,
        service: str,
        says: Mapping[str, Any],
        *,
        region: str,
        applicant: Applicant,
        records: Mapping[str, Shared],
        key: str,
        draft: DraftKey | None = None,
        disputes: Mapping[str, Dispute] | None = None,
        people_only: bool = False,
        owed_by: str = "",
        barred: Sequence[str] = (),
        also: Callable[[Opening], Also] | None = None,
        part: PartOf | None = None,
        grant: Grant | None = None,
        received: datetime | None = None,
    ) -> Case:
        """Open a case, in place of a draft if there was one; `also` gives what is done in the same transaction.

        A case about another one belongs to that one's region. With `people_only`, or if the applicant has asked for it
        once and for all, the rules do nothing in it by themselves. The rules may open one of their own accord (依职权)
        where the procedure lets them. `owed_by` names the body that owes the answer, otherwise found by service and
        region; `barred` are the officials about whose own doing it is. `part` names the whole that it is a part of,
        `grant` by what right it is opened, if not as `org.may` says. `received` is when the papers were received, where
        that was before now: the law's time runs from then (行政许可法 32).

        Raises Refused: `unknown-service`, `service-not-open`, `not-needed`, `no-competent-body`, `not-your-case`, and
        as `decide`.
        """
        people_only = people_only or self.beside.people_only(applicant.id)
        for _ in range(_TRIES):
            begun = await self.begin(
                actor,
                service,
                says,
                region=region,
                applicant=applicant,
                records=records,
                disputes=disputes,
                people_only=people_only,
                owed_by=owed_by,
                barred=barred,
                part=part,
                grant=grant,
                received=received,
            )
            opening, definition, decided = begun.opening, begun.definition, begun.decided
            asked = Key(actor.id, key, digest(definition.opens, says, service, applicant.id))
            if isinstance(decided, Refusal):
                if done := await self.answered(opening.region, asked):
                    return done
                raise decided.error()
            more = also(opening) if also else None
            if done := await self.commit(begun.before, tuple(decided), asked, draft, also=more):
                return done
        raise busy()

    async def begin(
        self,
        actor: Actor,
        service: str,
        says: Mapping[str, Any],
        *,
        region: str,
        applicant: Applicant,
        records: Mapping[str, Shared],
        disputes: Mapping[str, Dispute] | None = None,
        people_only: bool = False,
        owed_by: str = "",
        barred: Sequence[str] = (),
        part: PartOf | None = None,
        parts: Sequence[str] = (),
        grant: Grant | None = None,
        origin: Origin | None = None,
        quiet: bool = False,
        received: datetime | None = None,
        read: Mapping[str, Any] = NOTHING_READ,
    ) -> Begun:
        """What would come of an opening; `quiet` writes no letter, `read` are answers that were read already, by a form
        that reads them in the same way. Raises as `open`, but what `decide` refuses."""
        now = self.clock()
        law = self._open_service(service, region, now)
        day = (origin.applied_at if origin else received or now).astimezone(self.zone).date()
        says, owner = granting.opened(law, says, self.listed, day)
        owner = corrections.verified_by(law.service, owner, self.directory)
        moving.opened(law.service, says, applicant, self.directory, day)
        other = await abouts.concerned(self, law, says, applicant.id)
        says, held = await lifecycle.named(self, law, says, applicant.id)
        if held:
            region, owner = held.record.region, held.record.issuer.body
        region = other.state.case.region if other else region
        given = Given(law, day, says.get("facts"), records, read)
        answer = answering(self, actor, law, given, region, day, other, owner or owed_by)
        if answer.region != region:
            region = answer.region
            law = self._open_service(service, region, now)
            given = given.under(law)
        procedure = self.catalogue.procedure(procedure_of(law, given))
        office, facts = answer.office, known(says, records)
        opening = Opening(
            case_id(region, now),
            region,
            law.service,
            law.version,
            procedure.procedure,
            procedure.version,
            day,
            office,
            applicant,
            seal(law),
            abouts.about(other) if other else None,
            people_only,
            tuple(sorted(barred)),
            moved_by=moving.moved_by(self.directory, office.id, law.service, region, day, facts),
            part_of=part.whole if part else "",
            part=part.name if part else "",
            parts=tuple(parts),
            together=taking_part(law, region, self.directory, given),
            origin=origin,
            received_at=received,
            received_by=answer.received_by,
            competence=answer.reason,
        )
        definition = self.definition(CaseState(opening=opening))
        if promises.relied_on(definition):
            await promises.may_promise(self.db, definition.service, applicant.id, now)
        before = Case(definition, CaseState(opening=opening), ())
        machine = actor.kind == "rules"
        law_of = by_law(definition, definition.opens) if machine else grant
        granted = law_of or rights.granted(self, actor, definition.opens, before)
        command = Command(
            definition.opens,
            actor,
            granted,
            says,
            opening=opening,
            records=records,
            disputes=disputes or {},
            quiet=quiet,
            custody=None if people_only and not answer.received_by else answer.custody,
            taken_over=answer.taken_over,
            given=given,
        )
        decided = self._decided(definition, CaseState(), command, now)
        asked = None if isinstance(decided, Refusal) else answer.unasked(law)
        return Begun(definition, opening, asked or decided, given)

    def _decided(
        self, definition: Definition, state: CaseState, command: Command, now: datetime
    ) -> list[Event] | Refusal:
        """What comes of a command, with the receipt for what is taken over by it."""
        decided = decide(definition, state, command, now)
        return decided if isinstance(decided, Refusal) else custody.receipted(self.keys, state, decided)

    async def act(
        self,
        actor: Actor,
        case: str,
        act: str,
        says: Mapping[str, Any],
        *,
        version: int | None,
        key: str,
        records: Mapping[str, Shared] | None = None,
    ) -> Case:
        """Do one act. Raises Refused: `unknown-case`, `key-reused`, the codes of `org.may` and of `decide`."""
        asked = Key(actor.id, key, digest(act, says, case))
        for _ in range(_TRIES):
            found = await self.load(case)
            grant = rights.granted(self, actor, act, found)
            self.beside.fits(found.state.case.service, found.state.facts, act, says)
            remark = await self._remark(found, act)
            command = Command(
                act,
                actor,
                grant,
                says,
                version,
                records=records or {},
                remark=remark,
                receivers=receivers(self, found, str(says.get("body") or "")) if handing.hands(act, found) else (),
                above=above(self, found) if act == handing.REFUSE else "",
            )
            decided = self._decided(found.definition, found.state, command, self.clock())
            if isinstance(decided, Refusal):
                if done := await self.answered(region_of(case), asked):
                    return done
                raise decided.error()
            if done := await self.commit(found, tuple(decided), asked):
                return done
        raise busy()

    async def record(self, case: str, key: str, make: Recorder, also: Also | None = None) -> Case | None:
        """Write what the machinery has to say: `make(case)` gives the events, or nothing if there is nothing left.

        `also` is done in the same transaction, if they are written.
        """
        for _ in range(_TRIES):
            found = await self.find(self.db, case)
            made = make(found) if found else None
            if found is None or not made:
                return found
            events_ = (made,) if isinstance(made, Event) else tuple(made)
            asked = Key(events_[0].by.id, key, "")
            if done := await self.commit(found, events_, asked, also=also):
                return done
        raise busy()

    def prepare(self, before: Case, done: Case, key: Key) -> tuple[Append, Also | None]:
        """The rows of the events that have made `before` what is `done`, and what is to be done in that transaction."""
        opening, after, new = done.state.case, done.state, done.events[len(before.events) :]
        item = Append(
            region=opening.region,
            case=opening.case,
            expected=before.state.seq,
            seq=new[-1].seq,
            key=key,
            events=tuple(msgspec.structs.replace(event, words=spoken(before.definition, event)) for event in new),
            rows=project(before.definition, after, new),
        )
        also = effects(self, before.definition, after, new)
        return item, together(also) if also else None

    async def write_in(self, connection: Connection, before: Case, new: tuple[Event, ...], key: Key) -> bool:
        """The same commit inside a transaction of the caller's. False if the case had moved on."""
        item, also = self.prepare(before, before.after(new), key)
        written = bool(await append(connection, [item]))
        if written and also:
            await also(connection)
        return written

    async def commit(
        self,
        before: Case,
        new: tuple[Event, ...],
        key: Key,
        draft: DraftKey | None = None,
        *,
        beside: Sequence[tuple[Append, Also | None]] = (),
        also: Also | None = None,
    ) -> Case | None:
        """The case after it, or None if it had moved on. A repeat gives the case as it was answered then.

        `beside` are prepared commands on other cases, written with it or not at all; `also` is done with them.
        """
        done = before.after(new)
        item, own = self.prepare(before, done, key)
        several = [one for one in (own, *(with_ for _, with_ in beside), also) if one]
        item, also = msgspec.structs.replace(item, draft=draft), together(several) if several else None
        outcome = await self.batcher.write(item, also, [other for other, _ in beside])
        match outcome:
            case Written():
                if any(event.moves_power for event in new):
                    self.directory.take_moves(await org_store.delegations(self.db))
                return done
            case Repeated(case, seq):
                return await self.load(case, until=seq)
            case KeyReused():
                raise key_reused()
            case Moved():
                return None
            case _:
                assert_never(outcome)

    async def answered(self, region: str, key: Key) -> Case | None:
        """The case as it was answered the first time a key was used, if it was. Raises Refused (`key-reused`)."""
        used = await key_of(self.db, region, key)
        if used is None:
            return None
        case, seq, asked = used
        if asked != key.digest:
            raise key_reused()
        return await self.load(case, until=seq)

    async def _remark(self, found: Case, act: str) -> Text:
        """What is added to a letter that tells of an outcome. Asked for only where one may come of it."""
        spec = found.definition.procedure.acts.get(act)
        states = found.definition.procedure.states
        ends = spec is not None and spec.to in states and states[spec.to].end is not None
        if spec is None or not (spec.decides or spec.issues or ends):
            return Text("", "")
        said = await self.beside.contributed(found.state.case.case)
        return and_then(said, self.beside.invites(found.state.case.case, found.definition.service)) if ends else said

    def _open_service(self, slug: str, region: str, now: datetime) -> Service:
        """The service as it can be applied for there now. Raises Refused (`service-not-open`, 404)."""
        day = now.astimezone(self.zone).date()
        service = self.service_in(slug, region, lambda one: in_force(one, day, now))
        if service is None:
            raise refuse(
                "service-not-open",
                "这个事项现在没有开放申请，或者本地没有开通。",
                "This service cannot be applied for now, or not in this region.",
                place="service",
                status=404,
            )
        return service
