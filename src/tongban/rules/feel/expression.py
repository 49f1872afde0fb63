"""One FEEL expression, compiled once and evaluated many times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .builtins import BUILTINS
from .dialect import FEEL, Dialect
from .errors import Cause
from .evaluate import Compiler
from .frame import Layout, Run, run_bounded
from .parser import parse_expression
from .syntax import Node
from .values import Value, to_feel


class Expression:
    """A compiled expression. `names` are the facts that it reads."""

    __slots__ = ("_layout", "_run", "names", "node", "text")

    def __init__(self, text: str, node: Node, run: Run, layout: Layout) -> None:
        self.text = text
        self.node = node
        self._run = run
        self._layout = layout
        self.names = layout.names

    def evaluate(self, context: Mapping[str, object]) -> Value:
        """The value for the facts in `context`; null where it is undefined."""
        return self.explain(context)[0]

    def explain(self, context: Mapping[str, object]) -> tuple[Value, tuple[Cause, ...]]:
        """The value, and the causes of nulls met on the way."""
        frame = self._layout.frame(context)
        value = run_bounded(self._run, frame)
        return to_feel(value), tuple(frame.causes)


def compile_expression(text: str, names: Iterable[str], dialect: Dialect = FEEL) -> Expression:
    """Compiles a FEEL expression over the facts called `names`.

    Raises `RuleSyntaxError` with the position if the text is no expression, uses a name that is not among
    `names`, or calls a function that does not exist.
    """
    layout = Layout(names)
    node = parse_expression(text, layout.known, BUILTINS)
    return Expression(text, node, Compiler(dialect, layout).compile(node), layout)
