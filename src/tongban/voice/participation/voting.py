"""Taking part: vote, add a statement, object to its being taken out. One person, one vote, under a keyed name."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from tongban.base.clock import Clock
from tongban.base.database import Connection, Database
from tongban.base.errors import refuse
from tongban.base.sealing import PersonKey
from tongban.org import Actor
from tongban.voice.participation import secrecy, store
from tongban.voice.participation.consultations import LONGEST_WORDS
from tongban.voice.participation.model import (
    LONGEST_STATEMENT,
    MOST_STATEMENTS,
    VALUE,
    Consultation,
    Moderated,
    Statement,
    Vote,
)
from tongban.voice.participation.moderation import add, the_statement
from tongban.voice.participation.refusals import closed, may_take_part, no_statement, there, words_of


@dataclass(frozen=True, slots=True)
class Mine:
    """What a voter sees of themselves: what they have said to each statement, and which are their own."""

    votes: dict[int, Vote]
    own: tuple[int, ...]
    next: Statement | None
    left: int
    """Statements they have not answered."""


class Voting:
    """What people do in consultations."""

    def __init__(self, db: Database, clock: Clock, zone: ZoneInfo) -> None:
        self._db = db
        self._clock = clock
        self._zone = zone

    async def mine(self, person: Actor, consultation: str) -> Mine:
        """What a person sees of themselves; nothing once it has closed, for then nobody knows it."""
        async with self._db.transaction() as connection:
            one = there(await store.held(connection, consultation))
            said = await store.statements(connection, one)
            if not one.open_at(self._clock()):
                return Mine({}, (), None, 0)
            key = await secrecy.key_of(self._db.sealer, connection, one)
            voter = secrecy.named(key, person.id)
            text = await store.ballot(connection, one, voter)
            own = await store.authored(connection, one, voter)
        votes = secrecy.opened(key, one, voter, text) if text else {}
        by_value = {value: vote for vote, value in VALUE.items()}
        left = [each for each in said if not each.removed and each.number not in votes]
        left.sort(key=lambda each: secrecy.turn(key, voter, each.number))
        return Mine(
            {n: by_value[value] for n, value in votes.items()}, tuple(own), left[0] if left else None, len(left)
        )

    async def vote(self, person: Actor, consultation: str, number: int, vote: Vote) -> None:
        """Say one's mind on one statement; saying it again changes it. The last word of one person is their one vote.

        Raises Refused as `_may` does, `closed` (409), `unknown-statement` (404).
        """
        async with self._db.transaction() as connection:
            one, key, voter = await self._enter(connection, person, consultation)
            if not any(each.number == number and not each.removed for each in await store.statements(connection, one)):
                raise no_statement()
            await store.begin_ballot(connection, one, voter, secrecy.sealed(key, one, voter, {}))
            text = await store.ballot(connection, one, voter, lock=True)
            votes = secrecy.opened(key, one, voter, text) if text else {}
            votes[number] = VALUE[vote]
            await store.keep_ballot(connection, one, voter, secrecy.sealed(key, one, voter, votes))

    async def say(self, person: Actor, consultation: str, words: str) -> int:
        """Add a statement; it stands at once. Its number.

        Raises Refused as `vote` does, `field-missing`, `too-long`, `said-already` (409), `enough-said` (429).
        """
        words = words_of(words, "words", LONGEST_STATEMENT)
        async with self._db.transaction() as connection:
            one, _, voter = await self._enter(connection, person, consultation)
            await store.one_by_one(connection, one)
            if any(each.words == words for each in await store.statements(connection, one)):
                raise refuse(
                    "said-already",
                    "已经有一模一样的陈述了，直接对那一条表态就行",
                    "That statement is there already: vote on it instead",
                    place="words",
                    status=409,
                )
            if len(await store.authored(connection, one, voter)) >= MOST_STATEMENTS:
                raise refuse(
                    "enough-said",
                    f"一个人最多写{MOST_STATEMENTS}条陈述，表态的条数不限",
                    f"One person may add {MOST_STATEMENTS} statements; you can vote on as many as you like",
                    place="words",
                    status=429,
                )
            return await store.add_statement(connection, one, voter, words, self._today())

    async def object_to(self, person: Actor, consultation: str, number: int, words: str) -> None:
        """Say that one's own statement was taken out wrongly; another official decides.

        Raises Refused as `vote` does, `not-yours` (404), `nothing-to-object-to` (409).
        """
        words = words_of(words, "words", LONGEST_WORDS)
        async with self._db.transaction() as connection:
            one, _, voter = await self._enter(connection, person, consultation)
            if number not in await store.authored(connection, one, voter):
                raise no_statement()
            statement = await the_statement(connection, one, number)
            if not statement.history or statement.history[-1].act != "removed":
                raise refuse(
                    "nothing-to-object-to",
                    "这条陈述没有被移除，或者已经在复核、复核过了",
                    "This statement is not taken out, or the objection is being looked at or was decided",
                    status=409,
                )
            act = Moderated("objected", "", words, "", "", self._today())
            await add(connection, one, statement, act)

    async def _enter(
        self, connection: Connection, person: Actor, consultation: str
    ) -> tuple[Consultation, PersonKey, bytes]:
        one = there(await store.held(connection, consultation))
        self.may_vote(person, one)
        if not one.open_at(self._clock()):
            raise closed()
        key = await secrecy.key_of(self._db.sealer, connection, one)
        return one, key, secrecy.named(key, person.id)

    def may_vote(self, person: Actor, one: Consultation) -> None:
        """Raises Refused (403): `for-yourself-only`, `name-not-checked`, `too-young`."""
        may_take_part(person, one.from_age, self._today())

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()
