"""Bad input gets a sentence that names the place, and nothing is written."""

from typing import Any

import httpx
import pytest
from api_world import PDF, LogIn, Program, Written, problems

from tongban.base.clock import SettableClock

pytestmark = pytest.mark.database

PERMIT = "/services/residence-permit/assess"


def refused(answer: httpx.Response, status: int, code: str, place: str | None = None) -> None:
    """The right status and code, a problem document, and a sentence for people."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["code"] == code, document
    assert document["status"] == status
    assert document["type"] == f"urn:tongban:problem:{code}"
    assert document["instance"].endswith(answer.headers["x-request-id"])
    assert document["detail"]
    if place is not None:
        assert place in [one for _, one in problems(answer)], document["problems"]


# --- the request itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code", "place"),
    [
        (b'{"facts": {\n  "basis": nope}}', "malformed-json", "line 2, column 12"),
        ('{"事": 1,\n 二}'.encode(), "malformed-json", "line 2, column 2"),
        (b'{"facts": {"a": 1}', "malformed-json", "line 1, column 19"),
        (b'{"facts": {"a": "\xff"}}', "malformed-json", "line 1, column 18"),
        (b'{"facts": {}}x', "malformed-json", "line 1, column 14"),
        (b"[" * 100_000, "json-too-deep", "line 1, column 1"),
        (b" ", "body-missing", "line 1, column 1"),
        (b'{"facts": {"a": 1e999}}', "number-out-of-range", "facts"),
        (b'{"facts": {"basis": "a\\u0000b"}}', "wrong-character", "facts.basis"),
        (b"[]", "wrong-type", ""),
        (b"null", "wrong-type", ""),
    ],
)
async def test_json_that_is_none_is_told_its_line_and_column(
    nobody: Program, raw: bytes, code: str, place: str
) -> None:
    answer = await nobody("POST", PERMIT, content=raw, headers={"content-type": "application/json"})
    refused(answer, 400, code, place)


async def test_no_body_at_all_is_refused(nobody: Program) -> None:
    answer = await nobody("POST", PERMIT, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["problems"]


async def test_every_misfit_of_a_body_is_named_at_once(xiaoman: Program, written: Written) -> None:
    before = await written()
    body = {"service": 7, "facts": {"a": {"b": 1}}, "documents": {"x": "y"}, "colour": "red", "look_up": "yes"}
    answer = await xiaoman.send("/cases", body)
    refused(answer, 400, answer.json()["code"])
    assert {place for _, place in problems(answer)} >= {
        "service",
        "facts.a",
        "documents.x",
        "colour",
        "look_up",
        "region",
    }
    assert await written() == before


async def test_an_unknown_field_is_told_what_it_may_have_meant(nobody: Program) -> None:
    answer = await nobody.send(PERMIT, {"fact": {}})
    refused(answer, 400, "unknown-field", "fact")
    assert "facts" in answer.json()["detail"]


async def test_a_reason_is_in_the_language_of_the_reader(nobody: Program) -> None:
    chinese = await nobody("POST", PERMIT, json={"fact": {}}, headers={"accept-language": "zh-CN"})
    assert "是不是想写" in chinese.json()["detail"]
    english = await nobody("POST", PERMIT, json={"fact": {}}, headers={"accept-language": "en"})
    assert "did you mean" in english.json()["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_body_of_another_type_is_refused(nobody: Program, kind: str) -> None:
    answer = await nobody("POST", PERMIT, content=b'{"facts": {}}', headers={"content-type": kind})
    refused(answer, 415, "wrong-content-type", "Content-Type")


async def test_a_body_that_is_too_large_is_refused_unread(xiaoman: Program, written: Written) -> None:
    before = await written()
    answer = await xiaoman.send("/cases", xiaoman.application(lives_at="长" * 200_000))
    refused(answer, 413, "too-large")
    assert await written() == before


async def test_a_list_of_ten_thousand_items_is_refused(xiaoman: Program, written: Written) -> None:
    before = await written()
    body = xiaoman.application() | {"documents": {"employment": ["x"] * 10_000}}
    refused(await xiaoman.send("/cases", body), 400, "out-of-bounds", "documents.employment")
    many = {f"fact_{n}": n for n in range(10_000)}
    refused(await xiaoman.send(PERMIT, {"facts": many}), 400, "out-of-bounds", "facts")
    assert await written() == before


async def test_addresses_that_are_none_are_problem_documents_too(http: httpx.AsyncClient, nobody: Program) -> None:
    refused(await http.get("/api/v1/nothing"), 404, "not-found")
    refused(await http.get("/api/v2/services"), 404, "not-found")
    refused(await http.get("/api/v1/services/%07"), 404, "not-found")
    answer = await nobody("DELETE", "/services")
    refused(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("theme=gardening", "theme"),
        (f"q={'长' * 201}", "q"),
    ],
)
async def test_a_parameter_that_does_not_fit_is_named(nobody: Program, query: str, place: str) -> None:
    refused(await nobody.get(f"/services?{query}"), 400, "wrong-parameter", place)


async def test_a_null_character_in_an_address_is_refused(nobody: Program) -> None:
    for query in ("q=%00", "theme=a%00", "%00=1"):
        refused(await nobody.get(f"/services?{query}"), 400, "wrong-character", "query")


async def test_all_wrong_parameters_are_named_at_once(nobody: Program) -> None:
    answer = await nobody.get("/services?limit=0&theme=gardening")
    assert {place for _, place in problems(answer)} == {"limit", "theme"}


@pytest.mark.parametrize("after", ["x", "W10", "é", "a" * 600, "0" * 16 + "W10", "WzEwMDAwMDAwMDAwMDAwMDAwXQ"])
async def test_a_cursor_that_was_not_given_out_is_refused(xiaoman: Program, after: str) -> None:
    for path in ("/services", "/cases", "/inbox", "/certificates", "/accesses", "/queue"):
        answer = await xiaoman.get(path, params={"after": after})
        refused(answer, 400, "bad-cursor", "after")


# --- who asks ----------------------------------------------------------------------------------------------------


async def test_without_a_token_one_is_asked_to_log_in(nobody: Program) -> None:
    for path in (
        "/cases",
        "/queue",
        "/inbox",
        "/certificates",
        "/accesses",
        "/drafts",
        "/cases/990101-261103-4Q7Z2M9K",
    ):
        answer = await nobody.get(path)
        refused(answer, 401, "not-logged-in")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("value", ["Bearer nonsense", "Bearer", "Basic eDp5", "Bearer é", "nonsense"])
async def test_a_credential_that_does_not_hold_is_refused_even_where_none_is_needed(
    nobody: Program, value: str
) -> None:
    answer = await nobody.get("/services", headers={"authorization": value.encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_is_worth_nothing_after_logging_out(xiaoman: Program) -> None:
    assert (await xiaoman.get("/cases")).status_code == 200
    assert (await xiaoman("DELETE", "/sessions/current")).status_code == 204
    refused(await xiaoman.get("/cases"), 401, "session-over")


async def test_a_page_that_calls_the_api_brings_the_token_of_its_form(xiaoman: Program) -> None:
    browser = Program(xiaoman.http)
    browser.http.cookies.set("session", xiaoman.token)
    assert (await browser.get("/cases")).status_code == 200
    refused(await browser.send("/cases", xiaoman.application()), 403, "stale-form")
    browser.http.cookies.clear()


async def test_another_site_cannot_make_a_browser_act(xiaoman: Program, written: Written) -> None:
    before = await written()
    headers = {"origin": "https://elsewhere.example"}
    refused(await xiaoman.send("/cases", xiaoman.application(), headers=headers), 403, "cross-site")
    assert await written() == before


async def test_an_unknown_person_or_post_cannot_log_in(nobody: Program) -> None:
    refused(await nobody.send("/sessions", {"person": "p-nobody"}), 404, "unknown-person", "person")
    answer = await nobody.send("/sessions", {"person": "p-wangxiaoman", "post": "990101-police-head"})
    assert answer.status_code == 403


async def test_who_asks_too_often_is_told_how_long_to_wait(nobody: Program, clock: SettableClock) -> None:
    seen = 0
    while (answer := await nobody.get("/keys")).status_code == 200:
        assert answer.headers["ratelimit-policy"] == '"api";q=600;w=60'
        seen += 1
    assert seen == 600
    refused(answer, 429, "too-many")
    assert answer.headers["retry-after"] == "60"
    clock.now = clock.now.replace(minute=1)
    assert (await nobody.get("/keys")).status_code == 200


# --- what is asked -----------------------------------------------------------------------------------------------


async def test_an_unknown_service_is_refused(xiaoman: Program, written: Written) -> None:
    before = await written()
    body = xiaoman.application() | {"service": "moon-permit"}
    refused(await xiaoman.send("/cases", body), 404, "unknown-service", "service")
    for path in ("", "/checklist", "/cpsv"):
        refused(await xiaoman.get(f"/services/moon-permit{path}"), 404, "unknown-service", "service")
    refused(await xiaoman.send("/services/moon-permit/assess", {}), 404, "unknown-service")
    refused(await xiaoman("PUT", "/drafts/moon-permit", json={}), 404, "unknown-service")
    assert await written() == before


@pytest.mark.parametrize(
    ("facts", "code", "place"),
    [
        ({"id_number": "990201199405120521"}, "id-number-check", "id_number"),
        ({"id_number": "12345"}, "id-number-length", "id_number"),
        ({"lives_since": "2026-2-30"}, "answer-not-a-date", "lives_since"),
        ({"lives_since": [2026, 13, 1]}, "answer-not-a-date", "lives_since"),
        ({"lives_since": "2027-1-1"}, "answer-in-the-future", "lives_since"),
        ({"basis": "whim"}, "answer-not-a-choice", "basis"),
        ({"phone": "12"}, "answer-not-a-phone", "phone"),
        ({"shoe_size": 44}, "fact-unknown", "shoe_size"),
        ({"basis": None}, "fact-missing", "basis"),
    ],
)
async def test_a_wrong_answer_is_named_and_no_case_is_opened(
    xiaoman: Program, written: Written, facts: dict[str, Any], code: str, place: str
) -> None:
    before = await written()
    answer = await xiaoman.send("/cases", xiaoman.application(**facts))
    refused(answer, 422, code, place)
    assert await written() == before


async def test_all_wrong_answers_are_named_at_once(xiaoman: Program) -> None:
    answer = await xiaoman.send("/cases", xiaoman.application(phone="12", lives_since="2026-2-30", id_number="1"))
    assert {place for _, place in problems(answer)} >= {"phone", "lives_since", "id_number"}


async def test_assessing_names_every_wrong_answer_and_keeps_nothing(xiaoman: Program, written: Written) -> None:
    before = await written()
    answer = await xiaoman.send(PERMIT, {"facts": {"lives_since": "2026-2-30", "x": 1}})
    refused(answer, 422, answer.json()["code"])
    assert {place for _, place in problems(answer)} == {"facts.lives_since", "facts.x"}
    assert (await xiaoman.send(PERMIT, {"facts": {"basis": "study"}})).status_code == 200
    assert await written() == before


async def test_a_command_without_its_key_is_refused(xiaoman: Program, written: Written) -> None:
    before = await written()
    body = xiaoman.application()
    refused(await xiaoman("POST", "/cases", json=body), 400, "key-missing", "Idempotency-Key")
    for key in ("short", "x" * 81, "with space", "'; DROP TABLE x; --"):
        answer = await xiaoman.send("/cases", body, key=key)
        refused(answer, 400, "wrong-parameter", "Idempotency-Key")
    assert await written() == before


async def test_a_repeated_submission_gives_the_same_case(xiaoman: Program, written: Written) -> None:
    first = await xiaoman.send("/cases", xiaoman.application(), key="the-same-key")
    before = await written()
    second = await xiaoman.send("/cases", xiaoman.application(), key="the-same-key")
    assert (second.status_code, second.json()) == (201, first.json())
    assert await written() == before


async def test_a_key_that_was_used_for_something_else_is_refused(xiaoman: Program, written: Written) -> None:
    await xiaoman.send("/cases", xiaoman.application(), key="the-same-key")
    before = await written()
    other = xiaoman.application(lives_at="别处")
    refused(await xiaoman.send("/cases", other, key="the-same-key"), 422, "key-reused")
    assert await written() == before


async def test_a_citizen_cannot_apply_in_somebody_elses_name(xiaoman: Program, written: Written) -> None:
    before = await written()
    body = xiaoman.application() | {"applicant": {"id": "p-chenzhiyuan", "name": "陈志远"}}
    refused(await xiaoman.send("/cases", body), 403, "applicant-not-allowed", "applicant")
    assert await written() == before


async def test_an_official_cannot_have_records_looked_up_as_if_they_were_a_citizen(
    official: LogIn, xiaoman: Program, written: Written
) -> None:
    before = await written()
    clerk = await official("police", "examiner")
    refused(await clerk.send("/cases", xiaoman.application() | {"look_up": True, "agreed": True}), 403, "in-a-post")
    assert await written() == before


# --- acts --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def case(xiaoman: Program) -> str:
    return await xiaoman.apply()


async def act(who: Program, case: str, name: str, version: int = 1, **says: Any) -> httpx.Response:
    return await who.send(f"/cases/{case}/acts/{name}", {"says": says}, headers={"if-match": f'"{version}"'})


async def test_an_unknown_act_is_refused(xiaoman: Program, case: str, written: Written) -> None:
    before = await written()
    refused(await act(xiaoman, case, "bribe"), 404, "unknown-act", "act")
    assert await written() == before


async def test_an_act_that_is_not_this_persons_is_refused(xiaoman: Program, case: str, written: Written) -> None:
    before = await written()
    refused(await act(xiaoman, case, "accept"), 403, "not-your-act", "actor")
    assert await written() == before


async def test_an_act_that_is_not_possible_in_this_state_is_refused(
    official: LogIn, case: str, written: Written
) -> None:
    approver = await official("police", "approver")
    before = await written()
    refused(await act(approver, case, "grant"), 409, "act-not-possible", "act")
    assert await written() == before


async def test_an_act_on_a_version_that_has_moved_on_is_refused(xiaoman: Program, case: str, written: Written) -> None:
    assert (await act(xiaoman, case, "withdraw")).status_code == 200
    before = await written()
    refused(await act(xiaoman, case, "withdraw", version=1), 409, "stale-version", "version")
    assert await written() == before


async def test_an_act_says_which_version_it_was_decided_on(xiaoman: Program, case: str, written: Written) -> None:
    before = await written()
    path = f"/cases/{case}/acts/withdraw"
    refused(await xiaoman.send(path, {"says": {}}), 428, "version-missing", "If-Match")
    for value in ("1", '"x"', '"99999999999"', "*", 'W/"1"'):
        answer = await xiaoman.send(path, {"says": {}}, headers={"if-match": value})
        refused(answer, 400, "wrong-parameter", "If-Match")
    assert await written() == before


async def test_what_an_act_does_not_take_is_named(official: LogIn, case: str, written: Written) -> None:
    clerk = await official("service-centre", "clerk")
    before = await written()
    answer = await act(clerk, case, "request-correction", items=["moon-rock"], colour="red")
    assert answer.status_code == 422
    assert {place for _, place in problems(answer)} >= {"items", "colour"}
    assert await written() == before


@pytest.mark.parametrize("number", ["990101-261103-AAAAAAAA", "nonsense", "1", "990101-261103-AAAAAAAAA", "'--"])
async def test_a_case_that_is_none_is_not_there(xiaoman: Program, number: str) -> None:
    for path in ("", "/acts", "/export"):
        answer = await xiaoman.get(f"/cases/{number}{path}")
        assert answer.status_code == 404, answer.text
    assert (await act(xiaoman, number, "withdraw")).status_code == 404


# --- files -------------------------------------------------------------------------------------------------------


async def upload(who: Program, name: str, data: bytes) -> httpx.Response:
    return await who("POST", "/documents", files={"file": (name, data)})


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [
        ("合同.pdf", b"", 422, "file-empty"),
        ("合同.pdf", b"MZ\x90\x00", 415, "file-kind"),
        ("合同.pdf", b"<html>", 415, "file-kind"),
        ("相片.png", PDF, 415, "file-not-as-named"),
        ("相片.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, 422, "file-damaged"),
        ("合同.pdf", PDF + b" " * 10_485_760, 413, "file-too-large"),
        ("合同.pdf", PDF + b" " * 11_000_000, 413, "too-large"),
    ],
)
async def test_a_file_that_is_not_what_it_says_is_refused_and_not_kept(
    xiaoman: Program, written: Written, name: str, data: bytes, status: int, code: str
) -> None:
    before = await written()
    refused(await upload(xiaoman, name, data), status, code)
    assert await written() == before


@pytest.mark.parametrize(
    ("content", "boundary", "status"),
    [
        (b"x", "", 400),
        (b"", "; boundary=x", 422),
        (b"--x\r\nnonsense", "; boundary=x", 400),
        (b"--x", "", 400),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n', "; boundary=x", 422),
    ],
)
async def test_an_upload_without_a_file_is_refused(
    xiaoman: Program, content: bytes, boundary: str, status: int
) -> None:
    headers = {"content-type": f"multipart/form-data{boundary}"}
    answer = await xiaoman("POST", "/documents", content=content, headers=headers)
    refused(answer, status, answer.json()["code"])


async def test_an_upload_that_is_no_form_is_refused(xiaoman: Program) -> None:
    answer = await xiaoman("POST", "/documents", content=PDF, headers={"content-type": "application/pdf"})
    refused(answer, 415, "wrong-content-type", "Content-Type")


async def test_a_file_of_somebody_else_cannot_be_filed(xiaoman: Program, zhiyuan: Program, written: Written) -> None:
    theirs = (await upload(zhiyuan, "合同.pdf", PDF)).json()["id"]
    before = await written()
    body = xiaoman.application() | {"documents": {"employment": [theirs]}}
    answer = await xiaoman.send("/cases", body)
    refused(answer, 422, "unknown-document", theirs)
    assert await written() == before


async def test_a_certificate_to_check_that_is_none_is_told_so(nobody: Program) -> None:
    refused(await nobody.send("/verify", {}), 422, "nothing-to-check", "certificate")
    for given in ("x", "{}", "a.b.c", "\x00".join("ab")):
        answer = await nobody.send("/verify", {"certificate": given})
        assert answer.status_code in (200, 400)
        assert answer.status_code == 400 or answer.json()["genuine"] is False
    refused(await nobody.send("/verify", {"pdf": "not base64!"}), 400, "wrong-type", "pdf")
