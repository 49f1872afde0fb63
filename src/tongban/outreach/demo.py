"""Offers of the demonstration: what the policies find among its invented people, by the records of the state."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tongban.base.database import Database
from tongban.catalog import assess
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Service
from tongban.catalog.policy import Policy
from tongban.org import demo as people
from tongban.outreach.offers import Hit, Outreach
from tongban.outreach.report import Standing
from tongban.sharing import Reader, sources
from tongban.sharing import demo as records
from tongban.sharing.channel.model import Test
from tongban.sharing.least import passes

_BY = Reader(kind="platform", id="match")
"""The demonstration's runs are the platform's own."""


async def seed(db: Database, catalogue: Catalogue, now: datetime, zone: ZoneInfo) -> int:
    """Makes or renews the offers of today; what somebody declined stays declined. How many are open."""
    day = now.astimezone(zone).date()
    known = _known()
    outreach = Outreach(db, catalogue, lambda: now)
    made = 0
    for policy in catalogue.policies(day):
        service = catalogue.service(policy.service, on=day)
        hits = [hit for person in known if (hit := _hit(policy, service, person, known[person], day))]
        made += await outreach.take(policy, day, hits, compared=len(known), by=_BY)
    return made


def _known() -> dict[str, dict[tuple[str, str], dict[str, Any]]]:
    """What the departments know of each person, as their own databases have it."""
    found: dict[str, dict[tuple[str, str], dict[str, Any]]] = defaultdict(dict)
    for person, resource, record, fields in records.reports():
        found[person][resource, record] = fields
    citizens = {person.id for person in people.citizens()}
    return {person: held for person, held in found.items() if person in citizens}


def _hit(
    policy: Policy, service: Service, person: str, held: Mapping[tuple[str, str], Mapping[str, Any]], day: Any
) -> Hit | None:
    """Whether the policy is for this person, by the records alone: somebody of whom it knows too little is no hit."""
    facts: dict[str, Any] = {}
    for name, source in sources(service).items():
        value = held.get((source.resource, source.record), {}).get(source.field)
        if source.test:
            value = passes(value, Test.read(name, source.field, source.test))
        if name in service.facts and value is not None:
            facts[name] = value
    found = assess(service, facts, day)
    if found.outcome == "eligible" and found.fully_determined:
        told = {n: str(found.outputs[n]) for n in policy.tell.outputs if found.outputs.get(n) is not None}
        return Hit(person, Standing.ENTITLED, None, told)
    if len(found.unknown) == 1 and found.outcome in ("unknown", "eligible"):
        return Hit(person, Standing.MISSING, found.unknown[0], {})
    return None
