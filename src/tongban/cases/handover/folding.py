"""What the events of a hand-over between installations make of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tongban.cases.handover.standing import Elsewhere, Progress

if TYPE_CHECKING:
    from tongban.cases.model import CaseState, Event


def handed_on(state: CaseState, event: Event) -> CaseState:
    """To a body of another installation: from now on nothing is done here until it comes back."""
    installation = state.custody[-1].to_office.installation
    gone = Elsewhere(installation, event.seq, event.at) if installation else None
    return msgspec.structs.replace(state, elsewhere=gone)


def taken_over(state: CaseState, event: Event) -> CaseState:
    """Their receipt is here: the body over there owes the answer."""
    if state.elsewhere is None:
        return state
    receipt = state.custody[-1].receipt
    return _gone(state, event, msgspec.structs.replace(state.elsewhere, taken=event.at, receipt=receipt))


def progressed(state: CaseState, event: Event) -> CaseState:
    """The latest that was told stands; the word before stays in the event."""
    if state.elsewhere is None:
        return state
    progress = msgspec.convert(event.payload, Progress)
    return _gone(state, event, msgspec.structs.replace(state.elsewhere, progress=progress))


def recalled(state: CaseState, event: Event) -> CaseState:
    """Asked for; whether it can come back is for the other side to say."""
    if state.elsewhere is None:
        return state
    return _gone(state, event, msgspec.structs.replace(state.elsewhere, recalled=True))


def handed_back(state: CaseState, event: Event) -> CaseState:
    """Declined, recalled or returned: the body that had it owes the answer again, and its clock has never stopped."""
    *before, last = state.custody
    if last.taken_at is None:
        custody = (*before, msgspec.structs.replace(last, returned=True))
    else:
        back = msgspec.structs.replace(
            last,
            from_office=last.to_office,
            to_office=last.from_office,
            seq=event.seq,
            at=event.at,
            taken_at=event.at,
            receipt="",
            region="",
            version="",
        )
        custody = (*state.custody, back)
    return msgspec.structs.replace(state, custody=custody, elsewhere=None, version=event.seq)


def _gone(state: CaseState, event: Event, elsewhere: Elsewhere) -> CaseState:
    return msgspec.structs.replace(state, elsewhere=elsewhere, version=event.seq)
