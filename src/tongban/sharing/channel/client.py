"""The asking side of x1: a signed message over HTTP; an answer is taken only if it is theirs and to this message."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Final

import httpx
import msgspec

from tongban.base.clock import Clock
from tongban.base.errors import Refused, refuse
from tongban.base.keys import KeyRing, PublicKey
from tongban.sharing.channel import profile
from tongban.sharing.channel.breaker import Breakers
from tongban.sharing.channel.model import Answer, Member, Parcel, Sent, path_of
from tongban.sharing.channel.questions import Body
from tongban.sharing.channel.refusals import Code, read_document
from tongban.sharing.channel.registry import Registered

TRIES: Final = 3
"""Times one question is sent, each with a new signature and the same message id and idempotency key."""
_AGAIN: Final = frozenset({Code.NODE_BUSY, Code.MESSAGE_IN_PROGRESS, Code.LOG_AWAY})
_PAUSE_SECONDS: Final = 0.2
_ANSWER_BYTES: Final = 1_000_000


def http_client(
    *, connect_seconds: float = 2.0, read_seconds: float = 12.0, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Connections that are kept and reused. Nothing is taken from the environment, no redirect is followed."""
    return httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(read_seconds, connect=connect_seconds, pool=read_seconds),
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
        follow_redirects=False,
        trust_env=False,
    )


def away(member: Member) -> Refused:
    """Nothing came back from a member; whoever asked may go on without and ask again later."""
    return refuse(
        "source-away",
        f"{member.name.zh}暂时连不上，稍后会再查。",
        f"{member.name.en} cannot be reached now; it will be asked again later.",
        place=member.code,
        status=503,
    )


def not_genuine(member: Member) -> Refused:
    """Something came back that this member did not sign for this question."""
    return refuse(
        "answer-not-genuine",
        f"收到的回答不能证明是{member.name.zh}对这次查询的回答，没有采用。",
        f"The answer could not be proved to be {member.name.en}'s to this question and was not used.",
        place=member.code,
        status=502,
    )


class X1Channel:
    """`Channel` over HTTP. `client` is our own member code; keep one for a process, it holds the connections.

    The registry says which keys answer for a member and where its node is; `member` is only named by the caller.
    """

    def __init__(
        self,
        client: str,
        ring: KeyRing,
        registry: Registered,
        http: httpx.AsyncClient,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._ring, self._registry = client, ring, registry
        self._http, self._clock = http, clock
        self._breakers = Breakers(monotonic)

    async def ask(self, member: Member, sent: Sent) -> Answer:
        """Put the question and verify the answer.

        Raises `Refused`: the node's own code; `source-away` at once while the member's breaker is open, or after the
        last try; `answer-not-genuine`; `unknown-member`; `registry-expired`.
        """
        known = self._known(member)
        if not self._breakers.may_try(known.code):
            raise away(known)
        try:
            return await self._asked(known, sent)
        except asyncio.CancelledError:
            # Whoever asks has a deadline, and it is over: a node that lets everybody wait is as good as dead.
            self._breakers.failed(known.code)
            raise
        finally:
            self._breakers.given_up(known.code)

    def _known(self, member: Member) -> Member:
        known = self._registry.current().member(member.code)
        if known is None or not known.node:
            raise refuse(
                str(Code.UNKNOWN_MEMBER),
                f"成员名录里没有 {member.code} 的节点。",
                f"The registry has no node of {member.code}.",
                place=member.code,
                status=404,
            )
        return known

    async def deliver(self, member: Member, parcel: Parcel) -> bytes:
        """Hand over a message, once, and give the body of the signed answer; whoever sends it has their own patience.

        Raises `Refused`: the other side's own code, `source-away`, `answer-not-genuine`, `unknown-member`.
        """
        known = self._known(member)
        try:
            return await self._once(known, parcel)
        except httpx.HTTPError:
            raise away(known) from None

    async def _asked(self, member: Member, sent: Sent) -> Answer:
        parcel = parcel_of(member, sent)
        refused = away(member)
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(_PAUSE_SECONDS * attempt)
            try:
                answer = _answer(member, await self._once(member, parcel))
            except httpx.HTTPError:
                self._breakers.failed(member.code)
                refused = away(member)
                if not self._breakers.may_try(member.code):
                    break
            except Refused as error:
                if error.code == "answer-not-genuine":
                    self._breakers.failed(member.code)
                    raise
                self._breakers.worked(member.code)  # a genuine refusal is an answer
                refused = error
                if error.code not in _AGAIN:
                    raise
            else:
                self._breakers.worked(member.code)
                return answer
        raise refused

    async def _once(self, member: Member, parcel: Parcel) -> bytes:
        target = member.node.rstrip("/") + path_of(member.code, parcel.resource, parcel.record)
        now = self._clock()
        headers = profile.signed(
            heading(self._client, member, parcel),
            target,
            key=self._registry.current().signer(self._ring, (self._client,), now),
            sign=self._ring.sign,
            created=int(now.timestamp()),
            nonce=secrets.token_urlsafe(16),
        )
        response = await self._http.post(target, content=parcel.body, headers=headers)
        return self._believed(member, response, headers["signature"].removeprefix("x1="))

    def _believed(self, member: Member, response: httpx.Response, ours: str) -> bytes:
        body = response.content
        registry, now = self._registry.current(), self._clock()

        def key_of(key_id: str) -> PublicKey | None:
            key = registry.key(member.code, key_id)
            return key if key is not None and key.valid_at(now) else None

        try:
            if len(body) > _ANSWER_BYTES:
                raise ValueError("too large")
            signed_at = profile.check_answer(response.status_code, response.headers, body, ours, key_of)
            if abs(now.timestamp() - signed_at) > profile.WINDOW:
                raise ValueError("signed at another time")
            if response.status_code == 200:
                return body
            refused = read_document(body)
        except (Refused, ValueError) as error:  # msgspec's errors are ValueErrors
            raise not_genuine(member) from error
        raise refused


def parcel_of(member: Member, sent: Sent) -> Parcel:
    """A question as it travels. Raises `ValueError` for one that is meant for another member."""
    if sent.service != member.code:
        raise ValueError("the question is for another member")
    query = sent.query
    return Parcel(
        resource=query.resource,
        record=query.record,
        body=msgspec.json.encode(Body(subject=query.subject, fields=query.fields, tests=query.tests)),
        grant=sent.grant,
        purpose=sent.purpose,
        case=sent.case,
        user=sent.user,
        message_id=sent.message_id,
        key=sent.key,
    )


def _answer(member: Member, body: bytes) -> Answer:
    try:
        answer = msgspec.json.decode(body, type=Answer)
    except msgspec.MsgspecError as error:
        raise not_genuine(member) from error
    return msgspec.structs.replace(answer, digest=hashlib.sha256(body).hexdigest())


def heading(client: str, member: Member, parcel: Parcel) -> dict[str, str]:
    """The headers of a message, before its signature. Raises `ValueError` if `purpose` names no law."""
    service, found, law = parcel.purpose.partition(";")
    if not found or not law.strip():
        raise ValueError("a purpose names the service and the law: service-slug; 法条")
    return {
        "content-type": profile.JSON,
        "gov-client": client,
        "gov-service": f"{member.code}/{parcel.resource}/{parcel.record}",
        "gov-purpose": f'{service.strip()};grant="{parcel.grant}";law=%"{profile.display(law.strip())}"',
        "gov-case": parcel.case,
        "gov-user": parcel.user,
        "gov-message-id": str(parcel.message_id),
        "idempotency-key": f'"{parcel.key}"',
        "content-digest": profile.digest_text(parcel.body),
    }
