"""`Rooms`: what the pages are given of proposals."""

from tongban.base.telemetry import Log
from tongban.cases.engine import Engine
from tongban.voice.participation.proposals.answering import Answering
from tongban.voice.participation.proposals.moderation import Moderation
from tongban.voice.participation.proposals.service import Proposals


class Rooms:
    """Proposals over one engine."""

    def __init__(self, engine: Engine, log: Log) -> None:
        of = (engine.db, engine.directory, engine.clock, engine.zone)
        self.proposals = Proposals(*of)
        self.moderation = Moderation(*of)
        self.answering = Answering(engine.db, engine, engine.clock, log)
