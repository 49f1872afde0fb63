"""The part of lxml.etree that Tongban uses; the library ships no types."""

from collections.abc import Iterator, Mapping

class _DocInfo:
    doctype: str

class _ElementTree:
    docinfo: _DocInfo

class _Element:
    tag: object
    text: str | None
    tail: str | None
    sourceline: int | None
    attrib: Mapping[str, str]
    nsmap: Mapping[str | None, str]
    def getroottree(self) -> _ElementTree: ...
    def __iter__(self) -> Iterator[_Element]: ...

class QName:
    localname: str
    namespace: str | None
    def __init__(self, element: _Element) -> None: ...

class XMLSyntaxError(SyntaxError): ...

class XMLParser:
    def __init__(
        self,
        *,
        attribute_defaults: bool = ...,
        dtd_validation: bool = ...,
        load_dtd: bool = ...,
        no_network: bool = ...,
        remove_comments: bool = ...,
        remove_pis: bool = ...,
        resolve_entities: bool = ...,
        huge_tree: bool = ...,
    ) -> None: ...

def fromstring(text: bytes, parser: XMLParser) -> _Element: ...
