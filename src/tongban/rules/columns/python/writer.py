"""What is written while a program becomes code: statements, the locals that hold names, values with their nulls.

A value is written in two parts: tests of which one holds where it is null, and an expression that is looked at only
where none does. So nothing is asked twice, and where nothing can be null nothing is asked.
"""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tongban.rules.columns.nodes import And, Expr, Kind, Not, Or

from . import build as py


class NotGenerated(ValueError):
    """A program that has no generated form; it still runs in the interpreter. The text names the part."""


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression is: null where one of `nulls` holds (by what they ask), else `expr`."""

    nulls: Mapping[str, ast.expr]
    expr: ast.expr

    @property
    def null(self) -> ast.expr:
        """The test whether it is null."""
        return py.any_of(self.nulls.values())

    @property
    def or_none(self) -> ast.expr:
        """One expression for both."""
        if isinstance(self.expr, ast.Name) and list(self.nulls) == [self.expr.id]:
            return self.expr
        return py.choose(self.null, py.NULL, self.expr)


@dataclass(frozen=True, slots=True)
class Held:
    """How the code holds a name: in a local, that may be None or not; where a condition may make it inapplicable,
    `applies` is the local of that condition (which is not False where the name is unknown); `mask` is the local, or
    the constant for an input, of the missing facts that it waits for while it is unknown."""

    local: str
    nullable: bool
    applies: str | None
    mask: str | int


Form: TypeAlias = "Callable[[Writer, Any], Value]"
"""How one kind of node is written."""


@dataclass(slots=True)
class Writer:
    """Statements as they are written, the locals that hold names, and the constants that the code refers to.

    `forms` says for each type of node how it is written."""

    forms: Mapping[type, Form]
    held: dict[str, Held] = field(default_factory=dict[str, Held])
    constants: dict[str, object] = field(default_factory=dict[str, object])
    body: list[ast.stmt] = field(default_factory=list[ast.stmt])
    count: int = 0

    def fresh(self, letter: str = "t") -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def constant(self, value: object) -> ast.expr:
        """A value that Python's syntax has no constant for."""
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return py.load(name)

    def emit(self, *statements: ast.stmt) -> None:
        self.body.extend(statements)

    @contextmanager
    def inside(self) -> Generator[list[ast.stmt]]:
        """What is written inside goes to the list."""
        outer, self.body = self.body, []
        inner = self.body
        try:
            yield inner
        finally:
            self.body = outer

    def keep(self, value: ast.expr, letter: str = "t") -> ast.expr:
        """The value in a local of its own, unless it costs nothing to look at."""
        if isinstance(value, ast.Name | ast.Constant):
            return value
        name = self.fresh(letter)
        self.emit(py.assign(name, value))
        return py.load(name)

    # --- names -------------------------------------------------------------------------------------------

    def unknown(self, name: str) -> ast.expr:
        """The test whether a name is unknown."""
        held = self.held[name]
        if not held.nullable:
            return py.FALSE
        null = py.is_none(py.load(held.local))
        if held.applies is None:
            return null
        return py.all_of((null, py.compare(py.load(held.applies), ast.IsNot(), py.FALSE)))

    def mask(self, name: str) -> ast.expr:
        """The missing facts that a name waits for; 0 if it is not unknown."""
        mask = self.held[name].mask
        if mask == 0:
            return py.const(0)
        waits = py.load(mask) if isinstance(mask, str) else py.const(mask)
        return py.choose(self.unknown(name), waits, py.const(0))

    def masks(self, names: tuple[str, ...]) -> ast.expr:
        """The missing facts that any of the names waits for."""
        found: ast.expr = py.const(0)
        for name in names:
            if name not in self.held or not self.held[name].nullable:
                continue
            mask = self.mask(name)
            if not _zero(mask):
                found = mask if _zero(found) else py.binary(found, ast.BitOr(), mask)
        return found

    # --- values ------------------------------------------------------------------------------------------

    def value(self, expr: Expr) -> Value:
        """The value of an expression; statements that it needs are written first."""
        return self.forms[type(expr)](self, expr)

    def true(self, expr: Expr) -> ast.expr:
        """The test whether an expression is true (and not null)."""
        match expr:
            case And(items=items):
                return py.all_of([self.true(item) for item in items])
            case Or(items=items):
                return py.any_of([self.true(item) for item in items])
            case Not(operand=operand):
                return self.false(operand)
            case _:
                value = self.value(expr)
                return py.all_of((*map(py.not_, value.nulls.values()), value.expr))

    def false(self, expr: Expr) -> ast.expr:
        """The test whether an expression is false (and not null)."""
        match expr:
            case And(items=items):
                return py.any_of([self.false(item) for item in items])
            case Or(items=items):
                return py.all_of([self.false(item) for item in items])
            case Not(operand=operand):
                return self.true(operand)
            case _:
                value = self.value(expr)
                return py.all_of((*map(py.not_, value.nulls.values()), py.not_(value.expr)))

    def literal(self, value: bool | int | str | None, kind: Kind) -> ast.expr:
        """A constant as the code holds values of its kind."""
        if kind is Kind.DATE and isinstance(value, int):
            return self.constant(datetime.date.fromordinal(value))
        return py.const(value)


def _zero(mask: ast.expr) -> bool:
    return isinstance(mask, ast.Constant) and mask.value == 0


def held_in(name: str) -> Value:
    """What a local holds that may be None."""
    return Value({name: py.is_none(py.load(name))}, py.load(name))
