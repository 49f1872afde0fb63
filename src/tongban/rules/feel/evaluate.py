"""From syntax tree to closures: each node becomes one Python function, compiled once and run many times.

A closure takes a `Frame`: the facts by number, room for local variables, and the causes of nulls met so far.
Nothing is ever handed to Python's own compiler, and work is bounded: a run that loops too long ends in null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, assert_never

from .builtins import BUILTINS
from .calls import Calls
from .dialect import Dialect, both, either, equal
from .errors import Cause, Code, Undefined
from .frame import Check, Frame, Layout, Local, Run, run_bounded
from .ranges import RANGE_PROPERTIES
from .syntax import (
    Between,
    Binary,
    Call,
    Compare,
    Connective,
    Constant,
    ContextOf,
    Filter,
    For,
    FunctionOf,
    If,
    In,
    InstanceOf,
    Invoke,
    ListOf,
    Logic,
    Name,
    Negate,
    Node,
    Op,
    OpenRange,
    Path,
    Quantified,
    RangeOf,
    Test,
    children,
)
from .temporal import PROPERTIES
from .types import instance_of
from .values import Range, Value, is_context, is_list, type_name

_CLOCK = frozenset({"now", "today"})
_READERS: dict[type, Mapping[str, Callable[[Any], Value]]] = {**PROPERTIES, Range: RANGE_PROPERTIES}


def closed(node: Node) -> bool:
    """Whether `node` means the same whatever the facts are, and needs no variables to find out."""
    if isinstance(node, Name | For | Quantified | ContextOf | Filter | Invoke | FunctionOf):
        return False
    return not (isinstance(node, Call) and node.function in _CLOCK) and all(map(closed, children(node)))


def membership(dialect: Dialect, value: Value, candidate: Value) -> bool | None:
    """Whether `value` is in a range or a list, or equal to any other `candidate`."""
    if isinstance(candidate, Range):
        return dialect.contains(candidate, value)
    if not is_list(candidate):
        return equal(value, candidate)
    inside = (membership(dialect, value, item) for item in candidate if isinstance(item, Range))
    found = reduce(either, inside, any(equal(value, item) for item in candidate))
    return found or equal(value, candidate) or found


class Compiler(Calls):
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
            case OpenRange():
                return self._open_range(node, env)
            case Filter():
                return self._filter(node, env)
            case Call():
                return self._call(node, env)
            case Invoke():
                return self._invoke(node, env)
            case FunctionOf():
                return self._function_of(node, env)
            case InstanceOf(type=kind):
                value = self.compile(node.value, env)
                return lambda frame: instance_of(value(frame), kind)
            case _:
                assert_never(node)

    # --- names -------------------------------------------------------------------------------------------

    def _resolves(self, name: str, env: Local | None) -> bool:
        while env is not None:
            if env.opens or env.name == name:
                return True
            env = env.outer
        return name in self._layout.known or name in BUILTINS

    def _name(self, node: Name, env: Local | None) -> Run:
        name = node.name
        opened: list[int] = []
        while env is not None and (env.name != name or env.opens):
            if env.opens:
                opened.append(env.slot)
                if env.name == name:
                    break
            env = env.outer
        if not opened and not self._resolves(name, env):
            return self._mistake(node, Undefined(Code.UNKNOWN_NAME, name, "", ""))
        otherwise = self._variable(name, env)
        if not opened:
            return otherwise

        def entry(frame: Frame) -> Value:
            for item in opened:
                context = frame.slots[item]
                if is_context(context) and name in context:
                    return context[name]
            return otherwise(frame)

        return entry

    def _variable(self, name: str, env: Local | None) -> Run:
        if env is not None:
            slot = env.slot
        elif name in self._layout.known:
            slot = self._layout.fact(name)
        elif name in BUILTINS:
            return self._builtin_value(name)
        else:
            return lambda _: None  # an entry of the filtered contexts only: null in all others
        return lambda frame: frame.slots[slot]

    def _path(self, node: Path, env: Local | None) -> Run:
        source, name, at = self.compile(node.source, env), node.name, node.at

        def of(value: Value, frame: Frame) -> Value:
            if is_context(value):
                return value[name] if name in value else frame.null(at, Code.NO_SUCH_ENTRY, name)
            if is_list(value):
                return [of(item, frame) for item in value]
            if value is None:
                return self._blame(node.source, frame)
            read = _READERS.get(type(value), {}).get(name)
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
        value, truth = self.compile(node.value, env), self._dialect.truth
        checks = tuple(self._check(test, env) for test in node.tests)

        def run(frame: Frame) -> Value:
            tested = value(frame)
            result: bool | None = False
            for check in checks:
                result = either(result, check(tested, frame))
            return truth(result)

        return run

    def _check(self, test: Test, env: Local | None) -> Check:
        """A test of `in`. (Those of cells treat the unknown otherwise: see `cells`.)"""
        operand, dialect, at = self.compile(test.operand, env), self._dialect, test.at
        op = test.op if isinstance(test, Compare) else None
        is_range = isinstance(test.operand, RangeOf | OpenRange)

        def check(value: Value, frame: Frame) -> bool | None:
            other = operand(frame)
            if other is None and is_range:
                return None
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


def _constant(value: Value) -> Run:
    return lambda _: value
