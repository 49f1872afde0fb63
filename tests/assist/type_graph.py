"""Walking the type graph: from annotations to every class of ours that can be reached from them."""

import inspect
import sys
import types
import typing
from collections.abc import Iterator
from typing import Any, cast

from tongban.assist.model import Abstain, Proposed, Suggestion

KINDS = (Suggestion, Proposed, Abstain)
"""What a model may produce."""


def parts(annotation: Any) -> Iterator[type]:
    """Every class that an annotation names, inside unions, mappings, callables and aliases too."""
    if isinstance(annotation, type) and not typing.get_args(annotation):
        yield annotation
        return
    origin = typing.get_origin(annotation)
    if isinstance(origin, type):
        yield origin
    for part in typing.get_args(annotation):
        if isinstance(part, list):
            for inner in cast("list[Any]", part):
                yield from parts(inner)
        elif not isinstance(part, str | bytes | int | float):
            yield from parts(part)


def hints(thing: Any) -> dict[str, Any]:
    """The annotations of a class or function, resolved.

    A name that is imported for the type checker alone stands for every class of ours that has it, which can only find
    too much. Raises NameError for one that none has.
    """
    known: dict[str, Any] = {}
    while True:
        try:
            return typing.get_type_hints(thing, localns=known or None, include_extras=True)
        except NameError as error:
            if error.name in known or not (named := _named(error.name)):
                raise
            known[error.name] = typing.Union[tuple(named)]  # noqa: UP007 -- made of as many as there are


def _named(name: str) -> list[type]:
    ours = [module for place, module in sorted(sys.modules.items()) if place.startswith("tongban")]
    return list({one for module in ours if isinstance(one := vars(module).get(name), type)})


def neighbours(kind: type) -> Iterator[type]:
    """What a class of ours holds, and what its methods take and give."""
    for annotation in hints(kind).values():
        yield from parts(annotation)
    for _, method in inspect.getmembers(kind, inspect.isfunction):
        if getattr(method, "__module__", "").startswith("tongban"):
            for annotation in hints(method).values():
                yield from parts(annotation)
    for _, member in inspect.getmembers(kind, lambda one: isinstance(one, property)):
        for annotation in hints(member.fget).values():
            yield from parts(annotation)


def reached(roots: list[Any]) -> set[type]:
    """Every class of ours that can be reached from these functions, classes and modules."""
    found: set[type] = set()
    waiting: list[type] = []
    for root in roots:
        if isinstance(root, types.ModuleType):
            functions = [
                one for _, one in inspect.getmembers(root, inspect.isfunction) if one.__module__ == root.__name__
            ]
            classes = [one for _, one in inspect.getmembers(root, inspect.isclass) if one.__module__ == root.__name__]
            waiting += classes
            waiting += [part for one in functions for note in hints(one).values() for part in parts(note)]
        elif isinstance(root, type):
            waiting.append(root)
        else:
            waiting += [part for note in hints(root).values() for part in parts(note)]
    while waiting:
        kind = waiting.pop()
        if kind in found or not kind.__module__.startswith("tongban"):
            continue
        found.add(kind)
        waiting += neighbours(kind)
    return found


def held(kinds: list[type], without: frozenset[type] = frozenset()) -> set[type]:
    """Every class of ours that a value of these may hold in a field, `without` left out."""
    found: set[type] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if kind in found or kind in without or not kind.__module__.startswith("tongban"):
            continue
        found.add(kind)
        waiting += [part for note in hints(kind).values() for part in parts(note)]
    return found
