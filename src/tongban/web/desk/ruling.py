"""What the rules say about a case, in words: the row that matched with its law, and why each other row did not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from tongban import rules
from tongban.base.i18n import Text
from tongban.cases import Definition
from tongban.catalog import Assessment
from tongban.web.desk.sheet import Look
from tongban.web.desk.values import both

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
    inputs: tuple[tuple[Text, Text], ...]
    rows: tuple[RuleRow, ...]
    results: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say, and why."""

    look: Look
    message: Text
    tables: tuple[RuleTable, ...]


def ruling(definition: Definition, assessment: Assessment) -> Ruling:
    """The rules' finding on a case, table by table, with its law; advice to the official, never a decision."""
    words = _Words.of(definition)
    tables = tuple(_table(definition, decision, words) for decision in assessment.trace)
    return Ruling(OUTCOMES[assessment.outcome], assessment.message, tables)


_TRUTH = {"true": Text("是", "yes"), "false": Text("否", "no")}


@dataclass(frozen=True, slots=True)
class _Words:
    """The names that people know instead of those of the file."""

    columns: Mapping[str, Text]
    tables: Mapping[str, Text]
    choices: Mapping[str, Mapping[str, Text]]

    @classmethod
    def of(cls, definition: Definition) -> "_Words":
        service = definition.service
        tables = {**service.tables, **service.amounts}
        outputs = [output for table in tables.values() for output in table.outputs]
        return cls(
            columns={name: both(fact.name) for name, fact in service.facts.items()}
            | {output.name: both(output.label or output.name) for output in outputs},
            tables={slug: both(table.name) for slug, table in tables.items() if table.name},
            choices={
                name: {choice.value: both(choice.name) for choice in fact.choices}
                for name, fact in service.facts.items()
                if fact.choices
            },
        )

    def column(self, name: str) -> Text:
        return self.columns.get(name, both(name))

    def cell(self, column: str, cell: str) -> Text:
        """A cell's text with the values of a choice, yes and no in words."""
        if cell in _TRUTH:
            return _TRUTH[cell]
        zh = en = cell
        for value, name in self.choices.get(column, {}).items():
            zh, en = zh.replace(f'"{value}"', name.zh), en.replace(f'"{value}"', name.en)
        return Text(zh, en)

    def value(self, column: str, value: Any) -> Text:
        match value:
            case None:
                return Text("未知", "unknown")
            case bool():
                return _TRUTH["true" if value else "false"]
            case _:
                return self.choices.get(column, {}).get(str(value)) or both(str(value))


def _table(definition: Definition, decision: rules.Decision, words: _Words) -> RuleTable:
    table = decision.table
    misses = {miss.row: miss for miss in decision.why_not()}
    pairs = zip(table.inputs, decision.inputs, strict=True)
    rows = (
        RuleRow(
            number,
            number not in misses,
            definition.cite(row.law) if row.law else None,
            _why(misses[number], words) if number in misses else Text("符合", "matches"),
        )
        for number, row in enumerate(table.rows, start=1)
    )
    return RuleTable(
        words.tables.get(table.name or "", Text("申请条件", "Conditions")),
        tuple((words.column(column.title), words.value(column.title, value)) for column, value in pairs),
        tuple(rows),
        tuple(_results(decision, words)),
    )


def _results(decision: rules.Decision, words: _Words) -> Iterator[tuple[Text, Text]]:
    outputs: Any = rules.to_json(decision.outputs)
    if isinstance(outputs, dict) and decision.table.name in words.tables:
        for name, value in cast("dict[str, Any]", outputs).items():
            yield words.column(name), words.value(name, value)


def _why(miss: rules.RowMiss, words: _Words) -> Text:
    label, cell, value = (
        words.column(miss.input),
        words.cell(miss.input, miss.cell),
        words.value(miss.input, miss.value),
    )
    match miss.reason:
        case rules.Reason.FALSE:
            return Text(
                f"“{label.zh}”要求 {cell.zh}，实际是 {value.zh}", f"“{label.en}” must be {cell.en} but is {value.en}"
            )
        case rules.Reason.UNKNOWN:
            return Text(f"还不知道“{label.zh}”", f"“{label.en}” is not known")
        case rules.Reason.OUTRANKED:
            return Text("也符合，但有更优先的一行", "also matches, but another row comes first")
