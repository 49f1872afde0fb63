"""What is found about a table, said to its author: a stable code, the place, and a person whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tongban.rules.feel.text import plain_text
from tongban.rules.feel.values import Value
from tongban.rules.tables.hit import SINGLE

from .domains import OTHER_TEXT, PartKind, Space
from .rows import Covered, Overlap
from .study import Study
from .sweep import Box, Point, points
from .text import domain_text

MOST_SHOWN = 5
"""Gaps, or contradictions, of one table that are told one by one."""


class RemarkCode(StrEnum):
    """What can be wrong with a table. The words are those that `tongban check` prints."""

    GAP = "table-gap"
    UNKNOWN_GAP = "table-gap-unknown"
    OVERLAP = "table-overlap"
    NEVER = "row-unreachable"
    REDUNDANT = "row-redundant"
    UNREACHED = "output-unreached"
    HIT_POLICY = "hit-policy"
    BEYOND = "cell-beyond"
    UNFINISHED = "table-unfinished"


ERRORS = frozenset({RemarkCode.GAP, RemarkCode.OVERLAP})
"""Those that leave somebody without an answer, or with two. The others ask for thought."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a finding concerns, in words."""

    zh: str
    en: str


class Speaker(Protocol):
    """Who knows which combinations of inputs can occur, and how to say them."""

    def person(self, box: Box) -> Person | None:
        """Somebody in `box`, or None if nobody can be there."""
        ...


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding. Rows and columns are from 0, -1 where it concerns none; an output's column counts after the
    inputs. `where` is the whole region as FEEL cells, by column."""

    code: RemarkCode
    zh: str
    en: str
    row: int = -1
    column: int = -1
    where: tuple[tuple[int, str], ...] = ()


def remarks(found: Study, speaker: Speaker | None = None) -> list[Remark]:
    """Everything that there is to say about a table."""
    speaker = speaker or Anybody(found.space)
    said = [remark for say in _SAYERS for remark in say(found, speaker)]
    if found.unfinished:
        said.append(
            Remark(
                RemarkCode.UNFINISHED,
                "这张表太复杂，没有查完；以上之外可能还有问题。请拆成几张小表",
                "This table is too tangled to be searched to the end; there may be more. Please split it",
            )
        )
    return said


# --- people ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Anybody:
    """A speaker for tables of which nothing else is known: every combination can occur."""

    space: Space

    def person(self, box: Box) -> Person | None:
        point = next(points(box), None)
        return None if point is None else describe(self.space, point)


def describe(space: Space, point: Point) -> Person:
    """A point in words, its inputs without a choice left out."""
    words = [
        quality(column.input.title, column.input.title, column.at(part))
        for column, part in zip(space.columns, point, strict=True)
        if len(column.parts) > 2 or column.parts[part].kind is not PartKind.OTHER
    ]
    return Person("、".join(zh for zh, _ in words), ", ".join(en for _, en in words))


def quality(zh: str, en: str, value: Value, unit: str = "") -> tuple[str, str]:
    """What somebody is: 年龄 80 岁, 不是低保 / Age 80, not Low income."""
    match value:
        case None:
            return f"{zh}不知道", f"{en} unknown"
        case True:
            return (zh if _asserts(zh) else f"是{zh}"), f"{en}: yes"
        case False:
            return _negated(zh), f"{en}: no"
        case str() if value.startswith(OTHER_TEXT):
            return f"{zh}：别的", f"{en}: anything else"
        case str():
            return f"{zh}：{value}", f"{en}: {value}"
        case _:
            text = plain_text(value)
            return f"{zh} {text} {unit}".rstrip(), f"{en} {text}"


_NEGATIONS = {"是": "不是", "有": "没有", "在": "不在", "已": "还没", "能": "不能", "会": "不会", "住在": "不住在"}


def _asserts(zh: str) -> bool:
    return zh.startswith(tuple(_NEGATIONS))


def _negated(zh: str) -> str:
    """A Chinese statement denied: 有房 becomes 没有房, 低保 becomes 不是低保."""
    for begin in sorted(_NEGATIONS, key=len, reverse=True):
        if zh.startswith(begin):
            return _NEGATIONS[begin] + zh[len(begin) :]
    return f"不是{zh}"


# --- sentences -------------------------------------------------------------------------------------------


def _where(space: Space, box: Box) -> tuple[tuple[int, str], ...]:
    """The columns in which a box is narrower than all known values, each as a cell."""
    pairs = enumerate(zip(space.columns, box, strict=True))
    return tuple((index, text) for index, (column, mask) in pairs if (text := domain_text(column, mask)) != "-")


def _gaps(found: Study, speaker: Speaker) -> Iterator[Remark]:
    if found.table.hit in SINGLE and not _has_default(found):
        yield from _shown(found, speaker, found.gaps, RemarkCode.GAP)
        yield from _shown(found, speaker, found.unknown_gaps, RemarkCode.UNKNOWN_GAP)


def _has_default(found: Study) -> bool:
    return any(output.default is not None for output in found.table.outputs)


def _shown(found: Study, speaker: Speaker, boxes: Sequence[Box], code: RemarkCode) -> Iterator[Remark]:
    shown = 0
    for box in boxes:
        person = speaker.person(box)
        if person is None:
            continue
        shown += 1
        if shown > MOST_SHOWN:
            yield Remark(code, "这张表还有别的空档，补好上面的再查", "There are more gaps; mend these and check again")
            return
        zh, en = f"没有一行管这种人：{person.zh}", f"No row covers this person: {person.en}"
        yield Remark(code, zh, en, where=_where(found.space, box))


def _overlaps(found: Study, speaker: Speaker) -> Iterator[Remark]:
    shown = 0
    for pair in found.overlaps:
        person = speaker.person(pair.box)
        if person is None:
            continue
        shown += 1
        if shown > MOST_SHOWN:
            zh, en = "还有别的行互相重叠，改好上面的再查", "More rows overlap; mend these and check again"
            yield Remark(RemarkCode.OVERLAP, zh, en, pair.other)
            return
        yield _overlap(found, pair, person)


def _overlap(found: Study, pair: Overlap, person: Person) -> Remark:
    one, other = pair.one + 1, pair.other + 1
    zh = f"第{one}行和第{other}行都管这种人：{person.zh}"
    en = f"Rows {one} and {other} both cover this person: {person.en}"
    if pair.same:
        zh, en = f"{zh}（结果相同，可以合并）", f"{en} (they say the same and could be one)"
    else:
        zh, en = f"{zh}（结果不同）", f"{en} (with different results)"
    return Remark(RemarkCode.OVERLAP, zh, en, pair.other, where=_where(found.space, pair.box))


def _rows(found: Study, _: Speaker) -> Iterator[Remark]:
    for row in found.never:
        yield Remark(RemarkCode.NEVER, f"第{row + 1}行永远不会符合", f"Row {row + 1} can never match", row)
    for covered in found.shadowed:
        yield _covered(
            RemarkCode.NEVER, covered, ("永远轮不到，前面的行已经全管了", "is never reached; the rows above cover it")
        )
    for covered in found.masked:
        yield _covered(
            RemarkCode.NEVER,
            covered,
            ("永远轮不到，优先级更高的行已经全管了", "is never reached; rows of higher priority cover it"),
        )
    for covered in found.subsumed:
        yield _covered(
            RemarkCode.REDUNDANT,
            covered,
            ("可以删去：另一行管得更宽，结果一样", "can go: another row covers more and says the same"),
        )


def _covered(code: RemarkCode, covered: Covered, why: tuple[str, str]) -> Remark:
    row = covered.row + 1
    zh, en = f"第{row}行{why[0]}", f"Row {row} {why[1]}"
    if covered.by is not None:
        zh, en = f"{zh}（见第{covered.by + 1}行）", f"{en} (see row {covered.by + 1})"
    return Remark(code, zh, en, covered.row)


def _outputs(found: Study, _: Speaker) -> Iterator[Remark]:
    for missing in found.unreached:
        name = found.table.outputs[missing.output].name
        zh = f"没有一行给出 {name} 允许的值 {missing.text}"
        en = f"No row gives the allowed value {missing.text} of {name}"
        yield Remark(RemarkCode.UNREACHED, zh, en, column=len(found.table.inputs) + missing.output)


def _policy(found: Study, _: Speaker) -> Iterator[Remark]:
    if found.really_unique:
        hit = found.table.hit.value
        zh = f"命中策略写的是 {hit}，但没有两行会同时符合；写 unique 更清楚，行的先后就不要紧了"
        en = f"The hit policy is {hit}, but no two rows can match together; unique says so, and order stops mattering"
        yield Remark(RemarkCode.HIT_POLICY, zh, en)


def _beyond(found: Study, _: Speaker) -> Iterator[Remark]:
    for cell in found.space.beyond[:MOST_SHOWN]:
        part = cell.text[slice(*cell.node.at)] or cell.text
        zh = f"这一格要用别的事实来算（{part}），查空档和重叠时看不进去"
        en = f"This cell computes ({part}); the search for gaps and overlaps cannot look into it"
        yield Remark(RemarkCode.BEYOND, zh, en, cell.row, cell.column)


_SAYERS: tuple[Callable[[Study, Speaker], Iterator[Remark]], ...] = (
    _gaps,
    _overlaps,
    _rows,
    _outputs,
    _policy,
    _beyond,
)
