"""Said before it is done: what will be asked of whom, which values, why, under which law, and whether one may say no.

PIPL 13 (consent, unless a statutory duty needs the data), 17 and 35 (told in any case), 29 (a separate yes where it
rests on agreement); 政务数据共享条例 19.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tongban.base.i18n import Text
from tongban.catalog import cite
from tongban.catalog.model import Service, Source
from tongban.catalog.tables import both

Basis: TypeAlias = Literal["duty", "agreement"]
"""What a look rests on. `duty`: an article has the body check this, and the person is told; `agreement`: they may
say no."""

_SHARING = "政务数据共享条例"

CONSENT = Text("《个人信息保护法》第13条", "Personal Information Protection Law art. 13")


@dataclass(frozen=True, slots=True)
class Announced:
    """One record that may be read for a service, as far as it rests on one basis. `place` is `resource/record`."""

    place: str
    source: Text
    basis: Basis
    names: tuple[str, ...]
    labels: tuple[Text, ...]
    laws: tuple[Text, ...]


def sources(service: Service) -> dict[str, Source]:
    """Everything a record of the state may answer for this service: facts, and what replaces a material, by name."""
    facts = {name: fact.source for name, fact in service.facts.items() if fact.source}
    return facts | {slug: material.replaced_by for slug, material in service.materials.items() if material.replaced_by}


def basis(service: Service, name: str) -> tuple[Basis, Text]:
    """What the look for one fact or material rests on, with the article.

    A duty needs an article in the service file: of the source, or of the fact that the body must check. What only
    saves the person typing or a paper rests on their agreement, and that sharing should save it (政务数据共享条例 19)
    is no duty to check.
    """
    source = sources(service)[name]
    fact = service.facts.get(name)
    named = (source.law, fact.law if fact else "")
    duties = {one.id: one for one in service.law if one.act != _SHARING}
    law = next((duties[one] for one in named if one in duties), None)
    return ("duty", cite(law)) if law else ("agreement", CONSENT)


def announced(service: Service) -> tuple[Announced, ...]:
    """Every look that this service may take, record by record in the order of the file, duties apart from the rest."""
    found: dict[tuple[str, Basis], list[str]] = {}
    for name, source in sources(service).items():
        found.setdefault((source.place, basis(service, name)[0]), []).append(name)
    return tuple(
        Announced(
            place=place,
            source=both(sources(service)[names[0]].name),
            basis=kind,
            names=tuple(names),
            labels=tuple(both((service.facts.get(name) or service.materials[name]).name) for name in names),
            laws=tuple(dict.fromkeys(basis(service, name)[1] for name in names)),
        )
        for (place, kind), names in found.items()
    )
