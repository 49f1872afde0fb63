"""Boxed functions of other languages, as FEEL writes them: `function(a) external {java: {class: …}}`."""

from __future__ import annotations

from . import model
from .model import Feel


def external_text(box: model.FunctionDefinition) -> Feel | None:
    """The FEEL text of an external function; None if it is no Java function with a class and a method signature."""
    if box.kind is not model.FunctionKind.JAVA or not isinstance(box.body, model.Context):
        return None
    found = {
        entry.variable.name: entry.value.feel.text.strip()
        for entry in box.body.entries
        if entry.variable and isinstance(entry.value, model.LiteralExpression)
    }
    if found.keys() != {"class", "method signature"}:
        return None
    parameters = ", ".join(p.name + (f": {p.type}" if p.type else "") for p in box.parameters)
    body = ", ".join(f"{key}: {text}" for key, text in found.items())
    return Feel(f"function({parameters}) external {{java: {{{body}}}}}", box.at)
