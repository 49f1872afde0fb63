"""A decision in plain sentences: what applied and by which law, why the rest did not, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from tongban.rules.feel.text import plain_text
from tongban.rules.feel.values import Value, is_context, is_list

from .hit import Status
from .trace import Decision, Reason, RowMiss

Language: TypeAlias = OneOf["zh", "en"]


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of one language; names in braces are filled in."""

    matched: str
    law: str
    reasons: Mapping[Reason, str]
    endings: Mapping[Status, str]
    missing: str
    unsettled: str
    yes: str
    no: str
    unknown: str
    comma: str


_WORDS: Mapping[str, _Words] = {
    "zh": _Words(
        matched="第{row}行符合{law}：{outcome}",
        law="（依据{law}）",
        reasons={
            Reason.FALSE: "第{row}行不符合：{input}要 {cell}，实际是 {value}{law}",
            Reason.UNKNOWN: "第{row}行还不能判断：{input}要 {cell}，但这一事实未知{law}",
            Reason.OUTRANKED: "第{row}行也符合，但按命中策略由别的行决定{law}",
        },
        endings={
            Status.DECIDED: "",
            Status.DEFAULT: "没有符合的行，按默认结果：{outcome}",
            Status.NO_ROW: "没有符合的行：规则没有规定这种情形，须由人工判断",
            Status.MISSING_FACT: "还不能决定",
            Status.CONFLICT: "第{rows}行同时符合，但规则不允许：规则自相矛盾，须由人工判断",
        },
        missing="缺少的事实：{missing}；知道以后，第{rows}行可能符合",
        unsettled="结果可能因未知的事实而改变",
        yes="是",
        no="否",
        unknown="未知",
        comma="、",
    ),
    "en": _Words(
        matched="Row {row} applies{law}: {outcome}",
        law=" (by {law})",
        reasons={
            Reason.FALSE: "Row {row} does not apply: {input} must be {cell}, but is {value}{law}",
            Reason.UNKNOWN: "Row {row} cannot be judged yet: {input} must be {cell}, but is not known{law}",
            Reason.OUTRANKED: "Row {row} applies too, but the hit policy prefers another row{law}",
        },
        endings={
            Status.DECIDED: "",
            Status.DEFAULT: "No row applies; the default outcome is: {outcome}",
            Status.NO_ROW: "No row applies: the rules do not provide for this; a person must decide",
            Status.MISSING_FACT: "This cannot be decided yet",
            Status.CONFLICT: "Rows {rows} apply together, which the rules forbid: they contradict each other, "
            "and a person must decide",
        },
        missing="Missing facts: {missing}; once known, rows {rows} may apply",
        unsettled="Facts that are not known could change the outcome",
        yes="yes",
        no="no",
        unknown="unknown",
        comma=", ",
    ),
}


def explain(decision: Decision, lang: Language = "zh") -> list[str]:
    """Sentences on how `decision` came about, the most important first; facts and labels stay as written."""
    words = _WORDS[lang]
    sentences = [*_ending(decision, words), *_matched(decision, words)]
    if open_rows := decision.could_match:
        rows = words.comma.join(map(str, open_rows))
        sentences.append(words.missing.format(missing=words.comma.join(decision.missing), rows=rows))
        if decision.matched and not decision.settled:
            sentences.append(words.unsettled)
    return [*sentences, *(_miss(miss, words) for miss in decision.why_not())]


def _ending(decision: Decision, words: _Words) -> list[str]:
    rows = words.comma.join(map(str, decision.matched))
    text = words.endings[decision.status].format(outcome=_plain(decision.outcome, words), rows=rows)
    return [text] if text else []


def _matched(decision: Decision, words: _Words) -> list[str]:
    """What the rows that count say; in a conflict each speaks for itself."""
    parts: list[str] = []
    for row in decision.matched:
        law = _law(decision.table.rows[row - 1].law, words)
        outputs = decision.table.row_outputs(decision, row)
        outcome = words.comma.join(_plain(value, words) for value in outputs.values())
        parts.append(words.matched.format(row=row, law=law, outcome=outcome))
    return parts


def _miss(miss: RowMiss, words: _Words) -> str:
    return words.reasons[miss.reason].format(
        row=miss.row,
        input=miss.input,
        cell=_CELLS.get(miss.cell, _as_written)(miss.cell, words),
        value=_plain(miss.value, words),
        law=_law(miss.law, words),
    )


def _law(law: str | None, words: _Words) -> str:
    return "" if law is None else words.law.format(law=law)


def _as_written(cell: str, _: _Words) -> str:
    return cell


_CELLS: Mapping[str, Callable[[str, _Words], str]] = {
    "true": lambda _, words: words.yes,
    "false": lambda _, words: words.no,
    "null": lambda _, words: words.unknown,
}


def _plain(value: Value, words: _Words) -> str:
    if is_list(value):
        return words.comma.join(_plain(item, words) for item in value)
    if is_context(value):
        return words.comma.join(f"{key} {_plain(item, words)}" for key, item in value.items())
    if isinstance(value, bool):
        return words.yes if value else words.no
    return words.unknown if value is None else plain_text(value)
