"""走错了门也不白跑: a case that another body is competent for is handed on, with everything, and nothing starts anew.

Four acts that every procedure knows. Whoever holds the case hands it on before a decision; the other body takes it
over, or says once why it is not its; then the body above both settles it. Until it is taken over the first body owes
the answer and the clock runs on: 行政许可法 32 (whoever is not competent says at once who is), 浙江省保障
“最多跑一次”改革规定 5 (what one window takes in counts for every body behind it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from tongban.base.i18n import LANGS, Text, words
from tongban.cases import clocks
from tongban.cases.definition import Definition
from tongban.cases.evolve import evolve
from tongban.cases.model import SAME, By, CaseState, Custody, Event, Letter, Own, Refusal, refusal
from tongban.catalog.procedure import Act, Field, Procedure, Who
from tongban.catalog.wording import day_words
from tongban.org import Actor, Grant, Role
from tongban.org.competence import HAND_ON as HAND_ON_LAW

if TYPE_CHECKING:
    from tongban.cases.decide import Command
    from tongban.cases.loaded import Case

HAND_ON, TAKE_OVER, REFUSE, SETTLE = "hand-on", "take-over", "refuse-hand-on", "settle-hand-on"
HANDING = frozenset({HAND_ON, TAKE_OVER, REFUSE, SETTLE})
NEVER = datetime(1, 1, 1, tzinfo=UTC)
"""Of a hand-over that has not happened: its event says when."""
_NOTHING = Text("", "")

_REASONS = Field(type="long-text", name=Text("理由（会告诉申请人）", "Reasons (the applicant is told)"), max_length=500)
_HELD = frozenset({Role.INTAKE, Role.EXAMINE})
_RECEIVES = frozenset({Role.INTAKE, Role.EXAMINE, Role.DECIDE})


def spec(act: str, receivers: Sequence[Custody] = ()) -> Act:
    """One of the four acts as a form shows it. `receivers` are the bodies it can be handed on to, likeliest first."""
    made = _SPECS[act]
    if act != HAND_ON:
        return made
    choices = tuple((one.to_office.id, one.to_office.name) for one in receivers)
    body = Field(type="choice", name=Text("转给谁", "To whom"), choices=choices)
    return msgspec.structs.replace(made, says={"body": body, "reasons": _REASONS})


_SPECS: dict[str, Act] = {
    HAND_ON: Act(
        name=Text("转给该管的机关", "Hand on to the competent body"),
        from_=(),
        to=SAME,
        who=(Who.INTAKE, Who.EXAMINE),
        says={},
        law=HAND_ON_LAW.zh,
        help=Text(
            "材料、办件号、期限都跟着走，申请人不用重交；对方接收以前仍由本机关负责，期限照走。",
            "Papers, number and time go along and nothing is asked again; until the other side takes it over you owe"
            " the answer and the time runs.",
        ),
    ),
    TAKE_OVER: Act(
        name=Text("接收，接着办", "Take over"),
        from_=(),
        to=SAME,
        who=(Who.INTAKE, Who.EXAMINE, Who.DECIDE),
        law=HAND_ON_LAW.zh,
        help=Text(
            "签收回执，从现在起由本机关负责；期限从最初提交那天接着算。",
            "A receipt is signed and from now on you owe the answer; the time goes on from the first day.",
        ),
    ),
    REFUSE: Act(
        name=Text("有异议，请共同上级定", "Object, and let the body above both settle it"),
        from_=(),
        to=SAME,
        who=(Who.INTAKE, Who.EXAMINE, Who.DECIDE),
        says={"reasons": msgspec.structs.replace(_REASONS, name=Text("为什么不归本机关管", "Why it is not yours"))},
        law=HAND_ON_LAW.zh,
        help=Text(
            "只能提一次。期限照走，仍由转来的机关负责。",
            "Once only. The time runs on and the sender still owes the answer.",
        ),
    ),
    SETTLE: Act(
        name=Text("定由谁办", "Settle who handles it"),
        from_=(),
        to=SAME,
        who=(Who.COMMON_SUPERIOR,),
        says={
            "to": Field(
                type="choice",
                name=Text("由谁办", "Who handles it"),
                choices=(
                    ("receiver", Text("由接收的机关办", "the body it was handed on to")),
                    ("sender", Text("由原来的机关办", "the body that handed it on")),
                ),
            ),
            "reasons": _REASONS,
        },
        law=HAND_ON_LAW.zh,
    ),
}


def dispatches(procedure: Procedure) -> bool:
    """Whether cases of this kind are sent to their body by acts of their own (派单)."""
    return any(act.hands_on for act in procedure.acts.values())


def hands(act: str, found: Case) -> bool:
    """Whether an act sends a case to another body."""
    spec = found.definition.procedure.acts.get(act)
    return act == HAND_ON or (spec is not None and spec.hands_on)


def with_choices(act: Act, receivers: Sequence[Custody]) -> Act:
    """An act that hands on, as a form shows it: with the bodies that it can go to."""
    choices = tuple((one.to_office.id, one.to_office.name) for one in receivers)
    shown = {
        name: msgspec.structs.replace(field, choices=choices) if field.type == "body" else field
        for name, field in act.says.items()
    }
    return msgspec.structs.replace(act, says=shown)


def addressed(procedure: Procedure, command: Command) -> Command | Refusal:
    """The command of an act that hands on, with where it sends the case and why; every other one as it is."""
    act = procedure.acts.get(command.act)
    if act is None or not act.hands_on:
        return command
    wanted = str(command.says.get("body") or "").strip()
    fitting = next((one for one in command.receivers if one.to_office.id == wanted), None)
    if fitting is None:
        return _no_receiver() if wanted else _nobody_named()
    reason = str(command.says.get("reasons") or "").strip()
    sent = msgspec.structs.replace(fitting, reason=Text(reason, reason), law=act.law)
    return msgspec.structs.replace(command, custody=sent, taken_over=True)


def hand_on(definition: Definition, state: CaseState, command: Command, now: datetime) -> Event | Refusal:
    """转办. Says `body` (one of the command's `receivers`; nobody is chosen by itself) and `reasons`."""
    closed = _open(definition, state)
    refused = closed or _by_roles(command, _HELD, definition) or _problems(command.says, ("reasons",))
    if refused:
        return refused
    if state.on_its_way:
        return refusal(
            "on-its-way", "已经转出，等对方接收。", "It has been handed on already.", place="act", status=409
        )
    wanted = str(command.says.get("body") or "").strip()
    if not wanted:
        return _nobody_named()
    fitting = [one for one in command.receivers if one.to_office.id == wanted]
    if not fitting:
        return _no_receiver()
    reason = str(command.says["reasons"]).strip()
    custody = msgspec.structs.replace(fitting[0], reason=Text(reason, reason))
    return handed_on(definition, state, custody, command.actor, now, authority=command.grant.chain)


def handed_on(
    definition: Definition,
    state: CaseState,
    custody: Custody,
    actor: Actor,
    now: datetime,
    *,
    authority: Text = _NOTHING,
    quiet: bool = False,
) -> Event:
    """The event of a hand-over, with the letter that tells the person who has it now and why; `quiet` where the act
    that hands on has told them."""
    told = msgspec.to_builtins(custody)
    payload = {key: told[key] for key in ("from_office", "to_office", "reason", "region", "version") if key in told}
    return _event(
        state,
        Own.HANDED_ON,
        actor,
        now,
        payload,
        custody.law or HAND_ON_LAW.zh,
        authority,
        None if quiet else _sent_letter(definition, state, custody, now),
    )


def take_over(definition: Definition, state: CaseState, command: Command, now: datetime) -> Event | Refusal:
    """接收. What it signs for, the receipt, is put into the event by whoever has the keys."""
    refused = _waiting(state) or _by_roles(command, _RECEIVES, definition)
    return refused or taken_over(definition, state, command.actor, now, authority=command.grant.chain)


def taken_over(
    definition: Definition,
    state: CaseState,
    actor: Actor,
    now: datetime,
    *,
    authority: Text = _NOTHING,
    quiet: bool = False,
) -> Event:
    """The event of taking over. `quiet` where the letter of the hand-over has said it already."""
    custody = state.custody[-1]
    letter = None if quiet else _taken_letter(definition, state, custody, now)
    return _event(state, Own.TAKEN_OVER, actor, now, {"receipt": ""}, custody.law, authority, letter)


def refuse(definition: Definition, state: CaseState, command: Command, now: datetime) -> Event | Refusal:
    """异议. Says `reasons`; once for each hand-over."""
    refused = _waiting(state) or _by_roles(command, _RECEIVES, definition) or _problems(command.says, ("reasons",))
    if refused:
        return refused
    custody = state.custody[-1]
    if custody.objected_at:
        return refusal(
            "not-again", "异议已经提过，等共同上级定。", "The objection has been made.", place="act", status=409
        )
    said = {"reasons": str(command.says["reasons"]).strip(), "above": command.above}
    return _event(state, Own.HAND_ON_REFUSED, command.actor, now, said, custody.law, command.grant.chain, None)


def settle(definition: Definition, state: CaseState, command: Command, now: datetime) -> Event | Refusal:
    """共同上级指定. Says `to` (`receiver` or `sender`) and `reasons`."""
    refused = _waiting(state) or _by_roles(command, frozenset({Role.COMMON_SUPERIOR}), definition)
    refused = refused or _problems(command.says, ("to", "reasons"))
    if refused:
        return refused
    custody, to = state.custody[-1], str(command.says["to"])
    if to not in ("receiver", "sender"):
        return refusal("field-not-a-choice", "请选由谁办。", "Please choose who handles it.", place="to")
    if not custody.objected_at:
        return refusal(
            "nothing-to-settle", "对方没有提出异议。", "The other body has not objected.", place="act", status=409
        )
    said: dict[str, Any] = {"to": to, "reasons": str(command.says["reasons"]).strip()}
    letter = _taken_letter(definition, state, custody, now) if to == "receiver" else _stays_letter(definition, state)
    if to == "receiver":
        said["receipt"] = ""
    return _event(state, Own.HAND_ON_SETTLED, command.actor, now, said, custody.law, command.grant.chain, letter)


def sent_on(definition: Definition, state: CaseState, command: Command, now: datetime) -> list[Event]:
    """What is handed on in the moment it is opened, and taken over where an agreement says so.

    That a body of another installation has taken it over is said by its signed receipt and by nothing else.
    """
    if command.custody is None:
        return []
    act = definition.procedure.acts[command.act]
    by = command.actor if act.hands_on else Actor.rules()
    sent = handed_on(definition, state, command.custody, by, now, quiet=act.hands_on)
    if not command.taken_over or command.custody.to_office.installation:
        return [sent]
    return [sent, taken_over(definition, evolve(state, sent), Actor.rules(), now, quiet=True)]


def roles_of(act: str) -> frozenset[Role]:
    """The roles of which one is needed for an act of these."""
    return {HAND_ON: _HELD, TAKE_OVER: _RECEIVES, REFUSE: _RECEIVES, SETTLE: frozenset({Role.COMMON_SUPERIOR})}[act]


def may_hand_on(state: CaseState, grant: Grant | None) -> bool:
    """Whether a reader with this grant may hand a case on that lies here."""
    return grant is not None and state.on_its_way is None and bool(grant.roles & _HELD)


def stands_open(definition: Definition, state: CaseState, act: str) -> bool:
    """Whether an act of these makes sense now, whoever does it."""
    if state.opening is None or _open(definition, state):
        return False
    custody = state.on_its_way
    match act:
        case "hand-on":
            return custody is None
        case "take-over":
            return custody is not None
        case "refuse-hand-on":
            return custody is not None and custody.objected_at is None
        case _:
            return custody is not None and custody.objected_at is not None


def blocked(state: CaseState) -> Refusal | None:
    """While a case is on its way no official decides on it: neither body could know what the other does."""
    custody = state.on_its_way
    if custody is None:
        return None
    return refusal(
        "on-its-way",
        f"这件事已经转给{custody.to_office.name.zh}，等对方接收，现在不能办。",
        f"This was handed on to {custody.to_office.name.en} and waits to be taken over.",
        place="act",
        status=409,
    )


def _open(definition: Definition, state: CaseState) -> Refusal | None:
    if definition.ended(state) or state.decided:
        return refusal(
            "case-closed",
            "已经作出决定的办件不再转。",
            "A case that has been decided is not handed on.",
            place="act",
            status=409,
        )
    if dispatches(definition.procedure):
        return refusal(
            "act-not-possible",
            "这类件由派单机构派给承办单位；不归本单位管的，请提出派单异议。",
            "Cases of this kind are sent by whoever dispatches them; say by an objection that it is not yours.",
            place="act",
            status=409,
        )
    return None


def _nobody_named() -> Refusal:
    return refusal("field-missing", "请选转给哪个机关。", "Please choose the body it goes to.", place="body")


def _no_receiver() -> Refusal:
    return refusal(
        "no-receiver",
        "不能转给这个机关：它没有这个事项的职权，或者这件事已经在它手里办过。",
        "It cannot be handed on to this body: it has no power for this service, or has held the case before.",
        place="body",
    )


def _waiting(state: CaseState) -> Refusal | None:
    if state.on_its_way:
        return None
    return refusal("nothing-handed-on", "这件事没有转过来。", "Nothing was handed on.", place="act", status=409)


def _by_roles(command: Command, roles: frozenset[Role], definition: Definition) -> Refusal | None:
    if command.actor.kind == "official" and command.grant.roles & roles:
        return None
    return refusal(
        "not-your-act",
        "这一步由收件、审查的人员或者共同上级来做。",
        "This is for intake staff, examiners, or the body above both.",
        place="actor",
        law=definition.procedure.law[0].id if definition.procedure.law else "",
        status=403,
    )


def _problems(says: Mapping[str, Any], needed: tuple[str, ...]) -> Refusal | None:
    for name in needed:
        said = says.get(name)
        if not isinstance(said, str) or not said.strip():
            return refusal("field-missing", "请写明理由。", "Please give reasons.", place=name)
        if len(said) > _REASONS.max_length:
            return refusal("field-too-long", "最多500个字。", "At most 500 characters.", place=name)
    return None


def _event(
    state: CaseState,
    kind: Own,
    actor: Actor,
    now: datetime,
    payload: dict[str, Any],
    law: str,
    authority: Text,
    letter: Letter | None,
) -> Event:
    return Event(
        seq=state.seq + 1,
        type=kind,
        at=now,
        by=By(actor.kind, actor.id, actor.name, actor.post or "", actor.body or ""),
        to=SAME,
        authority=authority,
        payload=payload,
        law=law,
        letter=letter,
    )


# --- letters ---------------------------------------------------------------------------------------------------------


def _sent_letter(definition: Definition, state: CaseState, custody: Custody, now: datetime) -> Letter:
    values = _values(definition, state, custody, now)
    if custody.from_office == state.case.received_by:
        title = Text("您的申请收下了，由{to}办", "Your application was taken in for {to}")
        body = Text(
            "{name}：{from}收下了您的“{service}”申请（办件号{case}），核对了身份和材料的形式，已经转给{to}。"
            "收件的事由{from}负责，受理和决定由{to}负责，两边您都可以找。办件号只有这一个，材料不用再交。{due}",
            "{name}: {from} took in your application for “{service}” (number {case}), checked who you are and the form"
            " of your papers, and sent it on to {to}. {from} answers for the intake, {to} for acceptance and decision;"
            " you may turn to either. There is one number, and no paper is asked for again. {due}",
        )
    else:
        title = Text("您的申请转给{to}办", "Your application was handed on to {to}")
        body = Text(
            "{name}：您的“{service}”申请（办件号{case}）该由{to}办。原因：{reason}依据：{law}。"
            "申请和材料都转过去了，您不用做什么：不用重新申请，不用再交材料，也不用跑一趟。"
            "办件号不变，期限从您提交那天接着算。对方接收以前，仍由{from}负责。{due}",
            "{name}: your application for “{service}” (number {case}) is for {to}. Why: {reason} Law: {law}. Everything"
            " went along and you need do nothing: not apply again, not send papers again, not go anywhere. The number"
            " stays and the time goes on from the day you applied. Until it is taken over, {from} answers. {due}",
        )
    return _letter(state, title.format(**values), body.format(**values), "handed-on")


def _taken_letter(definition: Definition, state: CaseState, custody: Custody, now: datetime) -> Letter:
    values = _values(definition, state, custody, now)
    return _letter(
        state,
        Text("{to}接着办您的申请", "{to} now handles your application").format(**values),
        Text(
            "{name}：您的“{service}”申请（办件号{case}）已由{to}接收，从现在起由它答复您。"
            "材料都在，不用再交；期限接着算。{due}",
            "{name}: {to} has taken over your application for “{service}” (number {case}) and will answer you. It has"
            " all your papers; the time goes on. {due}",
        ).format(**values),
        "taken-over",
    )


def _stays_letter(definition: Definition, state: CaseState) -> Letter:
    custody = state.custody[-1]
    values = _values(definition, state, custody, custody.at)
    return _letter(
        state,
        Text("您的申请仍由{from}办", "{from} keeps your application").format(**values),
        Text(
            "{name}：您的“{service}”申请（办件号{case}）由哪家办，共同的上级定了：仍由{from}办。您不用做什么。",
            "{name}: the body above both has settled who handles your application for “{service}” (number {case}):"
            " {from} keeps it. You need do nothing.",
        ).format(**values),
        "stays",
    )


def _letter(state: CaseState, title: Text, body: Text, notice: str) -> Letter:
    return Letter(state.case.applicant.id, title, body, notice)


def _values(definition: Definition, state: CaseState, custody: Custody, now: datetime) -> dict[str, Text]:
    case, due = state.case, clocks.matters(clocks.running(definition, state, now))
    moment = due.binding.due if due and due.clock.by_authority else None
    by = day_words(definition.local(moment)) if moment else None
    reason = custody.reason
    return {
        "name": Text(case.applicant.name, case.applicant.name),
        "service": Text(*(words(definition.service.name, lang) for lang in LANGS)),
        "case": Text(case.case, case.case),
        "from": custody.from_office.name,
        "to": custody.to_office.name,
        "reason": Text(_ended(reason.zh, "。"), _ended(reason.en, ".")),
        "law": definition.cite(custody.law) if custody.law in definition.laws else HAND_ON_LAW,
        "due": Text(f"最晚{by.zh}有下一步消息。", f"You will hear by {by.en}.") if by else Text("", ""),
    }


def _ended(sentence: str, stop: str) -> str:
    return sentence if not sentence or sentence[-1] in "。.！!？?" else sentence + stop
