"""One file as read: its data, its findings, and the place of everything in it."""

from collections.abc import Callable
from typing import Any

from tongban.base.i18n import Text
from tongban.catalog.findings import Finding, Path, Position, path_text
from tongban.catalog.yaml_reader import Mark, Node, read_marked, read_quickly


class Source:
    """One file as read: `data` in plain Python types, `findings`, and the place of every node.

    data        dict, list, str, int, float, bool, date or None; None too when the text cannot be read
    findings    everything wrong with it as YAML

    A sound file is read quickly, without places. They are found by reading again, when first asked for: a catalogue
    of a thousand files without findings never needs them.
    """

    def __init__(self, text: str, path: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.path = path
        self.findings: list[Finding] = []
        self._tree: Node | None = None
        self.data: Any = read_quickly(self.text)
        if self.data is None:
            self._tree, self.findings = read_marked(self.text, path)
            self.data = self._tree.data if self._tree and not self.findings else None

    @property
    def _root(self) -> Node | None:
        if self._tree is None and not self.findings and self.text:
            self._tree, _ = read_marked(self.text, self.path)
        return self._tree

    def release(self) -> None:
        """Forgets what can be read again from the text, once the data has become a typed value."""
        self._tree = self.data = None

    def finding(
        self, severity: Any, code: str, text: Text, position: Position, path: Path = (), law: str = ""
    ) -> Finding:
        return Finding(severity, code, text, self.path, position.line, position.column, path_text(path), law)

    def position(self, path: Path, offset: int = 0, *, key: bool = False) -> Position:
        """The place of the value at `path`, `offset` characters into it if it is a text; of its key if `key`.

        Where the path leaves the file (a field that was left out), the place of its nearest parent.
        """
        node = self._root
        if node is None:
            return Position(1, 1)
        mark = node.mark
        for depth, step in enumerate(path):
            match node.children, step:
                case dict() as named, str() if step in named:
                    mark = node.keys[step] if key and depth == len(path) - 1 else named[step].mark
                    node = named[step]
                case list() as items, int() if step < len(items):
                    node = items[step]
                    mark = node.mark
                case _:
                    return Position(mark.line + 1, mark.column + 1)
        if offset and not key and isinstance(node.data, str):
            return self._inside(mark, offset)
        return Position(mark.line + 1, mark.column + 1)

    def has(self, path: Path) -> bool:
        """Whether the file itself says something at `path`."""
        node = self._root
        for step in path:
            match node.children if node is not None else None, step:
                case dict() as named, str() if step in named:
                    node = named[step]
                case list() as items, int() if step < len(items):
                    node = items[step]
                case _:
                    return False
        return node is not None

    def _inside(self, mark: Mark, offset: int) -> Position:
        index = _STYLES.get(mark.style, _plain)(self.text, mark.index, offset)
        line = mark.line + self.text.count("\n", mark.index, index)
        start = self.text.rfind("\n", 0, index) + 1
        return Position(line + 1, index - start + 1)


# --- from a character of a value back to the character of the text ----------------------------------------------


def _plain(text: str, start: int, offset: int) -> int:
    end = text.find("\n", start)
    return min(start + offset, len(text) if end < 0 else end)


def _single_quoted(text: str, start: int, offset: int) -> int:
    index = start + 1
    for _ in range(offset):
        index += 2 if text.startswith("''", index) else 1
    return min(index, len(text))


_ESCAPE_LENGTH = {"x": 4, "u": 6, "U": 10}


def _double_quoted(text: str, start: int, offset: int) -> int:
    index = start + 1
    for _ in range(offset):
        index += _ESCAPE_LENGTH.get(text[index + 1 : index + 2], 2) if text.startswith("\\", index) else 1
    return min(index, len(text))


def _block(text: str, start: int, offset: int) -> int:
    index = text.find("\n", start) + 1
    body = text[index:]
    indent = len(body) - len(body.lstrip(" "))
    for _ in range(1000):
        end = text.find("\n", index)
        length = (len(text) if end < 0 else end) - index - indent
        if offset <= length or end < 0:
            return min(index + indent + offset, len(text))
        offset -= max(length, 0) + 1
        index = end + 1
    return index


_STYLES: dict[str, Callable[[str, int, int], int]] = {
    "'": _single_quoted,
    '"': _double_quoted,
    "|": _block,
    ">": _block,
}
