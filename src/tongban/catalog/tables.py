"""Decision tables of a service file, made ready for `tongban.rules`, with every fault at its cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

from tongban import rules
from tongban.base.i18n import Text
from tongban.catalog.findings import Path
from tongban.catalog.model import FactType, Output, Service, Table, Words
from tongban.catalog.strict import Strict

Outcome = Literal["eligible", "not-yet", "no", "ask-official", "not-needed", "unknown"]
"""What an assessment says. `unknown`: a fact is missing that could change it."""

RULED_OUTCOMES: tuple[Outcome, ...] = ("no", "not-yet", "ask-official", "not-needed", "eligible")
"""The outcomes that a row may give, the one that hit policy `priority` prefers first."""

_OUTCOMES: dict[str, Outcome] = {outcome: outcome for outcome in RULED_OUTCOMES}

ELIGIBLE_HITS = frozenset({"unique", "first", "any", "priority"})
"""An eligibility table gives one answer, so only these hit policies make sense for it."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")

APPLICATION_DATE = "application_date"
SITUATION = "situation"
COUNTS_ON = "counts_on"
"""The day whose law counts for parameters."""

FEEL_TYPES: dict[FactType, str] = {
    FactType.TEXT: "string",
    FactType.LONG_TEXT: "string",
    FactType.INTEGER: "number",
    FactType.NUMBER: "number",
    FactType.MONEY: "number",
    FactType.BOOLEAN: "boolean",
    FactType.DATE: "date",
    FactType.ENUM: "string",
    FactType.ID_NUMBER: "string",
    FactType.USCC: "string",
    FactType.PHONE: "string",
    FactType.REGION: "string",
    FactType.BANK_ACCOUNT: "string",
}
OUTPUT_TYPES: dict[str, str] = {
    "text": "string",
    "number": "number",
    "money": "number",
    "integer": "number",
    "boolean": "boolean",
    "date": "date",
}
HITS: dict[str, rules.HitPolicy] = {
    "unique": rules.HitPolicy.UNIQUE,
    "first": rules.HitPolicy.FIRST,
    "any": rules.HitPolicy.ANY,
    "priority": rules.HitPolicy.PRIORITY,
    "rule-order": rules.HitPolicy.RULE_ORDER,
    "output-order": rules.HitPolicy.OUTPUT_ORDER,
    "collect": rules.HitPolicy.COLLECT,
    "collect+": rules.HitPolicy.SUM,
    "collect<": rules.HitPolicy.MIN,
    "collect>": rules.HitPolicy.MAX,
    "collect#": rules.HitPolicy.COUNT,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be compiled: where in the file, how far into that text, and why."""

    code: str
    text: Text
    path: Path
    offset: int = 0


@dataclass(frozen=True, slots=True)
class RowRead:
    """One row taken apart: its condition cells, its result cells, its law."""

    cells: tuple[Any, ...]
    outputs: tuple[Any, ...]
    law: str
    note: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """A table ready to run.

    columns  for a column that is more than a name, its expression: it is evaluated here, where the unknown stays
             unknown, and the table reads the result under the name `column_<n>`
    reads    for each row and column, the names that the column and the cell depend on
    names    all names that the table depends on
    """

    table: rules.Table
    columns: tuple[tuple[str, Strict], ...]
    reads: tuple[tuple[frozenset[str], ...], ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A cell of the eligibility table: the outcome and what to tell the person."""

    outcome: Outcome
    message: Text


ELIGIBLE_TEXT = Text("符合申请条件", "The conditions are met")


def read_row(row: Sequence[Any], inputs: int, outputs: int) -> RowRead:
    """A row as `[input cells…, output cells…, {law: …, note: …}]`; the last part may be left out."""
    last = row[-1] if row else None
    has_meta = isinstance(last, dict) and (
        len(row) == inputs + outputs + 1 or set(cast("dict[str, Any]", last)) <= {"law", "note"}
    )
    meta = cast("dict[str, Any]", last) if has_meta else {}
    body = tuple(row[:-1]) if has_meta else tuple(row)
    return RowRead(body[:inputs], body[inputs:], str(meta.get("law", "")), str(meta.get("note", "")))


def read_verdict(cell: Any) -> Verdict | None:
    """`eligible`, or one key of the other outcomes with its words; None if it is neither."""
    if isinstance(cell, str):
        return Verdict("eligible", ELIGIBLE_TEXT) if cell == "eligible" else None
    if not isinstance(cell, dict) or len(cast("dict[str, Any]", cell)) != 1:
        return None
    ((outcome, said),) = cast("dict[str, Any]", cell).items()
    message = as_text(said)
    known = _OUTCOMES.get(outcome)
    return Verdict(known, message) if known is not None and message is not None else None


def as_text(said: Any) -> Text | None:
    """Words as they stand in untyped parts of a file: a text, or a mapping with `zh` and `en`."""
    match said:
        case Text():
            return said
        case str():
            return Text(said, said)
        case {"zh": str() as zh, "en": str() as en}:
            return Text(zh, en)
        case _:
            return None


def both(said: Words) -> Text:
    """Words as a Text; plain Chinese stands for both."""
    return Text(said, said) if isinstance(said, str) else said


@dataclass(frozen=True, slots=True)
class Names:
    """What expressions of one service may use: each name with its FEEL type and its allowed values."""

    types: Mapping[str, str]
    values: Mapping[str, tuple[Any, ...]]

    @staticmethod
    def of(service: Service) -> "Names":
        types = {APPLICATION_DATE: "date"}
        values: dict[str, tuple[Any, ...]] = {}
        if service.situations:
            types[SITUATION] = "string"
            values[SITUATION] = tuple(s.id for s in service.situations)
        for name, fact in service.facts.items():
            types[name] = FEEL_TYPES[fact.type]
            if fact.choices:
                values[name] = tuple(choice.value for choice in fact.choices)
        for table in (*service.tables.values(), *service.amounts.values()):
            for output in table.outputs:
                types[output.name] = output_type(table, output)
                if output.values and types[output.name] != "list":
                    values[output.name] = output.values
        if service.parameters:
            types[COUNTS_ON] = "date"
            types |= {name: OUTPUT_TYPES[one.type] for name, one in service.parameters.items()}
        return Names(types, values)


def output_type(table: Table, output: Output) -> str:
    """The FEEL type that an output has for those who use it."""
    if table.hit in ("collect", "rule-order", "output-order"):
        return "list"
    return "number" if table.hit == "collect#" else OUTPUT_TYPES[output.type]


def build_table(name: str, table: Table, names: Names, path: Path) -> tuple[Ruling | None, list[Fault]]:
    """A table of facts and outputs, compiled; None with its faults."""
    faults: list[Fault] = []
    read = [read_row(row, len(table.inputs), len(table.outputs)) for row in table.rows]
    columns = [rules.Output(o.name, OUTPUT_TYPES[o.type], o.values) for o in table.outputs]
    rows = [
        rules.Row(
            row.cells,
            [_result(cell, table.outputs[i] if i < len(table.outputs) else None) for i, cell in enumerate(row.outputs)],
            row.law or None,
            row.note,
        )
        for row in read
    ]
    return _build(name, table, names, path, columns, rows, faults)


def build_eligible(table: Table, names: Names) -> tuple[Ruling | None, tuple[Verdict, ...], list[Fault]]:
    """The eligibility table, compiled, and what each of its rows tells the person."""
    path: Path = ("eligible",)
    faults: list[Fault] = []
    if table.hit not in ELIGIBLE_HITS:
        said = Text(
            f"资格表只能用 {'、'.join(sorted(ELIGIBLE_HITS))}",
            f"An eligibility table must be {', '.join(sorted(ELIGIBLE_HITS))}",
        )
        faults.append(Fault("eligible-hit", said, ("eligible", "hit")))
    verdicts: list[Verdict] = []
    rows: list[rules.Row] = []
    for index, raw in enumerate(table.rows):
        row = read_row(raw, len(table.inputs), 1)
        verdict = read_verdict(row.outputs[0]) if row.outputs else None
        if row.outputs and verdict is None:
            said = Text(
                "结果应当是 eligible，或 {not-yet|no|ask-official|not-needed: {zh: …, en: …}} 中的一个",
                "The outcome must be eligible, or one of {not-yet|no|ask-official|not-needed: {zh: …, en: …}}",
            )
            faults.append(Fault("eligible-outcome", said, (*path, "rows", index, len(table.inputs))))
        verdicts.append(verdict or Verdict("ask-official", ELIGIBLE_TEXT))
        outputs = [rules.Literal(verdicts[-1].outcome) for _ in row.outputs]
        rows.append(rules.Row(row.cells, outputs, row.law or None, row.note))
    columns = [rules.Output("outcome", "string", RULED_OUTCOMES)]
    built, faults = _build("eligible", table, names, path, columns, rows, faults)
    return built, tuple(verdicts), faults


def _result(cell: Any, output: Output | None) -> str | rules.Literal:
    """A result cell: FEEL where it is written as text, except that a text output is simply its text."""
    if not isinstance(cell, str):
        return rules.Literal(cell)
    if output is not None and output.type == "text" and not cell.startswith('"'):
        return rules.Literal(cell)
    return cell


def _build(
    name: str,
    table: Table,
    names: Names,
    path: Path,
    outputs: Sequence[rules.Output],
    rows: Sequence[rules.Row],
    faults: list[Fault],
) -> tuple[Ruling | None, list[Fault]]:
    inputs: list[rules.Input] = []
    columns: dict[str, Strict] = {}
    for index, text in enumerate(table.inputs):
        if text.strip() in names.types:
            name_ = text.strip()
            inputs.append(rules.Input(name_, type=names.types[name_], values=names.values.get(name_, ())))
            continue
        try:
            columns[f"column_{index + 1}"] = Strict.compile(text, names.types)
        except rules.RuleSyntaxError as problem:
            said = Text(problem.zh, problem.en)
            faults.append(Fault(f"feel-{problem.code}", said, (*path, "inputs", index), problem.position))
        inputs.append(rules.Input(f"column_{index + 1}", label=text))
    hit = HITS[table.hit]
    try:
        known = (*names.types, *(i.expression for i in inputs if i.label))
        built = rules.Table.build(name, inputs, outputs, rows, hit=hit, names=known)
    except rules.TableErrors as problem:
        for error in problem.errors:
            where, offset = _where(error.row, error.column, len(inputs), path), error.position
            faults.append(Fault(f"feel-{error.code}", Text(error.zh, error.en), where, offset))
        return None, faults
    if faults:
        return None, faults
    return _ruling(built, columns), faults


def _ruling(table: rules.Table, columns: Mapping[str, Strict]) -> Ruling:
    heads = [
        frozenset(columns[column.expression].names if column.expression in columns else (column.expression,))
        for column in table.inputs
    ]
    plain = frozenset(name for name in table.names if name not in columns)
    reads = tuple(
        tuple(head | (plain & mentioned(cell.text)) for head, cell in zip(heads, row, strict=True))
        for row in table.cells
    )
    names = dict.fromkeys((*plain, *(name for column in columns.values() for name in column.names)))
    return Ruling(table, tuple(columns.items()), reads, tuple(sorted(names)))


@lru_cache(maxsize=50_000)
def mentioned(text: str) -> frozenset[str]:
    """Every word of a FEEL text that could be a fact's name."""
    return frozenset(_NAME.findall(text))


def _where(row: int, column: int, inputs: int, path: Path) -> Path:
    if row == 0:
        if column == 0:
            return path
        return (*path, "inputs", column - 1) if column <= inputs else (*path, "outputs", column - 1 - inputs)
    return (*path, "rows", row - 1, column - 1) if column else (*path, "rows", row - 1)
