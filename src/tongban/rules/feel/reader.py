"""The characters of a rule text: marks, words, strings, and names that may contain spaces.

Where a name ends depends on which names exist, so names are matched against the scopes in force, longest first.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from sys import maxunicode

from .errors import Code, RuleSyntaxError
from .ranges import RANGE_PROPERTIES
from .temporal import PROPERTIES
from .types import FeelType

MAX_LENGTH = 10_000

CLOCK_FUNCTIONS = frozenset({"now", "today"})
KEYWORDS = frozenset(
    {"if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between"}
    | {"true", "false", "null", "function", "instance", "of"}
)
PROPERTY_NAMES = frozenset(name for names in (*PROPERTIES.values(), RANGE_PROPERTIES) for name in names)
FULL_WIDTH = (
    {"，": ",", "、": ",", "；": ",", "：": ":", "。": ".", "？": "?", "“": '"', "”": '"', "＂": '"'}
    | {"（": "(", "）": ")", "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}"}
    | {"＝": "=", "＜": "<", "＞": ">", "≤": "<=", "≥": ">=", "≠": "!="}
    | {"＋": "+", "－": "-", "—": "-", "×": "*", "÷": "/"}
)
"""What Chinese input methods write where FEEL wants ASCII: refused, with the right character named."""

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_FIRST = r"(?:[^\W\d]|[\U00010000-\U000EFFFF])"
_LATER = r"(?:[\w'·\u200C\u200D\u203F\u2040]|[\U00010000-\U000EFFFF])"
_WORD = re.compile(f"{_FIRST}{_LATER}*")
_OPERATOR = re.compile(r"\*\*|!=|<=|>=|\.\.|[-+*/=<>()\[\]{},:.@]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_KEY = re.compile(rf"({_FIRST}(?:(?:{_LATER}|[-./+*\s])*(?:{_LATER}|[-./+*]))?)\s*:")
_NAME = re.compile(rf"{_FIRST}(?:{_LATER}|[-./+*\s])*")
_AFTER_NAME = re.compile(r"[:,)]|\bin\b")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}

Described = tuple[str, str]
"""What was expected, in Chinese and in English."""

A_NAME: Described = ("名称", "a name")


def quoted(text: str) -> Described:
    return f"“{text}”", f"'{text}'"


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    """Matches `name` with any spacing between its words, and not as the beginning of a longer word."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return re.compile(words + (r"(?!\w)" if name[-1].isalnum() or name[-1] == "_" else ""))


def _joined(name: str) -> str:
    return " ".join(name.split())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a text may speak of besides its variables and functions."""

    types: Mapping[str, FeelType] = field(default_factory=dict[str, FeelType])
    """Item definitions by their (qualified) names."""
    entries: frozenset[str] = frozenset()
    """Names of entries that contexts are known to have: one with spaces or signs in it is read only if it is here."""
    lenient: bool = False
    """Whether names and functions that do not exist are left to the run, where they are null with a cause."""


NO_VOCABULARY = Vocabulary()


class Reader:
    """A position in one text, and the names in scope there. Errors say what was expected at the position."""

    def __init__(self, text: str, names: Iterable[str], functions: Iterable[str], vocabulary: Vocabulary) -> None:
        if len(text) > MAX_LENGTH:
            raise RuleSyntaxError(Code.TOO_LONG, MAX_LENGTH, MAX_LENGTH)
        self._text = text
        self._at = 0
        self._scopes: list[frozenset[str]] = [frozenset(map(_joined, names)) - KEYWORDS]
        self._functions = frozenset(functions) - (frozenset() if vocabulary.lenient else CLOCK_FUNCTIONS)
        self._vocabulary = vocabulary
        self._keys: set[str] = set(vocabulary.entries)
        self._open = 0

    # --- characters --------------------------------------------------------------------------------------

    def _skip(self) -> int:
        """Moves past spaces and comments; the position of what follows."""
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._at

    def _unexpected(self, wanted: Described) -> RuleSyntaxError:
        at = self._skip()
        if at >= len(self._text):
            return RuleSyntaxError(Code.UNEXPECTED_END, at, *wanted)
        char = self._text[at]
        if char in FULL_WIDTH:
            return RuleSyntaxError(Code.FULL_WIDTH, at, char, FULL_WIDTH[char])
        word = _WORD.match(self._text, at)
        return RuleSyntaxError(Code.UNEXPECTED, at, word.group() if word else char, *wanted)

    def _mark_ahead(self) -> str:
        """The operator or bracket that comes next, or nothing."""
        found = _OPERATOR.match(self._text, self._skip())
        return found.group() if found else ""

    def _accept(self, mark: str) -> bool:
        if self._mark_ahead() != mark:
            return False
        self._at += len(mark)
        return True

    def _expect(self, mark: str) -> int:
        """Moves past `mark`; the position behind it."""
        if not self._accept(mark):
            raise self._unexpected(quoted(mark))
        return self._at

    def _word_ahead(self) -> str:
        found = _WORD.match(self._text, self._skip())
        return found.group() if found else ""

    def _word(self, word: str) -> None:
        if self._word_ahead() != word:
            raise self._unexpected(quoted(word))
        self._at += len(word)

    # --- names -------------------------------------------------------------------------------------------

    @contextmanager
    def _scope(self, names: Iterable[str], *, opens: bool = False) -> Generator[None]:
        """Adds names for a while; an open scope takes any single word for a name (entries of a context)."""
        self._scopes.append(frozenset(name for name in names if name))
        self._open += opens
        yield
        self._open -= opens
        self._scopes.pop()

    def _longest(self, names: Iterable[str]) -> str | None:
        """The longest of `names` that stands here, not consumed."""
        at = self._skip()
        first = self._text[at : at + 1]
        best: tuple[int, str] | None = None
        for name in names:
            if name[:1] == first and (found := _pattern(name).match(self._text, at)):
                best = max(best, (found.end(), name)) if best else (found.end(), name)
        return best[1] if best else None

    def _take(self, name: str) -> None:
        found = _pattern(name).match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _variable(self) -> str | None:
        return self._longest(name for scope in self._scopes for name in scope)

    def _called(self, name: str | None) -> bool:
        """Whether `name` stands here with an opening bracket behind it."""
        if name is None:
            return False
        start = self._at
        self._take(name)
        called = self._mark_ahead() == "("
        self._at = start
        return called

    def _new_name(self, wanted: Described) -> str:
        """The name of a variable that is made here: all words and signs up to `in`, a colon, a comma or a bracket."""
        start = self._skip()
        word = self._word_ahead()
        if not word or word in KEYWORDS:
            raise self._unexpected(wanted)
        end = _AFTER_NAME.search(self._text, start)
        written = self._text[start : end.start()].rstrip() if end else word
        if not _NAME.fullmatch(written) or not KEYWORDS.isdisjoint(written.split()):
            written = word
        self._at = start + len(written)
        return _joined(written)

    def _entry_name(self) -> str:
        """The name of an entry or property: a known one, or else all words up to the next sign or keyword, for
        two names in a row could be nothing but one name."""
        name = self._longest(chain(PROPERTY_NAMES, self._keys))
        if name:
            self._take(name)
            return name
        words: list[str] = []
        while (word := self._word_ahead()) and word not in KEYWORDS:
            self._at += len(word)
            words.append(word)
        if not words:
            raise self._unexpected(A_NAME)
        return " ".join(words)

    def _unknown(self) -> RuleSyntaxError:
        at, word = self._at, self._word_ahead()
        self._at += len(word)
        called = self._mark_ahead() == "("
        if called and word in CLOCK_FUNCTIONS:
            return RuleSyntaxError(Code.NO_CLOCK, at, word)
        known = self._functions if called else frozenset(chain(*self._scopes))
        near = difflib.get_close_matches(word, known, n=1, cutoff=0.75)
        hint = (f"；是否要写“{near[0]}”", f"; did you mean '{near[0]}'?") if near else ("", "")
        code = Code.UNKNOWN_FUNCTION if called else Code.UNKNOWN_NAME
        return RuleSyntaxError(code, at, word, *hint)

    # --- strings and keys --------------------------------------------------------------------------------

    def _string(self) -> str:
        start = self._at
        found = _STRING.match(self._text, start)
        if found is None:
            raise RuleSyntaxError(Code.UNTERMINATED_STRING, start)
        self._at = found.end()

        def character(escape: re.Match[str]) -> str:
            code = escape[1]
            at = start + 1 + escape.start()
            if code[0] in "uU" and len(code) > 1:
                if int(code[1:], 16) > maxunicode:
                    raise RuleSyntaxError(Code.BAD_ESCAPE, at, escape[0])
                return chr(int(code[1:], 16))
            return _ESCAPES.get(code, escape[0])  # a backslash that begins no escape is itself, as in "\d+"

        text = _ESCAPE.sub(character, found.group()[1:-1])
        try:  # two \u escapes may together write one character beyond the basic plane
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise RuleSyntaxError(Code.BAD_ESCAPE, start, "\\u") from None

    def _key(self) -> str:
        """The key of a context or the name of a parameter: a string, or words up to the colon."""
        if self._text.startswith('"', self._skip()):
            return self._string()
        found = _KEY.match(self._text, self._at)
        if found is None:
            raise self._unexpected(A_NAME)
        self._at = found.end(1)
        return _joined(found[1])

    def _key_ahead(self) -> bool:
        """Whether words and a colon come next."""
        return _KEY.match(self._text, self._skip()) is not None
