"""The guide to one service: everything a person wants to know before starting, from its file alone."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.catalog.certificate import FOLDER, Certificate, digest, read_certificate
from tongban.catalog.competence import law_of
from tongban.catalog.model import Material, Service, Validity, Words
from tongban.catalog.shipped import shipped
from tongban.catalog.where import ANY_DOOR, who_answers
from tongban.web.html import page, saved_file
from tongban.web.portal.comparing import own_ways
from tongban.web.portal.promise import decision, promises
from tongban.web.site import Site
from tongban.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Need:
    """A material, and in which situation it is needed (empty: always)."""

    material: Material
    when: Words


def needs(service: Service) -> list[Need]:
    """Materials a person may have to bring; those that the state always has are not among them."""
    by_condition = {situation.when: situation.name for situation in service.situations}
    return [
        Need(material, by_condition.get(material.when, Text("视情况", "In some cases") if material.when else ""))
        for material in service.materials.values()
        if not (material.replaced_by and material.origin == "government")
    ]


def spared(service: Service) -> dict[Words, list[Words]]:
    """What need not be brought or filled in, under the record that has it."""
    found: dict[Words, list[Words]] = {}
    for fact in service.facts.values():
        if fact.source:
            found.setdefault(fact.source.name, []).append(fact.name)
    for material in service.materials.values():
        if material.replaced_by and material.origin == "government":
            found.setdefault(material.replaced_by.name, []).append(material.name)
    return found


def validity(valid: Validity | None) -> Text | None:
    """How long the result holds, in words."""
    match valid:
        case Validity(years=int(years)):
            return Text(f"有效期{years}年", f"valid for {years} year{'s' if years > 1 else ''}")
        case Validity(months=int(months)):
            return Text(f"有效期{months}个月", f"valid for {months} month{'s' if months > 1 else ''}")
        case _:
            return None


@get("/services/{slug:str}")
async def guide(site: Site, visitor: Visitor, slug: str) -> Response[str]:
    """Who can apply, with what, when it is answered, at what cost, by which law."""
    service = site.catalogue.service(slug)
    found = promises(site, service)
    return page(
        site,
        visitor,
        "portal/guide.html",
        service=service,
        to_bring=needs(service),
        spared=spared(service),
        terms=found,
        promise=decision(found),
        validity=validity(service.result.valid),
        compared=certified(service),
        own=own_ways(site, slug),
        answers=who_answers(service),
        cited=law_of(service, service.competence[0]) if service.competence else None,
        any_door=ANY_DOOR,
    )


def certified(service: Service) -> Certificate | None:
    """The certificate that the rules of this version give the same however they are run; None for any other text."""
    found = read_certificate(shipped("services") / FOLDER, service)
    return found if found is not None and found.digest == digest(service) else None


@get("/services/{slug:str}/rules-certificate.json")
async def rules_certificate(site: Site, slug: str) -> Response[Any]:
    """What was compared, for whoever wants to do it again. Raises Refused `no-certificate` (404)."""
    service = site.catalogue.service(slug)
    found = certified(service)
    if found is None:
        raise refuse("no-certificate", "这一版还没有核对证明", "This version has no such certificate", status=404)
    return saved_file(found.text(), found.file, "application/json")


ROUTES = [guide, rules_certificate]
