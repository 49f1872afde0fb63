"""Signatures of built-in functions: written as the standard writes them, and checked on every call.

A signature reads `substring(string: string, start position: number, length?: number)`; `?` marks what may be
left out, `...` what may be repeated, `|` alternative types. An argument of null makes the result null unless its
type is `any`; a list of one stands for its item and the reverse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .errors import Code, Undefined
from .text import plain_text
from .values import TYPES, Value, is_list


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `types` empty takes any value, null included."""

    name: str
    types: tuple[type, ...]
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
    """One signature of a built-in function."""

    name: str
    signature: str
    parameters: tuple[Parameter, ...]
    run: Callable[..., Value]

    def call(self, arguments: Sequence[Value]) -> Value:
        """The result for arguments in the order of the parameters. Raises `Undefined` where it is null."""
        parameters = self.parameters
        if parameters and parameters[-1].repeated:
            parameters += parameters[-1:] * (len(arguments) - len(parameters))
        return self.run(*(p.take(self.name, a) for p, a in zip(parameters, arguments, strict=False) if a is not ABSENT))


class _Absent:
    """The mark for an optional argument that was left out."""


ABSENT = _Absent()
BUILTINS: dict[str, tuple[Function, ...]] = {}
"""All functions by name; the first signature that fits the number or the names of the arguments is used."""


def _parameter(text: str) -> Parameter:
    name, _, types = text.partition(":")
    python = tuple(t for kind in types.split("|") for t in TYPES[kind.strip()])
    return Parameter(name.strip().rstrip("?."), python, name.strip().endswith("?"), name.strip().endswith("..."))


def builtin(signature: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Enters a function into `BUILTINS` under `signature`."""
    name, _, rest = signature.partition("(")
    parameters = tuple(_parameter(part) for part in rest.rstrip(")").split(",") if part)

    def enter(run: Callable[..., Value]) -> Callable[..., Value]:
        BUILTINS[name] = (*BUILTINS.get(name, ()), Function(name, signature, parameters, run))
        return run

    return enter
