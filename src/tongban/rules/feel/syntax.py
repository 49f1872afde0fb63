"""The syntax tree of FEEL: frozen nodes that know where in the text they stand.

Names follow the grammar of DMN 1.5, chapter 10.3.1. `at` is (start, end) in characters of the source text,
brackets around an expression included, so that the text of a node is an expression by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from .types import FeelType
from .values import Value

Span: TypeAlias = tuple[int, int]


class Op(StrEnum):
    """Operators between two values; their meaning is a `Dialect`'s."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    POWER = "**"
    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="


class Logic(StrEnum):
    """Connectives of three-valued logic."""

    AND = "and"
    OR = "or"


class Quantifier(StrEnum):
    SOME = "some"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Constant:
    value: Value
    at: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A variable; `?` is the input value inside a cell."""

    name: str
    at: Span


@dataclass(frozen=True, slots=True)
class Path:
    """`source.name`"""

    source: Node
    name: str
    at: Span


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Binary:
    op: Op
    left: Node
    right: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Connective:
    logic: Logic
    left: Node
    right: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Between:
    """`value between low and high`, both ends included"""

    value: Node
    low: Node
    high: Node
    at: Span


@dataclass(frozen=True, slots=True)
class In:
    """`value in test` or `value in (test, test)`"""

    value: Node
    tests: tuple[Test, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class If:
    condition: Node
    then: Node
    otherwise: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Binding:
    """`name in source` or `name in source..end`"""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For:
    bindings: tuple[Binding, ...]
    result: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Quantified:
    quantifier: Quantifier
    bindings: tuple[Binding, ...]
    condition: Node
    at: Span


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Node, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class ContextOf:
    """`{key: value, …}`; a later entry may use the earlier ones by name"""

    entries: tuple[tuple[str, Node], ...]
    at: Span


@dataclass(frozen=True, slots=True)
class RangeOf:
    low: Node
    high: Node
    low_closed: bool
    high_closed: bool
    at: Span


@dataclass(frozen=True, slots=True)
class OpenRange:
    """`(< end)`, `(>= end)`, `(= end)`, `(!= end)`: a range that is written as a comparison"""

    op: Op
    end: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Filter:
    """`source[condition]`, by position from 1 (or from the end, -1) or by a condition on `item`"""

    source: Node
    condition: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A built-in function with positional arguments, or with named ones (then `names` runs along)."""

    function: str
    arguments: tuple[Node, ...]
    names: tuple[str, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class Invoke:
    """A call of whatever `function` is: a variable, an entry, a function just written, the result of a call"""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...]
    at: Span


@dataclass(frozen=True, slots=True)
class Formal:
    """A parameter of a written function; any value if no type is given"""

    name: str
    type: FeelType


@dataclass(frozen=True, slots=True)
class FunctionOf:
    """`function(a: number, b) body`; with `external`, the body is a context that names a foreign function"""

    parameters: tuple[Formal, ...]
    body: Node
    external: bool
    at: Span


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """`value instance of type`"""

    value: Node
    type: FeelType
    at: Span


Node: TypeAlias = (
    Constant
    | Name
    | Path
    | Negate
    | Binary
    | Connective
    | Between
    | In
    | If
    | For
    | Quantified
    | ListOf
    | ContextOf
    | RangeOf
    | OpenRange
    | Filter
    | Call
    | Invoke
    | FunctionOf
    | InstanceOf
)


@dataclass(frozen=True, slots=True)
class Compare:
    """A test such as `>= 6`: the operator stands first and the tested value is understood."""

    op: Op
    operand: Node
    at: Span


@dataclass(frozen=True, slots=True)
class Match:
    """A test such as `"a"`, `[1..5]` or `contains(?, "x")`."""

    operand: Node
    at: Span


Test: TypeAlias = Compare | Match


@dataclass(frozen=True, slots=True)
class Tests:
    """A whole cell. No tests at all is `-`: anything, even null."""

    tests: tuple[Test, ...]
    negated: bool = False


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below `node`, in the order of the text."""
    match node:
        case Constant() | Name():
            return ()
        case Path(source=source):
            return (source,)
        case Negate(operand=part) | OpenRange(end=part) | FunctionOf(body=part) | InstanceOf(value=part):
            return (part,)
        case Binary(left=left, right=right) | Connective(left=left, right=right):
            return (left, right)
        case Between(value=value, low=low, high=high):
            return (value, low, high)
        case In(value=value, tests=tests):
            return (value, *(test.operand for test in tests))
        case If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case For(bindings=bindings, result=last) | Quantified(bindings=bindings, condition=last):
            sources = (part for b in bindings for part in (b.source, b.end) if part is not None)
            return (*sources, last)
        case ListOf(items=items):
            return items
        case ContextOf(entries=entries):
            return tuple(value for _, value in entries)
        case RangeOf(low=low, high=high):
            return (low, high)
        case Filter(source=source, condition=condition):
            return (source, condition)
        case Call(arguments=arguments):
            return arguments
        case Invoke(function=function, arguments=arguments):
            return (function, *arguments)


def height(node: Node) -> int:
    """How many nodes lie on the longest way down; counted without recursion, for texts nobody trusts yet."""
    tallest = 0
    todo = [(node, 1)]
    while todo:
        current, level = todo.pop()
        tallest = max(tallest, level)
        todo.extend((child, level + 1) for child in children(current))
    return tallest


def mentions(node: Node, name: str) -> bool:
    """Whether `name` is used anywhere in `node`."""
    return (isinstance(node, Name) and node.name == name) or any(mentions(c, name) for c in children(node))
