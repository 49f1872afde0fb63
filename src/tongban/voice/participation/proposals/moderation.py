"""Taking a proposal out, and deciding on the author's objection: people, with reasons that stay in its place.

Not the body that is named: it would decide whether it is asked. The digital centre of the place, or of one around it,
does; whoever took it out does not decide on the objection.
"""

from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from tongban.assist.gate.public import for_everybody
from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import refuse
from tongban.base.page import Page, cursor, read_cursor
from tongban.org import Actor, Directory
from tongban.org.model import Role
from tongban.voice.participation.model import Ground, Moderated
from tongban.voice.participation.proposals import store
from tongban.voice.participation.proposals.model import LONGEST_WORDS, Proposal
from tongban.voice.participation.proposals.service import there
from tongban.voice.participation.refusals import moved_on, need_role, words_of


class Moderation:
    """What officials of digital centres decide about proposals."""

    def __init__(self, db: Database, directory: Directory, clock: Clock, zone: ZoneInfo) -> None:
        self._db = db
        self._directory = directory
        self._clock = clock
        self._zone = zone

    async def latest(self, official: Actor, after: str | None, limit: int) -> Page[Proposal]:
        """Proposals of the official's region and those inside it, the latest first. Raises Refused: `not-your-role`
        (403), `bad-cursor` (400)."""
        regions = self._regions(official)
        place = read_cursor(after, tuple[date, str]) if after else None
        found = await store.page(self._db, place, limit + 1, sorted(regions))
        last = found[limit - 1] if len(found) > limit else None
        return Page(tuple(found[:limit]), cursor(last.opened_on, last.id) if last else None)

    async def remove(self, official: Actor, proposal: str, ground: Ground, words: str) -> None:
        """Take it out, with a ground and reasons that stay in its place. An answer that is owed stays owed.

        Raises Refused: `not-your-role`, `named-itself` (403), `moved-on` (409), `unknown-proposal` (404).
        """
        words = for_everybody(words_of(words, "words", LONGEST_WORDS), "words")
        async with self._db.transaction() as connection:
            one = self._theirs(official, await store.held(connection, proposal))
            if one.removed:
                raise moved_on()
            await store.moderate(connection, one, self._act("removed", ground, words, official), one.closes_on)

    async def review(self, official: Actor, proposal: str, *, restore: bool, words: str) -> None:
        """Decide on an objection; one that is put back can be signed for as many days more as it was out.

        Raises Refused as `remove` does, `same-person` (403) for whoever took it out.
        """
        words = for_everybody(words_of(words, "words", LONGEST_WORDS), "words")
        async with self._db.transaction() as connection:
            one = self._theirs(official, await store.held(connection, proposal))
            if one.objection is None:
                raise moved_on()
            taken = [act for act in one.history if act.act == "removed"]
            if any(act.official == official.id for act in taken):
                raise refuse(
                    "same-person",
                    "这条是您移除的，要由另一位同事复核",
                    "You took this out: a colleague must decide on the objection",
                    status=403,
                )
            lost = self._today() - taken[-1].on_day if restore else timedelta()
            act = self._act("restored" if restore else "upheld", "", words, official)
            await store.moderate(connection, one, act, one.closes_on + lost)

    def _regions(self, official: Actor) -> frozenset[str]:
        need_role(official, Role.SUPERVISE, Role.HEAD)
        body = self._directory.body(official.body)
        if body.kind != "digital-centre":
            raise refuse(
                "not-your-role",
                "移除和复核由数字政务中心的人员来做，被点名的单位不能做",
                "People of the digital centre do this, never the body that is named",
                status=403,
            )
        return frozenset(one.region for one in self._directory.bodies_in([body.region]))

    def _theirs(self, official: Actor, one: Proposal | None) -> Proposal:
        regions = self._regions(official)
        found = there(one if one and one.region in regions else None)
        if found.body == official.body:
            raise refuse(
                "named-itself",
                "这一条是向本单位提的，由上一级的数字政务中心来看",
                "This one names your own body: the digital centre above looks at it",
                status=403,
            )
        return found

    def _act(self, act: Literal["removed", "restored", "upheld"], ground: str, words: str, who: Actor) -> Moderated:
        return Moderated(act, str(ground), words, who.id, who.post, self._today())

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()
