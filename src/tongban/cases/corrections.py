"""A record-correction case that is answered: whatever waits for the record is due, in the same transaction.

Of the case that disputes a record the open question is kept beside it (`tongban.sharing.retry`); see `cases.late`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tongban.base.database import Connection
from tongban.cases.batch import Also
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState, Event
from tongban.org import Directory
from tongban.sharing.retry import store

SERVICE = "record-correction"
"""The service by which a record is disputed (政务数据共享条例 26)."""


def verified_by(service: str, owner: str, directory: Directory) -> str:
    """The body that answers where a service names who owns a record: the owner. A record of another province's is
    verified by the body that the service names for the place, which asks there: nobody is left without an answer."""
    return owner if service != SERVICE or directory.here(owner) else ""


def answered(definition: Definition, after: CaseState, new: Sequence[Event]) -> list[Also]:
    """What else is written when a correction ends; nothing for every other event."""
    case = after.case
    if case.service != SERVICE or not definition.ended(after):
        return []

    async def wake(connection: Connection) -> None:
        await store.wake(connection, case.applicant.id, case.case, new[-1].at)

    return [wake]
