"""What SQL runs on."""

from __future__ import annotations

from typing import Any, Protocol

from tongban.base.database import Row
from tongban.base.sealing import Sealer


class Runner(Protocol):
    """A pool or a connection inside a transaction."""

    @property
    def sealer(self) -> Sealer: ...
    async def fetch(self, sql: str, *args: Any) -> list[Row]: ...
    async def fetchrow(self, sql: str, *args: Any) -> Row | None: ...
    async def fetchval(self, sql: str, *args: Any) -> Any: ...
    async def execute(self, sql: str, *args: Any) -> str: ...
