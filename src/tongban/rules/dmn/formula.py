"""FEEL texts of a model, compiled where they stand: faults and causes carry the file, the element and the line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tongban.rules.feel.builtins import BUILTINS
from tongban.rules.feel.dialect import Dialect
from tongban.rules.feel.errors import Code, RuleSyntaxError
from tongban.rules.feel.evaluate import Compiler
from tongban.rules.feel.frame import Layout
from tongban.rules.feel.parser import Vocabulary, parse_expression, parse_filter
from tongban.rules.feel.syntax import Filter, Name, Node
from tongban.rules.feel.types import FeelType
from tongban.rules.feel.values import Value
from tongban.rules.tables.cells import Cell, compile_cell

from .errors import ModelCode, ModelFault, fault, feel_fault
from .items import Types
from .link import Unit
from .model import At, Feel, LiteralExpression
from .run import NullCause, Run, Scope, State
from .source import FEEL_NAMESPACE

SOURCE = "filtered list"
"""What a boxed filter calls the list that it filters, where no text of the model can see it."""


class Formulas:
    """Compiles the texts of one model."""

    def __init__(self, unit: Unit, types: Types, entries: frozenset[str], dialect: Dialect) -> None:
        self.file = unit.file
        self.types = types
        self.dialect = dialect
        self.strict = replace(dialect, lenient=False)
        """The same meaning, but names and functions that do not exist are refused."""
        self._language = unit.definitions.language
        self.faults: list[ModelFault] = []
        self.vocabulary = Vocabulary(types.named, entries)

    def type(self, name: str | None, at: At) -> FeelType:
        return self.types.find(name, at)

    def speaks(self, box: LiteralExpression) -> bool:
        """Whether a text is in FEEL, by what it or its model says; if it is not, that is a fault."""
        language = box.language or self._language
        if not language or language.casefold() in ("feel", "b-feel") or FEEL_NAMESPACE.fullmatch(language):
            return True
        self.faults.append(fault(self.file, box.at, ModelCode.UNKNOWN_LANGUAGE, language))
        return False

    def expression(self, feel: Feel, names: Iterable[str]) -> Run:
        """The text as an expression over `names`. A text that cannot be read is a fault, and null when it is run."""
        return self._text(feel, (*names,), filters=False)

    def filter(self, feel: Feel, names: Iterable[str]) -> Run:
        """The text as the condition of a filter on the list called `SOURCE`."""
        return self._text(feel, (*names, SOURCE), filters=True)

    def tests(self, feel: Feel, names: Iterable[str]) -> Cell | None:
        """The text as unary tests over `names` and `?`; None, and a fault, if it cannot be read."""
        try:
            return compile_cell(feel.text, names, self.strict)
        except RuleSyntaxError as error:
            self.faults.append(feel_fault(self.file, feel, error))
            return None

    def _text(self, feel: Feel, names: tuple[str, ...], *, filters: bool) -> Run:
        """Read strictly; what only a lenient reader takes (names and functions that do not exist) is a fault, but
        still runs, since the standard makes it null where it is met and not before."""
        try:
            return self._compiled(feel, names, self.strict, filters=filters)
        except RuleSyntaxError as error:
            fault = feel_fault(self.file, feel, error)
        if fault.code is not Code.NO_CLOCK:
            self.faults.append(fault)
        try:
            return self._compiled(feel, names, self.dialect, filters=filters)
        except RuleSyntaxError:
            return _unreadable(fault)

    def _compiled(self, feel: Feel, names: tuple[str, ...], dialect: Dialect, *, filters: bool) -> Run:
        vocabulary = replace(self.vocabulary, lenient=dialect.lenient)
        if filters:
            condition = parse_filter(feel.text, names, BUILTINS, vocabulary)
            node: Node = Filter(Name(SOURCE, condition.at), condition, condition.at)
        else:
            node = parse_expression(feel.text, names, BUILTINS, vocabulary)
        return self._node(node, feel, names, dialect)

    def _node(self, node: Node, feel: Feel, names: tuple[str, ...], dialect: Dialect) -> Run:
        layout = Layout(names)
        run = Compiler(dialect, layout).compile(node)
        file, at, used = self.file, feel.at, layout.names

        def evaluate(state: State, scope: Scope) -> Value:
            frame = layout.restore([scope.get(name) for name in used])
            value = state.bounded(run, frame)
            for cause in frame.causes:
                state.blame(file, at, cause)
            return value

        return evaluate


def _unreadable(fault: ModelFault) -> Run:
    at = fault.position or 0
    cause = NullCause(fault.file, fault.at, at, at, fault.code, fault.zh, fault.en)

    def run(state: State, _scope: Scope) -> Value:
        state.notes.causes.append(cause)
        return None

    return run
