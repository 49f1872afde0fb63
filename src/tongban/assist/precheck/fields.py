"""From the lines of a paper to the fields of its paper file. Pure: the same lines give the same fields.

Everything is read, nothing is guessed: two different values for one field, a value that a stamp touches, one that seems
to go on where it cannot be followed, or a number that fails its own check is handed over with its doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tongban.assist.precheck.layout import LABELLED, Words, below, right_of, touches
from tongban.assist.precheck.model import Doubt, Extracted, Found, Part, Reading, Sheet, Unread
from tongban.assist.precheck.values import FORMS, ODD, plain, sound
from tongban.catalog.paper import Paper, PaperField, PaperKind

SURE: Final = 0.93
"""Below this confidence of its line a value is looked at by a person. Measured: docs/ai.md."""
_AFTER_LABEL: Final = re.compile(r"^(?:[(][^()]{0,10}[)])?[:：]?[_\-.…]*")
_ENDS: Final = re.compile(r"[,，。;；、|]")
_NOTE: Final = re.compile(r"[(（][^()（）]{0,12}[)）]$")
_LETTER: Final = re.compile(r"[0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff]")
_MOST_LINES: Final = 4
_RUNNING: Final = frozenset({PaperKind.ADDRESS, PaperKind.TEXT})
"""Kinds whose value ends only where something else begins."""
_WORDED: Final = _RUNNING | {PaperKind.NAME}
"""Kinds whose value has no shape that a letter too many would break."""

_SHAPES: Final[dict[PaperKind, re.Pattern[str]]] = {
    PaperKind.ID_NUMBER: re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"),
    PaperKind.USCC: re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{18}(?![0-9A-Za-z])"),
    PaperKind.DATE: re.compile(
        r"\d{4}(?:年|[-./])\d{1,2}(?:月|[-./])\d{1,2}日?(?!\d)|[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日"
        r"|(?<!\d)(?:18|19|20)\d{6}(?!\d)"
    ),
    PaperKind.MONEY: re.compile(
        r"(?:人民币|RMB|[¥￥])?[\d,]+(?:\.\d+)?(?:万元|亿元|元|万)(?:整)?|[¥￥][\d,]+(?:\.\d+)?(?!\d)|[零〇壹贰貳叁参叄肆伍陆陸柒捌玖拾佰仟万亿]{2,}[元圆](?:整)?"
    ),
    PaperKind.ACCOUNT: re.compile(r"(?<![0-9A-Za-z])\d{12,21}(?![0-9A-Za-z])"),
    PaperKind.NAME: re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff·]{2,20}|[A-Za-z][A-Za-z.'-]{1,60}"),
}
"""What the value of a kind looks like, without blanks."""
_START: Final = 8
"""How far behind its label a number may begin: 人民币（大写）."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label on a line. `name` is empty for one that only ends other values."""

    name: str
    start: int
    end: int


@dataclass(slots=True)
class _Zone:
    """What stands behind a label, piece by piece."""

    pieces: list[tuple[Words, int, int]] = field(default_factory=list[tuple[Words, int, int]])
    doubts: set[Doubt] = field(default_factory=set[Doubt])

    @property
    def text(self) -> str:
        return "".join(words.squeezed[start:end] for words, start, end in self.pieces)

    def cut(self, start: int, end: int) -> Iterator[tuple[Words, int, int]]:
        """The pieces of a stretch of the text."""
        place = 0
        for words, first, last in self.pieces:
            length = last - first
            a, b = max(start - place, 0), min(end - place, length)
            if a < b:
                yield words, first + a, first + b
            place += length


def recognise(reading: Reading, papers: Sequence[Paper]) -> Paper | None:
    """Which of these kinds the paper is: the one whose title stands highest, an exact line before a part of one."""
    lines = [plain(line.text) for sheet in reading.sheets for line in sheet.lines]
    whole = "\n".join(lines)
    best: tuple[tuple[int, int, int], Paper] | None = None
    for paper in papers:
        if any(word in whole for word in paper.not_titles):
            continue
        ranks = [
            (0 if line == title else 1, n, -len(title))
            for n, line in enumerate(lines)
            for title in paper.titles
            if title in line
        ]
        if ranks and (best is None or min(ranks) < best[0]):
            best = min(ranks), paper
    return best[1] if best else None


def extract(reading: Reading, papers: Sequence[Paper], document: str) -> Extracted:
    """The fields of the first of these kinds that the paper is."""
    paper = recognise(reading, papers)
    if paper is None:
        return Extracted(document=document, paper="", unread=reading.unread)
    lines = [Words.of(line) for sheet in reading.sheets for line in sheet.lines]
    marks = [_marks(words.squeezed, paper) for words in lines]
    return Extracted(
        document=document,
        paper=paper.paper,
        version=paper.version,
        fields=tuple(_field(name, one, reading, lines, marks) for name, one in paper.fields.items()),
        unread=reading.unread,
    )


def _marks(text: str, paper: Paper) -> tuple[_Mark, ...]:
    """The labels of a line, longest first, none inside another."""
    labels = [(label, name, one.inside) for name, one in paper.fields.items() for label in one.labels]
    labels += [(label, "", False) for label in paper.stops]
    taken: list[_Mark] = []
    for label, name, inside in sorted(labels, key=lambda one: -len(one[0])):
        at = text.find(label)
        while at >= 0:
            end = at + len(label)
            free = all(end <= mark.start or mark.end <= at for mark in taken)
            alone = at == 0 or inside or not _LETTER.match(text[at - 1]) or _labelled(text, end) or name == ""
            if free and alone:
                taken.append(_Mark(name if alone else "", at, end))
            at = text.find(label, at + 1)
    return tuple(sorted(taken, key=lambda mark: mark.start))


def _labelled(text: str, end: int) -> bool:
    """Whether what ends here is followed by a colon, as labels are."""
    found = _AFTER_LABEL.match(text[end:])
    return found is not None and any(c in found[0] for c in ":：")


def _field(
    name: str, spec: PaperField, reading: Reading, lines: Sequence[Words], marks: Sequence[Sequence[_Mark]]
) -> Found:
    """The field as found; every place that names it counts."""
    found: list[Found] = []
    for words, labels in zip(lines, marks, strict=True):
        for n, mark in enumerate(labels):
            if mark.name == name:
                end = labels[n + 1].start if n + 1 < len(labels) else len(words.squeezed)
                zone = _zone(words, mark.end, end, spec, lines, marks)
                if one := _value(name, spec, zone, reading.sheets):
                    found.append(one)
    if not found:
        return Found(field=name, text="", parts=(), confidence=0.0, doubts=(Doubt.NOT_FOUND,))
    form = FORMS[spec.kind]
    best = max(found, key=lambda one: (not one.doubts, one.confidence))
    doubts = set(best.doubts)
    if len({form(one.text) or one.text for one in found}) > 1:
        doubts.add(Doubt.SEVERAL)
    if reading.unread is Unread.MORE_PAGES:
        doubts.add(Doubt.MORE_PAGES)
    return Found(field=name, text=best.text, parts=best.parts, confidence=best.confidence, doubts=_sorted(doubts))


def _sorted(doubts: set[Doubt]) -> tuple[Doubt, ...]:
    return tuple(sorted(doubts, key=list(Doubt).index))


def _zone(
    words: Words,
    start: int,
    end: int,
    spec: PaperField,
    lines: Sequence[Words],
    marks: Sequence[Sequence[_Mark]],
) -> _Zone:
    """What follows a label: the rest of its line, what stands right of it, and the lines that go on below."""
    zone = _Zone()
    after = _AFTER_LABEL.match(words.squeezed[start:end])
    first = start + (after.end() if after else 0)
    if first < end:
        zone.pieces.append((words, first, end))
        if end < len(words.squeezed):
            _glued(zone, words, end, spec)
            return zone
    elif end < len(words.squeezed):
        return zone  # the next label follows at once
    current = words
    of = {id(one): labels for one, labels in zip(lines, marks, strict=True)}
    while following := right_of(current, lines, label=not zone.pieces):
        labels = of[id(following)]
        stop = labels[0].start if labels else len(following.squeezed)
        if stop == 0 or LABELLED.match(following.squeezed):
            break
        if spec.kind in _WORDED and current.line.box.right - following.line.box.left > 0.9 * following.line.em:
            zone.doubts.add(Doubt.UNFINISHED)  # its first letter may be the last one of what stands before it
        zone.pieces.append((following, 0, stop))
        if stop < len(following.squeezed):
            _glued(zone, following, stop, spec)
            return zone
        current = following
    if zone.pieces and spec.kind in _RUNNING and not _ended(zone.text, spec):
        _go_on(zone, lines, of)
    return zone


def _glued(zone: _Zone, words: Words, end: int, spec: PaperField) -> None:
    """A value cut by a label that follows without a blank or a colon may have been cut in the middle of a word."""
    apart = end in words.gaps or not _LETTER.match(words.squeezed[end - 1])
    colon = any(c in words.squeezed[end : end + 16] for c in ":：")
    if not apart and not colon and spec.kind in _RUNNING:
        zone.doubts.add(Doubt.UNFINISHED)


def _ended(text: str, spec: PaperField) -> bool:
    return bool(_ENDS.search(text)) or any(word in text for word in spec.until)


def _go_on(zone: _Zone, lines: Sequence[Words], of: dict[int, Sequence[_Mark]]) -> None:
    """Follow a value onto the lines below as long as they begin where it begins."""
    for _ in range(_MOST_LINES):
        words, start, end = zone.pieces[-1]
        first = zone.pieces[0]
        part = words.part(start, end)
        found = below(part, words.line.height, lines)
        if found is None:
            return
        following, aligned = found
        labels = of[id(following)]
        if labels and labels[0].start == 0:
            return
        begins = abs(following.line.box.left - first[0].part(first[1], first[2]).box.left) <= 1.2 * words.line.em
        if not (aligned or begins):
            zone.doubts.add(Doubt.UNFINISHED)
            return
        stop = labels[0].start if labels else len(following.squeezed)
        zone.pieces.append((following, 0, stop))
        if stop < len(following.squeezed):
            return
    zone.doubts.add(Doubt.UNFINISHED)


def _value(name: str, spec: PaperField, zone: _Zone, sheets: Sequence[Sheet]) -> Found | None:
    text = zone.text
    span = _span(spec, text)
    if span is None:
        if not text:
            return None
        span, doubts = _nearly(spec, text) or (0, min(len(text), 60)), {Doubt.ANOTHER_WRITING}
    else:
        doubts = set[Doubt]()
        if spec.kind is PaperKind.NAME and _LETTER.search(_NOTE.sub("", text[span[1] :].strip("。，,;；_"))):
            doubts.add(Doubt.SEVERAL)
    pieces = list(zone.cut(*span))
    parts = tuple(words.part(start, end) for words, start, end in pieces)
    if not parts:
        return None
    said = "".join(part.text for part in parts).strip()
    used = [words.line for words, _, _ in pieces]
    confidence = min(line.confidence for line in used)
    doubts |= zone.doubts
    doubts |= {
        doubt
        for doubt, holds in {
            Doubt.STAMPED: any(_stamped(part, sheets) for part in parts),
            Doubt.FAINT: confidence < SURE,
            Doubt.OVERLAID: any(line.overlaid for line in used),
            Doubt.CHECK_DIGIT: Doubt.ANOTHER_WRITING not in doubts and not sound(spec.kind, plain(said)),
            Doubt.ODD_CHARACTERS: ODD.search(said) is not None,
        }.items()
        if holds
    }
    return Found(field=name, text=said, parts=parts, confidence=round(confidence, 4), doubts=_sorted(doubts))


def _nearly(spec: PaperField, text: str) -> tuple[int, int] | None:
    """The one number in a run of letters too long by one or two that passes its own check: to be shown, not relied on.

    A reader of pictures sometimes takes the edge of a neighbour for a letter.
    """
    if spec.kind not in (PaperKind.ID_NUMBER, PaperKind.USCC):
        return None
    runs = [run for run in re.finditer(r"[0-9A-Za-z]{19,20}", text) if run.start() <= _START]
    spans = [(at, at + 18) for run in runs for at in range(run.start(), run.end() - 17)]
    passing = [span for span in spans if sound(spec.kind, text[slice(*span)])]
    return passing[0] if len(passing) == 1 else None


def _stamped(part: Part, sheets: Sequence[Sheet]) -> bool:
    red = sheets[part.page].red if part.page < len(sheets) else ()
    return touches(part.box, red)


def _span(spec: PaperField, text: str) -> tuple[int, int] | None:
    """Where the value lies in what follows its label; None if nothing there looks like one."""
    if shape := _SHAPES.get(spec.kind):
        found = shape.search(text)
        return found.span() if found and found.start() <= _START else None
    ends = [found.start() for found in _ENDS.finditer(text)][:1]
    ends += [at for word in spec.until if (at := text.find(word)) > 0]
    end = min(ends, default=len(text))
    return (0, end) if end else None
