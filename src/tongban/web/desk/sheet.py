"""The middle of the desk: what the person claims, what the state's records say, what was filed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tongban.assist.precheck.model import Outcome
from tongban.base.i18n import Text
from tongban.cases import Attachment, CaseState, CaseView
from tongban.catalog.model import Fact
from tongban.web.desk.papers import PaperCell, Sign
from tongban.web.desk.values import Pair, RegionName, both, compare, said, same
from tongban.web.provenance import provenance


class Match(StrEnum):
    """How a claim stands to the record, worst first: what an official must look at comes first."""

    DISPUTED = "disputed"
    DIFFERS = "differs"
    ASKED = "asked"
    UNANSWERED = "unanswered"
    CLAIM_ONLY = "claim-only"
    AGREES = "agrees"
    RECORD_ONLY = "record-only"


@dataclass(frozen=True, slots=True)
class Look:
    """Words, icon and tone of a state."""

    name: Text
    icon: str
    tone: str


MATCHES: dict[Match, Look] = {
    Match.DISPUTED: Look(Text("本人说记录不对", "Record disputed"), "warn", "warn"),
    Match.DIFFERS: Look(Text("不一致", "Differs"), "warn", "warn"),
    Match.ASKED: Look(Text("已要求补正", "Asked to correct"), "clock", "warn"),
    Match.UNANSWERED: Look(Text("没有填", "Not answered"), "warn", "warn"),
    Match.CLAIM_ONLY: Look(Text("无数据可核", "No record"), "doc", "mute"),
    Match.AGREES: Look(Text("一致", "Agrees"), "ok", "ok"),
    Match.RECORD_ONLY: Look(Text("政府数据", "From a record"), "shield", "ok"),
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact: the claim beside the record."""

    name: str
    label: Text
    match: Match
    claim: Pair | None
    """`left` the claim, `right` the record; None when only one of them is there."""
    said: Text | None
    record: Text | None
    source: Text | None
    at: datetime | None
    paper: PaperCell | None = None
    """What a paper says about it."""
    correction: str = ""
    """The case in which the applicant asks the source to correct the record."""
    provenance: Text | None = None
    """Which record, under which grant, with which digest: one line."""

    @property
    def look(self) -> Look:
        return MATCHES[self.match]

    @property
    def result(self) -> Look | Sign:
        """What the table says in the end: what claim and record make of it, unless a paper says something worse."""
        if self.paper is None or self.match in _OPEN:
            return self.look
        agrees = self.paper.check.outcome is Outcome.AGREES
        return self.look if agrees and self.match is not Match.CLAIM_ONLY else self.paper.sign

    @property
    def flagged(self) -> bool:
        """Whether it is something to look at."""
        return self.match in _OPEN or (self.paper is not None and self.paper.check.outcome is not Outcome.AGREES)

    @property
    def settled(self) -> bool:
        """Whether everything there is agrees, and there is more than the claim alone."""
        proven = self.match in (Match.AGREES, Match.RECORD_ONLY) or self.paper is not None
        return proven and not self.flagged


_OPEN = frozenset({Match.DISPUTED, Match.DIFFERS, Match.ASKED, Match.UNANSWERED})
"""What claim and record alone leave to be looked at."""


class Filed(StrEnum):
    """How a material stands."""

    MISSING = "missing"
    ASKED = "asked"
    FILED = "filed"
    REPLACED = "replaced"
    OPTIONAL = "optional"


FILINGS: dict[Filed, Look] = {
    Filed.MISSING: Look(Text("没有交", "Missing"), "warn", "warn"),
    Filed.ASKED: Look(Text("已要求补正", "Asked for"), "clock", "warn"),
    Filed.FILED: Look(Text("已交", "Filed"), "ok", "ok"),
    Filed.REPLACED: Look(Text("免交", "Not needed"), "shield", "ok"),
    Filed.OPTIONAL: Look(Text("可以不交", "Optional"), "doc", "mute"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One material: its files, or the record that makes it unnecessary."""

    slug: str
    label: Text
    filed: Filed
    files: tuple[Attachment, ...]
    replaced: tuple[Attachment, ...]
    """Earlier files that these took the place of."""
    source: Text | None

    @property
    def look(self) -> Look:
        return FILINGS[self.filed]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything to be compared in one case."""

    facts: tuple[FactRow, ...]
    papers: tuple[Paper, ...]

    def count(self, *matches: Match) -> int:
        """How many facts stand so."""
        return sum(row.match in matches for row in self.facts)

    @property
    def agreeing(self) -> int:
        """Facts on which everything there is agrees, and of which there is more than the claim alone."""
        return sum(row.settled for row in self.facts)

    @property
    def look_at(self) -> int:
        """What an official has to look at."""
        return sum(row.flagged for row in self.facts) + sum(
            paper.filed in (Filed.MISSING, Filed.ASKED) for paper in self.papers
        )

    @property
    def spared(self) -> int:
        """Materials the person did not have to bring."""
        return sum(paper.filed is Filed.REPLACED for paper in self.papers)

    @property
    def unproved(self) -> bool:
        """Whether it is what somebody said and nothing else: no record and no paper to hold it against."""
        return (
            bool(self.facts)
            and not self.papers
            and all(row.match is Match.CLAIM_ONLY and row.paper is None for row in self.facts)
        )

    @property
    def first(self) -> tuple[FactRow, ...]:
        """What is shown at once: all that is not settled, and some that agree."""
        open_ones = len(self.facts) - self.agreeing
        return self.facts[: max(open_ones, _AT_ONCE)]

    @property
    def rest(self) -> tuple[FactRow, ...]:
        """What is folded away."""
        return self.facts[len(self.first) :]


_AT_ONCE = 6


def sheet(view: CaseView, region: RegionName, cells: Mapping[str, PaperCell] | None = None) -> Sheet:
    """The sheet of a case as it stands, with what its papers say; what needs looking at first."""
    variant = view.judged.variant
    questions = [*variant.questions, *variant.open_questions]
    said = cells or {}
    rows = [replace(_fact(q.name, q.fact, view.state, region), paper=said.get(q.name)) for q in questions]
    # what nobody has to answer, and nobody did, is nothing to look at
    needless = {q.name for q in questions if not q.fact.required}
    rows = [row for row in rows if row.match is not Match.UNANSWERED or row.name not in needless]
    order = list(Match)
    rows.sort(key=lambda row: (not row.flagged, row.settled, order.index(row.match)))
    return Sheet(tuple(rows), tuple(_papers(view)))


def _fact(name: str, fact: Fact, state: CaseState, region: RegionName) -> FactRow:
    claim, record, disputed = state.facts.get(name), state.record_of(name), state.disputes.get(name)
    mine = None if claim is None else said(fact, claim, region)
    theirs = None if record is None else said(fact, record.value, region)
    pair = compare(mine.zh, theirs.zh) if mine and theirs else None
    return FactRow(
        name=name,
        label=both(fact.name),
        match=_match(name, state, mine, theirs),
        claim=pair,
        said=mine,
        record=theirs,
        source=record.source if record else None,
        at=record.at if record else None,
        correction=disputed.case if disputed else "",
        provenance=provenance(record) if record else None,
    )


def _match(name: str, state: CaseState, mine: Text | None, theirs: Text | None) -> Match:
    match mine, theirs:
        case _ if name in state.asked:
            return Match.ASKED
        case _ if name in state.disputes:
            return Match.DISPUTED
        case None, None:
            return Match.UNANSWERED
        case None, _:
            return Match.RECORD_ONLY
        case _, None:
            return Match.CLAIM_ONLY
        case Text(), Text():
            return Match.AGREES if same(mine.zh, theirs.zh) else Match.DIFFERS


def _papers(view: CaseView) -> Iterator[Paper]:
    for one in view.materials:
        yield Paper(
            slug=one.slug,
            label=one.label,
            filed=Filed.ASKED if one.asked else _FILED[one.status],
            files=one.files,
            replaced=one.earlier,
            source=one.record.source if one.record else None,
        )


_FILED = {
    "present": Filed.FILED,
    "replaced": Filed.REPLACED,
    "missing": Filed.MISSING,
    "optional": Filed.OPTIONAL,
}
