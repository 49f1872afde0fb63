"""How often one caller may use the API in a minute, without a statement for each request.

A process takes requests from the shared counter in PostgreSQL by the block and serves a block from memory. The limit
holds over all processes; at worst it is reached a block early.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.errors import Problem, Refused
from tongban.base.i18n import Text
from tongban.web import store
from tongban.web.limits import PER_MINUTE, Limited

BLOCK = 20


@dataclass(slots=True)
class _Share:
    """What this process has taken for a caller in this minute, and how much of it is unused."""

    taken: int = 0
    left: int = 0


@dataclass
class Quota:
    """The requests of all callers of one process."""

    db: Database
    clock: Clock
    secret: bytes
    factor: int = 1
    _minute: int = 0
    _shares: dict[str, _Share] = field(default_factory=dict[str, _Share])

    async def spend(self, who: str) -> Mapping[str, str]:
        """Count one request of `who`; the answer is headers (draft-ietf-httpapi-ratelimit-headers).

        Raises Refused (429 `too-many`) with the seconds to wait in `extra["retry_after"]`.
        """
        now = int(self.clock().timestamp())
        minute, wait = now // 60, 60 - now % 60
        if minute != self._minute:
            self._minute, self._shares = minute, {}
        share = self._shares.setdefault(who, _Share())
        limit = PER_MINUTE[Limited.API] * self.factor
        if not share.left and share.taken <= limit:
            name = hashlib.blake2b(who.encode(), key=self.secret, digest_size=16).digest()
            block = min(BLOCK, limit)
            taken = await store.count(self.db, name, Limited.API, minute, block)
            share.taken = max(share.taken, taken)
            share.left += block if taken <= limit else 0
        if not share.left:
            text = Text("请求太频繁了，请过{wait}秒再试", "Too many requests. Try again in {wait} seconds")
            raise Refused(Problem("too-many", text.format(wait=wait)), status=429, retry_after=wait)
        share.left -= 1
        left = max(0, limit - share.taken) + share.left
        return {"ratelimit-policy": f'"api";q={limit};w=60', "ratelimit": f'"api";r={left};t={wait}'}
