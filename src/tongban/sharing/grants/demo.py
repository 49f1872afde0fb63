"""Grants of the demonstration province: every source that a service file lists, and nothing else."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path

import msgspec
import yaml

from tongban.base.i18n import Text
from tongban.catalog import cite
from tongban.catalog.catalogue import read_files
from tongban.catalog.model import Service, Source
from tongban.catalog.shipped import shipped
from tongban.catalog.tables import both
from tongban.sharing.channel.model import AllowedTest, Test
from tongban.sharing.grants import store
from tongban.sharing.grants.model import Change, Grant
from tongban.sharing.lookup import sources
from tongban.sharing.store import Writes


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    since: date
    until: date
    law: Text
    purpose: Text
    providers: dict[str, str]
    tests: dict[str, tuple[AllowedTest, ...]] = {}

    def provider(self, resource: str) -> str | None:
        """The body that owns a resource; the more exact line counts. None for one that nobody owns."""
        return self.providers.get(resource) or self.providers.get(resource.partition(".")[0])


def _file() -> _File:
    text = (Path(__file__).parent / "demo.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), _File)


def grants(services: Iterable[Service]) -> Iterator[Grant]:
    """One grant for each record that a service uses, with the fields of all its versions."""
    file = _file()
    named: dict[str, Service] = {}
    fields: dict[tuple[str, str], set[str]] = defaultdict(set)
    tests: dict[tuple[str, str], set[AllowedTest]] = defaultdict(set)
    for service in services:
        named[service.service] = service
        for source in sources(service).values():
            if source.test:
                tests[service.service, source.place].add(_least(source))
            else:
                fields[service.service, source.place].add(source.field)
    for slug, place in sorted(fields.keys() | tests.keys()):
        wanted, least = fields[slug, place], sorted(tests[slug, place], key=repr)
        service = named[slug]
        resource, _, record = place.partition("/")
        provider = file.provider(resource)
        if provider is None:
            continue  # a service of somebody's own names a body that this province does not have
        yield Grant(
            id=f"demo.{slug}.{resource}.{record}.{_digest((*wanted, *map(repr, least)))}",
            resource=resource,
            record=record,
            fields=tuple(sorted(wanted)),
            tests=(*file.tests.get(place, ()), *least),
            provider=provider,
            consumer=service.authority.body,
            service=slug,
            purpose=file.purpose.format(service=both(service.name)),
            law=Text("{law}；{own}", "{law}; {own}").format(law=file.law, own=cite(service.law[0])),
            since=file.since,
            until=file.until,
        )


def _least(source: Source) -> AllowedTest:
    test = Test.read("", source.field, source.test)
    return AllowedTest(test.field, test.op, test.value)


def _digest(fields: Iterable[str]) -> str:
    """Other fields, another grant: one that was given is never widened."""
    return hashlib.sha256(" ".join(sorted(fields)).encode()).hexdigest()[:6]


@cache
def _shipped() -> tuple[Service, ...]:
    return tuple(read_files(shipped("services"), Service, []))


@cache
def shipped_grants() -> tuple[Grant, ...]:
    """Those of the services that come with the platform."""
    return tuple(grants(_shipped()))


async def seed(connection: Writes, now: datetime, own: Iterable[Service] = ()) -> None:
    """Put the grants into the database; again is harmless, and what was suspended meanwhile stays so.

    `own` are services that somebody tries out in the demonstration: they have grants as if they had asked for them.
    """
    for grant in grants((*_shipped(), *own)) if own else shipped_grants():
        await store.give(connection, grant, Change(event="demo", at=now, by="demo"))
