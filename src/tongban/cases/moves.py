"""What an act does to the clocks: the effects of a procedure file turned into lawful moves, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, assert_never

import msgspec

from tongban.cases import clocks
from tongban.cases.model import Move, Refusal, refusal
from tongban.cases.trial import Trial, term
from tongban.catalog.procedure import Effect


def moves_of(trial: Trial, payload: Mapping[str, Any]) -> tuple[Move, ...] | Refusal:
    """The moves of the act. Starting what runs and ending what does not are nothing; the law checks the rest."""
    moves: list[Move] = []
    state = trial.state
    for effect in trial.act.terms:
        open_terms = {one.clock.term for one in clocks.running(trial.definition, state, trial.now) if one.open}
        nothing = {"start": effect.term in open_terms, "end": effect.term not in open_terms}
        if nothing.get(effect.do) or clocks.clock(trial.definition, effect.term) is None:
            continue
        move = _move(trial, effect, payload)
        if error := clocks.lawful(trial.definition, state, move):
            return refusal(error.code, error.zh, error.en, place=effect.term, law=trial.act.law)
        moves.append(move)
        state = msgspec.structs.replace(state, moves=(*state.moves, move))
    return tuple(moves)


def _move(trial: Trial, effect: Effect, payload: Mapping[str, Any]) -> Move:
    move = Move(effect.do, effect.term, trial.now, trial.seq)
    match effect.do:
        case "start":
            since = term(trial, effect.since) if effect.since else None
            origin = since.origin if since else _named_day(trial, effect.from_fact) if effect.from_fact else None
            if origin is None and trial.state.seq == 0 and trial.state.opening is not None:
                origin = trial.state.opening.received_at
            return msgspec.structs.replace(move, origin=origin, span=_until(trial, effect, payload))
        case "pause":
            return msgspec.structs.replace(move, ground=_ground(effect, payload))
        case "resume":
            return msgspec.structs.replace(move, ground=_ground(effect, payload) or _open_ground(trial, effect.term))
        case "extend":
            return _extension(trial, move, payload)
        case "end":
            return move
        case _:
            assert_never(effect.do)


def _until(trial: Trial, effect: Effect, payload: Mapping[str, Any]) -> str:
    """The length of a term that runs until a day that was said; empty for one that has its own."""
    said = payload.get(effect.until) if effect.until else None
    if not isinstance(said, str):
        return ""
    days = (date.fromisoformat(said) - trial.definition.local(trial.now)).days
    return f"{max(days, 0)} calendar-days"


def _named_day(trial: Trial, fact: str) -> datetime | None:
    """The beginning of the day that a fact names, in the zone of the law; None where it names none before now."""
    named = trial.state.facts.get(fact)
    if not isinstance(named, str):
        return None
    begins = datetime.combine(date.fromisoformat(named), time(), trial.definition.zone)
    return begins if begins < trial.now else None


def _ground(effect: Effect, payload: Mapping[str, Any]) -> str:
    """The legal ground: as the file says, or from what the act says (`$kind`)."""
    return str(payload.get(effect.ground[1:], "")) if effect.ground.startswith("$") else effect.ground


def _open_ground(trial: Trial, term: str) -> str:
    """The ground of the pause that is open: what ended it need not say again why it began."""
    pauses = [move for move in clocks.current(trial.state.moves) if move.term == term and move.do == "pause"]
    return pauses[-1].ground if pauses else ""


def _extension(trial: Trial, move: Move, payload: Mapping[str, Any]) -> Move:
    """As long as the law lets it be, by whom the law names."""
    clock = clocks.clock(trial.definition, move.term)
    lawful = clock.statutory.extension if clock else None
    if clock is None or lawful is None:
        return msgspec.structs.replace(move, span=str(clock.statutory.span.text("zh")) if clock else "")
    amount = f"{lawful.span.amount} {lawful.span.unit.value}s"
    return msgspec.structs.replace(move, span=amount, approver=lawful.approver, reason=str(payload.get("reasons", "")))
