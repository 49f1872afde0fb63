"""Entries as files of an installation's own list."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import yaml

from tongban.sharing.directory.load import FOLDER, RESOURCES
from tongban.sharing.directory.model import Resource
from tongban.sharing.directory.sheet import plain_tree


def as_file(resource: Resource) -> str:
    """An entry as the text of its file, read back by `load_resource` as the same entry."""
    dump = cast("Any", yaml).safe_dump
    text: str = dump(plain_tree(resource), allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=False)
    return f"# {resource.name.zh}\n{text}"


def write_files(resources: Iterable[Resource], data_dir: Path) -> list[Path]:
    """Put entries into `data_dir/directory/resources`, over those of the same name. Each file is whole or not there."""
    folder = data_dir / FOLDER / RESOURCES
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for resource in resources:
        path = folder / f"{resource.id}.yaml"
        beside = path.with_suffix(".new")
        beside.write_text(as_file(resource), encoding="utf-8")
        beside.replace(path)
        written.append(path)
    return written
