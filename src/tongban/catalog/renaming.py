"""Names of a foreign model as names of facts, and FEEL texts with the new names in the place of the old."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tongban import rules
from tongban.rules.feel.syntax import Name, Node, children

_FACT = re.compile(r"[a-z][a-z0-9_]*")


class Renaming:
    """New names for `names`, each different; a name that a fact may have stays as it is."""

    def __init__(self, names: Iterable[str]) -> None:
        self._new: dict[str, str] = {}
        taken: set[str] = set()
        for name in sorted(dict.fromkeys(names), key=lambda name: _FACT.fullmatch(name) is None):
            plain = _plain(name)
            number = 1
            while plain in taken:
                number += 1
                plain = f"{_plain(name)}_{number}"
            taken.add(plain)
            self._new[name] = plain

    def new(self, name: str) -> str:
        return self._new.get(name, _plain(name))

    def expression(self, text: str) -> str:
        """An expression with the new names. Raises `RuleSyntaxError`."""
        return renamed(text, self._new)

    def cell(self, text: str) -> str:
        """A cell of a table with the new names. Raises `RuleSyntaxError`."""
        tree = rules.compile_cell(text, self._new).tree
        return _replaced(text, [test.operand for test in tree.tests], self._new)


def renamed(text: str, new: Mapping[str, str]) -> str:
    """An expression over the names of `new`, and nothing else, with the new ones. Raises `RuleSyntaxError`."""
    return _replaced(text, [rules.compile_expression(text, new).node], new)


def _replaced(text: str, nodes: Iterable[Node], new: Mapping[str, str]) -> str:
    found = sorted({(node.at, node.name) for root in nodes for node in _names(root)}, reverse=True)
    for (start, end), name in found:
        if name in new:
            text = text[:start] + new[name] + text[end:]
    return text.strip()


def _names(node: Node) -> Iterator[Name]:
    if isinstance(node, Name):
        yield node
    for child in children(node):
        yield from _names(child)


def _plain(name: str) -> str:
    if _FACT.fullmatch(name):
        return name
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    plain = re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_")
    return plain if re.match(r"[a-z]", plain) else f"fact_{plain}".rstrip("_")
