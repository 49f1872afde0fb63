"""Log-in through an identity provider, against a small provider on loopback that can also lie."""

import base64
import hashlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from tongban.base.clock import SettableClock
from tongban.base.config import Oidc
from tongban.base.database import Database
from tongban.base.errors import Refused
from tongban.org import RealName, demo, store
from tongban.org.oidc import OidcClient, sign_in

pytestmark = pytest.mark.database
CALLBACK = "https://portal.example/login/oidc"
NUMBER = "990101198002290011"


class Provider(ThreadingHTTPServer):
    """An identity provider: `claims` and `header` change what its tokens say."""

    def __init__(self, clock: SettableClock) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.clock = clock
        self.key = ECKey.generate_key("P-256", {"kid": "k1"}, private=True)
        self.published = [self.key]
        self.claims: dict[str, Any] = {"sub": "s-1", "name": "测试人", "id_number": NUMBER, "acr": "3"}
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "k1"}
        self.sign_with: Any = self.key
        self.challenges: dict[str, tuple[str, str]] = {}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def consent(self, address: str) -> tuple[str, str]:
        """What the browser brings back after the person agreed: code and state."""
        asked = {name: values[0] for name, values in parse_qs(urlparse(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == CALLBACK
        code = f"code-{len(self.challenges)}"
        self.challenges[code] = (asked["code_challenge"], asked["nonce"])
        return code, asked["state"]

    def token(self, code: str, verifier: str) -> str | None:
        """The id_token for a code, once, if the verifier fits its challenge (RFC 7636)."""
        challenge, nonce = self.challenges.pop(code, ("", ""))
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if digest != challenge:
            return None
        now = int(self.clock().timestamp())
        claims = {"iss": self.issuer, "aud": "tongban", "iat": now, "exp": now + 300, "nonce": nonce, **self.claims}
        return jwt.encode(self.header, {k: v for k, v in claims.items() if v is not None}, self.sign_with)


class _Answers(BaseHTTPRequestHandler):
    @property
    def provider(self) -> Provider:
        assert isinstance(self.server, Provider)
        return self.server

    def do_GET(self) -> None:
        base = self.provider.issuer
        if self.path == "/.well-known/openid-configuration":
            self._send(
                {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/authorize",
                    "token_endpoint": f"{base}/token",
                    "jwks_uri": f"{base}/keys",
                }
            )
        elif self.path == "/keys":
            self._send({"keys": [key.as_dict(private=False) for key in self.provider.published]})
        else:
            self._send({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        token = self.provider.token(form["code"], form["code_verifier"])
        if token is None:
            self._send({"error": "invalid_grant"}, 400)
        else:
            self._send({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _send(self, answer: object, status: int = 200) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet."""


@pytest.fixture
def provider(clock: SettableClock) -> Iterator[Provider]:
    server = Provider(clock)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
async def client(provider: Provider) -> AsyncIterator[OidcClient]:
    settings = Oidc(issuer=provider.issuer, client_id="tongban", client_secret="s")
    async with OidcClient(settings, CALLBACK) as client:
        yield client


async def come_back(client: OidcClient, provider: Provider, db: Database, clock: SettableClock) -> Any:
    address = await client.start(db, "browser", "/cases", clock())
    code, state = provider.consent(address)
    return await client.finish(db, "browser", state=state, code=code, now=clock())


async def test_a_person_logs_in_and_comes_back_to_their_page(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock
):
    identity, back_to = await come_back(client, provider, db, clock)
    assert back_to == "/cases"
    assert (identity.subject, identity.name, identity.id_number, identity.level) == (
        "s-1",
        "测试人",
        NUMBER,
        RealName.FACE,
    )
    person = await sign_in(db, identity)
    assert (person.name, person.level, person.sex) == ("测试人", 3, "male")
    assert str(person.birth_date) == "1980-02-29"
    assert (await sign_in(db, identity)).id == person.id


@pytest.mark.parametrize(
    ("claims", "level"),
    [
        ({"acr": "4"}, RealName.BOUND),
        ({"acr": "2"}, RealName.CHECKED),
        ({"acr": None}, RealName.PHONE),
        ({"acr": "9"}, RealName.PHONE),
        ({"acr": "4", "id_number": None, "phone_number": "15400000001"}, RealName.PHONE),
        ({"acr": "4", "id_number": "990101198002290012"}, RealName.ANONYMOUS),
    ],
)
async def test_a_real_name_level_is_never_above_what_the_claims_bear_out(
    client: OidcClient,
    provider: Provider,
    db: Database,
    clock: SettableClock,
    claims: dict[str, Any],
    level: RealName,
):
    provider.claims |= claims
    identity, _ = await come_back(client, provider, db, clock)
    assert identity.level == level


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another-client"},
        {"aud": ["tongban", "another-client"]},
        {"nonce": "replayed"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
    ],
    ids=lambda claims: ",".join(f"{k}={v}" for k, v in claims.items()),
)
async def test_a_token_that_is_not_for_this_log_in_is_refused(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock, claims: dict[str, Any]
):
    provider.claims |= claims
    with pytest.raises(Refused) as refused:
        await come_back(client, provider, db, clock)
    assert refused.value.code == "login-refused"


async def test_a_token_signed_by_another_key_is_refused(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock
):
    provider.sign_with = ECKey.generate_key("P-256", {"kid": "k1"}, private=True)
    with pytest.raises(Refused) as refused:
        await come_back(client, provider, db, clock)
    assert refused.value.code == "login-refused"


async def test_the_token_does_not_choose_its_algorithm(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock
):
    provider.header = {"alg": "HS256", "kid": "k1"}
    provider.sign_with = OctKey.import_key("the public key, taken for a shared secret")
    with pytest.raises(Refused) as refused:
        await come_back(client, provider, db, clock)
    assert refused.value.code == "login-refused"


async def test_a_provider_may_change_its_keys(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock
):
    await come_back(client, provider, db, clock)
    provider.key = ECKey.generate_key("P-256", {"kid": "k2"}, private=True)
    provider.published, provider.sign_with = [provider.key], provider.key
    provider.header = {"alg": "ES256", "kid": "k2"}
    identity, _ = await come_back(client, provider, db, clock)
    assert identity.subject == "s-1"


async def test_a_log_in_comes_back_once_in_time_and_to_the_same_browser(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock
):
    async def unknown(browser: str, state: str) -> bool:
        with pytest.raises(Refused) as refused:
            await client.finish(db, browser, state=state, code="code-0", now=clock())
        return refused.value.code == "login-attempt-unknown"

    _, state = provider.consent(await client.start(db, "browser", "/", clock()))
    assert await unknown("another browser", state)
    assert await unknown("browser", state), "a state is spent by the first try"
    assert await unknown("browser", "made up")
    _, state = provider.consent(await client.start(db, "browser", "/", clock()))
    clock.advance(minutes=10)
    assert await unknown("browser", state)


async def test_an_answer_that_names_another_issuer_is_refused(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock
):
    code, state = provider.consent(await client.start(db, "browser", "/", clock()))
    with pytest.raises(Refused) as refused:
        await client.finish(db, "browser", state=state, code=code, now=clock(), issuer="https://other.example")
    assert refused.value.code == "login-refused"


async def test_a_stolen_code_is_worth_nothing_without_the_verifier(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock
):
    stolen, _ = provider.consent(await client.start(db, "victim", "/", clock()))
    _, state = provider.consent(await client.start(db, "thief", "/", clock()))
    with pytest.raises(Refused) as refused:
        await client.finish(db, "thief", state=state, code=stolen, now=clock())
    assert refused.value.code == "login-refused"


async def test_a_provider_that_is_away_is_said_and_nothing_breaks(db: Database, clock: SettableClock):
    async with OidcClient(Oidc(issuer="http://127.0.0.1:9", client_id="tongban"), CALLBACK) as client:
        with pytest.raises(Refused) as refused:
            await client.start(db, "browser", "/", clock())
    assert (refused.value.code, refused.value.status) == ("identity-provider-unavailable", 503)


async def test_somebody_already_known_by_number_is_the_same_person(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock
):
    await demo.seed(db)
    known = next(p for p in demo.citizens() if p.id == "p-heqing")
    provider.claims |= {"name": known.name, "id_number": known.id_number, "acr": "3"}
    identity, _ = await come_back(client, provider, db, clock)
    person = await sign_in(db, identity)
    assert (person.id, person.level) == (known.id, 3)


async def test_an_unchecked_number_gives_nobody_another_s_account(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock
):
    await demo.seed(db)
    known = next(p for p in demo.citizens() if p.id == "p-heqing")
    provider.claims |= {"id_number": known.id_number, "acr": "1"}
    identity, _ = await come_back(client, provider, db, clock)
    stranger = await sign_in(db, identity)
    assert stranger.id != known.id
    assert stranger.id_number == ""
    provider.claims |= {"acr": "2"}
    identity, _ = await come_back(client, provider, db, clock)
    assert (await sign_in(db, identity)).id == known.id
    assert await store.person_with_number(db, "") is None


async def test_a_checked_name_replaces_one_that_nobody_checked_and_stays(
    client: OidcClient, provider: Provider, db: Database, clock: SettableClock
):
    provider.claims |= {"name": "叫着玩的名字", "acr": "1"}
    identity, _ = await come_back(client, provider, db, clock)
    unchecked = await sign_in(db, identity)
    assert unchecked.name == "叫着玩的名字"
    for name, level in (("测试人", "3"), ("又一个名字", "3"), ("又一个名字", "1")):
        provider.claims |= {"name": name, "acr": level}
        identity, _ = await come_back(client, provider, db, clock)
        person = await sign_in(db, identity)
        assert (person.id, person.name) == (unchecked.id, "测试人")
