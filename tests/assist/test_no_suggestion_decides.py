"""The type graph: no suggestion, proposal or abstention can become an act, an event or a command.

Three walls, each tried here: the types that decide hold none; what holds anything (`Any`) lets none through; and no
function of ours asks a model and acts on a case. The fourth, the database's, is in `test_database_rights`.
"""

import ast
import re
import typing
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from tests.assist.type_graph import KINDS, hints, reached
from tests.catalog.shipped_law import PROCEDURES, SERVICES

from tongban import certs, org
from tongban.assist.gate import abstain
from tongban.assist.model import Evidence, Proposed, Suggestion
from tongban.base.clock import ZONE
from tongban.base.i18n import Text
from tongban.cases import decide, evolve, says
from tongban.cases import model as case_model
from tongban.cases.definition import Definition
from tongban.cases.engine import Engine
from tongban.cases.model import ActorKind, By, Event
from tongban.cases.service import Cases
from tongban.org import Actor
from tongban.terms import Calendar

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "tongban"
WORDS = Text("像是居住证。", "A residence permit.")
EVIDENCE = (Evidence(source="message", quote="居住证"),)
PRODUCED: list[Any] = [
    Suggestion(id="990101-1", use="route", version="1", value=True, text=WORDS, evidence=EVIDENCE, confidence=1.0),
    Proposed(value={"decides": "favourable"}, text=WORDS, evidence=EVIDENCE, confidence=1.0),
    abstain("route", "unsure"),
]
DECIDING: list[Any] = [decide, evolve, says, case_model, Engine, Cases, org.may, org.allow, Actor, certs.issue]


def test_no_type_from_which_a_case_can_be_decided_reaches_a_suggestion() -> None:
    found = reached(DECIDING)
    assert {decide.Command, Event, By, Actor, org.Grant, Engine, Cases} <= found, "the walk went nowhere"
    assert len(found) > 60
    assert not [kind for kind in found if kind.__module__.startswith("tongban.assist")]
    assert not [kind for kind in found if issubclass(kind, KINDS)]


def test_the_walk_would_find_one() -> None:
    """The proof is worth what it would notice: a suggestion behind a mapping in a callable in a field is noticed."""

    def sly(makers: "dict[str, typing.Callable[[], list[Suggestion[bool]]]]") -> None: ...

    assert Suggestion in reached([sly])


def test_an_actor_is_a_person_an_official_the_clock_or_the_rules_and_nothing_else() -> None:
    assert set(typing.get_args(ActorKind)) == {"person", "official", "clock", "rules"}
    assert set(typing.get_args(hints(Actor)["kind"])) == set(typing.get_args(ActorKind))
    assert set(typing.get_args(hints(By)["kind"])) == set(typing.get_args(ActorKind))


# --- what holds anything ---------------------------------------------------------------------------------------------


def inside(value: Any) -> Iterator[Any]:
    """A value and everything in it."""
    yield value
    if isinstance(value, dict):
        for one in cast("dict[Any, Any]", value).values():
            yield from inside(one)
    elif isinstance(value, list | tuple | set):
        for one in cast("list[Any]", value):
            yield from inside(one)


@pytest.mark.parametrize("produced", PRODUCED, ids=lambda one: type(one).__name__.lower())
def test_whatever_an_act_may_say_a_suggestion_is_never_in_it(produced: Any) -> None:
    """Every field of every act of every procedure, and every fact: refused, or at most its print as a text."""
    tried = 0
    for service in SERVICES.values():
        definition = Definition(service, PROCEDURES[service.procedure], Calendar.china(), ZONE, service.terms)
        facts = dict.fromkeys(service.facts, produced)
        for name, act in definition.procedure.acts.items():
            for field in says.fields_of(act):
                for value in (produced, [produced], {"0": produced}, facts):
                    read = says.read(definition, name, {field: value}, date(2026, 11, 3))
                    kept = [*inside(read.payload), *inside(read.facts), *inside(read.documents)]
                    assert not [one for one in kept if isinstance(one, KINDS)]
                    tried += 1
    assert tried > 1000


@pytest.mark.parametrize("produced", PRODUCED, ids=lambda one: type(one).__name__.lower())
@pytest.mark.parametrize("kind", [By, Event, Actor, decide.Command], ids=lambda one: one.__name__)
def test_no_json_of_a_suggestion_reads_as_an_event_an_actor_or_a_command(produced: Any, kind: type) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(produced), type=kind)


# --- what our own code does ------------------------------------------------------------------------------------------

ASKS = frozenset({"consult", "consult_pure", "complete"})
ACTS = frozenset({"act", "submit", "record", "undo", "write_in", "prepare", "fire"})
"""What changes a case that is there, or asks for one on a person's behalf."""

_MENTIONS = re.compile(r"consult|\.complete\(|\b_?(?:cases|engine)\.")


def _called(function: ast.AST) -> set[tuple[str, str]]:
    """The methods a function calls, each with the name of what it calls them on."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            named = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            found.add((named, node.func.attr))
    return found


@cache
def _functions() -> dict[str, set[tuple[str, str]]]:
    """Every function that mentions a model's or a case's verbs, with what it calls."""
    found: dict[str, set[tuple[str, str]]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not _MENTIONS.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[f"{path.relative_to(PACKAGE)}:{node.lineno}:{node.name}"] = _called(node)
    return found


def _acts(called: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(owner, verb) for owner, verb in called if verb in ACTS and owner.strip("_") in ("cases", "engine")}


def test_no_function_asks_a_model_and_acts_on_a_case() -> None:
    functions = _functions()
    asking = {name for name, called in functions.items() if any(verb in ASKS for _, verb in called)}
    acting = {name for name, called in functions.items() if _acts(called)}
    assert asking and acting
    assert not asking & acting


def test_nothing_in_assist_acts_on_a_case() -> None:
    """It may open one that asks a human to look (a supervision case, a request for review), and touch none."""
    ours = {name: _acts(called) for name, called in _functions().items() if name.startswith("assist")}
    assert ours
    assert not {name: acts for name, acts in ours.items() if acts}
