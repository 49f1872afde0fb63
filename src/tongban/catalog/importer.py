"""A catalogue from a spreadsheet becomes listed items: found and shown as drafts, until somebody writes their files.

Reads CSV with the columns 部门/dept, 主项/main, 事项名称/name, 链接/link and 俗称/aliases, in UTF-8 (with or without
its mark) or GB 18030. The file is read a row at a time and bounded, so that a pasted monster does no harm. Every row
that cannot be taken is told with its line; the others are taken.
"""

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import parse_qs, urlsplit

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.catalog.listed import ListedItem, write_listed

MOST_ROWS = 10_000
MOST_BYTES = 20_000_000
LONGEST_NAME = 200
LONGEST_LINE = 10_000
LONGEST_ALIAS = 40
MOST_ALIASES = 50

_COLUMNS: dict[str, tuple[str, ...]] = {
    "department": ("dept", "department", "部门", "实施主体", "所属部门"),
    "theme": ("main", "theme", "主项", "主项名称", "主题"),
    "name": ("name", "事项名称", "名称", "事项"),
    "link": ("link", "url", "链接", "办事指南"),
    "aliases": ("aliases", "alias", "俗称", "别名", "常见问法"),
}
_KINDS = {
    "1": "行政许可",
    "5": "行政给付",
    "7": "行政确认",
    "8": "行政奖励",
    "9": "行政裁决",
    "10": "其他行政权力",
    "20": "公共服务",
}
_UNSORTED = frozenset({"未分类", "无", "-", ""})


@dataclass(frozen=True, slots=True)
class Import:
    """What came of it. `problems` each say their line; `duplicates` are those rows that repeat an earlier one."""

    items: tuple[ListedItem, ...]
    problems: tuple[Problem, ...]
    duplicates: int
    rows: int


def import_catalogue(source: Path, out: Path | None = None) -> Import:
    """Reads a CSV catalogue; writes the items to `out` (a `*.jsonl` file, or a folder for one) if it is given.

    Raises Refused: `catalogue-too-large` (413), `catalogue-unreadable`, `catalogue-columns` (422).
    """
    if source.stat().st_size > MOST_BYTES:
        raise refuse(
            "catalogue-too-large",
            f"文件超过{MOST_BYTES // 1_000_000}MB，请分几次导入",
            f"The file is larger than {MOST_BYTES // 1_000_000} MB; import it in parts",
            place=source.name,
            status=413,
        )
    with source.open(encoding=_encoding(source), errors="strict", newline="") as text:
        result = _read(text, source.name)
    if out is not None:
        write_listed(out if out.suffix == ".jsonl" else out / f"{source.stem}.jsonl", result.items)
    return result


def _encoding(source: Path) -> str:
    """UTF-8 if the whole file is, else GB 18030 (which holds GBK and GB 2312)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with source.open(encoding=encoding, newline="") as text:
                while text.read(1 << 16):
                    pass
        except UnicodeError:
            continue
        return encoding
    raise refuse(
        "catalogue-unreadable",
        "文件既不是 UTF-8 也不是 GBK 编码，请另存为 CSV UTF-8",
        "The file is neither UTF-8 nor GBK; save it as CSV UTF-8",
        place=source.name,
    )


def _read(text: TextIO, name: str) -> Import:
    csv.field_size_limit(LONGEST_LINE)
    rows = _rows(text, name)
    head = next((row for _, row in rows), list[str]())
    columns = _columns(head, name)
    items: list[ListedItem] = []
    problems: list[Problem] = []
    seen_ids: dict[str, int] = {}
    seen_names: dict[tuple[str, str], int] = {}
    duplicates = count = 0
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        count += 1
        if count > MOST_ROWS:
            problems.append(
                _problem(
                    "too-many-rows",
                    f"只导入前{MOST_ROWS:,}行",
                    f"Only the first {MOST_ROWS:,} rows are imported",
                    name,
                    line,
                )
            )
            break
        cells = {field: row[index].strip() if index < len(row) else "" for field, index in columns.items()}
        wrong = _wrong(cells, name, line)
        if wrong is not None:
            problems.append(wrong)
            continue
        item = _item(cells, name, line)
        earlier = seen_ids.get(item.id) or seen_names.get((item.department, item.name))
        if earlier is not None:
            duplicates += 1
            problems.append(
                _problem(
                    "duplicate-item",
                    f"“{item.name}”和第{earlier}行重复",
                    f"'{item.name}' repeats line {earlier}",
                    name,
                    line,
                )
            )
            if item.id in seen_ids:
                continue
        seen_ids[item.id] = line
        seen_names.setdefault((item.department, item.name), line)
        items.append(item)
    return Import(tuple(items), tuple(problems), duplicates, count)


def _rows(text: TextIO, name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as problem:
        raise refuse(
            "catalogue-unreadable",
            f"第{reader.line_num}行读不了（{problem}），请检查引号和逗号",
            f"Line {reader.line_num} cannot be read ({problem}); check its quotes and commas",
            place=f"{name}:{reader.line_num}",
        ) from None


def _columns(head: list[str], name: str) -> dict[str, int]:
    written = [cell.strip().lower() for cell in head]
    found = {
        field: next((written.index(word) for word in words if word in written), -1) for field, words in _COLUMNS.items()
    }
    missing = [field for field in ("department", "name") if found[field] < 0]
    if missing:
        said = "、".join("/".join(_COLUMNS[field][:3]) for field in missing)
        raise Refused(
            Problem(
                "catalogue-columns",
                Text(f"第一行要有列名，缺少：{said}", f"The first line must name the columns; missing: {said}"),
                f"{name}:1",
            )
        )
    return {field: index for field, index in found.items() if index >= 0}


def _wrong(cells: dict[str, str], name: str, line: int) -> Problem | None:
    for field, zh in (("name", "事项名称"), ("department", "部门")):
        if not cells[field]:
            return _problem("row-incomplete", f"{zh}是空的", f"The {field} is empty", name, line)
        if len(cells[field]) > LONGEST_NAME:
            return _problem("row-too-long", f"{zh}超过{LONGEST_NAME}字", f"The {field} is too long", name, line)
    return None


def _item(cells: dict[str, str], source: str, line: int) -> ListedItem:
    link = cells.get("link", "") if cells.get("link", "").startswith(("http://", "https://")) else ""
    query = parse_qs(urlsplit(link).query) if link else {}
    code = next(iter(query.get("itemCode", ())), "")
    theme = cells.get("theme", "")
    made = hashlib.sha256(f"{cells['department']}\n{cells['name']}".encode()).hexdigest()[:16]
    return ListedItem(
        id=re.sub(r"[^A-Za-z0-9._-]", "", code)[:80] or f"listed-{made}",
        name=cells["name"],
        department=cells["department"],
        theme="" if theme in _UNSORTED else theme,
        link=link,
        code=code,
        kind=_KINDS.get(next(iter(query.get("taskType", ())), ""), ""),
        source=source,
        row=line,
        aliases=_aliases(cells.get("aliases", "")),
    )


def _aliases(cell: str) -> tuple[str, ...]:
    """What people call it, divided by a vertical bar, a semicolon or a Chinese comma."""
    said = (" ".join(part.split()) for part in re.split(r"[|;；、]", cell[:LONGEST_LINE]))
    return tuple(dict.fromkeys(part for part in said if 1 < len(part) <= LONGEST_ALIAS))[:MOST_ALIASES]


def _problem(code: str, zh: str, en: str, name: str, line: int) -> Problem:
    return Problem(code, Text(f"第{line}行：{zh}", f"Line {line}: {en}"), f"{name}:{line}")
