"""A program acts for a person only as far as they said, and no longer; nobody else can use what it holds."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
import pytest
from tests.web.citizen import Person
from tests.web.test_case_pages import asked_to_correct

from tongban.base.clock import SettableClock
from tongban.base.errors import Refused
from tongban.base.i18n import Text
from tongban.base.jws import opened
from tongban.org.apps import EXAMPLE, App, Scope
from tongban.web.apps.embed import MESSAGE, Said
from tongban.web.site import Site

ISSUER = "http://localhost"
REDIRECT = f"{ISSUER}/example-app"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def asked(**changes: str) -> str:
    fields = {
        "response_type": "code",
        "client_id": EXAMPLE,
        "redirect_uri": REDIRECT,
        "scope": "read apply pages",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "state": "s t&1",
    }
    return f"/oauth/authorize?{urlencode(fields | changes)}"


def led_to(page: httpx.Response) -> dict[str, str]:
    """What the page that leads back tells the program."""
    found = re.search(r'content="0;url=([^"]*)"', page.text)
    assert found, page.text
    query = urlsplit(unescape(found[1])).query
    return {name: values[0] for name, values in parse_qs(query).items()}


async def code_for(person: Person, **changes: str) -> str:
    await person.get(asked(**changes))
    fields = {name: person.hidden(name) for name in ("client_id", "redirect_uri", "scope", "code_challenge", "state")}
    fixed = {"response_type": "code", "code_challenge_method": "S256", "answer": "yes"}
    told = led_to(await person.post("/oauth/authorize", fields | fixed))
    assert (told["state"], told["iss"]) == ("s t&1", ISSUER)
    return told["code"]


async def token(person: Person, **fields: str) -> httpx.Response:
    """The program asks by itself, without anybody's cookies."""
    transport = person.client._transport  # type: ignore[reportPrivateUsage]
    async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as program:
        return await program.post("/api/oauth/token", data={"client_id": EXAMPLE, **fields})


async def redeemed(person: Person, made: str, **changes: str) -> httpx.Response:
    fields = {
        "grant_type": "authorization_code",
        "code": made,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    return await token(person, **(fields | changes))


async def call(person: Person, access: str, path: str, body: object = None) -> httpx.Response:
    transport = person.client._transport  # type: ignore[reportPrivateUsage]
    headers = {"authorization": f"Bearer {access}"}
    async with httpx.AsyncClient(transport=transport, base_url=ISSUER, headers=headers) as program:
        if body is None:
            return await program.get(f"/api/v1{path}")
        return await program.post(f"/api/v1{path}", json=body)


async def connected(person: Person, **changes: str) -> dict[str, str]:
    answer = await redeemed(person, await code_for(person, **changes))
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def test_a_person_is_asked_in_words_and_the_program_then_sees_their_cases(site: Site, xiaoman: Person):
    page = await xiaoman.get(asked())
    assert "掌上岚江" in page.text and "看您的办件" in page.text and "王" in page.text
    tokens = await connected(xiaoman)
    case = await asked_to_correct(xiaoman, site)
    listed = (await call(xiaoman, tokens["access_token"], "/cases")).json()["items"]
    assert [item["case"] for item in listed] == [case]


async def test_who_is_not_logged_in_logs_in_first_and_is_then_asked(anyone: Person):
    page = await anyone.get(asked())
    assert page.status_code == 401 and "/oauth/authorize?" in unescape(page.text)


async def test_a_no_is_told_to_the_program_and_nothing_is_given(xiaoman: Person):
    await xiaoman.get(asked())
    fields = {name: xiaoman.hidden(name) for name in ("client_id", "redirect_uri", "scope", "code_challenge", "state")}
    fixed = {"response_type": "code", "code_challenge_method": "S256", "answer": "no"}
    assert led_to(await xiaoman.post("/oauth/authorize", fields | fixed))["error"] == "access_denied"
    assert "掌上岚江" not in (await xiaoman.get("/my-apps")).text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "read everything"}, "invalid_scope"),
    ],
)
async def test_a_request_that_is_not_as_prescribed_goes_back_to_the_program(
    xiaoman: Person, changes: dict[str, str], error: str
):
    assert led_to(await xiaoman.get(asked(**changes)))["error"] == error


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": f"{REDIRECT}/x"},
        {"redirect_uri": f"{REDIRECT}#x"},
    ],
)
async def test_nobody_is_led_to_an_address_that_is_not_registered(xiaoman: Person, changes: dict[str, str]):
    page = await xiaoman.get(asked(**changes))
    assert page.status_code == 400 and "http-equiv" not in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": f"{ISSUER}/other"},
        {"code": "tbc_" + "x" * 43},
    ],
)
async def test_a_code_is_worth_nothing_without_the_verifier_and_the_address_it_was_made_for(
    xiaoman: Person, changes: dict[str, str]
):
    answer = await redeemed(xiaoman, await code_for(xiaoman), **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_code_that_comes_twice_ends_what_the_first_brought(xiaoman: Person):
    code = await code_for(xiaoman)
    first = (await redeemed(xiaoman, code)).json()
    assert (await redeemed(xiaoman, code)).json()["error"] == "invalid_grant"
    assert (await call(xiaoman, first["access_token"], "/inbox")).status_code == 401


async def test_a_code_lives_a_minute_and_an_access_token_a_quarter_of_an_hour(xiaoman: Person, clock: SettableClock):
    code = await code_for(xiaoman)
    clock.advance(seconds=61)
    assert (await redeemed(xiaoman, code)).json()["error"] == "invalid_grant"
    tokens = await connected(xiaoman)
    clock.advance(minutes=15)
    assert (await call(xiaoman, tokens["access_token"], "/inbox")).status_code == 401


async def test_a_refresh_token_is_used_once_and_a_copy_of_it_ends_everything(xiaoman: Person):
    tokens = await connected(xiaoman)
    renewed = (await token(xiaoman, grant_type="refresh_token", refresh_token=tokens["refresh_token"])).json()
    assert (await call(xiaoman, renewed["access_token"], "/inbox")).status_code == 200
    copied = await token(xiaoman, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert copied.json()["error"] == "invalid_grant"
    assert (await call(xiaoman, renewed["access_token"], "/inbox")).status_code == 401
    again = await token(xiaoman, grant_type="refresh_token", refresh_token=renewed["refresh_token"])
    assert again.json()["error"] == "invalid_grant"


async def test_a_program_does_no_more_than_the_person_allowed(xiaoman: Person):
    tokens = await connected(xiaoman, scope="read")
    access = tokens["access_token"]
    assert (await call(xiaoman, access, "/cases")).status_code == 200
    refused = await call(xiaoman, access, "/services/residence-permit/assess", {"facts": {}})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
    refused = await call(xiaoman, access, "/web-view", {"page": "/services"})
    assert refused.json()["code"] == "scope-missing"


async def test_the_person_ends_it_and_it_holds_at_once(xiaoman: Person):
    tokens = await connected(xiaoman)
    page = await xiaoman.get("/my-apps")
    assert "掌上岚江" in page.text
    await xiaoman.post("/my-apps/end", {"grant": xiaoman.hidden("grant")})
    assert "已断开" in xiaoman.text and "您没有连接任何应用" in xiaoman.text
    assert (await call(xiaoman, tokens["access_token"], "/inbox")).status_code == 401
    renewed = await token(xiaoman, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert renewed.json()["error"] == "invalid_grant"


async def test_nobody_ends_what_somebody_else_allowed(xiaoman: Person):
    await connected(xiaoman)
    await xiaoman.get("/my-apps")
    grant = xiaoman.hidden("grant")
    await xiaoman.log_in("p-sunhao@@")
    await xiaoman.get("/my-apps")
    page = await xiaoman.post("/my-apps/end", {"grant": grant, "csrf": await _csrf(xiaoman)})
    assert page.status_code == 404
    await xiaoman.log_in()
    assert "掌上岚江" in (await xiaoman.get("/my-apps")).text


async def _csrf(person: Person) -> str:
    await person.get("/me")
    return person.hidden("csrf")


async def test_a_page_opens_inside_the_program_once_after_a_tap_and_leads_back_with_a_signed_message(
    site: Site, xiaoman: Person, anyone: Person
):
    access = (await connected(xiaoman))["access_token"]
    way = (await call(xiaoman, access, "/web-view", {"page": "/services/residence-permit/start"})).json()["address"]
    xiaoman.client.cookies.clear()  # the web view is a browser of its own
    await xiaoman.get(way.removeprefix(ISSUER))
    page = await xiaoman.post("/enter", {"ticket": xiaoman.hidden("ticket")})
    assert page.url.path == "/services/residence-permit/start" and "回到应用" in page.text
    back = await xiaoman.get("/leave?from=/services/residence-permit/start")
    found = re.search(r'content="0;url=([^"#]*)#message=([^"]*)"', back.text)
    assert found and unescape(found[1]) == REDIRECT
    payload = opened(found[2], MESSAGE, site.keys.public.get, site.clock())
    said = msgspec.json.decode(payload, type=Said)
    assert (said.iss, said.aud, said.page) == (ISSUER, EXAMPLE, "/services/residence-permit/start")
    published = (await call(xiaoman, access, "/web-view/keys")).json()["keys"]
    assert {key["kid"] for key in published} <= set(site.keys.public)
    await xiaoman.get(way.removeprefix(ISSUER))
    again = await xiaoman.post("/enter", {"ticket": xiaoman.hidden("ticket")})
    assert again.status_code == 410


async def test_a_page_that_was_opened_in_a_program_closes_when_the_program_is_ended(site: Site, xiaoman: Person):
    access = (await connected(xiaoman))["access_token"]
    mine = dict(xiaoman.client.cookies)
    way = (await call(xiaoman, access, "/web-view", {"page": "/cases"})).json()["address"]
    xiaoman.client.cookies.clear()
    await xiaoman.get(way.removeprefix(ISSUER))
    await xiaoman.post("/enter", {"ticket": xiaoman.hidden("ticket")})
    inside = dict(xiaoman.client.cookies)
    xiaoman.client.cookies = httpx.Cookies(mine)
    await xiaoman.get("/my-apps")
    await xiaoman.post("/my-apps/end", {"grant": xiaoman.hidden("grant")})
    xiaoman.client.cookies = httpx.Cookies(inside)
    await xiaoman.get("/cases")
    assert "您的登录已经到期" in xiaoman.text


@pytest.mark.parametrize("page", ["/desk", "/console", "/api/v1/me", "//elsewhere.example", "/oauth/authorize"])
async def test_only_pages_for_people_open_inside_a_program(xiaoman: Person, page: str):
    access = (await connected(xiaoman))["access_token"]
    answer = await call(xiaoman, access, "/web-view", {"page": page})
    assert answer.status_code == 422


async def test_a_program_gets_no_post_of_an_official(anyone: Person):
    await anyone.get("/login")
    official = re.search(r'value="([^"]*@990101\.police\.examiner@)"', anyone.page.text)
    assert official
    await anyone.log_in(official[1])
    page = await anyone.get(asked())
    assert page.status_code == 401


def test_a_list_of_programs_with_an_address_that_others_could_listen_to_is_refused(site: Site):
    file = Path(site.settings.data_dir) / "apps.json"
    app = App(client="my-app", name=Text("甲", "A"), owner=Text("乙", "B"), redirects=("http://elsewhere.example/x",))
    file.write_bytes(msgspec.json.encode([app]))
    with pytest.raises(Refused) as refused:
        site.apps.find("my-app")
    assert refused.value.code == "apps-file-wrong"
    good = msgspec.structs.replace(
        app, redirects=("com.example.app:/back", "http://127.0.0.1:7000/back"), scopes=(Scope.READ,)
    )
    file.write_bytes(msgspec.json.encode([good]) + b"\n")
    assert site.apps.find("my-app") == good
