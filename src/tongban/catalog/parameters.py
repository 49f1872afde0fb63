"""Parameters of a service made ready to look up, and what a run has looked up: the value, its article, the day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban import rules
from tongban.base.i18n import Text
from tongban.catalog.dated import Parameter
from tongban.catalog.findings import Path
from tongban.catalog.model import Output, Table
from tongban.catalog.tables import COUNTS_ON, OUTPUT_TYPES, Fault
from tongban.rules.feel.values import type_name

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Applied:
    """A parameter as one decision used it.

    day      the day whose law counts (`counts_on`)
    value    the value in plain Python; None where there is none, and then `found` says why
    """

    name: str
    label: Text
    unit: str
    day: date
    category: str | None
    found: rules.Found | rules.Missing
    value: Any

    @property
    def law(self) -> str:
        """The article that the value is from; empty if there is no value."""
        return self.found.law if isinstance(self.found, rules.Found) else ""

    def compact(self) -> dict[str, Any]:
        """What a case keeps: which period of which day, never the value, which the file has."""
        short: dict[str, Any] = {"name": self.name, "day": self.day.isoformat()}
        if self.category is not None:
            short["category"] = self.category
        if isinstance(self.found, rules.Found):
            return {**short, "period": self.found.number}
        return {**short, "missing": self.found.reason.value, "periods": list(self.found.numbers)}

    def as_json(self) -> dict[str, Any]:
        """The value with its article and the days on which it holds; or why there is none."""
        told = {**self.compact(), "value": rules.to_json(rules.to_feel(self.value)), "unit": self.unit}
        if isinstance(self.found, rules.Found):
            span = self.found.span
            until = span.until.isoformat() if span.until else None
            told |= {"law": self.found.law, "from": span.since.isoformat(), "to": until}
        return told


def build_parameter(
    name: str, parameter: Parameter, categories: Mapping[str, tuple[Any, ...]]
) -> tuple[rules.Parameter | None, list[Fault]]:
    """A parameter ready to look up; None with its faults. `categories` are the names with a list of values."""
    path: Path = ("parameters", name)
    faults: list[Fault] = []
    if parameter.category and parameter.category not in categories:
        said = Text(
            f"category 要写一个有选项的信息或者 situation，没有“{parameter.category}”",
            f"category must be a fact with choices, an output with values, or situation; not '{parameter.category}'",
        )
        faults.append(Fault("parameter-category", said, (*path, "category")))
    if not parameter.periods:
        said = Text("至少要有一个时期 periods", "It needs at least one period")
        faults.append(Fault("parameter-period", said, (*path, "periods")))
    for index, period in enumerate(parameter.periods):
        here: Path = (*path, "periods", index)
        if period.to is not None and period.to <= period.from_:
            said = Text(
                f"{period.to}不晚于{period.from_}：to 是不再适用的第一天",
                f"{period.to} is not after {period.from_}: `to` is the first day on which it no longer holds",
            )
            faults.append(Fault("parameter-period", said, (*here, "to")))
        wanted, other = ("values", "value") if parameter.category else ("value", "values")
        given = {"value": period.value is not None, "values": bool(period.values)}
        if not given[wanted] or given[other]:
            said = Text(
                f"{'按 category 分' if parameter.category else '没有 category'}，这里只写 {wanted}",
                f"With{'' if parameter.category else 'out'} a category, write {wanted} here and nothing else",
            )
            faults.append(Fault("parameter-value", said, here))
            continue
        values = period.values or {"": period.value}
        faults += [fault for key, value in values.items() if (fault := _misfit(parameter, value, here, key))]
    if faults:
        return None, faults
    periods = [
        rules.Period(
            rules.Span(period.from_, period.to),
            {key: rules.to_feel(value) for key, value in period.values.items()}
            if parameter.category
            else rules.to_feel(period.value),
            period.law,
        )
        for period in parameter.periods
    ]
    of = OUTPUT_TYPES[parameter.type]
    return rules.Parameter.build(name, of, periods, parameter.category or None), []


def as_table(name: str, parameter: Parameter) -> Table:
    """The same as a decision table, the form that other engines know: half-open days, UNIQUE, so that the analysis
    which finds gaps and overlaps of a table finds days without law and under two."""
    inputs = (COUNTS_ON, parameter.category) if parameter.category else (COUNTS_ON,)
    rows: list[tuple[Any, ...]] = []
    for period in parameter.periods:
        since, to = f'date("{period.from_}")', period.to
        days = f">= {since}" if to is None else f'[{since}..date("{to}"))'
        values = period.values or {"": period.value}
        for key, value in values.items():
            cells = (days, rules.feel_text(key)) if parameter.category else (days,)
            rows.append((*cells, value, {"law": period.law}))
    output = Output(name=name, label=parameter.name, type=parameter.type, unit=parameter.unit)
    return Table(name=parameter.name, inputs=inputs, outputs=(output,), rows=tuple(rows))


def as_parameter(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """A table that `as_table` made, as a parameter again: the parts of a file."""
    output, category = table["outputs"][0], table["inputs"][1:]
    periods: dict[str, dict[str, Any]] = {}
    for row in table["rows"]:
        days = _DAY.findall(row[0])
        period = periods.setdefault(row[0], dict(zip(("from", "to"), days, strict=False)))
        value = _constant(row[1 + len(category)], output["type"])
        if category:
            period.setdefault("values", {})[row[1].strip('"')] = value
        else:
            period["value"] = value
        period |= row[-1] if isinstance(row[-1], dict) else {}
    kept = {"name": table.get("name", name), "type": output["type"], "unit": output.get("unit", "")}
    return {**kept, **({"category": category[0]} if category else {}), "periods": list(periods.values())}


def _constant(cell: Any, kind: str) -> Any:
    """A result cell as the value of a parameter: a fraction is FEEL text in a table, and a number here."""
    if not isinstance(cell, str) or kind == "text":
        return cell
    found = _DAY.search(cell)
    return found[0] if found else float(cell)


def _misfit(parameter: Parameter, value: Any, path: Path, key: str) -> Fault | None:
    """A value that is not of the parameter's type."""
    wanted = OUTPUT_TYPES[parameter.type]
    try:
        feel = rules.to_feel(value)
    except rules.RuleValueError:
        feel = None
    whole = parameter.type != "integer" or isinstance(value, int)
    if feel is not None and type_name(feel) == wanted and whole:
        return None
    said = Text(f"“{value}”不是 {parameter.type}", f"'{value}' is no {parameter.type}")
    return Fault("parameter-value", said, (*path, "values", key) if key else (*path, "value"))
