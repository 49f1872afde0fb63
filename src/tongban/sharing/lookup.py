"""Ask the records of the state on behalf of one person, for one purpose, and leave a trace that they can read.

Records of this installation are read in its database; those of other bodies are asked for over the exchange.
Sources: 政务数据共享条例 19 (not collected again), 29 (use is recorded), 国令716 art. 7, PIPL 13 and 35.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

import msgspec

from tongban.base.clock import ZONE
from tongban.base.database import Database
from tongban.base.errors import Refused, refuse
from tongban.base.i18n import Text
from tongban.base.ids import uuid7
from tongban.catalog.certificate_type import RESOURCE
from tongban.catalog.model import Service, Source
from tongban.org import store as people
from tongban.sharing import grants, store
from tongban.sharing.access import Kind, Opened, open_record, refused_attempt
from tongban.sharing.access.record import row as written
from tongban.sharing.access.store import Runner as Attempts
from tongban.sharing.announced import sources
from tongban.sharing.asking import DEADLINE, Came, Forbidden, Question, Silent, Told, ask_all, digest
from tongban.sharing.channel.model import Channel
from tongban.sharing.exchange import HERE, Asker, Exchange, Way
from tongban.sharing.exchange import subject as subject_of
from tongban.sharing.least import passes
from tongban.sharing.model import Lookup, Purpose, Reader, Shared, merged
from tongban.sharing.retry import store as open_questions
from tongban.sharing.retry.model import Ended, Open, Wish

_NOT_THERE = Text("{source}里没有查到，请您自己填。", "Not found in {source}; please answer yourself.")
_AWAY = Text("{source}暂时连不上，请您自己填，我们会再查。", "{source} cannot be reached now; please answer yourself.")
_NOT_CONNECTED = Text("{source}还没有接通，请您自己填。", "{source} is not connected yet; please answer yourself.")

_NOTHING = Text("", "")
PORTAL = "portal"
"""Who asks where a person fills in a body's form and no official does."""
_NOT_ALLOWED = Text(
    "现在不能查{source}：{why}请您自己填。", "{source} may not be asked now: {why} Please answer yourself."
)
_NO_NUMBER = Text(
    "没有您的身份证号码，查不了{source}，请您自己填。",
    "Without an identity number {source} cannot be asked; please answer yourself.",
)


def _named(source: Source) -> Text:
    return source.name if isinstance(source.name, Text) else Text(source.name, source.name)


@dataclass(frozen=True, slots=True)
class _Place:
    """One record that is to be read, with everything that is wanted of it."""

    resource: str
    record: str
    wishes: tuple[Wish, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Everything that is looked at, whether its value leaves or only the truth of a comparison."""
        return tuple(sorted({wish.field for wish in self.wishes}))


def places(wanted: Mapping[str, Source]) -> list[_Place]:
    """The records behind what is wanted; each is read once."""
    found: dict[tuple[str, str], list[Wish]] = defaultdict(list)
    for name, source in wanted.items():
        found[source.resource, source.record].append(
            Wish(name=name, field=source.field, source=_named(source), test=source.test)
        )
    return [_Place(*key, tuple(wishes)) for key, wishes in found.items()]


@dataclass(frozen=True, slots=True)
class Look:
    """One look: about whom, for which service and purpose, by whom, when."""

    person: str
    service: Service
    purpose: Purpose
    reader: Reader
    at: datetime

    @property
    def asker(self) -> Asker:
        return Asker.of(self.service, self.purpose)


async def lookup(
    db: Database, exchange: Exchange, look: Look, wanted: Mapping[str, Source], *, deadline: float = DEADLINE
) -> Lookup:
    """Values for `wanted` (name of the fact → where it is), as far as the records have them.

    What lies in this installation is read by one statement; everything else is asked of the body that has it, all at
    once and for `deadline` seconds at most. Only the named fields are read, and each look leaves an access row. A
    record that is missing or a source that is away is an answer in `missing`, never an exception: the person may
    answer instead. What a source owes is `waiting` and stays open in the table of open questions.

    Raises `Refused` for a caller that has no business asking: `source-not-listed` if the service file does not name
    the source, `purpose-missing` if the purpose is not this service, or names no matter or no law.
    """
    _permit(wanted, look.service, look.purpose)
    if not wanted:
        return Lookup(found={}, missing={})
    try:
        return await _read(db, exchange, look, places(wanted), deadline)
    except Refused:  # the database is away
        return Lookup(found={}, missing={name: _AWAY.format(source=_named(s)) for name, s in wanted.items()})


async def _read(db: Database, exchange: Exchange, look: Look, wanted: list[_Place], deadline: float) -> Lookup:
    day = look.at.astimezone(ZONE).date()
    held = await grants.held(db, look.service.service) if any(one.resource not in HERE for one in wanted) else ()
    near: list[tuple[_Place, Way]] = []
    far: list[tuple[_Place, Way]] = []
    answer = Lookup(found={}, missing={})
    for place in (one for one in wanted if one.resource == RESOURCE):
        answer |= await _certified(db, exchange, look, place)
    for place in (one for one in wanted if one.resource != RESOURCE):
        try:
            way = exchange.way(held, place.resource, place.record, place.wishes, look.asker, day)
        except Refused as refused:
            await _refused(db, look.reader, look.purpose, place.resource, refused.code, look.at)
            answer |= _without(place, _NOT_ALLOWED, why=refused.problems[0].text)
            continue
        (near if way.member is None else far).append((place, way))
    if near:
        answer |= await _here(db, look, near)
    if far and exchange.channel is not None:
        answer |= await _there(db, exchange.channel, look, far, deadline)
    return answer


async def _here(db: Database, look: Look, wanted: list[tuple[_Place, Way]]) -> Lookup:
    opened = [
        _opened(look.person, look.reader, look.purpose, place, way.grant, look.at, answered=True)
        for place, way in wanted
    ]
    rows = await store.read(db, look.person, [written(one) for one in opened])
    answers = {(row["resource"], row["record"]): row for row in rows}
    result = Lookup(found={}, missing={})
    for place, way in wanted:
        row = answers[place.resource, place.record]
        values: dict[str, Any] | None = row["answer"]
        if values is None:
            result |= _without(place, _NOT_CONNECTED)
        else:
            told = _least(place, values)
            result |= _with(place, way.grant, Told(told, bool(values), row["as_of"], digest(told)), look.at)
    return result


async def _certified(db: Database, exchange: Exchange, look: Look, place: _Place) -> Lookup:
    """A certificate that the person has stands for what is asked. The look is written before its value is given out."""
    values = await exchange.held(look.person, place.record)
    told = _least(place, values or {})
    await open_record(
        db, _opened(look.person, look.reader, look.purpose, place, "", look.at, answered=values is not None)
    )
    answer = _with(place, "", Told(told, values is not None, look.at, digest(told)), look.at)
    number = str((values or {}).get("id", ""))
    found = {name: msgspec.structs.replace(one, certificate=number) for name, one in answer.found.items()}
    return msgspec.structs.replace(answer, found=found)


def _least(place: _Place, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of what the record holds only what was asked for: a value, or whether it passes."""
    found: dict[str, Any] = {}
    for wish in place.wishes:
        value, test = values.get(wish.field), wish.comparison
        found[wish.key] = value if test is None else passes(value, test)
    return found


async def _there(
    db: Database, channel: Channel, look: Look, wanted: list[tuple[_Place, Way]], deadline: float
) -> Lookup:
    person = await people.person(db, look.person)
    subject = subject_of(look.person, person.id_number if person else "")
    if subject is None:
        return merged(_without(place, _NO_NUMBER) for place, _ in wanted)
    questions = [
        Question(
            Open(
                person=look.person,
                matter=look.purpose.matter,
                resource=place.resource,
                record=place.record,
                id=uuid7(),
                wishes=place.wishes,
                purpose=look.purpose,
                reader=look.reader,
                opened_at=look.at,
            ),
            way.member,
            way.grant,
        )
        for place, way in wanted
        if way.member is not None
    ]
    opened = [one.open for one in questions]
    await open_questions.begin(db, opened, look.at)
    came = await ask_all(channel, questions, subject, look.service, deadline=deadline)
    return await settle(db, list(zip(questions, came, strict=True)), look.at)


async def settle(db: Database, answers: Sequence[tuple[Question, Came]], at: datetime) -> Lookup:
    """Write down what came of questions: the access rows and the end of each, in one transaction, before any value
    is given to anybody. What was silent stays open, with the time at which it is asked again."""
    result = Lookup(found={}, missing={})
    ends: dict[Ended, list[Open]] = defaultdict(list)
    silent: list[tuple[Open, str]] = []
    for question, came in answers:
        one = question.open
        place = _Place(one.resource, one.record, one.wishes)
        match came:
            case Told():
                ends[Ended.ANSWERED if came.values else Ended.NOT_THERE].append(one)
                result |= _with(place, question.grant, came, at)
            case Silent(code):
                silent.append((one, code))
                result |= _without(place, _AWAY, waiting=True)
            case Forbidden(refused):
                ends[Ended.NOT_ALLOWED].append(one)
                result |= _without(place, _NOT_ALLOWED, why=refused.problems[0].text)
            case _:
                assert_never(came)
    async with db.transaction() as connection:
        for question, came in answers:
            if isinstance(came, Told):
                await trace(connection, question, came, at)
            if isinstance(came, Forbidden):
                one = question.open
                await _refused(connection, one.reader, one.purpose, one.resource, came.refused.code, at)
        for how, ended in ends.items():
            await open_questions.end(connection, ended, how, at)
        for one, code in silent:
            await open_questions.failed(connection, one, code, one.again(at))
    return result


async def _refused(db: Attempts, reader: Reader, purpose: Purpose, resource: str, code: str, at: datetime) -> None:
    """What was asked without a grant, for who supervises the asking body: an official, or a body's own form. It names
    the kind of data and nobody. Without a body there is nobody who could have been given the grant yet."""
    if reader.kind != "official":
        reader = Reader(kind="platform", id=PORTAL, post=PORTAL, body=purpose.body)
    if reader.body and reader.post:
        await refused_attempt(db, reader, Kind.LOOK_UP, resource, code, at)


async def trace(connection: store.Writes, question: Question, came: Told, at: datetime) -> None:
    """The row that the person sees of a look at a record of another body."""
    one = question.open
    place = _Place(one.resource, one.record, one.wishes)
    opened = _opened(one.person, one.reader, one.purpose, place, question.grant, at, answered=came.found)
    await open_record(connection, opened)


def _opened(
    person: str, reader: Reader, purpose: Purpose, place: _Place, grant: str, at: datetime, *, answered: bool
) -> Opened:
    """One look as 谁用过我的数据 keeps it. What this installation holds itself needs no grant of anybody."""
    draft = purpose.matter.partition(":")[0] in ("draft", "counter")
    return Opened(
        person=person,
        reader=msgspec.structs.replace(reader, post=reader.post or (reader.title if reader.body else "")),
        purpose=purpose,
        grant=grant or f"hosted:{place.resource}",
        resource=place.resource,
        record=place.record,
        fields=place.fields,
        kind=Kind.LOOK_UP,
        at=at,
        source=place.wishes[0].source,
        case="" if draft else purpose.matter,
        answered=answered,
    )


def shared(question: Question, told: Told, at: datetime) -> Mapping[str, Shared]:
    """The values of an answer, each with where it comes from."""
    one = question.open
    return _with(_Place(one.resource, one.record, one.wishes), question.grant, told, at).found


def _with(place: _Place, grant: str, told: Told, at: datetime) -> Lookup:
    found: dict[str, Shared] = {}
    missing: dict[str, Text] = {}
    for wish in place.wishes:
        value = told.values.get(wish.key)
        if value is None:
            missing[wish.name] = _NOT_THERE.format(source=wish.source)
            continue
        found[wish.name] = Shared(
            value=value,
            source=wish.source,
            as_of=told.as_of or at,
            at=at,
            resource=place.resource,
            record=place.record,
            grant=grant,
            digest=told.digest,
        )
    return Lookup(found=found, missing=missing, absent=frozenset() if told.found else frozenset(missing))


def _without(place: _Place, words: Text, *, waiting: bool = False, why: Text = _NOTHING) -> Lookup:
    missing = {wish.name: words.format(source=wish.source, why=why) for wish in place.wishes}
    return Lookup(found={}, missing=missing, waiting=frozenset(missing) if waiting else frozenset())


def _permit(wanted: Mapping[str, Source], service: Service, purpose: Purpose) -> None:
    if purpose.service != service.service or not purpose.matter or not purpose.law.zh:
        raise refuse(
            "purpose-missing",
            "没有写明为哪个办件、依据哪条法律，不能查。",
            "Without the matter and the law it is for, nothing may be looked up.",
            law="个人信息保护法 6、34",
            status=403,
        )
    listed = {source.at for source in sources(service).values()}
    for name, source in wanted.items():
        if source.at not in listed:
            raise refuse(
                "source-not-listed",
                f"事项文件没有列出“{name}”的这个来源，不能查。",
                f"The service file does not list this source for “{name}”; it may not be looked up.",
                place=name,
                law="个人信息保护法 6",
                status=403,
            )
