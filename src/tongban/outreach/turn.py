"""A service with some of its numbers turned: in memory only, for trying out what a change of the law would do."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.catalog.check.decisions import holes
from tongban.catalog.compile import try_compile
from tongban.catalog.dated import Period
from tongban.catalog.findings import Path
from tongban.catalog.model import Service, Table
from tongban.outreach.levers import Lever, levers
from tongban.rules.feel.text import number_text

CHANGED = "-what-if"
"""What the slug of a changed service ends with: its columns stand beside those of the service in force."""


def changed(service: Service, values: Mapping[str, Decimal]) -> Service:
    """The service with these levers turned, in memory only: under another slug, never published, never written.

    Raises Refused (422), each problem at its lever: `lever-unknown`, `lever-range`, `lever-form`, `lever-rules` where
    the tables then have a gap or rows that contradict each other.
    """
    known = {lever.id: lever for lever in levers(service)}
    problems = [
        Problem("lever-unknown", Text("没有这个可以改的数", "There is no such number to change"), lever)
        for lever in values
        if lever not in known
    ]
    problems += [p for name, value in values.items() if name in known and (p := unfit(known[name], value)) is not None]
    if problems:
        raise Refused(*problems)
    turned = [known[name] for name, value in values.items() if known[name].value != value]
    edits: dict[Path, list[tuple[tuple[int, int] | None, Decimal]]] = {}
    for lever in turned:
        for spot in lever.spots:
            edits.setdefault(spot.path, []).append((spot.span, values[lever.id]))
    new = msgspec.structs.replace(service, service=service.service + CHANGED)
    for path, edit in edits.items():
        new = _put(new, path, edit)
    _, faults = try_compile(new)
    before = {(path, text.zh) for path, text in holes(service)}
    wrong = [(fault.path, fault.text) for fault in faults]
    wrong += [(path, text) for path, text in holes(new) if (path, text.zh) not in before]
    if wrong:
        raise Refused(*(Problem("lever-rules", text, _culprit(turned, path)) for path, text in wrong))
    return new


def unfit(lever: Lever, value: Decimal) -> Problem | None:
    """Why a lever cannot have a value, or None."""
    if not lever.low <= value <= lever.high:
        low, high = number_text(lever.low), number_text(lever.high)
        said = Text(f"要在 {low} 和 {high} 之间", f"Use a number from {low} to {high}")
        return Problem("lever-range", said, lever.id)
    if value != round(value, lever.decimals):
        some = Text(f"最多{lever.decimals}位小数", f"Use at most {lever.decimals} decimals")
        return Problem("lever-form", some if lever.decimals else Text("要写整数", "Use a whole number"), lever.id)
    return None


def _culprit(turned: list[Lever], path: Path) -> str:
    """The lever that a finding is about: one with a place in the same table."""
    part = path[:1] if path[0] == "eligible" else path[:2]
    near = (lever.id for lever in turned for spot in lever.spots if spot.path[: len(part)] == part)
    return next(near, turned[0].id if turned else "")


def _put(service: Service, path: Path, edits: list[tuple[tuple[int, int] | None, Decimal]]) -> Service:
    """The service with numbers of one text or cell replaced."""

    def new(old: Any) -> Any:
        text = old
        for span, value in sorted(edits, key=lambda edit: edit[0] or (0, 0), reverse=True):
            if span is None:
                return int(value) if value == value.to_integral_value() else float(value)
            text = text[: span[0]] + number_text(value) + text[span[1] :]
        return text

    match path:
        case ("facts", str() as name, "derive"):
            fact = service.facts[name]
            facts = {**service.facts, name: msgspec.structs.replace(fact, derive=new(fact.derive))}
            return msgspec.structs.replace(service, facts=facts)
        case ("situations", int() as index, "when"):
            situation = service.situations[index]
            moved = msgspec.structs.replace(situation, when=new(situation.when))
            situations = (*service.situations[:index], moved, *service.situations[index + 1 :])
            return msgspec.structs.replace(service, situations=situations)
        case ("parameters", str() as name, "periods", int() as index, *where):
            parameter = service.parameters[name]
            period = _period(parameter.periods[index], where, new)
            periods = (*parameter.periods[:index], period, *parameter.periods[index + 1 :])
            parameters = {**service.parameters, name: msgspec.structs.replace(parameter, periods=periods)}
            return msgspec.structs.replace(service, parameters=parameters)
        case ("eligible", "rows", int() as row, int() as cell):
            return msgspec.structs.replace(service, eligible=_row(service.eligible, row, cell, new))
        case ("tables" | "amounts" as part, str() as slug, "rows", int() as row, int() as cell):
            tables: dict[str, Table] = getattr(service, part)
            tables = {**tables, slug: _row(tables[slug], row, cell, new)}
            return msgspec.structs.replace(service, **{part: tables})
        case _:
            raise ValueError(f"no number is looked for at {path}")


def _period(period: Period, where: Sequence[str | int], new: Callable[[Any], Any]) -> Period:
    match where:
        case ["values", str() as key]:
            return msgspec.structs.replace(period, values={**period.values, key: new(period.values[key])})
        case _:
            return msgspec.structs.replace(period, value=new(period.value))


def _row(table: Table, row: int, cell: int, new: Callable[[Any], Any]) -> Table:
    cells = list(table.rows[row])
    cells[cell] = new(cells[cell])
    rows = (*table.rows[:row], tuple(cells), *table.rows[row + 1 :])
    return msgspec.structs.replace(table, rows=rows)
