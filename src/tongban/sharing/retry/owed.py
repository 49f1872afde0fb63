"""What sources still owe an application when it becomes a case: the same transaction makes it the case's.

Two things are owed: answers that did not come in time, and, of what the person disputes, the value as it reads once
its source has corrected it (政务数据共享条例 26).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tongban.base.ids import uuid7
from tongban.catalog.model import Service
from tongban.catalog.tables import both
from tongban.sharing.announced import sources
from tongban.sharing.model import Purpose, Reader
from tongban.sharing.retry import store
from tongban.sharing.retry.model import FIRST_WAIT, Open, Wish
from tongban.sharing.store import Writes


@dataclass(frozen=True, slots=True)
class Owed:
    """Of whom, asked for which draft, by whom; `waiting` are names without an answer, `disputed` the case that asks
    for the correction by name."""

    person: str
    draft: str
    reader: Reader
    waiting: tuple[str, ...] = ()
    disputed: Mapping[str, str] = field(default_factory=dict[str, str])


async def take_over(db: Writes, owed: Owed, service: Service, case: str, body: str, now: datetime) -> None:
    """Hand over what is still wanted; what the draft had asked besides is not needed. Again is harmless."""
    await store.hand_in(db, owed.person, owed.draft, case, owed.waiting, now)
    if awaited := _awaited(owed, service, case, body, now):
        await store.await_corrections(db, awaited, now, now + FIRST_WAIT)


def _awaited(owed: Owed, service: Service, case: str, body: str, now: datetime) -> list[Open]:
    named = sources(service)
    found: dict[tuple[str, str], list[Wish]] = defaultdict(list)
    for name, correction in owed.disputed.items():
        if correction and (source := named.get(name)):
            wish = Wish(name=name, field=source.field, source=both(source.name), test=source.test, awaits=correction)
            found[source.resource, source.record].append(wish)
    return [
        Open(
            person=owed.person,
            matter=case,
            resource=resource,
            record=record,
            id=uuid7(),
            wishes=tuple(wishes),
            purpose=Purpose.of(service, case, body),
            reader=owed.reader,
            opened_at=now,
        )
        for (resource, record), wishes in found.items()
    ]
