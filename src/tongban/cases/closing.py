"""Somebody is no more: what was given by them and to them ends, in the transaction of the event that says so.

A mandate ends with the death of either side, and with the end of the business that gave it (民法典 173, 174, 175 [M]).
Whoever is left on the other side is told by letter, and so is the person themselves: if they are alive after all, they
learn of it first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from tongban.base.database import Connection
from tongban.base.errors import refuse
from tongban.base.i18n import Text
from tongban.cases.batch import Also
from tongban.cases.definition import Definition
from tongban.cases.model import CaseState, Event
from tongban.cases.moving import values_of
from tongban.cases.store import personal
from tongban.org import Mandate, store
from tongban.org.store import mandates as rows

Gone = Literal["died", "blocked", "register-changed"]


async def close(connection: Connection, party: str, why: Gone, now: datetime) -> list[str]:
    """Everything from and to a party ends, and a person's sessions; both sides of each are told. Gives what ended."""
    person = await store.person(connection, party)
    if person is not None and why != "register-changed":
        await rows.set_standing(connection, party, why)
        await store.end_sessions(connection, party)
    ended = await rows.end_mandates(connection, now, why, person=party)
    if person is not None and why == "died":
        await personal.tell(connection, party, _ALIVE, _ALIVE_TITLE, now)
    await _tell(connection, ended, party, person.name if person else "", why, now)
    return ended


async def lost(connection: Connection, mandate: str, now: datetime) -> list[str]:
    """The register no longer bears a mandate out: it ends, and what its holder gave under it. Gives what ended."""
    ended = await rows.end_mandates(connection, now, "register-changed", ids=[mandate])
    await _tell(connection, ended, "", "", "register-changed", now)
    return ended


async def rest(connection: Connection, mandate: str, now: datetime) -> list[str]:
    """What it rests on was suspended: it rests, and what its holder gave under it, until that is restored. Both sides
    are told. Gives what rests."""
    resting = await rows.rest_mandates(connection, mandate, now)
    await _say(connection, resting, RESTS_TITLE, _RESTS, now)
    return resting


async def resume(connection: Connection, mandate: str, now: datetime) -> list[str]:
    """It holds again, with all that rested under it; what ended meanwhile stays ended. Gives what holds again."""
    resumed = await rows.resume_mandates(connection, mandate)
    await _say(connection, resumed, _RESUMED_TITLE, _RESUMED, now)
    return resumed


async def _say(connection: Connection, mandates: list[str], title: Text, words: Text, now: datetime) -> None:
    found = [one for mandate in mandates if (one := await rows.mandate(connection, mandate))]
    names = await store.names(connection, sorted({one.to_person for one in found}))
    for one in found:
        agent = names.get(one.to_person, "")
        said = words.format(agent=Text(agent, agent), giver=Text(one.from_name, one.from_name))
        for reader in sorted({one.from_party, one.to_person}):
            await personal.tell(connection, reader, said, title, now)


def closed(definition: Definition, state: CaseState, event: Event) -> Also | None:
    """The end of whoever the case's result says is no more.

    None where only the applicant says so and the rules alone decided: nobody is declared dead on somebody's word.
    Raises Refused inside the transaction (`name-differs`) where the number is somebody else's.
    """
    number = definition.service.result.closes
    acts = definition.procedure.acts
    deciding = next((done for done in reversed(state.acts) if done.type in acts and acts[done.type].decides), None)
    examined = deciding is not None and deciding.by.kind == "official"
    if number is None or not (examined or number in state.records):
        return None
    facts = values_of(state)
    party, business = str(facts[number]), definition.service.facts[number].type == "uscc"
    named = str(facts.get(number.removesuffix("_number") + "_name", ""))

    async def end(connection: Connection) -> None:
        if business:
            await close(connection, party, "register-changed", event.at)
            return
        person = await store.person_with_number(connection, party)
        if person is None:
            return
        if named and named != person.name:
            raise refuse(
                "name-differs",
                "这个身份证号码登记的是另一个姓名，请核对后再办。",
                "This number is registered under another name; please check before you go on.",
                place=number,
            )
        await close(connection, person.id, "died", event.at)

    return end


def taken_back(state: CaseState, event: Event) -> Also:
    """The result that let somebody act for another was revoked: that standing ends, and what was given under it."""

    async def end(connection: Connection) -> None:
        await lost(connection, f"m-{state.case.case}", event.at)

    return end


async def _tell(connection: Connection, ended: list[str], party: str, name: str, why: Gone, now: datetime) -> None:
    found = [one for mandate in ended if (one := await rows.mandate(connection, mandate))]
    names = await store.names(connection, sorted({one.to_person for one in found}))
    for one in found:
        agent = names.get(one.to_person, "")
        giver, because = one.from_name, _why(one, party, name, why)
        more = _NEW_GUARDIAN if one.ground == "guardian" and one.to_person == party else Text("", "")
        said = _ENDED.format(why=because, agent=Text(agent, agent), giver=Text(giver, giver), more=more)
        for reader in {one.from_party, one.to_person} - {party}:
            await personal.tell(connection, reader, said, ENDED_TITLE, now)


def _why(one: Mandate, party: str, name: str, why: Gone) -> Text:
    if why != "register-changed" and party not in (one.from_party, one.to_person):
        return _ABOVE
    who = one.from_name if why == "register-changed" else name
    return _BECAUSE[why].format(name=Text(who, who))


RESTS_TITLE = Text("一份代办授权暂停了", "A mandate rests")
_RESTS = Text(
    "{agent}替{giver}办事的授权所依据的证照被暂停使用，授权从现在起也暂停，不能代办；证照恢复使用时，授权跟着恢复。"
    "已经办成的不受影响。",
    "The certificate on which the mandate of {agent} for {giver} rests was suspended; the mandate rests with it and "
    "comes back with it. What is done already stands.",
)
_RESUMED_TITLE = Text("一份代办授权恢复了", "A mandate holds again")
_RESUMED = Text(
    "{agent}替{giver}办事的授权所依据的证照恢复使用了，授权从现在起也恢复。",
    "The certificate on which the mandate of {agent} for {giver} rests was restored, and the mandate with it.",
)
ENDED_TITLE = Text("一份代办授权结束了", "A mandate has ended")
_BECAUSE: Mapping[Gone, Text] = {
    "died": Text("{name}的户口登记已经注销。", "The household entry of {name} has ended. "),
    "blocked": Text("{name}的账户已经停用。", "The account of {name} is closed. "),
    "register-changed": Text("{name}的登记有变化。", "The register entry of {name} has changed. "),
}
_ABOVE = Text("授权所依据的身份已经结束。", "The standing that this rested on has ended. ")
_ENDED = Text(
    "{why}{agent}替{giver}办事的授权从现在起结束，不能再代办。已经办成的不受影响。{more}",
    "{why}The mandate of {agent} for {giver} has ended; nothing can be done under it any more. What is done already "
    "stands.{more}",
)
_NEW_GUARDIAN = Text(
    "需要新的监护人的，请找居（村）民委员会或者民政部门（民法典31、32条）。",
    " If a new guardian is needed, turn to the residents' committee or the civil affairs body (Civil Code 31, 32).",
)
_ALIVE_TITLE = Text("您的户口登记被注销了", "Your household entry was ended")
_ALIVE = Text(
    "有一件办件按去世注销了您的户口登记，别人替您办和您替别人办的授权都停了。如果弄错了，请马上带身份证到公安窗口，"
    "或者打大厅电话，请他们更正。",
    "A case ended your household entry because of a death; every mandate from and to you has stopped. If this is "
    "wrong, go to the police window with your identity card at once, or ring the hall, and have it put right.",
)
