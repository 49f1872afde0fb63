"""Programs that use the API, and what they send."""

from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from typing import Any

import httpx

from tongban.base.database import Database

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
FACTS = {
    "full_name": "王小满",
    "id_number": "",
    "sex": "female",
    "birth_date": "1994-5-12",
    "home_region": "990201",
    "lives_region": "990101",
    "lives_at": "清源区柳巷3号",
    "lives_since": "2026-3-1",
    "basis": "employment",
    "phone": "13800138000",
}
XIAOMAN, ZHIYUAN = "p-wangxiaoman", "p-chenzhiyuan"


class Program:
    """A client of the API. `token` empty: nobody."""

    def __init__(self, http: httpx.AsyncClient, token: str = "", id_number: str = "") -> None:
        self.http, self.token, self.id_number = http, token, id_number
        self._keys = (f"key-{n:08d}" for n in count())

    async def __call__(self, method: str, path: str, /, **options: Any) -> httpx.Response:
        headers = {"accept-language": "en", **options.pop("headers", {})}
        if self.token:
            headers.setdefault("authorization", f"Bearer {self.token}")
        return await self.http.request(method, f"/api/v1{path}", headers=headers, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self("GET", path, **options)

    async def send(self, path: str, body: Any, key: str = "", headers: dict[str, str] | None = None) -> httpx.Response:
        """A command."""
        named = {"idempotency-key": key or next(self._keys), **(headers or {})}
        return await self("POST", path, json=body, headers=named)

    def application(self, **facts: Any) -> dict[str, Any]:
        """An application for a residence permit that has everything but the employer's letter."""
        own = {**FACTS, "id_number": self.id_number, **facts}
        given = {name: value for name, value in own.items() if value is not None}
        return {"service": "residence-permit", "region": "990101", "facts": given}

    async def apply(self, **facts: Any) -> str:
        """A case; its number."""
        done = await self.send("/cases", self.application(**facts))
        assert done.status_code == 201, done.text
        return done.json()["case"]


LogIn = Callable[..., Awaitable[Program]]
Written = Callable[[], Awaitable[dict[str, int]]]


async def rows(db: Database) -> dict[str, int]:
    names = await db.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " AND tablename NOT IN ('web_rate', 'session', 'migration')"
    )
    return {row["tablename"]: await db.fetchval(f'SELECT count(*) FROM "{row["tablename"]}"') for row in names}


def problems(answer: httpx.Response) -> Iterator[tuple[str, str]]:
    """(code, place) of every reason."""
    return ((one["code"], one.get("place", "")) for one in answer.json()["problems"])
