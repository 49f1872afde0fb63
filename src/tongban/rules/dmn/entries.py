"""The names of entries that contexts of a model may have: FEEL needs them to read `loan.monthly payment`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import model
from .link import Unit, elements


def entry_names(units: Iterable[Unit]) -> frozenset[str]:
    """The names of components of types, of entries and columns of boxes, and of elements, which imports offer."""
    return frozenset(name for unit in units for name in _names(unit.definitions))


def _names(definitions: model.Definitions) -> Iterator[str]:
    items = list(definitions.items)
    while items:
        components = items.pop().components
        yield from (component.name for component in components)
        items.extend(components)
    yield from (element.name for element in elements(definitions))
    boxes: list[model.Expression | None] = [decision.expression for decision in definitions.decisions]
    boxes += [knowledge.logic for knowledge in definitions.knowledge]
    while boxes:
        box = boxes.pop()
        if box is not None:
            boxes.extend(parts(box))
            yield from _entries(box)


def _entries(box: model.Expression) -> Iterator[str]:
    match box:
        case model.Context(entries=entries):
            yield from (entry.variable.name for entry in entries if entry.variable)
        case model.Relation(columns=columns):
            yield from (column.name for column in columns)
        case model.DecisionTable(outputs=outputs):
            yield from (output.name for output in outputs if output.name)
        case _:
            pass


def parts(box: model.Expression) -> tuple[model.Expression | None, ...]:
    """The boxes directly inside a box."""
    match box:
        case model.LiteralExpression() | model.DecisionTable():
            return ()
        case model.Context(entries=entries):
            return tuple(entry.value for entry in entries)
        case model.ListExpression(items=items):
            return items
        case model.Relation(rows=rows):
            return tuple(cell for row in rows for cell in row)
        case model.Invocation(called=called, bindings=bindings):
            return (called, *(binding.value for binding in bindings))
        case model.FunctionDefinition(body=body):
            return (body,)
        case model.Conditional(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case model.Filter(source=source, match=match):
            return (source, match)
        case model.Iterator(source=source, body=body):
            return (source, body)
