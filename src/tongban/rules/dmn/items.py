"""Item definitions as FEEL types (DMN 1.5, 7.3.3 and 10.3.2.9): built once for a model, its imports' types included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tongban.rules.feel.dialect import Dialect
from tongban.rules.feel.errors import RuleSyntaxError
from tongban.rules.feel.types import ANY, NAMES, ContextType, FeelType, FunctionType, ListType, NamedType
from tongban.rules.feel.values import Value
from tongban.rules.tables.cells import compile_cell

from .errors import ModelCode, ModelFault, fault, feel_fault
from .link import Unit
from .model import At, Definitions, Feel, ItemDefinition


class Types:
    """The types that texts and variables of one model may name."""

    def __init__(self, unit: Unit, units: Mapping[str, Unit], dialect: Dialect) -> None:
        self.faults: list[ModelFault] = []
        self._unit = unit
        self._dialect = dialect
        self.named: dict[str, FeelType] = {}
        """The item definitions by name; those of an import as `import.name`."""
        self._define(unit.definitions, "", units, frozenset())
        self._definitions = {item.name: item for item in unit.definitions.items}

    def find(self, name: str | None, at: At) -> FeelType:
        """The type called `name`, any type for none; an unknown name is noted as a fault and asks nothing."""
        if name is None:
            return ANY
        kind = self.named.get(name) or NAMES.get(name)
        if kind is None:
            self._unknown(name, at)
            return ANY
        return kind

    def allowed_values(self, name: str | None) -> Feel | None:
        """The allowed values that an item definition states; an output column without its own ranks by them."""
        item = self._definitions.get(name or "")
        return None if item is None else item.allowed

    # --- building ----------------------------------------------------------------------------------------

    def _define(self, definitions: Definitions, prefix: str, units: Mapping[str, Unit], above: frozenset[str]) -> None:
        if definitions.namespace in above:
            return
        for imported in definitions.imports:
            if imported.namespace in units:
                inner = f"{prefix}{imported.name}." if imported.name else prefix
                below = units[imported.namespace].definitions
                self._define(below, inner, units, above | {definitions.namespace})
        # every name first, so that definitions may stand in any order
        made = [(item, NamedType(prefix + item.name, ANY)) for item in definitions.items]
        self.named.update((kind.name, kind) for _, kind in made)
        for item, kind in made:
            self._fill(kind, item, prefix)
        for item, kind in made:
            if _circular(kind):
                self.faults.append(fault(self._unit.file, item.at, ModelCode.TYPE_CYCLE, item.name))
                kind.base = ANY

    def _fill(self, kind: NamedType, item: ItemDefinition, prefix: str) -> None:
        element = self._element(item, prefix)
        if not item.collection:
            kind.base = element
            self._allow(kind, item.allowed, item.constraint)
            return
        if item.allowed is not None:
            inner = NamedType(item.name, element)
            self._allow(inner, item.allowed)
            element = inner
        kind.base = ListType(element)
        self._allow(kind, item.constraint)

    def _element(self, item: ItemDefinition, prefix: str) -> FeelType:
        """What `item` is, not counting whether it is a collection of that."""
        if item.function is not None:
            parameters = tuple((p.name, self._named(p.type, prefix, item.at)) for p in item.function.parameters)
            return FunctionType(parameters, self._named(item.function.output, prefix, item.at))
        if item.components:
            return ContextType(tuple((part.name, self._component(part, prefix)) for part in item.components))
        return self._named(item.type, prefix, item.at)

    def _component(self, item: ItemDefinition, prefix: str) -> FeelType:
        kind = NamedType(item.name, ANY)
        self._fill(kind, item, prefix)
        return kind if kind.allowed is not None else kind.base

    def _named(self, name: str | None, prefix: str, at: At) -> FeelType:
        """A type named inside the definitions that `prefix` stands for: own ones first, then FEEL's."""
        if name is None:
            return ANY
        kind = self.named.get(prefix + name) or NAMES.get(name)
        if kind is None:
            self._unknown(name, at)
        return kind or ANY

    def _unknown(self, name: str, at: At) -> None:
        self.faults.append(fault(self._unit.file, at, ModelCode.UNKNOWN_MODEL_TYPE, name, "", ""))

    def _allow(self, kind: NamedType, *tests: Feel | None) -> None:
        checks = [check for test in tests if test is not None and (check := self._check(test)) is not None]
        if checks:
            kind.allowed = lambda value: all(check(value) is True for check in checks)
            kind.allowed_text = "; ".join(test.text.strip() for test in tests if test is not None)

    def _check(self, tests: Feel) -> Callable[[Value], bool | None] | None:
        try:
            cell = compile_cell(tests.text, (), replace(self._dialect, lenient=False))
        except RuleSyntaxError as error:
            self.faults.append(feel_fault(self._unit.file, tests, error))
            return None
        return cell.test


def _circular(kind: NamedType) -> bool:
    """Whether a type is only another name of itself. A context may well hold, in the end null, another of its kind."""
    base, seen = kind.base, {id(kind)}
    while isinstance(base, NamedType):
        if id(base) in seen:
            return True
        seen.add(id(base))
        base = base.base
    return False
