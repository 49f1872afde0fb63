"""Records behind a service of the department itself: one fixed address, fields by their path in the JSON answer.

The subject is the only thing put into the address, percent-encoded whole. No redirect is followed, no more than
`max_bytes` is read, and where the answer repeats the subject another person's answer is noticed.
"""

import asyncio
import os
import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import msgspec

from tongban.base.errors import refuse
from tongban.sharing.node.config import Record, Rest
from tongban.sharing.node.connectors import Found, Row, moment
from tongban.sharing.node.faults import Fault, SourceFault

_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_TOGETHER = 8


class RestConnector:
    """One service."""

    def __init__(self, source: Rest, zone: ZoneInfo) -> None:
        self._source = source
        self._zone = zone
        self._places = asyncio.Semaphore(_TOGETHER)
        self._client = httpx.AsyncClient(
            headers={name: _filled(value) for name, value in source.headers.items()} | {"accept": "application/json"},
            timeout=source.seconds,
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=_TOGETHER, max_keepalive_connections=_TOGETHER),
        )

    async def read(self, record: Record, subject: str, columns: tuple[str, ...]) -> Row | None:
        """See `Connector.read`."""
        path = record.table.replace("{subject}", quote(subject, safe=""))
        answer = await self._get(f"{self._source.base.rstrip('/')}/{path.lstrip('/')}")
        if answer is None:
            return None
        if isinstance(answer, list):
            several = cast("list[Any]", answer)
            if len(several) > 1:
                raise SourceFault(Fault.MANY_ROWS)
            if not several:
                return None
            answer = several[0]
        if record.subject and _at(answer, record.subject) != subject:
            raise SourceFault(Fault.OTHER_SUBJECT)
        as_of = moment(_at(answer, record.as_of), self._zone) if record.as_of else None
        return Row({column: _at(answer, column) for column in columns}, as_of)

    async def look(self, record: Record) -> Found:  # noqa: ARG002 -- all records stand behind one service
        """See `Connector.look`. Only whether the service answers at all: a record cannot be had without a person."""
        await self._get(self._source.base)
        return Found({}, ("columns of a REST source show only in answers REST 数据源的字段要到查询时才看得到",))

    async def close(self) -> None:
        """See `Connector.close`."""
        await self._client.aclose()

    async def _get(self, url: str) -> Any:
        """The JSON answered; None for 404."""
        try:
            async with asyncio.timeout(self._source.seconds), self._places, self._client.stream("GET", url) as response:
                match response.status_code:
                    case 404 | 410:
                        return None
                    case 401 | 403:
                        raise SourceFault(Fault.SOURCE_DENIES, f"HTTP {response.status_code}")
                    case 429:
                        raise SourceFault(Fault.SOURCE_BUSY, "HTTP 429")
                    case 200:
                        return _decoded(await self._body(response))
                    case status:
                        raise SourceFault(Fault.SOURCE_DOWN, f"HTTP {status}")
        except (TimeoutError, httpx.TimeoutException):
            raise SourceFault(Fault.SOURCE_SLOW) from None
        except httpx.HTTPError as error:
            raise SourceFault(Fault.SOURCE_DOWN, type(error).__name__) from None

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for part in response.aiter_bytes(65_536):
            body += part
            if len(body) > self._source.max_bytes:
                raise SourceFault(Fault.TOO_LARGE)
        return bytes(body)


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        raise SourceFault(Fault.SOURCE_UNREADABLE, "not JSON") from None


def _at(answer: Any, path: str) -> Any:
    """What stands at `person.months`; a path that is not there is a changed source, a null is an empty field."""
    for step in path.split("."):
        if not isinstance(answer, Mapping) or step not in answer:
            raise SourceFault(Fault.SOURCE_CHANGED, f"no {path} in the answer")
        answer = cast("Mapping[str, Any]", answer)[step]
    return answer


def _filled(value: str) -> str:
    """`${NAME}` by the environment, so that a token stands in no file. Raises `Refused`."""

    def found(match: re.Match[str]) -> str:
        text = os.environ.get(match[1])
        if text is None:
            raise refuse(
                "variable-missing",
                f"环境变量 {match[1]} 没有设置。",
                f"The environment variable {match[1]} is not set.",
                place=match[1],
                status=500,
            )
        return text

    return _VARIABLE.sub(found, value)
