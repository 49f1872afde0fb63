"""The demonstration's month before, with how people rated it: written once, while the platform already serves.

Nobody waits for it: `tongban opendata demonstrate` plays it in a process of its own. Every act has an idempotency key,
so one that was killed goes on where it stopped; what the present has taken hold of meanwhile is left to the present.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from tongban.base.clock import SettableClock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.keys import KeyRing, Use
from tongban.cases.demo import Days, Due, Player, Story, key, person_of, settle, timeline
from tongban.cases.demo_month import MANY, Month, month
from tongban.cases.service import Cases
from tongban.cases.store.history import Key, key_of
from tongban.catalog.installation import open_catalogue
from tongban.org import demo
from tongban.sharing.directory import open_directory
from tongban.sharing.grants.shelf import DirectoryShelf
from tongban.voice.ratings.model import BAD, CHANGE, Channel
from tongban.voice.ratings.service import Ratings, Said
from tongban.voice.service import Voice

Told = Callable[[int, int], None]
"""Hears how many steps are done, and of how many."""

_MIXED, _POOR, _GOOD = (5, 2, 4, 5, 1, 5, 4, 2, 5, 3, 5, 5), (3, 4, 2, 4, 1, 2, 5, 1, 3, 5, 4, 2), (5, 5, 4, 2, 5, 1)
_RATED: tuple[tuple[str, str, Channel, tuple[int, ...]], ...] = (
    ("residence-permit", "990101", "online", (4, 5, 2, 5, 1, 3, 2, 5, 1, 4, 5, 5)),
    ("residence-permit", "990102", "online", _POOR),
    ("unemployment-benefit", "990101", "letter", _MIXED),
    ("unemployment-benefit", "990102", "letter", (4, 2, 1, 5, 3, 4)),
    ("food-licence", "990101", "online", (5, 5, 4, 5, 2, 5, 5, 4, 5, 1, 5, 4)),
    ("public-venue-hygiene", "990101", "online", (5, 4, 5, 5, 3, 5, 5, 4, 5, 5, 5, 4)),
    ("advanced-age-allowance", "990101", "phone", _GOOD),
    ("out-of-area-medical-filing", "990101", "online", _MIXED),
)
"""Service, region, channel, and the levels in turn: ten bad ones at least in each of the regions that have any."""
_TAGS = {1: ("no-reason",), 2: ("more-papers",), 5: ("fast",)}


async def missing(db: Database, keys: KeyRing, days: Days, since: date, until: date) -> bool:
    """Whether the month from `since` up to `until` can be written and is not; an installation whose keys are younger
    has none, for nothing of it could be signed."""
    try:
        keys.signer(Use.RECEIPT, datetime.combine(since, time.min, days.zone))
    except LookupError:
        return False
    last = month(days, since, until).last
    clerk = demo.official_id(demo.post_id(last.region, "service-centre", "clerk"))
    return await key_of(db, last.region, Key(clerk, key(last, 1), "")) is None


async def write(
    voice: Voice, settings: Settings, days: Days, since: date, until: date, told: Told, many: int = MANY
) -> int:
    """Play the month and how it was rated; the number of steps. `many`: as `month`. Raises Refused where a service
    file stops the first step of a story."""
    clock = SettableClock(datetime.combine(since, time.min, days.zone))
    found, cases = month(days, since, until, many), _cases(voice, settings, clock)
    await settle(cases.engine.db, found.people, clock())
    player = Player(cases, clock, days, map(person_of, found.people))
    writer = _Writer(player, clock, replace(voice.ratings, cases=cases, clock=clock), days)
    line, last = timeline(days, found.stories), timeline(days, (found.last,))
    rated = list(writer.rated(found))
    for n, due in enumerate(line, start=1):
        await writer.step(due)
        told(n, len(line) + len(rated))
    for n, (story, level, channel) in enumerate(rated, start=len(line) + 1):
        await writer.rate(story, level, channel)
        told(n, len(line) + len(rated))
    await voice.hotline.turn(whole=True)  # they come with dates of weeks ago
    for due in last:
        await writer.step(due)
    return writer.done


def _cases(voice: Voice, settings: Settings, clock: SettableClock) -> Cases:
    """The engine of those days: its catalogue goes by the versions that were in force."""
    now = voice.hotline.cases.engine
    entries = open_directory(settings.data_dir)
    return Cases(
        now.db,
        open_catalogue(settings.data_dir, clock),
        now.directory,
        now.calendar,
        now.keys,
        clock,
        data_dir=settings.data_dir,
        zone=settings.timezone,
        beside=now.beside,
        listed=DirectoryShelf(lambda: entries),
    )


@dataclass
class _Writer:
    player: Player
    clock: SettableClock
    ratings: Ratings
    days: Days
    begun: set[str] = field(default_factory=set[str])
    """Stories that this run began: nobody else has had the time to touch them."""
    left: set[str] = field(default_factory=set[str])
    """Stories of which the present has taken hold: the rest is not theirs any more."""
    done: int = 0

    async def step(self, due: Due) -> None:
        """One step, unless it was done before or can no longer be done."""
        if not isinstance(due.story, Story) or due.story.name in self.left:
            return
        try:
            if due.number and due.story.name not in self.begun and await self._touched(due.story, due.at):
                self.left.add(due.story.name)
                return
            now = await self.player.one(due)
            self.done += now
            if now and due.number == 0:
                self.begun.add(due.story.name)
        except Refused:
            if due.number == 0:
                raise
            self.left.add(due.story.name)

    async def _touched(self, story: Story, at: datetime) -> bool:
        """Whether something that is later than this step has happened in a case that has not ended."""
        found = await self.ratings.cases.engine.load(self.player.number(story))
        return found.events[-1].at > at and not found.definition.ended(found.state)

    def rated(self, found: Month) -> Iterator[tuple[Story, int, Channel]]:
        """What is rated, how, and by which channel."""
        for service, region, channel, levels in _RATED:
            of = [one for one in found.stories if (one.service, one.region) == (service, region)]
            for n, story in enumerate(of):
                yield story, levels[n % len(levels)], channel

    async def rate(self, story: Story, level: int, channel: Channel) -> None:
        """An hour after its end; what is bad is put right or explained by the head of the body."""
        case = await self.ratings.cases.engine.load(self.player.number(story))
        ended = case.state.updated_at
        if story.name in self.left or ended is None or not case.definition.ended(case.state):
            return
        self.clock.set(ended + timedelta(hours=1))
        subject = self.ratings.of(case)
        if subject is None:
            return
        with suppress(Refused):  # rated before
            await self.ratings.rate(subject, Said(level, _TAGS.get(level, ())), channel, None)
            self.done += 1
        if level <= BAD:
            self.clock.set(ended + timedelta(hours=1) + 2 * CHANGE)
            await self.ratings.turn()
            given = await self.ratings.given(subject)
            if given and given.cure:
                await self._put_right(given.cure, story, level)

    async def _put_right(self, cure: str, story: Story, level: int) -> None:
        """Looked into the next day, or, by those who take their time, in four; then put right, or explained."""
        found = await self.ratings.cases.engine.load(cure)
        if found.definition.ended(found.state):
            return
        head = self.player.official(f"{found.state.office.id}.head")
        opened, slow = found.events[0].at, story.name.endswith("7")
        what: dict[str, str] = {"reasons": "办理说明里写了要这份材料，已经电话说明，并把说明写得更清楚。"}
        if level == 1 or slow:
            what = {"cause": "受理时没有把结果和理由说清楚。", "measures": "已经打电话道歉并说明，告知单也改了写法。"}
        for days, act, says in (
            (4 if slow else 1, "contact", {"found": "查了办理记录，和评价说的一致。"}),
            (5 if slow else 3, "cure" if "cause" in what else "explain", what),
        ):
            at = min(opened + timedelta(days=days), self.days.now)
            self.clock.set(max(at, self.clock()))
            with suppress(Refused):  # the present has taken hold of it
                await self.ratings.cases.act(head, cure, act, says, version=None, key=f"demo.cure.{cure}.{act}")
                self.done += 1
