"""The demonstration's last three weeks: real stories, played through `Cases` by a clock of their own.

Nothing is written past the engine. Each step is an act that somebody does at an hour of the recent past, with an
idempotency key of its own; between the steps the demonstration's clock lets terms run out and letters arrive. So what
is seen at first start is what would be seen had the people of 岚江 used the platform. A start that was interrupted goes
on where it stopped; an installation that has cases of its own is left alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

import msgspec
import yaml

from tongban import certs
from tongban.base.clock import SettableClock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.i18n import words
from tongban.base.ids import birth_date, id_number_check, is_male, region_of
from tongban.base.keys import KeyRing
from tongban.cases.demo_papers import paper
from tongban.cases.model import Applicant
from tongban.cases.service import Cases
from tongban.cases.store.history import Key, key_of
from tongban.cases.store.played import any_case
from tongban.catalog import variant
from tongban.catalog.calendars import open_calendar
from tongban.catalog.installation import open_catalogue
from tongban.catalog.model import Service
from tongban.org import Actor, RealName, demo
from tongban.org import store as org_store
from tongban.org.model import Person
from tongban.sharing import Purpose, Reader, Shared, Sharing, put_record, sources
from tongban.sharing import demo as records
from tongban.sharing.directory import open_directory
from tongban.sharing.grants.shelf import DirectoryShelf
from tongban.terms import Calendar

_FIRST_DAY = -15
"""The working day, counted from today, on which the stories begin."""
_LETTERS_AFTER = timedelta(minutes=6)
"""A letter leaves when its act can no longer be taken back; the longest time for that is five minutes."""
_NIGHT = time(0, 1)
"""When the clock looks at what ran out with the day."""
_LOOK_UP_BEFORE = timedelta(minutes=4)
"""How long it takes to fill in a form whose records are there."""

_WORKDAY = re.compile(r"(-\d+) (\d\d):(\d\d)")
_AGO = re.compile(r"(\d+) minutes ago")
_DAY = re.compile(r"\{day ([+-]\d+)\}")
_CASE = re.compile(r"\{(case|certificate) ([a-z-]+)\}")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Neighbour(_File, frozen=True):
    """Somebody of 岚江 whom the log-in page does not offer. `number` lacks its last character."""

    id: str
    name: str
    number: str
    phone: str
    records: dict[str, dict[str, Any]] = {}


class Step(_File, frozen=True):
    """Somebody does an act. `look` are facts that an official looks up for it; `files` are papers by material."""

    at: str
    by: str
    do: str
    says: dict[str, Any] = {}
    files: dict[str, str] = {}
    look: tuple[str, ...] = ()


class Story(_File, frozen=True):
    """A case from its application on. With `counter` the clerk fills it in for whoever stands there.

    With `asking`, a post, its holder asks in the name of their body, or with `upon` opens it about `who` by duty of
    office. `written` is what stands on a paper, by material;
    others say no more than what they are for.
    """

    name: str
    who: str
    service: str
    at: str
    region: str = "990101"
    mandate: str = ""
    counter: bool = False
    asking: str = ""
    upon: bool = False
    says: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    files: dict[str, str] = {}
    written: dict[str, tuple[str, ...]] = {}
    steps: tuple[Step, ...] = ()


class Unfinished(_File, frozen=True):
    """An application that somebody has begun."""

    who: str
    service: str
    at: str
    content: dict[str, Any]


class Script(_File, frozen=True):
    """The file."""

    neighbours: tuple[Neighbour, ...]
    drafts: tuple[Unfinished, ...]
    stories: tuple[Story, ...]


class Due(NamedTuple):
    """A step in its place on the time line; number 0 is the application, and a draft has none."""

    at: datetime
    story: Story | Unfinished
    number: int = 0


@cache
def script() -> Script:
    """The stories as written."""
    text = Path(__file__).with_name("demo_cases.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), Script)


async def missing(db: Database, settings: Settings, now: datetime) -> bool:
    """Whether there is something to play: no case at all, or stories that were broken off."""
    line = timeline(Days(now, open_calendar(settings.data_dir), settings.timezone))
    if await _done(db, line[-1]):
        return False
    return not await any_case(db) or await _done(db, line[0])


async def seed(db: Database, settings: Settings, now: datetime, since: datetime | None = None) -> int:
    """Play the stories into an installation that has no cases; the number of acts and drafts, 0 if all was there.

    The demonstration's people and records must be there. Certificates are dated in the past, so this comes before
    anything else opens the key ring, whose keys sign from `since` on where that is earlier than the stories (what is
    written later may lie further back: `demo_month`). Raises Refused if a service file or the law stops a story.
    """
    calendar = open_calendar(settings.data_dir)
    days = Days(now, calendar, settings.timezone)
    if not await missing(db, settings, now):
        return 0
    clock = SettableClock(days.at(_FIRST_DAY, time.min))
    entries = open_directory(settings.data_dir)
    cases = Cases(
        db,
        open_catalogue(settings.data_dir, clock),
        await org_store.load(db, clock),
        calendar,
        KeyRing.open(settings.keys_dir, min(clock(), since or clock())),
        clock,
        data_dir=settings.data_dir,
        zone=settings.timezone,
        listed=DirectoryShelf(lambda: entries),
    )
    await settle(db, script().neighbours, clock())
    player = Player(cases, clock, days, neighbours().values())
    done = await player.play(timeline(days))
    await player.wait(now)
    return done


@dataclass(frozen=True, slots=True)
class Days:
    """Working days counted from today, or from the next one if nobody works today."""

    now: datetime
    calendar: Calendar
    zone: ZoneInfo

    def day(self, number: int) -> date:
        """Working day `number`; 0 is today."""
        today = self.now.astimezone(self.zone).date()
        found = today if self.calendar.is_working(today) else self.calendar.next_working(today)
        step = timedelta(days=1 if number > 0 else -1)
        for _ in range(abs(number)):
            found += step
            while not self.calendar.is_working(found):
                found += step
        return found

    def at(self, number: int, hour: time) -> datetime:
        """An hour of a working day."""
        return datetime.combine(self.day(number), hour, self.zone)

    def read(self, written: str) -> datetime:
        """`-3 09:40` or `40 minutes ago`, the latter never before midnight. Raises ValueError."""
        if found := _WORKDAY.fullmatch(written):
            number, hour, minute = map(int, found.groups())
            return self.at(number, time(hour, minute))
        if found := _AGO.fullmatch(written):
            midnight = datetime.combine(self.now.astimezone(self.zone), time.min, self.zone)
            return max(midnight, self.now.astimezone(self.zone) - timedelta(minutes=int(found[1])))
        raise ValueError(f"no time: {written}")

    def fill(self, value: Any) -> Any:
        """The same with every `{day +3}` made a date."""
        match value:
            case str() if found := _DAY.fullmatch(value):
                return self.day(int(found[1])).isoformat()
            case dict():
                return {name: self.fill(one) for name, one in cast("dict[str, Any]", value).items()}
            case list():
                return [self.fill(one) for one in cast("list[Any]", value)]
            case _:
                return value


def timeline(days: Days, stories: Iterable[Story] | None = None) -> list[Due]:
    """Every step of every story in the order of time: of those of the file with its drafts, or of others."""
    line = [Due(days.read(draft.at), draft) for draft in (script().drafts if stories is None else ())]
    for story in script().stories if stories is None else stories:
        line.append(Due(days.read(story.at), story))
        line.extend(Due(days.read(step.at), story, n) for n, step in enumerate(story.steps, start=1))
    return sorted(line, key=lambda due: due.at)


async def _done(db: Database, due: Due) -> bool:
    """Whether an application that somebody sends in themselves has been sent in."""
    story = due.story
    return isinstance(story, Story) and await key_of(db, story.region, Key(story.who, key(story, 0), "")) is not None


def key(story: Story, number: int) -> str:
    """The idempotency key of a step."""
    return f"demo.{story.name}.{number}"


async def settle(db: Database, moving_in: Sequence[Neighbour], now: datetime) -> None:
    """Give neighbours their records."""
    people = {one.id: person_of(one) for one in moving_in}
    async with db.transaction() as connection:
        await org_store.save_people(connection, tuple(people.values()))
        for neighbour in moving_in:
            for place, fields in neighbour.records.items():
                resource, _, record = place.partition("/")
                await put_record(connection, neighbour.id, resource, record, fields, now)
            for person, resource, record, fields in records.basics(people[neighbour.id]):
                await put_record(connection, person, resource, record, fields, now)


@cache
def neighbours() -> dict[str, Person]:
    """The neighbours as the register has them."""
    return {one.id: person_of(one) for one in script().neighbours}


def person_of(one: Neighbour) -> Person:
    """A neighbour as the register has them, with the number whole."""
    number = one.number + id_number_check(one.number)
    return Person(
        id=one.id,
        name=one.name,
        id_number=number,
        phone=one.phone,
        birth_date=birth_date(number),
        sex="male" if is_male(number) else "female",
        home_region=number[:6],
        level=RealName.CHECKED,
    )


class Player:
    """Moves the clock along the line and lets each do their part."""

    def __init__(self, cases: Cases, clock: SettableClock, days: Days, others: Iterable[Person]) -> None:
        self._cases, self._clock, self._days = cases, clock, days
        self._db, self._directory = cases.engine.db, cases.engine.directory
        self._sharing = Sharing(self._db, clock)
        self._people = {one.id: one for one in (*demo.citizens(), *demo.officials(), *others)}
        self._numbers: dict[str, str] = {}

    async def play(self, line: list[Due]) -> int:
        """Everything that has not been done yet; the number of acts and drafts."""
        done = 0
        for due in line:
            done += self._open_then(due.story) and await self.one(due)
        return done

    def number(self, story: Story) -> str:
        """The case of a story that has begun."""
        return self._numbers[story.name]

    def _open_then(self, story: Story | Unfinished) -> bool:
        """Whether there was such a service on the day of the application; a story of before is left out, and one about
        a case that was."""
        named = () if isinstance(story, Unfinished) else (_CASE.fullmatch(str(one)) for one in story.facts.values())
        if any(one and one[2] not in self._numbers for one in named):
            return False
        first = self._days.read(story.at).date()
        return any(version.valid_from <= first for version in self._cases.engine.catalogue.versions(story.service))

    async def one(self, due: Due) -> bool:
        """A step, unless it was done before; whether it was done now."""
        match due.story:
            case Unfinished() as draft:
                return await self._begin(draft, due.at)
            case Story() as story if due.number == 0:
                actor, act = self._applying(story), self._apply
            case Story() as story:
                actor, act = self._acting(story, story.steps[due.number - 1].by), self._act
        if used := await key_of(self._db, story.region, Key(actor.id, key(story, due.number), "")):
            self._numbers[story.name] = used[0]
            return False
        await self.wait(due.at)
        await act(story, due.number, actor)
        return True

    async def wait(self, until: datetime) -> None:
        """Let time pass: letters leave a little after their act, and each night terms may run out."""
        letters, now = self._clock() + _LETTERS_AFTER, self._clock()
        if letters < until:
            self._clock.set(letters)
            await self._cases.deliver()
        for night in _nights(now, until, self._days.zone):
            self._clock.set(max(night, self._clock()))
            await self._cases.fire()
            await self._cases.deliver()
        self._clock.set(max(until, self._clock()))

    async def _begin(self, draft: Unfinished, at: datetime) -> bool:
        actor = Actor.citizen(self._people[draft.who])
        if await self._cases.draft(actor, draft.service):
            return False
        await self.wait(at)
        await self._cases.save_draft(actor, draft.service, draft.content)
        return True

    async def _apply(self, story: Story, number: int, actor: Actor) -> None:
        service, person = self._cases.engine.catalogue.service(story.service), self._people[story.who]
        # A story has the answers of every version of its service; those of the version of its day are given.
        told = {name: value for name, value in story.facts.items() if name in service.facts}
        facts, filled = await self._named(self._days.fill(told)), self._clock() - _LOOK_UP_BEFORE
        papers = {need.slug for need in variant(service, facts, filled.date()).materials}
        # Only what this case needs: nobody asks the school roll about a tenant (个人信息保护法 6).
        wanted = tuple(name for name in sources(service) if name in service.facts or name in papers)
        known = await self._look_up(service, person, actor, f"draft:{story.service}", wanted, filled)
        view = await self._cases.submit(
            actor,
            story.service,
            facts,
            await self._uploads(actor, service, person, story.files, story.written),
            region=story.region,
            key=key(story, number),
            says=self._days.fill(story.says),
            records=known,
            applicant=self._applicant(story, person),
        )
        self._numbers[story.name] = view.case

    def _applicant(self, story: Story, person: Person) -> Applicant | None:
        """Whoever it is for, where somebody else hands it in."""
        if story.asking and not story.upon:
            body = self._directory.body(self._directory.post(story.asking).body)
            return Applicant(body.id, body.name.zh, body.uscc, "body")
        return Applicant(person.id, person.name, person.id_number) if story.counter or story.upon else None

    async def _named(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Every `{case NAME}` made the number that the story of that name was given, and every `{certificate NAME}` the
        newest certificate of that case."""
        return {name: await self._number(value) for name, value in facts.items()}

    async def _number(self, value: Any) -> Any:
        found = _CASE.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return value
        case = self._numbers[found[2]]
        if found[1] == "case":
            return case
        return (await certs.store.for_case(self._db, region_of(case), case))[0].record.id

    async def _visit(self, actor: Actor, case: str, step: Step) -> None:
        """A step of a visit that several cases share. One that was taken before the player was broken off is left."""
        visits, says = self._cases.visits, self._days.fill(step.says)
        found = await visits.of_case(actor, case)
        match step.do, found.visit.state if found.visit else "":
            case "visit.propose", "":
                await visits.propose(actor, case, date.fromisoformat(says["day"]), says["hour"])
            case "visit.agree", "proposed":
                await visits.agree(actor, case)
            case "visit.register", "set":
                await visits.register(actor, case, says["inspectors"], says["seen"])
            case _:
                return

    async def _act(self, story: Story, number: int, actor: Actor) -> None:
        step, case = story.steps[number - 1], self._numbers[story.name]
        if step.do.startswith("visit."):
            await self._visit(actor, case, step)
            return
        service, person = self._cases.engine.catalogue.service(story.service), self._people[story.who]
        if step.look:
            await self._look_up(service, person, actor, case, step.look, self._clock())
        says = self._days.fill(step.says)
        if step.files:
            says["documents"] = await self._uploads(actor, service, person, step.files)
        await self._cases.act(actor, case, step.do, says, version=None, key=key(story, number))

    async def _look_up(
        self, service: Service, person: Person, actor: Actor, matter: str, wanted: tuple[str, ...], at: datetime
    ) -> Mapping[str, Shared]:
        """Through the one door, so that the person finds it under 谁用过我的数据."""
        listed = sources(service)
        title = self._directory.post(actor.post).title.zh if actor.post else ""
        purpose = Purpose.of(service, matter)
        reader = Reader(kind=actor.kind, id=actor.id, title=title, body=actor.body, post=actor.post)
        answer = await self._sharing.look_up(
            person.id,
            {name: listed[name] for name in wanted},
            service=service,
            purpose=purpose,
            reader=reader,
            at=at,
        )
        return answer.found

    async def _uploads(
        self,
        actor: Actor,
        service: Service,
        person: Person,
        files: Mapping[str, str],
        written: Mapping[str, tuple[str, ...]] | None = None,
    ) -> dict[str, list[str]]:
        plain = (
            f"姓名：{person.name}",
            f"事项：{words(service.name, 'zh')}",
            "地点：岚江市清源区",
            "本页为演示材料，人物、单位都是虚构的。",
        )
        made: dict[str, list[str]] = {}
        for slug, name in files.items():
            lines = (*(written or {}).get(slug, plain[:-1]), plain[-1])
            made[slug] = [(await self._cases.add_document(actor, name, paper(name, lines), about=person.id)).id]
        return made

    def _applying(self, story: Story) -> Actor:
        if story.asking:
            return self.official(story.asking)
        if story.counter:
            return self.official(demo.post_id(story.region, "service-centre", "clerk"))
        return self._citizen(story)

    def _citizen(self, story: Story) -> Actor:
        mandate = next((one for one in demo.mandates() if one.id == story.mandate), None)
        return Actor.citizen(self._people[story.who], mandate)

    def _acting(self, story: Story, by: str) -> Actor:
        """Whoever a step names: the applicant, the counter, a post of the body that owes the answer, or any post."""
        if by == "applicant":
            return self._citizen(story) if story.upon else self._applying(story)
        if "." in by:
            return self.official(by)
        if by == "clerk":
            return self.official(demo.post_id(story.region, "service-centre", "clerk"))
        authority = self._cases.engine.catalogue.service(story.service).authority
        return self.official(f"{self._directory.competent(authority.body, authority.level, story.region).id}.{by}")

    def official(self, post_id: str) -> Actor:
        """Whoever holds a post."""
        post = self._directory.post(post_id)
        return Actor.official(self._people[self._directory.holders(post_id)[0]], post, self._directory.body(post.body))


def _nights(after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """One minute past each midnight between two moments."""
    night = datetime.combine(after.astimezone(zone), _NIGHT, zone)
    while night < until:
        if night > after:
            yield night
        night += timedelta(days=1)
