"""From decision tables to SQL: a decision tree as one nested CASE, or, where a tree would be too large, every row as
a condition of its own and the hits counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations

from tongban.rules.tables.model import HitPolicy

from .ir import CONFLICT, NO_ROW, UNSETTLED, Anything, Cell, Column, Decide, Row, Span, Within
from .nodes import OTHER, And, Comparison, Const, Expr, Kind, Ref, Type
from .regrow import mapped, shared
from .sheet import LISTED, among, by_any_code, by_row, literal, quoted
from .tree import AGGREGATES, Branch, Leaf, Split, Tree, condition, leaves, plan
from .typed import type_of, wide
from .waiting import waiting
from .write import JOINED, Writer

LEAST_LISTED = 4
"""A choice between fewer codes than this is a CASE."""
FEW = 4
"""A table that says no more different things than this is asked in a CASE, which costs half as much as a list."""
MOST_DIRECT = 40
"""With more leaves than this an output is looked up by the number of its row."""
LEAVES_A_BIT = 12
"""With more leaves for each row than this the rows of a table that aggregates are looked at one by one."""
MOST_SUMS = 7
"""The sums of so many constant results are listed for every set of rows that may match."""
SMALL_BITS = 31
"""Bits that fit into 32 bits with their sign."""
MOST_BITS = 62
"""Rows of a table whose matching rows are kept as bits."""


class TableWriter:
    """Writes the columns of one table: the row, the outputs, the facts that an open table waits for."""

    def __init__(
        self, writer: Writer, table: Decide, mask: Callable[[Sequence[str]], str], *, conditional: bool
    ) -> None:
        self.writer, self.mask, self.table, self.conditional = writer, mask, table, conditional
        self.aggregate = table.hit in AGGREGATES
        for column in table.columns:
            writer.share(column.value)

    # --- the row -----------------------------------------------------------------------------------------

    def row(self) -> str:
        """The number of the row (or what stands for none); the matching rows as bits where a table aggregates."""
        tree = self.planned
        if tree is None:
            return self.flat()
        return self.joined(tree) or self.tree(tree, str)

    @cached_property
    def planned(self) -> Tree | None:
        """The table as a tree, if it is worth its text."""
        found = plan(self.table)
        large = found is None or (self.aggregate and found.leaves > LEAVES_A_BIT * len(self.table.rows))
        return None if found is None or large else shared(found.tree)

    def tree(self, tree: Tree, said: Callable[[int], str]) -> str:
        """A tree as one CASE; `said` writes an outcome."""
        if isinstance(tree, Leaf):
            return said(tree.outcome)
        listed = self.listed(tree, said)
        if listed is not None:
            return listed
        cases = [(test, self.tree(branch.then, said)) for test, branch in tests(tree, self.writer)]
        if tree.unknown is not None:
            name, then = tree.unknown
            cases.append((self.writer.unknown(name), self.tree(then, said)))
        otherwise = self.tree(tree.null, said)
        while cases and cases[-1][1] == otherwise:
            cases.pop()
        said_so = " ".join(f"WHEN {test} THEN {then}" for test, then in cases)
        return f"CASE {said_so} ELSE {otherwise} END" if cases else otherwise

    def listed(self, tree: Split, said: Callable[[int], str]) -> str | None:
        """A look at one choice after which the row is known: a list of rows by code."""
        codes = len(type_of(tree.value).values)
        if said is not str or not _is_list(tree) or not LEAST_LISTED <= codes <= LISTED:
            return None
        rows: dict[int, str] = {}
        for branch in tree.branches:
            for span in branch.spans:
                low, high = OTHER if span.low is None else span.low, codes - 1 if span.high is None else span.high
                rows |= dict.fromkeys(range(low, high + 1), self.tree(branch.then, said))
        outcomes = [rows.get(code, str(NO_ROW)) for code in range(OTHER, codes)]
        value = self.writer.write(tree.value)
        found = by_any_code(value, outcomes, self.writer.sheet.dialect)
        return f"CASE WHEN {value} IS NULL THEN {self.tree(tree.null, said)} ELSE {found} END"

    def joined(self, tree: Tree) -> str | None:
        """A table that looks at one text only, in many parts: joined as a table of constants."""
        if not isinstance(tree, Split) or tree.unknown is not None or not isinstance(tree.null, Leaf):
            return None
        leaves = [(branch, branch.then) for branch in tree.branches]
        if tree.kind is not Kind.TEXT or not all(isinstance(leaf, Leaf) for _, leaf in leaves):
            return None
        pairs: list[tuple[str, str]] = []
        rest = None
        for branch, leaf in leaves:
            outcome = self.tree(leaf, str)
            rest = outcome if branch.rest else rest
            pairs += [(quoted(text), outcome) for text in branch.texts if not branch.rest]
        if len(pairs) < JOINED:
            return None
        value, sheet = tree.value, self.writer.sheet
        name = sheet.join(self.writer.fresh(), self.writer.write(value), tuple(pairs))
        found, looked_at = sheet.read(name), self.writer.write(value)
        other = f" WHEN {looked_at} IS NOT NULL THEN {rest}" if rest is not None else ""
        return f"CASE WHEN {found} IS NOT NULL THEN {found}{other} ELSE {self.tree(tree.null, str)} END"

    def flat(self) -> str:
        """Every row by itself: true, false, or null while it is open."""
        holds = {row.number: self.hold(row) for row in self.table.rows}
        if self.aggregate:
            kind = "INTEGER" if len(holds) < SMALL_BITS else "BIGINT"
            bits = " + ".join(f"CAST({hold} AS {kind}) * {1 << (n - 1)}" for n, hold in holds.items())
            return f"COALESCE({bits}, {UNSETTLED})"  # one open row leaves the sum open
        is_open = "(" + " OR ".join(f"{hold} IS NULL" for hold in holds.values()) + ")"
        if self.table.hit is HitPolicy.FIRST:
            cases = [f"WHEN {hold} THEN {n} WHEN {hold} IS NULL THEN {UNSETTLED}" for n, hold in holds.items()]
            return f"CASE {' '.join(cases)} ELSE 0 END"
        conflict = self.conflict(holds)
        order = self.table.order or tuple(holds)
        cases = [f"WHEN {holds[number]} THEN {number}" for number in order]
        return f"CASE WHEN {is_open} THEN {UNSETTLED} {conflict} {' '.join(cases)} ELSE 0 END"

    def conflict(self, holds: dict[int, str]) -> str:
        """More than one row (UNIQUE), or rows that say different things (ANY)."""
        if self.table.hit is HitPolicy.ANY:
            pairs = [self.differ(a, b, holds) for a, b in combinations(self.table.rows, 2)]
            tests = [pair for pair in pairs if pair]
            return f"WHEN {' OR '.join(tests)} THEN {CONFLICT}" if tests else ""
        if self.table.hit is not HitPolicy.UNIQUE:
            return ""
        counted = " + ".join(f"CASE WHEN {hold} THEN 1 ELSE 0 END" for hold in holds.values())
        return f"WHEN {counted} > 1 THEN {CONFLICT}"

    def differ(self, a: Row, b: Row, holds: dict[int, str]) -> str:
        """Whether two rows match that say different things; empty if they never say different things."""
        pairs = [(x, y) for x, y in zip(a.results, b.results, strict=True) if x != y]
        write = self.writer.write
        tests = [f"({write(x)}) IS DISTINCT FROM ({write(y)})" for x, y in pairs]
        return f"({holds[a.number]} AND {holds[b.number]} AND ({' OR '.join(tests)}))" if tests else ""

    def hold(self, row: Row) -> str:
        """Whether a row holds, as a column."""
        return self.writer.hidden(self.writer.write(self.row_condition(row)))

    def row_condition(self, row: Row) -> Expr:
        tested = [(cell, column) for cell, column in self.cells(row) if not isinstance(cell.test, Anything)]
        items = tuple(condition(cell, column) for cell, column in tested)
        return items[0] if len(items) == 1 else And(items) if items else _TRUE

    def cells(self, row: Row) -> list[tuple[Cell, Column]]:
        return list(zip(row.cells, self.table.columns, strict=True))

    # --- outputs -----------------------------------------------------------------------------------------

    def output(self, index: int, row: str, of: Type) -> str:
        """The value of an output, from the row that counts."""
        if self.aggregate:
            return self.aggregated(index, row, of)
        groups: dict[Expr, list[int]] = {}
        for one in self.table.rows:
            groups.setdefault(one.results[index], []).append(one.number)
        if all(map(_known, groups)) and len(self.table.rows) <= LISTED:
            results = [self.writer.write(one.results[index]) for one in self.table.rows]
            direct = self.direct(dict(enumerate(results, 1)), of)
            if direct is not None:
                return direct
            found = by_row(row, results, self.writer.sheet.dialect)
            if len(groups) > FEW:
                return found
            cases = [f"WHEN {among(row, n)} THEN {self.writer.write(result)}" for result, n in groups.items()]
            return f"CASE {' '.join(cases)} ELSE {found} END"  # the list is for nobody but those without a row
        if len(groups) == 1:
            (result,) = groups
            return f"CASE WHEN {row} > 0 THEN {self.writer.write(result)} END"
        cases = [f"WHEN {among(row, numbers)} THEN {self.writer.write(result)}" for result, numbers in groups.items()]
        return f"CASE {' '.join(cases)} END"

    def by_row(self, index: int) -> bool:
        """Whether an output is looked up by the row, and there whenever there is a row."""
        results = all(_known(one.results[index]) for one in self.table.rows)
        tree = self.planned
        return results and not self.aggregate and not self.conditional and tree is not None and _is_list(tree)

    def gives_zero(self, index: int) -> bool:
        """Whether some row gives 0."""
        results = (one.results[index] for one in self.table.rows)
        return any(isinstance(result, Const) and result.value == 0 for result in results)

    def rows_by_code(self, index: int) -> dict[int, list[int]]:
        """For an output that is a choice, the rows that give each code."""
        found: dict[int, list[int]] = {}
        for one in self.table.rows:
            found.setdefault(_whole(one.results[index]), []).append(one.number)
        return found

    def direct(self, said: Mapping[int, str], of: Type) -> str | None:
        """What the rows say, by the outcome of the tree, looked up in the tree itself; None where it is too large, or
        looks at one choice only, so that the row is found in a list as fast.

        Who needs the output only then works out no row, and leaves early: most rows of most tables give nothing."""
        tree = self.planned
        if tree is None or self.conditional or isinstance(tree, Leaf) or _is_list(tree):
            return None
        values = list(dict.fromkeys(said.values()))
        places = {outcome: values.index(text) for outcome, text in said.items()}
        tree = shared(mapped(tree, lambda outcome: places.get(outcome, -1)))
        if sum(1 for _ in leaves(tree)) > MOST_DIRECT:
            return None
        null = self.writer.nil(of, values[0])
        return self.tree(tree, lambda place: null if place < 0 else values[place])

    def aggregated(self, index: int, row: str, of: Type) -> str:
        if self.table.hit is HitPolicy.COUNT:
            return f"CASE WHEN {row} >= 0 THEN CAST(bit_count(CAST({row} AS BIGINT)) AS BIGINT) END"
        hits = [(f"({row} & {1 << (one.number - 1)}) <> 0", one.results[index]) for one in self.table.rows]
        results = [one.results[index] for one in self.table.rows]
        if self.table.hit is HitPolicy.SUM and len(results) <= MOST_SUMS and all(map(_known, results)):
            amounts = list(map(_whole, results))
            sets = range(1, 1 << len(amounts))
            sums = [str(sum(one for bit, one in enumerate(amounts) if rows >> bit & 1)) for rows in sets]
            return self.direct(dict(enumerate(sums, 1)), of) or by_row(row, sums, self.writer.sheet.dialect)
        if self.table.hit is HitPolicy.SUM:
            parts = " + ".join(
                f"CASE WHEN {hit} THEN {self.writer.value(r, of if wide(of) else None)} ELSE 0 END" for hit, r in hits
            )
            return f"CASE WHEN {row} > 0 THEN {parts} END"
        name = "greatest" if self.table.hit is HitPolicy.MAX else "least"
        nulls = [f"({hit} AND {self.writer.write(r)} IS NULL)" for hit, r in hits if not isinstance(r, Const)]
        nulls += [hit for hit, r in hits if isinstance(r, Const) and r.value is None]
        items = ", ".join(f"CASE WHEN {hit} THEN {self.writer.write(r)} END" for hit, r in hits)
        extreme = f"{name}({items})" if len(hits) > 1 else items
        undefined = f" WHEN {' OR '.join(nulls)} THEN NULL" if nulls else ""
        return f"CASE WHEN {row} IS NULL OR {row} <= 0 THEN NULL{undefined} ELSE {extreme} END"

    # --- what is missing ---------------------------------------------------------------------------------

    def waits(self) -> str:
        """The facts that the open cells of the open rows wait for, as bits."""
        tree = waiting(self.table)
        if tree is not None:
            masks = [[mask for names in waits if (mask := self.mask(names))] for waits in tree.waits]
            texts = [" | ".join(dict.fromkeys(mask)) or "0" for mask in masks]
            return self.tree(mapped(tree.tree, lambda place: texts.index(texts[place])), lambda place: texts[place])
        parts: list[str] = []
        for row in self.table.rows:
            found = [self.cell_waits(cell, column) for cell, column in self.cells(row)]
            found = [text for text in found if text]
            if found:
                holds = self.writer.write(self.row_condition(row))
                parts.append(f"CASE WHEN {holds} IS NULL THEN {' | '.join(found)} ELSE 0 END")
        return " | ".join(dict.fromkeys(parts)) or "0"

    def cell_waits(self, cell: Cell, column: Column) -> str:
        mask = self.mask(cell.waits)
        if not mask or isinstance(cell.test, Anything):
            return ""
        plain = isinstance(column.value, Ref) and isinstance(cell.test, Within) and cell.test.null is None
        if plain and cell.opens == cell.waits and len(cell.waits) == 1:
            return mask  # a fact that is known waits for nothing
        return f"CASE WHEN {self.writer.write(condition(cell, column))} IS NULL THEN {mask} ELSE 0 END"


def _is_list(tree: Tree) -> bool:
    """Whether a tree looks at one choice and then knows the outcome."""
    if not isinstance(tree, Split) or tree.kind is not Kind.CODE or tree.unknown is not None:
        return False
    return isinstance(tree.null, Leaf) and all(isinstance(branch.then, Leaf) for branch in tree.branches)


_TRUE = Const(True, Type(Kind.BOOLEAN))


def _known(result: Expr) -> bool:
    return isinstance(result, Const) and result.value is not None


def _whole(result: Expr) -> int:
    return result.value if isinstance(result, Const) and isinstance(result.value, int) else 0


def tests(split: Split, writer: Writer) -> list[tuple[str, Branch]]:
    """The condition of each branch; a later one need not repeat what an earlier one took."""
    value = writer.write(split.value)
    if split.kind is Kind.BOOLEAN:
        true_first = sorted(split.branches, key=lambda branch: branch.spans[0].low != 1)
        return [(_truth(branch, value, first=not n), branch) for n, branch in enumerate(true_first)]
    if split.kind in (Kind.CODE, Kind.TEXT):
        return _by_rows(split, writer) or _listed(split, value)
    ordered = sorted(split.branches, key=lambda b: (b.spans[0].low is not None, b.spans[0].low or 0))
    if split.kind is Kind.DATE and all(len(branch.spans) == 1 for branch in ordered):
        return _latest_first(ordered[::-1], value, split, writer)
    found: list[tuple[str, Branch]] = []
    for index, branch in enumerate(ordered):
        if index == len(ordered) - 1:
            found.append((writer.known(split.value), branch))
            continue
        taken = [span for earlier in ordered[:index] for span in earlier.spans]
        conditions = [_between(span, taken, split, writer) for span in branch.spans]
        found.append((" OR ".join(conditions), branch))
    return found


def _truth(branch: Branch, value: str, *, first: bool) -> str:
    """The condition of a branch on a boolean: true (1), false (0), or either; what is not true after the first."""
    span = branch.spans[0]
    if span.low == 1:
        return value
    return f"NOT {value}" if first and span.high == 0 else f"{value} IS NOT NULL"


def _by_rows(split: Split, writer: Writer) -> list[tuple[str, Branch]]:
    """A choice that a table made, told by the rows of the table; empty for any other."""
    of_name = writer.rows.get(split.value.name) if isinstance(split.value, Ref) else None
    if of_name is None:
        return []
    row, numbers = of_name
    found: list[tuple[str, Branch]] = []
    for branch in sorted(split.branches, key=lambda b: b.rest):
        codes = [code for span in branch.spans for code in range(span.low or 0, (span.high or 0) + 1)]
        rows = [number for code in codes for number in numbers.get(code, ())]
        if rows or branch.rest:
            found.append((f"{row} > 0" if branch.rest else among(row, rows), branch))
    return found


def _listed(split: Split, value: str) -> list[tuple[str, Branch]]:
    found: list[tuple[str, Branch]] = []
    for branch in sorted(split.branches, key=lambda b: b.rest):
        if branch.rest:
            found.append((f"{value} IS NOT NULL", branch))
            continue
        codes = [code for span in branch.spans for code in range(span.low or 0, (span.high or 0) + 1)]
        texts = [f"{value} = {quoted(text)}" for text in branch.texts]
        found.append((among(value, codes) if codes else " OR ".join(texts), branch))
    return found


def _between(span: Span, taken: Sequence[Span], split: Split, writer: Writer) -> str:
    """Whether the value lies in a span, its lower end left out where all below is taken already."""
    value, of = split.value, type_of(split.value)
    below = span.low is not None and not _covers(taken, span.low - 1, of.low)
    if span.low is not None and span.low == span.high and below:
        return writer.compared(value, Comparison.EQUAL, span.low)
    parts: list[str] = []
    if span.low is not None and below:
        parts.append(writer.compared(value, Comparison.AT_LEAST, span.low))
    if span.high is not None and of.kind is Kind.DATE:
        parts.append(writer.compared(value, Comparison.AT_MOST, span.high))
    elif span.high is not None:
        parts.append(writer.compared(value, Comparison.LESS, span.high + 1))
    return " AND ".join(parts) or writer.known(value)


def _latest_first(branches: Sequence[Branch], value: str, split: Split, writer: Writer) -> list[tuple[str, Branch]]:
    """Dates from the latest on, as most people were born after the birthdays that rules of age name."""
    *later, first = branches
    of = replace(type_of(split.value), low=None, high=None)
    tests = [(f"{value} >= {literal(branch.spans[0].low, of, writer.sheet.dialect)}", branch) for branch in later]
    return [*tests, (f"{value} IS NOT NULL", first)]


def _covers(taken: Sequence[Span], high: int, low: int | None) -> bool:
    """Whether the spans hold every value from `low` up to `high`."""
    from .lower_tables import merged

    whole = merged(taken)
    if not whole:
        return low is not None and high < low
    first = whole[0]
    starts = first.low is None or (low is not None and first.low <= low)
    return starts and (first.high is None or first.high >= high)
