"""An explained assessment as one value: for JSON as it stands, and as plain sentences in both languages."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.counterfactual import Outlook
from tongban.catalog.tables import Outcome
from tongban.catalog.wording import OR, day_words, joined

Origin = Literal["answer", "record", "computed", "table", "day"]
"""Where a value came from: the person said it, a record of the state has it, it was computed, a table above gave it,
or it is the day of application."""
Standing = Literal["counts", "fails", "open", "outranked"]


class Reading(msgspec.Struct, frozen=True):
    """A value that counted, with the words for it. `record` names the record of the state that it came from."""

    name: str
    label: Text
    value: Any
    words: Text
    origin: Origin
    record: Text | None = None


class TableResult(msgspec.Struct, frozen=True):
    """One output of a table."""

    name: str
    label: Text
    value: Any
    words: Text


class RowReason(msgspec.Struct, frozen=True):
    """One row: whether it counts, and if not, the first cell that fails or that cannot be judged yet."""

    row: int
    standing: Standing
    says: Text
    law: str | None
    cite: Text | None
    input: str
    cell: str
    value: Any
    why: Text


class PossibleOutcome(msgspec.Struct, frozen=True):
    """An outcome that is still open, and what the unknown inputs would have to be for it."""

    rows: tuple[int, ...]
    says: Text
    when: tuple[Text, ...]


class TableReason(msgspec.Struct, frozen=True):
    """One table as it was decided. `hash` is that of its text (see `rules.Table`)."""

    table: str
    title: Text
    hash: str
    status: str
    settled: bool
    inputs: tuple[Reading, ...]
    results: tuple[TableResult, ...]
    rows: tuple[RowReason, ...]
    possible: tuple[PossibleOutcome, ...]


class MissingValue(msgspec.Struct, frozen=True):
    """Why a value is not known: the code and the place of the fault in the formula, or what it waits for."""

    name: str
    label: Text
    formula: str
    start: int
    end: int
    code: str
    why: Text


class CitedArticle(msgspec.Struct, frozen=True):
    """An article that the outcome rests on, with the days from and until which the act is in force."""

    id: str
    cite: Text
    in_force: date | None
    until: date | None


class FigureUsed(msgspec.Struct, frozen=True):
    """A dated figure of the law that the outcome rests on: in force from `since` until the day before `until`.

    `day` is the day whose law counted. Without a figure for that day `value` is null.
    """

    name: str
    label: Text
    value: Any
    words: Text
    day: date
    since: date | None
    until: date | None
    cite: Text | None


class RulesVersion(msgspec.Struct, frozen=True):
    """Which text of the rules was applied, to which day. `hash` is that of its content."""

    service: str
    version: str
    hash: str
    valid_from: date
    valid_to: date | None
    day: date


class Explanation(msgspec.Struct, frozen=True):
    """Everything that can be said about why an outcome is what it is."""

    outcome: Outcome
    message: Text
    fully_determined: bool
    version: RulesVersion
    laws: tuple[CitedArticle, ...]
    figures: tuple[FigureUsed, ...]
    counted: tuple[Reading, ...]
    """What the deciding rows looked at, back to the answers and records."""
    unknown: tuple[Reading, ...]
    tables: tuple[TableReason, ...]
    nothing: tuple[MissingValue, ...]
    outlook: Outlook

    def as_json(self) -> dict[str, Any]:
        """For JSON: days as ISO 8601, each text in both languages."""
        return msgspec.to_builtins(self)

    @property
    def sentences(self) -> tuple[Text, ...]:
        """The same in plain sentences, the most important first."""
        return tuple(_sentences(self))


# --- sentences -------------------------------------------------------------------------------------------------------


def _sentences(told: Explanation) -> Iterator[Text]:
    yield Text("{it}。", "{it}.").format(it=told.message)
    if told.laws:
        yield Text("依据{laws}。", "By {laws}.").format(laws=joined([law.cite for law in told.laws]))
    version = told.version
    yield Text(
        "用的是第{n}版规定，{since}起施行，按{day}的情况算。",
        "Version {n} of the rules, in force from {since}, applied to {day}.",
    ).format(n=version.version, since=day_words(version.valid_from), day=day_words(version.day))
    for reading in told.counted:
        if reading.origin in ("answer", "record"):
            yield _counted_sentence(reading)
    yield from (_figure_sentence(figure) for figure in told.figures)
    yield from (Text("{name}：{why}。", "{name}: {why}.").format(name=n.label, why=n.why) for n in told.nothing)
    for table in told.tables:
        yield from _table_sentences(table)
    yield from told.outlook.sentences


def _counted_sentence(reading: Reading) -> Text:
    source = (
        Text("您填的", "you said so")
        if reading.record is None
        else Text("来自{record}", "from {record}").format(record=reading.record)
    )
    return Text("“{label}”：{words}（{source}）。", "“{label}”: {words} ({source}).").format(
        label=reading.label, words=reading.words, source=source
    )


def _figure_sentence(figure: FigureUsed) -> Text:
    law = Text("", "") if figure.cite is None else Text("，依据{law}", ", by {law}").format(law=figure.cite)
    since = Text("", "")
    if figure.since is not None:
        since = Text("（{day}起的数{law}）", " (the figure from {day} on{law})").format(
            day=day_words(figure.since), law=law
        )
    return Text("“{label}”：{words}{since}。", "“{label}”: {words}{since}.").format(
        label=figure.label, words=figure.words, since=since
    )


def _table_sentences(table: TableReason) -> Iterator[Text]:
    for row in sorted(table.rows, key=lambda row: row.standing != "counts"):
        law = Text("", "") if row.cite is None else Text("（依据{law}）", " (by {law})").format(law=row.cite)
        yield Text("{title}第{n}行，“{says}”：{why}{law}。", "{title}, row {n}, “{says}”: {why}{law}.").format(
            title=table.title, n=row.row, says=row.says, why=row.why, law=law
        )
    for end in table.possible:
        if end.when:
            yield Text("如果{when}：{says}。", "If {when}: {says}.").format(when=joined(end.when, OR), says=end.says)
