"""A language model over HTTP (the chat-completions protocol that most servers speak), behind the masker.

What is sent is masked here and nowhere else, so that no caller can forget it. Why httpx and no SDK: docs/decisions.
"""

from collections.abc import Mapping
from typing import Any

import httpx
import msgspec

from tongban.assist.gate.masking import Masking
from tongban.assist.gate.meter import current, spend
from tongban.assist.gate.model_port import ModelFailed
from tongban.base.config import ModelServer

MOST_BYTES = 1_000_000
"""An answer that is longer is not read to its end."""
_NO_SCHEMA = frozenset({400, 404, 422, 501})
"""What servers answer that do not know `json_schema`."""


class _Message(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Message


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Answer(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None


class HttpModel:
    """One configured server. Proxies of the environment are not used and redirects not followed: what is sent goes to
    the address in the configuration or nowhere."""

    def __init__(self, server: ModelServer, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._server = server
        self._strict = True
        self._client = httpx.AsyncClient(
            base_url=server.endpoint.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {server.key}"} if server.key else {},
            timeout=server.seconds,
            transport=transport,
            trust_env=False,
            follow_redirects=False,
        )

    @property
    def name(self) -> str:
        """As the server calls it."""
        return self._server.name

    async def complete(self, prompt: str, schema: Mapping[str, Any]) -> str:
        """As `LanguageModel.complete`. Names of the call (`Asked.names`) and every personal value found are masked."""
        masking = Masking(current().names)
        body: dict[str, Any] = {
            "model": self._server.name,
            "messages": [{"role": "user", "content": masking.mask(prompt)}],
            "temperature": 0,
            "max_tokens": self._server.tokens,
            "stream": False,
        }
        wanted = {"name": "answer", "strict": True, "schema": masking.mask_json(dict(schema))}
        answer: _Answer | None = None
        if self._strict:
            try:
                answer = await self._post(body | {"response_format": {"type": "json_schema", "json_schema": wanted}})
            except ModelFailed as failed:
                if failed.status not in _NO_SCHEMA:
                    raise
        if answer is None:
            told = msgspec.json.encode(wanted["schema"]).decode()
            message = {"role": "system", "content": f"只输出一个符合这份 JSON Schema 的 JSON 对象：{told}"}
            body["messages"] = [message, *body["messages"]]
            answer = await self._post(body | {"response_format": {"type": "json_object"}})
            self._strict = False  # an older server: it is told in words from now on
        content = answer.choices[0].message.content if answer.choices else None
        self._charge(answer.usage, body, content or "")
        if not content:
            raise ModelFailed("an empty answer")
        return masking.unmask_answer(content)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _post(self, body: Mapping[str, Any]) -> _Answer:
        try:
            async with self._client.stream("POST", "chat/completions", json=body) as response:
                if not response.is_success:
                    raise ModelFailed(f"status {response.status_code}", response.status_code)
                return _decoded(await _read(response))
        except httpx.TimeoutException as error:
            raise TimeoutError from error
        except httpx.HTTPError as error:
            raise ModelFailed(type(error).__name__) from error

    def _charge(self, usage: _Usage | None, body: Mapping[str, Any], content: str) -> None:
        """A price for a million tokens in yuan is a price for one in millionths. Unreported tokens are counted as one
        a character, which is more than any tokenizer makes of Chinese."""
        asked = usage.prompt_tokens if usage else sum(len(one["content"]) for one in body["messages"])
        said = usage.completion_tokens if usage else len(content)
        spend(round(max(0, asked) * self._server.yuan_in + max(0, said) * self._server.yuan_out))


async def _read(response: httpx.Response) -> bytes:
    read = bytearray()
    async for part in response.aiter_bytes():
        read += part
        if len(read) > MOST_BYTES:
            raise ModelFailed("an answer without end", response.status_code)
    return bytes(read)


def _decoded(data: bytes) -> _Answer:
    try:
        return msgspec.json.decode(data, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelFailed("an answer that is none", 200) from error
