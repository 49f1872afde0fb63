"""The shipped files, loaded once, and short ways to ask them: what the tests of the shipped law share."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.shipped_files import procedures, services

from tongban.catalog import Assessment, assess, load_use, variant
from tongban.catalog.model import Audience, Term
from tongban.catalog.shipped import shipped
from tongban.catalog.use import Use

SERVICES = {name: service for name, service in services().items() if service.audience != (Audience.GOVERNMENT,)}
"""What somebody can apply for; a supervision that opens by itself has tests of its own."""
PROCEDURES = procedures()
USES: dict[str, Use] = {
    path.stem: load_use(path.read_text("utf-8"), str(path)).require() for path in sorted(shipped("uses").glob("*.yaml"))
}
DAY = date(2026, 11, 23)


def answer(service: str, on: date = DAY, /, **facts: Any) -> Assessment:
    """What the rules say about these facts on a day."""
    return assess(SERVICES[service], facts, on)


def outcome(service: str, on: date = DAY, /, **facts: Any) -> str:
    """The outcome word."""
    return answer(service, on, **facts).outcome


def terms_of(service: str, situation: str = "") -> Mapping[str, Term]:
    """The terms of a service, with those of a situation instead where it has its own."""
    whole = SERVICES[service]
    found = next((one for one in whole.situations if one.id == situation), None)
    return {**whole.terms, **((found.terms if found else None) or {})}


def needed(slug: str, **facts: Any) -> set[str]:
    """The materials that must be shown."""
    return {one.slug for one in variant(SERVICES[slug], facts, DAY).materials}
