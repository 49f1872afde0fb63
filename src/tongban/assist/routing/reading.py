"""Labelled requests from a CSV file, in the encodings that offices use: UTF-8 with or without its mark, GB 18030."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from tongban.assist.routing.modelfile import digest
from tongban.base.errors import Refused, refuse

LARGEST_FIELD = 1 << 20


@dataclass(frozen=True, slots=True)
class Requests:
    """`labels` is empty where none was asked for. `digest` is of the file."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    digest: str
    skipped: int
    """Rows left out because the text, or the label, was empty."""


def decoded(data: bytes, place: str) -> str:
    """The text of a file. Raises Refused (`not-text`)."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _strict(data, "utf-16", place)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _strict(data, "gb18030", place)  # GBK and GB 2312 are parts of it (GB 18030-2022)


def read(path: Path, text: str, label: str = "") -> Requests:
    """The requests of a file; with `label`, rows that lack one are left out.

    Raises Refused: `not-text`, `bad-csv`, `no-column` (naming the columns there are), `no-rows`; OSError.
    """
    data = path.read_bytes()
    rows = _rows(decoded(data, path.name), path)
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


def _rows(text: str, path: Path) -> list[list[str]]:
    csv.field_size_limit(LARGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise refuse(
            "bad-csv",
            f"第{reader.line_num}行不是有效的 CSV（{error}）",
            f"Line {reader.line_num} is not valid CSV ({error})",
            place=f"{path.name}:{reader.line_num}",
        ) from None


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


def _strict(data: bytes, encoding: str, place: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(place) from error


def _not_text(place: str) -> Refused:
    return refuse(
        "not-text",
        "这不是文本文件，或者编码认不出来。请存成 UTF-8 或 GB 18030 的 CSV",
        "This is no text file, or its encoding is not known. Save it as CSV in UTF-8 or GB 18030",
        place=place,
    )
