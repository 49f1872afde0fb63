"""The check itself: a pure function of the list, the dictionary, the nodes' files and what stayed unanswered."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from tongban.base.i18n import Text
from tongban.catalog.findings import path_text
from tongban.oversight.registers.conformance.model import Found, Kind, System, system
from tongban.sharing.directory.entries import ENTRY_RULES, Entry
from tongban.sharing.directory.model import Attribute, ElementType, Resource
from tongban.sharing.directory.registered import PUBLIC, DataDirectory
from tongban.sharing.node.config import NodeConfig, Record
from tongban.sharing.node.values import Kind as ValueKind

STALE: Final = timedelta(days=366)
"""After its approval an entry is looked through anew. The platform's own number: the law says when data change."""
READS: Final[Mapping[ValueKind, frozenset[ElementType]]] = {
    "string": frozenset({"text", "enum", "id-number", "uscc", "phone", "region", "image"}),
    "integer": frozenset({"integer", "number", "money"}),
    "number": frozenset({"number", "money"}),
    "boolean": frozenset({"boolean"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"date"}),
}
"""The types of the dictionary that a value of a node can be."""


def judged(
    directory: DataDirectory,
    nodes: Sequence[NodeConfig],
    members: Mapping[str, str] | None,
    unanswered: Mapping[str, int],
    today: date,
) -> list[System]:
    """Every body that lists data or whose node answers, the lowest score first.

    `members` are the bodies of the exchange's members by code, None where there is no exchange; `unanswered` counts by
    resource the questions that are open for over a day.
    """
    listed = [one for one in directory.resources.values() if one.status in PUBLIC]
    found: dict[str, list[Found]] = defaultdict(list)
    entries: dict[str, int] = defaultdict(int)
    for one in listed:
        entries[one.owner.id] += 1
        found[one.owner.id] += _of_entry(one, directory, unanswered.get(one.id, 0), today)
    for body, each in (*_sources(directory), *_of_nodes(directory, nodes, members or {})):
        found[body].append(each)
    if members is not None:
        for body in _apart(listed, nodes, members):
            text = Text("没有成员、也没有托管节点替它回答", "It is no member and no node answers for it")
            found[body].append(Found(Kind.NOT_CONNECTED, body, text))
    systems = [system(body, entries[body], tuple(found[body])) for body in {*entries, *found}]
    return sorted(systems, key=lambda one: (one.score, one.body))


def _of_entry(one: Resource, directory: DataDirectory, open_questions: int, today: date) -> Iterator[Found]:
    for rule in ENTRY_RULES:
        for said in rule.find(Entry(one, directory)):
            kind = Kind.RULE_BROKEN if (said.severity or rule.severity) == "error" else Kind.RULE_WARNED
            yield Found(kind, f"{one.id} {path_text(said.path)}".strip(), said.text)
    if one.approval is not None and today - one.approval.at > STALE:
        day = one.approval.at.isoformat()
        yield Found(Kind.ENTRY_STALE, one.id, Text(f"上次审核是{day}", f"Last approved on {day}"))
    if open_questions:
        text = Text(f"{open_questions}次查询还没有回答", f"{open_questions} questions are without an answer")
        yield Found(Kind.QUESTION_UNANSWERED, one.id, text, open_questions)


def _sources(directory: DataDirectory) -> Iterator[tuple[str, Found]]:
    """To every body that keeps an element whose source is not settled."""
    for kept in directory.keepers():
        if kept.settled or kept.element not in directory.elements:
            continue
        names = "、".join(kept.bodies)
        for addresses in kept.bodies.values():
            held = directory.at(addresses[0])
            if held is not None:
                text = Text(f"{kept.element}：{names} 都有", f"{kept.element}: kept by {', '.join(kept.bodies)}")
                yield held.resource.owner.id, Found(Kind.TWO_SOURCES, addresses[0], text)


def _of_nodes(
    directory: DataDirectory, nodes: Sequence[NodeConfig], members: Mapping[str, str]
) -> Iterator[tuple[str, Found]]:
    for node in nodes:
        for resource, records in node.resources.items():
            entry = directory.resources.get(resource)
            body = members.get(node.member, node.member) if entry is None else entry.owner.id
            for name, record in records.items():
                if entry is None or name not in entry.records:
                    text = Text("目录里没有这份数据", "The list has no such record")
                    yield body, Found(Kind.RECORD_UNLISTED, f"{resource}/{name}", text)
                else:
                    for one in _fields(directory, entry, name, record):
                        yield body, one


def _fields(directory: DataDirectory, entry: Resource, name: str, record: Record) -> Iterator[Found]:
    listed = entry.records[name].elements
    for field, declared in record.fields.items():
        place = f"{entry.id}/{name}#{field}"
        item = listed.get(field)
        if item is None:
            yield Found(Kind.FIELD_UNLISTED, place, Text("目录里没有这个数据项", "The list has no such field"))
            continue
        element = directory.elements.get(item.element)
        if element is not None and element.type not in READS[declared.type]:
            zh = f"节点写的是 {declared.type}，数据元“{element.name.zh}”（{item.element}）是 {element.type}"
            en = f"The node says {declared.type}, the element {item.element} is {element.type}"
            yield Found(Kind.TYPE_DIFFERS, place, Text(zh, en))
    for field, item in listed.items():
        if field not in record.fields and entry.attribute_of(item) is not Attribute.NOT_SHARED:
            text = Text("节点没有接这一项", "The node does not answer this field")
            yield Found(Kind.FIELD_UNANSWERED, f"{entry.id}/{name}#{field}", text)


def _apart(listed: Sequence[Resource], nodes: Sequence[NodeConfig], members: Mapping[str, str]) -> list[str]:
    """Bodies with something to share that nobody can ask."""
    answered = {resource for node in nodes for resource in node.resources}
    shared = [one for one in listed if one.attribute is not Attribute.NOT_SHARED]
    return sorted({one.owner.id for one in shared if one.id not in answered} - {*members.values()})
