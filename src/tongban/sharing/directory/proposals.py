"""A department's change of its entry: proposed, and published as proposed (政务数据共享条例 13, 16, 17).

What is proposed is checked before it becomes a case, as if it were published today; what the department cannot know
(version, approval, day of listing) is set when it is published, from the acts of the case.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tongban.base.errors import Problem, Refused, refuse
from tongban.base.i18n import Text
from tongban.catalog.findings import Path, path_text
from tongban.sharing.directory import store
from tongban.sharing.directory.entries import ENTRY_RULES, Entry
from tongban.sharing.directory.model import Approval, Resource, Status
from tongban.sharing.directory.registered import DataDirectory
from tongban.sharing.directory.sheet import plain_tree
from tongban.sharing.store import Reads

HEAD = Text("部门负责人", "Head of the department")


def content(resource: Resource) -> dict[str, Any]:
    """An entry as the database keeps it."""
    return msgspec.to_builtins(resource)


def published(proposed: Resource, version: int, approved: date, listed: date) -> Resource:
    """A proposal as it is listed. One that is to be suspended or withdrawn keeps that standing."""
    status = Status.LISTED if proposed.status is Status.DRAFT else proposed.status
    approval = Approval(at=approved, by=HEAD)
    return msgspec.structs.replace(proposed, version=version, status=status, approval=approval, listed_on=listed)


def check_proposal(proposed: Resource, body: str, directory: DataDirectory, today: date) -> None:
    """Whether a body may propose this. Raises Refused (422) with every reason: `not-your-entry`, `nothing-changed`,
    `assessment-ahead`, and the codes of the rules about entries.
    """
    now = directory.resources.get(proposed.id)
    if proposed.owner.id != body or (now is not None and now.owner.id != body):
        raise refuse(
            "not-your-entry",
            "这项数据不归本单位提供，不能改它的目录。",
            "This entry is not of your body; only its owner can change it.",
            place=proposed.id,
            law="政务数据共享条例 16",
            status=403,
        )
    after = published(proposed, 1, today, today)
    if now is not None and _said(now) == _said(after):
        raise refuse("nothing-changed", "和现在的目录一样，没有改动。", "Nothing would change.", place=proposed.id)
    problems = [
        Problem(code, text, f"{proposed.id}: {path_text(path)}", law)
        for code, text, path, law in _wrong(after, directory)
    ]
    if after.assessment is not None and after.assessment.done > today:
        text = Text("评估日期在今天以后", "The day of the assessment lies ahead")
        problems.append(Problem("assessment-ahead", text, f"{proposed.id}: assessment.done"))
    if problems:
        raise Refused(*problems)


def _wrong(after: Resource, directory: DataDirectory) -> Iterator[tuple[str, Text, Path, str]]:
    beside = DataDirectory.build([*directory.resources.values(), after], directory.elements)
    for rule in ENTRY_RULES:
        if rule.severity == "error":
            yield from ((rule.code, said.text, said.path, rule.law) for said in rule.find(Entry(after, beside)))


def _said(resource: Resource) -> dict[str, Any]:
    """What a department says of its data: without what publishing adds."""
    tree = plain_tree(resource)
    return {name: value for name, value in tree.items() if name not in ("version", "approval", "listed_on")}


async def proposed(db: Reads, body: str, key: str, entry: str = "") -> Resource:
    """What a body proposed under this id, for this `entry` if one is named. Raises Refused (`proposal-missing`)."""
    row = None
    with suppress(ValueError):
        row = await store.proposal(db, body, UUID(key))
    if row is None or (entry and row["resource"] != entry):
        raise refuse(
            "proposal-missing",
            "没有找到要发布的目录内容，请从“本单位的数据目录”里重新提出。",
            "What is to be published was not found; propose it again from your body's entries.",
            place="proposal",
        )
    return msgspec.convert(row["content"], Resource)
