"""What happens by itself: counting in steps, and closing, after which nobody can read a ballot."""

import asyncio

from tongban.base.clock import Clock
from tongban.base.database import Connection, Database
from tongban.base.errors import Refused
from tongban.base.sealing import PersonKey
from tongban.voice.participation import secrecy, store
from tongban.voice.participation.counting import Question, count
from tongban.voice.participation.model import FEWEST_SHOWN, Consultation, Results
from tongban.voice.participation.refusals import closed, there


class Closing:
    """Counting and closing of one installation's consultations; any process may do it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def turn(self) -> None:
        """What has to happen by itself: count where enough is new, and close what has run out. Raises Refused
        `not-counted` (500) when all the others have had their turn."""
        failed: Refused | None = None
        for one in await store.unclosed(self._db):
            try:
                if one.closes_at <= self._clock():
                    await self.close(one)
                elif await store.uncounted(self._db, one) >= 2 * FEWEST_SHOWN:
                    await self.recount(one)
            except Refused as error:
                failed = error
        if failed:
            raise failed

    async def recount(self, one: Consultation) -> Results:
        """Count an open consultation. Published in steps of ten ballots, and ten wait for the next count, so that the
        last one has ten new ones too: the difference of two publications is never the vote of one."""
        async with self._db.transaction() as connection:
            held = there(await store.held(connection, one.id))
            if not held.open_at(self._clock()):
                raise closed()
            key = await secrecy.key_of(self._db.sealer, connection, held)
            question, seen = await self._question(connection, held, key, held_back=FEWEST_SHOWN)
        results = await count(question)
        await store.keep_results(self._db, one, results)
        await store.mark_counted(self._db, one, seen)
        return results

    async def close(self, one: Consultation) -> None:
        """Count for the last time, then delete every ballot and shred the key. What is left is what was published."""
        async with self._db.transaction() as connection:
            held = there(await store.held(connection, one.id, closing=True))
            if held.closed_at is not None:
                return
            key = await secrecy.key_of(self._db.sealer, connection, held)
            question, _ = await self._question(connection, held, key)
            results = await count(question)
            await store.keep_results(connection, held, results)
            gone = [each.number for each in await store.statements(connection, held) if each.removed]
            await store.forget_words(connection, held, gone)
            await store.close(connection, held, self._clock())
            await self._db.sealer.erase(
                connection, secrecy.owner(held.id), self._clock(), "consultation closed: nobody can read the ballots"
            )

    async def _question(
        self, connection: Connection, one: Consultation, key: PersonKey, *, held_back: int = 0
    ) -> tuple[Question, list[tuple[bytes, str]]]:
        seen = await store.ballots(connection, one, held_back)
        statements = await store.statements(connection, one)
        ballots = await asyncio.to_thread(
            lambda: tuple(votes for voter, text in seen if (votes := secrecy.opened(key, one, voter, text)))
        )
        asked = Question(
            self._clock(),
            tuple(each.number for each in statements),
            tuple(each.words for each in statements),
            frozenset(each.number for each in statements if each.removed),
            ballots,
            one.results,
        )
        return asked, seen
