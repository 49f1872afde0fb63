"""A change of the dictionary: one element, proposed by a body that keeps it (政务数据共享条例 13, 16, 19).

An element says what a value means for everybody who keeps it, so a change is looked at in all their entries at once.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.catalog.fields import Slug
from tongban.catalog.findings import path_text
from tongban.sharing.directory import store
from tongban.sharing.directory.entries import ENTRY_RULES, Entry
from tongban.sharing.directory.model import Assessment, Element
from tongban.sharing.directory.registered import DataDirectory
from tongban.sharing.store import Reads

MARK = "element:"
"""Before the name of an element where entries and elements stand in one list."""


class ElementChange(msgspec.Struct, frozen=True, kw_only=True):
    """An element as it should read, with what was assessed before it is proposed (art. 13)."""

    name: Slug
    element: Element
    assessment: Assessment


def kept(directory: DataDirectory, body: str) -> list[str]:
    """The elements that a body may change: those it keeps, where the dictionary names no other body as their source."""
    names = {
        item.element
        for one in directory.resources.values()
        if one.owner.id == body
        for record in one.records.values()
        for item in record.elements.values()
    }
    kind = body.partition(".")[2]
    sources = {name: element.source for name, element in directory.elements.items()}
    return sorted(name for name in names if sources.get(name) in (None, kind))


def check_change(change: ElementChange, body: str, directory: DataDirectory, today: date) -> None:
    """Whether a body may propose this. Raises Refused (422) with every reason: `not-your-element` (403),
    `nothing-changed`, `not-assessed`, `assessment-ahead`, and the codes of the rules that an entry would then break."""
    before = directory.elements.get(change.name)
    if before is not None and change.name not in kept(directory, body):
        raise refuse(
            "not-your-element",
            "这个数据元不是本单位的数据来源，请数源部门提出修改。",
            "Your body is not the source of this element; its source proposes a change.",
            place=change.name,
            law="政务数据共享条例 19",
            status=403,
        )
    if change.element == before:
        raise refuse("nothing-changed", "和字典里现在的一样，没有改动。", "Nothing would change.", place=change.name)
    problems: list[Problem] = []
    if not change.assessment.passed:
        text = Text("评估没有通过的，不能提出", "What did not pass the assessment cannot be proposed")
        problems.append(Problem("not-assessed", text, "passed", "政务数据共享条例 13"))
    if change.assessment.done > today:
        problems.append(
            Problem(
                "assessment-ahead", Text("评估日期在今天以后", "The day of the assessment lies ahead"), "assessed_on"
            )
        )
    after = DataDirectory.build(directory.resources.values(), {**directory.elements, change.name: change.element})
    known = set(_wrong(directory))
    problems += [one for one in _wrong(after) if one not in known]
    if problems:
        raise Refused(*problems)


def _wrong(directory: DataDirectory) -> Iterator[Problem]:
    """What the rules say of every entry, and of the sources that the dictionary names."""
    for resource in directory.resources.values():
        for rule in ENTRY_RULES:
            if rule.severity == "error":
                for said in rule.find(Entry(resource, directory)):
                    yield Problem(rule.code, said.text, f"{resource.id}: {path_text(said.path)}", rule.law)
    for one in directory.keepers():
        if one.element in directory.elements and not (one.settled and one.source in (None, *one.bodies)):
            names = "、".join(one.bodies)
            text = Text(f"数源部门要写成有这项数据的一个：{names}", f"The source is one of those that keep it: {names}")
            yield Problem("one-source", text, "source", "政务数据共享条例 19")


async def proposed(db: Reads, body: str, key: str, name: str) -> ElementChange:
    """What a body proposed for an element under this id. Raises Refused (`proposal-missing`)."""
    row = None
    with suppress(ValueError):
        row = await store.proposal(db, body, UUID(key))
    if row is None or row["resource"] != MARK + name:
        raise refuse(
            "proposal-missing",
            "没有找到要发布的数据元，请从“本单位的数据元”里重新提出。",
            "What is to be published was not found; propose it again from your body's elements.",
            place="proposal",
        )
    return msgspec.convert(row["content"], ElementChange)


def content(change: ElementChange) -> dict[str, Any]:
    """As the database keeps it."""
    return msgspec.to_builtins(change)
