"""Put questions to other bodies: all at once, none longer than the deadline, every outcome a value and never an error.

Nothing that another machine sends or fails to send can stop the person who waits: whatever goes wrong is `Silent`.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from tongban.base.errors import Refused
from tongban.base.ids import uuid7
from tongban.catalog.answers import parse_fact
from tongban.catalog.model import Service
from tongban.sharing.channel.model import Answer, Channel, Member, Query, Sent
from tongban.sharing.exchange import Subject
from tongban.sharing.retry.model import Open

DEADLINE = 4.0
"""Seconds a person waits for all sources together."""

_FORBIDDEN = frozenset({"no-grant", "grant-expired", "grant-suspended", "field-outside-grant"})


@dataclass(frozen=True, slots=True)
class Told:
    """The source answered. `values` by `Wish.key`: what it has, or the truth of a comparison, and what can be true of
    the fact it is for."""

    values: dict[str, Any]
    found: bool
    as_of: datetime | None
    digest: str


@dataclass(frozen=True, slots=True)
class Silent:
    """It did not, or what came back cannot be relied on; asked again later. `code` says why."""

    code: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """It may not answer: the other side sees no grant. Asking again would be no use."""

    refused: Refused


Came: TypeAlias = Told | Silent | Forbidden


@dataclass(frozen=True, slots=True)
class Question:
    """One open question with the way to who answers it."""

    open: Open
    member: Member
    grant: str


async def ask_all(
    channel: Channel,
    questions: Sequence[Question],
    subject: Subject,
    service: Service,
    *,
    deadline: float = DEADLINE,
) -> list[Came]:
    """Every question at once; what has not answered within `deadline` seconds is silent. Never raises."""
    tasks = [asyncio.create_task(_ask(channel, one, subject, service)) for one in questions]
    try:
        await asyncio.wait(tasks, timeout=deadline)
    finally:
        late = [task for task in tasks if not task.done()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
    return [Silent("too-slow") if task.cancelled() else task.result() for task in tasks]


async def _ask(channel: Channel, question: Question, subject: Subject, service: Service) -> Came:
    one = question.open
    sent = Sent(
        query=Query(
            resource=one.resource, record=one.record, subject=subject.number, fields=one.fields, tests=one.tests
        ),
        grant=question.grant,
        service=question.member.code,
        purpose=f"{one.purpose.service}; {one.purpose.law.zh}",
        case=one.matter,
        user=_pseudonym(one),
        message_id=(message := uuid7()),
        key=str(message),
    )
    try:
        answer = await channel.ask(question.member, sent)
    except Refused as refused:
        return Forbidden(refused) if refused.code in _FORBIDDEN else Silent(refused.code)
    except Exception as error:  # a broken source is no reason to break the person's page
        return Silent(type(error).__name__)
    return _told(one, answer, service)


def _told(question: Open, answer: Answer, service: Service) -> Came:
    values: dict[str, Any] = {}
    for wish in question.wishes:
        value = answer.tests.get(wish.name) if wish.test else answer.values.get(wish.field)
        if value is None:
            continue
        fact = service.facts.get(wish.name)
        try:
            if fact is not None:
                parse_fact(fact, value, field=wish.name)
        except Refused:
            return Silent("value-not-possible")
        values[wish.key] = value
    return Told(values, answer.found, answer.as_of, answer.digest or digest([answer.values, answer.tests]))


def digest(values: Any) -> str:
    """SHA-256 of an answer's canonical JSON, for an answer that nobody signed."""
    return hashlib.sha256(msgspec.json.encode(values, order="sorted")).hexdigest()


def _pseudonym(question: Open) -> str:
    """Who asks, as the other side may know them: the same person in the same matter is the same, and nobody else."""
    reader = question.reader
    return hashlib.sha256(f"{reader.kind}/{reader.id}/{question.matter}".encode()).hexdigest()[:24]
