"""`Sharing`: what the state already knows of somebody, for the portal, the desk, the API and the jobs alike."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.base.page import Page
from tongban.catalog.model import Service, Source
from tongban.sharing import access, grants
from tongban.sharing.access import Shown, inspecting
from tongban.sharing.directory.live import LiveDirectory
from tongban.sharing.exchange import Exchange
from tongban.sharing.lookup import Look, lookup
from tongban.sharing.model import Lookup, Purpose, Reader
from tongban.sharing.retry import service as retries
from tongban.sharing.retry import store as open_questions
from tongban.sharing.retry.model import DRAFT_KEPT, Late, Open


class Sharing:
    """Data sharing of one process."""

    def __init__(
        self, db: Database, clock: Clock, exchange: Exchange | None = None, directory: LiveDirectory | None = None
    ) -> None:
        self.exchange = exchange or Exchange()
        self.directory = directory or LiveDirectory.of()
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
        look = Look(person, service, purpose, reader, at or self._clock())
        return await lookup(self._db, self.exchange, look, wanted)

    async def providers(self, service: str) -> dict[str, str]:
        """The bodies that hold what the cases of a service may ask for, by `resource/record`."""
        held = await grants.held(self._db, service)
        return {f"{one.resource}/{one.record}": one.provider for one in reversed(held)}

    # --- who opened my data ---------------------------------------------------------------------------------------

    async def accesses(
        self,
        person: str,
        after: str | None = None,
        limit: int = 20,
        *,
        body: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page[Shown]:
        """谁用过我的数据: one person's own list, latest first. Raises `Refused` (`bad-cursor`, 400)."""
        now = self._clock()
        return await access.shown(self._db, person, now, after, limit, body=body, since=since, until=until)

    async def access(self, person: str, key: str) -> tuple[Shown, str] | None:
        """One line of it, with the official who looked; None if it is not the person's."""
        return await access.one(self._db, person, key, self._clock())

    async def readers(self, person: str) -> list[str]:
        """The bodies that occur in it."""
        return await access.bodies(self._db, person, self._clock())

    async def held_back(self, person: str) -> datetime | None:
        """When the last line appears of whose delay the person may know."""
        return await access.held_back(self._db, person, self._clock())

    async def forget_accesses(self) -> int:
        """Remove lines that were kept for their time, three years at least (政务数据共享条例 29); their number."""
        now = self._clock()
        return await access.sweep(self._db, now) + await inspecting.sweep(self._db, now)

    # --- what sources still owe -----------------------------------------------------------------------------------

    async def open(self, person: str, matter: str) -> Sequence[Open]:
        """The questions of a draft or a case that no source has answered yet."""
        return await open_questions.open_of(self._db, person, matter)

    async def ask_again(self, service: Callable[[str], Service], late: Late) -> int:
        """Put what is due once more; how many questions ended. `service` gives the file by its slug."""
        return await retries.turn(self._db, self.exchange, service, late, self._clock())

    async def carry(self) -> tuple[int, int]:
        """Pack questions that go by files and take in answers that came; files written and answers taken."""
        return await self.exchange.carry()

    async def sweep(self) -> None:
        """Close what drafts asked that nobody handed in."""
        now = self._clock()
        await open_questions.close_drafts(self._db, now - DRAFT_KEPT, now)
