"""The days on which what the rules say about the same facts can change, found at their cuts, not day by day.

What the rules say can change with the day only where something computed from the day of application crosses a value
that a table or a condition asks for: an age its 80, a span its six months. Each such expression is followed through
its syntax tree. One that only ever grows (or only ever falls) as days go by crosses a value once, and that day is
found by halving; one that reads the month or the year may change on the first of a month. All that can happen between
two such days is nothing, so only they are put to `assess`, each with its day before. An expression of another kind
cannot be followed: then days may be told, but not that there are no others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import IntFlag
from typing import Any

from tongban import rules
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
from tongban.catalog.run import Run
from tongban.catalog.strict import Strict
from tongban.catalog.tables import APPLICATION_DATE, COUNTS_ON, SITUATION, Ruling
from tongban.rules.analysis import Known, space
from tongban.rules.feel.syntax import (
    Between,
    Binary,
    Call,
    Constant,
    In,
    Name,
    Negate,
    Node,
    Op,
    Path,
    children,
)
from tongban.rules.feel.text import feel_text

_COMPARES = frozenset({Op.LESS, Op.AT_MOST, Op.GREATER, Op.AT_LEAST, Op.EQUAL, Op.UNEQUAL})
_GROWING_PARTS = frozenset({"years", "days"})
_OF_MONTHS = frozenset({"year", "month"})


class Course(IntFlag):
    """How a value goes with the days: never down, never up, or changing only on days that were found (`STEPS`)."""

    NEITHER = 0
    UP = 1
    DOWN = 2
    STEPS = 4
    STILL = 7


class Follower:
    """Follows every name and expression of a service through time, and keeps the days on which something turns."""

    def __init__(self, compiled: Compiled, given: Mapping[str, Any], first: date, last: date) -> None:
        self._compiled = compiled
        self._given = given
        self._first = first
        self._last = last
        self._found: set[date] = set()
        self._monthly = False
        self.complete = True
        self._courses: dict[str, Course] = {APPLICATION_DATE: Course.UP}
        dated = (COUNTS_ON, *compiled.service.parameters)
        self._names = (*compiled.service.facts, *_outputs(compiled), *dated, APPLICATION_DATE, SITUATION)
        self._day = APPLICATION_DATE
        self._runs: dict[date, Run] = {}
        self._facts = _facts_alone(compiled)
        for step in compiled.first:
            match step:
                case FactStep():
                    self._fact(step)
                case TableStep():
                    course = self._table(step.table)
                    self._courses.update((output.name, course) for output in step.source.outputs)
                case SituationStep(choices=choices):
                    self._courses[SITUATION] = self._steps_of(when for _, when in choices)
                case CountsStep(chosen=chosen):
                    self._courses[COUNTS_ON] = Course.UP if chosen is None else self._course(chosen, chosen.node)
                    self._day = APPLICATION_DATE if chosen is None else chosen.text
                case ParameterStep():
                    self._parameter(step)
        self._table(compiled.eligible)

    def cuts(self) -> list[date]:
        """All days after the first on which the outcome can change, in order."""
        days = self._found.union(self._months() if self._monthly else ())
        return sorted(day for day in days if self._first < day <= self._last)

    def _months(self) -> Iterator[date]:
        """The firsts of months on which some computed fact is another than the month before."""
        moving = [name for name, course in self._courses.items() if course is Course.STEPS]
        whole = not moving or self._facts is self._compiled or not set(moving) <= self._facts.service.facts.keys()
        alone = self._facts if whole else _only(self._facts, moving)
        last: list[Any] = []
        for n in range(self._first.year * 12 + self._first.month - 1, self._last.year * 12 + self._last.month):
            day = date(n // 12, n % 12 + 1, 1)
            if whole:
                yield day
                continue
            values = Run(alone, self._given, day).values
            now = [values.get(name) for name in moving]
            if now != last:
                yield day
            last = now

    # --- steps of the service ---------------------------------------------------------------------------------------

    def _fact(self, step: FactStep) -> None:
        applies = Course.STILL if step.when is None else self._steps_of([step.when])
        course = Course.STILL if step.derive is None else self._course(step.derive, step.derive.node)
        if applies is not Course.STILL:  # it comes and goes, so that it is not monotone however it is computed
            course &= Course.STEPS
        self._courses[step.name] = course

    def _parameter(self, step: ParameterStep) -> None:
        """Its value changes where the day that counts passes the beginning or the end of a period."""
        course, category = self._named(COUNTS_ON), self._named(step.source.category)
        if course is not Course.STILL and not course & Course.STEPS:
            for day in {edge for p in step.source.periods for edge in (p.from_, p.to) if edge is not None}:
                self._crossing(self._day, f'date("{day}")')
            course = Course.STEPS if course else Course.NEITHER
        self._courses[step.name] = course & category

    def _steps_of(self, conditions: Iterable[Strict]) -> Course:
        found = Course.STILL
        for condition in conditions:
            found &= self._course(condition, condition.node)
        if not found & Course.STEPS:
            self.complete = False
        return found

    def _table(self, ruling: Ruling) -> Course:
        """Follows the columns; what the table says changes only when one of its columns crosses a cut."""
        columns = dict(ruling.columns)
        found = Course.STILL
        cut = None
        for index, head in enumerate(ruling.table.inputs):
            strict = columns.get(head.expression)
            course = self._named(head.expression) if strict is None else self._course(strict, strict.node)
            found &= course
            if course & Course.STEPS:
                continue
            text = head.expression if strict is None else strict.text
            cut = cut or space(ruling.table, [Known() for _ in ruling.table.inputs])
            if not course or any(beyond.column == index for beyond in cut.beyond):
                self.complete = False
                continue
            for part in cut.columns[index].parts[:-1]:
                for value in {feel_text(end) for end in (part.low, part.high, part.value) if end is not None}:
                    self._crossing(text, value)
        read = frozenset[str]().union(*(names for row in ruling.reads for names in row))
        if not all(self._named(name) & Course.STEPS or name in _columns(ruling) for name in read):
            self.complete = False
        if found is Course.STILL and all(self._named(name) is Course.STILL for name in ruling.names):
            return Course.STILL
        formulas = [name for name in ruling.names if name not in read]
        return Course.STEPS if all(self._named(name) & Course.STEPS for name in formulas) else Course.NEITHER

    def _named(self, name: str) -> Course:
        return self._courses.get(name, Course.STILL)

    # --- expressions ------------------------------------------------------------------------------------------------

    def _course(self, whole: Strict, node: Node) -> Course:
        match node:
            case Constant():
                return Course.STILL
            case Name(name=name):
                return self._named(name)
            case Negate(operand=part):
                return _turned(self._course(whole, part))
            case Binary(op=Op.ADD, left=left, right=right):
                if (span := _months_of(whole, left, right)) is not None:
                    return self._course(whole, span)
                return self._course(whole, left) & self._course(whole, right)
            case Binary(op=Op.SUBTRACT, left=left, right=right):
                return self._course(whole, left) & _turned(self._course(whole, right))
            case Binary(op=Op.MULTIPLY | Op.DIVIDE, left=left, right=right) if _positive(_text(whole, right)):
                return self._course(whole, left)
            case Binary(op=op, left=left, right=right) if op in _COMPARES:
                return self._compared(whole, left, right)
            case Between(value=value, low=low, high=high):
                return self._compared(whole, value, low) & self._compared(whole, value, high)
            case In(value=value):
                stepwise = bool(self._course(whole, value) & Course.STEPS)
                return self._computed(whole, node) if stepwise else self._within(whole, node)
            case Call(function="years and months duration", arguments=(start, end), names=()):
                return self._course(whole, end) & _turned(self._course(whole, start))
            case Path(source=source, name=name):
                course = self._course(whole, source)
                if course is not Course.STILL and name in _OF_MONTHS and _is_day(source):
                    self._monthly = True
                    return (course if name == "year" else Course.NEITHER) | Course.STEPS
                return course if course is Course.STILL or name in _GROWING_PARTS else course & Course.STEPS
            case _:
                return self._computed(whole, node)

    def _computed(self, whole: Strict, node: Node) -> Course:
        """Any function of what only changes on known days changes only on them."""
        parts = Course.STILL
        for child in children(node):
            parts &= self._course(whole, child)
        return parts if parts is Course.STILL else parts & Course.STEPS

    def _compared(self, whole: Strict, left: Node, right: Node) -> Course:
        one, other = self._course(whole, left), _turned(self._course(whole, right))
        if one is Course.STILL and other is Course.STILL:
            return Course.STILL
        if one & other & (Course.UP | Course.DOWN) and not one & other & Course.STEPS:
            self._crossing(_text(whole, left), _text(whole, right))
            return Course.STEPS
        return one & other & Course.STEPS

    def _within(self, whole: Strict, node: In) -> Course:
        text = _text(whole, node.value)
        for test in node.tests:
            ends = [part for part in children(test.operand) if isinstance(part, Constant)] or [test.operand]
            for end in ends:
                if not isinstance(end, Constant):
                    return Course.NEITHER
                self._crossing(text, _text(whole, end))
        return Course.STEPS

    # --- days -------------------------------------------------------------------------------------------------------

    def _crossing(self, left: str, right: str) -> None:
        """The day from which `left` reaches `right`, and the day from which it is beyond it: each changes once."""
        for op in (">=", ">"):
            test = Strict.compile(f"({left}) {op} ({right})", self._names)
            ends = self._holds(test, self._first), self._holds(test, self._last)
            if ends[0] is None and ends[1] is None:
                continue  # something that no day can tell
            if None in ends:
                self.complete = False
            elif ends[0] != ends[1]:
                self._found.add(self._turn(test, ends[1] is True))

    def _turn(self, test: Strict, then: bool) -> date:
        """The first day on which `test` is `then`, known to hold on the last day and not on the first."""
        low, high = self._first.toordinal(), self._last.toordinal()
        while high - low > 1:
            middle = (low + high) // 2
            if self._holds(test, date.fromordinal(middle)) is then:
                high = middle
            else:
                low = middle
        return date.fromordinal(high)

    def _holds(self, test: Strict, day: date) -> bool | None:
        run = self._runs.get(day)
        if run is None:
            run = self._runs[day] = Run(self._facts, self._given, day)
        return test.holds(run.values, run.waits_for)


def _facts_alone(compiled: Compiled) -> Compiled:
    """The same without its tables and situations, where no fact needs them: what an expression has to be tried with."""
    facts = tuple(step for step in compiled.first if isinstance(step, FactStep))
    needed = {name for step in facts for name in needs(step)}
    alone = needed <= {APPLICATION_DATE, *(step.name for step in facts)}
    return replace(compiled, first=facts) if alone else compiled


def _only(compiled: Compiled, names: Iterable[str]) -> Compiled:
    """The same with nothing but some facts and what they are computed from."""
    wanted = set(names)
    steps: list[Step] = []
    for step in reversed(compiled.first):
        if isinstance(step, FactStep) and step.name in wanted:
            wanted.update(needs(step))
            steps.append(step)
    return replace(compiled, first=tuple(reversed(steps)))


def _outputs(compiled: Compiled) -> tuple[str, ...]:
    tables = (*compiled.service.tables.values(), *compiled.service.amounts.values())
    return tuple(output.name for table in tables for output in table.outputs)


def _columns(ruling: Ruling) -> frozenset[str]:
    """The names that are columns by themselves or within a formula at the head of one."""
    formulas = (name for _, strict in ruling.columns for name in strict.names)
    return frozenset((*(head.expression for head in ruling.table.inputs), *formulas))


def _turned(course: Course) -> Course:
    """The course of the negative."""
    up, down = Course.UP in course, Course.DOWN in course
    return (course & Course.STEPS) | (Course.DOWN if up else 0) | (Course.UP if down else 0)


def _text(whole: Strict, node: Node) -> str:
    return whole.text[slice(*node.at)]


_ABOVE = [rules.compile_expression(f"it > {zero}", ["it"]) for zero in ("0", 'duration("P0M")', 'duration("P0D")')]


def _months_of(whole: Strict, left: Node, right: Node) -> Node | None:
    """The span of which `left + right` is all the months: its years times twelve, and the months left over."""
    match left, right:
        case Binary(op=Op.MULTIPLY, left=Path(source=span, name="years"), right=Constant() as twelve), Path(
            source=rest, name="months"
        ) if (_text(whole, span), _text(whole, twelve)) == (_text(whole, rest), "12"):
            return span
        case _:
            return None


def _positive(text: str) -> bool:
    try:
        value = rules.compile_expression(text, ())
    except rules.RuleSyntaxError:
        return False
    it = {"it": value.evaluate({})}
    return any(above.evaluate(it) is True for above in _ABOVE)


def _is_day(node: Node) -> bool:
    """Whether a node is the day of application itself, whose year and month turn only with a month."""
    return isinstance(node, Name) and node.name == APPLICATION_DATE
