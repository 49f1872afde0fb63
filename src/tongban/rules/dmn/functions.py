"""Functions that a model supplies: boxed ones, business knowledge models, decision services.

All are values like any FEEL function (DMN 1.5, 10.3.2.13): called with arguments in order or by name, each made to
fit its parameter's type; arguments that do not fit mean that the function is not run, and the result is null.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.frame import Frame
from tongban.rules.feel.signature import bind
from tongban.rules.feel.types import FeelType, FunctionType, NamedType, coerce
from tongban.rules.feel.values import FunctionValue, Value

from .run import MAX_CALLS, State

Parameters: TypeAlias = tuple[tuple[str, FeelType], ...]


def function_value(
    name: str, parameters: Parameters, result: FeelType, state: State, body: Callable[[Sequence[Value]], Value]
) -> FunctionValue:
    """A function whose `body` takes the arguments in the order of the parameters, each of its type."""

    def run(_frame: Frame, arguments: Sequence[Value], names: Sequence[str]) -> Value:
        values = bind(name, parameters, arguments, names)
        state.spend()
        if state.calls >= MAX_CALLS:
            raise Undefined(Code.TOO_DEEP, MAX_CALLS)
        state.calls += 1
        try:
            return coerce(body(values), result)
        finally:
            state.calls -= 1

    return FunctionValue(name, FunctionType(parameters, result), run)


def result_type(kind: FeelType) -> FeelType:
    """What a function of type `kind` gives; a type that is no function's is that of the result itself."""
    base = kind
    while isinstance(base, NamedType):
        base = base.base
    return base.result if isinstance(base, FunctionType) else kind
