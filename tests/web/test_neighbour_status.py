"""A certificate of another province is called valid only while its issuer's own list, had and fresh, says so."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from tests.certs.demo_certificate import record
from tests.web.citizen import Person

from tongban.base.clock import SettableClock
from tongban.base.crypto import Suite
from tongban.base.i18n import Text
from tongban.base.keylist import published
from tongban.base.keys import KeyRing, Use
from tongban.certs import Certificate, Fault, data_file, sign
from tongban.certs.checks import Check
from tongban.certs.statuslist import StatusList, StatusPlace, index_in_list, issue_status_list
from tongban.certs.store import StoredCertificate
from tongban.sharing.channel import neighbours
from tongban.sharing.channel.neighbours import Card, card_of
from tongban.web.app import create
from tongban.web.neighbour_lists import KEYS_PATH, NeighbourLists
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

    def issued(self) -> Certificate:
        now = self.clock()
        return sign(record(issued_at=now.replace(microsecond=0), valid_from=now.date(), valid_until=None), self.ring)


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
