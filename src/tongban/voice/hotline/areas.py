"""`areas.yaml`, the streets and communities of an installation, read with every mistake at its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, cast

import msgspec
import yaml
from msgspec import Meta

from tongban.base.i18n import Text
from tongban.catalog.findings import Finding, sort_findings

FILE = "areas.yaml"
LARGEST = 8_000_000
_NOT_READ = (yaml.YAMLError, ValueError, LookupError, AttributeError)
"""What the reader of YAML raises for a value that is not of its type: 2026-13-01 is no day, an empty text no number."""


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A street or town (nine digits) or a community (twelve). `words`: what people call it or what lies there."""

    code: Annotated[str, Meta(pattern=r"^[0-9]{9}([0-9]{3})?$")]
    name: Text
    words: tuple[Annotated[str, Meta(min_length=1)], ...] = ()


def shipped() -> Path:
    """The file of the demonstration."""
    return Path(__file__).with_name(FILE)


def read_areas(path: Path) -> tuple[tuple[Area, ...], list[Finding]]:
    """The areas of a file by code, or none of them and all that is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            return (), [_error(path, "areas-too-large", _TOO_LARGE, 1, 1)]
        text = path.read_bytes().decode("utf-8")
        root = cast("Any", yaml.compose(text, Loader=yaml.CSafeLoader))
    except (OSError, UnicodeDecodeError):
        return (), [_error(path, "areas-unreadable", _UNREADABLE, 1, 1)]
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        return (), [_error(path, "areas-not-yaml", _NOT_YAML, *((mark.line + 1, mark.column + 1) if mark else (1, 1)))]
    if not isinstance(root, yaml.SequenceNode):
        return (), [_error(path, "areas-no-list", _NO_LIST, 1, 1)]
    areas: list[tuple[Area, tuple[int, int]]] = []
    wrong: list[Finding] = []
    for node in cast("list[yaml.Node]", root.value):
        at = node.start_mark.line + 1, node.start_mark.column + 1
        try:
            value = cast("Any", yaml.constructor.SafeConstructor().construct_document(node))
            areas.append((msgspec.convert(value, Area), at))
        except (msgspec.ValidationError, *_NOT_READ) as problem:
            said = Text(f"{_ENTRY.zh}（{problem}）", f"{_ENTRY.en} ({problem})")
            wrong.append(_error(path, "areas-entry", said, *at))
    wrong += _together(path, areas)
    return (() if wrong else tuple(sorted((one for one, _ in areas), key=lambda one: one.code))), sort_findings(wrong)


def _together(path: Path, areas: list[tuple[Area, tuple[int, int]]]) -> Iterator[Finding]:
    """What is wrong with them beside one another."""
    every, seen = {one.code for one, _ in areas}, set[str]()
    for one, at in areas:
        if one.code in seen:
            said = Text(f"代码 {one.code} 前面已经有了", f"The code {one.code} stands above already")
            yield _error(path, "areas-twice", said, *at)
        seen.add(one.code)
        if one.code[:9] not in every:
            said = Text(
                f"社区 {one.code} 的街道 {one.code[:9]} 没有写", f"There is no street {one.code[:9]} for {one.code}"
            )
            yield _error(path, "areas-no-street", said, *at)


def _error(path: Path, code: str, said: Text, line: int, column: int) -> Finding:
    return Finding("error", code, said, str(path), line, column)


_TOO_LARGE = Text("文件超过8MB，请只留街道和社区", "The file is over 8 MB; keep streets and communities alone")
_UNREADABLE = Text("文件打不开，或者不是 UTF-8 编码", "The file cannot be opened, or is not UTF-8")
_NOT_YAML = Text(
    "这里不是 YAML：看看前一行的冒号、引号和缩进", "This is no YAML: look at colons, quotes and indents around here"
)
_NO_LIST = Text(
    "文件要是一张单子，每条以 “- code:” 开头", "The file has to be a list, each entry beginning with “- code:”"
)
_ENTRY = Text(
    "这一条不对：code 是加引号的9位（街道）或12位（社区）数字，name 写 zh 和 en，words 是一串词，没有别的",
    "This entry is wrong: code is nine digits (a street) or twelve (a community) in quotes, name has zh and en,"
    " words is a list of words, and there is nothing else",
)
