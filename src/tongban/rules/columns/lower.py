"""From FEEL's syntax tree to typed expressions: the subset that means the same in columns; the rest is refused by name.

Only scalars with known types pass: comparisons, exact `+ - *`, division directly under a rounding function or inside
a comparison whose divisor has one sign, `if`, `and`, `or`, `in`, `between`, dates with durations, the start of a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import cast

from tongban.rules.feel import syntax
from tongban.rules.feel.syntax import Logic, Node, Op
from tongban.rules.feel.values import Range, Value, is_list

from . import calls, sums
from .constants import NULL, constant, constant_of
from .nodes import (
    And,
    Compare,
    Comparison,
    Const,
    Expr,
    Guard,
    If,
    IsNull,
    Kind,
    Not,
    Or,
    Part,
    PartOf,
    Ref,
    Rescale,
    Same,
    Type,
)
from .refusal import NotColumnar, refuse
from .typed import nullable, strict_in, type_of


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in an expression.

    types   the type of each name
    void    names that may be inapplicable
    known   names that are never unknown: constants of the run
    """

    types: Mapping[str, Type]
    void: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


def lower_strict(source: str, node: Node, scope: Scope) -> Expr:
    """An expression over facts that may be unknown (`tongban.catalog.strict`): what reads an unknown fact is null,
    except that `and` and `or` keep their three-valued sense. Raises `NotColumnar`."""
    if isinstance(node, syntax.Connective):
        sides = [lower_strict(source, side, scope) for side in (node.left, node.right)]
        return _connective(source, node, sides)
    expr = Lowering(source, scope.types, scope.void).lower(node)
    names = dict.fromkeys(name for name in names_of(node) if name in scope.types and name not in scope.known)
    loose = tuple(name for name in names if not strict_in(expr, name))
    return Guard(loose, expr) if loose else expr


def lower_plain(source: str, node: Node, scope: Scope) -> Expr:
    """An expression with FEEL's own treatment of null. Raises `NotColumnar`."""
    return Lowering(source, scope.types, frozenset(scope.types) - scope.known).lower(node)


def names_of(node: Node) -> tuple[str, ...]:
    """All names in a tree, as often as they stand there."""
    own = (node.name,) if isinstance(node, syntax.Name) else ()
    return own + tuple(name for child in syntax.children(node) for name in names_of(child))


def _connective(source: str, node: syntax.Connective, sides: list[Expr]) -> Expr:
    for side, part in zip(sides, (node.left, node.right), strict=True):
        if side != NULL and type_of(side).kind is not Kind.BOOLEAN:
            raise refuse(source, part, "这里应是条件（真或假）", "a condition is needed here")
    kind = And if node.logic is Logic.AND else Or
    items = [item for side in sides for item in (side.items if isinstance(side, kind) else (side,))]
    return kind(tuple(items))


_COMPARISONS: dict[Op, Comparison] = {
    Op.EQUAL: Comparison.EQUAL,
    Op.UNEQUAL: Comparison.UNEQUAL,
    Op.LESS: Comparison.LESS,
    Op.AT_MOST: Comparison.AT_MOST,
    Op.GREATER: Comparison.GREATER,
    Op.AT_LEAST: Comparison.AT_LEAST,
}
_PARTS: dict[tuple[Kind, str], tuple[Part, int, int]] = {
    (Kind.DATE, "year"): (Part.YEAR, 1, 9999),
    (Kind.DATE, "month"): (Part.MONTH, 1, 12),
    (Kind.DATE, "day"): (Part.DAY, 1, 31),
    (Kind.DATE, "weekday"): (Part.WEEKDAY, 1, 7),
    (Kind.MONTHS, "months"): (Part.MONTHS, -11, 11),
}


class Lowering:
    """Lowers the nodes of one text. `nulls` are the names that may be null where the expression is looked at; `?`
    is `tested`, if given."""

    def __init__(
        self, source: str, types: Mapping[str, Type], nulls: frozenset[str], tested: Expr | None = None
    ) -> None:
        self.source, self.types, self.nulls, self.tested = source, types, nulls, tested

    def lower(self, node: Node) -> Expr:
        """Raises `NotColumnar`."""
        known = constant_of(self.source, node)
        if known is not None:
            found = constant(known[0])
            if found is None:
                raise self.no(node, "这种值不能放进列里", "no column holds such a value")
            return found
        method = _NODES.get(type(node))
        if method is None:
            kind = type(node).__name__.lower()
            raise self.no(node, f"这种写法（{kind}）不能变成列", f"a {kind} has no columnar form")
        return method(self, node)

    def no(self, node: Node, zh: str, en: str) -> NotColumnar:
        """The refusal of `node`."""
        return refuse(self.source, node, zh, en)

    def of_kind(self, node: Node, *kinds: Kind) -> Expr:
        """`node`, which must be of one of `kinds`."""
        expr = self.lower(node)
        if type_of(expr).kind not in kinds or expr == NULL:
            said = " | ".join(kinds)
            raise self.no(node, f"这里只能用 {said}", f"only {said} can stand here in columns")
        return expr

    # --- names and parts ---------------------------------------------------------------------------------

    def name(self, node: syntax.Name) -> Expr:
        if node.name == "?" and self.tested is not None:
            return self.tested
        of = self.types.get(node.name)
        if of is None:
            raise self.no(node, "这个名称没有列", "no column has this name")
        return Ref(node.name, of)

    def path(self, node: syntax.Path) -> Expr:
        source = self.lower(node.source)
        of = type_of(source)
        if (of.kind, node.name) == (Kind.MONTHS, "years"):
            low = None if of.low is None else -(-of.low // 12)
            high = None if of.high is None else of.high // 12
            return PartOf(Part.YEARS, source, Type(Kind.NUMBER, low, high))
        if (of.kind, node.name) == (Kind.DAYS, "days"):
            return Rescale(source, Type(Kind.NUMBER, of.low, of.high))
        found = _PARTS.get((of.kind, node.name))
        if found is None:
            raise self.no(node, f"列里没有“.{node.name}”", f"`.{node.name}` has no columnar form here")
        part, low, high = found
        return PartOf(part, source, Type(Kind.NUMBER, low, high))

    # --- comparisons -------------------------------------------------------------------------------------

    def binary(self, node: syntax.Binary) -> Expr:
        op = _COMPARISONS.get(node.op)
        if op is not None:
            return self.compared(node, op)
        return sums.calculate(self, node)

    def compared(self, node: syntax.Binary, op: Comparison) -> Expr:
        divided = sums.cross_multiplied(self, node, op)
        return divided or self.compare(node, op, self.lower(node.left), self.lower(node.right))

    def compare(self, node: Node, op: Comparison, left: Expr, right: Expr) -> Expr:
        """`left op right` with FEEL's rules for null."""
        equality = op in (Comparison.EQUAL, Comparison.UNEQUAL)
        if NULL in (left, right):
            if not equality:
                return NULL
            test = IsNull(right if left == NULL else left)
            return test if op is Comparison.EQUAL else Not(test)
        left, right = self.alike(node, left, right)
        code = type_of(left).kind is Kind.CODE
        if code and not (equality and (isinstance(left, Const) or isinstance(right, Const))):
            raise self.no(node, "选项只能与固定的值比较", "a choice can only be compared with a constant")
        if equality and (nullable(left, self.nulls) or nullable(right, self.nulls)):
            same = Same(left, right)
            return same if op is Comparison.EQUAL else Not(same)
        return Compare(op, left, right)

    def alike(self, node: Node, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        """Both operands in one type: numbers of one scale, a text beside a code as its code."""
        a, b = type_of(left), type_of(right)
        match left, right:
            case _, Const(value=str() as text) if a.kind is Kind.CODE and b.kind is Kind.TEXT:
                return left, self.code(node, a, text)
            case Const(value=str() as text), _ if b.kind is Kind.CODE and a.kind is Kind.TEXT:
                return self.code(node, b, text), right
            case _ if a.kind is not b.kind or a.values != b.values:
                raise self.no(node, f"不能比较 {a.kind} 与 {b.kind}", f"{a.kind} and {b.kind} cannot be compared")
            case _:
                scale = max(a.scale, b.scale)
                return rescaled(left, scale), rescaled(right, scale)

    def code(self, node: Node, of: Type, text: str) -> Const:
        if text not in of.values:
            raise self.no(node, f"“{text}”不在选项之中", f"'{text}' is not one of the choices")
        return Const(of.values.index(text), of)

    def between(self, node: syntax.Between) -> Expr:
        value, low, high = (self.lower(part) for part in (node.value, node.low, node.high))
        if any(end == NULL or nullable(end, self.nulls) for end in (low, high)):
            raise self.no(node, "区间的端点可能没有值", "an end of the range may have no value")
        parts = (
            self.compare(node, Comparison.AT_LEAST, value, low),
            self.compare(node, Comparison.AT_MOST, value, high),
        )
        return And(parts)

    def inside(self, node: syntax.In) -> Expr:
        value = self.lower(node.value)
        found = tuple(self.test(value, test, node) for test in node.tests)
        return found[0] if len(found) == 1 else Or(found)

    def test(self, value: Expr, test: syntax.Test, node: Node) -> Expr:
        """One test of `in`."""
        known = constant_of(self.source, test.operand)
        if isinstance(test, syntax.Compare):
            return self.compare(node, _COMPARISONS[test.op], value, self.lower(test.operand))
        if known is not None:
            return self.member(value, known[0], test.operand)
        return self.compare(node, Comparison.EQUAL, value, self.lower(test.operand))

    def member(self, value: Expr, candidate: Value, node: Node) -> Expr:
        """Whether `value` is in a constant range or list, or equal to a constant."""
        if isinstance(candidate, Range):
            ends = (
                (Comparison.AT_LEAST if candidate.low_closed else Comparison.GREATER, candidate.low),
                (Comparison.AT_MOST if candidate.high_closed else Comparison.LESS, candidate.high),
            )
            parts = tuple(self.compare(node, op, value, self.typed(end, node)) for op, end in ends if end is not None)
            return parts[0] if len(parts) == 1 else And(parts)
        if is_list(candidate):
            return Or(tuple(self.member(value, item, node) for item in candidate))
        return self.compare(node, Comparison.EQUAL, value, self.typed(candidate, node))

    def typed(self, value: Value, node: Node) -> Const:
        found = constant(value)
        if found is None:
            raise self.no(node, "这种值不能放进列里", "no column holds such a value")
        return found

    # --- conditions and calls ----------------------------------------------------------------------------

    def connective(self, node: syntax.Connective) -> Expr:
        return _connective(self.source, node, [self.lower(node.left), self.lower(node.right)])

    def conditional(self, node: syntax.If) -> Expr:
        condition = self.of_kind(node.condition, Kind.BOOLEAN)
        then, otherwise = self.unify(node, [self.lower(node.then), self.lower(node.otherwise)])
        return If(condition, then, otherwise, joined([type_of(then), type_of(otherwise)]))

    def unify(self, node: Node, parts: list[Expr]) -> list[Expr]:
        """The parts in one type; null takes the type of the others."""
        types = [type_of(part) for part in parts if part != NULL]
        if not types:
            return parts
        first = types[0]
        if any(of.kind is not first.kind or of.values != first.values for of in types):
            raise self.no(node, "几个结果的类型不同", "the results differ in type")
        scale = max(of.scale for of in types)
        return [Const(None, first) if part == NULL else rescaled(part, scale) for part in parts]

    def call(self, node: syntax.Call) -> Expr:
        return calls.lower_call(self, node)

    def negate(self, node: syntax.Negate) -> Expr:
        return sums.negated(self, node)


_NODES: dict[type, Callable[[Lowering, Node], Expr]] = cast(
    "dict[type, Callable[[Lowering, Node], Expr]]",
    {
        syntax.Name: Lowering.name,
        syntax.Path: Lowering.path,
        syntax.Binary: Lowering.binary,
        syntax.Connective: Lowering.connective,
        syntax.Between: Lowering.between,
        syntax.In: Lowering.inside,
        syntax.If: Lowering.conditional,
        syntax.Call: Lowering.call,
        syntax.Negate: Lowering.negate,
    },
)


def rescaled(expr: Expr, scale: int) -> Expr:
    """A number with `scale` digits behind the point; anything else as it is."""
    of = type_of(expr)
    if of.kind is not Kind.NUMBER or of.scale == scale:
        return expr
    factor = 10 ** (scale - of.scale)
    wider = replace(
        of,
        scale=scale,
        low=None if of.low is None else of.low * factor,
        high=None if of.high is None else of.high * factor,
    )
    if isinstance(expr, Const):
        return Const(None if expr.value is None else int(expr.value) * factor, wider)
    return Rescale(expr, wider)


def joined(types: list[Type]) -> Type:
    """The type that holds the values of all of `types`, which differ in bounds only."""

    def join(a: Type, b: Type) -> Type:
        low = None if a.low is None or b.low is None else min(a.low, b.low)
        high = None if a.high is None or b.high is None else max(a.high, b.high)
        return replace(a, low=low, high=high)

    return reduce(join, types)
