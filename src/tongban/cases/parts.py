"""What happens to a whole after it was opened: parts end, those that waited begin, those that cannot are told.

Everything here is done after the commit of what caused it, and done again is harmless; `catch_up` finds what a crash
left undone.
"""

from __future__ import annotations

import logging

import msgspec

from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.cases import wholes
from tongban.cases.decide import told
from tongban.cases.engine import Engine
from tongban.cases.loaded import Case, PartOf
from tongban.cases.model import Event, Letter, Part
from tongban.cases.store import bundles as store
from tongban.cases.store.bundles import Prepared
from tongban.catalog.bundle_parts import NUMBER
from tongban.catalog.composing import Composed
from tongban.catalog.wording import joined
from tongban.org import Actor, Grant, Role
from tongban.org.model import RealName

log = logging.getLogger(__name__)

WITHDRAW = "withdraw"
_WAITED = Text("没有开始：它要用的前面那一项没有办成", "Not begun: a part that it needs was not granted")
_UNSAID = Text("没有开始：另一位当事人没有完成他那一份", "Not begun: the other person did not complete their part")


def composed_of(engine: Engine, whole: Case) -> Composed | None:
    """The bundle behind a whole, as on its day; None for a whole of another kind."""
    opening = whole.state.case
    if not engine.catalogue.is_bundle(opening.service):
        return None
    return engine.catalogue.composed(opening.service, opening.service_version, on=opening.day)


async def tell(engine: Engine, done: Case) -> None:
    """Tell the whole that a part was opened or has ended, and go on with what waited for it. Again is harmless."""
    opening = done.state.case
    if opening.part_of:
        await engine.record(opening.part_of, f"part-opened:{opening.case}", lambda whole: _opened(engine, whole, done))
        await store.answered(engine.db, opening.part_of, opening.part, opening.applicant.id)
        if done.definition.ended(done.state):
            await end(engine, opening.part_of, f"part-ended:{opening.case}", opening.part, done)
    elif opening.parts and (done.definition.ended(done.state) or len(done.state.parts) < len(opening.parts)):
        await go_on(engine, done)


async def end(engine: Engine, whole: str, key: str, part: str, done: Case | Text) -> None:
    """Tell a whole that a part has ended, or that it will never be opened and why; then go on."""
    after = await engine.record(whole, key, lambda found: _ended(engine, found, part, done))
    if after is not None:
        await go_on(engine, after)


def _opened(engine: Engine, whole: Case, done: Case) -> Event | None:
    name = done.state.case.part
    if any(part.name == name for part in whole.state.parts):
        return None
    part = wholes.part_of(composed_of(engine, whole), name, done)
    due = wholes.due_of(done.definition, done.state, done.events[-1].at)
    if due is not None and due.binding.due is not None:
        part = msgspec.structs.replace(part, due=done.definition.local(due.binding.due))
    return wholes.opened_event(whole.state.seq + 1, done.events[0], part)


def _ended(engine: Engine, whole: Case, name: str, done: Case | Text) -> list[Event]:
    """The end of a part, of those that cannot go on without it, and of the whole if it was the last."""
    if any(part.name == name and part.ended for part in whole.state.parts):
        return []
    composed = composed_of(engine, whole)
    if isinstance(done, Case):
        last = wholes.end_of(composed, name, done)
        cause, payload, favourable = done.events[-1], msgspec.to_builtins(last), last.end == "favourable"
    else:
        title = wholes.title_of(composed, name) if composed else Text(name, name)
        cause, payload, favourable = _now(engine, whole), wholes.ended(title, name, done), False
    events = [wholes.ended_event(whole.state.seq + 1, cause, payload)]
    lost = [] if favourable or composed is None else _lost(composed, whole, name)
    if composed is not None:
        for part in lost:
            why = _UNSAID if composed.bundle.parts[name].by else _WAITED
            said = wholes.ended(wholes.title_of(composed, part), part, why)
            events.append(wholes.ended_event(events[-1].seq + 1, cause, said))
        if lost:
            letter = _cannot_go_on(whole, wholes.title_of(composed, name), composed, lost)
            events[0] = msgspec.structs.replace(events[0], letter=letter)
    if whole.definition.ended(whole.state):
        return events
    return told(whole.definition, whole.state, events, engine.clock())


def _now(engine: Engine, whole: Case) -> Event:
    """Who says what the machinery found out: nobody but the clock."""
    first = whole.events[0]
    by = msgspec.structs.replace(first.by, kind="clock", id="clock", name="期限 Clock", post="", body="")
    return msgspec.structs.replace(first, at=engine.clock(), by=by, on_behalf_of="")


def _lost(composed: Composed, whole: Case, name: str) -> list[str]:
    """The parts not begun that needed this one, or one that needed it."""
    known = {part.name for part in whole.state.parts}
    gone, found = {name}, list[str]()
    for _ in composed.bundle.parts:
        for part in whole.state.case.parts:
            if part not in gone and part not in known and composed.bundle.waits(part) & gone:
                gone.add(part)
                found.append(part)
    return found


def _cannot_go_on(whole: Case, title: Text, composed: Composed, lost: list[str]) -> Letter:
    others = joined([wholes.title_of(composed, part) for part in lost])
    service = wholes.both(whole.definition.service.name)
    body = Text(
        f"{service.zh}里的“{title.zh}”没有办成，所以{others.zh}先不办了；别的各项照常办。"
        f"补好以后，这几项可以单独再申请，填过的不用再填。",
        f"“{title.en}” of {service.en} was not granted, so {others.en} cannot begin; every other part goes on. "
        f"Once it is put right, these can be applied for by themselves.",
    )
    subject = Text(f"{others.zh}先不办了", f"{others.en} cannot begin")
    return Letter(whole.state.case.applicant.id, subject, body, "part-lost")


# --- what waited -----------------------------------------------------------------------------------------------------


async def go_on(engine: Engine, whole: Case) -> None:
    """Open every part that waited and can begin now; forget what will not be opened."""
    opening = whole.state.case
    if whole.definition.ended(whole.state):
        await _wind_up(engine, whole)
        return
    composed = composed_of(engine, whole)
    if composed is None:
        return
    for one in await store.prepared(engine.db, opening.region, opening.case):
        parts = {part.name: part for part in whole.state.parts}
        waits = composed.bundle.waits(one.part) & set(opening.parts)
        if one.part in parts and parts[one.part].ended:
            await store.forget(engine.db, opening.region, opening.case, one.part)
        elif all(name in parts and parts[name].end == "favourable" for name in waits):
            await _open(engine, whole, composed, one, list(parts.values()))


async def _open(engine: Engine, whole: Case, composed: Composed, one: Prepared, parts: list[Part]) -> None:
    opening, first = whole.state.case, whole.events[0]
    given = {part.name: {**part.gives, NUMBER: part.case} for part in parts if part.end == "favourable"}
    chain = Text(
        f"按{first.by.name}提交{opening.case}时的申请", f"as applied for with {opening.case} by {first.by.name}"
    )
    roles = frozenset({Role.INTAKE}) if first.by.kind == "official" else frozenset[Role]()
    grant = Grant(chain, first.law, first.by.post, first.by.body, roles=roles, on_behalf_of=first.on_behalf_of)
    try:
        case = await engine.open(
            _applying(whole),
            composed.bundle.parts[one.part].service,
            one.says(wholes.taken(composed, one.part, given)),
            region=one.region,
            applicant=opening.applicant,
            records=one.records,
            disputes=one.disputes,
            people_only=one.people_only,
            key=f"part:{opening.case}:{one.part}",
            part=PartOf(opening.case, one.part),
            grant=grant,
        )
    except Refused as error:
        if error.status >= 500 or error.code == "stale-version":
            raise
        why = wholes.NOT_NEEDED if error.code == "not-needed" else _could_not(error)
        await end(engine, opening.case, f"part-lost:{opening.case}:{one.part}", one.part, why)
        await store.forget(engine.db, opening.region, opening.case, one.part)
        return
    await tell(engine, case)
    await store.forget(engine.db, opening.region, opening.case, one.part)


def _could_not(error: Refused) -> Text:
    why = error.problems[0].text
    return Text(f"没能开始：{why.zh}", f"Could not begin: {why.en}")


def _applying(whole: Case) -> Actor:
    """Who applied, as they were then."""
    by = whole.events[0].by
    return Actor(
        kind=by.kind,
        id=by.id,
        name=by.name,
        post=by.post,
        body=by.body,
        on_behalf_of=whole.events[0].on_behalf_of,
        level=RealName.BOUND,  # as surely known as the whole demanded: the part is done on the strength of it
        number=whole.state.case.applicant.number,
    )


async def _wind_up(engine: Engine, whole: Case) -> None:
    """After the end of a whole nothing waits any more; withdrawn, it takes its open parts with it."""
    opening = whole.state.case
    if whole.state.last(WITHDRAW) is not None:
        for part in whole.state.parts:
            if not part.ended and part.case:
                await _withdraw(engine, whole, part)
    await store.forget_all(engine.db, opening.region, opening.case)
    await store.close_invitations(engine.db, opening.region, opening.case)


async def _withdraw(engine: Engine, whole: Case, part: Part) -> None:
    found = await engine.find(engine.db, part.case)
    if found is None or found.state.case.applicant.id != whole.state.case.applicant.id:
        return  # what somebody else has said is theirs to withdraw
    try:
        key = f"withdraw:{whole.state.case.case}"
        await tell(engine, await engine.act(_applying(whole), part.case, WITHDRAW, {}, version=None, key=key))
    except Refused as error:  # already decided, or not possible any more: it stands
        log.info("part %s was not withdrawn: %s", part.case, error.code)


async def catch_up(engine: Engine) -> int:
    """Tell wholes what they were not told of parts that have ended, and end invitations that ran out.

    A part that ended by the clock tells nobody by itself, and a crash may have come between. The number of parts.
    """
    told_of = 0
    for case in await store.untold(engine.db):
        found = await engine.find(engine.db, case)
        if found is not None:
            await tell(engine, found)
            told_of += 1
    for whole, part in await store.run_out(engine.db, engine.clock()):
        told_of += 1
        await end(engine, whole, f"part-unsaid:{whole}:{part}", part, UNANSWERED)
    return told_of


UNANSWERED = Text("邀请到期，对方没有完成", "The invitation ran out; the other person did not complete it")
