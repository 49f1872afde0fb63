"""No input yields a 500: whatever is sent to whichever address, by whoever."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from api_world import LogIn, Program
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.web.api import describe
from tongban.web.limits import Limits
from tongban.web.site import Site

pytestmark = pytest.mark.database

API = describe.document()
OPERATIONS = [(method.upper(), path) for path, item in API["paths"].items() for method in item]
NASTY = ["", "0", "-1", "null", "😀", "../..", "%00", "%ff", "%0d%0aX:1", "'--", "a" * 300, "９９", "\u202e", "{}", "*"]

texts = st.text(max_size=20) | st.sampled_from(NASTY)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def names(schema: str) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies with the right names and anything in them: they get past the first check."""
    known = API["components"]["schemas"][schema]["properties"]
    facts = st.dictionaries(st.sampled_from(["basis", "lives_since", "id_number", "phone"]) | texts, values, max_size=4)
    return st.fixed_dictionaries({}, optional=dict.fromkeys(known, facts | values))


bodies = st.one_of(
    values.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=200),
    *(
        names(schema).map(lambda value: json.dumps(value).encode())
        for schema in ("Submission", "ActRequest", "AssessmentRequest", "DraftContent", "LogIn", "Presented")
    ),
)
headers = st.dictionaries(
    st.sampled_from(
        [
            "content-type",
            "authorization",
            "cookie",
            "if-match",
            "idempotency-key",
            "accept",
            "accept-language",
            "origin",
        ]
    ),
    st.sampled_from(
        ["application/json", "multipart/form-data; boundary=x", '"1"', "key-12345678", "Bearer x", "a=b; c"]
    )
    | st.binary(max_size=20).map(lambda raw: bytes(one for one in raw if one not in b"\r\n\0")),
    max_size=4,
)


def segment(text: str) -> str:
    """A piece of an address as a client could send it: percent-encoded, or raw if it already is."""
    return text if text.startswith("%") else httpx.QueryParams({"q": text.encode("utf-8", "replace")}).__str__()[2:]


@pytest.fixture
async def site(site: Site) -> Site:
    """Without limits, which would refuse everything after the first hundred tries."""
    return replace(site, limits=Limits(site.db, site.clock, site.secret, factor=10_000))


@pytest.fixture
async def case(xiaoman: Program) -> str:
    return await xiaoman.apply()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    operation=st.sampled_from(OPERATIONS),
    pieces=st.lists(texts, min_size=2, max_size=2),
    real=st.booleans(),
    query=st.dictionaries(st.sampled_from(["limit", "after", "q", "theme", "view", "within"]), texts, max_size=3),
    body=bodies,
    lines=headers,
    logged_in=st.booleans(),
)
async def test_no_request_is_answered_with_a_500(
    xiaoman: Program,
    case: str,
    operation: tuple[str, str],
    pieces: list[str],
    real: bool,
    query: dict[str, str],
    body: bytes,
    lines: dict[str, Any],
    logged_in: bool,
) -> None:
    method, path = operation
    known = {"slug": "residence-permit", "service": "residence-permit", "case": case, "act": "withdraw"}
    for name in ("slug", "service", "case", "act", "document", "identifier"):
        piece = known[name] if real and name in known else segment(pieces[0 if name == "case" else 1]) or "x"
        path = path.replace(f"{{{name}}}", piece)
    sent: dict[str, Any] = {"content-type": "application/json", "idempotency-key": "key-fuzz-1234", "if-match": '"1"'}
    sent |= lines
    if logged_in and path != "/api/v1/sessions/current":
        sent["authorization"] = f"Bearer {xiaoman.token}"
    try:
        request = xiaoman.http.build_request(method, path, params=query, content=body, headers=sent)
    except (httpx.InvalidURL, UnicodeEncodeError):
        return  # no client could have sent it
    xiaoman.http.cookies.clear()
    answer = await xiaoman.http.send(request)
    assert answer.status_code < 500, (method, path, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["problems"]


async def test_what_is_too_much_is_refused_and_not_answered_with_a_500(official: LogIn, xiaoman: Program) -> None:
    clerk = await official("police", "examiner")
    for search in NASTY:
        assert (await clerk.get("/queue", params={"search": search[:40]})).status_code < 500
    for name in NASTY:
        answer = await xiaoman("POST", "/documents", files={"file": (name or "x", b"%PDF-1.4")})
        assert answer.status_code < 500, (name, answer.text)
