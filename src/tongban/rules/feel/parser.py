"""From text to syntax tree: a scannerless Pratt parser that knows which names are in scope.

FEEL allows names with spaces and even operators in them (`years and months duration`, `start included`), so
where a name ends depends on which names exist. Each name is therefore matched against the scope, longest first,
before keywords and single words are considered; see Pratt, "Top Down Operator Precedence" (1973).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

from . import temporal
from .errors import Code, RuleSyntaxError, Undefined
from .reader import KEYWORDS, Described, Reader, quoted
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
    Match,
    Name,
    Negate,
    Node,
    Op,
    Path,
    Quantified,
    Quantifier,
    RangeOf,
    Test,
    Tests,
    height,
)
from .values import CONTEXT, Value, number

MAX_DEPTH = 50
MAX_HEIGHT = 150

INPUT = "?"
ITEM = "item"
PARTIAL = "partial"


# how tightly operators bind; unary minus binds tighter than ** (DMN 1.5, grammar rule 4: -5 ** 2 = 25)
_OR, _AND, _COMPARISON, _SUM, _PRODUCT, _POWER, _SIGN, _POSTFIX = range(1, 9)
_BINARY: dict[str, tuple[int, Op]] = {
    **{op.value: (_COMPARISON, op) for op in (Op.EQUAL, Op.UNEQUAL, Op.LESS, Op.AT_MOST, Op.GREATER, Op.AT_LEAST)},
    "+": (_SUM, Op.ADD),
    "-": (_SUM, Op.SUBTRACT),
    "*": (_PRODUCT, Op.MULTIPLY),
    "/": (_PRODUCT, Op.DIVIDE),
    "**": (_POWER, Op.POWER),
}
_COMPARISONS = frozenset(text for text, (power, _) in _BINARY.items() if power == _COMPARISON)
_ORDERS = frozenset({Op.LESS, Op.AT_MOST, Op.GREATER, Op.AT_LEAST})
_LITERAL_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NOT = re.compile(r"\s*not\s*\(")

_VALUE: Described = ("一个值", "a value")
_END: Described = ("结尾", "the end")
_VARIABLE: Described = ("变量名", "the name of a variable")
_PARAMETER: Described = ("参数名", "the name of a parameter")


class Parser(Reader):
    """Reads one text once. `names` are the variables in scope, `functions` the built-in functions."""

    def __init__(self, text: str, names: Iterable[str], functions: Iterable[str]) -> None:
        super().__init__(text, names, functions)
        self._depth = 0

    # --- the two texts that are read ---------------------------------------------------------------------

    def read_expression(self) -> Node:
        """The whole text as one expression."""
        if not self._text.strip():
            raise RuleSyntaxError(Code.EMPTY, 0)
        return self._finish(self._expression())

    def read_tests(self) -> tuple[Test, ...]:
        """The whole text as tests separated by commas."""
        tests = self._tests()
        self._end()
        return tests

    def read_negated_tests(self) -> tuple[Test, ...]:
        """The whole text as `not(test, test)`."""
        self._word("not")
        self._expect("(")
        tests = self._tests()
        self._expect(")")
        self._end()
        return tests

    def _finish(self, node: Node) -> Node:
        self._end()
        self._limit(node)
        return node

    def _limit(self, node: Node) -> None:
        if height(node) > MAX_HEIGHT:
            raise RuleSyntaxError(Code.TOO_DEEP, node.at[0], MAX_HEIGHT)

    def _end(self) -> None:
        if self._skip() < len(self._text):
            raise self._unexpected(_END)

    # --- expressions -------------------------------------------------------------------------------------

    def _expression(self, floor: int = 0) -> Node:
        """Everything from here that binds more tightly than `floor`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RuleSyntaxError(Code.TOO_DEEP, self._at, MAX_DEPTH)
        left = self._postfix(self._prefix())
        ordered = False
        while True:
            mark = self._mark_ahead()
            power, op = _BINARY.get(mark, (0, Op.EQUAL))
            if power > floor:
                if op in _ORDERS and ordered:
                    raise RuleSyntaxError(Code.CHAINED_COMPARISON, self._at)
                self._at += len(mark)
                right = self._expression(power)
                left = Binary(op, left, right, (left.at[0], right.at[1]))
                ordered = op in _ORDERS
                continue
            power, finish = self._INFIX_WORDS.get(self._word_ahead(), (0, None)) if not mark else (0, None)
            if finish is None or power <= floor:
                break
            left = finish(self, left)
            ordered = False
        self._depth -= 1
        return left

    def _prefix(self) -> Node:
        start = self._skip()
        if function := self._function():
            return self._call(function)
        if name := self._variable():
            self._take(name)
            return Name(name, (start, self._at))
        if digits := _NUMBER.match(self._text, start):
            return self._number(digits)
        if self._text.startswith('"', start):
            text = self._string()
            return Constant(text, (start, self._at))
        if read_mark := self._PREFIX_MARKS.get(self._mark_ahead()):
            return read_mark(self)
        word = self._word_ahead()
        if read_word := self._PREFIX_WORDS.get(word):
            self._at += len(word)
            return read_word(self, start)
        if not word or word in KEYWORDS:
            raise self._unexpected(_VALUE)
        if not self._open:
            raise self._unknown()
        return Name(self._entry_name(), (start, self._at))

    def _postfix(self, node: Node) -> Node:
        """`[filter]` and `.name`, as many as follow."""
        while True:
            if self._accept("."):
                node = Path(node, self._entry_name(), (node.at[0], self._at))
            elif self._accept("["):
                with self._scope((ITEM,), opens=True):
                    condition = self._expression()
                node = Filter(node, condition, (node.at[0], self._expect("]")))
            else:
                return node

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
        operand = self._expression(_SIGN)
        if isinstance(operand, Constant) and isinstance(operand.value, Decimal):
            return Constant(CONTEXT.minus(operand.value), (start, operand.at[1]))
        return Negate(operand, (start, operand.at[1]))

    # --- brackets ----------------------------------------------------------------------------------------

    def _group(self) -> Node:
        start = self._at
        self._expect("(")
        inner = self._expression()
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
        items = [self._expression()]
        if self._accept(".."):
            return self._range(start, items[0], low_closed=True)
        while self._accept(","):
            items.append(self._expression())
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
                entries.append((key, self._expression()))
            self._keys.add(key)
            if not self._accept(","):
                break
        return ContextOf(tuple(entries), (start, self._expect("}")))

    def _call(self, function: str) -> Node:
        start = self._at
        self._take(function)
        self._expect("(")
        arguments: list[Node] = []
        names: list[str] = []
        while self._mark_ahead() != ")" or arguments:
            if (names or not arguments) and self._key_ahead():
                names.append(self._key())
                self._expect(":")
            elif names:
                raise self._unexpected(_PARAMETER)
            arguments.append(self._expression())
            if not self._accept(","):
                break
        return Call(function, tuple(arguments), tuple(names), (start, self._expect(")")))

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
            name = self._word_ahead()
            if not name or name in KEYWORDS:
                raise self._unexpected(_VARIABLE)
            self._at += len(name)
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

    def _literal_word(self, start: int) -> Node:
        return Constant(_LITERAL_WORDS[self._text[start : self._at]], (start, self._at))

    def _function_literal(self, start: int) -> Node:
        raise RuleSyntaxError(Code.NOT_YET, start, "function")

    # --- words between two expressions -------------------------------------------------------------------

    def _and(self, left: Node) -> Node:
        self._word("and")
        right = self._expression(_AND)
        return Connective(Logic.AND, left, right, (left.at[0], right.at[1]))

    def _or(self, left: Node) -> Node:
        self._word("or")
        right = self._expression(_OR)
        return Connective(Logic.OR, left, right, (left.at[0], right.at[1]))

    def _between(self, value: Node) -> Node:
        self._word("between")
        low = self._expression(_COMPARISON)
        self._word("and")
        high = self._expression(_COMPARISON)
        return Between(value, low, high, (value.at[0], high.at[1]))

    def _instance_of(self, _: Node) -> Node:
        raise RuleSyntaxError(Code.NOT_YET, self._at, "instance of")

    def _in(self, value: Node) -> Node:
        self._word("in")
        start = self._skip()
        if not self._accept("("):
            tests = (self._test(_COMPARISON),)
            return In(value, tests, (value.at[0], tests[0].at[1]))
        first = self._test()
        if isinstance(first, Match) and self._accept(".."):
            span = self._range(start, first.operand, low_closed=False)
            return In(value, (Match(span, span.at),), (value.at[0], span.at[1]))
        tests = (first, *self._tests()) if self._accept(",") else (first,)
        return In(value, tests, (value.at[0], self._expect(")")))

    # --- tests -------------------------------------------------------------------------------------------

    def _tests(self) -> tuple[Test, ...]:
        tests = [self._test()]
        while self._accept(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self, floor: int = 0) -> Test:
        start = self._skip()
        mark = self._mark_ahead()
        if mark in _COMPARISONS:
            self._at += len(mark)
            operand = self._expression(_COMPARISON)
            self._limit(operand)
            return Compare(_BINARY[mark][1], operand, (start, operand.at[1]))
        operand = self._expression(floor)
        self._limit(operand)
        return Match(operand, operand.at)

    _PREFIX_MARKS: ClassVar[dict[str, Callable[[Parser], Node]]] = {
        "(": _group,
        "[": _list,
        "]": _reversed_range,
        "{": _context,
        "-": _negation,
        "@": _at_literal,
    }
    _PREFIX_WORDS: ClassVar[dict[str, Callable[[Parser, int], Node]]] = {
        "if": _if,
        "for": _for,
        "some": _quantified,
        "every": _quantified,
        "function": _function_literal,
        **dict.fromkeys(_LITERAL_WORDS, _literal_word),
    }
    _INFIX_WORDS: ClassVar[dict[str, tuple[int, Callable[[Parser, Node], Node]]]] = {
        "or": (_OR, _or),
        "and": (_AND, _and),
        "between": (_COMPARISON, _between),
        "in": (_COMPARISON, _in),
        "instance": (_COMPARISON, _instance_of),
    }


def parse_expression(text: str, names: Iterable[str], functions: Iterable[str]) -> Node:
    """The tree of a FEEL expression. Raises `RuleSyntaxError`."""
    return Parser(text, names, functions).read_expression()


def parse_cell(text: str, names: Iterable[str], functions: Iterable[str]) -> Tests:
    """The tests of a cell (DMN's unary tests): `-`, `"a","b"`, `>= 6`, `not(…)`, an expression with `?`.

    Raises `RuleSyntaxError`.
    """
    if not text.strip():
        raise RuleSyntaxError(Code.EMPTY, 0)
    if text.strip() == "-":
        return Tests(())
    scope = (*names, INPUT)
    if not _NOT.match(text):
        return Tests(Parser(text, scope, functions).read_tests())
    try:
        return Tests(Parser(text, scope, functions).read_negated_tests(), negated=True)
    except RuleSyntaxError as first:  # such as `not(a) or b`: an expression that begins with the function not
        try:
            return Tests(Parser(text, scope, functions).read_tests())
        except RuleSyntaxError as second:
            raise max(first, second, key=lambda error: error.position) from None
