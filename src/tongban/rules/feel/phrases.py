"""The closed forms of FEEL: literals, what stands in brackets, and what a word such as `if` or `function` begins.

Each method reads one form from its first sign to its last; `Parser` joins them with operators.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

from . import temporal
from .errors import Code, RuleSyntaxError, Undefined
from .reader import Described, Reader, quoted
from .syntax import (
    Binding,
    Call,
    Constant,
    ContextOf,
    For,
    Formal,
    FunctionOf,
    If,
    Invoke,
    ListOf,
    Negate,
    Node,
    Op,
    OpenRange,
    Quantified,
    Quantifier,
    RangeOf,
)
from .types import ANY, read_type
from .values import CONTEXT, Value, number

MAX_DEPTH = 50

ITEM = "item"
PARTIAL = "partial"
COMPARISONS: dict[str, Op] = {
    op.value: op for op in (Op.EQUAL, Op.UNEQUAL, Op.LESS, Op.AT_MOST, Op.GREATER, Op.AT_LEAST)
}
# how tightly operators bind; unary minus binds tighter than ** (DMN 1.5, grammar rule 4: -5 ** 2 = 25)
OR, AND, COMPARISON, SUM, PRODUCT, POWER, SIGN = range(1, 8)

_LITERAL_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
_VARIABLE: Described = ("变量名", "the name of a variable")
_PARAMETER: Described = ("参数名", "the name of a parameter")


class Phrases(Reader):
    """Reads what is complete by itself."""

    @abstractmethod
    def _expression(self, floor: int = 0) -> Node:
        """Everything from here that binds more tightly than `floor`."""

    # --- literals ----------------------------------------------------------------------------------------

    def _number(self, digits: re.Match[str]) -> Node:
        self._at = digits.end()
        try:
            return Constant(number(digits.group()), digits.span())
        except Undefined:
            raise RuleSyntaxError(Code.BAD_NUMBER, digits.start(), digits.group()[:40]) from None

    def _at_literal(self) -> Node:
        start = self._at
        self._expect("@")
        if not self._text.startswith('"', self._skip()):
            raise self._unexpected(quoted('"'))
        text = self._string()
        try:
            return Constant(temporal.read(text), (start, self._at))
        except Undefined:
            raise RuleSyntaxError(Code.BAD_TEMPORAL, start, text[:40]) from None

    def _negation(self) -> Node:
        start = self._at
        self._expect("-")
        operand = self._expression(SIGN)
        if isinstance(operand, Constant) and isinstance(operand.value, Decimal):
            return Constant(CONTEXT.minus(operand.value), (start, operand.at[1]))
        return Negate(operand, (start, operand.at[1]))

    def _literal_word(self, start: int) -> Node:
        return Constant(_LITERAL_WORDS[self._text[start : self._at]], (start, self._at))

    # --- brackets ----------------------------------------------------------------------------------------

    def _part(self) -> Node:
        """What may stand between brackets and commas: an expression, or a range written as a comparison."""
        start = self._skip()
        op = COMPARISONS.get(self._mark_ahead())
        if op is None:
            return self._expression()
        self._at += len(op)
        end = self._expression(COMPARISON)
        return OpenRange(op, end, (start, end.at[1]))

    def _group(self) -> Node:
        start = self._at
        self._expect("(")
        inner = self._part()
        if self._accept(".."):
            return self._range(start, inner, low_closed=False)
        return replace(inner, at=(start, self._expect(")")))

    def _reversed_range(self) -> Node:
        start = self._at
        self._expect("]")
        low = self._expression()
        self._expect("..")
        return self._range(start, low, low_closed=False)

    def _list(self) -> Node:
        start = self._at
        self._expect("[")
        if self._accept("]"):
            return ListOf((), (start, self._at))
        items = [self._part()]
        if self._accept(".."):
            return self._range(start, items[0], low_closed=True)
        while self._accept(","):
            items.append(self._part())
        return ListOf(tuple(items), (start, self._expect("]")))

    def _range(self, start: int, low: Node, *, low_closed: bool) -> Node:
        high = self._expression()
        closing = self._mark_ahead()
        if closing not in (")", "]", "["):
            raise self._unexpected(quoted("]"))
        self._at += 1
        return RangeOf(low, high, low_closed, closing == "]", (start, self._at))

    def _context(self) -> Node:
        start = self._at
        self._expect("{")
        entries: list[tuple[str, Node]] = []
        while self._mark_ahead() != "}" or entries:
            key = self._key()
            self._expect(":")
            with self._scope(key for key, _ in entries):
                entries.append((key, self._part()))
            self._keys.add(key)
            if not self._accept(","):
                break
        return ContextOf(tuple(entries), (start, self._expect("}")))

    def _arguments(self) -> tuple[tuple[Node, ...], tuple[str, ...]]:
        """What stands in the brackets of a call: the arguments, and their names if they have any."""
        self._expect("(")
        arguments: list[Node] = []
        names: list[str] = []
        while self._mark_ahead() != ")" or arguments:
            if (names or not arguments) and self._key_ahead():
                names.append(self._key())
                self._expect(":")
            elif names:
                raise self._unexpected(_PARAMETER)
            arguments.append(self._part())
            if not self._accept(","):
                break
        self._expect(")")
        return tuple(arguments), tuple(names)

    def _call(self, function: str) -> Node:
        start = self._at
        self._take(function)
        return Call(function, *self._arguments(), (start, self._at))

    def _invoke(self, function: Node) -> Node:
        return Invoke(function, *self._arguments(), (function.at[0], self._at))

    # --- words that begin an expression ------------------------------------------------------------------

    def _if(self, start: int) -> Node:
        condition = self._expression()
        self._word("then")
        then = self._expression()
        self._word("else")
        otherwise = self._expression()
        return If(condition, then, otherwise, (start, otherwise.at[1]))

    def _bindings(self) -> tuple[Binding, ...]:
        bindings: list[Binding] = []
        while not bindings or self._accept(","):
            name = self._new_name(_VARIABLE)
            self._word("in")
            with self._scope(b.name for b in bindings):
                source = self._expression()
                end = self._expression() if self._accept("..") else None
            bindings.append(Binding(name, source, end))
            if len(bindings) > MAX_DEPTH:
                raise RuleSyntaxError(Code.TOO_DEEP, self._at, MAX_DEPTH)
        return tuple(bindings)

    def _for(self, start: int) -> Node:
        bindings = self._bindings()
        self._word("return")
        with self._scope((*(b.name for b in bindings), PARTIAL)):
            result = self._expression()
        return For(bindings, result, (start, result.at[1]))

    def _quantified(self, start: int) -> Node:
        quantifier = Quantifier(self._text[start : self._at])
        bindings = self._bindings()
        self._word("satisfies")
        with self._scope(b.name for b in bindings):
            condition = self._expression()
        return Quantified(quantifier, bindings, condition, (start, condition.at[1]))

    def _function_literal(self, start: int) -> Node:
        self._expect("(")
        parameters: list[Formal] = []
        while self._mark_ahead() != ")" or parameters:
            parameters.append(self._formal())
            if not self._accept(","):
                break
        self._expect(")")
        if len({parameter.name for parameter in parameters}) < len(parameters):
            raise RuleSyntaxError(Code.DUPLICATE_NAME, start, parameters[-1].name)
        external = self._word_ahead() == "external"
        if external:
            self._word("external")
        with self._scope(() if external else [parameter.name for parameter in parameters]):
            body = self._expression()
        return FunctionOf(tuple(parameters), body, external, (start, body.at[1]))

    def _formal(self) -> Formal:
        name = self._new_name(_PARAMETER)
        if not self._accept(":"):
            return Formal(name, ANY)
        kind, self._at = read_type(self._text, self._skip(), self._vocabulary.types)
        return Formal(name, kind)

    def _prefix(self) -> Node:
        start = self._skip()
        if (form := self._PREFIX_MARKS.get(self._mark_ahead())) is not None:
            return form(self)
        if self._text.startswith('"', start):
            text = self._string()
            return Constant(text, (start, self._at))
        word = self._word_ahead()
        if read_word := self._PREFIX_WORDS.get(word):
            self._at += len(word)
            return read_word(self, start)
        return self._named(start, word)

    @abstractmethod
    def _named(self, start: int, word: str) -> Node:
        """What a name stands for that is neither in scope nor a keyword."""

    _PREFIX_MARKS: ClassVar[dict[str, Callable[[Phrases], Node]]] = {
        "(": _group,
        "[": _list,
        "]": _reversed_range,
        "{": _context,
        "-": _negation,
        "@": _at_literal,
    }
    _PREFIX_WORDS: ClassVar[dict[str, Callable[[Phrases, int], Node]]] = {
        "if": _if,
        "for": _for,
        "some": _quantified,
        "every": _quantified,
        "function": _function_literal,
        **dict.fromkeys(_LITERAL_WORDS, _literal_word),
    }
