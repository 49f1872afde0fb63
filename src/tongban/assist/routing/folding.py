"""Texts as they are compared: full width as half width, capitals as small letters, every digit as 0."""

from __future__ import annotations

_WIDE = range(0xFF01, 0xFF5F)
_FOLD = (
    {wide: wide - 0xFEE0 for wide in _WIDE}
    | {0x3000: " "}
    | {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    | {0xFF21 + n: chr(0x61 + n) for n in range(26)}
    | {ord(digit): "0" for digit in "0123456789"}
    | {0xFF10 + n: "0" for n in range(10)}
)


def fold(text: str) -> str:
    """Full width as half width, capitals as small letters, every digit as 0; as long as it was."""
    return text.translate(_FOLD)


def tight(text: str) -> str:
    """Folded and without white space, as runs of characters are taken."""
    return "".join(fold(text).split())
