"""From text to syntax tree: a scannerless Pratt parser that knows which names are in scope.

FEEL allows names with spaces and even operators in them (`years and months duration`, `start included`), so
where a name ends depends on which names exist. Each name is therefore matched against the scope, longest first,
before keywords and single words are considered; see Pratt, "Top Down Operator Precedence" (1973).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import ClassVar

from .errors import Code, RuleSyntaxError
from .phrases import (
    AND,
    COMPARISON,
    COMPARISONS,
    ITEM,
    MAX_DEPTH,
    OR,
    PARTIAL,
    POWER,
    PRODUCT,
    SUM,
    Phrases,
)
from .reader import KEYWORDS, NO_VOCABULARY, Described, Vocabulary
from .syntax import (
    Between,
    Binary,
    Compare,
    Connective,
    Constant,
    ContextOf,
    Filter,
    In,
    InstanceOf,
    ListOf,
    Logic,
    Match,
    Name,
    Node,
    Op,
    Path,
    RangeOf,
    Test,
    Tests,
    height,
)
from .types import read_type

__all__ = ["INPUT", "ITEM", "PARTIAL", "Vocabulary", "parse_cell", "parse_expression", "parse_filter"]

MAX_HEIGHT = 150

INPUT = "?"

_BINARY: dict[str, tuple[int, Op]] = {
    **{text: (COMPARISON, op) for text, op in COMPARISONS.items()},
    "+": (SUM, Op.ADD),
    "-": (SUM, Op.SUBTRACT),
    "*": (PRODUCT, Op.MULTIPLY),
    "/": (PRODUCT, Op.DIVIDE),
    "**": (POWER, Op.POWER),
}
_ORDERS = frozenset({Op.LESS, Op.AT_MOST, Op.GREATER, Op.AT_LEAST})
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NOT = re.compile(r"\s*not\s*\(")
_NO_FILTER = re.compile(r"\s*(?:$|[])},=<>!*/+:.]|(?:and|or|in|then|else|return|satisfies|between|instance)\b)")
"""What never begins a filter: after it, `[` is the closing bracket of a range that leaves its end out."""

_VALUE: Described = ("一个值", "a value")
_END: Described = ("结尾", "the end")


_NO_FUNCTIONS = (Constant, ListOf, ContextOf, RangeOf)


class Parser(Phrases):
    """Reads one text once. `names` are the variables in scope, `functions` the built-in functions."""

    def __init__(
        self, text: str, names: Iterable[str], functions: Iterable[str], vocabulary: Vocabulary = NO_VOCABULARY
    ) -> None:
        super().__init__(text, names, functions, vocabulary)
        self._depth = 0

    # --- the two texts that are read ---------------------------------------------------------------------

    def read_expression(self) -> Node:
        """The whole text as one expression."""
        if not self._text.strip():
            raise RuleSyntaxError(Code.EMPTY, 0)
        return self._finish(self._expression())

    def read_condition(self) -> Node:
        """The whole text as the condition of a filter."""
        with self._scope((ITEM,), opens=True):
            return self.read_expression()

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
        name, function = self._variable(), self._longest(self._functions)
        if function is not None and len(function) > len(name or "") and self._called(function):
            return self._call(function)
        if name is not None:
            self._take(name)
            return Name(name, (start, self._at))
        if digits := _NUMBER.match(self._text, start):
            return self._number(digits)
        return super()._prefix()

    def _named(self, start: int, word: str) -> Node:
        if not word or word in KEYWORDS:
            raise self._unexpected(_VALUE)
        if self._open:
            return Name(self._entry_name(), (start, self._at))
        function = self._longest(self._functions)
        if function is not None:  # as a value: `sort(list, before)`; but not as the beginning of a longer name
            self._take(function)
            if self._word_ahead() in KEYWORDS or not self._word_ahead():
                return Name(function, (start, start + len(self._text[start : self._at].rstrip())))
            self._at = start
        if not self._vocabulary.lenient:
            raise self._unknown()
        return Name(self._entry_name(), (start, self._at))

    def _postfix(self, node: Node) -> Node:
        """`.name`, `[filter]` and `(arguments)`, as many as follow."""
        while True:
            mark = self._mark_ahead()
            if mark == ".":
                self._at += 1
                node = Path(node, self._entry_name(), (node.at[0], self._at))
            elif mark == "[" and self._filter_ahead():
                self._at += 1
                with self._scope((ITEM,), opens=True):
                    condition = self._expression()
                node = Filter(node, condition, (node.at[0], self._expect("]")))
            elif mark == "(" and (self._vocabulary.lenient or not isinstance(node, _NO_FUNCTIONS)):
                node = self._invoke(node)
            else:
                return node

    def _filter_ahead(self) -> bool:
        """Whether the bracket that comes next opens a filter, rather than closing a range that leaves its end out."""
        start = self._at
        self._at += 1
        found = not _NO_FILTER.match(self._text, self._at)
        found = found or self._variable() is not None or self._longest(self._keys) is not None
        self._at = start
        return found

    # --- words between two expressions -------------------------------------------------------------------

    def _and(self, left: Node) -> Node:
        self._word("and")
        right = self._expression(AND)
        return Connective(Logic.AND, left, right, (left.at[0], right.at[1]))

    def _or(self, left: Node) -> Node:
        self._word("or")
        right = self._expression(OR)
        return Connective(Logic.OR, left, right, (left.at[0], right.at[1]))

    def _between(self, value: Node) -> Node:
        self._word("between")
        low = self._expression(COMPARISON)
        self._word("and")
        high = self._expression(COMPARISON)
        return Between(value, low, high, (value.at[0], high.at[1]))

    def _instance_of(self, value: Node) -> Node:
        self._word("instance")
        self._word("of")
        kind, self._at = read_type(self._text, self._skip(), self._vocabulary.types)
        return InstanceOf(value, kind, (value.at[0], self._at))

    def _in(self, value: Node) -> Node:
        self._word("in")
        start = self._skip()
        if not self._accept("("):
            tests = (self._test(COMPARISON),)
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
        if mark in COMPARISONS:
            self._at += len(mark)
            operand = self._expression(COMPARISON)
            self._limit(operand)
            return Compare(COMPARISONS[mark], operand, (start, operand.at[1]))
        operand = self._expression(floor)
        self._limit(operand)
        return Match(operand, operand.at)

    _INFIX_WORDS: ClassVar[dict[str, tuple[int, Callable[[Parser, Node], Node]]]] = {
        "or": (OR, _or),
        "and": (AND, _and),
        "between": (COMPARISON, _between),
        "in": (COMPARISON, _in),
        "instance": (COMPARISON, _instance_of),
    }


def parse_expression(
    text: str, names: Iterable[str], functions: Iterable[str], vocabulary: Vocabulary = NO_VOCABULARY
) -> Node:
    """The tree of a FEEL expression. Raises `RuleSyntaxError`."""
    return Parser(text, names, functions, vocabulary).read_expression()


def parse_filter(
    text: str, names: Iterable[str], functions: Iterable[str], vocabulary: Vocabulary = NO_VOCABULARY
) -> Node:
    """The tree of a condition that stands alone but filters a list, so that `item` and the entries of the items are
    names in it (a boxed filter; DMN 1.5, 10.2.2.10). Raises `RuleSyntaxError`."""
    return Parser(text, names, functions, vocabulary).read_condition()


def parse_cell(
    text: str, names: Iterable[str], functions: Iterable[str], vocabulary: Vocabulary = NO_VOCABULARY
) -> Tests:
    """The tests of a cell (DMN's unary tests): `-`, `"a","b"`, `>= 6`, `not(…)`, an expression with `?`.

    Raises `RuleSyntaxError`.
    """
    if not text.strip():
        raise RuleSyntaxError(Code.EMPTY, 0)
    if text.strip() == "-":
        return Tests(())
    scope = (*names, INPUT)
    if not _NOT.match(text):
        return Tests(Parser(text, scope, functions, vocabulary).read_tests())
    try:
        return Tests(Parser(text, scope, functions, vocabulary).read_negated_tests(), negated=True)
    except RuleSyntaxError as first:  # such as `not(a) or b`: an expression that begins with the function not
        try:
            return Tests(Parser(text, scope, functions, vocabulary).read_tests())
        except RuleSyntaxError as second:
            raise max(first, second, key=lambda error: error.position) from None
