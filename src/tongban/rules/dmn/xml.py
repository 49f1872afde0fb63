"""XML from people nobody knows: parsed without entities, network or document types, and within limits.

A model is data from outside. What can make a reader run, load or grow is refused, not worked around: a document
type declaration (entities, outer subsets), more bytes, elements or levels than any real model has. What comes out
is a tree of plain frozen elements, so that nothing above this module knows which parser read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from .errors import ModelCode, ModelErrors, fault
from .model import At

MAX_BYTES = 16 * 1024 * 1024
MAX_ELEMENTS = 300_000
MAX_DEPTH = 100

_TOP = At("xml", "", 1)


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """An element with what is in it. `id` is its own or the nearest one around it; `prefixes` are those in force."""

    namespace: str
    name: str
    attributes: Mapping[str, str]
    prefixes: Mapping[str, str]
    text: str
    """The characters directly inside, exactly as written."""
    elements: tuple[Element, ...]
    id: str
    line: int

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute, default)

    @property
    def at(self) -> At:
        return At(self.name, self.id, self.line)

    def children(self, *names: str) -> Iterator[Element]:
        """The elements inside in the same namespace, those called `names` or all."""
        return (e for e in self.elements if e.namespace == self.namespace and (not names or e.name in names))

    def child(self, name: str) -> Element | None:
        """The first element inside called `name`."""
        return next(self.children(name), None)

    def text_of(self, name: str) -> str:
        """The text of the first element inside called `name`, without spaces around it; empty if there is none."""
        found = self.child(name)
        return "" if found is None else found.text.strip()


def parse(data: bytes, file: str) -> Element:
    """The root of a document. Raises `ModelErrors`; `file` is only the name to call the document by."""
    if len(data) > MAX_BYTES:
        raise ModelErrors([fault(file, _TOP, ModelCode.TOO_LARGE, MAX_BYTES, "字节", "bytes")])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = max(error.lineno or 1, 1)
        raise ModelErrors([fault(file, At("xml", "", line), ModelCode.NOT_XML, error.msg)]) from None
    except (ValueError, LookupError) as error:  # nothing at all, or an encoding that does not exist
        raise ModelErrors([fault(file, _TOP, ModelCode.NOT_XML, error)]) from None
    if root.getroottree().docinfo.doctype:
        raise ModelErrors([fault(file, _TOP, ModelCode.DOCTYPE)])
    return _Copy(file).element(root, "", 1)


class _Copy:
    """Copies one tree, counting."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._count = 0

    # lxml's class of elements has a private name, and no public one
    def element(self, raw: etree._Element, around: str, depth: int) -> Element:  # pyright: ignore[reportPrivateUsage]
        tag = etree.QName(raw)
        name, line = tag.localname, raw.sourceline or 0
        attributes = dict(raw.attrib)
        ident = attributes.get("id") or around
        self._count += 1
        if depth > MAX_DEPTH:
            raise ModelErrors([fault(self._file, At(name, ident, line), ModelCode.TOO_DEEP, MAX_DEPTH)])
        if self._count > MAX_ELEMENTS:
            at = At(name, ident, line)
            raise ModelErrors([fault(self._file, at, ModelCode.TOO_LARGE, MAX_ELEMENTS, "个元素", "elements")])
        inside = [part for part in raw if isinstance(part.tag, str)]
        return Element(
            namespace=tag.namespace or "",
            name=name,
            attributes=attributes,
            prefixes={prefix or "": uri for prefix, uri in raw.nsmap.items()},
            text="".join((raw.text or "", *(part.tail or "" for part in raw))),
            elements=tuple(self.element(part, ident, depth + 1) for part in inside),
            id=ident,
            line=line,
        )
