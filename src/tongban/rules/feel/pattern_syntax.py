"""The regular expressions of XPath read into a tree (XQuery and XPath Functions 3.1, 5.6.1; XML Schema, appendix G).

They are not Python's: `[A-Z-[OI]]` subtracts, `\\p{IsBasicLatin}` names a block, `\\i` and `\\c` are the characters of
XML names, `^` and `$` know one newline, and what Python lets pass (`\\0`, a lone `{`) is an error.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from .blocks import BLOCKS
from .errors import Code, Undefined

MAX_NESTING = 40
MAX_REPEAT = 1_000

Holds: TypeAlias = Callable[[str], bool]
"""Whether a character belongs to a set."""


@dataclass(frozen=True, slots=True)
class Flags:
    """`s`: the dot is any character; `m`: `^` and `$` at each line; `i`: case does not count; `x`: spaces in the
    pattern do not count; `q`: all signs are ordinary."""

    dot_all: bool
    lines: bool
    ignore_case: bool
    spaced: bool
    plain: bool


@dataclass(frozen=True, slots=True)
class OneOf:
    """One character of a set."""

    holds: Holds


@dataclass(frozen=True, slots=True)
class Edge:
    """`^` or, at the `end`, `$`."""

    end: bool


@dataclass(frozen=True, slots=True)
class Again:
    """`\\1`: what a group held."""

    group: int


@dataclass(frozen=True, slots=True)
class Group:
    """A bracket; `number` is 0 for one that keeps nothing."""

    number: int
    body: Tree


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    body: Tree
    least: int
    most: int | None
    greedy: bool


Tree: TypeAlias = OneOf | Edge | Again | Group | Sequence | Choice | Repeat


def read_flags(flags: str) -> Flags:
    """Raises `Undefined` for a letter that is no flag."""
    if not set(flags) <= set("smixq"):
        raise Undefined(Code.NOT_A_VALUE, flags[:10], "flags (s, m, i, x, q)")
    return Flags(*(letter in flags for letter in "smixq"))


def read_pattern(pattern: str, flags: Flags) -> tuple[Tree, int]:
    """The tree of `pattern` and the number of its groups. Raises `Undefined` for what is no pattern."""
    if flags.plain:
        return Sequence(tuple(OneOf(_is(char, flags)) for char in pattern)), 0
    reader = _Reader(_unspaced(pattern) if flags.spaced else pattern, flags)
    tree = reader.choice()
    if not reader.done:
        raise reader.fault()
    return tree, reader.groups


def _unspaced(pattern: str) -> str:
    """Without the spaces that do not stand in a set."""
    kept: list[str] = []
    depth, escaped = 0, False
    for char in pattern:
        if escaped:
            if depth or char not in " \t\r\n":
                kept.append(char)
                escaped = False
            continue
        escaped = char == "\\"
        depth += (char == "[") - (char == "]" and depth > 0)
        if depth or char not in " \t\r\n":
            kept.append(char)
    return "".join(kept)


# --- sets -------------------------------------------------------------------------------------------------


def variants(char: str) -> frozenset[str]:
    """The forms of a character in which only the case differs."""
    lower, upper = char.lower(), char.upper()
    found = {char, lower, upper, lower.upper(), upper.lower()}
    return frozenset(form for form in found if len(form) == 1)


def _is(wanted: str, flags: Flags) -> Holds:
    if not flags.ignore_case:
        return lambda char: char == wanted
    forms = variants(wanted)
    return lambda char: char == wanted or not forms.isdisjoint(variants(char))


def _between(low: str, high: str, flags: Flags) -> Holds:
    if not flags.ignore_case:
        return lambda char: low <= char <= high
    return lambda char: any(low <= form <= high for form in variants(char))


def _not(holds: Holds) -> Holds:
    return lambda char: not holds(char)


def _any(sets: list[Holds]) -> Holds:
    return lambda char: any(holds(char) for holds in sets)


def _without(base: Holds, removed: Holds) -> Holds:
    return lambda char: base(char) and not removed(char)


def _category(*prefixes: str) -> Holds:
    return lambda char: unicodedata.category(char).startswith(prefixes)


def _name_start(char: str) -> bool:
    return char in "_:" or unicodedata.category(char)[0] == "L" or unicodedata.category(char) == "Nl"


def _name_part(char: str) -> bool:
    return _name_start(char) or char in "-.·" or unicodedata.category(char) in ("Nd", "Mn", "Mc", "Me", "Lm")


_SMALL_SETS: dict[str, Holds] = {
    "s": lambda char: char in " \t\n\r",
    "d": _category("Nd"),
    "w": _not(_category("P", "Z", "C")),
    "i": _name_start,
    "c": _name_part,
}
_NAMED_SETS = _SMALL_SETS | {letter.upper(): _not(holds) for letter, holds in _SMALL_SETS.items()}
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"} | {sign: sign for sign in "\\|.?*+(){}-[]^$"}
_PARTS_OF_CATEGORIES = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon"}
_CATEGORIES = frozenset(letter + part for letter, parts in _PARTS_OF_CATEGORIES.items() for part in ("", *parts))


# --- the reader -------------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, pattern: str, flags: Flags) -> None:
        self._pattern = pattern
        self._flags = flags
        self._at = 0
        self._depth = 0
        self.groups = 0
        self._closed: set[int] = set()

    @property
    def done(self) -> bool:
        return self._at >= len(self._pattern)

    def fault(self) -> Undefined:
        return Undefined(Code.NOT_A_VALUE, self._pattern[:40], "pattern")

    def _ahead(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _next(self) -> str:
        if self.done:
            raise self.fault()
        self._at += 1
        return self._pattern[self._at - 1]

    def _accept(self, text: str) -> bool:
        found = self._pattern.startswith(text, self._at)
        self._at += len(text) * found
        return found

    def choice(self) -> Tree:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self.fault()
        options = [self._sequence()]
        while self._accept("|"):
            options.append(self._sequence())
        self._depth -= 1
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Tree:
        parts: list[Tree] = []
        while not self.done and self._ahead() not in "|)":
            parts.append(self._repeated(self._atom()))
        return Sequence(tuple(parts))

    def _repeated(self, atom: Tree) -> Tree:
        sign = self._ahead()
        if not sign or sign not in "?*+{":
            return atom
        self._at += 1
        least, most = self._times() if sign == "{" else {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        return Repeat(atom, least, most, greedy=not self._accept("?"))

    def _times(self) -> tuple[int, int | None]:
        text, closing, _ = self._pattern[self._at :].partition("}")
        least, comma, most = text.partition(",")
        if (
            not closing
            or not (least.isascii() and least.isdigit())
            or (most and not (most.isascii() and most.isdigit()))
        ):
            raise self.fault()
        self._at += len(text) + 1
        low = int(least[:6])
        high = int(most[:6]) if most else (None if comma else low)
        if low > MAX_REPEAT or (high is not None and (high > MAX_REPEAT or high < low)):
            raise self.fault()
        return low, high

    def _atom(self) -> Tree:
        char = self._next()
        match char:
            case "(":
                return self._group()
            case "[":
                return OneOf(self._set())
            case ".":
                return OneOf((lambda _: True) if self._flags.dot_all else (lambda char: char not in "\n\r"))
            case "^" | "$":
                return Edge(end=char == "$")
            case "\\":
                return self._escape()
            case "?" | "*" | "+" | "{" | "}" | "]" | ")":
                raise self.fault()
            case _:
                return OneOf(_is(char, self._flags))

    def _group(self) -> Tree:
        number = 0
        if not self._accept("?:"):
            self.groups += 1
            number = self.groups
        body = self.choice()
        if not self._accept(")"):
            raise self.fault()
        self._closed.add(number)
        return Group(number, body)

    def _escape(self) -> Tree:
        if not self._ahead().isascii() or not self._ahead().isdigit():
            return OneOf(self._escaped_set())
        number = int(self._next())
        while self._ahead().isascii() and self._ahead().isdigit() and number * 10 + int(self._ahead()) in self._closed:
            number = number * 10 + int(self._next())
        if number == 0 or number not in self._closed:
            raise self.fault()
        return Again(number)

    def _escaped_set(self) -> Holds:
        letter = self._next()
        if letter in "pP" and self._accept("{"):
            name, closing, _ = self._pattern[self._at :].partition("}")
            if not closing:
                raise self.fault()
            self._at += len(name) + 1
            return self._property(name) if letter == "p" else _not(self._property(name))
        if letter in _NAMED_SETS:
            return _NAMED_SETS[letter]
        if letter in _ESCAPED:
            return _is(_ESCAPED[letter], self._flags)
        raise self.fault()

    def _property(self, name: str) -> Holds:
        if name in _CATEGORIES:
            return _category(name)
        if name.startswith("Is") and name[2:] in BLOCKS:
            low, high = BLOCKS[name[2:]]
            return lambda char: low <= ord(char) <= high
        raise self.fault()

    def _set(self) -> Holds:
        """What stands in square brackets, the opening one read."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self.fault()
        negative = self._accept("^")
        sets: list[Holds] = []
        removed: Holds | None = None
        while not self._accept("]"):
            if self._accept("-["):
                removed = self._set()
                if not sets or not self._accept("]"):
                    raise self.fault()
                break
            sets.append(self._member())
        if not sets:
            raise self.fault()
        self._depth -= 1
        found = _not(_any(sets)) if negative else _any(sets)
        return found if removed is None else _without(found, removed)

    def _member(self) -> Holds:
        low = self._next()
        if low == "[":
            raise self.fault()
        if low == "\\":
            if self._ahead() not in _ESCAPED or not self._ahead():
                return self._escaped_set()
            low = _ESCAPED[self._next()]
        following = self._pattern[self._at + 1 : self._at + 2]
        if self._ahead() != "-" or following in ("", "]", "["):
            return _is(low, self._flags)
        self._at += 1
        high = self._next()
        if high == "\\":
            if self._ahead() not in _ESCAPED:
                raise self.fault()
            high = _ESCAPED[self._next()]
        if low > high:
            raise self.fault()
        return _between(low, high, self._flags)
