"""The rules of one item as a decision model (DMN 1.5), for any tool that reads the standard.

Facts that are asked are input data; derived facts, the situation and the tables are decisions; each law is a knowledge
source, and the authority of the decisions that cite it; each row carries its law as an annotation.

A service file and DMN differ in one thing: here a fact that nobody knows never passes a negated test, while in DMN
null is a value like any other. Negated cells are therefore written with `? != null and …`, so that both decide alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tongban import rules
from tongban.catalog.acts import cite
from tongban.catalog.compile import (
    Compiled,
    CountsStep,
    FactStep,
    ParameterStep,
    SituationStep,
    Step,
    TableStep,
    compile_service,
    needs,
)
from tongban.catalog.model import Fact, Law, Output, Service, Table, Words
from tongban.catalog.parameters import as_table
from tongban.catalog.tables import (
    APPLICATION_DATE,
    COUNTS_ON,
    HITS,
    OUTPUT_TYPES,
    RULED_OUTCOMES,
    SITUATION,
    Names,
    RowRead,
    both,
    read_row,
    read_verdict,
)
from tongban.rules.dmn import model
from tongban.rules.dmn.model import At, Feel, Reference
from tongban.rules.dmn.write import write_model
from tongban.rules.feel.syntax import Compare, Op
from tongban.rules.tables.hit import LISTED

VOCABULARY = "urn:tongban:service-file"
"""The namespace of what DMN has no place for: names in two languages, units, which part of the file a table is of."""
ELIGIBLE = "eligible"
OUTCOME = "outcome"
NOTES = ("law", "note")
VERDICT_NOTES = ("law", "note", "zh", "en")
"""The annotation columns of tables, and of the eligibility table, which also says what each row tells the person."""

_AT = At("", "", 0)


def decision_model(service: Service) -> bytes:
    """The rules of `service` as a DMN 1.5 file. Raises Refused if the service does not compile."""
    return write_model(_Export(compile_service(service)).definitions())


def guarded(cell: str, names: Iterable[str]) -> str:
    """A cell that means the same in DMN, where null passes `not("a")` and `!= "a"`."""
    tree = rules.compile_cell(cell, names).tree
    unequal = any(isinstance(test, Compare) and test.op is Op.UNEQUAL for test in tree.tests)
    if not tree.negated and not unequal:
        return cell
    inner = cell.strip()
    if tree.negated:
        inner = inner.removeprefix("not").strip()[1:-1].strip()
    return f"? != null and not(? in ({inner}))" if tree.negated else f"? != null and ? in ({inner})"


class _Export:
    """One service on its way to a model."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._service = compiled.service
        self._names = Names.of(self._service)
        self._space = f"urn:tongban:service:{self._service.service}:{self._service.version}"
        self._laws = {law.id for law in self._service.law}
        self._asked = {name for name, fact in self._service.facts.items() if not fact.derive}

    def definitions(self) -> model.Definitions:
        service = self._service
        return model.Definitions(
            version=model.Version.DMN_1_5,
            id=f"service.{service.service}",
            name=service.service,
            namespace=self._space,
            description=both(service.summary).zh,
            language="",
            imports=(),
            items=tuple(self._items()),
            inputs=tuple(self._inputs()),
            decisions=tuple(self._decisions()),
            knowledge=(),
            services=(),
            sources=tuple(_source(law) for law in service.law),
            extensions=(_named("name", service.name),),
            hash="",
            at=_AT,
        )

    # --- types and input ---------------------------------------------------------------------------------

    def _items(self) -> Iterable[model.ItemDefinition]:
        for name in self._asked:
            if (tests := _allowed(self._service.facts[name])) is not None:
                allowed = Feel(tests, _AT)
                yield model.ItemDefinition(
                    f"t_{name}", self._names.types[name], (), None, False, allowed, None, _AT
                )  # fmt: skip

    def _inputs(self) -> Iterable[model.InputData]:
        yield self._input(APPLICATION_DATE, "date", "")
        for name, fact in self._service.facts.items():
            if name in self._asked:
                kind = f"t_{name}" if _allowed(fact) is not None else self._names.types[name]
                yield self._input(name, kind, both(fact.name).zh)

    def _input(self, name: str, kind: str, description: str) -> model.InputData:
        return model.InputData(_input_id(name), name, model.Variable(name, kind, _AT), description, _AT)

    # --- decisions ---------------------------------------------------------------------------------------

    def _decisions(self) -> Iterable[model.Decision]:
        for step in self._compiled.first:
            yield from self._step(step)
        yield self._eligible()
        for step in self._compiled.later:
            yield from self._step(step)

    def _step(self, step: Step) -> Iterable[model.Decision]:
        match step:
            case FactStep(name=name, fact=fact, derive=derive) if derive is not None:
                text = f"if {fact.when} then {derive.text} else null" if fact.when else derive.text
                extensions = (_named("fact", fact.name),)
                yield self._decision(f"facts.{name}", name, _literal(text), needs(step), [fact.law], extensions)
            case FactStep():
                pass
            case SituationStep(choices=choices):
                text = "null"
                for situation, when in reversed(choices):
                    text = f"if {when.text} then {rules.feel_text(situation.id)} else {text}"
                laws = [situation.law for situation, _ in choices]
                yield self._decision("situations", SITUATION, _literal(text), needs(step), laws)
            case TableStep(name=slug, source=table):
                yield from self._table(slug, table, needs(step))
            case CountsStep(chosen=chosen):
                text = APPLICATION_DATE if chosen is None else chosen.text
                yield self._decision(COUNTS_ON, COUNTS_ON, _literal(text), needs(step), ())
            case ParameterStep(name=name, source=source):
                yield from self._table(name, as_table(name, source), needs(step))

    def _table(self, slug: str, table: Table, read: Sequence[str]) -> Iterable[model.Decision]:
        """A table with one output is the decision called like the output; with several it is a context, and each
        output a decision that takes its part, since others use outputs by their own names."""
        parts: tuple[tuple[str, Mapping[str, object]], ...] = (
            ("parameters", self._service.parameters),
            ("amounts", self._service.amounts),
        )
        ident = f"{next((part for part, named in parts if slug in named), 'tables')}.{slug}"
        rows = [read_row(row, len(table.inputs), len(table.outputs)) for row in table.rows]
        outputs = tuple(self._output(output) for output in table.outputs)
        lines = tuple(self._rule(row, list(map(_result, row.outputs, table.outputs))) for row in rows)
        box = self._box(table, outputs, lines, NOTES)
        laws = [row.law for row in rows]
        extensions = (_named("table", table.name),)
        if len(table.outputs) == 1:
            yield self._decision(ident, table.outputs[0].name, box, read, laws, extensions)
            return
        name = _whole(slug)
        yield self._decision(ident, name, box, read, laws, extensions)
        for output in table.outputs:
            yield self._decision(f"{ident}.{output.name}", output.name, _literal(f"{name}.{output.name}"), (name,), ())

    def _eligible(self) -> model.Decision:
        table = self._service.eligible
        rows = [read_row(row, len(table.inputs), 1) for row in table.rows]
        verdicts = [read_verdict(row.outputs[0]) for row in rows]
        lines = tuple(
            self._rule(row, [rules.feel_text(verdict.outcome)], (verdict.message.zh, verdict.message.en))
            for row, verdict in zip(rows, verdicts, strict=True)
            if verdict is not None
        )
        values = ", ".join(map(rules.feel_text, RULED_OUTCOMES))
        output = model.OutputClause(OUTCOME, "", "string", Feel(values, _AT), None, (), _AT)
        box = self._box(table, (output,), lines, VERDICT_NOTES)
        read, laws = self._compiled.eligible.names, [row.law for row in rows]
        return self._decision(ELIGIBLE, ELIGIBLE, box, read, laws, (_named("table", table.name),))

    def _box(
        self,
        table: Table,
        outputs: tuple[model.OutputClause, ...],
        lines: tuple[model.Rule, ...],
        notes: tuple[str, ...],
    ) -> model.DecisionTable:
        columns = tuple(
            model.InputClause(Feel(text, _AT), self._label(text), self._names.types.get(text), None, _AT)
            for text in map(str.strip, table.inputs)
        )
        return model.DecisionTable(HITS[table.hit], columns, outputs, notes, lines, None, _AT)

    def _rule(self, row: RowRead, outputs: Sequence[str], more: tuple[str, ...] = ()) -> model.Rule:
        cells = tuple(Feel(guarded(rules.cell_text(cell), self._names.types), _AT) for cell in row.cells)
        return model.Rule(cells, tuple(Feel(text, _AT) for text in outputs), (row.law, row.note, *more), "", _AT)

    def _label(self, text: str) -> str:
        fact = self._service.facts.get(text)
        return "" if fact is None else both(fact.name).zh

    def _output(self, output: Output) -> model.OutputClause:
        values = ", ".join(rules.feel_text(rules.to_feel(value)) for value in output.values)
        label = both(output.label)
        about = (("type", output.type), ("unit", output.unit), ("zh", label.zh), ("en", label.en))
        extension = model.Extension(VOCABULARY, "output", tuple(one for one in about if one[1]), "", ())
        allowed = Feel(values, _AT) if values else None
        return model.OutputClause(output.name, label.zh, OUTPUT_TYPES[output.type], allowed, None, (extension,), _AT)

    def _decision(
        self,
        ident: str,
        name: str,
        box: model.Expression,
        read: Iterable[str],
        laws: Iterable[str],
        extensions: tuple[model.Extension, ...] = (),
    ) -> model.Decision:
        used = list(dict.fromkeys(read))
        inputs = [one for one in used if one == APPLICATION_DATE or one in self._asked]
        decisions = [one for one in used if one not in inputs]
        cited = [law for law in dict.fromkeys(laws) if law in self._laws]
        return model.Decision(
            id=ident,
            name=name,
            variable=model.Variable(name, self._type(name, box), _AT),
            question="",
            allowed_answers="",
            description="",
            required_inputs=tuple(self._to(_input_id(one)) for one in inputs),
            required_decisions=tuple(self._to(self._decision_id(one)) for one in decisions),
            required_knowledge=(),
            authorities=tuple(self._to(f"law.{law}") for law in cited),
            expression=box,
            extensions=extensions,
            at=_AT,
        )

    def _type(self, name: str, box: model.Expression) -> str | None:
        """The type of a decision; that of a list or a context is left open."""
        several = isinstance(box, model.DecisionTable) and (box.hit in LISTED or len(box.outputs) > 1)
        kind = self._names.types.get(name)
        return None if several or kind == "list" else kind

    def _decision_id(self, name: str) -> str:
        if name == SITUATION:
            return "situations"
        if name == COUNTS_ON:
            return COUNTS_ON
        for part, named in (("facts", self._service.facts), ("parameters", self._service.parameters)):
            if name in named:
                return f"{part}.{name}"
        for part, tables in (("tables", self._service.tables), ("amounts", self._service.amounts)):
            for slug, table in tables.items():
                if name == _whole(slug):
                    return f"{part}.{slug}"
                if any(output.name == name for output in table.outputs):
                    return f"{part}.{slug}" if len(table.outputs) == 1 else f"{part}.{slug}.{name}"
        return ELIGIBLE

    def _to(self, ident: str) -> Reference:
        return Reference(self._space, ident, _AT)


def _whole(slug: str) -> str:
    """What the context of all outputs of a table is called."""
    return f"{slug.replace('-', '_')}_table"


def _input_id(name: str) -> str:
    return f"input.{name}"


def _allowed(fact: Fact) -> str | None:
    """The tests that an answer must pass, as the form asks for it."""
    if fact.choices:
        return ", ".join(rules.feel_text(choice.value) for choice in fact.choices)
    low, high = (None if end is None else rules.cell_text(end) for end in (fact.min, fact.max))
    if low is not None and high is not None:
        return f"[{low}..{high}]"
    return f">= {low}" if low is not None else f"<= {high}" if high is not None else None


def _literal(text: str) -> model.LiteralExpression:
    return model.LiteralExpression(Feel(text, _AT), None, None, _AT)


def _result(cell: object, output: Output) -> str:
    """A result cell as FEEL: a text output is its text, other texts are FEEL already."""
    if isinstance(cell, str):
        return rules.feel_text(cell) if output.type == "text" and not cell.startswith('"') else cell
    return rules.feel_text(rules.to_feel(cell))


def _source(law: Law) -> model.KnowledgeSource:
    about: Mapping[str, str] = {"act": law.act, "article": law.article, "no": law.no, "tag": law.tag}
    description = "; ".join(f"{key} {value}" for key, value in about.items() if value)
    return model.KnowledgeSource(f"law.{law.id}", cite(law).zh, "law", "", description, (), _AT)


def _named(kind: str, name: Words) -> model.Extension:
    said = both(name)
    attributes = tuple((lang, text) for lang, text in (("zh", said.zh), ("en", said.en)) if text)
    return model.Extension(VOCABULARY, kind, attributes, "", ())
