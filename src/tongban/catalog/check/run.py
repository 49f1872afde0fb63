"""Running all rules over files: reads everything once, then checks each file with the others in view."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path as FilePath
from typing import Any

from tongban.base.i18n import Text, words
from tongban.catalog.bundle import Bundle
from tongban.catalog.certificate import certificate_findings
from tongban.catalog.certificate_type import CertificateType
from tongban.catalog.check.burdens import plain_name
from tongban.catalog.check.registry import (
    BUNDLE_LINTS,
    CERTIFICATE_LINTS,
    PAPER_LINTS,
    POLICY_LINTS,
    PROCEDURE_LINTS,
    REUSE_LINTS,
    SERVICE_LINTS,
    USE_LINTS,
    Known,
    View,
    World,
    apply,
)
from tongban.catalog.findings import Finding, sort_findings
from tongban.catalog.load import Loaded, load_file
from tongban.catalog.model import Service
from tongban.catalog.paper import Paper
from tongban.catalog.policy import Policy
from tongban.catalog.procedure import Procedure
from tongban.catalog.schema import FOLDERS
from tongban.catalog.seals import seal_findings
from tongban.catalog.shipped import shipped
from tongban.catalog.use import Use
from tongban.catalog.watching import Reuse

_COMMON = re.compile(r"申请|申领|办理|审批|核准|核发|登记|许可|确认|给付|发放|的|及|和|与|（.*?）|\(.*?\)|\s")


def check(paths: Sequence[FilePath | str], *, today: date | None = None) -> list[Finding]:
    """Everything wrong with these files and folders, in the order of their places.

    A folder stands for its `*.yaml` files, or for those of its folders of the law (`services`, `procedures`, `uses`,
    `policies`, `papers`, `bundles`, `certificate-types`). Procedures come from beside the services, else from those
    that are shipped.
    `today` lets overdue reviews be told.
    """
    asked, findings = law_files([FilePath(path) for path in paths])
    loaded = {path: load_file(path) for path in asked}
    beside = {path: load_file(path) for path in _beside(asked) if path not in loaded}
    world = _world({**loaded, **beside}, today)
    for path, one in loaded.items():
        findings += one.findings
        findings += _apply(one, world)
        if isinstance(one.value, Service | Bundle):
            findings += seal_findings(path, one.value, one.source)
        if isinstance(one.value, Service):
            findings += certificate_findings(path, one.value, one.source)
        one.source.release()
    return sort_findings(findings)


def _apply(one: Loaded[Any], world: World) -> Iterator[Finding]:
    match one.value:
        case Service():
            return apply(SERVICE_LINTS, View(one.value, one, world))
        case Procedure():
            return apply(PROCEDURE_LINTS, View(one.value, one, world))
        case Use():
            return apply(USE_LINTS, View(one.value, one, world))
        case Reuse():
            return apply(REUSE_LINTS, View(one.value, one, world))
        case Policy():
            return apply(POLICY_LINTS, View(one.value, one, world))
        case Bundle():
            return apply(BUNDLE_LINTS, View(one.value, one, world))
        case Paper():
            return apply(PAPER_LINTS, View(one.value, one, world))
        case CertificateType():
            return apply(CERTIFICATE_LINTS, View(one.value, one, world))
        case _:
            return iter(())


def law_files(paths: Iterable[FilePath]) -> tuple[list[FilePath], list[Finding]]:
    """The files that these paths stand for, and what is not there."""
    files: dict[FilePath, None] = {}
    findings: list[Finding] = []
    for path in paths:
        if path.is_dir():
            parts = [path / name for name in FOLDERS if (path / name).is_dir()]
            for folder in parts or [path]:
                files.update(dict.fromkeys(_yaml(folder, recursive=not parts)))
        elif path.is_file():
            files[path] = None
        else:
            said = Text("没有这个文件或文件夹", "There is no such file or folder")
            findings.append(Finding("error", "path-missing", said, str(path), 1, 1))
    return list(files), findings


def _yaml(folder: FilePath, *, recursive: bool) -> list[FilePath]:
    found = folder.rglob("*.y*ml") if recursive else folder.glob("*.y*ml")
    inside = (p for p in found if p.suffix in (".yaml", ".yml") and p.is_file())
    return sorted(p for p in inside if not any(part.startswith(".") for part in p.relative_to(folder).parts))


def _beside(files: Sequence[FilePath]) -> Iterator[FilePath]:
    """What belongs to the world of the files asked for: their neighbours, and procedures to follow."""
    folders = dict.fromkeys(path.resolve().parent for path in files)
    asked = {path.resolve() for path in files}
    procedures = False
    for folder in folders:
        around = [folder, *(folder.parent / name for name in FOLDERS)] if folder.name in FOLDERS else [folder]
        for place in dict.fromkeys(around):
            for path in sorted(place.glob("*.yaml")) if place.is_dir() else ():
                procedures = procedures or place.name == "procedures"
                if path.resolve() not in asked:
                    yield path
    if not procedures and not any(path.parent.name == "procedures" for path in asked):
        place = shipped("procedures")
        yield from sorted(place.glob("*.yaml")) if place.is_dir() else ()


def _world(files: dict[FilePath, Loaded[Any]], today: date | None) -> World:
    services = tuple((str(path), one.value) for path, one in files.items() if isinstance(one.value, Service))
    procedures = {one.value.procedure: one.value for one in files.values() if isinstance(one.value, Procedure)}
    records: dict[str, Known] = {}
    resources: dict[str, Known] = {}
    for _, service in services:
        for name, fact in service.facts.items():
            if fact.source is not None:
                known = Known(fact.source, service.service)
                records.setdefault(f"fact:{name}:{fact.type.value}", known)
                resources.setdefault(fact.source.place, known)
        for material in service.materials.values():
            if material.replaced_by is not None:
                known = Known(material.replaced_by, service.service)
                records.setdefault(plain_name(material.name), known)
                resources.setdefault(material.replaced_by.place, known)
    types = {one.value.certificate: one.value for one in files.values() if isinstance(one.value, CertificateType)}
    return World(services, procedures, records, resources, _uses(files), types, _duplicates(services), today)


def _uses(files: dict[FilePath, Loaded[Any]]) -> dict[str, Use]:
    """The AI uses read; where something is reused, those that are shipped as well, as an installation has them."""
    found = {one.value.use: one.value for one in files.values() if isinstance(one.value, Use)}
    place = shipped("uses")
    if any(isinstance(one.value, Reuse) for one in files.values()) and place.is_dir():
        loaded = (load_file(path).value for path in sorted(place.glob("*.yaml")))
        found = {one.use: one for one in loaded if isinstance(one, Use)} | found
    return found


def _duplicates(services: Sequence[tuple[str, Service]]) -> dict[str, tuple[str, ...]]:
    """By `basic_code:<path>` and `name:<path>`, the other services that are the same at the same level.

    Versions of one service and files for other regions are not duplicates.
    """
    groups: dict[tuple[str, str, str, tuple[str, ...]], list[tuple[str, Service]]] = {}
    for path, service in services:
        level = service.authority.level.value
        core = _COMMON.sub("", words(service.name, "zh")) or words(service.name, "zh")
        groups.setdefault(("basic_code", service.basic_code, level, service.regions), []).append((path, service))
        groups.setdefault(("name", core, level, service.regions), []).append((path, service))
    found: dict[str, tuple[str, ...]] = {}
    for (field, *_), members in groups.items():
        if len({service.service for _, service in members}) < 2:
            continue
        for path, service in members:
            others = sorted({other.service for _, other in members if other.service != service.service})
            found[f"{field}:{path}"] = tuple(others)
    return found
