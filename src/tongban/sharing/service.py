"""`Sharing`: what the state already knows of somebody, for the portal, the desk, the API and the jobs alike."""

from collections.abc import Mapping
from datetime import datetime

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.page import Page
from tongban.catalog.model import Service, Source
from tongban.sharing.lookup import accesses, lookup
from tongban.sharing.model import Access, Lookup, Purpose, Reader


class Sharing:
    """Data sharing of one process."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def look_up(
        self,
        person: str,
        wanted: Mapping[str, Source],
        *,
        service: Service,
        purpose: Purpose,
        reader: Reader,
        at: datetime | None = None,
    ) -> Lookup:
        """The only door: see `lookup`. `at` is when it happens, for what is played again; now by default."""
        return await lookup(
            self._db, person, wanted, service=service, purpose=purpose, reader=reader, at=at or self._clock()
        )

    async def accesses(self, person: str, after: str | None = None, limit: int = 20) -> Page[Access]:
        """谁用过我的数据: one person's own list, newest first. Raises `Refused` (`bad-cursor`, 400)."""
        return await accesses(self._db, person, after, limit)
