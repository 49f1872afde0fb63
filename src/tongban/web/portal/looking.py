"""Asking the records for a form: for a service under its own name, for a bundle under that of each of its parts.

A record is read for the service that the law lets read it. The one form of a bundle therefore asks part by part, and
who looks at 谁用过我的数据 sees for which service each record was read.
"""

from collections.abc import Mapping

from tongban.base.i18n import Text
from tongban.catalog.composing import Composed
from tongban.catalog.model import Service, Source
from tongban.sharing import Lookup, Purpose, Reader, Shared, sources
from tongban.web.site import Site


async def look(
    site: Site, person: str, service: Service, wanted: Mapping[str, Source], purpose: Purpose, reader: Reader
) -> Lookup:
    """What the records say about a person, under the names of the form."""
    if not site.catalogue.is_bundle(service.service):
        return await site.sharing.look_up(person, wanted, service=service, purpose=purpose, reader=reader)
    return await _by_parts(site, person, site.catalogue.composed(service.service), wanted, purpose, reader)


async def _by_parts(
    site: Site, person: str, composed: Composed, wanted: Mapping[str, Source], purpose: Purpose, reader: Reader
) -> Lookup:
    found: dict[str, Shared] = {}
    missing: dict[str, Text] = {}
    waiting: set[str] = set()
    for part, names in composed.askers(wanted).items():
        service = composed.members[part]
        own = sources(service)
        its = Purpose.of(service, purpose.matter, _body(site, service, purpose))
        answer = await site.sharing.look_up(
            person, {name: own[name] for name in names}, service=service, purpose=its, reader=reader
        )
        found |= {names[name]: record for name, record in answer.found.items()}
        missing |= {names[name]: why for name, why in answer.missing.items()}
        waiting |= {names[name] for name in answer.waiting}
    return Lookup(found=found, missing=missing, waiting=frozenset(waiting))


def _body(site: Site, service: Service, purpose: Purpose) -> str:
    """The body that answers for this part in the place of the whole; empty while that is not known."""
    if not purpose.body:
        return ""
    region = site.directory.body(purpose.body).region
    return site.directory.competent(service.authority.body, service.authority.level, region).id
