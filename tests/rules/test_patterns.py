"""The regular expressions of XPath (Functions and Operators 3.1, 5.6), and that their work is bounded."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.rules.feel.errors import Undefined
from tongban.rules.feel.patterns import compile_pattern


class Spent(Exception):
    pass


def budget(steps: int) -> Callable[[int], None]:
    left = steps

    def spend(count: int) -> None:
        nonlocal left
        left -= count
        if left < 0:
            raise Spent

    return spend


def found(text: str, pattern: str, flags: str = "") -> str | None:
    span = compile_pattern(pattern, flags).search(text, 0, budget(1_000_000))
    return None if span is None else text[span[0] : span[1]]


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        ("abracadabra", "bra", "", "bra"),
        ("aaa", "a{2}", "", "aa"),
        ("aaaa", "a{2,3}", "", "aaa"),
        ("aaaa", "a{2,}?", "", "aa"),
        ("abab", "(ab)+", "", "abab"),
        ("abc", "a|ab|abc", "", "a"),
        ("aA", r"(a)\1", "i", "aA"),
        ("aA", r"(a)\1", "", None),
        ("x", "[A-Z-[OI]]", "i", "x"),
        ("O", "[A-Z-[OI]]", "i", None),
        ("q", "[^Q]", "i", None),
        ("\u212a", "k", "i", "\u212a"),
        ("Mary\rJones", "Mary.Jones", "", None),
        ("a\nb", "a.b", "", None),
        ("a\nb", "a.b", "s", "a\nb"),
        ("a\nb", "^b", "", None),
        ("a\nb", "^b$", "m", "b"),
        ("a\n", "^$", "m", None),
        ("hello world", r"hello\ sworld", "x", "hello world"),
        ("hello world", "he ll o[ ]worl d", "x", "hello world"),
        ("a+b", "a+b", "q", "a+b"),
        ("第12条", r"\d+", "", "12"),
        ("第12条", r"\p{IsCJKUnifiedIdeographs}+", "", "第"),
        ("第12条", r"\P{L}+", "", "12"),
        ("a-b", r"[\w-]+", "", "a-b"),
        ("x:y.z", r"\i\c*", "", "x:y.z"),
        ("ab", "(?:a)(b)", "", "ab"),
        ("aaa", "(a*)*", "", "aaa"),
        ("b", "(a*)*b", "", "b"),
        ("aab", r"(a*)*\1b", "", "aab"),
        ("input", "[0-9-.]*/", "", None),
    ],
)
def test_pattern_finds_its_first_match(text: str, pattern: str, flags: str, expected: str | None) -> None:
    assert found(text, pattern, flags) == expected


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "a)", "*", "a**", "[", "[]", "[b-a]", "{", "a{2,1}", "a{1001}", r"\q", r"(.)\3", r"(\1)", r"\0", r"[\1]",
     r"\p{IsNowhere}", r"\p{Lx}", r"\p{L", "\\", "[a-z", "[a[b]]", "(" * 50 + ")" * 50, "a{1000}{1000}"],
)  # fmt: skip
def test_text_that_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(Undefined):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a*)*b", "(.*)(.*)(.*)(.*)x", "a?" * 25 + "a" * 25 + "b"])
def test_pattern_that_hangs_other_engines_is_quick(pattern: str) -> None:
    compile_pattern(pattern).search("a" * 200, 0, budget(300_000))


def test_work_with_back_references_is_counted() -> None:
    with pytest.raises(Spent):
        compile_pattern(r"(a*)*(a*)*(a*)*\1\2\3b").search("a" * 60, 0, budget(50_000))


@given(
    st.text("ab", max_size=12), st.from_regex(r"\A(?:[ab]|\(a\|b\)|\(ab\)|\[ab\]|\.)([*+?]\??)?(?:[ab][*+?]?){0,4}\Z")
)
def test_simple_patterns_find_what_pythons_would(text: str, pattern: str) -> None:
    theirs = re.search(pattern, text)
    assert found(text, pattern) == (theirs.group() if theirs else None)
