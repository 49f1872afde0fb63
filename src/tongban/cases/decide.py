"""What happens when somebody does something: `decide(definition, state, command, now) -> events or a refusal`.

Pure and total: every act has an answer in every state, and what the answer is depends on nothing but the arguments.
The law's silence is applied before the command is looked at, so the outcome never depends on when a timer ran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import msgspec

from tongban.base.i18n import LANGS, Text, words
from tongban.cases import clocks, doubts, handing, letters, says
from tongban.cases import trial as checks
from tongban.cases.definition import Definition, Judged
from tongban.cases.evolve import evolve, left_of
from tongban.cases.model import (
    SAME,
    By,
    CaseState,
    Custody,
    Dispute,
    Escalation,
    Event,
    Letter,
    Opening,
    Own,
    Refusal,
    refusal,
)
from tongban.cases.moves import moves_of
from tongban.cases.says import Given
from tongban.cases.trial import Trial
from tongban.catalog.procedure import Act
from tongban.catalog.replay import compact
from tongban.org import Actor, Grant
from tongban.org.model import Agreed
from tongban.sharing import Shared

UNDO = "undo"
"""撤回上一步: known to every procedure, possible where the last act allows minutes for it."""
PEOPLE_ONLY = "people-only"
"""只由人来办: known to every procedure, the applicant's at any time while the case is open (PIPL 24)."""

_NOTHING = Text("", "")
_CHAIN = 8
"""More acts than this never follow from one; a procedure that would go round is stopped by it."""


_CHECKS = (
    checks.on_its_way,
    checks.in_state,
    checks.by_whom,
    checks.again,
    checks.in_order,
    checks.second_person,
    checks.named_person,
    checks.timed,
    checks.undoubted,
)
"""What stands in the way of an act whatever it says; asked by `decide` and by `possible` alike."""


class Command(msgspec.Struct, frozen=True):
    """Somebody wants something done. `grant` is the answer of `org.may`; `expected_version` the state they saw."""

    act: str
    actor: Actor
    grant: Grant
    says: Mapping[str, Any] = {}
    expected_version: int | None = None
    opening: Opening | None = None
    records: Mapping[str, Shared] = {}
    disputes: Mapping[str, Dispute] = {}
    remark: Text = _NOTHING
    """A sentence that is added to the letter that tells of an outcome: what a machine contributed."""
    quiet: bool = False
    """No letter for this act itself: one letter for several cases says the same (`cases.wholes`)."""
    custody: Custody | None = None
    """With the act that opens a case: the hand-over that follows at once, because another body is competent."""
    taken_over: bool = False
    """Whether an agreement lets the other body take it over at once."""
    receivers: tuple[Custody, ...] = ()
    """With `hand-on`: the hand-overs that are possible, the likeliest first."""
    given: Given | None = None
    """With the act that opens a case: its answers, as they were read when its body was looked for."""
    above: str = ""
    """With `refuse-hand-on`: the body above both."""


GrantFor: TypeAlias = Callable[[str], Grant | None]
"""Asks for the grant of one act; None when there is none."""


class PossibleAct(msgspec.Struct, frozen=True):
    """An act this actor may do now."""

    act: str
    name: Text
    spec: Act | None
    """None for `undo`, which says nothing."""


def decide(definition: Definition, state: CaseState, command: Command, now: datetime) -> list[Event] | Refusal:
    """The events of a command, or every reason why not.

    Codes: `unknown-act` 404; `stale-version`, `act-not-possible`, `case-closed`, `not-expired`, `undo-too-late` 409;
    `not-your-act`, `second-person`, `not-again` 403/409; `field-…`, `fact-…`, `item-…`, `material-…`, `law-…`,
    `still-missing`, `condition-not-met`, and the codes of `tongban.terms` 422.
    """
    if command.act not in _OWN and command.act not in definition.procedure.acts:
        known = "、".join(act.name.zh for act in definition.procedure.acts.values())
        return refusal(
            "unknown-act",
            f"办理流程“{definition.procedure.name.zh}”没有“{command.act}”这个动作；有：{known}",
            f"The procedure “{definition.procedure.name.en}” has no act “{command.act}”",
            place="act",
            status=404,
        )
    if command.expected_version not in (None, state.version):
        return refusal(
            "stale-version",
            "这个办件在您打开之后又有了新进展，请刷新后再办。",
            "This case has moved on since you opened it. Please reload and look again.",
            place="version",
            status=409,
        )
    if state.elsewhere:
        return away(state)
    addressed = handing.addressed(definition.procedure, command)
    if isinstance(addressed, Refusal):
        return addressed
    command = addressed
    events = overdue(definition, state, now)
    state = _after(state, events)
    done = _OWN.get(command.act, _do)(definition, state, command, now)
    if isinstance(done, Refusal):
        return done
    new = [done, *handing.sent_on(definition, evolve(state, done), command, now)]
    remark = letters.and_then(command.remark, command.grant.signature)
    return [*events, *new, *_follow(definition, _after(state, new), now, remark)]


def overdue(definition: Definition, state: CaseState, now: datetime) -> list[Event]:
    """What the clock owes at `now`: the acts that answer when a term runs out, and the acts that follow by rule."""
    events: list[Event] = []
    while len(events) < _CHAIN and (command := _expiry(definition, state, now)):
        done = _do(definition, state, command, now)
        if isinstance(done, Refusal):
            break
        new = [done, *_follow(definition, evolve(state, done), now)]
        events.extend(new)
        state = _after(state, new)
    return events


def escalate(definition: Definition, state: CaseState, escalation: Escalation, now: datetime) -> Event:
    """The event that takes an overdue term to a named superior."""
    term = definition.procedure.terms[escalation.term]
    return Event(
        seq=state.seq + 1,
        type=Own.ESCALATED,
        at=now,
        by=_by(Actor.clock()),
        to=SAME,
        payload={k: v for k, v in msgspec.to_builtins(escalation).items() if k not in ("at", "seq")},
        law=term.law,
    )


def delivered(state: CaseState, seq: int, proof: Mapping[str, Any], now: datetime, *, arrived: bool) -> Event:
    """The proof that the letter of event `seq` reached the person, or the finding that it did not."""
    return Event(
        seq=state.seq + 1,
        type=Own.DELIVERED if arrived else Own.UNDELIVERED,
        at=now,
        by=_by(Actor.clock()),
        to=SAME,
        payload={"notice": seq, **proof},
    )


def told(definition: Definition, state: CaseState, events: list[Event], now: datetime) -> list[Event]:
    """What a case was told by others, and the acts that follow from it by rule: a whole ends when its parts have."""
    return [*events, *_follow(definition, _after(state, events), now)]


def follow(definition: Definition, state: CaseState, now: datetime) -> list[Event]:
    """The acts that follow by rule from where a case stands."""
    return _follow(definition, state, now)


def possible(
    definition: Definition,
    state: CaseState,
    actor: Actor,
    grant: GrantFor,
    now: datetime,
    receivers: tuple[Custody, ...] = (),
) -> tuple[PossibleAct, ...]:
    """The acts this actor may do now, in the order of the procedure file. `grant` asks `org.may` for one act;
    `receivers` are the bodies that the case could be handed on to."""
    if state.elsewhere:
        return ()
    state = _after(state, overdue(definition, state, now)) if state.opening else state
    own = (*doubts.possible(definition, state, actor, grant), *_handing(definition, state, actor, grant, receivers))
    return (*_possible(definition, state, actor, grant, now, receivers), *own)


def _handing(
    definition: Definition, state: CaseState, actor: Actor, grant: GrantFor, receivers: tuple[Custody, ...]
) -> Iterator[PossibleAct]:
    for act in (handing.TAKE_OVER, handing.REFUSE, handing.SETTLE, handing.HAND_ON):
        if actor.kind != "official" or not handing.stands_open(definition, state, act):
            continue
        granted = None if act == handing.HAND_ON and not receivers else grant(act)
        if granted and granted.roles & handing.roles_of(act):
            found = handing.spec(act, receivers)
            yield PossibleAct(act, found.name, found)


def _possible(
    definition: Definition,
    state: CaseState,
    actor: Actor,
    grant: GrantFor,
    now: datetime,
    receivers: tuple[Custody, ...],
) -> Iterator[PossibleAct]:
    judged = Judged(definition, state)
    for name, act in definition.procedure.acts.items():
        granted = grant(name) if state.state in act.from_ else None
        if granted is None:
            continue
        trial = Trial(definition, state, name, act, actor, granted, now, judged)
        # A condition over the facts is not asked before the act that brings them.
        asked = _CHECKS if _brings(act) else (*_CHECKS, checks.condition)
        if checks.theirs(trial) and not any(check(trial) for check in asked):
            yield PossibleAct(name, act.name, handing.with_choices(act, receivers) if act.hands_on else act)
    granted = grant(UNDO)
    if granted and not isinstance(_undo(definition, state, Command(UNDO, actor, granted), now), Refusal):
        yield PossibleAct(UNDO, Text("撤回", "Undo"), None)


def _brings(act: Act) -> bool:
    """Whether what is said can change the facts or the papers of the case."""
    return any(field.type in ("facts", "documents") for field in act.says.values())


def _after(state: CaseState, events: list[Event]) -> CaseState:
    for event in events:
        state = evolve(state, event)
    return state


# --- one act -------------------------------------------------------------------------------------------------------


def _do(definition: Definition, state: CaseState, command: Command, now: datetime) -> Event | Refusal:
    act = definition.procedure.acts[command.act]
    opened = msgspec.structs.replace(state, opening=command.opening) if command.opening else state
    judged = Judged(definition, opened)
    trial = Trial(definition, opened, command.act, act, command.actor, command.grant, now, judged)
    for check in (*_CHECKS, checks.expired):
        if refused := check(trial):
            return refused
    said = says.read(definition, command.act, command.says, definition.local(now), command.given)
    claimed = _claimed(opened, said, command.records)
    run = command.given.run if command.given and not said.problems else None
    trial = msgspec.structs.replace(trial, state=claimed, judged=Judged(definition, claimed, run))
    problems = said.problems or [
        *checks.unanswered(trial),
        *checks.still_missing(trial),
        *checks.rerouted(trial, said),
        *checks.unfounded(trial, said),
        *checks.misnamed(trial, said),
        *checks.by_the_record(trial, said),
    ]
    if problems:
        return Refusal(tuple(problems))
    if refused := checks.condition(trial):
        return refused
    moves = moves_of(trial, said.payload)
    if isinstance(moves, Refusal):
        return moves
    event = Event(
        seq=trial.seq,
        type=command.act,
        at=now,
        by=_by(command.actor),
        to=act.to,
        on_behalf_of=command.actor.on_behalf_of or "",
        authority=letters.and_then(command.grant.chain, _AGREED[command.actor.agreed]),
        payload=said.payload,
        law=act.law,
        adverse=act.adverse,
        decides=act.decides,
        issues=act.issues,
        grant=act.grant,
        lists=act.lists,
        moves_power=act.moves_power,
        revokes=act.revokes,
        certificate=act.certificate,
        promise=act.promise,
        in_name_of=command.grant.in_name_of,
        delegation=command.grant.delegation,
        opening=command.opening,
        facts=said.facts,
        records=dict(command.records),
        disputes=dict(command.disputes),
        documents=said.documents,
        asks=said.asks,
        named=said.named,
        moves=moves,
        judged=compact(trial.judged.assessment) if act.decides else {},
    )
    if command.quiet:
        return event
    after = evolve(state, event)
    if act.hands_on:  # its letter names the body that answers from now on
        after = _after(after, handing.sent_on(definition, after, command, now))
    letter = _letter(definition, act, after, event, command)
    if event.on_behalf_of and (letter or command.actor.kind == "person"):
        name, official = (
            Text(*(words(definition.service.name, lang) for lang in LANGS)),
            command.actor.kind == "official",
        )
        letter = letters.done_for(letter, after, act.name, event.by.name, name, official=official)
    return msgspec.structs.replace(event, letter=letter)


_AGREED: dict[Agreed, Text] = {
    "": _NOTHING,
    "screen": Text("（本人在场，在屏幕上看过并确认）", "(the person was present, read it on the screen and confirmed)"),
    "paper": Text("（本人在场，在打印件上看过并签字）", "(the person was present, read the print and signed it)"),
    "code": Text("（本人不在场，凭发给本人的确认码）", "(the person was away and confirmed by a code sent to them)"),
}
"""What the authority of an act entered by a helper adds: the helper confirms nothing in the person's place."""


def _letter(definition: Definition, act: Act, after: CaseState, event: Event, command: Command) -> Letter | None:
    if act.notice is None:
        return None
    remark, signed = command.remark, command.grant.signature
    moved = [move.term for move in event.moves if move.do != "end"]
    due = clocks.matters(clocks.running(definition, after, event.at), moved)
    written = letters.write(definition, act, after, event.payload, due, event.at, remark, event.by.name)
    tells = act.decides or act.issues or event.in_name_of or definition.ended(after)
    return letters.signed(written, signed) if written and tells else written


def _claimed(state: CaseState, said: says.Said, records: Mapping[str, Shared]) -> CaseState:
    return msgspec.structs.replace(
        state,
        facts={**state.facts, **said.facts},
        records={**state.records, **records},
        documents={**state.documents, **said.documents},
        asked=left_of(state.asked, said.facts, said.documents),
    )


def _follow(definition: Definition, state: CaseState, now: datetime, remark: Text = _NOTHING) -> list[Event]:
    """The acts that follow at once because a rule says so."""
    events: list[Event] = []
    if state.service_version != definition.service.version:
        return events  # taken over where another text applies: the next act is judged by that one
    while len(events) < _CHAIN and (able := definition.by_rule(state.state)):
        judged, done_already = Judged(definition, state), {event.type for event in events}
        acts = definition.procedure.acts
        here = [n for n in able if n not in done_already and not judged.waits_for_parts(acts[n].when)]
        machine = (msgspec.structs.replace(_machine(definition, name, Actor.rules()), remark=remark) for name in here)
        done = (_do(definition, state, command, now) for command in machine)
        event = next((one for one in done if isinstance(one, Event)), None)
        if event is None:
            break
        events.append(event)
        state = evolve(state, event)
    return events


def _machine(definition: Definition, act: str, actor: Actor) -> Command:
    return Command(act, actor, by_law(definition, act))


def by_law(definition: Definition, act: str) -> Grant:
    """The authority of the clock and the rules: the article itself."""
    law = definition.procedure.acts[act].law
    return Grant(definition.cite(law), law)


def _expiry(definition: Definition, state: CaseState, now: datetime) -> Command | None:
    if state.opening is None or state.elsewhere or definition.ended(state):
        return None
    act = clocks.ran_out(definition, state, now)
    return _machine(definition, act, Actor.clock()) if act else None


# --- taking the last act back ----------------------------------------------------------------------------------------


def _undo(definition: Definition, state: CaseState, command: Command, now: datetime) -> Event | Refusal:
    last = state.acts[-1] if state.acts else None
    act = definition.procedure.acts.get(last.type) if last else None
    if last is None or act is None or not act.undo_minutes or state.version != last.seq:
        return refusal(
            "undo-not-possible",
            "上一步不能撤回。",
            "The last step cannot be taken back.",
            place="act",
            status=409,
        )
    if last.by.id != command.actor.id:
        return refusal(
            "not-your-act", "只能撤回自己做的一步。", "Only who did it can take it back.", place="actor", status=403
        )
    if now > last.at + timedelta(minutes=act.undo_minutes):
        return refusal(
            "undo-too-late",
            f"已经过了{act.undo_minutes}分钟，不能撤回。",
            f"More than {act.undo_minutes} minutes have passed; it can no longer be taken back.",
            place="now",
            status=409,
        )
    return Event(
        seq=state.seq + 1,
        type=Own.UNDONE,
        at=now,
        by=_by(command.actor),
        to=last.before,
        authority=command.grant.chain,
        payload={"undoes": last.seq, "act": last.type},
        law=act.law,
    )


# --- asking that only people handle it ---------------------------------------------------------------------------


def _ask_people(definition: Definition, state: CaseState, command: Command, now: datetime) -> Event | Refusal:
    actor, opening = command.actor, state.opening
    theirs = opening is not None and opening.applicant.id == (actor.on_behalf_of or actor.id)
    if actor.kind != "person" or not theirs:
        return refusal(
            "not-your-act",
            "只有申请人可以要求只由人来办。",
            "Only the applicant can ask that only people handle it.",
            place="actor",
            status=403,
        )
    if definition.ended(state):
        return refusal(
            "case-closed",
            "这个办件已经结束；觉得机器办得不对，可以请人看一看。",
            "This case is closed. If a machine got it wrong, you can ask for a human look.",
            place="act",
            status=409,
        )
    return Event(
        seq=state.seq + 1,
        type=Own.PEOPLE_ONLY,
        at=now,
        by=_by(actor),
        to=SAME,
        on_behalf_of=actor.on_behalf_of or "",
        authority=command.grant.chain,
    )


def away(state: CaseState) -> Refusal:
    """Nothing is done here to a case that another installation has, or is to have."""
    office = state.custody[-1].to_office.name
    return refusal(
        "case-elsewhere",
        f"这个办件已经转给{office.zh}，由那边办理；那边的进展会显示在这里。",
        f"This case has gone to {office.en}, which handles it; how it goes there is shown here.",
        place="act",
        status=409,
    )


def _by(actor: Actor) -> By:
    return By(actor.kind, actor.id, actor.name, actor.post or "", actor.body or "")


_OWN: dict[str, Callable[[Definition, CaseState, Command, datetime], Event | Refusal]] = {
    UNDO: _undo,
    PEOPLE_ONLY: _ask_people,
    handing.HAND_ON: handing.hand_on,
    handing.TAKE_OVER: handing.take_over,
    handing.REFUSE: handing.refuse,
    handing.SETTLE: handing.settle,
    doubts.LOOK: doubts.look,
}
"""What every procedure knows without saying so."""
