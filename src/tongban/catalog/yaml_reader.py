"""Reads a YAML text without trusting it.

The subset is that of YAML 1.2's core schema which a department's officer needs: mappings, lists, texts, whole and
decimal numbers, dates, `true`, `false`, `null`. `no`, `on` and `yes` are text; `0012` keeps its zeros and is text.
Anchors, aliases, tags, merge keys and a second document are refused: a file must read as it is written, and
without aliases it cannot grow ("billion laughs"). Built on libyaml's events, so nesting costs no recursion.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import yaml

from tongban.base.i18n import Text
from tongban.catalog.findings import Finding

MAX_BYTES = 1_000_000
MAX_DEPTH = 24
MAX_NODES = 100_000

_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9]\d{0,14})\.\d{1,10}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(slots=True, frozen=True)
class Mark:
    """Where a node begins in the text; `index` counts characters from 0."""

    line: int
    column: int
    index: int
    style: str = ""


@dataclass(slots=True)
class Node:
    """A value with its place; a container has its parts and, if it is a mapping, the places of its keys."""

    mark: Mark
    data: Any
    children: "dict[str, Node] | list[Node] | None" = None
    keys: dict[str, Mark] = field(default_factory=dict[str, Mark])


class _Stop(Exception):
    """Reading cannot go on after this finding."""


def _scalar(value: str) -> Any:
    """What an unquoted scalar means."""
    if value in _WORDS:
        return _WORDS[value]
    if not (value[0].isdigit() or value[0] in "+-"):
        return value
    if _INTEGER.fullmatch(value):
        return int(value)
    if _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value  # the schema says that this is no date
    return float(value) if _DECIMAL.fullmatch(value) else value


def read_quickly(text: str) -> Any:
    """The data of a sound text; None at the first sign of anything else, so that `read_marked` may say what it is."""
    if len(text) > MAX_BYTES:
        return None
    stack: list[Any] = []
    top: Any = None  # the innermost open container
    key: str | None = None
    root: Any = None
    nodes = documents = 0
    try:
        parser: Any = cast("Any", yaml.CSafeLoader)(text)
        while True:
            event: Any = parser.get_event()
            kind: Any = event.__class__
            if kind is yaml.ScalarEvent:
                if event.anchor is not None or event.tag is not None:
                    return None
                if key is None and top.__class__ is dict:
                    key = event.value
                    if event.value in top:
                        return None
                    continue
                value: Any = _scalar(event.value) if event.implicit[0] else event.value
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                strange = event.anchor is not None or event.tag is not None
                if strange or len(stack) >= MAX_DEPTH or (key is None and top.__class__ is dict):
                    return None
                value = {} if kind is yaml.MappingStartEvent else []
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                stack.pop()
                top = stack[-1] if stack else None
                continue
            elif kind is yaml.StreamEndEvent:
                return root if root.__class__ is dict and nodes <= MAX_NODES else None
            elif kind is yaml.AliasEvent:
                return None
            else:
                documents += kind is yaml.DocumentStartEvent
                if documents > 1:
                    return None
                continue
            nodes += 1
            if top is None:
                root = value
            elif key is not None:
                top[key] = value
                key = None
            else:
                top.append(value)
            if kind is not yaml.ScalarEvent:
                stack.append(value)
                top = value
    except (yaml.YAMLError, UnicodeEncodeError):
        return None


def read_marked(text: str, path: str) -> tuple[Node | None, list[Finding]]:
    """The tree of a text with the place of each node, and everything wrong with it; no tree if it breaks off."""
    reader = _Reader(text, path)
    with suppress(_Stop):
        return reader.read(), reader.findings
    return None, reader.findings


class _Reader:
    """One pass over libyaml's events, with a stack of open containers in place of recursion."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.findings: list[Finding] = []
        self.root: Node | None = None
        self.stack: list[Node] = []
        self.key: tuple[str, Mark] | None = None
        self.nodes = self.documents = 0

    def stop(self, code: str, zh: str, en: str, mark: Any = None) -> _Stop:
        self.note(code, zh, en, mark)
        return _Stop()

    def note(self, code: str, zh: str, en: str, mark: Any = None) -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        self.findings.append(Finding("error", code, Text(zh, en), self.path, line, column))

    def read(self) -> Node:
        text = self.text
        if len(text) > MAX_BYTES:
            raise self.stop(
                "file-too-large",
                f"文件超过{MAX_BYTES:,}个字符，请拆分或检查是否选错了文件",
                f"The file is longer than {MAX_BYTES:,} characters; split it, or check that it is the right file",
            )
        if not text.strip():
            raise self.stop("file-empty", "文件是空的", "The file is empty")
        try:
            text.encode()
            root = self._events(cast("Any", yaml.CSafeLoader)(text))
        except UnicodeEncodeError:
            raise self.stop("not-utf8", "文件不是有效的 UTF-8 文本", "The file is not valid UTF-8 text") from None
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            raise self.stop("yaml-syntax", *_syntax(problem), mark) from None
        except yaml.YAMLError:
            raise self.stop(
                "yaml-characters",
                "文件里有不可显示的字符，可能不是文本文件",
                "The file has characters that cannot be shown; it may not be a text file",
            ) from None
        if root is None:
            raise self.stop("file-empty", "文件里只有注释，没有内容", "The file has comments but no content")
        if not isinstance(root.data, dict):
            raise self.stop(
                "not-a-mapping",
                "文件应当由“字段: 值”组成",
                "The file must consist of `field: value` lines",
                root.mark,
            )
        return root

    def _events(self, parser: Any) -> Node | None:
        handle: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        while True:
            event: Any = parser.get_event()
            act = handle.get(event.__class__)
            if act is not None:
                act(event)
            elif isinstance(event, yaml.StreamEndEvent):
                return self.root

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self.stop(
                "yaml-documents",
                "一个文件只能写一份内容，请去掉第二个 ---",
                "One file holds one document; remove the second ---",
                event.start_mark,
            )

    def _alias(self, event: Any) -> None:
        raise self.stop("yaml-alias", *_NO_ALIAS, event.start_mark)

    def _scalar(self, event: Any) -> None:
        self._plainly(event)
        at = event.start_mark
        mark = Mark(at.line, at.column, at.index, event.style or "")
        if self._expects_key():
            self.key = (event.value, mark)
        else:
            self._place(Node(mark, _scalar(event.value) if event.implicit[0] else event.value))

    def _mapping(self, event: Any) -> None:
        self._open(event, {}, {})

    def _sequence(self, event: Any) -> None:
        self._open(event, [], [])

    def _end(self, _event: Any) -> None:
        self.stack.pop()

    def _open(self, event: Any, data: Any, children: "dict[str, Node] | list[Node]") -> None:
        self._plainly(event)
        at = event.start_mark
        if self._expects_key():
            raise self.stop("yaml-key", "字段名必须是文字", "A field name must be a text", at)
        if len(self.stack) >= MAX_DEPTH:
            raise self.stop("yaml-too-deep", f"嵌套超过{MAX_DEPTH}层", f"Nested more than {MAX_DEPTH} levels deep", at)
        node = Node(Mark(at.line, at.column, at.index), data, children)
        self._place(node)
        self.stack.append(node)

    def _expects_key(self) -> bool:
        return self.key is None and bool(self.stack) and isinstance(self.stack[-1].children, dict)

    def _place(self, node: Node) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.stop("file-too-large", f"内容超过{MAX_NODES:,}项", f"More than {MAX_NODES:,} entries")
        if self.stack:
            self._attach(self.stack[-1], self.key, node)
        else:
            self.root = node
        self.key = None

    def _plainly(self, event: Any) -> None:
        if event.anchor is not None:
            raise self.stop("yaml-alias", *_NO_ALIAS, event.start_mark)
        if event.tag is not None:
            raise self.stop(
                "yaml-tag",
                f"不能使用标签 {event.tag}，请直接写值",
                f"The tag {event.tag} cannot be used; write the value itself",
                event.start_mark,
            )

    def _attach(self, parent: Node, key: tuple[str, Mark] | None, node: Node) -> None:
        if isinstance(parent.children, list):
            parent.children.append(node)
            parent.data.append(node.data)
            return
        assert key is not None and parent.children is not None  # noqa: S101 - the event grammar gives a key first
        name, mark = key
        if name in parent.children:
            first = parent.keys[name]
            self.note(
                "duplicate-key",
                f"“{name}”写了两次，第{first.line + 1}行已经有了",
                f"'{name}' is written twice; it already stands on line {first.line + 1}",
                mark,
            )
            return
        parent.children[name] = node
        parent.keys[name] = mark
        parent.data[name] = node.data


_NO_ALIAS = (
    "不能使用锚点和别名（& *），请把内容直接写出来",
    "Anchors and aliases (& *) cannot be used; write the content out",
)
_SYNTAX = {
    "mapping values are not allowed": (
        "这里不能再有冒号；值里有冒号时请用引号括起来",
        "No further colon can stand here; put a value that has a colon in quotation marks",
    ),
    "did not find expected ',' or '}'": ("花括号里少了逗号或 }", "A comma or } is missing in the braces"),
    "did not find expected ',' or ']'": ("方括号里少了逗号或 ]", "A comma or ] is missing in the brackets"),
    "did not find expected key": (
        "缩进或写法不对，这里应当是一个字段名",
        "Wrong indentation; a field name is expected here",
    ),
    "found character that cannot start any token": (
        "这里不能用制表符（Tab）或特殊符号，请用空格缩进",
        "A tab or special character cannot stand here; indent with spaces",
    ),
    "could not find expected ':'": ("字段名后面少了冒号", "The colon after a field name is missing"),
    "found unexpected end of stream": (
        "文件没有写完，可能少了引号或括号",
        "The file ends too early; a quote or bracket is missing",
    ),
}


def _syntax(problem: yaml.MarkedYAMLError) -> tuple[str, str]:
    said = problem.problem or "cannot be read"
    for start, sentence in _SYNTAX.items():
        if said.startswith(start):
            return sentence
    return f"YAML 写法有误：{said}", f"This is not valid YAML: {said}"
