"""Cells of decision tables: does this value pass these tests? Yes, no, or unknown.

A cell is what DMN calls unary tests (10.3.1, grammar rule 15): `-` for anything, `"a","b"` for either, `>= 6`,
`[60..70)`, `not(…)`, `null` for a fact that is missing, or any expression on `?`, the tested value.

One thing differs from FEEL elsewhere, on purpose, in a dialect with `unknown_facts`. In FEEL `null = "a"` is false,
so `not("a")` would accept a fact nobody knows. In a cell a missing fact passes only `-`, `null` and expressions that
ask for it; every other test of it is *unknown*: no match, but no refusal either, and the decision records it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from tongban.rules.feel.builtins import BUILTINS
from tongban.rules.feel.dialect import FEEL, Dialect, either, negation
from tongban.rules.feel.errors import Undefined
from tongban.rules.feel.evaluate import Compiler, membership
from tongban.rules.feel.frame import Check, Frame, Layout, Local, run_bounded
from tongban.rules.feel.parser import INPUT, parse_cell
from tongban.rules.feel.reader import NO_VOCABULARY, Vocabulary
from tongban.rules.feel.syntax import Compare, Match, Op, Test, Tests, mentions
from tongban.rules.feel.values import Date, DaysDuration, MonthsDuration, Number, Range, Value, is_list, to_feel

_PLAIN = frozenset({Number, str, bool, Date, DaysDuration, MonthsDuration})
"""Types whose values compare without failing and hash as they compare."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A compiled cell; `tree` is empty for `-`."""

    text: str
    tree: Tests
    check: Check
    layout: Layout

    @property
    def anything(self) -> bool:
        return not self.tree.tests

    def test(self, value: object, context: Mapping[str, object] | None = None) -> bool | None:
        """Whether `value` passes, with the other facts in `context`; None if that is unknown."""
        return self.check(to_feel(value), self.layout.frame(context or {}))


class CellCompiler:
    """Compiles cells that run in frames of one layout."""

    def __init__(self, dialect: Dialect, layout: Layout, vocabulary: Vocabulary = NO_VOCABULARY) -> None:
        self._dialect = dialect
        self._layout = layout
        self._vocabulary = replace(vocabulary, lenient=dialect.lenient)
        self._compiler = Compiler(dialect, layout)
        self._slot = layout.local()
        self._env = Local(INPUT, self._slot, None)
        self._made: dict[str, Cell] = {}

    def cell(self, text: str) -> Cell:
        """The cell with this text; the same one again for the same text. Raises `RuleSyntaxError`."""
        made = self._made.get(text)
        if made is None:
            tree = parse_cell(text, self._layout.known, BUILTINS, self._vocabulary)
            made = self._made[text] = Cell(text, tree, self._tests(tree), self._layout)
        return made

    def _tests(self, tree: Tests) -> Check:
        if not tree.tests:
            return lambda _value, _frame: True
        check = self._one_of(tree.tests) or _any_of([self._check(test) for test in tree.tests])
        return _not(check) if tree.negated else check

    def _one_of(self, tests: tuple[Test, ...]) -> Check | None:
        """The quick way for the commonest cell: one or more constants of one plain type."""
        found = [self._compiler.constant(test.operand) for test in tests if isinstance(test, Match)]
        values = [constant[0] for constant in found if constant is not None]
        kinds = {type(value) for value in values}
        if len(values) < len(tests) or len(kinds) != 1 or not kinds <= _PLAIN or not self._dialect.unknown_facts:
            return None
        (kind,) = kinds
        allowed = frozenset(values)
        return lambda value, _frame: value in allowed if type(value) is kind else None

    def _check(self, test: Test) -> Check:
        if mentions(test.operand, INPUT):
            return self._expression(test)
        constant = self._compiler.constant(test.operand)
        if constant is not None and not constant[1]:
            return self._against(test, constant[0])
        operand = self._compiler.compile(test.operand)
        judge, unknown_facts = self._judge(test), self._dialect.unknown_facts

        def check(value: Value, frame: Frame) -> bool | None:
            other = run_bounded(operand, frame)
            if type(other) is bool and type(value) is not bool and isinstance(test, Match):
                return other  # a condition on other facts, such as `income > limit`
            return None if other is None and unknown_facts else judge(value, other, frame)

        return check

    def _expression(self, test: Test) -> Check:
        """A test that says itself what it asks of `?`."""
        slot, truth = self._slot, self._dialect.truth
        run = self._compiler.compile(test.operand, self._env)
        judge = self._judge(test) if isinstance(test, Compare) else None

        def check(value: Value, frame: Frame) -> bool | None:
            frame.slots[slot] = value
            result = run_bounded(run, frame)
            return truth(result) if judge is None else judge(value, result, frame)

        return check

    def _against(self, test: Test, constant: Value) -> Check:
        """A test against a value known now; the common ones are looked up in the dialect's table once."""
        judge = self._judge(test)
        if not self._dialect.unknown_facts:
            return lambda value, frame: judge(value, constant, frame)
        match test, constant:
            case Compare(op=op), _ if type(constant) in _PLAIN:
                kind = type(constant)
                function = self._dialect.operators[op].get((kind, kind))
                if function is not None:
                    return _quick(kind, lambda value: bool(function(value, constant)))
            case Match(), Range(low=low, high=high, form="..") if type(low) in _PLAIN and type(low) is type(high):
                kind = type(low)
                operators = self._dialect.operators
                above = operators[Op.AT_LEAST if constant.low_closed else Op.GREATER].get((kind, kind))
                below = operators[Op.AT_MOST if constant.high_closed else Op.LESS].get((kind, kind))
                if above is not None and below is not None:
                    return _quick(kind, lambda value: bool(above(value, low) and below(value, high)))
            case _:
                pass
        return lambda value, frame: judge(value, constant, frame)

    def _judge(self, test: Test) -> Callable[[Value, Value, Frame], bool | None]:
        """Compares a tested value with the operand's value, any types, either of them perhaps null."""
        dialect, at, unknown_facts = self._dialect, test.at, self._dialect.unknown_facts
        op = test.op if isinstance(test, Compare) else None

        def judge(value: Value, other: Value, frame: Frame) -> bool | None:
            try:
                if unknown_facts and value is None and other is not None:
                    return True if op is None and is_list(other) and None in other else None
                if op is None:
                    return membership(dialect, value, other)
                return dialect.truth(dialect.apply(op, value, other))
            except Undefined as undefined:
                return frame.null(at, undefined.code, *undefined.details)

        return judge


def _quick(kind: type, function: Callable[[Value], bool | None]) -> Check:
    return lambda value, _frame: function(value) if type(value) is kind else None


def _any_of(checks: list[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def check(value: Value, frame: Frame) -> bool | None:
        result: bool | None = False
        for one in checks:
            result = either(result, one(value, frame))
            if result:
                break
        return result

    return check


def _not(check: Check) -> Check:
    return lambda value, frame: negation(check(value, frame))


def compile_cell(text: str, names: Iterable[str] = (), dialect: Dialect = FEEL) -> Cell:
    """Compiles one cell over the facts called `names`, besides `?`, the tested value.

    Raises `RuleSyntaxError` with the position.
    """
    return CellCompiler(dialect, Layout(names)).cell(text)
