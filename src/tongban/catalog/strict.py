"""FEEL expressions over facts that may be unknown: what cannot be told yet is unknown, never false.

FEEL itself answers `null = "a"` with false and `null != null` with false, so a plain evaluation would turn a question
nobody has answered into a no. Here an expression that reads an unknown fact is unknown, except that `and` and `or`
keep their three-valued sense: one true settles an `or`, one false an `and`. A fact that does not apply is not
unknown; it is null, and FEEL's own rules hold for it.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tongban import rules
from tongban.rules.feel.dialect import both, either
from tongban.rules.feel.syntax import Connective, Logic, Node


@dataclass(frozen=True, slots=True)
class _Leaf:
    expression: rules.Expression

    def evaluate(self, values: Mapping[str, Any], unknown: Container[str]) -> Any:
        if any(name in unknown for name in self.expression.names):
            return None
        return self.expression.evaluate(values)


@dataclass(frozen=True, slots=True)
class _Junction:
    logic: Logic
    left: "_Leaf | _Junction"
    right: "_Leaf | _Junction"

    def evaluate(self, values: Mapping[str, Any], unknown: Container[str]) -> Any:
        join = both if self.logic is Logic.AND else either
        return join(_truth(self.left.evaluate(values, unknown)), _truth(self.right.evaluate(values, unknown)))


@dataclass(frozen=True, slots=True)
class Strict:
    """A compiled expression; `names` are the facts that it reads, `node` its syntax tree."""

    text: str
    names: tuple[str, ...]
    node: Node
    _tree: _Leaf | _Junction

    @staticmethod
    def compile(text: str, names: Iterable[str]) -> "Strict":
        """Raises `rules.RuleSyntaxError` with the position."""
        known = tuple(names)
        whole = rules.compile_expression(text, known)
        return Strict(text, whole.names, whole.node, _split(whole, whole.node, known))

    def evaluate(self, values: Mapping[str, Any], unknown: Container[str]) -> Any:
        """The value for what is known; None if it is unknown or undefined."""
        return self._tree.evaluate(values, unknown)

    def holds(self, values: Mapping[str, Any], unknown: Container[str]) -> bool | None:
        """As a condition: true, false, or unknown. A value that is no truth counts as unknown."""
        return _truth(self.evaluate(values, unknown))


def _split(whole: rules.Expression, node: Node, names: tuple[str, ...]) -> _Leaf | _Junction:
    if isinstance(node, Connective):
        return _Junction(node.logic, _split(whole, node.left, names), _split(whole, node.right, names))
    if node is whole.node:
        return _Leaf(whole)
    return _Leaf(rules.compile_expression(whole.text[slice(*node.at)], names))


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
