"""Which parameters a decision rests on: those that the rows which counted read, directly or through derived facts."""

from collections.abc import Iterator

from tongban import rules
from tongban.catalog.compile import Compiled, FactStep, Step, TableStep, gives, needs
from tongban.catalog.parameters import Applied
from tongban.catalog.run import Run
from tongban.catalog.tables import Ruling, mentioned


def used(compiled: Compiled, run: Run) -> tuple[Applied, ...]:
    """The parameters that the decisions of `run` rest on, in the order of the file.

    Of a table that decided, only the rows that matched count: an amount that only another row would have paid is no
    ground of this decision. Where no row matched, all are its ground.
    """
    if not run.applied:
        return ()
    steps = (*compiled.first, *compiled.later)
    rulings = {id(step.table.table): step.table for step in steps if isinstance(step, TableStep)}
    rulings[id(compiled.eligible.table)] = compiled.eligible
    wanted = set(compiled.service.result.shows)
    for decision in run.decisions:
        wanted.update(_read(rulings[id(decision.table)], decision))
    found = _closure(steps, wanted)
    return tuple(one for name, one in run.applied.items() if name in found)


def _read(ruling: Ruling, decision: rules.Decision) -> Iterator[str]:
    if not decision.matched:
        yield from ruling.names
        return
    for row in decision.matched:
        cells = zip(ruling.table.cells[row - 1], ruling.reads[row - 1], strict=True)
        for cell, names in cells:
            yield from () if cell.anything else names
        for output in ruling.table.rows[row - 1].outputs:
            yield from mentioned(output) if isinstance(output, str) else ()


def _closure(steps: tuple[Step, ...], wanted: set[str]) -> set[str]:
    """`wanted` with all that it is derived from; what a table gives has been followed row by row already."""
    givers = {name: step for step in steps if not isinstance(step, TableStep) for name in gives(step)}
    found: set[str] = set()
    todo = list(wanted)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            step = givers.get(name)
            todo += needs(step) if step is not None and not _asked(step) else ()
    return found


def _asked(step: Step) -> bool:
    return isinstance(step, FactStep) and step.derive is None and step.when is None
