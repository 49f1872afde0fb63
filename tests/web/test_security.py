"""What the pages refuse, and how they say it."""

import json
import logging
import re

import httpx
import pytest
from tests.web.citizen import HTML, XIAOMAN, Person, let_stand

from tongban.web.limits import PER_MINUTE, Limited
from tongban.web.site import Site


async def test_a_form_without_its_token_is_not_carried_out(xiaoman: Person):
    page = await xiaoman.client.post("/logout", data={}, headers=HTML)
    assert page.status_code == 403 and "没有执行" in page.text
    assert (await xiaoman.get("/cases")).status_code == 200


async def test_a_token_of_another_session_is_refused(xiaoman: Person, site: Site):
    from tongban.web import csrf

    foreign = csrf.token(site.secret, "another session")
    page = await xiaoman.client.post("/logout", data={"csrf": foreign}, headers=HTML)
    assert page.status_code == 403


async def test_log_in_itself_needs_the_token_of_the_page(anyone: Person):
    page = await anyone.client.post("/login", data={"person": XIAOMAN}, headers=HTML)
    assert page.status_code == 403


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
async def test_a_request_from_another_site_is_refused(xiaoman: Person, headers: dict[str, str]):
    await xiaoman.get("/me")
    fields = {"csrf": xiaoman.hidden("csrf")}
    page = await xiaoman.client.post("/logout", data=fields, headers={**HTML, **headers})
    assert page.status_code == 403 and "别的网站" in page.text


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "localhost:80@evil.example"])
async def test_the_site_answers_only_to_its_own_names(anyone: Person, host: str):
    page = await anyone.client.get("/help", headers={**HTML, "host": host})
    assert page.status_code == 400


async def test_logging_in_makes_a_new_session_and_logging_out_ends_it(anyone: Person):
    await anyone.log_in()
    first = anyone.client.cookies["session"]
    await anyone.get("/me")
    await anyone.post("/logout")
    anyone.client.cookies.set("session", first)
    page = await anyone.client.get("/cases", headers=HTML)
    assert page.status_code == 303 and page.headers["location"] == "/login?next=/cases"
    anyone.client.cookies.clear()
    await anyone.log_in()
    assert anyone.client.cookies["session"] != first


async def test_nobody_is_sent_away_after_logging_in(anyone: Person):
    await anyone.get("/login?next=//evil.example/x")
    assert anyone.hidden("next") == "/"
    fields = {"csrf": anyone.hidden("csrf"), "person": XIAOMAN, "next": "https://evil.example"}
    page = await anyone.client.post("/login", data=fields, headers=HTML)
    assert page.headers["location"] == "/"


async def test_every_answer_carries_the_headers_that_protect_it(anyone: Person):
    for path in ("/", "/nope", "/cases", "/health/live"):
        headers = (await anyone.client.get(path, headers=HTML)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
        assert headers["x-request-id"]


async def test_cookies_cannot_be_read_by_scripts_nor_sent_from_other_sites(anyone: Person):
    page = await anyone.client.get("/", headers=HTML)
    for line in page.headers.get_list("set-cookie"):
        assert "HttpOnly" in line and "SameSite=Lax" in line and "Path=/" in line


async def test_pages_of_a_person_are_not_kept_by_the_browser(xiaoman: Person):
    assert (await xiaoman.get("/cases")).headers["cache-control"] == "no-store"
    token = xiaoman.client.cookies["session"]
    xiaoman.client.cookies.clear()
    answer = await xiaoman.client.get("/api/v1/cases", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nope", 404, "没有这个页面"),
        ("DELETE", "/services", 405, "不能这样用"),
        ("GET", "/services/no-such-service", 404, "没有“no-such-service”这个事项"),
        ("GET", "/cases/../etc", 404, "没有"),
        ("GET", "/static/../app.py", 404, "没有"),
    ],
)
async def test_an_error_is_a_page_with_a_sentence_what_to_do_and_a_number(
    anyone: Person, method: str, path: str, status: int, words: str
):
    page = await anyone.client.request(method, path, headers=HTML)
    assert page.status_code == status and words in page.text
    assert page.headers["x-request-id"] in page.text and "12345" in page.text
    assert "Traceback" not in page.text


async def test_a_program_gets_a_problem_document_in_its_language(anyone: Person):
    answer = await anyone.client.get("/nope", headers={"accept": "application/json", "accept-language": "en"})
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["status"] == 404 and answer.json()["code"] == "not-found"
    assert "no such page" in answer.json()["detail"]


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(xiaoman: Person):
    await xiaoman.get("/me")
    big = {"csrf": xiaoman.hidden("csrf"), "text": "字" * 100_000}
    announced = {"content-type": "application/x-www-form-urlencoded", "content-length": "99999999"}
    page = await xiaoman.client.post("/verify", content=b"x", headers={**HTML, **announced})
    assert page.status_code == 413
    page = await xiaoman.client.post("/logout", data=big, headers=HTML)
    assert page.status_code == 413 and "太大" in page.text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"\xff\xfe=\x00&" * 50),
        ("application/x-www-form-urlencoded", b"a=1&" * 5_000),
        ("application/x-www-form-urlencoded", b"csrf=%00%ff%ed%a0%80"),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("multipart/form-data", b"--x"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\ncontent-disposition: form-data; name="csrf"\r\n\r\n\xff\xff\r\n--x--',
        ),
        ("application/json", b"{"),
        ("text/plain; charset=nonsense", b"\xff"),
    ],
)
async def test_no_form_however_broken_gives_a_500(anyone: Person, kind: str, body: bytes):
    for path in ("/login", "/verify", "/logout", "/apply/residence-permit/submit"):
        page = await anyone.client.post(path, content=body, headers={**HTML, "content-type": kind})
        assert 400 <= page.status_code < 500, (path, page.status_code)


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=%ff%fe", "/search?q=%00", "/search?q=" + "字" * 500, "/services?theme=%00", "/verify?c=%00&h=x",
        "/verify?c=" + "1" * 300, "/?lang=%00", "/services/%00", "/services/%2e%2e", "/cases?after=%00",
    ],
)  # fmt: skip
async def test_no_address_however_odd_gives_a_500(xiaoman: Person, path: str):
    page = await xiaoman.client.get(path, headers=HTML)
    assert page.status_code < 500, page.status_code


@pytest.mark.parametrize(
    "path",
    ["/cases?after=nonsense", "/certificates?after=e30", "/inbox?after=%5B%5D", "/my-data?after=x", "/cases/x",
     "/cases/990101-261103-XXXXXXXX", "/certificates/1.2.3", "/cases/%00/receipt"],
)  # fmt: skip
async def test_a_made_up_number_or_cursor_is_refused_in_a_sentence(xiaoman: Person, path: str):
    page = await xiaoman.client.get(path, headers=HTML)
    assert page.status_code in (400, 404), page.status_code


async def test_a_ten_thousand_row_paste_is_refused_by_name_and_the_rest_is_kept(xiaoman: Person):
    await xiaoman.get("/services/residence-permit/start")
    await xiaoman.post("/services/residence-permit/start", {"region": "990101", "lookups": "yes"})
    await let_stand(xiaoman)
    await xiaoman.get("/apply/residence-permit/q/lives_at")
    page = await xiaoman.post("/apply/residence-permit/q/lives_at", {"lives_at": "东街\n" * 10_000})
    assert page.status_code in (413, 422) and ("太长" in page.text or "太大" in page.text or "最多" in page.text)
    assert (await xiaoman.get("/apply/residence-permit")).status_code == 200


async def test_markup_in_an_answer_stays_text(xiaoman: Person):
    await xiaoman.get("/services/residence-permit/start")
    await xiaoman.post("/services/residence-permit/start", {"region": "990101", "lookups": "yes"})
    await let_stand(xiaoman)
    await xiaoman.get("/apply/residence-permit/q/lives_at")
    await xiaoman.post("/apply/residence-permit/q/lives_at", {"lives_at": "<script>alert(1)</script>\"'"})
    for path in ("/apply/residence-permit/q/lives_at", "/apply/residence-permit/check"):
        page = await xiaoman.get(path)
        assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text
    assert "<script>alert" not in (await xiaoman.get("/search?q=<script>alert(1)</script>")).text


async def test_too_many_tries_are_told_when_to_come_back(anyone: Person):
    for _ in range(PER_MINUTE[Limited.VERIFY]):
        await anyone.client.get("/verify?c=1.2.3&h=x", headers=HTML)
    page = await anyone.client.get("/verify?c=1.2.3&h=x", headers=HTML)
    assert page.status_code == 429 and int(page.headers["retry-after"]) <= 60 and "秒再试" in page.text


async def test_static_files_are_named_by_their_content_and_nothing_else_is_served(anyone: Person):
    page = await anyone.get("/")
    names = re.findall(r'"(/static/[^"#]+)', page.text)
    assert {name.rsplit(".", 1)[1] for name in names} >= {"css", "js", "svg"}
    for name in names:
        file = await anyone.client.get(name)
        assert file.status_code == 200 and "immutable" in file.headers["cache-control"]
        old = re.sub(r"\.[0-9a-f]{10}\.", ".0000000000.", name)
        assert (await anyone.client.get(old)).status_code == 404


async def test_ready_means_that_the_database_answers(anyone: Person, site: Site):
    assert (await anyone.client.get("/health/ready")).status_code == 200
    assert (await anyone.client.get("/health/live")).json() == {"status": "ok"}


async def test_an_unexpected_mistake_is_a_page_without_a_trace_and_a_log_line_without_a_person(
    anyone: Person, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken(*_: object) -> int:
        raise ValueError("身份证号码990201199405120527")

    monkeypatch.setattr(type(site.limits), "spend", broken)
    written: list[str] = []
    monkeypatch.setattr(site.log, "_write", written.append)
    with caplog.at_level(logging.DEBUG):
        page = await anyone.client.get("/search?q=x", headers=HTML)
    assert page.status_code == 500 and "您填的内容都在" in page.text
    assert "990201" not in page.text and "ValueError" not in page.text
    assert "990201" not in "".join(written) and "990201" not in caplog.text
    assert any(json.loads(line).get("error") == "ValueError" for line in written)


async def test_cookies_over_https_are_secure_and_bound_to_the_host(site: Site):
    from msgspec.structs import replace as change

    from tongban.web.app import create
    from tongban.web.site import Site as SiteType

    values = {name: getattr(site, name) for name in SiteType.__slots__}
    values["settings"] = change(site.settings, public_url="https://gov.example")
    transport = httpx.ASGITransport(app=create(SiteType(**values)))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="https://gov.example") as client:
        page = await client.get("/", headers=HTML)
    assert "strict-transport-security" in page.headers
    for line in page.headers.get_list("set-cookie"):
        assert line.startswith("__Host-") and "Secure" in line
