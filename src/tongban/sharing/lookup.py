"""Ask the records of the state on behalf of one person, for one purpose, and leave a trace that they can read.

First part: the records lie in this installation's database. The exchange between bodies comes behind the same two
functions. Sources: 政务数据共享条例 19 (not collected again), 29 (use is recorded), 国令716 art. 7, PIPL 13 and 35.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tongban.base.database import Database, Row
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.base.page import Page, cursor, read_cursor
from tongban.catalog.model import Service, Source
from tongban.sharing import store
from tongban.sharing.model import Access, Lookup, Purpose, Reader, Shared

_NOT_THERE = Text("{source}里没有查到，请您自己填。", "Not found in {source}; please answer yourself.")
_AWAY = Text("{source}暂时连不上，请您自己填，我们会再查。", "{source} cannot be reached now; please answer yourself.")
_NOT_CONNECTED = Text("{source}还没有接通，请您自己填。", "{source} is not connected yet; please answer yourself.")


class _Address(NamedTuple):
    resource: str
    record: str
    field: str


def _address(source: Source) -> _Address:
    """`police.population/person#birth_date` in its parts; the schema has checked the form."""
    place, _, field = source.at.partition("#")
    resource, _, record = place.partition("/")
    return _Address(resource, record, field)


def _named(source: Source) -> Text:
    return source.name if isinstance(source.name, Text) else Text(source.name, source.name)


def sources(service: Service) -> dict[str, Source]:
    """Everything a record of the state may answer for this service: facts, and what replaces a material, by name."""
    facts = {name: fact.source for name, fact in service.facts.items() if fact.source}
    return facts | {slug: material.replaced_by for slug, material in service.materials.items() if material.replaced_by}


async def lookup(
    db: Database,
    person: str,
    wanted: Mapping[str, Source],
    *,
    service: Service,
    purpose: Purpose,
    reader: Reader,
    at: datetime,
) -> Lookup:
    """Values for `wanted` (name of the fact → where it is), as far as the records have them.

    One statement reads all and writes one access row a record. Only the named fields are read. A record that is
    missing or a database that is away is an answer in `missing`, never an exception: the person may answer instead.

    Raises `Refused` for a caller that has no business asking: `source-not-listed` if the service file does not name
    the source, `purpose-missing` if the purpose is not this service, or names no matter or no law.
    """
    _permit(wanted, service, purpose)
    if not wanted:
        return Lookup(found={}, missing={})
    asked: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for name, source in wanted.items():
        address = _address(source)
        asked[address.resource, address.record][name] = address.field
    looks = [
        (uuid7(), resource, record, sorted(set(fields.values())), _as_json(_named(wanted[next(iter(fields))])))
        for (resource, record), fields in asked.items()
    ]
    try:
        rows = await store.read(
            db,
            person,
            looks,
            at=at,
            reader={"kind": reader.kind, "id": reader.id, "title": reader.title, "body": reader.body},
            purpose=purpose.service,
            matter=purpose.matter,
            law=_as_json(purpose.law),
            name=_as_json(purpose.name),
        )
    except Refused:
        return Lookup(found={}, missing={name: _AWAY.format(source=_named(s)) for name, s in wanted.items()})
    found: dict[str, Shared] = {}
    missing: dict[str, Text] = {}
    for row in rows:
        answer: dict[str, Any] | None = row["answer"]
        for name, field in asked[row["resource"], row["record"]].items():
            source = _named(wanted[name])
            if answer is not None and answer.get(field) is not None:
                found[name] = Shared(
                    value=answer[field],
                    source=source,
                    as_of=row["as_of"],
                    at=at,
                    resource=row["resource"],
                    record=row["record"],
                    digest=hashlib.sha256(msgspec.json.encode(answer, order="sorted")).hexdigest(),
                )
            else:
                missing[name] = (_NOT_CONNECTED if answer is None else _NOT_THERE).format(source=source)
    return Lookup(found=found, missing=missing)


def _permit(wanted: Mapping[str, Source], service: Service, purpose: Purpose) -> None:
    if purpose.service != service.service or not purpose.matter or not purpose.law.zh:
        raise refuse(
            "purpose-missing",
            "没有写明为哪个办件、依据哪条法律，不能查。",
            "Without the matter and the law it is for, nothing may be looked up.",
            law="个人信息保护法 6、34",
            status=403,
        )
    listed = {source.at for source in sources(service).values()}
    for name, source in wanted.items():
        if source.at not in listed:
            raise refuse(
                "source-not-listed",
                f"事项文件没有列出“{name}”的这个来源，不能查。",
                f"The service file does not list this source for “{name}”; it may not be looked up.",
                place=name,
                law="个人信息保护法 6",
                status=403,
            )


async def accesses(db: Database, person: str, after: str | None = None, limit: int = 20) -> Page[Access]:
    """谁用过我的数据: one person's own list, newest first. Raises `Refused` (`bad-cursor`, 400)."""
    place = read_cursor(after, tuple[datetime, UUID]) if after else None
    rows = await store.accesses(db, person, place, limit + 1)
    items = tuple(_access(row) for row in rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items=items, next=cursor(last["at"], last["id"]) if last is not None else None)


def _access(row: Row) -> Access:
    return Access(
        id=str(row["id"]),
        at=row["at"],
        source=Text(**row["source"]["source"]),
        resource=row["resource"],
        fields=tuple(row["fields"]),
        answered=row["answered"],
        reader=Reader(**row["reader"]),
        purpose=Purpose(
            service=row["purpose"],
            name=Text(**row["source"]["service"]),
            matter=row["matter"],
            law=Text(**row["law"]),
        ),
    )


def _as_json(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
