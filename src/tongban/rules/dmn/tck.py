"""The test files of the DMN Technology Compatibility Kit: read, run against a model, compared.

A test file names a model and holds cases: input, and the results expected. A case is *meaningful* if one of its
results is not null; an engine that answers null to everything passes all others, so the two are counted apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tongban.rules.feel import temporal
from tongban.rules.feel.dialect import equal
from tongban.rules.feel.errors import Undefined
from tongban.rules.feel.values import Value, is_context, is_list, number

from .errors import ModelCode, ModelErrors, fault
from .execute import Model
from .source import one_line
from .xml import Element, parse

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TOLERANCE = Decimal("1e-8")
"""How far a number may be from the expected one: the kit writes numbers with fewer digits than are computed."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One result: the decision's name, its value, and whether an error (for us: null) is expected."""

    name: str
    value: Value
    error: bool


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    description: str
    service: str | None
    """The decision service to invoke; None to evaluate decisions."""
    inputs: Mapping[str, Value]
    results: tuple[Expected, ...]

    @property
    def meaningful(self) -> bool:
        return any(result.value is not None for result in self.results)


@dataclass(frozen=True, slots=True)
class Suite:
    """One test file."""

    model: str
    """The file name of the model."""
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A result that is not the expected one; `reason` says why where a decision was null or missing."""

    name: str
    expected: Value
    found: Value
    reason: str


def read_suite(data: bytes, file: str) -> Suite:
    """The test file in `data`. Raises `ModelErrors` if it cannot be read."""
    root = parse(data, file)
    if root.name != "testCases":
        raise ModelErrors([fault(file, root.at, ModelCode.NOT_DMN, root.name)])
    return Suite(root.text_of("modelName"), tuple(map(_case, root.children("testCase"))))


def run_case(model: Model, case: Case, now: Value = None) -> tuple[Difference, ...]:
    """What differs from the expected results; nothing if the case passes. `now` is what `now()` tells."""
    names = [result.name for result in case.results]
    try:
        if case.service is None:
            evaluation = model.evaluate(names, case.inputs, now)
        else:
            evaluation = model.evaluate_service(case.service, case.inputs, now)
    except KeyError as missing:
        return tuple(Difference(result.name, result.value, None, f"no {missing}") for result in case.results)
    reason = "; ".join(f"{cause.at.element} {cause.at.id}: {cause.en}" for cause in evaluation.causes[:3])
    pairs = [(result, evaluation.values.get(result.name)) for result in case.results]
    return tuple(Difference(r.name, r.value, found, reason) for r, found in pairs if not same(found, r.value))


def same(found: Value, expected: Value) -> bool:
    """Whether a result is the expected one: numbers up to the kit's tolerance, all else by value."""
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) <= max(TOLERANCE, abs(expected) * TOLERANCE)
    if is_list(found) and is_list(expected):
        return len(found) == len(expected) and all(map(same, found, expected))
    if is_context(found) and is_context(expected):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in found)
    if found is None or expected is None:
        return found is expected
    try:
        return type(found) is type(expected) and equal(found, expected) is True
    except Undefined:
        return False


# --- reading ---------------------------------------------------------------------------------------------


def _case(element: Element) -> Case:
    return Case(
        id=element.get("id") or element.get("name"),
        description=element.text_of("description"),
        service=one_line(element.get("invocableName")) or None if element.get("type") == "decisionService" else None,
        inputs={_name(node): _value(node) for node in element.children("inputNode")},
        results=tuple(map(_expected, element.children("resultNode"))),
    )


def _name(node: Element) -> str:
    name = one_line(node.get("name"))
    return f"{{{space}}}{name}" if (space := node.get("namespace")) else name


def _expected(node: Element) -> Expected:
    expected = node.child("expected")
    value = None if expected is None else _value(expected)
    return Expected(one_line(node.get("name")), value, node.get("errorResult") == "true")


def _value(element: Element) -> Value:
    """What an `inputNode`, an `expected`, an `item` or a `component` holds."""
    for part in element.children("list", "component", "value"):
        if part.name == "list":
            return _null(part, [_value(item) for item in part.children("item")])
        if part.name == "component":
            return {one_line(one.get("name")): _value(one) for one in element.children("component")}
        return _null(part, _simple(part.text, part.attributes.get(f"{XSI}type", "").rpartition(":")[2]))
    return None


def _null(part: Element, value: Value) -> Value:
    return None if part.get(f"{XSI}nil") in ("true", "1") else value


_NUMBERS = frozenset({"decimal", "double", "float", "integer", "int", "long", "short", "byte"})
_TEMPORAL = frozenset({"date", "time", "dateTime", "duration", "dayTimeDuration", "yearMonthDuration"})


def _simple(text: str, kind: str) -> Value:
    if kind == "boolean":
        return text.strip() in ("true", "1")
    try:
        if kind in _NUMBERS:
            return number(text.strip())
        if kind in _TEMPORAL:
            return temporal.read(text.strip())
    except Undefined:
        return None
    return text
