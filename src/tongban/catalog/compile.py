"""A service made ready to run: its expressions and tables compiled once, in an order in which each has what it needs.

Facts, tables, parameters and the situation form one graph. A fact needs what its `when` and `derive` read, a table what
its columns and cells read, the situation what the situations' `when` read, a parameter the day that counts and its
category. A graph with a cycle cannot be run and is
refused with the names of the cycle.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from tongban import rules
from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.catalog.dated import Parameter
from tongban.catalog.findings import Path, path_text
from tongban.catalog.model import Competence, Fact, Material, Service, Situation, Table, Together
from tongban.catalog.parameters import build_parameter
from tongban.catalog.strict import Strict
from tongban.catalog.tables import (
    APPLICATION_DATE,
    COUNTS_ON,
    SITUATION,
    Fault,
    Names,
    Ruling,
    Verdict,
    build_eligible,
    build_table,
)


@dataclass(frozen=True, slots=True)
class FactStep:
    """One fact: whether it applies, and how it is derived if it is."""

    name: str
    fact: Fact
    when: Strict | None
    derive: Strict | None


@dataclass(frozen=True, slots=True)
class TableStep:
    """One table of `tables` or `amounts`."""

    name: str
    source: Table
    table: Ruling


@dataclass(frozen=True, slots=True)
class SituationStep:
    """The situations with their conditions, in the order of the file."""

    choices: tuple[tuple[Situation, Strict], ...]


@dataclass(frozen=True, slots=True)
class CountsStep:
    """The front decision: which day's law counts. Without `chosen`, the day of application."""

    chosen: Strict | None


@dataclass(frozen=True, slots=True)
class ParameterStep:
    """One parameter, looked up by the day that counts and its category."""

    name: str
    source: Parameter
    parameter: rules.Parameter


Step = FactStep | TableStep | SituationStep | CountsStep | ParameterStep


@dataclass(frozen=True, slots=True)
class Compiled:
    """A service ready to run.

    first    steps before the eligibility table; `later` those that need the amounts, and the amounts themselves
    digest   SHA-256 of the service's content: two files that say the same compile to the same
    """

    service: Service
    digest: str
    first: tuple[Step, ...]
    later: tuple[Step, ...]
    eligible: Ruling
    verdicts: tuple[Verdict, ...]
    materials: tuple[tuple[str, Material, Strict | None], ...]
    optional: frozenset[str]
    """Facts that may be left blank: a row may say what that means with the cell `null`."""
    competence: tuple[tuple[Competence, Strict | None], ...]
    together: tuple[tuple[Together, Strict | None], ...]


def content_hash(service: Service) -> str:
    """SHA-256 of what the service says, whatever the order of fields or the comments in its file.

    How a person can change a fact (`Fact.changes`) is advice, not law: it decides nothing and is left out.
    """
    facts = {name: msgspec.structs.replace(fact, changes=()) for name, fact in service.facts.items()}
    lawful = msgspec.structs.replace(service, facts=facts)
    return hashlib.sha256(msgspec.json.encode(lawful, order="sorted")).hexdigest()


def compile_service(service: Service) -> Compiled:
    """The service compiled; kept, so that asking again for the same object costs a look-up.

    Raises Refused (422, codes `feel-…`, `eligible-…`, `fact-cycle`) with every fault at once.
    """
    compiled, faults = try_compile(service)
    if compiled is None:
        raise Refused(*(Problem(f.code, f.text, f"{service.service}: {path_text(f.path)}") for f in faults))
    return compiled


def try_compile(service: Service) -> tuple[Compiled | None, tuple[Fault, ...]]:
    """The service compiled, or None with every fault: what the checker uses. Kept like `compile_service`'s."""
    return _by_identity(Same(service))


@dataclass(frozen=True, slots=True, eq=False)
class Same:
    """A service as a key: the same object, not merely an equal one (comparing content would cost more)."""

    service: Service

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.service is other.service

    def __hash__(self) -> int:
        return id(self.service)


@lru_cache(maxsize=4_000)
def _by_identity(key: Same) -> tuple[Compiled | None, tuple[Fault, ...]]:
    service = key.service
    work = _Work(service)
    steps = work.steps()
    eligible, verdicts, faults = build_eligible(service.eligible, work.names)
    work.faults += faults
    materials = tuple(
        (slug, material, work.expression(material.when, ("materials", slug, "when")))
        for slug, material in service.materials.items()
    )
    competence = tuple(
        (row, work.expression(row.when, ("competence", index, "when"))) for index, row in enumerate(service.competence)
    )
    together = tuple(
        (one, work.expression(one.when, ("together", index, "when"))) for index, one in enumerate(service.together)
    )
    for index, special in enumerate(service.special):
        work.expression(special.when, ("special", index, "when"))
    ordered = work.order(steps)
    if eligible is None or work.faults:
        return None, tuple(work.faults)
    first, later = work.stages(ordered)
    optional = frozenset(name for name, fact in service.facts.items() if not fact.required and not fact.derive)
    digest = content_hash(service)
    return Compiled(service, digest, first, later, eligible, verdicts, materials, optional, competence, together), ()


class _Work:
    """Compiling one service: collects the faults on the way."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.names = Names.of(service)
        self.faults: list[Fault] = []
        self._clashes()

    def _clashes(self) -> None:
        """A name must mean one thing."""
        taken = dict.fromkeys((APPLICATION_DATE, SITUATION, *self.service.facts))
        for name in self.service.parameters:
            if name in taken or name == COUNTS_ON:
                self.faults.append(Fault("name-taken", _taken(name), ("parameters", name)))
        taken |= dict.fromkeys(self.service.parameters)
        for part, tables in (("tables", self.service.tables), ("amounts", self.service.amounts)):
            for slug, table in tables.items():
                for index, output in enumerate(table.outputs):
                    if output.name in taken:
                        place = (part, slug, "outputs", index, "name")
                        self.faults.append(Fault("name-taken", _taken(output.name), place))
                    taken[output.name] = None

    def expression(self, text: str, path: Path) -> Strict | None:
        if not text:
            return None
        try:
            return Strict.compile(text, self.names.types)
        except rules.RuleSyntaxError as problem:
            said = Text(problem.zh, problem.en)
            self.faults.append(Fault(f"feel-{problem.code}", said, path, problem.position))
            return None

    def steps(self) -> list[Step]:
        steps: list[Step] = list(self.dated())
        for name, fact in self.service.facts.items():
            when = self.expression(fact.when, ("facts", name, "when"))
            derive = self.expression(fact.derive, ("facts", name, "derive"))
            steps.append(FactStep(name, fact, when, derive))
        choices: list[tuple[Situation, Strict]] = []
        for index, situation in enumerate(self.service.situations):
            when = self.expression(situation.when, ("situations", index, "when"))
            if when is not None:
                choices.append((situation, when))
        if choices:
            steps.append(SituationStep(tuple(choices)))
        for part, tables in (("tables", self.service.tables), ("amounts", self.service.amounts)):
            for slug, source in tables.items():
                if not source.outputs:
                    said = Text("决策表要写明 outputs", "A table must name its outputs")
                    self.faults.append(Fault("no-outputs", said, (part, slug)))
                    continue
                table, faults = build_table(slug, source, self.names, (part, slug))
                self.faults += faults
                if table is not None:
                    steps.append(TableStep(slug, source, table))
        return steps

    def dated(self) -> Iterator[Step]:
        """The parameters, and the day that counts for them."""
        chosen = self.expression(self.service.counts_on, (COUNTS_ON,))
        if self.service.parameters:
            yield CountsStep(chosen)
        for name, source in self.service.parameters.items():
            parameter, faults = build_parameter(name, source, self.names.values)
            self.faults += faults
            if parameter is not None:
                yield ParameterStep(name, source, parameter)

    def order(self, steps: list[Step]) -> list[Step]:
        """Each step after those it needs, otherwise as in the file."""
        giver = {name: step for step in steps for name in gives(step)}
        ordered: dict[int, Step] = {}
        open_names: list[str] = []

        def visit(step: Step) -> None:
            if id(step) in ordered:
                return
            name = gives(step)[0]
            if name in open_names:
                cycle = [*open_names[open_names.index(name) :], name]
                said = Text(
                    f"互相依赖，无法计算：{' → '.join(cycle)}",
                    f"These depend on each other and cannot be computed: {' → '.join(cycle)}",
                )
                self.faults.append(Fault("fact-cycle", said, self._path(step)))
                return
            open_names.append(name)
            for needed in needs(step):
                if needed in giver:
                    visit(giver[needed])
            open_names.pop()
            ordered.setdefault(id(step), step)

        for step in steps:
            visit(step)
        return list(ordered.values())

    def stages(self, ordered: Iterable[Step]) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
        """What can be run before the outcome is known, and what waits for a favourable one."""
        late = {output.name for table in self.service.amounts.values() for output in table.outputs}
        first: list[Step] = []
        later: list[Step] = []
        for step in ordered:
            amount = isinstance(step, TableStep) and step.name in self.service.amounts
            if amount or late.intersection(needs(step)):
                late.update(gives(step))
                later.append(step)
            else:
                first.append(step)
        return tuple(first), tuple(later)

    def _path(self, step: Step) -> Path:
        match step:
            case FactStep(name=name):
                return ("facts", name)
            case TableStep(name=name):
                return ("amounts" if name in self.service.amounts else "tables", name)
            case SituationStep():
                return ("situations",)
            case CountsStep():
                return (COUNTS_ON,)
            case ParameterStep(name=name):
                return ("parameters", name)


def gives(step: Step) -> tuple[str, ...]:
    """The names that a step makes known."""
    match step:
        case FactStep(name=name):
            return (name,)
        case TableStep(source=source):
            return tuple(output.name for output in source.outputs)
        case SituationStep():
            return (SITUATION,)
        case CountsStep():
            return (COUNTS_ON,)
        case ParameterStep(name=name):
            return (name,)


def needs(step: Step) -> tuple[str, ...]:
    """The names that a step reads."""
    match step:
        case FactStep(when=when, derive=derive):
            return (*(when.names if when else ()), *(derive.names if derive else ()))
        case TableStep(table=table):
            return table.names
        case SituationStep(choices=choices):
            return tuple(name for _, when in choices for name in when.names)
        case CountsStep(chosen=chosen):
            return (APPLICATION_DATE,) if chosen is None else chosen.names
        case ParameterStep(source=source):
            return (COUNTS_ON, source.category) if source.category else (COUNTS_ON,)


def _taken(name: str) -> Text:
    return Text(f"名称“{name}”已经用过了，请换一个", f"The name '{name}' is taken; choose another")
