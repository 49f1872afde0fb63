"""Closures of functions: calls of built-ins, calls of any value, functions that are written, foreign ones."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from .errors import Code, RuleSyntaxError, Undefined
from .external import external_function
from .frame import Frame, Local, Run
from .loops import Loops
from .signature import ABSENT, BUILTINS, Function, as_value, bind, call_first, candidates
from .syntax import Call, FunctionOf, Invoke, Name, Node
from .types import ANY, FunctionType
from .values import FunctionValue, Value, is_context, type_name


class Calls(Loops):
    """The part of the compiler that deals with functions."""

    def _call(self, node: Call, env: Local | None) -> Run:
        run = self._call_as_written(node, env)
        default = self._dialect.defaults.get(node.function)
        if default is None:
            return run

        def run_or_default(frame: Frame) -> Value:
            result = run(frame)
            return default if result is None else result

        return run_or_default

    def _call_as_written(self, node: Call, env: Local | None) -> Run:
        try:
            found = candidates(node.function, len(node.arguments), node.names)
        except Undefined as undefined:
            return self._mistake(node, undefined)
        runs = [self.compile(argument, env) for argument in node.arguments]
        plans = [(one, tuple(None if place is None else runs[place] for place in order)) for one, order in found]
        if len(plans) > 1:
            return self._call_one_of(node, plans)
        (function, arguments) = plans[0]
        places = found[0][1]

        def run(frame: Frame) -> Value:
            values = [ABSENT if argument is None else argument(frame) for argument in arguments]
            try:
                return frame.weigh(function.call(values, frame))
            except Undefined as undefined:
                if undefined.code is Code.NULL_ARGUMENT:
                    place = places[values.index(None)]
                    culprit = None if place is None else node.arguments[place]
                    if isinstance(culprit, Name):
                        return self._blame(culprit, frame)
                return frame.null(node.at, undefined.code, *undefined.details)
            except ArithmeticError:
                return frame.null(node.at, Code.OUT_OF_RANGE)

        return run

    def _call_one_of(self, node: Call, plans: Sequence[tuple[Function, Sequence[Run | None]]]) -> Run:
        """A call that several signatures fit by number: which one, the types of its arguments tell."""

        def run(frame: Frame) -> Value:
            known: dict[int, Value] = {}
            choices: list[tuple[Function, list[Value]]] = []
            for function, arguments in plans:
                values: list[Value] = []
                for argument in arguments:
                    if argument is not None and id(argument) not in known:
                        known[id(argument)] = argument(frame)
                    values.append(ABSENT if argument is None else known[id(argument)])
                choices.append((function, values))
            try:
                return frame.weigh(call_first(choices, frame))
            except Undefined as undefined:
                return frame.null(node.at, undefined.code, *undefined.details)
            except ArithmeticError:
                return frame.null(node.at, Code.OUT_OF_RANGE)

        return run

    def _mistake(self, node: Node, undefined: Undefined) -> Run:
        """What cannot be right, whatever the facts are: refused now, or null at the run, as the dialect says."""
        if not self._dialect.lenient:
            raise RuleSyntaxError(undefined.code, node.at[0], *undefined.details)
        return lambda frame: frame.null(node.at, undefined.code, *undefined.details)

    @abstractmethod
    def _resolves(self, name: str, env: Local | None) -> bool:
        """Whether `name` may stand for something here."""

    def _invoke(self, node: Invoke, env: Local | None) -> Run:
        if isinstance(node.function, Name) and not self._resolves(node.function.name, env):
            return self._mistake(node, Undefined(Code.UNKNOWN_FUNCTION, node.function.name, "", ""))
        target, names, at = self.compile(node.function, env), node.names, node.at
        runs = [self.compile(argument, env) for argument in node.arguments]
        shown = node.function.name if isinstance(node.function, Name) else ""
        hidden = self._hidden_builtin(node, shown, env)

        def run(frame: Frame) -> Value:
            function = target(frame)
            if type(function) is not FunctionValue:
                if hidden is not None:
                    return hidden(frame)
                return frame.null(at, Code.NO_FUNCTION, shown or type_name(function))
            try:
                return frame.weigh(function.run(frame, [argument(frame) for argument in runs], names))
            except Undefined as undefined:
                return frame.null(at, undefined.code, *undefined.details)
            except ArithmeticError:
                return frame.null(at, Code.OUT_OF_RANGE)

        return run

    def _hidden_builtin(self, node: Invoke, name: str, env: Local | None) -> Run | None:
        """The built-in function that a variable of the same name hides, for when the variable is no function."""
        if name not in BUILTINS:
            return None
        try:
            return self._call(Call(name, node.arguments, node.names, node.at), env)
        except RuleSyntaxError:
            return None

    def _builtin_value(self, name: str) -> Run:
        value = as_value(name)
        return lambda _: value

    def _function_of(self, node: FunctionOf, env: Local | None) -> Run:
        formals = node.parameters
        if node.external:
            return self._external(node, env)
        slots: list[int] = []
        for formal in formals:
            slots.append(self._layout.local())
            env = Local(formal.name, slots[-1], env)
        body = self.compile(node.body, env)
        kind = FunctionType(tuple((formal.name, formal.type) for formal in formals), ANY)

        def make(frame: Frame) -> Value:
            around = frame.slots[:]

            def run(caller: Frame, arguments: Sequence[Value], names: Sequence[str]) -> Value:
                values = bind("function", kind.parameters, arguments, names)
                inner = around[:]
                for slot, value in zip(slots, values, strict=True):
                    inner[slot] = value
                return caller.call(body, inner)

            return FunctionValue("function", kind, run)

        return make

    def _external(self, node: FunctionOf, env: Local | None) -> Run:
        body, formals = self.compile(node.body, env), node.parameters

        def make(frame: Frame) -> Value:
            value = body(frame)
            try:
                return external_function(value if is_context(value) else {}, formals)
            except Undefined as undefined:
                return frame.null(node.at, undefined.code, *undefined.details)

        return make
