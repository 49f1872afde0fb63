"""How often one person or address may ask for what costs something. Counted in PostgreSQL, so all processes agree."""

import hashlib
from enum import StrEnum

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.web import store


class Limited(StrEnum):
    """What is counted."""

    LOG_IN = "log-in"
    WRITE = "write"
    UPLOAD = "upload"
    SEARCH = "search"
    VERIFY = "verify"
    API = "api"
    WHAT_IF = "what-if"
    KIOSK = "kiosk"
    """Codes tried at a machine, counted for its address and for the case."""


PER_MINUTE: dict[Limited, int] = {
    Limited.LOG_IN: 20,
    Limited.WRITE: 120,
    Limited.UPLOAD: 30,
    Limited.SEARCH: 60,
    Limited.VERIFY: 60,
    Limited.API: 600,
    Limited.WHAT_IF: 20,
    Limited.KIOSK: 10,
}


class Limits:
    """The counters. `factor` multiplies every limit (a load test, an office behind one address)."""

    def __init__(self, db: Database, clock: Clock, secret: bytes, factor: int = 1) -> None:
        self._db = db
        self._clock = clock
        self._secret = secret
        self.factor = factor

    async def spend(self, what: Limited, who: str) -> None:
        """Count one request of `who` (a person, else an address; stored only as a keyed hash).

        Raises Refused (429 `too-many`) with the seconds to wait in `extra["retry_after"]`.
        """
        now = int(self._clock().timestamp())
        name = hashlib.blake2b(who.encode(), key=self._secret, digest_size=16).digest()
        used = await store.count(self._db, name, what, now // 60)
        if used > PER_MINUTE[what] * self.factor:
            wait = 60 - now % 60
            text = Text(
                "操作太频繁了，请过{wait}秒再试。已经保存的内容都在", "Too many requests. Try again in {wait} seconds"
            )
            raise Refused(Problem("too-many", text.format(wait=wait)), status=429, retry_after=wait)
