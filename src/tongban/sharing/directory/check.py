"""Running all rules over the list, and those about its dictionary: one number, one source (art. 19)."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import NamedTuple

from tongban.base.i18n import Text
from tongban.catalog.check.registry import Said
from tongban.catalog.findings import Finding, Severity, sort_findings
from tongban.catalog.load import Loaded
from tongban.sharing.directory.entries import ENTRY_RULES, Entry
from tongban.sharing.directory.load import Read, read
from tongban.sharing.directory.model import Resource
from tongban.sharing.directory.registered import DataDirectory


class ElementRule(NamedTuple):
    """One rule over the dictionary and who keeps what of it."""

    code: str
    severity: Severity
    law: str
    summary: Text
    find: Callable[[DataDirectory], Iterator[Said]]


def check_directory(folders: Sequence[FilePath]) -> list[Finding]:
    """Everything wrong with the list in these folders, read as one: a later folder goes before an earlier one."""
    return check_read(read(folders))


def check_read(found: Read) -> list[Finding]:
    """The same for files that were read already."""
    directory = found.directory()
    findings = found.findings
    for one in found.resources.values():
        findings += check_entry(one, directory)
    for file in found.elements.values():
        if file.value is None:
            continue
        for rule in ELEMENT_RULES:
            for said in rule.find(directory):
                if str(said.path[1]) in file.value.elements:
                    at = file.source.position(said.path, key=said.key)
                    findings.append(file.source.finding(rule.severity, rule.code, said.text, at, said.path, rule.law))
    return sort_findings(findings)


def check_entry(loaded: Loaded[Resource], directory: DataDirectory) -> Iterator[Finding]:
    """What the rules say of one entry, each at its place; nothing of one that could not be read."""
    if loaded.value is None:
        return
    for rule in ENTRY_RULES:
        for said in rule.find(Entry(loaded.value, directory)):
            at = loaded.source.position(said.path, said.offset, key=said.key)
            yield loaded.source.finding(said.severity or rule.severity, rule.code, said.text, at, said.path, rule.law)


def _one_source(directory: DataDirectory) -> Iterator[Said]:
    for kept in directory.keepers():
        if kept.element not in directory.elements or kept.settled:
            continue
        bodies = "、".join(kept.bodies)
        if kept.source is None:
            zh = f"{bodies} 都有这项数据，要写明哪个是数源部门（source）"
            en = f"{', '.join(kept.bodies)} all keep this; name the one it comes from (source)"
        else:
            zh = f"数源部门 {kept.source} 没有这项数据；有的是：{bodies}"
            en = f"The source {kept.source} does not keep this; those that do: {', '.join(kept.bodies)}"
        yield Said(Text(zh, en), ("elements", kept.element), key=True)


def _element_unused(directory: DataDirectory) -> Iterator[Said]:
    used = {kept.element for kept in directory.keepers()}
    for name in directory.elements:
        if name not in used:
            text = Text("没有哪个部门有这项数据", "No body keeps this")
            yield Said(text, ("elements", name), key=True)


ELEMENT_RULES = (
    ElementRule("one-source", "error", "政务数据共享条例 19", Text("一数一源", "One number, one source"), _one_source),
    ElementRule("element-unused", "warning", "", Text("字典里不留没人有的", "Nothing unused"), _element_unused),
)
