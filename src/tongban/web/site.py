"""What the pages are given to work with: the services of the packages below, opened once per process."""

from dataclasses import dataclass
from typing import Any

from tongban.base.clock import Clock
from tongban.base.config import Settings
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.base.telemetry import Log
from tongban.catalog.catalogue import Catalogue
from tongban.terms import Calendar
from tongban.web.limits import Limits
from tongban.web.pages import Pages

# Until those packages have landed.
Directory = Any
Cases = Any


@dataclass(frozen=True, slots=True)
class Site:
    """Everything a handler may use. Immutable; handlers receive it as `site`."""

    settings: Settings
    db: Database
    catalogue: Catalogue
    directory: Directory
    cases: Cases
    keys: KeyRing
    calendar: Calendar
    clock: Clock
    log: Log
    pages: Pages
    limits: Limits
    secret: bytes
    """The key of the CSRF tokens, shared by all processes of the installation."""
