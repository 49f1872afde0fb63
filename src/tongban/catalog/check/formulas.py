"""Rules about formulas and conditions: exact to the cent, of types that fit, at one with each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from tongban.base.i18n import Text
from tongban.catalog.check.decisions import rulings
from tongban.catalog.check.people import title
from tongban.catalog.check.registry import Said, View, compiled, service_lint
from tongban.catalog.compile import Compiled, CountsStep, FactStep, ParameterStep, SituationStep, TableStep
from tongban.catalog.findings import Path, path_text
from tongban.catalog.model import Service
from tongban.catalog.strict import Strict
from tongban.catalog.tables import COUNTS_ON, FEEL_TYPES, Names, Ruling
from tongban.rules.analysis import Stated, disagreements, divides_first, in_cell, in_expression, infer, named, spoken
from tongban.rules.feel.errors import Code, sentence
from tongban.rules.feel.syntax import Node
from tongban.rules.feel.text import feel_text
from tongban.rules.feel.values import type_name


@dataclass(frozen=True, slots=True)
class _Formula:
    """An expression of a service file, with the FEEL type that it must have ("" where any will do)."""

    path: Path
    node: Node
    wanted: str = ""


def _formulas(view: View[Service]) -> Iterator[_Formula]:
    """Every expression outside of cells: facts, conditions of situations and materials, columns, results."""
    made = compiled(view)[0]
    if made is None:
        return  # told by the rule `expression`
    for step in (*made.first, *made.later):
        match step:
            case FactStep(name=name, fact=fact, when=when, derive=derive):
                yield from _strict(when, ("facts", name, "when"), "boolean")
                yield from _strict(derive, ("facts", name, "derive"), FEEL_TYPES[fact.type])
            case SituationStep(choices=choices):
                for index, (_, when) in enumerate(choices):
                    yield from _strict(when, ("situations", index, "when"), "boolean")
            case CountsStep(chosen=chosen):
                yield from _strict(chosen, (COUNTS_ON,), "date")
            case TableStep() | ParameterStep():
                pass
            case _:
                assert_never(step)
    for index, (_, when) in enumerate(made.competence):
        yield from _strict(when, ("competence", index, "when"), "boolean")
    for index, (_, when) in enumerate(made.together):
        yield from _strict(when, ("together", index, "when"), "boolean")
    for slug, _, when in made.materials:
        yield from _strict(when, ("materials", slug, "when"), "boolean")
    for path, ruling in rulings(made):
        yield from _of_table(path, ruling)


def _strict(made: Strict | None, path: Path, wanted: str = "") -> Iterator[_Formula]:
    if made is not None:
        yield _Formula(path, made.node, wanted)


def _of_table(path: Path, ruling: Ruling) -> Iterator[_Formula]:
    columns = dict(ruling.columns)
    for index, column in enumerate(ruling.table.inputs):
        yield from _strict(columns.get(column.expression), (*path, "inputs", index))
    types = [output.type for output in ruling.table.outputs]
    for number, row in enumerate(spoken(ruling.table)):
        for place, (output, wanted) in enumerate(zip(row, types, strict=True), len(ruling.table.inputs)):
            if output.tree is not None:
                yield _Formula((*path, "rows", number, place), output.tree, wanted)


@service_lint(
    "divide-before-multiply",
    "warning",
    "先乘后除，免得丢分",
    "Multiply before you divide, or a cent is lost",
)
def divide_before_multiply(view: View[Service]) -> Iterator[Said]:
    for formula in _formulas(view):
        for quotient in divides_first(formula.node):
            said = Text(
                "先除后乘会丢掉尾数，请改成先乘后除", "Dividing first loses digits; multiply first, divide last"
            )
            yield Said(said, formula.path, quotient.at[0])


@service_lint(
    "formula-type",
    "error",
    "公式里的数、日期、文字不能混用",
    "Numbers, dates and texts do not mix in a formula",
    law="DMN 1.5 10.3.2.9",
)
def formula_type(view: View[Service]) -> Iterator[Said]:
    names = Names.of(view.file).types
    for formula in _formulas(view):
        types, misfits = infer(formula.node, names)
        for misfit in misfits:
            yield Said(Text(misfit.zh, misfit.en), formula.path, misfit.node.at[0])
        if formula.wanted and types is not None and formula.wanted not in types:
            zh, en = sentence(Code.RESULT_TYPE, formula.wanted, ", ".join(sorted(types)))
            yield Said(Text(zh, en), formula.path, formula.node.at[0])
    made = compiled(view)[0]
    for path, ruling in rulings(made) if made is not None else ():
        yield from _columns(path, ruling, names)


def _columns(path: Path, ruling: Ruling, names: Mapping[str, str]) -> Iterator[Said]:
    """Cells that can never match what their computed column gives. (Other columns are told by `expression`.)"""
    for index, column in enumerate(ruling.table.inputs):
        formula = dict(ruling.columns).get(column.expression)
        types = infer(formula.node, names)[0] if formula is not None else None
        if types is None:
            continue
        for row, cells in enumerate(ruling.table.cells):
            for value in named(cells[index]).values:
                if type_name(value) not in types:
                    zh, en = sentence(Code.CELL_TYPE, ", ".join(sorted(types)), feel_text(value))
                    yield Said(Text(zh, en), (*path, "rows", row, index))


# --- thresholds ------------------------------------------------------------------------------------------


@service_lint(
    "threshold-differs",
    "warning",
    "同一条线在各处要划在同一边",
    "A threshold is drawn on the same side everywhere",
)
def threshold_differs(view: View[Service]) -> Iterator[Said]:
    made = compiled(view)[0]
    if made is None:
        return
    places = list(_places(view, made))
    for found in disagreements([stated for _, stated in places]):
        (first, _), (second, _) = places[found.first], places[found.second]
        name_zh, name_en = title(view.file, found.one.fact)
        one, other = _side(found.one), _side(found.other)
        zh = f"{name_zh}到 {found.one.text} 这条线，这里算{other[0]}，{path_text(first)} 却算{one[0]}"
        en = f"{name_en} {found.one.text} counts {other[1]} here and {one[1]} in {path_text(first)}"
        yield Said(Text(zh, en), second)


def _places(view: View[Service], made: Compiled) -> Iterator[tuple[Path, list[Stated]]]:
    """Each table, and each formula, with the thresholds that it states."""
    for path, ruling in rulings(made):
        heads = [column.expression for column in ruling.table.inputs]
        cells = {(head, cell.text): cell for row in ruling.table.cells for head, cell in zip(heads, row, strict=True)}
        yield path, [one for (head, _), cell in cells.items() for one in in_cell(cell.tree, head)]
    for formula in _formulas(view):
        yield formula.path, list(in_expression(formula.node))


def _side(stated: Stated) -> tuple[str, str]:
    return ("上面那档", "as above") if stated.above else ("下面那档", "as below")
