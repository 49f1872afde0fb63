"""Rules as data: FEEL expressions and DMN decision tables that explain themselves.

Pure: no input or output, no clock, no import of anything else here. Start with `compile_expression` for one
expression and `Table.build` for a table; `explain` turns a decision into sentences.
"""

from .feel.errors import Cause, Code, RuleSyntaxError, RuleValueError, TableError, TableErrors
from .feel.expression import Expression, compile_expression
from .feel.text import cell_text, feel_text, to_json
from .feel.values import Date, DateTime, DaysDuration, MonthsDuration, Range, Time, to_feel, to_python
from .parameters import Found, Missing, NoValue, Overlap, Parameter, Period, Span
from .tables.cells import Cell, compile_cell
from .tables.explain import explain
from .tables.hit import Status
from .tables.model import HitPolicy, Input, Literal, Output, Row
from .tables.table import Table
from .tables.trace import Decision, Reason, RowMiss

__all__ = [
    "Cause",
    "Cell",
    "Code",
    "Date",
    "DateTime",
    "DaysDuration",
    "Decision",
    "Expression",
    "Found",
    "HitPolicy",
    "Input",
    "Literal",
    "Missing",
    "MonthsDuration",
    "NoValue",
    "Output",
    "Overlap",
    "Parameter",
    "Period",
    "Range",
    "Reason",
    "Row",
    "RowMiss",
    "RuleSyntaxError",
    "RuleValueError",
    "Span",
    "Status",
    "Table",
    "TableError",
    "TableErrors",
    "Time",
    "cell_text",
    "compile_cell",
    "compile_expression",
    "explain",
    "feel_text",
    "to_feel",
    "to_json",
    "to_python",
]
