"""From typed expressions to SQL text, each subexpression that is used twice a column of its own.

Whole numbers only: nowhere is there a binary fraction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .dialect import Dialect
from .nodes import (
    DATE,
    AddMonths,
    And,
    Arithmetic,
    Calculate,
    Compare,
    Comparison,
    Const,
    DateOf,
    Entry,
    Expr,
    Extreme,
    Guard,
    If,
    IsNull,
    Kind,
    Lookup,
    Modulo,
    MonthsBetween,
    Not,
    Or,
    Part,
    PartOf,
    Quotient,
    Ref,
    Rescale,
    Same,
    StartsWith,
    Substring,
    Type,
    Unknown,
)
from .parts import nothing
from .quotients import quotient, threshold
from .sheet import LISTED, Sheet, among, by_code, literal, quoted
from .typed import small, strict_in, type_of, wide

JOINED = 8
"""A parameter with this many categories or more is joined as a table."""


class Writer:
    """Writes the expressions of one program; `columns` are its names' columns, `void` those that say that a name is
    inapplicable."""

    def __init__(self, sheet: Sheet, prefix: str) -> None:
        self.sheet, self.prefix = sheet, prefix
        self.columns: dict[str, str] = {}
        self.void: dict[str, str] = {}
        self.types: dict[str, Type] = {}
        self.presence: dict[str, str] = {}
        """For some names a condition, true or false, that says more cheaply than their column whether it is there."""
        self.rows: dict[str, tuple[str, dict[int, list[int]]]] = {}
        """For choices that tables made the column of the row, and the rows that give each code."""
        self.zeros: set[str] = set()
        """Outputs of tables that are 0 in some row."""
        self.formulas: dict[str, Expr] = {}
        """What names without conditions are defined as."""
        self.anchor: str | None = None
        """A column of small whole numbers, if there is one."""
        self._hidden: dict[str, str] = {}
        self._shared: dict[Expr, str] = {}
        self._count = 0

    def give(self, name: str, column: str, of: Type) -> None:
        """Says which column holds a name from now on."""
        self.columns[name] = column
        self.types[name] = of

    def write(self, expr: Expr) -> str:
        """An expression as SQL."""
        shared = self._shared.get(expr) if self._shared and not isinstance(expr, Ref | Const) else None
        return shared or _WRITERS[type(expr)](self, expr)

    def share(self, expr: Expr) -> None:
        """Makes `expr` a column of its own wherever it is written from now on."""
        if not isinstance(expr, Ref | Const) and expr not in self._shared:
            self._shared[expr] = self.hidden(self.write(expr))

    def value(self, expr: Expr, of: Type | None = None) -> str:
        """An operand of arithmetic whose result has type `of`: in 32 bits where both fit, wider where the result may
        be, else in 64 bits."""
        text = self.write(expr)
        if of is not None and wide(of):
            return f"CAST({text} AS {self.sheet.dialect.wide})"
        if isinstance(expr, Const):
            return text
        bits = "INTEGER" if of is not None and small(of) and small(type_of(expr)) else "BIGINT"
        return text if _bits(expr) == bits else f"CAST({text} AS {bits})"

    def hidden(self, text: str, *, cheap: bool = False) -> str:
        """The column of a text that is used more than once; the same text is one column."""
        name = self._hidden.get(text)
        if name is None:
            name = self._hidden[text] = self.sheet.make(self.fresh(), text, cheap=cheap)
        return self.sheet.read(name)

    def fresh(self) -> str:
        """A name that no column has yet."""
        self._count += 1
        return f"{self.prefix}_{self._count}"

    def flat(self, expr: Expr) -> str:
        """`expr` for a branch that nearly all people come to: a sum or product of all at once is worked out faster
        than of a selection."""
        return self.hidden(self.write(expr), cheap=True) if isinstance(expr, Calculate) else self.write(expr)

    def named(self, expr: Expr, of: Type) -> Ref:
        """A name for `expr`, whose values are of type `of` where the name is read."""
        column = self.sheet.make(self.fresh(), self.write(expr))
        self.give(column, column, of)
        return Ref(column, of)

    def column(self, expr: Expr) -> str:
        """`expr` as a column of its own, unless it is one or is constant."""
        return self.write(expr) if isinstance(expr, Ref | Const) else self.hidden(self.write(expr))

    def unknown(self, name: str) -> str:
        """Whether a name is unknown."""
        null = self.absent(name)
        void = self.void.get(name)
        return f"({null})" if void is None else f"({null} AND NOT {self.sheet.read(void)})"

    def absent(self, name: str) -> str:
        """Whether a name has no value, for whatever cause."""
        present = self.presence.get(name)
        return f"{self.read(name)} IS NULL" if present is None else f"NOT ({present})"

    def nil(self, of: Type, among: str) -> str:
        """A null where a value of type `of` might stand, such as `among`. DuckDB knows no bounds of a column one of
        whose values is the constant NULL, but it does of a list, though nobody finds anything at its place 0."""
        if of.kind not in _WHOLE or self.anchor is None:
            return literal(None, of, self.sheet.dialect)
        return self.sheet.dialect.pick([among], f"(CAST({self.anchor} AS INTEGER) & 0)")

    def compared(self, expr: Expr, op: Comparison, limit: int) -> str:
        """A value and a constant: `value op limit`, null where the value is."""
        multiplied = threshold(self, self.formulas.get(expr.name, expr) if isinstance(expr, Ref) else expr, op, limit)
        if multiplied is not None:
            return multiplied
        constant = literal(limit, replace(type_of(expr), low=None, high=None), self.sheet.dialect)
        return f"{self.write(expr)} {'<>' if op is Comparison.UNEQUAL else op.value} {constant}"

    def known(self, expr: Expr) -> str:
        """Whether a value is there: neither unknown nor null for any other cause."""
        if isinstance(expr, Ref):
            of_name = self.presence.get(expr.name)
            return f"{self.read(expr.name)} IS NOT NULL" if of_name is None else of_name
        return f"{self.write(expr)} IS NOT NULL"

    def read(self, name: str) -> str:
        return self.sheet.read(self.columns[name])


# --- one function for each node --------------------------------------------------------------------------


def _const(w: Writer, expr: Const) -> str:
    return literal(expr.value, expr.type, w.sheet.dialect)


def _ref(w: Writer, expr: Ref) -> str:
    return w.read(expr.name)


def _unknown(w: Writer, expr: Unknown) -> str:
    return w.unknown(expr.name)


def _is_null(w: Writer, expr: IsNull) -> str:
    return f"({w.write(expr.operand)} IS NULL)"


def _compare(w: Writer, expr: Compare) -> str:
    match expr.op, expr.right:
        case Comparison.EQUAL, Const(value=True):
            return w.write(expr.left)
        case Comparison.EQUAL, Const(value=False):
            return f"(NOT {w.write(expr.left)})"
        case op, Const(value=int() as limit) if not isinstance(limit, bool) and isinstance(expr.left, Ref | Quotient):
            return f"({w.compared(expr.left, op, limit)})"
        case op, _:
            sign = "<>" if op is Comparison.UNEQUAL else op.value
            return f"({w.write(expr.left)} {sign} {w.write(expr.right)})"


def _same(w: Writer, expr: Same) -> str:
    return f"({w.write(expr.left)} IS NOT DISTINCT FROM {w.write(expr.right)})"


def _and(w: Writer, expr: And) -> str:
    return f"({' AND '.join(map(w.write, expr.items))})"


def _or(w: Writer, expr: Or) -> str:
    return _listed(w, expr.items) or f"({' OR '.join(map(w.write, expr.items))})"


def _listed(w: Writer, items: tuple[Expr, ...]) -> str | None:
    """One choice compared with several codes."""
    codes: list[int] = []
    choices: set[Expr] = set()
    for item in items:
        match item:
            case Compare(op=Comparison.EQUAL, left=left, right=Const(value=int() as code, type=Type(kind=Kind.CODE))):
                codes.append(code)
                choices.add(left)
            case _:
                return None
    return among(w.write(choices.pop()), codes) if len(choices) == 1 else None


def _not(w: Writer, expr: Not) -> str:
    match expr.operand:
        case IsNull(operand=operand):
            return f"({w.write(operand)} IS NOT NULL)"
        case Same(left=left, right=right):
            return f"({w.write(left)} IS DISTINCT FROM {w.write(right)})"
        case operand:
            return f"(NOT {w.write(operand)})"


def _if(w: Writer, expr: If) -> str:
    then, otherwise = w.write(expr.then), w.write(expr.otherwise)
    match expr.condition, expr.then:
        case IsNull(operand=Ref(name=name)), Const(value=None):
            then = _null_of(w, name, expr)
            otherwise = w.flat(expr.otherwise)
        case _:
            pass
    return f"CASE WHEN {w.write(expr.condition)} THEN {then} ELSE {otherwise} END"


def _guard(w: Writer, expr: Guard) -> str:
    names = [name for name in expr.names if not strict_in(expr.operand, name)]
    if not names:
        return w.write(expr.operand)
    if isinstance(expr.operand, If) and not w.void.keys() & set(names):
        return _guarded(w, names, expr.operand)
    nulls = " ".join(f"WHEN {w.unknown(name)} THEN {_null_of(w, name, expr.operand)}" for name in names)
    return f"CASE {nulls} ELSE {w.flat(expr.operand)} END"


def _guarded(w: Writer, names: list[str], expr: If) -> str:
    """A choice for those of whom `names` are known. Where the condition holds, the names that it cannot do without are
    known, and where one is not that the result cannot do without, that is null already."""
    refs = {name: Ref(name, w.types[name]) for name in names}
    asked = [name for name in names if not (strict_in(expr.condition, name) or strict_in(expr.then, name))]
    then = " AND ".join([w.write(expr.condition), *(w.known(refs[name]) for name in asked)])
    others = " AND ".join(w.known(ref) for ref in refs.values())
    null = w.nil(expr.type, "0")
    return f"CASE WHEN {then} THEN {w.write(expr.then)} WHEN {others} THEN {w.write(expr.otherwise)} ELSE {null} END"


def _null_of(w: Writer, name: str, wanted: Expr) -> str:
    """A null where `name` is null: its own column if it may stand for `wanted`. DuckDB knows no bounds of a column one
    of whose values is the constant NULL; see `by_row`."""
    kinds = {w.types[name].kind, type_of(wanted).kind}
    return f"CAST({w.read(name)} AS BIGINT)" if kinds <= _WHOLE and not wide(w.types[name]) else "NULL"


_WHOLE = frozenset({Kind.NUMBER, Kind.MONTHS, Kind.DAYS})
"""Kinds whose values are whole numbers to the database."""


def _bits(expr: Expr) -> str:
    """The type in which a sum or product is already worked out."""
    match expr:
        case Calculate(left=left, right=right, type=of):
            whole = {of.kind, type_of(left).kind, type_of(right).kind} <= _WHOLE
            return (
                ""
                if not whole or wide(of)
                else "INTEGER"
                if all(map(small, (of, type_of(left), type_of(right))))
                else "BIGINT"
            )
        case _:
            return ""


def _calculate(w: Writer, expr: Calculate) -> str:
    a, b = type_of(expr.left).kind, type_of(expr.right).kind
    dialect = w.sheet.dialect
    match expr.op, a, b:
        case Arithmetic.SUBTRACT, Kind.DATE, Kind.DATE:
            return dialect.days_between(w.write(expr.left), w.write(expr.right))
        case Arithmetic.ADD, Kind.DATE, _:
            return dialect.add_days(w.write(expr.left), w.write(expr.right))
        case Arithmetic.ADD, _, Kind.DATE:
            return dialect.add_days(w.write(expr.right), w.write(expr.left))
        case Arithmetic.SUBTRACT, Kind.DATE, _:
            return dialect.add_days(w.write(expr.left), f"-({w.write(expr.right)})")
        case op, _, _:
            narrow = all(map(small, (expr.type, type_of(expr.left), type_of(expr.right))))
            of = expr.type if narrow or wide(expr.type) else None
            text = f"({w.value(expr.left, of)} {op.value} {w.value(expr.right, of)})"
            void = nothing(w, expr)
            return f"CASE WHEN {void} THEN 0 ELSE {text} END" if void else text


def _rescale(w: Writer, expr: Rescale) -> str:
    factor = 10 ** (expr.type.scale - type_of(expr.operand).scale)
    text = w.value(expr.operand, expr.type)
    return text if factor == 1 else f"({text} * {factor})"


def _modulo(w: Writer, expr: Modulo) -> str:
    kinds = (of if wide(of) else None for of in map(type_of, (expr.left, expr.right)))
    n, d = (w.value(side, of) for side, of in zip((expr.left, expr.right), kinds, strict=True))
    d = f"NULLIF({d}, 0)"
    a, b = w.hidden(n), w.hidden(d)
    return f"((({a} % {b}) + {b}) % {b})"


def _extreme(w: Writer, expr: Extreme) -> str:
    items = [w.column(item) for item in expr.items]
    limits = [item for item in expr.items if isinstance(item, Const) and item.value is not None]
    sign = ">" if expr.greatest else "<"
    if len(items) == 2 and len(limits) == 1:
        limit, value = (items[0], items[1]) if expr.items[0] is limits[0] else (items[1], items[0])
        return f"CASE WHEN {limit} {sign} {value} THEN {limit} ELSE {value} END"
    if len(items) == 2:
        a, b = items
        return f"CASE WHEN {a} {sign} {b} THEN {a} WHEN {a} IS NULL THEN {a} ELSE {b} END"
    nulls = " OR ".join(f"{text} IS NULL" for text in items)
    name = "greatest" if expr.greatest else "least"
    return f"CASE WHEN {nulls} THEN NULL ELSE {name}({', '.join(items)}) END"


def _starts_with(w: Writer, expr: StartsWith) -> str:
    return w.sheet.dialect.starts_with(w.write(expr.operand), quoted(expr.prefix))


def _substring(w: Writer, expr: Substring) -> str:
    text = w.write(expr.operand)
    length = "" if expr.length is None else f", {expr.length}"
    return f"CASE WHEN length({text}) >= {expr.start} THEN substring({text}, {expr.start}{length}) END"


def _months_between(w: Writer, expr: MonthsBetween) -> str:
    start, end = w.column(expr.start), w.column(expr.end)

    def months(a: str, b: str) -> str:
        apart = f"(year({b}) - year({a})) * 12 + month({b}) - month({a})"
        return f"({apart} - CASE WHEN day({b}) < day({a}) THEN 1 ELSE 0 END)"

    return f"CAST(CASE WHEN {end} < {start} THEN -{months(end, start)} ELSE {months(start, end)} END AS BIGINT)"


def _add_months(w: Writer, expr: AddMonths) -> str:
    day, months = w.column(expr.date), w.column(expr.months)
    year = w.hidden(f"(year({day}) * 12 + month({day}) - 1 + {months})")
    moved = w.sheet.dialect.add_months(day, months)
    return f"CASE WHEN {year} >= 12 AND {year} < 120000 THEN {moved} END"


def _part_of(w: Writer, expr: PartOf) -> str:
    text = w.write(expr.operand)
    divide = w.sheet.dialect.divide
    match expr.part:
        case Part.YEARS:
            return divide(text, "12")
        case Part.MONTHS:
            return f"({text} % 12)"
        case Part.WEEKDAY:
            return w.sheet.dialect.weekday(text)
        case part:
            return f"{part.value}({text})"


def _date_of(w: Writer, expr: DateOf) -> str:
    year, month, day = (w.column(part) for part in (expr.year, expr.month, expr.day))
    fine = f"{year} BETWEEN 1 AND 9999 AND {month} BETWEEN 1 AND 12"
    first = f"make_date(CAST({year} AS INTEGER), CAST({month} AS INTEGER), 1)"
    start = w.hidden(f"CASE WHEN {fine} THEN {first} END")
    moved = w.sheet.dialect.add_days(start, f"({day} - 1)")
    last = f"day(last_day({start}))"
    return f"CASE WHEN {day} >= 1 AND {day} <= {last} THEN {moved} END"


def _lookup(w: Writer, expr: Lookup) -> str:
    """A joined table of categories where there are many, else a CASE in the order of the entries."""
    dialect = w.sheet.dialect
    category, day = expr.category, expr.day
    if category is not None and day is None and all(entry.category is not None for entry in expr.entries):
        found: dict[str, str] = {}
        for entry in expr.entries:
            found.setdefault(_key(entry, category, dialect), literal(entry.value, expr.type, dialect))
        of = type_of(category)
        if of.kind is Kind.CODE and len(found) > 2 and len(of.values) <= LISTED:
            none = literal(None, expr.type, dialect)
            return by_code(w.write(category), [found.get(str(code), none) for code in range(len(of.values))], dialect)
        if len(found) >= JOINED:
            return w.sheet.read(w.sheet.join(w.fresh(), w.write(category), tuple(found.items()), expr.parameter))
    key = None if category is None else w.column(category)
    at = None if day is None else w.column(day)
    cases: list[str] = []
    for entry in expr.entries:
        tests = [f"{text} IS NOT NULL" for text in (key, at) if text is not None]
        if key is not None and category is not None and entry.category is not None:
            tests.append(f"{key} = {_key(entry, category, dialect)}")
        for ordinal, sign in ((entry.since, ">="), (entry.until, "<")):
            if at is not None and ordinal is not None:
                tests.append(f"{at} {sign} {literal(ordinal, DATE, dialect)}")
        cases.append(f"WHEN {' AND '.join(tests) or 'TRUE'} THEN {literal(entry.value, expr.type, dialect)}")
    return f"CASE {' '.join(cases)} END" if cases else literal(None, expr.type, dialect)


def _key(entry: Entry, category: Expr, dialect: Dialect) -> str:
    return literal(entry.category, replace(type_of(category), low=None, high=None), dialect)


_WRITERS: dict[type, Callable[[Writer, Any], str]] = {
    Const: _const,
    Ref: _ref,
    Unknown: _unknown,
    IsNull: _is_null,
    Compare: _compare,
    Same: _same,
    And: _and,
    Or: _or,
    Not: _not,
    If: _if,
    Guard: _guard,
    Calculate: _calculate,
    Rescale: _rescale,
    Quotient: quotient,
    Modulo: _modulo,
    Extreme: _extreme,
    StartsWith: _starts_with,
    Substring: _substring,
    MonthsBetween: _months_between,
    AddMonths: _add_months,
    PartOf: _part_of,
    DateOf: _date_of,
    Lookup: _lookup,
}
