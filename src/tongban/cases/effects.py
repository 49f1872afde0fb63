"""What new events do besides being written: certificates, grants, moved powers, messages; in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tongban.cases import (
    closing,
    corrections,
    evidence,
    granting,
    lifecycle,
    listing,
    moving,
    promises,
    spots,
    standing,
)
from tongban.cases.batch import Also
from tongban.cases.definition import Definition
from tongban.cases.handover import leaving
from tongban.cases.issuing import issue, revoke
from tongban.cases.model import CaseState, Event

if TYPE_CHECKING:
    from tongban.cases.engine import Engine


def effects(engine: Engine, definition: Definition, after: CaseState, new: Sequence[Event]) -> list[Also]:
    """Each in its turn; `after` is the case with the new events. A certificate comes first: messages carry it."""
    directory = engine.directory
    issued = next((event for event in new if event.issues), None)
    also: list[Also] = []
    if issued:
        types = engine.catalogue.certificate_type
        ring, demo = engine.keys, engine.demo
        also.append(issue(definition, after, issued, directory=directory, ring=ring, demo=demo, types=types))
    if issued and definition.service.result.mandate:
        also.append(standing.given(definition, after, issued, engine.zone))
    if issued and (end := closing.closed(definition, after, issued)):
        also.append(end)
    for event in new:
        day = definition.local(event.at)
        if event.grant:
            also.append(granting.granted(definition, after, event, directory))
        if event.lists:
            also.append(listing.listed(after, event, directory, day))
        if event.moves_power:
            also.append(moving.effect(after, directory, day))
        if event.promise:
            also.append(promises.effect(definition, after, event))
        if event.certificate:
            also.append(lifecycle.effect(engine, definition, after, event))
        if event.revokes:
            also.append(revoke(definition, after, event))
            if definition.service.result.mandate:
                also.append(closing.taken_back(after, event))
    also += evidence.relied(after, new)
    if own := lifecycle.about(after, new):
        also.append(own)
    also += spots.effect(definition, after, new[-1].at)
    also += corrections.answered(definition, after, new)
    also += listing.held(definition, after, new)
    also += granting.kept(after, new)
    if engine.between and leaving.speaks(after, new):
        also.append(leaving.said(engine.between, engine.keys, definition, after, new))
    return also
