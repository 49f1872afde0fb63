"""The level above over HTTPS, with a key or a certificate of our own."""

from __future__ import annotations

import ssl

import httpx
import msgspec

from tongban.assist.reuse.channel import ChannelFailed
from tongban.assist.reuse.model import Answer, Question
from tongban.base.config import Upper

PATH = "/api/exchange/uses"
MOST_BYTES = 200_000
"""An answer that is longer is not read to its end."""


class HttpChannel:
    """The configured upper level. Proxies of the environment are not used and redirects are not followed."""

    def __init__(self, upper: Upper, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            base_url=upper.endpoint.rstrip("/"),
            headers={"Authorization": f"Bearer {upper.key}"} if upper.key else {},
            timeout=upper.seconds,
            verify=_context(upper),
            transport=transport,
            trust_env=False,
            follow_redirects=False,
        )

    async def ask(self, question: Question) -> Answer:
        body = msgspec.json.encode(question)
        try:
            async with self._client.stream(
                "POST", PATH, content=body, headers={"content-type": "application/json"}
            ) as response:
                if response.status_code != 200:
                    raise ChannelFailed(f"the level above answered {response.status_code}")
                answer = await _read(response)
        except httpx.HTTPError as error:
            raise ChannelFailed(type(error).__name__) from None
        try:
            return msgspec.json.decode(answer, type=Answer)
        except msgspec.DecodeError as error:
            raise ChannelFailed(f"no answer of ours: {error}") from None


async def _read(response: httpx.Response) -> bytes:
    read = b""
    async for chunk in response.aiter_bytes():
        read += chunk
        if len(read) > MOST_BYTES:
            raise ChannelFailed("the answer is too long")
    return read


def _context(upper: Upper) -> ssl.SSLContext | bool:
    """Mutual TLS where a certificate is configured."""
    if upper.certificate is None and upper.authority is None:
        return True
    context = ssl.create_default_context(cafile=upper.authority)
    if upper.certificate is not None:
        context.load_cert_chain(upper.certificate)
    return context
