"""Decision tables of a DMN file as parts of a service file: `facts`, `tables`, `amounts`, `eligible`, in YAML.

What our own export wrote comes back as it was. A file from elsewhere is taken as far as a service file can say it:
names become names of facts, literal expressions derived facts; what cannot be taken is told, with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from tongban import rules
from tongban.base.errors import Problem
from tongban.base.i18n import Text
from tongban.catalog.export.decision_model import ELIGIBLE, OUTCOME, VOCABULARY
from tongban.catalog.parameters import as_parameter
from tongban.catalog.renaming import Renaming
from tongban.catalog.tables import APPLICATION_DATE, COUNTS_ON, HITS, RULED_OUTCOMES, SITUATION
from tongban.rules.dmn import model
from tongban.rules.dmn.model import At
from tongban.rules.feel.values import is_list

_HIT_NAMES = {policy: name for name, policy in HITS.items()}
_TYPES = {"number": "number", "string": "text", "boolean": "boolean", "date": "date"}
_GUARD = re.compile(r"\? != null and (not\()?\? in \((.*)\)(?(1)\))", re.DOTALL)
_OWN_ID = re.compile(r"(tables|amounts)\.([a-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class Drafted:
    """Parts of a service file, as their YAML would be read, and what could not be taken."""

    parts: Mapping[str, Any]
    problems: tuple[Problem, ...]

    @property
    def yaml(self) -> str:
        return "".join(_lines(self.parts))


def draft_rules(definitions: model.Definitions, file: str) -> Drafted:
    """The tables of a model as parts of a service file. `file` is the name that problems call it by."""
    return _Draft(definitions, file).drafted()


@dataclass
class _Draft:
    """One model on its way into a service file."""

    definitions: model.Definitions
    file: str
    problems: list[Problem] = field(default_factory=list[Problem])

    def __post_init__(self) -> None:
        self._inputs = {one.variable.name: one for one in self.definitions.inputs}
        outputs = [
            output.name or decision.name
            for decision in self.definitions.decisions
            if isinstance(decision.expression, model.DecisionTable)
            for output in decision.expression.outputs
        ]
        names = [*self._inputs, *(decision.variable.name for decision in self.definitions.decisions), *outputs]
        self._names = Renaming(names)
        self._items = {item.name: item for item in self.definitions.items}

    def drafted(self) -> Drafted:
        parts: dict[str, Any] = {"facts": {}, "counts_on": "", "parameters": {}, "tables": {}, "amounts": {}}
        eligible: dict[str, Any] | None = None
        for name, one in self._inputs.items():
            if self._names.new(name) != APPLICATION_DATE:
                parts["facts"][self._names.new(name)] = self._fact(one)
        for decision in self.definitions.decisions:
            match decision.expression:
                case model.DecisionTable() as box if _is_eligible(decision, box):
                    eligible = self._eligible(decision, box)
                case model.DecisionTable() as box if decision.id.startswith("parameters."):
                    name = self._names.new(decision.name)
                    parts["parameters"][name] = as_parameter(name, self._table(decision, box))
                case model.LiteralExpression() as box if decision.id == COUNTS_ON:
                    parts[COUNTS_ON] = self._expression(box.feel)
                case model.DecisionTable() as box:
                    part, slug = _place(decision)
                    parts[part][slug] = self._table(decision, box)
                case model.LiteralExpression() as box:
                    self._literal(decision, box, parts["facts"])
                case None:
                    self._problem(decision.at, "no-logic", "没有规则", "has no logic")
                case box:
                    self._problem(box.at, "not-a-table", "不是决策表，请改写", f"is a {box.at.element}, not a table")
        for knowledge in (*self.definitions.knowledge, *self.definitions.services):
            self._problem(knowledge.at, "function", "事项文件没有函数", "is a function, which a service file has not")
        found: dict[str, Any] = {part: content for part, content in parts.items() if content}
        return Drafted(found if eligible is None else {**found, "eligible": eligible}, tuple(self.problems))

    def _problem(self, at: At, code: str, zh: str, en: str) -> None:
        place = f"{self.file}:{at.line}: {at.element} {at.id}".rstrip()
        self.problems.append(Problem(f"dmn-{code}", Text(f"未导入：{zh}", f"Not imported: {en}"), place))

    # --- facts -------------------------------------------------------------------------------------------

    def _fact(self, one: model.InputData) -> dict[str, Any]:
        said = one.description or one.name
        item = self._items.get(one.variable.type or "")
        kind = item.type if item is not None else one.variable.type
        choices = _choices(item)
        if choices:
            listed = [{"value": value, "name": value} for value in choices]
            return {"type": "enum", "name": said, "ask": said, "choices": listed}
        return {"type": _TYPES.get(kind or "", "text"), "name": said, "ask": said}

    def _literal(self, decision: model.Decision, box: model.LiteralExpression, facts: dict[str, Any]) -> None:
        name = self._names.new(decision.variable.name)
        if name == SITUATION or _is_part(decision):
            return  # a service file has situations of its own; the outputs of a table are known by name anyway
        kind = _TYPES.get(decision.variable.type or "", "text")
        facts[name] = {"type": kind, "name": _said(decision), "derive": self._expression(box.feel)}

    # --- tables ------------------------------------------------------------------------------------------

    def _table(self, decision: model.Decision, box: model.DecisionTable) -> dict[str, Any]:
        outputs = [self._output(output, decision) for output in box.outputs]
        rows = [
            [*self._cells(rule), *map(self._result, rule.outputs, outputs), *_meta(box, rule)] for rule in box.rules
        ]
        for output in box.outputs:
            if output.default is not None:
                self._problem(output.at, "default", "默认结果", "the default output; add a row for it")
        said = _said(decision)
        named = {"name": said} if said != decision.name else {}
        return {**named, **self._head(box), "outputs": outputs, "rows": rows}

    def _eligible(self, decision: model.Decision, box: model.DecisionTable) -> dict[str, Any]:
        rows: list[list[Any]] = []
        for rule in box.rules:
            outcome = self._constant(rule.outputs[0])
            notes = dict(zip(box.annotations, rule.annotations, strict=False))
            said = {lang: notes[lang] for lang in ("zh", "en") if notes.get(lang)}
            cell = outcome if outcome == "eligible" else {outcome: said if len(said) == 2 else said.get("zh", "")}
            rows.append([*self._cells(rule), cell, *_meta(box, rule)])
        said = _said(decision)
        named = {"name": said} if said != decision.name else {}
        return {**named, **self._head(box), "rows": rows}

    def _head(self, box: model.DecisionTable) -> dict[str, Any]:
        return {"hit": _HIT_NAMES[box.hit], "inputs": [self._expression(column.expression) for column in box.inputs]}

    def _output(self, output: model.OutputClause, decision: model.Decision) -> dict[str, Any]:
        about = _about(output.extensions)
        label = {lang: about[lang] for lang in ("zh", "en") if lang in about} or output.label
        values = [self._plain(value) for value in self._listed(output.values)]
        kind = about.get("type") or _TYPES.get(output.type or "", "text")
        made = {
            "name": self._names.new(output.name or decision.variable.name),
            "label": label,
            "type": kind,
            "unit": about.get("unit", ""),
            "values": values,
        }
        return {key: value for key, value in made.items() if value}

    def _cells(self, rule: model.Rule) -> Iterator[Any]:
        for cell in rule.inputs:
            text = _unguarded(self._cell(cell))
            yield {"true": True, "false": False}.get(text, int(text) if re.fullmatch(r"\d{1,15}", text) else text)

    def _result(self, cell: model.Feel, output: Mapping[str, Any]) -> Any:
        """A result as its YAML reads: a plain value where it is constant, else FEEL."""
        text = self._expression(cell)
        constant = self._constant(cell)
        if output["type"] != "text":
            return constant if isinstance(constant, bool | int) else text
        if isinstance(constant, str) and not constant.startswith('"'):
            return constant
        return text if text.startswith('"') else f'"" + ({text})'

    # --- texts -------------------------------------------------------------------------------------------

    def _expression(self, feel: model.Feel) -> str:
        return self._renamed(feel, cell=False)

    def _cell(self, feel: model.Feel) -> str:
        return self._renamed(feel, cell=True)

    def _renamed(self, feel: model.Feel, *, cell: bool) -> str:
        try:
            return self._names.cell(feel.text) if cell else self._names.expression(feel.text)
        except rules.RuleSyntaxError as error:
            place = f"{self.file}:{feel.at.line}: {feel.at.element} {feel.at.id}, {error.position}"
            self.problems.append(Problem(f"feel-{error.code}", Text(error.zh, error.en), place))
            return feel.text.strip()

    def _constant(self, feel: model.Feel) -> Any:
        try:
            return self._plain(rules.compile_expression(feel.text, ()).evaluate({}))
        except rules.RuleSyntaxError:
            return None

    def _listed(self, feel: model.Feel | None) -> list[Any]:
        if feel is None:
            return []
        try:
            values = rules.compile_expression(f"[{feel.text}]", ()).evaluate({})
        except rules.RuleSyntaxError:
            return []
        return values if is_list(values) else []

    @staticmethod
    def _plain(value: Any) -> Any:
        """A constant as YAML writes it; a number that is not whole stays FEEL, so that no digit is lost."""
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else None
        return value if isinstance(value, str | bool) else None


def _is_eligible(decision: model.Decision, box: model.DecisionTable) -> bool:
    named = decision.id == ELIGIBLE and [output.name for output in box.outputs] == [OUTCOME]
    values = {f'"{outcome}"' for outcome in RULED_OUTCOMES}
    return named and all(rule.outputs[0].text.strip() in values for rule in box.rules)


def _is_part(decision: model.Decision) -> bool:
    """Whether a decision only takes one output of a table of ours."""
    return re.fullmatch(r"(tables|amounts)\.[a-z0-9-]+\.[a-z0-9_]+", decision.id) is not None


def _place(decision: model.Decision) -> tuple[str, str]:
    """The part of a service file and the slug of a table."""
    if own := _OWN_ID.fullmatch(decision.id):
        return own[1], own[2]
    slug = re.sub(r"[^a-z0-9]+", "-", decision.name.casefold()).strip("-")
    return "tables", slug if re.match(r"[a-z]", slug) else f"table-{slug or decision.at.line}"


def _about(extensions: Iterable[model.Extension]) -> dict[str, str]:
    """What our export says beside the standard."""
    return {key: text for one in extensions if one.namespace == VOCABULARY for key, text in one.attributes}


def _said(decision: model.Decision) -> Any:
    """The name in both languages if the model carries them."""
    about = _about(decision.extensions)
    said = {lang: about[lang] for lang in ("zh", "en") if about.get(lang)}
    return said if len(said) == 2 else said.get("zh", decision.name)


def _meta(box: model.DecisionTable, rule: model.Rule) -> list[dict[str, str]]:
    """The law and the note of a row; annotations of other names and the description go into the note."""
    named = dict(zip(box.annotations, rule.annotations, strict=False))
    law = named.get("law", "")
    others = (text for name, text in named.items() if name not in ("law", "zh", "en"))
    note = "; ".join(filter(None, (*others, rule.description)))
    meta = {key: text for key, text in (("law", law), ("note", note)) if text}
    return [meta] if meta else []


def _choices(item: model.ItemDefinition | None) -> list[str]:
    """The texts that a type allows, if it is a list of texts."""
    if item is None or item.allowed is None or item.type != "string":
        return []
    try:
        values = rules.compile_expression(f"[{item.allowed.text}]", ()).evaluate({})
    except rules.RuleSyntaxError:
        return []
    return [value for value in values if isinstance(value, str)] if is_list(values) else []


def _unguarded(cell: str) -> str:
    """The cell that the export wrote with a guard against null."""
    found = _GUARD.fullmatch(cell)
    if found is None:
        return cell
    return f"not({found[2]})" if found[1] else found[2]


# --- YAML ------------------------------------------------------------------------------------------------


def _lines(parts: Mapping[str, Any]) -> Iterator[str]:
    for part, content in parts.items():
        if isinstance(content, str):
            yield f"{part}: {_flow(content)}\n"
            continue
        yield f"{part}:\n"
        tables = {"": content} if part == "eligible" else content
        for slug, table in tables.items():
            indent = "  "
            if part in ("facts", "parameters"):
                yield f"  {slug}: {_flow(table)}\n"
                continue
            if slug:
                yield f"  {slug}:\n"
                indent = "    "
            for key, value in table.items():
                if key == "rows":
                    yield f"{indent}rows:\n"
                    yield from (f"{indent}  - {_flow(row)}\n" for row in value)
                else:
                    yield f"{indent}{key}: {_flow(value)}\n"


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...").strip()
