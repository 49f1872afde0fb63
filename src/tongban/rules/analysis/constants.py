"""The value of what depends on no fact, as the engine computes it."""

from __future__ import annotations

from tongban.rules.feel.dialect import FEEL
from tongban.rules.feel.errors import Cause, RuleSyntaxError
from tongban.rules.feel.evaluate import Compiler, closed
from tongban.rules.feel.frame import Layout
from tongban.rules.feel.syntax import Node
from tongban.rules.feel.values import Value


def constant(node: Node) -> tuple[Value, tuple[Cause, ...]] | None:
    """The value of `node` and the causes of its being null; None if it depends on facts, or cannot be compiled."""
    if not closed(node):
        return None
    try:
        return Compiler(FEEL, Layout(())).constant(node)
    except RuleSyntaxError:
        return None  # told where the text is read
