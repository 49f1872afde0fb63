"""Proposals as everybody may read them; making one, signing it, and taking the signature back."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tongban.assist.gate.public import for_everybody
from tongban.base.clock import Clock
from tongban.base.database import Connection, Database
from tongban.base.errors import Refused, refuse
from tongban.base.page import Page, cursor, read_cursor
from tongban.base.sealing import PersonKey
from tongban.org import Actor, Directory
from tongban.voice.participation import secrecy
from tongban.voice.participation.model import YOUNGEST, Moderated
from tongban.voice.participation.proposals import store
from tongban.voice.participation.proposals.model import LONGEST_TITLE, LONGEST_WORDS, Ended, Kind, Proposal
from tongban.voice.participation.proposals.thresholds import Threshold, threshold
from tongban.voice.participation.refusals import may_take_part, words_of

PAGE = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person writes."""

    kind: str
    body: str
    title: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Mine:
    """What a person sees of themselves: whether they signed it, and whether it is theirs."""

    signed: bool = False
    own: bool = False


class Proposals:
    """Proposals of one installation."""

    def __init__(self, db: Database, directory: Directory, clock: Clock, zone: ZoneInfo) -> None:
        self._db = db
        self._directory = directory
        self._clock = clock
        self._zone = zone

    # --- reading ---------------------------------------------------------------------------------------------------

    async def page(self, after: str = "", limit: int = PAGE) -> Page[Proposal]:
        """The latest first. Raises Refused `bad-cursor` (400)."""
        found = await store.page(self._db, read_cursor(after, tuple[date, str]) if after else None, limit + 1)
        items = tuple(found[:limit])
        return Page(items, cursor(items[-1].opened_on, items[-1].id) if len(found) > limit else None)

    async def one(self, proposal: str) -> Proposal:
        """Raises Refused `unknown-proposal` (404)."""
        return there(await store.find(self._db, proposal))

    async def mine(self, person: Actor, proposal: str) -> Mine:
        """What a person sees of themselves; nothing once the signing has ended, for then nobody knows it."""
        async with self._db.transaction() as connection:
            one = there(await store.held(connection, proposal, reading=True))
            if one.ended:
                return Mine()
            key = await secrecy.key_of_proposal(self._db.sealer, connection, one.id)
            signer = secrecy.named(key, person.id)
            return Mine(await store.signed(connection, one, signer), await store.authored(connection, one, signer))

    def needed(self, region: str) -> Threshold:
        """How many must sign within how many days what is made today."""
        return threshold(region, self._today())

    def may_take_part(self, person: Actor) -> None:
        """Raises Refused (403): `for-yourself-only`, `name-not-checked`, `too-young`."""
        may_take_part(person, YOUNGEST, self._today())

    # --- taking part -----------------------------------------------------------------------------------------------

    async def propose(self, person: Actor, draft: Draft) -> Proposal:
        """Make one; it can be signed at once, and its author is the first who signs.

        Raises Refused as `may_take_part`, `unknown-body`, `field-missing`, `too-long`, `personal-data` (422).
        """
        self.may_take_part(person)
        kind = next((kind for kind in Kind if kind == draft.kind), None)
        if kind is None:
            raise refuse("field-missing", "请选提议还是提问", "Choose: a proposal or a question", place="kind")
        try:
            body = self._directory.body(draft.body)
        except (Refused, LookupError):
            raise refuse("unknown-body", "请选一个单位", "Choose a body", place="body") from None
        today = self._today()
        wanted = threshold(body.region, today)
        one = Proposal(
            body.region,
            f"{today:%y%m%d}-{secrets.token_hex(4)}",
            body.id,
            kind,
            _written(draft.title, "title", LONGEST_TITLE),
            _written(draft.what, "what", LONGEST_WORDS),
            _written(draft.why, "why", LONGEST_WORDS),
            YOUNGEST,
            wanted.signatures,
            today,
            today + timedelta(days=wanted.days),
        )
        async with self._db.transaction() as connection:
            key = await secrecy.key_of_proposal(self._db.sealer, connection, one.id)
            author = secrecy.named(key, person.id)
            await store.add(connection, one, author)
            await self._sign(connection, one, author)
        return await self.one(one.id)

    async def sign(self, person: Actor, proposal: str) -> None:
        """Sign it, once. The last signature that is needed ends the signing, and nobody can learn who signed any more.

        Raises Refused as `may_take_part`, `unknown-proposal` (404), `closed`, `signed-already` (409).
        """
        async with self._db.transaction() as connection:
            one, key = await self._enter(connection, person, proposal)
            if not await self._sign(connection, one, secrecy.named(key, person.id)):
                raise refuse("signed-already", "您已经联过名了", "You have signed this already", status=409)

    async def take_back(self, person: Actor, proposal: str) -> None:
        """Take one's signature back (个人信息保护法 15). Raises Refused as `sign`, `not-signed` (409)."""
        async with self._db.transaction() as connection:
            one, key = await self._enter(connection, person, proposal)
            if not await store.unsign(connection, one, secrecy.named(key, person.id)):
                raise refuse("not-signed", "您没有联名", "You have not signed this", status=409)

    async def object_to(self, person: Actor, proposal: str, words: str) -> None:
        """Say that one's own proposal was taken out wrongly; another official decides.

        Raises Refused: `unknown-proposal` (404), `closed`, `nothing-to-object-to` (409).
        """
        words = words_of(words, "words", LONGEST_WORDS)
        async with self._db.transaction() as connection:
            one = there(await store.held(connection, proposal))
            if one.ended:
                raise closed()
            key = await secrecy.key_of_proposal(self._db.sealer, connection, one.id)
            if not await store.authored(connection, one, secrecy.named(key, person.id)):
                raise _nothing()
            if not one.history or one.history[-1].act != "removed":
                raise _nothing()
            act = Moderated("objected", "", words, "", "", self._today())
            await store.moderate(connection, one, act, one.closes_on)

    async def _enter(self, connection: Connection, person: Actor, proposal: str) -> tuple[Proposal, PersonKey]:
        self.may_take_part(person)
        one = there(await store.held(connection, proposal))
        if not one.signable(self._today()):
            raise closed()
        return one, await secrecy.key_of_proposal(self._db.sealer, connection, one.id)

    async def _sign(self, connection: Connection, one: Proposal, signer: bytes) -> bool:
        count = await store.sign(connection, one, signer)
        if count is not None and count >= one.needs:
            await end(self._db, connection, one, Ended.REACHED, self._clock().astimezone(self._zone))
        return count is not None

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()


async def end(db: Database, connection: Connection, one: Proposal, how: Ended, now: datetime) -> None:
    """End the signing: signatures and author are gone, and the key under which they were is shredded.

    `now` is in the zone of the law.
    """
    await store.close(connection, one, how, now.date())
    why = "signing ended: nobody can read who signed"
    await db.sealer.erase(connection, secrecy.owner_of_proposal(one.id), now, why)


def there(one: Proposal | None) -> Proposal:
    """Raises Refused `unknown-proposal` (404) for none."""
    if one is None:
        raise refuse("unknown-proposal", "没有这条提议", "There is no such proposal", status=404)
    return one


def closed() -> Refused:
    """It cannot be signed (409)."""
    return refuse(
        "closed", "这一条已经不能联名，请看结果", "This can no longer be signed; see what came of it", status=409
    )


def _nothing() -> Refused:
    return refuse(
        "nothing-to-object-to",
        "这一条不是您提的，或者没有被移除，或者已经在复核、复核过了",
        "It is not yours, it is not taken out, or the objection is being looked at or was decided",
        status=409,
    )


def _written(text: str, place: str, most: int) -> str:
    return for_everybody(words_of(text, place, most), place)
