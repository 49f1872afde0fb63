"""Formulas that lose a cent, and operands that cannot fit: found by looking at the syntax tree alone.

Types are inferred by example: a node of type number is taken as some number, and the engine itself says what comes
out, so that the inference cannot disagree with it. What no example settles is of unknown type, never a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TypeAlias

from tongban.rules.feel.errors import Code, sentence
from tongban.rules.feel.evaluate import closed
from tongban.rules.feel.expression import compile_expression
from tongban.rules.feel.syntax import (
    Between,
    Binary,
    Call,
    Connective,
    Constant,
    If,
    In,
    Name,
    Negate,
    Node,
    Op,
    Path,
    Quantified,
    children,
)
from tongban.rules.feel.values import Value, type_name

from .constants import constant

Types: TypeAlias = frozenset[str] | None
"""FEEL's names of the types that a node may have; None is any."""

_EXAMPLE_TEXTS = {
    "number": "2",
    "string": '"a"',
    "boolean": "true",
    "date": '@"2026-01-31"',
    "time": '@"08:30:00"',
    "date and time": '@"2026-01-31T08:30:00"',
    "days and time duration": '@"P2D"',
    "years and months duration": '@"P2Y"',
}
_EXAMPLES: dict[str, Value] = {name: compile_expression(text, ()).evaluate({}) for name, text in _EXAMPLE_TEXTS.items()}
_TRUTH: Types = frozenset({"boolean"})
_COMPARISONS = frozenset({Op.EQUAL, Op.UNEQUAL, Op.LESS, Op.AT_MOST, Op.GREATER, Op.AT_LEAST})
_MISFITS = frozenset({Code.TYPE_MISMATCH, Code.NO_SUCH_ENTRY})

MOST_TRIED = 64
"""Combinations of examples that are tried for one node."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Operands that can never fit: the node, and why in both languages."""

    node: Node
    zh: str
    en: str


def divides_first(node: Node) -> Iterator[Node]:
    """The quotients in `node` that are multiplied afterwards: dividing rounds, and the product carries that on.

    FEEL keeps 34 digits, and a twelfth that is multiplied by twelve is not one; written the other way round it is.
    """
    if isinstance(node, Binary) and node.op is Op.MULTIPLY:
        yield from (side for side in (node.left, node.right) if isinstance(side, Binary) and side.op is Op.DIVIDE)
    for child in children(node):
        yield from divides_first(child)


def infer(node: Node, names: Mapping[str, str]) -> tuple[Types, tuple[Misfit, ...]]:
    """The types that `node` may have, and every place where operands cannot fit. `names` are the types of facts."""
    inference = _Inference(names)
    return inference.types(node), tuple(inference.misfits)


class _Inference:
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self.misfits: list[Misfit] = []

    def types(self, node: Node) -> Types:
        """The types that `node` may have; notes what does not fit on the way."""
        match node:
            case Constant(value=value):
                return None if value is None else frozenset({type_name(value)})
            case Name(name=name):
                kind = self._names.get(name)
                return frozenset({kind}) if kind in _EXAMPLES else None
            case Binary(op=op, left=left, right=right):
                found = self._tried((left, right), lambda n: replace(node, left=n[0], right=n[1]))
                return _TRUTH if op in _COMPARISONS else found
            case Negate(operand=operand):
                return self._tried((operand,), lambda n: replace(node, operand=n[0]))
            case Path(source=source):
                return self._tried((source,), lambda n: replace(node, source=n[0]))
            case Between(value=value, low=low, high=high):
                self._tried((value, low, high), lambda n: replace(node, value=n[0], low=n[1], high=n[2]))
                return _TRUTH
            case Call(arguments=arguments):
                return self._tried(arguments, lambda n: replace(node, arguments=n))
            case Connective(left=left, right=right):
                self._truths(left, right)
                return _TRUTH
            case If(condition=condition, then=then, otherwise=otherwise):
                self._truths(condition)
                one, two = self.types(then), self.types(otherwise)
                return None if one is None or two is None else one | two
            case In() | Quantified():
                return _TRUTH
            case _:
                value = self._constant(node)
                return None if value is None else frozenset({type_name(value)})

    def _constant(self, node: Node) -> Value:
        known = constant(node)
        return None if known is None else known[0]

    def _truths(self, *nodes: Node) -> None:
        """Notes those of `nodes` that can be no truth."""
        for node in nodes:
            found = self.types(node)
            if found is not None and not found & {"boolean"}:
                zh, en = sentence(Code.WRONG_TYPE, _text(found), "boolean", _text(found))
                self.misfits.append(Misfit(node, zh, en))

    def _tried(self, operands: Sequence[Node], make: Callable[[tuple[Node, ...]], Node]) -> Types:
        """What comes out of examples for each type that the operands may have; a misfit if nothing ever does."""
        kinds = [self.types(operand) for operand in operands]
        choices = [self._examples(*pair) for pair in zip(operands, kinds, strict=True)]
        if not all(choices) or prod(map(len, choices)) > MOST_TRIED:
            return None
        found: set[str] = set()
        settled = True
        misfit: Misfit | None = None
        for given in product(*choices):
            node = make(given)
            value, causes = constant(node) or (None, ())
            if value is not None:
                found.add(type_name(value))
            elif causes and causes[0].code in _MISFITS:
                misfit = Misfit(node, causes[0].zh, causes[0].en)
            else:
                settled = False
        if misfit is not None and settled and not found:
            self.misfits.append(misfit)
        return frozenset(found) if found and settled else None

    def _examples(self, node: Node, kinds: Types) -> list[Node]:
        """Constants to try in place of `node`; none where its type is not known."""
        if closed(node):
            return [node]
        return [Constant(_EXAMPLES[kind], node.at) for kind in sorted(kinds or ()) if kind in _EXAMPLES]


def _text(kinds: frozenset[str]) -> str:
    return ", ".join(sorted(kinds))
