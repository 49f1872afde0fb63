"""A case as a reader sees it: the same for the page, the API and the export.

Made of what was loaded; each part is worked out when it is asked for, so a list of cases costs nothing it does not
show, and a page pays only for its own language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

import msgspec

from tongban.base.i18n import LANGS, Text, words
from tongban.cases import clocks
from tongban.cases.account import Line, account
from tongban.cases.decide import GrantFor, PossibleAct, possible
from tongban.cases.definition import Definition, Judged
from tongban.cases.loaded import Case
from tongban.cases.model import (
    CUSTODY_EVENTS,
    VISIT_EVENTS,
    Attachment,
    CaseState,
    Custody,
    Dispute,
    Event,
    Letter,
    Office,
    Opening,
    Own,
)
from tongban.cases.naming import Colleague
from tongban.cases.whose import Whose, whose
from tongban.catalog import Assessment
from tongban.catalog.model import Fact, Material
from tongban.catalog.procedure import Act, Stage, State
from tongban.catalog.wording import day_words
from tongban.certs import StoredCertificate
from tongban.org import Actor
from tongban.sharing import Shared
from tongban.sharing.access import Trace
from tongban.terms import Standing

STAGE_NAMES: dict[Stage, Text] = {
    Stage.SUBMITTED: Text("已提交", "Submitted"),
    Stage.ACCEPTED: Text("已受理", "Accepted"),
    Stage.EXAMINED: Text("审查中", "Examined"),
    Stage.DECIDED: Text("已决定", "Decided"),
    Stage.DELIVERED: Text("已办结", "Delivered"),
}


@dataclass(frozen=True, slots=True)
class TrackStage:
    """One stop on the track. `at` is when it was first reached."""

    stage: Stage
    name: Text
    at: datetime | None
    mark: Literal["done", "now", "to-come"]


@dataclass(frozen=True, slots=True)
class TermView:
    """One clock of the case. `due` is the earlier of promise and law; None while it stands still."""

    term: str
    name: Text
    owed_by: Literal["authority", "applicant"]
    statutory: Standing
    promised: Standing | None
    binding: Standing
    open: bool

    @property
    def due(self) -> datetime | None:
        return self.binding.due

    def explain(self) -> Text:
        """Why the binding date is that day, in one sentence."""
        return Text(self.binding.explain("zh"), self.binding.explain("en"))


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact: what the person said, and what a record of the state says about the same."""

    name: str
    fact: Fact
    label: Text
    value: Any
    record: Shared | None
    agrees: bool | None
    """Whether claim and record say the same; None when there is only one of them."""
    dispute: Dispute | None = None
    """The applicant says that the record is wrong."""


@dataclass(frozen=True, slots=True)
class MaterialView:
    """A material and how it stands. `replaced`: a record of the state stands for it (免交)."""

    slug: str
    material: Material
    label: Text
    status: Literal["present", "replaced", "missing", "optional"]
    files: tuple[Attachment, ...]
    earlier: tuple[Attachment, ...]
    record: Shared | None
    asked: bool


@dataclass(frozen=True)
class CaseView:
    """A case for one reader at one moment."""

    loaded: Case
    reader: Actor
    inside: bool
    """Whether the reader is staff: sees what officials write for one another."""
    now: datetime
    grant: GrantFor
    trace: Trace | None
    """The row in 谁用过我的数据 by which it is read; None only for the applicant themselves."""
    certificates: tuple[StoredCertificate, ...] = ()
    colleagues: tuple[Colleague, ...] = ()
    """Whom an act of this case may name; empty where none names anybody."""
    receivers: tuple[Custody, ...] = ()
    """The bodies that it could be handed on to, for a reader who may hand it on."""

    def __post_init__(self) -> None:
        applicant = self.loaded.state.case.applicant.id
        alone = self.reader.kind == "person" and self.reader.id == applicant and not self.reader.on_behalf_of
        if not alone and (self.trace is None or not self.trace.covers(applicant)):
            raise ValueError("a case of somebody else's is not viewed without the trace of its opening")

    @property
    def state(self) -> CaseState:
        return self.loaded.state

    @property
    def definition(self) -> Definition:
        return self.loaded.definition

    @property
    def opening(self) -> Opening:
        return self.state.case

    @property
    def office(self) -> Office:
        """The body that owes the answer now."""
        return self.state.office

    @property
    def case(self) -> str:
        return self.opening.case

    @property
    def version(self) -> int:
        return self.state.version

    @property
    def spec(self) -> State:
        """The state as the procedure file has it."""
        return self.definition.procedure.states[self.state.state]

    @property
    def state_name(self) -> Text:
        gone = self.state.elsewhere
        return gone.stands if gone else self.spec.name

    @property
    def service_name(self) -> Text:
        return Text(*(words(self.definition.service.name, lang) for lang in LANGS))

    @property
    def ended(self) -> bool:
        gone = self.state.elsewhere
        return gone.ended if gone else self.spec.end is not None

    @cached_property
    def track(self) -> tuple[TrackStage, ...]:
        """The five stops, with their days."""
        reached: dict[Stage, datetime] = {}
        state = ""
        for event in self.loaded.events:
            state = event.to if event.to in self.definition.procedure.states else state
            if state:
                reached.setdefault(self.definition.procedure.states[state].stage, event.at)
        gone = self.state.elsewhere
        stage = Stage(gone.progress.stage) if gone and gone.progress else self.spec.stage
        here = list(Stage).index(stage)
        return tuple(
            TrackStage(
                stage,
                STAGE_NAMES[stage],
                reached.get(stage) if n <= here else None,
                "to-come" if n > here else "now" if n == here and not self.ended else "done",
            )
            for n, stage in enumerate(Stage)
        )

    @cached_property
    def _running(self) -> tuple[clocks.Running, ...]:
        return clocks.running(self.definition, self.state, self.now)

    @cached_property
    def terms(self) -> tuple[TermView, ...]:
        """Every clock that was started, in the order they were."""
        return tuple(_term_view(running) for running in self._running)

    @cached_property
    def due(self) -> TermView | None:
        """The clock that matters now."""
        running = None if self.ended or self.state.elsewhere else clocks.matters(self._running)
        return _term_view(running) if running else None

    @property
    def latest(self) -> Text | None:
        """The latest date, in words."""
        moment = self.due.due if self.due else None
        return day_words(self.definition.local(moment)) if moment else None

    @cached_property
    def judged(self) -> Judged:
        return Judged(self.definition, self.state)

    @property
    def assessment(self) -> Assessment:
        """What the rules say, with the row that matched and why the others did not."""
        return self.judged.assessment

    @cached_property
    def facts(self) -> tuple[FactView, ...]:
        """Every fact that was said or recorded, in the order of the file."""
        return tuple(self._facts())

    def _facts(self) -> Iterator[FactView]:
        for name, fact in self.definition.service.facts.items():
            said, record = self.state.facts.get(name), self.state.record_of(name)
            disputed = self.state.disputes.get(name)
            if said is None and record is None:
                continue
            agrees = None if said is None or record is None else str(said) == str(record.value)
            value = record.value if said is None and record and not disputed else said
            yield FactView(name, fact, self.definition.label(name), value, record, agrees, disputed)

    @cached_property
    def materials(self) -> tuple[MaterialView, ...]:
        """Every material that applies or was filed, in the order of the file."""
        return tuple(self._materials())

    def _materials(self) -> Iterator[MaterialView]:
        needed = {one.slug for one in self.judged.variant.materials}
        missing = set(self.judged.missing)
        for slug, material in self.definition.service.materials.items():
            files, record = self.state.documents.get(slug, ()), self.state.records.get(slug)
            if slug not in needed and not files:
                continue
            status: Literal["present", "replaced", "missing", "optional"] = (
                "present" if files else "replaced" if record else "missing" if slug in missing else "optional"
            )
            yield MaterialView(
                slug,
                material,
                self.definition.label(slug),
                status,
                files,
                self.state.replaced.get(slug, ()),
                record,
                slug in self.state.asked,
            )

    @cached_property
    def account(self) -> tuple[Line, ...]:
        """What happened, in plain words."""
        return account(self.definition, self.loaded.events, inside=self.inside)

    @cached_property
    def whose(self) -> Whose:
        """Who answers now, why, and through whose hands it went."""
        return whose(self.definition, self.state, self.now)

    @property
    def letters(self) -> tuple[tuple[datetime, Letter], ...]:
        """The letters that still stand, oldest first."""
        return tuple((line.at, line.letter) for line in self.account if line.letter and not line.undone)

    @cached_property
    def possible(self) -> tuple[PossibleAct, ...]:
        """What this reader may do now."""
        return possible(self.definition, self.state, self.reader, self.grant, self.now, self.receivers)

    def act(self, name: str) -> Act | None:
        """An act this reader may do now."""
        return next((one.spec for one in self.possible if one.act == name), None)

    def as_json(self) -> dict[str, Any]:
        """The case for programs: everything this reader may see."""
        return {
            "case": self.case,
            "region": self.opening.region,
            "version": self.version,
            "service": {"service": self.opening.service, "version": self.state.service_version}
            | _both("name", self.service_name),
            "applicant": {"id": self.opening.applicant.id, "name": self.opening.applicant.name},
            "body": {"id": self.office.id} | _both("name", self.office.name),
            "whose": self.whose,
            "state": {"state": self.state.state, "stage": self.spec.stage, "end": self.spec.end}
            | _both("name", self.state_name),
            "track": [
                {"stage": one.stage, "mark": one.mark, "at": one.at} | _both("name", one.name) for one in self.track
            ],
            "due": self.due.due if self.due else None,
            "terms": [
                {
                    "term": term.term,
                    "open": term.open,
                    "statutory": term.statutory.due,
                    "promised": term.promised.due if term.promised else None,
                    "explanation": term.explain(),
                }
                | _both("name", term.name)
                for term in self.terms
            ],
            "facts": {
                one.name: {"value": one.value, "record": one.record, "agrees": one.agrees, "dispute": one.dispute}
                for one in self.facts
            },
            "materials": {
                one.slug: {"status": one.status, "files": one.files, "asked": one.asked} for one in self.materials
            },
            "possible": [{"act": one.act} | _both("name", one.name) for one in self.possible],
            "account": [
                {"seq": line.seq, "at": line.at, "who": line.who, "what": line.what, "sentence": line.sentence}
                for line in self.account
            ],
            "certificates": [one.record.id for one in self.certificates],
        }

    def export(self) -> dict[str, Any]:
        """One JSON with everything the reader may see: the case for programs, its events, its rules' reasons."""
        plain = self.as_json() | {
            "format": "tongban-case/1",
            "events": self.loaded.events if self.inside else tuple(map(_outward, self.loaded.events)),
            "assessment": self.assessment.as_json(),
            "explanation": self.judged.explained(),
            "certificates": self.certificates,
        }
        return msgspec.to_builtins(plain, str_keys=True)


_TOLD = (
    CUSTODY_EVENTS
    | VISIT_EVENTS
    | {
        Own.UNDONE,
        Own.DELIVERED,
        Own.QUESTIONED,
        Own.ANSWERED,
        Own.RECORDED,
        Own.PART_OPENED,
        Own.PART_ENDED,
    }
)


def _outward(event: Event) -> Event:
    """The event without what officials wrote for one another, as in the account for whoever is not one of them."""
    if event.letter is not None or event.by.kind == "person" or event.type in _TOLD:
        return event
    return msgspec.structs.replace(event, payload={}, documents={})


def _both(key: str, text: Text) -> dict[str, Any]:
    return {key: text}


def _term_view(running: clocks.Running) -> TermView:
    return TermView(
        running.clock.term,
        running.clock.name,
        running.clock.data.owed_by,
        running.statutory,
        running.promised,
        running.binding,
        running.open,
    )
