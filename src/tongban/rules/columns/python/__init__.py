"""One case at full speed: a program as one Python function, made of syntax nodes, never of text.

`generate` turns a `Program` into code that gives what `interpret.run` gives, many times faster, with the compact
trace: what came in and the number of the row of each table, from which the full explanation is found again. Nothing
of a rule file becomes a name or a piece of code: names are numbered, texts are constants, and the code sees only the
functions of `runtime`, no built-ins.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, TypeAlias

from tongban.rules.columns.interpret import Answer
from tongban.rules.columns.ir import Program
from tongban.rules.columns.nodes import Kind, Scalar
from tongban.rules.tables.hit import AGGREGATED

from . import arithmetic, logic
from . import build as py
from .program import GENERAL, Body, parameters, tables_of
from .reading import OutOfDomain, scalar, write_reading
from .runtime import FUNCTIONS
from .writer import NotGenerated, Writer

__all__ = ["Compact", "Generated", "NotGenerated", "OutOfDomain", "generate"]

Compact: TypeAlias = tuple["str | None", int, bool, tuple["int | None", ...], tuple["int | None", ...], tuple[Any, ...]]
"""What a case comes to: the outcome (None without a verdict), the mask of missing facts, whether the rules leave
nothing open, for each table the number of its row (None: it did not run), for each table that adds up the bits of its
matching rows, and the program's outputs (days as `date`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Generated:
    """A program as code.

    row   takes the inputs one by one, in the order of `program.inputs`: whole numbers as the typed language has them,
          but days as `date`; None where unknown
    case  takes facts by name, as `catalog.answers` gives them (decimals, days, texts), and answers with the inputs
          before the rest: the compact trace. Raises `OutOfDomain`
    """

    program: Program
    row: Callable[..., Compact]
    case: Callable[[Mapping[str, Any]], tuple[tuple[Any, ...], Compact]]
    functions: tuple[ast.FunctionDef, ...]

    @property
    def source(self) -> str:
        """The code as text, for people who want to read it."""
        return "\n\n\n".join(map(ast.unparse, self.functions))

    def inputs(self, scalars: Mapping[str, Scalar]) -> list[Any]:
        """The arguments of `row` from values as the interpreter takes them."""
        return [_as_day(field.type.kind, scalars.get(field.name)) for field in self.program.inputs]

    def answer(self, compact: Compact) -> Answer:
        """What the interpreter would have said. `matching` holds tables that add up only: the others keep the row
        that counts."""
        outcome, missing, determined, rows, bits, outputs = compact
        tables = tables_of(self.program)
        names = [table.name for table in tables if table.hit in AGGREGATED]
        return Answer(
            outcome,
            {table.name: row for table, row in zip(tables, rows, strict=True) if row is not None},
            {name: _numbers(mask) for name, mask in zip(names, bits, strict=True) if mask is not None},
            {name: _as_number(value) for name, value in zip(self.program.outputs, outputs, strict=True)},
            missing,
            determined,
        )


def generate(program: Program) -> Generated:
    """The code of a program; kept for as long as the program is one of the last that were asked for.

    Raises `NotGenerated` where a part of it has no form in Python; `interpret.run` still runs it.
    """
    return _kept(_Same(program))


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A program as a key: found by its digest, compared in full unless it is the same object."""

    program: Program

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and (self.program is other.program or self.program == other.program)

    def __hash__(self) -> int:
        return hash((self.program.digest, self.program.name, self.program.outputs))


@lru_cache(maxsize=256)
def _kept(key: _Same) -> Generated:
    program = key.program
    writer = Writer({**logic.FORMS, **arithmetic.FORMS})
    locals_ = parameters(program)
    general = Body(program, writer, whole=False).write()
    row = Body(program, writer, whole=True).write()
    reading = [
        statement
        for local, field in zip(locals_, program.inputs, strict=True)
        for statement in write_reading(writer, local, field)
    ]
    strange = ast.ExceptHandler(py.load("Exception"), None, [_read_slowly(locals_)])
    case = [ast.Try(reading, [strange], [], []), *Body(program, writer, whole=True, with_inputs=True).write()]
    functions = [
        py.function(GENERAL, locals_, general),
        py.function("row", locals_, row),
        py.function("case", ["f"], case),
    ]

    def slowly(facts: Mapping[str, Any]) -> list[Any]:
        return [scalar(field, facts.get(field.fact)) for field in program.inputs]

    reach: dict[str, Any] = {
        **FUNCTIONS, **writer.constants, "scalar": scalar, "slowly": slowly,
        "Exception": Exception, "KeyError": KeyError, "__builtins__": {},
    }  # fmt: skip
    made = _made(functions, reach, program.name)
    return Generated(program, made["row"], made["case"], tuple(functions))


def _read_slowly(locals_: Sequence[str]) -> ast.stmt:
    return py.unpack(locals_, py.call("slowly", py.load("f")))


def _made(functions: Sequence[ast.FunctionDef], reach: dict[str, Any], name: str) -> dict[str, Callable[..., Any]]:
    """The functions, made from their nodes: the only place where code comes to be. No text is read as code."""
    module = ast.fix_missing_locations(ast.Module(list(functions), []))
    codes = [part for part in compile(module, f"<rules {name!r}>", "exec").co_consts if isinstance(part, CodeType)]
    reach.update({code.co_name: FunctionType(code, reach) for code in codes})
    return {code.co_name: reach[code.co_name] for code in codes}


def _numbers(bits: int) -> tuple[int, ...]:
    return tuple(place + 1 for place in range(bits.bit_length()) if bits >> place & 1)


def _as_day(kind: Kind, value: Scalar) -> Any:
    return date.fromordinal(value) if kind is Kind.DATE and isinstance(value, int) else value


def _as_number(value: Any) -> Scalar:
    return value.toordinal() if isinstance(value, date) else value
