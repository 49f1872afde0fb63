"""A channel through X-Road: the REST face (PR-REST, `r1`) of a security server that stands beside us.

The security servers sign, log and check rights between themselves; we speak plain HTTP or mTLS to ours. What we keep of
our own rules goes along as headers, which X-Road carries unchanged: purpose with grant and law, idempotency key. The
provider behind its security server answers the same JSON as over x1. Written from the specification, version 1.0.4, and
tried against a mock only: no real security server has been asked.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Final

import httpx
import msgspec

from tongban.base.errors import Refused, refuse
from tongban.sharing.channel import profile
from tongban.sharing.channel.client import away, heading, not_genuine, parcel_of
from tongban.sharing.channel.model import Answer, Member, Sent
from tongban.sharing.channel.refusals import read_document

_HASH: Final = re.compile(r"[A-Za-z0-9+/]{86}==", re.ASCII)
_ERROR: Final = re.compile(r"[A-Za-z0-9._-]{1,120}", re.ASCII)
SENT: Final = (
    "content-type",
    "x-road-client",
    "x-road-id",
    "x-road-issue",
    "x-road-userid",
    "gov-purpose",
    "idempotency-key",
)
"""The headers that we send, in the order in which the request hash counts them."""


class R1Channel:
    """`Channel` over X-Road. `server` is the base address of our security server, `client` our member code.

    `http` carries the client certificate where the server asks for one. `hash_known` says that the security server is
    known to hash exactly what we sent; then the hash is made again here and compared. By PR-REST §4.3 the client's
    security server must compare it, so without this we only see to it that it is there.
    """

    def __init__(self, client: str, server: str, http: httpx.AsyncClient, *, hash_known: bool = False) -> None:
        self._client, self._server = client, server.rstrip("/")
        self._http, self._hash_known = http, hash_known

    async def ask(self, member: Member, sent: Sent) -> Answer:
        """Put the question once; X-Road has no repetition, so a second try is the caller's, with the same id.

        Raises `Refused`: the provider's own code, `x-road-refused` with the kind of error, `source-away`,
        `answer-not-genuine`.
        """
        query = sent.query
        parcel = parcel_of(member, sent)
        body, said = parcel.body, heading(self._client, member, parcel)
        path = f"/r1/{member.code}/{query.resource}/{query.record}"
        headers = {
            "content-type": profile.JSON,
            "x-road-client": self._client,
            "x-road-id": str(sent.message_id),
            "x-road-issue": sent.case,
            "x-road-userid": sent.user,
            "gov-purpose": said["gov-purpose"],
            "idempotency-key": said["idempotency-key"],
        }
        try:
            response = await self._http.post(self._server + path, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise away(member) from error
        if kind := response.headers.get("x-road-error"):
            raise _refused(kind)
        self._believe(member, response, sent, request_hash("POST", path, headers, body))
        try:
            if response.status_code != 200:
                refused = read_document(response.content)
            else:
                answer = msgspec.json.decode(response.content, type=Answer)
                return msgspec.structs.replace(answer, digest=hashlib.sha256(response.content).hexdigest())
        except ValueError as error:  # msgspec's errors are ValueErrors
            raise not_genuine(member) from error
        raise refused

    def _believe(self, member: Member, response: httpx.Response, sent: Sent, ours: str) -> None:
        """The security server says whose answer it is and to what; all of it must fit."""
        head = response.headers
        theirs = head.get("x-road-request-hash", "")
        fits = (
            head.get("x-road-id") == str(sent.message_id)
            and head.get("x-road-client") == self._client
            and head.get("x-road-service") == f"{member.code}/{sent.query.resource}"
            and _HASH.fullmatch(theirs) is not None
            and (theirs == ours or not self._hash_known)
        )
        if not fits:
            raise not_genuine(member)


def request_hash(method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    """`X-Road-Request-Hash` (PR-REST §4.3): base64 of SHA512(SHA512(headers) + SHA512(body)).

    The specification leaves open what the headers are as bytes; here the method, the path and `name:value` of `SENT`,
    each ended by CRLF.
    """
    lines = [method, path, *(f"{name}:{headers[name]}" for name in SENT)]
    head = "".join(f"{line}\r\n" for line in lines).encode()
    both = hashlib.sha512(head).digest() + hashlib.sha512(body).digest()
    return b64encode(hashlib.sha512(both).digest()).decode()


def _refused(kind: str) -> Refused:
    """A security server refused. Its text is not repeated: nobody knows what it quotes."""
    named = kind if _ERROR.fullmatch(kind) else "?"
    return refuse(
        "x-road-refused",
        f"交换平台没有转达这次查询（{named}），稍后会再查。",
        f"X-Road did not carry the question ({named}); it will be asked again later.",
        place=named,
        status=503,
    )
