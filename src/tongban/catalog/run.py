"""Running a compiled service over what is known: values, and for each unknown value the facts that it waits for.

An unknown fact is never zero and never false. What depends on it is unknown too, until the rules prove that it does
not matter.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_never

from tongban import rules
from tongban.catalog.answers import stored_fact
from tongban.catalog.compile import (
    Compiled,
    CountsStep,
    FactStep,
    ParameterStep,
    SituationStep,
    Step,
    TableStep,
    needs,
)
from tongban.catalog.model import FactType, Service, Situation
from tongban.catalog.parameters import Applied
from tongban.catalog.tables import APPLICATION_DATE, COUNTS_ON, SITUATION, Ruling, both, mentioned


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision with the asked facts that keep rows of it open, and whether they could change it."""

    decision: rules.Decision
    missing: frozenset[str]
    settled: bool


class Run:
    """One run of the steps of a service. Made anew for each question asked of it; holds no state between them.

    values     every name that is known or was tried; None is unknown
    waits_for  for a name that is unknown, the asked facts that would make it known
    settled    whether every table so far gave an answer that no unknown fact could change
    applies    whether a fact applies at all (its `when`): true, false, or None while that is unknown
    applied    the parameters that were looked up, by name
    """

    def __init__(self, compiled: Compiled, facts: Mapping[str, Any], application_date: date) -> None:
        self.compiled = compiled
        self.given = facts
        self.values: dict[str, Any] = {APPLICATION_DATE: application_date}
        self.waits_for: dict[str, frozenset[str]] = {}
        self.applies: dict[str, bool | None] = {}
        self.applied: dict[str, Applied] = {}
        self.situation: Situation | None = None
        self.decisions: list[rules.Decision] = []
        self.outputs: dict[str, Any] = {}
        self.settled = True
        for step in compiled.first:
            self._step(step)

    def is_of(self, service: Service, facts: Mapping[str, Any], application_date: date) -> bool:
        """Whether this is what running `service` over these facts on this day would come to."""
        same = self.compiled.service is service and self.values[APPLICATION_DATE] == application_date
        return same and self.given == facts

    def later(self) -> None:
        """Runs the steps that wait for a favourable outcome."""
        for step in self.compiled.later:
            self._step(step)

    def unknown_of(self, names: Iterable[str]) -> frozenset[str]:
        """The asked facts that must become known before all of `names` are."""
        found: set[str] = set()
        for name in names:
            if self.values.get(name) is None:
                found |= self.waits_for.get(name, frozenset())
        return frozenset(found)

    def judge(self, ruling: Ruling) -> Judged:
        """A table decided over the values so far; the decision joins the trace."""
        values = self.values
        if ruling.columns:
            values = values | {name: column.evaluate(values, self.waits_for) for name, column in ruling.columns}
        decision = ruling.table.decide(values)
        self.decisions.append(decision)
        if decision.status is rules.Status.DECIDED and not decision.causes and None not in decision.facts:
            return Judged(decision, frozenset(), True)
        open_rows = dict(self._open_rows(ruling, decision))
        missing = self.unknown_of(frozenset[str]().union(*open_rows.values()))
        first = ruling.table.hit is rules.HitPolicy.FIRST and bool(decision.matched)
        settled = min(open_rows) > decision.matched[0] if first and open_rows else not open_rows
        return Judged(decision, missing, settled)

    def _open_rows(self, ruling: Ruling, decision: rules.Decision) -> Iterator[tuple[int, frozenset[str]]]:
        """The rows (from 1) that what is known neither matches nor excludes, and the names that each waits for."""
        for row, reads in enumerate(ruling.reads, start=1):
            cells = list(zip(ruling.table.check_row(decision, row), ruling.table.cells[row - 1], reads, strict=True))
            waits = frozenset[str]()
            for passed, cell, names in cells:
                unknown = frozenset(name for name in names if name in self.waits_for)
                if unknown and unknown <= self.compiled.optional and "null" in mentioned(cell.text):
                    unknown = frozenset[str]()  # the row says itself what an optional question left blank means
                if passed is False and not unknown:
                    break
                if passed is None or (unknown and not cell.anything):
                    waits |= names
            else:
                if waits:
                    yield row, waits

    def _step(self, step: Step) -> None:
        match step:
            case FactStep():
                self._fact(step)
            case TableStep():
                self._table(step)
            case SituationStep():
                self._situation(step)
            case CountsStep():
                self._counts(step)
            case ParameterStep():
                self._parameter(step)
            case _:
                assert_never(step)

    def _fact(self, step: FactStep) -> None:
        name, fact = step.name, step.fact
        applies = True if step.when is None else step.when.holds(self.values, self.waits_for)
        self.applies[name] = applies
        if applies is False:
            self.values[name] = None
            return
        if step.derive is not None:
            value = plain(step.derive.evaluate(self.values, self.waits_for), whole=fact.type is FactType.INTEGER)
            waits = self.unknown_of(step.derive.names)
        else:
            value = stored_fact(fact, self.given.get(name))
            waits = frozenset({name})
        if applies is None and value is None and step.when is not None:
            waits = self.unknown_of(step.when.names) or waits
        self.values[name] = value
        if value is None:
            self.waits_for[name] = waits

    def _table(self, step: TableStep) -> None:
        judged = self.judge(step.table)
        self.settled = self.settled and judged.settled and judged.decision.status is rules.Status.DECIDED
        for output in step.source.outputs:
            value = _output(judged.decision, output.name, output.type == "integer") if judged.settled else None
            self.values[output.name] = self.outputs[output.name] = value
            if value is None:
                self.waits_for[output.name] = judged.missing

    def _situation(self, step: SituationStep) -> None:
        for situation, when in step.choices:
            holds = when.holds(self.values, self.waits_for)
            if holds:
                self.situation = situation
                self.values[SITUATION] = situation.id
                return
            if holds is None:
                self.waits_for[SITUATION] = self.unknown_of(when.names)
                break
        self.values[SITUATION] = None

    def _counts(self, step: CountsStep) -> None:
        """The day whose law counts; what is no day counts as unknown."""
        name = APPLICATION_DATE
        day = self.values[name] if step.chosen is None else plain(step.chosen.evaluate(self.values, self.waits_for))
        if isinstance(day, datetime) or not isinstance(day, date):
            day = None
            self.waits_for[COUNTS_ON] = self.unknown_of(needs(step))
        self.values[COUNTS_ON] = day

    def _parameter(self, step: ParameterStep) -> None:
        name, source = step.name, step.source
        day, category = self.values[COUNTS_ON], self.values.get(source.category)
        value = None
        if day is not None and source.category not in self.waits_for:
            found = step.parameter.lookup(day, category)
            if isinstance(found, rules.Found):
                value = plain(found.value, whole=source.type == "integer")
            self.applied[name] = Applied(name, both(source.name), source.unit, day, category, found, value)
        self.values[name] = value
        if value is None:
            self.waits_for[name] = self.unknown_of(needs(step))


def _output(decision: rules.Decision, name: str, whole: bool) -> Any:
    match decision.outputs:
        case dict() as outputs:
            return plain(outputs.get(name), whole=whole)
        case list() as rows:
            return [plain(row.get(name), whole=whole) for row in rows]
        case None:
            return None


def plain(value: Any, *, whole: bool = False) -> Any:
    """A FEEL value as plain Python: dates as `datetime` has them, a whole number as int where one is meant."""
    if isinstance(value, Decimal) and whole and value == value.to_integral_value():
        return int(value)
    return rules.to_python(value)
