"""地域管辖: which place the rule of a service names for what is known, or what must be asked before it can name one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.acts import cite
from tongban.catalog.compile import compile_service
from tongban.catalog.model import Competence, Service, Together
from tongban.catalog.run import Run


class Placed(msgspec.Struct, frozen=True):
    """The place that the rule names, by which row, and the law as people read it."""

    region: str
    row: Competence
    law: Text


class Asks(msgspec.Struct, frozen=True):
    """The facts that must be answered before the rule names a place; never empty."""

    facts: tuple[str, ...]


def place_of(service: Service, facts: Mapping[str, Any], application_date: date) -> Placed | Asks | None:
    """The place for these facts; None for a service that has no such rule. Raises Refused if it does not compile.

    A row whose fact nobody is asked, or whose optional question was left blank, is passed over. Where no row answers
    the last one's fact is asked: there is a place or a question, never neither.
    """
    return placed(Run(compile_service(service), facts, application_date)) if service.competence else None


def placed(run: Run) -> Placed | Asks | None:
    """The same over facts that the service was run on already."""
    compiled, service = run.compiled, run.compiled.service
    if not service.competence:
        return None
    for row, when in compiled.competence:
        holds = True if when is None else when.holds(run.values, run.waits_for)
        if when is not None and holds is None:
            return Asks(tuple(sorted(run.unknown_of(when.names))) or (row.by,))
        if holds is False:
            continue
        if place := run.values.get(row.by):
            return Placed(str(place), row, law_of(service, row))
        fact = service.facts[row.by]
        if run.applies.get(row.by) is not False and (fact.required or fact.derive):
            return Asks(tuple(sorted(run.unknown_of((row.by,)))) or (row.by,))
    return Asks((service.competence[-1].by,))


def concerned(run: Run) -> tuple[Together, ...]:
    """The bodies that take part for the facts of a run (会同办理), one whose condition is not known yet among them."""
    return tuple(
        one for one, when in run.compiled.together if when is None or when.holds(run.values, run.waits_for) is not False
    )


def law_of(service: Service, row: Competence) -> Text:
    """What a row cites; empty if it cites nothing."""
    return next((cite(law) for law in service.law if law.id == row.law), Text("", ""))
