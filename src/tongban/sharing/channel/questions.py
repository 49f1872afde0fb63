"""Questions over x1: what a body asks for, the right it rests on, and nothing in the answer but what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from tongban.base.errors import Refused
from tongban.sharing.channel.log import MessageLog
from tongban.sharing.channel.model import Answer, Asked, Query, Test
from tongban.sharing.channel.provider import Application, Judge, Proved, ProviderSettings, x1_app
from tongban.sharing.channel.refusals import Code, refusal
from tongban.sharing.channel.registry import Registered, today

AnswerTo = Callable[[Query, Asked], Awaitable[Answer]]
"""Asks the source. May raise `Refused`: its code goes to the asker."""


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A query as it is sent: its resource and record stand in the path."""

    subject: Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{1,40}$")]
    fields: Annotated[tuple[Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,60}$")], ...], Meta(max_length=100)] = ()
    tests: Annotated[tuple[Test, ...], Meta(max_length=50)] = ()


_DECODER: Final = msgspec.json.Decoder(Body)


def provider_app(settings: ProviderSettings, registry: Registered, answer: AnswerTo, log: MessageLog) -> Application:
    """The ASGI application of a node that answers questions."""
    return x1_app(settings, registry, answering(settings, answer), log)


def answering(settings: ProviderSettings, answer: AnswerTo) -> Judge:
    """Judges questions: the registry's right for exactly this, then the source."""

    async def judge(proved: Proved) -> bytes:
        path, purpose = proved.path, proved.purpose
        query = read_query(path.resource, path.record, proved.body)
        day = today(proved.at)
        right = proved.registry.permit(proved.client.code, path.member, purpose.grant, purpose.service, query, day)
        asked = Asked(
            member=proved.client,
            right=right,
            purpose=purpose.service,
            law=purpose.law,
            case=proved.envelope.headers["gov-case"],
            user=proved.envelope.headers["gov-user"],
            message_id=proved.envelope.message_id,
            at=proved.at,
        )
        return msgspec.json.encode(only_asked(await ask_source(settings, answer, query, asked), query))

    return judge


async def ask_source(settings: ProviderSettings, answer: AnswerTo, query: Query, asked: Asked) -> Answer:
    """What the source says within its time. Raises `Refused`, never anything else."""
    try:
        async with asyncio.timeout(settings.source_seconds):
            return await answer(query, asked)
    except Refused:
        raise
    except TimeoutError:
        raise refusal(Code.SOURCE_SLOW) from None
    except Exception as error:
        settings.telemetry.error("x1-source-failed", error)
        raise refusal(Code.SOURCE_FAILED) from error


def read_query(resource: str, record: str, body: bytes) -> Query:
    """The query in a body. Raises `Refused` (`body-malformed`)."""
    try:
        read = _DECODER.decode(body)
    except msgspec.MsgspecError:
        raise refusal(Code.BODY_MALFORMED) from None
    names = [test.name for test in read.tests]
    if not (read.fields or read.tests) or len({*names}) < len(names):
        raise refusal(Code.BODY_MALFORMED)
    return Query(resource=resource, record=record, subject=read.subject, fields=read.fields, tests=read.tests)


def only_asked(answer: Answer, query: Query) -> Answer:
    """Nothing but what was asked leaves, whatever the connector gave."""
    if not answer.found:
        return Answer(found=False, as_of=answer.as_of)
    return Answer(
        found=True,
        values={name: answer.values[name] for name in query.fields if name in answer.values},
        tests={test.name: answer.tests.get(test.name) for test in query.tests},
        as_of=answer.as_of,
    )
