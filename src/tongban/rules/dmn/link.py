"""Models joined by their imports: every reference resolved, what cannot be is a fault with its place.

Elements are known by namespace and id across all models given. What an element requires is in scope for its logic:
elements of its own model by their names, those of an import as entries of a context that is called like the import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from . import model
from .errors import ModelCode, ModelFault, fault
from .model import Definitions, Element, Reference

Key: TypeAlias = tuple[str, str]
"""Namespace and id (or, for an element without an id, `name=` and its name)."""

E_co = TypeVar("E_co", bound=Element, covariant=True)


@dataclass(frozen=True, slots=True)
class Supply:
    """A requirement as the logic sees it: the names that lead to the value, and whose value it is."""

    path: tuple[str, ...]
    key: Key


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the requirements graph, with the model it belongs to and what it requires, resolved."""

    key: Key
    file: str
    definitions: Definitions
    element: Element
    supplies: tuple[Supply, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names that the requirements put into scope."""
        return frozenset(supply.path[0] for supply in self.supplies)


@dataclass(frozen=True, slots=True)
class Unit:
    """One model file, by the name that messages call it by."""

    file: str
    definitions: Definitions


@dataclass(frozen=True, slots=True)
class Linked:
    """All models given, as one graph. `main` is the model that was asked for."""

    main: Unit
    units: tuple[Unit, ...]
    nodes: Mapping[Key, Node]
    cyclic: frozenset[Key]
    """Elements that require themselves, directly or through others: they have no value."""
    faults: tuple[ModelFault, ...]

    def find(self, name: str, *kinds: type[E_co]) -> Node | None:
        """The element of the main model with that name or id, of one of `kinds`."""
        own = (
            n for n in self.nodes.values() if n.definitions is self.main.definitions and isinstance(n.element, kinds)
        )
        return next((n for n in own if name in (n.element.name, n.element.id)), None)


def elements(definitions: Definitions) -> Iterator[Element]:
    """All elements that a requirement may point to, in the order of the file's kinds."""
    yield from definitions.inputs
    yield from definitions.decisions
    yield from definitions.knowledge
    yield from definitions.services
    yield from definitions.sources


def key_of(definitions: Definitions, element: Element) -> Key:
    return definitions.namespace, element.id or f"name={element.name}"


def link(main: Unit, imported: Sequence[Unit] = ()) -> Linked:
    """`main` and the models it imports, directly or through others, as one graph.

    What is wrong is not raised but noted: a model with faults may still be asked for what the faults do not touch.
    """
    linker = _Linker(main, imported)
    return linker.linked()


_REQUIRED: dict[str, tuple[type[Element], ...]] = {
    "required_inputs": (model.InputData,),
    "required_decisions": (model.Decision,),
    "required_knowledge": (model.BusinessKnowledgeModel, model.DecisionService),
    "output_decisions": (model.Decision,),
    "encapsulated_decisions": (model.Decision,),
    "input_decisions": (model.Decision,),
    "input_data": (model.InputData,),
    "authorities": (model.KnowledgeSource, model.Decision, model.InputData),
}
"""The fields that hold references, and what each may refer to."""
_IN_SCOPE = ("required_inputs", "required_decisions", "required_knowledge")
_KIND_NAMES: dict[type[Element], str] = {
    model.InputData: "inputData",
    model.Decision: "decision",
    model.BusinessKnowledgeModel: "businessKnowledgeModel",
    model.DecisionService: "decisionService",
    model.KnowledgeSource: "knowledgeSource",
}


class _Linker:
    """Links one set of models; used once."""

    def __init__(self, main: Unit, imported: Sequence[Unit]) -> None:
        self._main = main
        self._faults: list[ModelFault] = []
        by_namespace = {unit.definitions.namespace: unit for unit in imported}
        by_namespace[main.definitions.namespace] = main
        self._units = self._reachable(main, by_namespace)
        self._elements: dict[Key, tuple[Unit, Element]] = {}

    def linked(self) -> Linked:
        for unit in self._units.values():
            self._collect(unit)
        nodes = {key: self._node(key, *place) for key, place in self._elements.items()}
        cyclic = self._cycles(nodes)
        return Linked(self._main, tuple(self._units.values()), nodes, cyclic, tuple(self._faults))

    def _fault(self, unit: Unit, at: model.At, code: ModelCode, *details: object) -> None:
        self._faults.append(fault(unit.file, at, code, *details))

    # --- imports -----------------------------------------------------------------------------------------

    def _reachable(self, main: Unit, known: Mapping[str, Unit]) -> dict[str, Unit]:
        """The models that `main` needs, itself first, by namespace."""
        found: dict[str, Unit] = {}
        todo = [main]
        while todo:
            unit = todo.pop()
            if unit.definitions.namespace in found:
                continue
            found[unit.definitions.namespace] = unit
            for imported in unit.definitions.imports:
                if imported.namespace in known:
                    todo.append(known[imported.namespace])
                elif imported.kind in _MODELS or not imported.kind:
                    self._fault(unit, imported.at, ModelCode.UNKNOWN_IMPORT, imported.namespace)
        return found

    # --- elements ----------------------------------------------------------------------------------------

    def _collect(self, unit: Unit) -> None:
        names: dict[str, int] = {}
        for element in elements(unit.definitions):
            key = key_of(unit.definitions, element)
            if key in self._elements:
                first = self._elements[key][1].at.line
                self._fault(unit, element.at, ModelCode.DUPLICATE_ID, element.id or element.name, first)
                continue
            self._elements[key] = unit, element
            if isinstance(element, model.KnowledgeSource):
                continue
            if element.name in names:
                self._fault(unit, element.at, ModelCode.DUPLICATE_NAME, element.name, names[element.name])
            names.setdefault(element.name, element.at.line)

    def _node(self, key: Key, unit: Unit, element: Element) -> Node:
        supplies: list[Supply] = []
        for field, kinds in _REQUIRED.items():
            references: tuple[Reference, ...] = getattr(element, field, ())
            for reference in references:
                found = self._resolve(unit, reference, kinds)
                if found is not None and field in _IN_SCOPE:
                    supplies.append(self._supply(unit, found))
        return Node(key, unit.file, unit.definitions, element, tuple(supplies))

    def _resolve(self, unit: Unit, reference: Reference, kinds: tuple[type[Element], ...]) -> Key | None:
        key = (reference.namespace, reference.id)
        if key not in self._elements:
            if reference.namespace in self._units or not self._imports(unit, reference.namespace):
                self._fault(unit, reference.at, ModelCode.UNKNOWN_REFERENCE, reference.id)
            return None
        element = self._elements[key][1]
        if not isinstance(element, kinds):
            wanted = " / ".join(_KIND_NAMES[kind] for kind in kinds)
            self._fault(unit, reference.at, ModelCode.WRONG_REFERENCE, element.name, _KIND_NAMES[type(element)], wanted)
            return None
        return key

    def _imports(self, unit: Unit, namespace: str) -> bool:
        return any(one.namespace == namespace for one in unit.definitions.imports)

    def _supply(self, unit: Unit, key: Key) -> Supply:
        element = self._elements[key][1]
        name = element.name if isinstance(element, model.KnowledgeSource) else element.variable.name
        if key[0] == unit.definitions.namespace:
            return Supply((name,), key)
        prefixes = (one.name for one in unit.definitions.imports if one.namespace == key[0])
        prefix = next(prefixes, "")
        return Supply((prefix, name) if prefix else (name,), key)

    # --- cycles ------------------------------------------------------------------------------------------

    def _cycles(self, nodes: Mapping[Key, Node]) -> frozenset[Key]:
        found: set[Key] = set()
        edges = {key: tuple(needs(node, nodes)) for key, node in nodes.items()}
        for group in _strong_components(edges):
            if len(group) > 1 or group[0] in edges[group[0]]:
                found.update(group)
                first = nodes[min(group, key=lambda key: nodes[key].element.at.line)]
                ring = " → ".join(nodes[key].element.name for key in reversed(group))
                self._faults.append(fault(first.file, first.element.at, ModelCode.CYCLE, ring))
        return frozenset(found)


_MODELS = frozenset(model.Version)
"""The kinds of import that are models; others (XML Schema, PMML) only bring types, which we do not read."""


def needs(node: Node, nodes: Mapping[Key, Node]) -> Iterator[Key]:
    """What must have a value before `node` can have one: for a service, what its decisions need beyond its inputs."""
    if isinstance(node.element, model.DecisionService):
        yield from service_order(node.element, nodes)
    else:
        yield from (supply.key for supply in node.supplies if supply.key in nodes)


def references(keys: Iterable[Reference]) -> tuple[Key, ...]:
    return tuple((reference.namespace, reference.id) for reference in keys)


def service_order(service: model.DecisionService, nodes: Mapping[Key, Node]) -> tuple[Key, ...]:
    """The decisions that a service computes, each after what it requires; its input decisions are given to it."""
    return order(references(service.output_decisions), nodes, frozenset(references(service.input_decisions)))


def order(wanted: Iterable[Key], nodes: Mapping[Key, Node], given: frozenset[Key] = frozenset()) -> tuple[Key, ...]:
    """The decisions that must be computed for `wanted`, each after those it requires; not those `given`.

    Without recursion, since a chain of decisions may be long; in a cycle the order is any.
    """
    found: dict[Key, None] = {}
    seen: set[Key] = set()
    todo = [(key, False) for key in reversed(tuple(wanted))]
    while todo:
        key, ready = todo.pop()
        if ready:
            found[key] = None
        elif key not in seen and key not in given and key in nodes and isinstance(nodes[key].element, model.Decision):
            seen.add(key)
            todo.append((key, True))
            todo.extend((supply.key, False) for supply in reversed(nodes[key].supplies))
    return tuple(found)


def _strong_components(edges: Mapping[Key, tuple[Key, ...]]) -> list[list[Key]]:
    """Tarjan's strongly connected components (1972), with a stack of our own instead of recursion."""
    index: dict[Key, int] = {}
    low: dict[Key, int] = {}
    stack: list[Key] = []
    groups: list[list[Key]] = []
    for root in edges:
        if root in index:
            continue
        work: list[tuple[Key, Iterator[Key]]] = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        open_: set[Key] = set(stack)
        while work:
            key, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[key])
                if low[key] == index[key]:
                    at = stack.index(key)
                    groups.append(stack[at:])
                    open_.difference_update(stack[at:])
                    del stack[at:]
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                open_.add(following)
                work.append((following, iter(edges[following])))
            elif following in open_:
                low[key] = min(low[key], index[following])
    return groups
