"""Questions and catalogues from files: read with care, told about by line."""

import csv
from collections.abc import Iterator
from pathlib import Path

from tongban.assist.guide import finding
from tongban.assist.guide.finding import Guide
from tongban.assist.guide.words import Lexicon
from tongban.base.errors import refuse
from tongban.catalog.importer import import_catalogue
from tongban.catalog.listed import ListedItem, read_listed

NAMES = ("question", "问题", "text", "q", "提问")
MOST_BYTES = 50_000_000


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV of questions, each with its `question`; empty ones are left out.

    The column is named question, 问题, text or q; a file of one column may do without a heading. UTF-8 or GB 18030.
    Raises Refused: `questions-too-large` (413), `questions-unreadable`, `questions-column` (422).
    """
    if path.stat().st_size > MOST_BYTES:
        raise refuse(
            "questions-too-large", "问题文件太大", "The file of questions is too large", place=path.name, status=413
        )
    text = _text(path)
    try:
        lines = [row for row in csv.reader(text.splitlines(keepends=True), strict=True) if any(map(str.strip, row))]
    except csv.Error as problem:
        raise refuse(
            "questions-unreadable", f"文件读不了（{problem}）", f"The file cannot be read ({problem})", place=path.name
        ) from None
    head = [cell.strip().lower() for cell in lines[0]] if lines else []
    named = next((name for name in NAMES if name in head), None)
    if named is None and head and max(map(len, lines)) > 1:
        raise refuse(
            "questions-column",
            "第一行要有列名 question（或 问题、text、q）",
            "The first line must name a column question (or 问题, text, q)",
            place=f"{path.name}:1",
        )
    at = head.index(named) if named else 0
    for row in lines[1:] if named else lines:
        cells = dict(zip(head, row, strict=False)) if named else {}
        question = " ".join(row[at].split()) if at < len(row) else ""
        if question:
            yield {**cells, "question": question}


def _text(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse(
        "questions-unreadable",
        "文件既不是 UTF-8 也不是 GBK 编码",
        "The file is neither UTF-8 nor GBK",
        place=path.name,
    )


def catalogue_items(path: Path) -> tuple[ListedItem, ...]:
    """The items of a catalogue: a CSV as `tongban import` takes it, or the JSON lines that it made of one.

    Raises Refused as `import_catalogue` does, and with the findings of unreadable JSON lines (422).
    """
    if path.suffix == ".jsonl":
        items, findings = read_listed(path)
        if not items and findings:
            raise refuse("catalogue-unreadable", findings[0].text.zh, findings[0].text.en, place=findings[0].place)
        return tuple(items)
    return import_catalogue(path).items


def guide_over(path: Path, lexicon: Lexicon) -> Guide:
    """A guide over the items of such a file and nothing else."""
    return finding.over((), catalogue_items(path), lexicon)
