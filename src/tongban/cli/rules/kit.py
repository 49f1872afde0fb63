"""Folders of the DMN Technology Compatibility Kit: each holds a model, what it imports, and a test file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tongban.rules.dmn.errors import ModelErrors
from tongban.rules.dmn.execute import Model
from tongban.rules.dmn.tck import Difference, read_suite, run_case
from tongban.rules.feel.values import to_feel

LEVEL = "compliance-level-"


@dataclass(frozen=True, slots=True)
class Ran:
    """One case that was run. `differences` is empty if it passed; `refused` says why its model could not be read."""

    case: str
    meaningful: bool
    differences: tuple[Difference, ...]
    refused: str = ""

    @property
    def passed(self) -> bool:
        return not self.differences and not self.refused


@dataclass(frozen=True, slots=True)
class Folder:
    """What came of one folder of the kit."""

    level: str
    name: str
    cases: tuple[Ran, ...]


def folders(path: Path) -> list[Path]:
    """The folders under `path`, itself included, that hold models, in the order of their names."""
    return sorted({model.parent for model in path.rglob("*.dmn")})


def run_folder(folder: Path, now: datetime) -> Folder:
    """Runs all cases of one folder; `now` is what `now()` tells them. Raises OSError if its files cannot be read."""
    models = {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
    ran = [one for suite in sorted(folder.glob("*.xml")) for one in _run_suite(suite, models, now)]
    level = folder.parent.name.removeprefix(LEVEL) if folder.parent.name.startswith(LEVEL) else folder.parent.name
    return Folder(level, folder.name, tuple(ran))


def _run_suite(path: Path, models: Mapping[str, bytes], now: datetime) -> Iterator[Ran]:
    try:
        suite = read_suite(path.read_bytes(), path.name)
    except ModelErrors as errors:
        yield Ran(path.name, True, (), str(errors))
        return
    name = suite.model if suite.model in models else next(iter(models))
    try:
        model = Model.load(models[name], name, {other: data for other, data in models.items() if other != name})
    except ModelErrors as errors:
        yield from (Ran(case.id, case.meaningful, (), str(errors)) for case in suite.cases)
        return
    yield from (Ran(case.id, case.meaningful, run_case(model, case, to_feel(now))) for case in suite.cases)
