"""Signatures of built-in functions: written as the standard writes them, and checked on every call.

A signature reads `substring(string: string, start position: number, length?: number)`; `?` marks what may be
left out, `...` what may be repeated, `|` alternative types. An argument of null makes the result null unless its
type is `any` or says `null`; a list of one stands for its item and the reverse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import Code, Undefined
from .text import plain_text
from .types import ANY, Basic, FeelType, FunctionType, coerce
from .values import TYPES, FunctionValue, Null, Value, is_list

if TYPE_CHECKING:
    from .frame import Frame


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `types` empty takes any value, null included."""

    name: str
    types: tuple[type, ...]
    kind: FeelType
    optional: bool
    repeated: bool

    def take(self, function: str, value: Value) -> Value:
        """`value` if it fits, a list of one for its item and the reverse. Raises `Undefined` if it does not."""
        if not self.types or type(value) in self.types:
            return value
        if value is None:
            raise Undefined(Code.NULL_ARGUMENT, function, self.name)
        if list in self.types:
            return [value]
        if is_list(value) and len(value) == 1 and type(value[0]) in self.types:
            return value[0]
        raise Undefined(Code.TYPE_MISMATCH, f"{function}()", plain_text(value)[:40])


@dataclass(frozen=True, slots=True)
class Function:
    """One signature of a built-in function. With `framed`, `run` gets the frame of the run before its arguments."""

    name: str
    signature: str
    parameters: tuple[Parameter, ...]
    run: Callable[..., Value]
    framed: bool

    def fits(self, count: int, names: Sequence[str]) -> tuple[int | None, ...] | None:
        """Which of `count` arguments (named by `names`, if they are) each parameter gets; None if they do not fit."""
        parameters = self.parameters
        if names:
            order = tuple(names.index(p.name) if p.name in names else None for p in parameters)
            fit = len(set(names)) == len(names) and {p.name for p in parameters}.issuperset(names)
        else:
            spread = max(count, len(parameters))
            order = tuple(i if i < count else None for i in range(spread))
            fit = count <= len(parameters) or (parameters != () and parameters[-1].repeated)
        needed = zip(parameters, order, strict=False)
        return order if fit and all(place is not None or p.optional for p, place in needed) else None

    def take(self, arguments: Sequence[Value]) -> list[Value]:
        """The arguments, in the order of the parameters, as `run` wants them. Raises `Undefined` for a misfit."""
        parameters = self.parameters
        if parameters and parameters[-1].repeated:
            parameters += parameters[-1:] * (len(arguments) - len(parameters))
        return [p.take(self.name, a) for p, a in zip(parameters, arguments, strict=False) if a is not ABSENT]

    def call(self, arguments: Sequence[Value], frame: Frame) -> Value:
        """The result for arguments in the order of the parameters. Raises `Undefined` where it is null."""
        taken = self.take(arguments)
        return self.run(frame, *taken) if self.framed else self.run(*taken)


class _Absent:
    """The mark for an optional argument that was left out."""


ABSENT = _Absent()
BUILTINS: dict[str, tuple[Function, ...]] = {}
"""All functions by name; of the signatures that fit the number or the names of the arguments, the first that takes
their types is used."""


def candidates(name: str, count: int, names: Sequence[str]) -> list[tuple[Function, tuple[int | None, ...]]]:
    """The signatures that a call fits by number or names, with the place of each parameter's argument.

    Raises `Undefined` if there is none.
    """
    found = [(function, order) for function in BUILTINS[name] if (order := function.fits(count, names)) is not None]
    if not found:
        raise Undefined(Code.WRONG_ARGUMENTS, name, " | ".join(function.signature for function in BUILTINS[name]))
    return found


def call_first(choices: Sequence[tuple[Function, Sequence[Value]]], frame: Frame) -> Value:
    """The result of the first signature whose types take the arguments. Raises `Undefined` where it is null."""
    first: Undefined | None = None
    for function, arguments in choices:
        try:
            taken = function.take(arguments)
        except Undefined as undefined:
            first = first or undefined
        else:
            return function.run(frame, *taken) if function.framed else function.run(*taken)
    raise first or Undefined(Code.NO_FUNCTION, "")


def arrange(arguments: Sequence[Value], order: Sequence[int | None]) -> list[Value]:
    """The arguments in the order of the parameters, with the mark of absence where one was left out."""
    return [ABSENT if place is None else arguments[place] for place in order]


def as_value(name: str) -> FunctionValue:
    """The built-in function `name` as a value."""
    function = BUILTINS[name][0]
    parameters = tuple((p.name, p.kind) for p in function.parameters)
    variadic = any(other.parameters and other.parameters[-1].repeated for other in BUILTINS[name])

    def run(frame: Frame, arguments: Sequence[Value], names: Sequence[str]) -> Value:
        found = candidates(name, len(arguments), names)
        return call_first([(one, arrange(arguments, order)) for one, order in found], frame)

    return FunctionValue(name, FunctionType(parameters, ANY, variadic), run)


def bind(
    function: str, parameters: Sequence[tuple[str, FeelType]], arguments: Sequence[Value], names: Sequence[str]
) -> list[Value]:
    """The arguments of a function that is no built-in, in the order of its parameters, each made to fit its type.

    Raises `Undefined` for too few or too many, for names it does not have, and for a value that does not fit: then the
    function is not run, and the result is null (DMN 1.5, 10.3.2.9.4 and 10.3.2.13).
    """
    wanted = [name for name, _ in parameters]
    if len(arguments) != len(wanted) or (names and (set(names) != set(wanted) or len(set(names)) < len(names))):
        raise Undefined(Code.WRONG_ARGUMENTS, function, f"{function}({', '.join(wanted)})")
    given = dict(zip(names or wanted, arguments, strict=True))
    return [coerce(given[name], kind) for name, kind in parameters]


def _types(text: str) -> tuple[type, ...]:
    kinds = [kind.strip() for kind in text.split("|")]
    return tuple(t for kind in kinds for t in ((Null,) if kind == "null" else TYPES[kind]))


def _parameter(text: str) -> Parameter:
    name, _, types = text.partition(":")
    name, kind = name.strip(), types.strip()
    return Parameter(
        name.rstrip("?."),
        _types(types),
        Basic(kind) if kind in TYPES and kind not in ("list", "context", "range", "function") else ANY,
        name.endswith("?"),
        name.endswith("..."),
    )


def builtin(signature: str, *, framed: bool = False) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Enters a function into `BUILTINS` under `signature`."""
    name, _, rest = signature.partition("(")
    parameters = tuple(_parameter(part) for part in rest.rstrip(")").split(",") if part)

    def enter(run: Callable[..., Value]) -> Callable[..., Value]:
        BUILTINS[name] = (*BUILTINS.get(name, ()), Function(name, signature, parameters, run, framed))
        return run

    return enter
