"""A certificate goes to the wallet of its holder, bound to the wallet's key; and to nobody else's (OpenID4VCI 1.0)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey
from tests.web.citizen import Person
from tests.web.test_case_pages import certified
from tests.web.wallet import ISSUER, PRE, Wallet, offered

from tongban import certs
from tongban.base.clock import SettableClock
from tongban.base.database.pool import unavailable
from tongban.base.errors import Refused
from tongban.base.keys import unbase64
from tongban.certs.credential import verify_credential
from tongban.certs.sdjwt import Request
from tongban.certs.wallet import store
from tongban.certs.wallet.proof import Nonces
from tongban.web.site import Site
from tongban.web.wallets.issuing import copy_until, not_bound

pytestmark = pytest.mark.database


@pytest.fixture
async def number(xiaoman: Person, site: Site) -> str:
    """A certificate of 王小满's."""
    return await certified(xiaoman, site)


@pytest.fixture
def wallet(xiaoman: Person, site: Site) -> Wallet:
    return Wallet(xiaoman, site)


async def test_what_a_wallet_reads_first(wallet: Wallet):
    said = (await wallet.http.get("/.well-known/openid-credential-issuer")).json()
    assert said["credential_issuer"] == ISSUER
    permit = said["credential_configurations_supported"]["residence-permit"]
    assert permit["format"] == "dc+sd-jwt" and permit["vct"] == "urn:tongban:certificate:residence-permit"
    assert ["fields", "现住址"] in [claim["path"] for claim in permit["credential_metadata"]["claims"]]
    server = (await wallet.http.get("/.well-known/oauth-authorization-server")).json()
    assert PRE in server["grant_types_supported"] and server["pre-authorized_grant_anonymous_access_supported"]
    keys = (await wallet.http.get("/.well-known/jwt-vc-issuer")).json()
    assert keys["issuer"] == ISSUER and keys["jwks"]["keys"] and "d" not in keys["jwks"]["keys"][0]


async def test_the_holder_gets_it_bound_to_the_key_of_the_wallet(
    xiaoman: Person, site: Site, wallet: Wallet, number: str
):
    await wallet.fetch(xiaoman, number)
    shown = wallet.present({"holder": {"name": True}, "certificate": True}, "counter", "n-1")
    request = Request("counter", "n-1")
    outcome = verify_credential(shown.compact(), site.keys.public, site.clock(), request=request)
    assert outcome.valid and outcome.claims is not None, outcome.verdict
    assert outcome.claims["certificate"] == number and outcome.claims["holder"] == {"name": "王小满"}
    assert outcome.claims["fields"] == {}, "what was not chosen is not shown"
    stolen = wallet.present({}, "counter", "n-1", key=ECKey.generate_key("P-256"))
    assert not verify_credential(stolen.compact(), site.keys.public, site.clock(), request=request).valid
    await xiaoman.get(f"/certificates/{number}/wallet")
    assert "存进去的时间" in xiaoman.text and "能用到" in xiaoman.text


async def test_a_copy_ends_by_itself_and_never_outlives_the_certificate(
    xiaoman: Person, site: Site, wallet: Wallet, number: str, clock: SettableClock
):
    held = await wallet.fetch(xiaoman, number)
    claims = json.loads(unbase64(held.jwts[0].split(".")[1]))
    assert claims["exp"] == wallet.now() + 90 * 86400
    found = await certs.store.get(site.db, number)
    assert found and found.record.valid_until
    after = datetime.combine(found.record.valid_until + timedelta(days=1), time(), found.record.issued_at.tzinfo)
    assert copy_until(found, after - timedelta(days=9)) == after
    clock.advance(days=91)
    shown = wallet.present({}, "counter", "n-1")
    assert verify_credential(shown.compact(), site.keys.public, site.clock()).fault is certs.Fault.EXPIRED


async def test_several_keys_get_a_copy_each(xiaoman: Person, wallet: Wallet, number: str):
    token = (await wallet.token(*await offered(xiaoman, number))).json()["access_token"]
    nonce, keys = await wallet.nonce(), [ECKey.generate_key("P-256") for _ in range(3)]
    answer = await wallet.ask(token, *(wallet.proof(nonce, key) for key in keys))
    copies = [one["credential"] for one in answer.json()["credentials"]]
    assert len({copy.split("~")[0] for copy in copies}) == 3
    for count, status in ((5, 200), (5, 200), (5, 200), (5, 400), (2, 200)):
        token = (await wallet.token(*await offered(xiaoman, number))).json()["access_token"]
        nonce = await wallet.nonce()
        answer = await wallet.ask(token, *(wallet.proof(nonce, ECKey.generate_key("P-256")) for _ in range(count)))
        assert answer.status_code == status, answer.text
    await xiaoman.get(f"/certificates/{number}/wallet")
    assert (await xiaoman.post(f"/certificates/{number}/wallet", {})).status_code == 409, "twenty are enough"


async def test_digits_can_be_guessed_five_times(xiaoman: Person, wallet: Wallet, number: str):
    code, digits = await offered(xiaoman, number)
    wrong = [f"{(int(digits) + n) % 10**6:06d}" for n in range(1, 6)]
    for guess in wrong:
        answer = await wallet.token(code, guess)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert (await wallet.token(code, digits)).json()["error"] == "invalid_grant", "the right ones come too late"


TOKENS: dict[str, tuple[dict[str, str], str]] = {
    "no digits": ({"tx_code": ""}, "invalid_request"),
    "no code": ({"pre-authorized_code": ""}, "invalid_request"),
    "a code made up": ({"pre-authorized_code": "x" * 43}, "invalid_grant"),
    "another grant": ({"grant_type": "password"}, "invalid_client"),
}


async def test_no_token_for_less_than_code_and_digits(xiaoman: Person, wallet: Wallet, number: str):
    code, digits = await offered(xiaoman, number)
    for name, (changes, error) in TOKENS.items():
        fields = {"grant_type": PRE, "pre-authorized_code": code, "tx_code": digits} | changes
        answer = await wallet.http.post("/api/oauth/token", data={k: v for k, v in fields.items() if v})
        assert (answer.status_code, answer.json()["error"]) == (400, error), name
        assert answer.headers["cache-control"] == "no-store"


async def test_codes_and_tokens_run_out_a_new_code_ends_the_old_and_a_second_use_what_it_gave(
    xiaoman: Person, wallet: Wallet, number: str, clock: SettableClock
):
    first = await offered(xiaoman, number)
    second = await offered(xiaoman, number)
    assert (await wallet.token(*first)).json()["error"] == "invalid_grant"
    token = (await wallet.token(*second)).json()["access_token"]
    clock.advance(minutes=6)
    assert (await wallet.ask(token, wallet.proof(await wallet.nonce()))).status_code == 401
    third = await offered(xiaoman, number)
    clock.advance(minutes=11)
    assert (await wallet.token(*third)).json()["error"] == "invalid_grant"
    code, digits = await offered(xiaoman, number)
    token = (await wallet.token(code, digits)).json()["access_token"]
    assert (await wallet.token(code, digits)).json()["error"] == "invalid_grant"
    answer = await wallet.ask(token, wallet.proof(await wallet.nonce()))
    assert answer.status_code == 401 and answer.json()["error"] == "invalid_token"


async def test_of_two_in_the_same_moment_one_gets_it(xiaoman: Person, wallet: Wallet, number: str):
    code, digits = await offered(xiaoman, number)
    twice = await asyncio.gather(wallet.token(code, digits), wallet.token(code, digits))
    (given,) = [one.json()["access_token"] for one in twice if one.status_code == 200]
    assert (await wallet.ask(given, wallet.proof(await wallet.nonce()))).status_code == 401, "a second use ended it"
    token = (await wallet.token(*await offered(xiaoman, number))).json()["access_token"]
    keys = [wallet.proof(await wallet.nonce(), ECKey.generate_key("P-256")) for _ in range(2)]
    answers = await asyncio.gather(*(wallet.ask(token, proof) for proof in keys))
    assert sorted(one.status_code for one in answers) == [200, 401]
    db, now = wallet.site.db, wallet.site.clock()

    async def another() -> None:
        async with db.transaction() as connection:
            await store.offer(connection, "p-wangxiaoman", number, now)

    await asyncio.gather(*(another() for _ in range(4)))
    assert await db.fetchval("SELECT count(*) FROM wallet_offer WHERE ended_at IS NULL") == 1


class Attack:
    """What is sent to the credential endpoint instead of what should be."""

    def __init__(self, wallet: Wallet, token: str, nonce: str) -> None:
        self.wallet, self.token, self.nonce = wallet, token, nonce

    async def proofs(self, *jwts: str, **more: Any) -> tuple[int, str]:
        answer = await self.wallet.ask(self.token, *jwts, **more)
        return answer.status_code, answer.json()["error"]

    async def raw(self, body: str, kind: str = "application/json", token: str | None = None) -> tuple[int, str]:
        headers = {"authorization": f"Bearer {token or self.token}", "content-type": kind}
        answer = await self.wallet.http.post("/api/wallet/credential", content=body, headers=headers)
        return answer.status_code, answer.json()["error"]

    async def bare(self, address: str) -> tuple[int, str]:
        answer = await self.wallet.http.post(address, json={})
        assert answer.headers["www-authenticate"].startswith("Bearer")
        return answer.status_code, answer.json()["error"]

    def good(self, **claims: Any) -> str:
        return self.wallet.proof(self.nonce, **claims)


STRANGER = Nonces(b"x" * 32)
Attacking = Callable[[Attack], Awaitable[tuple[int, str]]]
ATTACKS: dict[str, tuple[Attacking, tuple[int, str]]] = {
    "no proof": (lambda a: a.proofs(), (400, "invalid_proof")),
    "proofs left out": (lambda a: a.proofs(proofs=None), (400, "invalid_proof")),
    "another kind of proof": (lambda a: a.proofs(proofs={"di_vp": [{}]}), (400, "invalid_proof")),
    "two kinds of proof": (lambda a: a.proofs(proofs={"jwt": [a.good()], "di_vp": [{}]}), (400, "invalid_proof")),
    "a proof that is no text": (lambda a: a.proofs(proofs={"jwt": [1]}), (400, "invalid_proof")),
    "a nonce of another issuer": (
        lambda a: a.proofs(a.wallet.proof(STRANGER.make(a.wallet.site.clock()))),
        (400, "invalid_nonce"),
    ),
    "a nonce made up": (lambda a: a.proofs(a.wallet.proof("n-1")), (400, "invalid_nonce")),
    "a proof for another issuer": (lambda a: a.proofs(a.good(aud="https://x.example")), (400, "invalid_proof")),
    "an old proof": (lambda a: a.proofs(a.good(iat=a.wallet.now() - 3600)), (400, "invalid_proof")),
    "one good proof and one bad": (
        lambda a: a.proofs(a.good(), a.wallet.proof("n-1", ECKey.generate_key("P-256"))),
        (400, "invalid_nonce"),
    ),
    "the same key twice": (lambda a: a.proofs(a.good(), a.good()), (400, "invalid_proof")),
    "six keys": (lambda a: a.proofs(*[a.good()] * 6), (400, "invalid_credential_request")),
    "an unknown type": (lambda a: a.proofs(a.good(), kind="crown"), (400, "unknown_credential_configuration")),
    "a type that it is not for": (lambda a: a.proofs(a.good(), kind="food-licence"), (403, "insufficient_scope")),
    "an identifier that nobody gave": (
        lambda a: a.proofs(a.good(), kind=None, credential_configuration_id=None, credential_identifier="x"),
        (400, "unknown_credential_identifier"),
    ),
    "both ways of naming it": (
        lambda a: a.proofs(a.good(), credential_identifier="x"),
        (400, "invalid_credential_request"),
    ),
    "an encrypted answer": (
        lambda a: a.proofs(a.good(), credential_response_encryption={}),
        (400, "invalid_encryption_parameters"),
    ),
    "a member twice": (lambda a: a.raw('{"proofs":{},"proofs":{}}'), (400, "invalid_credential_request")),
    "no JSON": (lambda a: a.raw("x"), (400, "invalid_credential_request")),
    "a list": (lambda a: a.raw("[]"), (400, "invalid_credential_request")),
    "a form": (lambda a: a.raw("a=1", "application/x-www-form-urlencoded"), (400, "invalid_credential_request")),
    "a token made up": (lambda a: a.raw("{}", token="tbw_x"), (401, "invalid_token")),
    "no token": (lambda a: a.bare("/api/wallet/credential"), (401, "invalid_token")),
    "the token in the address": (
        lambda a: a.bare(f"/api/wallet/credential?access_token={a.token}"),
        (401, "invalid_token"),
    ),
}  # fmt: skip


async def test_each_attack_is_refused_with_the_word_of_the_standard_and_uses_nothing_up(
    xiaoman: Person, wallet: Wallet, number: str
):
    token = (await wallet.token(*await offered(xiaoman, number))).json()["access_token"]
    attack = Attack(wallet, token, await wallet.nonce())
    said = {name: await do(attack) for name, (do, _) in ATTACKS.items()}
    assert said == {name: wanted for name, (_, wanted) in ATTACKS.items()}
    answer = await wallet.ask(token, attack.good())
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"


async def test_token_nonce_and_key_are_good_once(xiaoman: Person, wallet: Wallet, number: str):
    token = (await wallet.token(*await offered(xiaoman, number))).json()["access_token"]
    nonce = await wallet.nonce()
    assert (await wallet.ask(token, wallet.proof(nonce))).status_code == 200
    again = await wallet.ask(token, wallet.proof(await wallet.nonce(), ECKey.generate_key("P-256")))
    assert again.status_code == 401
    token = (await wallet.token(*await offered(xiaoman, number))).json()["access_token"]
    replayed = await wallet.ask(token, wallet.proof(nonce, ECKey.generate_key("P-256")))
    assert replayed.json()["error"] == "invalid_nonce"
    same_key = await wallet.ask(token, wallet.proof(await wallet.nonce()))
    assert same_key.json()["error"] == "invalid_proof" and "key-twice" in same_key.json()["error_description"]


async def test_a_suspended_certificate_goes_into_no_wallet(xiaoman: Person, site: Site, wallet: Wallet, number: str):
    token = (await wallet.token(*await offered(xiaoman, number))).json()["access_token"]
    async with site.db.transaction() as connection:
        act = certs.store.Revocation(at=site.clock(), by="examiner", reason="核查")
        await certs.store.suspend(connection, number, act)
    answer = await wallet.ask(token, wallet.proof(await wallet.nonce()))
    assert answer.json()["error"] == "credential_request_denied"
    await xiaoman.get("/me")
    await xiaoman.post(f"/certificates/{number}/wallet", {})
    assert "现在不能放进钱包" in xiaoman.text and "openid-credential-offer" not in xiaoman.page.text


def test_a_database_that_is_away_is_not_told_to_a_wallet_as_a_refusal():
    away = not_bound(unavailable())
    assert isinstance(away, Refused) and away.status == 503


async def test_nobody_else_gets_a_code_for_it(xiaoman: Person, site: Site, wallet: Wallet, number: str):
    await xiaoman.post("/logout")
    await xiaoman.log_in("p-liwen")
    assert (await xiaoman.get(f"/certificates/{number}/wallet")).status_code == 404
    assert (await xiaoman.post(f"/certificates/{number}/wallet", {})).status_code in (403, 404)
    rows = await site.db.fetch("SELECT 1 FROM wallet_offer WHERE certificate = $1", number)
    assert rows == []


async def test_what_is_stored_opens_nothing_and_a_token_opens_no_other_door(
    xiaoman: Person, site: Site, wallet: Wallet, number: str
):
    code, digits = await offered(xiaoman, number)
    token = (await wallet.token(code, digits)).json()["access_token"]
    (row,) = await site.db.fetch("SELECT code, proof, token, certificate FROM wallet_offer")
    kept = str(tuple(row))
    assert code not in kept and token not in kept and digits not in kept
    await store.sweep(site.db, site.clock())
    assert await store.opened(site.db, token, site.clock())
    for path in ("/api/v1/cases", "/api/v1/certificates"):
        assert (await wallet.http.get(path, headers={"authorization": f"Bearer {token}"})).status_code == 401


async def test_a_copy_is_forgotten_three_years_after_it_was_over_and_no_day_sooner(
    xiaoman: Person, site: Site, wallet: Wallet, number: str
):
    """个人信息保护法 19 against 政务数据共享条例 29: as long as lines of use are kept, and not longer."""
    await wallet.fetch(xiaoman, number)
    (taken_back,) = await store.copies(site.db, "p-wangxiaoman", number)
    await store.end(site.db, "p-wangxiaoman", taken_back.id, site.clock())
    await Wallet(xiaoman, site).fetch(xiaoman, number)

    async def left(at: datetime) -> set[str]:
        await store.sweep(site.db, at)
        return {one.id for one in await store.copies(site.db, "p-wangxiaoman", number)}

    both = {one.id for one in await store.copies(site.db, "p-wangxiaoman", number)}
    ended = site.clock() + store.USE_KEPT
    assert await left(ended - timedelta(days=1)) == both
    later = both - {taken_back.id}
    assert await left(ended) == later, "from the day on which its holder took it back"
    assert await left(ended + store.COPY_FOR - timedelta(days=1)) == later
    assert await left(ended + store.COPY_FOR) == set(), "or from the day on which its time ran out"
