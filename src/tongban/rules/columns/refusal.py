"""Why a rule does not become columns. It still runs for each case."""

from __future__ import annotations

from tongban.rules.feel.syntax import Node, Span


class NotColumnar(Exception):
    """A part of a rule that has no columnar form: its text, where it starts in the whole text, and why not."""

    def __init__(self, text: str, position: int, zh: str, en: str, place: str = "") -> None:
        super().__init__(f"{place or 'here'}: `{text}` at {position}: {en}")
        self.text = text
        self.position = position
        self.zh = zh
        self.en = en
        self.place = place
        """The table, fact or formula that the text is part of."""

    def at(self, place: str) -> NotColumnar:
        """The same, with the place named."""
        return NotColumnar(self.text, self.position, self.zh, self.en, place)


def refuse(source: str, node: Node | Span, zh: str, en: str) -> NotColumnar:
    """A refusal of a node of `source`."""
    start, end = node if isinstance(node, tuple) else node.at
    return NotColumnar(source[start:end] or source, start, zh, en)
