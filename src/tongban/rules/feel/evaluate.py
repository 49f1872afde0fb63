"""From syntax tree to closures: each node becomes one Python function, compiled once and run many times.

A closure takes a `Frame`: the facts by number, room for local variables, and the causes of nulls met so far.
Nothing is ever handed to Python's own compiler, and work is bounded: a run that loops too long ends in null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import reduce
from typing import assert_never

from .builtins import BUILTINS
from .dialect import Dialect, both, either, equal
from .errors import Cause, Code, RuleSyntaxError, Undefined
from .frame import Check, Frame, Layout, Local, Run, run_bounded
from .parser import ITEM, PARTIAL
from .signature import ABSENT, Function
from .syntax import (
    Between,
    Binary,
    Binding,
    Call,
    Compare,
    Connective,
    Constant,
    ContextOf,
    Filter,
    For,
    If,
    In,
    ListOf,
    Logic,
    Name,
    Negate,
    Node,
    Op,
    Path,
    Quantified,
    Quantifier,
    RangeOf,
    Test,
    children,
    mentions,
)
from .temporal import PROPERTIES
from .text import number_text
from .values import Number, Range, Value, as_list, integer, is_context, is_list, number, type_name


def closed(node: Node) -> bool:
    """Whether `node` means the same whatever the facts are, and needs no variables to find out."""
    return not isinstance(node, Name | For | Quantified | ContextOf | Filter) and all(map(closed, children(node)))


def membership(dialect: Dialect, value: Value, candidate: Value) -> bool | None:
    """Whether `value` is in a range or a list, or equal to any other `candidate`."""
    if isinstance(candidate, Range):
        return dialect.contains(candidate, value)
    if not is_list(candidate):
        return equal(value, candidate)
    inside = (membership(dialect, value, item) for item in candidate if isinstance(item, Range))
    found = reduce(either, inside, any(equal(value, item) for item in candidate))
    return found or equal(value, candidate) or found


class Compiler:
    """Turns trees into closures over the slots of one layout."""

    def __init__(self, dialect: Dialect, layout: Layout) -> None:
        self._dialect = dialect
        self._layout = layout

    def compile(self, node: Node, env: Local | None = None) -> Run:
        """The closure of `node`; what does not depend on facts is computed now.

        Raises `RuleSyntaxError` for a call whose arguments fit no signature.
        """
        run = self._node(node, env)
        if isinstance(node, Constant) or not closed(node):
            return run
        frame = Frame([])
        value = run_bounded(run, frame)
        return run if frame.causes else _constant(value)

    def constant(self, node: Node) -> tuple[Value, tuple[Cause, ...]] | None:
        """The value of `node` and the causes of its being null, if it does not depend on facts."""
        if not closed(node):
            return None
        frame = Frame([])
        return run_bounded(self._node(node, None), frame), tuple(frame.causes)

    def _node(self, node: Node, env: Local | None) -> Run:
        match node:
            case Constant(value=value):
                return _constant(value)
            case Name():
                return self._name(node, env)
            case Path():
                return self._path(node, env)
            case Negate():
                return self._negate(node, env)
            case Binary():
                return self._binary(node, env)
            case Connective():
                return self._connective(node, env)
            case Between():
                return self._between(node, env)
            case In():
                return self._in(node, env)
            case If():
                return self._if(node, env)
            case For():
                return self._for(node, env)
            case Quantified():
                return self._quantified(node, env)
            case ListOf(items=items):
                runs = tuple(self.compile(item, env) for item in items)
                return lambda frame: frame.weigh([run(frame) for run in runs])
            case ContextOf():
                return self._context(node, env)
            case RangeOf():
                return self._range(node, env)
            case Filter():
                return self._filter(node, env)
            case Call():
                return self._call(node, env)
            case _:
                assert_never(node)

    # --- names -------------------------------------------------------------------------------------------

    def _name(self, node: Name, env: Local | None) -> Run:
        name = node.name
        opened: list[int] = []
        while env is not None and env.name != name:
            if env.opens:
                opened.append(env.slot)
            env = env.outer
        if env is not None:
            slot = env.slot
        elif name in self._layout.known or not opened:
            slot = self._layout.fact(name)
        else:
            slot = self._layout.local()  # an entry of the filtered contexts only: null in all others
        if not opened:
            return lambda frame: frame.slots[slot]

        def entry(frame: Frame) -> Value:
            for item in opened:
                context = frame.slots[item]
                if is_context(context) and name in context:
                    return context[name]
            return frame.slots[slot]

        return entry

    def _path(self, node: Path, env: Local | None) -> Run:
        source, name, at = self.compile(node.source, env), node.name, node.at

        def of(value: Value, frame: Frame) -> Value:
            if is_context(value):
                return value[name] if name in value else frame.null(at, Code.NO_SUCH_ENTRY, name)
            if is_list(value):
                return [of(item, frame) for item in value]
            if value is None:
                return self._blame(node.source, frame)
            read = PROPERTIES.get(type(value), {}).get(name)
            return frame.null(at, Code.NO_SUCH_ENTRY, name) if read is None else read(value)

        return lambda frame: of(source(frame), frame)

    def _blame(self, node: Node, frame: Frame) -> None:
        """Records that `node` was null where a value was needed, unless its own cause is recorded already."""
        match node:
            case Name(name=name):
                frame.null(node.at, Code.MISSING_FACT, name)
            case Constant():
                frame.null(node.at, Code.TYPE_MISMATCH, "null", "operator")
            case _ if not frame.causes:
                frame.null(node.at, Code.MISSING_FACT, type(node).__name__.lower())
            case _:
                pass

    # --- operators ---------------------------------------------------------------------------------------

    def _negate(self, node: Negate, env: Local | None) -> Run:
        operand, negations, at = self.compile(node.operand, env), self._dialect.negations, node.at

        def run(frame: Frame) -> Value:
            value = operand(frame)
            negate = negations.get(type(value))
            if negate is not None:
                return negate(value)
            if value is None:
                return self._blame(node.operand, frame)
            return frame.null(at, Code.TYPE_MISMATCH, "-", type_name(value))

        return run

    def _binary(self, node: Binary, env: Local | None) -> Run:
        left, right = self.compile(node.left, env), self.compile(node.right, env)
        op, at = node.op, node.at
        functions, otherwise = self._dialect.operators[op], self._dialect.otherwise

        def run(frame: Frame) -> Value:
            a, b = left(frame), right(frame)
            function = functions.get((type(a), type(b)))
            try:
                if function is not None:
                    return function(a, b)
                return otherwise(op, a, b)
            except Undefined as undefined:
                if a is not None and b is not None:
                    return frame.null(at, undefined.code, *undefined.details)
                return self._blame(node.left if a is None else node.right, frame)
            except ArithmeticError:
                return frame.null(at, Code.OUT_OF_RANGE)

        return run

    def _connective(self, node: Connective, env: Local | None) -> Run:
        left, right = self.compile(node.left, env), self.compile(node.right, env)
        truth = self._dialect.truth
        decisive = node.logic is Logic.OR
        combine = either if decisive else both

        def run(frame: Frame) -> Value:
            first = truth(left(frame))
            return first if first is decisive else combine(first, truth(right(frame)))

        return run

    def _between(self, node: Between, env: Local | None) -> Run:
        value, low, high = (self.compile(part, env) for part in (node.value, node.low, node.high))
        dialect = self._dialect

        def run(frame: Frame) -> Value:
            tested, least, most = value(frame), low(frame), high(frame)
            try:
                return both(
                    dialect.truth(dialect.apply(Op.AT_LEAST, tested, least)),
                    dialect.truth(dialect.apply(Op.AT_MOST, tested, most)),
                )
            except Undefined as undefined:
                for part, found in ((node.value, tested), (node.low, least), (node.high, most)):
                    if found is None:
                        return self._blame(part, frame)
                return frame.null(node.at, undefined.code, *undefined.details)

        return run

    def _in(self, node: In, env: Local | None) -> Run:
        value = self.compile(node.value, env)
        checks = tuple(self._check(test, env) for test in node.tests)

        def run(frame: Frame) -> Value:
            tested = value(frame)
            result: bool | None = False
            for check in checks:
                result = either(result, check(tested, frame))
            return result

        return run

    def _check(self, test: Test, env: Local | None) -> Check:
        """A test of `in`. (Those of cells treat the unknown otherwise: see `cells`.)"""
        operand, dialect, at = self.compile(test.operand, env), self._dialect, test.at
        op = test.op if isinstance(test, Compare) else None

        def check(value: Value, frame: Frame) -> bool | None:
            other = operand(frame)
            try:
                if op is None:
                    return membership(dialect, value, other)
                return dialect.truth(dialect.apply(op, value, other))
            except Undefined as undefined:
                return frame.null(at, undefined.code, *undefined.details)

        return check

    def _if(self, node: If, env: Local | None) -> Run:
        condition, truth = self.compile(node.condition, env), self._dialect.truth
        then, otherwise = self.compile(node.then, env), self.compile(node.otherwise, env)
        return lambda frame: then(frame) if truth(condition(frame)) else otherwise(frame)

    # --- lists and contexts ------------------------------------------------------------------------------

    def _bind(self, bindings: Sequence[Binding], env: Local | None) -> tuple[Callable[[Frame], Iterator[None]], Local]:
        """A generator that sets the variables of all bindings in turn, the last one fastest."""
        binding, *more = bindings
        source = self.compile(binding.source, env)
        end = None if binding.end is None else self.compile(binding.end, env)
        slot = self._layout.local()
        inner: Local = Local(binding.name, slot, env)
        rest, last = self._bind(more, inner) if more else (None, inner)

        def turns(frame: Frame) -> Iterator[None]:
            for item in _sequence(source(frame), None if end is None else (end(frame),)):
                frame.step()
                frame.slots[slot] = item
                if rest is None:
                    yield
                else:
                    yield from rest(frame)

        return turns, last

    def _for(self, node: For, env: Local | None) -> Run:
        turns, inner = self._bind(node.bindings, env)
        partial = self._layout.local()
        result, at = self.compile(node.result, Local(PARTIAL, partial, inner)), node.at
        looks_back = mentions(node.result, PARTIAL)

        def run(frame: Frame) -> Value:
            results: list[Value] = []
            try:
                for _ in turns(frame):
                    if looks_back:
                        frame.slots[partial] = frame.weigh(results[:])
                    results.append(frame.weigh(result(frame)))
            except Undefined as undefined:
                return frame.null(at, undefined.code, *undefined.details)
            return results

        return run

    def _quantified(self, node: Quantified, env: Local | None) -> Run:
        turns, inner = self._bind(node.bindings, env)
        condition, truth, at = self.compile(node.condition, inner), self._dialect.truth, node.at
        decisive = node.quantifier is Quantifier.SOME
        combine = either if decisive else both

        def run(frame: Frame) -> Value:
            result: bool | None = not decisive
            try:
                for _ in turns(frame):
                    result = combine(result, truth(condition(frame)))
                    if result is decisive:
                        break
            except Undefined as undefined:
                return frame.null(at, undefined.code, *undefined.details)
            return result

        return run

    def _context(self, node: ContextOf, env: Local | None) -> Run:
        entries: list[tuple[str, int, Run]] = []
        for key, value in node.entries:
            run = self.compile(value, env)
            slot = self._layout.local()
            env = Local(key, slot, env)
            entries.append((key, slot, run))

        def build(frame: Frame) -> Value:
            result: dict[str, Value] = {}
            for key, slot, run in entries:
                result[key] = frame.slots[slot] = run(frame)
            return frame.weigh(result)

        return build

    def _range(self, node: RangeOf, env: Local | None) -> Run:
        low, high, at = self.compile(node.low, env), self.compile(node.high, env), node.at

        def run(frame: Frame) -> Value:
            start, end = low(frame), high(frame)
            if start is None or end is None:
                return self._blame(node.low if start is None else node.high, frame)
            if type(start) is not type(end):
                return frame.null(at, Code.TYPE_MISMATCH, "..", f"{type_name(start)}, {type_name(end)}")
            return Range(start, end, node.low_closed, node.high_closed)

        return run

    def _filter(self, node: Filter, env: Local | None) -> Run:
        source, truth = self.compile(node.source, env), self._dialect.truth
        slot = self._layout.local()
        condition = self.compile(node.condition, Local(ITEM, slot, env, opens=True))
        by_position = isinstance(node.condition, Constant) and isinstance(node.condition.value, Number)

        def run(frame: Frame) -> Value:
            value = source(frame)
            items = [] if value is None else as_list(value)
            kept: list[Value] = []
            for item in items or [None] * by_position:
                frame.step()
                frame.slots[slot] = item
                chosen = condition(frame)
                if isinstance(chosen, Decimal):
                    return self._at(items, chosen, node, frame)
                if truth(chosen):
                    kept.append(item)
            return kept

        return run

    def _at(self, items: list[Value], position: Decimal, node: Filter, frame: Frame) -> Value:
        index = int(position) if abs(position) <= len(items) else 0
        if index == 0 or index != position:
            return frame.null(node.at, Code.NO_SUCH_ENTRY, number_text(position))
        return items[index - 1 if index > 0 else index]

    # --- functions ---------------------------------------------------------------------------------------

    def _call(self, node: Call, env: Local | None) -> Run:
        function, arguments = _resolve(node)
        runs = tuple(None if argument is None else self.compile(argument, env) for argument in arguments)

        def run(frame: Frame) -> Value:
            values = [ABSENT if run is None else run(frame) for run in runs]
            try:
                return frame.weigh(function.call(values))
            except Undefined as undefined:
                if undefined.code is Code.NULL_ARGUMENT:
                    culprit = arguments[values.index(None)]
                    if isinstance(culprit, Name):
                        return self._blame(culprit, frame)
                return frame.null(node.at, undefined.code, *undefined.details)
            except ArithmeticError:
                return frame.null(node.at, Code.OUT_OF_RANGE)

        return run


def _constant(value: Value) -> Run:
    return lambda _: value


def _sequence(source: Value, end: tuple[Value] | None) -> Iterable[Value]:
    """What a loop runs over: the items of a list, or the whole numbers from one to another, up or down."""
    if end is None:
        if isinstance(source, Range):
            return _sequence(source.low, (source.high,))
        if source is None:
            raise Undefined(Code.MISSING_FACT, "in")
        return as_list(source)
    first, last = source, end[0]
    if not isinstance(first, Decimal) or not isinstance(last, Decimal):
        raise Undefined(Code.TYPE_MISMATCH, "..", f"{type_name(first)}, {type_name(last)}")
    start, stop = integer(first), integer(last)
    return map(number, range(start, stop + 1) if start <= stop else range(start, stop - 1, -1))


def _resolve(node: Call) -> tuple[Function, tuple[Node | None, ...]]:
    """The signature that a call fits, and its arguments in the order of the parameters."""
    signatures = BUILTINS[node.function]
    for function in signatures:
        if node.names:
            given = dict(zip(node.names, node.arguments, strict=True))
            arguments = tuple(given.get(p.name) for p in function.parameters)
            fits = given.keys() <= {p.name for p in function.parameters} and len(given) == len(node.names)
        else:
            missing = len(function.parameters) - len(node.arguments)
            arguments = (*node.arguments, *(None,) * missing)
            fits = missing >= 0 or (function.parameters[-1:] != () and function.parameters[-1].repeated)
        needed = zip(function.parameters, arguments, strict=False)
        if fits and all(argument is not None or p.optional for p, argument in needed):
            return function, arguments
    expected = " | ".join(function.signature for function in signatures)
    raise RuleSyntaxError(Code.WRONG_ARGUMENTS, node.at[0], node.function, expected)
