"""`Participation`: what the pages are given to work with."""

from zoneinfo import ZoneInfo

from tongban.base.clock import Clock
from tongban.base.database import Database
from tongban.catalog.catalogue import Catalogue
from tongban.voice.participation.closing import Closing
from tongban.voice.participation.consultations import Consultations
from tongban.voice.participation.moderation import Moderation
from tongban.voice.participation.voting import Voting


class Participation:
    """The rooms of participation over one database."""

    def __init__(self, db: Database, catalogue: Catalogue, clock: Clock, zone: ZoneInfo) -> None:
        self.consultations = Consultations(db, catalogue, clock, zone)
        self.voting = Voting(db, clock, zone)
        self.moderation = Moderation(db, clock, zone)
        self.closing = Closing(db, clock)
