"""The numbers in an expression: those with which a fact is compared, and those it is computed with."""

from collections.abc import Iterator
from decimal import Decimal

from tongban.rules.feel import syntax
from tongban.rules.feel.syntax import (
    Between,
    Binary,
    Call,
    Compare,
    Constant,
    In,
    Invoke,
    Match,
    Name,
    Node,
    Op,
    RangeOf,
    children,
)

_COMPARES = frozenset({Op.LESS, Op.AT_MOST, Op.GREATER, Op.AT_LEAST, Op.EQUAL})


def bounds(test: object) -> Iterator[Constant]:
    """The numbers at which a test divides."""
    match test:
        case Compare(operand=Constant() as one):
            ends = (one,)
        case Match(operand=RangeOf(low=low, high=high)):
            ends = (low, high)
        case Match(operand=Constant() as one):
            ends = (one,)
        case _:
            ends = ()
    for end in ends:
        if isinstance(end, Constant) and isinstance(end.value, Decimal) and end.value:
            yield end


def factors(node: Node, fellow: Node | None = None) -> Iterator[tuple[Constant, Node | None]]:
    """The numbers of a formula, each with what it is multiplied by."""
    match node:
        case _ if next(_sides(node), None) is not None:
            pass  # compared, not computed with
        case Constant(value=Decimal() as value):
            if value:
                yield node, fellow
        case Call() | Invoke():
            for argument in node.arguments:
                if not isinstance(argument, Constant):
                    yield from factors(argument)
        case Binary(op=Op.MULTIPLY, left=left, right=right):
            sides = ((left, right), (right, left))
            yield from (one for a, b in sides if not _unit(a, b) for one in factors(a, b))
        case _:
            for child in children(node):
                yield from factors(child)


def _sides(node: Node) -> Iterator[tuple[str, Constant]]:
    """The numbers with which this node itself compares a fact."""
    match node:
        case Binary(op=op, left=Name(name=name), right=Constant() as one) if op in _COMPARES:
            found = [(name, one)]
        case Binary(op=op, left=Constant() as one, right=Name(name=name)) if op in _COMPARES:
            found = [(name, one)]
        case Between(value=Name(name=name), low=low, high=high):
            found = [(name, end) for end in (low, high) if isinstance(end, Constant)]
        case In(value=Name(name=name), tests=tests):
            found = [(name, one) for test in tests for one in bounds(test)]
        case _:
            found = []
    yield from ((name, one) for name, one in found if isinstance(one.value, Decimal))


def compared(node: Node) -> Iterator[tuple[str, Constant]]:
    """Every number of a formula with which a fact is compared; zero only asks whether there is anything."""
    yield from ((name, one) for name, one in _sides(node) if one.value)
    for child in children(node):
        yield from compared(child)


def _unit(constant: Node, other: Node) -> bool:
    """Whether a number only turns one unit into another: the years of a duration times twelve."""
    return isinstance(constant, Constant) and isinstance(other, syntax.Path)


def names_in(node: Node) -> Iterator[Name]:
    if isinstance(node, Name):
        yield node
    for child in children(node):
        yield from names_in(child)


def number_of(constant: Constant) -> Decimal:
    return constant.value if isinstance(constant.value, Decimal) else Decimal(0)
