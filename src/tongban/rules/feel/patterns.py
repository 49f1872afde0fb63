"""Regular expressions with bounded work: a small machine that tries each state once.

Python's `re` may try a pattern such as `(a+)+b` in more ways than there is time, and cannot be told to stop. This
machine keeps the states that have failed (place in the program, place in the text), so that without back-references
the work is at most their product, and counts it. See Cox, "Regular Expression Matching: the Virtual Machine Approach".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import assert_never

from .errors import Code, Undefined
from .pattern_syntax import (
    Again,
    Choice,
    Edge,
    Flags,
    Group,
    Holds,
    OneOf,
    Repeat,
    Sequence,
    Tree,
    read_flags,
    read_pattern,
    variants,
)

MAX_PROGRAM = 5_000
MAX_PATTERN = 1_000

Spend = Callable[[int], None]
"""Counts work; raises when there was too much of it."""
Span = tuple[int, ...]
"""Where a match and its groups begin and end, two numbers each; -1 where a group took no part."""


class _Do(Enum):
    TAKE = 1
    FORK = 2
    JUMP = 3
    MARK = 4
    START = 5
    END = 6
    AGAIN = 7
    DONE = 8


@dataclass(slots=True)
class _Step:
    """One instruction; `first` and `second` are places in the program, or the number of a mark or group."""

    do: _Do
    first: int = 0
    second: int = 0
    holds: Holds | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    text: str
    steps: tuple[_Step, ...]
    groups: int
    flags: Flags
    remembers: bool
    """Whether it has back-references, so that what a state leads to depends on the groups."""

    def search(self, text: str, start: int, spend: Spend) -> Span | None:
        """The first match at `start` or later."""
        failed: set[object] = set()
        for at in range(start, len(text) + 1):
            found = self._match(text, at, failed, spend)
            if found is not None:
                return found
        return None

    def matches(self, text: str, spend: Spend) -> Iterator[Span]:
        """All matches, from left to right; none is empty."""
        at = 0
        while (found := self.search(text, at, spend)) is not None:
            if found[1] == found[0]:
                raise _takes_nothing(self)
            yield found
            at = found[1]

    def _match(self, text: str, start: int, failed: set[object], spend: Spend) -> Span | None:
        steps, length = self.steps, len(text)
        stack: list[tuple[int, int, Span]] = [(0, start, (-1,) * (2 * self.groups + 2))]
        while stack:
            place, at, marks = stack.pop()
            work = 1
            while True:
                work += 1
                step = steps[place]
                do = step.do
                if do is _Do.TAKE:
                    if at >= length or step.holds is None or not step.holds(text[at]):
                        break
                    at += 1
                elif do is _Do.FORK:
                    state = (place, at, marks) if self.remembers else (place, at)
                    if state in failed:
                        break
                    failed.add(state)
                    stack.append((step.second, at, marks))
                    place = step.first
                    continue
                elif do is _Do.JUMP:
                    place = step.first
                    continue
                elif do is _Do.MARK:
                    marks = (*marks[: step.first], at, *marks[step.first + 1 :])
                elif do is _Do.DONE:
                    return (start, at, *marks[2:])
                elif do is _Do.AGAIN:
                    end = self._again(text, at, marks, step.first)
                    if end is None:
                        break
                    at = end
                elif not self._edge(text, at, end=do is _Do.END):
                    break
                place += 1
            spend(work)
        return None

    def _edge(self, text: str, at: int, *, end: bool) -> bool:
        if end:
            return at == len(text) or (self.flags.lines and text[at] == "\n")
        return at == 0 or (self.flags.lines and text[at - 1] == "\n" and at < len(text))

    def _again(self, text: str, at: int, marks: Span, group: int) -> int | None:
        """Where the text of `group` ends if it stands here again; a group that took no part is empty."""
        low, high = marks[2 * group], marks[2 * group + 1]
        if low < 0 or high < 0:
            return at
        held, found = text[low:high], text[at : at + high - low]
        same = held == found
        if not same and self.flags.ignore_case and len(held) == len(found):
            same = all(a == b or not variants(a).isdisjoint(variants(b)) for a, b in zip(held, found, strict=True))
        return at + len(held) if same else None


class _Emitter:
    def __init__(self) -> None:
        self.steps: list[_Step] = []

    def add(self, do: _Do, first: int = 0, second: int = 0, holds: Holds | None = None) -> _Step:
        if len(self.steps) >= MAX_PROGRAM:
            raise Undefined(Code.TOO_MUCH_WORK, MAX_PROGRAM)
        self.steps.append(_Step(do, first, second, holds))
        return self.steps[-1]

    def emit(self, tree: Tree) -> None:
        match tree:
            case OneOf(holds=holds):
                self.add(_Do.TAKE, holds=holds)
            case Edge(end=end):
                self.add(_Do.END if end else _Do.START)
            case Again(group=group):
                self.add(_Do.AGAIN, group)
            case Group(number=0, body=body):
                self.emit(body)
            case Group(number=number, body=body):
                self.add(_Do.MARK, 2 * number)
                self.emit(body)
                self.add(_Do.MARK, 2 * number + 1)
            case Sequence(parts=parts):
                for part in parts:
                    self.emit(part)
            case Choice(options=options):
                self._choice(options)
            case Repeat():
                self._repeat(tree)
            case _:
                assert_never(tree)

    def _choice(self, options: tuple[Tree, ...]) -> None:
        ends: list[_Step] = []
        for option in options[:-1]:
            fork = self.add(_Do.FORK)
            fork.first = len(self.steps)
            self.emit(option)
            ends.append(self.add(_Do.JUMP))
            fork.second = len(self.steps)
        self.emit(options[-1])
        for end in ends:
            end.first = len(self.steps)

    def _repeat(self, tree: Repeat) -> None:
        for _ in range(tree.least):
            self.emit(tree.body)
        forks: list[_Step] = []
        if tree.most is None:
            begin = len(self.steps)
            forks.append(self._fork_in())
            self.emit(tree.body)
            self.add(_Do.JUMP, begin)
        else:
            for _ in range(tree.most - tree.least):
                forks.append(self._fork_in())
                self.emit(tree.body)
        for fork in forks:
            fork.second = len(self.steps)
            if not tree.greedy:
                fork.first, fork.second = fork.second, fork.first

    def _fork_in(self) -> _Step:
        fork = self.add(_Do.FORK)
        fork.first = len(self.steps)
        return fork


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str = "") -> Pattern:
    """The pattern that `pattern` and `flags` write. Raises `Undefined` if they write none."""
    if len(pattern) > MAX_PATTERN:
        raise Undefined(Code.TOO_LONG, MAX_PATTERN)
    read = read_flags(flags)
    tree, groups = read_pattern(pattern, read)
    emitter = _Emitter()
    emitter.emit(tree)
    emitter.add(_Do.DONE)
    steps = tuple(emitter.steps)
    return Pattern(pattern, steps, groups, read, any(step.do is _Do.AGAIN for step in steps))


def check_not_empty(pattern: Pattern, spend: Spend) -> None:
    """Raises `Undefined` if the pattern matches nothing at all, which `replace` and `split` do not allow."""
    if pattern.search("", 0, spend) is not None:
        raise _takes_nothing(pattern)


def _takes_nothing(pattern: Pattern) -> Undefined:
    return Undefined(Code.NOT_A_VALUE, pattern.text[:40], "pattern that takes a character")


def expand(replacement: str, text: str, span: Span, groups: int) -> str:
    """`replacement` with `$1` for the first group and so on, `$0` for all; `\\\\` and `\\$` write the signs themselves.

    Raises `Undefined` for any other use of them.
    """
    result: list[str] = []
    at = 0
    while at < len(replacement):
        char, following = replacement[at], replacement[at + 1 : at + 2]
        at += 1
        if char == "\\":
            if not following or following not in "\\$":
                raise Undefined(Code.NOT_A_VALUE, replacement[:40], "replacement")
            result.append(following)
            at += 1
        elif char == "$":
            if not (following.isascii() and following.isdigit()):
                raise Undefined(Code.NOT_A_VALUE, replacement[:40], "replacement")
            number, at = _group_number(replacement, at, groups)
            low, high = (span[2 * number], span[2 * number + 1]) if number <= groups else (-1, -1)
            result.append(text[low:high] if low >= 0 else "")
        else:
            result.append(char)
    return "".join(result)


def _group_number(text: str, at: int, groups: int) -> tuple[int, int]:
    """The number at `at`, with as many digits as there are groups for, and where it ends."""
    number, at = int(text[at]), at + 1
    while at < len(text) and text[at].isascii() and text[at].isdigit() and number * 10 + int(text[at]) <= groups:
        number, at = number * 10 + int(text[at]), at + 1
    return number, at
