"""What the pages are given to work with: the services of the packages below, opened once per process."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Request

from tongban.assist.service import Assist
from tongban.base.clock import Clock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.base.telemetry import Log
from tongban.cases.service import Cases
from tongban.catalog.catalogue import Catalogue
from tongban.hall import Hall
from tongban.ledger.log import PublicLog
from tongban.org import Directory
from tongban.org.apps import Apps
from tongban.org.oidc import OidcClient
from tongban.outreach.offers import Outreach
from tongban.oversight.watching.turn import Watch
from tongban.sharing import Sharing
from tongban.sharing.channel.centre import Centre
from tongban.terms import Calendar
from tongban.voice.participation.service import Participation
from tongban.voice.service import Voice
from tongban.web.limits import Limits
from tongban.web.neighbour_lists import NeighbourLists
from tongban.web.pages import Pages


@dataclass(frozen=True, slots=True, repr=False)
class Site:
    """Everything a handler may use. Immutable; handlers receive it as `site`.

    It is not written out where something is printed: that would be the whole catalogue and everybody's names.
    """

    settings: Settings
    db: Database
    catalogue: Catalogue
    directory: Directory
    cases: Cases
    sharing: Sharing
    centre: Centre
    assist: Assist
    outreach: Outreach
    watch: Watch
    """The job that keeps the figures of the console."""
    hall: Hall
    voice: Voice
    participation: Participation
    keys: KeyRing
    public_log: PublicLog
    lists: NeighbourLists
    """What installations beside ours publish of their certificates."""
    calendar: Calendar
    clock: Clock
    log: Log
    pages: Pages
    limits: Limits
    apps: Apps
    """Programs of others that the operator has let in."""
    oidc: OidcClient | None
    """The identity provider, where one is set up."""
    secret: bytes
    """The key of the CSRF tokens, shared by all processes of the installation."""

    @property
    def secure(self) -> bool:
        """Whether the site is reached over HTTPS; cookies are then sent over nothing else."""
        return self.settings.address.startswith("https://")

    @property
    def today(self) -> date:
        """The day in the installation's zone."""
        return self.clock().astimezone(self.settings.timezone).date()


def site_of(request: Request[Any, Any, Any]) -> Site:
    """The site that a request is for."""
    return request.scope["state"]["site"]
