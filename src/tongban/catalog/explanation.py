"""An assessment explained whole, as one value: for JSON, for pages, and as plain sentences in both languages.

It says which row decided and by which law, what counted and from which record, for every other row the first cell
that fails, what unknown facts would have to be for each outcome still open, in which version the rules were read, why
anything came to nothing, and what would change the outcome. Deciding records none of this: it is worked out when
somebody asks.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from tongban import rules
from tongban.base.i18n import Text
from tongban.catalog.acts import cite
from tongban.catalog.assess import Assessment
from tongban.catalog.compile import Compiled, FactStep, TableStep, compile_service
from tongban.catalog.counterfactual import outlook
from tongban.catalog.model import Law, Service
from tongban.catalog.parameters import Applied
from tongban.catalog.reasons import (
    CitedArticle,
    Explanation,
    FigureUsed,
    MissingValue,
    Origin,
    PossibleOutcome,
    Reading,
    RowReason,
    RulesVersion,
    Standing,
    TableReason,
    TableResult,
)
from tongban.catalog.tables import APPLICATION_DATE, SITUATION, Ruling, Verdict, both
from tongban.catalog.wording import RegionName, Wording, amount, joined, no_region, plain_words
from tongban.rules.analysis import Reachable, Unfinished, needed


def explanation(
    found: Assessment,
    records: Mapping[str, Text] | None = None,
    region: RegionName = no_region,
    versions: Iterable[Service] = (),
) -> Explanation:
    """`found` explained.

    records   for each fact that came from a record, what that record is called
    versions  the versions of the service that are known, for days ahead
    """
    return _Explainer(found, records or {}, region).explanation(versions)


class _Explainer:
    def __init__(self, found: Assessment, records: Mapping[str, Text], region: RegionName) -> None:
        self._found = found
        self._service = found.variant.service
        self._compiled: Compiled = compile_service(self._service)
        self._records = records
        self._words = Wording.of(self._service, region)
        self._laws: dict[str, Law] = {law.id: law for law in self._service.law}
        self._derived = {
            step.name: step.derive for step in self._steps if isinstance(step, FactStep) and step.derive is not None
        }
        self._rulings: dict[str, Ruling] = {
            step.name: step.table for step in self._steps if isinstance(step, TableStep)
        } | {"eligible": self._compiled.eligible}
        self._givers = {
            output.name: step.name
            for step in self._steps
            if isinstance(step, TableStep)
            for output in step.source.outputs
        }
        self._decisions = {decision.table.name: decision for decision in found.trace}

    @property
    def _steps(self) -> Iterator[Any]:
        yield from self._compiled.first
        yield from self._compiled.later

    def explanation(self, versions: Iterable[Service]) -> Explanation:
        found, service = self._found, self._service
        version = RulesVersion(
            service.service, service.version, self._compiled.digest, service.valid_from, service.valid_to, found.day
        )
        return Explanation(
            outcome=found.outcome,
            message=found.message,
            fully_determined=found.fully_determined,
            version=version,
            laws=tuple(CitedArticle(law.id, cite(law), law.in_force, law.until) for law in found.laws),
            figures=tuple(self._figure(one) for one in found.parameters),
            counted=tuple(self._reading(name) for name in self._counted()),
            unknown=tuple(self._reading(name) for name in found.unknown),
            tables=tuple(self._table(decision) for decision in found.trace),
            nothing=tuple(self._nothing()),
            outlook=outlook(found, self._words, versions),
        )

    def _figure(self, used: Applied) -> FigureUsed:
        law = self._laws.get(used.law)
        span = used.found.span if isinstance(used.found, rules.Found) else None
        counted = isinstance(used.value, Decimal | int) and not isinstance(used.value, bool)
        words = amount(used.value, used.unit) if counted else plain_words(used.value)
        return FigureUsed(
            name=used.name,
            label=used.label,
            value=_json(used.value),
            words=words,
            day=used.day,
            since=span.since if span else None,
            until=span.until if span else None,
            cite=None if law is None else cite(law),
        )

    # --- what counted -----------------------------------------------------------------------------------------------

    def _reading(self, name: str) -> Reading:
        value = self._found.variant.facts.get(name)
        record = self._records.get(name)
        origin: Origin = "answer" if record is None else "record"
        if name in self._derived:
            origin = "computed"
        elif name in self._givers:
            origin = "table"
        elif name == APPLICATION_DATE:
            origin = "day"
        return Reading(name, self._words.label(name), _json(value), self._words.value(name, value), origin, record)

    def _counted(self) -> tuple[str, ...]:
        """The names that the rows that count asked for, and all that those were made of, in the order of the file."""
        wanted: set[str] = set()
        tables = ["eligible"] if "eligible" in self._decisions else []
        if not tables:
            wanted.add(SITUATION)
        todo = [name for table in tables for name in self._asked_by(table)]
        while todo:
            name = todo.pop()
            if name in wanted:
                continue
            wanted.add(name)
            if (derive := self._derived.get(name)) is not None:
                todo += [one for one in derive.names if one != APPLICATION_DATE]
            if (table := self._givers.get(name)) is not None:
                todo += self._asked_by(table)
        order = (*self._service.facts, *self._givers)
        return tuple(name for name in order if name in wanted and self._found.variant.facts.get(name) is not None)

    def _asked_by(self, table: str) -> list[str]:
        """The names that the rows that count in a table asked for."""
        decision, ruling = self._decisions.get(table), self._rulings[table]
        if decision is None:
            return []
        rows = decision.matched or tuple(range(1, len(ruling.reads) + 1))
        cells = ((row, column) for row in rows for column in range(len(decision.table.inputs)))
        return [
            name
            for row, column in cells
            if not decision.table.cells[row - 1][column].anything
            for name in ruling.reads[row - 1][column]
        ]

    # --- tables -----------------------------------------------------------------------------------------------------

    def _table(self, decision: rules.Decision) -> TableReason:
        table = decision.table
        misses = {miss.row: miss for miss in decision.why_not()}
        return TableReason(
            table=table.name,
            title=self._words.tables.get(table.name, both(table.name)),
            hash=table.hash,
            status=decision.status.value,
            settled=decision.settled,
            inputs=tuple(self._input(head, value) for head, value in zip(table.inputs, decision.inputs, strict=True)),
            results=tuple(self._results(decision)),
            rows=tuple(self._row(decision, row, misses.get(row)) for row in range(1, len(table.rows) + 1)),
            possible=tuple(self._possible(decision)),
        )

    def _input(self, head: rules.Input, value: Any) -> Reading:
        name = head.title
        if name in self._words.facts or name in self._givers:
            return self._reading(name)
        return Reading(name, self._words.label(name), _json(value), self._words.value(name, value), "computed")

    def _results(self, decision: rules.Decision) -> Iterator[TableResult]:
        if decision.table.name == "eligible" or not isinstance(decision.outputs, dict):
            return
        for name, value in decision.outputs.items():
            yield TableResult(name, self._words.label(name), rules.to_json(value), self._words.value(name, value))

    def _row(self, decision: rules.Decision, row: int, miss: rules.RowMiss | None) -> RowReason:
        law = self._laws.get(decision.table.rows[row - 1].law or "")
        says = self._says(decision, row)
        article = None if law is None else law.id, None if law is None else cite(law)
        if miss is None:
            return RowReason(row, "counts", says, *article, "", "", None, Text("符合", "It applies"))
        standing, why = _MISSES[miss.reason]
        said = why
        if miss.cell:
            must, value = self._words.must_be(miss.input, miss.cell), self._words.quoted(miss.input, miss.value)
            said = why.format(must=must, value=value)
        return RowReason(row, standing, says, *article, miss.input, miss.cell, rules.to_json(miss.value), said)

    def _says(self, decision: rules.Decision, row: int) -> Text:
        """What a row comes to, in words."""
        if decision.table.name == "eligible":
            verdict: Verdict = self._compiled.verdicts[row - 1]
            return verdict.message
        outputs = decision.table.row_outputs(decision, row)
        return _named([(self._words.label(name), self._words.value(name, value)) for name, value in outputs.items()])

    def _possible(self, decision: rules.Decision) -> Iterator[PossibleOutcome]:
        """For a decision that an unknown input keeps open, each end that it may still come to."""
        if decision.settled:
            return
        facts = dict(zip(decision.table.names, decision.facts, strict=True))
        try:
            ends = needed(decision.table, facts)
        except Unfinished:
            return
        for end in ends:
            ways = tuple(words for way in end.ways if (words := self._cells(decision, way.cells)) is not None)
            yield PossibleOutcome(end.rows, self._end(decision, end), ways)

    def _end(self, decision: rules.Decision, end: Reachable) -> Text:
        if not end.rows:
            return Text("规则没有规定，由工作人员判断", "the rules do not say; an official decides")
        return self._says(decision, end.rows[0])

    def _cells(self, decision: rules.Decision, cells: Iterable[tuple[int, str]]) -> Text | None:
        inputs = decision.table.inputs
        parts = [self._words.is_(inputs[column].title, cell) for column, cell in cells]
        return joined(parts, Text("，并且", "and")) if parts else None

    # --- nulls ------------------------------------------------------------------------------------------------------

    def _nothing(self) -> Iterator[MissingValue]:
        """Values that came to nothing on the way, with the place in the formula where that happened."""
        known = self._found.variant.facts
        for name, derive in self._derived.items():
            if name in known:
                continue
            waits = [one for one in derive.names if known.get(one) is None]
            if waits:
                why = Text("还不知道{names}", "{names} is not known yet").format(
                    names=joined([self._words.label(one) for one in waits])
                )
                yield MissingValue(name, self._words.label(name), derive.text, 0, len(derive.text), "waits", why)
                continue
            expression = rules.compile_expression(derive.text, derive.names)
            for cause in expression.explain(known)[1]:
                why = Text(cause.zh, cause.en)
                yield MissingValue(
                    name, self._words.label(name), derive.text, cause.start, cause.end, cause.code.value, why
                )
        for decision in self._found.trace:
            title = self._words.tables.get(decision.table.name, both(decision.table.name))
            for cause in decision.causes:
                why = Text(cause.zh, cause.en)
                yield MissingValue(decision.table.name, title, "", cause.start, cause.end, cause.code.value, why)


_MISSES: Mapping[rules.Reason, tuple[Standing, Text]] = {
    rules.Reason.FALSE: (
        "fails",
        Text("{must}，现在是{value}", "{must}, but is {value}"),
    ),
    rules.Reason.UNKNOWN: (
        "open",
        Text("{must}，现在还不知道", "{must}; it is not known yet"),
    ),
    rules.Reason.OUTRANKED: ("outranked", Text("也符合，但排在前面的优先", "It applies too, but another comes first")),
}


def _json(value: Any) -> Any:
    return rules.to_json(rules.to_feel(value))


def _named(pairs: Iterable[tuple[Text, Text]]) -> Text:
    return joined([Text(f"{label.zh} {value.zh}", f"{label.en}: {value.en}") for label, value in pairs])
