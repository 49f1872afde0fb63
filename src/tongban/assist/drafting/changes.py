"""What an official changed in a draft, piece by piece: supervisors see it, and one that is always rewritten shows."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple


class Piece(NamedTuple):
    """A stretch of text: as drafted, taken out, or put in."""

    how: Literal["kept", "out", "in"]
    text: str


def changes(offered: str, sent: str) -> tuple[Piece, ...]:
    """The way from the draft to what was sent. Runs of digits and Latin letters change whole: 8 to 18, not 1 put in."""
    return tuple(_pieces(_cut(offered), _cut(sent)))


def kept_share(offered: str, sent: str) -> float:
    """How much of what was sent stood in the draft, 0 to 1; 0 for nothing sent."""
    kept = sum(len(piece.text) for piece in changes(offered, sent) if piece.how == "kept")
    return kept / len(sent) if sent else 0.0


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("kept", "".join(before[i:j]))
            continue
        if i < j:
            yield Piece("out", "".join(before[i:j]))
        if k < m:
            yield Piece("in", "".join(after[k:m]))


def _cut(text: str) -> list[str]:
    parts: list[str] = []
    running = False
    for character in text.replace("\r\n", "\n"):
        word = character.isascii() and character.isalnum()
        if word and running:
            parts[-1] += character
        else:
            parts.append(character)
        running = word
    return parts
