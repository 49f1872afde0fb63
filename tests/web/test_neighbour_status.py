"""A certificate of another province is called valid only while its issuer's own list, had and fresh, says so."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from tests.certs.demo_certificate import USCC, record
from tests.web.citizen import Person

from tongban.base.clock import SettableClock
from tongban.base.crypto import Suite
from tongban.base.i18n import Text
from tongban.base.keylist import published
from tongban.base.keys import KeyRing, Use
from tongban.cases import abroad
from tongban.certs import Certificate, Fault, Holder, data_file, identifier, mask_number, sign
from tongban.certs.checks import Check
from tongban.certs.model import serial_of
from tongban.certs.statuslist import StatusList, StatusPlace, index_in_list, issue_status_list
from tongban.certs.store import StoredCertificate
from tongban.org import Actor, demo
from tongban.sharing.channel import neighbours
from tongban.sharing.channel.neighbours import Card, card_of
from tongban.web.app import create
from tongban.web.limits import Limits
from tongban.web.neighbour_lists import KEYS_PATH, NeighbourLists
from tongban.web.portal import drafts
from tongban.web.portal.application import Application, Content
from tongban.web.site import Site

YUN = "https://yun.example"
LIST = f"{YUN}/status/0"
SIZE = 64
NUMBER = 5


def card_for(ring: KeyRing, code: str = "YZ/GOV/119800000098000168/portal") -> Card:
    return card_of(ring, code=code, name=Text("云泽省", "Yunze"), body="980000", address=f"{YUN}/", regions=("980000",))


@dataclass
class Yunze:
    """The other installation: its keys, and what it publishes, where it can be reached."""

    folder: Path
    clock: SettableClock
    away: bool = False
    revoked: bool = False
    asked: list[str] = field(default_factory=list[str])
    serves: dict[str, Callable[[], str | bytes]] = field(default_factory=dict[str, Callable[[], str | bytes]])

    @property
    def ring(self) -> KeyRing:
        return KeyRing.open(self.folder, self.clock())

    def listed(self, *, ring: KeyRing | None = None, uri: str = LIST, at: datetime | None = None) -> str:
        status = {index_in_list(NUMBER) % SIZE: int(self.revoked)}
        return issue_status_list(StatusList.of(status, size=SIZE), uri, ring or self.ring, at or self.clock())

    async def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        if self.away:
            raise OSError("no route")
        if make := self.serves.get(address):
            made = make()
            return made if isinstance(made, bytes) else made.encode()
        if address == LIST:
            return self.listed().encode()
        if address == f"{YUN}{KEYS_PATH}":
            return published(self.ring, self.clock()).as_file()
        raise OSError("404")

    def issued(self, **changes: Any) -> Certificate:
        now = self.clock()
        days = {"issued_at": now.replace(microsecond=0), "valid_from": now.date(), "valid_until": None}
        return sign(record(**days | changes), self.ring)

    def file(self, **changes: Any) -> bytes:
        """One of theirs, as its holder saves it."""
        return data_file(
            StoredCertificate(certificate=self.issued(**changes), number=NUMBER), self.ring, YUN, self.clock()
        )


@pytest.fixture
def yun(tmp_path: Path, clock: SettableClock) -> Yunze:
    return Yunze(tmp_path / "yun", clock)


PLACE = StatusPlace(idx=index_in_list(NUMBER) % SIZE, uri=LIST)


async def answer(lists: NeighbourLists, yun: Yunze, place: StatusPlace | None = PLACE) -> Check:
    return await lists.check(card_for(yun.ring), place)


async def test_a_list_is_kept_as_long_as_it_says_and_then_fetched_anew(yun: Yunze, clock: SettableClock) -> None:
    lists = NeighbourLists(clock, yun.fetch)
    first = await answer(lists, yun)
    assert first.holds
    assert "截至" in first.text.zh
    clock.advance(minutes=59)
    yun.revoked = True
    assert (await answer(lists, yun)).holds
    assert yun.asked.count(LIST) == 1
    clock.advance(minutes=2)
    assert (await answer(lists, yun)).fault is Fault.REVOKED
    assert yun.asked.count(LIST) == 2


async def test_a_list_that_cannot_be_had_is_never_taken_for_a_good_answer(yun: Yunze, clock: SettableClock) -> None:
    lists = NeighbourLists(clock, yun.fetch)
    yun.away = True
    assert (await answer(lists, yun)).fault is Fault.LIST_UNREACHABLE
    tried = len(yun.asked)
    assert (await answer(lists, yun)).fault is Fault.LIST_UNREACHABLE
    assert len(yun.asked) == tried, "who does not answer is left alone for a while"
    yun.away = False
    clock.advance(minutes=6)
    assert (await answer(lists, yun)).holds
    yun.away = True
    clock.advance(minutes=61)
    assert (await answer(lists, yun)).fault is Fault.LIST_UNREACHABLE, "an answer that is too old is none"


async def test_what_is_not_the_issuers_own_fresh_list_is_refused_for_its_reason(
    yun: Yunze, clock: SettableClock, tmp_path: Path
) -> None:
    stranger = KeyRing.open(tmp_path / "stranger", clock())
    wrong: dict[Fault, Callable[[], str | bytes]] = {
        Fault.UNKNOWN_KEY: lambda: yun.listed(ring=stranger),
        Fault.FOREIGN_LIST: lambda: yun.listed(uri=f"{YUN}/status/1"),
        Fault.LIST_EXPIRED: lambda: yun.listed(at=clock() - timedelta(days=2)),
        Fault.LIST_IN_FUTURE: lambda: yun.listed(at=clock() + timedelta(days=2)),
        Fault.BAD_ENVELOPE: lambda: b"<html>",
    }
    KeyRing.renew(yun.folder, Use.CERTIFICATE, clock() - timedelta(days=9))
    for fault, serve in wrong.items():
        yun.serves[LIST] = serve
        assert (await answer(NeighbourLists(clock, yun.fetch), yun)).fault is fault
    for uri in ("https://elsewhere.example/status/0", f"{YUN}/status/../admin", f"{YUN}.evil.example/status/0"):
        yun.asked.clear()
        found = await answer(NeighbourLists(clock, yun.fetch), yun, StatusPlace(idx=1, uri=uri))
        assert (found.fault, yun.asked) == (Fault.FOREIGN_LIST, []), "no other address is ever asked"
    assert (await answer(NeighbourLists(clock, yun.fetch), yun, None)).fault is Fault.NO_STATUS_PLACE


async def test_a_key_of_today_is_believed_through_the_published_list_and_a_forged_list_is_not(
    yun: Yunze, clock: SettableClock, tmp_path: Path
) -> None:
    card = card_for(yun.ring)  # as it was given, before the key was changed
    old = yun.ring.signer(Use.CERTIFICATE, clock()).id
    clock.advance(days=1)
    fresh = KeyRing.renew(yun.folder, Use.CERTIFICATE, clock())
    KeyRing.retire(yun.folder, Use.CERTIFICATE, Suite.INTL, None, keep=fresh.id)
    keys = await NeighbourLists(clock, yun.fetch).keys(card)
    assert fresh.id in keys
    assert not keys[old].valid_at(clock()), "and a key that was withdrawn there counts no more here"
    stranger = KeyRing.open(tmp_path / "stranger", clock())
    yun.serves[f"{YUN}{KEYS_PATH}"] = lambda: published(stranger, clock()).as_file()
    assert set(await NeighbourLists(clock, yun.fetch).keys(card)) == {old}


@pytest.mark.database
async def test_the_check_page_asks_the_other_province_and_says_what_came_of_it(
    site: Site, yun: Yunze, clock: SettableClock
) -> None:
    neighbours.write(site.settings.data_dir / neighbours.OWN, card_for(site.keys, "LJ/GOV/119900000099000169/portal"))
    neighbours.write(site.settings.data_dir / neighbours.BESIDE / "yun.json", card_for(yun.ring))
    one = yun.issued()
    yun.serves[LIST] = lambda: issue_status_list(
        StatusList.of({index_in_list(NUMBER): int(yun.revoked)}), LIST, yun.ring, clock()
    )
    file = data_file(StoredCertificate(certificate=one, number=NUMBER), yun.ring, YUN, clock()).decode()
    there = replace(site, lists=NeighbourLists(clock, yun.fetch))
    transport = httpx.ASGITransport(app=create(there), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        person = Person(client)

        async def said(text: str) -> str:
            await person.get("/verify")
            await person.post("/verify", {"text": text})
            return person.text

        assert "证照真实有效" in await said(file)
        assert "不能确定现在是否有效" in await said(one.jws)
        yun.revoked = True
        clock.advance(hours=2)
        assert "已被废止" in await said(file)
        yun.away = True
        clock.advance(hours=2)
        page = await said(file)
        assert "不能确定现在是否有效" in page
        assert "证照真实有效" not in page


# --- instead of a paper -----------------------------------------------------------------------------------------------

FILING = "out-of-area-medical-filing"
HOLDER = Holder(id="yun-1", name="王小满", number=mask_number("990201199405120527"))
THERE = "980101-261103-4Q7Z2M9K"
THEIRS = {
    "id": identifier(type_code="000709001000", issuer_uscc=USCC, serial=serial_of(THERE), version=1),
    "case": THERE,
    "region": "980101",
    "holder": HOLDER,
}
ANSWERS = {
    "full_name": "王小满",
    "id_number": "990201199405120527",
    "phone": "15400000001",
    "insured_region": "990101",
    "insurance_status": "active",
    "going_region": "980101",
    "stay": "living",
    "promise": "false",
}


HER = Actor.citizen(next(one for one in demo.citizens() if one.id == "p-wangxiaoman"))


@pytest.fixture
async def filing(site: Site, yun: Yunze, clock: SettableClock) -> AsyncIterator[tuple[Site, Person]]:
    """王小满 has filled in a filing, in the version that lets a certificate stand for a paper; 云泽 is known here."""
    clock.set(clock().replace(day=27))
    neighbours.write(site.settings.data_dir / neighbours.OWN, card_for(site.keys, "LJ/GOV/119900000099000169/portal"))
    neighbours.write(site.settings.data_dir / neighbours.BESIDE / "yun.json", card_for(yun.ring))
    yun.serves[LIST] = lambda: issue_status_list(
        StatusList.of({index_in_list(NUMBER): int(yun.revoked)}), LIST, yun.ring, clock()
    )
    lists = NeighbourLists(clock, yun.fetch)
    there = replace(site, lists=lists, limits=Limits(site.db, clock, site.secret, 50))
    assert site.cases.elsewhere
    site.cases.engine.abroad = partial(lists.standing, site.cases.elsewhere.between.neighbours)
    answers: dict[str, str | list[str]] = {**ANSWERS}
    await drafts.save(site, HER, Application(site.catalogue.service(FILING), Content("990101", answers), site.today))
    transport = httpx.ASGITransport(app=create(there), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        person = Person(client)
        await person.log_in()
        yield there, person


async def bring(person: Person, data: bytes) -> str:
    await person.get(f"/apply/{FILING}/materials")
    await person.post(f"/apply/{FILING}/materials/stay-proof/certificate", files={"file": ("c.json", data)})
    return person.text


async def later(person: Person, clock: SettableClock) -> None:
    """The list that was had is over, and so is the log-in."""
    clock.advance(hours=2)
    await person.log_in()


@pytest.mark.database
async def test_a_certificate_of_another_province_stands_for_a_paper_only_if_it_is_theirs_ours_to_use_and_valid_now(
    filing: tuple[Site, Person], yun: Yunze, clock: SettableClock, tmp_path: Path
) -> None:
    _, person = filing
    stranger = Yunze(tmp_path / "stranger", clock)
    wrong = {
        "不是与本地互认的省份": stranger.file(**THEIRS),
        "另一种证照": yun.file(**THEIRS | {"type": "business-licence"}),
        "持证人不是您": yun.file(**THEIRS | {"holder": msgspec.structs.replace(HOLDER, name="王小明")}),
        "还没选文件": b"",
        "不能确定现在是否有效": yun.issued(**THEIRS).jws.encode(),
    }
    for why, data in wrong.items():
        assert why in await bring(person, data), why
    yun.revoked = True
    await later(person, clock)
    assert "已被废止" in await bring(person, yun.file(**THEIRS))
    yun.away = True
    await later(person, clock)
    assert "不能确定现在是否有效" in await bring(person, yun.file(**THEIRS)), "a stale answer is none"
    yun.revoked = yun.away = False
    await later(person, clock)
    assert "不用交：您的居住证（云泽省）里已经有。" in await bring(person, yun.file(**THEIRS))


@pytest.mark.database
async def test_an_open_case_learns_from_the_other_provinces_list_that_its_certificate_changed_and_waits_for_a_look(
    filing: tuple[Site, Person], yun: Yunze, clock: SettableClock
) -> None:
    site, person = filing
    await bring(person, yun.file(**THEIRS))
    send = f"/apply/{FILING}/check"
    yun.revoked = True
    await later(person, clock)
    await person.get(send)
    await person.post(send.replace("check", "submit"), {"key": person.hidden("key"), "truthful": "yes"})
    assert "已经被暂停、废止或者换过" in person.text, "it is looked at once more when it is sent"
    yun.revoked = False
    await later(person, clock)
    await person.get(send)
    await person.post(send.replace("check", "submit"), {"key": person.hidden("key"), "truthful": "yes"})
    case = (await site.cases.mine(HER)).items[0].case_id

    async def doubts() -> list[str]:
        await abroad.turn(site.cases.engine)
        return [one.change for one in (await site.cases.view(HER, case)).state.doubts]

    assert await doubts() == []
    yun.away = True
    clock.advance(hours=20)
    assert await doubts() == []
    clock.advance(hours=5)
    assert await doubts() == ["unknown"], "of what nobody can check nothing is believed for more than a day"
    yun.away = False
    clock.advance(hours=1)
    assert await doubts() == []
    yun.revoked = True
    clock.advance(hours=2)
    assert await doubts() == ["revoked"]
    letters = [event.letter for event in (await site.cases.view(HER, case)).loaded.events if event.letter]
    assert "您的居住证（云泽省）" in letters[-1].body.zh and "不会因此自动作罢" in letters[-1].body.zh


async def test_a_card_may_say_that_certificates_are_published_elsewhere_than_messages_go(
    yun: Yunze, clock: SettableClock
) -> None:
    card = card_for(yun.ring)
    inside = msgspec.structs.replace(card.member, node="https://exchange.yun.example")
    card = msgspec.structs.replace(card, member=inside, site=f"{YUN}/")
    assert (await NeighbourLists(clock, yun.fetch).check(card, PLACE)).holds
    assert b"site" not in msgspec.json.encode(card_for(yun.ring)), "a card of before stays readable everywhere"
