"""一件事: one application becomes a whole and its parts, all in one transaction as far as they can begin at once.

The whole keeps no answers: each part holds what it needs and no more, and what later parts will need waits sealed until
they are opened. What another person has to say they say in a case of their own (`cases.invitations`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import msgspec

from tongban import rules
from tongban.base.database import Connection
from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.cases import clocks, invitations, letters
from tongban.cases.batch import Also
from tongban.cases.clocks import Running
from tongban.cases.decide import follow
from tongban.cases.definition import Definition, Judged
from tongban.cases.engine import Engine
from tongban.cases.evolve import fold
from tongban.cases.loaded import Begun, Case, PartOf
from tongban.cases.model import SAME, Applicant, By, CaseState, Dispute, Event, Own, Part, PartEnd, Refusal
from tongban.cases.opening import digest
from tongban.cases.projections import FAR
from tongban.cases.refusals import busy
from tongban.cases.store import bundles as store
from tongban.cases.store.bundles import Prepared
from tongban.cases.store.history import Append, DraftKey, Key
from tongban.catalog.bundle_parts import NUMBER
from tongban.catalog.composing import Composed
from tongban.catalog.tables import both
from tongban.org import Actor
from tongban.sharing import Shared

_TRIES = 5
NOT_NEEDED = Text("不需要办", "Not needed")


@dataclass(frozen=True, slots=True)
class Form:
    """What the one form says, under its own names."""

    facts: Mapping[str, Any]
    documents: Mapping[str, Any]
    records: Mapping[str, Shared]
    disputes: Mapping[str, Dispute]
    known: Mapping[str, Any]
    """Every fact that is known, derived ones included."""
    read: Mapping[str, Any]
    """The answers as the one form has read them."""

    @classmethod
    def of(
        cls,
        begun: Begun,
        said: Event,
        says: Mapping[str, Any],
        records: Mapping[str, Shared],
        wrong: Mapping[str, Dispute],
    ) -> Form:
        """What was said, as the whole has read it."""
        facts, files = (_named(says.get(part)) for part in ("facts", "documents"))
        state = CaseState(opening=begun.opening, facts=said.facts, records=dict(records))
        known = Judged(begun.definition, state, begun.given.run).variant.facts
        return cls(facts, files, records, wrong, known, said.facts)

    def holds(self, when: str, composed: Composed) -> bool:
        """Whether a condition of the bundle is certainly true."""
        return not when or _condition(when, tuple(composed.service.facts)).evaluate(self.known) is True

    def applies(self, composed: Composed) -> tuple[str, ...]:
        """The parts that this person needs, in the order of the file."""
        roles, parts = composed.bundle.roles, composed.bundle.parts
        return tuple(
            name
            for name, member in parts.items()
            if self.holds(member.when, composed) and (member.by is None or self.holds(roles[member.by].when, composed))
        )


def _named(said: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", said) if isinstance(said, Mapping) else {}


@lru_cache(maxsize=1_000)
def _condition(when: str, names: tuple[str, ...]) -> rules.Expression:
    return rules.compile_expression(when, names)


@dataclass
class _Opening:
    """One application on its way to being written."""

    engine: Engine
    composed: Composed
    form: Form
    actor: Actor
    applicant: Applicant
    region: str
    people_only: bool
    plan: tuple[str, ...]
    whole: str
    items: list[tuple[Append, Also | None]] = field(default_factory=list[tuple[Append, Also | None]])
    told: list[tuple[Own, dict[str, Any], By | None]] = field(
        default_factory=list[tuple[Own, dict[str, Any], By | None]]
    )
    given: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """What the parts that have ended in favour give."""
    begun: set[str] = field(default_factory=set[str])

    def prepared(self, part: str) -> Prepared:
        """What one part needs of the form."""
        form = self.form
        return Prepared(
            part=part,
            region=self._region(part),
            facts=self.composed.of_part(part, form.facts),
            documents=self.composed.of_part(part, form.documents),
            records=self.composed.of_part(part, form.records),
            disputes=self.composed.of_part(part, form.disputes),
            people_only=self.people_only,
        )

    async def begin_what_can(self) -> None:
        """Open part after part until none of those left can begin in this transaction."""
        while ready := [part for part in self.plan if self._ready(part)]:
            for part in ready:
                self.begun.add(part)
                await self._begin(part)

    def _ready(self, part: str) -> bool:
        member = self.composed.bundle.parts[part]
        if part in self.begun or member.by is not None or self._region(part) != self.region:
            return False
        return self.composed.bundle.waits(part) & set(self.plan) <= self.given.keys()

    def _region(self, part: str) -> str:
        where = self.composed.bundle.parts[part].where
        return str(self.form.known.get(where) or self.region) if where else self.region

    async def _begin(self, part: str) -> None:
        member, one = self.composed.bundle.parts[part], self.prepared(part)
        try:
            begun = await self.engine.begin(
                self.actor,
                member.service,
                one.says(taken(self.composed, part, self.given)),
                region=one.region,
                applicant=self.applicant,
                records=one.records,
                disputes=one.disputes,
                people_only=one.people_only,
                part=PartOf(self.whole, part),
                quiet=True,  # the one letter of the whole says that each part was received
                read=self.composed.read_of(part, self.form.read),
            )
        except Refused as error:
            if error.code != "not-needed":
                raise
            self.told.append((Own.PART_ENDED, ended(title_of(self.composed, part), part, NOT_NEEDED), None))
            return
        if isinstance(begun.decided, Refusal):
            raise Refused(*(self._renamed(part, one) for one in begun.decided.problems), status=begun.decided.status)
        self._keep(part, begun, begun.decided)

    def _renamed(self, part: str, problem: Problem) -> Problem:
        names = {**self.composed.names, **self.composed.papers}
        return Problem(problem.code, problem.text, names.get((part, problem.place), problem.place), problem.law)

    def _keep(self, part: str, begun: Begun, events: list[Event]) -> None:
        case = begun.opening.case
        done = begun.before.after(events)
        item = self.engine.prepare(begun.before, done, Key(self.whole, part, ""))
        self.items.append(item)
        due = item[0].rows.row.due_at
        opened = part_of(self.composed, part, done)
        if due != FAR:
            opened = msgspec.structs.replace(opened, due=begun.definition.local(due))
        self.told.append((Own.PART_OPENED, _payload(opened), None))
        if begun.definition.ended(done.state):
            end = end_of(self.composed, part, done)
            self.told.append((Own.PART_ENDED, msgspec.to_builtins(end), events[-1].by))
            if end.end == "favourable":
                self.given[part] = {**end.gives, NUMBER: case}

    def later(self) -> tuple[Prepared, ...]:
        """The parts that wait for others or for another region; those of other people they fill in themselves."""
        parts = self.composed.bundle.parts
        return tuple(self.prepared(part) for part in self.plan if part not in self.begun and parts[part].by is None)

    def events(self, begun: Begun, decided: list[Event], now: datetime) -> tuple[Event, ...]:
        """The history of the whole so far. What was said stays with the parts; the letter names them."""
        first = msgspec.structs.replace(
            decided[0], opening=begun.opening, facts={}, records={}, disputes={}, documents={}, judged={}
        )
        history = [first]
        for seq, (kind, payload, by) in enumerate(self.told, start=2):
            history.append(_event(seq, msgspec.structs.replace(first, by=by or first.by), kind, payload))
        state = fold(history)
        act = begun.definition.procedure.acts[first.type]
        due = due_of(begun.definition, state, now)
        letter = letters.write(begun.definition, act, state, first.payload, due, now)
        if first.on_behalf_of:
            name, official = both(begun.definition.service.name), first.by.kind == "official"
            letter = letters.done_for(letter, state, act.name, first.by.name, name, official=official)
        if more := follow(begun.definition, state, now):  # everything ended at once: one letter says it all
            return (*history, *more)
        return (msgspec.structs.replace(first, letter=letter), *history[1:])


async def open_whole(
    engine: Engine,
    actor: Actor,
    slug: str,
    says: Mapping[str, Any],
    *,
    region: str,
    applicant: Applicant,
    records: Mapping[str, Shared],
    key: str,
    draft: DraftKey | None = None,
    disputes: Mapping[str, Dispute] | None = None,
    people_only: bool = False,
) -> Case:
    """Open the whole of a bundle with every part that can begin, in place of a draft if there was one.

    Nothing is written if one of them could not be opened. Raises Refused as `Engine.open`, with the names of the form.
    """
    people_only = people_only or engine.beside.people_only(applicant.id)
    for _ in range(_TRIES):
        now = engine.clock()
        day = now.astimezone(engine.zone)
        composed = engine.catalogue.composed(slug, on=day.date())
        begun = await engine.begin(
            actor,
            slug,
            says,
            region=region,
            applicant=applicant,
            records=records,
            disputes=disputes,
            parts=tuple(composed.bundle.parts),
            quiet=True,  # its letter is written when the parts are known
        )
        asked = Key(actor.id, key, digest(begun.definition.opens, says, slug, applicant.id))
        decided = begun.decided
        if isinstance(decided, Refusal):
            if done := await engine.answered(region, asked):
                return done
            raise decided.error()
        form = Form.of(begun, decided[0], says, records, disputes or {})
        plan = form.applies(composed)
        begun = msgspec.structs.replace(begun, opening=msgspec.structs.replace(begun.opening, parts=plan))
        work = _Opening(engine, composed, form, actor, applicant, region, people_only, plan, begun.opening.case)
        await work.begin_what_can()
        history = work.events(begun, decided, now)
        invited = invitations.asked_for(engine, composed, form.known, plan, now)
        also = _kept(begun, work.later(), invited)
        done = await engine.commit(begun.before, history, asked, draft, beside=work.items, also=also)
        if done is not None:
            return done
    raise busy()


def _kept(begun: Begun, later: tuple[Prepared, ...], invited: tuple[invitations.Wanted, ...]) -> Also | None:
    if not later and not invited:
        return None

    async def keep(connection: Connection) -> None:
        opening = begun.opening
        await store.prepare(connection, opening.region, opening.case, opening.applicant.id, later)
        await invitations.invite(connection, opening, invited)

    return keep


# --- what a whole says of its parts ---------------------------------------------------------------------------------


def title_of(composed: Composed, part: str) -> Text:
    """The name of the service behind a part."""
    return both(composed.members[part].name)


def taken(composed: Composed, part: str, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The facts of a part that others give."""
    found: dict[str, Any] = {}
    for name, at in composed.bundle.parts[part].takes.items():
        other, _, output = at.partition(".")
        if output in given.get(other, {}):
            found[name] = given[other][output]
    return found


def part_of(composed: Composed | None, part: str, done: Case) -> Part:
    """A part as its whole is told of it."""
    opening = done.state.case
    title = title_of(composed, part) if composed else both(done.definition.service.name)
    at = done.events[0].at
    return Part(part, title, at, case=opening.case, service=opening.service, office=done.state.office)


def end_of(composed: Composed | None, part: str, done: Case) -> PartEnd:
    """How a part that has ended went, with what others take of it."""
    spec = done.definition.procedure.states[done.state.state]
    end = spec.end or ""
    title = title_of(composed, part) if composed else both(done.definition.service.name)
    gives = dict(_gives(composed, part, done)) if composed and end == "favourable" else {}
    return PartEnd(part, title, done.state.case.case, end, spec.name, gives)


def _gives(composed: Composed, part: str, done: Case) -> Iterator[tuple[str, Any]]:
    wanted = {
        output
        for member in composed.bundle.parts.values()
        for other, _, output in (at.partition(".") for at in member.takes.values())
        if other == part
    }
    for name in sorted(wanted):
        value = done.state.case.case if name == NUMBER else _known(done, name)
        if value is not None:
            yield name, msgspec.to_builtins(value, enc_hook=str)


def _known(done: Case, name: str) -> Any:
    judged = Judged(done.definition, done.state)
    known = {**judged.variant.facts, **judged.assessment.outputs, **judged.facts}
    return known.get(name)


def due_of(definition: Definition, state: CaseState, now: datetime) -> Running | None:
    """The term of a case that matters now."""
    return clocks.matters(clocks.running(definition, state, now))


def ended(title: Text, part: str, outcome: Text) -> dict[str, Any]:
    """That a part was never opened, and why."""
    return msgspec.to_builtins(PartEnd(part, title, "", "neutral", outcome))


def _payload(part: Part) -> dict[str, Any]:
    told_of: dict[str, Any] = msgspec.to_builtins(part)
    return {name: value for name, value in told_of.items() if name != "since"}


def opened_event(seq: int, cause: Event, part: Part) -> Event:
    """That a part was opened."""
    return _event(seq, cause, Own.PART_OPENED, _payload(part))


def ended_event(seq: int, cause: Event, end: dict[str, Any]) -> Event:
    """That a part has ended, or will never be opened."""
    return _event(seq, cause, Own.PART_ENDED, end)


def _event(seq: int, cause: Event, kind: Own, payload: dict[str, Any]) -> Event:
    by: By = cause.by
    return Event(
        seq=seq,
        type=kind,
        at=cause.at,
        by=by,
        to=SAME,
        on_behalf_of=cause.on_behalf_of,
        authority=cause.authority,
        payload=payload,
    )
