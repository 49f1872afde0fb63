"""A register with one use that is everything a use should be, and a gate over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from tests.catalog.catalog_samples import USE, changed

from tongban.assist.gate import Gate
from tongban.assist.gate.register import Register
from tongban.assist.measured import Measured, model_of
from tongban.assist.model import Evidence, Proposed
from tongban.assist.store import Store
from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.base.telemetry import Log
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.load import load_use
from tongban.catalog.use import Use
from tongban.org import Actor

FINDER = load_use(USE).require()
COUNTY, CITY, PROVINCE, NEIGHBOUR = "990101", "990100", "990000", "990102"
OFFICIAL = Actor(kind="official", id="p-zhou", name="周晓岚", post="990101.police.clerk", body="990101.police")
SAID = Proposed(
    value="residence-permit",
    text=Text("像是居住证申领。", "This looks like a residence permit."),
    evidence=(Evidence(source="message", quote="居住证"),),
    confidence=0.9,
)
__all__ = ["FINDER", "USE", "changed"]


def measured(use: Use = FINDER, **changes: Any) -> Measured:
    """A measurement that the use keeps to."""
    one = Measured(
        use=use.use,
        version=use.version,
        model=model_of(use),
        on=date(2026, 11, 2),
        set="questions",
        size=30,
        metrics={"hit-at-3": 0.9},
    )
    return msgspec.structs.replace(one, **changes)


def use(**changes: Any) -> Use:
    """The sample use with fields of the record changed."""
    return msgspec.structs.replace(FINDER, **changes)


def register(entry: Use | None = FINDER, found: Measured | None = None) -> Register:
    """A register of this entry, measured as it should be unless another measurement is given."""
    catalogue = Catalogue((), (), () if entry is None else (entry,))
    kept: Mapping[str, Measured] = {} if entry is None else {entry.use: found or measured(entry)}
    return Register(catalogue, kept)


@dataclass(frozen=True)
class Hall:
    """A gate with its clock and the lines of the operator's log."""

    gate: Gate
    clock: SettableClock
    lines: list[str]
    db: Database


async def hall(db: Database, clock: SettableClock, made: Register) -> Hall:
    store = await Store.open(db)
    lines: list[str] = []
    gate = Gate(store, made, await store.key("person"), clock, Log(lines.append, clock))
    await gate.refresh()
    return Hall(gate, clock, lines, db)


async def says() -> Proposed[str]:
    """A use that has something to say."""
    return SAID
