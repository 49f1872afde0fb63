"""The service as it is for one person: which situation, which clock, which questions, which materials."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from tongban.catalog.compile import Compiled, compile_service
from tongban.catalog.model import Fact, Material, Result, Service, Situation, Term
from tongban.catalog.run import Run


class Question(msgspec.Struct, frozen=True):
    """A fact that must be asked or taken from a record, under its name in the file."""

    name: str
    fact: Fact
    value: Any = None
    """What is known already; None if nothing is."""


class Needed(msgspec.Struct, frozen=True):
    """A material that this person must show. `certain` is False while an unknown fact may still remove it."""

    slug: str
    material: Material
    certain: bool = True


class Variant(msgspec.Struct, frozen=True):
    """A service resolved for what is known about one application.

    situation   the first situation whose condition holds; None if none holds or that is not known yet
    procedure   slug of the procedure file, replaced by the situation's if it has one
    terms       the service's terms, each replaced by the situation's of the same name
    outcome     "not-needed" where the situation says at once that no application is needed
    facts       every fact and table output that is known, derived ones included
    questions   facts to be asked, in order, that apply; `open_questions` those whose condition is not known yet
    materials   what must be shown
    unknown     asked facts that apply, are required, and have no value
    """

    service: Service
    situation: Situation | None
    procedure: str
    terms: Mapping[str, Term]
    result: Result
    outcome: Literal["not-needed"] | None
    facts: Mapping[str, Any]
    questions: tuple[Question, ...]
    open_questions: tuple[Question, ...]
    materials: tuple[Needed, ...]
    unknown: tuple[str, ...]


def variant(service: Service, facts: Mapping[str, Any], application_date: date) -> Variant:
    """The service resolved for `facts` (values as `parse_fact` gives them, or as they come back from JSON).

    Facts that do not apply (their `when` is false) are left out, whatever was answered before. Raises Refused if the
    service does not compile.
    """
    compiled = compile_service(service)
    return resolve(compiled, Run(compiled, facts, application_date))


def resolve(compiled: Compiled, run: Run) -> Variant:
    """The variant of a run."""
    service, situation = compiled.service, run.situation
    asked = [Question(name, fact, run.values.get(name)) for name, fact in service.facts.items() if not fact.derive]
    questions = tuple(q for q in asked if run.applies[q.name])
    materials: list[Needed] = []
    for slug, material, when in compiled.materials:
        holds = True if when is None else when.holds(run.values, run.waits_for)
        if holds is not False:
            materials.append(Needed(slug, material, holds is True))
    return Variant(
        service=service,
        situation=situation,
        procedure=(situation.procedure if situation else None) or service.procedure,
        terms={**service.terms, **((situation.terms if situation else None) or {})},
        result=(situation.result if situation else None) or service.result,
        outcome=situation.outcome if situation else None,
        facts={name: value for name, value in run.values.items() if value is not None},
        questions=questions,
        open_questions=tuple(q for q in asked if run.applies[q.name] is None),
        materials=tuple(materials),
        unknown=tuple(q.name for q in questions if q.value is None and q.fact.required),
    )
