"""A decision model made ready and executed: decisions and services by name, for an input context.

Every decision is computed once in an evaluation, after those it requires; every value fits the type of its variable,
or is null with a cause. What cannot be compiled is null too, and is among the model's faults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tongban.rules.feel.business import B_FEEL
from tongban.rules.feel.dialect import STANDARD, Dialect
from tongban.rules.feel.errors import Code, Undefined
from tongban.rules.feel.frame import MAX_STEPS, Exhausted
from tongban.rules.feel.types import ANY, FeelType, coerce
from tongban.rules.feel.values import FunctionValue, Value, is_context, to_feel

from . import model
from .compile import BoxCompiler
from .entries import entry_names
from .errors import ModelCode, ModelErrors, ModelFault, fault
from .formula import Formulas
from .functions import function_value, result_type
from .items import Types
from .link import Key, Linked, Node, Unit, link, order, references, service_order
from .read import read_model
from .run import MAX_CALLS, Notes, NullCause, Run, Scope, State
from .trace import Evaluation, Step


@dataclass(frozen=True, slots=True)
class _Ready:
    """An element that can run: its closure, and the type that its value must fit."""

    run: Run
    type: FeelType


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A compiled decision model. Make one with `Model.load`, or with `Model.build` from models already read."""

    linked: Linked
    faults: tuple[ModelFault, ...]
    """All that is wrong with the model, in the order of its files and lines."""
    _ready: Mapping[Key, _Ready]

    @staticmethod
    def load(data: bytes, file: str = "model.dmn", imports: Mapping[str, bytes] | None = None) -> Model:
        """The model in `data`; `imports` are other files, by their names, among which its imports are looked for.

        Raises `ModelErrors` if a file that is needed cannot be read at all; see `faults` for what else is wrong.
        """
        main = Unit(file, read_model(data, file))
        others = [Unit(name, read_model(content, name)) for name, content in (imports or {}).items()]
        return Model.build(main, others)

    @staticmethod
    def build(main: Unit, imported: Sequence[Unit] = ()) -> Model:
        linked = link(main, imported)
        faults = list(linked.faults)
        ready: dict[Key, _Ready] = {}
        units = {unit.definitions.namespace: unit for unit in linked.units}
        for unit in linked.units:
            dialect = _dialect(unit)
            types = Types(unit, units, dialect)
            formulas = Formulas(unit, types, entry_names(linked.units), dialect)
            boxes = BoxCompiler(formulas)
            for node in linked.nodes.values():
                if node.definitions is unit.definitions:
                    ready[node.key] = _compile(node, boxes, formulas)
            faults += (*types.faults, *formulas.faults)
        place = {unit.file: number for number, unit in enumerate(linked.units)}
        ordered = sorted(
            dict.fromkeys(faults), key=lambda fault: (place[fault.file], fault.at.line, fault.position or 0)
        )
        return Model(linked, tuple(ordered), ready)

    def check(self) -> Model:
        """The model itself if it has no faults. Raises `ModelErrors` with all of them."""
        if self.faults:
            raise ModelErrors(self.faults)
        return self

    @property
    def decisions(self) -> tuple[str, ...]:
        """The names of the decisions of the main model, in the order of the file."""
        return tuple(decision.name for decision in self.linked.main.definitions.decisions)

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(service.name for service in self.linked.main.definitions.services)

    @property
    def all_inputs(self) -> dict[str, FeelType]:
        """All input data of the model and its imports by the names they may be given under, with their types."""
        found: dict[str, FeelType] = {}
        for key, node in self.linked.nodes.items():
            if isinstance(node.element, model.InputData):
                found.setdefault(node.element.name, self._ready[key].type)
                if node.definitions is not self.linked.main.definitions:
                    found[f"{{{key[0]}}}{node.element.name}"] = self._ready[key].type
        return found

    def inputs_of(self, wanted: Iterable[str]) -> dict[str, FeelType]:
        """The input data that the decisions called `wanted` need, directly or through others, with their types."""
        nodes = self.linked.nodes
        keys = order([self._find(name).key for name in wanted], nodes)
        needed = [supply.key for key in keys for supply in nodes[key].supplies]
        return {
            nodes[key].element.name: self._ready[key].type
            for key in needed
            if isinstance(nodes[key].element, model.InputData)
        }

    def parameters_of(self, service: str) -> dict[str, FeelType]:
        """The input data and input decisions of a service, in the order of its parameters, with their types."""
        _, element = self._find_service(service)
        keys = references((*element.input_data, *element.input_decisions))
        return {self.linked.nodes[key].element.name: self._ready[key].type for key in keys if key in self._ready}

    def evaluate(self, names: Iterable[str], inputs: Mapping[str, object], now: Value = None) -> Evaluation:
        """The decisions called `names` (or having these ids) for the input data in `inputs`, by name.

        Input data of an imported model may be given as `{namespace}name`; `now` is what `now()` tells. Raises
        `KeyError` for a decision that the main model does not have, `RuleValueError` for a value that FEEL has no
        type for.
        """
        wanted = {name: self._find(name) for name in names}
        session = _Session(self, State(now=now), self._inputs(inputs))
        steps = session.compute(order([node.key for node in wanted.values()], self.linked.nodes))
        values = {name: session.value(node.key) for name, node in wanted.items()}
        return Evaluation(self.linked.main.definitions, values, tuple(steps), session.input_causes)

    def evaluate_service(self, name: str, inputs: Mapping[str, object], now: Value = None) -> Evaluation:
        """The output decisions of a service, by name, for its input data and input decisions in `inputs`, by name.

        Raises `KeyError` and `RuleValueError` as `evaluate` does.
        """
        node, service = self._find_service(name)
        nodes = self.linked.nodes
        given = self._inputs(inputs)
        for key in references(service.input_decisions):
            if key in nodes:
                given[key] = to_feel(inputs.get(nodes[key].element.name))
        session = _Session(self, State(now=now), given)
        steps = session.compute(service_order(service, nodes))
        outputs = [nodes[key] for key in references(service.output_decisions) if key in nodes]
        result = result_type(self._ready[node.key].type)
        values = {output.element.name: session.value(output.key) for output in outputs}
        if len(values) == 1:
            ((only, value),) = values.items()
            values = {only: session.fit(value, result, node)}
        elif session.fit(dict(values), result, node) is None:
            values = dict.fromkeys(values)
        return Evaluation(self.linked.main.definitions, values, tuple(steps), session.input_causes)

    def _find(self, name: str) -> Node:
        node = self.linked.find(name, model.Decision)
        if node is None:
            raise KeyError(name)
        return node

    def _find_service(self, name: str) -> tuple[Node, model.DecisionService]:
        node = self.linked.find(name, model.DecisionService)
        if node is None or not isinstance(node.element, model.DecisionService):
            raise KeyError(name)
        return node, node.element

    def _inputs(self, inputs: Mapping[str, object]) -> dict[Key, Value]:
        given: dict[Key, Value] = {}
        for key, node in self.linked.nodes.items():
            if isinstance(node.element, model.InputData):
                for name in (f"{{{key[0]}}}{node.element.name}", node.element.name, node.element.variable.name):
                    if name in inputs:
                        given[key] = to_feel(inputs[name])
                        break
        return given

    def ready(self, key: Key) -> _Ready:
        return self._ready[key]


def _dialect(unit: Unit) -> Dialect:
    """The dialect that a model says it is written in."""
    return B_FEEL if "b-feel" in (unit.definitions.language or "").casefold() else STANDARD


def _compile(node: Node, boxes: BoxCompiler, formulas: Formulas) -> _Ready:
    element, names = node.element, node.names
    match element:
        case model.Decision():
            run = boxes.compile(element.expression, names, element.name)
            return _Ready(run, formulas.type(element.variable.type, element.variable.at))
        case model.BusinessKnowledgeModel(logic=logic):
            kind = formulas.type(element.variable.type, element.variable.at)
            if logic is None:
                return _Ready(lambda _state, _scope: None, ANY)
            return _Ready(boxes.function(logic, names, element.name, result_type(kind)), ANY)
        case model.InputData() | model.DecisionService():
            return _Ready(lambda _state, _scope: None, formulas.type(element.variable.type, element.variable.at))
        case model.KnowledgeSource():
            return _Ready(lambda _state, _scope: None, ANY)


class _Session:
    """The values of elements in one evaluation, or in one call of a service: each is computed once."""

    def __init__(self, model: Model, state: State, given: Mapping[Key, Value]) -> None:
        self._model = model
        self._state = state
        self._values: dict[Key, Value] = {}
        self._nodes = model.linked.nodes
        notes, state.notes = state.notes, Notes()
        for key, value in given.items():
            self._values[key] = self.fit(value, model.ready(key).type, self._nodes[key])
        self.input_causes = tuple(state.notes.causes)
        state.notes = notes

    def compute(self, keys: Iterable[Key]) -> Iterable[Step]:
        """Computes the decisions `keys`, in this order, and says how each came about."""
        steps: list[Step] = []
        outer = self._state.notes
        for key in keys:
            if key not in self._values:
                self._state.notes = Notes()
                value = self._values[key] = self._decide(key)
                steps.append(Step(self._nodes[key], value, self._state.notes))
        self._state.notes = outer
        return steps

    def value(self, key: Key) -> Value:
        """The value of an element: null for input that was not given, a function for knowledge and services."""
        if key not in self._values:
            node = self._nodes.get(key)
            self._values[key] = None if node is None else self._supply(node)
        return self._values[key]

    def _supply(self, node: Node) -> Value:
        match node.element:
            case model.BusinessKnowledgeModel() if node.key not in self._model.linked.cyclic:
                return self._model.ready(node.key).run(self._state, self._scope(node))
            case model.DecisionService() as service if node.key not in self._model.linked.cyclic:
                return self._service(node, service)
            case _:
                return None

    def _decide(self, key: Key) -> Value:
        node, state = self._nodes[key], self._state
        if key in self._model.linked.cyclic:
            found = fault(node.file, node.element.at, ModelCode.CYCLE, node.element.name)
            state.notes.causes.append(NullCause(node.file, found.at, 0, 0, found.code, found.zh, found.en))
            return None
        ready = self._model.ready(key)
        try:
            return self.fit(ready.run(state, self._scope(node)), ready.type, node)
        except Exhausted:
            return state.null(node.file, node.element.at, Code.TOO_MUCH_WORK, 10 * MAX_STEPS)
        except RecursionError:
            return state.null(node.file, node.element.at, Code.TOO_DEEP, MAX_CALLS)

    def _scope(self, node: Node) -> Scope:
        scope: dict[str, Value] = {}
        for supply in node.supplies:
            value = self.value(supply.key)
            if len(supply.path) == 1:
                scope[supply.path[0]] = value
                continue
            prefix, name = supply.path
            inner = scope.setdefault(prefix, {})
            if is_context(inner):
                inner[name] = value
        return scope

    def _service(self, node: Node, service: model.DecisionService) -> FunctionValue:
        keys = [key for key in references((*service.input_data, *service.input_decisions)) if key in self._nodes]
        parameters = tuple((_variable_name(self._nodes[key]), self._model.ready(key).type) for key in keys)
        outputs = [key for key in references(service.output_decisions) if key in self._nodes]

        def call(values: Sequence[Value]) -> Value:
            inner = _Session(self._model, self._state, dict(zip(keys, values, strict=True)))
            for step in inner.compute(service_order(service, self._nodes)):
                self._state.notes.add(step.notes)
            if len(outputs) == 1:
                return inner.value(outputs[0])
            return {_variable_name(self._nodes[key]): inner.value(key) for key in outputs}

        result = result_type(self._model.ready(node.key).type)
        return function_value(service.name, parameters, result, self._state, call)

    def fit(self, value: Value, kind: FeelType, node: Node) -> Value:
        """`value` if it fits `kind`, else null with a cause at the variable of `node`."""
        try:
            return coerce(value, kind)
        except Undefined as undefined:
            return self._state.null(node.file, node.element.at, undefined.code, *undefined.details)


def _variable_name(node: Node) -> str:
    return node.element.name if isinstance(node.element, model.KnowledgeSource) else node.element.variable.name
