"""How it went with a power that moved: for whoever supervises it (行政许可法 24: the delegating body supervises)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tongban.base.page import Page, cursor, read_cursor
from tongban.cases.engine import Engine
from tongban.cases.projections import MOVE
from tongban.cases.store import moved
from tongban.catalog.model import Service
from tongban.org import Delegation


@dataclass(frozen=True, slots=True)
class Went:
    """Cases under one move. `refused` and `granted` are ended ones; the rest is open, withdrawn or lapsed."""

    cases: int = 0
    open: int = 0
    granted: int = 0
    refused: int = 0
    on_time: int = 0
    late: int = 0
    corrected: int = 0
    """Cases in which the person had to complete something."""
    overturned: int = 0
    """Cases about which a later one was answered in the person's favour."""

    @property
    def decided(self) -> int:
        return self.on_time + self.late


async def went(engine: Engine, move: Delegation) -> Went:
    """How it went with one."""
    found = await moved.handled(engine.db, *_marked(move))
    ends = {(one.service, one.state): _end(engine, one.service, one.state) for one in found}
    return Went(
        cases=sum(one.cases for one in found),
        open=sum(one.open for one in found),
        granted=sum(one.cases for one in found if ends[one.service, one.state] == "favourable"),
        refused=sum(one.cases for one in found if ends[one.service, one.state] == "adverse"),
        on_time=sum(one.on_time for one in found),
        late=sum(one.late for one in found),
        corrected=sum(one.corrected for one in found),
        overturned=sum(one.overturned for one in found),
    )


Only = Literal["all", "open", "granted", "refused", "on-time", "decided", "corrected", "overturned"]
_ENDS: Mapping[Only, str] = {"granted": "favourable", "refused": "adverse"}


async def under(engine: Engine, move: Delegation, only: Only, after: str | None, most: int) -> Page[moved.Under]:
    """The cases behind a figure of one, the latest first. Raises Refused `bad-cursor` (400)."""
    place = read_cursor(after, tuple[datetime, str]) if after else None
    states: list[tuple[str, str]] | None = None
    which: moved.Which
    if only == "granted" or only == "refused":
        known = await moved.handled(engine.db, *_marked(move))
        which, states = "all", [(o.service, o.state) for o in known if _end(engine, o.service, o.state) == _ENDS[only]]
    else:
        which = only
    found = await moved.listed(engine.db, *_marked(move), which, states, place, most + 1)
    last = found[most - 1] if len(found) > most else None
    return Page(tuple(found[:most]), cursor(last.opened_at, last.case_id) if last else None)


def _marked(move: Delegation) -> tuple[str, str]:
    """The body that owes the answer to its cases, and the label that they bear."""
    return (move.to_body if move.own_name else move.from_body), f"{MOVE}{move.id}"


def _end(engine: Engine, slug: str, state: str) -> str:
    """How a case of a service in this state ended, by whichever procedure it had."""
    service = engine.catalogue.service(slug)
    for name in _procedures(service):
        spec = engine.catalogue.procedure(name).states.get(state)
        if spec is not None:
            return spec.end or ""
    return ""


def _procedures(service: Service) -> tuple[str, ...]:
    return (service.procedure, *(one.procedure for one in service.situations if one.procedure))
