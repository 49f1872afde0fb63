"""Another person who completes a part of a whole: the other parent, a partner.

They are asked by a code that only the person of one identity number can use, sign in a case of their own at the
real-name level that the bundle demands, and nobody else reads what they say there: the whole learns that the part was
opened, how it ended, and the few facts that other parts take of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from tongban.base.database import Connection
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.cases.model import Opening
from tongban.cases.store import bundles as store
from tongban.cases.store import personal
from tongban.cases.store.bundles import Invitation, Invited
from tongban.catalog.answers import stored_fact
from tongban.catalog.bundle import Role
from tongban.catalog.composing import Composed
from tongban.catalog.model import Fact
from tongban.catalog.wording import day_words
from tongban.org import Actor
from tongban.org import store as people

if TYPE_CHECKING:
    from tongban.cases.engine import Engine

_REMIND_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to be invited for which part."""

    part: str
    service: str
    bundle: str
    role: str
    level: int
    invited: Invited
    made_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation as the person who is invited reads it before they begin."""

    invitation: Invitation
    role: Role
    by: str
    """The name of the person who invites."""
    whole: Text
    service: Text
    tells: tuple[tuple[Fact, Any], ...] = ()
    """What of the one form they read: the question, and what was said."""


def asked_for(
    engine: Engine, composed: Composed, known: Mapping[str, Any], plan: Sequence[str], now: datetime
) -> tuple[Wanted, ...]:
    """The invitations of an application; their names and numbers stand in the one form."""
    found: list[Wanted] = []
    for part in plan:
        member = composed.bundle.parts[part]
        if member.by is None:
            continue
        role, stem = composed.bundle.roles[member.by], member.by.replace("-", "_")
        last = (now + timedelta(days=role.days)).astimezone(engine.zone)
        until = last.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        invited = Invited(
            name=str(known.get(f"{stem}_name", "")),
            number=str(known.get(f"{stem}_number", "")),
            code=secrets.token_urlsafe(12),
            tells={
                one: msgspec.to_builtins(known[one], enc_hook=str) for one in role.tells if known.get(one) is not None
            },
        )
        found.append(Wanted(part, member.service, composed.bundle.bundle, member.by, role.level, invited, now, until))
    return tuple(found)


async def invite(connection: Connection, opening: Opening, wanted: Sequence[Wanted]) -> None:
    """Keep the invitations of a whole, in the transaction that opens it."""
    for one in wanted:
        made = Invitation(
            region=opening.region,
            case_id=opening.case,
            part=one.part,
            owner=opening.applicant.id,
            service=one.service,
            bundle=one.bundle,
            role=one.role,
            state="open",
            person="",
            level=one.level,
            made_at=one.made_at,
            until=one.until,
            reminded_at=None,
        )
        await store.invite(connection, made, one.invited)


async def read(engine: Engine, actor: Actor, code: str) -> Asked:
    """What an invitation asks. Raises Refused `unknown-invitation` (404): a wrong code, or not this person's, in the
    same words; `real-name-level` (403)."""
    one = await store.by_code(engine.db, code)
    if one is None or actor.kind != "person" or actor.on_behalf_of or not actor.number:
        raise _unknown()
    if not await store.is_for(engine.db, one, actor.number) or one.owner == actor.id:
        raise _unknown()
    return await _asked(engine, one)


async def waiting(engine: Engine, actor: Actor) -> list[Asked]:
    """The invitations that wait for a person, whoever sent them the code."""
    if actor.kind != "person" or actor.on_behalf_of or not actor.number:
        return []
    return [await _asked(engine, one) for one in await store.waiting(engine.db, actor.number) if one.owner != actor.id]


async def _asked(engine: Engine, one: Invitation) -> Asked:
    whole = await engine.load(one.case_id)
    composed = engine.catalogue.composed(one.bundle, whole.state.case.service_version, on=whole.state.case.day)
    service = composed.members[one.part]
    names, facts = (_both(composed.service.name), _both(service.name)), composed.service.facts
    said = (await store.content(engine.db, one)).tells
    tells = tuple((facts[name], stored_fact(facts[name], value)) for name, value in said.items() if name in facts)
    return Asked(one, composed.bundle.roles[one.role], whole.state.case.applicant.name, *names, tells)


def _both(words_: str | Text) -> Text:
    return words_ if isinstance(words_, Text) else Text(words_, words_)


async def accept(engine: Engine, actor: Actor, code: str) -> Asked:
    """Take an invitation up: what the person then hands in for its service is the part. Again is harmless.

    Raises Refused as `read`, and `invitation-over` (409).
    """
    asked = await read(engine, actor, code)
    one = asked.invitation
    if actor.level < one.level:
        raise refuse(
            "real-name-level",
            "签这一份要先确认您是本人，请刷脸或用网证登录后再来。",
            "This has to be signed by you in person: please log in with face or network ID first.",
            status=403,
        )
    if one.state == "taken" and one.person == actor.id:
        return asked
    if one.state != "open" or one.until <= engine.clock():
        raise _over()
    if not await store.move(engine.db, one, "taken", person=actor.id):
        raise _over()
    return replace(asked, invitation=msgspec.structs.replace(one, state="taken", person=actor.id))


async def remind(engine: Engine, actor: Actor, whole: str, part: str) -> None:
    """Remind the other person by letter, once a day at most: in their inbox, and out by the ways that letters go.

    Somebody who has never been here finds the invitation itself when they first log in: no account is made of a name
    that another person wrote. A name that is not that number's is told nothing, and who invites does not learn it here.
    Raises Refused `unknown-invitation`, `reminded` (409).
    """
    one, invited = await _own(engine, actor, whole, part)
    now = engine.clock()
    if one.state not in ("open", "taken"):
        raise _over()
    if one.reminded_at is not None and now - one.reminded_at < _REMIND_AFTER:
        raise refuse(
            "reminded", "今天已经提醒过了，明天再提醒。", "They were reminded today; please wait a day.", status=409
        )
    asked = await _asked(engine, one)
    last = one.last.astimezone(engine.zone).date()
    who = {"by": Text(asked.by, asked.by), "service": asked.service, "whole": asked.whole, "until": day_words(last)}
    async with engine.db.transaction() as connection:
        person = await _reader(connection, invited)
        if person:
            await personal.tell(connection, person, _REMINDER.format(**who), _REMINDER_TITLE, now, "invitation")
        await store.reminded(connection, one, now)


async def withdraw(engine: Engine, actor: Actor, whole: str, part: str) -> Invitation:
    """Take an invitation back. Raises Refused `unknown-invitation` (404), `invitation-over` (409)."""
    one, _ = await _own(engine, actor, whole, part)
    if one.state not in ("open", "taken") or not await store.move(engine.db, one, "withdrawn"):
        raise _over()
    return one


async def decline(engine: Engine, actor: Actor, code: str) -> Invitation:
    """The invited person says no; no reason is asked. Raises Refused as `read`, and `invitation-over` (409)."""
    one = (await read(engine, actor, code)).invitation
    if one.state not in ("open", "taken") or not await store.move(engine.db, one, "declined"):
        raise _over()
    return one


async def of_whole(engine: Engine, actor: Actor, whole: Opening) -> list[tuple[Invitation, Invited]]:
    """The invitations of one's own whole, with their codes; nothing for anybody else."""
    mine = actor.kind == "person" and whole.applicant.id == (actor.on_behalf_of or actor.id)
    return await store.of_whole(engine.db, whole.region, whole.case) if mine else []


async def _own(engine: Engine, actor: Actor, whole: str, part: str) -> tuple[Invitation, Invited]:
    opening = (await engine.load(whole)).state.case
    for one, invited in await of_whole(engine, actor, opening):
        if one.part == part:
            return one, invited
    raise _unknown()


async def _reader(connection: Connection, invited: Invited) -> str:
    """Our number for an invited person; empty for one who was never here, and for another one's number."""
    known = await people.person_with_number(connection, invited.number)
    return known.id if known is not None and known.name == invited.name else ""


_REMINDER_TITLE = Text("有人请您一起办一件事", "Somebody asks you to take part")
_REMINDER = Text(
    "{by}请您完成“{service}”（{whole}），到{until}为止。登录后到“打开邀请”，输入对方给您的邀请码。不想办，按“我不办”就行，不用说理由。",
    "{by} asks you to complete “{service}” ({whole}), until {until}. Log in, open the invitation and enter the code "
    "that they gave you. If you would rather not, press “I decline”; no reason is asked.",
)


def _unknown() -> Refused:
    return refuse(
        "unknown-invitation",
        "没有这份邀请，或者不是发给您的。邀请只有指定身份证号码的本人能打开，请核对登录的是不是本人。",
        "There is no such invitation, or it is not for you. Only the person of the named identity number can open it.",
        place="code",
        status=404,
    )


def _over() -> Refused:
    return refuse(
        "invitation-over",
        "这份邀请已经用过、撤回或者到期了。需要的话请对方再办一次。",
        "This invitation has been used, withdrawn or has run out. If needed, ask the other person to apply again.",
        place="code",
        status=409,
    )
