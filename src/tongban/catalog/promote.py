"""From draft to published to ended: a published version never changes again.

Publishing writes the version's seal (see `tongban.catalog.seals`), and from then on the checker reports any change of
its content as an error. To change a service, write `<service>@<version>.yaml` with a higher version.
"""

import os
from datetime import date
from pathlib import Path
from typing import Literal

from tongban.base.errors import refuse
from tongban.catalog.bundle import Bundle
from tongban.catalog.check import check
from tongban.catalog.findings import errors, refused
from tongban.catalog.load import load_file
from tongban.catalog.model import Service
from tongban.catalog.seals import LOCK, is_sealed, seal_findings, sealed_lock
from tongban.catalog.yaml_source import Source

Status = Literal["draft", "published", "ended"]
NEXT: dict[Status, Status | None] = {"draft": "published", "published": "ended", "ended": None}
"""The only way is forward, one step at a time."""
TO_PUBLISH = frozenset({"english-missing", "examples-missing"})
"""Findings that are warnings in a draft and errors in what is published."""


def promote(path: Path, *, to: Status | None = None, on: date | None = None) -> Status:
    """Moves a service or bundle file one step on (draft → published → ended) and returns its new status.

    to   the status meant; refused if it is not the next one
    on   when ending, the last day on which it can be applied for: written as `valid_to` if the file has none

    Publishing a file that has already been published without its seal just seals it. Only the status line (and
    `valid_to`) of the file is rewritten. Raises Refused: the file's own errors (422), `not-a-service` (422),
    `not-the-next-step` (409), `published-changed` (409).
    """
    loaded = load_file(path)
    service = loaded.require()
    if not isinstance(service, Service | Bundle):
        raise refuse(
            "not-a-service",
            "只有事项文件和一件事文件可以发布",
            "Only service and bundle files are published",
            place=str(path),
        )
    sealing = service.status == "published" and to == "published" and not is_sealed(path, service)
    target: Status | None = "published" if sealing else NEXT[service.status]
    if target is None or to not in (None, target):
        raise refuse(
            "not-the-next-step",
            f"现在是 {service.status}，下一步只能是 {target or '（没有下一步）'}",
            f"It is {service.status}; the next step can only be {target or 'none'}",
            place=str(path),
            status=409,
        )
    text = loaded.source.text
    if target != service.status:
        text = _with_status(loaded.source, service, target)
    if target == "ended" and on is not None and service.valid_to is None:
        text = _insert_after(text, "status:", f"valid_to: {on.isoformat()}")
    if target == "published":
        found = [f for f in check([path]) if f.severity == "error" or f.code in TO_PUBLISH]
        if found:
            raise refused(found, status=422)
        _write(path.parent / LOCK, sealed_lock(path, service))
    else:
        changed = errors(seal_findings(path, service, loaded.source))
        if changed:
            raise refused(changed, status=409)
    _write(path, text)
    return target


def _with_status(source: Source, service: Service | Bundle, target: Status) -> str:
    if not source.has(("status",)):
        return _insert_after(source.text, "version:", f"status: {target}")
    position = source.position(("status",))
    lines = source.text.splitlines(keepends=True)
    line, start = lines[position.line - 1], position.column - 1
    quote = line[start] if line[start] in "\"'" else ""
    end = start + len(service.status) + 2 * len(quote)
    lines[position.line - 1] = f"{line[:start]}{target}{line[end:]}"
    return "".join(lines)


def _insert_after(text: str, field: str, line: str) -> str:
    lines = text.splitlines(keepends=True)
    index = next(i for i, existing in enumerate(lines) if existing.startswith(field))
    lines.insert(index + 1, f"{line}\n")
    return "".join(lines)


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)  # noqa: PTH105 - pathlib's rename does not replace on every system
