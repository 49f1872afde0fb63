"""A counter asks, a wallet or the portal answers, the clerk sees what was asked and nothing else (OpenID4VP 1.0)."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwe
from joserfc.jwk import ECKey
from tests.web.citizen import Person
from tests.web.test_case_pages import certified
from tests.web.test_tenants import Reader, in_post
from tests.web.wallet import ISSUER, Wallet

from tongban import certs
from tongban.base.clock import SettableClock
from tongban.base.keys import base64url, unbase64
from tongban.certs import showing
from tongban.certs.counter import store
from tongban.certs.sdjwt import SdJwt
from tongban.certs.wallet import store as wallets
from tongban.web.app import create
from tongban.web.site import Site

pytestmark = pytest.mark.database
ASKED = {"type": "residence-permit", "fields": ["holder", "现住址"], "service": "residence-permit"}
LESS = {"holder": {"name": True}}
NAME = {"holder": {"name": True}, "fields": {"现住址": True}}


@dataclass
class Counter:
    """A clerk at the desk, and what their page shows."""

    clerk: Reader
    site: Site
    id: str = ""
    client_id: str = ""
    link: str = ""
    claims: dict[str, Any] = field(default_factory=dict[str, Any])

    async def ask(self, **changes: Any) -> None:
        """Make a request, and read it as a wallet does."""
        made = await self.clerk("POST", "/desk/certificates", data={**ASKED, **changes})
        assert made.status_code == 303, made.text
        self.id = made.headers["location"].rpartition("/")[2]
        page = await self.page()
        found = re.search(r'wrap">(http[^<]*)<', page)
        assert found, page
        self.link = unescape(found[1])
        query = parse_qs(urlsplit(self.link).query)
        self.client_id = query["client_id"][0]
        answer = await self.clerk.http.get(urlsplit(query["request_uri"][0]).path)
        assert answer.headers["content-type"] == "application/oauth-authz-req+jwt"
        self.claims = json.loads(unbase64(answer.text.split(".")[1]))

    async def page(self) -> str:
        answer = await self.clerk("GET", f"/desk/certificates/{self.id}")
        assert answer.status_code == 200
        return answer.text

    async def told(self, shown: SdJwt | str, **changes: Any) -> httpx.Response:
        """An answer, encrypted and posted as the request says. `changes` are of what stands in it."""
        text = shown if isinstance(shown, str) else shown.compact()
        said = {"vp_token": {"certificate": [text]}, "state": self.claims["state"]} | changes
        return await self.posted(response=self.encrypted(json.dumps({k: v for k, v in said.items() if v})))

    def encrypted(self, said: str | bytes, enc: str = "A128GCM", **header: Any) -> str:
        """As a wallet encrypts to the key of the request."""
        (jwk,) = self.claims["client_metadata"]["jwks"]["keys"]
        head = {"alg": "ECDH-ES", "enc": enc, "kid": jwk["kid"]} | header
        return jwe.encrypt_compact({k: v for k, v in head.items() if v}, said, ECKey.import_key(jwk))

    async def posted(self, **fields: str) -> httpx.Response:
        path = urlsplit(str(self.claims["response_uri"])).path
        return await self.clerk.http.post(path, data=fields)


@pytest.fixture
async def number(xiaoman: Person, site: Site) -> str:
    return await certified(xiaoman, site)


@pytest.fixture
async def counter(site: Site, number: str) -> AsyncIterator[Counter]:
    transport = httpx.ASGITransport(app=create(site), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as http:
        yield Counter(await in_post(site, http, "990101", "police", "examiner"), site)


@pytest.fixture
async def wallet(xiaoman: Person, site: Site, number: str) -> Wallet:
    wallet = Wallet(xiaoman, site)
    await wallet.fetch(xiaoman, number)
    return wallet


async def test_the_clerk_sees_the_fields_asked_for_and_the_holder_sees_the_clerk(
    xiaoman: Person, site: Site, counter: Counter, wallet: Wallet, number: str
):
    await counter.ask()
    assert counter.claims["client_metadata"]["client_name"] and counter.claims["purpose"]
    found = await certs.store.get(site.db, number)
    assert found
    lines = {line.label.zh: line.value.zh for line in showing.lines(found.record)}
    more = {**NAME, "certificate": True}
    answer = await counter.told(wallet.present(more, counter.client_id, counter.claims["nonce"]))
    assert answer.status_code == 200, answer.text
    page = await counter.page()
    assert "王小满" in page and lines["现住址"] in page and "持证人本人出示" in page
    assert number not in page, "what a wallet sends beyond the question is not kept"
    (kept,) = await site.db.fetch("SELECT answer FROM certificate_request")
    assert "王小满" not in kept["answer"]
    await xiaoman.get("/my-data")
    assert "持证人" in xiaoman.text
    await xiaoman.get(f"/certificates/{number}/show")
    asked = await store.get(site.db, counter.id, site.clock())
    assert asked
    body = site.directory.body(asked.body).name.zh
    assert body in xiaoman.text and "已看：" in xiaoman.text
    await xiaoman.get(answer.json()["redirect_uri"].removeprefix(ISSUER))
    assert body in xiaoman.text and "王小满" not in xiaoman.page.text.split("<main")[1]


async def test_what_was_shown_is_taken_away(site: Site, counter: Counter, wallet: Wallet, clock: SettableClock):
    await counter.ask()
    await counter.told(wallet.present(NAME, counter.client_id, counter.claims["nonce"]))
    clock.advance(minutes=31)
    counter.clerk = await in_post(site, counter.clerk.http, "990101", "police", "examiner")
    page = await counter.page()
    assert "王小满" not in page and "已经收走" in page
    await store.sweep(site.db, site.clock())
    (kept,) = await site.db.fetch("SELECT holder, answer FROM certificate_request")
    assert tuple(kept) == (None, None)


async def test_the_portal_answers_without_a_wallet(xiaoman: Person, site: Site, counter: Counter, number: str):
    await counter.ask()
    path = counter.link.removeprefix(ISSUER)
    await xiaoman.get(path)
    assert "居住证" in xiaoman.text and "王小满" in xiaoman.text and "同意，出示给窗口" in xiaoman.text
    fields = {"asked": counter.id, "client_id": counter.client_id, "certificate": number, "answer": "yes"}
    await xiaoman.post("/wallet", fields)
    assert "已经出示了" in xiaoman.text
    page = await counter.page()
    assert "王小满" in page and number not in page
    again = await xiaoman.get(path)
    assert again.status_code == 410
    rows = await wallets.copies(site.db, "p-wangxiaoman", number)
    assert rows == (), "the key of one answer is kept nowhere"


async def test_no_is_an_answer_and_shows_nothing(xiaoman: Person, counter: Counter, number: str):
    await counter.ask()
    await xiaoman.get(counter.link.removeprefix(ISSUER))
    await xiaoman.post("/wallet", {"asked": counter.id, "client_id": counter.client_id, "answer": "no"})
    assert "没有出示" in xiaoman.text
    page = await counter.page()
    assert "对方没有出示" in page and "王小满" not in page
    await counter.ask()
    declined = await counter.posted(error="access_denied", state=counter.claims["state"])
    assert declined.status_code == 200 and "对方没有出示" in await counter.page()


async def test_who_is_not_logged_in_is_asked_to_and_comes_back(anyone: Person, counter: Counter):
    await counter.ask()
    await anyone.get("/me")
    await anyone.post("/logout")
    page = await anyone.get(counter.link.removeprefix(ISSUER))
    assert page.status_code == 401 and "王小满" not in page.text.split("<main")[1].split("form")[0]
    assert "request_uri" in anyone.hidden("next")


FOREIGN: list[dict[str, str]] = [
    {"request_uri": "", "client_id": ""},
    {"request_uri": "https://x.example/api/wallet/requests/aaaaaaaaaaaaaaaaaaaaaa"},
    {"request_uri": "http://localhost@x.example/api/wallet/requests/aaaaaaaaaaaaaaaaaaaaaa"},
    {"request_uri": "http://localhost/api/wallet/requests/../../leave"},
    {"request_uri": "http://localhost/api/wallet/requests/aaaaaaaaaaaaaaaaaaaaaa"},
    {"client_id": "x509_hash:other"},
]


async def test_the_portal_answers_our_counters_only(xiaoman: Person, counter: Counter):
    await counter.ask()
    # A wallet's own nonce comes back signed; what is no nonce does not.
    path = f"/api/wallet/requests/{counter.id}"
    answer = await counter.clerk.http.post(path, data={"wallet_nonce": "w-1"})
    assert json.loads(unbase64(answer.text.split(".")[1]))["wallet_nonce"] == "w-1"
    assert (await counter.clerk.http.post(path, data={"wallet_nonce": "<script>"})).status_code == 400
    ours = {name: values[0] for name, values in parse_qs(urlsplit(counter.link).query).items()}
    for query in FOREIGN:
        answer = await xiaoman.client.get("/wallet", params=ours | query)
        assert answer.status_code == 400 and "location" not in answer.headers, query


async def test_somebody_elses_certificate_cannot_be_shown(xiaoman: Person, counter: Counter, number: str):
    await xiaoman.post("/logout")
    await xiaoman.log_in("p-liwen")
    await counter.ask()
    await xiaoman.get(counter.link.removeprefix(ISSUER))
    fields = {"asked": counter.id, "client_id": counter.client_id, "certificate": number, "answer": "yes"}
    await xiaoman.post("/wallet", fields)
    assert "已经出示了" not in xiaoman.text and "王小满" not in await counter.page()


class Attack:
    """A request that waits, a wallet that could answer it, and what is sent instead."""

    def __init__(self, counter: Counter, wallet: Wallet) -> None:
        self.counter, self.wallet = counter, wallet
        self.nonce, self.audience = str(counter.claims["nonce"]), counter.client_id
        self.good = wallet.present(NAME, self.audience, self.nonce)

    async def sent(self, shown: SdJwt | str, **changes: Any) -> tuple[int, str]:
        return self.said(await self.counter.told(shown, **changes))

    async def raw(self, **fields: str) -> tuple[int, str]:
        return self.said(await self.counter.posted(**fields))

    async def opened(self, said: Any, **how: Any) -> tuple[int, str]:
        """Encrypted as it is."""
        text = said if isinstance(said, str | bytes) else json.dumps(said)
        return await self.raw(response=self.counter.encrypted(text, **how))

    @staticmethod
    def said(answer: httpx.Response) -> tuple[int, str]:
        said = answer.json()
        found = re.search(r"\(([a-z-]+)\)$", said.get("error_description", ""))
        return answer.status_code, found[1] if found else said.get("error", "")

    def present(self, wanted: Any = NAME, audience: str = "", nonce: str = "", **how: Any) -> SdJwt:
        return self.wallet.present(wanted, audience or self.audience, nonce or self.nonce, **how)

    async def token(self, token: Any, **changes: Any) -> tuple[int, str]:
        return await self.sent(self.good, vp_token=token, **changes)

    def jwe(self, **how: Any) -> str:
        whole = {"vp_token": {"certificate": [self.good.compact()]}, "state": self.counter.claims["state"]}
        return self.counter.encrypted(json.dumps(whole), **how)

    def for_another(self) -> str:
        """Encrypted to a key of the attacker's under the name of ours."""
        key = ECKey.generate_key("P-256")
        (jwk,) = self.counter.claims["client_metadata"]["jwks"]["keys"]
        return jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A128GCM", "kid": jwk["kid"]}, "{}", key)

    def headed(self, **changes: Any) -> str:
        """The header changed after it was encrypted."""
        head, *rest = self.jwe().split(".")
        changed = json.dumps(json.loads(unbase64(head)) | changes).encode()
        return ".".join((base64url(changed), *rest))

    def forged(self) -> SdJwt:
        head, payload, signature = self.good.jwts[0].split(".")
        changed = json.loads(unbase64(payload)) | {"vct": "urn:tongban:certificate:food-licence"}
        return SdJwt(
            jwts=(f"{head}.{base64url(json.dumps(changed).encode())}.{signature}",),
            disclosures=self.good.disclosures,
            binding=self.good.binding,
        )

    def fewer(self) -> SdJwt:
        return SdJwt(jwts=self.good.jwts, disclosures=self.good.disclosures[:1], binding=self.good.binding)

    def bare(self) -> SdJwt:
        return SdJwt(jwts=self.good.jwts, disclosures=self.good.disclosures)


THIEF = ECKey.generate_key("P-256")
Attacking = Callable[[Attack], Awaitable[tuple[int, str]]]
REFUSED: dict[str, tuple[Attacking, tuple[int, str]]] = {
    "an earlier nonce": (lambda a: a.sent(a.present(nonce="n-old")), (400, "wrong-nonce")),
    "shown to another counter": (lambda a: a.sent(a.present(audience="x509_hash:x")), (400, "wrong-audience")),
    "shown to our address": (lambda a: a.sent(a.present(audience=ISSUER)), (400, "wrong-audience")),
    "the client without its prefix": (
        lambda a: a.sent(a.present(audience=a.audience.partition(":")[2])),
        (400, "wrong-audience"),
    ),
    "by another key": (lambda a: a.sent(a.present(key=THIEF)), (400, "bad-signature")),
    "without the holder": (lambda a: a.sent(a.bare()), (400, "no-binding")),
    "fields taken out afterwards": (lambda a: a.sent(a.fewer()), (400, "other-presentation")),
    "fields that were asked left out": (lambda a: a.sent(a.present(LESS)), (400, "not-all-that-was-asked")),
    "signed an hour ago": (lambda a: a.sent(a.present(at=a.wallet.now() - 3600)), (400, "binding-stale")),
    "signed tomorrow": (lambda a: a.sent(a.present(at=a.wallet.now() + 86400)), (400, "binding-in-future")),
    "another kind of signature": (lambda a: a.sent(a.present(typ="JWT")), (400, "wrong-kind")),
    "the certificate altered": (lambda a: a.sent(a.forged()), (400, "bad-signature")),
    "no certificate": (lambda a: a.sent("x~y~z.z.z"), (400, "not-a-certificate")),
    "another part": (lambda a: a.token({"pid": [a.good.compact()]}), (400, "not-asked-for")),
    "a part more": (lambda a: a.token({"certificate": [a.good.compact()], "b": ["x~"]}), (400, "not-asked-for")),
    "two presentations": (lambda a: a.token({"certificate": [a.good.compact()] * 2}), (400, "not-asked-for")),
    "a bare text": (lambda a: a.token({"certificate": a.good.compact()}), (400, "bad-vp-token")),
    "a text for the token": (lambda a: a.token("x"), (400, "bad-vp-token")),
    "no token": (lambda a: a.token(None), (400, "bad-vp-token")),
    "another state": (lambda a: a.sent(a.good, state="s"), (404, "invalid_request")),
    "no state": (lambda a: a.sent(a.good, state=""), (404, "invalid_request")),
    "an error in another state": (lambda a: a.raw(error="access_denied", state="s"), (404, "invalid_request")),
    "an answer and an error": (lambda a: a.raw(response=a.jwe(), error="access_denied"), (400, "invalid_request")),
    "neither": (lambda a: a.raw(state="s"), (400, "invalid_request")),
    "in clear": (
        lambda a: a.raw(vp_token=json.dumps({"certificate": [a.good.compact()]}), state=a.counter.claims["state"]),
        (400, "not-encrypted"),
    ),
    "in clear and encrypted": (lambda a: a.raw(response=a.jwe(), vp_token="{}"), (400, "invalid_request")),
    "encrypted to another key": (lambda a: a.raw(response=a.for_another()), (400, "bad-encryption")),
    "under another key's name": (lambda a: a.raw(response=a.jwe(kid="k")), (400, "bad-encryption")),
    "without a key's name": (lambda a: a.raw(response=a.jwe(kid="")), (400, "bad-encryption")),
    "by an algorithm that was not offered": (
        lambda a: a.raw(response=a.jwe(enc="A128CBC-HS256")),
        (400, "bad-encryption"),
    ),
    "with a key that was wrapped": (lambda a: a.raw(response=a.jwe(alg="ECDH-ES+A128KW")), (400, "bad-encryption")),
    "packed": (lambda a: a.raw(response=a.jwe(zip="DEF")), (400, "bad-encryption")),
    "its header changed": (lambda a: a.raw(response=a.headed(apu="eA")), (400, "bad-encryption")),
    "a demand for other processing": (lambda a: a.raw(response=a.headed(crit=["exp"])), (400, "bad-encryption")),
    "a point that is on no curve": (
        lambda a: a.raw(response=a.headed(epk={"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"})),
        (400, "bad-encryption"),
    ),
    "a key that is none": (lambda a: a.raw(response=a.headed(epk="x")), (400, "bad-encryption")),
    "its last letters cut": (lambda a: a.raw(response=a.jwe()[:-4]), (400, "bad-encryption")),
    "four parts": (lambda a: a.raw(response=a.jwe().rpartition(".")[0]), (400, "bad-encryption")),
    "signed and not encrypted": (lambda a: a.raw(response=a.good.jwts[0]), (400, "bad-encryption")),
    "no JSON in it": (lambda a: a.opened("x"), (400, "bad-encryption")),
    "a list in it": (lambda a: a.opened("[]"), (400, "bad-vp-token")),
    "a member twice": (lambda a: a.opened('{"state":"s","state":"t"}'), (400, "bad-encryption")),
    "as long as a book": (lambda a: a.opened("x" * 140_000), (400, "too-large")),
}  # fmt: skip


async def test_each_forged_answer_is_refused_for_its_own_reason_and_shows_the_clerk_nothing(
    counter: Counter, wallet: Wallet
):
    said: dict[str, Any] = {}
    for start in range(0, len(REFUSED), 8):  # ten refusals end a request
        await counter.ask()
        attack = Attack(counter, wallet)
        for name, (do, _) in list(REFUSED.items())[start : start + 8]:
            said[name] = await do(attack)
        assert "王小满" not in await counter.page()
    assert said == {name: wanted for name, (_, wanted) in REFUSED.items()}
    assert (await counter.told(Attack(counter, wallet).good)).status_code == 200, "none of them used the request up"


async def test_an_answer_is_good_once_and_for_one_request(counter: Counter, wallet: Wallet):
    await counter.ask()
    shown = Attack(counter, wallet).good
    assert (await counter.told(shown)).status_code == 200
    assert (await counter.told(shown)).status_code == 410
    await counter.ask()
    fresh = Attack(counter, wallet).good
    both = await asyncio.gather(counter.told(fresh), counter.told(fresh))
    assert sorted(one.status_code for one in both) == [200, 410], "also when it comes twice in one moment"
    await counter.ask()
    replayed = await counter.told(shown)
    assert replayed.status_code == 400 and "wrong-nonce" in replayed.text
    assert "不是对这一次请求的出示" in await counter.page()


async def test_a_request_ends_in_five_minutes_with_ten_refusals_or_when_the_clerk_takes_it_back(
    counter: Counter, wallet: Wallet, clock: SettableClock
):
    await counter.ask()
    shown = Attack(counter, wallet).good
    clock.advance(minutes=5)
    assert (await counter.told(shown)).status_code == 410
    assert (await counter.clerk.http.get(f"/api/wallet/requests/{counter.id}")).status_code == 404
    await counter.ask()
    await counter.clerk("POST", f"/desk/certificates/{counter.id}/end")
    assert (await counter.told(Attack(counter, wallet).good)).status_code == 410
    await counter.ask()
    attack = Attack(counter, wallet)
    for _ in range(10):
        await counter.told("x")
    assert (await counter.told(attack.good)).status_code == 410


async def test_what_is_suspended_taken_back_unbound_or_of_another_type_shows_nothing(
    xiaoman: Person, site: Site, counter: Counter, wallet: Wallet, number: str
):
    await counter.ask()
    async with site.db.transaction() as connection:
        act = certs.store.Revocation(at=site.clock(), by="examiner", reason="核查")
        await certs.store.suspend(connection, number, act)
    assert "suspended" in (await counter.told(Attack(counter, wallet).good)).text
    async with site.db.transaction() as connection:
        await certs.store.restore(connection, number)
    (copy,) = await wallets.copies(site.db, "p-wangxiaoman", number)
    await xiaoman.get(f"/certificates/{number}/wallet")
    await xiaoman.post(f"/certificates/{number}/wallets/{copy.id}/end", {})
    assert "已收回" in xiaoman.text
    assert "copy-ended" in (await counter.told(Attack(counter, wallet).good)).text
    await site.db.execute("DELETE FROM wallet_key")
    await counter.ask()
    assert "copy-unknown" in (await counter.told(Attack(counter, wallet).good)).text
    await counter.ask(type="social-security-card", fields=["holder"])
    shown = wallet.present({"holder": {"name": True}}, counter.client_id, counter.claims["nonce"])
    assert "not-asked-for" in (await counter.told(shown)).text


async def test_only_the_clerk_who_asked_sees_what_was_shown(site: Site, counter: Counter, wallet: Wallet):
    await counter.ask()
    await counter.told(Attack(counter, wallet).good)
    for place in (("990102", "police", "examiner"), ("990101", "police", "approver"), ("990101", "hr", "examiner")):
        other = await in_post(site, counter.clerk.http, *place)
        assert (await other("GET", f"/desk/certificates/{counter.id}")).status_code == 404
        assert (await other("POST", f"/desk/certificates/{counter.id}/end")).status_code == 404
    assert "王小满" in await counter.page()


UNFIT: list[dict[str, Any]] = [
    {"fields": []},
    {"fields": ["salary"]},
    {"service": "food-licence"},
    {"service": ""},
    {"type": "crown"},
]


async def test_a_clerk_asks_only_for_what_there_is_and_for_what_their_body_does(counter: Counter):
    for changes in UNFIT:
        answer = await counter.clerk("POST", "/desk/certificates", data={**ASKED, **changes})
        assert answer.status_code == 422, changes
    assert await counter.site.db.fetchval("SELECT count(*) FROM certificate_request") == 0
