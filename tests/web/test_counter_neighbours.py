"""A certificate of another province at our counter counts only while its issuer's own list says that it holds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx
import pytest
from tests.certs.demo_certificate import record
from tests.web.citizen import Person
from tests.web.test_counter_asks import ASKED, NAME, Counter
from tests.web.test_neighbour_status import LIST, PLACE, YUN, Yunze, card_for
from tests.web.test_tenants import in_post
from tests.web.wallet import ISSUER, Wallet

from tongban.base.clock import SettableClock
from tongban.base.keys import KeyRing
from tongban.certs.credential import credential_claims, issue_credential
from tongban.certs.sdjwt import parse
from tongban.certs.statuslist import StatusPlace
from tongban.sharing.channel import neighbours
from tongban.web.app import create
from tongban.web.neighbour_lists import NeighbourLists
from tongban.web.site import Site

pytestmark = pytest.mark.database


@dataclass
class Visitors:
    """A counter of ours, the other province, and a wallet with a certificate of that province in it."""

    counter: Counter
    yun: Yunze
    wallet: Wallet

    def give(self, ring: KeyRing | None = None, place: StatusPlace | None = PLACE) -> None:
        """A certificate into the wallet, by the other province unless `ring` says otherwise."""
        now = self.yun.clock()
        one = record(issued_at=now.replace(microsecond=0), valid_from=now.date(), valid_until=None)
        jwk = {name: str(value) for name, value in self.wallet.key.as_dict(private=False).items()}
        claims = credential_claims(one, issuer=YUN, holder=jwk, status=place)
        self.wallet.held.append(parse(issue_credential(claims, ring or self.yun.ring, now)))

    async def shown(self) -> str:
        """What the wallet is told after it has shown name and address at the counter: the reason, or nothing."""
        await self.counter.ask()
        made = self.wallet.present(NAME, self.counter.client_id, self.counter.claims["nonce"])
        answer = await self.counter.told(made)
        return "" if answer.status_code == 200 else answer.json()["error_description"].rpartition("(")[2].rstrip(")")


@pytest.fixture
async def visitors(
    xiaoman: Person, site: Site, clock: SettableClock, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Visitors]:
    yun = Yunze(tmp_path_factory.mktemp("yun"), clock)
    neighbours.write(site.settings.data_dir / neighbours.OWN, card_for(site.keys, "LJ/GOV/119900000099000169/portal"))
    neighbours.write(site.settings.data_dir / neighbours.BESIDE / "yun.json", card_for(yun.ring))
    there = replace(site, lists=NeighbourLists(clock, yun.fetch))
    transport = httpx.ASGITransport(app=create(there), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as http:
        clerk = await in_post(there, http, "990101", "police", "examiner")
        found = Visitors(Counter(clerk, there), yun, Wallet(xiaoman, there))
        found.give()
        yield found


async def test_a_neighbours_certificate_shows_what_was_asked_while_its_list_says_that_it_holds(visitors: Visitors):
    assert await visitors.shown() == ""
    page = await visitors.counter.page()
    assert "王小明" in page and "云泽省" in page and "外地发的" in page, "the clerk sees who issued it"
    assert LIST in visitors.yun.asked
    db = visitors.counter.site.db
    (kept,) = await db.fetch("SELECT holder, answer FROM certificate_request WHERE answer IS NOT NULL")
    assert kept["holder"].startswith("wallet:") and "王小明" not in kept["answer"]
    (line,) = await db.fetch("SELECT fields FROM shared_access WHERE person = $1", kept["holder"])
    assert list(line["fields"]) == ASKED["fields"], "who looked stands in the record, though its holder is unknown here"


async def test_what_the_list_does_not_vouch_for_shows_nothing(visitors: Visitors, clock: SettableClock):
    visitors.yun.revoked = True
    assert await visitors.shown() == "revoked"
    visitors.yun.away = True
    clock.advance(hours=2)
    visitors.counter.clerk = await in_post(
        visitors.counter.site, visitors.counter.clerk.http, "990101", "police", "examiner"
    )
    assert await visitors.shown() == "status-list-unreachable", "who cannot be asked has not said that it holds"
    visitors.yun.away = False
    visitors.give(place=None)
    assert await visitors.shown() == "no-status-place"
    visitors.give(place=StatusPlace(idx=1, uri="https://elsewhere.example/status/0"))
    assert await visitors.shown() == "status-list-of-another"
    assert "王小明" not in await visitors.counter.page()


async def test_an_issuer_whose_card_is_not_here_is_a_stranger(
    visitors: Visitors, tmp_path_factory: pytest.TempPathFactory, clock: SettableClock
):
    visitors.give(KeyRing.open(tmp_path_factory.mktemp("stranger"), clock()))
    assert await visitors.shown() == "unknown-key"
