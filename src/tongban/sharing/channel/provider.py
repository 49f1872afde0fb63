"""The side that is asked: a small ASGI application that believes nothing until it is proved.

A message is judged from the cheap to the dear: path, head, member, key, time, body, digest, signature. Then whoever
answers this sort of message judges the right and does the work (`Judge`): a node asks its source (`questions`), an
installation takes over a case. The answer is signed, and one statement remembers the nonce, keeps the answer and writes
the log line; only then does the answer leave. Every refusal is signed too, has a stable code, and is a line in the log.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from tongban.base.clock import Clock
from tongban.base.errors import Refused
from tongban.base.ids import uuid7
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.base.telemetry import Log
from tongban.sharing.channel import profile
from tongban.sharing.channel.log import AnswerBox, MessageLog
from tongban.sharing.channel.model import Member
from tongban.sharing.channel.profile import Envelope, Path, Proof, Purpose
from tongban.sharing.channel.refusals import PROBLEM_TYPE, Code, document, refusal
from tongban.sharing.channel.registry import Registered, Registry
from tongban.sharing.channel.store import Line

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_REMEMBERED: Final = 65_536
"""Nonces kept in memory, so that a replay is refused before the source is asked again; the database is the truth."""
_BACKLOG: Final = 10_000
"""Lines that may wait for the disk; beyond, a node that is overwhelmed counts in its own log what it turns away."""
_SIGNER_KEPT: Final = timedelta(seconds=10)
_ID_LIFE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """What a node is. `members` are the codes it answers for (its own, and those of bodies it hosts), `base` the
    address under which the registry knows it, without a slash at the end, `box` seals answers kept for a repetition."""

    members: frozenset[str]
    base: str
    ring: KeyRing
    box: AnswerBox
    clock: Clock
    telemetry: Log = field(default_factory=Log)
    body_bytes: int = 65_536
    body_seconds: float = 5.0
    source_seconds: float = 10.0
    in_flight: int = 512


class _Draft:
    """What is known of a message so far, for its line in the log. Only what was proved is written as said."""

    __slots__ = ("begun", "body", "bound", "client", "envelope", "key_id", "path", "proved")

    def __init__(self, bound: str | None) -> None:
        self.begun = time.perf_counter()
        self.bound = bound
        self.client = self.key_id = ""
        self.path: Path | None = None
        self.envelope: Envelope | None = None
        self.body = b""
        self.proved = False

    def line(self, target: str, code: str, status: int, proof: Proof, sealed: bytes | None) -> Line:
        envelope = self.envelope if self.proved else None
        said = {} if envelope is None else envelope.headers
        return Line(
            id=uuid7(),
            fresh=self.proved,
            created=0 if envelope is None else envelope.parameters.created,
            nonce="" if envelope is None else envelope.parameters.nonce,
            client=self.client,
            key_id=self.key_id,
            service="" if self.path is None else "/".join(self.path),
            purpose=said.get("gov-purpose", ""),
            matter=said.get("gov-case", ""),
            asker=said.get("gov-user", ""),
            message_id=None if envelope is None else envelope.message_id,
            repeat_key=said.get("idempotency-key", ""),
            target=target if self.proved else "",
            digest=said.get("content-digest", ""),
            parameters="" if envelope is None else envelope.parameters.text,
            signature=b"" if envelope is None else envelope.signature,
            question=b"" if envelope is None else _question(envelope),
            code=code,
            status=status,
            answer_digest=proof.digest,
            answer_parameters=proof.parameters,
            answer_signature=proof.signature,
            sealed=sealed,
            milliseconds=int((time.perf_counter() - self.begun) * 1000),
        )


def _question(envelope: Envelope) -> bytes:
    """What makes two messages the same question: every signed header, the digest of the body among them."""
    return hashlib.sha256("\n".join(envelope.headers[name] for name in profile.HEADERS).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """A message whose signature held: who sent it where, what for, and the registry it was believed by.

    Whether they may is for the `Judge` to say.
    """

    client: Member
    path: Path
    purpose: Purpose
    envelope: Envelope
    body: bytes
    registry: Registry
    at: datetime


Judge = Callable[[Proved], Awaitable[bytes]]
"""Judges the right, does what is asked, and gives the body of the answer. May raise `Refused`: its code goes back."""


def x1_app(settings: ProviderSettings, registry: Registered, judge: Judge, log: MessageLog) -> Application:
    """The ASGI application of a member. It answers `POST /x1/…` for its members and refuses everything else."""
    return _Provider(settings, registry, judge, log)


class _Provider:
    def __init__(self, settings: ProviderSettings, registry: Registered, judge: Judge, log: MessageLog) -> None:
        self._settings, self._registry, self._judge, self._log = settings, registry, judge, log
        self._at_work = 0
        self._nonces: dict[tuple[str, str], None] = {}
        self._signer: tuple[datetime, PublicKey] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._http(scope, receive, send)
            case "lifespan":
                await _lifespan(receive, send)
            case _:  # a websocket: closed before it is opened
                await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        draft = _Draft(profile.bound_to(scope["headers"]))
        if self._at_work >= self._settings.in_flight:
            # Logged without waiting: who is overwhelmed must not wait for the disk to say so.
            await self._refuse(draft, refusal(Code.NODE_BUSY), send, wait=False)
            return
        self._at_work += 1
        try:
            envelope, body = await self._judged(scope, receive, draft)
        except Refused as refused:
            await self._refuse(draft, refused, send)
        except Exception as error:  # a mistake of ours: told without a word of what was in the message
            self._settings.telemetry.error("x1-node-failed", error)
            await self._refuse(draft, refusal(Code.NODE_FAILED), send)
        else:
            await self._give(draft, envelope, body, send)
        finally:
            self._at_work -= 1

    async def _give(self, draft: _Draft, envelope: Envelope, body: bytes, send: Send) -> None:
        proof = self._sign(draft, 200, body)
        sealed = self._settings.box.seal(envelope.message_id, draft.body, body)
        try:
            told = await self._log.write(draft.line(self._target(draft), "", 200, proof, sealed))
        except Exception as error:
            self._settings.telemetry.error("x1-log-away", error)
            await self._send_refusal(draft, refusal(Code.LOG_AWAY), send)
            return
        match told.outcome:
            case "":
                await _send(send, 200, body, proof)
            case "repeated":
                # Sealed under a secret that is gone? The question is the same and only reads: the new answer will do.
                before = self._settings.box.unseal(envelope.message_id, draft.body, told.earlier or b"") or body
                await _send(send, 200, before, self._sign(draft, 200, before))
            case other:  # logged with this code by the statement that found out
                await self._send_refusal(draft, refusal(Code(other)), send)

    async def _refuse(self, draft: _Draft, refused: Refused, send: Send, *, wait: bool = True) -> None:
        body = document(refused)
        proof = self._sign(draft, refused.status, body)
        line = draft.line(self._target(draft), refused.code, refused.status, proof, None)
        if not wait and self._log.waiting > _BACKLOG:
            self._settings.telemetry.event("x1-line-lost", code=refused.code)
        elif not wait:
            asyncio.create_task(self._log.write(line)).add_done_callback(self._late_line)
        else:
            try:
                told = await self._log.write(line)
            except Exception as error:
                self._settings.telemetry.error("x1-log-away", error, code=refused.code)
                await self._send_refusal(draft, refusal(Code.LOG_AWAY), send)
                return
            if told.outcome:
                await self._send_refusal(draft, refusal(Code(told.outcome)), send)
                return
        await _send(send, refused.status, body, proof)

    def _late_line(self, done: asyncio.Task[Any]) -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            self._settings.telemetry.error("x1-log-away", error, code=str(Code.NODE_BUSY))

    async def _send_refusal(self, draft: _Draft, refused: Refused, send: Send) -> None:
        body = document(refused)
        await _send(send, refused.status, body, self._sign(draft, refused.status, body))

    def _sign(self, draft: _Draft, status: int, body: bytes) -> Proof:
        now = self._settings.clock()
        if self._signer is None or self._signer[0] < now:
            self._signer = (now + _SIGNER_KEPT, self._key(now))
        return profile.sign_answer(
            status,
            body,
            draft.bound,
            key=self._signer[1],
            sign=self._settings.ring.sign,
            created=int(now.timestamp()),
        )

    def _key(self, now: datetime) -> PublicKey:
        try:
            return self._registry.current().signer(self._settings.ring, self._settings.members, now)
        except Refused:  # no registry: the refusal that says so is signed all the same
            return self._settings.ring.signer(Use.EXCHANGE, now)

    def _target(self, draft: _Draft) -> str:
        return "" if draft.path is None else f"{self._settings.base}/x1/{'/'.join(draft.path)}"

    async def _judged(self, scope: Scope, receive: Receive, draft: _Draft) -> tuple[Envelope, bytes]:
        """The proved head of the question and the body of the answer. Raises `Refused`."""
        # Never `path`, which a server has decoded: behind one that hides the raw path nothing is answered.
        path = profile.canonical_path(scope.get("raw_path") or b"")
        if scope["query_string"]:
            raise refusal(Code.QUERY_NOT_ALLOWED)
        if path.member not in self._settings.members:
            raise refusal(Code.NOT_HERE)
        draft.path = path
        if scope["method"] != "POST":
            raise refusal(Code.METHOD_NOT_ALLOWED)
        headers: list[profile.Header] = scope["headers"]
        envelope = draft.envelope = profile.read(headers)
        registry, now = self._registry.current(), self._settings.clock()
        client = registry.member(envelope.headers["gov-client"])
        if client is None:
            raise refusal(Code.UNKNOWN_MEMBER)
        draft.client = client.code
        key = registry.key(client.code, envelope.parameters.key_id)
        if key is None:
            raise refusal(Code.UNKNOWN_KEY)
        draft.key_id = key.id
        if not key.valid_at(now):
            raise refusal(Code.KEY_EXPIRED)
        profile.check_time(envelope.parameters, now.timestamp())
        body = draft.body = await self._body(headers, receive)
        profile.check_body(envelope, body)
        profile.check_signature(envelope, key, "POST", self._target(draft))
        draft.proved = True
        self._check_new(envelope, now)
        if envelope.headers["gov-service"] != "/".join(path):
            raise refusal(Code.HEADER_MALFORMED, "gov-service")
        proved = Proved(
            client=client,
            path=path,
            purpose=profile.purpose_of(envelope.headers["gov-purpose"]),
            envelope=envelope,
            body=body,
            registry=registry,
            at=now,
        )
        return envelope, await self._judge(proved)

    def _check_new(self, envelope: Envelope, now: datetime) -> None:
        """Refuse early what this process has seen; a message id says itself how old it is (RFC 9562 §5.7)."""
        seen = (envelope.parameters.key_id, envelope.parameters.nonce)
        if seen in self._nonces:
            raise refusal(Code.REPLAYED)
        self._nonces[seen] = None
        if len(self._nonces) > _REMEMBERED:
            del self._nonces[next(iter(self._nonces))]
        age = now.timestamp() - (envelope.message_id.int >> 80) / 1000
        if not -profile.AHEAD <= age <= _ID_LIFE.total_seconds():
            raise refusal(Code.MESSAGE_ID_OLD)

    async def _body(self, headers: list[profile.Header], receive: Receive) -> bytes:
        most = self._settings.body_bytes
        for name, value in headers:
            if name == b"content-length" and not (value.isdigit() and len(value) < 12 and int(value) <= most):
                raise refusal(Code.BODY_TOO_LARGE)
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._settings.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise refusal(Code.BODY_SLOW)  # the sender has hung up
                    chunk = message.get("body", b"")
                    size += len(chunk)
                    if size > most:
                        raise refusal(Code.BODY_TOO_LARGE)
                    chunks.append(chunk)
                    if not message.get("more_body", False):
                        return b"".join(chunks)
        except TimeoutError:
            raise refusal(Code.BODY_SLOW) from None


async def _send(send: Send, status: int, body: bytes, proof: Proof) -> None:
    headers = [
        (b"content-type", b"application/json" if status == 200 else PROBLEM_TYPE),
        (b"content-length", str(len(body)).encode()),
        *proof.headers(),
    ]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
