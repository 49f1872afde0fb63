"""Whether the register still bears out that somebody represents a business: asked when they change over to it.

民法典 61 [M]: the legal representative is whom the register names; with a change there what they appointed ends too.
"""

from tongban.catalog.model import Source
from tongban.org import Actor, Mandate
from tongban.org.store import mandates as rows
from tongban.sharing import Purpose, Reader
from tongban.sharing.announced import sources
from tongban.web.site import Site

SERVICE = "representative-standing"
_FACT = "uscc"


async def borne_out(site: Site, actor: Actor, mandate: Mandate) -> bool:
    """Whether the business register still names the representative; True for every other kind, and where the register
    does not answer: one that is down, or may not be asked, takes nobody's standing away. One that answers and has no
    entry any more does."""
    holder = await _representative(site, mandate)
    if holder is None or (mandate.how != "register" and mandate.ground == "legal-representative"):
        return True
    service = site.catalogue.service(SERVICE)
    source: Source = sources(service)[_FACT]
    purpose = Purpose.of(service, f"mandate:{mandate.id}")
    reader = Reader(kind=actor.kind, id=actor.id)
    answer = await site.sharing.look_up(holder, {_FACT: source}, service=service, purpose=purpose, reader=reader)
    found = answer.found.get(_FACT)
    if found is None:
        return _FACT not in answer.absent
    return str(found.value) == mandate.from_party


async def _representative(site: Site, mandate: Mandate) -> str | None:
    """Whose entry in the register the mandate rests on: the representative's own, also for whom they appointed."""
    if mandate.ground == "legal-representative":
        return mandate.to_person
    if not mandate.under:
        return None
    above = await rows.mandate(site.db, mandate.under)
    return above.to_person if above is not None and above.how == "register" else None
