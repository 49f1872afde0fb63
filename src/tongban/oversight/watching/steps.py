"""What a case that has ended comes to: its steps as far as clocks are concerned, and whether its dates were kept.

Read from effects, not from names of acts: whatever a procedure file calls its acts, one that asks for something is a
correction and one that stops the authority's clock a pause. Pure: read from the steps of `oversight.folding`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b

from tongban.cases import clocks
from tongban.cases.clocks import Running
from tongban.cases.definition import Definition
from tongban.cases.loaded import Case
from tongban.cases.model import CaseState, Event, Own
from tongban.catalog.procedure import Who
from tongban.oversight.abuse.model import What
from tongban.oversight.folding import Step, folded, stage_of
from tongban.oversight.watching.model import KeptStep, Watched

_HANDED = {Own.HANDED_ON: What.HANDED_ON, Own.TAKEN_OVER: What.TAKEN_OVER}
_MOVED = {"pause": What.PAUSED, "resume": What.RESUMED, "extend": What.EXTENDED}


def watched(case: Case, looks: Sequence[datetime] = ()) -> Watched | None:
    """The case as it is kept; None while it is open. `looks` are when officials opened the file.

    Taken back by its applicant in time it owed no answer; taken back after a date was missed, the date was missed.
    """
    state = case.state
    if not case.definition.ended(state) or state.elsewhere is not None or state.updated_at is None:
        return None
    terms = clocks.running(case.definition, state, state.updated_at)
    owed = [one for one in terms if one.clock.by_authority and not one.clock.data.aside]
    steps = [*steps_of(case), *(KeptStep(What.LOOKED, at) for at in looks)]
    taken_back = any(one.what is What.WITHDRAWN for one in steps)
    # What climbed was missed, also where the term has begun again since; beyond the head only after the law's date.
    climbed = [one.rung for one in state.escalated if not case.definition.procedure.terms[one.term].aside]
    promised = not climbed and all(_kept(one, state.updated_at, promised=True) for one in owed)
    legal = set(climbed) <= {Who.HEAD} and all(_kept(one, state.updated_at, promised=False) for one in owed)
    return Watched(
        region=state.case.region,
        case_id=state.case.case,
        body=state.desk.id,
        service=state.case.service,
        ended_at=state.updated_at,
        promised=promised if owed and not (taken_back and promised) else None,
        legal=legal if owed and not (taken_back and legal) else None,
        steps=tuple(sorted(steps, key=lambda one: one.at)),
    )


def _kept(term: Running, at: datetime, *, promised: bool) -> bool:
    standing = (term.promised if promised else None) or term.statutory
    return not standing.overdue_at(standing.ended or at)


def steps_of(case: Case) -> Iterator[KeptStep]:
    """The steps, in order. One event may be several: an acceptance that begins with what was asked for."""
    definition = case.definition
    for step in folded(case):
        kinds = list(_kinds(definition, step))
        if kinds:
            term = _owed(definition, step.before, step.event.at)
            since, due = (term.origin, term.binding.due) if term else (None, None)
            for what in kinds:
                yield _step(what, step, since, due)


def _kinds(definition: Definition, step: Step) -> Iterator[What]:
    before, event, after = step.before, step.event, step.after
    if event.opening is not None:
        if event.opening.received_at is not None:
            yield What.HANDED_IN
        yield What.REGISTERED
    if event.type in _HANDED:
        yield _HANDED[Own(event.type)]
    asking = definition.asking
    if (
        before.state in asking
        and after.state not in asking
        and event.by.kind != "clock"
        and (event.facts or event.documents)
    ):
        yield What.SUPPLEMENTED
    if event.asks:
        yield What.CORRECTION
    terms = definition.procedure.terms
    done = dict.fromkeys(move.do for move in event.moves if terms[move.term].owed_by == "authority")
    yield from (_MOVED[do] for do in done if do in _MOVED)
    if stage_of(definition, before) == "submitted" and stage_of(definition, after) == "accepted":
        yield What.ACCEPTED
    if event.decides:
        yield What.DECIDED
    elif step.ends and not before.decided:
        yield What.WITHDRAWN if step.taken_back else What.CLOSED
    if step.reopens:
        yield What.REOPENED


def _owed(definition: Definition, state: CaseState, at: datetime) -> Running | None:
    if state.opening is None:
        return None
    return clocks.matters([one for one in clocks.running(definition, state, at) if one.clock.by_authority])


def _step(what: What, step: Step, since: datetime | None, due: datetime | None) -> KeptStep:
    event, at = step.event, step.event.at
    if what is What.HANDED_IN and event.opening is not None and event.opening.received_at is not None:
        at = event.opening.received_at
    return KeptStep(
        what,
        at,
        since,
        due,
        ground=next((move.ground for move in event.moves if move.do == "pause"), "") if what is What.PAUSED else "",
        text=_digest(event) if what is What.DECIDED and event.decides == "adverse" else "",
        nothing_new=what is What.SUPPLEMENTED and _nothing_new(event, step.before),
        adverse=what is What.DECIDED and event.decides == "adverse",
    )


def _digest(event: Event) -> str:
    """So that equal reasons can be told from others; short, and of the reasons alone."""
    said = "".join(str(event.payload.get("reasons", "")).split())
    return blake2b(said.encode(), digest_size=8).hexdigest() if said else ""


def _nothing_new(event: Event, before: CaseState) -> bool:
    had = {one.sha256 for files in before.documents.values() for one in files}
    files = [one.sha256 for given in event.documents.values() for one in given]
    same = all(before.facts.get(name) == value for name, value in event.facts.items())
    return same and all(one in had for one in files)
