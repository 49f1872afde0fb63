"""Asking again what a source did not answer: claimed so that two processes never ask the same, one failure stops none.

A question of a draft is put again when its person comes back to it, never behind their back.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from tongban.base.clock import ZONE
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.catalog.model import Service
from tongban.org import store as people
from tongban.sharing import grants
from tongban.sharing.asking import Question, Told, ask_all
from tongban.sharing.exchange import Asker, Exchange, subject
from tongban.sharing.lookup import settle, shared, trace
from tongban.sharing.retry import store
from tongban.sharing.retry.model import LONGEST, Ended, Late, Open, Wish

log = logging.getLogger(__name__)

_CLAIM = 20


async def turn(
    db: Database,
    exchange: Exchange,
    service: Callable[[str], Service],
    late: Late,
    now: datetime,
) -> int:
    """Everything that is due at `now`; the answer is the number of questions that ended."""
    ended = 0
    while claimed := await store.claim(db, now, _CLAIM):
        for question in claimed:
            try:
                ended += await _one(db, exchange, service(question.purpose.service), late, question, now)
            except Exception as error:
                log.warning("an open question of %s failed: %s", question.matter, type(error).__name__)
                await store.failed(db, question, type(error).__name__, question.again(now))
        if len(claimed) < _CLAIM:
            break
    return ended


async def _one(
    db: Database,
    exchange: Exchange,
    service: Service,
    late: Late,
    question: Open,
    now: datetime,
) -> bool:
    awaiting = any(wish.awaits for wish in question.wishes)
    if now - question.opened_at > LONGEST and not awaiting:
        await store.end(db, [question], Ended.GIVEN_UP, now)
        return True
    wanted = await late.wants(question.matter, [wish.name for wish in question.wishes])
    question = msgspec.structs.replace(question, wishes=tuple(w for w in question.wishes if w.name in wanted))
    if not question.wishes:
        await store.end(db, [question], Ended.CASE_ENDED, now)
        return True
    ready, later = await _sorted(late, question.wishes)
    if not ready and not later:
        await store.end(db, [question], Ended.NOT_CORRECTED, now)
        return True
    if not ready:
        await store.failed(db, question, "correction-open", question.again(now))
        return False
    question = msgspec.structs.replace(question, wishes=ready)
    held = await grants.held(db, service.service)
    day, asker = now.astimezone(ZONE).date(), Asker.of(service, question.purpose)
    try:
        way = exchange.way(held, question.resource, question.record, question.wishes, asker, day)
    except Refused:
        await store.end(db, [question], Ended.NOT_ALLOWED, now)
        return True
    person = await people.person(db, question.person)
    about = subject(question.person, person.id_number if person else "")
    if way.member is None or exchange.channel is None or about is None:
        await store.failed(db, question, "not-connected", question.again(now))
        return False
    asked = Question(question, way.member, way.grant)
    (came,) = await ask_all(exchange.channel, [asked], about, service)
    if not isinstance(came, Told) or not came.values:
        return not (await settle(db, [(asked, came)], now)).waiting
    # The trace first, then the case, then the end of the question: a process that dies in between asks once more, and
    # the case takes the same answer twice without harm.
    async with db.transaction() as connection:
        await trace(connection, asked, came, now)
    corrected = {wish.name: wish.awaits for wish in ready if wish.awaits}
    await late.file(question.matter, shared(asked, came, now), corrected)
    if later:
        await store.narrow(db, question, later, question.again(now))
        return False
    await store.end(db, [question], Ended.ANSWERED, now)
    return True


async def _sorted(late: Late, wishes: Sequence[Wish]) -> tuple[tuple[Wish, ...], tuple[Wish, ...]]:
    """What can be asked now, and what still waits for its source to look into it. What a source left as it is would
    be answered as before, so nobody is asked."""
    stand = {one: await late.correction(one) for one in {wish.awaits for wish in wishes} if one}
    ready = tuple(wish for wish in wishes if not wish.awaits or stand[wish.awaits] == "corrected")
    return ready, tuple(wish for wish in wishes if wish.awaits and stand[wish.awaits] == "open")
