"""The law of one case: its service in the version of its day, its procedure, the calendar and the zone.

`Definition` is a value; what it says about a case depends on nothing but the case's facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from tongban import rules
from tongban.base.i18n import LANGS, Text, words
from tongban.cases import joint
from tongban.cases.model import START, CaseState
from tongban.catalog import Assessment, Explanation, Variant, assess, cite, explanation, variant
from tongban.catalog.model import Service, Term
from tongban.catalog.procedure import CONDITION_NAMES, Procedure, Who
from tongban.catalog.run import Run
from tongban.catalog.variant import resolve
from tongban.catalog.wording import RegionName, no_region
from tongban.org.competence import HAND_ON
from tongban.terms import Calendar


@dataclass(frozen=True)
class Definition:
    """What governs a case."""

    service: Service
    procedure: Procedure
    calendar: Calendar
    zone: tzinfo
    terms: Mapping[str, Term]
    """The service's, with those of its situation instead where it has its own."""
    clocks: dict[str, Any] = field(default_factory=dict[str, Any], compare=False, repr=False)
    """Rules of terms, worked out once by `tongban.cases.clocks`."""

    @cached_property
    def laws(self) -> Mapping[str, Text]:
        """Citations by the id that files use."""
        return {law.id: cite(law) for law in (*self.procedure.law, *self.service.law)}

    def cite(self, law: str) -> Text:
        """A law id as people read it; words that are no id stay as they are."""
        return self.laws.get(law) or (HAND_ON if law == HAND_ON.zh else Text(law, law))

    def label(self, item: str) -> Text:
        """The name of a material, a fact, or an act whose files lie under it; other words stay as they are."""
        found = self.service.materials.get(item) or self.service.facts.get(item) or self.procedure.acts.get(item)
        return Text(item, item) if found is None else Text(*(words(found.name, lang) for lang in LANGS))

    @cached_property
    def opens(self) -> str:
        """The act that opens a case."""
        return next(name for name, act in self.procedure.acts.items() if START in act.from_)

    def clock_act(self, state: str, term: str) -> str | None:
        """The act by which the clock answers from this state when this term runs out."""
        return self._clock_acts.get((state, term))

    @cached_property
    def _clock_acts(self) -> Mapping[tuple[str, str], str]:
        acts = self.procedure.acts.items()
        return {
            (state, act.on_expiry): name
            for name, act in acts
            if Who.CLOCK in act.who and act.on_expiry
            for state in act.from_
        }

    def by_rule(self, state: str) -> tuple[str, ...]:
        """The acts that the rules may do from this state, in the order of the file."""
        return self._by_rule.get(state, ())

    @cached_property
    def _by_rule(self) -> Mapping[str, tuple[str, ...]]:
        acts = [(name, act) for name, act in self.procedure.acts.items() if Who.RULES in act.who and not act.adverse]
        states = dict.fromkeys(state for _, act in acts for state in act.from_)
        return {state: tuple(name for name, act in acts if state in act.from_) for state in states}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that a condition of the procedure may read."""
        tables = (*self.service.tables.values(), *self.service.amounts.values())
        outputs = (output.name for table in tables for output in table.outputs)
        return (*self.service.facts, *outputs, *CONDITION_NAMES)

    @cached_property
    def asking(self) -> frozenset[str]:
        """States in which the applicant has been asked to complete something."""
        acts = self.procedure.acts.values()
        return frozenset(act.to for act in acts if any(field.type == "items" for field in act.says.values()))

    @cached_property
    def about_certificate(self) -> bool:
        """Whether its cases are about a certificate, which their acts suspend, revoke or replace."""
        return any(act.certificate for act in self.procedure.acts.values())

    def ended(self, state: CaseState) -> bool:
        """Whether nothing more is owed."""
        return state.state != START and self.procedure.states[state.state].end is not None

    def local(self, at: datetime) -> date:
        """The day a moment falls on where the authority is."""
        return at.astimezone(self.zone).date()


@dataclass(frozen=True)
class Judged:
    """What the facts of a case come to under its law."""

    definition: Definition
    state: CaseState
    run: Run | None = field(default=None, compare=False, repr=False)
    """A run of the service that was made for the same facts, where there is one."""

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Every fact as it is stored; what the person said stands before what a record says about the same."""
        known = self.definition.service.facts
        recorded = {name: record.value for name, record in self.state.records.items() if name in known}
        return {**recorded, **self.state.facts}

    @cached_property
    def assessment(self) -> Assessment:
        return assess(self.definition.service, self.facts, self.state.case.day)

    def explained(self, region: RegionName = no_region, versions: Iterable[Service] = ()) -> Explanation:
        """The assessment with its reasons, and what would change it. Worked out each time it is asked for.

        `versions` are those of the service that are known, for what days ahead bring. A fact counts as taken from a
        record where the person said nothing else about it.
        """
        said, records = self.state.facts, self.state.records
        taken = {
            name: record.source
            for name, record in records.items()
            if name not in said or str(said[name]) == str(record.value)
        }
        return explanation(self.assessment, taken, region, versions)

    @cached_property
    def variant(self) -> Variant:
        """The service as it is for this case; cheaper than the assessment, which also decides."""
        service, facts, day = self.definition.service, self.facts, self.state.case.day
        made = self.run is not None and self.run.is_of(service, facts, day)
        return resolve(self.run.compiled, self.run) if self.run and made else variant(service, facts, day)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Materials that are needed now, not filed, and not replaced by a record of the state."""
        have = self.state.documents.keys() | self.state.records.keys()
        return tuple(
            needed.slug
            for needed in self.variant.materials
            if needed.certain and needed.material.need == "required" and needed.slug not in have
        )

    def allows(self, when: str) -> bool:
        """Whether a condition of an act is certainly true; unknown is not true."""
        if not when:
            return True
        asked = _condition(when, self.definition.names)
        own = {name: self._own[name](self) for name in asked.names if name in self._own}
        others = own.keys() != set(asked.names)
        values = {**self.variant.facts, **self.assessment.outputs, **own} if others else own
        return asked.evaluate(values) is True

    def waits_for_parts(self, when: str) -> bool:
        """Whether a condition reads nothing but how the parts stand and does not hold: asked at no cost."""
        names = _condition(when, self.definition.names).names if when else ()
        return bool(names) and all(name.startswith("parts_") for name in names) and not self.allows(when)

    _own: ClassVar[Mapping[str, Callable[[Judged], Any]]] = {
        "outcome": lambda judged: judged.assessment.outcome,
        "complete": lambda judged: not judged.missing and not judged.state.asked,
        "fully_determined": lambda judged: judged.assessment.fully_determined,
        "situation": lambda judged: judged.variant.situation.id if judged.variant.situation else None,
        "application_date": lambda judged: judged.state.case.day,
        "all_passed": lambda judged: joint.all_passed(judged.definition.procedure, judged.state),
        "parts_open": lambda judged: judged.state.parts_open,
        "parts_granted": lambda judged: judged.state.parts_granted,
        "parts_refused": lambda judged: sum(part.ended > 0 and part.end != "favourable" for part in judged.state.parts),
        "certificate_over": lambda judged: any(doubt.change == "revoked" for doubt in judged.state.doubts),
    }
    """What a condition may read beside the facts and outputs of the service; worked out only if it does."""


@lru_cache(maxsize=1_000)
def _condition(when: str, names: tuple[str, ...]) -> rules.Expression:
    return rules.compile_expression(when, names)
