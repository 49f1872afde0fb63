"""Two installations in this process: 岚江 and 云泽, each with a database, keys and files of its own, and a line.

The line can be told to fail: before a message arrives, after it was done and before its answer is back, or twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import msgspec
from PIL import Image

from tongban.base.clock import SettableClock
from tongban.base.database import Database
from tongban.base.keys import KeyRing
from tongban.base.telemetry import Log
from tongban.cases.handing import HAND_ON
from tongban.cases.handover.agreements import Between
from tongban.cases.handover.service import Handovers
from tongban.cases.service import Cases
from tongban.catalog import load_procedure, load_service
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.model import Competence, Service
from tongban.catalog.procedure import Procedure
from tongban.org import Actor, Directory, demo, store
from tongban.org.demo.provinces import PROFILES, Province
from tongban.sharing import Shared
from tongban.sharing.channel import neighbours
from tongban.sharing.channel.client import X1Channel
from tongban.sharing.channel.neighbours import Neighbours, card_of
from tongban.sharing.channel.provider import Application
from tongban.terms import Calendar

ROOT = Path(__file__).resolve().parents[3]
LAN_POLICE, YUN_POLICE = "990101.police", "980101.police"
FACTS: dict[str, Any] = {
    "full_name": "王小满",
    "sex": "female",
    "birth_date": "1994-5-12",
    "id_number": "990201199405120527",
    "home_region": "990201",
    "lives_region": "980101",
    "lives_at": "云泽市临江区滨江路8号3栋502室（演示）",
    "lives_since": "2026-1-10",
    "basis": "employment",
    "phone": "15400000001",
}


@cache
def service() -> Service:
    return load_service((ROOT / "services" / "residence-permit.yaml").read_text(encoding="utf-8")).require()


def with_rule() -> Service:
    """The same where the body of the place where one lives is competent, wherever one applies."""
    return msgspec.structs.replace(
        service(), competence=(Competence(by="lives_region", ground="residence", law="L6-2"),)
    )


@cache
def procedure() -> Procedure:
    return load_procedure((ROOT / "procedures" / "confirmation.yaml").read_text(encoding="utf-8")).require()


CODES = {
    Province.LAN: "LJ/GOV/119900000099000169/portal",
    Province.YUN: "YZ/GOV/119800000098000168/portal",
}


PAPERS = ("photo", "employment")


@cache
def picture(name: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8 + len(name)), "white").save(out, "PNG")
    return out.getvalue()


@dataclass
class Line:
    """A wire to the other place. `fails` is asked before each message: "" lets it through."""

    application: Callable[[], Application]
    fails: Callable[[], str] = lambda: ""
    sent: int = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        how = self.fails()
        if how == "before":
            raise httpx.ConnectError("cut", request=request)
        transport = httpx.ASGITransport(app=self.application())  # type: ignore[arg-type]
        response = await transport.handle_async_request(request)
        if how == "twice":
            again = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
            response = await transport.handle_async_request(again)
        if how == "after":
            raise httpx.ReadError("cut", request=request)
        return response


class Wire(httpx.AsyncBaseTransport):
    def __init__(self, line: Line) -> None:
        self.line = line

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.line(request)


@dataclass
class Place:
    """One installation. `application` answers the other; `line` leads to it."""

    province: Province
    cases: Cases
    hand: Handovers
    folder: Path
    code: str
    log: list[str] = field(default_factory=list[str])
    application: Application | None = None
    line: Line | None = None

    @classmethod
    async def make(
        cls,
        province: Province,
        db: Database,
        folder: Path,
        clock: SettableClock,
        *,
        ruled: bool = False,
        agreed: bool = True,
        code: str = "",
        regions: tuple[str, ...] = (),
    ) -> Place:
        """One for a whole province; with `code` and `regions` one of several in it, each for some of its regions."""
        other = Province.YUN if province is Province.LAN else Province.LAN
        async with db.transaction() as connection:
            await store.save_people(connection, demo.citizens(province))
        keys = KeyRing.open(folder / "keys", clock())
        directory = Directory.build(demo.beside(province, (other,)), clock)
        between = Between(Neighbours(folder, clock), lambda: directory.register.agreements if agreed else ())
        cases = Cases(
            db,
            Catalogue([with_rule() if ruled else service()], [procedure()], clock=clock),
            directory,
            Calendar.china(),
            keys,
            clock,
            data_dir=folder,
            between=between,
        )
        assert cases.elsewhere is not None
        place = cls(province, cases, cases.elsewhere, folder, code or CODES[province])
        profile = PROFILES[province]
        card = card_of(
            keys,
            code=place.code,
            name=profile.name,
            body=profile.centre,
            address=f"https://{folder.name}.example",
            regions=regions or (profile.code,),
        )
        neighbours.write(folder / neighbours.OWN, card)
        return place

    async def meet(self, other: Place, clock: SettableClock) -> None:
        """Take the other's card, and connect a line to it."""
        neighbours.write(
            self.folder / neighbours.BESIDE / f"{other.province.value}.json", other.hand.between.neighbours.own
        )
        self.application = await self.hand.application(self.folder, Log(self.log.append, clock))
        self.line = Line(lambda: other.application)  # type: ignore[arg-type,return-value]
        http = httpx.AsyncClient(transport=Wire(self.line))
        known = self.hand.between.neighbours
        self.hand.use(X1Channel(self.code, self.cases.engine.keys, known, http, clock))

    def official(self, post: str) -> Actor:
        directory = self.cases.engine.directory
        found = directory.post(post)
        person = next(one for one in demo.officials(self.province) if one.id == directory.holders(post)[0])
        return Actor.official(person, found, directory.body(found.body))

    def citizen(self, name: str = "p-wangxiaoman") -> Actor:
        return Actor.citizen(next(one for one in demo.citizens(self.province) if one.id == name))

    async def apply(
        self, key: str, region: str = "990101", records: Mapping[str, Shared] | None = None, **facts: Any
    ) -> str:
        """Somebody applies here, in a region, for what is the other place's to decide; the number."""
        person, papers = self.citizen(), dict[str, list[str]]()
        for name in PAPERS:
            papers[name] = [(await self.cases.add_document(person, f"{name}.png", picture(name))).id]
        said = {**FACTS, **facts}
        view = await self.cases.submit(
            person, "residence-permit", said, papers, region=region, key=key, records=records
        )
        return view.case

    async def hand_over(self, number: str, key: str = "hand-on-1") -> None:
        await self.hand_on("990101.police.examiner", number, YUN_POLICE, "住在临江区", key=key)

    async def hand_on(self, post: str, number: str, body: str, reasons: str, *, key: str) -> None:
        said = {"body": body, "reasons": reasons}
        await self.cases.act(self.official(post), number, HAND_ON, said, version=None, key=key)


async def two_places(
    lan: Database, yun: Database, folder: Path, clock: SettableClock, *, ruled: bool = False, agreed: bool = True
) -> tuple[Place, Place]:
    """Both, with each other's cards. `ruled`: the service says by a rule which place's body is competent;
    `agreed`: an agreement between the provinces holds."""
    here = await Place.make(Province.LAN, lan, folder / "lan", clock, ruled=ruled, agreed=agreed)
    there = await Place.make(Province.YUN, yun, folder / "yun", clock, ruled=ruled, agreed=agreed)
    await here.meet(there, clock)
    await there.meet(here, clock)
    return here, there
