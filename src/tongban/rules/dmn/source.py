"""One file being read: names, types, references and texts of its elements, and the faults found so far."""

from __future__ import annotations

import re

from .errors import ModelCode, ModelFault, fault
from .model import At, Extension, Feel, Reference, Variable
from .xml import Element

FEEL_NAMESPACE = re.compile(r"https?://www\.omg\.org/spec/(?:FEEL/\d{8}|DMN/\d{8}/(?:B-)?FEEL)/?")
"""The namespaces of FEEL (and, from 1.6, of B-FEEL), each edition's own."""

_SPACES = re.compile(r"\s+")


def one_line(name: str) -> str:
    """A name as FEEL compares names: single spaces, none around."""
    return _SPACES.sub(" ", name).strip()


class Source:
    """A file with its root, asked for parts of its elements."""

    def __init__(self, file: str, root: Element) -> None:
        self.file = file
        self.faults: list[ModelFault] = []
        self._namespace = root.get("namespace")
        self._imports = {part.get("namespace"): self.import_name(part) for part in root.children("import")}

    def fault(self, element: Element, code: ModelCode, *details: object) -> ModelFault:
        """Notes a fault of `element`."""
        found = fault(self.file, element.at, code, *details)
        self.faults.append(found)
        return found

    @staticmethod
    def import_name(element: Element) -> str:
        """What an import is called here. DMN 1.1 gives it no name; there the prefix of its namespace is it."""
        if "name" in element.attributes:
            return one_line(element.get("name"))
        found = (prefix for prefix, uri in element.prefixes.items() if prefix and uri == element.get("namespace"))
        return next(found, "")

    def name(self, element: Element) -> str:
        name = one_line(element.get("name"))
        if not name:
            self.fault(element, ModelCode.NO_NAME, element.name)
        return name

    def variable(self, element: Element) -> Variable:
        """An information item; `name` may be empty where the standard lets it be."""
        return Variable(one_line(element.get("name")), self.type_of(element), element.at)

    def type_of(self, element: Element) -> str | None:
        """The type that `element` names in its attribute `typeRef` or in a child of that name."""
        named = element.child("typeRef")
        return self.type_name(element, element.get("typeRef") if named is None else named.text)

    def type_name(self, element: Element, name: str | None) -> str | None:
        """`name` without the prefixes of this file: a type of FEEL or of this model has none, one of an import the
        import's name."""
        name = one_line(name or "")
        if not name:
            return None
        prefix, colon, rest = name.partition(":")
        uri = element.prefixes.get(prefix) if colon else None
        if uri is None:
            return name.removeprefix("feel:").removeprefix("feel.")
        if uri == self._namespace or FEEL_NAMESPACE.fullmatch(uri):
            return rest
        imported = self._imports.get(uri)
        return f"{imported}.{rest}" if imported else rest

    def reference(self, element: Element) -> Reference:
        """What an `href` points to: `#id` here, `namespace#id` anywhere."""
        href = element.get("href").strip()
        uri, hash_sign, ident = href.rpartition("#")
        return Reference(uri or self._namespace, ident if hash_sign else href, element.at)

    def feel(self, element: Element) -> Feel:
        """The FEEL text in the `text` child of `element`; empty if there is none."""
        text = element.child("text")
        if text is None:
            return Feel("", element.at)
        return Feel(text.text, At(element.name, element.id, text.line))

    def feel_in(self, element: Element, name: str) -> Feel | None:
        """The FEEL text of the child called `name`, None if there is no such child or nothing in it."""
        found = element.child(name)
        feel = None if found is None else self.feel(found)
        return feel if feel and feel.text.strip() else None


def extensions(element: Element) -> tuple[Extension, ...]:
    """The elements of other vocabularies that `element` carries."""
    holders = element.children("extensionElements")
    return tuple(_extension(part) for holder in holders for part in holder.elements)


def _extension(element: Element) -> Extension:
    return Extension(
        namespace=element.namespace,
        name=element.name,
        attributes=tuple(element.attributes.items()),
        text=element.text.strip(),
        children=tuple(map(_extension, element.elements)),
    )
