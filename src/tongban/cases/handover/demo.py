"""The demonstration's two installations give each other their cards, as two administrators would by hand."""

from __future__ import annotations

from tongban.base.clock import Clock
from tongban.base.config import Settings
from tongban.base.keys import KeyRing
from tongban.org import demo
from tongban.org.demo.provinces import PROFILES, Province
from tongban.sharing.channel import neighbours
from tongban.sharing.channel.neighbours import Card, card_of

_SUBSYSTEM = "portal"


def others(province: Province) -> tuple[Province, ...]:
    """The provinces beside one."""
    return tuple(one for one in Province if one is not province)


def card(province: Province, ring: KeyRing, address: str) -> Card:
    """The card of a province's installation."""
    profile = PROFILES[province]
    uscc = next(body.uscc for body in demo.register(province).bodies if body.id == profile.centre)
    return card_of(
        ring,
        code=f"{profile.instance}/GOV/{uscc}/{_SUBSYSTEM}",
        name=profile.name,
        body=profile.centre,
        address=address,
        regions=(profile.code,),
    )


def introduce(province: Province, settings: Settings, clock: Clock) -> None:
    """Write our own card, and lay it where the installations beside ours look for it; they need not be there yet."""
    ours = card(province, KeyRing.open(settings.keys_dir, clock()), settings.address)
    neighbours.write(settings.data_dir / neighbours.OWN, ours)
    for other in others(province):
        folder = settings.data_dir.parent / other.value / neighbours.BESIDE
        neighbours.write(folder / f"{province.value}.json", ours)
