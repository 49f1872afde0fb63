"""An act somebody tries, and every reason why it may not be: state, person, past, payload, law.

Each check is a function of the trial that gives a refusal or nothing; `decide` runs them in order, `possible` asks
those that need no words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

import msgspec

from tongban.base.errors import Problem
from tongban.base.i18n import LANGS, Text, words
from tongban.cases import clocks, handing, joint
from tongban.cases.definition import Definition, Judged
from tongban.cases.model import SAME, START, CaseState, Refusal, refusal
from tongban.cases.says import Said
from tongban.catalog.procedure import Act, Who
from tongban.catalog.wording import day_words, joined
from tongban.org import Actor, Grant, Role

WHO_NAMES: dict[Who, Text] = {
    Who.APPLICANT: Text("申请人", "the applicant"),
    Who.INTAKE: Text("受理人员", "intake staff"),
    Who.EXAMINE: Text("审查人员", "examiners"),
    Who.DECIDE: Text("审批人员", "deciders"),
    Who.HEAD: Text("本机关负责人", "the head of the authority"),
    Who.GOVERNMENT_HEAD: Text("本级政府负责人", "the head of government"),
    Who.SUPERIOR: Text("上级机关", "the superior authority"),
    Who.ASKING: Text("提出申请的单位", "the body that asks"),
    Who.ASKING_HEAD: Text("申请单位共享工作负责人", "the head of the asking body's sharing unit"),
    Who.SHARING_AUTHORITY: Text("同级政务数据共享主管部门", "the sharing authority of the same level"),
    Who.COMMON_SUPERIOR: Text("共同上级政务数据共享主管部门", "the sharing authority above both"),
    Who.JOINED: Text("会同办理的机关", "the bodies that take part"),
    Who.CLOCK: Text("期限届满", "the expiry of a term"),
    Who.RULES: Text("规则自动办理", "the rules"),
}


class Trial(msgspec.Struct, frozen=True):
    """An act somebody tries. `state` already has the opening, and then the claims, of the command."""

    definition: Definition
    state: CaseState
    name: str
    act: Act
    actor: Actor
    grant: Grant
    now: datetime
    judged: Judged
    """Of `state`; worked out only if a check asks, and then once."""

    @property
    def seq(self) -> int:
        return self.state.seq + 1


def in_state(trial: Trial) -> Refusal | None:
    state, acts = trial.state, trial.definition.procedure.acts
    opens = START in trial.act.from_
    if state.state in trial.act.from_ and (state.seq == 0) is opens and state.opening is not None:
        return None
    now = trial.definition.procedure.states.get(state.state)
    name = now.name if now else Text("尚未提交", "not yet submitted")
    if trial.definition.ended(state):
        return refusal(
            "case-closed",
            f"这个办件已经结束（{name.zh}），不能再“{trial.act.name.zh}”。",
            f"This case is closed ({name.en}); “{trial.act.name.en}” is no longer possible.",
            place="act",
            law=trial.act.law,
            status=409,
        )
    others = [act.name for act in acts.values() if state.state in act.from_ and set(act.who) - _MACHINES]
    can = joined(others)
    return refusal(
        "act-not-possible",
        f"办件现在是“{name.zh}”，不能“{trial.act.name.zh}”；现在可以：{can.zh or '无'}。",
        f"The case is now “{name.en}”, so “{trial.act.name.en}” is not possible; what is: {can.en or 'nothing'}.",
        place="act",
        law=trial.act.law,
        status=409,
    )


def on_its_way(trial: Trial) -> Refusal | None:
    """Between two bodies only the applicant and the clock act."""
    return handing.blocked(trial.state) if trial.actor.kind in ("official", "rules") else None


def theirs(trial: Trial) -> bool:
    """Whether the act is this actor's to do, as what they can act in this case."""
    return not _who(trial).isdisjoint(_capacities(trial))


def by_whom(trial: Trial) -> Refusal | None:
    if theirs(trial):
        return None
    allowed = _who(trial)
    who = joined([WHO_NAMES[one] for one in Who if one in allowed])
    return refusal(
        "not-your-act",
        f"“{trial.act.name.zh}”只能由{who.zh}办理。",
        f"“{trial.act.name.en}” can only be done by {who.en}.",
        place="actor",
        law=trial.act.law,
        status=403,
    )


def _who(trial: Trial) -> frozenset[Who]:
    """Who may do the act. An extension is for whom the law names, whatever the procedure file says."""
    for effect in trial.act.terms:
        if effect.do == "extend" and (clock := clocks.clock(trial.definition, effect.term)):
            lawful = clock.statutory.extension
            return frozenset({Who(lawful.approver)}) if lawful else frozenset(trial.act.who)
    return frozenset(trial.act.who)


def _capacities(trial: Trial) -> frozenset[Who]:
    """As what this actor can act in this case; an official by the roles that count for it."""
    state, actor = trial.state, trial.actor
    match actor.kind:
        case "clock":
            return frozenset({Who.CLOCK})
        case "rules":
            asked_not_to = state.people_only or (state.opening is not None and state.opening.people_only)
            return frozenset[Who]() if asked_not_to else frozenset({Who.RULES})
        case "person":
            mine = state.opening is not None and state.case.applicant.id == (actor.on_behalf_of or actor.id)
            return frozenset({Who.APPLICANT}) if mine else frozenset()
        case "official":
            roles = frozenset(Who(role) for role in trial.grant.roles if role in _OFFICIAL)
            return roles | {Who.APPLICANT} if _for_supervisor(trial) else roles
        case _:
            assert_never(actor.kind)


def _for_supervisor(trial: Trial) -> bool:
    """Whether a body asked for this case to be answered, and the actor supervises for it."""
    applicant = trial.state.case.applicant if trial.state.opening else None
    asked = applicant is not None and applicant.kind == "body" and applicant.id == trial.actor.body
    return asked and Role.SUPERVISE in trial.grant.roles


_MACHINES = frozenset({Who.CLOCK, Who.RULES})
_OFFICIAL = frozenset(who.value for who in frozenset(Who) - _MACHINES - {Who.APPLICANT})


def again(trial: Trial) -> Refusal | None:
    for before in trial.act.unless:
        done = trial.state.last(before)
        if done:
            name = trial.definition.procedure.acts[before].name
            day = day_words(trial.definition.local(done.at))
            return refusal(
                "not-again",
                f"{day.zh}已经“{name.zh}”，不能再“{trial.act.name.zh}”。",
                f"“{name.en}” was done on {day.en}; “{trial.act.name.en}” is no longer possible.",
                place="act",
                law=trial.act.law,
                status=409,
            )
    return None


def in_order(trial: Trial) -> Refusal | None:
    """What has to come before: another act, or the end of a term."""
    acts = trial.definition.procedure.acts
    if trial.act.after and not any(trial.state.last(before) for before in trial.act.after):
        first = joined([acts[before].name for before in trial.act.after])
        return refusal(
            "too-early",
            f"要先“{first.zh}”，才能“{trial.act.name.zh}”。",
            f"“{trial.act.name.en}” comes after “{first.en}”.",
            place="act",
            law=trial.act.law,
            status=409,
        )
    if trial.act.after_each and (wait := joint.owing(trial.definition.procedure, trial.state, trial.act.after_each)):
        who, first = joined([office.name for office in wait]), acts[trial.act.after_each].name
        return refusal(
            "too-early",
            f"还有{who.zh}没有“{first.zh}”，不能“{trial.act.name.zh}”。",
            f"“{trial.act.name.en}” waits for “{first.en}” by {who.en}.",
            place="act",
            law=trial.act.law,
            status=409,
        )
    if trial.act.each and trial.actor.body not in _owing(trial):
        return refusal(
            "not-again",
            f"您的机关不用再“{trial.act.name.zh}”了。",
            f"Your body need not do “{trial.act.name.en}” again.",
            place="act",
            law=trial.act.law,
            status=409,
        )
    until = term(trial, trial.act.before_expiry) if trial.act.before_expiry else None
    if until and clocks.expired(until, trial.now):
        return refusal(
            "too-late",
            f"可以“{trial.act.name.zh}”的日子已经过了；还有事的，请重新提。",
            f"The time for “{trial.act.name.en}” is over; please make a new request.",
            place="act",
            law=trial.act.law,
            status=409,
        )
    if not trial.act.after_expiry:
        return None
    running = term(trial, trial.act.after_expiry)
    if running and clocks.expired(running, trial.now):
        return None
    return refusal(
        "not-expired",
        f"还没有到期，不能“{trial.act.name.zh}”。",
        f"The time given is not over, so “{trial.act.name.en}” is not possible.",
        place="act",
        law=trial.act.law,
        status=409,
    )


def _owing(trial: Trial) -> frozenset[str]:
    return frozenset(one.id for one in joint.owing(trial.definition.procedure, trial.state, trial.name))


def named_person(trial: Trial) -> Refusal | None:
    """Some acts are for the official whom an earlier act named, and for nobody else."""
    named = trial.state.named.get(trial.act.by_named) if trial.act.by_named else None
    if not trial.act.by_named or (named and named.id == trial.actor.id):
        return None
    who = named.name if named else "—"
    return refusal(
        "not-your-act",
        f"“{trial.act.name.zh}”只能由指定的人（{who}）来做。",
        f"“{trial.act.name.en}” can only be done by the official who was named ({who}).",
        place="actor",
        law=trial.act.law,
        status=403,
    )


def misnamed(trial: Trial, said: Said) -> Iterator[Problem]:
    """Whom an act may not name: those who did what the named one must not have done (行政许可法 48)."""
    for name, named in said.named.items():
        field = trial.act.says[name]
        took_part = {done.by.id for done in trial.state.acts if done.type in field.not_by}
        if named.id in took_part:
            yield Problem(
                "named-took-part",
                Text(
                    f"{field.name.zh}：{named.name}审查过这件事，请另选一个人",
                    f"{field.name.en}: {named.name} has examined this case; please name somebody else",
                ),
                name,
                trial.act.law,
            )


def by_the_record(trial: Trial, said: Said) -> Iterator[Problem]:
    """What must be said once something has happened: a decision after a hearing follows its record."""
    for name, field in trial.act.says.items():
        if field.after and not said.payload.get(name) and any(trial.state.last(act) for act in field.after):
            yield Problem(
                "field-missing",
                Text(f"请填写“{field.name.zh}”", f"Please fill in “{field.name.en}”"),
                name,
                trial.act.law,
            )


def second_person(trial: Trial) -> Refusal | None:
    """四眼原则: who proposed may not confirm; an adverse act always takes two."""
    before = [done for name in trial.act.not_by if (done := trial.state.last(name))]
    same = any(done.by.id == trial.actor.id for done in before)
    if not same and (before or not trial.act.adverse):
        return None
    return refusal(
        "second-person",
        f"“{trial.act.name.zh}”要由另一个人复核，不能由提出的人自己决定。",
        f"“{trial.act.name.en}” takes a second person: not the one who proposed it.",
        place="actor",
        law=trial.act.law,
        status=403,
    )


def timed(trial: Trial) -> Refusal | None:
    """An act that starts a clock needs its length, one that extends a clock needs a law that lets it."""
    for effect in trial.act.terms:
        clock = clocks.clock(trial.definition, effect.term)
        if effect.do == "start" and clock is None:
            name = trial.definition.procedure.terms[effect.term].name
            return refusal(
                "not-in-this-service",
                f"本事项没有规定“{name.zh}”的期限，不能“{trial.act.name.zh}”。",
                f"This service lays down no time for “{name.en}”, so “{trial.act.name.en}” is not possible.",
                place=effect.term,
                law=trial.act.law,
                status=409,
            )
        if effect.do == "extend" and (clock is None or clock.statutory.extension is None):
            return refusal(
                "no-extension",
                "这个事项的期限依法不得延长。",
                "The law gives no extension of this service's term.",
                place=effect.term,
                law=trial.act.law,
                status=409,
            )
    return None


def expired(trial: Trial) -> Refusal | None:
    """The clock acts only when its term has truly run out."""
    if trial.actor.kind != "clock":
        return None
    running = term(trial, trial.act.on_expiry or "")
    if running and clocks.expired(running, trial.now):
        return None
    return refusal(
        "not-expired",
        f"期限还没有届满，不能“{trial.act.name.zh}”。",
        f"The term has not run out, so “{trial.act.name.en}” is not due.",
        place="now",
        law=trial.act.law,
        status=409,
    )


def undoubted(trial: Trial) -> Refusal | None:
    """Nothing is granted on a certificate that has changed since, before a person has looked at the change."""
    doubts = trial.state.doubts
    if not doubts or not (trial.act.decides == "favourable" or trial.act.issues):
        return None
    names = joined([one.name for one in doubts])
    if trial.definition.about_certificate:
        return refusal(
            "certificate-over",
            f"这张证照（{names.zh}）已在另一件里废止，不能再办。请写明理由结案。",
            f"The certificate ({names.en}) was revoked in another case; nothing can be done to it. Close with reasons.",
            place="act",
            law=trial.act.law,
            status=409,
        )
    return refusal(
        "certificate-changed",
        f"这个办件依据的证照（{names.zh}）申请以后有变化。请先选“看过证照的变化”，写明看了什么，再决定。",
        f"A certificate that this case relies on ({names.en}) has changed since. First look at the change and say what "
        "you saw, then decide.",
        place="act",
        law=trial.act.law,
        status=409,
    )


def term(trial: Trial, name: str) -> clocks.Running | None:
    """A term of the case that has been started."""
    running = clocks.running(trial.definition, trial.state, trial.now)
    return next((one for one in running if one.clock.term == name), None)


def unanswered(trial: Trial) -> Iterator[Problem]:
    """A question the form asks and nobody answered: neither the person nor a record of the state."""
    if START not in trial.act.from_:
        return
    for name in trial.judged.variant.unknown:
        zh, en = (words(trial.definition.service.facts[name].name, lang) for lang in LANGS)
        yield Problem("fact-missing", Text(f"请填写“{zh}”", f"Please answer “{en}”"), name)


def still_missing(trial: Trial) -> Iterator[Problem]:
    """Who answers a request for corrections answers all of it: what was asked once is not asked again."""
    answers = trial.act.to != SAME and any(field.type in ("facts", "documents") for field in trial.act.says.values())
    if not answers or trial.state.state not in trial.definition.asking:
        return
    for item in trial.state.asked:
        name = trial.definition.label(item)
        yield Problem(
            "still-missing",
            Text(f"通知里要的“{name.zh}”还没有补", f"“{name.en}” was asked for and is still missing"),
            item,
            trial.act.law,
        )


def rerouted(trial: Trial, said: Said) -> Iterator[Problem]:
    """Answers corrected so far that another procedure applies: a case keeps the one it was opened under."""
    if not said.facts or not any(situation.procedure for situation in trial.definition.service.situations):
        return
    wanted, has = trial.judged.variant.procedure, trial.state.case.procedure
    if wanted != has:
        yield Problem(
            "another-procedure",
            Text(
                "这样更正以后，这件事要走另一种办理流程。请撤回后重新申请，已填的内容还在。",
                "With this correction another procedure applies. Please withdraw and apply again.",
            ),
            "facts",
            trial.act.law,
        )


def unfounded(trial: Trial, said: Said) -> Iterator[Problem]:
    """Nothing adverse without reasons and articles (行政许可法 38)."""
    for name in ("reasons", "law") if trial.act.adverse else ():
        if not said.payload.get(name):
            yield Problem(
                "adverse-without-reasons",
                Text("不利决定要说明理由并写明条款", "A decision against the applicant gives reasons and articles"),
                name,
                trial.act.law,
            )


def condition(trial: Trial) -> Refusal | None:
    judged = trial.judged
    if judged.allows(trial.act.when) and (trial.actor.kind != "rules" or _by_rule(trial.act, judged)):
        return None
    missing = joined([trial.definition.label(name) for name in judged.missing])
    return refusal(
        "condition-not-met",
        f"“{trial.act.name.zh}”的条件还不具备（{trial.act.when}）" + (f"，缺：{missing.zh}" if missing.zh else ""),
        f"“{trial.act.name.en}” needs {trial.act.when}" + (f"; missing: {missing.en}" if missing.en else ""),
        place="act",
        law=trial.act.law,
    )


def _by_rule(act: Act, judged: Judged) -> bool:
    """Rules decide only in favour, and only what they determine to the end, by the state's own records too."""
    if act.decides is None:
        return True
    if act.decides != "favourable" or not _granted(judged):
        return False
    claims = judged.state.facts
    borne_out = {name: value for name, value in claims.items() if _borne_out(judged, name, value)}
    if borne_out == claims:
        return True
    # Where a claim contradicts a record, or stands alone although there is a record to ask, the rest must come to the
    # same; otherwise a person looks at it.
    recorded = Judged(judged.definition, msgspec.structs.replace(judged.state, facts=borne_out))
    return _granted(recorded) and recorded.assessment.outputs == judged.assessment.outputs


def _borne_out(judged: Judged, name: str, value: object) -> bool:
    """Whether a rule may rest on what the applicant said: their own word where nothing else could say it, or where
    the service file lets it stand; else what the record says too. A record that is down, declined or disputed bears
    nothing out (行政许可法 34: what is filed is verified)."""
    source = judged.definition.service.facts[name].source
    record = judged.state.records.get(name)
    if record is not None:
        return str(record.value) == str(value)
    return source is None or source.statement == "enough"


def _granted(judged: Judged) -> bool:
    return judged.assessment.outcome == "eligible" and judged.assessment.fully_determined
