"""A decision model as its author drew it: one set of frozen types for DMN 1.1 to 1.6.

Names follow the metamodel of the standard (DMN 1.5, chapters 6, 7, 8 and 10). Nothing here is compiled or linked:
texts are FEEL as written, references are what the file says, and every part knows where in its file it stands.
Names are kept with single spaces, as FEEL compares them. A reference to a type is `number`, `tPerson`, or
`library.tPerson` for a type of the import called `library`, whatever prefixes the file used.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tongban.rules.tables.model import HitPolicy


class Version(StrEnum):
    """The editions of the standard, by the namespace of their elements."""

    DMN_1_1 = "http://www.omg.org/spec/DMN/20151101/dmn.xsd"
    DMN_1_2 = "http://www.omg.org/spec/DMN/20180521/MODEL/"
    DMN_1_3 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
    DMN_1_4 = "https://www.omg.org/spec/DMN/20211108/MODEL/"
    DMN_1_5 = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    DMN_1_6 = "https://www.omg.org/spec/DMN/20240513/MODEL/"


@dataclass(frozen=True, slots=True)
class At:
    """Where a part stands in its file."""

    element: str
    """The name of the XML element."""
    id: str
    """Its id, or that of the nearest element around it which has one; empty if there is none."""
    line: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Feel:
    """A text in the expression language, exactly as written, so that positions in it mean something."""

    text: str
    at: At


@dataclass(frozen=True, slots=True)
class Reference:
    """What an `href` points to: an element of this model, or of another one by its namespace."""

    namespace: str
    id: str
    at: At


@dataclass(frozen=True, slots=True)
class Extension:
    """An element of another vocabulary, kept with its texts for those who know it."""

    namespace: str
    name: str
    attributes: tuple[tuple[str, str], ...]
    text: str
    children: tuple[Extension, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """An information item: a name for a value, and its type if one is stated."""

    name: str
    type: str | None
    at: At


# --- types -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FunctionItem:
    """The type of a function."""

    parameters: tuple[Variable, ...]
    output: str | None


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A named type, or the type of a component of one (DMN 1.5, 7.3.2).

    It refers to another type, has components, or is a function; a collection is a list of that.
    """

    name: str
    type: str | None
    components: tuple[ItemDefinition, ...]
    function: FunctionItem | None
    collection: bool
    allowed: Feel | None
    """Unary tests that a value, or each item of a collection, must pass."""
    constraint: Feel | None
    """Unary tests that the value as a whole must pass, also where it is a collection (DMN 1.5)."""
    at: At


# --- boxed expressions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """A FEEL text. `language` is None unless the file names another language for it."""

    feel: Feel
    type: str | None
    language: str | None
    at: At


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column of conditions."""

    expression: Feel
    label: str
    type: str | None
    values: Feel | None
    at: At


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column of results. The only one of a table needs no name."""

    name: str | None
    label: str
    type: str | None
    values: Feel | None
    default: Feel | None
    extensions: tuple[Extension, ...]
    at: At


@dataclass(frozen=True, slots=True)
class Rule:
    """A row; `annotations` are in the order of the table's annotation columns."""

    inputs: tuple[Feel, ...]
    outputs: tuple[Feel, ...]
    annotations: tuple[str, ...]
    description: str
    at: At


@dataclass(frozen=True, slots=True)
class DecisionTable:
    hit: HitPolicy
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    annotations: tuple[str, ...]
    """The names of the annotation columns."""
    rules: tuple[Rule, ...]
    type: str | None
    at: At


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """`variable` is None for the result of a context."""

    variable: Variable | None
    value: Expression | None
    at: At


@dataclass(frozen=True, slots=True)
class Context:
    entries: tuple[ContextEntry, ...]
    type: str | None
    at: At


@dataclass(frozen=True, slots=True)
class ListExpression:
    items: tuple[Expression | None, ...]
    type: str | None
    at: At


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts written as a grid."""

    columns: tuple[Variable, ...]
    rows: tuple[tuple[Expression | None, ...], ...]
    type: str | None
    at: At


@dataclass(frozen=True, slots=True)
class Binding:
    parameter: Variable
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Invocation:
    called: Expression | None
    bindings: tuple[Binding, ...]
    type: str | None
    at: At


class FunctionKind(StrEnum):
    """The language that the body of a function is written in."""

    FEEL = "FEEL"
    JAVA = "Java"
    PMML = "PMML"


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    kind: FunctionKind
    parameters: tuple[Variable, ...]
    body: Expression | None
    type: str | None
    at: At


@dataclass(frozen=True, slots=True)
class Conditional:
    condition: Expression | None
    then: Expression | None
    otherwise: Expression | None
    type: str | None
    at: At


@dataclass(frozen=True, slots=True)
class Filter:
    source: Expression | None
    match: Expression | None
    type: str | None
    at: At


class IteratorKind(StrEnum):
    FOR = "for"
    SOME = "some"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Iterator:
    """`for`, `some` or `every`: `body` is evaluated with `variable` as each item of `source`."""

    kind: IteratorKind
    variable: str
    source: Expression | None
    body: Expression | None
    type: str | None
    at: At


Expression: TypeAlias = (
    LiteralExpression
    | DecisionTable
    | Context
    | ListExpression
    | Relation
    | Invocation
    | FunctionDefinition
    | Conditional
    | Filter
    | Iterator
)
"""Any boxed expression. Where one may be absent the standard lets it be undefined: its value is null."""


# --- the elements of a decision requirements graph --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InputData:
    id: str
    name: str
    variable: Variable
    description: str
    at: At


@dataclass(frozen=True, slots=True)
class Decision:
    id: str
    name: str
    variable: Variable
    question: str
    allowed_answers: str
    description: str
    required_inputs: tuple[Reference, ...]
    required_decisions: tuple[Reference, ...]
    required_knowledge: tuple[Reference, ...]
    authorities: tuple[Reference, ...]
    expression: Expression | None
    extensions: tuple[Extension, ...]
    at: At


@dataclass(frozen=True, slots=True)
class BusinessKnowledgeModel:
    """A function with a name; `logic` is None where only its existence is modelled."""

    id: str
    name: str
    variable: Variable
    description: str
    required_knowledge: tuple[Reference, ...]
    authorities: tuple[Reference, ...]
    logic: FunctionDefinition | None
    at: At


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decisions that may be called like a function; its parameters are the input data and then the input
    decisions (DMN 1.5, 10.4)."""

    id: str
    name: str
    variable: Variable
    description: str
    output_decisions: tuple[Reference, ...]
    encapsulated_decisions: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]
    input_data: tuple[Reference, ...]
    at: At


@dataclass(frozen=True, slots=True)
class KnowledgeSource:
    """Where decisions take their authority from: for us, an act of law."""

    id: str
    name: str
    type: str
    location: str
    description: str
    authorities: tuple[Reference, ...]
    at: At


@dataclass(frozen=True, slots=True)
class Import:
    """Another model whose elements are used as `name.element`; without a name they join this one (DMN 1.5)."""

    name: str
    namespace: str
    kind: str
    location: str
    at: At


@dataclass(frozen=True, slots=True)
class Definitions:
    """One model file."""

    version: Version
    id: str
    name: str
    namespace: str
    description: str
    language: str
    """The expression language of texts that name none."""
    imports: tuple[Import, ...]
    items: tuple[ItemDefinition, ...]
    inputs: tuple[InputData, ...]
    decisions: tuple[Decision, ...]
    knowledge: tuple[BusinessKnowledgeModel, ...]
    services: tuple[DecisionService, ...]
    sources: tuple[KnowledgeSource, ...]
    extensions: tuple[Extension, ...]
    hash: str
    """SHA-256 of the file, in hexadecimal: what a decision was made by, years later."""
    at: At


Element: TypeAlias = InputData | Decision | BusinessKnowledgeModel | DecisionService | KnowledgeSource
"""What a requirement may point to."""
