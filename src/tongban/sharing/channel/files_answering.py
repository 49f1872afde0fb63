"""Answering files of questions: the side of the data of `files`. Rights, memory and log are those of x1."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from tongban.base.clock import utc
from tongban.base.errors import Refused
from tongban.base.ids import uuid7
from tongban.base.jws import Fault, Unproved, compact, opened
from tongban.base.keys import PublicKey, Use
from tongban.sharing.channel.files import (
    ANSWERS,
    BYTES,
    QUESTIONS,
    VALID,
    Answered,
    AnswersFile,
    Question,
    QuestionsFile,
    put,
)
from tongban.sharing.channel.log import MessageLog
from tongban.sharing.channel.model import Answer, Asked
from tongban.sharing.channel.provider import ProviderSettings
from tongban.sharing.channel.questions import AnswerTo, Body, ask_source, only_asked, read_query
from tongban.sharing.channel.refusals import Code, WireProblem, document, refusal
from tongban.sharing.channel.registry import Registered, Registry, today
from tongban.sharing.channel.store import Line

_AT_ONCE: Final = 8
"""Questions of one file with which the source is asked at a time."""


async def answer_file(
    settings: ProviderSettings, provider: str, registry: Registered, answer: AnswerTo, log: MessageLog, token: str
) -> str:
    """Answer a file of questions as member `provider` with a file of answers; never raises for what the file says.

    Raises `Refused` (503) if the log is away: without a trace there is no answer.
    """
    now = settings.clock()
    digest = hashlib.sha256(token.encode()).hexdigest()
    reply = AnswersFile(provider=provider, client="", created=utc(now), questions=digest)
    try:
        known = registry.current()
        asked = _read_questions(settings, provider, known, token, now)
    except Refused as refused:
        await log.write(_line(provider, "", digest, "", refused.code, refused.status, token, None))
        return _signed(settings, msgspec.structs.replace(reply, problem=_problem(refused)))
    gate = asyncio.Semaphore(_AT_ONCE)
    one = _One(settings, known, answer, log, asked, token, digest, gate)
    answers = await asyncio.gather(*(one.answered(question) for question in asked.questions))
    return _signed(settings, msgspec.structs.replace(reply, client=asked.client, answers=tuple(answers)))


async def answer_folder(
    settings: ProviderSettings,
    provider: str,
    registry: Registered,
    answer: AnswerTo,
    log: MessageLog,
    inbox: Path,
    outbox: Path,
) -> list[Path]:
    """Answer every `*.jws` in `inbox` into a file of the same name in `outbox`, and delete it; the files written.

    A file for a body that is hosted here is answered as that body; any other as `provider`.
    """
    written: list[Path] = []
    for path, token in _letters(inbox, outbox):
        named = _addressed(token)
        answering = named if named in settings.members else provider
        put(outbox / path.name, await answer_file(settings, answering, registry, answer, log, token))
        await asyncio.to_thread(path.unlink)
        written.append(outbox / path.name)
    return written


class _Address(msgspec.Struct):
    provider: str = ""


def _addressed(token: str) -> str:
    """To whom a file says it is, before anything in it is believed; whether that is so is looked at with the rest."""
    try:
        payload = token.split(".")[1]
        return msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Address).provider
    except (IndexError, ValueError):  # msgspec's errors are ValueErrors
        return ""


def _letters(inbox: Path, outbox: Path) -> list[tuple[Path, str]]:
    """What has come in; a file that is too large reads as empty, and is answered so."""
    outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [
        (path, "" if path.stat().st_size > BYTES else path.read_text(encoding="ascii", errors="replace").strip())
        for path in sorted(inbox.glob("*.jws"))
    ]


def _read_questions(
    settings: ProviderSettings, provider: str, registry: Registry, token: str, now: datetime
) -> QuestionsFile:
    """The questions, if the member that they name signed them for us today."""
    if not token or len(token) > BYTES:
        raise refusal(Code.BODY_TOO_LARGE)
    signer: list[str] = []

    def any_key(key_id: str) -> PublicKey | None:
        found = [(one.code, key) for one in registry.members() if (key := registry.key(one.code, key_id)) is not None]
        signer.extend(code for code, _ in found)
        return found[0][1] if found else None

    try:
        payload = opened(token, QUESTIONS, any_key, now)
    except Unproved as unproved:
        raise refusal(Code.UNKNOWN_KEY if unproved.fault is Fault.UNKNOWN_KEY else Code.SIGNATURE_WRONG) from None
    try:
        asked = msgspec.json.decode(payload, type=QuestionsFile)
    except msgspec.MsgspecError:
        raise refusal(Code.BODY_MALFORMED) from None
    if asked.client not in signer:
        raise refusal(Code.UNKNOWN_KEY)
    if asked.provider != provider or provider not in settings.members:
        raise refusal(Code.NOT_HERE)
    if asked.created > utc(now) + timedelta(seconds=30):
        raise refusal(Code.CLOCK_SKEW)
    if utc(now) - asked.created > VALID:
        raise refusal(Code.MESSAGE_LATE)
    if len({question.message_id for question in asked.questions}) < len(asked.questions):
        raise refusal(Code.MESSAGE_ID_REUSED)
    return asked


class _One:
    """Answers one question of a file after another."""

    def __init__(
        self,
        settings: ProviderSettings,
        registry: Registry,
        answer: AnswerTo,
        log: MessageLog,
        asked: QuestionsFile,
        token: str,
        digest: str,
        gate: asyncio.Semaphore,
    ) -> None:
        self._settings, self._registry, self._answer, self._log = settings, registry, answer, log
        self._file, self._token, self._digest, self._gate = asked, token, digest, gate

    async def answered(self, question: Question) -> Answered:
        """The answer, once its line is in the log."""
        body = msgspec.json.encode(Body(subject=question.subject, fields=question.fields, tests=question.tests))
        asked = msgspec.json.encode(question)
        sealed, given, code, status = None, b"", "", 200
        try:
            async with self._gate:
                given = msgspec.json.encode(await self._asked(question, body))
            sealed = self._settings.box.seal(question.message_id, asked, given)
        except Refused as refused:
            given, code, status = document(refused), refused.code, refused.status
        told = await self._log.write(
            self._line(
                question, hashlib.sha256(asked).digest(), code, status, hashlib.sha256(given).hexdigest(), sealed
            )
        )
        if told.outcome == "repeated":
            given = self._settings.box.unseal(question.message_id, asked, told.earlier or b"") or given
        elif told.outcome:
            return Answered(message_id=question.message_id, problem=_problem(refusal(Code(told.outcome))))
        if code:
            return Answered(message_id=question.message_id, problem=msgspec.json.decode(given, type=WireProblem))
        return Answered(message_id=question.message_id, answer=msgspec.json.decode(given, type=Answer))

    async def _asked(self, question: Question, body: bytes) -> Answer:
        now = self._settings.clock()
        age = now.timestamp() - (question.message_id.int >> 80) / 1000
        if question.message_id.version != 7 or not -30 <= age <= VALID.total_seconds():
            raise refusal(Code.MESSAGE_ID_OLD)
        query = read_query(question.resource, question.record, body)
        provider = self._file.provider
        right = self._registry.permit(self._file.client, provider, question.grant, question.purpose, query, today(now))
        client = self._registry.member(self._file.client)
        if client is None:
            raise refusal(Code.UNKNOWN_MEMBER)
        asked = Asked(
            member=client,
            right=right,
            purpose=question.purpose,
            law=question.law,
            case=question.case,
            user=question.user,
            message_id=question.message_id,
            at=now,
        )
        return only_asked(await ask_source(self._settings, self._answer, query, asked), query)

    def _line(
        self, question: Question, asked: bytes, code: str, status: int, answer: str, sealed: bytes | None
    ) -> Line:
        plain = _line(self._file.provider, self._file.client, self._digest, answer, code, status, self._token, sealed)
        return plain._replace(
            # A file may come twice, and is then answered the same: the message id is what counts, not a nonce.
            fresh=True,
            created=int(self._settings.clock().timestamp()),
            nonce=secrets.token_urlsafe(16),
            service=f"{self._file.provider}/{question.resource}/{question.record}"[:200],
            purpose=f"{question.purpose};{question.grant};{question.law}",
            matter=question.case,
            asker=question.user,
            message_id=question.message_id,
            repeat_key=question.key,
            question=asked,
        )


def _line(
    provider: str, client: str, digest: str, answer: str, code: str, status: int, token: str, sealed: bytes | None
) -> Line:
    """A line of the log; `parameters` says that it came by file, `digest` and `signature` are those of the file."""
    return Line(
        id=uuid7(),
        fresh=False,
        created=0,
        nonce="",
        client=client,
        key_id="file",
        service=provider,
        purpose="",
        matter="",
        asker="",
        message_id=None,
        repeat_key="",
        target="",
        digest=digest,
        parameters=QUESTIONS,
        signature=token.rpartition(".")[2][:100].encode() if client else b"",
        question=b"",
        code=code,
        status=status,
        answer_digest=answer,
        answer_parameters=ANSWERS,
        answer_signature=b"",
        sealed=sealed,
        milliseconds=0,
    )


def _problem(refused: Refused) -> WireProblem:
    return msgspec.json.decode(document(refused), type=WireProblem)


def _signed(settings: ProviderSettings, reply: AnswersFile) -> str:
    key = settings.ring.signer(Use.EXCHANGE, settings.clock())
    return compact(settings.ring, key, ANSWERS, msgspec.json.encode(reply))
