"""One FEEL expression, compiled once and evaluated many times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .builtins import BUILTINS
from .dialect import FEEL, Dialect
from .errors import Cause
from .evaluate import Compiler
from .frame import Frame, Layout, Run, run_bounded
from .parser import Vocabulary, parse_expression
from .syntax import Node
from .types import FeelType
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

    def evaluate(self, context: Mapping[str, object], now: Value = None) -> Value:
        """The value for the facts in `context`; null where it is undefined. `now` is what `now()` tells."""
        return self.explain(context, now)[0]

    def explain(self, context: Mapping[str, object], now: Value = None) -> tuple[Value, tuple[Cause, ...]]:
        """The value, and the causes of nulls met on the way."""
        frame = self._layout.frame(context, now)
        value = run_bounded(self._run, frame)
        return to_feel(value), tuple(frame.causes)

    def run(self, frame: Frame, context: Mapping[str, object]) -> Value:
        """The value for the facts in `context`, as a part of the run that `frame` belongs to: the work is counted and
        the causes are kept there, and `now()` tells the same. Raises `Exhausted`."""
        return frame.call(self._run, self._layout.frame(context).slots)


def compile_expression(
    text: str,
    names: Iterable[str],
    dialect: Dialect = FEEL,
    *,
    types: Mapping[str, FeelType] = MappingProxyType({}),
    entries: Iterable[str] = (),
) -> Expression:
    """Compiles a FEEL expression over the facts called `names`.

    `types` are item definitions by name, for `instance of` and the parameters of functions; `entries` are the names
    that contexts are known to have, needed only for those with spaces or signs in them.

    Raises `RuleSyntaxError` with the position if the text is no expression; and, unless the dialect is lenient, if it
    uses a name that is not among `names` or calls a function that does not exist.
    """
    layout = Layout(names)
    vocabulary = Vocabulary(types, frozenset(entries), dialect.lenient)
    node = parse_expression(text, layout.known, BUILTINS, vocabulary)
    return Expression(text, node, Compiler(dialect, layout).compile(node), layout)
