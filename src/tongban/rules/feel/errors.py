"""What the rules engine says when it cannot go on: one table of codes with a Chinese and an English sentence.

Three kinds share the table. A *refusal to compile* (`RuleSyntaxError`) stops a text at a position. A *cause*
(`Cause`) explains why an expression became null while it ran. A *table error* (`TableError`) places either of
them in a row and a column. All codes are stable; sentences may be improved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Stable identifiers of everything this package refuses or cannot compute."""

    # the text cannot be read
    EMPTY = "empty"
    TOO_LONG = "too-long"
    TOO_DEEP = "too-deep"
    UNEXPECTED = "unexpected"
    UNEXPECTED_END = "unexpected-end"
    FULL_WIDTH = "full-width-character"
    UNTERMINATED_STRING = "unterminated-string"
    BAD_ESCAPE = "bad-escape"
    BAD_NUMBER = "bad-number"
    BAD_TEMPORAL = "bad-temporal"
    UNKNOWN_NAME = "unknown-name"
    UNKNOWN_FUNCTION = "unknown-function"
    NO_CLOCK = "no-clock"
    WRONG_ARGUMENTS = "wrong-arguments"
    CHAINED_COMPARISON = "chained-comparison"
    DUPLICATE_NAME = "duplicate-name"
    # the value is null, and this is why
    MISSING_FACT = "missing-fact"
    TYPE_MISMATCH = "type-mismatch"
    WRONG_TYPE = "wrong-type"
    DIVISION_BY_ZERO = "division-by-zero"
    OUT_OF_RANGE = "out-of-range"
    NOT_A_VALUE = "not-a-value"
    NO_SUCH_ENTRY = "no-such-entry"
    NULL_ARGUMENT = "null-argument"
    TOO_MUCH_WORK = "too-much-work"
    NO_FUNCTION = "no-function"
    NOT_ON_THE_LIST = "not-on-the-list"
    # the table is not well made
    CELL_COUNT = "cell-count"
    OUTPUT_COUNT = "output-count"
    NO_INPUT = "no-input"
    NO_OUTPUT = "no-output"
    DUPLICATE_OUTPUT = "duplicate-output"
    UNKNOWN_TYPE = "unknown-type"
    CELL_TYPE = "cell-type"
    OUTPUT_TYPE = "output-type"
    RESULT_TYPE = "result-type"
    NOT_ALLOWED = "value-not-allowed"
    NEEDS_VALUES = "needs-output-values"
    NEEDS_ONE_OUTPUT = "needs-one-output"
    ALWAYS_NULL = "always-null"


MESSAGES: dict[Code, tuple[str, str]] = {
    Code.EMPTY: ("这里是空的；不限条件请写 -", "Nothing is written here; write - for no condition"),
    Code.TOO_LONG: ("文字太长，最多 {0} 个字符", "The text is too long: at most {0} characters"),
    Code.TOO_DEEP: ("嵌套太深，最多 {0} 层", "Nested too deeply: at most {0} levels"),
    Code.UNEXPECTED: ("这里应为{1}，却是“{0}”", "Expected {2} here, found '{0}'"),
    Code.UNEXPECTED_END: ("没有写完，还应有{0}", "The text ends too early; expected {1}"),
    Code.FULL_WIDTH: ("“{0}”是全角符号，请改用半角“{1}”", "'{0}' is a full-width character; write '{1}'"),
    Code.UNTERMINATED_STRING: ('字符串缺少结尾的引号 "', 'The string has no closing quotation mark "'),
    Code.BAD_ESCAPE: ("字符串里有不认识的转义“{0}”", "Unknown escape '{0}' in the string"),
    Code.BAD_NUMBER: ("“{0}”不是可用的数", "'{0}' is not a number that can be held"),
    Code.BAD_TEMPORAL: (
        "“{0}”不是日期、时间或时长，例如 2026-01-31、P6M",
        "'{0}' is no date, time or duration, such as 2026-01-31 or P6M",
    ),
    Code.UNKNOWN_NAME: (
        '不认识名称“{0}”；文字要加引号写作 "{0}"{1}',
        "Unknown name '{0}'; a text must be quoted: \"{0}\"{2}",
    ),
    Code.UNKNOWN_FUNCTION: ("没有函数“{0}”{1}", "There is no function '{0}'{2}"),
    Code.NO_CLOCK: (
        "规则不读机器的时钟；请把日期作为事实传入，而不用 {0}()",
        "Rules do not read the machine's clock; pass the date as a fact instead of {0}()",
    ),
    Code.WRONG_ARGUMENTS: ("函数 {0} 的参数不对；应为 {1}", "Wrong arguments for {0}; expected {1}"),
    Code.CHAINED_COMPARISON: (
        "比较不能连写；请用 x in [a..b] 或 x between a and b",
        "Comparisons do not chain; write x in [a..b] or x between a and b",
    ),
    Code.DUPLICATE_NAME: ("名称“{0}”重复", "The name '{0}' stands there twice"),
    Code.MISSING_FACT: ("缺少事实“{0}”", "The fact '{0}' is missing"),
    Code.TYPE_MISMATCH: ("{0} 不能用于 {1}", "{0} cannot be applied to {1}"),
    Code.WRONG_TYPE: ("“{0}”应为 {1}，却是 {2}", "'{0}' must be of type {1}, but is of type {2}"),
    Code.DIVISION_BY_ZERO: ("除数为零", "Division by zero"),
    Code.OUT_OF_RANGE: ("结果超出可表示的范围", "The result is outside of what can be represented"),
    Code.NOT_A_VALUE: ("“{0}”不能读作{1}", "'{0}' cannot be read as {1}"),
    Code.NO_SUCH_ENTRY: ("没有“{0}”这一项", "There is no entry '{0}'"),
    Code.NULL_ARGUMENT: ("函数 {0} 的参数 {1} 没有值", "The argument {1} of {0} has no value"),
    Code.TOO_MUCH_WORK: ("计算量超过上限 {0} 步", "More than {0} steps of work"),
    Code.NO_FUNCTION: ("“{0}”不是函数，不能调用", "'{0}' is not a function and cannot be called"),
    Code.NOT_ON_THE_LIST: (
        "外部函数“{0}”不在允许之列",
        "The external function '{0}' is not on the list of allowed ones",
    ),
    Code.CELL_COUNT: ("应有 {0} 个条件格，却有 {1} 个", "Expected {0} condition cells, found {1}"),
    Code.OUTPUT_COUNT: ("应有 {0} 个结果格，却有 {1} 个", "Expected {0} output cells, found {1}"),
    Code.NO_INPUT: ("决策表没有输入列", "The table has no input column"),
    Code.NO_OUTPUT: ("决策表没有结果列", "The table has no output column"),
    Code.DUPLICATE_OUTPUT: ("结果列“{0}”重复", "The output '{0}' appears twice"),
    Code.UNKNOWN_TYPE: ("没有类型“{0}”；可用 {1}", "There is no type '{0}'; known are {1}"),
    Code.CELL_TYPE: ("此列的类型是 {0}，{1} 永远不会符合", "This column holds {0}; {1} can never match"),
    Code.OUTPUT_TYPE: ("此结果列的类型是 {0}，却写了 {1}", "This output column holds {0}, not {1}"),
    Code.RESULT_TYPE: ("这里要的是 {0}，算出来的却是 {1}", "This must be of type {0}, but the formula gives {1}"),
    Code.NOT_ALLOWED: ("{0} 不在此列的允许值之内：{1}", "{0} is not among the values allowed here: {1}"),
    Code.NEEDS_VALUES: (
        "命中策略“{0}”按结果的允许值排序，结果列须写 values",
        "Hit policy '{0}' ranks by the outputs' allowed values; give the output columns values",
    ),
    Code.NEEDS_ONE_OUTPUT: ("命中策略“{0}”只能有一个结果列", "Hit policy '{0}' needs exactly one output column"),
    Code.ALWAYS_NULL: ("这里永远没有值：{0}", "This never has a value: {1}"),
}


TYPES_ZH = {
    "any": "任意类型",
    "null": "空值",
    "number": "数",
    "string": "文字",
    "boolean": "是否",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "日时长",
    "years and months duration": "年月时长",
    "list": "列表",
    "context": "记录",
    "range": "区间",
    "function": "函数",
    "temporal value": "日期、时间或时长",
    "time zone": "时区",
    "moment with time zone": "有时区的时刻",
    "moment without time zone": "无时区的时刻",
    "value": "值",
    "argument": "参数",
    "entry": "条目",
    "key": "键",
    "pattern": "正则表达式",
    "pattern that takes a character": "至少占一个字符的正则表达式",
    "replacement": "替换文字",
    "separator": "分隔符",
    "flags (s, m, i, x, q)": "选项（s、m、i、x、q）",
    "format": "格式",
}
"""FEEL's names of types, and what else a detail may be, as Chinese sentences say them."""


def sentence(code: Code, *details: object) -> tuple[str, str]:
    """The Chinese and the English sentence of `code`, with `details` filled in; what cannot be printed is not."""
    zh, en = MESSAGES[code]
    shown = [str(detail).encode("utf-8", "replace").decode() for detail in details]
    return zh.format(*map(_in_chinese, shown)), en.format(*shown)


def _in_chinese(detail: str) -> str:
    """A list of types' names in Chinese; anything else as it is."""
    if detail in TYPES_ZH:
        return TYPES_ZH[detail]
    parts = detail.split(", ")
    return "、".join(TYPES_ZH[part] for part in parts) if all(part in TYPES_ZH for part in parts) else detail


class RuleSyntaxError(ValueError):
    """A rule text that cannot be compiled. `position` counts characters from 0."""

    def __init__(self, code: Code, position: int, *details: object) -> None:
        self.code = code
        self.position = position
        self.zh, self.en = sentence(code, *details)
        super().__init__(f"{code} at {position}: {self.en}")


class RuleValueError(TypeError):
    """A Python value given as a fact that has no counterpart in FEEL: a mistake of the calling program."""


class Undefined(Exception):
    """Raised by operators and functions whose result is null; caught at the node, which knows the position."""

    def __init__(self, code: Code, *details: object) -> None:
        super().__init__(code, *details)
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a value became null: what happened, and where in the text (characters from 0, end exclusive)."""

    code: Code
    start: int
    end: int
    details: tuple[object, ...] = ()

    @property
    def zh(self) -> str:
        return sentence(self.code, *self.details)[0]

    @property
    def en(self) -> str:
        return sentence(self.code, *self.details)[1]


@dataclass(frozen=True, slots=True)
class TableError:
    """One fault of a decision table.

    `row` counts from 1, 0 being the head of the table; `column` counts from 1 through the inputs and then the
    outputs, 0 being the row or table as a whole; `position` is the character in that cell, from 0.
    """

    row: int
    column: int
    position: int
    code: Code
    zh: str
    en: str


class TableErrors(ValueError):
    """All faults of one decision table, found in one pass."""

    def __init__(self, table: str, errors: Sequence[TableError]) -> None:
        self.table = table
        self.errors = tuple(errors)
        lines = (f"  row {e.row}, column {e.column}, position {e.position}: {e.en}" for e in self.errors)
        super().__init__("\n".join((f"decision table {table}:", *lines)))
