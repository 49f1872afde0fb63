"""Three installations: each case goes to the one that answers, and who handed a case back never gets it again."""

from pathlib import Path

import httpx
import pytest
from test_handover import found, theirs
from two_places import YUN_POLICE, Place

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.base.telemetry import Log
from tongban.cases.competent import receivers
from tongban.org.demo.provinces import Province
from tongban.sharing.channel import neighbours
from tongban.sharing.channel.client import X1Channel

HUDONG = "980102.police"


class Net(httpx.AsyncBaseTransport):
    """Every installation by the name of its host."""

    def __init__(self, places: dict[str, Place]) -> None:
        self.places = places

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        place = self.places[request.url.host]
        return await httpx.ASGITransport(app=place.application).handle_async_request(request)  # type: ignore[arg-type]


@pytest.fixture
async def three(
    db: Database, lower_db: Database, third_db: Database, tmp_path: Path, clock: SettableClock
) -> tuple[Place, Place, Place]:
    """岚江; 云泽 without 湖东区; 湖东区 by itself."""
    lan = await Place.make(Province.LAN, db, tmp_path / "lan", clock)
    first = await Place.make(Province.YUN, lower_db, tmp_path / "linjiang", clock, regions=("980101",))
    code = "YZ/GOV/119800000098010269/portal"
    second = await Place.make(Province.YUN, third_db, tmp_path / "hudong", clock, code=code, regions=("980102",))
    places = (lan, first, second)
    net = {f"{place.folder.name}.example": place for place in places}
    for place in places:
        for other in places:
            if other is not place:
                card = other.hand.between.neighbours.own
                neighbours.write(place.folder / neighbours.BESIDE / f"{other.folder.name}.json", card)
        place.application = await place.hand.application(place.folder, Log(place.log.append, clock))
        http, known = httpx.AsyncClient(transport=Net(net)), place.hand.between.neighbours
        place.hand.use(X1Channel(place.code, place.cases.engine.keys, known, http, clock))
    return places


async def test_each_case_goes_to_the_installation_that_answers_and_each_pair_agrees(
    three: tuple[Place, Place, Place], clock: SettableClock
):
    lan, linjiang, hudong = three
    to = {YUN_POLICE: linjiang, HUDONG: hudong}
    for n, body in enumerate(to):
        number = await lan.apply(f"apply-{n:04}", lives_at=f"滨江路{n}号")
        offered = receivers(lan.cases.engine, await lan.cases.engine.load(number))
        assert {YUN_POLICE, HUDONG} <= {one.to_office.id for one in offered}
        await lan.hand_on("990101.police.examiner", number, body, "由那边办", key=f"hand-on-{n:04}")
        await lan.hand.carry()
        assert (await lan.cases.engine.load(number)).state.office.id == body
        there = await to[body].cases.engine.load(await theirs(lan, number))
        assert (there.state.case.number, there.state.office.id) == (number, body)
    for place in to.values():
        assert await place.cases.engine.db.fetchval("SELECT count(*) FROM case_row") == 1
        await place.hand.carry()
        result = await found(lan, place)
        assert (result.differ, result.waiting, result.cases) == ((), 0, 1)


async def test_what_one_place_hands_back_goes_on_to_the_third_and_never_to_that_one_again(
    three: tuple[Place, Place, Place], clock: SettableClock
):
    lan, linjiang, hudong = three
    number = await lan.apply("apply-0001")
    await lan.hand_on("990101.police.examiner", number, YUN_POLICE, "住在临江区", key="first-0001")
    await lan.hand.carry()
    there, examiner = await theirs(lan, number), "980101.police.examiner"
    with pytest.raises(Refused) as refused:
        await linjiang.hand_on(examiner, there, HUDONG, "住在湖东区", key="third-0001")
    assert refused.value.code == "only-back"
    await linjiang.hand_on(examiner, there, "990101.police", "住在湖东区，请转湖东区", key="back-0001")
    await linjiang.hand.carry()
    with pytest.raises(Refused) as refused:
        await lan.hand_on("990101.police.examiner", number, YUN_POLICE, "还是住在临江区", key="again-0001")
    assert refused.value.code == "held-before"
    await lan.hand_on("990101.police.examiner", number, HUDONG, "住在湖东区", key="second-0001")
    await lan.hand.carry()
    state = (await lan.cases.engine.load(number)).state
    assert [one.to_office.id for one in state.custody] == [YUN_POLICE, "990101.police", HUDONG]
    assert (state.office.id, state.case.case) == (HUDONG, number)
    assert await hudong.cases.engine.db.fetchval("SELECT count(*) FROM case_row") == 1
    for place in (linjiang, hudong):
        await place.hand.carry()
        assert (await found(lan, place)).differ == ()
