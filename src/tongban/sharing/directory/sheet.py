"""The list as one sheet (CSV) that a department's officer edits in a spreadsheet: one row for each field.

What belongs to the whole entry stands in its first row; a later row may leave it empty or repeat it. A column is named
in Chinese and by a word that programs read: `共享属性 attribute`; the word alone is enough. Values that are chosen from
a list are written in Chinese (`有条件共享`) and read in Chinese or by their word. What is several lines (law,
conditions) is several lines of one cell, their parts set apart by `|`. What was written is read back the same.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import msgspec

from tongban.base.i18n import Text
from tongban.catalog.findings import Finding, Path, path_text, sort_findings
from tongban.catalog.schema import schema_of
from tongban.sharing.directory.cells import Tree, WrongCell
from tongban.sharing.directory.columns import COLUMNS, ENTRY, FIELD, RECORD, Column, get, put
from tongban.sharing.directory.entries import ENTRY_RULES, Entry
from tongban.sharing.directory.model import Resource
from tongban.sharing.directory.registered import DataDirectory

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
"""First characters by which a spreadsheet takes a text for a formula; such a cell begins with an apostrophe."""
_ENCODINGS = ("utf-8-sig", "gb18030")
"""What spreadsheets here save as."""
_CODES = {column.code: column for column in COLUMNS}


# --- writing ------------------------------------------------------------------------------------------------


def write_sheet(resources: Iterable[Resource]) -> str:
    """Entries as CSV with a byte-order mark, by which spreadsheets know that it is UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.heading for column in COLUMNS])
    for resource in resources:
        writer.writerows(_rows(plain_tree(resource)))
    return "\ufeff" + out.getvalue()


def plain_tree(resource: Resource) -> Tree:
    """An entry in plain types, as its file has it; dates stay dates."""
    return msgspec.to_builtins(resource, builtin_types=(date,))


def _rows(tree: Tree) -> Iterator[list[str]]:
    entry = [_safe(column.write(get(tree, column.path))) for column in ENTRY]
    for name, record in tree["records"].items():
        head = [_safe(column.write(get({**record, "record": name}, column.path))) for column in RECORD]
        for key, item in record["elements"].items():
            yield [*entry, *head, *(_safe(column.write(get({**item, "field": key}, column.path))) for column in FIELD)]
            entry = [entry[0], *[""] * (len(ENTRY) - 1)]
            head = [head[0], *[""] * (len(RECORD) - 1)]


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RISKY) else cell


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Draft:
    """One entry as its rows build it up, and the line on which each part stands."""

    line: int
    tree: Tree
    lines: dict[tuple[str, ...], int] = field(default_factory=dict[tuple[str, ...], int])


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet says. `entries` are those that are sound as data; with an error in `findings` none is to be used."""

    entries: tuple[Resource, ...]
    findings: tuple[Finding, ...]


def read_sheet(data: bytes, directory: DataDirectory, path: str = "directory.csv") -> Sheet:
    """Entries from CSV: everything wrong with it at once, at its row and column.

    Rows are numbered as spreadsheets number them, the heading being 1: a cell with line breaks is one row.
    The rules about entries (`entries`) count as they do for files; elements are looked up in `directory`.
    """
    reader = _Reader(path)
    text = reader.decoded(data)
    drafts = reader.drafts(text) if text is not None else []
    entries = [made for draft in drafts if (made := reader.entry(draft)) is not None]
    beside = DataDirectory.build([*directory.resources.values(), *entries], directory.elements)
    by_id = {draft.tree["resource"]: draft for draft in drafts}
    for one in entries:
        for rule in ENTRY_RULES:
            for said in rule.find(Entry(one, beside)):
                severity = said.severity or rule.severity
                reader.say(severity, rule.code, said.text, by_id[one.id], said.path, rule.law)
    return Sheet(tuple(entries), tuple(sort_findings(reader.findings)))


class _Reader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self.columns: dict[int, Column] = {}
        self._places: dict[tuple[str, ...], int] = {}

    def note(self, code: str, zh: str, en: str, line: int = 1, column: int = 1) -> None:
        self.findings.append(Finding("error", code, Text(zh, en), self.path, line, column))

    def say(self, severity: Any, code: str, text: Text, draft: _Draft, path: Path, law: str = "") -> None:
        """A finding about a part of an entry, at the line and the column where that part stands."""
        line = next(
            (draft.lines[place] for place in _around(path) if place in draft.lines),
            draft.line,
        )
        column = next((self._places[place] for place in _around(_inside(path)) if place in self._places), 1)
        self.findings.append(Finding(severity, code, text, self.path, line, column, path_text(path), law))

    def decoded(self, data: bytes) -> str | None:
        if len(data) > MOST_BYTES:
            self.note("sheet-too-large", "文件超过5兆，请分成几个", "The file is larger than 5 MB; split it")
            return None
        for encoding in _ENCODINGS:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        self.note("sheet-encoding", "文件不是UTF-8，也不是GB18030编码", "The file is neither UTF-8 nor GB 18030")
        return None

    def drafts(self, text: str) -> list[_Draft]:
        """Rows put together to entries; what a row says wrongly is told and left out."""
        found: dict[str, _Draft] = {}
        now: _Draft | None = None
        record = ""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            for number, row in enumerate(reader):
                begins = number + 1
                if number == 0:
                    if not self._headings(row):
                        return []
                    continue
                if number > MOST_ROWS:
                    self.note("sheet-too-long", f"超过{MOST_ROWS}行，请分成几个文件", "Too many rows; split it", begins)
                    break
                cells = self._cells(row, begins)
                if not any(cells.values()):
                    continue
                resource = cells["resource"] or (now.tree["resource"] if now else "")
                if now is None or resource != now.tree["resource"]:
                    if not resource or resource in found:
                        self._lost(resource, begins)
                        continue
                    now = found[resource] = _Draft(begins, {"resource": resource, "law": [], "records": {}})
                    record = ""
                record = self._row(now, cells, record, begins)
        except csv.Error:
            self.note("sheet-broken", "表格有一处引号没有配对", "A quotation mark is not closed", reader.line_num)
        if not self.columns and not self.findings:
            self._headings(())
        return list(found.values())

    def _headings(self, row: Sequence[str]) -> bool:
        for place, cell in enumerate(row):
            code = cell.strip().rpartition(" ")[2]
            if code in _CODES:
                if _CODES[code] in self.columns.values():
                    self.note(
                        "column-twice", f"“{code}”这一列有两次", f"The column {code} is there twice", 1, place + 1
                    )
                self.columns[place] = _CODES[code]
            elif cell.strip():
                zh, en = f"不认识“{cell[:40]}”这一列", f"There is no column “{cell[:40]}”"
                self.note("column-unknown", zh, en, 1, place + 1)
        self._places = {
            (*prefix, *column.path): place + 1
            for place, column in self.columns.items()
            for prefix in [("field",) if column in FIELD else ("record",) if column in RECORD else ()]
        }
        missing = [c.heading for c in (ENTRY[0], RECORD[0], FIELD[0]) if c not in self.columns.values()]
        if missing:
            zh, en = f"缺少这几列：{'、'.join(missing)}", f"Columns are missing: {', '.join(missing)}"
            self.note("column-missing", zh, en)
        return not missing

    def _cells(self, row: Sequence[str], line: int) -> dict[str, str]:
        extra = [place for place, cell in enumerate(row) if cell and place not in self.columns]
        if extra:
            self.note("cell-astray", "这一格上面没有列名", "This cell has no column", line, extra[0] + 1)
        return {column.code: _unsafe(row[place]) if place < len(row) else "" for place, column in self.columns.items()}

    def _lost(self, resource: str, line: int) -> None:
        if resource:
            zh = f"“{resource}”前面已经有了；同一目录的各行要挨着"
            self.note("entry-twice", zh, f"{resource} stood above already; its rows belong together", line)
        else:
            self.note("entry-unnamed", "这一行没有目录代码", "This row names no entry", line)

    def _row(self, draft: _Draft, cells: dict[str, str], record: str, line: int) -> str:
        """One row into its entry; gives the record that the row belongs to."""
        self._take(draft, draft.tree, ENTRY[1:], cells, line, ())
        name, key = cells["record"] or record, cells["field"]
        if not name or not key:
            self.note("row-unnamed", "这一行没有写记录或者数据项", "This row names no record or no field", line)
            return name
        made = draft.tree["records"].setdefault(name, {"elements": {}})
        draft.lines.setdefault(("records", name), line)
        self._take(draft, made, RECORD[1:], cells, line, ("records", name))
        if key in made["elements"]:
            self.note("field-twice", f"“{key}”在这个记录里写了两次", f"{key} is in this record twice", line)
            return name
        item = made["elements"][key] = Tree()
        draft.lines["records", name, "elements", key] = line
        self._take(draft, item, FIELD[1:], cells, line, ("records", name, "elements", key))
        return name

    def _take(
        self,
        draft: _Draft,
        tree: Tree,
        columns: Sequence[Column],
        cells: dict[str, str],
        line: int,
        at: tuple[str, ...],
    ) -> None:
        for column in columns:
            cell = cells.get(column.code, "")
            if not cell:
                continue
            place = next(n for n, one in self.columns.items() if one is column) + 1
            try:
                value = column.read(cell)
            except WrongCell as wrong:
                self.note("cell-wrong", wrong.text.zh, wrong.text.en, line, place)
                draft.tree["_"] = None
                continue
            known = get(tree, column.path)
            if known is not None and known != [] and known != value:
                zh = f"“{column.name}”和这个目录前面写的不一样"
                self.note("cell-differs", zh, f"{column.code} differs from what stood above", line, place)
                continue
            put(tree, column.path, value)
            draft.lines.setdefault((*at, *column.path), line)

    def entry(self, draft: _Draft) -> Resource | None:
        """The entry, if it is sound as data; what is not is told. Cells told already are not told again."""
        wrong = draft.tree.pop("_", draft) is None
        try:
            made = msgspec.convert(draft.tree, Resource)
        except msgspec.ValidationError:
            if not wrong:
                for code, text, path, _ in _explain().told(draft.tree):
                    self.say("error", code, text, draft, path)
            return None
        return None if wrong else made


def _around(path: Path) -> Iterator[tuple[str, ...]]:
    """A path and all that it lies in, from the inside out."""
    steps = tuple(str(step) for step in path)
    return (steps[:end] for end in range(len(steps), 0, -1))


def _inside(path: Path) -> Path:
    """A path as columns know it: inside a field, a record, or the entry."""
    match path:
        case ("records", _, "elements", _, *rest):
            return ("field", *rest)
        case ("records", _, *rest):
            return ("record", *rest)
        case _:
            return path


def _unsafe(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RISKY) else cell


@cache
def _explain() -> Any:
    # jsonschema takes a tenth of a second to import, which a sound sheet never needs
    from tongban.catalog.explain import Explainer

    return Explainer(schema_of(Resource, "resource"))
