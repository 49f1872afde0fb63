"""What a person sees of who opened their data: never who else was part of a matter, never a matter of somebody else."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban.base.database import Row
from tongban.base.i18n import Text
from tongban.base.page import Page, cursor, read_cursor
from tongban.sharing.access import store
from tongban.sharing.access.delays import Delay, delays
from tongban.sharing.access.model import Kind

By = Literal["self", "official", "agent", "verifier", "operator", "kiosk", "platform"]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One opening, as the person reads it. An official is a body and a post; another person is only `agent`.

    `matter` and `case` are empty where the matter is somebody else's. `delayed` names the rule, its reason and law.
    `emergency` is the number of an emergency, whose review can be asked for.
    """

    id: str
    at: datetime
    kind: Kind
    by: By
    """`self`, `official`, `agent`, `verifier`, `operator`, `kiosk` (a hall's machine) or `platform`."""
    body: str
    post: str
    source: Text
    resource: str
    fields: tuple[str, ...]
    labels: tuple[Text, ...]
    answered: bool
    service: str
    service_name: Text
    matter: str
    case: str
    own: bool
    law: Text
    basis: str
    emergency: str = ""
    shown_from: datetime
    delayed: Text | None = None
    delayed_law: Text | None = None


async def shown(
    db: store.Runner,
    person: str,
    now: datetime,
    after: str | None = None,
    limit: int = 20,
    *,
    body: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[Shown]:
    """谁用过我的数据, latest first, narrowed by body and time. Raises Refused (`bad-cursor`, 400)."""
    place = read_cursor(after, tuple[datetime, UUID]) if after else None
    rows = await store.shown(db, person, now, place, limit + 1, body=body or None, since=since, until=until)
    following = cursor(rows[limit - 1]["shown_from"], rows[limit - 1]["id"]) if len(rows) > limit else None
    return Page(tuple(_shown(row) for row in rows[:limit]), following)


async def one(db: store.Runner, person: str, key: str, now: datetime) -> tuple[Shown, str] | None:
    """One of a person's own rows, with the id of the official who looked ("" for anybody else); None if not theirs."""
    try:
        found = await store.one(db, person, UUID(key), now)
    except ValueError:
        return None
    if found is None:
        return None
    return _shown(found), found["reader"]["id"] if found["reader"]["kind"] == "official" else ""


async def bodies(db: store.Runner, person: str, now: datetime) -> list[str]:
    """The bodies that occur in a person's list."""
    return await store.bodies(db, person, now)


async def held_back(db: store.Runner, person: str, now: datetime) -> datetime | None:
    """When the last row appears of whose delay the person may know; None if there is none."""
    told = [rule.rule for rule in delays().values() if rule.told]
    return await store.held_back(db, person, now, told)


def _shown(row: Row) -> Shown:
    reader, source = row["reader"], row["source"]
    delay: Delay | None = delays().get(row["delayed_by"] or "")
    basis: str = row["grant_id"]
    own: bool = row["own"]
    return Shown(
        id=str(row["id"]),
        at=row["at"],
        kind=Kind(row["kind"]),
        by=_by(reader["kind"], reader["id"], row["person"]),
        body=row["body"],
        post=row["post"],
        source=Text(**source["source"]),
        resource=row["resource"],
        fields=tuple(row["fields"]),
        labels=tuple(Text(**label) for label in source.get("labels", ())),
        answered=row["answered"],
        service=row["purpose"] if own else "",
        service_name=Text(**source["service"]) if own else Text("别人的一件事", "somebody else's matter"),
        matter=row["matter"] if own else "",
        case=row["case_id"] if own else "",
        own=own,
        law=Text(**row["law"]),
        basis=basis if own else basis.partition(":")[0],
        emergency=basis.removeprefix("emergency:") if row["kind"] == Kind.EMERGENCY else "",
        shown_from=row["shown_from"],
        delayed=delay.reason if delay else None,
        delayed_law=delay.law if delay else None,
    )


def _by(kind: str, reader: str, person: str) -> By:
    """A reader who is a person is never named: the person themselves, or somebody who acts for them."""
    if kind == "person":
        return "self" if reader == person else "agent"
    return _KINDS.get(kind, "platform")


_KINDS: dict[str, By] = {"official": "official", "verifier": "verifier", "operator": "operator", "kiosk": "kiosk"}
