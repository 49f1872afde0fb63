"""A service as columns: the compiled rules of a service file become a typed program for whole populations.

The program says of each person what `assess` says: outcome, row of each table, amounts, missing facts. What has no
columnar form is refused by name; the service still decides one case at a time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tongban import rules
from tongban.base.i18n import words
from tongban.catalog.answers import stored_fact
from tongban.catalog.compile import (
    Compiled,
    CountsStep,
    FactStep,
    ParameterStep,
    SituationStep,
    Step,
    TableStep,
    gives,
    needs,
)
from tongban.catalog.model import Fact, FactType
from tongban.catalog.strict import Strict
from tongban.catalog.tables import APPLICATION_DATE, COUNTS_ON, SITUATION, Ruling, mentioned
from tongban.rules.columns import ir
from tongban.rules.columns.lower import Scope, lower_strict
from tongban.rules.columns.lower_tables import Reads, lower_table
from tongban.rules.columns.nodes import (
    BOOLEAN,
    TEXT,
    And,
    Compare,
    Comparison,
    Const,
    Entry,
    Expr,
    If,
    IsNull,
    Kind,
    Lookup,
    Not,
    Or,
    Ref,
    Same,
    Scalar,
    Type,
)
from tongban.rules.columns.prune import pruned, used_names, wanted_names
from tongban.rules.columns.refusal import NotColumnar
from tongban.rules.columns.typed import type_of
from tongban.rules.feel.syntax import Connective

FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2199, 12, 31)
"""Days that a column of dates may hold; `parse_fact` refuses earlier ones."""
_LARGEST = 10**13
_SCALES: dict[FactType, int] = {FactType.INTEGER: 0, FactType.MONEY: 2, FactType.NUMBER: 4}
_DAYS = Type(Kind.DATE, FIRST_DAY.toordinal(), LAST_DAY.toordinal())


def type_of_fact(fact: Fact) -> Type:
    """The column that holds a fact. Money is in cents; a number has four decimals; a fact without bounds is held up
    to 10 to the power of 13 units of its scale. A value beyond that is for a case, not for columns."""
    match fact.type:
        case FactType.INTEGER | FactType.MONEY | FactType.NUMBER:
            scale = _SCALES[fact.type]
            low = -_LARGEST if fact.min is None else int(Decimal(str(fact.min)).scaleb(scale))
            high = _LARGEST if fact.max is None else int(Decimal(str(fact.max)).scaleb(scale))
            return Type(Kind.NUMBER, low, high, scale)
        case FactType.BOOLEAN:
            return BOOLEAN
        case FactType.DATE:
            return _DAYS
        case FactType.ENUM:
            values = tuple(choice.value for choice in fact.choices)
            return Type(Kind.CODE, 0, len(values) - 1, values=values)
        case _:
            return TEXT


def encode(fact: Fact, stored: object) -> Scalar:
    """A fact's value as a column holds it; None if unknown. Raises ValueError if the column cannot hold it."""
    value = stored_fact(fact, stored)
    of = type_of_fact(fact)
    match value:
        case None | bool():
            return value
        case Decimal() | int():
            scaled = Decimal(value).scaleb(of.scale)
            if scaled != scaled.to_integral_value() or not (of.low or 0) <= scaled <= (of.high or 0):
                raise ValueError(f"{value} is outside of what a column holds")
            return int(scaled)
        case date():
            if not FIRST_DAY <= value <= LAST_DAY:
                raise ValueError(f"{value} is outside of what a column holds")
            return value.toordinal()
        case str():
            if of.kind is Kind.TEXT:
                return value
            return of.values.index(value) if value in of.values else -1


@dataclass(frozen=True, slots=True)
class Columnar:
    """A service as columns: the program, or None with what stands in the way."""

    program: ir.Program | None
    refusals: tuple[NotColumnar, ...]


def columnar(compiled: Compiled) -> Columnar:
    """The typed program of a service. Refusals of parts that no outcome depends on are listed beside the program."""
    return _Work(compiled).columnar()


class _Work:
    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.service = compiled.service
        self.types: dict[str, Type] = {APPLICATION_DATE: _DAYS}
        self.void: set[str] = set()
        self.asked: dict[str, Type] = {}
        self.broken: set[str] = set()
        self.refusals: list[NotColumnar] = []

    def columnar(self) -> Columnar:
        first = self.steps(self.compiled.first)
        verdict = self.verdict()
        later = self.steps(self.compiled.later)
        wanted = {name for step in self.compiled.first if isinstance(step, TableStep) for name in gives(step)}
        amounts = tuple(o.name for table in self.service.amounts.values() for o in table.outputs)
        if verdict is None or self.broken & wanted.union(amounts):
            return Columnar(None, tuple(self.refusals))
        steps = tuple(first), verdict, tuple(later)
        whole = ir.Program(self.service.service, self.compiled.digest, (), *steps, amounts)
        fields = self.inputs(used_names(whole.steps, wanted_names(whole)))
        return Columnar(pruned(replace(whole, inputs=fields)), tuple(self.refusals))

    def inputs(self, used: frozenset[str]) -> tuple[ir.Field, ...]:
        fields = [ir.Field(APPLICATION_DATE, _DAYS, None)] if APPLICATION_DATE in used else []
        asked = [name for name in self.service.facts if name in self.asked and {name, ir.raw(name)} & used]
        for bit, name in enumerate(asked):
            conditional = bool(self.service.facts[name].when)
            fields.append(ir.Field(ir.raw(name) if conditional else name, self.asked[name], bit))
        return tuple(fields)

    # --- steps -------------------------------------------------------------------------------------------

    def steps(self, steps: Iterable[Step]) -> list[ir.Step]:
        found: list[ir.Step] = []
        for step in steps:
            place = gives(step)[0] if not isinstance(step, TableStep) else step.name
            try:
                self.ready(step)
                found += self.step(step)
            except NotColumnar as refusal:
                self.refusals.append(refusal.at(f"{place} {refusal.place}".strip()))
                self.broken.update(gives(step))
        return found

    def ready(self, step: Step) -> None:
        blocked = sorted(self.broken.intersection(needs(step)))
        if blocked:
            said = f"它要用到不能变成列的“{blocked[0]}”", f"it needs '{blocked[0]}', which has no columnar form"
            raise NotColumnar(blocked[0], 0, *said)

    def step(self, step: Step) -> list[ir.Step]:
        match step:
            case FactStep():
                return self.fact(step)
            case SituationStep():
                return self.situation(step)
            case TableStep():
                scales = f"{words(step.source.name, 'zh')}" if step.source.name else step.name
                table = self.table(step.table, scales)
                self.types |= {output.name: output.type for output in table.outputs}
                return [table]
            case CountsStep(chosen=chosen):
                day = Ref(APPLICATION_DATE, _DAYS) if chosen is None else self.strict(chosen)
                self.types[COUNTS_ON] = _type(day, _DAYS)
                waits = (ir.Wait(None, needs(step)),)
                return [ir.Define(COUNTS_ON, day, self.types[COUNTS_ON], None, waits, chosen.text if chosen else "")]
            case ParameterStep():
                return [self.parameter(step)]

    def scope(self) -> Scope:
        return Scope(dict(self.types), frozenset(self.void), frozenset({APPLICATION_DATE}))

    def strict(self, strict: Strict) -> Expr:
        return lower_strict(strict.text, strict.node, self.scope())

    def fact(self, step: FactStep) -> list[ir.Step]:
        name, of = step.name, type_of_fact(step.fact)
        applies = None if step.when is None else self.strict(step.when)
        waits = () if applies is None or step.when is None else (ir.Wait(IsNull(applies), step.when.names),)
        if step.derive is None:
            self.asked[name] = self.types[name] = of
            if applies is None:
                return []
            value: Expr = Ref(ir.raw(name), of)
            waits += (ir.Wait(None, (ir.raw(name),)),)
        else:
            value = self.strict(step.derive)
            of = self.types[name] = _type(value, of)
            waits += (ir.Wait(None, step.derive.names),)
        if applies is not None:
            self.void.add(name)
            value = If(Same(applies, Const(False, BOOLEAN)), Const(None, of), value, of)
        return [ir.Define(name, value, of, applies, waits, step.derive.text if step.derive else "")]

    def situation(self, step: SituationStep) -> list[ir.Step]:
        """One truth for each situation, and the first that holds; unknown as soon as one of them is."""
        found: list[ir.Step] = []
        values = tuple(situation.id for situation, _ in step.choices)
        of = Type(Kind.CODE, 0, len(values) - 1, values=values)
        holds: list[Expr] = []
        waits: list[ir.Wait] = []
        for situation, when in step.choices:
            name = f"{SITUATION} {situation.id}"
            found.append(ir.Define(name, self.strict(when), BOOLEAN, None, (), when.text))
            told = tuple(Not(IsNull(earlier)) for earlier in holds)
            holds.append(Ref(name, BOOLEAN))
            condition = And((IsNull(holds[-1]), *told)) if told else IsNull(holds[-1])
            waits.append(ir.Wait(condition, when.names))
        value: Expr = Const(None, of)
        for code, one in reversed(list(enumerate(holds))):
            value = If(one, Const(code, of), If(IsNull(one), Const(None, of), value, of), of)
        self.types[SITUATION] = of
        self.void.add(SITUATION)
        applies = holds[0] if len(holds) == 1 else Or(tuple(holds))
        return [*found, ir.Define(SITUATION, value, of, applies, tuple(waits), SITUATION)]

    def parameter(self, step: ParameterStep) -> ir.Define:
        """A look-up among the days under exactly one law; on the others there is no value."""
        name, category = step.name, step.source.category
        codes = self.types[category].values if category else ()
        entries: list[tuple[int | None, rules.Span, object]] = []
        for span, period in step.parameter.in_force():
            by_category: dict[str | None, object] = {None: period.value}
            if period.categories is not None:
                by_category = {**period.categories}
            known = [(key, value) for key, value in by_category.items() if key is None or key in codes]
            entries += [(None if key is None else codes.index(key), span, value) for key, value in known]
        of = _type_of_values(step.source.type, [value for _, _, value in entries])
        self.types[name] = of
        day = Ref(COUNTS_ON, self.types[COUNTS_ON])
        key = Ref(category, self.types[category]) if category else None
        made = tuple(
            Entry(code, span.since.toordinal(), span.until.toordinal() if span.until else None, _coded(value, of))
            for code, span, value in entries
        )
        return ir.Define(name, Lookup(name, key, day, made, of), of, None, (ir.Wait(None, needs(step)),), name)

    def table(self, ruling: Ruling, title: str) -> ir.Decide:
        computed = dict(ruling.columns)
        columns: list[ir.Column] = []
        for head in ruling.table.inputs:
            strict = computed.get(head.expression)
            if strict is None:
                of = self.types[head.expression]
                columns.append(ir.Column(Ref(head.expression, of), of, head.title))
                continue
            if isinstance(strict.node, Connective):
                said = "由 and、or 连成的列请写成一个事实", "make a column joined by and, or a fact of its own"
                raise NotColumnar(strict.text, 0, *said)
            value = self.strict(strict)
            columns.append(ir.Column(value, _type(value), strict.text))
        reads = [
            [self.reads(names, cell) for names, cell in zip(row, cells, strict=True)]
            for row, cells in zip(ruling.reads, ruling.table.cells, strict=True)
        ]
        return lower_table(ruling.table, title, columns, reads, self.scope())

    def reads(self, names: frozenset[str], cell: rules.Cell) -> Reads:
        """A row may say itself what an optional question left blank means: then blank does not open it."""
        waits = tuple(sorted(names - {APPLICATION_DATE}))
        blank = "null" in mentioned(cell.text)
        return Reads(tuple(n for n in waits if not (blank and n in self.compiled.optional)), waits)

    def verdict(self) -> ir.Verdict | None:
        try:
            blocked = sorted(self.broken.intersection(self.compiled.eligible.names))
            if blocked:
                said = f"它要用到不能变成列的“{blocked[0]}”", f"it needs '{blocked[0]}', which has no columnar form"
                raise NotColumnar(blocked[0], 0, *said)
            table = self.table(self.compiled.eligible, "eligible")
        except NotColumnar as refusal:
            self.refusals.append(refusal.at(f"eligible {refusal.place}".strip()))
            return None
        at_once = [s.id for s in self.service.situations if s.outcome == "not-needed"]
        if at_once and SITUATION in self.broken:
            return None
        outcomes = tuple(verdict.outcome for verdict in self.compiled.verdicts)
        amounts = tuple(o.name for one in self.service.amounts.values() for o in one.outputs)
        return ir.Verdict(self.not_needed(at_once), table, outcomes, amounts)

    def not_needed(self, ids: Sequence[str]) -> Expr | None:
        if not ids:
            return None
        of = self.types[SITUATION]
        tests = [Compare(Comparison.EQUAL, Ref(SITUATION, of), Const(of.values.index(i), of)) for i in ids]
        return tests[0] if len(tests) == 1 else Or(tuple(tests))


def _type_of_values(kind: str, values: Sequence[object]) -> Type:
    """The column that holds the values of a parameter: numbers with as many decimals as they have."""
    match kind:
        case "boolean":
            return BOOLEAN
        case "date":
            return _DAYS
        case "text":
            texts = tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
            return Type(Kind.CODE, 0, len(texts) - 1, values=texts)
        case _:
            numbers = [value for value in values if isinstance(value, Decimal)]
            least = _SCALES.get(FactType(kind), 0)
            scale = max([least, *(-int(n.normalize().as_tuple().exponent) for n in numbers)])
            scaled = [int(n.scaleb(scale)) for n in numbers] or [0]
            return Type(Kind.NUMBER, min(scaled), max(scaled), scale)


def _coded(value: object, of: Type) -> Scalar:
    match value:
        case bool():
            return value
        case Decimal():
            return int(value.scaleb(of.scale))
        case str():
            return of.values.index(value)
        case _:
            day = rules.to_python(value)
            return day.toordinal() if isinstance(day, date) else None


def _type(expr: Expr, declared: Type | None = None) -> Type:
    of = type_of(expr)
    if declared is not None and of.kind is not declared.kind and declared.kind is not Kind.CODE:
        said = f"算出的是 {of.kind}，写明的是 {declared.kind}", f"it gives a {of.kind}, declared is a {declared.kind}"
        raise NotColumnar(str(of.kind), 0, *said)
    return of
