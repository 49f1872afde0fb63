"""代办: one person lets another act for them; offered or asked for, agreed to, looked at and ended here.

民法典 161—175 [M]: whoever gives it must be able to (18, 22), says for what and until when (165), may end it at any
time, as may the agent (173); it ends with the death of either (173) and, for a child, on the eighteenth birthday (175).
An agent does not pass it on (169). A business acts through its legal representative (61), who appoints others (170).
Each new mandate is told by letter, and so is each act done under one (`letters.done_for`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from tongban.base.database import Connection
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.cases import closing
from tongban.cases.projections import AGENT, FAR, CaseRow
from tongban.cases.store import lists, personal
from tongban.catalog.wording import day_words
from tongban.org import Actor, Mandate, Person, RealName, store
from tongban.org.entries import ALL
from tongban.org.store import mandates as rows

if TYPE_CHECKING:
    from tongban.cases.engine import Engine

CODE_HOLDS = timedelta(minutes=10)
CODE_TRIES = 5
LONGEST = timedelta(days=3 * 366)
"""The platform's own bound on what is agreed to; guardians and representatives have the law's."""
_OF_AGE = 18
_LAW = "民法典 161—175"
_BY_LAW = frozenset({"guardian", "legal-representative"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a mandate is to cover."""

    services: frozenset[str]
    acts: frozenset[str]
    until: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything of one party: what they gave, what waits for their word, what they hold; names by person id."""

    given: tuple[Mandate, ...]
    held: tuple[Mandate, ...]
    names: Mapping[str, str]
    done: tuple[CaseRow, ...]
    """Cases in which somebody acted for them, the latest first."""


@dataclass(frozen=True, slots=True)
class Acting:
    """The mandates of one process."""

    engine: Engine

    # --- giving and asking ----------------------------------------------------------------------------------------

    async def offer(self, actor: Actor, name: str, number: str, scope: Scope) -> Mandate:
        """Let somebody act: for oneself, or for the business whose legal representative one is.

        Raises Refused: `real-name-level`, `mandate-not-passed-on`, `agent-not-found`, `mandate-to-oneself`,
        `not-of-age`, `party-closed`, `mandate-scope`, `mandate-until`.
        """
        giver = self._giver(actor)
        agent = await self._found(name, number)
        now, until = self.engine.clock(), self._until(scope, giver.under)
        made = Mandate(
            id=f"m-{uuid7()}",
            from_party=giver.party,
            from_name=giver.name,
            to_person=agent.id,
            services=self._services(scope, giver.under),
            acts=scope.acts or frozenset({ALL}),
            since=now,
            until=until,
            ground="agency" if giver.under else "consent",
            confirmed_at=now,
            how="appointment" if giver.under else "login",
            under=giver.under.id if giver.under else "",
        )
        await self._may_give(made, None if giver.under else await store.person(self.engine.db, actor.id), agent)
        async with self.engine.db.transaction() as connection:
            await rows.save_mandates(connection, [made])
            await self._tell_both(connection, made, agent.name)
        return made

    async def ask(self, actor: Actor, name: str, number: str, scope: Scope) -> Mandate:
        """Ask somebody to be let act for them. It holds nothing until they agree. Raises Refused: as `offer`."""
        if actor.kind != "person" or actor.mandate is not None:
            raise _passed_on()
        self._known_well_enough(actor)
        giver = await self._found(name, number)
        now = self.engine.clock()
        made = Mandate(
            id=f"m-{uuid7()}",
            from_party=giver.id,
            from_name=giver.name,
            to_person=actor.id,
            services=self._services(scope, None),
            acts=scope.acts or frozenset({ALL}),
            since=now,
            until=self._until(scope, None),
            asked_by=actor.id,
        )
        await self._may_give(made, giver, await self._person(actor.id))
        async with self.engine.db.transaction() as connection:
            await rows.save_mandates(connection, [made])
            await personal.tell(connection, giver.id, _ASKED.format(**self._words(made, actor.name)), _ASKED_TITLE, now)
        return made

    async def confirm(self, actor: Actor, mandate: str) -> Mandate:
        """Agree, logged in as oneself. Raises Refused (`unknown-mandate`, 404)."""
        found = await rows.mandate(self.engine.db, mandate)
        if found is None or not found.waits or actor.mandate is not None or found.from_party != actor.id:
            raise _unknown()
        return await self._agreed(found, "login")

    async def send_code(self, actor: Actor, mandate: str) -> None:
        """Send a one-time code to whoever is to agree; the agent who asked types it in. Raises Refused (404)."""
        found = await self._asked_by(actor, mandate)
        title, body = _CODE_TITLE, _CODE.format(**self._words(found, actor.name))
        await self.code(found.from_party, f"mandate:{mandate}", title, body)

    async def confirm_by_code(self, actor: Actor, mandate: str, code: str) -> Mandate:
        """Agreed, by the code that was sent to the represented one. Raises Refused: `unknown-mandate`, `wrong-code`."""
        found = await self._asked_by(actor, mandate)
        await self.check_code(found.from_party, f"mandate:{mandate}", code)
        return await self._agreed(found, "code")

    async def end(self, actor: Actor, mandate: str) -> None:
        """End it at once, also in open sessions: by the represented one, or given up by the agent (民法典 173 [M]).

        Raises Refused: `unknown-mandate` (404); `mandate-by-law` (409) for guardians and legal representatives.
        """
        found = await rows.mandate(self.engine.db, mandate)
        if found is None or found.revoked_at is not None:
            raise _unknown()
        gives, holds = self._speaks_for(actor, found.from_party), actor.mandate is None and found.to_person == actor.id
        if not gives and not holds:
            raise _unknown()
        if found.ground in _BY_LAW:
            raise refuse(
                "mandate-by-law",
                "监护关系由法律确定，要改变请找人民法院或者居（村）民委员会；法定代表人以市场监管部门的登记为准。",
                "Guardianship is the law's: a court or the residents' committee changes it. A legal representative is "
                "whom the business register names.",
                status=409,
                law="民法典 36、61",
            )
        names = await store.names(self.engine.db, [found.to_person])
        why = "declined" if found.waits and gives else "withdrawn" if gives else "given-up"
        async with self.engine.db.transaction() as connection:
            now = self.engine.clock()
            await rows.end_mandates(connection, now, why, ids=[mandate])
            words = self._words(found, names.get(found.to_person, ""))
            for person in (found.from_party, found.to_person):
                await personal.tell(connection, person, _ENDED.format(**words), closing.ENDED_TITLE, now)

    # --- what ends them from outside ------------------------------------------------------------------------------

    async def person_closed(self, person: str, standing: closing.Gone) -> list[str]:
        """Somebody died or is blocked: see `closing.close`. Gives what ended."""
        async with self.engine.db.transaction() as connection:
            return await closing.close(connection, person, standing, self.engine.clock())

    async def register_changed(self, mandate: Mandate) -> list[str]:
        """The register no longer bears a mandate out: it ends, and so do those that its holder gave under it."""
        async with self.engine.db.transaction() as connection:
            return await closing.lost(connection, mandate.id, self.engine.clock())

    # --- looking --------------------------------------------------------------------------------------------------

    async def standing(self, actor: Actor) -> Standing:
        """别人替我办的, of the actor themselves or of the business they are the legal representative of."""
        db = self.engine.db
        speaks = actor.mandate is None or actor.mandate.ground == "legal-representative"
        party = actor.on_behalf_of or actor.id
        given = await rows.mandates_from(db, party) if speaks else []
        held = await rows.mandates_of_agent(db, actor.id) if actor.mandate is None else []
        names = await store.names(db, sorted({one.to_person for one in (*given, *held)}))
        done = await lists.mine(db, party, (FAR, ""), 20, label=AGENT) if speaks else []
        return Standing(tuple(given), tuple(held), names, tuple(done))

    # --- one-time codes -------------------------------------------------------------------------------------------

    async def code(self, person: str, about: str, title: Text, body: Text) -> None:
        """Send a new code to a person; the last one for the same matter is worth nothing any more."""
        code, now = f"{secrets.randbelow(1_000_000):06}", self.engine.clock()
        async with self.engine.db.transaction() as connection:
            await rows.save_code(connection, person, about, code, now + CODE_HOLDS)
            said = Text(body.zh.replace("{code}", code), body.en.replace("{code}", code))
            await personal.tell(connection, person, said, title, now, "code")

    async def check_code(self, person: str, about: str, code: str) -> None:
        """Raises Refused (`wrong-code`, 422); after five wrong ones a new code is needed."""
        typed = "".join(code.split())[:12]
        if not await rows.take_code(self.engine.db, person, about, typed, self.engine.clock(), CODE_TRIES):
            raise refuse(
                "wrong-code",
                "确认码不对，或者已经过期。请本人看最新一条通知，或者重新发一个。",
                "The code is wrong or too old. Look at the latest notice, or send a new one.",
                place="code",
            )

    # --- inside ---------------------------------------------------------------------------------------------------

    def _giver(self, actor: Actor) -> _Giver:
        if actor.kind != "person":
            raise _passed_on()
        self._known_well_enough(actor)
        if actor.mandate is None:
            return _Giver(actor.id, actor.name, None)
        if actor.mandate.ground != "legal-representative" or not actor.mandate.holds_at(self.engine.clock()):
            raise _passed_on()
        return _Giver(actor.mandate.from_party, actor.mandate.from_name, actor.mandate)

    def _known_well_enough(self, actor: Actor) -> None:
        if actor.level < RealName.CHECKED:
            raise refuse(
                "real-name-level",
                "授权以前要先核对您的姓名和身份证号码。",
                "Your name and identity number have to be checked first.",
                place="level",
                status=403,
            )

    async def _found(self, name: str, number: str) -> Person:
        """Somebody by name and number; a wrong name is answered like an unknown number."""
        found = await store.person_with_number(self.engine.db, number.strip().upper()) if number.strip() else None
        if found is None or found.name != name.strip():
            raise refuse(
                "person-not-found",
                "没有找到这个人：姓名和身份证号码要一致，对方要先登录过一次。",
                "There is nobody of this name and number here; they have to have logged in once.",
                place="number",
            )
        return found

    async def _person(self, person: str) -> Person:
        found = await store.person(self.engine.db, person)
        if found is None:
            raise _unknown()
        return found

    async def _may_give(self, made: Mandate, giver: Person | None, agent: Person) -> None:
        if made.from_party == made.to_person:
            raise refuse("mandate-to-oneself", "不能授权给自己。", "This is yourself.", place="number")
        today = self.engine.clock().astimezone(self.engine.zone).date()
        for person, place in ((giver, "giver"), (agent, "number")):
            if person is not None and _under_age(person, today):
                raise refuse(
                    "not-of-age",
                    "未满18岁的，由监护人代办，不能自己授权，也不能替别人办。",
                    "Under eighteen a guardian acts; one neither gives nor holds a mandate.",
                    place=place,
                    law="民法典 17—20",
                )
            if person is not None and await rows.standing(self.engine.db, person.id):
                raise refuse(
                    "party-closed",
                    "这个人的账户已经停用，不能授权，也不能代办。",
                    "This account is closed; it neither gives nor holds a mandate.",
                    place=place,
                    law="民法典 173",
                )

    def _services(self, scope: Scope, under: Mandate | None) -> frozenset[str]:
        known = {one.service for one in self.engine.catalogue.services()}
        outside = scope.services - known - {ALL}
        wider = under is not None and ALL not in under.services and not scope.services <= under.services
        if not scope.services or outside or wider:
            raise refuse(
                "mandate-scope",
                "请选可以代办哪些事项；不能超出自己的权限。",
                "Choose the services it is for, none beyond your own.",
                place="services",
                law="民法典 165",
            )
        return frozenset({ALL}) if ALL in scope.services else scope.services

    def _until(self, scope: Scope, under: Mandate | None) -> datetime:
        now = self.engine.clock()
        until = datetime.combine(scope.until, time(), self.engine.zone) + timedelta(days=1)
        if not now < until <= now + LONGEST:
            raise refuse(
                "mandate-until",
                "请写明到哪一天为止：今天以后，最长三年。",
                "Say until which day: after today, three years at most.",
                place="until",
                law="民法典 165",
            )
        return until if under is None else min(until, under.until)

    def _speaks_for(self, actor: Actor, party: str) -> bool:
        """Whether the actor is this party, or its legal representative."""
        if actor.mandate is None:
            return actor.kind == "person" and actor.id == party
        mandate = actor.mandate
        represents = mandate.ground == "legal-representative" and mandate.from_party == party
        return represents and mandate.holds_at(self.engine.clock())

    async def _asked_by(self, actor: Actor, mandate: str) -> Mandate:
        found = await rows.mandate(self.engine.db, mandate)
        if found is None or not found.waits or found.revoked_at is not None or found.asked_by != actor.id:
            raise _unknown()
        return found

    async def _agreed(self, found: Mandate, how: str) -> Mandate:
        await self._may_give(
            found, await store.person(self.engine.db, found.from_party), await self._person(found.to_person)
        )
        names = await store.names(self.engine.db, [found.to_person])
        async with self.engine.db.transaction() as connection:
            if not await rows.confirm_mandate(connection, found.id, found.from_party, how, self.engine.clock()):
                raise _unknown()
            await self._tell_both(connection, found, names.get(found.to_person, ""))
        agreed = await rows.mandate(self.engine.db, found.id)
        if agreed is None:
            raise _unknown()
        return agreed

    async def _tell_both(self, connection: Connection, made: Mandate, agent: str) -> None:
        words, now = self._words(made, agent), self.engine.clock()
        await personal.tell(connection, made.from_party, _GIVEN.format(**words), _GIVEN_TITLE, now)
        await personal.tell(connection, made.to_person, _HELD.format(**words), _HELD_TITLE, now)

    def _words(self, made: Mandate, agent: str) -> dict[str, Any]:
        last = (made.until - timedelta(seconds=1)).astimezone(self.engine.zone).date()
        return {
            "agent": Text(agent, agent),
            "giver": Text(made.from_name, made.from_name),
            "what": self.scope_words(made),
            "until": day_words(last),
            "code": "{code}",
        }

    def scope_words(self, made: Mandate) -> Text:
        """What a mandate covers, in words."""
        if ALL in made.services:
            return Text("全部事项", "every service")
        names = [self.engine.service_name(slug) for slug in sorted(made.services)]
        return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))


@dataclass(frozen=True, slots=True)
class _Giver:
    """Who gives a mandate: a person, or a business through its legal representative's own mandate."""

    party: str
    name: str
    under: Mandate | None


def of_age(born: date) -> date:
    """The day of somebody's eighteenth birthday; one born on 29 February comes of age on 1 March."""
    try:
        return born.replace(year=born.year + _OF_AGE)
    except ValueError:
        return date(born.year + _OF_AGE, 3, 1)


def _under_age(person: Person, today: date) -> bool:
    return person.birth_date is not None and today < of_age(person.birth_date)


def _passed_on() -> Refused:
    return refuse(
        "mandate-not-passed-on",
        "代办人不能再授权别人。请本人登录后自己授权。",
        "An agent does not pass a mandate on. The person themselves logs in and gives one.",
        status=403,
        law="民法典 169",
    )


def _unknown() -> Refused:
    return refuse("unknown-mandate", "没有这份授权，或者已经结束。", "There is no such mandate.", status=404)


_GIVEN_TITLE = Text("您有了一份新的代办授权", "A new mandate for you")
_GIVEN = Text(
    "{agent}从现在起可以替您办：{what}，到{until}为止。不是您的意思，或者不想要了，到“我的—别人替我办的”里马上结束。",
    "{agent} may now act for you: {what}, until {until}. To end it at once: Me, Acting for me.",
)
_HELD_TITLE = Text("您可以替别人办事了", "You may act for somebody")
_HELD = Text(
    "您可以替{giver}办：{what}，到{until}为止。在“我的—别人替我办的”里换成代办身份。不能再转给别人。",
    "You may act for {giver}: {what}, until {until}. Change over under Me, Acting for me. It cannot be passed on.",
)
_ASKED_TITLE = Text("有人想替您办事，等您同意", "Somebody asks to act for you")
_ASKED = Text(
    "{agent}想替您办：{what}，到{until}为止。同意或者不同意，请到“我的—别人替我办的”里选；不理会就不会生效。",
    "{agent} asks to act for you: {what}, until {until}. Agree or decline under Me, Acting for me.",
)
_CODE_TITLE = Text("代办确认码", "A code to agree to a mandate")
_CODE = Text(
    "{agent}想替您办：{what}，到{until}为止。同意的，把确认码{code}告诉他，10分钟内有效；不同意的，谁问都不要说。",
    "{agent} asks to act for you: {what}, until {until}. If you agree, tell them {code} within ten minutes.",
)
_ENDED = Text(
    "{agent}替{giver}办事的授权（{what}）已经结束，从现在起不能再代办。",
    "The mandate of {agent} for {giver} ({what}) has ended; nothing can be done under it any more.",
)
