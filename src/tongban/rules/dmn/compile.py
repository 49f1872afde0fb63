"""Boxed expressions compiled to closures (DMN 1.5, chapter 10.2): one method for each box, types enforced everywhere.

A closure takes the evaluation and the scope: the values of the names that its texts may use. Scopes are made anew
where a name is added, so that functions keep the one in which they were written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import TypeAlias, assert_never

from tongban.rules.feel.dialect import both, either
from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.expression import compile_expression
from tongban.rules.feel.frame import Frame
from tongban.rules.feel.types import ANY, FeelType, coerce
from tongban.rules.feel.values import FunctionValue, Number, Value, as_list, is_context, is_list, type_name

from . import model
from .decision_table import TableCompiler
from .external import external_text
from .formula import SOURCE, Formulas
from .functions import function_value, result_type
from .model import At
from .run import Run, Scope, State, nothing

ITEM = "item"
PARTIAL = "partial"
_ITEMS = compile_expression("for one in source return one", ("source",))
"""What an iterator runs over: FEEL's own rules for lists, ranges, single values and null."""

Names: TypeAlias = frozenset[str]


class BoxCompiler:
    """Compiles the boxed expressions of one model."""

    def __init__(self, formulas: Formulas) -> None:
        self._formulas = formulas
        self._file = formulas.file
        self._tables = TableCompiler(formulas)

    def compile(self, box: model.Expression | None, names: Names, title: str) -> Run:
        """The closure of `box` over `names`; its value fits the type that the box states, else it is null. `title`
        is what people call the value."""
        if box is None:
            return nothing
        run = self._box(box, names, title)
        return run if isinstance(box, model.FunctionDefinition) else self.typed(run, box.type, box.at)

    def typed(self, run: Run, name: str | None, at: At) -> Run:
        """`run` with its value made to fit the type called `name`."""
        kind = self._formulas.type(name, at)
        return run if kind == ANY else self.coerced(run, kind, at)

    def coerced(self, run: Run, kind: FeelType, at: At) -> Run:
        file = self._file

        def fitting(state: State, scope: Scope) -> Value:
            try:
                return coerce(run(state, scope), kind)
            except Undefined as undefined:
                return state.null(file, at, undefined.code, *undefined.details)

        return fitting

    def _box(self, box: model.Expression, names: Names, title: str) -> Run:
        match box:
            case model.LiteralExpression():
                return self._literal(box, names)
            case model.DecisionTable():
                return self._tables.compile(box, names, title)
            case model.Context():
                return self._context(box, names)
            case model.ListExpression():
                runs = tuple(self.compile(item, names, title) for item in box.items)
                return lambda state, scope: state.weigh([run(state, scope) for run in runs])
            case model.Relation():
                return self._relation(box, names)
            case model.Invocation():
                return self._invocation(box, names)
            case model.FunctionDefinition():
                return self.function(box, names, title)
            case model.Conditional():
                return self._conditional(box, names, title)
            case model.Filter():
                return self._filter(box, names, title)
            case model.Iterator():
                return self._iterator(box, names, title)
            case _:
                assert_never(box)

    # --- plain boxes -------------------------------------------------------------------------------------

    def _literal(self, box: model.LiteralExpression, names: Names) -> Run:
        """A text in FEEL; in another language, a fault. An empty one is undefined, that is null."""
        if not self._formulas.speaks(box):
            return nothing
        return self._formulas.expression(box.feel, names) if box.feel.text.strip() else nothing

    def _context(self, box: model.Context, names: Names) -> Run:
        """Later entries see earlier ones; an entry without a name is the result of the whole."""
        entries: list[tuple[str | None, Run]] = []
        for entry in box.entries:
            name = entry.variable.name if entry.variable else None
            run = self.compile(entry.value, names, name or "")
            if entry.variable is not None and name is not None:
                run = self.typed(run, entry.variable.type, entry.at)
                names |= {name}
            entries.append((name, run))

        def build(state: State, scope: Scope) -> Value:
            inner = dict(scope)
            found: dict[str, Value] = {}
            for name, run in entries:
                state.spend()
                value = run(state, inner)
                if name is None:
                    return value
                found[name] = inner[name] = value
            return state.weigh(found)

        return build

    def _relation(self, box: model.Relation, names: Names) -> Run:
        columns = [column.name for column in box.columns]
        rows = [
            [
                self.typed(self.compile(cell, names, column.name), column.type, column.at)
                for cell, column in zip(row, box.columns, strict=False)
            ]
            for row in box.rows
        ]
        return lambda state, scope: state.weigh(
            [{name: run(state, scope) for name, run in zip(columns, row, strict=False)} for row in rows]
        )

    def _conditional(self, box: model.Conditional, names: Names, title: str) -> Run:
        """A condition that is neither true nor false nor null chooses nothing (unlike FEEL's `if`)."""
        parts = (box.condition, box.then, box.otherwise)
        condition, then, otherwise = (self.compile(part, names, title) for part in parts)
        file, at = self._file, box.at

        def choose(state: State, scope: Scope) -> Value:
            chosen = condition(state, scope)
            if chosen is not None and not isinstance(chosen, bool):
                return state.null(file, at, Code.WRONG_TYPE, "if", "boolean", type_name(chosen))
            return (then if chosen else otherwise)(state, scope)

        return choose

    # --- lists -------------------------------------------------------------------------------------------

    def _filter(self, box: model.Filter, names: Names, title: str) -> Run:
        source = self.compile(box.source, names, title)
        if isinstance(box.match, model.LiteralExpression) and self._formulas.speaks(box.match):
            select = self._formulas.filter(box.match.feel, names)
            return lambda state, scope: select(state, {**scope, SOURCE: source(state, scope)})
        match = self.compile(box.match, names | {ITEM}, title)
        truth = self._formulas.dialect.truth

        def run(state: State, scope: Scope) -> Value:
            value = source(state, scope)
            kept: list[Value] = []
            for item in [] if value is None else as_list(value):
                state.spend()
                entries = item if is_context(item) else {}
                chosen = match(state, {**scope, **entries, ITEM: item})
                if isinstance(chosen, Number):
                    return as_list(value)[int(chosen) - 1] if 1 <= chosen <= len(as_list(value)) else None
                if truth(chosen):
                    kept.append(item)
            return kept

        return run

    def _iterator(self, box: model.Iterator, names: Names, title: str) -> Run:
        """FEEL's own loop over the items; but a condition that is no truth makes a quantifier null (unlike FEEL's)."""
        source = self.compile(box.source, names, title)
        body = self.compile(box.body, names | {box.variable, PARTIAL}, title)
        quantify = _QUANTIFIERS.get(box.kind)
        file, at = self._file, box.at

        def run(state: State, scope: Scope) -> Value:
            given = source(state, scope)
            items, causes = _ITEMS.explain({"source": given})
            if not is_list(items):
                for cause in causes:
                    state.null(file, at, cause.code, *cause.details)
                return None
            results: list[Value] = []
            for item in items:
                state.spend(1 + len(results) // 16)
                results.append(state.weigh(body(state, {**scope, PARTIAL: results[:], box.variable: item})))
            if quantify is None:
                return results
            wrong = next((one for one in results if one is not None and not isinstance(one, bool)), None)
            if wrong is not None:
                return state.null(file, at, Code.WRONG_TYPE, "satisfies", "boolean", type_name(wrong))
            return quantify(one if isinstance(one, bool) else None for one in results)

        return run

    # --- functions ---------------------------------------------------------------------------------------

    def function(self, box: model.FunctionDefinition, names: Names, title: str, result: FeelType = ANY) -> Run:
        """A function value that keeps the scope in which it was made; its result fits `result` and the box's own type
        (which older files give for the result, newer ones for the function)."""
        if box.kind is not model.FunctionKind.FEEL:
            return self._external(box, names)
        parameters = tuple((p.name, self._formulas.type(p.type, p.at)) for p in box.parameters)
        body = self.compile(box.body, names | {name for name, _ in parameters}, title)
        for kind in (result_type(self._formulas.type(box.type, box.at)), result):
            body = body if kind == ANY else self.coerced(body, kind, box.at)

        def make(state: State, scope: Scope) -> Value:
            def call(values: Sequence[Value]) -> Value:
                named = {name: value for (name, _), value in zip(parameters, values, strict=True)}
                return body(state, {**scope, **named})

            return function_value(title, parameters, ANY, state, call)

        return make

    def _external(self, box: model.FunctionDefinition, names: Names) -> Run:
        """A function of another language: only those on FEEL's own list, written as FEEL writes them."""
        feel = external_text(box)
        if feel is None:
            return lambda state, _scope: state.null(self._file, box.at, Code.NOT_ON_THE_LIST, box.kind.value)
        return self._formulas.expression(feel, names)

    def _invocation(self, box: model.Invocation, names: Names) -> Run:
        called = self.compile(box.called, names, "")
        bound = [
            (
                binding.parameter.name,
                self.typed(self.compile(binding.value, names, ""), binding.parameter.type, binding.parameter.at),
            )
            for binding in box.bindings
        ]
        names_bound = [name for name, _ in bound]
        file, at = self._file, box.at

        def run(state: State, scope: Scope) -> Value:
            function = called(state, scope)
            if not isinstance(function, FunctionValue):
                return state.null(file, at, Code.NO_FUNCTION, _called_text(box))
            values, frame = [run(state, scope) for _, run in bound], Frame([])
            try:
                return state.bounded(lambda frame: function.run(frame, values, names_bound), frame)
            except Undefined as undefined:
                return state.null(file, at, undefined.code, *undefined.details)
            except ArithmeticError:
                return state.null(file, at, Code.OUT_OF_RANGE)
            finally:
                for cause in frame.causes:
                    state.blame(file, at, cause)

        return run


def _called_text(box: model.Invocation) -> str:
    return box.called.feel.text.strip() if isinstance(box.called, model.LiteralExpression) else ""


_QUANTIFIERS: dict[model.IteratorKind, Callable[[Iterable[bool | None]], bool | None]] = {
    model.IteratorKind.SOME: lambda truths: reduce(either, truths, False),
    model.IteratorKind.EVERY: lambda truths: reduce(both, truths, True),
}
