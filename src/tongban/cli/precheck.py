"""Read a paper: its fields with their places, and whether each can be relied on. It decides nothing.
读一份材料：各项内容、在哪里、能不能放心，什么也不决定。"""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import Literal

import msgspec

from tongban.assist.precheck.fields import extract
from tongban.assist.precheck.model import Doubt, Extracted, Part, Reading, Unread
from tongban.assist.precheck.ocr import INSTALL
from tongban.assist.precheck.says import doubts_words, unread_words
from tongban.assist.precheck.worker import Reader
from tongban.base.config import Settings
from tongban.base.errors import refuse
from tongban.base.i18n import Text, words
from tongban.base.unopened import why_not_opened
from tongban.cases.documents import MAX_BYTES, examine
from tongban.catalog.installation import open_catalogue
from tongban.catalog.paper import Paper
from tongban.cli.saying import saying_refusals

Verdict = Literal["clear", "look"]
"""`clear` without any doubt; `look`: 请人工核对."""


class FieldSaid(msgspec.Struct, frozen=True, kw_only=True):
    """One field. `page` counts from 1; `box` is left, top, right, bottom as shares of the page; null if not found."""

    field: str
    name: str
    value: str
    confidence: float
    page: int | None
    box: tuple[float, float, float, float] | None
    verdict: Verdict
    doubts: tuple[Doubt, ...] = ()


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints."""

    file: str
    type: str
    recognised: bool
    pages: int
    unread: Unread | None
    fields: tuple[FieldSaid, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `tongban precheck`."""
    types = ", ".join(paper.paper for paper in _papers(None))
    parser.add_argument("file", type=Path, metavar="FILE", help="PDF, JPEG, PNG or WebP · 材料文件")
    parser.add_argument("--type", dest="kind", required=True, metavar="TYPE", help=f"one of · 材料类型：{types}")
    parser.add_argument("--json", action="store_true", help="for programs · 输出 JSON")
    parser.add_argument("--data", type=Path, help="data directory with paper files of its own · 数据目录")


def run(options: argparse.Namespace) -> int:
    """0 when the paper was read, whatever it says; 1 when it was not this kind of paper or could not be read; 2 for
    wrong use."""
    with saying_refusals() as said:
        paper = _paper(options.kind, options.data)
        path: Path = options.file
        reading = asyncio.run(_read(path.name, _bytes(path)))
        return _told(options.file.name, paper, reading, as_json=options.json)
    return 2 if said.status else 0


def _papers(data: Path | None) -> tuple[Paper, ...]:
    return open_catalogue(Settings.load(os.environ, data_dir=data).data_dir).papers()


def _paper(kind: str, data: Path | None) -> Paper:
    known = {paper.paper: paper for paper in _papers(data)}
    if kind not in known:
        raise refuse(
            "unknown-paper",
            f"没有“{kind}”这种材料；可以用：{'、'.join(known)}",
            f"There is no kind of paper '{kind}'; there are {', '.join(known)}",
            place="type",
        )
    return known[kind]


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        why = why_not_opened(error)
        raise refuse("file-unreadable", why.zh, why.en, place=str(path)) from None


async def _read(name: str, data: bytes) -> Reading:
    """In the same closed child as on the platform. Raises Refused for a file that would not be taken as an upload."""
    kind = examine(name, data, region="000000", owner="").type
    reader = Reader()
    try:
        return await reader.read(data, kind)
    finally:
        await reader.close()


def _told(name: str, paper: Paper, reading: Reading, *, as_json: bool) -> int:
    read = extract(reading, (paper,), name)
    fields = tuple(
        _field(paper, found.field, found.text, found.confidence, found.parts, found.doubts) for found in read.fields
    )
    answer = Said(
        file=name,
        type=paper.paper,
        recognised=bool(read.paper),
        pages=reading.pages,
        unread=reading.unread,
        fields=fields,
    )
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(answer), indent=2) + b"\n")
    else:
        _print(paper, read, answer)
    if reading.unread is Unread.NO_OCR:
        print(f"{unread_words(read).zh} {unread_words(read).en}\n  {INSTALL}", file=sys.stderr)
    return 0 if read.paper else 1


def _field(
    paper: Paper, name: str, text: str, confidence: float, parts: tuple[Part, ...], doubts: tuple[Doubt, ...]
) -> FieldSaid:
    box = parts[0].box if parts else None
    return FieldSaid(
        field=name,
        name=words(paper.fields[name].name, "zh"),
        value=text,
        confidence=confidence,
        page=parts[0].page + 1 if parts else None,
        box=None if box is None else (round(box.left, 4), round(box.top, 4), round(box.right, 4), round(box.bottom, 4)),
        verdict="look" if doubts or not text else "clear",
        doubts=doubts,
    )


def _print(paper: Paper, read: Extracted, answer: Said) -> None:
    if not read.paper:
        why = unread_words(read)
        print(f"{why.zh} {why.en}")
        return
    print(f"{paper.name.zh} {paper.name.en}")
    for one in answer.fields:
        why = doubts_words(one.doubts) if one.doubts else Text("", "")
        verdict = (
            f"请人工核对：{why.zh} look: {why.en}" if one.verdict == "look" else f"清楚 clear {one.confidence:.2f}"
        )
        where = f"第{one.page}页 page {one.page}  " if one.page else ""
        print(f"  {one.name}  {one.value}  {where}{verdict}")
