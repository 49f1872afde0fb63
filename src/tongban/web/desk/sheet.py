"""The middle of the desk: what the person claims, what the state's records say, what was filed, what the rule says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from tongban import rules
from tongban.base.i18n import Text
from tongban.cases.definition import Definition, Judged
from tongban.cases.model import Attachment, CaseState, Record
from tongban.catalog import Assessment
from tongban.catalog.model import Fact
from tongban.web.desk.values import Pair, RegionName, both, compare, said, same


class Match(StrEnum):
    """How a claim stands to the record, worst first: what an official must look at comes first."""

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

    @property
    def look(self) -> Look:
        return MATCHES[self.match]


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
    def look_at(self) -> int:
        """What an official has to look at."""
        wanted = (Match.DIFFERS, Match.UNANSWERED, Match.ASKED)
        return self.count(*wanted) + sum(paper.filed in (Filed.MISSING, Filed.ASKED) for paper in self.papers)

    @property
    def spared(self) -> int:
        """Materials the person did not have to bring."""
        return sum(paper.filed is Filed.REPLACED for paper in self.papers)


def sheet(definition: Definition, state: CaseState, region: RegionName) -> Sheet:
    """The sheet of a case as it stands; what needs looking at first, then in the order of the file."""
    judged = Judged(definition, state)
    questions = [*judged.variant.questions, *judged.variant.open_questions]
    rows = [_fact(question.name, question.fact, state, region) for question in questions]
    papers = [_paper(slug, definition, state, judged) for slug in _slugs(judged, state)]
    order = list(Match)
    return Sheet(tuple(sorted(rows, key=lambda row: order.index(row.match))), tuple(papers))


def _fact(name: str, fact: Fact, state: CaseState, region: RegionName) -> FactRow:
    claim, record = state.facts.get(name), state.records.get(name)
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
    )


def _match(name: str, state: CaseState, mine: Text | None, theirs: Text | None) -> Match:
    match mine, theirs:
        case _ if name in state.asked:
            return Match.ASKED
        case None, None:
            return Match.UNANSWERED
        case None, _:
            return Match.RECORD_ONLY
        case _, None:
            return Match.CLAIM_ONLY
        case Text(), Text():
            return Match.AGREES if same(mine.zh, theirs.zh) else Match.DIFFERS


def _slugs(judged: Judged, state: CaseState) -> Iterator[str]:
    needed = [needed.slug for needed in judged.variant.materials]
    yield from dict.fromkeys((*needed, *state.documents))


def _paper(slug: str, definition: Definition, state: CaseState, judged: Judged) -> Paper:
    material = definition.service.materials.get(slug)
    files, record = state.documents.get(slug, ()), state.records.get(slug)
    return Paper(
        slug=slug,
        label=both(material.name) if material else both(slug),
        filed=_filed(slug, state, judged, bool(files), record),
        files=files,
        replaced=state.replaced.get(slug, ()),
        source=record.source if record else None,
    )


def _filed(slug: str, state: CaseState, judged: Judged, files: bool, record: Record | None) -> Filed:
    if slug in state.asked:
        return Filed.ASKED
    if files:
        return Filed.FILED
    if record is not None:
        return Filed.REPLACED
    return Filed.MISSING if slug in judged.missing else Filed.OPTIONAL


OUTCOMES: dict[str, Look] = {
    "eligible": Look(Text("按规则符合条件", "The rules are met"), "ok", "ok"),
    "not-yet": Look(Text("按规则现在还不符合", "The rules are not met yet"), "clock", "warn"),
    "no": Look(Text("按规则不符合条件", "The rules are not met"), "x", "seal"),
    "ask-official": Look(Text("要由您判断", "The rules leave this to you"), "me", "warn"),
    "not-needed": Look(Text("不需要办理", "No application is needed"), "info", "mute"),
    "unknown": Look(Text("信息不全，规则判断不了", "Too little is known for the rules"), "info", "warn"),
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One row of a table: the one that matched, or the first cell that kept it from matching."""

    number: int
    matched: bool
    law: Text | None
    why: Text


@dataclass(frozen=True, slots=True)
class RuleTable:
    """A table as it was decided."""

    name: Text
    inputs: tuple[tuple[Text, str], ...]
    rows: tuple[RuleRow, ...]
    results: tuple[tuple[Text, str], ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say, and why."""

    look: Look
    message: Text
    tables: tuple[RuleTable, ...]


def ruling(definition: Definition, assessment: Assessment) -> Ruling:
    """The rules' finding on a case, table by table, with its law; advice to the official, never a decision."""
    labels = {name: both(fact.name) for name, fact in definition.service.facts.items()}
    tables = {**definition.service.tables, **definition.service.amounts}
    for table in tables.values():
        labels |= {output.name: both(output.label) if output.label else both(output.name) for output in table.outputs}
    say: Callable[[str], Text] = lambda name: labels.get(name, both(name))  # noqa: E731 -- one line, used below
    names = {slug: both(table.name) for slug, table in tables.items() if table.name}
    return Ruling(
        OUTCOMES[assessment.outcome],
        assessment.message,
        tuple(_table(definition, decision, names, say) for decision in assessment.trace),
    )


def _table(
    definition: Definition, decision: rules.Decision, names: Mapping[str, Text], say: Callable[[str], Text]
) -> RuleTable:
    table = decision.table
    misses = {miss.row: miss for miss in decision.why_not()}
    pairs = zip(table.inputs, decision.inputs, strict=True)
    rows = (
        RuleRow(
            number,
            number not in misses,
            definition.cite(row.law) if row.law else None,
            _why(misses[number], say) if number in misses else Text("符合", "matches"),
        )
        for number, row in enumerate(table.rows, start=1)
    )
    return RuleTable(
        names.get(table.name or "", Text("条件", "Conditions")),
        tuple((say(column.title), _plain(value)) for column, value in pairs),
        tuple(rows),
        tuple(_results(decision, say)),
    )


def _results(decision: rules.Decision, say: Callable[[str], Text]) -> Iterator[tuple[Text, str]]:
    outputs: Any = decision.outputs
    if isinstance(outputs, dict) and decision.table.name not in (None, "", "eligible"):
        for name, value in rules.to_json(outputs).items():
            yield say(str(name)), _plain(value)


def _why(miss: rules.RowMiss, say: Callable[[str], Text]) -> Text:
    label, value = say(miss.input), _plain(miss.value)
    match miss.reason:
        case rules.Reason.FALSE:
            return Text(
                f"“{label.zh}”要求 {miss.cell}，实际是 {value}", f"“{label.en}” must be {miss.cell} but is {value}"
            )
        case rules.Reason.UNKNOWN:
            return Text(f"还不知道“{label.zh}”", f"“{label.en}” is not known")
        case rules.Reason.OUTRANKED:
            return Text("也符合，但有更优先的一行", "also matches, but another row comes first")


def _plain(value: Any) -> str:
    match value:
        case None:
            return "？"
        case True:
            return "是 yes"
        case False:
            return "否 no"
        case _:
            return str(value)
