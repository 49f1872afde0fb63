"""The world of consultations, made anew for each test."""

from datetime import date

import pytest
from tests.voice.consulting import SAID, World, at_work

from tongban.base.clock import ZONE, SettableClock
from tongban.base.database import Database
from tongban.base.i18n import Text
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.installation import open_catalogue
from tongban.org.model import Role
from tongban.voice.participation.consultations import Draft
from tongban.voice.participation.service import Participation


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return open_catalogue(tmp_path_factory.mktemp("installation"))


@pytest.fixture
async def world(db: Database, catalogue: Catalogue, clock: SettableClock) -> World:
    rooms = Participation(db, catalogue, clock, ZONE)
    head, clerk = at_work("o-head", Role.HEAD), at_work("o-clerk", Role.DECIDE)
    draft = Draft(
        Text("居住证怎么办更方便", "Making residence permits easier"),
        Text("您怎么看这些改动？", "What do you think of these changes?"),
        "service", "residence-permit", "2", date(2026, 11, 20), SAID,
    )  # fmt: skip
    return World(db, clock, rooms, await rooms.consultations.begin(head, draft), head, clerk)
