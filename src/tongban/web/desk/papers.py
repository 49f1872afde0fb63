"""What papers say beside claim and record: a column of the sheet, two readings of one thing, and the advice to look.

Nothing here touches what may be done with a case: the acts, their fields and what is ticked come from elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tongban.assist.model import Box
from tongban.assist.precheck.layout import within
from tongban.assist.precheck.model import Checked, Outcome, Part
from tongban.assist.precheck.says import OUTCOMES, doubts_words
from tongban.assist.precheck.service import Prechecked
from tongban.base.i18n import Text
from tongban.cases import Attachment, CaseView
from tongban.web.desk.values import Pair, Piece, RegionName, both, compare, said

PDF = "application/pdf"
_SHOWN = 4
"""Comparisons shown as pictures; the table has all."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Words, icon and tone of an outcome."""

    name: Text
    icon: str
    tone: str


SIGNS: dict[Outcome, Sign] = {
    Outcome.DIFFERS: Sign(OUTCOMES[Outcome.DIFFERS], "warn", "warn"),
    Outcome.LOOK: Sign(OUTCOMES[Outcome.LOOK], "me", "warn"),
    Outcome.AGREES: Sign(OUTCOMES[Outcome.AGREES], "ok", "ok"),
}


@dataclass(frozen=True, slots=True)
class PaperCell:
    """What one paper says about one fact. `pieces` and `claim` are cut where the two part."""

    check: Checked
    pieces: tuple[Piece, ...]
    claim: tuple[Piece, ...]
    why: Text | None

    @property
    def sign(self) -> Sign:
        return SIGNS[self.check.outcome]


@dataclass(frozen=True, slots=True)
class Beside:
    """两处原文对照: a stretch of the paper, and what stands in its stead elsewhere."""

    cell: PaperCell
    label: Text
    file: Attachment
    page: int
    photo: bool
    """A picture rather than an electronic file."""
    other: Text
    """Where the other reading is from: the application, or a record of the state."""
    pieces: tuple[Piece, ...]
    picture: str
    """Address of the stretch as a picture."""


@dataclass(frozen=True, slots=True)
class Advice:
    """辅助提示: one paper's suggestion, to be accepted or declined. `sentences` say what differs or is not clear."""

    call: str
    paper: Text
    document: str
    sentences: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Papers:
    """Everything that the page shows of papers."""

    cells: Mapping[str, PaperCell]
    beside: tuple[Beside, ...]
    advice: tuple[Advice, ...]
    waiting: bool
    notes: Mapping[str, Text]
    """By document: why a person must look at all of it."""
    off: Text | None

    def count(self, outcome: Outcome) -> int:
        """How many facts stand so on their papers."""
        return sum(cell.check.outcome is outcome for cell in self.cells.values())


def shown(view: CaseView, found: Prechecked, region: RegionName, settled: frozenset[str] = frozenset()) -> Papers:
    """The papers of a case; `settled` are calls that this reader has answered."""
    cells: dict[str, PaperCell] = {}
    for check in found.checks:
        worst = found.of_fact(check.fact)[0]
        if check is worst:
            cells[check.fact] = _cell(view, check, region)
    return Papers(
        cells=cells,
        beside=tuple(_beside(view, cells, region)),
        advice=tuple(_advice(found, cells, settled)),
        waiting=any(paper.waiting for paper in found.papers.values()),
        notes={paper.document: paper.why for paper in found.papers.values() if paper.why is not None},
        off=found.off,
    )


def _claimed(view: CaseView, fact: str, region: RegionName) -> tuple[Text, Text] | None:
    """What a paper is held against first, and where that is from: the claim, or else the record."""
    spec = view.definition.service.facts[fact]
    claim, record = view.state.facts.get(fact), view.state.records.get(fact)
    if claim is not None:
        return said(spec, claim, region), Text("申请人填写", "What the applicant typed")
    if record is not None:
        return said(spec, record.value, region), record.source
    return None


def _pair(view: CaseView, check: Checked, region: RegionName) -> Pair | None:
    claimed = _claimed(view, check.fact, region)
    return compare(claimed[0].zh, check.text) if claimed and check.text else None


def _cell(view: CaseView, check: Checked, region: RegionName) -> PaperCell:
    pair = _pair(view, check, region) if check.outcome is not Outcome.AGREES else None
    pieces = pair.right if pair else ((Piece(check.text, False),) if check.text else ())
    return PaperCell(check, pieces, pair.left if pair else (), doubts_words(check.doubts) if check.doubts else None)


def _beside(view: CaseView, cells: Mapping[str, PaperCell], region: RegionName) -> Iterator[Beside]:
    files = {file.id: file for many in view.state.documents.values() for file in many}
    rank = list(Outcome)
    wanted = [cell for cell in cells.values() if cell.check.outcome is not Outcome.AGREES and cell.check.parts]
    for cell in sorted(wanted, key=lambda one: rank.index(one.check.outcome))[:_SHOWN]:
        check = cell.check
        claimed, pair = _claimed(view, check.fact, region), _pair(view, check, region)
        file = files.get(check.document)
        if claimed is None or pair is None or file is None:
            continue
        yield Beside(
            cell=cell,
            label=both(view.definition.service.facts[check.fact].name),
            file=file,
            page=check.parts[0].page + 1,
            photo=file.type != PDF,
            other=claimed[1],
            pieces=pair.left,
            picture=f"/desk/cases/{view.case}/documents/{file.id}/fields/{check.field}.png",
        )


def _advice(found: Prechecked, cells: Mapping[str, PaperCell], settled: frozenset[str]) -> Iterator[Advice]:
    for state in found.papers.values():
        mine = [cell.check for cell in cells.values() if cell.check.document == state.document]
        sentences = tuple(_sentence(one) for one in mine if one.outcome is not Outcome.AGREES)
        if state.call and state.call not in settled and sentences and state.kind is not None:
            yield Advice(state.call, state.kind, state.document, sentences)


def _sentence(check: Checked) -> Text:
    if check.outcome is Outcome.DIFFERS:
        return Text(
            f"{check.paper.zh}上的{check.label.zh}是“{check.text}”，和填的、登记的不一样。",
            f"“{check.label.en}” on the paper ({check.paper.en}) is “{check.text}”, not what was declared.",
        )
    why = doubts_words(check.doubts)
    return Text(
        f"{check.paper.zh}上的{check.label.zh}请您自己看：{why.zh}。",
        f"Please look at “{check.label.en}” on the paper ({check.paper.en}) yourself: {why.en}.",
    )


def marks(view: CaseView, check: Checked, region: RegionName) -> tuple[Part, ...]:
    """The places to be framed in red: where the paper parts from the claim, or the whole value."""
    pair = _pair(view, check, region)
    pieces = [piece for piece in pair.right if piece.text] if pair else []
    if not any(piece.differs for piece in pieces):
        return check.parts
    found: list[Part] = []
    place = 0
    for piece in pieces:
        if piece.differs:
            found += _stretch(check.parts, place, place + len(piece.text))
        place += len(piece.text)
    return tuple(found) or check.parts


def _stretch(parts: Sequence[Part], start: int, end: int) -> Iterator[Part]:
    """The places of some characters of a value that stands on one line or several."""
    at = 0
    for part in parts:
        first, last = max(start - at, 0), min(end - at, len(part.text))
        if first < last:
            yield within(part, first, last)
        at += len(part.text)


def frame(parts: Sequence[Part]) -> Box:
    """The stretch of the page to be shown around a value."""
    left, right = min(part.box.left for part in parts), max(part.box.right for part in parts)
    top, bottom = min(part.box.top for part in parts), max(part.box.bottom for part in parts)
    return Box(left, top, right, bottom)
