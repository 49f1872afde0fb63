"""Labelled requests from a CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tongban.assist.routing.modelfile import digest
from tongban.base.csvfile import rows_of
from tongban.base.errors import refuse


@dataclass(frozen=True, slots=True)
class Requests:
    """`labels` is empty where none was asked for. `digest` is of the file."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    digest: str
    skipped: int
    """Rows left out because the text, or the label, was empty."""


def read(path: Path, text: str, label: str = "") -> Requests:
    """The requests of a file; with `label`, rows that lack one are left out.

    Raises Refused: `not-text`, `bad-csv`, `no-column` (naming the columns there are), `no-rows`; OSError.
    """
    data = path.read_bytes()
    rows = rows_of(data, path.name)
    head = [name.strip() for name in rows[0]] if rows else []
    where = [_column(head, name, path) for name in (text, label) if name]
    texts: list[str] = []
    labels: list[str] = []
    skipped = 0
    for row in rows[1:]:
        if not any(row):
            continue
        cells = [row[at].strip() if at < len(row) else "" for at in where]
        if label and not all(cells):
            skipped += 1
            continue
        texts.append(cells[0])
        labels += cells[1:]
    if not texts:
        raise refuse("no-rows", "文件里没有可用的行", "The file has no rows that can be used", place=path.name)
    return Requests(tuple(texts), tuple(labels), digest(data), skipped)


def _column(head: list[str], name: str, path: Path) -> int:
    if name in head:
        return head.index(name)
    there = "、".join(head) or "—"
    raise refuse(
        "no-column",
        f"没有“{name}”这一列；有：{there}",
        f"There is no column '{name}'; there is: {', '.join(head) or '—'}",
        place=path.name,
    )
