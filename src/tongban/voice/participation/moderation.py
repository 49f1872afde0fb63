"""Taking a statement out, and deciding on an objection: people, with reasons that stay in its place.

Nothing waits for a censor and no model reads what is said: a statement stands at once. Whoever took it out does not
decide on the objection.
"""

from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from tongban.assist.gate.public import for_everybody
from tongban.base.clock import Clock
from tongban.base.database import Connection, Database
from tongban.base.errors import refuse
from tongban.org import Actor
from tongban.org.model import Role
from tongban.voice.participation import store
from tongban.voice.participation.consultations import LONGEST_WORDS
from tongban.voice.participation.model import Consultation, Ground, Moderated, Statement
from tongban.voice.participation.refusals import closed, moved_on, need_body, need_role, no_statement, there, words_of


class Moderation:
    """What officials of the body decide about statements."""

    def __init__(self, db: Database, clock: Clock, zone: ZoneInfo) -> None:
        self._db = db
        self._clock = clock
        self._zone = zone

    async def remove(self, official: Actor, consultation: str, number: int, ground: Ground, words: str) -> None:
        """Take a statement out, with a ground and reasons that stay in its place.

        Raises Refused: `not-your-role`, `not-your-body` (403), `closed`, `moved-on` (409), `unknown-statement` (404).
        """
        words = for_everybody(words_of(words, "words", LONGEST_WORDS), "words")
        async with self._db.transaction() as connection:
            one = await self._at_work(connection, official, consultation)
            statement = await the_statement(connection, one, number)
            if statement.removed:
                raise moved_on()
            await add(connection, one, statement, self._act("removed", ground, words, official))

    async def review(self, official: Actor, consultation: str, number: int, *, restore: bool, words: str) -> None:
        """Decide on an objection. Raises Refused as `remove` does, `same-person` (403) for whoever took it out."""
        words = for_everybody(words_of(words, "words", LONGEST_WORDS), "words")
        async with self._db.transaction() as connection:
            one = await self._at_work(connection, official, consultation)
            statement = await the_statement(connection, one, number)
            if statement.objection is None:
                raise moved_on()
            if any(act.official == official.id and act.act == "removed" for act in statement.history):
                raise refuse(
                    "same-person",
                    "这条是您移除的，要由另一位同事复核",
                    "You took this out: a colleague must decide on the objection",
                    status=403,
                )
            act = self._act("restored" if restore else "upheld", "", words, official)
            await add(connection, one, statement, act)

    async def _at_work(self, connection: Connection, official: Actor, consultation: str) -> Consultation:
        one = there(await store.held(connection, consultation))
        need_role(official, Role.DECIDE, Role.HEAD)
        need_body(official, one)
        if one.closed_at is not None:
            raise closed()
        return one

    def _act(self, act: Literal["removed", "restored", "upheld"], ground: str, words: str, who: Actor) -> Moderated:
        return Moderated(act, str(ground), words, who.id, who.post, self._today())

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()


async def the_statement(connection: Connection, one: Consultation, number: int) -> Statement:
    """Raises Refused `unknown-statement` (404)."""
    found = next((each for each in await store.statements(connection, one) if each.number == number), None)
    if found is None:
        raise no_statement()
    return found


async def add(connection: Connection, one: Consultation, statement: Statement, act: Moderated) -> None:
    """Write down an act. Raises Refused `moved-on` (409) if somebody was first."""
    if not await store.moderate(connection, one, statement.number, act, len(statement.history) + 1):
        raise moved_on()
