"""A wallet waits for a certificate not yet issued; its copies are bound to the keys it proved (OpenID4VCI 1.0 §9)."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey
from tests.vectors import VECTORS, needs
from tests.web.citizen import Person
from tests.web.test_case_pages import APPROVER, CLERK, act, submitted
from tests.web.wallet import PRE, Wallet

from tongban import certs
from tongban.base.clock import SettableClock
from tongban.base.ids import region_of
from tongban.certs import Revocation
from tongban.certs.credential import verify_credential
from tongban.certs.sdjwt import Request, parse
from tongban.certs.wallet import store
from tongban.certs.wallet.store import waiting
from tongban.web.site import Site

pytestmark = pytest.mark.database
HOLDER = "p-wangxiaoman"


class Ahead:
    """A case that is not decided, a wallet that was told of it, and what it was answered."""

    def __init__(self, person: Person, site: Site, case: str) -> None:
        self.person, self.site, self.case = person, site, case
        self.wallet = Wallet(person, site)
        self.token = self.transaction = ""

    async def offered(self) -> tuple[str, str]:
        await self.person.get(f"/cases/{self.case}/wallet")
        await self.person.post(f"/cases/{self.case}/wallet", {})
        link = re.search(r'href="(openid-credential-offer:[^"]*)"', self.person.page.text)
        digits = re.search(r"<b>(\d{6})</b>", self.person.page.text)
        assert link and digits, self.person.text
        made = json.loads(parse_qs(urlsplit(unescape(link[1])).query)["credential_offer"][0])
        assert made["credential_configuration_ids"] == ["residence-permit"]
        return made["grants"][PRE]["pre-authorized_code"], digits[1]

    async def ask(self, *keys: ECKey) -> httpx.Response:
        """Everything that a wallet does before it is told to wait."""
        answer = (await self.wallet.token(*await self.offered())).json()
        assert "expires_in" not in answer, "a wallet that is told five minutes would never come back"
        self.token = answer["access_token"]
        nonce = await self.wallet.nonce()
        proofs = [self.wallet.proof(nonce, key) for key in keys or (self.wallet.key,)]
        answer = await self.wallet.ask(self.token, *proofs)
        self.transaction = answer.json().get("transaction_id", "")
        return answer

    async def again(self, token: str | None = None, **changes: Any) -> httpx.Response:
        said = {"transaction_id": self.transaction} | changes
        headers = {"authorization": f"Bearer {self.token if token is None else token}"}
        return await self.wallet.http.post("/api/wallet/deferred", json=said, headers=headers)

    async def granted(self) -> None:
        await act(self.site, CLERK, self.case, "accept")
        await act(self.site, APPROVER, self.case, "grant")


@pytest.fixture
async def ahead(xiaoman: Person, site: Site) -> Ahead:
    return Ahead(xiaoman, site, await submitted(xiaoman))


async def test_a_wallet_is_told_to_wait_and_gets_the_certificate_once_it_is_issued(ahead: Ahead, site: Site):
    await ahead.person.get(f"/cases/{ahead.case}")
    assert f"/cases/{ahead.case}/wallet" in ahead.person.page.text
    first = await ahead.ask()
    assert first.status_code == 202 and first.headers["cache-control"] == "no-store"
    assert first.json().keys() == {"transaction_id", "interval"} and first.json()["interval"] > 0
    still = await ahead.again()
    assert (still.status_code, still.json()) == (202, first.json()), "the name of the transaction stays"
    await ahead.granted()
    done = await ahead.again()
    assert done.status_code == 200 and "transaction_id" not in done.json()
    ahead.wallet.held.append(parse(done.json()["credentials"][0]["credential"]))
    shown = ahead.wallet.present({"holder": {"name": True}, "certificate": True}, "counter", "n-1")
    found = verify_credential(shown.compact(), site.keys.public, site.clock(), request=Request("counter", "n-1"))
    assert found.valid and found.claims is not None, found.verdict
    (copy,) = await store.copies(site.db, HOLDER, str(found.claims["certificate"]))
    assert copy.holds_at(site.clock())
    over = await ahead.again()
    assert over.status_code == 401, "it was obtained, and the transaction with its token is over"


async def test_the_token_of_a_wallet_that_waits_outlives_the_five_minutes_of_any_other(
    ahead: Ahead, clock: SettableClock
):
    await ahead.ask()
    clock.advance(days=20)
    assert (await ahead.again()).status_code == 202
    await ahead.person.log_in()
    code, digits = await ahead.offered()
    token = (await ahead.wallet.token(code, digits)).json()["access_token"]
    clock.advance(minutes=5)
    late = await ahead.wallet.ask(token, ahead.wallet.proof(await ahead.wallet.nonce()))
    assert late.status_code == 401, "keys are proved within five minutes of the code, or not at all"


async def test_who_asks_after_the_decision_gets_it_at_once(ahead: Ahead):
    code, digits = await ahead.offered()
    await ahead.granted()
    token = (await ahead.wallet.token(code, digits)).json()["access_token"]
    answer = await ahead.wallet.ask(token, ahead.wallet.proof(await ahead.wallet.nonce()))
    assert answer.status_code == 200 and len(answer.json()["credentials"]) == 1
    await ahead.person.get(f"/cases/{ahead.case}")
    assert f"/cases/{ahead.case}/wallet" not in ahead.person.page.text, "the certificate has its own page now"
    assert (await ahead.person.post(f"/cases/{ahead.case}/wallet", {})).status_code in (403, 409)


async def test_a_wallet_waits_on_while_the_certificate_is_suspended(ahead: Ahead, site: Site):
    await ahead.ask()
    await ahead.granted()
    (one,) = await certs.store.for_case(site.db, region_of(ahead.case), ahead.case)
    async with site.db.transaction() as connection:
        await certs.store.suspend(connection, one.record.id, Revocation(at=site.clock(), by="x", reason="核对"))
    assert (await ahead.again()).status_code == 202
    async with site.db.transaction() as connection:
        await certs.store.restore(connection, one.record.id)
    assert (await ahead.again()).status_code == 200


async def test_a_case_that_ends_without_a_certificate_ends_the_waiting(ahead: Ahead, site: Site):
    await ahead.ask()
    await ahead.person.get(f"/cases/{ahead.case}/withdraw")
    fields = {name: ahead.person.hidden(name) for name in ("key", "version")}
    await ahead.person.post(f"/cases/{ahead.case}/withdraw", fields)
    answer = await ahead.again()
    assert (answer.status_code, answer.json()["error"]) == (400, "credential_request_denied")
    assert await waiting.waiting(site.db, HOLDER, ahead.case, site.clock()) == ()
    assert (await ahead.again()).status_code == 401


async def test_what_is_asked_wrongly_is_refused_with_the_word_of_the_standard(ahead: Ahead):
    await ahead.ask()
    wrong: dict[str, tuple[httpx.Response, int, str]] = {
        "another transaction": (await ahead.again(transaction_id="x" * 32), 400, "invalid_transaction_id"),
        "none": (await ahead.again(transaction_id=None), 400, "invalid_transaction_id"),
        "a number": (await ahead.again(transaction_id=1), 400, "invalid_transaction_id"),
        "another token": (await ahead.again(token="tbw_x"), 401, "invalid_token"),
        "no token": (await ahead.again(token=""), 401, "invalid_token"),
        "encryption": (await ahead.again(credential_response_encryption={}), 400, "invalid_encryption_parameters"),
        "the token for a certificate": (
            await ahead.wallet.ask(ahead.token, ahead.wallet.proof(await ahead.wallet.nonce())),
            401,
            "invalid_token",
        ),
    }
    for name, (answer, status, error) in wrong.items():
        assert (answer.status_code, answer.json()["error"]) == (status, error), name
    assert (await ahead.again()).status_code == 202, "none of them used it up"


async def test_the_keys_are_those_that_were_proved_and_each_gets_a_copy(ahead: Ahead, site: Site):
    keys = [ECKey.generate_key("P-256") for _ in range(2)]
    await ahead.ask(*keys)
    await ahead.granted()
    done = (await ahead.again(proofs={"jwt": ["x"]})).json()["credentials"]
    points: set[str] = set()
    for one in done:
        claims: Any = verify_credential(one["credential"], site.keys.public, site.clock()).claims
        points.add(claims["cnf"]["jwk"]["x"])
    assert len(done) == 2 and points == {str(key.as_dict(private=False)["x"]) for key in keys}


async def test_its_holder_takes_a_waiting_wallet_back_and_nobody_else_does(ahead: Ahead, site: Site):
    await ahead.ask()
    (one,) = await waiting.waiting(site.db, HOLDER, ahead.case, site.clock())
    await ahead.person.get(f"/cases/{ahead.case}/wallet")
    assert "哪些钱包在等" in ahead.person.text
    await ahead.person.post(f"/cases/{ahead.case}/wallets/{one.id}/end", {})
    assert "哪些钱包在等" not in ahead.person.text
    await ahead.granted()
    assert (await ahead.again()).status_code == 401
    await ahead.person.post("/logout")
    await ahead.person.log_in("p-liwen")
    for path in (f"/cases/{ahead.case}/wallet", f"/cases/{ahead.case}/wallets/{one.id}/end"):
        assert (await ahead.person.post(path, {})).status_code in (403, 404)


async def test_what_is_stored_opens_nothing_and_goes_when_it_is_over(ahead: Ahead, site: Site, clock: SettableClock):
    await ahead.ask()
    (row,) = await site.db.fetch("SELECT * FROM wallet_waiting")
    assert ahead.token not in str(tuple(row)) and ahead.transaction not in str(tuple(row))
    clock.advance(days=waiting.WAITS_FOR.days)
    assert (await ahead.again()).status_code == 401
    await waiting.sweep(site.db, site.clock() - timedelta(seconds=1))
    assert await site.db.fetchval("SELECT count(*) FROM wallet_waiting") == 1
    await waiting.sweep(site.db, site.clock())
    assert await site.db.fetchval("SELECT count(*) FROM wallet_waiting") == 0


@needs("openid4vci/deferred")
async def test_requests_and_answers_have_the_members_of_the_standards_examples(ahead: Ahead):
    """§8.3, §9.1 to §9.3, as they stand in the text."""
    text = {name: (VECTORS / "openid4vci" / "deferred" / f"{name}.txt").read_text() for name in EXAMPLES}
    head: dict[str, str] = {}
    theirs: dict[str, Any] = {}
    for name, whole in text.items():
        top, _, body = whole.replace("\r\n", "\n").partition("\n\n")
        head[name], theirs[name] = top, json.loads(body)
    first = await ahead.ask()
    assert first.json().keys() == theirs["deferred"].keys() and "202" in head["deferred"]
    assert theirs["request"].keys() == {"transaction_id"}
    assert (await ahead.again()).json().keys() == theirs["still"].keys() and "202" in head["still"]
    wrong = (await ahead.again(**theirs["request"])).json()
    assert wrong["error"] == theirs["error"]["error"] and "400" in head["error"]
    await ahead.granted()
    done = (await ahead.again()).json()
    assert done.keys() <= theirs["issued"].keys() and done["credentials"][0].keys() == {"credential"}


EXAMPLES = "deferred", "request", "issued", "still", "error"
